"""What clients may send, and what they may not: every byte gets a reply or a closed connection, and no byte gets
a message or a command to the server that was not decided."""

import email.utils
import re
import time

import pytest
from rig.client import MESSAGE, Client, Closed
from rig.gate import Gate, gate_before, wait_until_learnt
from rig.loopback import HERE, OFFICE, STRANGER, free_port, wait_until
from rig.server import EXTENSIONS, Server

SMUGGLED = b"MAIL FROM:<boss@ours.test>\r\nRCPT TO:<victim@outside.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"

# What some server or other takes for the end of mail data.
WRONG_ENDS = {
    "LF . LF": b"\n.\n",
    "LF . CRLF": b"\n.\r\n",
    "CR . CR": b"\r.\r",
    "CR . LF": b"\r.\n",
    "CR . CRLF": b"\r.\r\n",
    "LF . CR": b"\n.\r",
    "CRLF . LF": b"\r\n.\n",
    "CRLF . CR": b"\r\n.\r",
    "CRLF NUL . CRLF": b"\r\n\0.\r\n",
    "CRLF . NUL CRLF": b"\r\n.\0\r\n",
    "CRLF . CR CRLF": b"\r\n.\r\r\n",
    "CR CRLF . CR CRLF": b"\r\r\n.\r\r\n",
}


@pytest.fixture(scope="module")
def lax_server():
    """Takes every one of the wrong ends for the end."""
    ends = sorted((b"\r\n.\r\n", *WRONG_ENDS.values()), key=len, reverse=True)
    with Server(end=re.compile(b"|".join(map(re.escape, ends)))) as server:
        yield server


@pytest.fixture(scope="module")
def lax_gate(lax_server):
    with gate_before(lax_server) as gate:
        yield gate


@pytest.mark.parametrize("pace", ("at once", "byte by byte", "cut before the end", "cut behind the end"))
@pytest.mark.parametrize("end", WRONG_ENDS)
def test_no_wrong_end_ends_a_message(lax_gate, lax_server, end, pace):
    lax_server.reset()
    end = WRONG_ENDS[end]
    head, rest = b"Subject: one\r\n\r\nfirst", SMUGGLED + b"\r\n.\r\n"
    with Client(lax_gate.port, OFFICE) as client:
        client.ehlo()
        client.begin()
        if pace == "byte by byte":
            try:
                client.send_byte_by_byte(head + end)
                client.send(rest)
            except OSError:
                pass
        else:
            parts = {
                "at once": (head + end + rest,),
                "cut before the end": (head, end + rest),
                "cut behind the end": (head + end, rest),
            }[pace]
            for part in parts:
                client.send(part)
                time.sleep(0.02)
        answer = client.rest()
    codes = re.findall(rb"^(\d{3})[ ]", answer, re.M)
    assert codes == [b"554"], answer
    assert wait_until(lambda: lax_server.open_connections == 0, 3)
    assert lax_server.messages == []
    assert len(lax_server.said("MAIL")) == 1 and not any("victim" in line for line in lax_server.commands)


@pytest.mark.parametrize("end", WRONG_ENDS)
def test_no_wrong_end_ends_a_message_that_is_being_discarded(end):
    """A message that is too large is read to its end, and that end is the same one."""
    with Server() as server, gate_before(server, limits="    message-size  1000") as gate:
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.begin()
            client.send(b"x" * 900 + b"\r\n" + b"y" * 900 + WRONG_ENDS[end] + SMUGGLED + b"\r\n.\r\n")
            answer = client.rest()
        assert re.findall(rb"^(\d{3})[ ]", answer, re.M) in ([b"554"], [b"552"]), answer
        assert server.messages == [] and not any("victim" in line for line in server.commands)


def test_the_right_end_is_an_end_wherever_it_is_cut(server, gate):
    data = MESSAGE + b"..\r\n.x\r\n"
    # A sender doubles the dots.
    wire = MESSAGE + b"...\r\n..x\r\n" + b".\r\n"
    with Client(gate.port) as client:
        client.ehlo()
        for cut in range(len(wire) - 12, len(wire)):
            client.begin()
            client.send(wire[:cut])
            time.sleep(0.005)
            client.send(wire[cut:])
            assert client.reply().code == 250
    assert len(server.messages) == 12
    for message in server.messages:
        _, _, received = message.data.partition(b";\r\n\t")
        received = received.partition(b"\r\n")[2]
        assert received == wire[:-3] and received.replace(b"\r\n..", b"\r\n.") == data


