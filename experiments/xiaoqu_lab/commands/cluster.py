"""`xiaoqu cluster slurm`: a script that starts workers on a cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from xiaoqu.errors import InputError, Problem
from xiaoqu_lab.complaints import complain, whole

if TYPE_CHECKING:
    from xiaoqu_lab.texts import Lang

SCRIPT = '''\
"""Start Dask workers on SLURM and run a sweep on them: python start_workers.py DESIGN DIR

Needs xiaoqu with its extra "cluster" on every node. The store is written by this process alone, so that workers need
no shared disk. One process has one thread: the model is not for threads.
"""

import sys

from dask_jobqueue import SLURMCluster

from xiaoqu_lab import sweep

if __name__ == "__main__":
    cluster = SLURMCluster(
        queue="{queue}",
        cores={cores},
        processes={cores},
        memory="{memory}",
        walltime="04:00:00",
        job_script_prologue=["export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1"],
    )
    cluster.scale(jobs={jobs})
    print(cluster.job_script())
    print("scheduler:", cluster.scheduler_address, "(for xiaoqu sweep --cluster)")
    sweep(sys.argv[1], sys.argv[2], cluster=cluster.scheduler_address)
'''


@click.command()
@click.argument("system", type=click.Choice(["slurm"]))
@click.option("--jobs", default="10", metavar="N", help="option.jobs")
@click.option("--cores", default="16", metavar="N", help="option.cores")
@click.option("--memory", default="16GB", metavar="SIZE", help="option.memory")
@click.option("--queue", default="normal", metavar="NAME", help="option.queue")
@click.pass_obj
def command(_lang: Lang, system: str, jobs: str, cores: str, memory: str, queue: str) -> None:  # noqa: ARG001 - every command gets it
    """Print the script."""
    problems: list[Problem] = []
    count = whole(jobs, "--jobs", 1, 10_000, problems)
    width = whole(cores, "--cores", 1, 1_024, problems)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?(MB|GB|MiB|GiB)", memory):
        problems.append(complain("bad_memory", "--memory", memory))
    if not re.fullmatch(r"[A-Za-z0-9_.,-]+", queue):
        problems.append(complain("bad_queue", "--queue", queue))
    if problems:
        raise InputError(problems)
    click.echo(SCRIPT.format(queue=queue, cores=width, memory=memory, jobs=count), nl=False)
