"""The one network that may relay does, and nobody else does because it did."""

from harness.client import Client
from harness.loopback import OFFICE, STRANGER
from harness.mail import OURS, OUTSIDE, message, new_token, without_trace

SENDER = f"<anna@{OURS}>"
VICTIM = f"victim@{OUTSIDE}"


def test_the_office_relays(gate, sink):
    token = new_token()
    sent = message(token)
    with Client(gate.port, OFFICE) as client:
        replies = client.transaction(SENDER, [f"<{VICTIM}>"], sent)
    assert replies[-1].code == 250, replies
    delivery = sink.wait_for(token)
    assert delivery.recipients == (VICTIM,)
    assert without_trace(delivery.data) == sent


def test_the_office_writes_inside_and_outside_at_once(gate, sink):
    token = new_token()
    recipients = (f"reader@{OURS}", VICTIM)
    with Client(gate.port, OFFICE) as client:
        replies = client.transaction(SENDER, [f"<{recipient}>" for recipient in recipients], message(token))
    assert {reply.code for reply in replies} == {250}, replies
    assert sink.wait_for(token)
    assert sorted(r for delivery in sink.with_text(token) for r in delivery.recipients) == sorted(recipients)


def test_a_permit_does_not_outlive_its_session(gate):
    """The stranger may get the very connection to the server on which the office has just relayed."""
    for _ in range(5):
        with Client(gate.port, OFFICE) as office, Client(gate.port, STRANGER) as stranger:
            assert office.mail_from(SENDER).positive
            assert office.rcpt_to(f"<{VICTIM}>").code == 250
            assert stranger.mail_from(SENDER).positive
            assert stranger.rcpt_to(f"<{VICTIM}>").code == 550
            office.rset()
        with Client(gate.port, STRANGER) as stranger:
            assert stranger.mail_from(SENDER).positive
            assert stranger.rcpt_to(f"<{VICTIM}>").code == 550
