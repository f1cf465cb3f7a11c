"""The gate before a Postfix that judges for itself: with `observe` nothing is lost, and without it the gate decides."""

import json

import pytest
from harness.client import Client
from harness.gate import gate_before
from harness.loopback import HERE, OFFICE, STRANGER, wait_until
from harness.mail import OURS, OUTSIDE, message, new_token
from test_told_postfix import WAYS, postfix_told

BRANCH = "127.0.0.4"
"""Postfix relays for it, and gatepost.conf does not know it yet."""
OWN_NETWORKS = f"mynetworks = {HERE}/32 {OFFICE}/32 {BRANCH}/32"
RECIPIENT = {True: f"<friend@{OUTSIDE}>", False: f"<reader@{OURS}>"}


@pytest.fixture(scope="module")
def observed(gate_binary):
    option, _ = WAYS["xclient"]
    with postfix_told(option, {f"mynetworks = {HERE}/32": OWN_NETWORKS}) as (server, port):
        with gate_before(port, upstream="tell-client-address  xclient", listener="observe") as gate:
            yield server, gate


def send(gate, address, abroad):
    """A whole message; its last reply and its token."""
    token = new_token()
    with Client(gate.port, address, helo="client.test") as client:
        return client.transaction(f"<sender@{OUTSIDE}>", [RECIPIENT[abroad]], message(token))[-1], token


def would(gate):
    answer = gate.command("log", "--would", "--json")
    return json.loads(answer.stdout) if answer.returncode in (0, 1) else {"recipients": 0}


def test_observing_loses_nothing_says_what_it_would_and_then_guards(observed):
    server, gate = observed
    # A stranger's relaying reaches Postfix, which refuses it itself, by the stranger's own address.
    reply, _ = send(gate, STRANGER, abroad=True)
    assert reply.code == 554 and "Relay access denied" in str(reply), reply
    refusal = f"reject: RCPT from unknown[{STRANGER}]: 554 5.7.1 <friend@{OUTSIDE}>: Relay access denied"
    assert wait_until(lambda: refusal in server.log, 10), server.log[-3000:]
    # What Postfix took before it takes now: mail to us, and what its own networks send.
    for address, abroad in ((STRANGER, False), (OFFICE, True), (BRANCH, True)):
        reply, token = send(gate, address, abroad)
        assert reply.code == 250, (address, reply, server.log[-3000:])
        assert server.sink.wait_for(token), (address, server.log[-3000:])
        assert wait_until(lambda: f"client=unknown[{address}]" in server.log, 10), server.log[-3000:]
    # The report has the one that would be lost first, and what Postfix refuses itself apart.
    assert wait_until(lambda: would(gate)["recipients"] == 4, 10), would(gate)
    report = would(gate)
    gist = {(each["server"], each["would"]["reason"], each["recipients"]) for each in report["groups"]}
    assert gist == {("took", "no-rule", 1), ("refused", "no-rule", 1)} and report["same"] == 2
    text = gate.command("log", "--would").stdout
    assert "would have been refused, and the server behind took it: 1 of 4" in text and f"{BRANCH}, no-rule: 1" in text
    # It is permitted, `observe` is taken out, and nobody else is let through.
    permit = gate.command("permit", "--yes", "--name", "branch", "--from", BRANCH)
    assert permit.returncode == 0, permit
    gate.file.write_text(gate.file.read_text().replace("    observe\n", ""))
    assert gate.command("reload").returncode == 0
    seen = server.log.count(f"[{STRANGER}]")
    reply, _ = send(gate, STRANGER, abroad=True)
    assert reply.code == 550 and "Relaying denied" in str(reply), reply
    for address, abroad in ((STRANGER, False), (OFFICE, True), (BRANCH, True)):
        reply, token = send(gate, address, abroad)
        assert reply.code == 250 and server.sink.wait_for(token), (address, reply)
    assert server.log.count(refusal) == 1, "the gate refused it itself"
    assert wait_until(lambda: server.log.count(f"[{STRANGER}]") > seen, 10), "deliveries still tell"
