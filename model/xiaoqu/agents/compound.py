"""Compounds (小区): each has a plan, a mode, and the bodies that serve it. Its figures are a row of world.Compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

if TYPE_CHECKING:
    from xiaoqu.agents.autonomous_council import AutonomousCouncil
    from xiaoqu.agents.owners_committee import OwnersCommittee
    from xiaoqu.agents.party_branch import PartyBranch
    from xiaoqu.agents.street_office import Community
    from xiaoqu.district import District
    from xiaoqu.governance.assembly import Ballot, Proposal
    from xiaoqu.governance.tender import Offer


class Spell(NamedTuple):
    """A time under one mode."""

    month: int
    mode: str
    why: str


class Compound(mesa.Agent["District"]):
    """A compound. Columns read as attributes: `compound.quality`, `compound.households`.

    Attributes:
        row: its row in the column table.
        name: its name in the ledger, else a number.
        community: the community that it belongs to.
        branch, committee, council: its bodies, None where there is none.
        offer: the contract awarded and not yet begun; contract: the one in force.
        spells: its modes so far.
    """

    def __init__(self, model: District, row: int, name: str) -> None:
        super().__init__(model)
        self.row = row
        self.name = name
        self.community: Community
        self.branch: PartyBranch | None = None
        self.committee: OwnersCommittee | None = None
        self.council: AutonomousCouncil | None = None
        self.offer: Offer | None = None
        self.contract: Offer | None = None
        self.planned_at: int | None = None
        self.attempts = 0
        self.rated_poor_at: float | None = None
        self.last_assembly: tuple[int, Proposal, Ballot] | None = None
        self.spells: list[Spell] = []

    def __getattr__(self, name: str) -> Any:
        model = self.__dict__.get("model")  # a copy asks before it has anything
        if model is not None and name in model.world.compounds.columns:
            return getattr(model.world.compounds, name).item(self.row)
        raise AttributeError(f"a compound has no {name!r}")

    @property
    def mode_name(self) -> str:
        """Name of the governance mode it is under."""
        return self.model.modes[int(self.model.world.compounds.mode[self.row])].name

    @property
    def residents(self) -> Any:
        """Its households as an agent set."""
        return self.model.households[self.model.world.flats(self.row)]

    @property
    def bundle(self) -> tuple[int, ...]:
        """Rows of the compounds that share its firm's contract and are still served under it."""
        if self.contract is None:
            return (self.row,)
        firm = self.model.world.compounds.firm
        return tuple(row for row in self.contract.rows if firm[row] == self.contract.firm)

    def __repr__(self) -> str:
        return f"<Compound {self.name} {self.mode_name}>"
