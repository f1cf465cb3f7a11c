"""A permitted private address behind which there are many permits nothing any more."""

import json
import pathlib

import pytest
from rig.client import Client, deliver
from rig.gate import Gate, gate_before, gatepost, wait_until_learnt
from rig.loopback import HERE, OFFICE, STRANGER, wait_until

PRINTER = "127.0.0.3"
TOO_MANY = 31
"""Names in EHLO."""


def come_with_names(gate, address, count, domains=1):
    for number in range(count):
        with Client(gate.port, address) as client:
            client.ehlo(f"host-{number}.test")
            client.transaction("reader@ours.test", sender=f"a@domain-{number % domains}.test")


@pytest.fixture
def fresh_gate(shared_server):
    shared_server.clear()
    with gate_before(shared_server, office=f"{OFFICE} {PRINTER}") as gate:
        yield gate


def relays(gate, address):
    return deliver(gate.port, "friend@outside.test", address).code


def test_many_names_take_its_permits_away(fresh_gate, shared_server):
    gate = fresh_gate
    come_with_names(gate, OFFICE, TOO_MANY - 1)
    assert relays(gate, OFFICE) in (250, 450), "the one that it says here may be one too many"
    come_with_names(gate, OFFICE, TOO_MANY)
    assert relays(gate, OFFICE) == 450
    assert deliver(gate.port, "reader@ours.test", OFFICE).code == 250, "mail to us goes on"
    assert relays(gate, PRINTER) == 250, "others are not meant"
    alarm = gate.line(alarm="shared-address")
    assert alarm["client"] == OFFICE and "HELO names" in alarm["why"]
    (shared,) = gate.status()["sharedAddresses"]
    assert shared["address"] == OFFICE and "HELO names" in shared["why"]
    text = gatepost("status", "-c", gate.file).stdout
    assert f"ALARM     {OFFICE} permits nothing until" in text
    assert gate.lines(client=OFFICE, reason="banned", verdict="defer")


def test_a_reload_does_not_give_them_back(fresh_gate):
    gate = fresh_gate
    come_with_names(gate, OFFICE, TOO_MANY)
    assert gate.reload().returncode == 0
    assert relays(gate, OFFICE) == 450


def test_many_senders_domains(fresh_gate):
    gate = fresh_gate
    with Client(gate.port, OFFICE) as client:
        client.ehlo()
        for number in range(101):
            client.transaction("reader@ours.test", sender=f"a@domain-{number}.test")
    assert "sender domains" in gate.line(alarm="shared-address")["why"]
    assert relays(gate, OFFICE) == 450


def test_one_host_with_much_mail_keeps_its_permits(fresh_gate):
    gate = fresh_gate
    for _ in range(60):
        assert relays(gate, OFFICE) == 250
    assert not gate.lines(alarm="shared-address")


def test_strangers_are_not_watched(fresh_gate):
    gate = fresh_gate
    come_with_names(gate, STRANGER, TOO_MANY + 5)
    assert not gate.lines(alarm="shared-address")


def test_its_deliveries_are_a_strangers_then(shared_server):
    """A server that is told whose mail it is hears of it again."""
    shared_server.clear()
    words = shared_server.extensions
    shared_server.extensions = (*words, "XCLIENT NAME ADDR")
    try:
        with Gate([f"{HERE}:{shared_server.port}\n    tell-client-address  xclient"]) as gate:
            wait_until_learnt(shared_server)
            deliver(gate.port, "reader@ours.test", OFFICE)
            assert shared_server.messages[-1].told is None
            come_with_names(gate, OFFICE, TOO_MANY)
            deliver(gate.port, "reader@ours.test", OFFICE)
            assert shared_server.messages[-1].told["ADDR"] == OFFICE
    finally:
        shared_server.extensions = words


def test_the_alarm_as_json(shared_server):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((pathlib.Path(__file__).parents[2] / "docs/json/log.schema.json").read_text())
    with gate_before(shared_server, more="log {\n    format  json\n}") as gate:
        come_with_names(gate, OFFICE, TOO_MANY)
        (line,) = wait_until(lambda: [line for line in gate.log.splitlines() if '"alarm"' in line], 3)
        jsonschema.validate(json.loads(line), schema)
