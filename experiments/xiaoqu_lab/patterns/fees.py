"""Subsidy, honeymoon, price (P12-P14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.governance import tender
from xiaoqu_lab.patterns.laboratory import (
    COMMUNITY_RUN,
    SERVED,
    STILL,
    Lab,
    Money,
    Pattern,
    added,
    advance,
    by_households,
    keep_firms,
    multiply_service,
    put_under,
    quarterly,
    series,
    served,
)

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.columns import I8


def _would_bid(district: District, subsidy: float) -> I8:
    """Rows where a community-run firm reckons that income with the subsidy covers its cost."""
    p = district.world.terms(tender.FirmTerms, "firms")
    compounds = district.world.compounds
    viable = [
        tender.expected_revenue(district, p, row, p.fee_community, subsidy * float(size))
        >= tender.costs(p, COMMUNITY_RUN, float(size), 0.01 * float(area), 1)
        for row, (size, area) in enumerate(zip(compounds.households, compounds.area, strict=True))
    ]
    return np.flatnonzero(viable)


def subsidy_cliff(lab: Lab) -> Pattern:
    """P12."""
    exits, at_risk = np.zeros(48), np.zeros(48)
    for district in lab.districts({**STILL, "levers.community_firms": 1.0}):
        subsidy = float(district.scenario["programmes.community_firm_subsidy"])
        rows = _would_bid(district, subsidy)
        put_under(district, "property_company", rows, kind=COMMUNITY_RUN, subsidy=subsidy)
        advance(district, 24)
        district.world.compounds.subsidy[:] = 0.0
        advance(district, 24)
        leaving = series(district, "exits", 0, 48)[:, rows] > 0
        exits += leaving.sum(axis=1)
        at_risk += leaving.shape[1] - np.concatenate([[0], leaving.sum(axis=1).cumsum()[:-1]])
    hazard = [float(12 * exits[y : y + 12].sum() / max(1.0, at_risk[y : y + 12].sum())) for y in (0, 12, 24, 36)]
    return Pattern(
        "P12",
        "Subsidy cliff",
        "补贴退坡",
        hazard[2] >= 2 * hazard[1] and hazard[2] >= hazard[1] + 0.1,
        {f"exits_a_year_year_{year + 1}": value for year, value in enumerate(hazard)},
        "community-run firms where one would bid, subsidy ends after 24 months: yearly exit hazard of the"
        " following 12 months at least twice that of the 12 before and 0.1 higher",
    )


def honeymoon(lab: Lab) -> Pattern:
    """P13."""
    months = (-1, 17, 23, 59)
    quality: list[float] = []
    whole: list[Money] = []
    above: list[Money] = []
    below: list[Money] = []
    for district in lab.districts({**STILL, "places.size_median": 250.0, "places.infrastructure": 0.65}):
        compounds = district.world.compounds
        everywhere = np.ones(len(compounds), bool)
        margin = 80.0 * (0.75 * district.scenario["modes.property_company.fee"] - district.scenario["firms.area_cost"])
        covers = compounds.households * margin >= district.scenario["firms.fixed_cost"]
        start = float(compounds.quality.mean())
        put_under(district, "property_company", np.arange(len(compounds)))
        advance(district, 60)
        quality.append(float(series(district, "quality", 5, 6).mean()) - start)
        for parts, where in ((whole, everywhere), (above, covers), (below, ~covers)):
            parts.append(by_households(district, where, months))
    rate, gap = added(whole).rate, added(above).rate - added(below).rate
    early, late = float(gap[2]), float(gap[3])
    figures = {"rise_of_quality_6m": float(np.mean(quality)), "collection_before": float(rate[0])}
    figures |= {"collection_months_6_to_17": float(rate[1]), "gap_year_2": early, "gap_year_5": late}
    risen = figures["collection_months_6_to_17"] >= figures["collection_before"] + 0.03
    return Pattern(
        "P13",
        "A new firm's honeymoon",
        "新企业进驻蜜月期",
        figures["rise_of_quality_6m"] >= 0.1 and risen and late >= early + 0.05,
        figures,
        "firm enters: quality +0.1 within 6 months; collection of months 6-17 at least 3 points above"
        " before; gap between compounds above and below break-even size (by household, whatever became of"
        " them) 5 points wider in year 5 than in year 2",
    )


def low_fee(lab: Lab) -> Pattern:
    """P14."""
    rates, quality = {}, {}
    for name, price, service in (("as_is", 1.0, 1.0), ("cut", 0.72, 1.0), ("more", 1.15, 1.3)):
        parts, later = [], []
        for district in lab.districts(SERVED):
            had = served(district)
            district.world.compounds.fee *= price
            multiply_service(district, service)
            advance(district, 36, keep_firms)
            parts.append(quarterly(district, had, 2, 36))
            later.append(float(series(district, "quality", 24, 36)[:, had].mean()))
        rates[name], quality[name] = added(parts).rate, float(np.mean(later))
    soon = float((rates["cut"] - rates["as_is"])[:4].mean())
    worse = quality["cut"] - quality["as_is"]
    better = float((rates["more"] - rates["as_is"])[9:21].mean())
    figures = {
        "cut_collection_first_half_year": soon,
        "cut_quality_year_3": worse,
        "rise_with_service_collection_year_2": better,
    }
    figures["cut_collection_year_3"] = float((rates["cut"] - rates["as_is"])[-12:].mean())
    return Pattern(
        "P14",
        "A low fee is not the cure",
        "低价不是出路",
        0.0 < soon <= 0.05 and worse <= -0.02 and better > 0.01,
        figures,
        "fee -28 %, cost as it was: collection of the first half-year up by at most 5 points, quality of"
        " year 3 lower by at least 0.02; fee +15 % with service +30 %: collection of year 2 up by more than"
        " 1 point",
    )
