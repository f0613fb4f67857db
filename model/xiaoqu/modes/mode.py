"""The interface of a governance mode, and the registry that lets a user add one in a single file.

A mode says who may adopt it (`obstacle`), how it is adopted (`adopt`), what it sets when it begins (`begin`) and how
it ends (`end`). Its numbers come from the scenario's section [modes.<name>]; the dict `defaults` of the class holds
where the scenario says nothing. `docs/own_mode.md` builds a housing cooperative this way.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from xiaoqu.kernels import compiled, plain
from xiaoqu.world import COMMITTEE_MEMBER, COUNCIL_MEMBER, NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu.columns import F4, I4, I8
    from xiaoqu.district import District

_CLASSES: dict[str, type[Mode]] = {}


class Mode:
    """One governance mode of one district.

    Attributes:
        name: name in scenarios and outcomes (`share_<name>`).
        title_en, title_zh: what people call it; without them, its name.
        numbers: the section [modes.<name>]: fee (yuan/m²/month), flat_fee (yuan/household/month), billing (months),
            fixed_cost (yuan/month), area_cost (yuan/m²/month), sanction (per month), capacity (contacts
            per household and month), reporting (probability), public_use (share), opens_accounts (probability),
            promise (share).
        driver: what its capacity depends on: "nobody", "crew", "effort" or "volunteers".
    """

    name: ClassVar[str] = ""
    title_en: ClassVar[str] = ""
    title_zh: ClassVar[str] = ""
    driver: ClassVar[str] = "nobody"
    preference: ClassVar[int] = 50
    """Order in which the triage of X2 considers modes; lower is asked first."""
    defaults: ClassVar[dict[str, Any]] = {
        "enabled": True,
        "fee": 0.0,
        "flat_fee": 0.0,
        "billing": 6,
        "fixed_cost": 1000.0,
        "area_cost": 0.05,
        "sanction": 0.0,
        "capacity": 0.01,
        "reporting": 0.05,
        "public_use": 0.3,
        "opens_accounts": 0.3,
        "promise": 0.6,
    }

    def __init_subclass__(cls) -> None:
        """Register the class under its name."""
        super().__init_subclass__()
        if cls.name:
            _CLASSES[cls.name] = cls

    def __init__(self, code: int, numbers: dict[str, Any]) -> None:
        self.code = code
        self.numbers = Mode.defaults | self.defaults | numbers

    def obstacle(self, district: District, row: int) -> str:
        """Why the compound cannot adopt this mode now, in a few words; empty if it can."""
        raise NotImplementedError

    def adopt(self, district: District, row: int) -> bool:
        """Try to adopt: find people or a firm, put it to the vote. True if the mode has begun or is about to."""
        raise NotImplementedError

    def begin(self, district: District, row: int) -> None:
        """Write what the mode decides into the compound's columns. Overrides extend this."""
        world = district.world
        compounds = world.compounds
        numbers = self.numbers
        owe_to_arrears(district, row)
        compounds.mode[row] = self.code
        compounds.mode_since[row] = world.month
        compounds.fee[row] = 100.0 * numbers["fee"]
        compounds.flat_fee[row] = 100.0 * numbers["flat_fee"]
        compounds.billing[row] = numbers["billing"]
        compounds.bill_offset[row] = (world.month + 1) % numbers["billing"]
        area, covered = compounds.area.item(row), compounds.covered.item(row)
        compounds.standard_cost[row] = numbers["fixed_cost"] + numbers["area_cost"] * area * 0.01
        compounds.sanction[row] = numbers["sanction"]
        compounds.crew_floor[row] = 0.0
        compounds.efficiency[row] = 1.0
        compounds.greed[row] = 0.0
        compounds.weak_months[row] = 0.0
        trusteeship = world.lever("trusteeship")
        held = trusteeship > 0.0 and covered > 0.0 and self.code > 0
        compounds.trustee[row] = held
        open_chance = max(numbers["opens_accounts"], trusteeship * held)
        compounds.published[row] = district.luck("bodies", row, 1) < open_chance
        compounds.public_charge[row] = 0.0
        plan = numbers["fee"] * area * 0.01 + numbers["flat_fee"] * compounds.households.item(row)
        compounds.plan_revenue[row] = world.scenario["firms.plan_collection"] * plan
        plan_income(district, row)
        if self.code > 0:
            take_over(district, row, float(numbers["promise"]))

    def end(self, district: District, row: int) -> None:
        """Undo what only this mode kept up. Overrides extend this."""
        compounds = district.world.compounds
        compounds.firm[row] = NOBODY
        compounds.is_council[row] = 0
        compounds.volunteers[row] = 0.0
        compounds.contract_result[row] = 0.0

    def fee_change(self, district: District, row: int) -> float:
        """Change of dues against today's, yuan a month per m² of the compound's mean flat."""
        compounds = district.world.compounds
        flats_per_m2 = 100.0 * compounds.households.item(row) / compounds.area.item(row)
        today = 0.01 * (compounds.fee.item(row) + compounds.flat_fee.item(row) * flats_per_m2)
        return float(self.numbers["fee"] + self.numbers["flat_fee"] * flats_per_m2 - today)


