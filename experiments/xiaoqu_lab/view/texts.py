"""What the page of a district says, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Lang = Literal["en", "zh"]

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    # The head of the page and the time controls
    "view.facts": {
        "en": "{compounds:,} compounds · {households:,} households · seed {seed}",
        "zh": "{compounds:,} 个小区 · {households:,} 户 · 种子 {seed}",
    },
    "view.changed": {"en": "{count} changed", "zh": "已改 {count} 项"},
    "view.theme": {"en": "Colours", "zh": "配色"},
    "view.theme.auto": {"en": "as the system", "zh": "随系统"},
    "view.theme.light": {"en": "light", "zh": "浅色"},
    "view.theme.dark": {"en": "dark", "zh": "深色"},
    "view.language": {"en": "Language", "zh": "语言"},
    "view.step": {"en": "Step", "zh": "下一月"},
    "view.back": {"en": "Back", "zh": "上一月"},
    "view.play": {"en": "Play", "zh": "播放"},
    "view.pause": {"en": "Pause", "zh": "暂停"},
    "view.speed": {"en": "Speed", "zh": "速度"},
    "view.per_second": {"en": "{speed} months/s", "zh": "{speed} 月/秒"},
    "view.month": {"en": "Month {month}", "zh": "第 {month} 月"},
    "view.before": {"en": "before the campaign", "zh": "行动前"},
    "view.of_last": {"en": "the last is {last}", "zh": "末月为 {last}"},
    "view.beyond": {"en": "beyond the scenario's months", "zh": "已超出场景月数"},
    "view.past": {"en": "the past; newest month: {newest}", "zh": "历史月份；最新为第 {newest} 月"},
    "view.newest": {"en": "To the newest", "zh": "回到最新"},
    "view.jump": {"en": "Go to month", "zh": "跳到月份"},
    "view.go": {"en": "Go", "zh": "前往"},
    "view.slider": {"en": "Recorded months", "zh": "已记录的月份"},
    "view.keys": {
        "en": "Space: play or pause. Arrow keys: a month on or back.",
        "zh": "空格键：播放或暂停。左右方向键：后退或前进一月。",
    },
    # Key figures
    "view.figure.collection_rate_12m": {"en": "Collection, 12 months", "zh": "近12个月收缴率"},
    "view.figure.resolution_rate": {"en": "Resolution, 12 months", "zh": "近12个月办结率"},
    "view.figure.backlog": {"en": "Open matters", "zh": "未办结事项"},
    "view.figure.satisfaction": {"en": "Satisfaction", "zh": "满意度"},
    "view.figure.trust": {"en": "Trust", "zh": "信任"},
    "view.figure.adoption": {"en": "Under some mode", "zh": "已有治理模式"},
    "view.figure.arrears": {"en": "Arrears", "zh": "欠费"},
    "view.figure.public_money": {"en": "Public money, 12 months", "zh": "近12个月财政支出"},
    "view.figure_unit.collection_rate_12m": {"en": " %", "zh": "%"},
    "view.figure_unit.resolution_rate": {"en": " %", "zh": "%"},
    "view.figure_unit.backlog": {"en": "", "zh": " 件"},
    "view.figure_unit.satisfaction": {"en": " %", "zh": "%"},
    "view.figure_unit.trust": {"en": " %", "zh": "%"},
    "view.figure_unit.adoption": {"en": " %", "zh": "%"},
    "view.figure_unit.arrears": {"en": " ×10,000 yuan", "zh": " 万元"},
    "view.figure_unit.public_money": {"en": " ×10,000 yuan", "zh": " 万元"},
    "view.since_last_year": {"en": "{change} in a year", "zh": "较上年 {change}"},
    "view.no_last_year": {"en": "no year before", "zh": "无上年数"},
    "view.points": {"en": " points", "zh": " 个百分点"},
    # The map
    "view.map": {"en": "Compounds", "zh": "小区分布"},
    "view.map.label": {
        "en": "Map of compounds in month {month}; a click on one opens its page",
        "zh": "第 {month} 月小区分布；点击小区打开其页面",
    },
    "view.map.size": {"en": "Households:", "zh": "户数："},
    "view.map.schematic": {"en": "schematic: marks are moved apart", "zh": "示意图：标记已错开"},
    "view.fill": {"en": "Fill by", "zh": "填充表示"},
    "view.find": {"en": "Find a compound", "zh": "查找小区"},
    "view.find.none": {"en": "no compound is called so", "zh": "没有这个名称的小区"},
    "view.state.none": {"en": "none", "zh": "无"},
    "view.state.collection": {"en": "Collection, 12 months", "zh": "近12个月收缴率"},
    "view.state.resolution": {"en": "Resolution, 12 months", "zh": "近12个月办结率"},
    "view.state.satisfaction": {"en": "Satisfaction", "zh": "满意度"},
    "view.state.trust": {"en": "Trust", "zh": "信任"},
    "view.state.quality": {"en": "Service quality", "zh": "服务质量"},
    "view.state.cohesion": {"en": "Ties between neighbours", "zh": "邻里凝聚力"},
    "view.state.infrastructure": {"en": "Infrastructure", "zh": "设施状况"},
    "view.state.covered": {"en": "Reached by the campaign", "zh": "行动覆盖"},
    "view.state.backlog": {"en": "Open matters", "zh": "未办结事项"},
    "view.state.arrears": {"en": "Arrears", "zh": "欠费"},
    "view.state_unit.collection": {"en": " %", "zh": "%"},
    "view.state_unit.resolution": {"en": " %", "zh": "%"},
    "view.state_unit.satisfaction": {"en": " %", "zh": "%"},
    "view.state_unit.trust": {"en": " %", "zh": "%"},
    "view.state_unit.quality": {"en": " %", "zh": "%"},
    "view.state_unit.cohesion": {"en": " %", "zh": "%"},
    "view.state_unit.infrastructure": {"en": " %", "zh": "%"},
    "view.state_unit.covered": {"en": " %", "zh": "%"},
    "view.state_unit.backlog": {"en": " per 100 households", "zh": " 件/百户"},
    "view.state_unit.arrears": {"en": " yuan per household", "zh": " 元/户"},
    # Curves
    "view.curves": {"en": "Curves by month", "zh": "逐月曲线"},
    "view.all": {"en": "all", "zh": "全部"},
    "view.panel.collection": {"en": "Collection of dues, 12 months, by mode", "zh": "近12个月收缴率（按模式）"},
    "view.panel.resolution": {"en": "Reported matters settled, 12 months", "zh": "近12个月上报事项办结率"},
    "view.panel.backlog": {"en": "Open matters by age", "zh": "未办结事项（按时长，件）"},
    "view.panel.adoption": {"en": "Compounds by governance mode", "zh": "各治理模式的小区占比"},
    "view.panel.satisfaction": {"en": "Satisfaction and trust", "zh": "满意度与信任"},
    "view.main.collection": {"en": "all", "zh": "全部"},
    "view.main.resolution": {"en": "settled", "zh": "办结率"},
    "view.main.backlog": {"en": "open", "zh": "未办结"},
    "view.main.adoption": {"en": "any mode", "zh": "已有模式"},
    "view.main.satisfaction": {"en": "satisfaction", "zh": "满意度"},
    # Events
    "view.events": {"en": "Events", "zh": "事件"},
    "view.events.none": {"en": "Nothing of this kind so far.", "zh": "尚无此类事件。"},
    "view.kind": {"en": "Show", "zh": "显示"},
    "view.kind.": {"en": "all events", "zh": "全部事件"},
    "view.kind.assembly": {"en": "assemblies", "zh": "业主大会"},
    "view.kind.tender": {"en": "tenders", "zh": "招标"},
    "view.kind.election": {"en": "elections", "zh": "选举"},
    "view.kind.mode": {"en": "changes of mode", "zh": "模式变更"},
    "view.kind.exit": {"en": "firms that leave", "zh": "企业退出"},
    "view.kind.replacement": {"en": "ratings and replacements", "zh": "考评与更换"},
    "view.kind.plan": {"en": "plans", "zh": "方案"},
    "view.kind.branch": {"en": "branches, members who pay first", "zh": "支部与党员带头"},
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {}
"""Rule and remedy of each complaint."""
