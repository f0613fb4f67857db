"""How one matter after the other is dealt with, told as small stories about one compound of 100 flats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from tests.strategies import set_terms, small

from xiaoqu.issues import NEVER
from xiaoqu.month.problems import LARGE, PRIVATE, SMALL
from xiaoqu.month.response import (
    BODY,
    DELIBERATION,
    MEETING,
    NEIGHBOURS,
    ORDERS,
    Counts,
    Matters,
    Means,
    ResponseTerms,
    respond,
    run,
)

COMMUNITY, STREET, DEPARTMENTS, SPONSOR = 5, 6, 7, 8
SURE = dict.fromkeys([f"success_{who}" for who in ("private", "body", "order", "deliberation", "meeting", "tier")], 1.0)
CALM = {"large_cost": 6300.0, "small_cost_share": 0.05, "wait": 2.0, "lapse": 24.0}
CALM |= {"lapse_unlisted": 6.0, "lapse_latent": 12.0}


@dataclass
class Desk:
    """One compound's matters, each (kind, opened, reported), and what there is to settle them with."""

    matters: list[tuple[int, int, int]]
    capacity: dict[int, float] = field(default_factory=dict)
    tiers: tuple[float, float, float] = (0.0, 0.0, 0.0)
    programme: float = 0.0
    fund: int = 0
    account: int = 0
    triage: float = 1.0
    called: float = 1.0
    joint: float = 0.0
    found: float = 0.0
    terms: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.matters)
        kinds, opened, reported = (np.array(column, np.int32) for column in zip(*self.matters, strict=True))
        household = np.arange(size, dtype=np.int32)
        none = np.zeros(size, np.uint8)
        self.x = Matters(
            household, household * 0, opened, reported, opened.copy(), kinds.astype(np.uint8), none, none.copy()
        )
        self.count = size
        self.own = np.zeros(size, np.float32)
        self.money = np.zeros((3, 1))
        self.left = np.array([self.programme])

    def month(self, month: int) -> dict[int, int]:
        """Work through one month with fresh capacities; how many matters each settler settled."""
        capacity = np.zeros((9, 1))
        for who, contacts in self.capacity.items():
            capacity[who] = contacts
        ones: list[Any] = [np.array([value]) for value in (self.triage, self.called, self.joint)]
        tiers = np.array(self.tiers, dtype=float).reshape(3, 1)
        means = Means(capacity, tiers, self.left, self.money, np.array([self.fund]), np.array([self.account]), *ones)
        shapes = [(9, 1), *[(1,)] * 8, (4, 1), (24, 1), (61,)]
        self.n = Counts(*(np.zeros(shape) for shape in shapes))
        p = ResponseTerms(**(dict.fromkeys(ResponseTerms._fields, 0.0) | SURE | CALM | self.terms))
        keys = np.uint64(1), np.uint64(0)
        number, zero = np.arange(len(self.own), dtype=np.int32), np.zeros(1, np.int64)
        found = np.array([self.found])
        place: tuple[Any, ...] = number, zero, zero.astype(np.int32), found
        rule: Any = respond  # its arguments are put together above
        self.count = rule(p, *keys, month, self.count, self.x, means, self.n, *place, self.own)
        return {who: int(count) for who, count in enumerate(self.n.settled[:, 0]) if count}

    @property
    def open(self) -> list[int]:
        """Households whose matter is still open, oldest matter first."""
        rows: list[int] = self.x.household[: self.count].tolist()
        return rows


def test_the_oldest_matter_comes_first() -> None:
    desk = Desk([(SMALL, 0, 0), (SMALL, 1, 1), (SMALL, 2, 2)], {BODY: 2.0}, called=0.0)
    assert desk.month(2) == {BODY: 2}
    assert desk.open == [2]
    assert desk.n.waits[[2, 1]].tolist() == [1.0, 1.0], "they had waited two months and one"


