"""What calibration says, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "help.calibrate": {
        "en": "Find the values of shared parameters that agree with what cases report: an ensemble, never one point.",
        "zh": "寻找与各案例报道相符的共用参数：给出一个集合，而非单点。",
    },
    "option.calibrate_vary": {
        "en": "A parameter and its range, such as payment.base=-1:1. Repeatable.",
        "zh": "参数及其范围，如 payment.base=-1:1，可重复。",
    },
    "option.calibrate_samples": {
        "en": "Vectors of values to try [256]; more leave the first ones where they are.",
        "zh": "尝试的参数组数 [256]；增加时已有的不变。",
    },
    "option.calibrate_replicates": {
        "en": "Runs of each case at each sample [8].",
        "zh": "每个案例在每个样本上的重复次数 [8]。",
    },
    "option.calibrate_out": {
        "en": "Folder of the calibration; the same one goes on.",
        "zh": "校准的文件夹；同一文件夹即续跑。",
    },
    "option.keep": {
        "en": "Share of the samples to keep [0.1]; more are kept where more agree with every report.",
        "zh": "保留样本的比例 [0.1]；与全部报道相符的样本都保留。",
    },
    "calibrate.plan": {
        "en": "{samples:,} samples × {replicates:,} replicates × {cases} cases = {runs:,} runs, {done:,} of them done.",
        "zh": "{samples:,} 个样本 × {replicates:,} 次重复 × {cases} 个案例 = {runs:,} 次运行，已完成 {done:,} 次。",
    },
    "calibrate.title": {
        "en": "Calibration on {cases}: an ensemble of {kept:,} of {samples:,} samples",
        "zh": "以 {cases} 校准：{samples:,} 个样本中 {kept:,} 个进入集合",
    },
    "calibrate.facts": {
        "en": "Means of {replicates:,} replicates, {runs:,} runs{failed}. Kept: the nearest {keep:g} % and all that "
        "contradict no report ({agreeing:,} samples); distance at most {threshold:.2f}.",
        "zh": "每个样本取 {replicates:,} 次重复的均值，共 {runs:,} 次运行{failed}。保留最近的 {keep:g}% 以及不与任何"
        "报道矛盾的样本（{agreeing:,} 个）；距离不超过 {threshold:.2f}。",
    },
    "calibrate.parameter": {"en": "parameter", "zh": "参数"},
    "calibrate.prior": {"en": "range", "zh": "先验范围"},
    "calibrate.median": {"en": "median", "zh": "中位数"},
    "calibrate.interval": {"en": "5–95 %", "zh": "5–95%"},
    "calibrate.narrower": {"en": "narrower", "zh": "收窄"},
    "calibrate.pinned": {"en": "pinned", "zh": "已确定"},
    "calibrate.narrowed": {"en": "narrowed", "zh": "有所收窄"},
    "calibrate.not_identified": {"en": "not identified", "zh": "无法识别"},
    "calibrate.about": {
        "en": "narrower: 5–95 % of the ensemble against 5–95 % of the range. Not identified: 1 in 100 random ensembles "
        "of this size are as narrow, or more are. Pinned: at most half as wide as the range.",
        "zh": "收窄：集合的 5–95% 与范围的 5–95% 相比。无法识别：同样大小的随机集合有百分之一以上同样窄。"
        "已确定：宽度不超过范围的一半。",
    },
    "calibrate.targets": {"en": "Reported versus simulated", "zh": "报道与模拟对比"},
    "calibrate.target": {"en": "target", "zh": "目标"},
    "calibrate.reported": {"en": "reported", "zh": "报道"},
    "calibrate.all": {"en": "all samples\n5–95 %", "zh": "全部样本\n5–95%"},
    "calibrate.ensemble": {"en": "ensemble\n5–95 %", "zh": "集合\n5–95%"},
    "calibrate.out_of_reach": {"en": "out of reach of every sample", "zh": "所有样本都达不到"},
    "calibrate.correlations": {"en": "Known only together", "zh": "只能一起确定的参数"},
    "calibrate.correlation": {
        "en": "{one} and {other}: rank correlation {value:+.2f} in the ensemble",
        "zh": "{one} 与 {other}：集合内秩相关 {value:+.2f}",
    },
    "calibrate.conflicts": {"en": "Reports that pull apart", "zh": "相互拉扯的报道"},
    "calibrate.conflict": {
        "en": "{one} and {other}: either can be reached, both cannot (at least {apart:.1f} standard deviations off).",
        "zh": "{one} 与 {other}：各自可以达到，不能兼得（至少相差 {apart:.1f} 个标准差）。",
    },
    "calibrate.wants": {
        "en": "The first wants {parameter} about {for_one:.3g}, the second about {for_other:.3g}.",
        "zh": "前者要求 {parameter} 约 {for_one:.3g}，后者约 {for_other:.3g}。",
    },
    "calibrate.more_conflicts": {
        "en": "… and {count} more pairs, in {file}",
        "zh": "……另有 {count} 对，见 {file}",
    },
    "calibrate.no_conflict": {"en": "No two reports pull apart.", "zh": "没有相互拉扯的报道。"},
    "calibrate.caution.few_kept": {
        "en": "Few samples were kept: the intervals are rough. Use more --samples; those done are not done again.",
        "zh": "保留的样本太少，区间粗略。请增加 --samples；已完成的不会重做。",
    },
    "calibrate.caution.failed": {
        "en": "Some runs failed; means are over the others. See xiaoqu export.",
        "zh": "部分运行失败，均值只取其余运行。见 xiaoqu export。",
    },
    "calibrate.caution.all_kept": {
        "en": "Every sample is kept: this is the range itself, not a calibration.",
        "zh": "保留了所有样本：这就是先验范围，不是校准。",
    },
    "calibrate.caution.none_agrees": {
        "en": "No sample agrees with every report: the ensemble is what comes nearest; its width depends on --keep.",
        "zh": "没有样本与全部报道相符：集合只是最接近的样本，其宽度取决于 --keep。",
    },
    "calibrate.written": {
        "en": "Written to {folder}: samples.csv, accepted.csv, ensemble.json. No scenario was changed.",
        "zh": "已写入 {folder}：samples.csv、accepted.csv、ensemble.json。没有改动任何场景。",
    },
    "calibrate.next": {
        "en": "Sweep the ensemble: xiaoqu sweep {file} --out DIR\nLook at one of it: xiaoqu run {case} {settings}",
        "zh": "扫描整个集合：xiaoqu sweep {file} --out 文件夹\n看其中一个：xiaoqu run {case} {settings}",
    },
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "keep_share": {
        "en": ("the share to keep is above 0 and at most 1", "write for example 0.1"),
        "zh": ("保留比例须大于 0 且不超过 1", "例如 0.1"),
    },
    "calibrate_span": {
        "en": ("a parameter to calibrate has a range of numbers", "write it as low:high, such as payment.base=-1:1"),
        "zh": ("要校准的参数须给出数值范围", "写作 低:高，如 payment.base=-1:1"),
    },
    "same_case": {
        "en": ("two cases have this name", "name each case once; give your own another name"),
        "zh": ("有两个案例同名", "每个案例只写一次；自己的案例请另起名"),
    },
    "case_without_targets": {
        "en": (
            "the case has no reported figure to compare with ({reasons})",
            "choose a case with [[targets]]; leave its places as they are",
        ),
        "zh": ("该案例没有可对比的报道数字（{reasons}）", "请选有 [[targets]] 的案例，并保持其地点规模不变"),
    },
    "no_figures": {
        "en": ("too few samples have a figure to compare ({failed:,} runs failed)", "see xiaoqu export for errors"),
        "zh": ("得到可对比数字的样本太少（{failed:,} 次运行失败）", "错误见 xiaoqu export"),
    },
    "other_cases": {
        "en": (
            "the folder holds a calibration on cases that are not named now: {names}",
            "name them too, or give another folder",
        ),
        "zh": ("文件夹里的校准还包含未列出的案例：{names}", "请一并列出，或换一个文件夹"),
    },
    "other_calibration": {
        "en": (
            "{place} holds another calibration: {there}",
            "give another folder; only samples, replicates, cases and the share kept may change in the same one",
        ),
        "zh": ("{place} 里是另一个校准：{there}", "请换一个文件夹；同一文件夹只能改样本数、重复数、保留比例或增加案例"),
    },
}
