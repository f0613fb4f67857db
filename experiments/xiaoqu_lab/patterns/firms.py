"""Service and the firm that stays or leaves (P1-P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu_lab.patterns.laboratory import (
    SERVED,
    STILL,
    Lab,
    Money,
    Pattern,
    added,
    advance,
    keep_firms,
    multiply_service,
    put_under,
    quarterly,
    rises,
    series,
    served,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu.columns import F8
    from xiaoqu_lab.patterns.laboratory import Mask


def vicious_circle(lab: Lab) -> Pattern:
    """P1."""
    exits, fall, crew, lags = {}, {}, {}, []
    for loss in (0, 15, 30, 45):
        left, before, after, crews = [], [], [], []
        for district in lab.districts(SERVED):
            had = served(district)
            multiply_service(district, 1.0 - 0.01 * loss)
            advance(district, 12)
            multiply_service(district, 1.0 / (1.0 - 0.01 * loss))
            advance(district, 36)
            leaving = series(district, "exits", 0, 48) > 0
            left.append(leaving[:, had].any(axis=0))
            before.append(quarterly(district, had, -1, 0))
            after.append(quarterly(district, had, 14, 15))
            crews.append(series(district, "crew", 15, 16)[0, had & served(district)])
            if loss == 30:
                refusing = series(district, "refusal", -12, 48) > 0
                for row in np.flatnonzero(leaving.any(axis=0) & had):
                    exit_month = int(leaving[:, row].argmax())
                    if refusing[: exit_month + 12, row].any():
                        lags.append(exit_month + 12 - int(refusing[:, row].argmax()))
        exits[loss] = float(np.concatenate(left).mean())
        fall[loss] = float((added(before).rate - added(after).rate)[0])
        crew[loss] = float(np.concatenate(crews).mean())
    lag = float(np.median(lags)) if lags else float("nan")
    # Collection still rises when the spin-up ends; what the shock does is the difference to the twin without it.
    lost = {loss: drop - fall[0] for loss, drop in fall.items()}
    holds = rises(list(exits.values())) and exits[45] >= exits[0] + 0.05 and rises(list(lost.values()))
    holds = holds and lost[30] >= 0.03 and crew[30] < crew[0] and lag >= 12
    figures = {f"exits_48m_shock_{loss}": share for loss, share in exits.items()}
    figures |= {f"fall_of_collection_14m_shock_{loss}": drop for loss, drop in lost.items()}
    figures["rise_of_collection_14m_without_shock"] = -fall[0]
    figures |= {f"crew_15m_shock_{loss}": level for loss, level in crew.items()}
    figures["months_from_first_refusal_to_exit"] = lag
    return Pattern(
        "P1",
        "Vicious circle: poor service, low payment, staff cuts, exit",
        "服务差、收费难、减员、撤离的恶性循环",
        holds,
        figures,
        "service -0/15/30/45 % for 12 months: fall of collection at month 14 against the same districts"
        " without the shock grows with it and is at least 3 points at 30 %; crew at month 15 below the"
        " unshocked one; exits within 48 months never fall with the shock and are 5 points higher at 45 % than"
        " without; median time from first organised refusal to exit at least 12 months",
    )


def _path(lab: Lab, conditions: Mapping[str, object], factor: float) -> tuple[F8, F8]:
    """Collection and quality, months 9 to 191: service times `factor` for 60 months and back for 120, firms kept."""
    parts, quality = [], []
    for district in lab.districts({**SERVED, **conditions}):
        had = served(district)
        advance(district, 12, keep_firms)
        multiply_service(district, factor)
        advance(district, 60, keep_firms)
        multiply_service(district, 1.0 / factor)
        advance(district, 120, keep_firms)
        parts.append(quarterly(district, had, 9, 192))
        quality.append(series(district, "quality", 9, 192)[:, had].mean(axis=1))
    return added(parts).rate, np.mean(quality, axis=0)


def _loop(lab: Lab, conditions: Mapping[str, object]) -> dict[str, float]:
    """Service -30 % for 60 months and back, against the same districts without it: times to lose and regain."""
    (rate, q), (untouched, usual) = (_path(lab, conditions, factor) for factor in (0.7, 1.0))
    # The twin takes out what would have happened anyway: collection still rises when the spin-up ends.
    gap, q = rate - untouched, q - usual
    down, up = gap[3:63], gap[63:]
    low = float(down[-3:].mean())
    lost = np.flatnonzero(down <= -0.10)
    back = np.flatnonzero(up >= low + 0.10)
    close = np.arange(1, len(q) + 1) % len(q)
    return {
        "start": float(rate[:3].mean()),
        "low": float(rate[60:63].mean()),
        "fall_against_twin": -low,
        "end_against_twin": float(up[-3:].mean()),
        "months_to_lose_10": float(lost[0] + 1) if len(lost) else float("nan"),
        "months_to_regain_10": float(back[0] + 1) if len(back) else float("nan"),
        "loop_area": float(0.5 * (q * gap[close] - q[close] * gap).sum()),
    }


def _slow_back(figures: Mapping[str, float]) -> bool:
    """Ten points were lost, and it took more than twice as long to regain them (never counts as 120 months)."""
    lose, regain = figures["months_to_lose_10"], figures["months_to_regain_10"]
    return bool(lose < 0.5 * (120.0 if np.isnan(regain) else regain))


def hysteresis(lab: Lab) -> Pattern:
    """P2."""
    figures = _loop(lab, {})
    return Pattern(
        "P2",
        "Collection falls faster than it recovers",
        "收缴率下降快、恢复慢",
        _slow_back(figures) and figures["loop_area"] > 0,
        figures,
        "service -30 % for 60 months, then back, firms kept, against the same districts without it: months"
        " to lose 10 points less than half the months to regain 10 points from the low (not within 120 counts"
        " as 120); area of the quality-collection loop above 0",
    )


def hysteresis_control(lab: Lab) -> Pattern:
    """P2 without peers and habit (amended control), base shifted so that collection starts where it did."""
    peers, habit = [], []
    for district in lab.districts(SERVED):
        scenario, people = district.scenario, district.world.households
        kinds = ("conditional", "free_rider", "hump", "unconditional")
        follow = np.array([scenario[f"payment.peers_{kind}"] for kind in kinds])[people.cooperator]
        here = people.tenure != 2
        peers.append(float((scenario["payment.peers"] * follow * (people.belief - 0.5))[here].mean()))
        habit.append(float((scenario["payment.habit"] * (people.habit - 0.5))[here].mean()))
        base = float(scenario["payment.base"])
    shifted = base + float(np.mean(peers) + np.mean(habit))
    figures = _loop(lab, {"payment.peers": 0.0, "payment.habit": 0.0, "payment.base": shifted})
    return Pattern(
        "P2-control",
        "Without peers and habit hysteresis vanishes",
        "无邻里与习惯效应则滞后消失",
        not _slow_back(figures),
        figures,
        "payment.peers = payment.habit = 0, base shifted by their mean: months to lose 10 points at least"
        " half of those to regain them, or 10 points never lost",
    )


def _runs(inside: Mask) -> list[int]:
    """Lengths of the spells (months) in a band, compound by compound; `inside` has shape (months, compounds)."""
    lengths = []
    for column in inside.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], column.astype(int), [0]])))
        lengths += (edges[1::2] - edges[::2]).tolist()
    return lengths


def two_regimes(lab: Lab) -> Pattern:
    """P3."""
    rates, middle, extreme = [], [], []
    for district in lab.districts({**SERVED, "campaign.self_start": 0.004, "campaign.imitation": 0.8}):
        had = served(district)
        advance(district, 84)
        money = Money(*(series(district, name, 24, 84)[:, had] for name in ("collected_12m", "billed_12m")))
        rate = money.rate
        rates.append(rate[np.isfinite(rate)])
        middle += _runs((rate > 0.5) & (rate < 0.7))
        extreme += _runs(rate >= 0.85) + _runs(rate <= 0.4)
    x = np.concatenate(rates)
    z = (x - x.mean()) / x.std()
    skew, kurtosis = float((z**3).mean()), float((z**4).mean())
    bimodality = (skew**2 + 1.0) / kurtosis
    stay_middle, stay_extreme = (float(np.mean(runs)) if runs else 0.0 for runs in (middle, extreme))
    edges = np.array([0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01])
    shares = np.histogram(x, edges)[0] / len(x)
    figures = {
        f"share_{low:.1f}_to_{high:.1f}": float(s) for low, high, s in zip(edges, edges[1:], shares, strict=False)
    }
    figures |= {"mean": float(x.mean()), "skewness": skew, "bimodality": bimodality}
    figures |= {"months_in_middle": stay_middle, "months_at_extremes": stay_extreme}
    return Pattern(
        "P3",
        "Two regimes of collection",
        "收缴率两极分化",
        (skew <= -0.8 or bimodality > 5 / 9) and stay_middle < stay_extreme,
        figures,
        "compounds served at month 0, months 24-83, whatever became of them: skewness of yearly collection"
        " at most -0.8, or Sarle's coefficient above 5/9; mean sojourn at 50-70 % shorter than at >= 85 %"
        " or <= 40 %",
    )


SIZES = np.array([40, 80, 120, 170, 230, 300, 380, 480, 620, 1001])


def _wall(lab: Lab, conditions: Mapping[str, object]) -> tuple[F8, F8, float]:
    """Share still served after 36 months by class of size, mean sizes of the classes, break-even size at 75 % paid."""
    sizes, stay, break_even = [], [], 0.0
    broad: dict[str, object] = {"places.size_median": 220.0, "places.size_sigma": 1.1, "places.size_least": 40}
    broad |= {"places.size_most": 1000, "places.compounds": 200, "calendar.spin_up": 36}
    for district in lab.districts({**SERVED, **broad, **conditions}):
        compounds, scenario = district.world.compounds, district.scenario
        sizes.append(compounds.households.copy())
        stay.append(served(district))
        area = float(scenario["places.flat_area"])
        public = scenario["places.public_potential"] * scenario["modes.property_company.public_use"]
        public *= 1.0 - scenario["settlement.leak_closed"]
        margin = area * (0.75 * scenario["places.managed_fee"] - scenario["firms.area_cost"]) + public
        break_even = float(scenario["firms.fixed_cost"] / margin)
    n, kept = np.concatenate(sizes), np.concatenate(stay)
    group = np.digitize(n, SIZES) - 1
    classes = range(len(SIZES) - 1)
    shares = np.array([kept[group == k].mean() for k in classes])
    return shares, np.array([n[group == k].mean() for k in classes]), break_even


def viability_wall(lab: Lab) -> Pattern:
    """P4."""
    shares, means, break_even = _wall(lab, {"places.managed_fee": 0.6})
    poor, _, _ = _wall(lab, {"places.managed_fee": 0.4})
    above = int(np.argmax(shares >= 0.5)) if (shares >= 0.5).any() else -1
    if above <= 0:
        half = float("nan") if above < 0 else float(means[0])
    else:
        low, high = shares[above - 1], shares[above]
        half = float(means[above - 1] + (0.5 - low) / (high - low) * (means[above] - means[above - 1]))
    small = float(poor[:1].mean())
    holds = rises(shares.tolist(), 0.05) and break_even / 1.5 <= half <= break_even * 1.5 and small <= 0.1
    figures = {
        f"served_36m_N_{low}_to_{high - 1}": float(s) for low, high, s in zip(SIZES, SIZES[1:], shares, strict=False)
    }
    figures |= {
        "half_point_households": half,
        "break_even_households": break_even,
        "served_36m_N_below_80_fee_0.4": small,
    }
    figures["served_36m_N_80_to_119_fee_0.4"] = float(poor[1])
    return Pattern(
        "P4",
        "Viability wall: firms last where there are enough households",
        "生存门槛：户数够，企业才留得住",
        holds,
        figures,
        "served 36 months after the start, fee 0.6: rises with N (5 points of slack a class); half-point"
        " within a factor 1.5 of N* = fixed cost / (0.75 fee area + public income - area cost); at fee 0.4"
        " and N < 80 at most 10 %",
    )


def viability_control(lab: Lab) -> Pattern:
    """P4 without a fixed cost."""
    free = {"firms.fixed_cost": 0.0, "firms.large_step": 0.0}
    shares, _, _ = _wall(lab, {"places.managed_fee": 0.6, **free})
    small, large = float(shares[:2].mean()), float(shares[-3:].mean())
    return Pattern(
        "P4-control",
        "Without fixed cost the wall vanishes",
        "无固定成本则门槛消失",
        small >= 0.5 and large - small <= 0.35,
        {"served_36m_N_below_120": small, "served_36m_N_380_and_more": large},
        "fixed cost 0: N < 120 served after 36 months in at least half, at most 35 points behind N >= 380",
    )


def merging(lab: Lab) -> Pattern:
    """P5."""
    figures: dict[str, float] = {}
    for size, bundles in ((110, (1, 2, 4)), (800, (1, 2))):
        for count in bundles:
            kept = []
            sizes = {"places.size_median": float(size), "places.size_sigma": 0.1, "places.size_most": 1000}
            number = {"places.compounds": 80 if size == 110 else 24}
            for district in lab.districts({**STILL, **sizes, **number, "places.infrastructure": 0.65}):
                rows = np.arange(len(district.world.compounds))
                for group in np.array_split(rows, len(rows) // count):
                    put_under(district, "property_company", group, together=True)
                advance(district, 48)
                kept.append(served(district))
            figures[f"served_48m_{count}_of_{size}"] = float(np.concatenate(kept).mean())
    small = figures["served_48m_4_of_110"] - figures["served_48m_1_of_110"]
    large = figures["served_48m_2_of_800"] - figures["served_48m_1_of_800"]
    figures |= {"gain_4_of_110": small, "gain_2_of_800": large}
    return Pattern(
        "P5",
        "Merging adjacent small compounds helps",
        "相邻小区连片有利于企业留存",
        small >= 0.20 and large <= 0.10,
        figures,
        "one contract for four compounds of 110 households raises survival of the firm over 48 months by"
        " at least 20 points; for two of 800 by at most 10",
    )
