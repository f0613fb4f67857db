"""The folder of a result: complete or absent, and never in the way of what stands there already."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xiaoqu.errors import InputError, display, listed
from xiaoqu_lab.complaints import Complaint, complain

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"


def hindrances(folder: Path, *, force: bool) -> list[Complaint]:
    """Why a result cannot go into a folder: it is none, holds a finished result (unless `force`), or other files."""
    shown = display(folder.absolute())
    if not folder.exists():
        return []
    if not folder.is_dir():
        return [complain("out_file", "--out", shown)]
    try:
        foreign = _foreign(folder)
        empty = not any(folder.iterdir())
    except OSError as error:
        return [not_writable(folder, error)]
    if foreign:
        return [complain("out_foreign", "--out", shown, names=listed(foreign, 5))]
    return [] if empty or force else [complain("out_exists", "--out", shown)]


def _foreign(folder: Path) -> list[str]:
    """What stands in a folder and was not written by a run, by the manifest's account."""
    try:
        written = {MANIFEST, *json.loads((folder / MANIFEST).read_text("utf-8"))["files"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return sorted(path.name for path in folder.iterdir())
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(set(found) - written)


@contextmanager
def result_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """A hidden folder to write into, which becomes `folder` when all has gone well, and vanishes when not.

    Raises:
        InputError: if `folder` cannot be used (see `hindrances`) or cannot be written.
    """
    folder = folder.resolve()
    found = hindrances(folder, force=force)
    if found:
        raise InputError(found)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    except OSError as error:
        raise InputError([not_writable(folder, error)]) from None
    try:
        yield draft
        draft.chmod(0o755)  # mkdtemp makes folders that nobody else may read
        _put(draft, folder)
    except OSError as error:
        raise InputError([not_writable(folder, error)]) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    """Give a finished draft its name; what had it before goes only when that has worked."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft.with_suffix(".replaced")
    folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def not_writable(path: Path, error: OSError) -> Complaint:
    """What to say of a folder or a file of a result that the system refuses to write."""
    detail = error.strerror or type(error).__name__
    return complain("not_writable", "--out", display(path.absolute()), detail=detail)
