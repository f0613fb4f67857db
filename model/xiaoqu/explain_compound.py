"""How a compound came to its mode: dated steps, votes against the law, what is due, what stands in each mode's way.

    district.why(compound=3)

The district is read as it stands, for assemblies and modes as the coming month would find it. The terms of an assembly
are mirrored here and compared with what the rule makes of them; where they part, RuntimeError is raised rather than a
wrong answer given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.explain_words import AGENDA, VALUED, chinese, plain
from xiaoqu.explanation import Explanation, Line, agree, check_row, compound_name, product
from xiaoqu.governance import assembly, evaluation, formation, tender
from xiaoqu.governance.law import SPECIAL, Count, Matter, committee_size, is_carried, is_valid
from xiaoqu.governance.people import willing_households
from xiaoqu.kernels import logistic
from xiaoqu.streams import Purpose
from xiaoqu.tally import INDEX
from xiaoqu.world import MARKET_FIRM, OWNER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.columns import F8
    from xiaoqu.district import District
    from xiaoqu.modes.mode import Mode
    from xiaoqu.world import Event


def why(district: District, row: int) -> Explanation:
    """A compound's steps so far, what is due, how an assembly would go now, and what stands in each mode's way.

    Raises:
        ValueError: if there is no such compound.
        RuntimeError: if this explanation and the rule have parted.
    """
    check_row("compound", row, len(district.compounds))
    agent, month = district.compound(row), district.month - 1
    lines = [line for step in steps(district, row) for line in step.lines]
    if agent.offer is not None:
        lines.append(
            Line(
                f"Contract awarded to firm {agent.offer.firm}, not yet begun; fee, yuan/m²/month",
                f"企业{agent.offer.firm}已中标、尚未进场；物业费（元/平方米·月）",
                agent.offer.fee,
                dated=True,
            )
        )
    for due in sorted([*district.agenda.upcoming(row), *district.agenda.upcoming(-1)]):
        label_en, label_zh = AGENDA.get(due.kind, (due.kind, due.kind))
        lines.append(Line(f"Due: {label_en}; month", f"待办：{label_zh}；月份", float(due.month), dated=True))
    lines += _endings(district, row) + _turnout(district, row)
    for mode in district.modes[1:]:
        lines += _way_to(district, row, mode)

    spell = agent.spells[-1] if agent.spells else None
    name_en, name_zh = _mode(district, agent.mode_name)
    since_en = f"since month {spell.month} ({spell.why})" if spell else "since the beginning"
    since_zh = f"自第{spell.month}月起（{chinese(spell.why)}）" if spell else "自始如此"
    return Explanation(
        f"Compound {compound_name(district, row)[0]}, after month {month}",
        f"第{compound_name(district, row)[1]}，第{month}月之后",
        tuple(lines),
        f"Under the mode {name_en} {since_en}; attempts so far: {agent.attempts}.",
        f"现行模式：{name_zh}，{since_zh}；迄今尝试{agent.attempts}次。",
        month,
    )


class Step(NamedTuple):
    """One step of a compound: its month, the kind and number of its event, and what is said of it.

    Tenders are counted but not logged: their kind is "tender", their number -1.
    """

    month: int
    kind: str
    number: int
    lines: tuple[Line, ...]


def steps(district: District, row: int) -> list[Step]:
    """The compound's events by month, with the tenders. `number` counts in `world.events`."""
    tally, titles = district.world.tally, district.mode_titles
    called, came = INDEX["tenders"], INDEX["bids"]
    found = [
        Step(month, "tender", -1, (told_tender(month, float(data[came, row])),))
        for month, data in zip(tally.months, tally.history, strict=True)
        if data[called, row] > 0
    ]
    events = district.world.events
    for number, event in enumerate(events):
        if event.compound == row:
            lines = (told(event, titles), *_no_firm(district, events, number))
            found.append(Step(event.month, event.kind, number, lines))
    return sorted(found, key=lambda step: step.month)


def told_tender(month: int, bids: float) -> Line:
    """What the tally says of a call for tenders."""
    return Line(f"Month {month}: call for tenders; bids", f"第{month}月：招标，投标数", bids, dated=True)


