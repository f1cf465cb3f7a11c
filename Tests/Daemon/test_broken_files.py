"""Files that were damaged by accident, reloaded: what `check` refuses changes nothing, and what it takes runs.

    GATEPOST=.build/release/gatepost GATEPOST_BROKEN_FILES=1000 python3 -m pytest -s Tests/Daemon/test_broken_files.py
"""

import os
import random

import pytest
from rig.client import deliver
from rig.gate import gate_before, gatepost
from rig.loopback import OFFICE, wait_until
from rig.mutation import mutated

REFUSALS = int(os.environ.get("GATEPOST_BROKEN_FILES", "60"))
SEED = int(os.environ.get("GATEPOST_SEED", "1998"))

RELAY = """\
    reject "gone" {
        sender  gone@ours.test
    }
    permit "office" {
        from   office
        limit  1000 recipients per hour for each client
    }
    permit "printers" {
        from   10.20.30.0/28 except 10.20.30.7
        to     accounting.test *.partner.test
        until  2099-01-01
    }
"""

MORE = """\
networks  printers  10.20.30.0/28 2001:db8::/64

refuse {
    reject "a known pest" {
        from  203.0.113.9
    }
}

tests {
    permit  from 127.0.0.2    sender a@ours.test  to v@outside.test
    reject  from 203.0.113.8  sender a@ours.test  to v@outside.test
    never   from 0.0.0.0/0 except office 10.20.30.0/28  to outside.test
}
"""


@pytest.fixture
def careful_gate(server):
    # `check` proves all of `tests`; a reload does so where it is told to.
    with gate_before(server, relay=RELAY, more=MORE, arguments=["--strict-tests"]) as gate:
        yield gate


def test_what_check_refuses_changes_nothing(careful_gate):
    good, chance = careful_gate.file.read_bytes(), random.Random(SEED)
    running = running_hash(careful_gate)
    memory, descriptors = careful_gate.resident, careful_gate.descriptors
    counts = {"refused": 0, "taken": 0, "good, and not to be carried out here": 0}
    while counts["refused"] < REFUSALS:
        damaged = mutated(good, chance)
        careful_gate.file.write_bytes(damaged)
        checked, answer = gatepost("check", careful_gate.file), careful_gate.ask("reload")
        what = (SEED, damaged, checked.stdout + checked.stderr, answer)
        if answer["ok"]:
            assert checked.returncode == 0, what
            counts["taken"] += 1
            running = put_back(careful_gate, good)
            continue
        assert answer["problems"] and running_hash(careful_gate) == running, what
        if checked.returncode == 0:
            assert all(is_of_this_place(problem["message"]) for problem in answer["problems"]), what
            counts["good, and not to be carried out here"] += 1
        else:
            counts["refused"] += 1
        if counts["refused"] % 20 == 0:
            decides_as_before(careful_gate)
    decides_as_before(careful_gate)
    print(f"\nseed {SEED}, {sum(counts.values())} damaged files: {counts}; "
          f"{(careful_gate.resident - memory) / 2**20:.1f} MB more memory")
    assert wait_until(lambda: careful_gate.descriptors == descriptors, 3)
    put_back(careful_gate, good)


def running_hash(gate):
    return gate.ask("status")["config"]["hash"]


def put_back(gate, good):
    gate.file.write_bytes(good)
    assert gate.ask("reload")["ok"]
    return running_hash(gate)


def is_of_this_place(message):
    """An address that is not ours or is taken, a word that this version cannot carry out."""
    return "cannot listen on" in message or "this version cannot carry it out" in message


def decides_as_before(gate):
    assert deliver(gate.port).code == 250
    assert deliver(gate.port, "victim@outside.test", OFFICE).code == 250
    assert deliver(gate.port, "victim@outside.test").code == 550
