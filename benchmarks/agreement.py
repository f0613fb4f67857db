"""Do the plain Mesa version and the model follow the same rules? Their rates are compared over many seeds.

Both start from the same state, a district a year into its campaign so that every term is at work (visits,
announcements, chiefs), and run the three rules alone for a year, each with its own random numbers.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.plain_mesa import PlainDistrict
from xiaoqu import District, load_scenario
from xiaoqu import district as district_module
from xiaoqu.schedule import SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from xiaoqu.schedule import Phase

RULES = ("problems", "judgement", "payment")
MONTHS = 12
POINT = 0.01
CHANCE = 4.0
"""Standard errors of a difference beyond which it is no accident: a rule has changed on one side only."""
ROUNDING = 0.0005
"""What float32 columns and shared draws may add."""


class Rates(NamedTuple):
    """What the three rules bring about in a year."""

    problems: float
    """Problems per flat lived in and month."""
    reported: float
    """Share of problems reported at once."""
    satisfaction: float
    """Mean over flats lived in, at the end."""
    trust: float
    """Mean over flats lived in, at the end."""
    paid: float
    """Share of bills paid when they came."""
    paid_by_now: float
    """Share of flats whose last bill is paid, at the end."""


class Comparison(NamedTuple):
    """Mean rates over all seeds, and the standard error of their difference."""

    model: Rates
    plain: Rates
    error: Rates

    def faults(self) -> list[str]:
        """Where the two disagree by more than one point; problems by more than 1 % of their rate, or three errors."""
        faults = []
        for name, ours, theirs, error in zip(Rates._fields, *self, strict=True):
            allowed = max(POINT * ours, 3.0 * error) if name == "problems" else POINT
            if not abs(ours - theirs) <= allowed:
                faults.append(f"{name}: model {ours:.4f}, plain Mesa {theirs:.4f}, allowed {allowed:.4f}")
        return faults


@contextmanager
def months_of(phases: Sequence[Phase]) -> Iterator[None]:
    """While it lasts, a district's month consists of these phases."""
    with patch.object(district_module, "SCHEDULE", tuple(phases)):
        yield


def phases_named(names: Collection[str]) -> list[Phase]:
    """Phases of the schedule by name, in the schedule's order."""
    return [phase for phase in SCHEDULE if phase.name in names]


def small_district(seed: int, households: int = 1786, compounds: int = 11, months: int = MONTHS) -> District:
    """A district of the Hengdong scenario, `months` into its campaign."""
    sizes = {"places.households": households, "places.compounds": compounds}
    district = District(load_scenario("hengdong", overrides=sizes), rng=seed)
    district.run_for(months)
    return district


def rates_of_model(district: District) -> Rates:
    """Run the three rules of the model for a year. This changes the district."""
    world = district.world
    tally, lived_in = world.tally, world.compounds.occupied
    counts = np.zeros(4)
    with months_of(phases_named(RULES)):
        for _ in range(MONTHS):
            district.step()
            rows = (tally.problems, tally.reported, tally.bills, tally.bills_paid)
            counts += [row.sum() for row in rows]
    problems, reported, bills, paid = counts
    return Rates(
        problems / (lived_in.sum() * MONTHS),
        reported / problems,
        float(np.average(world.compounds.satisfaction, weights=lived_in)),
        float(np.average(world.compounds.trust, weights=lived_in)),
        paid / bills,
        float(world.households.paid.mean()),
    )


def rates_of_plain(plain: PlainDistrict) -> Rates:
    """Run the plain Mesa version for a year."""
    compounds = plain.compounds
    households = [household for compound in compounds for household in compound.households]
    lived_in = [household for household in households if not household.is_vacant]
    problems, reported, bills, paid = 0, 0, 0, 0
    for _ in range(MONTHS):
        plain.step()
        problems += sum(sum(compound.problems) for compound in compounds)
        reported += sum(compound.reported for compound in compounds)
        bills += sum(compound.bills for compound in compounds)
        paid += sum(compound.bills_paid for compound in compounds)
    return Rates(
        problems / (len(lived_in) * MONTHS),
        reported / problems,
        sum(household.satisfaction for household in lived_in) / len(lived_in),
        sum(household.trust for household in lived_in) / len(lived_in),
        paid / bills,
        sum(household.paid for household in households) / len(households),
    )


def compare(seeds: Sequence[int], households: int = 1786, compounds: int = 11) -> Comparison:
    """Run both versions from the same states, one state a seed."""
    model, plain = [], []
    for seed in seeds:
        district = small_district(seed, households, compounds)
        twin = PlainDistrict(district, rng=seed)
        model.append(rates_of_model(district))
        plain.append(rates_of_plain(twin))
    ours, theirs = np.array(model), np.array(plain)
    error = (ours - theirs).std(axis=0, ddof=1) / np.sqrt(len(seeds))
    return Comparison(Rates(*ours.mean(axis=0)), Rates(*theirs.mean(axis=0)), Rates(*error))