def told(event: Event, titles: dict[str, tuple[str, str]]) -> Line:
    """What the log says of one event; of an assembly the count of owners beside what the law asks."""
    cast = votes(event)
    if cast is not None:
        return _ballot(event, titles, cast)
    said_en, said_zh = _said(", ".join(part for part in (event.kind, event.subject, event.note) if part), titles)
    about_en, about_zh = VALUED.get(event.kind, ("", ""))
    return Line(
        f"Month {event.month}: {said_en}" + (f"; {about_en}" if about_en else ""),
        f"第{event.month}月：{said_zh}" + (f"；{about_zh}" if about_zh else ""),
        event.value if about_en else "",
        dated=True,
    )


def _said(words: str, titles: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """What the log says, in both languages; a mode of one's own goes by its title."""
    said_en = said_zh = plain(words)
    for name, (title_en, title_zh) in titles.items():
        said_en, said_zh = said_en.replace(plain(name), title_en), said_zh.replace(plain(name), title_zh)
    return said_en, chinese(said_zh)


class Votes(NamedTuple):
    """A ballot as the log keeps it: owners, those taking part, saying yes; and the least of both that the law asks.

    `special` matters need three quarters of those who take part, others more than half.
    """

    heads: int
    part: int
    yes: int
    quorum: int
    majority: int
    special: bool


def votes(event: Event) -> Votes | None:
    """The ballot of an event; None if it is no assembly."""
    count = re.fullmatch(r"(\d+)/(\d+) take part, (\d+) yes", event.note)
    if event.kind != "assembly" or count is None:
        return None
    part, heads, yes = map(int, count.groups())
    leased = event.subject.startswith("lease common parts")
    matter = Matter.BUSINESS_WITH_COMMON_PARTS if leased else Matter.OTHER
    # The law itself finds the least numbers. It asks the same of the area, which the log does not keep.
    enough = next(n for n in range(heads + 1) if is_valid(Count(heads, heads, n, n, 0, 0)))
    all_take_part = (n for n in range(part + 1) if is_carried(matter, Count(part, part, part, part, n, n)))
    return Votes(heads, part, yes, enough, next(all_take_part, part), matter in SPECIAL)


def _ballot(event: Event, titles: dict[str, tuple[str, str]], cast: Votes) -> Line:
    """A ballot in one line: owners who took part and said yes, and how many the law asks for."""
    heads, part, yes, enough, majority, _ = cast
    said_en, said_zh = _said(event.subject, titles)
    return Line(
        f"Month {event.month}: {said_en}; {part}/{heads} vote (need {enough}), {yes} yes (need {majority})",
        f"第{event.month}月：业主大会，{said_zh}：参与{part}/{heads}（须{enough}），同意{yes}（须{majority}）",
        "",
        dated=True,
    )


def _no_firm(district: District, events: Sequence[Event], number: int) -> list[Line]:
    """Why no firm came of a carried vote to hire one: compounds that would share it vote apart."""
    vote = events[number]
    if vote.kind != "assembly" or vote.subject != "hire a firm: carried":
        return []
    crews = {mode.name for mode in district.modes if mode.driver == "crew"}
    ends = ("mode", "firm replaced", "attempt failed", "tender failed", "assembly")
    later = (event for event in events[number + 1 :] if event.compound == vote.compound and event.kind in ends)
    following = next(later, None)
    if following is None and district.compound(vote.compound).offer is not None:
        return []  # it is about to come
    if following is not None and (following.kind == "firm replaced" or following.subject in crews):
        return []
    rest = [event for event in events[number + 1 :] if event.month == vote.month]
    after = next((event for event in rest if not event.subject.startswith("hire a firm")), None)
    if after is not None and after.kind == "tender failed":
        why_en, why_zh = "too few of the neighbours that would share it accepted", "同意共享企业的相邻小区不足"
    else:
        why_en, why_zh = "the neighbour that called for tenders did not accept", "发起招标的相邻小区未同意"
    return [Line(f"    no firm came of it: {why_en}", f"　　未能聘到企业：{why_zh}", "", dated=True)]


def _endings(district: District, row: int) -> list[Line]:
    """What the firm, the committee or the council in charge is measured by when it is reviewed, and where it ends."""
    world, scenario = district.world, district.scenario
    compounds, agent = world.compounds, district.compound(row)
    mode, weak = district.modes[int(compounds.mode[row])], float(compounds.weak_months[row])
    if compounds.firm[row] >= 0:
        seen = evaluation.contract_state(district, np.array(agent.bundle))
        lean = float(scenario["firms.lean_months"])
        return [
            Line(
                f"Contract of firm {int(compounds.firm[row])} so far, yuan; it leaves below {-seen.bearable:,.0f}",
                f"企业{int(compounds.firm[row])}合同至今盈亏（元），低于{-seen.bearable:,.0f}元即撤离",
                seen.result,
            ),
            Line(
                "    a year's income beyond the smallest crew, yuan; lean below 0",
                "　　年收入减去最低配置人员开支（元），低于0即收入不足",
                seen.spare,
            ),
            Line(
                f"    months of lean income in a row; from {lean:.0f} on it may leave",
                f"　　连续收入不足月数，满{lean:.0f}个月可能撤离",
                seen.lean_months,
            ),
        ]
    if mode.driver == "effort" and agent.committee is not None:
        least, limit = float(scenario["organisation.effort_least"]), evaluation.IDLE_MONTHS
        return [
            Line(
                f"Effort of the committee; idle below {least:g}",
                f"业委会投入，低于{least:g}即不作为",
                agent.committee.effort,
            ),
            Line(
                f"    months idle in a row; it ends at a review after {limit:.0f}",
                f"　　连续不作为月数，满{limit:.0f}个月复查时终止",
                weak,
            ),
        ]
    if agent.council is not None:
        limit = evaluation.EMPTY_MONTHS
        return [
            Line("Volunteers of the council", "自管会志愿者人数", float(agent.council.volunteers)),
            Line(
                f"    months without enough of them in a row; it ends at a review after {limit:.0f}",
                f"　　志愿者不足的连续月数，满{limit:.0f}个月复查时解散",
                weak,
            ),
        ]
    return []


def _turnout(district: District, row: int) -> list[Line]:
    """What would bring resident owners to an assembly held now: mean terms of the logit in governance/assembly.py."""
    world, rows = district.world, district.world.flats(row)
    homes, p = world.households, world.terms(assembly.AssemblyTerms, "assembly")
    called = assembly.mobilisation(district, row)
    online = float(world.lever("online_ballots") * world.compounds.covered[row])
    resident = homes.tenure[rows] == OWNER
    civic, trust = homes.disposition[rows].astype(float), homes.trust[rows].astype(float)
    x = p.turnout + p.turnout_civic * civic + p.turnout_trust * (trust - 0.4)
    x = x + p.mobilisation * called + p.online * online
    away = p.absent + p.absent_mobilisation * called + p.absent_online * online
    chance = _chances(np.where(resident, x, away))
    # The same owners who would take part by the rule would by this mirror.
    luck = world.streams.uniforms(Purpose.BALLOT, world.month, len(chance), int(world.compounds.key[row]))
    neutral = assembly.Proposal(Matter.OTHER, float(world.compounds.quality[row]), 0.0, "")
    agree(int((luck < chance).sum()) == assembly.poll(district, row, neutral, 0)[0], "others take part")

    lines = [
        Line(
            "An assembly now: share of owners expected; two thirds are needed",
            "若现在召开业主大会：预计参与率，须达三分之二",
            float(chance.mean()),
        ),
        Line("    owners who live elsewhere", "　　不在此居住的业主", float(1.0 - resident.mean())),
    ]
    if resident.any():
        z, t = float(civic[resident].mean()), float(trust[resident].mean())
        lines += [
            product("    resident owners, base", "　　居住业主，基数", 1.0, p.turnout),
            product("    civic disposition, mean z", "　　公共精神（z值均值）", z, p.turnout_civic),
            Line(
                "    mean trust, against 0.4", "　　平均信任（减0.4）", t, p.turnout_trust, p.turnout_trust * (t - 0.4)
            ),
            product("    mobilisation", "　　动员", called, p.mobilisation),
            product("    online ballot", "　　线上表决", online, p.online),
        ]
    return lines


def _way_to(district: District, row: int, mode: Mode) -> list[Line]:
    """What stands in a mode's way now; where an assembly would decide, the mean terms of a yes."""
    compounds = district.world.compounds
    name_en, name_zh = _mode(district, mode.name)
    if compounds.mode[row] == mode.code:
        return [Line(f"Mode {name_en}: in force", f"模式{name_zh}：现行", "")]
    obstacle = mode.obstacle(district, row)
    said = obstacle or "no obstacle"
    lines = [Line(f"Mode {name_en}: {said}", f"模式{name_zh}：{chinese(said)}", "")]
    if compounds.mode[row] != 0 or obstacle:
        return lines
    if mode.driver == "crew":
        lines += _viability(district, row, mode)
    if mode.driver == "effort" and not compounds.has_committee[row]:
        standing = len(willing_households(district, row, Purpose.CANDIDATES))
        seats = committee_size(int(compounds.households[row]))
        lines.append(
            Line(f"    owners who would stand, for {seats} seats", f"　　愿参选业主，席位{seats}个", float(standing))
        )
    return lines if mode.driver == "volunteers" else lines + _vote(district, row, mode)


def _viability(district: District, row: int, mode: Mode) -> list[Line]:
    """What a market firm would take in here alone, and the least for which it bids (governance/tender.py)."""
    world = district.world
    p = world.terms(tender.FirmTerms, "firms")
    flats, area = float(world.compounds.households[row]), float(world.compounds.area[row]) * 0.01
    income = tender.expected_revenue(district, p, row, float(mode.numbers["fee"]), 0.0)
    least = tender.costs(p, MARKET_FIRM, flats, area, 1) * (1.0 + p.least_margin)
    return [
        Line("    income a firm reckons with, yuan a month", "　　企业预计收入（元/月）", income),
        Line("    least income for which it bids alone, yuan a month", "　　单独投标所需最低收入（元/月）", least),
    ]


def _vote(district: District, row: int, mode: Mode) -> list[Line]:
    """Mean terms of a yes to a mode at the dues it plans, over all owners: the logit in governance/assembly.py."""
    world, rows = district.world, district.world.flats(row)
    homes, p = world.households, world.terms(assembly.AssemblyTerms, "assembly")
    prior = district.scenario["firms.expected_quality" if mode.driver == "crew" else "eligibility.expected_quality_own"]
    expected, change = formation.expected_quality(district, row, prior), mode.fee_change(district, row)
    gain = expected - float(world.compounds.quality[row])
    area, income = homes.area[rows] * 0.01, homes.income[rows].astype(float)
    civic, trust = homes.disposition[rows].astype(float), homes.trust[rows].astype(float)
    lean = trust + p.yes_branch * float(world.compounds.branch[row]) - 0.4
    burden = np.log(1.0 + np.maximum(-0.5, change * area / (0.003 * income)))
    y = p.yes + p.gain * gain - p.cost * burden + p.yes_trust * lean + p.yes_civic * civic
    approval = float(_chances(y).mean())
    proposal = assembly.Proposal(Matter.OTHER, expected, change, "")
    agree(abs(approval - assembly.poll(district, row, proposal).approval) < 1e-9, "others would vote yes")
    return [
        Line("    mean chance of a yes, if put to the vote", "　　若付表决，平均同意概率", approval),
        product("    every owner", "　　所有业主", 1.0, p.yes),
        product("    service expected beyond today's", "　　预期服务改善", gain, p.gain),
        product(
            f"    change of dues by {change:+.2f} yuan/m²/month, ln by income",
            f"　　收费变动{change:+.2f}元/平方米·月，按收入取对数",
            float(burden.mean()),
            -p.cost,
        ),
        product("    trust and branch, against 0.4", "　　信任与支部（减0.4）", float(lean.mean()), p.yes_trust),
        product("    civic disposition, mean z", "　　公共精神（z值均值）", float(civic.mean()), p.yes_civic),
    ]


def _chances(logits: F8) -> F8:
    return np.array([logistic(x) for x in logits])


def _mode(district: District, name: str) -> tuple[str, str]:
    """What a mode is called in English and Chinese."""
    return district.mode_titles.get(name, (plain(name), chinese(name)))
