"""Compiled arithmetic that every rule shares: one helper to compile, and functions with the same bits on every CPU.

A rule is written as a plain Python function and compiled by `compiled`; the plain text stays reachable as
`kernel.py_func`, so that tests and mutation tools can run it. Nothing here uses libm or NumPy transcendentals: their
last bits differ between CPUs, and a draw compared with such a number would too.
"""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast

import numpy as np
from numba import njit
from numba.core import config as numba_config
from numba.extending import overload


def source_digest() -> str:
    """Hash of every file of this package: kernels freeze what they import, helpers and constants alike."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled kernels are kept.

    A folder named by their sources, under the user's cache or else a temporary one.
    """
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xiaoqu"
    folder = root / source_digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        owner = os.getuid() if hasattr(os, "getuid") else 0
        folder = Path(tempfile.gettempdir()) / f"xiaoqu-{owner}" / folder.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


_CACHE_FOLDER = str(cache_folder())


def _compile[F: Callable[..., object]](plain: F, **options: bool) -> F:
    """Compile with the cache in our own folder.

    Division follows IEEE rules (checked division keeps loops from vectorising).
    """
    settings: Any = numba_config  # numba makes its settings at run time: mypy cannot know them
    njit_: Any = njit
    before = settings.CACHE_DIR
    settings.CACHE_DIR = _CACHE_FOLDER
    try:
        kernel = njit_(plain, cache=True, error_model="numpy", **options)
    finally:
        settings.CACHE_DIR = before
    if kernel is not plain:  # numba gives the plain function back where it is switched off
        kernel.compile = _undisturbed(kernel.compile)
    return cast("F", kernel)


def _undisturbed[**P, R](work: Callable[P, R]) -> Callable[P, R]:
    """Have Ctrl-C wait until a kernel is compiled or loaded, and come then.

    LLVM calls back into Python meanwhile; what is raised in there is printed and forgotten, and the run would go on.
    """

    @wraps(work)
    def undisturbed(*args: P.args, **options: P.kwargs) -> R:
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or not callable(usual):
            return work(*args, **options)
        came: list[Any] = []
        signal.signal(signal.SIGINT, lambda *signalled: came.append(signalled))
        try:
            return work(*args, **options)
        finally:
            signal.signal(signal.SIGINT, usual)
            if came:
                usual(*came[0])

    return undisturbed


def compiled[F: Callable[..., object]](plain: F) -> F:
    """Compile `plain` with numba, cached on disk under a name that follows the sources of this package.

    A compiled function that takes arrays costs some 30 ns a call inside another: call such helpers once a compound,
    not once a household.
    """
    return _compile(plain)


def inlined[F: Callable[..., object]](plain: F) -> F:
    """Compile a small helper of numbers that callers inline, so that their loops still vectorise."""
    return _compile(plain, forceinline=True)


def plain[T: tuple[Any, ...]](named: T) -> T:
    """A named tuple as a plain one: numba takes it 2 µs faster. The kernel's first line names its parts again."""
    unnamed: Any = tuple(named)
    return cast("T", unnamed)


def _exponential(x: float) -> float:
    """e**x for x in [-40, 40], relative error under 3e-13: degree-8 series on x/256, squared eight times."""
    y = min(40.0, max(-40.0, x)) * 0.00390625
    series = 1.0 + y * (
        1.0
        + y
        * (
            0.5
            + y
            * (
                0.16666666666666666
                + y
                * (
                    0.041666666666666664
                    + y
                    * (
                        0.008333333333333333
                        + y * (0.001388888888888889 + y * (0.0001984126984126984 + y * 2.48015873015873e-05))
                    )
                )
            )
        )
    )
    series *= series
    series *= series
    series *= series
    series *= series
    series *= series
    series *= series
    series *= series
    return series * series


exponential = inlined(_exponential)


def _logistic(x: float) -> float:
    """1 / (1 + e**-x), the probability of a logit."""
    e = exponential(x)
    return e / (1.0 + e)


logistic = inlined(_logistic)

_LOG2 = 0.6931471805599453


def float_bits(x: float) -> int:
    """The 64 bits of a float as an integer (the plain-Python text; compiled code uses the overload below)."""
    return int(np.float64(x).view(np.int64))


def bits_float(bits: int) -> float:
    """The float with these 64 bits."""
    return float(np.int64(bits).view(np.float64))


@overload(float_bits)
def _compiled_float_bits(x):  # type: ignore[no-untyped-def]
    del x
    return lambda x: np.float64(x).view(np.int64)


@overload(bits_float)
def _compiled_bits_float(bits):  # type: ignore[no-untyped-def]
    del bits
    return lambda bits: np.int64(bits).view(np.float64)


def _logarithm(x: float) -> float:
    """ln(x) for positive x, relative error under 1e-12: exponent from the bits, atanh series on the mantissa."""
    bits = float_bits(x)
    exponent = (bits >> 52) - 1023
    mantissa = bits_float((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000)
    if mantissa > 1.4142135623730951:
        mantissa *= 0.5
        exponent += 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    q = s * s
    series = 1.0 + q * (
        0.3333333333333333
        + q
        * (
            0.2
            + q
            * (
                0.14285714285714285
                + q
                * (0.1111111111111111 + q * (0.09090909090909091 + q * (0.07692307692307693 + q * 0.06666666666666667)))
            )
        )
    )
    return exponent * _LOG2 + 2.0 * s * series


logarithm = inlined(_logarithm)

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)


def _philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Philox4x32-10 (Salmon et al. 2011): four 32-bit words, kept in 64-bit lanes, from a counter and a key."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _SHIFT) ^ c1 ^ k0, p1 & _MASK, (p0 >> _SHIFT) ^ c3 ^ k1, p0 & _MASK
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


philox = inlined(_philox)
