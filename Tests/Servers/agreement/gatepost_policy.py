"""What the imported policy says: `gatepost import`, then `gatepost try --batch`."""

import json
import os
import subprocess
from pathlib import Path


def binary():
    return Path(os.environ.get("GATEPOST", ".build/debug/gatepost"))


class NotUnderstood(Exception):
    """The import left something out; the message is what it said."""


def imported(system, paths, facts=None):
    """The text of the gatepost.conf. A part that was not understood is an error of the test."""
    command = [binary(), "import", system, *map(str, paths)]
    if facts:
        command += ["--facts", str(facts)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise NotUnderstood(f"exit status {run.returncode}: {run.stderr}")
    return run.stdout


def verdicts(policy, requests):
    """`permit`, `reject` or `defer` for each request by the policy in that file."""
    lines = "".join(request.json + "\n" for request in requests)
    run = subprocess.run([binary(), "try", "-c", str(policy), "--batch"], input=lines, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [json.loads(line)["verdict"] for line in run.stdout.splitlines()]
