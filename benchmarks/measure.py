"""Measuring: seconds by phase, bytes by household, whole processes. Timings are medians of repeats that take turns.

Memory is the peak of a fresh process: `python -m benchmarks.measure memory model 1000000 6000 12` prints it as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.agreement import RULES, months_of, phases_named
from benchmarks.plain_mesa import PlainDistrict
from xiaoqu import District, load_scenario
from xiaoqu.columns import Table
from xiaoqu.issues import IssueTable
from xiaoqu.schedule import SCHEDULE, Phase
from xiaoqu.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from xiaoqu.scenario import Scenario
    from xiaoqu.world import World

Seconds = dict[str, float]
"""Median seconds a month by phase; `total` is the whole month, which includes what lies between phases."""


class Size(NamedTuple):
    """A district to measure: how large, how many months a repeat of either version, how many repeats."""

    households: int
    compounds: int
    months: int
    plain_months: int
    repeats: int

    def scenario(self) -> Scenario:
        """Hengdong stretched to this size."""
        sizes = {"places.households": self.households, "places.compounds": self.compounds}
        return load_scenario("hengdong", overrides=sizes)


class Speed(NamedTuple):
    """Seconds of one size: building with the spin-up (36 months), and months by phase."""

    build: float
    whole: Seconds
    rules: Seconds
    plain: Seconds


def clocked(phases: Sequence[Phase], seconds: dict[str, float]) -> list[Phase]:
    """The same phases, each adding its time to `seconds`."""

    def clock(phase: Phase) -> Phase:
        def run(district: District) -> None:
            start = time.perf_counter()
            phase.run(district)
            seconds[phase.name] = seconds.get(phase.name, 0.0) + time.perf_counter() - start

        return phase._replace(run=run)

    return [clock(phase) for phase in phases]


def time_model(district: District, phases: Sequence[Phase], months: int) -> Seconds:
    """Seconds a month of the model with these phases, averaged over `months`."""
    seconds: Seconds = {}
    with months_of(clocked(phases, seconds)):
        start = time.perf_counter()
        district.run_for(months)
        seconds["total"] = time.perf_counter() - start
    return {name: spent / months for name, spent in seconds.items()}


def time_plain(plain: PlainDistrict, months: int) -> Seconds:
    """Seconds a month of the plain Mesa version, averaged over `months`."""
    seconds = dict.fromkeys(RULES, 0.0)
    begin = time.perf_counter()
    for _ in range(months):
        for name in RULES:
            start = time.perf_counter()
            getattr(plain, name)()
            seconds[name] += time.perf_counter() - start
        plain.month += 1
    seconds["total"] = time.perf_counter() - begin
    return {name: spent / months for name, spent in seconds.items()}


def time_size(size: Size) -> Speed:
    """Time the whole model, its three rules alone and the plain version, in turns, each repeat on a fresh district."""
    scenario = size.scenario()
    District(size._replace(households=1786, compounds=11).scenario(), rng=0).run_for(12)  # compiles
    build, whole, rules, plain = [], [], [], []
    for seed in range(1, size.repeats + 1):
        gc.collect()  # the plain objects of the repeat before
        start = time.perf_counter()
        district = District(scenario, rng=seed)
        build.append(time.perf_counter() - start)
        whole.append(time_model(district, SCHEDULE, size.months))
        rules.append(time_model(district, phases_named(RULES), size.months))
        plain.append(time_plain(PlainDistrict(district, rng=seed), size.plain_months))
    return Speed(statistics.median(build), _median(whole), _median(rules), _median(plain))


def _median(repeats: list[Seconds]) -> Seconds:
    return {name: statistics.median(repeat[name] for repeat in repeats) for name in repeats[0]}


def time_runs(repeats: int) -> tuple[float, float]:
    """Seconds of one Hengdong run of 60 months: the model once warm, and the three rules in plain Mesa (60 months)."""
    scenario = load_scenario("hengdong")
    months = int(scenario["calendar.months"])
    total = months + int(scenario["calendar.spin_up"])
    ours, theirs = [], []
    for seed in range(repeats + 2):
        gc.collect()
        start = time.perf_counter()
        district = District(scenario, rng=seed)
        district.run_for(months)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        PlainDistrict(district, rng=seed).run_for(total)
        theirs.append(time.perf_counter() - start)
    return statistics.median(ours[2:]), statistics.median(theirs[2:])


def fixed_cost(repeats: int) -> Seconds:
    """Seconds a month that no household causes: eleven compounds of four flats, by phase."""
    tiny = Size(44, 11, 24, 0, repeats).scenario()
    gc.collect()
    months = [time_model(District(tiny, rng=seed), SCHEDULE, 24) for seed in range(repeats)]
    return _median(months)


class Bytes(NamedTuple):
    """Bytes a household, except the last."""

    row: float
    """Its columns."""
    state: float
    """All arrays of the world."""
    history: float
    """The months recorded so far."""
    peak: float
    """What the process grew by at most."""
    peak_process: int
    """Bytes of the whole process at its peak."""


def arrays_of(holder: object) -> Iterator[NDArray[Any]]:
    """Every array that an object of the model holds, those of its tables among them; not the history, a list."""
    for value in vars(holder).values():
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, Table | IssueTable | Tally):
            yield from arrays_of(value)


def state_bytes(world: World) -> int:
    """Bytes of all arrays of the world; an array that several names look into counts once."""
    owners = (array if array.base is None else array.base for array in arrays_of(world))
    return sum({id(owner): owner.nbytes for owner in owners if isinstance(owner, np.ndarray)}.values())


def peak_bytes() -> int:
    """Largest resident size of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def memory_of_model(size: Size) -> Bytes:
    """Build and run a district in this process. Call it in a fresh one: the peak is of everything before, too."""
    District(load_scenario("hengdong"), rng=0).run_for(3)  # compiles, so that the compiler does not count
    before = peak_bytes()
    district = District(size.scenario(), rng=1)
    district.run_for(size.months)
    households = len(district.households)
    history = sum(month.nbytes for month in district.world.tally.history)
    return Bytes(
        district.world.households.bytes_per_row,
        state_bytes(district.world) / households,
        history / households,
        (peak_bytes() - before) / households,
        peak_bytes(),
    )


