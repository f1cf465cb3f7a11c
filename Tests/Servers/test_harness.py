"""The harness itself: the sink keeps exactly what it was sent, and nothing is taken for trace that is not."""

import pytest
from conftest import need_peer
from harness import servers
from harness.client import Client
from harness.loopback import STRANGER, greets
from harness.mail import message, without_trace
from harness.sink import Sink, mailbox_of


def test_the_sink_keeps_envelope_and_bytes():
    sent = message("harness", b".\r\n..x\r\n\x00\xff\r\n")
    with Sink() as sink, Client(sink.port, STRANGER) as client:
        client.transaction("<a@a.test> BODY=8BITMIME", ["<b@b.test>", "<ø@c.test>"], sent)
        client.transaction("<>", ["<d@d.test>"], sent)
        first, second = sink.deliveries
    assert (first.mail, first.recipients, first.data) == (
        "<a@a.test> BODY=8BITMIME",
        ("b@b.test", "ø@c.test"),
        sent,
    )
    assert (second.reverse_path, second.recipients, second.data) == ("", ("d@d.test",), sent)


@pytest.mark.parametrize("kind", servers.ALL.values(), ids=servers.ALL.keys())
def test_a_server_is_gone_when_its_block_ends(kind):
    need_peer(kind)
    with kind.running() as server:
        assert greets(server.port)
    assert not greets(server.port)


@pytest.mark.parametrize(
    ("argument", "mailbox"),
    [
        ("<>", ""),
        ("<a@a.test>", "a@a.test"),
        (" <a@a.test> SIZE=9", "a@a.test"),
        ('<"a> b"@a.test> NOTIFY=NEVER', '"a> b"@a.test'),
    ],
)
def test_the_mailbox_of_an_argument(argument, mailbox):
    assert mailbox_of(argument) == mailbox


@pytest.mark.parametrize(
    ("data", "rest"),
    [
        (b"Received: a\r\n\tb\r\nReturn-Path: <c>\r\nSubject: d\r\n", b"Subject: d\r\n"),
        (b"Subject: a\r\nReceived: b\r\n", b"Subject: a\r\nReceived: b\r\n"),
        (b"X-Added: a\r\nSubject: b\r\n", b"X-Added: a\r\nSubject: b\r\n"),
    ],
)
def test_trace_is_what_stands_on_top(data, rest):
    assert without_trace(data) == rest
