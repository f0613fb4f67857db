"""Kill sweeps at random moments and at every commit point, damage stores, and compare with an uninterrupted one.

    uv run python -m tests.crash --kills 150 --cluster-kills 50 --flips 1000 --every 4

Prints how far it is and a table at the end; the exit code is 1 if a single byte differs, a damaged byte is read, a
sweep that nobody harmed fails, a process is left over, or a kind of harm that was asked for was never done.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tests.crash.cluster import started
from tests.crash.sweeping import Harmed, design, die_at
from tests.sweeps.small import content

from xiaoqu.errors import InputError
from xiaoqu_lab.sweeps import runs
from xiaoqu_lab.sweeps.results import load
from xiaoqu_lab.sweeps.store import QUARANTINE, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

HOW = ("kill the sweep", "kill a worker", "kill them all", "Ctrl-C", "SIGTERM")
DASK = "random harms, Dask"
FATAL = ("different", "failed unharmed", "left over", "read silently")
"""What must not happen."""
START_SECONDS = 2.0
"""About how long workers take to start: harms before the first commit fall into this time."""


def of_session(session: int) -> dict[int, str]:
    """The living processes of a session: number and command line."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            line = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found[int(stat.parent.name)] = line
    return found


def send(numbers: list[int], what: signal.Signals) -> None:
    """Send a signal to processes, some of which may be gone."""
    for number in numbers:
        try:
            handle = os.pidfd_open(number)  # so that no other process of the same number is hit
        except OSError:
            continue
        try:
            signal.pidfd_send_signal(handle, what)
        except OSError:
            continue
        finally:
            os.close(handle)


def workers_of(session: int) -> list[int]:
    """The worker processes of a session."""
    return [number for number, line in of_session(session).items() if number != session and "spawn_main" in line]


def harm(trial: Harmed, how: str, luck: random.Random) -> None:
    """Do one of the things that happen to a long sweep."""
    match how:
        case "kill the sweep":
            send([trial.pid], signal.SIGKILL)
        case "kill a worker":
            workers = workers_of(trial.pid)
            send([luck.choice(workers)] if workers else [], signal.SIGKILL)
        case "kill them all":
            send([*of_session(trial.pid)], signal.SIGKILL)
        case "Ctrl-C":
            send([*of_session(trial.pid)], signal.SIGINT)
        case _:
            send([trial.pid], signal.SIGTERM)


def left_over(session: int, patience: float = 30.0) -> int:
    """How many processes of a session do not end by themselves; they are ended."""
    end = time.monotonic() + patience
    while (alive := of_session(session)) and time.monotonic() < end:
        time.sleep(0.02)
    send([*alive], signal.SIGKILL)
    return len(alive)


def committed(folder: Path) -> int:
    """The files that stand in a store by now."""
    return sum(not entry.name.endswith(".partial") for name in TABLES for entry in _entries(folder / name))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return [*os.scandir(folder)]
    except FileNotFoundError:
        return []


def reached(trial: Harmed, folder: Path, total: int, luck: random.Random) -> bool:
    """Wait for a random moment of what is left of a sweep, by its progress, not by the clock; False if it ended."""
    now = committed(folder)
    goal = luck.randint(now, max(now, total - 1))
    if goal == now:
        return not trial.ended(luck.uniform(0.0, START_SECONDS))
    while committed(folder) < goal:
        if trial.ended(0.0005):
            return False
    return not trial.ended(luck.uniform(0.0, 0.01))  # a commit takes about as long: before, within, after it


def random_harms(name: str, kills: int, wanted: dict[str, bytes], room: Path, cluster: str | None) -> Counter[str]:
    """Harm a sweep at random moments, start it again until it is done, compare; until enough harm is done."""
    luck, tally = random.Random(name), Counter[str]()
    total = sum(path.split("/")[0] in TABLES for path in wanted)
    while tally["harms"] < kills:
        folder = room / f"{name}-{tally['sweeps']}"
        harmed = True
        while harmed:
            trial = Harmed(folder, 2, cluster)
            harmed = tally["harms"] < kills and reached(trial, folder, total, luck)
            how = ""
            if harmed:
                how = luck.choice(HOW) if cluster is None else luck.choice(("kill the sweep", "Ctrl-C", "SIGTERM"))
                harm(trial, how, luck)
                tally["harms"] += 1
                tally[how] += 1
                tally["while a file was written"] += any(folder.glob("*/*.partial"))
            code = trial.end()
            tally["left over"] += left_over(trial.pid)
            # A sweep outlives its worker: it must come to its end as if nothing had been.
            tally["failed unharmed"] += code != 0 and how in ("", "kill a worker")
            harmed &= code != 0
            progress(f"random harms, {name}", tally["harms"], kills, tally)
        tally["sweeps"] += 1
        compare(tally, folder, wanted)
    return tally


def compare(tally: Counter[str], folder: Path, wanted: dict[str, bytes]) -> None:
    """Compare a finished store with the uninterrupted one, all bytes but what it set aside; keep one that differs."""
    found = {name: data for name, data in content(folder).items() if not name.startswith(QUARANTINE)}
    if found == wanted:
        tally["identical"] += 1
        shutil.rmtree(folder)
    else:
        tally["different"] += 1
        names = [name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)]
        click.echo(f"\n{folder} differs in {sorted(names)[:5]}; see {folder.with_suffix('.log')}", err=True)


