"""Everything that the command line says, in English and Chinese. What is said about bad input is in `COMPLAINTS`.

Names in braces are filled in when a text is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from xiaoqu_lab.sweeps import answer_texts as answers
from xiaoqu_lab.sweeps import calibrate_texts as calibration
from xiaoqu_lab.sweeps import report_texts
from xiaoqu_lab.sweeps import texts as sweeps
from xiaoqu_lab.view import compound_texts
from xiaoqu_lab.view import shell_texts as shell
from xiaoqu_lab.view import texts as view

if TYPE_CHECKING:
    from collections.abc import Mapping

Lang = Literal["en", "zh"]
LANGUAGES = ("en", "zh")

HEADINGS: Mapping[str, Mapping[Lang, str]] = {
    "Options": {"en": "Options", "zh": "选项"},
    "Commands": {"en": "Commands", "zh": "命令"},
    "[required]": {"en": "[required]", "zh": "[必填]"},
}
"""The headings and marks of help as click names them."""
PLACEHOLDERS: Mapping[str, str] = {
    "SCENARIO": "场景",
    "DESIGN": "设计",
    "FOLDER": "文件夹",
    "DIR": "文件夹",
    "FILE": "文件",
    "NAME": "名称",
    "ID": "编号",
    "RUN": "运行",
    "CASE": "案例",
    "CASES": "案例",
    "SYSTEM": "系统",
    "KEY": "键",
    "VALUES": "取值",
    "VALUE": "值",
    "LOW": "低",
    "HIGH": "高",
    "ADDRESS": "地址",
    "WIDTH": "宽度",
    "SHARE": "比例",
    "CONDITION": "条件",
    "SIZE": "大小",
    "SECONDS": "秒数",
    "OPTIONS": "选项",
    "COMMAND": "命令",
    "ARGS": "参数",
}
"""The words in capitals that stand in help for what one gives, in Chinese; those that are not here stay (N, CSV)."""

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    # Help
    "help.usage": {"en": "Usage: ", "zh": "用法："},
    "help.heading": {"en": "{heading}:", "zh": "{heading}："},
    "help.version": {"en": "%(prog)s, version %(version)s", "zh": "%(prog)s，版本 %(version)s"},
    "help.xiaoqu": {
        "en": "How do residential compounds (小区) come to govern themselves, and who pays?",
        "zh": "小区怎样走向自治，谁来交费？",
    },
    "help.run": {
        "en": "Run a case and compare it with what was reported.",
        "zh": "运行一个案例，并与报道数字对比。",
    },
    "help.why": {
        "en": "Ask why a household paid, or how a compound came to its mode.",
        "zh": "问一户为何缴费，或一个小区如何走到现在的模式。",
    },
    "help.scenarios": {"en": "List the shipped scenarios.", "zh": "列出内置场景。"},
    "help.levers": {"en": "List the levers that --set can switch.", "zh": "列出可用 --set 开关的手段。"},
    "help.patterns": {
        "en": "Try the model against 26 stylised facts and four controls (P1 … P28, P2-control …), or those named.",
        "zh": "用26条典型事实和四个对照检验模型，可只检验所列编号。",
    },
    "help.check": {
        "en": "Check a scenario or a ledger of compounds (CSV), and sum it up.",
        "zh": "检查场景文件或小区台账（CSV），并给出摘要。",
    },
    "help.new": {"en": "Start a scenario of your own in a new folder.", "zh": "在新文件夹里建立自己的场景。"},
    "option.help": {"en": "Show this help.", "zh": "显示本帮助。"},
    "option.version": {"en": "Show the version.", "zh": "显示版本号。"},
    "option.lang": {
        "en": "Language; by default that of the system.",
        "zh": "语言；默认随系统。",
    },
    "option.seed": {"en": "Seed of the random draws [1].", "zh": "随机种子 [1]。"},
    "option.patterns_seed": {"en": "First of the seeds [1].", "zh": "第一个种子 [1]。"},
    "option.patterns_seeds": {
        "en": "Districts of 80 compounds an experiment has [4].",
        "zh": "每项实验的片区数（各80个小区）[4]。",
    },
    "option.details": {"en": "Figures, criterion and seconds as well.", "zh": "同时显示数值、标准与秒数。"},
    "option.months": {
        "en": "Months of the campaign [the scenario's].",
        "zh": "模拟月数 [随场景]。",
    },
    "option.set": {
        "en": "Another value, such as levers.triage=off. Repeatable.",
        "zh": "改一个值，如 levers.triage=off，可重复。",
    },
    "option.replicates": {
        "en": "Runs with other seeds and ranges drawn, for intervals [20].",
        "zh": "换种子并抽取区间的重复次数，用于给出范围 [20]。",
    },
    "option.out": {
        "en": "Write tables, figures, dictionary, manifest to a folder.",
        "zh": "把数据表、图、字典和清单写入文件夹。",
    },
    "option.force": {
        "en": "Let --out replace a finished result.",
        "zh": "允许 --out 替换已有结果。",
    },
    "option.json": {"en": "Print one JSON object instead.", "zh": "改为输出一个 JSON 对象。"},
    "option.json_list": {"en": "Print a JSON list instead.", "zh": "改为输出 JSON 列表。"},
    "option.ledger": {
        "en": "Your ledger of compounds; without it a template.",
        "zh": "自己的小区台账；不给则用模板。",
    },
    "option.household": {"en": "Number of a household, from 0.", "zh": "住户编号，从 0 起。"},
    "option.compound": {
        "en": "A compound: number from 0, or id or name in the ledger.",
        "zh": "小区：序号（从 0 起），或台账中的编号、名称。",
    },
    "option.month": {
        "en": "Month asked about, from 0 [the last].",
        "zh": "所问的月份，从 0 起 [最后一月]。",
    },
    "stopped": {"en": "Stopped. Nothing was written.", "zh": "已停止，没有写出任何文件。"},
    # Progress
    "progress.base": {"en": "base run", "zh": "基准运行"},
    "progress.first": {
        "en": "getting ready (longer after an install or update)",
        "zh": "正在准备（安装或更新后首次较慢）",
    },
    "progress.replicate": {"en": "replicate {run} of {runs}", "zh": "重复 {run}/{runs}"},
    # What a run prints
    "run.facts": {
        "en": "{compounds:,} compounds, {households:,} households, {months} months, seed {seed}",
        "zh": "{compounds:,} 个小区，{households:,} 户，{months} 个月，种子 {seed}",
    },
    "run.changed": {"en": "Changed for this run: {list}", "zh": "本次改动：{list}"},
    "run.curves": {"en": "Over the months", "zh": "逐月变化"},
    "run.before": {"en": "before", "zh": "行动前"},
    "run.chart": {"en": "months 0–{last}", "zh": "第 0–{last} 月"},
    "run.scale": {"en": "(0–100 %)", "zh": "（0–100%）"},
    "run.after": {"en": "seed {seed},\nend", "zh": "种子 {seed}\n期末"},
    "run.median": {"en": "median", "zh": "中位数"},
    "run.band": {"en": "5–95 %\nof {replicates}", "zh": "5–95%\n（{replicates} 次）"},
    "run.interval": {
        "en": "Charts and their end: one run, seed {seed}. Median and 5–95 %: {replicates} runs with other seeds",
        "zh": "曲线及其期末值为种子 {seed} 的一次运行；中位数和 5–95% 来自另外 {replicates} 次不同种子的运行",
    },
    "run.interval_range": {
        "en": ", which also draw 1 input that is known only as a range.",
        "zh": "，每次还抽取 1 项只知范围的输入。",
    },
    "run.interval_ranges": {
        "en": ", which also draw {ranges} inputs that are known only as ranges.",
        "zh": "，每次还抽取 {ranges} 项只知范围的输入。",
    },
    "run.interval_end": {"en": ".", "zh": "。"},
    "run.unusual": {
        "en": "Seed {seed} is unusual: {list}. Go by the median.",
        "zh": "种子 {seed} 的运行偏离多数：{list}。请以中位数为准。",
    },
    "run.outside": {
        "en": "{curve} ends at {end}, outside {band}",
        "zh": "{curve}期末为 {end}，不在 {band} 之内",
    },
    "run.one_replicate": {
        "en": "Too few replicates for a median and an interval: ask for 2 or more.",
        "zh": "重复次数太少，没有中位数和区间：请至少重复 2 次。",
    },
    "run.no_replicates": {
        "en": "One run with seed {seed}, no replicates: no interval.",
        "zh": "只有种子 {seed} 的一次运行，没有重复，因此没有区间。",
    },
    "run.no_targets": {
        "en": "The scenario names no reported figures to compare with.",
        "zh": "该场景没有可对比的报道数字。",
    },
    "run.too_late": {
        "en": "Never acts, for the run ends with month {last}: {list}.",
        "zh": "运行在第 {last} 月结束，以下不会起作用：{list}。",
    },
    "run.written": {"en": "Written to {folder}: {count} files.", "zh": "已写入 {folder}，共 {count} 个文件。"},
    "targets.title": {"en": "Reported versus simulated", "zh": "报道与模拟对比"},
    "targets.what": {"en": "figure", "zh": "指标"},
    "targets.reported": {"en": "reported", "zh": "报道"},
    "targets.simulated": {"en": "simulated", "zh": "模拟"},
    "targets.median": {"en": "simulated,\nmedian", "zh": "模拟\n中位数"},
    "targets.band": {"en": "5–95 %\nof {replicates}", "zh": "5–95%\n（{replicates} 次）"},
    "targets.verdict": {"en": "verdict", "zh": "结论"},
    "targets.percentile": {
        "en": "{percentile:.0f} % of replicates are at or below the report",
        "zh": "{percentile:.0f}% 的重复不高于报道值",
    },
    "join": {"en": "; ", "zh": "；"},
    "relation.about": {"en": "{value}", "zh": "{value}"},
    "relation.more than": {"en": "> {value}", "zh": "> {value}"},
    "relation.all": {"en": "all: {value}", "zh": "全部：{value}"},
    "relation.rises": {"en": "rises", "zh": "上升"},
    "verdict.inside": {"en": "inside", "zh": "在区间内"},
    "verdict.too_low": {"en": "simulated too low", "zh": "模拟偏低"},
    "verdict.too_high": {"en": "simulated too high", "zh": "模拟偏高"},
    "verdict.met": {"en": "met", "zh": "达到"},
    "verdict.within_reach": {"en": "within reach", "zh": "有可能达到"},
    "verdict.missed": {"en": "missed", "zh": "未达到"},
    "verdict.not_comparable": {"en": "not comparable", "zh": "不可比"},
    "reason.places": {"en": "the places were changed", "zh": "地点规模已改"},
    "reason.window": {"en": "the run ends earlier", "zh": "模拟时间不够长"},
    "reason.runs": {"en": "too few replicates", "zh": "重复次数太少"},
    "reason.nothing": {"en": "nothing to measure", "zh": "没有可测的值"},
    "reason.rarely": {"en": "not measurable in half of the samples or more", "zh": "半数或更多样本中没有可测的值"},
    # Names of what is shown
    "curve.collection_rate_12m": {"en": "collection, 12 months", "zh": "近12个月收缴率"},
    "curve.resolution_rate": {"en": "resolution, 12 months", "zh": "近12个月办结率"},
    "curve.satisfaction": {"en": "satisfaction", "zh": "满意度"},
    "curve.adoption": {"en": "adoption of any mode", "zh": "已有治理模式"},
    "outcome.settled": {"en": "settled: ", "zh": "办结："},
    "mode.unmanaged": {"en": "unmanaged", "zh": "无管理"},
    "mode.property_company": {"en": "property company", "zh": "物业公司"},
    "mode.committee": {"en": "owners' committee", "zh": "业委会自管"},
    "mode.council": {"en": "autonomous council", "zh": "自管会"},
    # Figures
    "figure.month": {"en": "month of the campaign", "zh": "行动月份"},
    "figure.collection": {"en": "Collection of dues", "zh": "物业费收缴率"},
    "figure.issues": {"en": "Settling of reported matters", "zh": "上报事项办结"},
    "figure.satisfaction": {"en": "Satisfaction and trust", "zh": "满意度与信任"},
    "figure.adoption": {"en": "Compounds by governance mode", "zh": "各治理模式的小区占比"},
    "line.collection_rate_12m": {"en": "by yuan", "zh": "按金额"},
    "line.collection_rate_households": {"en": "by household", "zh": "按户"},
    "line.collection_rate_occupied": {"en": "by flat lived in", "zh": "按入住户"},
    "line.collection_rate_trustee": {"en": "held in trust, lived in", "zh": "托管小区（入住户）"},
    "line.collection_rate_covered": {"en": "reached by the campaign", "zh": "行动覆盖小区"},
    "line.resolution_rate": {"en": "settled", "zh": "办结率"},
    "line.trust": {"en": "trust", "zh": "信任"},
    "line.satisfaction": {"en": "satisfaction", "zh": "满意度"},
    "figure.backlog": {"en": "open matters by age", "zh": "未办结事项（按时长）"},
    "figure.under_2": {"en": "under 2 months", "zh": "不足 2 个月"},
    "figure.2_to_5": {"en": "2 to 5", "zh": "2—5 个月"},
    "figure.6_to_11": {"en": "6 to 11", "zh": "6—11 个月"},
    "figure.12_or_more": {"en": "12 or more", "zh": "12 个月以上"},
    "figure.campaign": {"en": "campaign begins", "zh": "行动开始"},
    "figure.reported": {"en": "reported", "zh": "报道"},
    "figure.band": {
        "en": "line: seed {seed}; thin dots: median; band: 5–95 % of {replicates} runs with other seeds",
        "zh": "线：种子 {seed}；细点线：中位数；带：另外 {replicates} 次不同种子运行的 5–95%",
    },
    "figure.line": {"en": "run with seed {seed}", "zh": "种子 {seed} 的运行"},
    # Pattern checks
    "patterns.held": {"en": "held    ", "zh": "成立  "},
    "patterns.not_held": {"en": "not held", "zh": "不成立"},
    "patterns.progress": {"en": "{number} of {all}: {id}", "zh": "{number}/{all}：{id}"},
    "patterns.count": {"en": "{held} of {all} hold.", "zh": "{all} 项中 {held} 项成立。"},
    "patterns.missed": {"en": "Not held: {list}", "zh": "不成立：{list}"},
    "patterns.figures": {"en": "measured:  ", "zh": "测得："},
    "patterns.criterion": {"en": "criterion: ", "zh": "标准："},
    "patterns.seconds": {"en": "seconds:   ", "zh": "秒数："},
    # Other commands
    "scenarios.name": {"en": "name", "zh": "名称"},
    "scenarios.title": {"en": "title", "zh": "标题"},
    "scenarios.compounds": {"en": "compounds", "zh": "小区数"},
    "scenarios.months": {"en": "months", "zh": "月数"},
    "scenarios.targets": {"en": "targets", "zh": "目标"},
    "levers.key": {"en": "lever", "zh": "手段"},
    "levers.ids": {"en": "ids", "zh": "编号"},
    "levers.on": {"en": "on", "zh": "开"},
    "levers.moves": {"en": "moves first", "zh": "首先影响"},
    "levers.what": {"en": "what it is", "zh": "说明"},
    "levers.how": {
        "en": "Switch one with --set levers.<name>=on, off, or a grade; off is {off:g}.",
        "zh": "用 --set levers.<名称>=on、off 或力度来设定；off 即 {off:g}。",
    },
    "check.fine": {"en": "{file} is fine.", "zh": "{file} 没有问题。"},
    "check.mode": {"en": "Mode of your own: {name}, read from {file}", "zh": "自定义模式：{name}，读自 {file}"},
    "check.layers": {"en": "Layers, lowest first: {list}", "zh": "各层（自下而上）：{list}"},
    "check.targets": {"en": "Reported figures to compare with: {count}", "zh": "可对比的报道数字：{count}"},
    "check.differs": {"en": "Where it differs from the baseline", "zh": "与基线的不同之处"},
    "check.key": {"en": "key", "zh": "键"},
    "check.value": {"en": "value", "zh": "值"},
    "check.baseline": {"en": "baseline", "zh": "基线"},
    "check.layer": {"en": "set by", "zh": "来自"},
    "check.range": {"en": "{low} to {high}", "zh": "{low} 至 {high}"},
    "check.ledger": {
        "en": "{compounds:,} compounds, {households:,} households; read as {encoding}.",
        "zh": "{compounds:,} 个小区，{households:,} 户；编码 {encoding}。",
    },
    "check.filled": {"en": "Columns used: {list}", "zh": "使用的列：{list}"},
    "check.ignored": {"en": "Columns left out: {list}", "zh": "未使用的列：{list}"},
    "new.done": {
        "en": "Made {folder} with scenario.toml and compounds.csv.",
        "zh": "已建立 {folder}，内有 scenario.toml 和 compounds.csv。",
    },
    "new.next": {
        "en": "Edit both, then: xiaoqu check {name}; xiaoqu run {name}",
        "zh": "改好两个文件后：xiaoqu check {name}；xiaoqu run {name}",
    },
    "new.file": {
        "en": "What differs from scenarios/baseline.toml; every other value stays as it is there.",
        "zh": "只写与 scenarios/baseline.toml 不同的值，其余照基线。",
    },
    "new.range": {
        "en": 'A value that is not known can be a range: vacancy = {{ low = 0.1, high = 0.2, why = "not counted" }}',
        "zh": '不确定的值可以写成区间：vacancy = {{ low = 0.1, high = 0.2, why = "未统计" }}',
    },
    "new.levers": {
        "en": 'Levers: take away the # to switch one on; a number instead of "on" grades it.',
        "zh": '手段：去掉 # 即打开；也可用数字代替 "on" 表示力度。',
    },
    "new.source": {"en": "own ledger", "zh": "自有台账"},
    "why.also_id": {
        "en": "Compound number {asked}. {asked} is also an id of the ledger: that is --compound {row}.",
        "zh": "第 {asked} 号小区。台账中编号为 {asked} 的小区请用 --compound {row}。",
    },
    "why.beyond": {
        "en": "Month {month} lies beyond the scenario's months (0–{last}): the programmes may have ended by then.",
        "zh": "第 {month} 月超出场景的月份（0–{last}）：届时项目可能已结束。",
    },
    "why.value": {"en": "value", "zh": "值"},
    "why.weight": {"en": "weight", "zh": "权重"},
    "why.adds": {"en": "adds", "zh": "贡献"},
    "why.what": {"en": "what", "zh": "项目"},
    "why.title": {"en": "{title}, seed {seed}", "zh": "{title}，种子 {seed}"},
    **sweeps.TEXTS,
    **report_texts.TEXTS,
    **answers.TEXTS,
    **calibration.TEXTS,
    **shell.TEXTS,
    **view.TEXTS,
    **compound_texts.TEXTS,
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    # Each text is (rule, remedy), as in xiaoqu.catalogue.
    "no_value": {
        "en": ("this option cannot be used so", "see {command} --help"),
        "zh": ("这个选项不能这样用", "见 {command} --help"),
    },
    "extra": {
        "en": ("there is more on the command line than is needed", "take it away, or see {command} --help"),
        "zh": ("命令行上多了内容", "请去掉，或见 {command} --help"),
    },
    "usage": {
        "en": ("the command line cannot be read: {detail}", "see {command} --help"),
        "zh": ("命令行读不懂：{detail}", "见 {command} --help"),
    },
    "no_command": {
        "en": ("there is no such command", "the commands are: {names}"),
        "zh": ("没有这个命令", "可用命令：{names}"),
    },
    "empty": {
        "en": ("an empty text says nothing", "leave it out, or say what is meant"),
        "zh": ("空白文字没有意义", "请去掉，或写明内容"),
    },
    "no_option": {
        "en": ("there is no such option", "the options are: {names}"),
        "zh": ("没有这个选项", "可用选项：{names}"),
    },
    "no_pattern": {
        "en": ("there is no such pattern", "the patterns are: {names}"),
        "zh": ("没有这条事实", "可用编号：{names}"),
    },
    "missing_argument": {
        "en": ("this is missing", "see {command} --help"),
        "zh": ("缺少此项", "见 {command} --help"),
    },
    "bad_choice": {
        "en": ("this is none of the possible values", "choose among: {names}"),
        "zh": ("不是可选的值", "可选：{names}"),
    },
    "not_whole": {
        "en": (
            "a whole number from {low} to {high} is needed",
            "write one in ASCII digits, such as {example}",
        ),
        "zh": ("须为 {low} 到 {high} 的整数", "请用半角数字写在此范围内，如 {example}"),
    },
    "set_form": {
        "en": ("an override is key=value", "write {option} levers.triage=off"),
        "zh": ("覆盖值写作 键=值", "例如 {option} levers.triage=off"),
    },
    "set_twice": {
        "en": ("{option} gives this key several values", "keep one of them"),
        "zh": ("{option} 对这个键给了几个值", "请只留一个"),
    },
    "too_late": {
        "en": (
            "the run ends with month {last}, so this would never act",
            "give a month from 0 to {last}, or a longer run with --months",
        ),
        "zh": ("运行在第 {last} 月结束，此项不会起作用", "请写 0 到 {last} 的月份，或用 --months 延长运行"),
    },
    "no_scenario_file": {
        "en": ("the folder has no scenario.toml", "give the folder of a scenario, or a .toml or .csv file"),
        "zh": ("文件夹里没有 scenario.toml", "请给出场景所在的文件夹，或 .toml、.csv 文件"),
    },
    "out_exists": {
        "en": ("the folder holds a finished result", "give another folder, or add --force to replace it"),
        "zh": ("文件夹里已有完成的结果", "请换一个文件夹，或加 --force 替换"),
    },
    "out_foreign": {
        "en": (
            "the folder holds files that no run wrote: {names}",
            "give another folder, or move these files away",
        ),
        "zh": ("文件夹里有不属于运行结果的文件：{names}", "请换一个文件夹，或先移走这些文件"),
    },
    "out_file": {
        "en": ("this is a file, not a folder", "give the name of a folder"),
        "zh": ("这是文件，不是文件夹", "请给出文件夹名"),
    },
    "not_writable": {
        "en": ("cannot write here: {detail}", "check the path, your permission and the space left"),
        "zh": ("此处无法写入：{detail}", "请检查路径、权限和剩余空间"),
    },
    "folder_exists": {
        "en": ("there is something of that name already", "choose another name; nothing was changed"),
        "zh": ("同名的文件或文件夹已存在", "请换一个名字；没有改动任何文件"),
    },
    "unsafe_name": {
        "en": (
            "the name becomes a folder's name on every system",
            "use up to 64 ASCII letters, digits, _ and -, not first _ or -; not con, aux, nul, com1",
        ),
        "zh": (
            "名字会用作各种系统上的文件夹名",
            "请用不超过 64 个英文字母、数字、_ 和 -，以字母或数字开头；不能用 con、prn、aux、nul、com1",
        ),
    },
    "shipped_name": {
        "en": ("a shipped scenario has that name", "choose another name"),
        "zh": ("内置场景已用此名", "请换一个名字"),
    },
    "household_or_compound": {
        "en": ("ask about one household or one compound", "give --household N or --compound N, not both"),
        "zh": ("一次问一户或一个小区", "请给出 --household N 或 --compound N，二者选一"),
    },
    "no_compound": {
        "en": ("no compound has this number, id or name", "give a number from 0 to {most}, or an id or name"),
        "zh": ("没有这个序号、编号或名称的小区", "请给出 0 到 {most} 的序号，或台账中的编号、名称"),
    },
    "no_compound_guess": {
        "en": ("no compound has this number, id or name", "did you mean {guess}? Numbers run from 0 to {most}"),
        "zh": ("没有这个序号、编号或名称的小区", "是不是 {guess}？序号为 0 到 {most}"),
    },
    "same_name": {
        "en": ("several compounds have this name", "give one of their numbers: {rows}"),
        "zh": ("有几个小区同名", "请给出其中一个序号：{rows}"),
    },
    "unknown_outcome": {
        "en": ("no outcome is called {name}", "the outcomes are: {names}"),
        "zh": ("没有名为 {name} 的结果", "可用的结果：{names}"),
    },
    "unknown_outcome_guess": {
        "en": ("no outcome is called {name}", "did you mean {guess}?"),
        "zh": ("没有名为 {name} 的结果", "是不是 {guess}？"),
    },
    **sweeps.COMPLAINTS,
    **report_texts.COMPLAINTS,
    **answers.COMPLAINTS,
    **calibration.COMPLAINTS,
    **shell.COMPLAINTS,
    **view.COMPLAINTS,
    **compound_texts.COMPLAINTS,
}


def text(key: str, lang: Lang, **facts: object) -> str:
    """A text of the catalogue in a language."""
    return TEXTS[key][lang].format(**facts)


def placeholder(words: str, lang: Lang) -> str:
    """What stands in help for what one gives, such as KEY=VALUE, in a language."""
    return words if lang == "en" else re.sub("[A-Z]+", lambda word: PLACEHOLDERS.get(word[0], word[0]), words)


def mode_name(mode: str, lang: Lang, own: Mapping[str, tuple[str, str]] | None = None) -> str:
    """What a governance mode is called; a user's own by its titles (English, Chinese) in `own`, else by its name."""
    names = TEXTS.get(f"mode.{mode}")
    if names:
        return names[lang]
    titles = (own or {}).get(mode)
    return titles[lang == "zh"] if titles else mode.replace("_", " ")