def test_neighbours_mediate_what_is_private_and_only_that() -> None:
    desk = Desk([(PRIVATE, 0, 0), (SMALL, 0, 0)], {NEIGHBOURS: 5.0})
    assert desk.month(0) == {NEIGHBOURS: 1}
    assert desk.open == [1]


def test_members_take_orders_when_the_body_has_no_time() -> None:
    assert Desk([(SMALL, 0, 0)] * 3, {BODY: 1.0, ORDERS: 1.0}).month(0) == {BODY: 1, ORDERS: 1}


def test_what_failed_once_goes_to_the_deliberation_point_and_then_to_the_three_parties() -> None:
    fails = {"success_body": 0.0}
    assert Desk([(SMALL, 0, 0)], {BODY: 1.0, DELIBERATION: 1.0}, terms=fails).month(0) == {DELIBERATION: 1}
    fails["success_deliberation"] = 0.0
    again = Desk([(SMALL, 0, 0)], {BODY: 1.0, DELIBERATION: 1.0, MEETING: 1.0}, terms=fails)
    assert again.month(0) == {MEETING: 1}
    assert again.n.contacts[0] == 3.0
    for desk in (DELIBERATION, MEETING):
        assert Desk([(SMALL, 0, 0)] * 3, {BODY: 3.0, desk: 2.0}, terms={"success_body": 0.0}).month(0) == {desk: 2}
    untried = Desk([(SMALL, 0, 0)], {DELIBERATION: 1.0, MEETING: 1.0})
    assert untried.month(0) == {}, "nobody has failed at it yet"


def test_each_contact_has_its_own_luck() -> None:
    """400 matters, every contact settles one half: of what failed at one desk, half is settled at the next."""
    half = {f"success_{who}": 0.5 for who in ("body", "deliberation", "meeting", "tier")}
    plenty = {BODY: 400.0, DELIBERATION: 400.0, MEETING: 400.0}
    settled = Desk([(SMALL, 0, 0)] * 400, plenty, terms=half).month(0)
    assert settled[BODY] == pytest.approx(200, abs=50)
    assert settled[DELIBERATION] == pytest.approx(100, abs=45)
    assert settled[MEETING] == pytest.approx(50, abs=35)
    large = Desk([(LARGE, 0, 0)] * 400, plenty, tiers=(400.0, 0.0, 0.0), programme=1e12, terms=half).month(0)
    assert large[MEETING] == pytest.approx(200, abs=50)
    assert large[COMMUNITY] == pytest.approx(100, abs=45)


def test_without_triage_there_is_one_common_queue() -> None:
    desk = Desk([(SMALL, 0, 0)], {NEIGHBOURS: 1.0}, triage=0.0, terms={"success_neighbours": 1.0})
    assert desk.month(0) == {NEIGHBOURS: 1}, "whoever is free takes it, whatever it is"


def test_triage_raises_the_success_of_a_contact_and_nothing_else() -> None:
    """200 matters, each with its own luck: 0.5 x (1 + 0.4) of them, and all that were settled without the gain."""
    terms = {"success_body": 0.5, "triage_gain": 0.0}
    plain = Desk([(SMALL, 0, 0)] * 200, {BODY: 200.0}, terms=terms)
    gained = Desk([(SMALL, 0, 0)] * 200, {BODY: 200.0}, terms=terms | {"triage_gain": 0.4})
    plain.month(0)
    gained.month(0)
    assert set(gained.open) < set(plain.open)
    assert 200 - len(plain.open) == pytest.approx(100, abs=25)
    assert 200 - len(gained.open) == pytest.approx(140, abs=25)
    assert plain.n.contacts[0] == gained.n.contacts[0] == 200.0


def test_a_small_matter_goes_to_the_community_after_two_months_and_on_where_tiers_respond() -> None:
    desk = Desk([(SMALL, 0, 0)])
    for month in (0, 1):
        desk.month(month)
        assert desk.x.tier[0] == 0
    desk.month(2)
    assert desk.x.tier[0] == 1
    assert desk.n.called_up[0] == 1.0
    for called, tier in ((0.0, 1), (1.0, 2)):
        further = Desk([(SMALL, 0, 0)], called=called)
        for month in range(6):
            further.month(month)
        assert further.x.tier[0] == tier


