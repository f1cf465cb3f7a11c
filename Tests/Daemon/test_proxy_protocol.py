"""Balancers in front: whose connection it is, is what a listed one says, and nobody else."""

import time

import pytest
from rig import proxy
from rig.client import Client, Closed
from rig.gate import Gate, wait_until_learnt
from rig.loopback import HERE, OFFICE, STRANGER, wait_until

BALANCER = "127.0.0.5"
LIMITS = "    connections  100, 3 for each client"


@pytest.fixture(scope="module")
def shared_gate(shared_server):
    with Gate([shared_server.port], limits=LIMITS) as gate:
        gate.kill()
        gate.settings["listeners"] = {"public": f"{HERE}:{gate.port}\n    proxy-protocol  from {BALANCER}"}
        gate.settings["office"] = f"{OFFICE} {BALANCER}"
        gate.write()
        with gate:
            wait_until_learnt(shared_server)
            yield gate


class Balanced(Client):
    """A client that comes through the balancer: the header goes first."""

    def __init__(self, port, header, address=BALANCER, greeted=True, **rest):
        super().__init__(port, address, greeted=False, **rest)
        if header:
            self.send(header)
        if greeted:
            greeting = self.reply()
            assert greeting.code == 220, greeting


HEADERS = {"v1": proxy.line, "v2": proxy.binary}


@pytest.fixture(params=HEADERS)
def header(request):
    return HEADERS[request.param]


def test_the_client_is_the_one_in_the_header(gate, header):
    with Balanced(gate.port, header("198.51.100.7")) as client:
        client.ehlo()
        replies = client.transaction("reader@ours.test")
        assert replies[-1].code == 250
        assert [reply.code for reply in client.transaction("victim@outside.test")] == [250, 550]
    assert wait_until(lambda: gate.lines(recipient="reader@ours.test", client="198.51.100.7", verdict="permit"), 3)


def test_the_balancers_own_rights_are_not_the_clients(gate, header):
    """It is in the permitted network itself, and none of its clients is for that."""
    with Balanced(gate.port, header("198.51.100.8")) as client:
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    assert wait_until(lambda: gate.lines(client="198.51.100.8", reason="no-rule"), 3)


def test_a_client_that_may_relay_may_through_the_balancer(gate, header):
    with Balanced(gate.port, header(OFFICE)) as client:
        client.ehlo()
        assert client.transaction("friend@outside.test")[-1].code == 250


def test_the_received_line_has_the_client(gate, server, header):
    with Balanced(gate.port, header("198.51.100.9")) as client:
        client.ehlo()
        client.transaction()
    assert b"[198.51.100.9]" in server.messages[-1].data


def test_an_ipv4_client_in_an_ipv6_header_is_an_ipv4_client(gate, header):
    with Balanced(gate.port, header("::ffff:127.0.0.2", "::ffff:192.0.2.25")) as client:
        client.ehlo()
        assert client.transaction("friend@outside.test")[-1].code == 250


def test_an_ipv6_client(gate, header):
    with Balanced(gate.port, header("2001:db8::7", "2001:db8:25::1")) as client:
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    assert wait_until(lambda: gate.lines(client="2001:db8::7"), 3)


@pytest.mark.parametrize("pause", [0, 0.001])
def test_a_header_byte_by_byte(gate, header, pause):
    with Balanced(gate.port, b"", greeted=False) as client:
        client.send_byte_by_byte(header("198.51.100.7"), pause)
        assert client.reply().code == 220


def test_what_stands_behind_the_header_is_early_talk(gate, header):
    with Balanced(gate.port, header("198.51.100.10") + b"EHLO client.test\r\n", greeted=False) as client:
        assert client.reply().code == 554
    assert wait_until(lambda: gate.lines(client="198.51.100.10", why="talked before the greeting"), 3)


def test_early_talk_in_a_packet_of_its_own(gate, header):
    for _ in range(5):
        with Balanced(gate.port, b"", greeted=False) as client:
            client.send(header("198.51.100.11"))
            client.send(b"EHLO client.test\r\n")
            # Within the pause 554; a client that is slower than that is as good as one that waited.
            assert client.reply().code in (554, 220)


