"""permit and reject before a running daemon: the change counts at once."""

import json

import pytest
from rig.client import deliver
from rig.gate import gate_before, gatepost
from rig.loopback import STRANGER


@pytest.fixture
def own(shared_server):
    with gate_before(shared_server) as gate:
        yield gate


PERMIT = ("permit", "--yes", "--name", "here", "--from", STRANGER, "--to", "victim@outside.test")


def test_a_permit_counts_at_once(own):
    assert deliver(own.port, "victim@outside.test").code == 550
    answer = gatepost(*PERMIT, "-c", own.file)
    assert answer.returncode == 0 and "and reloaded" in answer.stdout, answer
    assert deliver(own.port, "victim@outside.test").code == 250
    assert deliver(own.port, "other@outside.test").code == 550
    answer = gatepost("reject", "--json", "--yes", "--name", "not here", "--from", "127.0.0.0/8", "-c", own.file)
    assert json.loads(answer.stdout)["reloaded"] is True
    assert deliver(own.port, "victim@outside.test").code == 550


def test_the_daemon_is_not_told_when_that_is_not_wanted(own):
    answer = gatepost(*PERMIT, "--no-reload", "-c", own.file)
    assert answer.returncode == 0 and "not reloaded" in answer.stdout
    assert deliver(own.port, "victim@outside.test").code == 550
    assert own.reload().returncode == 0
    assert deliver(own.port, "victim@outside.test").code == 250


def test_a_daemon_that_runs_by_another_file_is_not_said_to_have_reloaded(own):
    other = own.folder / "other.conf"
    other.write_text(own.text())
    answer = gatepost(*PERMIT, "-c", other)
    assert answer.returncode == 2 and "and reloaded" not in answer.stdout, answer
    assert '"here"' in other.read_text() and str(own.file) in answer.stderr and "is written" in answer.stderr
    assert deliver(own.port, "victim@outside.test").code == 550
    answer = gatepost("reject", "--json", "--yes", "--name", "not here", "--from", "127.0.0.0/8", "-c", other)
    change = json.loads(answer.stdout)
    assert answer.returncode == 2 and change["written"] and change["reloaded"] is False
    assert change["runningFile"] == str(own.file)