class TakeoverTerms(NamedTuple):
    """Parameters of the section [takeover]."""

    belief: float
    habit: float
    trust: float


def plan_income(district: District, row: int) -> None:
    """The body starts on what it plans to take in; experience replaces the plan month by month."""
    compounds = district.world.compounds
    plan = compounds.plan_revenue.item(row)
    district.world.income[:, row] = plan
    compounds.income_yearly[row] = 12.0 * plan


def _begin_anew(
    steps: tuple[float, float, float], promise: float, belief: F4, habit: F4, trust: F4, satisfaction: F4
) -> None:
    """Move every household towards the promise, habit towards one half, by the steps of belief, habit and trust."""
    hope, half = np.float32(promise), np.float32(0.5)
    by_belief, by_habit, by_trust = np.float32(steps[0]), np.float32(steps[1]), np.float32(steps[2])
    by_satisfaction = np.float32(0.5 * steps[2])
    for i in range(belief.shape[0]):
        belief[i] += by_belief * (hope - belief[i])
        habit[i] += by_habit * (half - habit[i])
        trust[i] += by_trust * (hope - trust[i])
        satisfaction[i] += by_satisfaction * (hope - satisfaction[i])


begin_anew = compiled(_begin_anew)


def take_over(district: District, row: int, promise: float) -> None:
    """A new body takes over: belief, habit, trust and half as much satisfaction move to a promise (P9, P10, P13).

    Experience then confirms or breaks it. Parameters: section [takeover].
    """
    world = district.world
    households, rows = world.households, world.flats(row)
    begin_anew(
        plain(world.terms(TakeoverTerms, "takeover")),
        promise,
        households.belief[rows],
        households.habit[rows],
        households.trust[rows],
        households.satisfaction[rows],
    )


def _move_bills(bill: I4, arrears: I8) -> None:
    for i in range(bill.shape[0]):
        arrears[i] += bill[i]
        bill[i] = 0


move_bills = compiled(_move_bills)


def owe_to_arrears(district: District, row: int) -> None:
    """The old body's last bill becomes arrears; the new one starts with bills of its own."""
    households, rows = district.world.households, district.world.flats(row)
    move_bills(households.bill[rows], households.arrears[rows])


def clear_roles(district: District, row: int, role: int) -> None:
    """Relieve all members of a body (COMMITTEE_MEMBER or COUNCIL_MEMBER) of a compound."""
    assert role in (COMMITTEE_MEMBER, COUNCIL_MEMBER)  # noqa: S101 - callers pass these two alone
    district.world.households.roles[district.world.flats(row)] &= 255 - role


def mode_class(name: str) -> type[Mode]:
    """The class registered under a name.

    Raises:
        LookupError: if no class has that name.
    """
    try:
        return _CLASSES[name]
    except KeyError:
        raise LookupError(f"no governance mode is called {name!r}; known: {', '.join(sorted(_CLASSES))}") from None


@contextmanager
def registry_kept() -> Iterator[None]:
    """Let classes be defined without registering them: a user's file must not replace a shipped mode."""
    before = dict(_CLASSES)
    try:
        yield
    finally:
        _CLASSES.clear()
        _CLASSES.update(before)
