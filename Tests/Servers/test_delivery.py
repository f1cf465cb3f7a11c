"""Mail to us comes through as it was sent, whatever it holds."""

import pytest
from harness.client import Client
from harness.loopback import STRANGER, wait_until
from harness.mail import OURS, OUTSIDE, message, new_token, without_trace

BODIES = {
    "plain": b"Hello.\r\n",
    "empty": b"",
    "8-bit": bytes(range(0x80, 0x100)) + b"\r\n" + "Grüße aus Århus\r\n".encode(),
    "leading dots": b".\r\n..\r\n...\r\n.a line\r\n. \r\nend\r\n",
    "looks like commands": b"RCPT TO:<victim@outside.test>\r\nQUIT\r\n",
    "white space": b"trailing  \t\r\n\r\n\r\n\tleading\r\n",
    "20 MB": b"".join(b"%075d\r\n" % number for number in range(20_000_000 // 77)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_strangers_mail_to_us_arrives_byte_for_byte(gate, sink, body):
    token = new_token()
    sent = message(token, body)
    with Client(gate.port, STRANGER) as client:
        replies = client.transaction(f"<sender@{OUTSIDE}> BODY=8BITMIME", [f"<reader@{OURS}>"], sent)
    assert replies[-1].code == 250, replies
    delivery = sink.wait_for(token)
    assert delivery.recipients == (f"reader@{OURS}",)
    assert delivery.reverse_path == f"sender@{OUTSIDE}"
    # Not compared by assert alone: pytest would print both, 20 MB and all.
    same = without_trace(delivery.data) == sent
    assert same, without_trace(delivery.data)[:2000]


def test_a_hundred_recipients(gate, sink):
    token = new_token()
    recipients = {f"reader-{number}@{OURS}" for number in range(100)}
    with Client(gate.port, STRANGER) as client:
        replies = client.transaction(
            f"<sender@{OUTSIDE}>", [f"<{recipient}>" for recipient in recipients], message(token)
        )
    assert {reply.code for reply in replies} == {250}, replies
    assert wait_until(lambda: reached(sink, token) == sorted(recipients), 30), reached(sink, token)


def test_a_null_reverse_path(gate, sink):
    """Bounces are mail too (RFC 5321 §4.5.5)."""
    token = new_token()
    with Client(gate.port, STRANGER) as client:
        client.transaction("<>", [f"<reader@{OURS}>"], message(token))
    assert sink.wait_for(token).reverse_path == ""


def reached(sink, token):
    """Everyone who got the message; the server may split it as it likes, but not send it twice."""
    return sorted(recipient for delivery in sink.with_text(token) for recipient in delivery.recipients)
