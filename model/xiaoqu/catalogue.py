"""Every message about bad input, in English and Chinese: the rule that was broken, and what to do about it.

Names in braces are filled in from the facts of a `Problem`.
"""

from collections.abc import Mapping
from typing import Literal

# Each text is (rule, remedy).
MESSAGES: Mapping[str, Mapping[Literal["en", "zh"], tuple[str, str]]] = {
    # Files and text
    "unreadable": {
        "en": ("the file cannot be read", "check the path and your permission to read it"),
        "zh": ("文件读不了", "请检查路径和读取权限"),
    },
    "file_too_large": {
        "en": (
            "the file may have at most {limit:,} KB",
            "keep data in files of their own; is this the right file?",
        ),
        "zh": ("文件最大 {limit:,} KB", "数据请另存文件；是不是选错了文件？"),
    },
    "not_utf8": {
        "en": (
            "a scenario file is UTF-8 text; this byte is not (GBK perhaps)",
            'save the file as UTF-8 (in Notepad: Save as, encoding "UTF-8")',
        ),
        "zh": (
            "场景文件须为 UTF-8 文本，此处的字节不是（可能是 GBK）",
            "请另存为 UTF-8（记事本：另存为，编码选 UTF-8）",
        ),
    },
    "syntax": {
        "en": ("TOML cannot read this: {detail}", 'write key = value, with text in "straight quotes"'),
        "zh": ("不符合 TOML 语法：{detail_zh}", '请写成 键 = 值，文字放在英文直引号 "…" 里'),
    },
    "duplicate_key": {
        "en": ("this stands twice; the first is on line {first}", "keep one of the two"),
        "zh": ("重复出现；第一次在第 {first} 行", "两处只留一处"),
    },
    "too_many_dots": {
        "en": ("a key may have at most {limit} dots", "write section.name"),
        "zh": ("一个键最多 {limit} 个点", "请写成 节.名"),
    },
    "too_deep": {
        "en": ("brackets may be nested at most {limit} deep", "remove the extra brackets"),
        "zh": ("括号最多嵌套 {limit} 层", "请去掉多余的括号"),
    },
    "long_number": {
        "en": ("a number may have at most {limit} characters", "write a shorter number"),
        "zh": ("一个数最多 {limit} 个字符", "请写短一些的数"),
    },
    "fullwidth_punctuation": {
        "en": (
            "column {column}: {letter} is not a mark that TOML knows",
            "write the ASCII mark {ascii} instead",
        ),
        "zh": ("第 {column} 列：TOML 不认识全角符号 {letter}", "请改用半角符号 {ascii}"),
    },
    "fullwidth_digit": {
        "en": ("column {column}: {letter} is a full-width digit", "write the ASCII digit {ascii} instead"),
        "zh": ("第 {column} 列：{letter} 是全角数字", "请改用半角数字 {ascii}"),
    },
    "foreign_key": {
        "en": (
            "keys are written in English; column {column} has {letter}",
            "see the English key in scenarios/baseline.toml, which gives the Chinese meaning of each",
        ),
        "zh": (
            "键用英文书写；第 {column} 列是 {letter}",
            "英文键名见 scenarios/baseline.toml，每个键都附有中文含义",
        ),
    },
    "foreign_key_guess": {
        "en": ("keys are written in English; column {column} has {letter}", "did you mean {guess}?"),
        "zh": ("键用英文书写；第 {column} 列是 {letter}", "是不是 {guess}？"),
    },
    "unquoted_text": {
        "en": ("column {column}: text must stand in quotes", 'put it in straight quotes: "…"'),
        "zh": ("第 {column} 列：文字须放在引号里", '请用英文直引号括起来："…"'),
    },
    "no_scenario": {
        "en": (
            "there is no such file, and no shipped scenario of that name",
            "shipped are: {names}; or give the path of a .toml file or of a folder with scenario.toml",
        ),
        "zh": (
            "没有这个文件，也没有叫这个名字的内置场景",
            "内置场景：{names}；也可给出 .toml 文件或含 scenario.toml 的文件夹的路径",
        ),
    },
    "no_scenario_guess": {
        "en": (
            "there is no such file, and no shipped scenario of that name",
            "did you mean {guess}? Shipped are: {names}",
        ),
        "zh": ("没有这个文件，也没有叫这个名字的内置场景", "是不是 {guess}？内置场景：{names}"),
    },
    "extends_itself": {
        "en": ("the scenario extends itself, directly or in a circle", "remove one `extends`"),
        "zh": ("场景直接或绕圈继承了自己", "请去掉一处 extends"),
    },
    "no_file": {
        "en": (
            "there is no file {path}",
            "paths count from the folder of the scenario file (in overrides: from the current one)",
        ),
        "zh": ("没有文件 {path}", "路径从场景文件所在的文件夹算起（覆盖值从当前文件夹算起）"),
    },
    "no_file_guess": {
        "en": ("there is no file {path}", "did you mean {guess}?"),
        "zh": ("没有文件 {path}", "是不是 {guess}？"),
    },
    # Keys
    "no_header": {
        "en": ("a scenario file begins with its header", 'add [scenario] and name = "my_street"'),
        "zh": ("场景文件要有文件头", '请加上 [scenario] 和 name = "my_street"'),
    },
    "targets_form": {
        "en": ("targets are a list of tables", "write [[targets]] above each target"),
        "zh": ("targets 是表的列表", "每个目标上方写 [[targets]]"),
    },
    "target_window": {
        "en": (
            "a window is [first month, last month], from 0 on, and does not end before it starts",
            "write [1, 12]",
        ),
        "zh": ("window 是 [起始月, 结束月]，从 0 起，结束不得早于开始", "例如 [1, 12]"),
    },
    "target_percentiles": {
        "en": ("percentiles are [low, high], from 0 to 100, the low one first", "write [75, 95]"),
        "zh": ("percentiles 是 [低, 高]，在 0 到 100 之间，低的在前", "例如 [75, 95]"),
    },
    "is_table": {
        "en": ("{section} is a section, not a value", "write [{section}] and its keys below"),
        "zh": ("{section} 是一节，不是一个值", "请写 [{section}]，键写在下面"),
    },
    "unknown_section": {
        "en": ("there is no section {name}", "the sections are: {names}"),
        "zh": ("没有名为 {name} 的节", "可用的节：{names}"),
    },
    "unknown_section_guess": {
        "en": ("there is no section {name}", "did you mean {guess}? The sections are: {names}"),
        "zh": ("没有名为 {name} 的节", "是不是 {guess}？可用的节：{names}"),
    },
    "unknown_key": {
        "en": ("there is no such key in [{name}]", "the keys of [{name}] are: {names}"),
        "zh": ("[{name}] 中没有这个键", "[{name}] 的键有：{names}"),
    },
    "unknown_key_guess": {
        "en": ("there is no such key in [{name}]", "did you mean {guess}? The keys of [{name}] are: {names}"),
        "zh": ("[{name}] 中没有这个键", "是不是 {guess}？[{name}] 的键有：{names}"),
    },
    "unknown_mode": {
        "en": (
            "there is no governance mode {name}",
            'the modes are: {names}; a mode of your own needs file = "{name}.py"',
        ),
        "zh": ("没有名为 {name} 的治理模式", '已有模式：{names}；自定义模式须写 file = "{name}.py"'),
    },
    "unknown_mode_guess": {
        "en": (
            "there is no governance mode {name}",
            'did you mean {guess}? The modes are: {names}; a mode of your own needs file = "{name}.py"',
        ),
        "zh": (
            "没有名为 {name} 的治理模式",
            '是不是 {guess}？已有模式：{names}；自定义模式须写 file = "{name}.py"',
        ),
    },
    "missing_field": {
        "en": ("{field} is missing", "add it; the fields are: {fields}"),
        "zh": ("缺少 {field}", "请补上；全部字段：{fields}"),
    },
    "unknown_field": {
        "en": ("there is no field {field} here", "the fields are: {fields}"),
        "zh": ("这里没有 {field} 这个字段", "可用字段：{fields}"),
    },
    "unknown_field_guess": {
        "en": ("there is no field {field} here", "did you mean {guess}? The fields are: {fields}"),
        "zh": ("这里没有 {field} 这个字段", "是不是 {guess}？可用字段：{fields}"),
    },
    "bad_field": {
        "en": ("{field} cannot be read", "the fields are: {fields}; see the shipped scenarios for examples"),
        "zh": ("{field} 读不懂", "全部字段：{fields}；写法可参照内置场景"),
    },
    "empty_text": {
        "en": ("{field} is empty", "write at least one word"),
        "zh": ("{field} 是空的", "请写上内容"),
    },
    "long_text": {
        "en": ("{field} is too long", "write at most 200 characters"),
        "zh": ("{field} 太长", "请不超过 200 个字符"),
    },
    "wrong_length": {
        "en": ("{field} has the wrong length", "write two whole numbers: [1, 12]"),
        "zh": ("{field} 的个数不对", "请写两个整数：[1, 12]"),
    },
    "unsafe_name": {
        "en": (
            "a name becomes a file name on every system",
            "use up to 64 ASCII letters, digits, _ and -, not first _ or -; not con, aux, nul, com1",
        ),
        "zh": (
            "名字会用作各种系统上的文件名",
            "请用不超过 64 个英文字母、数字、_ 和 -，以字母或数字开头；不能用 con、prn、aux、nul、com1",
        ),
    },
    # Values
    "not_int": {
        "en": (
            "a whole number is needed",
            "write ASCII digits only, such as {example}: no quotes, no decimal point, not true or false",
        ),
        "zh": ("须为整数", "只写半角数字，如 {example}：不加引号，不带小数点，不用 true/false"),
    },
    "not_float": {
        "en": (
            "a number is needed",
            "write it in ASCII digits without quotes, such as {example}; not true or false",
        ),
        "zh": ("须为数", "用半角数字书写，不加引号，如 {example}；不用 true/false"),
    },
    "not_bool": {
        "en": ("true or false is needed", "write true or false, without quotes"),
        "zh": ("须为 true 或 false", "请写 true 或 false，不加引号"),
    },
    "not_str": {
        "en": ("text is needed", "write it in straight quotes, such as {example}"),
        "zh": ("须为文字", "请放在英文直引号里，如 {example}"),
    },
    "not_list": {
        "en": ("a list is needed", "write it in square brackets, such as {example}"),
        "zh": ("须为列表", "请放在方括号里，如 {example}"),
    },
    "mixed_list": {
        "en": ("all items of a list must be of one simple type", "write a list such as {example}"),
        "zh": ("列表各项须为同一种简单类型", "例如 {example}"),
    },
    "not_lever": {
        "en": ("a lever is on, off, or a grade", 'write "on", "off", true, false or a number'),
        "zh": ("手段开关须为开、关或力度", '请写 "on"、"off"、true、false 或一个数'),
    },
    "dated_parameter": {
        "en": ("only a lever can change during a run", "state {name} without @ and a month, for the whole run"),
        "zh": ("运行中只有手段可以改变", "请去掉 @ 和月份，写 {name}，对整个运行有效"),
    },
    "from_start": {
        "en": (
            "it decides who is there when the run begins, so it cannot change during the run",
            "state {name} without @ and a month",
        ),
        "zh": ("它决定运行开始时有哪些参与者，运行中不能改变", "请去掉 @ 和月份，写 {name}"),
    },
    "date_form": {
        "en": ("after @ stands the month from which the grade holds, 0 to {last:,}", "write {name}@12"),
        "zh": ("@ 后写从第几个月起生效，0 到 {last:,}", "例如 {name}@12"),
    },
    "not_finite": {
        "en": (
            "a number must be finite: not NaN, not infinite, not beyond 1e308",
            "write an ordinary number",
        ),
        "zh": ("须为有限的数：不能是 NaN、无穷大，也不能超过 1e308", "请写普通的数"),
    },
    "too_large": {
        "en": ("a whole number must fit into 64 bits", "write a smaller number"),
        "zh": ("整数不能超出 64 位", "请写小一些的数"),
    },
    "below": {
        "en": ("the value must be at least {low}", "write {low} or more"),
        "zh": ("数值不得小于 {low}", "请写 {low} 或更大的数"),
    },
    "above": {
        "en": ("the value must be at most {high}", "write {high} or less"),
        "zh": ("数值不得大于 {high}", "请写 {high} 或更小的数"),
    },
    "share": {
        "en": ("a share lies between 0 and 1", "did you mean {guess}?"),
        "zh": ("比例在 0 与 1 之间", "是不是 {guess}？"),
    },
    "not_choice": {
        "en": ("this is none of the possible values", "choose among: {choices}"),
        "zh": ("不是可选的值", "可选：{choices}"),
    },
    "control_characters": {
        "en": ("text may not have control characters", "type it again in plain characters"),
        "zh": ("文字中不能有控制字符", "请重新输入普通字符"),
    },
    "not_toml": {
        "en": ("this cannot be read as a value", "write it as in a scenario file, such as {example}"),
        "zh": ("读不出值", "写法与场景文件相同，如 {example}"),
    },
    "not_free": {
        "en": ("a key of a mode of your own is a number, true or false, or text", "write a single value"),
        "zh": ("自定义模式的键只能是数、true/false 或文字", "请写单个值"),
    },
    "range_form": {
        "en": (
            "wrong or missing in a range: {fields}",
            'write {{ low = 0.1, high = 0.2, why = "not reported" }}',
        ),
        "zh": ("区间中有误或缺少：{fields}", '请写 {{ low = 0.1, high = 0.2, why = "报道未给出" }}'),
    },
    "range_kind": {
        "en": ("only a number can be given as a range", "write a single value"),
        "zh": ("只有数可以给区间", "请写单个值"),
    },
    "range_in_group": {
        "en": ("the shares of {group} must sum to 1, so none of them can be a range", "write a single value"),
        "zh": ("{group} 各项之和须为 1，不能给区间", "请写单个值"),
    },
    "range_order": {
        "en": ("low ({low}) is above high ({high})", "swap them"),
        "zh": ("low（{low}）大于 high（{high}）", "请对调"),
    },
    "negative_seed": {
        "en": ("seed and replicate must be at least 0", "write 0 or more"),
        "zh": ("随机种子和重复序号不得小于 0", "请写 0 或更大的整数"),
    },
    # Values taken together
    "group_sum": {
        "en": (
            "the shares of {group} must sum to 1, and sum to {sum}: {parts}",
            "change them so that they sum to 1",
        ),
        "zh": ("{group} 各项之和须为 1，现为 {sum}：{parts}", "请调整，使其和为 1"),
    },
    "at_most": {
        "en": (
            "the value may not exceed {other} = {value} ({place})",
            "lower this or raise {other}",
        ),
        "zh": ("不得超过 {other} = {value}（{place}）", "请调低此值，或调高 {other}"),
    },
    "allowed_mode": {
        "en": ("{name} is no governance mode: there is no [modes.{name}]", "the modes are: {names}"),
        "zh": ("{name} 不是治理模式：没有 [modes.{name}]", "已有模式：{names}"),
    },
    "initial_mode": {
        "en": (
            "the initial mode {initial} must be one of modes.allowed",
            "choose among: {names}; or add it to modes.allowed",
        ),
        "zh": ("初始模式 {initial} 须在 modes.allowed 之中", "可选：{names}；或把它加进 modes.allowed"),
    },
    "empty_compounds": {
        "en": (
            "{households} households cannot fill {compounds} compounds",
            "state more households, or fewer compounds",
        ),
        "zh": ("{households} 户分不满 {compounds} 个小区", "请增加户数，或减少小区数"),
    },
    "ledger_decides": {
        "en": (
            "the ledger {ledger} says which compounds and households there are",
            'take {key} away, or run without the ledger: places.ledger = ""',
        ),
        "zh": ("小区数和户数以台账 {ledger} 为准", '请去掉 {key}，或不用台账：places.ledger = ""'),
    },
    "memory": {
        "en": (
            "so many households need about {needed} GB, and {available} GB are available",
            "at most {most} households fit into this machine now",
        ),
        "zh": ("这么多住户约需 {needed} GB 内存，现有 {available} GB", "本机目前最多容纳 {most} 户"),
    },
    "missing_value": {
        "en": ("{owner} needs this value, and [{section}] lacks it", "add it to [{section}]"),
        "zh": ("{owner} 需要此值，[{section}] 中没有", "请在 [{section}] 中补上"),
    },
    "other_type": {
        "en": ("{owner} needs a value of type {kind}", "write one in [{section}]"),
        "zh": ("{owner} 需要 {kind} 类型的值", "请在 [{section}] 中改写"),
    },
    # Modes of one's own
    "mode_not_python": {
        "en": ("a mode of your own is a Python file", "give a file that ends in .py; see docs/own_mode.md"),
        "zh": ("自定义模式须是 Python 文件", "请给出 .py 文件；见 docs/own_mode.md"),
    },
    "mode_syntax": {
        "en": ("Python cannot read this: {detail}", "mend the line, or the one before it"),
        "zh": ("不符合 Python 语法：{detail}", "请改正此行或上一行"),
    },
    "mode_not_run": {
        "en": ("running the file failed: {said}", "mend the file; `uv run python FILE` shows the same error in full"),
        "zh": ("运行此文件时出错：{said}", "请改正文件；uv run python 文件名 可看到完整报错"),
    },
    "mode_fails": {
        "en": ("this line of a mode of your own failed during the run: {said}", "mend the line; see docs/own_mode.md"),
        "zh": ("运行中，自定义模式的这一行出错：{said}", "请改正此行；见 docs/own_mode.md"),
    },
    "mode_no_class": {
        "en": (
            "the file defines no subclass of Mode",
            'write class …(Mode) with name = "{name}"; see docs/own_mode.md',
        ),
        "zh": ("文件中没有 Mode 的子类", '请写 class …(Mode)，并令 name = "{name}"；见 docs/own_mode.md'),
    },
    "mode_other_name": {
        "en": (
            "the class must go by the name of its section, [modes.{name}]",
            'write name = "{name}" in class {cls}, or rename the section',
        ),
        "zh": ("类的 name 须与节名 [modes.{name}] 相同", '请在类 {cls} 中写 name = "{name}"，或改节名'),
    },
    "mode_method": {
        "en": (
            "a mode needs the method {method}, and {cls} has none",
            "add def {method}(self, district, row); docs/own_mode.md says what it returns",
        ),
        "zh": (
            "模式须有方法 {method}，类 {cls} 中没有",
            "请加上 def {method}(self, district, row)；返回值见 docs/own_mode.md",
        ),
    },
    "mode_signature": {
        "en": ("{method} is called with a district and a row", "write def {method}(self, district, row)"),
        "zh": ("调用 {method} 时会给出 district 和 row", "请写 def {method}(self, district, row)"),
    },
    "mode_defaults": {
        "en": ("defaults is a dict", 'write defaults = Mode.defaults | {{"largest": 250}}'),
        "zh": ("defaults 须是字典", '例如 defaults = Mode.defaults | {{"largest": 250}}'),
    },
    "mode_key": {
        "en": (
            "neither Mode nor the class knows this key of [{name}]",
            "take it away, or name it in the class's `defaults`; known are: {names}",
        ),
        "zh": (
            "Mode 和该类都没有 [{name}] 的这个键",
            "请去掉，或在类的 defaults 中写上；已知的键：{names}",
        ),
    },
    # Ledgers of compounds
    "empty_ledger": {
        "en": ("a ledger has a row of headers and at least one compound", "begin with: {example}"),
        "zh": ("台账要有表头和至少一个小区", "表头例如：{example}"),
    },
    "workbook": {
        "en": (
            "this is an Excel workbook, not a CSV file",
            'in Excel: Save as, "CSV UTF-8 (comma delimited)"',
        ),
        "zh": ("这是 Excel 工作簿，不是 CSV 文件", "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”"),
    },
    "utf16": {
        "en": ("the file is UTF-16 or has zero bytes", 'save it as "CSV UTF-8"'),
        "zh": ("文件是 UTF-16 编码，或含有零字节", "请另存为“CSV UTF-8”"),
    },
    "no_encoding": {
        "en": ("the file is neither UTF-8 nor GB18030 (GBK)", 'save it as "CSV UTF-8"'),
        "zh": ("文件既不是 UTF-8 也不是 GB18030（GBK）", "请另存为“CSV UTF-8”"),
    },
    "broken_csv": {
        "en": ("the table breaks off here: {detail}", "look for a quote that is not closed"),
        "zh": ("表格从此处读不下去：{detail}", "请检查是否有未闭合的引号"),
    },
    "fullwidth_comma": {
        "en": ("columns are separated by full-width commas", "separate them by , or ; or tabs"),
        "zh": ("各列用了全角逗号分隔", "请改用半角 , 或 ; 或制表符"),
    },
    "duplicate_header": {
        "en": ("this header stands {times} times", "keep one of these columns, or rename the others"),
        "zh": ("表头出现了 {times} 次", "请只留一列，或给其余的改名"),
    },
    "two_aliases": {
        "en": ("these headers all mean {field}", "keep one of these columns"),
        "zh": ("这些表头都表示 {field}", "请只留一列"),
    },
    "missing_column": {
        "en": ("a column {field} is needed", "name a column one of: {aliases}"),
        "zh": ("缺少 {field} 一列", "列名可用：{aliases}"),
    },
    "missing_cell": {
        "en": ("{field} is empty", "every compound needs a name (or id) and its number of households"),
        "zh": ("{field} 为空", "每个小区都要有名称（或编号）和户数"),
    },
    "ragged_row": {
        "en": (
            "the row has {cells} cells, and the header {columns}",
            "put cells with a separator in quotes; fill the gaps",
        ),
        "zh": ("本行有 {cells} 格，表头有 {columns} 格", "含分隔符的格请加引号；缺的格请补上"),
    },
    "fullwidth_number": {
        "en": ("the number has full-width characters", "write {ascii}"),
        "zh": ("数字含全角字符", "请写 {ascii}"),
    },
    "total_row": {
        "en": ("this looks like a total, not a compound", "delete the row"),
        "zh": ("这一行像是合计，不是小区", "请删除此行"),
    },
    "title_row": {
        "en": ("row {row} looks like a title; the headers are in row {head}", "delete the row"),
        "zh": ("第 {row} 行像是标题；表头在第 {head} 行", "请删除此行"),
    },
    "future_year": {
        "en": ("no compound was built after this year: at most {high}", "write the year of building, {high} or before"),
        "zh": ("建成年份不得晚于今年（{high}）", "请写建成年份，不晚于 {high}"),
    },
    "comma_number": {
        "en": ("the comma may separate thousands or decimals", "write {plain}, or {point} if that is meant"),
        "zh": ("逗号可能是千分位，也可能是小数点", "请写 {plain}；若指小数，请写 {point}"),
    },
    "not_whole_cell": {
        "en": ("a whole number is needed", "write digits only, such as 1320: no unit, no decimals"),
        "zh": ("须为整数", "只写数字，如 1320：不带单位和小数"),
    },
    "not_number_cell": {
        "en": (
            "a number is needed",
            "write digits only, such as 0.12: no unit; only shares may have a %",
        ),
        "zh": ("须为数", "只写数字，如 0.12：不带单位；只有比例可带 %"),
    },
    "above_households": {
        "en": ("there cannot be more than the {most} households of the compound", "check both columns"),
        "zh": ("不能超过本小区的 {most} 户", "请核对两列"),
    },
    "repeated_id": {
        "en": ("this id names several compounds, in rows {rows}", "give each compound an id of its own"),
        "zh": ("编号重复，见第 {rows} 行", "请给每个小区不同的编号"),
    },
    "more_rows": {
        "en": ("{count} more rows have the same problem", "mend them alike"),
        "zh": ("还有 {count} 行有同样的问题", "请一并修改"),
    },
}

