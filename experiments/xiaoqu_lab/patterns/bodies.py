"""Committees, councils, assemblies (P10, P11, P15, P16, P21, P25, P26)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xiaoqu import load_scenario
from xiaoqu.governance import assembly
from xiaoqu.governance.law import Matter
from xiaoqu_lab.patterns.laboratory import (
    MANDATE,
    STILL,
    Lab,
    Pattern,
    added,
    advance,
    by_households,
    put_under,
    rises,
    series,
)

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.columns import I8
    from xiaoqu_lab.patterns.laboratory import Mask


def _mode_rows(district: District, name: str) -> Mask:
    """Compounds under a mode now."""
    code = next(mode.code for mode in district.modes if mode.name == name)
    found: Mask = district.world.compounds.mode == code
    return found


def _could_form_council(district: District) -> I8:
    """Rows in which enough volunteers come forward when a team calls from door to door."""
    council = next(mode for mode in district.modes if mode.name == "council")
    compounds = district.world.compounds
    compounds.covered[:] = 1.0
    rows = [row for row in range(len(compounds)) if not council.obstacle(district, row)]
    compounds.covered[:] = 0.0
    return np.array(rows, dtype=np.int64)


def councils_erode(lab: Lab) -> Pattern:
    """P10."""
    months = (-1, 11, 23, 35, 47, 59)
    pay, helpers, stairs = [], [], 0.0
    fallen, exposed = {"council": 0.0, "committee": 0.0}, {"council": 0.0, "committee": 0.0}
    for name in fallen:
        for district in lab.districts(STILL):
            rows = _could_form_council(district)
            where = np.isin(np.arange(len(district.world.compounds)), rows)
            put_under(district, name, rows)
            if name == "committee":
                district.world.compounds.published[rows] = 1.0
            start = district.world.compounds.mode[rows[0]]
            advance(district, 60)
            alive = (series(district, "mode", 0, 36)[:, where] == start).cumprod(axis=0)
            fallen[name] += float(alive.shape[1] - alive[-1].sum())
            exposed[name] += float(alive.sum()) / 12.0
            if name == "council":
                pay.append(by_households(district, where, months))
                helpers.append(series(district, "volunteers", 0, 60)[:, where].sum(axis=1).reshape(5, 12).mean(axis=1))
                stairs += float(district.world.compounds.stairwells[where].sum())
    rates = added(pay).rate
    before, by_year = float(rates[0]), rates[1:]
    volunteers = np.sum(helpers, axis=0) / stairs
    hazard = {name: fallen[name] / exposed[name] for name in fallen}
    first_fall = [int(np.argmax(np.diff(x) < 0)) if (np.diff(x) < 0).any() else 9 for x in (volunteers, by_year)]
    slope = float(np.polyfit(range(4), by_year[1:], 1)[0])
    holds = by_year[0] >= before + 0.10 and slope < 0 and by_year[-1] <= by_year.max() - 0.03
    holds = holds and hazard["council"] > hazard["committee"] and first_fall[0] <= first_fall[1]
    figures = {"collection_before": before} | {f"collection_year_{y + 1}": float(v) for y, v in enumerate(by_year)}
    figures |= {f"volunteers_per_stairwell_year_{y + 1}": float(v) for y, v in enumerate(volunteers)}
    figures |= {f"failures_a_year_{name}": value for name, value in hazard.items()}
    return Pattern(
        "P10",
        "Self-managed councils start high, then erode",
        "自管会起步高、后劲不足",
        bool(holds),
        figures,
        "all adopters, by household: year 1 at least 10 points above before; slope over years 2-5 below 0,"
        " year 5 at least 3 points below the best year; failures a year in 36 months above those of"
        " committees with open accounts; volunteers fall no later than payment",
    )


def open_accounts(lab: Lab) -> Pattern:
    """P11."""
    figures = {}
    for name in ("committee", "council"):
        rates = {}
        more = {key: 1.4 * _baseline(lab, key) for key in ("payment.remind", f"modes.{name}.sanction")}
        for arm, conditions in (("hidden", {}), ("published", {}), ("reminders", more)):
            parts = []
            for district in lab.districts({**STILL, **conditions}):
                put_under(district, name, range(len(district.world.compounds)))
                published = district.world.compounds.published
                published[:] = 0.0
                advance(district, 12)
                where = _mode_rows(district, name)
                advance(district, 24, partial(_publish, where=where, share=float(arm == "published")))
                parts.append(by_households(district, where, (35,)))
            rates[arm] = float(added(parts).rate[0])
        figures[f"{name}_hidden"] = rates["hidden"]
        figures[f"{name}_points_from_publishing"] = rates["published"] - rates["hidden"]
        figures[f"{name}_points_from_reminders"] = rates["reminders"] - rates["hidden"]
    return Pattern(
        "P11",
        "Published accounts rescue self-management",
        "公开账目挽救自管",
        all(
            figures[f"{name}_points_from_publishing"] > max(0.0, figures[f"{name}_points_from_reminders"])
            for name in ("committee", "council")
        ),
        figures,
        "committees and councils after a year with closed accounts: publishing raises collection of the"
        " third year by more than 40 % more reminders and suits",
    )


def _baseline(lab: Lab, key: str) -> float:
    return float(load_scenario("baseline", overrides=lab.overrides)[key])


def _publish(district: District, where: Mask, share: float) -> None:
    district.world.compounds.published[where] = share


def quorum_binds(lab: Lab) -> Pattern:
    """P15."""
    quorum, vote, held = 0, 0, 0
    away_shares, failures = [], []
    for district in lab.districts({**STILL, **MANDATE, "campaign.months": 36, "places.tenancy": 0.22}):
        advance(district, 36)
        compounds, people = district.world.compounds, district.world.households
        away = np.bincount(people.compound, people.tenure != 0, len(compounds)) / compounds.households
        for event in district.world.events:
            if event.kind == "assembly" and event.month >= 0:
                held += 1
                quorum += "no quorum" in event.subject
                vote += "rejected" in event.subject
                away_shares.append(float(away[event.compound]))
                failures.append("no quorum" in event.subject)
    shares, failed = np.array(away_shares), np.array(failures)
    groups = {
        "below_0.25": shares < 0.25,
        "0.25_to_0.33": (shares >= 0.25) & (shares <= 1 / 3),
        "above_0.33": shares > 1 / 3,
    }
    by_share = {name: float(failed[group].mean()) if group.any() else float("nan") for name, group in groups.items()}
    figures = {"ballots": float(held), "failed_at_quorum": float(quorum), "failed_at_vote": float(vote)}
    figures |= {f"quorum_failure_away_{name}": value for name, value in by_share.items()}
    steep = rises(list(by_share.values())) and by_share["above_0.33"] >= by_share["below_0.25"] + 0.2
    return Pattern(
        "P15",
        "The quorum binds before the majority",
        "参会门槛先于表决门槛",
        quorum > vote and steep,
        figures,
        "ballots of a campaign: more fail at two thirds taking part than at the vote; failure of the"
        " quorum rises with the share of vacant and let flats, by at least 20 points from below 1/4 to"
        " above 1/3",
    )


def remote_voting(lab: Lab) -> Pattern:
    """P16."""
    turnout, away = {}, []
    for online in (0.0, 1.0):
        found = []
        for district in lab.districts({**STILL, "levers.online_ballots": online}):
            compounds, people = district.world.compounds, district.world.households
            compounds.covered[:] = 1.0
            proposal = assembly.Proposal(Matter.OTHER, 0.6, 0.2, "experiment")
            counts = [assembly.hold(district, row, proposal).count for row in range(len(compounds))]
            found += [count.heads_part / count.heads for count in counts]
            if online:
                away += (
                    np.bincount(people.compound, people.tenure != 0, len(compounds)) / compounds.households
                ).tolist()
        turnout[online] = np.array(found)
    gain, share = turnout[1.0] - turnout[0.0], np.array(away)
    low, high = np.quantile(share, [1 / 3, 2 / 3])
    figures = {"turnout_paper": float(turnout[0.0].mean()), "turnout_online": float(turnout[1.0].mean())}
    figures |= {
        "gain_low_absence": float(gain[share <= low].mean()),
        "gain_high_absence": float(gain[share >= high].mean()),
    }
    return Pattern(
        "P16",
        "Remote voting raises turn-out",
        "线上投票提高参与率",
        bool(gain.mean() >= 0.10 and figures["gain_high_absence"] > figures["gain_low_absence"]),
        figures,
        "the same proposal in every compound: online ballots add at least 10 points, more in the third"
        " with most vacant and let flats than in the third with fewest (duration of a ballot is not"
        " modelled)",
    )


def coverage_is_not_function(lab: Lab) -> Pattern:
    """P21."""
    formed: dict[str, object] = {"campaign.months": 48, "campaign.pace": 0.25, "levers.committee_formation": "on"}
    support = {f"levers.{name}": "on" for name in ("party_branches", "joint_review", "cross_appointment")}
    idle, counted = {}, {}
    for arm, levers in (("without_support", {}), ("with_support", support)):
        states = []
        for district in lab.districts({**STILL, **formed, **levers}):
            advance(district, 48)
            functions = series(district, "committee_functions", 0)
            elected: dict[int, int] = {}
            for event in district.world.events:
                if event.kind == "committee elected" and 0 <= event.month < 36:
                    elected.setdefault(event.compound, event.month)
            states += [functions[month + 12, row] for row, month in elected.items()]
        idle[arm], counted[arm] = 1.0 - float(np.mean(states)), len(states)
    return Pattern(
        "P21",
        "Coverage is not function",
        "覆盖不等于履职",
        0.30 <= idle["without_support"] <= 0.60 and idle["with_support"] <= idle["without_support"] - 0.15,
        {f"inactive_12m_{arm}": share for arm, share in idle.items()}
        | {f"committees_{arm}": float(n) for arm, n in counted.items()},
        "committees formed by mandate: 30-60 % inactive or gone 12 months later without support, at least"
        " 15 points fewer with branches, joint meetings and cross-appointment",
    )


def double_edge(lab: Lab) -> Pattern:
    """P25."""
    idle, trust, ties = {}, {}, {}
    for crossed in (0, 1):
        inactive, fall_trust, fall_ties = [], [], []
        for district in lab.districts(STILL):
            compounds = district.world.compounds
            put_under(district, "committee", range(len(compounds)))
            # Only where there is a branch can its secretary chair the committee, so both arms have one.
            compounds.has_branch[:], compounds.branch[:] = 1, 0.15
            compounds.cross[:] = crossed
            advance(district, 84)
            inactive.append(1.0 - series(district, "committee_functions", 24, 25)[0])
            trusted, bound = series(district, "trust", 0), series(district, "cohesion", 0)
            for event in district.world.events:
                if event.kind == "committee ended" and "re-elected" in event.subject and 1 <= event.month < 78:
                    month, row = event.month, event.compound
                    fall_trust.append(trusted[month - 1, row] - trusted[month + 6, row])
                    fall_ties.append(bound[month - 1, row] - bound[month + 6, row])
        idle[crossed] = float(np.concatenate(inactive).mean())
        trust[crossed], ties[crossed] = float(np.mean(fall_trust)), float(np.mean(fall_ties))
    figures = {"inactive_24m_separate": idle[0], "inactive_24m_crossed": idle[1]}
    figures |= {"fall_of_trust_separate": trust[0], "fall_of_trust_crossed": trust[1]}
    figures |= {"fall_of_ties_separate": ties[0], "fall_of_ties_crossed": ties[1]}
    return Pattern(
        "P25",
        "Cross-appointment cuts both ways",
        "交叉任职的双刃剑",
        idle[1] <= idle[0] - 0.05 and trust[1] > trust[0] and ties[1] > ties[0],
        figures,
        "committees with one person in both posts: at least 5 points fewer inactive after 24 months; trust"
        " and cohesion fall more in the six months after the person is not re-elected",
    )


def renewal_spike(lab: Lab) -> Pattern:
    """P26."""
    at_term, elsewhere, months_term, months_else = 0, 0, 0, 0
    for district in lab.districts(STILL):
        put_under(district, "committee", range(len(district.world.compounds)))
        terms = [c.committee.term_ends for c in district.compounds if c.committee is not None]
        advance(district, 66)
        ended = {
            event.compound: event.month for event in reversed(district.world.events) if event.kind == "committee ended"
        }
        for row, term in enumerate(terms):
            last = min(ended.get(row, 66), 65)
            near = sum(1 for month in range(last + 1) if abs(month - term) <= 2)
            months_term, months_else = months_term + near, months_else + last + 1 - near
            if row in ended:
                close = abs(ended[row] - term) <= 2
                at_term, elsewhere = at_term + close, elsewhere + (not close)
    hazards = {"hazard_a_month_at_term_end": at_term / max(1, months_term)}
    hazards |= {"hazard_a_month_elsewhere": elsewhere / max(1, months_else)}
    high, low = hazards.values()
    return Pattern(
        "P26",
        "Committees fail at re-election",
        "换届是委员会失效的高峰",
        high >= 3 * low,
        hazards,
        "monthly hazard of a committee's end within two months of its term's end at least three times that elsewhere",
    )
