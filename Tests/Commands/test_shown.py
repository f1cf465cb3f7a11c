"""docs/analysis-shown.md shows what the program says now."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def test_the_page_shows_what_the_program_says():
    process = subprocess.run(
        [ROOT / "scripts" / "shown", "--check"], capture_output=True, text=True, timeout=900,
        env={**os.environ, "GATEPOST": os.path.abspath(os.environ["GATEPOST"])})
    assert process.returncode == 0, process.stdout + process.stderr
