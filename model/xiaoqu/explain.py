"""Ask an agent why: the terms of a household's payment decision, and a compound's steps towards its mode.

    district.why(household=17)     every term of the logit in month/payment.py, the draw, and what came of it
    district.why(compound=3)       dated steps, votes against the law, what is due next, what stands in each mode's way

A household decides on a state that the month then changes, so the month is simulated again: a district of the same
scenario and seed is run to the phase before payment, at the cost of one run of as many months. The terms are mirrored
here and compared with the rule's own functions, with the logit that the compiled rule left behind and with what it
wrote; where they part, RuntimeError is raised rather than a wrong answer given. A compound's explanation reads the
district as it stands, for assemblies and modes as the coming month would find it.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.explain_words import AGENDA, VALUED, chinese, plain
from xiaoqu.governance import assembly, evaluation, formation, tender
from xiaoqu.governance.law import SPECIAL, Count, Matter, committee_size, is_carried, is_valid
from xiaoqu.governance.people import willing_households
from xiaoqu.kernels import logarithm, logistic
from xiaoqu.month.payment import PaymentTerms, late_part, mood
from xiaoqu.schedule import SCHEDULE
from xiaoqu.streams import Purpose
from xiaoqu.tally import INDEX
from xiaoqu.world import ABSENT, FREE_RIDER, MARKET_FIRM, OWNER, PARTY, TENANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.columns import F8, Table
    from xiaoqu.district import District
    from xiaoqu.modes.mode import Mode
    from xiaoqu.month.payment import CompoundMood
    from xiaoqu.scenario import Scenario
    from xiaoqu.world import Event, World


LOGIT = ("Logit of paying", "缴费倾向（logit）")
PAYS = ("Pays", "缴费")
CHANCE = ("Chance of paying", "缴费概率")
DRAW = ("Draw; pays if below the chance", "抽签值，低于概率即缴")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an explanation, labelled in English and Chinese.

    Attributes:
        label_en, label_zh: what the row is about.
        value: what was found; "" where the label says it all.
        weight: what one unit of `value` counts for; None where the row is not a product.
        contribution: what the row adds to a sum, in logits; None where the row is not a term of a sum.
        dated: whether the row is an event or something due: a sentence, its value at the end.
    """

    label_en: str
    label_zh: str
    value: float | str
    weight: float | None = None
    contribution: float | None = None
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something came about in `month`: lines in the order of the rule, and a summary of a few sentences.

    The contributions of a household's lines add up to the logit of its decision. Without lines there is no answer, and
    the summary says why. A household that has something to decide pays if `draw` is below `chance`.
    """

    title_en: str
    title_zh: str
    lines: tuple[Line, ...]
    summary_en: str
    summary_zh: str
    month: int
    chance: float | None = None
    draw: float | None = None


def household(district: District, row: int) -> Explanation:
    """Why a household paid or not in the month just simulated. Costs one run of all months so far.

    Raises:
        ValueError: if there is no such household, or no month of the campaign has been simulated.
        RuntimeError: if this explanation and the rule have parted.
    """
    _check_row("household", row, len(district.households))
    return Payday(district.scenario, district.seed, district.month - 1, type(district)).why(row, district.digest())


class Payday:
    """One month's payment, simulated again to be asked about any household: one run for all questions.

    Attributes:
        month: the month.
        digest: that of the district at the end of the month.
    """

    def __init__(self, scenario: Scenario, seed: int, month: int, kind: type[District] | None = None) -> None:
        """Simulate the months up to this one; `kind` is the class of the district, if it is one of the user's own.

        Raises:
            ValueError: if the month is before the campaign.
        """
        if month < 0:
            raise ValueError("no month of the campaign has been simulated yet: call step() or run_for() first")
        from xiaoqu.district import District  # noqa: PLC0415 - a district asks this module

        self.month = month
        payment = [phase.name for phase in SCHEDULE].index("payment")
        self._district = again = (kind or District)(scenario, rng=seed)
        for _ in range(month):
            again.step()
        again.begin_month()
        for phase in SCHEDULE[:payment]:
            phase.run(again)
        self._homes = deepcopy(again.world.households)
        self._places = deepcopy(again.world.compounds)
        again.world.scratch = np.empty(len(again.households))  # so that the rule leaves the chance of every household
        SCHEDULE[payment].run(again)
        finished = deepcopy(again)
        for phase in SCHEDULE[payment + 1 :]:
            phase.run(finished)
        finished.world.month += 1
        self.digest = finished.digest()

    def why(self, row: int, digest: str) -> Explanation:
        """Why a household paid or not, for a district whose digest at the end of the month is `digest`.

        Raises:
            ValueError: if there is no such household.
            RuntimeError: if this explanation and the rule have parted.
        """
        _check_row("household", row, len(self._district.households))
        home = _row(self._homes, row)
        lines, summary_en, summary_zh = _decision(self._district.world, row, home, _row(self._places, home.compound))
        if digest != self.digest:
            lines = []
            summary_en = "No answer: the district was changed by hand; its scenario and seed do not lead to its state."
            summary_zh = "无法解释：该片区被手工改动过，由场景与随机种子得不到其现状。"
        name_en, name_zh = _compound(self._district, home.compound)
        return Explanation(
            f"Household {row} of compound {name_en}, month {self.month}",
            f"第{row}号住户（第{name_zh}），第{self.month}月",
            tuple(lines),
            summary_en,
            summary_zh,
            self.month,
            chance=_value(lines, CHANCE),
            draw=_value(lines, DRAW),
        )

    def last_bill(self, row: int) -> int:
        """The month of a household's last bill, this one's among them; -999 if there was none."""
        return int(self._district.world.compounds.last_bill[self._homes.compound[row]])


def _row(table: Table, row: int) -> SimpleNamespace:
    """A copy of one row as plain Python numbers, by column."""
    return SimpleNamespace(**{name: getattr(table, name)[row].item() for name in table.columns})


def _value(lines: list[Line], label: tuple[str, str]) -> float | None:
    """The value of the line of a label; None if there is none."""
    return next((float(line.value) for line in lines if line.label_en == label[0]), None)


def _total(lines: list[Line]) -> float:
    return sum(line.contribution or 0.0 for line in lines)


def _agree(mirrored: bool, difference: str) -> None:
    """Raise RuntimeError unless explanation and rule agree."""
    if not mirrored:
        raise RuntimeError(f"xiaoqu.explain no longer mirrors the rule: {difference}")


def _decision(world: World, row: int, home: SimpleNamespace, place: SimpleNamespace) -> tuple[list[Line], str, str]:
    """Lines and both summaries. `world` stands just after payment, `home` and `place` are copies from just before."""
    month, after = world.month, _row(world.households, row)
    if place.fee <= 0.0 and place.flat_fee <= 0.0:
        _agree(after.paid == home.paid and after.bill == home.bill, "paid where no dues are charged")
        line = Line("Dues charged", "收费", 0.0)
        return [line], "The compound charges no dues: there was nothing to decide.", "小区不收费，无需决定。"

    p = world.terms(PaymentTerms, "payment")
    due_now = bool(world.compounds.last_bill[home.compound] == month)
    # At a bill a call is a term of the logit; between bills it decides which part of the chance counts.
    luck = world.streams.lanes(Purpose.PAYMENT, month, home.number, place.key)
    draw, visited = luck[0], float(due_now and luck[2] < place.visits)
    lines = _terms(world, home, place, visited)
    if due_now:
        lines.append(_example(world, home, place))
    logit = _total(lines)
    # The compiled rule leaves the chance that it went by in the scratch column. What the lines leave of its logit is a
    # term that this file does not know: it is shown as such, so that a new term of the rule needs no change here.
    called = not due_now and after.fatigue > home.fatigue  # between bills, calls go to those who owe
    possible = (1.0,) if due_now else (late_part(p, 1.0, home.fatigue), p.remind)
    went_by = [float(world.scratch[row]) / part for part in possible]
    behind = [logarithm(chance / (1.0 - chance)) for chance in went_by if 0.0 < chance < 1.0]
    further = min((real - logit for real in behind), key=abs, default=0.0)
    if abs(further) > 1e-6:
        lines.append(Line("Further terms of the rule", "规则中的其他项", 1.0, further, further))
        logit += further

    factor, billed, old = 1.0, home.bill, home.arrears
    if due_now:
        months = float(place.billing)
        billed = int(place.fee * home.area * 0.01 * months + place.flat_fee * months + 0.5)
        old = home.arrears + home.bill
    elif billed > 0:
        factor = late_part(p, float(called), home.fatigue)
        how_en, how_zh = ("called on", "上门催缴") if called else ("only reminded", "仅提醒")
        lines.append(Line(f"After the bill, {how_en}: chance times", f"账单之后{how_zh}：概率乘以", factor))
    chance = factor * logistic(logit)
    pays = billed > 0 and draw < chance
    _agree(after.paid == (pays if billed > 0 else home.paid), "it decided otherwise")
    _agree(after.bill == (0 if pays else billed), "it left another amount unpaid")
    _agree(home.purse - after.purse == (billed if pays else 0) + old - after.arrears, "it took another amount")

    what_en, what_zh = ("Bill", "本期账单") if due_now else ("Unpaid of the last bill", "上期账单未缴")
    lines.append(Line(*LOGIT, logit))
    if billed > 0:
        lines.append(Line(*CHANCE, chance))
        lines.append(Line(*DRAW, draw))
    lines += [
        Line(f"{what_en}, yuan", f"{what_zh}（元）", 0.01 * billed),
        Line("Older arrears, yuan", "往期欠费（元）", 0.01 * old),
        Line("Older arrears cleared now, yuan", "本月补缴往期欠费（元）", 0.01 * (old - after.arrears)),
        Line(*PAYS, float(pays)),
    ]
    if billed == 0:
        coming = month + 1 + (place.bill_offset - month - 1) % place.billing
        return (
            lines,
            f"Nothing was open in month {month}; the next bill goes out in month {coming}.",
            f"第{month}月没有待缴账单，下一期账单在第{coming}月。",
        )
    yuan = f"{0.01 * billed:.2f}"
    said_en = f"A bill of {yuan} yuan went out" if due_now else f"{yuan} yuan of the last bill were open"
    said_zh = f"本月发出账单{yuan}元" if due_now else f"上期账单尚有{yuan}元未缴"
    # The first line is the constant that all households share: it explains nothing about this one.
    weighty = sorted(lines[1:], key=lambda line: -abs(line.contribution or 0.0))[:3]
    terms_en = ", ".join(f"{line.label_en} {line.contribution:+.2f}" for line in weighty)
    terms_zh = "、".join(f"{line.label_zh}{line.contribution:+.2f}" for line in weighty)
    done_en, done_zh = ("paid", "已缴") if pays else ("not paid", "未缴")
    summary_en = f"{said_en}. Chance {chance:.3f}, draw {draw:.3f}: {done_en}. Weightiest terms: {terms_en}."
    summary_zh = f"{said_zh}。概率{chance:.3f}，抽签{draw:.3f}：{done_zh}。最重要的因素：{terms_zh}。"
    return lines, summary_en, summary_zh


def _terms(world: World, home: SimpleNamespace, place: SimpleNamespace, visited: float) -> list[Line]:
    """The terms of the logit but for the example of Party neighbours; their sum is checked against the rule."""
    p = world.terms(PaymentTerms, "payment")
    shared = _shared(world, place)
    kind_en, kind_zh, relax = (
        ("a conditional cooperator", "条件合作者", p.peers_conditional),
        ("a free rider", "搭便车者", p.peers_free_rider),
        ("a hump-shaped cooperator", "驼峰型合作者", p.peers_hump),
        ("an unconditional cooperator", "无条件合作者", p.peers_unconditional),
    )[home.cooperator]
    refuses = float(place.refusal > 0 and home.satisfaction < 0.5)

    base = _product("Every household", "所有住户", 1.0, p.base)
    sanction = _product("Sanction: may be sued, a month", "约束：每月可被起诉", place.sanction, p.sanction)
    person = [
        _product("Civic disposition, z", "公共精神（z值）", home.disposition, p.disposition),
        _product("Free rider by type", "搭便车类型", float(home.cooperator == FREE_RIDER), p.free_rider),
        _product("Absent: the flat is vacant", "空置", float(home.tenure == ABSENT), -p.absence),
        _product("Tenant", "租户", float(home.tenure == TENANT), -p.tenancy),
    ]
    # The burden is what these leave of the steady part and of the compound's. It meets its formula only nearly, for
    # flats are stored in whole 0.01 m² and the steady part in 32 bits; anything beyond that is a term unknown here.
    burden = home.steady - _total(person) + shared.common - _total([base, sanction])
    share = _price(place) * 0.01 * home.area / home.income
    _agree(abs(burden + p.burden * logarithm(share / 0.003)) < 1e-3 * max(1.0, p.burden), "a steady term is new")
    return [
        base,
        *person,
        Line(
            "Burden: dues by income, ln against 0.3 %", "负担：物业费占收入比，对0.3%取对数", share, -p.burden, burden
        ),
        sanction,
        _half(f"Belief that others pay, as {kind_en}", f"认为他人缴费，{kind_zh}", home.belief, p.peers * relax),
        _half("Satisfaction", "满意度", home.satisfaction, p.service),
        _half("Trust", "信任", home.trust, p.trust),
        _half("Habit of paying", "缴费习惯", home.habit, p.habit),
        _product(
            f"Called on; remembers {home.fatigue:.1f} visits",
            f"上门走访，记得此前{home.fatigue:.1f}次",
            visited,
            p.visit / (1.0 + home.fatigue),
        ),
        _product("Party household", "党员户", float(home.roles & PARTY), shared.party),
        _product("Joins an organised refusal", "参与集体拒缴", refuses, -p.refusal),
    ]


def _example(world: World, home: SimpleNamespace, place: SimpleNamespace) -> Line:
    """What it counts that a Party household of the stairwell has just paid; it sets the example, the others see it."""
    first = int(world.stairwells.first[home.stairwell])
    rows = slice(first, first + int(world.stairwells.households[home.stairwell]))
    homes = world.households
    led = (homes.roles[rows] & PARTY > 0) & (homes.tenure[rows] != ABSENT) & (homes.paid[rows] > 0)
    seen = float(led.any() and not home.roles & PARTY)
    return _product("Lead: a Party neighbour paid first", "带头：本单元党员户已先缴", seen, _shared(world, place).lead)


def _price(place: SimpleNamespace) -> float:
    """Dues in yuan a month for one m²; a flat charge is spread over the compound's mean flat."""
    return float(0.01 * (place.fee + place.flat_fee * 100.0 * place.households / place.area))


