"""The declared outcomes: name, unit, dtype, how they follow from the tally, and how they add up over time.

An outcome is null where there is nothing to measure: no bill, no collection rate. Rates are sums divided by sums, not
means of rates (turn-out is the mean over the assemblies held). Counts of reported and settled matters stay beside
their ratio, and what reports mix is kept apart: share of yuan and of households, this year's dues and arrears, true
problems, reported and settled ones, organisations that exist and those that function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from xiaoqu.issues import SETTLERS
from xiaoqu.ledger import PUBLIC_PURPOSES
from xiaoqu.tally import AGES, INDEX

if TYPE_CHECKING:
    import pandas as pd

    from xiaoqu.columns import F8
    from xiaoqu.district import District

OverTime = Literal["sum", "last", "mean"]


class Outcome(NamedTuple):
    """One declared outcome of the district.

    Attributes:
        top: tally rows added up over compounds (the numerator).
        below: tally row or compound column added up as denominator; "" for none.
        weight: compound column that weighs `top` before adding up; "" for none.
        where: tally row that says which compounds count (non-zero); "" for all.
    """

    name: str
    unit: str
    dtype: str
    over_time: OverTime
    en: str
    zh: str
    top: tuple[str, ...]
    below: str = ""
    weight: str = ""
    where: str = ""


def _count(name: str, en: str, zh: str, *top: str) -> Outcome:
    return Outcome(name, "count/month", "int64", "sum", en, zh, top or (name,))


def _state(name: str, en: str, zh: str, top: str = "", unit: str = "count") -> Outcome:
    return Outcome(name, unit, "float64", "last", en, zh, (top or name,))


def _share(name: str, en: str, zh: str, top: str, below: str, where: str = "") -> Outcome:
    return Outcome(name, "share", "float64", "last", en, zh, (top,), below, "", where)


def _mean(name: str, en: str, zh: str, weight: str, unit: str = "share", where: str = "", top: str = "") -> Outcome:
    return Outcome(name, unit, "float64", "last", en, zh, (top or name,), weight, weight, where)


def _money(name: str, en: str, zh: str, *top: str) -> Outcome:
    return Outcome(name, "fen/month", "int64", "sum", en, zh, top)


DECLARED: tuple[Outcome, ...] = (
    # Collection.
    _money("billed", "dues billed", "应收物业费", "billed"),
    _money("collected", "paid of this month's bills", "当月账单实收", "collected"),
    _money("collected_late", "paid late of earlier bills", "补缴", "collected_late"),
    _money("collected_arrears", "old arrears paid off", "清缴旧欠", "collected_arrears"),
    _share(
        "collection_rate",
        "share of this month's bills paid at once, by yuan",
        "当月收缴率（按金额）",
        "collected",
        "billed",
    ),
    _share(
        "collection_rate_12m",
        "share of the last 12 months' bills paid by now, by yuan",
        "近12个月收缴率（按金额）",
        "collected_12m",
        "billed_12m",
    ),
    _share(
        "collection_rate_households",
        "share of the last 12 months' bills paid by now, by household",
        "近12个月收缴率（按户）",
        "bills_paid_12m",
        "bills_12m",
    ),
    _share(
        "collection_rate_occupied",
        "the same over flats that are lived in",
        "近12个月收缴率（按入住户）",
        "bills_paid_occupied_12m",
        "bills_occupied_12m",
    ),
    _share(
        "collection_rate_trustee",
        "the same in compounds held in trust, flats lived in",
        "托管小区收缴率（按入住户）",
        "bills_paid_occupied_12m",
        "bills_occupied_12m",
        "trustee",
    ),
    _share(
        "collection_rate_covered",
        "share of yuan of the last 12 months in compounds the campaign reached",
        "行动覆盖小区收缴率",
        "collected_12m",
        "billed_12m",
        "covered",
    ),
    Outcome("arrears", "fen", "int64", "last", "bills unpaid, old and new", "欠费总额", ("arrears",)),
    # Issues.
    _count("problems", "problems that arose, reported or not", "发生的问题"),
    _count("reported", "matters reported or found", "上报事项"),
    _count("found", "latent matters found by patrols, sponsors, meetings", "主动发现事项"),
    _count("settled", "matters settled", "办结事项", *(f"settled_by_{name}" for name in SETTLERS)),
    *(_count(f"settled_by_{name}", f"settled by {name.replace('_', ' ')}", f"办结：{name}") for name in SETTLERS),
    _count(
        "settled_by_tiers",
        "settled through the tiers",
        "逐级办结",
        "settled_by_community",
        "settled_by_street",
        "settled_by_departments",
        "settled_by_sponsors",
    ),
    _count(
        "settled_hard",
        "small and large matters settled beyond mediation",
        "办结疑难事项",
        *(f"settled_by_{name}" for name in SETTLERS if name != "neighbours"),
    ),
    _count("called_up", "calls from one tier to the next", "逐级上报次数"),
    _count("contacts", "contacts used", "处置次数"),
    Outcome(
        "success_per_contact",
        "share",
        "float64",
        "mean",
        "matters settled per contact",
        "每次处置办结率",
        tuple(f"settled_by_{name}" for name in SETTLERS),
        "contacts",
    ),
    _share(
        "resolution_rate",
        "of matters reported in the last 12 months, settled by now",
        "近12个月上报事项办结率",
        "settled_12m",
        "reported_12m",
    ),
    _state("backlog", "reported matters open", "未办结事项"),
    *(
        _state(f"backlog_{name}", f"open matters, age {name.replace('_', ' ')} months", f"未办结事项：{name}个月")
        for name in AGES
    ),
    _state("latent", "matters nobody reported", "隐性问题"),
    _count("lapsed", "matters that lapsed unsettled", "失效事项"),
    # Judgement and service.
    _mean("satisfaction", "mean over flats lived in", "满意度", "occupied"),
    _mean("trust", "mean trust in the responsible body", "信任度", "occupied"),
    _mean("quality", "service quality", "服务质量", "households"),
    _mean("responsiveness", "how matters are dealt with", "回应度", "households"),
    _mean("cohesion", "ties between neighbours", "邻里凝聚力", "households"),
    _mean("infrastructure", "condition and completeness", "设施状况", "households"),
    _mean(
        "crew_level",
        "firms' crews relative to the standard",
        "企业人员配置水平",
        "households",
        "share",
        "has_firm",
        "crew",
    ),
    _mean(
        "shirking",
        "firms' spending that does not reach the compound",
        "企业偷工比例",
        "households",
        "share",
        "has_firm",
        "shirk",
    ),
    _mean(
        "firm_efficiency",
        "service per yuan of the firms at work",
        "企业效率",
        "households",
        "factor",
        "has_firm",
        "efficiency",
    ),
    # Organisations.
    _share("share_covered", "compounds the campaign has reached", "行动覆盖率", "covered", "one"),
    _share("share_served", "compounds with property or social service", "物业服务覆盖率", "served", "one"),
    _share("share_branch", "compounds with a Party branch", "党组织覆盖率", "has_branch", "one"),
    _share("share_with_committee", "compounds with an owners' committee", "业委会覆盖率", "has_committee", "one"),
    _share(
        "share_three_coverages",
        "compounds with branch, committee and service",
        "三个全覆盖",
        "three_coverages",
        "one",
    ),
    _share(
        "share_functioning",
        "committees that function, of those that exist",
        "业委会正常履职率",
        "committee_functions",
        "has_committee",
    ),
    _share("share_trustee", "compounds held in trust", "托管率", "trustee", "one"),
    _state("committees", "owners' committees", "业委会数", "has_committee"),
    _state("branches", "Party branches", "支部数", "has_branch"),
    _state("volunteers", "council volunteers at work", "自管会志愿者数"),
    _mean("committee_effort", "effort of committees", "业委会投入度", "one", "share", "has_committee", "effort"),
    _mean("branch_strength", "strength of branches", "支部活力", "one", "share", "has_branch", "branch"),
    _mean("share_published", "compounds whose accounts are open", "账目公开率", "one", "share", "", "published"),
    _state("refusals", "organised refusals under way", "集体拒缴", "refusal"),
    # Meetings and contracts.
    _count("assemblies", "owners' assemblies held", "业主大会次数"),
    _count("assemblies_valid", "assemblies with the quorum of art. 278", "有效业主大会"),
    _count("assemblies_passed", "assemblies that carried the proposal", "通过的业主大会"),
    Outcome(
        "turnout",
        "share",
        "float64",
        "mean",
        "mean share of owners taking part",
        "平均参会率",
        ("turnout_sum",),
        "assemblies",
    ),
    _count("opinions", "opinions voiced at assemblies", "收集意见"),
    _count("attempts", "attempts to adopt a mode", "组建尝试"),
    _count("attempts_failed", "attempts that failed", "组建失败"),
    _count("postponed", "proposals withdrawn for want of consent", "暂缓表决"),
    _count("elections", "committee elections called", "业委会选举"),
    _count("tenders", "tenders called", "招标次数"),
    _count("bids", "bids made", "投标次数"),
    _count("bundled", "compounds let in one contract with others", "连片招标小区"),
    _count("warnings", "warnings after an evaluation", "考核预警"),
    _count("rated_poor", "firms rated poor in a compound", "企业差评"),
    _count("exits", "contracts ended by the firm", "企业退出"),
    _count("replacements", "firms replaced after a poor rating", "企业更换"),
    _count("transitions", "changes of mode", "模式变更"),
    # People and money.
    _count("volunteer_hours", "hours given by volunteers", "志愿服务时数"),
    _count("visits", "households called on", "入户走访", "called_on"),
    _count(
        "households_led",
        "billed households whose Party neighbours were seen to pay",
        "看到党员先缴的户数",
        "led",
    ),
    Outcome(
        "household_income",
        "yuan/month",
        "float64",
        "sum",
        "monthly income gained through local jobs",
        "新增就业收入",
        ("household_income",),
    ),
    _money(
        "public_revenue",
        "parking, charging, advertising that reached the account",
        "公共收益入账",
        "flow_public_revenue",
    ),
    _money("public_revenue_lost", "public revenue that vanished", "流失的公共收益", "flow_leak"),
    _money("donations", "given by partner units and owners", "捐助", "flow_donations"),
    _money("service_spending", "spent on service", "服务支出", "flow_service"),
    _money("purchased_service", "service purchased by the street", "政府购买服务", "flow_subsidy"),
    _money(
        "repairs",
        "paid for large matters, whoever paid",
        "维修支出",
        "flow_repairs_account",
        "flow_repairs_fund",
        "flow_repairs_programme",
    ),
    _money("repairs_programme", "paid for large matters by programmes", "专项维修支出", "flow_repairs_programme"),
    _money("repairs_fund", "paid for large matters from repair funds", "维修资金支出", "flow_repairs_fund"),
    _money(
        "public_money",
        "paid by the public purse",
        "公共财政支出",
        *(f"flow_{name}" for name in PUBLIC_PURPOSES),
    ),
    _money("margins", "what firms kept or bore", "企业盈亏", "flow_margin"),
)
"""Every outcome of the district. Mode shares (`share_<mode>`) and times to settle follow the scenario's modes below."""

