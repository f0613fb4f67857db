"""What every column of every table means, in English and Chinese: the data dictionary that goes with a result.

Outcomes of the district are declared in the model (`xiaoqu.outcomes.DECLARED`); described here is what follows
from them, and the columns that say which row one reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from xiaoqu.outcomes import BY_COMPOUND, BY_NAME, DECLARED, DERIVED, mode_outcomes
from xiaoqu_lab.texts import mode_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xiaoqu.outcomes import Outcome


class Meaning(NamedTuple):
    """One column: unit, how it adds up over time ("" for what says which row it is), what it is."""

    name: str
    unit: str
    over_time: str
    en: str
    zh: str


MONTH = Meaning("month", "month", "", "month of the campaign, from 0", "行动月份，从0起")
COMPOUND = Meaning("compound", "id", "", "number of the compound, from 0", "小区编号，从0起")

_OF_COMPOUNDS = (
    Meaning("name", "text", "", "name of the compound", "小区名称"),
    Meaning("mode", "text", "last", "governance mode", "治理模式"),
    Meaning("billed_12m", "fen", "last", "billed in the last 12 months", "近12个月应收"),
    Meaning("collected_12m", "fen", "last", "of that, paid by now", "近12个月应收中的实收"),
    Meaning("crew", "share", "last", "the firm's crew relative to the standard", "企业人员配置水平"),
    Meaning("effort", "share", "last", "effort of the owners' committee, 0 without one", "业委会投入度，无则为0"),
    Meaning("branch", "share", "last", "strength of the Party branch, 0 without one", "支部活力，无则为0"),
    Meaning("flow_public_revenue", "fen/month", "sum", "public revenue that reached the account", "公共收益入账"),
    Meaning("flow_service", "fen/month", "sum", "spent on service", "服务支出"),
    Meaning("flow_subsidy", "fen/month", "sum", "service purchased by the street", "政府购买服务"),
    Meaning("flow_donations", "fen/month", "sum", "given by partner units and owners", "捐助"),
    Meaning("flow_margin", "fen/month", "sum", "what the firm kept or bore", "企业盈亏"),
)

_OF_EVENTS = (
    MONTH._replace(en="month of the campaign; negative in the spin-up", zh="行动月份；预热期为负"),
    Meaning("kind", "text", "", "what happened", "事件类型"),
    COMPOUND,
    Meaning("subject", "text", "", "whom or what it is about", "对象"),
    Meaning("value", "number", "", "a number that goes with it, by kind", "相关数值，因类型而异"),
    Meaning("note", "text", "", "details", "说明"),
)

_OF_TARGETS = (
    Meaning("id", "text", "", "the target", "目标编号"),
    Meaning("case_id", "text", "", "the documented case", "案例"),
    Meaning("outcome", "text", "", "declared outcome that is measured", "所测结果"),
    Meaning("aggregate", "text", "", "how it is measured over the window", "窗口内的汇总方式"),
    Meaning("first_month", "month", "", "first month of the window", "窗口首月"),
    Meaning("last_month", "month", "", "last month of the window", "窗口末月"),
    Meaning("unit", "text", "", "unit of the figures", "单位"),
    Meaning("relation", "text", "", "what the report claims of the figure", "报道的表述"),
    Meaning("reported", "unit", "", "the reported figure", "报道值"),
    Meaning("simulated", "unit", "", "median over replicates", "重复的中位数"),
    Meaning("low", "unit", "", "5 % point over replicates", "重复的第5百分位"),
    Meaning("high", "unit", "", "95 % point over replicates", "重复的第95百分位"),
    Meaning("percentile", "%", "", "replicates at or below the reported figure", "不高于报道值的重复占比"),
    Meaning("measured", "count", "", "replicates with something to measure", "有可测值的重复数"),
    Meaning("verdict", "text", "", "the verdict", "结论"),
    Meaning("reason", "text", "", "why they cannot be compared, if so", "不可比的原因"),
    Meaning("definition_en", "text", "", "what the figure is, in English", "指标定义（英文）"),
    Meaning("definition_zh", "text", "", "what the figure is, in Chinese", "指标定义（中文）"),
    Meaning("filter_en", "text", "", "how it came to be reported, in English", "报道口径（英文）"),
    Meaning("filter_zh", "text", "", "how it came to be reported, in Chinese", "报道口径（中文）"),
    Meaning("source", "text", "", "where it was reported", "来源"),
)

_OF_REPLICATES = (
    Meaning("replicate", "id", "", "number of the replicate, from 0", "重复编号，从0起"),
    Meaning("seed", "id", "", "its seed", "种子"),
    Meaning(
        "kind",
        "text",
        "",
        "input (drawn from a range), target, or outcome (a headline curve; adoption: share of compounds with a mode)",
        "input（由区间抽取的输入）、target（目标）或 outcome（主要曲线；adoption 为已有治理模式的小区占比）",
    ),
    Meaning(
        "name", "text", "", "key of the input, id of the target, or name of the outcome", "输入的键、目标编号或结果名"
    ),
    Meaning(
        "month",
        "month",
        "",
        "month of an outcome, else empty; negative before the campaign",
        "结果的月份，其余为空；行动前为负",
    ),
    Meaning("value", "number", "", "the value", "数值"),
)


def _of_outcome(outcome: Outcome) -> Meaning:
    return Meaning(outcome.name, outcome.unit, outcome.over_time, outcome.en, outcome.zh)


def of_district(modes: Iterable[str], own: Mapping[str, tuple[str, str]] | None = None) -> list[Meaning]:
    """The columns of the district-month table."""
    declared = [_of_outcome(outcome) for outcome in DECLARED + DERIVED]
    modes = tuple(modes)
    shares = [
        Meaning(
            name,
            "share",
            "last",
            f"compounds under the mode: {mode_name(mode, 'en', own)}",
            f"处于该模式的小区占比：{mode_name(mode, 'zh', own)}",
        )
        for mode, name in zip(modes, mode_outcomes(modes), strict=True)
    ]
    return [MONTH, *declared, *shares]


def of_compounds() -> list[Meaning]:
    """The columns of the compound-month table; what is an outcome of the district means the same for one compound."""
    known = {meaning.name: meaning for meaning in _OF_COMPOUNDS}
    rest = [name for name in (*BY_COMPOUND, "settled", "collection_rate_12m") if name not in known]
    return [MONTH, COMPOUND, *known.values(), *(_of_outcome(BY_NAME[name]) for name in rest)]


def data_dictionary(
    tables: Mapping[str, pd.DataFrame], modes: Iterable[str], own: Mapping[str, tuple[str, str]] | None = None
) -> pd.DataFrame:
    """One row for every column of every table: table, name, unit, dtype, over_time, en, zh.

    Raises:
        KeyError: a column has no description.
    """
    described = {
        "district_month": of_district(modes, own),
        "compound_month": of_compounds(),
        "events": _OF_EVENTS,
        "targets": _OF_TARGETS,
        "replicates": _OF_REPLICATES,
    }
    rows = []
    for table, frame in tables.items():
        meanings = {meaning.name: meaning for meaning in described[table]}
        for name, dtype in frame.dtypes.items():
            meaning = meanings[str(name)]
            kind = str(dtype) if pd.api.types.is_numeric_dtype(dtype) else "text"
            rows.append((table, meaning.name, meaning.unit, kind, meaning.over_time, meaning.en, meaning.zh))
    return pd.DataFrame(rows, columns=["table", "name", "unit", "dtype", "over_time", "en", "zh"])
