"""Who does the runs and how many there may be: the options that `xiaoqu sweep` and `xiaoqu calibrate` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from xiaoqu.errors import InputError
from xiaoqu_lab.complaints import complain, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xiaoqu.errors import Problem

MOST_WITHOUT_CONSENT, MOST_WITH = 20_000, 10**12
MOST_WORKERS = 1_024
MOST_SECONDS = 10**6
INTERRUPTED = 130
"""The exit code after Ctrl-C, when what was done by then is kept."""


class Effort(NamedTuple):
    """What was asked for; `workers` is None for one a core, `most` the number of runs that are allowed.

    `limit` is the seconds that a run may take, 0 for any.
    """

    workers: int | None
    cluster: str | None
    limit: int
    most: int
    dry_run: bool


def options[Command: Callable[..., Any]](command: Command) -> Command:
    """Give a command these options, in this order."""
    for add in reversed(
        (
            click.option("--workers", metavar="N", help="option.workers"),
            click.option("--cluster", metavar="ADDRESS", help="option.cluster"),
            click.option("--limit", metavar="SECONDS", help="option.limit"),
            click.option("--max-runs", metavar="N", help="option.max_runs"),
            click.option("--yes", is_flag=True, help="option.yes"),
            click.option("--dry-run", is_flag=True, help="option.dry_run"),
        )
    ):
        command = add(command)
    return command


def read(given: Mapping[str, Any], problems: list[Problem]) -> Effort:
    """What a command line gives them; what is wrong with it goes to the problems."""
    workers, most = given["workers"], given["max_runs"]
    processes = None if workers is None else whole(workers, "--workers", 0, MOST_WORKERS, problems)
    allowed = MOST_WITHOUT_CONSENT if most is None else whole(most, "--max-runs", 1, MOST_WITH, problems)
    seconds = 0 if given["limit"] is None else whole(given["limit"], "--limit", 1, MOST_SECONDS, problems)
    if seconds and processes == 0 and given["cluster"] is None:
        problems.append(complain("limit_here", "--limit", str(seconds)))
    return Effort(processes, given["cluster"], seconds, MOST_WITH if given["yes"] else allowed, given["dry_run"])


def check_out(out: str | None, problems: list[Problem]) -> None:
    """See whether a folder can take a sweep; why not goes to the problems."""
    from xiaoqu_lab.sweeps.store import check_folder  # noqa: PLC0415 - slow to import

    if out is not None:
        try:
            check_folder(Path(out))
        except InputError as error:
            problems += error.problems