def _shared(world: World, place: SimpleNamespace) -> CompoundMood:
    return mood(
        world.terms(PaymentTerms, "payment"),
        _price(place),
        place.sanction,
        float(place.refusal),
        float(world.month - place.announced),
        place.branch,
    )


def _product(label_en: str, label_zh: str, value: float, weight: float) -> Line:
    return Line(label_en, label_zh, value, weight, weight * value + 0.0)  # no -0.0


def _half(label_en: str, label_zh: str, share: float, weight: float) -> Line:
    return Line(f"{label_en}; against one half", f"{label_zh}（减0.5）", share, weight, weight * (share - 0.5))


def compound(district: District, row: int) -> Explanation:
    """A compound's steps so far, what is due, how an assembly would go now, and what stands in each mode's way.

    Raises:
        ValueError: if there is no such compound.
        RuntimeError: if this explanation and the rule have parted.
    """
    _check_row("compound", row, len(district.compounds))
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
        f"Compound {_compound(district, row)[0]}, after month {month}",
        f"第{_compound(district, row)[1]}，第{month}月之后",
        tuple(lines),
        f"Under the mode {name_en} {since_en}; attempts so far: {agent.attempts}.",
        f"现行模式：{name_zh}，{since_zh}；迄今尝试{agent.attempts}次。",
        month,
    )


