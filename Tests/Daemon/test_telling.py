"""`tell-client-address`: deliveries say whose they are, what we permit to relay does not, and nobody is taken for
another."""

import os
import threading

import pytest
from rig.client import MESSAGE, Client, deliver
from rig.dns import NameServer
from rig.gate import Gate, wait_until_learnt
from rig.loopback import HERE, OFFICE, STRANGER, wait_until
from rig.server import EXTENSIONS, Server, expects_header

ATTRIBUTES = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"


def gate_telling(server, way, **settings):
    return Gate([f"{HERE}:{server.port}\n    tell-client-address  {way}"], **settings)


@pytest.fixture(scope="module")
def xclient_server():
    with Server(extensions=(*EXTENSIONS, ATTRIBUTES)) as server:
        yield server


@pytest.fixture(scope="module")
def xclient_gate(xclient_server):
    """No client of it has a name."""
    with NameServer() as dns, gate_telling(xclient_server, "xclient", node=f"    resolver  {HERE}:{dns.port}") as gate:
        wait_until_learnt(xclient_server)
        yield gate


@pytest.fixture
def server(xclient_server):
    xclient_server.clear()
    return xclient_server


@pytest.fixture
def gate(server, xclient_gate):
    yield xclient_gate
    assert xclient_gate.is_running, xclient_gate.log[-3000:]


def test_a_delivery_says_whose_it_is(gate, server):
    with Client(gate.port, STRANGER) as client:
        port = client.socket.getsockname()[1]
        client.ehlo("stranger.test")
        assert client.transaction()[-1].code == 250
    (message,) = server.messages
    assert message.told == {
        "ADDR": STRANGER, "PORT": str(port), "NAME": "[UNAVAILABLE]", "DESTADDR": HERE, "DESTPORT": str(gate.port),
        "PROTO": "ESMTP", "HELO": "stranger.test", "EHLO": "stranger.test",
    }


def test_what_may_relay_says_nothing(gate, server):
    assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
    assert deliver(gate.port, "reader@ours.test", OFFICE).code == 250
    assert [message.told for message in server.messages] == [None, None]


def test_no_connection_that_told_of_one_client_serves_another(gate, server):
    """Thirty clients at once, several messages each, some of them relaying."""
    failures = []

    def one(number):
        relays = number % 5 == 0
        address = OFFICE if relays else f"127.0.1.{number}"
        try:
            with Client(gate.port, address, patience=20) as client:
                client.ehlo(f"client-{number}.test")
                for turn in range(3):
                    recipient = "friend@outside.test" if relays else "reader@ours.test"
                    replies = client.transaction(recipient, sender=f"{number}@outside.test", message=MESSAGE)
                    if replies[-1].code != 250:
                        failures.append((number, turn, replies))
        except Exception as failure:
            failures.append((number, failure))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 31)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    assert len(server.messages) == 90
    for message in server.messages:
        number = int(message.sender[1:].partition("@")[0])
        if number % 5 == 0:
            assert message.told is None, message
        else:
            assert message.told["ADDR"] == f"127.0.1.{number}", (message, message.told)
            assert message.told["EHLO"] == f"client-{number}.test"


def test_a_session_tells_once_and_again_under_another_name(gate, server):
    with Client(gate.port, STRANGER) as client:
        client.ehlo("one.test")
        client.transaction()
        client.transaction()
        assert len(server.said("XCLIENT")) == 1
        client.ehlo("two.test")
        client.transaction()
    assert [message.told["HELO"] for message in server.messages] == ["one.test", "one.test", "two.test"]


def test_a_server_that_does_not_offer_it_gets_nothing(shared_server):
    shared_server.clear()
    with gate_telling(shared_server, "xclient") as gate:
        wait_until_learnt(shared_server)
        reply = deliver(gate.port)
        assert reply.code == 451, reply
        assert not shared_server.messages and not shared_server.said("MAIL")
        # What may relay needs not be told of.
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
        # Each event loop finds it out by itself, and says so once.
        assert 1 <= len(gate.lines(upstream="mta", state="down")) <= os.cpu_count()
        (status,) = gate.status()["upstreams"][0]["servers"]
        assert status["state"] == "down" and "XCLIENT" in status["lastError"]


