"""What sweeps and their answers say, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "help.sweep": {
        "en": "Run a design of many scenarios; the same command goes on where it stopped.",
        "zh": "批量运行一组设计好的场景；重复同一命令即可续跑。",
    },
    "help.replay": {"en": "Run one run of a sweep again, alone.", "zh": "单独重跑一次扫描中的某个运行。"},
    "help.export": {
        "en": "Write a sweep's tables as Parquet and CSV, one file each.",
        "zh": "把扫描结果导出为 Parquet 和 CSV，每表一个文件。",
    },
    "help.compare": {
        "en": "Compare a scenario with itself, some values changed, month by month.",
        "zh": "把一个场景与改动后的自身逐月对比。",
    },
    "help.cluster": {
        "en": "Print a script that starts Dask workers on a SLURM cluster.",
        "zh": "打印在 SLURM 集群上启动 Dask 工作进程的脚本。",
    },
    "option.vary": {
        "en": "A factor: key=off,on, key=0:1:5 (low:high:steps), key=0:1, key=flip; levers.* for all levers.",
        "zh": "因素，可重复：键=off,on、键=0:1:5（低:高:步数）、键=flip。",
    },
    "option.sampler": {
        "en": "How factors are combined: full_factorial, one_at_a_time, latin_hypercube, growing_hypercube (more "
        "samples keep the first ones), sobol or morris [full_factorial].",
        "zh": "因素如何组合：full_factorial one_at_a_time latin_hypercube growing_hypercube sobol morris "
        "[full_factorial]。",
    },
    "option.samples": {
        "en": "Rows of a Latin hypercube, trajectories of Morris, base samples of Sobol' [64].",
        "zh": "行数、Morris 轨迹数或 Sobol' 样本数 [64]。",
    },
    "option.sweep_replicates": {"en": "Runs at each point [20].", "zh": "每点重复次数 [20]。"},
    "option.sweep_out": {"en": "Folder of the results; the same one goes on.", "zh": "结果文件夹；同一文件夹即续跑。"},
    "option.workers": {"en": "Processes [one a core]; 0: none but this.", "zh": "进程数 [每核一个]；0 即本进程。"},
    "option.cluster": {
        "en": "Address of a running Dask scheduler, such as tcp://10.0.0.1:8786.",
        "zh": "Dask 调度器地址，如 tcp://10.0.0.1:8786。",
    },
    "option.limit": {
        "en": "Seconds after which a run is ended and recorded as died [none].",
        "zh": "单次运行超过的秒数，超过即终止并记为失败 [不限]。",
    },
    "option.until_ci": {
        "en": "Add replicates until every mean difference from the base is known to ± this.",
        "zh": "增加重复，直到与基准的差异精确到 ± 此值。",
    },
    "option.outcome": {
        "en": "Outcome in question, as NAME or NAME:mean, :sum, :last, :max, :11 (a month).",
        "zh": "结果，可加 :mean :sum :last 或 :11（月）。",
    },
    "option.max_runs": {
        "en": "Most runs to start [20,000].",
        "zh": "最多启动的运行数 [20,000]。",
    },
    "option.yes": {"en": "Start however many runs there are.", "zh": "无论多少次运行都开始。"},
    "option.dry_run": {"en": "Say what it would cost, and stop.", "zh": "只估算代价，不运行。"},
    "option.retry_failed": {"en": "Try runs again that failed before.", "zh": "重试之前失败的运行。"},
    "option.export_out": {
        "en": "Folder to write to. With --force an earlier export in it is replaced, but no other file.",
        "zh": "写入的文件夹；--force 只替换以前的导出。",
    },
    "option.with": {
        "en": "What to change, such as levers.triage=off. Repeatable; all changes together.",
        "zh": "改动什么，如 levers.triage=off；可重复，同时生效。",
    },
    "option.compare_outcome": {
        "en": "Outcome that is compared, month by month [collection_rate_12m].",
        "zh": "逐月对比的结果 [collection_rate_12m]。",
    },
    "option.compare_replicates": {"en": "Pairs of runs [30].", "zh": "成对运行次数 [30]。"},
    "option.memory": {"en": "Memory of a job [16GB].", "zh": "每个作业的内存 [16GB]。"},
    "option.jobs": {"en": "Jobs to submit [10].", "zh": "提交的作业数 [10]。"},
    "option.cores": {"en": "Cores of a job [16].", "zh": "每个作业的核数 [16]。"},
    "option.queue": {"en": "Partition [normal].", "zh": "分区 [normal]。"},
    # A sweep
    "sweep.plan": {
        "en": "{points:,} points × {replicates:,} replicates = {runs:,} runs, {done:,} of them done.",
        "zh": "{points:,} 个点 × {replicates:,} 次重复 = {runs:,} 次运行，已完成 {done:,} 次。",
    },
    "sweep.cost": {
        "en": "Estimate: {time} on {workers} workers, {size} on disk.",
        "zh": "估计：{workers} 个进程约 {time}，占盘 {size}。",
    },
    "sweep.no_estimate": {
        "en": "No estimate: the first runs did not end within --limit.",
        "zh": "无法估计：最初的运行未在 --limit 内结束。",
    },
    "sweep.progress": {
        "en": "{done:,} of {total:,} runs, {rate:.0f} a second, {left} left{failed}",
        "zh": "{done:,}/{total:,} 次运行，每秒 {rate:.0f} 次，还需 {left}{failed}",
    },
    "sweep.failed_so_far": {"en": ", {failed:,} failed", "zh": "，失败 {failed:,} 次"},
    "sweep.finished": {
        "en": "All {runs:,} runs are in {folder}.",
        "zh": "全部 {runs:,} 次运行已存入 {folder}。",
    },
    "sweep.unasked": {
        "en": "Left aside: {count:,} further runs in {folder} that this design does not ask for (a larger or other "
        "design made them, or other code). They stay there.",
        "zh": "未计入：{folder} 中另有 {count:,} 次运行不属于当前设计（来自更大的或其他设计，或其他版本的代码）。"
        "它们仍保留在原处。",
    },
    "sweep.failures": {
        "en": "{count:,} runs failed. The first: {error}\nRun it alone with: xiaoqu replay {folder} {run}",
        "zh": "{count:,} 次运行失败。第一个：{error}\n单独重跑：xiaoqu replay {folder} {run}",
    },
    "sweep.mended": {
        "en": "{damaged} damaged files went to the quarantine; their runs are done again.",
        "zh": "{damaged} 个损坏文件已移入隔离区，相应运行将重做。",
    },
    "sweep.effects": {
        "en": "Difference from “{base}” in {measure}, 95 % interval over {replicates} pairs",
        "zh": "与“{base}”相比 {measure} 的差异，{replicates} 对运行的 95% 区间",
    },
    "sweep.point": {"en": "point", "zh": "点"},
    "sweep.difference": {"en": "difference", "zh": "差异"},
    "sweep.points": {"en": "points", "zh": "百分点"},
    "sweep.interval": {"en": "95 %", "zh": "95%"},
    "sweep.next": {
        "en": "Next: xiaoqu report {folder}; in Python: xiaoqu_lab.load({folder!r})",
        "zh": "下一步：xiaoqu report {folder}；Python：xiaoqu_lab.load({folder!r})",
    },
    "sweep.stopped": {
        "en": "Stopped. What was committed is safe in {folder}; the same command goes on.",
        "zh": "已停止。已提交的结果安全存于 {folder}；重复同一命令即可续跑。",
    },
    "time.seconds": {"en": "{value:.0f} s", "zh": "{value:.0f} 秒"},
    "time.minutes": {"en": "{value:.0f} min", "zh": "{value:.0f} 分钟"},
    "time.hours": {"en": "{value:.1f} h", "zh": "{value:.1f} 小时"},
    "time.unknown": {"en": "?", "zh": "？"},
    "designs.title": {
        "en": "Designs that come with xiaoqu: xiaoqu sweep NAME --out DIR",
        "zh": "内置设计：xiaoqu sweep 名称 --out 文件夹",
    },
    "designs.name": {"en": "name", "zh": "名称"},
    "designs.question": {"en": "question", "zh": "问题"},
    "designs.runs": {"en": "runs", "zh": "运行数"},
    # Comparison
    "compare.title": {
        "en": "{scenario}: {changes} against as stated, {replicates} pairs of runs with common random numbers",
        "zh": "{scenario}：{changes} 与原设定对比，{replicates} 对运行，共用随机数",
    },
    "compare.unchanged": {"en": "values that it has already", "zh": "场景已有的取值"},
    "compare.month": {"en": "month", "zh": "月份"},
    "compare.base": {"en": "as stated", "zh": "原设定"},
    "compare.changed": {"en": "changed", "zh": "改动后"},
    "compare.narrowed": {
        "en": "Common random numbers made the interval {factor:.1f} times narrower than independent runs would have "
        "(last month; like {runs:.0f} times as many runs).",
        "zh": "共用随机数使区间比独立运行窄 {factor:.1f} 倍（末月；相当于 {runs:.0f} 倍的运行次数）。",
    },
    "compare.same": {
        "en": "Every pair of runs is the same in this outcome.",
        "zh": "在这一结果上，每对运行完全相同。",
    },
    # Replay
    "replay.same": {
        "en": "Run {run} (point {point}, replicate {replicate}, seed {seed}) gave the same figures again.",
        "zh": "运行 {run}（点 {point}，重复 {replicate}，种子 {seed}）得到相同数字。",
    },
    "replay.other": {
        "en": "Run {run} gave OTHER figures than the sweep. Code then: {then}, now: {now}.",
        "zh": "运行 {run} 得到与扫描不同的数字。当时代码：{then}，现在：{now}。",
    },
    "replay.succeeded": {
        "en": "Run {run} failed in the sweep and succeeds now. Code then: {then}, now: {now}.",
        "zh": "运行 {run} 在扫描中失败，现在成功。当时代码：{then}，现在：{now}。",
    },
    "replay.failed": {"en": "Run {run} fails again, as the sweep recorded:", "zh": "运行 {run} 再次失败，与记录一致："},
    "replay.scenario": {"en": "Its scenario: {differences}", "zh": "其场景：{differences}"},
    "export.done": {"en": "{count} files are in {folder}.", "zh": "{count} 个文件已写入 {folder}。"},
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "span_form": {
        "en": ("a span is low and high, in a grid also steps", "write 0:1:5, or {{ low = 0, high = 1, steps = 5 }}"),
        "zh": ("区间要有 low 和 high，网格设计还要 steps", "写作 0:1:5，或 {{ low = 0, high = 1, steps = 5 }}"),
    },
    "not_stated": {
        "en": ("the scenario does not state this, so there is nothing to compare with", "state it there first"),
        "zh": ("场景没有写明此项，无从比较", "请先在场景文件中写明"),
    },
    "span_steps": {
        "en": ("steps is a whole number from 2 to 10,000", "write for example 5"),
        "zh": ("steps 须为 2 到 10,000 的整数", "例如 5"),
    },
    "span_number": {
        "en": ("only numbers have a span", "list the values instead, such as off,on"),
        "zh": ("只有数字才能取区间", "请列出各个值，如 off,on"),
    },
    "span_order": {
        "en": ("the low end is not below the high end", "put the smaller number first"),
        "zh": ("低端不小于高端", "请把小的数放在前面"),
    },
    "no_design_table": {
        "en": ("a design begins with a [design] table", "see the designs in experiments/designs"),
        "zh": ("设计文件须以 [design] 表开头", "参见 experiments/designs 里的设计"),
    },
    "unknown_design_key": {
        "en": ("a design has the tables design, levers, uncertainties and points", "move or remove this"),
        "zh": ("设计文件只有 design、levers、uncertainties、points 四个表", "请移动或删去此项"),
    },
    "no_design": {
        "en": (
            "no design or scenario of that name, and no such file",
            "the designs are: {designs}; the scenarios: {scenarios}; or give the path of either",
        ),
        "zh": (
            "没有这个名称的设计或场景，也没有这个文件",
            "可用设计：{designs}；可用场景：{scenarios}；也可给出文件路径",
        ),
    },
    "no_design_guess": {
        "en": (
            "no design or scenario of that name, and no such file",
            "did you mean {guess}? The designs are: {designs}; the scenarios: {scenarios}",
        ),
        "zh": (
            "没有这个名称的设计或场景，也没有这个文件",
            "是不是 {guess}？可用设计：{designs}；可用场景：{scenarios}",
        ),
    },
    "no_points": {
        "en": ("the sampler list needs points", 'add [[points]] tables, or file = "points.csv"'),
        "zh": ("list 取样需要列出各点", '请加 [[points]] 表，或 file = "points.csv"'),
    },
    "no_factors": {
        "en": ("nothing varies", "name a factor, such as levers.triage=off,on"),
        "zh": ("没有变动的因素", "请给出因素，如 levers.triage=off,on"),
    },
    "no_ranges": {
        "en": ("there is nothing to calibrate", "give a parameter its range, such as payment.base=-0.5:1.2"),
        "zh": ("没有可校准的参数", "请给出参数及其区间，如 payment.base=-0.5:1.2"),
    },
    "not_power_of_two": {
        "en": ("Sobol' sequences need a power of two", "use 64, 128, 256, …"),
        "zh": ("Sobol' 序列须为 2 的幂", "请用 64、128、256 等"),
    },
    "ragged_points": {
        "en": ("the row has another number of cells than the header ({count})", "give every column a cell"),
        "zh": ("该行的格数与表头（{count} 列）不同", "请补齐每一列"),
    },
    "vary_form": {
        "en": ("a factor is key=values", "write --vary levers.triage=off,on"),
        "zh": ("因素写作 键=取值", "例如 --vary levers.triage=off,on"),
    },
    "design_and_vary": {
        "en": ("a design file has its factors already", "leave out --vary, or name a scenario instead of a design"),
        "zh": ("设计文件已含因素", "请去掉 --vary，或改给场景名"),
    },
    "too_many_runs": {
        "en": (
            "{points:,} points × {replicates:,} replicates = {runs:,} runs; more than {most:,} need to be asked for",
            "take fewer levels or replicates, or allow them with --max-runs {runs} or --yes",
        ),
        "zh": (
            "共 {points:,} 个点 × {replicates:,} 次重复 = {runs:,} 次运行；超过 {most:,} 次须明确许可",
            "请减少取值或重复，或加 --max-runs {runs} 或 --yes",
        ),
    },
    "too_many_points": {
        "en": ("a design has at most {most:,} points", "take fewer values, or a Latin hypercube"),
        "zh": ("一个设计最多 {most:,} 个点", "请减少取值，或用拉丁超立方"),
    },
    "workers_do_not_start": {
        "en": (
            "the worker processes died {count} times while they started, before any run",
            (
                'in a script of your own, call sweep under `if __name__ == "__main__":`, as every worker reads the '
                "script too; else make room in memory, or take --workers 0 (in Python workers=0): one process"
            ),
        ),
        "zh": (
            "工作进程在启动时（尚未开始任何运行）退出了 {count} 次",
            (
                '在自己的脚本中，请把 sweep 放在 `if __name__ == "__main__":` 之下，因为每个工作进程也会读入该脚本；'
                "否则请腾出内存，或使用 --workers 0（Python 中为 workers=0），不启动其他进程"
            ),
        ),
    },
    "other_code": {
        "en": (
            "a worker has other code than this process, which has {here}; its results are not taken",
            "give all workers the same xiaoqu, Mesa, NumPy and numba, start them anew, then the same command again",
        ),
        "zh": (
            "某个工作进程的代码与本进程（{here}）不同，其结果未被采用",
            "请为所有工作进程安装相同的 xiaoqu、Mesa、NumPy 和 numba，重新启动它们，再重复同一命令",
        ),
    },
    "cluster_lost": {
        "en": (
            "the scheduler of this cluster does not answer any more; what was committed before is safe",
            "start the cluster again, then give the same command with its address",
        ),
        "zh": ("此集群的调度器已无响应；已提交的结果不受影响", "请重新启动集群，再用其地址重复同一命令"),
    },
    "sweep_locked": {
        "en": ("another sweep is writing to this folder", "wait until it ends, or give another folder"),
        "zh": ("另一个扫描正在写入此文件夹", "请等它结束，或换一个文件夹"),
    },
    "sweep_not_written": {
        "en": (
            "cannot write here: {detail}. What was committed before is safe",
            "make room or mend the permission, then give the same command again",
        ),
        "zh": ("此处无法写入：{detail}。已提交的结果不受影响", "请腾出空间或修改权限，再重复同一命令"),
    },
    "part_damaged": {
        "en": (
            "{count} files of this sweep are not what was written: the disk, or somebody, changed them",
            "give the same sweep command again: it moves them aside and does their runs again",
        ),
        "zh": ("此扫描有 {count} 个文件已被改动或损坏", "请重复同一扫描命令：它会移开损坏文件并重做相应运行"),
    },
    "no_sweep": {
        "en": ("there is no sweep in this folder", "give a folder that `xiaoqu sweep … --out` has written"),
        "zh": ("此文件夹里没有扫描结果", "请给出 `xiaoqu sweep … --out` 写过的文件夹"),
    },
    "other_format": {
        "en": (
            "this sweep was written by another version of xiaoqu ({version})",
            "read it with that version, or run it anew",
        ),
        "zh": ("此扫描由另一版本的 xiaoqu（{version}）写成", "请用该版本读取，或重新运行"),
    },
    "needs_extra": {
        "en": (
            "this needs libraries that are not installed",
            "run it as: uv run --extra {extra} xiaoqu …; elsewhere install xiaoqu[{extra}]",
        ),
        "zh": ("缺少所需的库", "请这样运行：uv run --extra {extra} xiaoqu …；在别处请安装 xiaoqu[{extra}]"),
    },
    "limit_here": {
        "en": (
            "a run in this process cannot be ended alone",
            "use --workers 1 or more, or leave --limit out",
        ),
        "zh": ("本进程内的运行无法单独终止", "请用 --workers 1 或更多，或不用 --limit"),
    },
    "no_cluster": {
        "en": ("no Dask scheduler answers there: {detail}", "check the address, and that this machine can reach it"),
        "zh": ("该地址没有 Dask 调度器应答：{detail}", "请检查地址和网络"),
    },
    "bad_measure": {
        "en": (
            "an outcome is NAME, or NAME:last, :mean, :sum, :min, :max, or NAME:11 for a month",
            "write for example satisfaction:mean",
        ),
        "zh": ("结果写作 名称，或 名称:last、:mean、:sum、:min、:max，或 名称:11（某月）", "例如 satisfaction:mean"),
    },
    "bad_condition": {
        "en": ("a condition is an outcome, a sign and a number", 'write for example "collection_rate_12m < 0.6"'),
        "zh": ("条件由结果、符号和数字组成", '例如 "collection_rate_12m < 0.6"'),
    },
    "no_run": {
        "en": ("the sweep has no such run", "give a run's key, or POINT/REPLICATE such as 3/0"),
        "zh": ("扫描里没有这个运行", "请给出运行编号，或 点/重复，如 3/0"),
    },
    "bad_memory": {
        "en": ("a size in MB or GB is needed", "write for example 16GB"),
        "zh": ("须为以 MB 或 GB 计的大小", "例如 16GB"),
    },
    "bad_queue": {
        "en": ("a partition is named by letters, digits, _ . , and -", "write for example normal"),
        "zh": ("分区名只含字母、数字和 _ . , -", "例如 normal"),
    },
    "not_number": {
        "en": ("a number above 0 is needed", "write for example 0.01"),
        "zh": ("须为大于 0 的数", "例如 0.01"),
    },
}