GARBAGE = {
    "no header": b"EHLO client.test\r\n",
    "a broken line": b"PROXY TCP4 198.51.100.7 192.0.2.25 40312\r\n",
    "a leading zero": b"PROXY TCP4 198.51.100.07 192.0.2.25 40312 25\r\n",
    "a bare LF": b"PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\n",
    "a line without end": b"PROXY UNKNOWN " + b"x" * 200,
    "UDP": proxy.SIGNATURE + b"\x21\x12\0\x0c" + bytes(12),
    "cut addresses": proxy.SIGNATURE + b"\x21\x11\0\x04" + bytes(4),
    "a wrong checksum": proxy.binary("198.51.100.7", extensions=b"\x03\0\x04\0\0\0\0"),
    "far too long": proxy.SIGNATURE + b"\x20\0\xff\xff",
    "TLS": b"\x16\x03\x01\x02\0\x01",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_a_listed_balancer_that_sends_no_header_is_closed_without_a_word(gate, what):
    before = len(gate.lines(client=BALANCER))
    with Balanced(gate.port, GARBAGE[what], greeted=False) as client:
        assert client.rest() == b""
    assert wait_until(lambda: len(gate.lines(client=BALANCER, connection="refused")) > before, 2)
    assert "PROXY" in gate.lines(client=BALANCER)[-1]["why"]


def test_a_header_that_does_not_come_ends_the_connection(gate):
    began = time.monotonic()
    with Balanced(gate.port, b"PROXY TCP4 198", greeted=False, patience=15) as client:
        assert client.rest() == b""
    assert 3 < time.monotonic() - began < 9
    assert wait_until(lambda: gate.lines(client=BALANCER, why="no PROXY header in time"), 2)


def test_half_a_header_and_a_close(gate):
    with Balanced(gate.port, b"PROXY TCP4 198", greeted=False) as client:
        client.half_close()
        assert client.rest() == b""
    assert wait_until(lambda: gate.lines(client=BALANCER, why="closed within its PROXY header"), 2)


def test_a_look_whether_somebody_answers_is_no_news(gate):
    before = settled_log(gate)
    for header in (b"", proxy.LOCAL):
        for _ in range(5):
            Balanced(gate.port, header, greeted=False).socket.close()
            Balanced(gate.port, header, greeted=False).abort()
    assert settled_log(gate) == before


def test_a_second_header_is_garbage(gate):
    with Balanced(gate.port, proxy.line("198.51.100.12")) as client:
        assert client.command(proxy.line(OFFICE).rstrip()).code == 500
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    with Balanced(gate.port, proxy.line("198.51.100.13") + proxy.line(OFFICE), greeted=False) as client:
        assert client.reply().code == 554


@pytest.mark.parametrize("what", HEADERS)
def test_a_header_from_anybody_else_is_garbage(gate, what):
    """Sent at once it is early talk; sent after the greeting a command that is none."""
    header = HEADERS[what](OFFICE)
    with Client(gate.port, STRANGER, greeted=False) as client:
        client.send(header)
        assert client.reply().code == 554
    with Client(gate.port, STRANGER) as client:
        client.send(header)
        assert client.reply().code == 500
    with Client(gate.port, STRANGER) as client:
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    assert not gate.lines(client=OFFICE, verdict="permit", recipient="victim@outside.test")


def test_the_true_clients_connections_are_counted(gate):
    """Three for each client, and any number through the balancer."""
    clients = [Balanced(gate.port, proxy.line(f"198.51.100.{20 + number}")) for number in range(10)]
    for client in clients:
        client.socket.close()
    held = [Balanced(gate.port, proxy.line("198.51.100.40")) for _ in range(3)]
    with Balanced(gate.port, proxy.line("198.51.100.40"), greeted=False) as client:
        assert client.reply().code == 421
    assert gate.line(client="198.51.100.40", connection="refused")["why"] == "too many connections"
    for client in held:
        client.socket.close()
    assert wait_until(lambda: try_greeting(gate.port, "198.51.100.40"), 3)


def try_greeting(port, address):
    with Balanced(port, proxy.line(address), greeted=False) as client:
        return client.reply().code == 220


def settled_log(gate):
    """What it holds once nothing more is written."""
    log = None
    while log != (log := gate.log):
        time.sleep(0.2)
    return log


UNKNOWN = {
    "UNKNOWN": b"PROXY UNKNOWN\r\n", "UNKNOWN with words": b"PROXY UNKNOWN ::1 ::1 1 2\r\n", "LOCAL": proxy.LOCAL,
    "AF_UNSPEC": proxy.SIGNATURE + b"\x21\0\0\0", "no address": proxy.line("0.0.0.0"), "no address, v2": proxy.binary("::", "::"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_an_unknown_client_may_say_hello_and_goodbye_and_relays_nothing(gate, what):
    lines = settled_log(gate)
    with Balanced(gate.port, UNKNOWN[what]) as client:
        client.ehlo()
        assert client.command("QUIT").code == 221
    assert settled_log(gate) == lines, "a health check is no news"
    with Balanced(gate.port, UNKNOWN[what]) as client:
        client.ehlo()
        replies = client.transaction("victim@outside.test")
        assert replies[-1].code == 451, "undecided: a permit by address may fit, and nobody can tell"
        assert client.command("RSET").code == 250
        assert client.transaction("reader@ours.test")[-1].code == 250
    assert wait_until(lambda: gate.lines(client="::", recipient="victim@outside.test"), 3)
    assert gate.lines(client="::", recipient="victim@outside.test")[-1]["reason"] == "undecided"


def test_a_balancer_of_our_own(gate):
    """A forwarder at the balancer's address that says whose connection it is, and one that is not listed and does not."""
    with proxy.Forwarder(gate.port, BALANCER, proxy.line) as forwarder:
        with Client(forwarder.port, "127.0.0.77") as client:
            client.ehlo()
            assert client.transaction("victim@outside.test")[-1].code == 550
    assert gate.line(client="127.0.0.77")["reason"] == "no-rule"
    with proxy.Forwarder(gate.port, BALANCER) as forwarder, pytest.raises(Closed):
        Client(forwarder.port, "127.0.0.78", patience=15)


def test_a_list_that_a_reload_adds_or_takes_away(shared_server):
    with Gate([shared_server.port]) as gate:
        assert try_plain(gate)
        gate.write(listeners={"public": f"{HERE}:{gate.port}\n    proxy-protocol  from {STRANGER}"})
        assert gate.reload().returncode == 0
        with Client(gate.port, STRANGER, greeted=False) as client:
            client.send(b"EHLO x\r\n")
            assert client.rest() == b""
        gate.write()
        assert gate.reload().returncode == 0
        assert try_plain(gate)


def try_plain(gate):
    with Client(gate.port, STRANGER) as client:
        return client.command("QUIT").code == 221


def test_waiting_for_a_header_does_not_keep_it_from_stopping(shared_server):
    with Gate([shared_server.port]) as gate:
        gate.write(listeners={"public": f"{HERE}:{gate.port}\n    proxy-protocol  from {STRANGER}"})
        assert gate.reload().returncode == 0
        with Client(gate.port, STRANGER, greeted=False) as client:
            client.send(b"PROXY ")
            time.sleep(0.1)
            assert gate.terminate() == 0