def test_an_empty_message(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        assert client.command(".").code == 250
        assert client.is_open()
    (message,) = server.messages
    assert message.data.startswith(b"Received: ")


@pytest.mark.parametrize("ahead", (b"", b"x"))
def test_commands_right_behind_the_message(server, gate, ahead):
    """RFC 2920 lets a client send on behind the final dot, so it is no trick; each is decided."""
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE + b".\r\n" + SMUGGLED[: SMUGGLED.index(b"DATA")] + b"DATA\r\n")
        replies = [client.reply().code for _ in range(4)]
    assert replies == [250, 250, 550, 503]
    assert len(server.messages) == 1
    assert not any("victim" in line for line in server.commands)


@pytest.mark.parametrize("data", (b"a\0b\r\n", b"a\nb\r\n", b"a\rb\r\n", b"\n", b"\r\r\n", b"\0"))
def test_bare_line_ends_and_nul_refuse_the_message(server, gate, data):
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE + data)
        assert client.reply().code == 554
        assert client.rest() == b""
    assert wait_until(lambda: server.open_connections == 0, 3)
    assert server.messages == []


def test_eight_bits_pass_unchanged(server, gate):
    body = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") * 3 + b"\r\n"
    with Client(gate.port) as client:
        client.ehlo()
        assert client.transaction(message=MESSAGE + body)[-1].code == 250
    assert server.messages[0].data.endswith(MESSAGE + body)


# Talking too early.


def test_an_early_talker_is_refused(server, gate):
    with Client(gate.port, greeted=False) as client:
        client.send(b"EHLO early.test\r\nMAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\n")
        answer = client.rest()
    assert answer.startswith(b"554 ") and answer.count(b"\r\n") == 1, answer
    assert server.connections == 0


AHEAD = {
    "behind EHLO": b"EHLO client.test\r\nMAIL FROM:<a@outside.test>\r\n",
    "behind HELO": b"HELO client.test\r\nMAIL FROM:<a@outside.test>\r\n",
    "behind NOOP": b"NOOP\r\nRSET\r\n",
    "behind VRFY": b"VRFY reader\r\nRSET\r\n",
    "behind DATA": b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\nDATA\r\n" + MESSAGE + b".\r\n",
    "behind DATA, a command": b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\nDATA\r\nRSET\r\n",
}


@pytest.mark.parametrize("way", AHEAD)
def test_commands_ahead_where_the_reply_has_to_be_awaited(server, gate, way):
    with Client(gate.port) as client:
        client.ehlo()
        client.send(AHEAD[way])
        answer = client.rest()
    assert re.findall(rb"^(\d{3})[ ]", answer, re.M)[-1] == b"554", answer
    assert b"\r\n354" not in answer
    assert server.messages == []


def test_data_ahead_that_come_while_the_server_is_asked(server, gate):
    """Mail data must not come before 354, also when they come in a packet of their own."""

    def slow(connection):
        time.sleep(0.2)
        connection.say("354 Go on")
        connection._data()

    server.script = {"data": slow}
    with Client(gate.port) as client:
        client.ehlo()
        client.replies("MAIL FROM:<a@outside.test>", "RCPT TO:<reader@ours.test>")
        client.send(b"DATA\r\n")
        time.sleep(0.05)
        client.send(MESSAGE + b".\r\n")
        answer = client.rest()
    assert answer.startswith(b"554 "), answer
    assert server.messages == []


def test_commands_ahead_in_a_session_that_began_with_helo(server, gate):
    with Client(gate.port) as client:
        assert client.command("HELO client.test").code == 250
        client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\n")
        answer = client.rest()
    assert answer.startswith(b"554 ") and answer.count(b"\r\n") == 1, answer


