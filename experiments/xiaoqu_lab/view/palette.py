"""Colours of the pictures: custom properties of the page, so that they follow its theme, each with its value in a file.

After Okabe and Ito, fit for colour-blind readers, as in `xiaoqu_lab.figures`; and never alone: modes differ in shape,
lines in dash.
"""

from __future__ import annotations

import re

MODES = ("#666666", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
AGES = ("#56B4E9", "#0072B2", "#E69F00", "#D55E00")
DASHES = ("", "6 3", "6 2 1.5 2", "1.5 2.5", "10 3", "3 3")


def mode_colour(code: int) -> str:
    """The colour of a mode, by its place among the modes; the first, without a body, is grey."""
    place = code if code < len(MODES) else 1 + (code - 1) % (len(MODES) - 1)
    return f"var(--mode-{place},{MODES[place]})"


def age_colour(place: int) -> str:
    """The colour of open matters of an age, the youngest first."""
    return f"var(--age-{place},{AGES[place]})"


def standalone(svg: str) -> str:
    """A picture for programs that know no custom properties: each is replaced by its value."""
    return re.sub(r"var\(--[a-z0-9-]+, ?(#[0-9A-Fa-f]{3,8})\)", r"\1", svg)
