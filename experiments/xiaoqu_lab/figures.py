"""The figures of a result as SVG.

Colours are those of Okabe and Ito, told apart by colour-blind readers, and never alone: lines differ in dash, areas
are labelled where they lie. Text stays text, set in the reader's own fonts; places are measured with the font that
comes with matplotlib, and labels hang on anchors: the same run gives the same bytes whatever fonts a machine has.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from xiaoqu.tally import AGES
from xiaoqu_lab.console import figure as shown
from xiaoqu_lab.console import percent
from xiaoqu_lab.simulate import FEWEST, HEADLINES
from xiaoqu_lab.texts import TEXTS, Lang, mode_name, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from xiaoqu_lab.simulate import Result
    from xiaoqu_lab.targets import Comparison

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
GREY, PALE = "#666666", "#DDDDDD"
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (5, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
AREAS = (PALE, BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW)
WIDTH, HEIGHT = 7.6, 4.2
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "xiaoqu",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titlepad": 20,
    "hatch.linewidth": 0.5,
}
CHINESE_FONTS = (
    "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'Source Han Sans SC', 'SimHei', 'WenQuanYi Zen Hei'"
)
READERS_FONTS: dict[Lang, str] = {
    "en": f"'DejaVu Sans', {CHINESE_FONTS}, sans-serif",
    "zh": f"{CHINESE_FONTS}, 'DejaVu Sans', sans-serif",
}
"""What viewers are asked for; the first one that they have. Some stop at a first family that lacks a letter."""


def draw(result: Result, lang: Lang = "en") -> dict[str, str]:
    """Every figure of a result by name, as SVG text."""
    painters = {
        "collection": _collection,
        "issues": _issues,
        "satisfaction": _satisfaction,
        "adoption": _adoption,
    }
    with mpl.rc_context(cast("Any", STYLE)), warnings.catch_warnings():
        # The measuring font has no Chinese; the reader's has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        return {name: _svg(paint(result, lang), lang) for name, paint in painters.items()}


def _svg(picture: Figure, lang: Lang) -> str:
    buffer = io.StringIO()
    picture.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace("'DejaVu Sans'", READERS_FONTS[lang])


def _frame(result: Result, lang: Lang, title: str, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure with room for labels at the right, months below, and a line where the campaign begins."""
    picture = Figure(figsize=(WIDTH, HEIGHT if panels == 1 else 1.5 * HEIGHT))
    axes = list(picture.subplots(panels, 1, squeeze=False)[:, 0])
    high = HEIGHT if panels == 1 else 1.5 * HEIGHT
    picture.subplots_adjust(0.075, 0.55 / high, 0.71, 1 - 0.62 / high, hspace=0.38)
    months = result.table["month"].to_numpy()
    for ax in axes:
        ax.set_xlim(months[0], months[-1] + 0.001)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
        ax.margins(y=0)
    axes[-1].set_xlabel(text("figure.month", lang))
    axes[0].text(
        0.3, 1.015, text("figure.campaign", lang), color=GREY, fontsize=8, transform=axes[0].get_xaxis_transform()
    )
    axes[0].set_title(text(title, lang), color="black")
    return picture, axes


def _as_shares(ax: Axes) -> None:
    ax.set_ylim(0, 1)
    ax.set_yticks(np.linspace(0, 1, 6), [f"{tick:.0f} %" for tick in np.linspace(0, 100, 6)])
    ax.grid(axis="y", color=PALE, linewidth=0.6)
    ax.set_axisbelow(True)


