"""Pattern checks: which of the stylised facts P1-P28 of the evidence the model reproduces, and which it should not.

    from xiaoqu_lab.patterns import run_all
    for pattern in run_all(["P1", "P2"], {"payment.peers": 1.5}, seeds=8):
        print(pattern.id, pattern.holds, pattern.figures)

Every criterion was fixed before the results were looked at. A pattern that does not hold is a finding about the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiaoqu_lab.patterns import adoption, bodies, fees, firms, matters, payers
from xiaoqu_lab.patterns.laboratory import Lab, Pattern, put_under

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["CHECKS", "Lab", "Pattern", "put_under", "run_all"]

CHECKS: dict[str, Callable[[Lab], Pattern]] = {
    "P1": firms.vicious_circle,
    "P2": firms.hysteresis,
    "P2-control": firms.hysteresis_control,
    "P3": firms.two_regimes,
    "P4": firms.viability_wall,
    "P4-control": firms.viability_control,
    "P5": firms.merging,
    "P6": payers.payment_history,
    "P7": payers.peers,
    "P7-control": payers.peers_control,
    "P8": payers.members_first,
    "P9": payers.campaign_shape,
    "P10": bodies.councils_erode,
    "P11": bodies.open_accounts,
    "P12": fees.subsidy_cliff,
    "P13": fees.honeymoon,
    "P14": fees.low_fee,
    "P15": bodies.quorum_binds,
    "P16": bodies.remote_voting,
    "P17": matters.heavy_tail,
    "P18": matters.channel_inflates,
    "P18-control": matters.channel_control,
    "P19": matters.backlog_after_drive,
    "P20": adoption.mandate_curve,
    "P21": bodies.coverage_is_not_function,
    "P22": adoption.mode_order,
    "P23": adoption.mode_transitions,
    "P25": bodies.double_edge,
    "P26": bodies.renewal_spike,
    "P28": payers.inequality,
}
"""The checks by id, in order."""


def run_all(
    only: Iterable[str] | None = None,
    overrides: Mapping[str, object] | None = None,
    *,
    seeds: int = 4,
    first_seed: int = 1,
) -> list[Pattern]:
    """Run the checks, or those named in `only`.

    Args:
        only: ids; all if None.
        overrides: scenario overrides of every experiment, for calibration.
        seeds: how many districts of 80 compounds each experiment has, at least two.
        first_seed: the first of the seeds; others show what a calibration owes to its seeds.

    Raises:
        KeyError: if there is no check of a name.
    """
    lab = Lab(overrides or {}, range(first_seed, first_seed + seeds))
    return [CHECKS[name](lab) for name in (CHECKS if only is None else only)]
