"""The month: the ordered tuple of its phases. Nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu import tally
from xiaoqu.governance import meetings
from xiaoqu.month import judgement, organisation, payment, problems, response, service, settlement

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.district import District


class Phase(NamedTuple):
    """One phase of the month."""

    name: str
    run: Callable[[District], None]
    does: str


def _hold_meetings(district: District) -> None:
    """Deal with everything due this month; what a meeting puts on this month's agenda is dealt with too."""
    meetings.orders(district, -1)
    while due := district.world.agenda.drain(district.world.month):
        for kind, row in due:
            meetings.HANDLERS[kind](district, row)


SCHEDULE: tuple[Phase, ...] = (
    Phase("problems", lambda d: problems.run(d.world), "problems arise and are reported or stay latent"),
    Phase("response", lambda d: response.run(d.world), "matters are triaged, settled, called up or left"),
    Phase("service", lambda d: service.run(d.world), "crews and volunteers serve with what there is"),
    Phase("judgement", lambda d: judgement.run(d.world), "households judge: satisfaction and trust"),
    Phase("payment", lambda d: payment.run(d.world), "bills go out and are paid or not"),
    Phase("settlement", lambda d: settlement.run(d.world), "the month's money is settled in the ledger"),
    Phase(
        "organisation",
        lambda d: organisation.run(d.world),
        "branches, committees, volunteers live on activity",
    ),
    Phase("meetings", _hold_meetings, "what is due on the agenda is dealt with"),
    Phase("record", lambda d: tally.run(d.world), "the month is recorded"),
)
