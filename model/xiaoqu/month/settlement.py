"""The month's money is settled in the ledger: dues, public revenue, purchased service, wages, margins, repairs.

    public revenue = potential x N x (use of the mode + gain x [common parts leased])
                     (parking, charging, advertising)
    of which vanishes  leak_closed where accounts are closed, leak_open where they are published (evidence 2.8)

Under a firm (lump-sum contract, 包干制) the firm keeps what is left of dues, public revenue and purchased service, and
bears what is missing; what the account held before it came stays the owners'. Without a firm the compound keeps a
working balance of `reserve_months` and moves a twelfth of what is above into the repair fund each month.

Reads: dues collected, spending, money for large matters. Writes: accounts, funds, firms' cash, flows, income_yearly.
Every fen has a payer and a receiver (ledger.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.kernels import compiled, plain
from xiaoqu.ledger import INDEX, OUTSIDE

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I8
    from xiaoqu.world import World

DUES, PUBLIC, LEAK, SUBSIDY, DONATIONS = (
    INDEX[name] for name in ("dues", "public_revenue", "leak", "subsidy", "donations")
)
SERVICE, MARGIN, SAVINGS, RUNNING = (INDEX[name] for name in ("service", "margin", "savings", "programme_costs"))
BY_ACCOUNT, BY_FUND, BY_PROGRAMME = (
    INDEX["repairs_account"],
    INDEX["repairs_fund"],
    INDEX["repairs_programme"],
)
STAFF, CONTRACTORS, PARKERS, POCKETS, TREASURY, DONORS = range(6)
assert OUTSIDE[:6] == ("staff", "contractors", "parkers", "pockets", "treasury", "donors")  # noqa: S101 - the kernel's indices


class SettlementTerms(NamedTuple):
    """Parameters of the section [settlement]."""

    leak_closed: float
    leak_open: float
    lease_gain: float
    reserve_months: float
    repair_effect: float


def _settle(
    p: SettlementTerms,
    month: int,
    households: I8,
    mode: I8,
    firm: I8,
    public_potential: F8,
    leased: F8,
    published: F8,
    public_use: F8,
    subsidy: F8,
    public_charge: F8,
    donations: F8,
    programme_costs: F8,
    spending: F8,
    standard_cost: F8,
    crew_floor: F8,
    dues: I8,
    money: F8,
    infrastructure: F8,
    account: I8,
    repair_fund: I8,
    firm_cash: I8,
    outside: I8,
    flows: F8,
    income: F8,
    income_yearly: F8,
    lean_months: F8,
    contract_result: F8,
    leak: F8,
) -> None:
    """Post the month's payments of every compound. `money` (3, C) is what large matters cost, by source, in fen."""
    p = SettlementTerms(*p)
    slot = month % 12
    for c in range(households.shape[0]):
        in_use = min(1.0, public_use[mode[c]] + p.lease_gain * leased[c])
        gross = public_potential[c] * households[c] * in_use
        lost = p.leak_closed + (p.leak_open - p.leak_closed) * published[c]
        leak[c] = lost * in_use
        vanished = int(gross * lost * 100.0 + 0.5)
        public = int(gross * 100.0 + 0.5) - vanished
        bought = int((subsidy[c] + public_charge[c]) * 100.0 + 0.5)
        given = int(donations[c] * 100.0 + 0.5)
        spent = int(spending[c] * 100.0 + 0.5)
        running = int(programme_costs[c] * 100.0 + 0.5)
        from_programme, from_fund, from_account = int(money[0, c]), int(money[1, c]), int(money[2, c])
        # The firm keeps or bears what its work brings; gifts and repairs are the compound's own account's.
        left = dues[c] + public + bought - spent if firm[c] >= 0 else 0
        account[c] += dues[c] + public + bought + given - spent - from_account - left
        repair_fund[c] -= from_fund
        outside[PARKERS] -= public + vanished
        outside[POCKETS] += vanished
        outside[TREASURY] -= bought + from_programme + running
        outside[DONORS] -= given
        outside[STAFF] += spent + running
        outside[CONTRACTORS] += from_programme + from_fund + from_account
        if firm[c] >= 0:
            firm_cash[firm[c]] += left
            contract_result[c] += left * 0.01
        saved = 0
        spare = account[c] - int(p.reserve_months * standard_cost[c] * 100.0)
        if firm[c] < 0 and spare > 0:
            saved = spare // 12
            account[c] -= saved
            repair_fund[c] += saved
        flows[DUES, c] += dues[c]
        flows[PUBLIC, c] += public
        flows[LEAK, c] += vanished
        flows[SUBSIDY, c] += bought
        flows[DONATIONS, c] += given
        flows[SERVICE, c] += spent
        flows[RUNNING, c] += running
        flows[MARGIN, c] += left
        flows[SAVINGS, c] += saved
        flows[BY_PROGRAMME, c] += from_programme
        flows[BY_FUND, c] += from_fund
        flows[BY_ACCOUNT, c] += from_account
        repaired = (from_programme + from_fund + from_account) * 0.01
        infrastructure[c] = min(1.0, infrastructure[c] + p.repair_effect * repaired / (100.0 * households[c]))
        fresh = (dues[c] + public + given) * 0.01
        income_yearly[c] = max(0.0, income_yearly[c] + fresh - income[slot, c])
        income[slot, c] = fresh
        # Lean is income that does not even pay for the smallest crew the firm may keep.
        poor = firm[c] >= 0 and income_yearly[c] + 12.0 * subsidy[c] < 12.0 * crew_floor[c] * standard_cost[c]
        lean_months[c] = lean_months[c] + 1.0 if poor else 0.0


settle = compiled(_settle)


def run(world: World) -> None:
    """Settle the month in the books."""
    compounds, ledger = world.compounds, world.ledger
    settle(
        plain(world.terms(SettlementTerms, "settlement")),
        world.month,
        compounds.households,
        compounds.mode,
        compounds.firm,
        compounds.public_potential,
        compounds.leased,
        compounds.published,
        world.mode_table.public_use,
        compounds.subsidy,
        compounds.public_charge,
        compounds.donations,
        compounds.programme_costs,
        compounds.spending,
        compounds.standard_cost,
        compounds.crew_floor,
        world.dues,
        world.money,
        compounds.infrastructure,
        compounds.account,
        compounds.repair_fund,
        world.firms.cash,
        ledger.outside,
        ledger.flows,
        world.income,
        compounds.income_yearly,
        compounds.lean_months,
        compounds.contract_result,
        compounds.leak,
    )
