"""What the report of a sweep says, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "help.report": {
        "en": "Write a sweep up as one HTML file that opens offline: effects, intervals, costs, limits.",
        "zh": "把扫描结果写成一个可离线打开的 HTML 报告。",
    },
    "option.report_outcome": {
        "en": "Outcome in question, such as satisfaction:mean [the design's first].",
        "zh": "所问的结果，如 satisfaction:mean [设计中的第一个]。",
    },
    "option.cost": {
        "en": "What effects are set against [public_money:sum].",
        "zh": "与效应相比的费用 [public_money:sum]。",
    },
    "option.report_out": {
        "en": "File to write [DIR/report.html, in Chinese DIR/report.zh.html].",
        "zh": "写出的文件 [文件夹/report.zh.html；英文 report.html]。",
    },
    "option.report_force": {"en": "Replace a report that is there.", "zh": "替换已有的报告。"},
    "report.done": {
        "en": "The report is in {file} ({size}). It opens in any browser, offline.",
        "zh": "报告已写入 {file}（{size}），任何浏览器均可离线打开。",
    },
    # Head
    "report.kind": {"en": "Sweep report", "zh": "扫描报告"},
    "report.question": {"en": "Question", "zh": "问题"},
    "report.question_none": {
        "en": "What do the factors of this design change in “{outcome}”, starting from the scenario “{scenario}”?",
        "zh": "以场景“{scenario}”为起点，本设计的各因素使“{outcome}”改变多少？",
    },
    "report.contents": {"en": "Contents", "zh": "目录"},
    "report.incomplete": {
        "en": "This sweep is not complete: {missing:,} of {runs:,} runs have not been done. What follows rests on the "
        "others. The same sweep command goes on where it stopped.",
        "zh": "扫描尚未完成：{runs:,} 次运行中还有 {missing:,} 次未做，以下只依据其余运行。重复同一扫描命令即可续跑。",
    },
    "report.unasked": {
        "en": "The folder holds {count:,} further runs that this design does not ask for; they are left aside here.",
        "zh": "文件夹中另有 {count:,} 次运行不属于本设计，此处未计入。",
    },
    "report.some_failed": {
        "en": "{failed:,} of {runs:,} runs failed and are left out of every figure; see “{section}”.",
        "zh": "{runs:,} 次运行中有 {failed:,} 次失败，所有数字均不含这些运行；见“{section}”。",
    },
    # Answer
    "report.answer": {"en": "Answer", "zh": "答案"},
    "report.answer.nothing": {
        "en": "No run of this sweep measured “{outcome}”: there is nothing to answer with.",
        "zh": "本次扫描没有任何运行测得“{outcome}”，无从作答。",
    },
    "report.answer.level": {
        "en": "At the reference point ({point}), “{outcome}” ({how}) is {value} on average{interval}.",
        "zh": "在参照点（{point}），“{outcome}”（{how}）平均为 {value}{interval}。",
    },
    "report.answer.interval": {
        "en": " (95 % interval of the mean {low} to {high}, {replicates} replicates)",
        "zh": "（均值的 95% 区间为 {low} 至 {high}，{replicates} 次重复）",
    },
    "report.answer.one": {
        "en": " (one replicate: no interval)",
        "zh": "（只有一次重复，没有区间）",
    },
    "report.answer.largest": {
        "en": "Of {count} effects looked at, {clear} can be told from nil at 95 % (if nothing had any effect, about "
        "{chance} would be by chance). The largest of these: {list}.",
        "zh": "在考察的 {count} 个效应中，有 {clear} 个在 95% 水平上与零有别（即使全无作用，也约有 {chance} "
        "个会因偶然而如此）。其中最大的是：{list}。",
    },
    "report.answer.item": {
        "en": "“{name}” ({step}) {mean} (95 % interval {low} to {high})",
        "zh": "“{name}”（{step}）{mean}（95% 区间 {low} 至 {high}）",
    },
    "report.answer.item_join": {"en": "; ", "zh": "；"},
    "report.answer.none_clear": {
        "en": "Of {count} effects looked at, none can be told from nil at 95 %.",
        "zh": "考察的 {count} 个效应在 95% 水平上都不能与零区别。",
    },
    "report.answer.yuan": {
        "en": "Per 10,000 public yuan, most comes from these of the {count} levers whose cost can be told from nil: "
        "{list}; where intervals overlap their order is open. {free} cost none that can be told from nil.",
        "zh": "按每万元公共资金计，在费用与零有别的 {count} 项手段中最多的是：{list}；区间重叠的，先后未定。另有 "
        "{free} 项手段的公共支出与零无法区分。",
    },
    "report.answer.free": {
        "en": "Of those that cost none, these raise it most: {list}.",
        "zh": "公共支出与零无法区分的手段中，提升最多的是：{list}。",
    },
    "report.answer.yuan_item": {
        "en": "“{name}” {ratio} (95 % interval {low} to {high})",
        "zh": "“{name}”{ratio}（95% 区间 {low} 至 {high}）",
    },
    "report.answer.unclear": {
        "en": "For {count} the interval includes nil: these runs do not tell whether they raise or lower it.",
        "zh": "另有 {count} 个的区间包含零：这些运行不能说明它使结果上升还是下降。",
    },
    "report.answer.same": {
        "en": "For {count} of these, no run differed at all.",
        "zh": "其中 {count} 个在所有运行中毫无差别。",
    },
    "report.answer.no_interval": {
        "en": "There are {count} effects, but with one replicate none has an interval: more replicates are needed "
        "before any of them can be told from chance.",
        "zh": "共有 {count} 个效应，但只有一次重复，都没有区间；须增加重复，才能与偶然区别。",
    },
    "report.answer.no_effects": {
        "en": "There is nothing to compare: the design has one point.",
        "zh": "设计只有一个点，没有可比较的对象。",
    },
    "report.answer.cross": {
        "en": "Of {count} interactions looked at, {clear} can be told from nil.",
        "zh": "考察的 {count} 个交互作用中，有 {clear} 个与零有别。",
    },
    "report.answer.model": {
        "en": "All of this is simulated and holds under the assumptions stated below; it is no forecast and no "
        "verdict on a programme.",
        "zh": "以上均为模拟结果，只在下述假设下成立；既不是预测，也不是对任何做法的评判。",
    },
    # How months become one number
    "report.how.last": {"en": "at the end of the run", "zh": "期末值"},
    "report.how.sum": {"en": "summed over the months", "zh": "各月合计"},
    "report.how.mean": {"en": "mean over the months", "zh": "各月平均"},
    "report.how.min": {"en": "lowest month", "zh": "最低月份"},
    "report.how.max": {"en": "highest month", "zh": "最高月份"},
    "report.how.month": {"en": "in month {month}", "zh": "第 {month} 月"},
    # Units
    "report.unit.points": {"en": "percentage points", "zh": "百分点"},
    "report.unit.share": {"en": "per cent", "zh": "%"},
    "report.unit.yuan": {"en": "yuan", "zh": "元"},
    "report.unit.yuan/month": {"en": "yuan a month", "zh": "元/月"},
    "report.unit.count": {"en": "number", "zh": "数量"},
    "report.unit.count/month": {"en": "number a month", "zh": "每月数量"},
    "report.unit.yuan/m²/month": {"en": "yuan/m²/month", "zh": "元/㎡·月"},
    "report.unit.yuan/household/month": {"en": "yuan/household/month", "zh": "元/户·月"},
    "report.unit.months": {"en": "months", "zh": "个月"},
    "report.points": {"en": "{value} percentage points", "zh": "{value} 个百分点"},
    "report.to": {"en": "{low} to {high}", "zh": "{low} 至 {high}"},
    "report.step": {"en": "{start}\u00a0→\u00a0{end}", "zh": "{start}\u00a0→\u00a0{end}"},
    "report.off": {"en": "off", "zh": "关"},
    "report.on": {"en": "on", "zh": "开"},
    "report.yes": {"en": "yes", "zh": "是"},
    "report.no": {"en": "no", "zh": "否"},
    "report.no_interval": {"en": "no interval", "zh": "无区间"},
    "report.as_stated": {"en": "the scenario as stated", "zh": "场景原设定"},
    "report.and_more": {"en": "and {count} more", "zh": "另有 {count} 项"},
    "report.value_of": {"en": "{name}: {value}", "zh": "{name}：{value}"},
    # Effects
    "report.effects": {"en": "Main effects", "zh": "主效应"},
    "report.effects.pairs": {
        "en": "The mean difference between runs that differ in one factor alone, replicate by replicate, averaged "
        "over every combination of the other factors. The interval is over replicates.",
        "zh": "只在一个因素上不同的运行逐次重复配对求差，并对其他因素的全部组合取平均。区间来自各次重复。",
    },
    "report.effects.alone": {
        "en": "The mean difference between the scenario as stated and the same with one value changed, replicate by "
        "replicate. The interval is over replicates.",
        "zh": "场景原设定与只改一个值的同一场景逐次重复配对求差。区间来自各次重复。",
    },
    "report.effects.packages": {
        "en": "The mean difference of each point from the reference point ({base}), replicate by replicate. A point "
        "may change several values at once; then it is their joint effect.",
        "zh": "各点与参照点（{base}）逐次重复配对求差。一个点可同时改变多个值，此时为其合并效应。",
    },
    "report.effects.plane": {
        "en": "The points were drawn, so no two differ in one factor alone: a plane is fitted to all of them, and an "
        "effect is its slope over the factor's whole span. The interval adds up how replicates and how points "
        "scatter; bends and interactions are in that scatter.",
        "zh": "各点为抽取所得，没有两点只差一个因素：对全部点拟合一个平面，效应即该因素全程的斜率。"
        "区间合计了重复之间与各点之间的离散；弯曲和交互作用都计入离散。",
    },
    "report.effects.sign": {
        "en": "Every effect is told from the lower to the higher value; for a lever it is the effect of having it, "
        "whether or not the scenario has it on.",
        "zh": "效应一律按由低到高计；对手段而言即“有”的效应，不论场景中是否已开。",
    },
    "report.effects.sign_alone": {
        "en": "Every effect is told from the lower to the higher value. For a lever it is the effect of having it: "
        "where the scenario has it on, that is the scenario as stated minus the same without it; where it is off, the "
        "same with it minus the scenario as stated.",
        "zh": "效应一律按由低到高计。对手段而言即“有”的效应：场景中已开的，为原设定减去关掉后的结果；场景中未开的，"
        "为打开后的结果减去原设定。",
    },
    "report.effects.shown": {
        "en": "Sorted by size; the {shown} largest of {count:,} are shown. All are in xiaoqu_lab.sweeps.effects.",
        "zh": "按大小排列；共 {count:,} 个，只列最大的 {shown} 个。全部见 xiaoqu_lab.sweeps.effects。",
    },
    "report.effects.sorted": {"en": "Sorted by size.", "zh": "按大小排列。"},
    "report.effects.head": {"en": " ({how}), in {unit}. ", "zh": "（{how}），单位：{unit}。"},
    "report.with_unit": {"en": "{words} ({unit})", "zh": "{words}（{unit}）"},
    "report.no_difference": {"en": "no run differs", "zh": "各次均无差别"},
    "report.yuan.step": {"en": "{step} (scenario:\u00a0{base})", "zh": "{step}（场景：{base}）"},
    "report.design.outcome": {"en": "outcome in question", "zh": "所问的结果"},
    "report.effects.none": {
        "en": "This design has nothing to compare: no two points differ in a factor.",
        "zh": "本设计没有可比较的点。",
    },
    "report.effects.thin": {
        "en": "Some pairs lack a run (missing, failed, or with nothing to measure); their effects rest on the others, "
        "and the column “replicates” says on how many.",
        "zh": "有些配对缺少运行（未做、失败或无可测之值），其效应只依据其余运行，“重复”一列给出次数。",
    },
    "report.key": {
        "en": "● The 95 % interval (bar) leaves out nil; ○ it includes nil.",
        "zh": "● 95% 区间（横线）不含零；○ 含零。",
    },
    "report.col.factor": {"en": "factor", "zh": "因素"},
    "report.col.package": {"en": "point", "zh": "点"},
    "report.col.step": {"en": "from → to", "zh": "由 → 至"},
    "report.col.base": {"en": "in the scenario", "zh": "场景中"},
    "report.col.effect": {"en": "effect", "zh": "效应"},
    "report.col.interval": {"en": "95 % interval", "zh": "95% 区间"},
    "report.col.replicates": {"en": "replicates", "zh": "重复"},
    "report.col.mean": {"en": "mean", "zh": "均值"},
    "report.col.difference": {"en": "difference", "zh": "差异"},
    "report.col.cost": {"en": "public yuan", "zh": "公共财政（元）"},
    "report.col.cost_other": {"en": "cost", "zh": "费用"},
    "report.col.ratio": {"en": "per 10,000 public yuan", "zh": "每万元公共财政"},
    "report.col.ratio_other": {"en": "per unit of cost", "zh": "每单位费用"},
    "report.col.first": {"en": "one factor", "zh": "因素甲"},
    "report.col.second": {"en": "other factor", "zh": "因素乙"},
    "report.col.values": {"en": "values tried", "zh": "所试取值"},
    "report.col.range": {"en": "range", "zh": "区间"},
    "report.col.why": {"en": "why a range", "zh": "为何只知区间"},
    "report.col.error": {"en": "error", "zh": "错误"},
    "report.col.point": {"en": "point", "zh": "点"},
    "report.col.run": {"en": "run", "zh": "运行"},
    # Interactions
    "report.interactions": {"en": "Interactions", "zh": "交互作用"},
    "report.interactions.what": {
        "en": "What two factors change together beyond the sum of what each changes apart: a difference of "
        "differences, over all points that have the four combinations. Above nil, each does more where the other is "
        "present; below nil, less.",
        "zh": "两个因素一起改变的量，超出各自单独改变量之和的部分：对具备四种组合的全部点求差之差。大于零，"
        "表示一个在另一个存在时作用更大；小于零则更小。",
    },
    "report.interactions.one": {
        "en": "This design cannot show interactions: it changes one factor at a time.",
        "zh": "本设计每次只改变一个因素，不能显示交互作用。",
    },
    "report.interactions.drawn": {
        "en": "This design cannot show interactions one by one: its points were drawn and do not cross factors.",
        "zh": "本设计的点为抽取所得，因素没有交叉，不能逐一显示交互作用。",
    },
    "report.interactions.none": {
        "en": "This design cannot show interactions: no two factors are tried both together and apart.",
        "zh": "本设计没有把任何两个因素既合试又分试，不能显示交互作用。",
    },
    "report.interactions.many": {
        "en": "This design has more points than interactions are looked for in.",
        "zh": "本设计的点过多，未计算交互作用。",
    },
    "report.interactions.map": {
        "en": "Mean of “{outcome}” ({unit}) by “{first}” (rows) and “{second}” (columns)",
        "zh": "“{outcome}”的均值（{unit}）：行为“{first}”，列为“{second}”",
    },
    # Curves
    "report.curves": {"en": "Month by month", "zh": "逐月变化"},
    "report.curves.what": {
        "en": "Each column sets one of the points that differ most from the reference point in “{outcome}” beside it. "
        "Line: mean of the replicates; band: 5–95 % of them, so how runs differ, not how well the mean is known.",
        "zh": "每列取一个点与参照点并列，均为“{outcome}”上差别最大的点。线为各次重复的均值；带为其 5–95%，"
        "表示运行之间的差别，而非均值的精度。",
    },
    "report.curves.only": {
        "en": "Line: mean of the replicates; band: 5–95 % of them.",
        "zh": "线为各次重复的均值；带为其 5–95%。",
    },
    "report.curves.none": {"en": "No run is there to draw.", "zh": "没有可画的运行。"},
    "report.curves.lack": {"en": "The sweep did not keep: {list}.", "zh": "本次扫描未保存：{list}。"},
    "report.curves.reference": {"en": "reference: {label}", "zh": "参照：{label}"},
    "report.curves.this": {"en": "the point named above the column", "zh": "列首所示的点"},
    "report.curves.adoption": {"en": "compounds under any governance mode", "zh": "已有治理模式的小区占比"},
    "report.curves.month": {"en": "month", "zh": "月份"},
    # Per yuan
    "report.yuan": {"en": "Effect per public yuan", "zh": "每元公共财政的效应"},
    "report.yuan.what": {
        "en": "For each lever, what it changes in “{outcome}” ({how}) over what it changes in “{cost}” ({cost_how}), "
        "paid over the whole run for the whole district. Both are those of having the lever, also where the scenario "
        "has it on already (the scenario as stated minus the same without it).",
        "zh": "对每个手段，以其引起的“{outcome}”（{how}）变化，除以其引起的“{cost}”（{cost_how}）变化；"
        "费用为全区整个模拟期所付。两者都指“有”该手段的变化，场景中已开的也一样（原设定减去关掉后的结果）。",
    },
    "report.yuan.resampled": {
        "en": "Intervals of ratios are found by resampling replicates.",
        "zh": "比值的区间由重复的再抽样得出。",
    },
    "report.yuan.widths": {
        "en": "Intervals of ratios follow from the widths of the two intervals.",
        "zh": "比值的区间由两个区间的宽度推出。",
    },
    "report.yuan.lack": {
        "en": "The sweep did not keep {cost}: there is no cost to set effects against.",
        "zh": "本次扫描未保存 {cost}，没有可比的费用。",
    },
    "report.yuan.none": {"en": "The design varies no lever.", "zh": "本设计没有变动任何手段。"},
    "report.yuan.saves": {
        "en": "Raises the outcome and saves public money (both told from nil)",
        "zh": "使结果上升，同时节省公共财政（均与零有别）",
    },
    "report.yuan.ratio": {"en": "Costs public money", "zh": "花费公共财政"},
    "report.yuan.free": {
        "en": "Costs no public money that can be told from nil",
        "zh": "公共财政费用不能与零区别",
    },
    "report.yuan.free_note": {
        "en": "That is no proof of costing nothing: where the interval of the cost is wide, it is simply not known.",
        "zh": "这并不证明没有费用：费用区间很宽时，只是尚不清楚。",
    },
    "report.yuan.saves_only": {
        "en": "Saves public money; the outcome falls, or its change cannot be told from nil",
        "zh": "节省公共财政；结果下降，或其变化不能与零区别",
    },
    "report.yuan.unknown": {
        "en": "Fewer than two replicates: nothing can be told",
        "zh": "重复不足两次，无法判断",
    },
    "report.yuan.private": {
        "en": "Only what the public purse pays counts here, not what households, firms and volunteers give.",
        "zh": "这里只计公共财政所付，不计住户、企业和志愿者的付出。",
    },
    # Points
    "report.pointstable": {"en": "Points that differ most", "zh": "差别最大的点"},
    "report.pointstable.what": {
        "en": "Each point against the reference point ({base}), replicate by replicate; the {shown} that differ most "
        "of {count:,}.",
        "zh": "各点与参照点（{base}）逐次重复配对求差；共 {count:,} 个点，列出差别最大的 {shown} 个。",
    },
    # Design
    "report.design": {"en": "Design", "zh": "设计"},
    "report.design.scenario": {"en": "scenario", "zh": "场景"},
    "report.design.sampler": {"en": "sampler", "zh": "取样"},
    "report.sampler.full_factorial": {"en": "full factorial: every combination", "zh": "全因子：所有组合"},
    "report.sampler.one_at_a_time": {
        "en": "one at a time: each value alone against the scenario",
        "zh": "逐一变动：每次只改一个值，与场景对比",
    },
    "report.sampler.latin_hypercube": {"en": "Latin hypercube", "zh": "拉丁超立方"},
    "report.sampler.growing_hypercube": {"en": "Latin hypercube that can grow", "zh": "可扩充的拉丁超立方"},
    "report.sampler.sobol": {"en": "Sobol' sequence", "zh": "Sobol' 序列"},
    "report.sampler.morris": {"en": "Morris trajectories", "zh": "Morris 轨迹"},
    "report.sampler.list": {"en": "list of stated points", "zh": "逐点列出"},
    "report.design.size": {"en": "size", "zh": "规模"},
    "report.design.size_is": {
        "en": "{points:,} points × {replicates:,} replicates = {runs:,} runs of {months} months; {tried:,} done, "
        "{failed:,} of them failed",
        "zh": "{points:,} 个点 × {replicates:,} 次重复 = {runs:,} 次运行，每次 {months} 个月；已做 {tried:,} 次，"
        "其中失败 {failed:,} 次",
    },
    "report.design.seeds": {"en": "random numbers", "zh": "随机数"},
    "report.design.common": {
        "en": "common: replicate r has seed {first} + r (r from 0; seeds {first} to {last}) at every point, so that "
        "points differ in what was changed and not in luck",
        "zh": "共用：第 r 次重复在每个点都用种子 {first}+r（r 从 0 起；种子 {first} 至 {last}），"
        "各点之差来自改动而非运气",
    },
    "report.design.independent": {
        "en": "independent: each run has a seed of its own, derived from {seed}; ranges are drawn alike in a replicate",
        "zh": "独立：每次运行有自己的种子，由 {seed} 导出；同一次重复的区间抽取相同",
    },
    "report.design.ranges": {"en": "ranges", "zh": "区间"},
    "report.design.draw": {
        "en": "{count} inputs known only as ranges are drawn anew in every replicate, alike at every point: intervals "
        "include this ignorance",
        "zh": "{count} 项只知区间的输入在每次重复中重新抽取，各点相同：区间已含这种不确定",
    },
    "report.design.middle": {
        "en": "{count} inputs known only as ranges stand at their middle: intervals leave this ignorance out",
        "zh": "{count} 项只知区间的输入取中点：区间不含这种不确定",
    },
    "report.design.levers": {"en": "Levers: what a programme can choose", "zh": "手段：项目可以选择的"},
    "report.design.uncertainties": {"en": "Uncertainties: what nobody controls", "zh": "不确定因素：无人能控制的"},
    "report.design.span": {"en": "{low} to {high}, drawn", "zh": "{low} 至 {high}，抽取"},
    "report.design.ranges_list": {"en": "The ranges ({count})", "zh": "各项区间（{count}）"},
    "report.design.kept": {"en": "kept by month", "zh": "逐月保存"},
    # Failures
    "report.failures": {"en": "Failures", "zh": "失败的运行"},
    "report.failures.none": {"en": "No run failed.", "zh": "没有运行失败。"},
    "report.failures.all": {
        "en": "All {count:,} runs that were tried failed. The first errors:",
        "zh": "尝试的 {count:,} 次运行全部失败。最初的错误：",
    },
    "report.failures.some": {
        "en": "{count:,} of {tried:,} runs failed. The first errors:",
        "zh": "{tried:,} 次运行中有 {count:,} 次失败。最初的错误：",
    },
    "report.failures.replay": {"en": "To run one of them alone and see its traceback:", "zh": "单独重跑并查看回溯："},
    # Reproduce
    "report.reproduce": {"en": "How to get this again", "zh": "如何重现"},
    "report.reproduce.command": {
        "en": "Save the design below as design.toml, then:",
        "zh": "把下面的设计存为 design.toml，然后运行：",
    },
    "report.reproduce.own": {
        "en": "The scenario is not one that comes with this version: save it, too, as scenario.toml beside it. Files "
        "that it names (a ledger, a mode of one's own) are kept in the sweep's folder under plans/.",
        "zh": "该场景不是本版本内置场景，请一并存为 scenario.toml。它引用的文件（台账、自有模式）保存在扫描文件夹的 "
        "plans/ 中。",
    },
    "report.reproduce.many": {
        "en": "# {count} points are not printed here: xiaoqu export writes them to points.csv; name it with file = …",
        "zh": "# {count} 个点未印出：xiaoqu export 会写出 points.csv，用 file = … 引用",
    },
    "report.reproduce.scenario_hash": {"en": "scenario hash", "zh": "场景哈希"},
    "report.reproduce.code": {"en": "code version of the runs", "zh": "运行时代码版本"},
    "report.reproduce.same": {
        "en": "{code} (that of this report: the versions below are those of the runs)",
        "zh": "{code}（与生成报告时相同：下列版本即运行时版本）",
    },
    "report.reproduce.other": {
        "en": "{code}; this report was written with {now}: the versions below may not be those of the runs",
        "zh": "{code}；本报告由 {now} 生成：下列版本未必是运行时版本",
    },
    "report.reproduce.versions": {"en": "versions", "zh": "版本"},
    "report.reproduce.design": {"en": "Design (design.toml)", "zh": "设计（design.toml）"},
    "report.reproduce.scenario": {
        "en": "Scenario, as it differs from the baseline (scenario.toml)",
        "zh": "场景（scenario.toml，只含与基线的不同）",
    },
    # Limits
    "report.limits": {"en": "What these results cannot tell", "zh": "这些结果不能说明什么"},
    "report.limits.simulated": {
        "en": "They are simulated. An effect says what follows from the model's rules, not what was observed in a "
        "town: that a lever moves an outcome here means that the model contains such a mechanism.",
        "zh": "结果出自模拟。效应说明的是模型规则的推论，而不是某地的观察：某手段在此影响结果，"
        "只表示模型含有这一机制。",
    },
    "report.limits.assumptions": {
        "en": "Many values behind them are stated assumptions (“assumption” in scenarios/baseline.toml); other "
        "assumptions may give other effects.",
        "zh": "背后的许多数值是明示的假设（scenarios/baseline.toml 中标为 assumption）；假设不同，效应可能不同。",
    },
    "report.limits.stories": {
        "en": "The reports that the scenarios follow are success stories, written about places that did well, with "
        "before-values chosen for contrast and no published follow-up. They cannot identify single programmes.",
        "zh": "场景所依据的报道多为成功经验，写的是做得好的地方，对照值经过挑选，也没有后续数据；"
        "无法据以识别单项做法的作用。",
    },
    "report.limits.ranges": {
        "en": "Intervals cover chance and, where ranges are drawn, the ranges stated; they do not cover the model's "
        "form, or values that were stated without a range.",
        "zh": "区间涵盖偶然性以及（若抽取区间）所列的区间，不涵盖模型形式，也不涵盖未给区间的数值。",
    },
    "report.limits.alone": {
        "en": "The effect of one factor depends on what else is on. It may differ in another scenario, and effects do "
        "not add up.",
        "zh": "单个因素的效应取决于其他因素是否开启；换一个场景可能不同，效应也不能简单相加。",
    },
    "report.limits.many": {
        "en": "{count:,} intervals for effects are shown or summed up here. Even if nothing had any effect, about "
        "{chance} of them would leave out nil by chance.",
        "zh": "本报告共涉及 {count:,} 个效应区间。即使全无作用，也约有 {chance} 个会因偶然而不含零。",
    },
    "report.limits.window": {
        "en": "The runs end after {months} months; nothing is said about later ones. Money is that of the run, not "
        "discounted, and only the public purse's.",
        "zh": "模拟在 {months} 个月后结束，不涉及其后。金额为模拟期内所付，未折现，且只计公共财政。",
    },
    # Cite
    "report.cite": {"en": "Cite", "zh": "引用"},
    "report.cite.what": {
        "en": "The xiaoqu maintainers. xiaoqu: a simulation of how residential compounds come to govern themselves. "
        "Version {version}. Sweep “{name}”, scenario “{scenario}” ({hash}), code {code}.",
        "zh": "The xiaoqu maintainers. xiaoqu: a simulation of how residential compounds come to govern themselves. "
        "版本 {version}。扫描“{name}”，场景“{scenario}”（{hash}），代码 {code}。",
    },
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "report_exists": {
        "en": ("the file is there already", "give another file, or add --force to replace it"),
        "zh": ("文件已存在", "请换一个文件，或加 --force 替换"),
    },
    "report_folder": {
        "en": ("this is a folder, not a file", "give the name of a file, such as report.html"),
        "zh": ("这是文件夹，不是文件", "请给出文件名，如 report.html"),
    },
}
