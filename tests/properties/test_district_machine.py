"""A district under whatever may happen to it: months, levers, bodies that come and go, saving, copying, in any order.

After every step the books balance, columns keep their bounds, no matter is lost, bodies and columns say the same; and
the same steps over again lead to the same bytes.
"""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.strategies import LEVERS, MODES, breaches, scenarios, seeds

from xiaoqu import District
from xiaoqu.governance import beginnings, evaluation, formation
from xiaoqu.tally import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.scenario import Scenario

rows = st.integers(0, 5)  # taken modulo the number of compounds
GRADES = {lever: st.sampled_from([0.0, 0.5, 1.0, 3.0]) for lever in LEVERS}
graded = st.sampled_from(LEVERS).flatmap(lambda lever: st.tuples(st.just(lever), GRADES[lever]))


def set_lever(district: District, name: str, grade: float) -> None:
    """The programme changes under way: what a lever does month by month follows, what it has built stays."""
    district.world.set_lever(name.removeprefix("levers."), grade)


def bring_under(district: District, row: int, name: str) -> None:
    """The compound comes under a mode without a vote, as a ledger would state it."""
    mode = next((mode for mode in district.modes if mode.name == name), None)
    if mode is None:
        return
    if mode.driver == "crew":
        beginnings.start_managed(district, row)
        return
    if mode.driver == "effort" and not district.world.compounds.has_committee[row]:
        beginnings.seat_committee(district, row)
    district.change_mode(row, mode, "for this test")


def firm_gives_notice(district: District, row: int) -> None:
    if district.world.compounds.firm[row] >= 0:
        evaluation.give_notice(district, row, evaluation.NOTICE_LEAVING, "for this test")


def committee_ends(district: District, row: int) -> None:
    if district.compound(row).committee is not None:
        formation.end_committee(district, row, "for this test")


class AnyDistrict(RuleBasedStateMachine):
    """The machine; every rule goes through `do`, so that all can be done again."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Callable[[District], object]] = []
        self.matters = 0

    @initialize(scenario=scenarios(), seed=seeds)
    def build(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self.district = District(scenario, rng=seed)
        self.compounds = len(self.district.compounds)

    def do(self, action: Callable[[District], object]) -> None:
        self.done.append(action)
        action(self.district)

    @rule(months=st.integers(1, 4))
    def months_pass(self, months: int) -> None:
        for _ in range(months):
            before = len(self.district.world.issues)
            owed, purses = self.debts(), int(self.district.world.households.purse.sum())
            self.do(District.step)
            month = self.district.world.tally.history[-1]
            gone = month[INDEX["settled_by_neighbours"] :][:9].sum() + month[INDEX["lapsed"]].sum()
            assert len(self.district.world.issues) == before + month[INDEX["problems"]].sum() - gone
            paid = sum(month[INDEX[name]].sum() for name in ("collected", "collected_late", "collected_arrears"))
            assert purses - int(self.district.world.households.purse.sum()) == paid
            assert self.debts() - owed == month[INDEX["billed"]].sum() - paid

    def debts(self) -> int:
        households = self.district.world.households
        return int(households.arrears.sum()) + int(households.bill.sum())

    @rule(lever=graded)
    def a_lever_changes(self, lever: tuple[str, float]) -> None:
        self.do(lambda district: set_lever(district, *lever))

    @rule(row=rows, mode=st.sampled_from(MODES))
    def a_mode_begins(self, row: int, mode: str) -> None:
        row %= self.compounds
        owed = self.debts()
        self.do(lambda district: bring_under(district, row, mode))
        assert self.debts() == owed

    @rule(row=rows)
    def a_mode_ends(self, row: int) -> None:
        row %= self.compounds
        owed = self.debts()
        self.do(lambda district: formation.fall_back(district, row, "for this test"))
        assert self.district.compound(row).mode_name == "unmanaged"
        assert self.debts() == owed

    @rule(row=rows)
    def a_committee_ends(self, row: int) -> None:
        row %= self.compounds
        self.do(lambda district: committee_ends(district, row))
        assert self.district.compound(row).committee is None

    @rule(row=rows)
    def a_committee_is_elected(self, row: int) -> None:
        """Where one sits already, the new one takes its seats."""
        row %= self.compounds
        self.do(lambda district: formation.elect_committee(district, row))

    @rule(row=rows)
    def a_firm_gives_notice(self, row: int) -> None:
        row %= self.compounds
        self.do(lambda district: firm_gives_notice(district, row))

    @rule()
    def it_is_saved_and_loaded(self) -> None:
        before = self.district.digest()
        self.district = pickle.loads(pickle.dumps(self.district))  # noqa: S301 - our own bytes
        assert self.district.digest() == before

    @rule(months=st.integers(1, 3))
    def a_copy_lives_on_its_own(self, months: int) -> None:
        before = self.district.digest()
        copy.deepcopy(self.district).run_for(months)
        assert self.district.digest() == before

    @precondition(lambda self: self.district.month > 0)
    @rule()
    def somebody_looks(self) -> None:
        """Asking for results changes nothing."""
        before = self.district.digest()
        self.district.outcomes()
        self.district.outcomes_by_compound()
        self.district.events()
        self.district.why(household=0)
        self.district.why(compound=0)
        assert self.district.digest() == before

    @invariant()
    def books_balance(self) -> None:
        assert self.district.ledger.residue() == 0

    @invariant()
    def columns_keep_their_bounds(self) -> None:
        assert breaches(self.district) == []

    @invariant()
    def bodies_and_columns_agree(self) -> None:
        world = self.district.world
        compounds = world.compounds
        for compound in self.district.compounds:
            row, homes = compound.row, compound.residents
            mode = self.district.modes[int(compounds.mode[row])]
            assert compound.mode_name == mode.name
            assert (compound.contract is not None) == (mode.driver == "crew") == (compounds.firm[row] >= 0)
            assert (compound.council is not None) == (mode.name == "council") == bool(compounds.is_council[row])
            assert (compound.committee is not None) == bool(compounds.has_committee[row])
            members = 0 if compound.committee is None else len(compound.committee.members)
            assert homes.get("is_committee_member").sum() == members
            assert mode.driver != "effort" or compound.committee is not None
            assert compounds.volunteers[row] == 0.0 or mode.driver == "volunteers"
            assert homes.get("is_council_member").any() <= (mode.name == "council")
        served = compounds.firm[compounds.firm >= 0]
        assert (np.bincount(served, minlength=len(world.firms)) == world.firms.contracts).all()
        assert all(due.month >= self.district.month for due in world.agenda.upcoming())

    def teardown(self) -> None:
        """The same steps from the same seed lead to the same district."""
        if not hasattr(self, "district"):
            return
        again = District(self.scenario, rng=self.seed)
        for action in self.done:
            action(again)
        assert again.digest() == self.district.digest()


TestAnyDistrict = AnyDistrict.TestCase
TestAnyDistrict.settings = settings(max_examples=40, stateful_step_count=20)
