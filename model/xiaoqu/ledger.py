"""Money: whole fen, double entry. Every purpose has one payer and one receiver; nobody balances the books.

Holders keep their own balances: households (households.purse), the operating account and repair fund of each
compound, the firms' cash, and those outside the district (staff, contractors, parkers and advertisers, those who
pocket public revenue, the treasury, donors, investors, developers). All start at zero, so at any time all balances
must add up to zero: `residue()` recomputes the sum from the holders and is 0 unless an entry was posted on one side
only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I8, Hasher
    from xiaoqu.tally import Tally
    from xiaoqu.world import Compounds, Firms, Households

HOUSEHOLDS, ACCOUNT, REPAIR_FUND, FIRM = "households", "account", "repair_fund", "firm"
OUTSIDE = ("staff", "contractors", "parkers", "pockets", "treasury", "donors", "investors", "developers")
"""Holders outside the district, one balance each."""


class Purpose(NamedTuple):
    """What a payment is for."""

    name: str
    payer: str
    receiver: str
    zh: str


PURPOSES = (
    Purpose("dues", HOUSEHOLDS, ACCOUNT, "物业费"),
    Purpose("public_revenue", "parkers", ACCOUNT, "公共收益"),
    Purpose("leak", "parkers", "pockets", "流失的公共收益"),
    Purpose("subsidy", "treasury", ACCOUNT, "政府购买服务"),
    Purpose("donations", "donors", ACCOUNT, "捐助"),
    Purpose("service", ACCOUNT, "staff", "服务支出"),
    Purpose("margin", ACCOUNT, FIRM, "企业盈余"),
    Purpose("repairs_account", ACCOUNT, "contractors", "账户维修支出"),
    Purpose("repairs_fund", REPAIR_FUND, "contractors", "维修资金支出"),
    Purpose("repairs_programme", "treasury", "contractors", "专项维修资金"),
    Purpose("programme_costs", "treasury", "staff", "项目运行费"),
    Purpose("savings", ACCOUNT, REPAIR_FUND, "结余转维修资金"),
    Purpose("opening_fund", "developers", REPAIR_FUND, "首期维修资金"),
    Purpose("capital", "investors", FIRM, "企业注册资本"),
)
NAMES = tuple(purpose.name for purpose in PURPOSES)
INDEX = {name: i for i, name in enumerate(NAMES)}
PUBLIC_PURPOSES = tuple(purpose.name for purpose in PURPOSES if purpose.payer == "treasury")
"""What the public purse pays for."""


class Ledger:
    """The books of one district.

    Attributes:
        outside: balances of the holders outside, int64 fen, in the order of OUTSIDE.
    """

    def __init__(self, households: Households, compounds: Compounds, firms: Firms, tally: Tally) -> None:
        self._households = households
        self._compounds = compounds
        self._firms = firms
        self._tally = tally
        self.outside: I8 = np.zeros(len(OUTSIDE), np.int64)

    @property
    def flows(self) -> F8:
        """Payments of this month, fen, shape (purposes, compounds)."""
        return self._tally.flows

    def post(self, name: str, compound: int, fen: int, firm: int = -1) -> None:
        """Post one payment in both holders' balances.

        Households pay through the payment rule only, which keeps their purses; see month/payment.py.

        Raises:
            ValueError: if the payer is the households.
        """
        purpose = PURPOSES[INDEX[name]]
        if HOUSEHOLDS in (purpose.payer, purpose.receiver):
            raise ValueError(f"{name}: households' purses are kept by month/payment.py")
        self._change(purpose.payer, compound, -fen, firm)
        self._change(purpose.receiver, compound, fen, firm)
        if compound >= 0:
            self.flows[INDEX[name], compound] += fen

    def _change(self, holder: str, compound: int, fen: int, firm: int) -> None:
        if holder == ACCOUNT:
            self._compounds.account[compound] += fen
        elif holder == REPAIR_FUND:
            self._compounds.repair_fund[compound] += fen
        elif holder == FIRM:
            self._firms.cash[firm] += fen
        else:
            self.outside[OUTSIDE.index(holder)] += fen

    def balances(self) -> dict[str, int]:
        """Balance of each holder in fen, classes of holders added up."""
        inside = {
            HOUSEHOLDS: int(self._households.purse.sum()),
            ACCOUNT: int(self._compounds.account.sum()),
            REPAIR_FUND: int(self._compounds.repair_fund.sum()),
            FIRM: int(self._firms.cash.sum()),
        }
        return inside | {name: int(fen) for name, fen in zip(OUTSIDE, self.outside, strict=True)}

    def residue(self) -> int:
        """Sum of all balances, fen. Anything but 0 means that an entry is missing on one side."""
        return sum(self.balances().values())

    def update_digest(self, hasher: Hasher) -> None:
        """Feed the balances outside the column tables to a hash."""
        hasher.update(self.outside)
