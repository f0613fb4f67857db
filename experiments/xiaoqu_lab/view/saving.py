"""What can be saved of a run: the scenario as it was steered, its outcomes, its pictures; and how to run it again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu_lab.output import write_csv, write_scenario
from xiaoqu_lab.view import curves
from xiaoqu_lab.view import map as district_map
from xiaoqu_lab.view.palette import standalone

if TYPE_CHECKING:
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.session import Run, Session, Side


class Saved(NamedTuple):
    """A file to be saved."""

    name: str
    kind: str
    data: bytes


def stem(run: Run, side: Side, *, two: bool) -> str:
    """What files of a run are called: scenario, seed, number of months, and which of two runs."""
    return f"{run.scenario.name}-seed{run.seed}-months{run.district.month}" + (f"-{side}" if two else "")


def scenario(run: Run, name: str) -> Saved:
    """The scenario with every change and the month of each; with its ledger and modes in one archive, if it has any."""
    if not run.scenario.files:
        return Saved(f"{name}.toml", "application/toml", run.scenario.to_toml().encode())
    buffer = io.BytesIO()
    with TemporaryDirectory() as room, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        write_scenario(run.scenario, Path(room))
        for path in sorted(Path(room).iterdir()):
            archive.write(path, f"{name}/{path.name}")
    return Saved(f"{name}.zip", "application/zip", buffer.getvalue())


def command(run: Run, name: str) -> str:
    """The line that runs it again, to the same digest, where the saved scenario is (an archive unpacked)."""
    file = name if run.scenario.files else f"{name}.toml"
    return f"xiaoqu run {file} --seed {run.seed} --months {run.district.month} --replicates 0 --json"


def table(run: Run, name: str) -> Saved:
    """Every outcome of every month of the campaign, safe to open in a spreadsheet."""
    buffer = io.BytesIO()
    write_csv(run.district.outcomes(), buffer)
    return Saved(f"{name}.csv", "text/csv", buffer.getvalue())


def map_picture(session: Session, run: Run, name: str, label: str) -> Saved:
    """The map of the month that is shown."""
    district = run.district
    drawn = district_map.draw(
        run.places,
        run.recorded(session.shown),
        district.world.modes,
        session.state,
        session.lang,
        district.mode_titles,
        label,
    )
    return Saved(f"{name}-map.svg", "image/svg+xml", standalone(drawn).encode())


def curves_picture(session: Session, name: str, lang: Lang) -> Saved:
    """The curves, of both runs if there are two."""
    drawn = curves.draw(session.a, session.b, session.shown, lang)
    return Saved(f"{name}-curves.svg", "image/svg+xml", standalone(drawn).encode())
