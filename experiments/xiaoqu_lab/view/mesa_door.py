"""The district behind Mesa's own controls, for those who know Mesa: the same model, the same pictures.

    from xiaoqu_lab.view import solara_viz
    page = solara_viz("hengdong", seed=7)         # the last line of a notebook cell, or a file for `solara run`

Steps are months; a slider for each lever takes effect on Reset, which keeps the seed and all that has no slider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import solara
from mesa.visualization import Slider, SolaraViz

from xiaoqu import District, load_scenario
from xiaoqu.levers import all_levers
from xiaoqu.scenario import Scenario
from xiaoqu_lab.view import curves, map  # noqa: A004 - the module that draws the map
from xiaoqu_lab.view.picture import Picture
from xiaoqu_lab.view.series import Series
from xiaoqu_lab.view.session import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xiaoqu_lab.texts import Lang

    type Component = Callable[[District], Any]

STEP = 0.05
"""Grade by which a slider moves."""


class PassedBy(Scenario):
    """A scenario that Mesa's controls pass by.

    They ask `if model.scenario`, and then take it for an object of Mesa's own kind and make a new one from sliders.
    """

    def __bool__(self) -> bool:
        """Nothing for Mesa to work on."""
        return False


class SteeredDistrict(District):
    """A district that Mesa's controls can build again: from a scenario, a seed, and a value for each slider."""

    def __init__(self, stated: Scenario, rng: int, **levers: float) -> None:
        """Build the district; a lever that is as the scenario has it stays the scenario's."""
        moved = {f"levers.{name}": value for name, value in levers.items() if value != stated[f"levers.{name}"]}
        built = stated.with_overrides(moved) if moved else stated
        super().__init__(PassedBy(built.baseline, built.layers, built.roster, built.code), rng=rng)


class _Stepped(Run):
    """What curves are drawn from, of a district that Mesa steps."""

    def __init__(self, district: District) -> None:
        self.base, self.changes, self.seed, self.district = district.scenario, {}, district.seed, district
        self.series = Series(district, frozenset(target.outcome for target in district.scenario.targets))
        self._earlier = None


def solara_viz(
    scenario: Scenario | str | Path = "hengdong",
    *,
    seed: int = 1,
    lang: Lang = "en",
    components: Sequence[Component] = (),
) -> Any:
    """Mesa's SolaraViz of a district. Every visitor, and every cell it is shown in, gets a model of its own.

    Args:
        scenario: what `load_scenario` returns or takes.
        seed: kept on Reset.
        lang: of the pictures and the sliders' names; Mesa's own controls are in English.
        components: more to show, each called with the district, as Mesa's documentation has it.

    Raises:
        InputError: everything that is wrong with the scenario.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return _Page(loaded, seed, lang, tuple(components))


@solara.component
def _Page(stated: Scenario, seed: int, lang: Lang, more: tuple[Component, ...]) -> None:
    district = solara.use_memo(lambda: SteeredDistrict(stated, rng=seed), [])
    shown = [lambda model: _Map(model, model.month, lang), lambda model: _Curves(model, model.month, lang), *more]
    SolaraViz(
        district,
        components=[(component, 0) for component in shown],
        model_params={"stated": stated, "rng": seed, **_sliders(stated, lang)},
        name=stated.title(lang),
    )


@solara.component
def _Map(district: District, _month: int, lang: Lang) -> None:
    """The map; a component is drawn again when what it is given has changed, and the district stays the same object."""
    where = solara.use_memo(lambda: map.places(district), [district])
    data = district.world.tally.history[-1]
    Picture(map.draw(where, data, district.world.modes, "collection", lang, district.mode_titles, ""))


@solara.component
def _Curves(district: District, _month: int, lang: Lang) -> None:
    """The curves up to now."""
    run = solara.use_memo(lambda: _Stepped(district), [district])
    run.series.extend(district)
    Picture(curves.draw(run, None, run.newest, lang))


def _sliders(stated: Scenario, lang: Lang) -> dict[str, Slider]:
    """A slider for each lever, at the scenario's value."""
    sliders = {}
    for lever in all_levers():
        low, high = stated.entry(lever.key).bounds
        name = lever.key.removeprefix("levers.")
        label = lever.zh.partition("：")[0] if lang == "zh" else name.replace("_", " ")
        sliders[name] = Slider(label, stated[lever.key], low or 0.0, 1.0 if high is None else high, STEP, dtype=float)
    return sliders
