"""The law of joint decisions: Civil Code (民法典) art. 278, in exact integers.

    Every joint decision needs owners of at least 2/3 of the exclusive area and at least 2/3 of the owners to take part.
    Ordinary matters pass with more than 1/2 of the participating area and more than 1/2 of the participating owners.
    Matters (6), (7) and (8) need at least 3/4 of both.
"At least" (以上) includes the bound (art. 1259), "more than half" (过半数) does not. Areas are in 0.01 m².
"""

from __future__ import annotations

import enum
from typing import NamedTuple

NOTICE_MONTHS = 1
"""Fifteen days' notice at least (Regulation art. 14): one month in a monthly calendar."""

EXTRAORDINARY_SHARE = (1, 5)
"""Owners who can call an extraordinary meeting: at least 20 % (Regulation art. 13)."""


class Matter(enum.IntEnum):
    """What owners decide jointly, numbered as in art. 278."""

    RULES_OF_PROCEDURE = 1
    COVENANT = 2
    ELECT_COMMITTEE = 3
    HIRE_OR_DISMISS_FIRM = 4
    USE_REPAIR_FUND = 5
    RAISE_REPAIR_FUND = 6
    REBUILD = 7
    BUSINESS_WITH_COMMON_PARTS = 8
    OTHER = 9


SPECIAL = frozenset({Matter.RAISE_REPAIR_FUND, Matter.REBUILD, Matter.BUSINESS_WITH_COMMON_PARTS})
"""Matters that need three quarters."""


class Count(NamedTuple):
    """The count of a ballot: heads are owners, areas are in 0.01 m²."""

    heads: int
    area: int
    heads_part: int
    area_part: int
    heads_yes: int
    area_yes: int


def is_valid(count: Count) -> bool:
    """Whether enough owners and enough area take part: at least two thirds of each."""
    return 3 * count.heads_part >= 2 * count.heads and 3 * count.area_part >= 2 * count.area


def is_carried(matter: Matter, count: Count) -> bool:
    """Whether a ballot is valid and its majority suffices for the matter."""
    if not is_valid(count):
        return False
    if matter in SPECIAL:
        return 4 * count.heads_yes >= 3 * count.heads_part and 4 * count.area_yes >= 3 * count.area_part
    return 2 * count.heads_yes > count.heads_part and 2 * count.area_yes > count.area_part


def may_call_meeting(signing: int, owners: int) -> bool:
    """Whether so many owners can call an extraordinary meeting."""
    part, whole = EXTRAORDINARY_SHARE
    return whole * signing >= part * owners


def committee_size(households: int) -> int:
    """Seats of an owners' committee: odd, three in small compounds, more in large ones (evidence 1)."""
    if households < 100:
        return 3
    if households < 400:
        return 5
    return 7 if households < 1000 else 9
