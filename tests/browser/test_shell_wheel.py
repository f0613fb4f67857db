"""The view works from an installed wheel, away from the checkout."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.running import launch

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


def uv(*arguments: str | Path) -> None:
    program = shutil.which("uv")
    assert program is not None, "this test needs uv"
    subprocess.run([program, *arguments], check=True, cwd=ROOT)  # noqa: S603 - our own command


def test_an_installed_wheel_serves_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visit: Visit) -> None:
    uv("build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    here = ROOT / "experiments"
    ours = {str(path.relative_to(here)) for path in (here / "xiaoqu_lab" / "view").iterdir() if path.is_file()}
    assert ours <= set(zipfile.ZipFile(wheel).namelist())

    uv("venv", "--quiet", "--python", "3.12", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    uv("pip", "install", "--quiet", "--python", python, f"xiaoqu[view] @ {wheel.as_uri()}")
    monkeypatch.chdir(tmp_path)
    view = launch(tmp_path, [str(python.with_name("xiaoqu")), "view", "daguan", "--port", "0", "--no-browser"])
    try:
        page = visit(view.address)
        page.locator(".compound-mark").first.wait_for()
        page.locator("#step").click()
        page.locator("#month[data-month='0']").wait_for()
        page.locator(".compound-mark").first.press("Enter")
        page.locator(".district-map").wait_for(state="detached")
        page.close()
        assert view.faults == ""
    finally:
        assert view.close() == 0
