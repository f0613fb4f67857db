"""Every kernel equals its plain-Python text to the last bit, and an edited helper is never served stale."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.kernels import trace

import xiaoqu
from xiaoqu.kernels import compiled

if TYPE_CHECKING:
    from types import FrameType

PACKAGE = Path(xiaoqu.__file__).parent
REPOSITORY = Path(__file__).parents[2]
# Called by other kernels or by explain_household.py; test_month.py and the tests here hold each to its plain text.
INSIDE = {
    "kernels.exponential",
    "kernels.logarithm",
    "kernels.logistic",
    "kernels.philox",
    "month.payment.circumstances",
    "month.payment.collect_bill",
    "month.payment.collect_late",
    "month.payment.inclination",
    "month.payment.late_part",
    "month.payment.learn",
    "month.payment.mood",
    "month.payment.outlook",
    "month.payment.see_members",
    "month.problems.problems_arise",
    "population.normal",
    "streams.fill_compound",
    "streams.uniforms_of",
}


def run(*command: str, model: Path = PACKAGE.parent, **environment: str) -> list[str]:
    """Lines that Python prints, run with the package of `model`."""
    paths = os.pathsep.join([str(model), str(REPOSITORY)])
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@cache
def traces() -> tuple[list[str], list[str]]:
    script = str(Path(trace.__file__))
    return run(script), run(script, NUMBA_DISABLE_JIT="1")


WATCHED = [kernel for kernel in trace.called_from_python() if kernel not in INSIDE]


def test_every_kernel_is_looked_at() -> None:
    assert set(trace.kernels()) == INSIDE | set(WATCHED)
    assert {line.split()[0] for line in traces()[0]} == {*WATCHED, "digest"}


@pytest.mark.parametrize("kernel", WATCHED)
def test_compiled_equals_plain(kernel: str) -> None:
    """A difference travels: look first at the kernel that `test_the_first_difference` names."""
    compiled, plain = ([line for line in lines if line.startswith(kernel + " ")] for lines in traces())
    assert compiled
    assert compiled == plain


def test_the_first_difference() -> None:
    compiled, plain = traces()
    differing = [one for one, other in zip(compiled, plain, strict=True) if one != other]
    assert not differing, f"first differs: {differing[0]}"


@compiled
def doubled(x: int) -> int:
    return 2 * x


def test_ctrl_c_while_a_kernel_is_compiled_or_loaded_is_not_lost() -> None:
    """In the middle of what LLVM calls back, where an exception leads nowhere."""

    def interrupt(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name.startswith("_raw_object_cache"):
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)

    sys.setprofile(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            doubled(3)
    finally:
        sys.setprofile(None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert doubled(3) == 6


WILLING = """
import numpy as np
from xiaoqu.governance.people import ask
zero, z, number = np.zeros(40, np.uint8), np.zeros(40, np.float32), np.arange(40, dtype=np.int32)
print(len(ask(np.uint64(1), np.uint64(2), 7, 0, 0, 0.0, 1.0, 0.0, (0, 40), number, zero, zero, z)))
"""


def copy_of_the_package(tmp_path: Path) -> Path:
    model = tmp_path / "model"
    shutil.copytree(PACKAGE, model / "xiaoqu", ignore=shutil.ignore_patterns("__pycache__"))
    return model


def edit(file: Path, old: str, new: str) -> None:
    """Change one line, and leave the time stamp as it was: the text alone must decide."""
    stamp, text = file.stat(), file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name}: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def test_an_edited_helper_takes_effect(tmp_path: Path) -> None:
    """`ask` calls `logistic`, which lives in another file: its own file does not change."""
    model, cache_root = copy_of_the_package(tmp_path), str(tmp_path / "cache")

    def asked() -> int:
        return int(run("-c", WILLING, model=model, XDG_CACHE_HOME=cache_root)[0])

    some = asked()
    assert 0 < some < 40
    assert asked() == some
    edit(model / "xiaoqu" / "kernels.py", "    return e / (1.0 + e)\n", "    return e / (0.0 + e)\n")
    assert asked() == 40, "a chance of one: everybody says yes"


@pytest.mark.parametrize("file", ["issues.py", "ledger.py", "month/problems.py", "governance/people.py"])
def test_an_edited_constant_names_another_cache(file: str, tmp_path: Path) -> None:
    """Kernels freeze the constants that they import: NEVER of issues.py, the rows of ledger.py."""
    model = copy_of_the_package(tmp_path)
    folder = "import xiaoqu.kernels as k; print(k.cache_folder())"
    before = run("-c", folder, model=model, XDG_CACHE_HOME=str(tmp_path))
    assert run("-c", folder, model=model, XDG_CACHE_HOME=str(tmp_path)) == before
    path = model / "xiaoqu" / file
    path.write_text(path.read_text(encoding="utf-8") + "\nTHIRTEEN = 13\n", encoding="utf-8")
    assert run("-c", folder, model=model, XDG_CACHE_HOME=str(tmp_path)) != before
