"""Scenarios and ledgers that a visitor brings: data, never code, with the same messages as on the command line.

uploads = solara.use_memo(Uploads, [])                     # one a visitor
solara.use_effect(lambda: uploads.close, [])
FileButton(label, lambda name, data: uploads.read_scenario(data, name), accept=".toml")
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, display, printable
from xiaoqu.layers import LEDGER
from xiaoqu.scenario import shipped_baseline
from xiaoqu_lab import targets
from xiaoqu_lab.complaints import Complaint

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario

LARGEST = 4 * 2**20
"""Bytes of a file; ledgers of all compounds of a large city are smaller."""
LONGEST_NAME = 200
"""Bytes of a file's name, within what every system takes."""


class Uploads:
    """The files of one visitor, in a folder of their own that goes when the visitor goes.

    A file of the same name replaces the earlier one. A scenario may name a ledger that was brought before it.
    """

    def __init__(self) -> None:
        self._room = TemporaryDirectory(prefix="xiaoqu-view-", ignore_cleanup_errors=True)
        self.folder = Path(self._room.name).resolve()

    def close(self) -> None:
        """Delete everything."""
        self._room.cleanup()

    def read_scenario(self, data: bytes, name: str) -> Scenario:
        """The scenario in a file.

        Raises:
            InputError: everything that is wrong with it, or it names files that were not brought.
        """
        return self._load(self._keep(data, name))

    def read_ledger(self, data: bytes, name: str, scenario: Scenario) -> Scenario:
        """A scenario with the compounds of a ledger (台账) in place of its own.

        Raises:
            InputError: everything that is wrong with the ledger, or the scenario fixes what a ledger decides.
        """
        path = self._keep(data, name)
        try:
            return scenario.with_overrides({LEDGER: str(path)})
        except InputError as error:
            raise self.in_own_words(error) from None

    def in_own_words(self, error: InputError) -> InputError:
        """The same problems, their files called as the visitor calls them."""
        return InputError(map(self._renamed, error.problems))

    def _load(self, path: Path) -> Scenario:
        try:
            scenario = load_scenario(path)
        except InputError as error:
            raise self.in_own_words(error) from None
        problems = [*targets.unknown_outcomes(scenario)]
        ours = (self.folder, shipped_baseline().path.parent.resolve())
        for key, file in scenario.files.items():
            if key != LEDGER:
                problems.append(_as_complaint(scenario.problem("upload_runs_code", key)))
            elif not any(file.resolve().is_relative_to(folder) for folder in ours):
                problems.append(_as_complaint(scenario.problem("upload_elsewhere", key)))
        if problems:
            raise self.in_own_words(InputError(problems))
        return scenario

    def _keep(self, data: bytes, name: str) -> Path:
        """Write a file under its own name, if both will do."""
        name = re.split(r"[/\\]", name)[-1]
        if len(data) > LARGEST:
            raise InputError([Problem("file_too_large", name, facts={"limit": LARGEST // 1024})])
        if name.strip(". ") == "" or not printable(name) or len(name.encode()) > LONGEST_NAME:
            raise InputError([Complaint("upload_name", seen=name)])
        path = self.folder / name
        path.write_bytes(data)
        return path

    def _renamed(self, problem: Problem) -> Problem:
        """The same problem without the folder, which is not the visitor's."""

        def bare(text: str) -> str:
            for folder in (str(self.folder), display(self.folder)):
                text = text.replace(folder + os.sep, "")
            return text

        facts = {name: bare(fact) if isinstance(fact, str) else fact for name, fact in problem.facts.items()}
        return replace(problem, file=bare(problem.file), seen=bare(problem.seen), facts=facts)


def _as_complaint(problem: Problem) -> Complaint:
    """A problem whose words are in our catalogue, at the place that the scenario knows."""
    return Complaint(problem.code, problem.file, problem.line, problem.key, problem.seen, problem.facts)