@pytest.mark.parametrize("kind", [PRIVATE, SMALL, LARGE])
def test_without_triage_what_is_left_goes_to_the_community_at_once(kind: int) -> None:
    desk = Desk([(kind, 0, 0)], tiers=(1.0, 0.0, 0.0), triage=0.0, called=0.0, terms={"tier_money": 1.0})
    assert desk.month(0) == {COMMUNITY: 1}
    assert desk.money[0, 0] == {PRIVATE: 0.0, SMALL: 31_500.0, LARGE: 630_000.0}[kind]


def test_a_large_matter_climbs_at_once_and_then_a_tier_every_two_months() -> None:
    desk = Desk([(LARGE, 0, 0)])
    tiers = []
    for month in range(8):
        desk.month(month)
        tiers.append(int(desk.x.tier[0]))
    assert tiers == [1, 1, 2, 2, 3, 3, 4, 4]


def test_departments_meet_once_a_quarter() -> None:
    desk = Desk([(LARGE, 0, 0)], tiers=(0.0, 0.0, 5.0), programme=1e9)
    settled = {month: found for month in range(8) if desk.count and (found := desk.month(month))}
    assert settled == {6: {DEPARTMENTS: 1}}, "it reaches them in month 4; they meet in month 6"


def test_the_sponsor_is_the_last_tier() -> None:
    desk = Desk([(LARGE, 0, 0)], {SPONSOR: 1.0}, programme=1e9)
    settled = {month: found for month in range(8) if desk.count and (found := desk.month(month))}
    assert settled == {6: {SPONSOR: 1}}


@pytest.mark.parametrize(
    ("purse", "source"),
    [
        ({"programme": 630_000.0}, 0),
        ({"fund": 630_000, "joint": 1.0}, 1),
        ({"account": 1_260_000}, 2),
        ({"terms": {"tier_money": 0.0}, "programme": 629_999.0}, None),
        ({"fund": 630_000, "joint": 0.0}, None),
        ({"account": 1_259_999}, None),
        ({}, None),
    ],
    ids=[
        "the programme pays",
        "the repair fund pays where the joint meeting asks for it",
        "the account pays if that leaves as much again",
        "one fen short in the programme",
        "nobody asks the repair fund",
        "one fen short in the account",
        "there is no money",
    ],
)
def test_a_large_matter_costs_6300_yuan_or_stays_open(purse: dict[str, Any], source: int | None) -> None:
    desk = Desk([(LARGE, 0, 0)], tiers=(5.0, 0.0, 0.0), **purse)
    settled = desk.month(0)
    assert settled == ({} if source is None else {COMMUNITY: 1})
    assert desk.money[:, 0].tolist() == [630_000.0 if row == source else 0.0 for row in range(3)]
    assert desk.n.backlog[0] == (source is None)


@pytest.mark.parametrize(
    "purse",
    [{"fund": 1_259_999, "joint": 1.0}, {"account": 1_889_999}, {"programme": 1_259_999.0}],
    ids=["repair fund", "account", "programme"],
)
def test_money_is_promised_once(purse: dict[str, Any]) -> None:
    """One fen short of what two large matters need (the account must be left with as much again): one is settled."""
    desk = Desk([(LARGE, 0, 0)] * 2, tiers=(5.0, 0.0, 0.0), **purse)
    assert desk.month(0) == {COMMUNITY: 1}
    assert desk.money.sum() == 630_000.0


def test_the_street_may_pay_from_its_own_budget() -> None:
    desk = Desk([(LARGE, 0, 0)], tiers=(0.0, 5.0, 0.0), terms={"tier_money": 1.0})
    assert desk.month(0) == {}
    assert desk.month(2) == {STREET: 1}
    assert desk.money[0, 0] == 630_000.0
    assert desk.left[0] == 0.0, "not the programme's money"