def test_pipelining_where_it_is_allowed(server, gate):
    with Client(gate.port) as client:
        assert "PIPELINING" in client.ehlo().lines
        for _ in range(2):
            client.send(
                b"RSET\r\nMAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\n"
                b"RCPT TO:<victim@outside.test>\r\nRCPT TO:<writer@ours.test>\r\nDATA\r\n")
            assert [client.reply().code for _ in range(6)] == [250, 250, 250, 550, 250, 354]
            assert client.command(MESSAGE + b".").code == 250
    for message in server.messages:
        assert message.recipients == ["<reader@ours.test>", "<writer@ours.test>"]
    assert len(server.messages) == 2


def test_pipelining_is_not_announced_when_the_server_does_not():
    with Server(extensions=[word for word in EXTENSIONS if word != "PIPELINING"]) as server:
        with gate_before(server) as gate, Client(gate.port) as client:
            assert "PIPELINING" not in client.ehlo().lines
            client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\n")
            assert client.rest().startswith(b"554 ")


def test_a_client_that_sends_byte_by_byte(server, gate):
    with Client(gate.port) as client:
        for line, code in (
            (b"EHLO client.test", 250), (b"MAIL FROM:<a@outside.test>", 250), (b"RCPT TO:<reader@ours.test>", 250),
            (b"DATA", 354), (MESSAGE + b".", 250), (b"QUIT", 221),
        ):
            client.send_byte_by_byte(line + b"\r\n", 0.0002)
            assert client.reply().code == code, line
    assert len(server.messages) == 1


# Clients that close their side.


def test_a_client_that_has_no_more_to_say_gets_all_replies(server, gate):
    """As in `printf … | nc -N gate 25`."""
    with Client(gate.port) as client:
        client.send(b"EHLO client.test\r\n")
        client.reply()
        client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\nRCPT TO:<victim@outside.test>\r\n")
        client.half_close()
        answer = client.rest()
    assert re.findall(rb"^(\d{3})[ ]", answer, re.M) == [b"250", b"250", b"550"], answer


@pytest.mark.parametrize("pause", (0, 0.05))
def test_a_client_that_closes_its_side_behind_the_final_dot(server, gate, pause):
    def slow(connection):
        time.sleep(0.1)
        connection.say("250 2.0.0 Ok: queued as 77")

    server.script = {"final": slow}
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE + b".\r\n")
        time.sleep(pause)
        client.half_close()
        assert client.rest().startswith(b"250 2.0.0 Ok: queued as 77")


def test_a_client_that_closes_its_side_in_the_middle_of_mail_data(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE)
        client.half_close()
        assert b"250" not in client.rest()
    assert wait_until(lambda: server.open_connections == 0, 3)
    assert server.messages == []


def test_a_client_that_closes_its_side_before_the_greeting(gate):
    with Client(gate.port, greeted=False) as client:
        client.half_close()
        answer = client.rest()
    assert answer == b"" or answer.startswith(b"220 ")


# Lines that are none.


