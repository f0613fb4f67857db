"""Keyed random draws: each is a pure function of (seed, purpose, month, entity), so no rule can disturb another's.

There is no state to advance. Adding a rule, a household or a compound leaves every other draw as it was, and two
scenarios that differ in one lever share all draws (common random numbers). The generator is Philox4x32-10, counter-
based:
    key      = the seed (64 bits)
    counter  = (entity number, group, purpose + 256 * sub, month)
where `group` is the compound's stable key and `sub` tells apart several draws of one entity in one month (the month
in which an issue was opened, the number of a candidate).
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.kernels import compiled, inlined, philox

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from xiaoqu.columns import F8, I4, I8

_MASK = np.uint64(0xFFFFFFFF)
_UNIT = 1.0 / 4294967296.0


class Purpose(enum.IntEnum):
    """What a draw is for. Add new purposes at the end: the number is part of the key."""

    PROBLEMS = 1
    PAYMENT = 2
    RESPONSE = 3
    BALLOT = 5
    CANDIDATES = 6
    VOLUNTEERS = 7
    QUIT = 8
    BODIES = 9
    START = 10
    FIRM = 11
    TENDER = 12
    EVALUATION = 13
    COMMITTEE = 14
    PLACES = 15
    PEOPLE = 16
    ROLES = 17
    RANGES = 18
    REFUSAL = 20
    USER = 64  # free for rules of one's own: USER, USER + 1, …


def _uniforms_of(
    k0: np.uint64, k1: np.uint64, purpose: int, month: int, number: int, group: int, sub: int
) -> tuple[float, float, float, float]:
    """Four independent uniforms in (0, 1) for one entity, purpose and month (32 bits each)."""
    a, b, c, d = philox(
        np.uint64(number) & _MASK,
        np.uint64(group) & _MASK,
        np.uint64(purpose + 256 * sub) & _MASK,
        np.uint64(month & 0xFFFFFFFF),
        k0,
        k1,
    )
    return (
        (np.float64(a) + 0.5) * _UNIT,
        (np.float64(b) + 0.5) * _UNIT,
        (np.float64(c) + 0.5) * _UNIT,
        (np.float64(d) + 0.5) * _UNIT,
    )


uniforms_of = inlined(_uniforms_of)


def _fill_compound(k0: np.uint64, k1: np.uint64, purpose: int, month: int, key: int, number: I4, out: F8) -> None:
    """Fill out[lane, i], three lanes, for the household rows of one compound."""
    n = number.shape[0]
    # Slices and nothing but the draw in the loop: so it vectorises.
    a, b, d = out[0, :n], out[1, :n], out[2, :n]
    for i in range(n):
        u = uniforms_of(k0, k1, purpose, month, number[i], key, 0)
        a[i] = u[0]
        b[i] = u[1]
        d[i] = u[2]


fill_compound = compiled(_fill_compound)


def _one(k0: np.uint64, k1: np.uint64, purpose: int, month: int, number: int, group: int, sub: int) -> float:
    return uniforms_of(k0, k1, purpose, month, number, group, sub)[0]


one = compiled(_one)


class _Words(np.random.SeedSequence):
    """The seed as the key of a Philox generator. NumPy's own way to set a key first asks the system for entropy."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.words = np.array([seed, 0], np.uint64)

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint32) -> NDArray[np.uint32 | np.uint64]:
        """Return both words of the key, which is what Philox asks for."""
        assert (n_words, dtype) == (2, np.uint64)  # noqa: S101 - or the key would be another
        return self.words


class Streams:
    """The draws of one run. `key` is what kernels take; the methods serve the deliberate agents and set-up."""

    def __init__(self, seed: int) -> None:
        """Key the streams by `seed`, an integer in [0, 2**64).

        Raises:
            ValueError: if the seed is outside that range.
        """
        if not 0 <= seed < 2**64:
            raise ValueError(f"seed must lie between 0 and 2**64 - 1, not {seed}")
        self.seed = seed
        self.key = (np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32))
        self._words = _Words(seed)

    def uniform(self, purpose: int, month: int, number: int, group: int = 0, sub: int = 0) -> float:
        """One uniform in (0, 1) for one entity."""
        return one(*self.key, int(purpose), month, number, group, sub)

    def lanes(self, purpose: int, month: int, number: int, group: int = 0) -> tuple[float, float, float, float]:
        """The four uniforms in (0, 1) of one entity, of which `uniform` is the first."""
        return uniforms_of(*self.key, int(purpose), month, number, group, 0)

    def uniforms(self, purpose: int, month: int, who: int | I4 | I8, group: int = 0) -> F8:
        """Uniforms for the entities of one group, float64 in (0, 1): those numbered, or 0 … who - 1."""
        number = np.arange(who, dtype=np.int32) if isinstance(who, int) else who.astype(np.int32)
        out = np.empty((3, len(number)))
        fill_compound(*self.key, int(purpose), month, group, number, out)
        first_lane: F8 = out[0]
        return first_lane

    def generator(self, purpose: int, month: int, number: int, group: int = 0) -> np.random.Generator:
        """A NumPy generator of its own for one entity: for set-up and rare draws of unusual shape (about 5 µs)."""
        counter = np.array([number, group, int(purpose), month & 0xFFFFFFFF], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(self._words, counter=counter))
