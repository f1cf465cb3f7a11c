"""Without the gate every server here is an open relay. If these fail, the other tests prove nothing."""

from harness.attempts import relay_attempts
from harness.client import Client
from harness.loopback import STRANGER
from harness.mail import OUTSIDE, message, new_token


def test_open_server_relays_for_a_stranger(server, sink):
    token, victim = new_token(), f"victim@{OUTSIDE}"
    with Client(server.port, STRANGER) as client:
        replies = client.transaction(f"<sender@{OUTSIDE}>", [f"<{victim}>"], message(token))
    assert replies[-1].positive, replies
    assert sink.wait_for(token).recipients == (victim,)


def test_open_server_follows_routes_through_itself(server, sink):
    """The tricks that this server really falls for bring mail outside. The gate has to stop these."""
    tricks = [attempt for attempt in relay_attempts() if attempt.id in server.kind.follows]
    assert len(tricks) == len(server.kind.follows)
    for trick in tricks:
        token = new_token()
        with Client(server.port, STRANGER) as client:
            client.transaction(trick.mail_from, [trick.rcpt_to], message(token))
        delivery = sink.wait_for(token)
        assert delivery and delivery.recipients[0].endswith(f"@{OUTSIDE}"), f"{trick}: {delivery}"
