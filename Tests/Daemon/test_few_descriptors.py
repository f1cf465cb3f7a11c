"""With few file descriptors clients wait; mail under way, and whoever asks what is the matter, do not."""

import concurrent.futures
import contextlib
import time

import pytest
from rig.client import Client, Closed, deliver
from rig.gate import gate_before
from rig.loopback import OFFICE, wait_until

DESCRIPTORS = 64
CROWD = 100


@pytest.fixture
def small_gate(server):
    with gate_before(server, descriptors=DESCRIPTORS) as gate:
        yield gate


@contextlib.contextmanager
def crowd_at(gate):
    """Clients that connect and say nothing, more than there can be; most of them wait to be accepted."""
    with contextlib.ExitStack() as clients:
        for number in range(CROWD):
            clients.enter_context(Client(gate.port, f"127.0.1.{number + 1}", greeted=False))
        assert wait_until(lambda: is_settled(gate), 3)
        yield


def is_settled(gate):
    before = gate.descriptors
    time.sleep(0.3)
    return gate.descriptors == before


def takes_a_message(gate):
    with contextlib.suppress(OSError, Closed):
        return deliver(gate.port).code == 250
    return False


def test_it_pauses_without_spinning_and_resumes_when_they_leave(small_gate):
    with crowd_at(small_gate):
        before = small_gate.cpu_seconds
        time.sleep(2)
        assert small_gate.cpu_seconds - before < 0.2
        assert small_gate.descriptors < DESCRIPTORS
        assert small_gate.line(accepting="paused")
    assert wait_until(lambda: takes_a_message(small_gate), 2)
    assert wait_until(lambda: small_gate.status()["sessions"] == 0, 2)


def test_status_and_reload_answer_meanwhile(small_gate):
    with crowd_at(small_gate):
        status = small_gate.status()
        assert 10 < status["sessions"] < DESCRIPTORS and not status["config"]["fileDiffers"]
        small_gate.write(office="127.0.0.77")
        assert small_gate.reload().returncode == 0
        assert small_gate.status()["config"]["hash"] != status["config"]["hash"]


def test_mail_of_those_who_are_there_goes_on(small_gate, server):
    """Connections to the server have descriptors of their own."""
    with Client(small_gate.port, OFFICE) as early:
        early.ehlo()
        time.sleep(1)  # what was idle behind is closed
        with crowd_at(small_gate):
            for _ in range(3):
                last = early.transaction("partner@outside.test")[-1]
                assert last.code == 250, last
    assert len(server.messages) == 3


def test_when_all_send_at_once_each_gets_its_turn(small_gate, server):
    def send(number):
        with Client(small_gate.port, f"127.0.1.{number + 1}", patience=20) as client:
            client.ehlo()
            return client.transaction()[-1].code

    with concurrent.futures.ThreadPoolExecutor(CROWD) as senders:
        outcomes = list(senders.map(send, range(CROWD)))
    # Where no connection behind can be had the client comes again.
    assert set(outcomes) <= {250, 451} and outcomes.count(250) > CROWD / 2, outcomes
    assert len(server.messages) == outcomes.count(250)


def test_a_server_is_not_taken_for_one_that_is_down(small_gate, server):
    """Each client that was accepted holds a connection behind; there are not enough of them for all."""
    with contextlib.ExitStack() as clients:
        codes = []
        for number in range(CROWD):
            client = clients.enter_context(Client(small_gate.port, f"127.0.1.{number + 1}", greeted=False, patience=0.5))
            with contextlib.suppress(TimeoutError):
                client.reply()
                client.ehlo()
                client.command("MAIL FROM:<sender@outside.test>")
                codes.append(client.command("RCPT TO:<reader@ours.test>").code)
                continue
            break
        assert codes.count(250) >= 5 and set(codes) <= {250, 451}, codes
        (behind,) = small_gate.status()["upstreams"][0]["servers"]
        assert behind["state"] == "up" and behind["lastError"] is None
    assert wait_until(lambda: takes_a_message(small_gate), 2)