DERIVED: tuple[Outcome, ...] = (
    _state("modes_in_use", "governance modes that some compound is under", "在用的治理模式数"),
    _state("largest_portfolio", "contracts of the largest firm", "最大物业企业的服务小区数"),
    _state(
        "months_to_settle_median",
        "months from report to settlement, median of what was settled in the last 12 months",
        "近12个月办结用时中位数",
        unit="months",
    ),
    _state("months_to_settle_p90", "the same, 90th percentile", "近12个月办结用时第90百分位", unit="months"),
    _state(
        "collection_rate_cumulative",
        "cash received over dues billed since the first month shown; above 1 where old debts are paid",
        "自首月起累计实收与应收之比，清缴旧欠时可大于1",
        unit="ratio",
    ),
)
"""Outcomes that `by_month` works out by a rule of their own rather than as a sum or a ratio of tally rows."""

BY_NAME = {outcome.name: outcome for outcome in DECLARED + DERIVED}


def mode_outcomes(modes: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the shares of compounds under each mode."""
    return tuple(f"share_{name}" for name in modes)


def _rows(district: District, data: F8, name: str) -> F8:
    """A tally row or a constant of the compounds, shape (months, compounds) or broadcastable to it."""
    if name == "one":
        return np.ones((1, data.shape[2]))
    if name in ("occupied", "households"):
        constant: F8 = getattr(district.world.compounds, name)[np.newaxis].astype(float)
        return constant
    if name == "three_coverages":
        return data[:, INDEX["has_branch"]] * data[:, INDEX["has_committee"]] * data[:, INDEX["served"]]
    return data[:, INDEX[name]]


def _value(district: District, data: F8, outcome: Outcome) -> F8:
    top = sum((_rows(district, data, name) for name in outcome.top), np.zeros(1))
    if outcome.weight:
        top = top * _rows(district, data, outcome.weight)
    counted = (_rows(district, data, outcome.where) > 0) if outcome.where else True
    total: F8 = (top * counted).sum(axis=1) + np.zeros(len(data))
    if not outcome.below:
        return total
    below = (_rows(district, data, outcome.below) * counted).sum(axis=1) + np.zeros(len(data))
    share: F8 = np.divide(total, below, out=np.full(len(data), np.nan), where=below > 0)
    return share


def by_month(district: District, first: int = 0) -> pd.DataFrame:
    """One row a month from month `first` on: `month` and every declared outcome.

    Null where there is nothing to measure.
    """
    import pandas as pd  # noqa: PLC0415 - the model runs without pandas

    return pd.DataFrame(columns_by_month(district, first))


def columns_by_month(district: District, first: int = 0, only: frozenset[str] | None = None) -> dict[str, Any]:
    """The columns of `by_month` as arrays, or some of them: a sweep keeps few, and working them out costs time."""
    tally = district.world.tally
    chosen = [i for i, month in enumerate(tally.months) if month >= first]
    data = np.array([tally.history[i] for i in chosen]).reshape(len(chosen), *tally.data.shape)
    columns: dict[str, Any] = {"month": np.array([tally.months[i] for i in chosen], dtype=np.int64)}
    for outcome in DECLARED:
        if only is None or outcome.name in only:
            values = _value(district, data, outcome)
            columns[outcome.name] = values.astype(np.int64) if outcome.dtype == "int64" else values
    modes = data[:, INDEX["mode"]]
    for code, name in enumerate(mode_outcomes(district.world.modes)):
        columns[name] = (modes == code).mean(axis=1) if chosen else np.empty(0)
    if only is None or not only.isdisjoint(outcome.name for outcome in DERIVED):
        columns |= _derived(district, data, chosen)
    return columns


def _derived(district: District, data: F8, chosen: list[int]) -> dict[str, Any]:
    """The outcomes that follow from more than one division."""
    modes, firms = data[:, INDEX["mode"]], data[:, INDEX["firm"]]
    codes = range(1, len(district.world.modes))
    waits = np.array([district.world.tally.waits[i] for i in chosen]).reshape(len(chosen), 61)
    cash = (_value(district, data, BY_NAME[name]) for name in ("collected", "collected_late", "collected_arrears"))
    cumulative, billed = np.cumsum(sum(cash, np.zeros(1))), np.cumsum(_value(district, data, BY_NAME["billed"]))
    return {
        "modes_in_use": sum(((modes == code).any(axis=1) for code in codes), np.zeros(len(chosen), np.int64)),
        "largest_portfolio": np.array(
            [np.bincount(row[row >= 0].astype(int)).max(initial=0) for row in firms], dtype=np.int64
        ),
        "months_to_settle_median": _quantile(waits, 0.5),
        "months_to_settle_p90": _quantile(waits, 0.9),
        "collection_rate_cumulative": np.divide(cumulative, billed, out=np.full(len(chosen), np.nan), where=billed > 0),
    }


def _quantile(waits: F8, share: float) -> F8:
    """Quantile of the months waited by matters settled in the last 12 months, null where none was."""
    so_far = waits.cumsum(axis=0)
    recent = so_far.copy()
    recent[12:] -= so_far[:-12]
    within = recent.cumsum(axis=1)  # settled within so many months
    settled = within[:, -1]
    months = (within < share * settled[:, np.newaxis]).sum(axis=1)
    return np.where(settled > 0, months, np.nan)


BY_COMPOUND = (
    "billed",
    "collected",
    "billed_12m",
    "collected_12m",
    "arrears",
    "problems",
    "reported",
    "backlog",
    "satisfaction",
    "trust",
    "quality",
    "responsiveness",
    "cohesion",
    "infrastructure",
    "crew",
    "effort",
    "volunteers",
    "branch",
    "volunteer_hours",
    "flow_public_revenue",
    "flow_service",
    "flow_subsidy",
    "flow_donations",
    "flow_margin",
)
"""Tally rows in the compound-month table, beside month, compound, name, mode and the collection rate."""


def by_compound(district: District) -> pd.DataFrame:
    """Tidy table, one row per month and compound, from month 0 on. Money in fen."""
    import pandas as pd  # noqa: PLC0415 - the model runs without pandas

    tally, world = district.world.tally, district.world
    frames = []
    names = [compound.name for compound in district.compounds]
    for month, data in zip(tally.months, tally.history, strict=True):
        if month < 0:
            continue
        frame = pd.DataFrame({name: data[INDEX[name]] for name in BY_COMPOUND})
        frame.insert(0, "mode", [world.modes[int(code)] for code in data[INDEX["mode"]]])
        frame.insert(0, "name", names)
        frame.insert(0, "compound", np.arange(len(names)))
        frame.insert(0, "month", month)
        frame["settled"] = sum(data[INDEX[f"settled_by_{who}"]] for who in SETTLERS)
        billed, collected = data[INDEX["billed_12m"]], data[INDEX["collected_12m"]]
        frame["collection_rate_12m"] = np.divide(collected, billed, out=np.full(len(names), np.nan), where=billed > 0)
        frames.append(frame)
    columns = ["month", "compound", "name", "mode", *BY_COMPOUND, "settled", "collection_rate_12m"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
