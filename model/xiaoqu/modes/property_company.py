"""Property company (物业公司): a firm under contract, chosen by the assembly, paid from dues.

Gone when it keeps losing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.governance import programmes, tender
from xiaoqu.modes.mode import Mode, plan_income
from xiaoqu.world import COMMUNITY_FIRM

if TYPE_CHECKING:
    from xiaoqu.district import District


class PropertyCompany(Mode):
    """Who may adopt: compounds whose infrastructure is complete enough and for which a firm bids (X2, X3)."""

    name: ClassVar[str] = "property_company"
    driver: ClassVar[str] = "crew"
    preference: ClassVar[int] = 10

    def obstacle(self, district: District, row: int) -> str:
        """Infrastructure too incomplete for a firm."""
        least = district.world.scenario["eligibility.company_infrastructure"]
        return "" if district.world.compounds.infrastructure.item(row) >= least else "infrastructure incomplete"

    def adopt(self, district: District, row: int) -> bool:
        """Tender, assembly, and take-over the month after."""
        return tender.award(district, row, self)

    def begin(self, district: District, row: int) -> None:
        """A firm starts to serve; `tender.award` has put it on the agenda with its terms."""
        agent = district.compound(row)
        terms = agent.offer
        assert terms is not None  # noqa: S101 - a take-over follows an award
        agent.offer, agent.contract = None, terms
        super().begin(district, row)
        world = district.world
        compounds, firms = world.compounds, world.firms
        community = firms.kind.item(terms.firm) == COMMUNITY_FIRM
        compounds.firm[row] = terms.firm
        firms.contracts[terms.firm] += 1
        compounds.fee[row] = 100.0 * terms.fee
        compounds.subsidy[row] = terms.subsidy
        plan_share = world.scenario["firms.plan_collection"]
        compounds.plan_revenue[row] = plan_share * terms.fee * compounds.area.item(row) * 0.01
        plan_income(district, row)
        compounds.standard_cost[row] = terms.cost
        compounds.crew[row] = 1.0
        compounds.efficiency[row] = firms.efficiency.item(terms.firm)
        compounds.greed[row] = (world.scenario["firms.greed_community"] if community else 1.0) * firms.greed.item(
            terms.firm
        )
        compounds.lean_months[row] = 0.0
        compounds.contract_result[row] = 0.0
        if not community:
            # A market firm answers for itself: no trustee opens its accounts.
            compounds.trustee[row] = 0
            compounds.published[row] = district.luck("bodies", row, 1) < self.numbers["opens_accounts"]
        programmes.set_crew_floor(district, row)
        district.agenda.add(world.month + 6, "firm_review", row)

    def end(self, district: District, row: int) -> None:
        """The firm hands over."""
        world = district.world
        firm = world.compounds.firm.item(row)
        if firm >= 0:
            world.firms.contracts[firm] -= 1
        world.compounds.subsidy[row] = 0.0
        world.compounds.supervised[row] = 0.0
        district.compound(row).contract = None
        district.compound(row).rated_poor_at = None  # a rating is of the firm that earned it
        super().end(district, row)
