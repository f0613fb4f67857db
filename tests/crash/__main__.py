"""Kill sweeps at random moments and at every commit point, damage stores, and compare with an uninterrupted one.

    uv run python -m tests.crash --kills 200 --flips 1000

Prints one line a trial kind and fails if a single byte differs, a damaged byte is read, or a process is left over.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
from tests.sweeps.small import content

from xiaoqu.errors import InputError
from xiaoqu_lab.sweeps.results import load
from xiaoqu_lab.sweeps.store import QUARANTINE

HOW = ("kill the sweep", "kill a worker", "kill them all", "Ctrl-C", "SIGTERM")


def start(folder: Path, workers: int, *rest: str) -> subprocess.Popen[bytes]:
    """A sweep in a session of its own, so that what it leaves behind can be found."""
    command = [sys.executable, "-m", "tests.crash.sweeping", str(folder), str(workers), *rest]
    return subprocess.Popen(  # noqa: S603 - our own command
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


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


def signal_all(numbers: list[int], what: signal.Signals) -> None:
    """Send a signal to processes, some of which may be gone."""
    for number in numbers:
        try:
            signal.pidfd_send_signal(pidfd(number), what)
        except (OSError, ProcessLookupError):
            continue


def pidfd(number: int) -> int:
    """A handle on a process, so that no other of the same number is hit."""
    import os  # noqa: PLC0415

    return os.pidfd_open(number)


def harm(process: subprocess.Popen[bytes], how: str, luck: random.Random) -> None:
    """Do one of the things that happen to a long sweep."""
    others = of_session(process.pid)
    children = [number for number, line in others.items() if number != process.pid and "spawn_main" in line]
    match how:
        case "kill the sweep":
            process.kill()
        case "kill a worker":
            signal_all([luck.choice(children)] if children else [], signal.SIGKILL)
        case "kill them all":
            signal_all([*others], signal.SIGKILL)
        case "Ctrl-C":
            signal_all([*others], signal.SIGINT)
        case _:
            process.terminate()


def left_over(session: int, patience: float = 30.0) -> list[str]:
    """The processes of a session that do not end by themselves."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        alive = of_session(session)
        if not alive:
            return []
        time.sleep(0.05)
    return [*alive.values()]


def random_kills(kills: int, wanted: dict[str, bytes], seconds: float, room: Path, cluster: str = "") -> Counter[str]:
    """Harm a sweep at random moments, start it again until it is done, compare; until enough harm is done."""
    luck, tally = random.Random(f"kills{cluster}"), Counter[str]()
    rest = (cluster,) if cluster else ()
    while tally["harms"] < kills:
        folder = room / f"random-{tally['sweeps']}"
        while True:
            process, began = start(folder, 2, *rest), time.monotonic()
            how = luck.choice(HOW) if not cluster else luck.choice(("kill the sweep", "Ctrl-C", "SIGTERM"))
            try:
                process.wait(luck.uniform(0.25, 1.0) * seconds)
            except subprocess.TimeoutExpired:
                harm(process, how, luck)
                tally["harms"] += 1
                tally[how] += 1
                process.wait(120 if how == "kill a worker" else 30)
                orphans = left_over(process.pid)
                tally["orphans"] += len(orphans)
                signal_all([*of_session(process.pid)], signal.SIGKILL)
            if process.returncode == 0:
                # A machine changes its pace: moments are chosen within what an uninterrupted sweep takes now.
                seconds = min(seconds, time.monotonic() - began)
                break
        tally["sweeps"] += 1
        tally["different"] += same_but_quarantine(folder) != wanted
        shutil.rmtree(folder)
        click.echo(f"\r{tally['harms']} harms, {tally['sweeps']} sweeps finished", nl=False, err=True)
    click.echo("", err=True)
    return tally


def commit_points(wanted: dict[str, bytes], room: Path, every: int) -> Counter[str]:
    """Kill a sweep at every (n-th) call of a commit, finish it, compare."""
    tally = Counter[str]()
    calls = len(wanted)
    for call in ("open", "fsync", "replace"):
        for number in range(0, 2 * calls, every):
            folder = room / f"point-{call}-{number}"
            killed = start(folder, 0, "--die-at", call, str(number))
            killed.wait(120)
            tally["killed"] += killed.returncode == -signal.SIGKILL
            tally["points"] += 1
            finished = start(folder, 0)
            finished.wait(120)
            tally["different"] += finished.returncode != 0 or same_but_quarantine(folder) != wanted
            shutil.rmtree(folder)
            click.echo(f"\r{tally['points']} commit points", nl=False, err=True)
    click.echo("", err=True)
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
    return tally


def same_but_quarantine(folder: Path) -> dict[str, bytes]:
    """The content of a store, what it set aside left out."""
    return {name: data for name, data in content(folder).items() if not name.startswith(QUARANTINE)}


def main() -> None:
    """Run the trials."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="harms at random moments, local engine")
    parser.add_argument("--cluster-kills", type=int, default=0, help="the same over a Dask cluster, workers too")
    parser.add_argument("--flips", type=int, default=200, help="single damaged bits and cuts")
    parser.add_argument("--every", type=int, default=16, help="every n-th commit point; 0 for none")
    asked = parser.parse_args()
    room = Path(tempfile.mkdtemp(prefix="xiaoqu-crash-"))
    began = time.monotonic()
    whole = room / "whole"
    begun = time.monotonic()
    if start(whole, 2).wait(300) != 0:
        sys.exit("the uninterrupted sweep failed")
    seconds = time.monotonic() - begun
    wanted = content(whole)
    click.echo(f"uninterrupted: {len(wanted)} files, {seconds:.1f} s")
    results: dict[str, Counter[str]] = {}
    if asked.flips:
        results["flips and cuts"] = flips(asked.flips, whole)
    if asked.every:
        results["commit points"] = commit_points(wanted, room, asked.every)
    if asked.kills:
        results["random harms"] = random_kills(asked.kills, wanted, seconds, room)
    if asked.cluster_kills:
        results["random harms over Dask"] = over_dask(asked.cluster_kills, wanted, seconds, room)
    for name, tally in results.items():
        click.echo(f"{name}: " + ", ".join(f"{key} {number}" for key, number in tally.items()))
    click.echo(f"{time.monotonic() - began:.0f} s")
    shutil.rmtree(room)
    bad = sum(tally[key] for tally in results.values() for key in ("different", "read silently", "orphans"))
    sys.exit(1 if bad else 0)


def over_dask(kills: int, wanted: dict[str, bytes], seconds: float, room: Path) -> Counter[str]:
    """Harm sweeps on a Dask cluster whose workers are killed too."""
    import distributed  # noqa: PLC0415 - an extra

    cluster_of: Any = distributed.LocalCluster  # it has no types

    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with cluster_of(**options) as cluster:
        import threading  # noqa: PLC0415

        luck, stop, killed = random.Random("workers"), threading.Event(), Counter[str]()

        def kill_workers() -> None:
            # A new worker takes seconds to start: killed more often, none would ever finish a batch.
            while not stop.wait(luck.uniform(1.0, 2.0) * max(seconds, 10.0)):
                workers = [worker for worker in cluster.workers.values() if worker.process and worker.process.pid]
                if workers:
                    signal_all([luck.choice(workers).process.pid], signal.SIGKILL)
                    killed["workers killed"] += 1

        thread = threading.Thread(target=kill_workers)
        thread.start()
        try:
            tally = random_kills(kills, wanted, seconds, room, cluster.scheduler_address)
        finally:
            stop.set()
            thread.join()
    return tally + killed


if __name__ == "__main__":
    main()