def test_a_bare_lf_ends_the_session(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\nRCPT TO:<victim@outside.test>\r\n")
        answer = client.rest()
    assert re.findall(rb"^(\d{3})[ ]", answer, re.M) == [b"250", b"500"], answer
    assert server.connections == 0


def test_a_nul_ends_the_session(gate):
    for line in (b"EHLO a\0b\r\n", b"\0", b"MAIL FROM:<a\0@outside.test>\r\n"):
        with Client(gate.port) as client:
            client.send(line)
            answer = client.rest()
        assert answer.startswith(b"500 ") and answer.count(b"\r\n") == 1, answer


def test_a_bare_cr_is_no_line_end(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.command(b"MAIL FROM:<a@outside.test>\rRCPT TO:<victim@outside.test>").code == 500
        assert client.command(b"RSET\r").code == 500
        assert client.is_open()


@pytest.mark.parametrize("length", (3_000, 100_000))
@pytest.mark.parametrize("line", (b"NOOP ", b"MAIL FROM:<", b"x"))
def test_an_overlong_line_is_refused_and_never_cut(gate, length, line):
    with Client(gate.port) as client:
        client.ehlo()
        try:
            client.send(line + b"a" * length + b"\r\n")
            assert client.reply().code == 500
        except ConnectionError:
            return
        if length < 65_536:
            # What stood behind the limit is no command.
            assert client.is_open()


def test_an_endless_line_is_not_kept(gate):
    before = gate.resident
    with Client(gate.port) as client:
        client.ehlo()
        sent = 0
        try:
            while sent < 64 << 20:
                client.send(b"a" * 65_536)
                sent += 65_536
        except OSError:
            pass
    assert sent < 32 << 20
    assert gate.resident - before < 8 << 20


def test_a_line_of_2048_bytes_is_a_line_and_one_more_is_not(gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.command(b"NOOP " + b"a" * (2048 - 7)).code == 250
        assert client.command(b"NOOP " + b"a" * (2048 - 6)).code == 500


# Commands that are not offered, or not in this order.


@pytest.mark.parametrize(
    "line, code",
    [
        ("VRFY reader@ours.test", 252),
        ("VRFY victim%outside.test@ours.test", 252),
        ("EXPN staff", 502),
        ("ETRN ours.test", 502),
        ("TURN", 502),
        ("ATRN", 502),
        ("STARTTLS", 502),
        ("AUTH PLAIN AGEAYg==", 502),
        ("XCLIENT ADDR=127.0.0.2 LOGIN=admin", 502),
        ("XFORWARD ADDR=127.0.0.2", 502),
        ("PROXY TCP4 127.0.0.2 127.0.0.1 41000 25", 500),
        ("HELP", 214),
        ("NOOP anything at all", 250),
        ("SEND FROM:<a@outside.test>", 502),
        ("GET / HTTP/1.1", 500),
        ("", 500),
        (" EHLO client.test", 500),
        ("EHLO", 501),
        ("EHLO two words", 501),
        ("EHLO ünïcode.test", 501),
        ("RSET now", 501),
        ("DATA now", 501),
        ("QUIT now", 501),
        ("RCPT TO:<reader@ours.test>", 503),
        ("DATA", 503),
        ("MAIL", 501),
        ("MAIL FROM", 501),
        ("MAIL TO:<a@outside.test>", 501),
        ("MAIL FROM:<a@outside.test> FRED=1", 555),
        ("MAIL FROM:<a@outside.test> AUTH=postmaster@ours.test", 555),
        ("MAIL FROM:<a@outside.test> AUTH=<>", 555),
        ("MAIL FROM:<a@outside.test> XADDR=127.0.0.2", 555),
        ("MAIL FROM:<a@outside.test> SMTPUTF8", 555),
        ("MAIL FROM:<a@outside.test> SIZE=ten", 501),
        ("MAIL FROM:<a@outside.test> SIZE=1 SIZE=1", 501),
        ("MAIL FROM:<a@outside.test> BODY=BINARYMIME", 501),
        ("MAIL FROM:<a@outside.test> RET=FULL ENVID=a+0D+0ARSET", 501),
        ("MAIL FROM:<a@outside.test>SIZE=1", 501),
        ("MAIL FROM:<größe@outside.test>", 553),
        ("MAIL FROM:<a@outside.test> SIZE=1 BODY=8BITMIME RET=HDRS ENVID=x", 250),
        ("mail from:<a@outside.test> size=1 body=8bitmime", 250),
        ("MAIL FROM: <a@outside.test>", 250),
        ("MAIL FROM:<>", 250),
    ],
)
def test_a_command_and_its_reply(server, gate, line, code):
    with Client(gate.port) as client:
        client.ehlo()
        reply = client.command(line)
        assert reply.code == code, reply
        assert client.is_open()
    assert server.connections == 0


@pytest.mark.parametrize(
    "line, code",
    [
        ("RCPT TO:<größe@ours.test>", 553),
        ("RCPT TO:<reader@ours.test> FRED=1", 555),
        ("RCPT TO:<reader@ours.test> AUTH=x", 555),
        ("RCPT TO:<reader@ours.test> SIZE=1", 555),
        ("RCPT TO:<reader@ours.test> NOTIFY=NEVER,SUCCESS", 501),
        ("RCPT TO:<reader@ours.test> ORCPT=rfc822;x+0D+0ARCPT+20TO:<victim@outside.test>", 501),
        ("RCPT TO:<reader@ours.test> TO:<victim@outside.test>", 501),
        ("RCPT TO:<reader@ours.test><victim@outside.test>", 501),
        ('RCPT TO:<"victim@outside.test> ORCPT=rfc822;x"@ours.test>', 550),
        ("RCPT TO:<victim%outside.test@ours.test>", 550),
        ("RCPT TO:<victim@outside.test@ours.test>", 550),
        ("RCPT TO:<@ours.test:victim@outside.test>", 550),
        ("RCPT TO:<victim@outside.test>", 550),
        ("RCPT TO:<reader@ours.test.>", 501),
        ("RCPT TO:<reader>", 501),
        ("RCPT TO:reader@ours.test", 501),
        ("RCPT TO:<>", 501),
        ("RCPT TO:<reader@[127.0.0.1]>", 550),
        ("MAIL FROM:<b@outside.test>", 503),
    ],
)
def test_a_recipient_that_is_refused_before_the_server_is_asked(server, gate, line, code):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.command("MAIL FROM:<a@outside.test>").code == 250
        reply = client.command(line)
        assert reply.code == code, reply
        assert client.command("DATA").code == 503
        assert client.is_open()
    assert server.connections == 0


@pytest.mark.parametrize("line", ("BDAT 40 LAST", "BDAT 0 LAST", "BDAT 18446744073709551616", "bdat"))
def test_bdat_closes_since_its_octets_would_be_commands(server, gate, line):
    with Client(gate.port) as client:
        client.ehlo()
        client.replies("MAIL FROM:<a@outside.test>", "RCPT TO:<reader@ours.test>")
        client.send(line.encode() + b"\r\nRSET\r\nMAIL FROM:<b@outside.test>\r\n")
        answer = client.rest()
    assert re.findall(rb"^(\d{3})[ ]", answer, re.M) in ([b"502"], [b"554"]), answer


def test_bdat_alone_is_502_and_closes(gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.command("BDAT 0 LAST").code == 502
        assert client.rest() == b""


@pytest.mark.parametrize(
    "header",
    (
        b"PROXY TCP4 127.0.0.2 127.0.0.1 41000 25\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x02\x7f\x00\x00\x01\xa0\x28\x00\x19",
    ),
)
def test_proxy_bytes_are_garbage(server, gate, header):
    with Client(gate.port, greeted=False) as client:
        client.send(header)
        assert client.rest().startswith(b"554 ")
    with Client(gate.port) as client:
        client.send(header)
        try:
            first = client.reply()
            assert first.code == 500
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            assert client.command("RCPT TO:<victim@outside.test>").code == 550
        except (Closed, AssertionError, ConnectionError):
            assert not client.is_open()
    assert server.connections == 0


def test_bytes_that_are_tls_or_nonsense(gate):
    for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), b"\xff" * 5_000 + b"\r\n", b"\r\n" * 200):
        with Client(gate.port) as client:
            client.send(data)
            client.half_close()
            answer = client.rest()
        assert all(line[:3] in (b"500", b"421", b"554") for line in answer.splitlines()), answer


# The order of things.


def test_mail_twice_and_rcpt_without_it(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies(
            "RCPT TO:<reader@ours.test>", "MAIL FROM:<a@outside.test> FRED=1", "RCPT TO:<reader@ours.test>", "DATA",
            "MAIL FROM:<a@outside.test>", "MAIL FROM:<b@outside.test>")
    assert [reply.code for reply in replies] == [503, 555, 503, 503, 250, 503]
    assert server.connections == 0


def test_mail_before_ehlo(gate):
    with Client(gate.port) as client:
        assert client.command("MAIL FROM:<a@outside.test>").code == 503
        assert client.command("RCPT TO:<reader@ours.test>").code == 503


@pytest.mark.parametrize("between", ("RSET", "EHLO again.test", "HELO again.test"))
def test_a_second_transaction_does_not_keep_recipients(server, gate, between):
    with Client(gate.port) as client:
        client.ehlo()
        client.replies("MAIL FROM:<one@outside.test>", "RCPT TO:<one@ours.test>")
        assert client.command(between).code == 250
        assert client.command("RCPT TO:<two@ours.test>").code == 503
        assert client.command("DATA").code == 503
        client.begin("three@ours.test", "three@outside.test")
        assert client.command(MESSAGE + b".").code == 250
    (message,) = server.messages
    assert message.recipients == ["<three@ours.test>"]
    assert message.sender == "<three@outside.test>"


def test_data_with_none_but_refused_recipients(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies("MAIL FROM:<a@outside.test>", "RCPT TO:<victim@outside.test>", "DATA")
    assert [reply.code for reply in replies] == [250, 550, 503]
    assert server.connections == 0


def test_data_when_the_server_refused_every_recipient(server, gate):
    server.script = {"rcpt": "550 5.1.1 No such user"}
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies("MAIL FROM:<a@outside.test>", "RCPT TO:<nobody@ours.test>", "DATA")
        assert [reply.code for reply in replies] == [250, 550, 503]
    assert not server.said("DATA")


def test_trust_does_not_stick_to_a_session(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.transaction()[-1].code == 250
        for _ in range(2):
            replies = client.replies("RSET", "MAIL FROM:<boss@ours.test>", "RCPT TO:<victim@outside.test>", "RSET")
            assert [reply.code for reply in replies] == [250, 250, 550, 250]
    with Client(gate.port, OFFICE) as client:
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 250


def test_a_stranger_never_touches_the_server(server, gate):
    assert wait_until(lambda: server.open_connections == 0, 3)
    before = server.connections
    for _ in range(100):
        with Client(gate.port) as client:
            client.ehlo()
            replies = client.replies(
                "MAIL FROM:<boss@ours.test>", "RCPT TO:<victim@outside.test>", "RCPT TO:<a%outside.test@ours.test>",
                "DATA", "QUIT")
        assert [reply.code for reply in replies] == [250, 550, 550, 503, 221]
    assert server.connections == before
    assert server.commands == []


# What the server gets.


def test_the_server_gets_what_was_judged_and_not_what_was_said(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.replies(
            'mail from: <@hop.test:"jane"@OUTSIDE.test>  size=100 BODY=8BITMIME ret=full envid=QQ+2B',
            'rcpt to:<"Reader"@OURS.Test>  notify=success,failure orcpt=rfc822;Reader@ours.test',
            "RCPT TO:<PostMaster>")
        assert client.command("DATA").code == 354
        assert client.command(MESSAGE + b".").code == 250
    (mail,) = server.said("MAIL")
    first, second = server.said("RCPT")
    assert mail.startswith("MAIL FROM:<jane@outside.test> ") and mail.endswith("BODY=8BITMIME RET=FULL ENVID=QQ+2B")
    assert first == "RCPT TO:<Reader@ours.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Reader@ours.test"
    assert second == "RCPT TO:<postmaster>"
    assert server.messages


RECEIVED = re.compile(
    rb"Received: from (?P<helo>\S+) \(unknown \[(?P<client>[^\]]+)\]\)\r\n"
    rb"\tby gate\.test with (?P<with>\S+) id (?P<id>[0-9A-Z]{26})(?:\r\n\tfor (?P<for><\S+>))?;\r\n"
    rb"\t(?P<date>[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4})\r\n")


@pytest.mark.parametrize(
    "hello, protocol, name",
    [
        ("EHLO client.test", b"ESMTP", b"client.test"),
        ("HELO client.test", b"SMTP", b"client.test"),
        ("EHLO [127.0.0.9]", b"ESMTP", b"[127.0.0.9]"),
        ("EHLO )(\"\\;<x>", b"ESMTP", b"??????x?"),
        ("EHLO a;b@c,d=e", b"ESMTP", b"a?b?c?d?e"),
    ],
)
def test_the_received_line(server, gate, hello, protocol, name):
    with Client(gate.port) as client:
        client.command(hello)
        client.transaction()
    found = RECEIVED.match(server.messages[0].data)
    assert found, server.messages[0].data
    assert found["with"] == protocol and found["client"] == STRANGER.encode() and found["helo"] == name
    assert found["for"] == b"<reader@ours.test>"
    assert server.messages[0].data[found.end() :] == MESSAGE
    date = email.utils.parsedate_to_datetime(found["date"].decode())
    assert abs(date.timestamp() - time.time()) < 60
    assert gate.line(message=found["id"].decode())["outcome"].startswith("250 ")


def test_the_received_line_names_no_recipient_when_there_are_several(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.replies("MAIL FROM:<a@outside.test>", "RCPT TO:<one@ours.test>", "RCPT TO:<two@ours.test>")
        client.command("DATA")
        client.command(MESSAGE + b".")
    found = RECEIVED.match(server.messages[0].data)
    assert found and not found["for"]


def test_a_client_over_ipv6():
    try:
        port = free_port("::1")
    except OSError:
        pytest.skip("no IPv6 on the loopback interface")
    relay = '    permit "six" {\n        from  ::1\n    }'
    with Server() as server, Gate([server.port], listeners={"public": f"[::1]:{port}"}, relay=relay) as gate:
        wait_until_learnt(server)
        with Client(port, host="::1") as client:
            client.ehlo()
            assert client.transaction("victim@outside.test")[-1].code == 250
        assert b"(unknown [IPv6:::1])\r\n" in server.messages[0].data
        assert gate.line(recipient="victim@outside.test")["client"] == "::1"


def test_ipv4_inside_ipv6_is_ipv4():
    port = free_port()
    with Server() as server, Gate([server.port], listeners={"public": f"[::]:{port}"}) as gate:
        wait_until_learnt(server)
        try:
            client = Client(port, OFFICE)
        except ConnectionRefusedError:
            # The socket is for IPv6 alone: as good.
            return
        with client:
            client.ehlo()
            assert client.transaction("victim@outside.test")[-1].code == 250
        assert b"[127.0.0.2]" in server.messages[0].data
        assert gate.line(recipient="victim@outside.test")["client"] == OFFICE


@pytest.mark.parametrize("count, code", ((100, 250), (101, 554)))
def test_a_message_that_goes_in_circles(server, gate, count, code):
    message = b"rEceived: from a by b; Mon, 24 Nov 2025 12:00:00 +0000\r\n" * count + b"\r\nReceived: in the body\r\n" * 200
    with Client(gate.port) as client:
        client.ehlo()
        last = client.transaction(message=message)[-1]
        assert last.code == code, last
        if code == 554:
            assert last.lines[0].startswith("5.4.6 "), last
        assert client.is_open()
    assert wait_until(lambda: len(server.messages) == (code == 250), 1)


# Limits.


@pytest.fixture(scope="module")
def strict_gate(shared_server):
    limits = "    message-size   10000\n    recipients     3 per message\n    bad-commands   4, then disconnect"
    with gate_before(shared_server, limits=limits) as gate:
        yield gate


def test_a_size_that_is_said(server, strict_gate):
    with Client(strict_gate.port) as client:
        assert "SIZE 10000" in client.ehlo().lines
        assert client.command("MAIL FROM:<a@outside.test> SIZE=10001").code == 552
        assert client.command("MAIL FROM:<a@outside.test> SIZE=99999999999999999999999999").code in (501, 552)
        assert client.command("MAIL FROM:<a@outside.test> SIZE=10000").code == 250


@pytest.mark.parametrize("size, code", ((9_998, 250), (10_000, 250), (10_002, 552), (300_000, 552)))
def test_a_size_that_is_sent(server, strict_gate, size, code):
    with Client(strict_gate.port) as client:
        client.ehlo()
        last = client.transaction(message=b"y" * (size - 2) + b"\r\n")[-1]
        assert last.code == code, last
        assert client.is_open()
    assert len(server.messages) == (code == 250)


def test_recipients_beyond_the_limit(server, strict_gate):
    with Client(strict_gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<a@outside.test>")
        replies = [client.command(f"RCPT TO:<r{number}@ours.test>") for number in range(5)]
        assert [reply.code for reply in replies] == [250, 250, 250, 452, 452]
        assert client.command("RCPT TO:<y@victim.test>").code == 550, "what is refused for good is not put off"
        line = strict_gate.line(id=replies[-1].id)
        assert (line["verdict"], line["reason"], line["rule"], line["reply"]) == ("defer", "limit", "", "452 4.5.3")
        client.command("DATA")
        assert client.command(MESSAGE + b".").code == 250
    assert len(server.messages[0].recipients) == 3


def test_too_many_bad_commands(server, strict_gate):
    with Client(strict_gate.port) as client:
        client.ehlo()
        codes = [client.command("NONSENSE").code for _ in range(4)]
        last = client.command("NONSENSE")
        assert codes == [500] * 4 and last.code == 421, (codes, last)
        assert client.rest() == b""


LIMITED = """\
    permit "few" {{
        from   office
        limit  3 recipients per hour for each client{consequence}
    }}
"""


def test_a_message_counts_once_for_each_rule_and_may_have_many_recipients(server):
    relay = "\n".join(
        f"""    permit "{name}" {{
        from   office
        to     {name}.test
        limit  2 messages per hour for each client
    }}""" for name in ("one", "two"))
    with gate_before(server, relay=relay) as gate, Client(gate.port, OFFICE) as client:
        client.ehlo()
        for expected in ([250] * 5, [250] * 5, [450, 450, 450, 450, 250]):
            client.command("MAIL FROM:<a@ours.test>")
            to = ("a@one.test", "a@two.test", "b@two.test", "b@one.test", "reader@ours.test")
            assert [client.command(f"RCPT TO:<{path}>").code for path in to] == expected
            assert client.command("DATA").code == 354
            assert client.command(MESSAGE + b".").code == 250


@pytest.mark.parametrize("consequence, family", (("", 4), (" then reject", 5)))
def test_a_rules_limit(server, consequence, family):
    with gate_before(server, relay=LIMITED.format(consequence=consequence), office="127.0.0.2/31") as gate:
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            codes = [client.command(f"RCPT TO:<v{number}@outside.test>").code for number in range(5)]
            assert codes[:3] == [250] * 3 and [code // 100 for code in codes[3:]] == [family] * 2, codes
            # Delivery is no relaying.
            assert client.command("RCPT TO:<reader@ours.test>").code == 250
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            last = client.command("RCPT TO:<again@outside.test>")
            assert last.code // 100 == family
        assert gate.line(recipient="again@outside.test")["reason"] == "limit"
        with Client(gate.port, "127.0.0.3") as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            assert client.command("RCPT TO:<v@outside.test>").code == 250


def test_too_many_connections(server):
    with gate_before(server, limits="    connections  6, 3 for each client") as gate:
        mine = [Client(gate.port) for _ in range(3)]
        with Client(gate.port, greeted=False) as client:
            assert client.rest().startswith(b"421 ")
        others = [Client(gate.port, f"127.0.0.{number}") for number in (11, 12, 13)]
        with Client(gate.port, "127.0.0.14", greeted=False) as client:
            assert client.rest().startswith(b"421 ")
        for client in mine:
            client.socket.close()

        def is_free():
            try:
                with Client(gate.port) as client:
                    return client.ehlo().code == 250
            except AssertionError:
                return False

        assert wait_until(is_free, 3)
        for client in others:
            client.socket.close()


def test_too_many_refused_relays_end_relaying_and_nothing_else(server):
    relay = '    permit "office, to friends" {\n        from  office\n        to    friends.test\n    }'
    limits = "    refused-relays  3 per 10m for each client, then no relaying 1h"
    with gate_before(server, relay=relay, limits=limits, office="127.0.0.2/31") as gate:
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            assert client.command("RCPT TO:<a@friends.test>").code == 250
            assert [client.command(f"RCPT TO:<v{n}@outside.test>").code for n in range(3)] == [550] * 3
            banned = client.command("RCPT TO:<b@friends.test>")
            assert banned.temporary, banned
            assert client.command("RCPT TO:<reader@ours.test>").code == 250
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            assert client.command("RCPT TO:<c@friends.test>").temporary
            assert client.command("RCPT TO:<reader@ours.test>").code == 250
        assert gate.line(recipient="c@friends.test")["reason"] == "banned"
        with Client(gate.port, "127.0.0.3") as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            assert client.command("RCPT TO:<d@friends.test>").code == 250


def test_a_rule_that_refuses_the_connection(server):
    more = 'refuse {\n    reject connection "bad neighbours" {\n        from  127.0.0.66\n    }\n}'
    with gate_before(server, more=more) as gate:
        with Client(gate.port, "127.0.0.66", greeted=False) as client:
            assert client.rest().startswith(b"554 ")
        with Client(gate.port) as client:
            client.ehlo()
