"""Golden runs: headline outcomes and digest of small versions of the four cases.

    uv run python -m tests.golden.update          says which outcomes moved, and by how much
    uv run python -m tests.golden.update --yes    accepts it

A golden run backs up the named properties; it does not replace them. Whoever accepts a change says so in CHANGELOG.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from xiaoqu import District, load_scenario

FILE = Path(__file__).with_name("golden.json")
SIZES = {"xiashesi": 10, "daguan": 16, "hengdong": 6, "shaoshan": 14}
HEADLINES = (
    "collection_rate_12m",
    "collection_rate_occupied",
    "resolution_rate",
    "backlog",
    "satisfaction",
    "trust",
    "share_unmanaged",
    "share_property_company",
    "share_committee",
    "share_council",
    "public_money",
)

type Golden = dict[str, dict[str, float | str]]


def measured() -> Golden:
    """Twelve months of each case, made small."""
    found: Golden = {}
    for name, compounds in SIZES.items():
        small = {"places.compounds": compounds, "places.households": 60 * compounds}
        district = District(load_scenario(name, small), rng=20231)
        district.run_for(12)
        last = district.outcomes().iloc[-1]
        found[name] = {outcome: round(float(last[outcome]), 10) for outcome in HEADLINES}
        found[name]["digest"] = district.digest()
    return found


def moved(before: Golden, now: Golden) -> list[str]:
    """One line for each figure that is not what it was."""
    lines = []
    for name, figures in now.items():
        for outcome, value in figures.items():
            old = before.get(name, {}).get(outcome)
            if old != value:
                by = f" ({value - old:+.4g})" if isinstance(old, float) and isinstance(value, float) else ""
                lines.append(f"{name}: {outcome} {old} -> {value}{by}")
    return lines


def main() -> None:
    """Print what moved; write it down only if told so."""
    before: Golden = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    now = measured()
    for line in moved(before, now) or ["nothing moved"]:
        print(line)
    if "--yes" in sys.argv:
        FILE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
