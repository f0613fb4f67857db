"""Scenarios: what a run is told about places, people and programmes.

`scenarios/baseline.toml` declares every parameter once. A scenario is a stack of layers over it: the files it
extends, the file itself, the overrides of one run. Each layer states only what differs, and every value knows
the layer that set it. Reading collects every `Problem` and raises one `InputError`.
"""

import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast, get_origin, get_type_hints

from xiaoqu.errors import InputError, Lang, Problem, display, listed
from xiaoqu.layers import LEDGER, Layer, LayerReader, undated
from xiaoqu.parameters import (
    Baseline,
    Entry,
    Header,
    Range,
    Target,
    Value,
    free_entry,
    number,
)
from xiaoqu.roster import Roster, RosterRow, read_roster
from xiaoqu.toml_lines import toml_key, toml_value

BYTES_PER_HOUSEHOLD = 256
# Which resolved values a NamedTuple field of a type may take.
_FITS: dict[object, tuple[type, ...]] = {
    float: (float, int),
    int: (int,),
    bool: (bool,),
    str: (str,),
    tuple: (tuple,),
}


@dataclass(frozen=True, eq=False)
class Scenario:
    """What a run is told: frozen, typed, and equal to another when everything that a run can see is equal.

    Made by `load_scenario`; `scenario["payment.habit"]` is a resolved value.
    """

    baseline: Baseline
    layers: tuple[Layer, ...]
    roster: Roster | None = None
    code: tuple[tuple[str, str], ...] = ()  # the files of custom modes: key, SHA-256 of the text

    def __getitem__(self, key: str) -> Any:
        try:
            return self._values[key]
        except KeyError:
            if key not in self:
                raise
            return self._values[self._holding(key)]

    def __contains__(self, key: object) -> bool:
        name, at, month = str(key).partition("@")
        return key in self._values or (
            bool(at) and month.isdecimal() and name.startswith("levers.") and name in self._values
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return self.hash == other.hash if isinstance(other, Scenario) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<Scenario {self.name} {self.hash[:12]}>"

    @property
    def name(self) -> str:
        """The name of the topmost file; "baseline" without one."""
        return self._header.name

    def title(self, lang: Lang = "en") -> str:
        """The title, in the other language where it lacks this one, else the name."""
        head = self._header
        titles = [head.title_en, head.title_zh] if lang == "en" else [head.title_zh, head.title_en]
        return titles[0] or titles[1] or head.name

    def description(self, lang: Lang = "en") -> str:
        """What the scenario is about, in the other language where it lacks this one."""
        head = self._header
        texts = [head.description_en, head.description_zh]
        return (texts[0] or texts[1]) if lang == "en" else (texts[1] or texts[0])

    @property
    def ledger(self) -> tuple[RosterRow, ...] | None:
        """The user's own compounds, one row each, if the scenario names a ledger (台账)."""
        return None if self.roster is None else self.roster.rows

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Reported figures to compare with; a layer replaces those of the same id below it."""
        return tuple({target.id: target for layer in self.layers for target in layer.targets}.values())

    @cached_property
    def ranges(self) -> dict[str, Range]:
        """The parameters that are known only as a range."""
        return {key: value for key, value in self._stated.items() if isinstance(value, Range)}

    @cached_property
    def files(self) -> dict[str, Path]:
        """Where the files are that values name: a ledger, the Python file of a custom mode."""
        named = {key: layer.files.get(key) for layer in self.layers for key in layer.values}
        return {key: path for key, path in named.items() if path is not None}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that a run can see: values, ranges, ledger, code of custom modes; no titles."""
        values = {key: value for key, value in self._values.items() if key not in self.files}
        ranges = {key: (span.low, span.high) for key, span in self.ranges.items()}
        rows = None if self.ledger is None else [row.model_dump() for row in self.ledger]
        text = json.dumps([values, ranges, rows, sorted(self.code)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def layer(self, key: str) -> str:
        """The layer that set a value: "baseline", the name of a scenario, "override" or "sample"."""
        found = self._layer_of(key)
        return "baseline" if found is None else found.name

    def source(self, key: str) -> str:
        """Where a value comes from: why its range, the source of its layer, or that of the baseline."""
        found = self._layer_of(key)
        if found is None:
            return self.entry(key).source
        return self.ranges[key].why if key in self.ranges else found.source

    def entry(self, key: str) -> Entry:
        """Unit, bounds, meaning and source of a parameter (for a key of a custom mode: its value only)."""
        return self.baseline.entries.get(undated(key)) or free_entry(self._values[key])

    @cached_property
    def changes(self) -> dict[int, dict[str, float]]:
        """Levers that change during the run: by month, the new grade of each ("levers.patrols@12")."""
        changes: dict[int, dict[str, float]] = {}
        for key in sorted(self._values):
            lever, at, month = key.partition("@")
            if at:
                changes.setdefault(int(month), {})[lever.removeprefix("levers.")] = cast("float", self._values[key])
        return changes

    @property
    def sections(self) -> list[str]:
        """Every table with values, such as "payment" and "modes.council"."""
        return sorted(self._sections)

    def get_section(self, section: str) -> dict[str, Any]:
        """The values of one table by name, without the tables inside it."""
        return dict(self._sections.get(section, {}))

    def fill[T: tuple[Any, ...]](self, cls: type[T], section: str) -> T:
        """A `typing.NamedTuple` whose fields take the values of the same names in a section.

        Raises:
            InputError: The section lacks a field, or has it in another type.
        """
        values = self._sections.get(section, {})
        filled: dict[str, object] = {}
        problems: list[Problem] = []
        for name, kind in _fields(cls).items():
            key = f"{section}.{name}"
            facts = {"owner": cls.__name__, "kind": kind.__name__, "section": section}
            if name not in values:
                problems.append(replace(self.problem("missing_value", f"{section}.file", facts), key=key, seen=""))
            elif type(values[name]) not in _FITS[kind]:
                problems.append(self.problem("other_type", key, facts))
            else:
                filled[name] = kind(values[name])
        if problems:
            raise InputError(problems)
        return cast("Callable[..., T]", cls)(**filled)

    def with_overrides(self, overrides: Mapping[str, object]) -> "Scenario":
        """The same scenario with other values on top; see `load_scenario`.

        Raises:
            InputError: Everything that is wrong with them.
        """
        reader = LayerReader(self.baseline, self.layers)
        reader.override(overrides)
        return _finished(reader)

    def sample(self, seed: int, replicate: int) -> "Scenario":
        """The scenario with each range resolved by a draw of its own.

        A draw depends on seed, key and replicate alone: one range more or less moves no other value.
        """
        if seed < 0 or replicate < 0:
            raise InputError([Problem("negative_seed", key="seed", seen=str(min(seed, replicate)))])
        if not self.ranges:
            return self
        drawn: dict[str, Value | Range] = {
            key: _draw(span, f"{seed}/{key}/{replicate}") for key, span in self.ranges.items()
        }
        layer = Layer("sample", f"drawn from its range, seed {seed}, replicate {replicate}", values=drawn)
        return replace(self, layers=(*self.layers, layer))

    def to_toml(self, folder: Path | None = None) -> str:
        """The scenario as one file over the baseline, which loads to an equal scenario.

        Args:
            folder: Where the file will stand: a ledger and the files of modes are then named from there, else
                by their full path.
        """
        head = {name: text for name, text in self._header if text and name != "extends"}
        stated = self._stated | {key: _path_from(folder, path) for key, path in self.files.items()}
        tables: dict[str, dict[str, object]] = {}
        for key in sorted(stated):
            section, _, name = key.rpartition(".")
            value = stated[key]
            tables.setdefault(section, {})[name] = value.model_dump() if isinstance(value, Range) else value
        blocks = [("[scenario]", head), *((f"[{section}]", tables[section]) for section in tables)]
        blocks += [("[[targets]]", target.model_dump()) for target in self.targets]
        return "\n".join(
            f"{title}\n" + "".join(f"{toml_key(name)} = {toml_value(value)}\n" for name, value in table.items())
            for title, table in blocks
        )

    def height(self, key: str) -> int:
        """How far up the stack a value was set: 0 is the baseline."""
        found = self._layer_of(key)
        return 0 if found is None else self.layers.index(found) + 1

    def extremes(self, key: str) -> tuple[float, float]:
        """The smallest and the largest number that a replicate may see."""
        span = self.ranges.get(key)
        return (self[key], self[key]) if span is None else (span.low, span.high)

    def problem(self, code: str, key: str, facts: Mapping[str, object] | None = None) -> Problem:
        """A problem with a value, at the place where it was set."""
        found = self._layer_of(key) if key in self._values else None
        file = display(self.baseline.path) if found is None else found.file
        lines = self.baseline.lines if found is None else found.lines
        stated = self._stated.get(key, self._values.get(key, ""))
        seen = toml_value(stated.model_dump() if isinstance(stated, Range) else stated)
        return Problem(code, file, lines.get(key), key, seen, facts or {})

    @cached_property
    def _stated(self) -> dict[str, Value | Range]:
        return {key: value for layer in self.layers for key, value in layer.values.items()}

    @cached_property
    def _values(self) -> dict[str, Value]:
        stated = {key: _midpoint(value) for key, value in self._stated.items()}
        return {key: entry.value for key, entry in self.baseline.entries.items()} | stated

    @cached_property
    def _sections(self) -> dict[str, dict[str, Value]]:
        sections: dict[str, dict[str, Value]] = {}
        for key, value in self._values.items():
            if "@" in key:
                continue  # what changes during the run is in `changes`
            section, _, name = key.rpartition(".")
            sections.setdefault(section, {})[name] = value
        return sections

    @property
    def _header(self) -> Header:
        headers = [layer.header for layer in self.layers if layer.header is not None]
        return headers[-1] if headers else Header(name="baseline")

    def _holding(self, key: str) -> str:
        """The key that states the grade holding at the date of `key`, a date at which nothing changes."""
        lever, _, month = key.partition("@")
        since = [m for m, grades in self.changes.items() if m <= int(month) and lever.removeprefix("levers.") in grades]
        return f"{lever}@{max(since)}" if since else lever

    def _layer_of(self, key: str) -> Layer | None:
        if key not in self:
            raise KeyError(key)
        if key not in self._values:
            key = self._holding(key)
        return next((layer for layer in reversed(self.layers) if key in layer.values), None)


@lru_cache
def _fields(cls: type) -> dict[str, type]:
    """Names and types of a NamedTuple; reading its annotations takes longer than all else about filling it."""
    return {name: get_origin(hint) or hint for name, hint in get_type_hints(cls).items()}


def load_scenario(name_or_path: str | Path, overrides: Mapping[str, object] | None = None) -> Scenario:
    """Load a scenario.

    Args:
        name_or_path: A path to a .toml file or to a folder with scenario.toml, else the name of a shipped
            scenario; "baseline" is the baseline alone.
        overrides: Dotted keys and values: Python values, or texts as on the command line ("0.6", "on"). A lever
            takes a date too: "levers.patrols@12" is its grade from month 12 on.

    Raises:
        InputError: Everything that is wrong with the files, the ledger and the overrides, at once.
    """
    return read_scenario(shipped_baseline(), name_or_path, overrides)


def read_scenario(
    baseline: Baseline, name_or_path: str | Path, overrides: Mapping[str, object] | None = None
) -> Scenario:
    """Load a scenario over a baseline of one's own; see `load_scenario`."""
    reader = LayerReader(baseline)
    if str(name_or_path) != "baseline":
        reader.read(name_or_path, Path())
    if overrides:
        reader.override(overrides)
    return _finished(reader)


def shipped_baseline() -> Baseline:
    """The baseline in the package's own folder of scenarios (a wheel), else in the repository's."""
    package = Path(__file__).parent / "scenarios"
    folder = package if package.is_dir() else Path(__file__).parents[2] / "scenarios"
    return Baseline.read(folder / "baseline.toml")


def scenario_names() -> list[str]:
    """The names of the shipped scenarios."""
    return shipped_baseline().names()


def scenario_path(name: str) -> Path:
    """The file of a shipped scenario.

    Raises:
        InputError: There is none of that name.
    """
    baseline = shipped_baseline()
    path = baseline.find(name, baseline.path.parent)
    if path is None:
        refused = baseline.not_found(name)
        raise InputError([Problem(refused.code, name, facts=refused.facts)])
    return path


def _finished(reader: LayerReader) -> Scenario:
    """The scenario that a reader's layers make.

    Raises:
        InputError: Everything that is wrong with its layers, its ledger, and its values taken together.
    """
    scenario = Scenario(reader.baseline, tuple(reader.layers))
    if LEDGER in scenario.files:
        try:
            scenario = replace(scenario, roster=read_roster(scenario.files[LEDGER]))
        except InputError as error:
            reader.problems += error.problems
    # Where a value was refused the scenario still has the one below it: no ground to judge others by.
    conflicts = [conflict for rule in _RULES for conflict in rule(scenario)]
    reader.problems += [problem for keys, problem in conflicts if reader.refused.isdisjoint(keys)]
    digests: dict[str, str] = {}
    for key, path in scenario.files.items():
        try:
            digests |= {key: _digest(path)} if key != LEDGER else {}
        except OSError as error:
            reader.problems.append(scenario.problem("unreadable", key, {"detail": error.strerror}))
    if reader.problems:
        raise InputError(reader.problems)
    return replace(scenario, code=tuple((key, digest) for key, digest in digests.items()))


# What must hold between values. A rule yields the keys that it judged, and the problem with them.
type _Conflict = tuple[set[str], Problem]


def _groups_sum_to_one(scenario: Scenario) -> Iterator[_Conflict]:
    groups: dict[str, list[str]] = {}
    for key, entry in scenario.baseline.entries.items():
        if entry.group:
            groups.setdefault(entry.group, []).append(key)
    for group, keys in groups.items():
        total = math.fsum(scenario[key] for key in keys)
        if not math.isclose(total, 1.0, abs_tol=1e-6):
            parts = " + ".join(f"{key} {number(scenario[key])}" for key in keys)
            facts = {"group": group, "sum": number(round(total, 9)), "parts": parts}
            yield set(keys), scenario.problem("group_sum", max(keys, key=scenario.height), facts)


def _at_most_another(scenario: Scenario) -> Iterator[_Conflict]:
    for key, entry in scenario.baseline.entries.items():
        if entry.at_most and scenario.extremes(key)[1] > scenario.extremes(entry.at_most)[0]:
            other = scenario.problem("at_most", entry.at_most)
            place = f"{other.file}:{other.line}" if other.file else "--set"
            facts = {"other": entry.at_most, "value": other.seen, "place": place}
            yield {key, entry.at_most}, scenario.problem("at_most", key, facts)


def _modes_exist(scenario: Scenario) -> Iterator[_Conflict]:
    allowed = scenario["modes.allowed"]
    known = [section.removeprefix("modes.") for section in scenario.sections if section.startswith("modes.")]
    for name in allowed:
        if name not in known:
            facts = {"name": name, "names": listed(known)}
            yield {"modes.allowed"}, scenario.problem("allowed_mode", "modes.allowed", facts)
    if scenario["modes.initial"] not in allowed:
        keys = ("modes.initial", "modes.allowed")
        facts = {"initial": scenario["modes.initial"], "names": listed(allowed)}
        yield set(keys), scenario.problem("initial_mode", max(keys, key=scenario.height), facts)


def _every_compound_has_households(scenario: Scenario) -> Iterator[_Conflict]:
    keys = ("places.compounds", "places.households")
    (_, most), (least, _) = (scenario.extremes(key) for key in keys)
    if scenario.ledger is None and 0 < least < most:
        facts = {"households": number(least), "compounds": number(most)}
        yield set(keys), scenario.problem("empty_compounds", max(keys, key=scenario.height), facts)


def _ledger_decides(scenario: Scenario) -> Iterator[_Conflict]:
    if scenario.ledger is None:
        return
    for key in ("places.compounds", "places.households"):
        if scenario.height(key) > scenario.height(LEDGER):
            facts = {"key": key, "ledger": display(scenario.files[LEDGER])}
            yield {key, LEDGER}, scenario.problem("ledger_decides", key, facts)


def _households(scenario: Scenario) -> tuple[str, float]:
    """How many households a run has at most, and the key that decides it."""
    if scenario.ledger is not None:
        return LEDGER, sum(row.households for row in scenario.ledger)
    _, stated = scenario.extremes("places.households")
    if stated > 0:
        return "places.households", stated
    # Sizes are drawn from a log-normal distribution: its mean.
    mean = scenario["places.size_median"] * math.exp(scenario["places.size_sigma"] ** 2 / 2)
    return "places.compounds", scenario.extremes("places.compounds")[1] * mean


def _fits_in_memory(scenario: Scenario) -> Iterator[_Conflict]:
    available = available_bytes()
    key, households = _households(scenario)
    needed = households * BYTES_PER_HOUSEHOLD
    if available is not None and needed > available:
        facts = {
            "needed": f"{needed / 1e9:,.1f}",
            "available": f"{available / 1e9:,.1f}",
            "most": f"{available // BYTES_PER_HOUSEHOLD:,}",
        }
        yield {key}, scenario.problem("memory", key, facts)


_RULES: tuple[Callable[[Scenario], Iterator[_Conflict]], ...] = (
    _groups_sum_to_one,
    _at_most_another,
    _modes_exist,
    _every_compound_has_households,
    _ledger_decides,
    _fits_in_memory,
)


def available_bytes() -> int | None:
    """Memory that a run could take, where the system tells."""
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        match = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text("ascii"))
        return int(match[1]) * 1024 if match else None
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _path_from(folder: Path | None, path: Path) -> str:
    if folder is None or path.drive != folder.absolute().drive:
        return path.as_posix()
    return path.relative_to(folder.absolute(), walk_up=True).as_posix()


def _digest(path: Path) -> str:
    # Line ends do not count: version control may change them between machines.
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _midpoint(value: Value | Range) -> Value:
    if not isinstance(value, Range):
        return value
    if isinstance(value.low, int) and isinstance(value.high, int):
        return (value.low + value.high) // 2
    return value.low + (value.high - value.low) / 2


def _draw(span: Range, key: str) -> float:
    """A uniform draw from a range, from a stream of its own; a count's ends are as likely as the rest."""
    from numpy.random import Philox  # noqa: PLC0415 - most users of a scenario need no numpy

    stream = Philox(key=int.from_bytes(hashlib.sha256(key.encode()).digest()[:16]))
    share = (int(stream.random_raw()) >> 11) * 2.0**-53
    if isinstance(span.low, int) and isinstance(span.high, int):
        return span.low + int(share * (span.high - span.low + 1))
    return span.low + share * (span.high - span.low)
