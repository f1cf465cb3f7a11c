"""Runs the program as a person or a script does, and holds its answers against docs/json.

    GATEPOST=/path/to/gatepost python3 -m pytest Tests/Commands
"""

import os
import subprocess

import pytest
from commands_support import POLICY, Result


@pytest.fixture
def gatepost(tmp_path):
    """Runs the program in an empty folder: gatepost("check", "x.conf", stdin="…")."""
    binary = os.environ.get("GATEPOST")
    if not binary:
        pytest.fail("GATEPOST is not set: the path of the program to test")

    def run(*arguments, stdin=b"", environment={}):
        if isinstance(stdin, str):
            stdin = stdin.encode()
        process = subprocess.run(
            [os.path.abspath(binary), *map(str, arguments)], input=stdin, capture_output=True, cwd=tmp_path,
            timeout=60, env={"PATH": os.environ["PATH"], "TZ": "UTC", **environment})
        return Result(process)

    return run


@pytest.fixture
def policy(tmp_path):
    """A file that decides, without servers: what `try` reads."""
    path = tmp_path / "policy.conf"
    path.write_text(POLICY)
    return path
