"""Files on which the effort of the analysis is spent: the daemon ends its questions, and takes none for answered."""

import random
import time

import pytest
from rig.client import Client
from rig.gate import gate_before, gatepost, write
from rig.loopback import nothing_listens
from rig.server import Server

PROOF = "tests {\n    never  from 203.0.113.7  login none  to elsewhere\n}"
FEW = ("--effort", "2000")


def overlapping(rules, networks, domains, *, closed):
    """Rules each of which meets most others, in three dimensions."""
    numbers = random.Random(1)

    def network():
        length = numbers.randint(8, 28)
        value = numbers.getrandbits(32) >> (32 - length) << (32 - length)
        return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}"

    def some(make):
        return " ".join(sorted({make() for _ in range(networks)}))

    return "\n".join(
        f'''    permit "r{number}" {{
        from    {some(network)}
        to      {some(lambda: f"d{numbers.randrange(domains)}.example")}
        sender  {some(lambda: f"s{numbers.randrange(domains)}.example")}
        {"login   any" if closed else ""}
    }}''' for number in range(rules))


def test_run_refuses_what_it_cannot_tell_and_says_what_to_do(tmp_path):
    file, port = write(tmp_path, relay=overlapping(20, 20, 30, closed=False))
    answer = gatepost("run", "-c", file, *FEW)
    assert answer.returncode == 78, answer
    assert "strangers may be able to relay" in answer.stderr and "--effort N" in answer.stderr
    assert nothing_listens(port)


def test_run_takes_no_undecided_proof_for_a_proved_one(tmp_path):
    file, port = write(tmp_path, relay=overlapping(20, 20, 30, closed=True), more=PROOF)
    answer = gatepost("run", "-c", file, "--strict-tests", *FEW)
    assert answer.returncode == 78, answer
    assert "this test was not proved" in answer.stderr and "--effort N" in answer.stderr
    assert nothing_listens(port)


@pytest.mark.parametrize("closed, said", [(False, "strangers may be able to relay"), (True, "this test was not proved")])
def test_reload_refuses_it_and_the_running_configuration_stays(closed, said):
    with Server() as server, gate_before(server, arguments=("--strict-tests", *FEW)) as gate:
        before = gate.status()["config"]["hash"]
        gate.write(relay=overlapping(20, 20, 30, closed=closed), more=PROOF)
        answer = gate.reload()
        assert answer.returncode == 1 and said in answer.stderr + answer.stdout, answer
        assert gate.status()["config"]["hash"] == before
        with Client(gate.port) as client:
            assert client.ehlo().code == 250


def test_a_reload_within_a_larger_effort_is_taken():
    with Server() as server, gate_before(server, arguments=("--strict-tests",)) as gate:
        gate.write(relay=overlapping(20, 20, 30, closed=True), more=PROOF)
        assert gate.reload().returncode == 0


def test_run_ends_on_rules_that_spend_the_whole_effort(tmp_path):
    file, port = write(tmp_path, relay=overlapping(60, 100, 2000, closed=False))
    start = time.monotonic()
    answer = gatepost("run", "-c", file, timeout=120)
    assert answer.returncode == 78 and "relay" in answer.stderr, answer
    assert time.monotonic() - start < 100
    assert nothing_listens(port)