def test_a_household_thanks_for_help_and_is_annoyed_by_waiting() -> None:
    memory = {"praise": 0.5, "blame": 0.12}
    desk = Desk([(SMALL, 0, 0), (PRIVATE, 0, 0)], {NEIGHBOURS: 1.0}, called=0.0, terms=memory)
    desk.month(0)
    assert desk.own == pytest.approx([0.0, 0.5]), "one month is not yet long"
    desk.month(1)
    desk.month(2)
    assert desk.own == pytest.approx([-0.12, 0.5])
    assert desk.n.overdue[0] == 1.0


def test_a_latent_matter_is_found_or_forgotten() -> None:
    unseen = Desk([(SMALL, 0, NEVER)], {BODY: 1.0})
    assert unseen.month(11) == {}
    assert unseen.n.latent[0] == 1.0
    unseen.month(12)
    assert unseen.count == 0
    assert unseen.n.lapsed[0] == 1.0
    patrolled = Desk([(SMALL, 0, NEVER)], {BODY: 1.0}, found=1.0)
    assert patrolled.month(11) == {BODY: 1}
    assert patrolled.n.found[0] == patrolled.n.reports[0] == 1.0
    assert patrolled.n.waits[0] == 1.0, "its clock starts when it is found"


def test_off_the_list_of_the_tiers_a_matter_is_closed_as_explained_after_half_a_year() -> None:
    desk = Desk([(SMALL, 0, 0)], called=0.0)
    desk.month(5)
    assert desk.open == [0]
    desk.month(6)
    assert desk.open == []
    assert desk.n.lapsed[0] == 1.0


def test_what_nobody_settles_lapses_after_two_years() -> None:
    desk = Desk([(SMALL, 0, 0)])
    desk.month(23)
    assert desk.open == [0]
    assert desk.n.ages[:, 0].tolist() == [0.0, 0.0, 0.0, 1.0]
    desk.month(24)
    assert desk.open == []
    assert desk.n.lapsed[0] == 1.0


def test_open_matters_are_told_by_age() -> None:
    """Under two months, two to five, six to eleven, twelve or more."""
    desk = Desk([(SMALL, 0, 0)])
    ages = {}
    for month in (1, 2, 5, 6, 11, 12):
        desk.month(month)
        ages[month] = int(np.flatnonzero(desk.n.ages[:, 0])[0])
    assert ages == {1: 0, 2: 1, 5: 1, 6: 2, 11: 2, 12: 3}


def test_what_the_tiers_can_take() -> None:
    """Two compounds a community: 2 contacts each, half as many for the street, and three times as many a quarter for
    the departments. One that is left over is carried on."""
    tiers = {"tier_capacity": 2.0, "tier_street": 0.5, "tier_departments": 3.0}
    district = small(1, campaign__months=0)
    set_terms(district, ResponseTerms, "response", **tiers)
    world = district.world
    world.issues.count, world.tier_budget[:] = 0, 0.0
    budgets = []
    for month in (3, 4):
        world.month = month
        run(world)
        budgets.append(world.tier_budget.T.tolist())
    assert budgets == [[[4.0, 2.0, 12.0]] * 2, [[5.0, 3.0, 12.0]] * 2]


def test_how_long_a_matter_waited_is_counted_up_to_a_limit() -> None:
    """In the cohorts 23 months stand for all that is longer, among the waits 60."""
    for months, cohort, wait in ((7, 7, 7), (30, 23, 30), (70, 23, 60)):
        desk = Desk([(SMALL, 0, 0)], {BODY: 1.0}, terms={"lapse": 99.0})
        assert desk.month(months) == {BODY: 1}
        assert np.flatnonzero(desk.n.cohort[:, 0]).tolist() == [cohort]
        assert np.flatnonzero(desk.n.waits).tolist() == [wait]
