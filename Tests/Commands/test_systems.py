"""docs/systems.md: what guide, audit, import and demo say of every system."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def test_the_page_is_what_the_program_does():
    run = subprocess.run(
        [ROOT / "scripts" / "show-systems"], capture_output=True, text=True,
        env={**os.environ, "GATEPOST": os.path.abspath(os.environ["GATEPOST"])})
    assert run.returncode == 0, run.stderr
    page = (ROOT / "docs" / "systems.md").read_text()
    assert run.stdout == page, "scripts/show-systems --write writes it anew"


def test_every_system_is_seen_open_and_closed_or_it_is_said_why_not():
    rows = [line.split("|")[1:-1] for line in (ROOT / "docs" / "systems.md").read_text().splitlines() if line.startswith("| `")]
    assert len(rows) == 18
    for system, guide, opened, _, closed, _, alone, guarded in ([cell.strip() for cell in row] for row in rows):
        assert guide == "ok"
        assert ": open, exit 1" in opened or system == "`ipass`"
        assert ": closed, exit " in closed or closed.startswith("cannot be closed")
        assert ": 0 of 34 out" not in alone and guarded.startswith("0 of 34 out")
        assert alone.split(", ")[-1] == guarded.split(", ")[-1], f"wanted mail of {system}"
