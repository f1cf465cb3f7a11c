"""Internationalized mail (RFC 6531) goes exactly where the server behind can take it."""

from harness.client import Client
from harness.loopback import STRANGER
from harness.mail import OURS, OUTSIDE, message, new_token

SENDER = f"søren@{OUTSIDE}"
READER = f"læser@{OURS}"
MAIL = f"<{SENDER}> SMTPUTF8 BODY=8BITMIME"


def test_the_gate_announces_smtputf8_if_the_server_does(server, gate):
    assert gate.announces("smtputf8") == server.kind.smtputf8


def test_utf8_addresses_arrive_or_are_refused(server, gate, sink):
    token = new_token()
    with Client(gate.port, STRANGER) as client:
        replies = client.transaction(MAIL, [f"<{READER}>"], message(token, sender=SENDER, to=READER))
    if server.kind.smtputf8:
        assert replies[-1].code == 250, replies
        delivery = sink.wait_for(token)
        assert (delivery.reverse_path, delivery.recipients) == (SENDER, (READER,))
        assert "SMTPUTF8" in delivery.mail
    else:
        assert replies[-1].code in (550, 553, 555), replies


def test_utf8_addresses_need_the_parameter(gate, sink):
    """A client that says nothing of SMTPUTF8 must not send them (RFC 6531 §3.4)."""
    token = new_token()
    with Client(gate.port, STRANGER) as client:
        replies = client.transaction(f"<sender@{OUTSIDE}>", [f"<{READER}>"], message(token))
    assert replies[-1].permanent, replies
    assert not sink.with_text(token)
