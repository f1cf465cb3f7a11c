"""How long the gate waits, with its clock running ahead of ours (libfaketime)."""

import os
import select
import threading
import time

import pytest
from rig import server as does
from rig.client import MESSAGE, Client, deliver
from rig.gate import FAKETIME, Gate, gate_before
from rig.loopback import HERE, free_port, wait_until
from rig.server import Server

FASTER = 250


@pytest.fixture(scope="module", autouse=True)
def faketime():
    if FAKETIME.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("missing: Debian's faketime", pytrace=False)
    pytest.skip("missing: Debian's faketime")


@pytest.fixture(scope="module")
def shared_gate(shared_server):
    with gate_before(shared_server, faster=FASTER) as gate:
        yield gate


# Phase, and the gate's seconds within which the client has its answer.
BOUNDS = {"greeting": 30, "ehlo": 30, "mail": 300, "rcpt": 300, "data": 300, "final": 600}


@pytest.mark.parametrize("phase", BOUNDS)
def test_a_server_that_says_nothing_more_is_given_up(server, gate, phase):
    server.script = {phase: does.hang}
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        began = time.monotonic()
        *before, last = client.transaction()
        took = (time.monotonic() - began) * FASTER
        assert last.code == 451, last
        assert 0.9 * BOUNDS[phase] - 20 < took < 1.2 * BOUNDS[phase] + 60, took
        assert len(before) == {"data": 2, "final": 3}.get(phase, 1)
        server.script = {}
        # The client's own time has not run meanwhile.
        assert client.is_open()
        assert client.transaction()[-1].code == 250


def test_a_server_that_thinks_for_nine_minutes_behind_the_final_dot_is_awaited(server, gate):
    """RFC 5321 §4.5.3.2.6: ten minutes. Giving up earlier makes duplicates."""

    def think(connection):
        time.sleep(9 * 60 / FASTER)
        connection.say("250 2.0.0 Ok: queued as LATE")

    server.script = {"final": think}
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        last = client.transaction()[-1]
    assert last.code == 250 and "LATE" in last.lines[0], last


def test_a_server_that_dribbles_is_given_up(server, gate):
    def dribble(connection):
        while True:
            connection.say(b"2")
            time.sleep(0.2)

    server.script = {"rcpt": dribble}
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        began = time.monotonic()
        assert client.transaction()[-1].code == 451
        assert (time.monotonic() - began) * FASTER < 400


def test_a_server_that_does_not_read_is_given_up(server, gate):
    """Mail data that nobody takes: the client cannot go on, and must not wait for ever."""
    goes_on = threading.Event()
    server.script = {"body": lambda connection: goes_on.wait(30)}
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        client.begin()
        began = time.monotonic()
        try:
            for _ in range(2_000):
                client.send(b"x" * 65_534 + b"\r\n")
        except OSError:
            pass
        try:
            client.rest()
        except TimeoutError:
            pytest.fail("the client waits")
        assert (time.monotonic() - began) * FASTER < 900
    goes_on.set()


def test_a_client_that_says_nothing_is_told_and_left(gate):
    with Client(gate.port, patience=15) as client:
        began = time.monotonic()
        assert client.reply().code == 421
        assert 250 < (time.monotonic() - began) * FASTER < 400
        assert client.rest() == b""


def test_a_client_that_dribbles_a_command_has_no_longer(gate):
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        began = time.monotonic()
        try:
            while time.monotonic() - began < 1_000 / FASTER:
                client.send(b"N")
                time.sleep(0.05)
        except OSError:
            pass
        assert (time.monotonic() - began) * FASTER < 500


def test_a_client_that_stops_in_the_middle_of_mail_data(server, gate):
    with Client(gate.port, patience=15) as client:
        client.ehlo()
        client.begin()
        client.send(MESSAGE)
        began = time.monotonic()
        assert client.reply().code == 421
        assert 120 < (time.monotonic() - began) * FASTER < 300
    assert wait_until(lambda: server.open_connections == 0, 3)
    assert server.messages == []


def test_a_client_that_dribbles_mail_data_has_an_hour(server):
    """A byte a minute would keep a session and a connection to the server for ever, were the whole not bounded."""
    faster = 1_000
    with gate_before(server, faster=faster) as gate, Client(gate.port, patience=15) as client:
        client.ehlo()
        client.begin()
        began = time.monotonic()
        try:
            while not has_been_told(client) and time.monotonic() - began < 6_000 / faster:
                client.send(b"x\r\n")
                time.sleep(0.03)
        except OSError:
            pass
        took = (time.monotonic() - began) * faster
    assert 3_000 < took < 4_200, took


def has_been_told(client):
    """Whether a reply waits, or the end."""
    return bool(select.select([client.socket], [], [], 0)[0])


def test_a_primary_whose_greeting_does_not_come_costs_half_a_minute_once():
    with Server() as primary, Server() as backup:
        primary.script = {"greeting": does.hang}
        with Gate([primary.port, f"{HERE}:{backup.port} backup"], faster=FASTER) as gate:
            began = time.monotonic()
            assert deliver(gate.port).code == 250
            assert (time.monotonic() - began) * FASTER < 60
            assert len(backup.messages) == 1


def test_sigterm_waits_five_minutes_for_a_transaction(shared_server):
    with gate_before(shared_server, faster=FASTER) as gate:
        with Client(gate.port, patience=15) as client:
            client.ehlo()
            client.command("MAIL FROM:<sender@outside.test>")
            gate.signal(15)
            began = time.monotonic()
            assert gate.wait(10) == 0
            assert 150 < (time.monotonic() - began) * FASTER < 500


def test_idle_connections_to_the_server_are_closed(server, gate):
    assert deliver(gate.port).code == 250
    assert wait_until(lambda: server.open_connections == 0, 2)
    assert server.said("QUIT")




def test_sessions_of_a_removed_listener_have_five_minutes(server):
    faster, second = 60, free_port()
    with Gate([server.port], faster=faster) as gate:
        gate.write(listeners={"public": f"{HERE}:{gate.port}", "second": f"{HERE}:{second}"})
        assert gate.reload().returncode == 0
        with Client(gate.port, patience=15) as other, Client(second, patience=15) as idle, Client(second, patience=15) as busy:
            for client in (other, idle, busy):
                client.ehlo()
            gate.write()
            assert gate.reload().returncode == 0
            began = time.monotonic()
            while (time.monotonic() - began) * faster < 240:
                assert [client.command("NOOP").code for client in (other, idle, busy)] == [250] * 3
                time.sleep(0.2)
            busy.begin()
            while (reply := idle.command("NOOP")).code == 250:
                assert (time.monotonic() - began) * faster < 400
                time.sleep(0.2)
            assert reply.code == 421 and (time.monotonic() - began) * faster > 290, reply
            assert not has_been_told(busy), "it may finish its message"
            assert busy.command(MESSAGE + b".").code == 250
            assert busy.reply().code == 421
            assert other.is_open()
