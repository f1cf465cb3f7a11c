"""Whatever the protected server does wrong, at whatever moment: the client is told to come again, and never that its
mail was taken. Only what the server itself refuses for good is refused for good."""

import time

import pytest
from rig import server as does
from rig.client import MESSAGE, Client, deliver
from rig.gate import Gate, gate_before, wait_until_learnt
from rig.loopback import HERE, wait_until
from rig.server import EXTENSIONS, Server

PHASES = ("greeting", "ehlo", "mail", "rcpt", "data", "body", "final")

FAULTS = {
    "closes": does.close,
    "resets": does.reset,
    "closes with 421": does.closing,
    "talks no SMTP": does.says(b"\x00\xff\xfeWhat do you want?\r\n"),
    "talks HTTP": does.says_and_closes(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "begins a reply and closes": does.says_and_closes(b"250-half a"),
    "begins a reply with two codes": does.says(b"250-one\r\n550 two\r\n"),
    "says a line without end": does.says_and_hangs(b"250 " + b"x" * 5_000),
    "says lines without end": does.says_and_closes(b"250-more\r\n" * 500),
    "has a code of four digits": does.says(b"2500 Ok\r\n"),
    "has a code of its own": does.says(b"999 Ok\r\n"),
    "says 1xx": does.says(b"150 Wait\r\n"),
}

LIES = {
    "greets with 250": ("greeting", "250 Ok"),
    "greets with 554": ("greeting", "554 5.3.2 No service"),
    "refuses EHLO and HELO": ("ehlo", says_no := does.says(b"502 5.5.1 No\r\n")),
    "answers EHLO with 354": ("ehlo", "354 Go on"),
    "answers MAIL with 354": ("mail", "354 Go on"),
    "answers MAIL with 220": ("mail", "220 Hello"),
    "answers RCPT with 354": ("rcpt", "354 Go on"),
    "answers RCPT twice": ("rcpt", "250 Ok\r\n250 Ok"),
    "answers DATA with 250": ("data", "250 2.0.0 Ok: queued as LIE"),
    "answers DATA with 220": ("data", "220 Hello"),
    "says 250 while mail data still come": ("body", "250 2.0.0 Ok: queued as LIE"),
    "says 354 while mail data still come": ("body", "354 Go on"),
    "answers the final dot with 354": ("final", "354 Go on"),
    "answers the final dot with 220": ("final", "220 Hello"),
}


@pytest.fixture(scope="module", params=["pipelining", "one by one"])
def shared_server(request):
    extensions = [word for word in EXTENSIONS if request.param == "pipelining" or word != "PIPELINING"]
    with Server(extensions=extensions) as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_fault_of_the_server_is_temporary_for_the_client(server, gate, phase, fault):
    server.script = {phase: FAULTS[fault]}
    with Client(gate.port) as client:
        client.ehlo()
        replies = send_large_message(client)
        assert_come_again(replies, server, phase)
        server.clear()
        # The session and the gate go on as if nothing had been.
        assert client.is_open()
        last = client.transaction()[-1]
    assert last.code == 250, last
    assert len(server.messages) == 1


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_the_server_is_temporary_for_the_client(server, gate, lie):
    phase, step = LIES[lie]
    server.script = {phase: step}
    if step is says_no:
        server.script["helo"] = says_no
    with Client(gate.port) as client:
        client.ehlo()
        replies = send_large_message(client)
        assert_come_again(replies, server, phase)
        server.clear()
        assert client.is_open()
        last = client.transaction()[-1]
    assert last.code == 250, last
    assert len(server.messages) == 1


def send_large_message(client):
    """Mail data in several writes, so that the server can speak before they end."""
    replies = client.replies("MAIL FROM:<sender@outside.test>", "RCPT TO:<reader@ours.test>")
    if replies[-1].code < 400:
        replies.append(client.command("DATA"))
    if replies[-1].code == 354:
        client.send(MESSAGE)
        time.sleep(0.03)
        client.send(b"And more.\r\n" * 100)
        replies.append(client.command("."))
    return replies


def assert_come_again(replies, server, phase):
    *before, last = replies
    assert last.temporary and last.code != 421, replies
    assert all(reply.code in (250, 354) for reply in before), replies
    if phase != "final":
        assert server.messages == []
        # A second reply to RCPT is noticed a moment later.
        assert len(before) <= {"rcpt": 2, "data": 2, "body": 3}.get(phase, 1), replies


@pytest.mark.parametrize("phase", ("greeting", "ehlo", "mail", "rcpt", "data", "final"))
def test_a_slow_reply_is_a_reply(server, gate, phase):
    text = {
        "greeting": "220 behind.test ESMTP", "ehlo": "250-behind.test\r\n250 8BITMIME", "data": "354 Go on",
    }.get(phase, "250 2.0.0 Ok, slowly")
    given = does.slowly(text)

    def step(connection):
        given(connection)
        if phase == "mail":
            connection.mail = "<>"
        if phase == "data":
            connection._data()

    server.script = {phase: step}
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.transaction()
    if phase == "rcpt":
        # The script does not note the recipient.
        assert [reply.code for reply in replies] == [250, 250, 354, 250]
    else:
        assert replies[-1].code == 250, replies


REFUSALS = [
    ("mail", "550 5.7.1 Sender refused by Fred"),
    ("mail", "450 4.7.1 Not now"),
    ("mail", "552-5.3.4 Too large\r\n552 5.3.4 much too large"),
    ("rcpt", "550 5.1.1 No such user here"),
    ("rcpt", "451 4.7.1 Greylisted, come again"),
    ("rcpt", "452 4.2.2 Mailbox full"),
    ("rcpt", "550-5.1.1 The account does not exist.\r\n550-5.1.1 Look at the name.\r\n550 5.1.1 really"),
    ("data", "554 5.5.1 No valid recipients"),
    ("data", "451 4.3.0 Try again"),
    ("final", "554 5.7.1 Spam"),
    ("final", "552 5.3.4 Too large"),
    ("final", "451 4.3.0 Disk trouble"),
]


@pytest.mark.parametrize("phase, text", REFUSALS)
def test_the_servers_own_refusal_passes_unchanged(server, gate, phase, text):
    server.script = {phase: text}
    with Client(gate.port) as client:
        client.ehlo()
        *before, last = client.transaction()
        assert [str(last.code), *last.lines] == [text[:3], *(line[4:] for line in text.split("\r\n"))]
        # MAIL is answered before the server is asked, so what it says to MAIL is the recipient's answer.
        assert len(before) == {"mail": 1, "rcpt": 1, "data": 2, "final": 3}[phase]
        server.clear()
        assert client.is_open()
    assert server.messages == []


def test_one_refused_recipient_does_not_touch_the_others(server, gate):
    server.script = {"rcpt": ["250 2.1.5 Ok", "550 5.1.1 No such user", "250 2.1.5 Ok"]}
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<sender@outside.test>")
        names = ("one@ours.test", "two@ours.test", "three@ours.test")
        codes = [client.command(f"RCPT TO:<{name}>").code for name in names]
        assert codes == [250, 550, 250]
        assert client.command("DATA").code == 354
        assert client.command(MESSAGE + b".").code == 250
    (message,) = server.messages
    assert message.recipients == ["<one@ours.test>", "<three@ours.test>"]


def test_421_behind_does_not_end_the_clients_session(server, gate):
    server.script = {"rcpt": does.closing}
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies("MAIL FROM:<sender@outside.test>", "RCPT TO:<reader@ours.test>")
        assert replies[-1].code == 451, replies
        assert client.is_open()


def test_the_server_goes_between_two_recipients(server, gate):
    """What was accepted is gone with it: no part of the message may be sent elsewhere and called taken."""
    with Client(gate.port) as client:
        client.ehlo()
        client.replies("MAIL FROM:<sender@outside.test>", "RCPT TO:<reader@ours.test>")
        server.hang_up()
        time.sleep(0.1)
        assert client.command("RCPT TO:<writer@ours.test>").temporary
        assert client.command("DATA").temporary
        assert client.transaction()[-1].code == 250
    assert len(server.messages) == 1


def test_the_client_goes_in_the_middle_of_mail_data(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE)
    assert wait_until(lambda: server.open_connections == 0, 3), "the gate keeps a half message's connection"
    assert server.messages == []


def test_the_client_goes_while_the_server_thinks(server, gate):
    server.script = {"rcpt": does.hang}
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<sender@outside.test>")
        client.send(b"RCPT TO:<reader@ours.test>\r\n")
        assert wait_until(lambda: server.said("RCPT"), 3)
        client.abort()
    assert wait_until(lambda: server.open_connections == 0, 3)
    server.clear()
    assert deliver(gate.port).code == 250


@pytest.mark.parametrize("phase", ("greeting", "ehlo", "mail", "rcpt", "data", "final"))
def test_nothing_is_said_while_the_server_says_nothing(server, gate, phase):
    server.script = {phase: does.hang}
    with Client(gate.port, patience=0.3) as client:
        client.ehlo()
        with pytest.raises(TimeoutError):
            client.transaction()
    server.clear()
    assert deliver(gate.port).code == 250


def test_commands_ahead_only_where_the_server_takes_them(server, gate):
    assert deliver(gate.port).code == 250
    assert (server.pipelined > 0) == ("PIPELINING" in server.extensions)


# The pool of connections.


def test_a_connection_is_used_again_after_rset(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert [client.transaction()[-1].code for _ in range(3)] == [250] * 3
    assert server.connections == 1
    assert len(server.said("RSET")) == 2


STALE = {
    "closed at RSET": {"rset": [does.close, "250 Ok"]},
    "reset at RSET": {"rset": [does.reset, "250 Ok"]},
    "421 at RSET": {"rset": [does.closing, "250 Ok"]},
    "RSET refused": {"rset": ["502 5.5.1 No", "250 Ok"]},
    "closed at MAIL": {"mail": ["250 Ok", does.close, "250 Ok"]},
    "reset at MAIL": {"mail": ["250 Ok", does.reset, "250 Ok"]},
}


@pytest.mark.parametrize("way", STALE)
def test_a_stale_connection_is_redialled_unnoticed(server, gate, way):
    server.script = {phase: list(steps) for phase, steps in STALE[way].items()}
    with Client(gate.port) as client:
        client.ehlo()
        assert client.transaction()[-1].code == 250
        replies = client.transaction()
    assert [reply.code for reply in replies] == [250, 250, 354, 250], replies
    assert len(server.messages) == 2
    assert server.connections == 2


def test_a_connection_that_closed_while_idle_is_not_used(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.transaction()[-1].code == 250
        server.hang_up()
        assert client.transaction()[-1].code == 250


def test_two_sessions_at_once_have_two_connections(server, gate):
    with Client(gate.port) as one, Client(gate.port) as two:
        for client in (one, two):
            client.ehlo()
            client.begin()
        two.send(b"Subject: two\r\n\r\n")
        one.send(b"Subject: one\r\n\r\n")
        assert two.command(".").code == 250
        assert one.command(".").code == 250
    assert server.connections == 2
    for message in server.messages:
        assert (b"Subject: one" in message.data) != (b"Subject: two" in message.data)


# The server's word to the whole message.


def test_the_final_reply_with_its_queue_id_reaches_client_and_log(server, gate):
    server.script = {"final": "250 2.0.0 Ok: queued as 3F2A77 by \"Fred\""}
    with Client(gate.port) as client:
        client.ehlo()
        assert client.is_open()
        last = client.transaction()[-1]
    assert last.lines == ["2.0.0 Ok: queued as 3F2A77 by \"Fred\""]
    line = gate.line(outcome="250 2.0.0 Ok: queued as 3F2A77 by 'Fred'")
    assert line["client"] == "127.0.0.9" and line["listener"] == "public" and line["upstream"] == "mta", line
    assert line["bytes"] == str(len(MESSAGE)) and line["recipients"] == "1"
    decision = gate.line(id=line["decisions"])
    assert decision["verdict"] == "permit" and decision["recipient"] == "reader@ours.test"


def test_a_message_without_an_outcome_says_what_the_client_was_told(server, gate):
    server.script = {"final": does.close}
    to = "no-outcome@ours.test"
    last = deliver(gate.port, to)
    assert last.code == 451
    decision = gate.line(recipient=to)
    line = gate.line(decisions=decision["id"])
    assert line["outcome"] == "" and line["reply"].startswith("451 "), line


# Several servers.


def test_a_backup_takes_over_at_once_and_hands_back():
    with Server() as primary, Server() as backup:
        with Gate([primary.port, f"{HERE}:{backup.port} backup"]) as gate:
            wait_until_learnt(primary)
            wait_until_learnt(backup)
            assert deliver(gate.port).code == 250
            assert (len(primary.messages), len(backup.messages)) == (1, 0)

            primary.stop()
            for count in (1, 2, 3):
                began = time.monotonic()
                assert deliver(gate.port).code == 250
                assert time.monotonic() - began < 1
                assert len(backup.messages) == count

            primary.start()
            assert wait_until(lambda: deliver(gate.port).code == 250 and len(primary.messages) > 1, 10, pause=0.2)


@pytest.mark.parametrize("fault", ("closes", "resets", "closes with 421", "talks no SMTP"))
@pytest.mark.parametrize("phase", ("greeting", "ehlo"))
def test_a_backup_takes_over_from_a_primary_that_cannot_serve(phase, fault):
    with Server() as primary, Server() as backup:
        primary.script = {phase: FAULTS[fault]}
        with Gate([primary.port, f"{HERE}:{backup.port} backup"]) as gate:
            began = time.monotonic()
            assert deliver(gate.port).code == 250
            assert time.monotonic() - began < 1
            assert len(backup.messages) == 1


def test_without_any_server_every_recipient_is_deferred():
    with Server() as server:
        with gate_before(server) as gate:
            server.stop()
            for _ in range(3):
                began = time.monotonic()
                last = deliver(gate.port)
                assert last.code == 451 and time.monotonic() - began < 1, last
            server.start()
            assert deliver(gate.port).code == 250


def test_what_the_server_refuses_is_not_offered_to_the_backup():
    """A refusal is an answer; asking another server for a better one would be wrong."""
    with Server() as primary, Server() as backup:
        primary.script = {"rcpt": "550 5.1.1 No such user"}
        with Gate([primary.port, f"{HERE}:{backup.port} backup"]) as gate:
            wait_until_learnt(primary)
            assert deliver(gate.port).code == 550
            assert not backup.said("RCPT")


def test_a_gate_without_its_server_starts_and_learns_later():
    with Server() as server:
        server.stop()
        with Gate([server.port]) as gate:
            assert deliver(gate.port).code == 451
            server.start()

            def announces():
                with Client(gate.port) as client:
                    return "8BITMIME" in client.ehlo().lines

            assert deliver(gate.port).code == 250
            assert wait_until(announces, 8, pause=0.1)


@pytest.mark.parametrize("fault", ("closes", "resets", "closes with 421", "talks no SMTP"))
@pytest.mark.parametrize("refused_before", (False, True))
def test_a_fault_at_the_second_recipient(server, gate, fault, refused_before):
    """Nothing that was accepted before it may count any more."""
    first = "550 5.1.1 No such user" if refused_before else "250 2.1.5 Ok"
    server.script = {"rcpt": [first, FAULTS[fault], "250 2.1.5 Ok"]}
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies(
            "MAIL FROM:<sender@outside.test>", "RCPT TO:<one@ours.test>", "RCPT TO:<two@ours.test>")
        assert [reply.code for reply in replies] == [250, int(first[:3]), 451], replies
        last = client.command("DATA")
        assert last.code == (503 if refused_before else 451), last
        server.clear()
        assert client.is_open()
        assert client.transaction()[-1].code == 250
    assert len(server.messages) == 1
