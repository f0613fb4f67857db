"""Words of the event log and the agenda, in English as they are logged and in Chinese."""

from __future__ import annotations

import re

VALUED = {
    "assembly": ("share taking part", "参与率"),
    "plan": ("months until the first attempt", "距首次尝试的月数"),
    "branch formed": ("members", "党员数"),
    "members pay first": ("Party households", "党员户数"),
    "committee elected": ("members", "委员数"),
    "election failed": ("owners who stand", "参选业主数"),
    "notice": ("months", "月数"),
    "rated poor": ("standing", "考评得分"),
    "red firm": ("standing", "考评得分"),
}
"""What the value of an event is, for the kinds whose value says something."""

AGENDA = {
    "programme_end": ("the programmes end", "项目结束"),
    "plan": ("plan", "制定方案"),
    "leave": ("the firm leaves", "企业撤离"),
    "takeover": ("a firm takes over", "企业进场"),
    "end_of_term": ("the committee's term ends", "业委会任期届满"),
    "attempt": ("attempt at a mode", "尝试建立模式"),
    "committee": ("election of a committee", "选举业委会"),
    "announce": ("members announce that they pay first", "公布党员带头缴费"),
    "evaluation": ("yearly evaluation", "年度考评"),
    "lease": ("vote on leasing common parts", "表决出租公共部位"),
    "mend": ("has the firm mended?", "整改复查"),
    "firm_review": ("the firm looks at its contract", "企业复核合同"),
    "committee_review": ("is the committee idle?", "业委会履职复查"),
    "self_start": ("compounds may start by themselves", "小区可自发尝试"),
    "council_review": ("has the council volunteers?", "自管会志愿者复查"),
}

_WORDS = {
    "property company": "物业公司",
    "committee": "业委会自管",
    "council": "自管会",
    "unmanaged": "三无",
    "mode": "模式",
    "adopt": "采用",
    "adopted": "已采用",
    "plan": "一小区一方案",
    "assembly": "业主大会",
    "hire a firm": "聘请物业企业",
    "dismiss the firm": "解聘物业企业",
    "elect a committee": "选举业委会",
    "lease common parts": "出租公共部位",
    "carried": "通过",
    "rejected": "未通过",
    "no quorum": "参与未达法定比例",
    "take part": "参与",
    "yes": "票同意",
    "postponed": "暂不表决",
    "attempt failed": "尝试未成",
    "tender failed": "招标未成",
    "nobody bid": "无企业投标",
    "too few neighbours accepted": "同意连片的小区不足",
    "not carried": "未成",
    "infrastructure incomplete": "设施不完善",
    "is not adopted": "非可选模式",
    "no obstacle": "无障碍",
    "volunteers": "名志愿者",
    "committee elected": "选出业委会",
    "stood": "人参选",
    "election failed": "选举未成",
    "too few candidates": "候选人不足",
    "committee ended": "业委会终止",
    "idle for a year": "一年未履职",
    "not re-elected": "换届未成",
    "volunteers gone": "志愿者流失",
    "branch formed": "成立支部",
    "branch": "支部",
    "joint branch": "联合支部",
    "members pay first": "党员带头缴费",
    "programmes end": "项目结束",
    "lever": "手段",
    "firm": "企业",
    "rated poor": "考评靠后",
    "red firm": "红色物业",
    "warned": "被预警",
    "mended": "整改到位",
    "firm replaced": "更换企业",
    "notice": "通知解约",
    "dismissed": "被解聘",
    "the firm has left": "企业已撤离",
    "the firm leaves: losses": "企业因亏损撤离",
    "the firm leaves: lean years": "企业因连年收入不足撤离",
    "served before the campaign": "行动前已有物业",
    "managed by its committee before the campaign": "行动前已由业委会自管",
    ", ": "，",
    "; ": "；",
    ": ": "：",
}
_PHRASE = re.compile(
    "|".join(rf"\b{word}\b" if word[0].isalpha() else word for word in sorted(_WORDS, key=len, reverse=True))
)


def plain(word: str) -> str:
    """A name of the model as people write it."""
    return word.replace("_", " ")


def chinese(text: str) -> str:
    """What the log says, in Chinese; proper names, and the words of a mode of one's own, stay as they are."""
    translated = _PHRASE.sub(lambda match: _WORDS[match[0]], plain(text))
    return re.sub(r"(?<=[^ -~]) | (?=[^ -~])", "", translated)