def commit_points(wanted: dict[str, bytes], room: Path, every: int) -> Counter[str]:
    """Kill a sweep at every (n-th) call of a commit, finish it, compare."""
    tally = Counter[str]()
    # A file is opened, flushed and renamed, and its folder flushed; each before and after.
    points = [
        (call, at) for call, times in (("open", 2), ("fsync", 4), ("replace", 2)) for at in range(times * len(wanted))
    ]
    points = points[::every]
    for number, (call, at) in enumerate(points):
        folder = room / f"point-{call}-{at}"
        tally["harms"] += Harmed(folder, 0, prepare=lambda call=call, at=at: die_at(call, at)).end() == -signal.SIGKILL  # type: ignore[misc]
        tally["failed unharmed"] += Harmed(folder, 0).end() != 0
        tally["sweeps"] += 1
        compare(tally, folder, wanted)
        progress("commit points", number + 1, len(points), tally)
    tally["commit points"] = len(points)
    return tally


def flips(count: int, folder: Path) -> Counter[str]:
    """Flip one bit of a file that `load` reads, or cut it; reading must refuse. Then put it back."""
    luck, tally = random.Random("flips"), Counter[str]()
    files = sorted([*folder.glob("*/*.parquet"), *folder.glob("plans/*.json")])
    for number in range(count):
        path = luck.choice(files)
        data = path.read_bytes()
        harmed = bytearray(data)
        if number % 10 == 9:
            del harmed[luck.randrange(len(harmed)) :]
        else:
            harmed[luck.randrange(len(harmed))] ^= 1 << luck.randrange(8)
        path.write_bytes(harmed)
        try:
            load(folder)
            tally["read silently"] += 1
        except InputError:
            tally["refused"] += 1
        path.write_bytes(data)
        progress("flips and cuts", number + 1, count, tally)
    tally["harms"] = count
    return tally


def over_dask(kills: int, wanted: dict[str, bytes], room: Path) -> Counter[str]:
    """Harm sweeps over a Dask cluster that kills its own workers now and then."""
    cluster = started()
    assert cluster.stdout is not None
    address = cluster.stdout.readline().strip()
    tally = random_harms("dask", kills, wanted, room, address)
    tally["workers killed"] = int(cluster.communicate(timeout=120)[0])  # it ends when its input does
    tally["left over"] += left_over(cluster.pid)
    return tally


def undone(results: dict[str, Counter[str]]) -> list[str]:
    """The kinds of harm that were asked for and never done: trials that harm nothing prove nothing."""
    found = [f"{name}: nothing was harmed" for name, tally in results.items() if not tally["harms"]]
    dask = results.get(DASK)
    if dask is not None and not dask["workers killed"]:
        found.append(f"{DASK}: no worker was killed; give more --cluster-kills")
    return found


def progress(name: str, done: int, total: int, tally: Counter[str]) -> None:
    """Say how far a kind of trial is and what went wrong: in place on a terminal, else ten times."""
    said = f"{name}: {done} of {total}" + "".join(f", {what} {tally[what]}" for what in FATAL if tally[what])
    if sys.stderr.isatty():
        click.echo(f"\r{said}", nl=done == total, err=True)
    elif done * 10 // total > (done - 1) * 10 // total:
        click.echo(f"{time.strftime('%H:%M:%S')} {said}", err=True)


def table(results: dict[str, Counter[str]], seconds: dict[str, float]) -> None:
    """Print what happened, one kind of trial below the other."""
    columns = ("harms", "sweeps", "identical", "refused", *FATAL)
    click.echo(f"{'':24}" + "".join(f"{column:>17}" for column in (*columns, "seconds")))
    for name, tally in results.items():
        click.echo(f"{name:24}" + "".join(f"{tally[column]:17,}" for column in columns) + f"{seconds[name]:17,.0f}")
    for name, tally in results.items():
        more = ", ".join(f"{what} {number:,}" for what, number in tally.items() if what not in columns)
        click.echo(f"{name}: {more}" if more else "", nl=bool(more))


def main() -> None:
    """Run the trials."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="harms at random moments, local engine")
    parser.add_argument("--cluster-kills", type=int, default=0, help="the same over a Dask cluster, workers too")
    parser.add_argument("--flips", type=int, default=200, help="single damaged bits and cuts")
    parser.add_argument("--every", type=int, default=16, help="every n-th commit point; 0 for none")
    asked = parser.parse_args()
    room = Path(tempfile.mkdtemp(prefix="xiaoqu-crash-"))
    everything = runs.all_runs(design())
    runs.do_batch(runs.Batch("warm", runs.recipe_of(design()), tuple(everything[:1])))  # forks need not load kernels
    whole = room / "whole"
    if Harmed(whole, 2).end() != 0:
        sys.exit(f"the uninterrupted sweep failed: {whole.with_suffix('.log').read_text()}")
    wanted = content(whole)
    results: dict[str, Counter[str]] = {}
    seconds: dict[str, float] = {}
    # Flips come last: they read in this process, and what starts threads must not be forked.
    kinds: tuple[tuple[str, int, Callable[[], Counter[str]]], ...] = (
        ("commit points", asked.every, lambda: commit_points(wanted, room, asked.every)),
        ("random harms, local", asked.kills, lambda: random_harms("local", asked.kills, wanted, room, None)),
        (DASK, asked.cluster_kills, lambda: over_dask(asked.cluster_kills, wanted, room)),
        ("flips and cuts", asked.flips, lambda: flips(asked.flips, whole)),
    )
    for name, count, trials in kinds:
        if count:
            began = time.monotonic()
            results[name] = trials()
            seconds[name] = time.monotonic() - began
    table(results, seconds)
    bad = sum(tally[what] for tally in results.values() for what in FATAL)
    if bad:
        sys.exit(f"{bad} things that must not happen; what is left of them: {room}")
    shutil.rmtree(room)
    if idle := undone(results):
        sys.exit("\n".join(idle))


if __name__ == "__main__":
    main()
