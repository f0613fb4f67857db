"""The levers: what a programme can switch or grade. Each maps one or more of the 44 documented mechanisms.

They are declared in scenarios/baseline.toml, section [levers], with their mechanism ids, modest default, source, the
intermediate outcome that they move first, and the file of the rule. A lever's value in the baseline is 0: absent.
"""

from __future__ import annotations

from typing import NamedTuple

from xiaoqu.scenario import load_scenario


class Lever(NamedTuple):
    """One lever.

    Attributes:
        key: what `--set` takes.
        ids: documented mechanisms (X1 … S13) that it stands for.
        default: the modest grade that "on" stands for.
        off: the value that disables it.
        moves: declared outcome that it moves first.
        file: where its rule lives.
    """

    key: str
    ids: tuple[str, ...]
    default: float
    off: float
    moves: str
    en: str
    zh: str
    source: str
    file: str


def all_levers() -> tuple[Lever, ...]:
    """Every declared lever, in the order of the baseline."""
    baseline = load_scenario("baseline")
    levers = []
    for name in baseline.get_section("levers"):
        key = f"levers.{name}"
        entry = baseline.entry(key)
        levers.append(
            Lever(
                key,
                tuple(entry.ids),
                float(entry.on or 0.0),
                0.0,
                entry.moves,
                entry.en,
                entry.zh,
                entry.source,
                entry.file,
            )
        )
    return tuple(levers)
