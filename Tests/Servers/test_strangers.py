"""With the gate before the same open server, a stranger's mail gets nowhere but to us."""

import smtplib
import time

from harness.attempts import relay_attempts
from harness.client import Client
from harness.loopback import STRANGER, wait_until
from harness.mail import OURS, OUTSIDE, message, new_token


def test_no_attempt_at_relaying_arrives_outside(gate, sink):
    tokens = {}
    for attempt in relay_attempts():
        tokens[attempt.id] = new_token()
        send_stubbornly(gate.port, attempt, tokens[attempt.id])
    let_the_server_finish(gate.port, sink)

    arrived_outside = {
        name: delivery.rcpts
        for name, token in tokens.items()
        for delivery in sink.with_text(token)
        if not all(recipient.endswith(f"@{OURS}") for recipient in delivery.recipients)
    }
    assert arrived_outside == {}


def test_a_refusal_says_so_and_is_logged(gate):
    victim = f"{new_token()}@{OUTSIDE}"
    with Client(gate.port, STRANGER) as client:
        assert client.mail_from(f"<sender@{OUTSIDE}>").positive
        reply = client.rcpt_to(f"<{victim}>")
    assert str(reply).startswith("550 5.7.1 "), reply
    (line,) = wait_until(lambda: [line for line in gate.log.splitlines() if f"recipient={victim} " in line], 5)
    assert "verdict=reject" in line and "reason=no-rule" in line and f"client={STRANGER} " in line, line


def test_a_foreign_recipient_beside_one_of_ours(gate, sink):
    """Each recipient is decided by itself, wherever it stands in the transaction."""
    ours, victim = f"reader@{OURS}", f"victim@{OUTSIDE}"
    for rcpts, codes in (((ours, victim), [250, 550]), ((victim, ours), [550, 250])):
        token = new_token()
        with Client(gate.port, STRANGER) as client:
            _, *decisions, final = client.transaction(
                f"<sender@{OUTSIDE}>", [f"<{rcpt}>" for rcpt in rcpts], message(token)
            )
        assert [reply.code for reply in decisions] == codes, decisions
        assert final.code == 250, final
        assert sink.wait_for(token).recipients == (ours,)
        assert len(sink.with_text(token)) == 1


def send_stubbornly(port, attempt, token):
    """A whole message, as far as the gate lets it come. Being hung up on is an answer too."""
    try:
        with Client(port, STRANGER) as client:
            client.transaction(attempt.mail_from, [attempt.rcpt_to], message(token))
    except smtplib.SMTPServerDisconnected:
        pass


def let_the_server_finish(port, sink):
    """Mail to us, sent last, has arrived, and what may be queued beside it has had its time."""
    token = new_token()
    with Client(port, STRANGER) as client:
        client.transaction(f"<sender@{OUTSIDE}>", [f"<reader@{OURS}>"], message(token))
    assert sink.wait_for(token), "mail to ourselves did not arrive"
    time.sleep(1)
