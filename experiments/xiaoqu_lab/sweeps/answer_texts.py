"""What sensitivity and scenario discovery say, in English and Chinese; part of the one catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "help.sensitivity": {
        "en": "Find out which factors move an outcome, and what of it is noise.",
        "zh": "找出哪些因素影响某项结果，其中多少只是噪声。",
    },
    "help.discover": {
        "en": "Find the conditions under which something happens in a sweep's runs (PRIM).",
        "zh": "在扫描结果中找出某种情形出现的条件（PRIM）。",
    },
    "option.method": {
        "en": "morris screens many factors cheaply; sobol shares out the variance [morris].",
        "zh": "morris 快速筛选因素；sobol 分解方差 [morris]。",
    },
    "option.sensitivity_vary": {
        "en": "A factor, as in sweep, such as places.vacancy=0.1:0.3 [the scenario's ranges and levers].",
        "zh": "如 places.vacancy=0.1:0.3 [场景的区间和手段]。",
    },
    "option.sensitivity_samples": {
        "en": "Trajectories of Morris [10], base samples of Sobol', a power of two [64].",
        "zh": "Morris 轨迹 [10]；Sobol' 基础样本，2 的幂 [64]。",
    },
    "option.sensitivity_replicates": {"en": "Runs at each point [10].", "zh": "每点重复次数 [10]。"},
    "option.sensitivity_out": {
        "en": "Folder to keep the runs in [they are thrown away].",
        "zh": "保存运行结果的文件夹 [默认不保存]。",
    },
    "option.condition": {
        "en": 'What happens, such as "collection_rate_12m < 0.6"; NAME:mean and so on as in sweep.',
        "zh": '所问的情形，如 "collection_rate_12m < 0.6"。',
    },
    # Sensitivity
    "sensitivity.title": {
        "en": "{scenario}: what moves {measure}; {method}",
        "zh": "{scenario}：什么影响 {measure}；{method}",
    },
    "sensitivity.morris": {"en": "Morris' screening", "zh": "Morris 筛选"},
    "sensitivity.sobol": {"en": "Sobol' indices", "zh": "Sobol' 指数"},
    "sensitivity.facts": {
        "en": "{rows:,} rows, {points:,} points × {replicates:,} replicates = {runs:,} runs{failed}; "
        "mean {mean}, standard deviation from point to point {spread}.",
        "zh": "{rows:,} 行，{points:,} 个点 × {replicates:,} 次重复 = {runs:,} 次运行{failed}；"
        "均值 {mean}，各点之间标准差 {spread}。",
    },
    "sensitivity.factor": {"en": "factor", "zh": "因素"},
    "sensitivity.mu_star": {"en": "μ*", "zh": "μ*"},
    "sensitivity.mu": {"en": "μ", "zh": "μ"},
    "sensitivity.sigma": {"en": "σ", "zh": "σ"},
    "sensitivity.S1": {"en": "S1", "zh": "S1"},
    "sensitivity.ST": {"en": "ST", "zh": "ST"},
    "sensitivity.floor": {"en": "noise", "zh": "噪声"},
    "sensitivity.about.mu_star": {
        "en": "μ*: how far the outcome moves, either way, when the factor goes through its whole span; mean over "
        "trajectories, 95 % interval.",
        "zh": "μ*：因素走完整个区间时结果平均变动多少（不计方向），附 95% 区间。",
    },
    "sensitivity.about.mu": {
        "en": "μ: the same with its sign; far smaller than μ* where the factor works both ways.",
        "zh": "μ：同上但计方向；若因素时升时降，则远小于 μ*。",
    },
    "sensitivity.about.sigma": {
        "en": "σ: how much that differs from place to place: interactions, curvature, and noise.",
        "zh": "σ：变动在不同位置上的差异：交互、非线性以及噪声。",
    },
    "sensitivity.about.S1": {
        "en": "S1: the share of the variance that the factor explains by itself, 95 % interval.",
        "zh": "S1：该因素单独解释的方差份额，附 95% 区间。",
    },
    "sensitivity.about.ST": {
        "en": "ST: the share in which it has a part, alone or together with others.",
        "zh": "ST：该因素参与（单独或与其他因素共同）的方差份额。",
    },
    "sensitivity.about.floor": {
        "en": "noise: what {index} would be if the factor did nothing; * marks those whose interval lies above it.",
        "zh": "噪声：因素毫无作用时 {index} 的大小；* 表示区间高于噪声。",
    },
    "sensitivity.noise": {
        "en": "{share} of the variance from point to point is noise of the means of {replicates} runs: read no factor "
        "without * as an effect; more replicates lower it.",
        "zh": "各点之间的方差有 {share} 只是 {replicates} 次运行均值的噪声：没有 * 的因素"
        "不可视为有作用；增加重复可降低噪声。",
    },
    "sensitivity.noise_unknown": {
        "en": "One run at each point: noise cannot be told from effects. Use --replicates.",
        "zh": "每点只有一次运行：无法区分噪声与作用。请用 --replicates 增加重复。",
    },
    "sensitivity.constant": {
        "en": "The outcome is the same at every point: none of these factors moves it.",
        "zh": "各点结果完全相同：这些因素都不影响它。",
    },
    # Scenario discovery
    "discover.title": {
        "en": "{scenario}: when {outcome}",
        "zh": "{scenario}：何时 {outcome}",
    },
    "discover.share": {
        "en": "It holds in {cases:,} of {runs:,} runs ({share}), at {points:,} points.",
        "zh": "{runs:,} 次运行（{points:,} 个点）中有 {cases:,} 次成立（{share}）。",
    },
    "discover.unmeasured": {
        "en": "{count:,} runs in which there was nothing to measure are left out.",
        "zh": "{count:,} 次运行没有可测的数值，已略去。",
    },
    "discover.words": {"en": "It holds above all where {conditions}.", "zh": "主要出现在：{conditions}。"},
    "discover.box": {
        "en": "In {runs:,} runs with these conditions it holds in {cases:,}: density {density}, against {share} "
        "overall ({lift:.1f} times as often). They cover {coverage} of all the runs in which it holds.",
        "zh": "满足这些条件的 {runs:,} 次运行中有 {cases:,} 次成立：密度 {density}，总体为 {share}（{lift:.1f} 倍）。"
        "它们覆盖了全部成立运行的 {coverage}。",
    },
    "discover.rule": {
        "en": "Chosen among {boxes} boxes: the largest coverage × density, of those in which each condition has a "
        "quasi-p below 0.05. The figures are from the same runs that chose the box: expect less from new ones.",
        "zh": "从 {boxes} 个区域中选出：各条件的拟 p 值均低于 0.05 者中，覆盖率 × 密度最大的一个。"
        "数字来自选出该区域的同一批运行，新的运行会略差。",
    },
    "discover.condition": {"en": "condition", "zh": "条件"},
    "discover.key": {"en": "parameter", "zh": "参数"},
    "discover.quasi_p": {"en": "quasi-p", "zh": "拟 p 值"},
    "discover.and": {"en": " and ", "zh": "，且"},
    "discover.or": {"en": " or ", "zh": "或"},
    "discover.at_least": {"en": "{name} at least {low}", "zh": "{name}不低于 {low}"},
    "discover.at_most": {"en": "{name} at most {high}", "zh": "{name}不高于 {high}"},
    "discover.between": {"en": "{name} from {low} to {high}", "zh": "{name}在 {low} 至 {high} 之间"},
    "discover.is": {"en": "{name} {values}", "zh": "{name}为 {values}"},
    "discover.off": {"en": "{name} off", "zh": "{name}关闭"},
    "discover.on": {"en": "{name} on", "zh": "{name}打开"},
    "discover.yes": {"en": "{name} true", "zh": "{name}为是"},
    "discover.no": {"en": "{name} false", "zh": "{name}为否"},
    "discover.caution.never": {
        "en": "It never holds in these runs: there is no condition to find. Check the number, or vary more.",
        "zh": "在这些运行中从不成立，无条件可寻。请检查数值，或扩大变动范围。",
    },
    "discover.caution.always": {
        "en": "It always holds in these runs: there is no condition to find. Check the number, or vary more.",
        "zh": "在这些运行中总是成立，无条件可寻。请检查数值，或扩大变动范围。",
    },
    "discover.caution.nothing_varies": {
        "en": "Nothing differs from run to run but luck: vary a factor.",
        "zh": "各次运行除随机外没有差异：请变动某个因素。",
    },
    "discover.caution.no_box": {
        "en": "No conditions were found under which it is clearly more common.",
        "zh": "没有找到使其明显更常成立的条件。",
    },
    "discover.caution.few_runs": {
        "en": "Caution: few runs, or few in which it holds or does not; the limits may be chance. Aim for 200 runs and "
        "20 of each.",
        "zh": "注意：运行太少，或成立、不成立的一方太少，界限可能出于偶然。至少要 200 次运行、双方各 20 次。",
    },
    "discover.caution.few_values": {
        "en": "Caution: a factor in a condition has under 30 different values; runs that share one are not "
        "independent, and quasi-p makes the condition look surer than it is.",
        "zh": "注意：某条件的因素不足 30 个不同取值；取值相同的运行并不独立，拟 p 值会使条件显得过于可靠。",
    },
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "not_sampled": {
        "en": (
            "sensitivity needs the rows of the sampler morris or sobol; this has {sampler}",
            "name the scenario instead, or sweep it with --sampler morris",
        ),
        "zh": ("敏感性分析需要 morris 或 sobol 取样；这里是 {sampler}", "请改给场景名，或以 --sampler morris 扫描"),
    },
    "nothing_uncertain": {
        "en": ("the scenario has no ranges and no levers on", "name factors, such as --vary places.vacancy=0.1:0.3"),
        "zh": ("场景没有区间，也没有打开的手段", "请给出因素，如 --vary places.vacancy=0.1:0.3"),
    },
    "points_unmeasured": {
        "en": (
            "{count:,} of {points:,} points have no value; {missing:,} runs are missing, {failed:,} failed{first}",
            "give the same sweep command again; or choose an outcome that can always be measured",
        ),
        "zh": (
            "{points:,} 个点中有 {count:,} 个没有数值；缺 {missing:,} 次运行，失败 {failed:,} 次{first}",
            "请重复同一扫描命令，或改选总能测得的结果",
        ),
    },
    "drawn_otherwise": {
        "en": (
            "the sampler gives other rows today than it gave this sweep: another version of SALib drew them",
            "install the SALib of uv.lock, or sweep again",
        ),
        "zh": ("取样器现在给出的行与此扫描不同：当时用的是另一版本的 SALib", "请安装 uv.lock 中的 SALib，或重新扫描"),
    },
    "nothing_measured": {
        "en": ("no run has a value of this outcome", "choose another outcome, or see what failed with xiaoqu export"),
        "zh": ("没有任何运行有此结果的数值", "请改选结果，或用 xiaoqu export 查看失败的运行"),
    },
    "vary_of_sweep": {
        "en": ("a finished sweep is analysed as it stands", "leave out {option}, or name a scenario instead"),
        "zh": ("已完成的扫描只能按原样分析", "请去掉 {option}，或改给场景名"),
    },
}
