"""Scenarios and ledgers that a visitor brings: data, never code, with the same messages as on the command line.

uploads = solara.use_memo(Uploads, [])                     # one a visitor
solara.use_effect(lambda: uploads.close, [])
FileButton(label, lambda name, data: uploads.read_scenario(data, name), accept=".toml")
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, display, printable
from xiaoqu.layers import LEDGER, LayerReader
from xiaoqu.scenario import shipped_baseline
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab import targets
from xiaoqu_lab.complaints import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu.layers import Layer
    from xiaoqu.scenario import Scenario

LARGEST = 4 * 2**20
"""Bytes of a file; ledgers of all compounds of a large city are smaller."""
LONGEST_NAME = 200
"""Bytes of a file's name, within what every system takes."""


class Uploads:
    """The files of one visitor, in a folder of their own that goes when the visitor goes.

    A run reads its files again whenever its scenario changes, so no file is ever written over: each one brought stands
    in a numbered folder of its own, a scenario with everything brought before it, the newest of each name. So a
    scenario may name a ledger, or extend a scenario, that was brought before it.
    """

    def __init__(self) -> None:
        self._room = TemporaryDirectory(prefix="xiaoqu-view-", ignore_cleanup_errors=True)
        self.folder = Path(self._room.name).resolve()
        self._newest: dict[str, Path] = {}
        self._count = 0

    def close(self) -> None:
        """Delete everything."""
        self._room.cleanup()

    def read_scenario(self, data: bytes, name: str) -> Scenario:
        """The scenario in a file.

        Raises:
            InputError: everything that is wrong with it, or it names files that were not brought.
        """
        before = list(self._newest.values())
        path = self._keep(data, name)
        for other in before:
            if not (path.parent / other.name).exists():
                shutil.copy(other, path.parent)
        return self._load(path)

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
        reader = LayerReader(shipped_baseline())
        reader.read(path, Path())
        ours = (path.parent, shipped_baseline().path.parent.resolve())
        problems: list[Problem] = list(_beyond(reader.layers, ours))
        if problems:
            # What another file holds must not show, not even in what would be said of it.
            files = {layer.file for layer in reader.layers if _is_in(Path(layer.file), ours)}
            problems += [problem for problem in reader.problems if problem.file in files]
            raise self.in_own_words(InputError(problems))
        try:
            scenario = load_scenario(path)
        except InputError as error:
            raise self.in_own_words(error) from None
        problems += targets.unknown_outcomes(scenario)
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
        self._count += 1
        path = self.folder / str(self._count) / name
        path.parent.mkdir()
        path.write_bytes(data)
        self._newest[name] = path
        return path

    def _renamed(self, problem: Problem) -> Problem:
        """The same problem without the folders, which are not the visitor's."""
        folders = (str(self.folder), display(self.folder))
        ours = re.compile("|".join(re.escape(folder + os.sep) + r"\d+" + re.escape(os.sep) for folder in folders))

        def bare(text: str) -> str:
            return ours.sub("", text)

        facts = {name: bare(fact) if isinstance(fact, str) else fact for name, fact in problem.facts.items()}
        return replace(problem, file=bare(problem.file), seen=bare(problem.seen), facts=facts)


def _beyond(layers: list[Layer], ours: tuple[Path, Path]) -> Iterator[Complaint]:
    """Everything by which the layers of a scenario, the lowest first, reach beyond the folders that they may read."""
    for below, layer in pairwise((None, *layers)):
        if layer is None or not _is_in(Path(layer.file), ours):
            continue  # the layer above is told of; what this one says must not show
        if below is not None and not _is_in(Path(below.file), ours) and layer.header is not None:
            key = "scenario.extends"
            yield Complaint("upload_elsewhere", layer.file, layer.lines.get(key), key, layer.header.extends)
        for key, file in layer.files.items():
            if key != LEDGER or not _is_in(file, ours):
                code = "upload_elsewhere" if key == LEDGER else "upload_runs_code"
                yield Complaint(code, layer.file, layer.lines.get(key), key, toml_value(layer.values[key]))


def _is_in(file: Path, folders: tuple[Path, Path]) -> bool:
    return any(file.resolve().is_relative_to(folder) for folder in folders)
