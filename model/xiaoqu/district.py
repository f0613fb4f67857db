"""The district: a Mesa model that builds the world from a scenario and steps it month by month.

    from xiaoqu import District, load_scenario
    district = District(load_scenario("hengdong"), rng=7)
    district.run_for(24)
    district.outcomes()

The spin-up, the months before the campaign, runs while the district is built, so that month 0 starts from a state
that the model brought about itself.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from xiaoqu import explain_compound, explain_household, outcomes
from xiaoqu.agents.autonomous_council import AutonomousCouncil
from xiaoqu.agents.compound import Compound, Spell
from xiaoqu.agents.household import Household
from xiaoqu.agents.owners_committee import OwnersCommittee
from xiaoqu.agents.party_branch import PartyBranch
from xiaoqu.agents.party_member import PartyMember
from xiaoqu.agents.property_firm import PropertyFirm
from xiaoqu.agents.street_office import Community, StreetOffice
from xiaoqu.agentset import ColumnAgentSet
from xiaoqu.collector import OutcomeCollector
from xiaoqu.governance import beginnings, programmes
from xiaoqu.governance.meetings import HANDLERS
from xiaoqu.modes import Mode, mode_class
from xiaoqu.modes.own import DRIVERS, own_modes
from xiaoqu.population import draw_places, populate
from xiaoqu.scenario import Scenario, load_scenario
from xiaoqu.schedule import SCHEDULE
from xiaoqu.streams import Purpose, Streams
from xiaoqu.world import COMMITTEE_MEMBER, Agenda, Firms, ModeTable, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from xiaoqu.columns import I8
    from xiaoqu.explanation import Explanation
    from xiaoqu.ledger import Ledger

FALL_BACK = "unmanaged"
"""The mode of a compound that no body is in charge of."""


class District(mesa.Model[mesa.Agent[Any], Any]):
    """A district (片区) of compounds.

    Attributes:
        world: the state that rules read and write.
        households, party_members: column tables that behave as Mesa agent sets.
        compounds, firms, communities: the deliberate agents by row.
        modes: the governance modes of this scenario; the first is the state without a body.
    """

    world: World

    def __init__(self, scenario: Scenario | str | Path, rng: int | None = None) -> None:
        """Build the district and run its spin-up.

        Args:
            scenario: what `load_scenario` returns, or what it takes: a name or a path.
            rng: the seed, an integer in [0, 2**64); None takes one from the operating system.

        Raises:
            ValueError: if the seed is out of range.
            InputError: if the scenario or a mode of the user's own is wrong.
            TypeError: if it is no scenario.
        """
        if isinstance(scenario, str | Path):
            scenario = load_scenario(scenario)
        if not isinstance(scenario, Scenario):
            raise TypeError(f"a district is built from a scenario or its name, not from {type(scenario).__name__}")
        seed = int(np.random.SeedSequence().generate_state(1)[0]) if rng is None else int(rng)
        super().__init__(rng=seed)
        self._xiaoqu_scenario = scenario
        self.seed = seed
        streams = Streams(seed)
        places = draw_places(scenario, streams)
        residents = populate(scenario, streams, places)
        self.modes = build_modes(scenario)
        self.world = World(
            scenario=scenario,
            streams=streams,
            households=residents.households,
            stairwells=residents.stairwells,
            compounds=residents.compounds,
            firms=Firms(beginnings.number_of_firms(scenario, len(places))),
            party_members=residents.party_members,
            modes=tuple(mode.name for mode in self.modes),
            mode_table=mode_table(self.modes),
            agenda=Agenda(tuple(HANDLERS)),
            month=-int(scenario["calendar.spin_up"]),
            communities=residents.communities,
        )
        self.households = ColumnAgentSet(self.world.households, Household, self)
        self.party_members = ColumnAgentSet(self.world.party_members, PartyMember, self)
        self.communities = [Community(self, row) for row in range(residents.communities)]
        self.compounds = [Compound(self, row, place.name) for row, place in enumerate(places)]
        for compound, community in zip(self.compounds, residents.compounds.community, strict=True):
            compound.community = self.communities[community]
            compound.community.compounds.append(compound)
        self.firms = [PropertyFirm(self, row) for row in range(len(self.world.firms))]
        self.street_office = StreetOffice(self)
        beginnings.begin(self, places)
        self.datacollector = OutcomeCollector(self)
        while self.world.month < 0:
            self._month()
        self.street_office.prepare()

    @property
    def scenario(self) -> Any:
        """The scenario; Mesa's own object while Mesa itself asks for it during construction."""
        return self.__dict__.get("_xiaoqu_scenario", self.__dict__.get("_scenario"))

    @scenario.setter
    def scenario(self, value: Any) -> None:
        self._scenario = value

    @property
    def month(self) -> int:
        """Months of the campaign simulated so far: the number of the month that comes next."""
        return self.world.month

    @property
    def mode_titles(self) -> dict[str, tuple[str, str]]:
        """What modes are called in English and Chinese, for those whose classes say so in either."""
        said = ((mode.name, mode.title_en, mode.title_zh) for mode in self.modes)
        return {name: (en or zh, zh or en) for name, en, zh in said if en or zh}

    @property
    def ledger(self) -> Ledger:
        """The books."""
        return self.world.ledger

    def step(self) -> None:
        """Simulate one month."""
        self._month()

    def run_for(self, duration: float) -> None:
        """Simulate some months.

        Raises:
            ValueError: if their number is negative.
        """
        if duration < 0:
            raise ValueError(f"months to run must be at least 0, not {duration}")
        if duration:  # Mesa warns of no time at all
            super().run_for(duration)

    def change(self, levers: Mapping[str, object]) -> None:
        """Give levers other grades from the next month on; the scenario then says so, with the month as date.

        A run of that scenario with the same seed goes the same way, to the last bit.

        Args:
            levers: grades by key, such as {"levers.patrols": "off"}.

        Raises:
            InputError: everything that is wrong with them, such as a parameter that is no lever.
        """
        dated = {f"{key}@{self.month}": grade for key, grade in levers.items()}
        self._xiaoqu_scenario = self.world.scenario = self._xiaoqu_scenario.with_overrides(dated)

    def begin_month(self) -> None:
        """What comes before the first phase: counts begin anew, and levers change that have this month as date."""
        self.world.tally.clear()
        if self.world.month in self._xiaoqu_scenario.changes:
            programmes.change_levers(self, self._xiaoqu_scenario.changes[self.world.month])

    def _month(self) -> None:
        self.begin_month()
        for phase in SCHEDULE:
            phase.run(self)
        self.world.month += 1

    def compound(self, row: int) -> Compound:
        """The compound of a row."""
        return self.compounds[row]

    def luck(self, purpose: str, row: int, number: int) -> float:
        """A uniform of this month for one compound, by name of the purpose in streams.Purpose."""
        key = int(self.world.compounds.key[row])
        return self.world.streams.uniform(Purpose[purpose.upper()], self.world.month, number, key)

    @property
    def agenda(self) -> Agenda:
        """What is due."""
        return self.world.agenda

    # Bodies come and go.

    def change_mode(self, row: int, mode: Mode, why: str = "adopted") -> None:
        """Bring a compound from its mode to another, with everything that both set."""
        compounds = self.world.compounds
        self.modes[int(compounds.mode[row])].end(self, row)
        mode.begin(self, row)
        self.compounds[row].spells.append(Spell(self.world.month, mode.name, why))
        self.world.tally.transitions[row] += 1
        if mode.code:  # whoever is in charge may ask the owners to lease out common parts
            self.agenda.add(self.world.month + 3, "lease", row)
        self.world.log("mode", row, mode.name, float(mode.code), why)

    def found_branch(self, row: int, *, joint: bool) -> None:
        """A branch comes to be."""
        self.compounds[row].branch = PartyBranch(self, self.compounds[row], joint=joint)

    def found_committee(self, row: int, members: I8) -> None:
        """A committee comes to be; its reviews and the end of its term go on the agenda."""
        self.dissolve_committee(row)
        self.world.households.roles[members] |= COMMITTEE_MEMBER
        committee = OwnersCommittee(self, self.compounds[row], members)
        self.compounds[row].committee = committee
        self.agenda.add(committee.term_ends, "end_of_term", row)
        self.agenda.add(self.world.month + 6, "committee_review", row)

    def dissolve_committee(self, row: int) -> None:
        """The committee of a compound is no more."""
        committee = self.compounds[row].committee
        if committee is not None:
            committee.dissolve()
            self.compounds[row].committee = None

    def found_council(self, row: int) -> None:
        """A council comes to be."""
        self.compounds[row].council = AutonomousCouncil(self, self.compounds[row])
        self.agenda.add(self.world.month + 3, "council_review", row)

    def dissolve_council(self, row: int) -> None:
        """The council of a compound is no more."""
        council = self.compounds[row].council
        if council is not None:
            council.remove()
            self.compounds[row].council = None

    # What came out.

    def outcomes(self, first: int = 0) -> pd.DataFrame:
        """One row a month from month `first` on (negative: the end of the spin-up); declared in outcomes.py."""
        return outcomes.by_month(self, first)

    def outcomes_by_compound(self) -> pd.DataFrame:
        """Tidy table, one row per month and compound."""
        return outcomes.by_compound(self)

    def events(self) -> pd.DataFrame:
        """The event log: month, kind, compound, subject, value, note."""
        import pandas as pd  # noqa: PLC0415 - the model runs without pandas

        names = ["month", "kind", "compound", "subject", "value", "note"]
        return pd.DataFrame(self.world.lines, columns=names)

    def why(self, household: int | None = None, compound: int | None = None) -> Explanation:
        """Why a household paid or not, or a compound came to its mode, in the month just simulated.

        Raises:
            ValueError: unless exactly one of the two is given, or if there is no such row.
        """
        if household is not None and compound is None:
            return explain_household.why(self, household)
        if compound is not None and household is None:
            return explain_compound.why(self, compound)
        raise ValueError("ask about one household or one compound")

    def digest(self) -> str:
        """SHA-256 over every column, the ledger, the events and the outcomes so far. No scenario value goes in."""
        world = self.world
        hasher = hashlib.sha256()
        for table in (world.households, world.stairwells, world.compounds, world.firms, world.party_members):
            table.update_digest(hasher)
        world.issues.update_digest(hasher)
        world.ledger.update_digest(hasher)
        for name, array in world.state_arrays().items():
            hasher.update(name.encode())
            hasher.update(np.ascontiguousarray(array))
        for month in world.tally.history:
            hasher.update(month)
        for line in world.lines:
            hasher.update(repr(line).encode())
        for due in world.agenda.upcoming():
            hasher.update(repr(tuple(due)).encode())
        return hasher.hexdigest()


def build_modes(scenario: Scenario) -> list[Mode]:
    """The scenario's modes: the one to fall back to first, then the allowed ones that are enabled, in its order.

    Raises:
        InputError: a mode of the user's own is wrong.
    """
    own = own_modes(scenario)
    sections = {name: scenario.get_section(f"modes.{name}") for name in scenario["modes.allowed"] if name != FALL_BACK}
    enabled = [name for name, numbers in sections.items() if numbers.get("enabled", True)]
    sections[FALL_BACK] = scenario.get_section(f"modes.{FALL_BACK}")
    names = [FALL_BACK, *enabled]
    return [(own.get(name) or mode_class(name))(code, sections[name]) for code, name in enumerate(names)]


def mode_table(modes: list[Mode]) -> ModeTable:
    """What rules need to know of each mode, as columns."""
    return ModeTable(
        np.array([mode.numbers["reporting"] for mode in modes], dtype=float),
        np.array([mode.numbers["capacity"] for mode in modes], dtype=float),
        np.array([DRIVERS[mode.driver] for mode in modes], dtype=np.int64),
        np.array([mode.numbers["public_use"] for mode in modes], dtype=float),
    )
