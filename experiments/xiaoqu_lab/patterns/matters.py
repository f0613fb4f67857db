"""Problems, reports and what becomes of them (P17-P19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.issues import NEVER
from xiaoqu.month.problems import LARGE
from xiaoqu_lab.patterns.laboratory import STILL, Lab, Pattern, advance, series

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu import District
    from xiaoqu.columns import F8

CHANNEL: dict[str, object] = {
    "campaign.months": 60,
    "campaign.pace": 1.0,
    **{
        f"levers.{name}": "on"
        for name in (
            "compound_plans",
            "modes_by_eligibility",
            "compound_ledger",
            "open_tender",
            "party_branches",
            "joint_review",
            "trusteeship",
            "volunteering",
            "triage",
            "tiered_response",
            "neighbour_chiefs",
        )
    },
}
"""Hengdong's way: compounds brought under a mode and held in trust, tiers respond, neighbour chiefs report."""


def heavy_tail(lab: Lab) -> Pattern:
    """P17."""
    counts, sizes = [], []
    for district in lab.districts({**STILL, "places.managed_share": 0.3}):
        advance(district, 12)
        counts.append(series(district, "reported", 0, 12).sum(axis=0))
        sizes.append(district.world.compounds.households.astype(float))
    tops = [float(np.sort(y)[::-1][: max(1, len(y) // 10)].sum() / y.sum()) for y in counts]
    y, n = np.concatenate(counts), np.concatenate(sizes)
    expected = n * y.sum() / n.sum()
    given_size = float((expected**2).sum() / max(1e-9, ((y - expected) ** 2 - expected).sum()))
    raw = float(y.mean() ** 2 / max(1e-9, y.var() - y.mean()))
    top = float(np.mean(tops))
    return Pattern(
        "P17",
        "Complaints are heavy-tailed",
        "投诉高度集中",
        0.35 <= top <= 0.55 and 0.4 <= given_size <= 1.2,
        {"share_of_top_tenth": top, "k_given_size": given_size, "k_raw": raw}
        | {"reports_per_1000_flats_month": float(1000.0 * y.sum() / n.sum() / 12.0)},
        "reports of a year without campaign: top tenth of compounds holds 35-55 %; negative binomial k"
        " given size 0.4-1.2",
    )


def _open_reported(district: District) -> tuple[F8, F8]:
    """Months since the report, and whether it is a large matter, of every reported matter that is open."""
    issues = district.world.issues
    reported, kind = issues.columns.reported[: issues.count], issues.columns.kind[: issues.count]
    known = reported != NEVER
    return (district.month - 1 - reported[known]).astype(float), (kind[known] == LARGE).astype(float)


def _channel_run(lab: Lab, conditions: Mapping[str, object]) -> dict[str, float]:
    """Yearly counts per district before (-12…-1) and after (12-23, 24-35), settled share, age of the open queue."""
    found: dict[str, list[float]] = {}
    ages: dict[int, list[F8]] = {month: [] for month in (-1, 3, 8, 14, 24, 35)}
    for district in lab.districts({**STILL, **conditions}):
        ages[-1].append(_open_reported(district)[0])
        for month in range(36):
            district.step()
            if month in ages:
                ages[month].append(_open_reported(district)[0])
        for name in ("reported", "problems"):
            for label, first in (("before", -12), ("year_2", 12), ("year_3", 24)):
                total = float(series(district, name, first, first + 12).sum())
                found.setdefault(f"{name}_{label}", []).append(total)
        settled, heard = (series(district, name, 35, 36).sum() for name in ("settled_12m", "reported_12m"))
        found.setdefault("settled_share", []).append(float(settled / max(1.0, heard)))
    figures = {name: float(np.mean(values)) for name, values in found.items()}
    figures |= {f"median_age_month_{month}": float(np.median(np.concatenate(x))) for month, x in ages.items()}
    return figures


def _hotline_alone() -> dict[str, object]:
    silent = ("unmanaged", "property_company", "committee", "council")
    return {f"modes.{name}.reporting": 0.0 for name in silent}


def channel_inflates(lab: Lab) -> Pattern:
    """P18."""
    chiefs = _channel_run(lab, CHANNEL)
    without = _channel_run(lab, {**CHANNEL, "levers.neighbour_chiefs": "off"})
    alone = _channel_run(lab, _hotline_alone())
    ratio = chiefs["reported_year_2"] / alone["reported_year_2"]
    ages = {name: age for name, age in chiefs.items() if name.startswith("median_age")}
    older = max(ages["median_age_month_3"], ages["median_age_month_8"], ages["median_age_month_14"])
    fewer = chiefs["problems_year_3"] < min(chiefs["problems_before"], alone["problems_year_3"])
    figures = {"recorded_over_hotline_alone": ratio}
    figures["recorded_over_year_before"] = chiefs["reported_year_2"] / chiefs["reported_before"]
    figures["recorded_over_no_chiefs"] = chiefs["reported_year_2"] / without["reported_year_2"]
    figures["problems_over_year_before"] = chiefs["problems_year_3"] / chiefs["problems_before"]
    figures["problems_over_no_chiefs"] = chiefs["problems_year_3"] / without["problems_year_3"]
    figures["settled_share"] = chiefs["settled_share"]
    return Pattern(
        "P18",
        "A channel inflates counts",
        "渠道放大上报数",
        ratio >= 10 and fewer and 0.80 <= chiefs["settled_share"] <= 0.95 and older > ages["median_age_month_-1"],
        figures | ages,
        "neighbour chiefs in a Hengdong-like campaign: reports of year 2 at least ten times those over the"
        " hotline alone (amended); problems of year 3 fewer than the year before and than with the hotline"
        " alone; 80-95 % of a year's reports settled; median age of the open queue higher within 15 months"
        " than before",
    )


def channel_control(lab: Lab) -> Pattern:
    """P18 without the channel's effect."""
    chiefs = _channel_run(lab, {**CHANNEL, "problems.chief": 0.0})
    without = _channel_run(lab, {**CHANNEL, "problems.chief": 0.0, "levers.neighbour_chiefs": "off"})
    alone = _channel_run(lab, _hotline_alone())
    figures = {
        "recorded_over_hotline_alone": chiefs["reported_year_2"] / alone["reported_year_2"],
        "recorded_over_no_chiefs": chiefs["reported_year_2"] / without["reported_year_2"],
    }
    ratio, gain = figures.values()
    return Pattern(
        "P18-control",
        "Without the channel's effect counts do not inflate",
        "渠道无作用则不放大",
        ratio < 10 and gain < 1.25,
        figures,
        "problems.chief = 0: less than ten times the hotline alone, and chiefs add less than a quarter to reports",
    )


def backlog_after_drive(lab: Lab) -> Pattern:
    """P19."""
    levers = ("in_service_members", "three_party_meetings", "deliberation_points")
    drive = CHANNEL | {f"levers.{name}": "on" for name in levers} | {"campaign.months": 24}
    large, share, age = {0: 0.0, 24: 0.0}, {0: 0.0, 24: 0.0}, {0: 0.0, 24: 0.0}
    usual = 0.0
    for district in lab.districts({**STILL, **drive}):
        for month in large:
            if month:
                advance(district, month)
            ages, big = _open_reported(district)
            large[month] += float(big.sum()) / len(lab.seeds)
            share[month] += float(big.mean()) / len(lab.seeds)
            age[month] += float(np.median(ages)) / len(lab.seeds)
        usual = float(district.scenario["problems.share_large"])
    figures = {f"large_open_month_{month}": value for month, value in large.items()}
    figures |= {f"share_large_month_{month}": value for month, value in share.items()}
    figures |= {f"median_age_month_{month}": value for month, value in age.items()}
    figures["share_large_of_those_that_arise"] = usual
    # "Easy ones are closed first": the hard are more of what is left than of what came in. Before the drive the queue
    # came through the hotline alone, so its mix says what was reported then, not what a drive leaves behind.
    return Pattern(
        "P19",
        "A clear-up drive leaves the hard cases",
        "集中清理后难题积压",
        large[24] > large[0] and share[24] > usual and age[24] > age[0],
        figures,
        "drive of 24 months: more large matters open (reported) at its end than before, a larger share of"
        " the open than of all that arise, and a higher median age than before",
    )