def _compound(district: District, row: int) -> tuple[str, str]:
    """The number of a compound, its id in the ledger and its name."""
    name, ledger = district.compound(row).name, district.scenario.ledger
    own = "" if ledger is None or ledger[row].id == name else ledger[row].id
    said_en = f"id {own}, {name}" if own else f"name {name}"
    said_zh = f"编号 {own}，{name}" if own else f"名称 {name}"
    return f"{row} ({said_en})", f"{row}号小区（{said_zh}）"


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
    world, rows = district.world, _owners(district, row)
    homes, p = world.households, world.terms(assembly.AssemblyTerms, "assembly")
    called = assembly.mobilisation(district, row)
    online = float(world.lever("online_ballots") * world.compounds.covered[row])
    resident = homes.tenure[rows] == OWNER
    civic, trust = homes.disposition[rows].astype(float), homes.trust[rows].astype(float)
    x = (
        p.turnout
        + p.turnout_civic * civic
        + p.turnout_trust * (trust - 0.4)
        + p.mobilisation * called
        + p.online * online
    )
    away = p.absent + 0.9 * p.absent_mobilisation * called + p.absent_online * online
    chance = _chances(np.where(resident, x, away))
    # The same owners who would take part by the rule would by this mirror.
    luck = world.streams.uniforms(Purpose.BALLOT, world.month, len(chance), int(world.compounds.key[row]))
    neutral = assembly.Proposal(Matter.OTHER, float(world.compounds.quality[row]), 0.0, "")
    _agree(int((luck < chance).sum()) == assembly.poll(district, row, neutral, 0)[0], "others take part")

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
            _product("    resident owners, base", "　　居住业主，基数", 1.0, p.turnout),
            _product("    civic disposition, mean z", "　　公共精神（z值均值）", z, p.turnout_civic),
            Line(
                "    mean trust, against 0.4", "　　平均信任（减0.4）", t, p.turnout_trust, p.turnout_trust * (t - 0.4)
            ),
            _product("    mobilisation", "　　动员", called, p.mobilisation),
            _product("    online ballot", "　　线上表决", online, p.online),
        ]
    return lines