def test_it_is_offered_again_and_mail_goes_on(shared_server):
    shared_server.clear()
    with gate_telling(shared_server, "xclient") as gate:
        wait_until_learnt(shared_server)
        assert deliver(gate.port).code == 451
        try:
            shared_server.extensions = (*EXTENSIONS, ATTRIBUTES)
            assert deliver(gate.port).code == 250
            assert wait_until(lambda: gate.lines(upstream="mta", state="up"), 2)
        finally:
            shared_server.extensions = EXTENSIONS
        assert shared_server.messages[-1].told["ADDR"] == STRANGER


REFUSALS = {
    "XCLIENT forbidden": ("xclient", "550 5.7.0 Error: insufficient authorization", 451),
    "XCLIENT not known": ("xclient", "502 5.5.1 What?", 451),
    "XCLIENT answered with 250": ("xclient", "250 2.0.0 Ok", 451),
    "the server is closing": ("xclient", "421 4.3.2 Closing", 451),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_to_be_told_is_for_now(gate, server, what):
    phase, said, code = REFUSALS[what]
    server.script = {phase: said}
    assert deliver(gate.port).code == code
    assert not server.said("MAIL")
    server.script = {}
    assert deliver(gate.port).code == 250


def test_the_servers_word_on_the_clients_name_is_the_clients(gate, server):
    server.script = {"ehlo": ["\r\n".join(f"250-{word}" for word in ("a", *EXTENSIONS)) + f"\r\n250 {ATTRIBUTES}", "550 5.7.1 Not by that name"]}
    with Client(gate.port, STRANGER) as client:
        client.ehlo()
        replies = client.transaction()
        assert replies[-1].code == 550 and "Not by that name" in replies[-1].lines[-1]
    server.script = {}
    assert deliver(gate.port).code == 250, "a name that a server does not like says nothing of the server"


def test_it_goes_away_between_two_messages(gate, server):
    with Client(gate.port, STRANGER) as client:
        client.ehlo()
        assert client.transaction()[-1].code == 250
        server.hang_up()
        assert client.transaction()[-1].code == 250
    assert [message.told["ADDR"] for message in server.messages] == [STRANGER, STRANGER]


# PROXY.


@pytest.fixture(params=["proxy-v1", "proxy-v2"])
def way(request):
    return request.param


@pytest.fixture
def header_server(way):
    with Server() as server:
        server.script = {"connect": expects_header}
        with gate_telling(server, way) as gate:
            wait_until_learnt(server)
            yield gate, server


def test_a_header_says_whose_a_delivery_is(header_server):
    gate, server = header_server
    with Client(gate.port, STRANGER) as client:
        port = client.socket.getsockname()[1]
        client.ehlo("stranger.test")
        assert client.transaction()[-1].code == 250
        assert client.transaction()[-1].code == 250
    assert [message.told["ADDR"] for message in server.messages] == [STRANGER] * 2
    assert server.messages[0].told["PORT"] == str(port)
    assert server.messages[0].told["EHLO"] == "stranger.test"
    assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
    assert server.messages[-1].told is None


def test_clients_do_not_share(header_server):
    gate, server = header_server
    for number in range(1, 8):
        assert deliver(gate.port, address=f"127.0.2.{number}").code == 250
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
    told = [message.told and message.told["ADDR"] for message in server.messages]
    assert told == [who for number in range(1, 8) for who in (f"127.0.2.{number}", None)]


def test_a_server_that_expects_no_header_gets_no_mail(way):
    """It answers the header as a command, so that each of its replies is one behind."""
    with Server() as server:
        with gate_telling(server, way) as gate:
            reply = deliver(gate.port)
            assert reply.code == 451, reply
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 451
        assert not server.messages and not server.said("MAIL")