# What Python's TOML reader says (how its messages begin), in Chinese.
SYNTAX_ZH = {
    "Invalid value": "值读不懂",
    "Invalid statement": "这一行读不懂",
    "Invalid initial character for a key part": "键的开头字符不对",
    "Invalid date or datetime": "日期不对",
    "Expected '=' after a key": "键后面要有等号 =",
    "Expected newline or end of document": "一行只能写一条",
    "Expected ']' at the end": "节名后面要有 ]",
    "Expected ']]' at the end": "节名后面要有 ]]",
    "Unclosed array": "列表的方括号没有闭合",
    "Unclosed inline table": "花括号没有闭合",
    "Unterminated string": "引号没有闭合",
    'Expected "\'"': "引号没有闭合",
    "Expected '\"'": "引号没有闭合",
    "Unescaped '\\' in a string": "字符串中的反斜杠要写成 \\\\",
    "Found invalid character": "有不允许的字符",
    "Illegal character": "有不允许的字符",
    "Cannot overwrite a value": "与前面的键冲突",
    "Cannot declare": "这一节前面已经有了",
    "Cannot mutate immutable namespace": "与前面的键冲突",
    "Duplicate inline table key": "花括号里的键重复",
    "maximum recursion depth exceeded": "括号嵌套太深",
}

# The words around a message.
LABELS: Mapping[Literal["en", "zh"], Mapping[str, str]] = {
    "en": {
        "title": "The input cannot be used. Problems: {count}",
        "override": "override (--set)",
        "line": "line {line}",
        "row": "row {line}",
        "seen": "seen:   ",
        "rule": "rule:   ",
        "remedy": "remedy: ",
        "join": ", ",
    },
    "zh": {
        "title": "输入有误，共 {count} 处",
        "override": "覆盖值（--set）",
        "line": "第 {line} 行",
        "row": "第 {line} 行",
        "seen": "写的是：",
        "rule": "规则：  ",
        "remedy": "改法：  ",
        "join": "，",
    },
}
