"""The store: a folder that is complete at any moment.

    plans/<number>.<sha256>.json        every design that ran here, the last one current
    outcomes/<batch>.<sha256>.parquet   a batch's outcomes by month
    events/<batch>.<sha256>.parquet     its events
    runs/<batch>.<sha256>.parquet       its runs; names the two files above, and is written last: the commit
    quarantine/                         what was found damaged, for whoever wants to look

A file is written under another name, flushed to the disk, and then renamed to a name that has the hash of its bytes:
whatever stands under such a name was written whole, and whatever changed since is noticed when it is read. One process
writes at a time (it holds `.lock`); anybody may read. Killed at any moment, a sweep loses the batches in flight.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.parquet as pq

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, display, listed
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.sweeps.design import restored
from xiaoqu_lab.sweeps.runs import OK, code_version, part_name

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.runs import Packet

TABLES = ("outcomes", "events", "runs")
"""The tables of a batch, in the order of their commit."""
PLANS, QUARANTINE, LOCK, MANIFEST = "plans", "quarantine", ".lock", "manifest.json"
PARTIAL = ".partial"
FORMAT = 1
"""How runs are named and tables laid out; a store of another format is not read."""
_OURS = {*TABLES, PLANS, QUARANTINE, LOCK, MANIFEST}
_READERS = 4
_PART = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{32}\.parquet")
_PLAN = re.compile(r"[0-9]{4,}\.[0-9a-f]{32}\.json")
_DRAFT = re.compile(rf"({_PART.pattern}|{_PLAN.pattern}){re.escape(PARTIAL)}")


class Part(NamedTuple):
    """A committed batch: its runs table and the files of the other two, all as their names promise."""

    runs: Path
    others: dict[str, Path]
    table: pa.Table


class Survey(NamedTuple):
    """What stands in a store: complete batches, damaged files, and files that belong to no complete batch."""

    parts: list[Part]
    damaged: list[Path]
    strays: list[Path]


class Plan(NamedTuple):
    """A design as the store keeps it."""

    number: int
    design: dict[str, Any]
    scenario_toml: str
    files: dict[str, bytes]
    code: str
    version: str


class Store:
    """A folder of results, opened for writing; use it in a `with` statement."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.folder = folder
        self._lock: Any = None

    def __enter__(self) -> Self:
        """Create the folder if need be, and lock it.

        Raises:
            InputError: the folder holds something else, cannot be written, or another sweep writes to it.
        """
        check_folder(self.folder)
        try:
            for name in (*TABLES, PLANS):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_writable(self.folder, error) from None
        self._lock = take_lock(self.folder)
        return self

    def __exit__(self, *_: object) -> None:
        """Let others write."""
        self._lock.close()

    def mend(self) -> Survey:
        """Move what is damaged to the quarantine and remove what a killed sweep left behind.

        Returns:
            What was found, before it was mended.

        Raises:
            InputError: the folder cannot be written.
        """
        found = survey(self.folder)
        try:
            if found.damaged:
                (self.folder / QUARANTINE).mkdir(exist_ok=True)
            for path in found.damaged:
                path.replace(self.folder / QUARANTINE / f"{path.parent.name}.{path.name}")
            for path in found.strays:
                path.unlink()
        except OSError as error:
            raise _not_writable(self.folder, error) from None
        return found

    def commit(self, packet: Packet) -> Part:
        """Write a batch: its runs table last, so that it stands there only when all stand there.

        Raises:
            InputError: the disk is full or cannot be written; what was committed before is safe.
        """
        paths = {name: self.folder / name / part_name(packet.batch, packet.tables[name]) for name in TABLES}
        for name, path in paths.items():
            self._put(path, packet.tables[name])
        return Part(paths.pop("runs"), paths, _table(packet.tables["runs"]))

    def write_plan(self, design: Design) -> Plan:
        """Keep a design, unless it is the one kept last."""
        text = json.dumps(_plan(design), ensure_ascii=False, indent=1, allow_nan=False)
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()[:32]
        plans = _plan_files(self.folder)
        if not plans or plans[-1].name.split(".")[1] != digest:
            number = int(plans[-1].name.split(".")[0]) + 1 if plans else 1
            self._put(self.folder / PLANS / f"{number:04d}.{digest}.json", data)
        return current_plan(self.folder)

    def last_design(self) -> dict[str, Any]:
        """The design that was kept last, as plain values; nothing in a new store."""
        return current_plan(self.folder).design if _plan_files(self.folder) else {}

    def write_manifest(self, text: str) -> None:
        """Write the summary that a person reads first; all of it follows from the other files."""
        self._put(self.folder / MANIFEST, text.encode())

    def _put(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all, and only return when it is on the disk."""
        draft = path.with_name(f"{path.name}{PARTIAL}")  # one process writes: no other has this name
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _flush_folder(path.parent)
        except OSError as error:
            raise _not_writable(self.folder, error) from None
        finally:
            draft.unlink(missing_ok=True)  # nothing is left of what was not renamed


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a sweep.

    Raises:
        InputError: it does, or is no folder.
    """
    shown = display(folder.absolute())
    if folder.exists() and not folder.is_dir():
        raise InputError([complain("out_file", "--out", shown)])
    try:
        foreign = sorted(path.name for path in folder.iterdir() if path.name not in _OURS) if folder.exists() else []
    except OSError as error:
        raise _not_writable(folder, error) from None
    if foreign and not _plan_files(folder):
        raise InputError([complain("out_foreign", "--out", shown, names=listed(foreign, 5))])


def survey(folder: Path) -> Survey:
    """Read a store and check every byte of it against the names of its files."""
    # What is written last is listed first: where a sweep goes on meanwhile, a batch has all its files or is not seen.
    stands = {name: _ours(folder / name, _PART) for name in reversed(TABLES)}
    plans = _plan_files(folder)
    strays = [path for name in (*TABLES, PLANS) for path in _ours(folder / name, _DRAFT).values()]
    strays += folder.glob(f"{MANIFEST}{PARTIAL}")
    files = [path for name in TABLES for path in stands[name].values()]
    with ThreadPoolExecutor(_READERS) as pool:
        whole = dict(zip(files, pool.map(_is_whole, files), strict=True))
    damaged = [path for path, fine in whole.items() if not fine and path.exists()]
    damaged += [path for path in plans if not _is_whole(path)]
    parts, used = [], set()
    for path in stands["runs"].values():
        if not whole[path]:
            continue
        table = _table(path.read_bytes())
        metadata = table.schema.metadata
        others = {name: stands[name].get(metadata[name.encode()].decode()) for name in TABLES[:-1]}
        complete = {name: other for name, other in others.items() if other is not None and whole[other]}
        if len(complete) < len(others):
            damaged.append(path)  # its outcomes or events are gone or damaged: the batch is done again
            continue
        used |= {path, *complete.values()}
        parts.append(Part(path, complete, table))
    strays += [path for path in files if path not in used and path not in damaged]
    return Survey(parts, damaged, strays)


def finished(parts: list[Part], *, but_failed: bool = False) -> set[str]:
    """The keys of the runs that need not be done again."""
    keys: set[str] = set()
    for part in parts:
        runs, status = part.table["run"].to_pylist(), part.table["status"].to_pylist()
        keys |= {run for run, state in zip(runs, status, strict=True) if state == OK or not but_failed}
    return keys


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read one file, or columns of it, after checking its bytes.

    Raises:
        InputError: it is damaged.
    """
    data = path.read_bytes()
    if _digest_in(path.name) != hashlib.sha256(data).hexdigest()[:32]:
        raise InputError([complain("part_damaged", seen=display(path), count=1)])
    return _table(data, columns)


def _table(data: bytes, columns: list[str] | None = None) -> pa.Table:
    """A Parquet file; small as they are, threads and data sets would take longer than the reading."""
    return pq.ParquetFile(pa.BufferReader(data)).read(columns, use_threads=False)


def current_plan(folder: Path) -> Plan:
    """The design stated last in a store.

    Raises:
        InputError: the folder is no store, or the file is damaged.
    """
    plans = _plan_files(folder)
    if not plans:
        raise InputError([complain("no_sweep", seen=display(folder.absolute()))])
    data = plans[-1].read_bytes()
    if _digest_in(plans[-1].name) != hashlib.sha256(data).hexdigest()[:32]:
        raise InputError([complain("part_damaged", seen=display(plans[-1]), count=1)])
    found = json.loads(data)
    if found.get("format") != FORMAT:
        raise InputError([complain("other_format", seen=display(plans[-1]), version=found.get("xiaoqu", "?"))])
    files = {name: base64.b64decode(text) for name, text in found["files"].items()}
    number = int(plans[-1].name.split(".")[0])
    return Plan(number, found["design"], found["scenario_toml"], files, found["code"], found["xiaoqu"])


def design_of(plan: Plan) -> Design:
    """The design that a store keeps, as it was before it was kept."""
    return restored(_scenario(plan), plan.design)


def _scenario(plan: Plan) -> Scenario:
    files = {**plan.files, "scenario.toml": plan.scenario_toml.encode()}
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:32]
    folder = Path(_room().name) / digest
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        if not (folder / name).exists():  # loaded before, and another scenario may read it now
            (folder / name).write_bytes(data)
    return load_scenario(folder / "scenario.toml")


@cache
def _room() -> TemporaryDirectory[str]:
    """Where the files that stored scenarios name stand, which are read later: it goes when this process ends."""
    return TemporaryDirectory(prefix="xiaoqu-", ignore_cleanup_errors=True)


def _plan(design: Design) -> dict[str, Any]:
    text = design.scenario.to_toml()
    files = {}
    for key, path in design.scenario.files.items():
        name = f"{key}{path.suffix}"
        files[name] = base64.b64encode(path.read_bytes()).decode()
        text = text.replace(toml_value(path.as_posix()), toml_value(name))
    return {
        "design": design.described(),
        "scenario_toml": text,
        "files": files,
        "format": FORMAT,
        "code": code_version(),
        "xiaoqu": version("xiaoqu"),
    }


def _plan_files(folder: Path) -> list[Path]:
    """The designs that ran in a folder, the last one last."""
    return sorted(_ours(folder / PLANS, _PLAN).values(), key=lambda path: int(path.name.split(".")[0]))


def _ours(folder: Path, names: re.Pattern[str]) -> dict[str, Path]:
    """The files of a folder that have names as we give them, in order: what else lies there is not touched."""
    return {path.name: path for path in sorted(folder.glob("*")) if names.fullmatch(path.name)}


def _is_whole(path: Path) -> bool:
    try:
        return _digest_in(path.name) == hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    except FileNotFoundError:  # a sweep that goes on here set it aside just now
        return False


def _digest_in(name: str) -> str:
    return name.split(".")[1]


def _flush_folder(folder: Path) -> None:
    """Make a rename last; where folders cannot be flushed (Windows), the system does what it does."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_lock(folder: Path) -> IO[str]:
    """Have a folder, which is made if need be, to oneself until the file that this gives is closed.

    Raises:
        InputError: another process has it, or it cannot be written.
    """
    file = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
        free = _locked(file)
    except OSError as error:
        if file is not None:
            file.close()
        raise _not_writable(folder, error) from None
    if not free:
        file.close()
        raise InputError([complain("sweep_locked", "--out", display(folder.absolute()))])
    return file


def _locked(file: Any) -> bool:
    """Take the lock on an open file; the system lets it go when this process ends, however it ends.

    Raises:
        OSError: the file system knows no locks.
    """
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - only there

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt  # noqa: PLC0415 - only there

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError):  # other errors are no other sweep's doing
        return False
    return True


def _not_writable(folder: Path, error: OSError) -> InputError:
    return InputError([complain("sweep_not_written", "--out", display(folder.absolute()), detail=error.strerror)])