def memory_of_plain(size: Size) -> Bytes:
    """The same for the plain version."""
    district = District(size.scenario(), rng=1)
    before = peak_bytes()
    plain = PlainDistrict(district, rng=1)
    plain.run_for(size.months)
    peak = (peak_bytes() - before) / size.households
    return Bytes(peak, peak, 0.0, peak, peak_bytes())


def memory(version: str, size: Size) -> Bytes:
    """Memory of `version` ("model" or "plain") in a fresh process.

    Ask before this process grows: on Linux a child's peak starts at what its parent had.
    """
    numbers = [str(number) for number in size[:3]]
    command = [sys.executable, "-m", "benchmarks.measure", "memory", version, *numbers]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return Bytes(*json.loads(told.stdout))


def time_processes(command: Sequence[str], repeats: int, cache: str | None = None) -> float:
    """Median seconds of a fresh process. `cache`: another home for compiled kernels."""
    environment = os.environ | ({"XDG_CACHE_HOME": cache} if cache else {})
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603 - our own commands
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


RESULT = (
    "from xiaoqu import District, load_scenario;"
    "s = load_scenario('hengdong'); d = District(s, rng=7); d.run_for(s['calendar.months']); print(d.outcomes())"
)


def time_help(repeats: int) -> float:
    """Seconds of `xiaoqu --help`."""
    script = Path(sys.executable).with_name("xiaoqu")
    return time_processes([str(script), "--help"], repeats)


def time_fresh_result(repeats: int) -> float:
    """Seconds from a fresh process to Hengdong's outcomes, kernels compiled before."""
    command = [sys.executable, "-c", RESULT]
    time_processes(command, 1)
    return time_processes(command, repeats)


def time_cold_result() -> float:
    """The same when no kernel has been compiled yet."""
    with tempfile.TemporaryDirectory() as empty:
        return time_processes([sys.executable, "-c", RESULT], 1, empty)


def main(arguments: Sequence[str]) -> None:
    """Print the memory of one version and size as JSON; see `memory`."""
    versions: dict[str, Callable[[Size], Bytes]] = {"model": memory_of_model, "plain": memory_of_plain}
    version, households, compounds, months = arguments
    print(json.dumps(versions[version](Size(int(households), int(compounds), int(months), int(months), 1))))


if __name__ == "__main__":
    main(sys.argv[2:])
