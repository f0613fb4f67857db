"""Why a household paid or not: every term of the logit in month/payment.py, the draw, and what came of it.

    district.why(household=17)

A household decides on a state that the month then changes, so the month is simulated again: a district of the same
scenario and seed is run to the phase before payment, at the cost of one run of as many months. The terms are mirrored
here and compared with the rule's own functions, with the logit that the compiled rule left behind and with what it
wrote; where they part, RuntimeError is raised rather than a wrong answer given.
"""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.explanation import Explanation, Line, agree, check_row, compound_name, half, product
from xiaoqu.kernels import logarithm, logistic
from xiaoqu.month.payment import PaymentTerms, late_part, mood
from xiaoqu.schedule import SCHEDULE
from xiaoqu.streams import Purpose
from xiaoqu.world import ABSENT, FREE_RIDER, PARTY, TENANT

if TYPE_CHECKING:
    from xiaoqu.columns import Table
    from xiaoqu.district import District
    from xiaoqu.month.payment import CompoundMood
    from xiaoqu.scenario import Scenario
    from xiaoqu.world import World

LOGIT = ("Logit of paying", "缴费倾向（logit）")
PAYS = ("Pays", "缴费")
CHANCE = ("Chance of paying", "缴费概率")
DRAW = ("Draw; pays if below the chance", "抽签值，低于概率即缴")


def why(district: District, row: int) -> Explanation:
    """Why a household paid or not in the month just simulated. Costs one run of all months so far.

    Raises:
        ValueError: if there is no such household, or no month of the campaign has been simulated.
        RuntimeError: if this explanation and the rule have parted.
    """
    check_row("household", row, len(district.households))
    return Payday(district.scenario, district.seed, district.month - 1, type(district)).why(row, district.digest())


class Payday:
    """One month's payment, simulated again to be asked about any household: one run for all questions.

    Attributes:
        month: the month.
        digest: that of the district at the end of the month.
    """

    def __init__(self, scenario: Scenario, seed: int, month: int, kind: type[District]) -> None:
        """Simulate the months up to this one; `kind` is the class of the district.

        Raises:
            ValueError: if the month is before the campaign.
        """
        if month < 0:
            raise ValueError("no month of the campaign has been simulated yet: call step() or run_for() first")
        self.month = month
        payment = [phase.name for phase in SCHEDULE].index("payment")
        self._district = again = kind(scenario, rng=seed)
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
        check_row("household", row, len(self._district.households))
        home = _row(self._homes, row)
        lines, summary_en, summary_zh = _decision(self._district.world, row, home, _row(self._places, home.compound))
        if digest != self.digest:
            lines = []
            summary_en = "No answer: the district was changed by hand; its scenario and seed do not lead to its state."
            summary_zh = "无法解释：该片区被手工改动过，由场景与随机种子得不到其现状。"
        name_en, name_zh = compound_name(self._district, home.compound)
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


def _decision(world: World, row: int, home: SimpleNamespace, place: SimpleNamespace) -> tuple[list[Line], str, str]:
    """Lines and both summaries. `world` stands just after payment, `home` and `place` are copies from just before."""
    month, after = world.month, _row(world.households, row)
    if place.fee <= 0.0 and place.flat_fee <= 0.0:
        agree(after.paid == home.paid and after.bill == home.bill, "paid where no dues are charged")
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
    agree(after.paid == (pays if billed > 0 else home.paid), "it decided otherwise")
    agree(after.bill == (0 if pays else billed), "it left another amount unpaid")
    agree(home.purse - after.purse == (billed if pays else 0) + old - after.arrears, "it took another amount")

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
    refuses = float(place.refusal > 0 and home.satisfaction < world.scenario["judgement.low_satisfaction"])

    base = product("Every household", "所有住户", 1.0, p.base)
    sanction = product("Sanction: may be sued, a month", "约束：每月可被起诉", place.sanction, p.sanction)
    person = [
        product("Civic disposition, z", "公共精神（z值）", home.disposition, p.disposition),
        product("Free rider by type", "搭便车类型", float(home.cooperator == FREE_RIDER), p.free_rider),
        product("Absent: the flat is vacant", "空置", float(home.tenure == ABSENT), -p.absence),
        product("Tenant", "租户", float(home.tenure == TENANT), -p.tenancy),
    ]
    # The burden is what these leave of the steady part and of the compound's. It meets its formula only nearly, for
    # flats are stored in whole 0.01 m² and the steady part in 32 bits; anything beyond that is a term unknown here.
    burden = home.steady - _total(person) + shared.common - _total([base, sanction])
    share = _price(place) * 0.01 * home.area / home.income
    agree(abs(burden + p.burden * logarithm(share / 0.003)) < 1e-3 * max(1.0, p.burden), "a steady term is new")
    return [
        base,
        *person,
        Line(
            "Burden: dues by income, ln against 0.3 %", "负担：物业费占收入比，对0.3%取对数", share, -p.burden, burden
        ),
        sanction,
        half(f"Belief that others pay, as {kind_en}", f"认为他人缴费，{kind_zh}", home.belief, p.peers * relax),
        half("Satisfaction", "满意度", home.satisfaction, p.service),
        half("Trust", "信任", home.trust, p.trust),
        half("Habit of paying", "缴费习惯", home.habit, p.habit),
        product(
            f"Called on; remembers {home.fatigue:.1f} visits",
            f"上门走访，记得此前{home.fatigue:.1f}次",
            visited,
            p.visit / (1.0 + home.fatigue),
        ),
        product("Party household", "党员户", float(home.roles & PARTY), shared.party),
        product("Joins an organised refusal", "参与集体拒缴", refuses, -p.refusal),
    ]


def _example(world: World, home: SimpleNamespace, place: SimpleNamespace) -> Line:
    """What it counts that a Party household of the stairwell has just paid; it sets the example, the others see it."""
    first = int(world.stairwells.first[home.stairwell])
    rows = slice(first, first + int(world.stairwells.households[home.stairwell]))
    homes = world.households
    led = (homes.roles[rows] & PARTY > 0) & (homes.tenure[rows] != ABSENT) & (homes.paid[rows] > 0)
    seen = float(led.any() and not home.roles & PARTY)
    return product("Lead: a Party neighbour paid first", "带头：本单元党员户已先缴", seen, _shared(world, place).lead)


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
