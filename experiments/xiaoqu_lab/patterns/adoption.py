"""How compounds come to a mode, and move between modes (P20, P22, P23)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from xiaoqu_lab.patterns.laboratory import (
    MANDATE,
    STILL,
    Lab,
    Pattern,
    advance,
    put_under,
    series,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu import District
    from xiaoqu.columns import F8


def _adoption(districts: Iterator[District], months: int, pilots: int = 0) -> list[F8]:
    """Share of compounds ever under a mode, by month, for each district; `pilots` of them start with a firm."""
    curves = []
    for district in districts:
        if pilots:
            put_under(district, "property_company", range(0, len(district.world.compounds), 80 // pilots))
        advance(district, months)
        curves.append(((series(district, "mode", 0) > 0).cumsum(axis=0) > 0).mean(axis=1))
    return curves


def _rise(curve: F8) -> float:
    """Months from 10 to 90 % of the final level."""
    return float(np.argmax(curve >= 0.9 * curve[-1]) - np.argmax(curve >= 0.1 * curve[-1]))


def mandate_curve(lab: Lab) -> Pattern:
    """P20."""
    # Places too incomplete for a firm are left to the other modes; pilots hold a firm from the start.
    mandated = _adoption(lab.districts({**STILL, **MANDATE}), 60)
    # The model's own parameters: what is tested is how compounds imitate in it, not other numbers.
    alone = {name: value for name, value in STILL.items() if name not in ("campaign.self_start", "campaign.imitation")}
    imitated = _adoption(lab.districts(alone), 120, pilots=4)
    fast, slow = float(np.mean([_rise(c) for c in mandated])), float(np.mean([_rise(c) for c in imitated]))
    figures = {"months_10_to_90_mandate": fast, "months_10_to_90_imitation": slow}
    figures |= {"final_mandate": float(np.mean([c[-1] for c in mandated]))}
    figures |= {"final_imitation": float(np.mean([c[-1] for c in imitated]))}
    return Pattern(
        "P20",
        "A mandate's curve is R-shaped, imitation's S-shaped",
        "行政推动呈R形，模仿扩散呈S形",
        fast < 12 and 24 <= slow <= 60,
        figures,
        "share of compounds ever under a mode, 10 to 90 % of its final level: under a mandate in less than"
        " 12 months; with four pilots and imitation alone in 24 to 60",
    )


def mode_order(lab: Lab) -> Pattern:
    """P22."""
    orders = {
        "by_size": ("council", "committee", "property_company"),
        "reversed": ("property_company", "committee", "council"),
    }
    rates = {}
    for arm, names in orders.items():
        means = []
        for district in lab.districts(STILL):
            compounds = district.world.compounds
            ranked = np.argsort(compounds.households, kind="stable")
            for name, rows in zip(names, np.array_split(ranked, 3), strict=True):
                put_under(district, name, rows)
            advance(district, 48)
            paid, billed = (series(district, name, 47, 48)[0] for name in ("collected_12m", "billed_12m"))
            means.append(float((paid[billed > 0] / billed[billed > 0]).mean()))
        rates[arm] = float(np.mean(means))
    return Pattern(
        "P22",
        "Modes fit sizes",
        "模式与规模相配",
        rates["by_size"] >= rates["reversed"] + 0.02,
        {f"collection_year_4_{arm}": rate for arm, rate in rates.items()},
        "company for the largest third, committee, council for the smallest: mean collection over"
        " compounds in year 4 at least 2 points above the reverse",
    )


def mode_transitions(lab: Lab) -> Pattern:
    """P23."""
    flows: dict[tuple[str, str], int] = {}
    spells = []
    conditions = {"campaign.months": 0, "places.managed_share": 0.5}
    for district in lab.districts(conditions):
        advance(district, 120)
        for compound in district.compounds:
            own = compound.spells
            for one, other in pairwise(own):
                if other.month >= 0:
                    pair = (one.mode, other.mode)
                    flows[pair] = flows.get(pair, 0) + 1
                    if one.mode != "unmanaged":
                        spells.append(other.month - one.month)
    gap = flows.get(("property_company", "unmanaged"), 0)
    found = flows.get(("unmanaged", "council"), 0)
    back = flows.get(("council", "property_company"), 0)
    median = float(np.median(spells)) if spells else float("nan")
    figures = {f"{one}_to_{other}": float(n) for (one, other), n in sorted(flows.items())}
    figures |= {"median_completed_spell_months": median}
    through_gap = _council_then_company(flows)
    return Pattern(
        "P23",
        "Compounds move between modes",
        "模式之间的流转",
        gap > 0 and found > 0 and (back > 0 or through_gap) and 36 <= median <= 72,
        figures,
        "within 120 months without a campaign: company to gap, gap to council, council to company"
        " (directly or through a gap) all occur; median completed spell under a mode 36-72 months",
    )


def _council_then_company(flows: dict[tuple[str, str], int]) -> bool:
    return flows.get(("council", "unmanaged"), 0) > 0 and flows.get(("unmanaged", "property_company"), 0) > 0
