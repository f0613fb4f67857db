"""What tests of the page and of modes of one's own begin with."""

from xiaoqu import load_scenario
from xiaoqu_lab.view.session import Session

OWN_SCENARIO = """[scenario]
name = "mine_too"
extends = "hengdong"
[modes]
allowed = ["unmanaged", "mine"]
[modes.mine]
file = "mine.py"
"""
"""A scenario with a mode in a file beside it, in seven lines: what is added begins on line 8."""
SMALL = {"places.compounds": "4", "places.households": "160", "calendar.spin_up": "12", "calendar.months": "8"}


def begun(months: int = 0, seed: int = 3) -> Session:
    """A visitor's session over a small Hengdong, some months on."""
    session = Session(load_scenario("hengdong"), seed, "en", lambda: None, SMALL)
    for _ in range(months):
        session.step()
    return session