def _way_to(district: District, row: int, mode: Mode) -> list[Line]:
    """What stands in a mode's way now; where an assembly would decide, the mean terms of a yes."""
    compounds = district.world.compounds
    name_en, name_zh = _mode(district, mode.name)
    if compounds.mode[row] == mode.code:
        return [Line(f"Mode {name_en}: in force", f"模式{name_zh}：现行", "")]
    obstacle = mode.obstacle(district, row)
    lines = [
        Line(f"Mode {name_en}: {obstacle or 'no obstacle'}", f"模式{name_zh}：{chinese(obstacle or 'no obstacle')}", "")
    ]
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
    world, rows = district.world, _owners(district, row)
    homes, p = world.households, world.terms(assembly.AssemblyTerms, "assembly")
    prior = district.scenario["firms.expected_quality" if mode.driver == "crew" else "eligibility.expected_quality_own"]
    expected, change = formation.expected_quality(district, row, prior), mode.fee_change(district, row)
    gain = expected - float(world.compounds.quality[row])
    area, income = homes.area[rows] * 0.01, homes.income[rows].astype(float)
    civic, trust = homes.disposition[rows].astype(float), homes.trust[rows].astype(float)
    lean = trust + 0.15 * float(world.compounds.branch[row]) - 0.4
    burden = np.log(1.0 + np.maximum(-0.5, change * area / (0.003 * income)))
    y = p.yes + p.gain * gain - p.cost * burden + p.yes_trust * lean + p.yes_civic * civic
    approval = float(_chances(y).mean())
    proposal = assembly.Proposal(Matter.OTHER, expected, change, "")
    _agree(abs(approval - assembly.poll(district, row, proposal).approval) < 1e-9, "others would vote yes")
    return [
        Line("    mean chance of a yes, if put to the vote", "　　若付表决，平均同意概率", approval),
        _product("    every owner", "　　所有业主", 1.0, p.yes),
        _product("    service expected beyond today's", "　　预期服务改善", gain, p.gain),
        _product(
            f"    change of dues by {change:+.2f} yuan/m²/month, ln by income",
            f"　　收费变动{change:+.2f}元/平方米·月，按收入取对数",
            float(burden.mean()),
            -p.cost,
        ),
        _product("    trust and branch, against 0.4", "　　信任与支部（减0.4）", float(lean.mean()), p.yes_trust),
        _product("    civic disposition, mean z", "　　公共精神（z值均值）", float(civic.mean()), p.yes_civic),
    ]


def _owners(district: District, row: int) -> slice:
    compounds = district.world.compounds
    return slice(int(compounds.first[row]), int(compounds.first[row] + compounds.households[row]))


def _chances(logits: F8) -> F8:
    return np.array([logistic(x) for x in logits])


def _check_row(kind: str, row: int, rows: int) -> None:
    if not 0 <= row < rows:
        raise ValueError(f"there is no {kind} {row}: rows run from 0 to {rows - 1}")


def _mode(district: District, name: str) -> tuple[str, str]:
    """What a mode is called in English and Chinese."""
    return district.mode_titles.get(name, (plain(name), chinese(name)))
