"""What `xiaoqu view` and its server say, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang

TEXTS: Mapping[str, Mapping[Lang, str]] = {
    "help.view": {
        "en": "Open a district in the browser: watch it, ask it why, change its course.",
        "zh": "在浏览器中打开街区：观看、追问、调整。",
    },
    "option.port": {"en": "Port of this machine [8765, else a free one].", "zh": "本机端口 [8765，被占用则另选]。"},
    "option.no_browser": {"en": "Only print the address.", "zh": "只显示网址，不打开浏览器。"},
    "view.open": {
        "en": "The view is open on this machine, for you only (Ctrl-C closes it):\n\n    {address}\n",
        "zh": "页面已在本机打开，只供你使用（按 Ctrl-C 关闭）：\n\n    {address}\n",
    },
    "view.closed": {"en": "The view is closed.", "zh": "页面已关闭。"},
}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "port_taken": {
        "en": ("the port cannot be used: {reason}", "give another number from 1024 to 65535, or leave --port out"),
        "zh": ("不能使用这个端口：{reason}", "请给出 1024 到 65535 的另一个端口，或不写 --port"),
    },
    "upload_name": {
        "en": ("the name of the file cannot be kept", "rename it: up to 60 letters, no control characters"),
        "zh": ("不能保存这个文件名", "请改名：不超过 60 个字，不含控制字符"),
    },
    "upload_runs_code": {
        "en": (
            "a scenario that is opened in the browser brings no code of its own",
            "start the view with it: uv run --extra view xiaoqu view FILE",
        ),
        "zh": ("在浏览器中打开的场景不能自带代码", "请用它启动：uv run --extra view xiaoqu view FILE"),
    },
    "upload_elsewhere": {
        "en": (
            "a scenario that is opened in the browser names only files opened there",
            "open that file first, and name it without a folder",
        ),
        "zh": ("在浏览器中打开的场景只能引用在此打开的文件", "请先打开该文件，并只写文件名，不写文件夹"),
    },
}
"""Rule and remedy of each complaint."""
