"""What the server says about a message, the client hears: refusals, the queue id, and silence."""

import re

from harness.client import Client
from harness.gate import gate_before
from harness.loopback import STRANGER, free_port
from harness.mail import OURS, OUTSIDE, REFUSED_BEHIND, message, new_token

SENDER = f"<sender@{OUTSIDE}>"


def test_the_servers_refusal_reaches_the_client_as_it_is(server, gate):
    assert refusal(gate.port) == refusal(server.port)
    assert refusal(gate.port).code == 550


def test_a_refused_recipient_does_not_hinder_the_next(gate, sink):
    token, reader = new_token(), f"reader@{OURS}"
    with Client(gate.port, STRANGER) as client:
        _, refused, accepted, final = client.transaction(
            SENDER, [f"<{REFUSED_BEHIND}>", f"<{reader}>"], message(token)
        )
    assert (refused.code, accepted.code, final.code) == (550, 250, 250)
    assert sink.wait_for(token).recipients == (reader,)


def test_the_final_reply_names_the_servers_queue_id(gate, sink):
    """Postmasters find a message by it in the server's own log."""
    token = new_token()
    with Client(gate.port, STRANGER) as client:
        final = client.transaction(SENDER, [f"<reader@{OURS}>"], message(token))[-1]
    trace = sink.wait_for(token).data.decode()
    ids = [word for word in re.split(r"[ =]", str(final)) if len(word) >= 7 and re.search(r"\d", word)]
    assert any(word in trace for word in ids), f"{final}\n{trace}"


def test_without_the_server_mail_waits_at_the_client(gate_binary):
    """Never 250, never 5xx: the sender's server keeps the message and comes again."""
    with gate_before(free_port()) as gate, Client(gate.port, STRANGER) as client:
        *_, last = client.transaction(SENDER, [f"<reader@{OURS}>"], message(new_token()))
    assert 400 <= last.code < 500, last


def refusal(port):
    with Client(port, STRANGER) as client:
        client.mail_from(SENDER)
        return client.rcpt_to(f"<{REFUSED_BEHIND}>")
