"""The street office (街道) runs the campaign and the evaluation.

Communities (社区) hold compounds in trust and settle matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from xiaoqu.governance import programmes

if TYPE_CHECKING:
    from xiaoqu.agents.compound import Compound
    from xiaoqu.district import District


class Community(mesa.Agent["District"]):
    """A community: its compounds, and its part of the tiers (month/response.py)."""

    def __init__(self, model: District, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.compounds: list[Compound] = []

    @property
    def in_trust(self) -> list[Compound]:
        """Compounds that it holds in trust (托管)."""
        trustee = self.model.world.compounds.trustee
        return [compound for compound in self.compounds if trustee[compound.row]]


class StreetOffice(mesa.Agent["District"]):
    """The campaign: which compounds get a plan, in what order, at what pace, from the section [campaign]."""

    def __init__(self, model: District) -> None:
        super().__init__(model)
        self.queue: list[int] = []

    def prepare(self) -> None:
        """Order the compounds that the campaign is for, and put the plans and the end on the agenda.

        With a ledger of compounds (H1) the ready come first: complete infrastructure, many members; else as they are
        numbered.
        """
        world, scenario = self.model.world, self.model.scenario
        compounds = world.compounds
        length = scenario["campaign.months"]
        if length <= 0:
            return
        rows = (
            np.arange(len(compounds)) if scenario["campaign.covers"] == "all" else np.flatnonzero(compounds.mode == 0)
        )
        ready = compounds.infrastructure + compounds.party / np.maximum(1, compounds.households)
        if world.lever("compound_ledger") > 0.0:
            rows = rows[np.argsort(-ready[rows], kind="stable")]
        self.queue = [int(row) for row in rows]
        start = scenario["campaign.start"]
        pilots = min(len(rows), scenario["campaign.pilots"])
        for place, row in enumerate(self.queue):
            if place < pilots:
                month = start
            else:
                month = start + (scenario["campaign.pilot_months"] if pilots else 0)
                month += int((place - pilots) / (scenario["campaign.pace"] * max(1, len(rows))))
            if month < start + length:
                world.agenda.add(month, "plan", row)
        world.agenda.add(start + length, "programme_end", -1)
        world.agenda.add(start + 12, "evaluation", -1)

    def plan(self, row: int) -> None:
        """One compound, one plan (X1): programmes begin, a branch forms, the first attempt is dated."""
        world = self.model.world
        scenario = world.scenario
        self.model.compounds[row].planned_at = world.month
        programmes.cover(self.model, row)
        programmes.form_branch(self.model, row)
        programmes.announce(self.model, row)
        prepared = world.lever("compound_plans") > 0.0
        lead = scenario["campaign.lead" if prepared else "campaign.lead_without_plan"]
        if world.compounds.mode.item(row) == 0:
            world.agenda.add(world.month + lead, "attempt", row)
        else:
            world.agenda.add(world.month + lead, "lease", row)
        if world.lever("committee_formation") > 0.0:
            world.agenda.add(world.month + lead + 1, "committee", row)
        world.log("plan", row, "", float(lead))
