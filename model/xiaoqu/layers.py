"""The layers of a scenario: what each file, and the overrides of one run, state over the baseline."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from xiaoqu.errors import MAX_PROBLEMS, Problem, display, from_pydantic, nearest
from xiaoqu.parameters import (
    Baseline,
    Entry,
    Header,
    Range,
    RefusedError,
    Target,
    Value,
    free_entry,
    guessing,
    is_file,
    lists_as_tuples,
)
from xiaoqu.toml_lines import Document, read_document, toml_value

LEDGER = "places.ledger"
# A mode of the user's own: any [modes.<name>] with a `file`.
LAST_MONTH = 9_999
_MODE_KEY = re.compile(r"modes\.([A-Za-z][A-Za-z0-9_]*)\.([A-Za-z][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Layer:
    """What one file, or the overrides of one run, state over the layers below.

    `lines` has the line of every key of the file; `files` the files that keys name.
    """

    name: str
    source: str = ""
    file: str = ""
    header: Header | None = None
    values: Mapping[str, Value | Range] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()


@dataclass
class _Draft:
    """A layer being read."""

    file: str
    folder: Path
    document: Document
    values: dict[str, Value | Range] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


class LayerReader:
    """Stacks up the layers of a scenario, and collects every problem on the way."""

    def __init__(self, baseline: Baseline, layers: tuple[Layer, ...] = ()) -> None:
        self.baseline = baseline
        self.layers = list(layers)
        self.problems: list[Problem] = []
        self.refused: set[str] = set()
        self.custom_modes = {key.split(".")[1] for layer in layers for key in layer.files if key != LEDGER}

    def read(self, name: str | Path, beside: Path, chain: tuple[Path, ...] = (), asked: Problem | None = None) -> None:
        """Add the layers of a file and, first, of those it extends; `asked` is the place that names it."""
        path = self.baseline.find(name, beside)
        if path is None or path.resolve() in chain:
            refused = self.baseline.not_found(str(name)) if path is None else RefusedError("extends_itself")
            asked = asked or Problem("", str(name))
            self.problems.append(replace(asked, code=refused.code, facts=refused.facts))
            return
        file = display(path)
        document = read_document(path, file)
        draft = _Draft(file, path.parent, document)
        self.problems += [self._helped(problem) for problem in document.problems]
        header = self._header(draft)
        if header is not None and header.extends:
            key = "scenario.extends"
            place = Problem("", file, document.line(key), key, header.extends)
            self.read(header.extends, path.parent, (*chain, path.resolve()), place)
        targets = self._targets(draft)
        self._state_all(draft)
        header = header or Header(name="unnamed")
        self._add(draft, Layer(header.name, header.source, header=header, targets=targets))

    def override(self, overrides: Mapping[str, object]) -> None:
        """Add the layer of one run's overrides."""
        draft = _Draft("", Path(), Document({}, {}, []))
        self._declare_modes(overrides)
        for key, raw in overrides.items():
            self._state(draft, key, raw)
        self._add(draft, Layer("override", "stated for this run"))

    def _add(self, draft: _Draft, layer: Layer) -> None:
        document = draft.document
        lines = document.lines | {key: line for key in draft.values if (line := document.line(key)) is not None}
        self.layers.append(replace(layer, file=draft.file, values=draft.values, lines=lines, files=draft.files))

    def _header(self, draft: _Draft) -> Header | None:
        values = draft.document.values
        if "scenario" not in values and draft.document.problems:
            return None  # lost with a statement that is reported already
        if not isinstance(values.get("scenario"), dict):
            self._report(draft, "no_header", "scenario", values.get("scenario", ""), {})
            return None
        return self._validated(Header, draft, "scenario", values["scenario"])

    def _targets(self, draft: _Draft) -> tuple[Target, ...]:
        rows = draft.document.values.get("targets", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._report(draft, "targets_form", "targets", rows, {})
            return ()
        start, found = len(self.problems), []
        for n, row in enumerate(rows):
            target = self._validated(Target, draft, f"targets.{n}", lists_as_tuples(row))
            if target is not None and not 0 <= target.window[0] <= target.window[1]:
                self._report(draft, "target_window", f"targets.{n}.window", target.window, {})
            elif target is not None and not 0 <= target.percentiles[0] < target.percentiles[1] <= 100:
                self._report(draft, "target_percentiles", f"targets.{n}.percentiles", target.percentiles, {})
            elif target is not None:
                found.append(target)
            if len(self.problems) >= start + MAX_PROBLEMS:
                break
        return tuple(found)

    def _validated[M: BaseModel](self, cls: type[M], draft: _Draft, key: str, raw: object) -> M | None:
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            for name, code, seen, facts in from_pydantic(error, cls.model_fields):
                self._report(draft, code, f"{key}.{name}", seen, facts)
            return None

    def _state_all(self, draft: _Draft) -> None:
        values = {key: item for key, item in draft.document.values.items() if key not in ("scenario", "targets")}
        modes = values.get("modes")
        if isinstance(modes, dict):
            self._declare_modes(f"modes.{name}.file" for name, mode in modes.items() if _has_file(mode))
        start = len(self.problems)
        for key, raw in self._leaves(values):
            self._state(draft, key, raw)
            if len(self.problems) >= start + MAX_PROBLEMS:
                break

    def _declare_modes(self, keys: Iterable[str]) -> None:
        matches = [_MODE_KEY.fullmatch(key) for key in keys]
        names = {match[1] for match in matches if match and match[2] == "file"}
        self.custom_modes |= {name for name in names if f"modes.{name}" not in self.baseline.sections}

    def _leaves(self, table: Mapping[str, Any], start: str = "") -> Iterator[tuple[str, Any]]:
        for name, item in table.items():
            key = f"{start}{name}"
            is_section = key in self.baseline.sections or (start == "modes." and name in self.custom_modes)
            if is_section and isinstance(item, dict):
                yield from self._leaves(item, f"{key}.")
            else:
                yield key, item

    def _state(self, draft: _Draft, key: str, raw: object) -> None:
        """Check one value and add it to a layer."""
        try:
            checked = self._checked(draft, key, raw)
            if (key == LEDGER and checked) or self._is_custom(key, "file"):
                draft.files[key] = _existing(draft.folder / str(checked))
            draft.values[key] = checked
        except RefusedError as refused:
            self.refused.add(key)
            self._report(draft, refused.code, key, raw, refused.facts)

    def _checked(self, draft: _Draft, key: str, raw: object) -> Value | Range:
        """The value of a key. In an override (no file) a text may stand for a value of any type."""
        is_typed = isinstance(raw, str) and not draft.file
        entry = self.baseline.entries.get(undated(key))
        if "@" in key:
            self._check_date(key, entry)
            key = undated(key)
        if entry is None and not self._is_custom(key):
            raise self.baseline.unknown(key)
        if entry is None and not key.endswith(".file"):
            entry = declared_elsewhere(self.baseline, key.rpartition(".")[2])
        if entry is None and not key.endswith(".file"):
            # The other keys of a custom mode are free: what was stated before tells texts from numbers.
            stated = [layer.values[key] for layer in self.layers if key in layer.values]
            value = free_entry(stated[-1] if stated else 0.0).parse(str(raw)) if is_typed else raw
            return free_entry(value).value
        entry = entry or free_entry("")
        value = entry.parse(str(raw)) if is_typed else raw
        return entry.check_range(value) if isinstance(value, dict) else entry.check(value)

    def _check_date(self, key: str, entry: Entry | None) -> None:
        """Only a lever has a date, and only one that does not decide who is there from the start."""
        name, _, month = key.partition("@")
        if entry is None and not self._is_custom(name):
            raise self.baseline.unknown(name)
        if entry is None or entry.on is None or entry.from_start:
            raise RefusedError("from_start" if entry and entry.from_start else "dated_parameter", name=name)
        if not month.isdecimal() or not month.isascii() or str(int(month[:9])) != month or int(month) > LAST_MONTH:
            raise RefusedError("date_form", name=name, last=LAST_MONTH)

    def _is_custom(self, key: str, name: str = "") -> bool:
        match = _MODE_KEY.fullmatch(key)
        return match is not None and match[1] in self.custom_modes and name in ("", match[2])

    def _helped(self, problem: Problem) -> Problem:
        """A key written in Chinese, answered with the parameter whose meaning has that word."""
        guess = self.baseline.guess(problem.key) if problem.code == "foreign_key" else ""
        return replace(problem, code="foreign_key_guess", facts={**problem.facts, "guess": guess}) if guess else problem

    def _report(self, draft: _Draft, code: str, key: str, raw: object, facts: Mapping[str, object]) -> None:
        nothing_seen = raw == "" and code != "no_file"  # an empty name of a file is something seen
        seen = raw if nothing_seen or (isinstance(raw, str) and not draft.file) else toml_value(raw)
        self.problems.append(Problem(code, draft.file, draft.document.line(key), key, str(seen), facts))


def undated(key: str) -> str:
    """The parameter of a key with a date: "levers.patrols@12" is levers.patrols from month 12 on."""
    return key.partition("@")[0]


def declared_elsewhere(baseline: Baseline, name: str) -> Entry | None:
    """How the baseline declares a key that all modes have, for a mode of the user's own."""
    ends = f".{name}"
    return next((e for key, e in baseline.entries.items() if key.startswith("modes.") and key.endswith(ends)), None)


def _has_file(mode: object) -> bool:
    return isinstance(mode, dict) and "file" in mode


def _existing(path: Path) -> Path:
    if is_file(path):
        return path.absolute()
    beside = sorted(other.name for other in path.parent.glob("*") if other.suffix == path.suffix)
    raise guessing("no_file", nearest(path.name, beside), path=display(path))