def _label(ax: Axes, places: list[tuple[float, str, str]], apart: float) -> None:
    """Labels at the right edge, `apart` from one another at least, each as near to its value as that allows."""
    last = -np.inf
    bottom, top = ax.get_ylim()
    places = sorted(place for place in places if not np.isnan(place[0]))
    heights = []
    for value, _, _ in places:
        last = max(value, last + apart)
        heights.append(last)
    # Pushed over the top, they move down together.
    over = max(0.0, (heights[-1] if heights else 0.0) - top)
    for height, (_, label, colour) in zip(heights, places, strict=True):
        ax.annotate(
            label,
            (1, max(bottom, height - over)),
            (9, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )


def _lines(ax: Axes, result: Result, lang: Lang, lines: list[tuple[str, str, Any]]) -> None:
    """Lines of shares: outcome, colour, dash. A headline has its band."""
    months = result.table["month"].to_numpy()
    labels = []
    for name, colour, dash in lines:
        values = result.table[name].to_numpy(dtype=float)
        band, middle = (result.band(name), result.middle(name)) if name in HEADLINES else (None, None)
        if band is not None and middle is not None:
            ax.fill_between(months, *band, color=colour, alpha=0.18, linewidth=0)
            ax.plot(months, middle, color=colour, linestyle=(0, (1, 1.5)), linewidth=0.9)
        ax.plot(months, values, color=colour, linestyle=dash, linewidth=1.8)
        measured = values[~np.isnan(values)]
        if len(measured):
            label = text(f"line.{name}", lang) if f"line.{name}" in TEXTS else name
            labels.append((float(measured[-1]), f"{label} {percent(measured[-1])}", colour))
    _as_shares(ax)
    _label(ax, labels, 0.06)


def _explain(picture: Figure, result: Result, lang: Lang, *, bands: bool = True) -> None:
    """What line and band are, at the foot; some figures have no bands."""
    key = "figure.band" if bands and len(result.replicates) >= FEWEST else "figure.line"
    words = text(key, lang, seed=result.seed, replicates=len(result.replicates))
    picture.text(0.985, 0.012, words, ha="right", va="bottom", color=GREY, fontsize=7.5)


def _collection(result: Result, lang: Lang) -> Figure:
    picture, (ax,) = _frame(result, lang, "figure.collection")
    reported = {comparison.target.outcome for comparison in _shares(result, "collection_rate")}
    names = ["collection_rate_12m", "collection_rate_households", *sorted(reported)]
    styles = zip((BLUE, RED, GREEN, PURPLE, ORANGE), DASHES, strict=True)
    lines = [(name, *style) for name, style in zip(dict.fromkeys(names), styles, strict=False)]
    _lines(ax, result, lang, lines)
    _marks(ax, result, lang, "collection_rate")
    _explain(picture, result, lang)
    return picture


def _marks(ax: Axes, result: Result, lang: Lang, start: str) -> None:
    """Reported figures as diamonds, at the end of their window."""
    for comparison in _shares(result, start):
        target = comparison.target
        month = -1 if target.aggregate == "before" else target.window[1]
        ax.plot([month], [target.reported], "D", color="black", markersize=6, clip_on=False, zorder=5)
        words = f"{text('figure.reported', lang)} {shown(target.reported, target.unit)}"
        # On the side away from what was simulated.
        up = target.reported >= comparison.simulated
        offset = (-4, 15 if up else -23)
        ax.annotate(words, (month, target.reported), offset, textcoords="offset points", ha="right")


def _shares(result: Result, start: str) -> list[Comparison]:
    """The comparable targets about a family of shares at one time."""
    return [
        comparison
        for comparison in result.comparisons
        if comparison.target.outcome.startswith(start)
        and comparison.target.unit == "share"
        and comparison.target.aggregate in ("last", "before")
        and comparison.verdict != "not_comparable"
    ]


def _issues(result: Result, lang: Lang) -> Figure:
    picture, (above, below) = _frame(result, lang, "figure.issues", panels=2)
    _lines(above, result, lang, [("resolution_rate", BLUE, "-")])
    _marks(above, result, lang, "resolution_rate")
    _areas(
        below,
        result,
        [
            (f"backlog_{age}", text(f"figure.{age}", lang), colour)
            for age, colour in zip(AGES, (SKY, BLUE, ORANGE, RED), strict=True)
        ],
    )
    below.set_title(text("figure.backlog", lang), color="black", pad=8)
    _explain(picture, result, lang)
    return picture


def _areas(ax: Axes, result: Result, areas: list[tuple[str, str, str]]) -> None:
    """Areas on top of one another, labelled at the right: outcome, label, colour."""
    months = result.table["month"].to_numpy()
    values = np.array([result.table[name].to_numpy(dtype=float) for name, _, _ in areas])
    ax.stackplot(months, values, colors=[colour for _, _, colour in areas], edgecolor="white", linewidth=0.6)
    top = float(np.nanmax(values.sum(axis=0), initial=0.0)) or 1.0
    ax.set_ylim(0, top)
    middles = np.cumsum(values[:, -1]) - values[:, -1] / 2
    _label(ax, [(float(y), label, "black") for y, (_, label, _) in zip(middles, areas, strict=True)], 0.075 * top)


def _satisfaction(result: Result, lang: Lang) -> Figure:
    picture, (ax,) = _frame(result, lang, "figure.satisfaction")
    _lines(ax, result, lang, [("satisfaction", BLUE, "-"), ("trust", RED, DASHES[1])])
    _explain(picture, result, lang)
    return picture


def _adoption(result: Result, lang: Lang) -> Figure:
    picture, (ax,) = _frame(result, lang, "figure.adoption")
    modes = result.district.world.modes
    used = [(i, mode) for i, mode in enumerate(modes) if result.table[f"share_{mode}"].any()]
    own = result.district.mode_titles
    areas = [(f"share_{mode}", mode_name(mode, lang, own), AREAS[i % len(AREAS)]) for i, mode in reversed(used)]
    _areas(ax, result, areas)
    _as_shares(ax)
    _explain(picture, result, lang, bands=False)
    return picture
