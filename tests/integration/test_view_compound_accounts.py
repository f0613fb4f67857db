"""A compound's books add up to the fen, and its earlier balances are those that the district had."""

import pytest

from xiaoqu import District, load_scenario
from xiaoqu.ledger import PURPOSES
from xiaoqu_lab.view.accounts import HOLDERS, beside, books, directions, statement

CASES = ("hengdong", "xiashesi", "shaoshan", "daguan")


def held(district: District, row: int) -> dict[str, int]:
    """What a compound holds and is owed, read off the district itself."""
    compounds, homes = district.world.compounds, district.world.households
    here = homes.compound == row
    return {
        "account": int(compounds.account[row]),
        "repair_fund": int(compounds.repair_fund[row]),
        "owed": int((homes.arrears[here] + homes.bill[here]).sum()),
    }


@pytest.mark.parametrize("case", CASES)
def test_balances_told_for_a_month_are_those_the_district_had(case: str) -> None:
    district = District(load_scenario(case), rng=5)
    rows = range(0, len(district.compounds), max(1, len(district.compounds) // 6))
    had = {(-1, row): held(district, row) for row in rows}
    for month in range(26):
        district.step()
        had |= {(month, row): held(district, row) for row in rows}
    for row in rows:
        for entry in books(district, row):
            if entry.month >= -1:
                assert entry.balances == had[entry.month, row], (row, entry.month)


@pytest.mark.parametrize("case", CASES)
def test_statements_add_up_to_the_fen(case: str) -> None:
    district = District(load_scenario(case), rng=6)
    district.run_for(25)
    moved = set()
    for row in range(len(district.compounds)):
        entries = books(district, row)
        assert [entry.month for entry in entries] == list(range(-12, 25))
        year = entries[-12:]
        for holder in HOLDERS:
            whole = statement(year, holder)
            assert whole.opening + sum(whole.came.values()) - sum(whole.went.values()) == whole.closing
            assert all(fen > 0 for fen in (*whole.came.values(), *whole.went.values()))
            assert whole.opening == entries[-13].balances[holder]
            moved |= set(whole.came) | set(whole.went)
            for entry in year:  # so does every month
                alone = statement([entry], holder)
                assert alone.opening + sum(alone.came.values()) - sum(alone.went.values()) == alone.closing
        # What was paid of bills, at once, late and of old arrears, is what the account took in as dues.
        paid = sum(e.flows[name] for e in year for name in ("collected", "collected_late", "collected_arrears"))
        assert paid == sum(entry.flows["flow_dues"] for entry in year)
        moved |= set(beside(year))
    assert {"flow_dues", "flow_service", "flow_savings", "flow_leak", "billed"} <= moved


def test_every_purpose_has_a_place() -> None:
    """A purpose new to the ledger shows up in the books, not between them."""
    placed = {name for holder in HOLDERS for name in directions(holder)}
    outside = {f"flow_{name}" for name in ("leak", "repairs_programme", "programme_costs", "capital")}
    assert {f"flow_{purpose.name}" for purpose in PURPOSES} == placed - set(directions("owed")) | outside


def test_a_loss_that_the_firm_bears_comes_in() -> None:
    district = District(load_scenario("xiashesi"), rng=1)
    district.run_for(20)
    borne = 0
    for row in range(len(district.compounds)):
        for entry in books(district, row):
            alone = statement([entry], "account")
            if entry.flows["flow_margin"] < 0:
                assert alone.came["flow_margin"] == -entry.flows["flow_margin"]
                borne += 1
    assert borne
