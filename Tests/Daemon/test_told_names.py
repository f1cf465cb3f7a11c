"""A server that is told clients by XCLIENT, and takes names there, is told those that the DNS confirms."""

import contextlib
import time

import pytest
from rig import dns as wrong
from rig.client import Client, deliver
from rig.dns import NameServer
from rig.gate import Gate, wait_until_learnt
from rig.loopback import HERE, OFFICE, wait_until
from rig.server import EXTENSIONS, Server, expects_header

NAMED, FORGER, NAMELESS = "127.0.0.21", "127.0.0.22", "127.0.0.23"


@pytest.fixture
def dns():
    with NameServer() as server:
        server.client(NAMED, "mx.named.test")
        server.client(FORGER, "mx.named.test", back=False)
        yield server


@contextlib.contextmanager
def told(dns, attributes="NAME ADDR PORT HELO REVERSE_NAME", way="xclient", **settings):
    extensions = (*EXTENSIONS, f"XCLIENT {attributes}") if attributes else EXTENSIONS
    with Server(extensions=extensions) as server:
        server.script = {"connect": expects_header} if way.startswith("proxy") else {}
        words = f"{HERE}:{server.port}\n    tell-client-address  {way}"
        with Gate([words], node=f"    resolver  {HERE}:{dns.port}", **settings) as gate:
            wait_until_learnt(server)
            yield gate, server
            assert gate.is_running, gate.log[-3000:]


def name_told(server):
    message = server.messages[-1]
    assert message.told["NAME"] == message.told["REVERSE_NAME"]
    return message.told["NAME"]


@pytest.mark.parametrize(
    "client, name", ((NAMED, "mx.named.test"), (FORGER, "[UNAVAILABLE]"), (NAMELESS, "[UNAVAILABLE]")))
def test_the_confirmed_name_is_told(dns, client, name):
    with told(dns) as (gate, server):
        assert deliver(gate.port, address=client).code == 250
        assert name_told(server) == name
        received = server.messages[-1].data.split(b"\r\n")[0]
        assert (b"mx.named.test" if client == NAMED else b"unknown") in received


@pytest.mark.parametrize("what", (wrong.servfail, wrong.refused, wrong.garbage, wrong.silent))
def test_a_dns_that_fails_holds_no_mail_up_for_long(dns, what):
    dns.script = {"*": what}
    with told(dns) as (gate, server):
        began = time.monotonic()
        assert deliver(gate.port, address=NAMED, patience=20).code == 250
        assert time.monotonic() - began < 8
        assert name_told(server) == "[TEMPUNAVAIL]"
        began = time.monotonic()
        assert deliver(gate.port, address=NAMED).code == 250
        assert time.monotonic() - began < 2, "what was just not to be had is not asked for again"


def test_a_session_asks_once(dns):
    with told(dns) as (gate, server), Client(gate.port, NAMED) as client:
        client.ehlo()
        for _ in range(3):
            assert client.transaction()[-1].code == 250
        assert [message.told["NAME"] for message in server.messages] == ["mx.named.test"] * 3
        assert len(server.said("XCLIENT")) == 1
        assert len(dns.asked) == 2, dns.asked


def test_a_name_that_a_rule_asked_for_is_not_asked_for_again(dns):
    refuse = 'refuse {\n    reject "nameless" {\n        name  none\n    }\n}'
    with told(dns, more=refuse) as (gate, server):
        assert deliver(gate.port, address=NAMED).code == 250
        assert name_told(server) == "mx.named.test" and len(dns.asked) == 2, dns.asked
        assert deliver(gate.port, address=NAMELESS).code == 550


def test_nobody_is_asked_about_for_nothing(dns):
    with told(dns) as (gate, server):
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
        assert deliver(gate.port, "reader@ours.test", OFFICE).code == 250
        assert deliver(gate.port, "victim@outside.test", NAMED).code == 550
        assert dns.asked == [] and [message.told for message in server.messages] == [None, None]


@pytest.mark.parametrize("attributes, way", (("ADDR PORT HELO", "xclient"), (None, "xclient"), (None, "proxy-v2")))
def test_a_server_that_takes_no_names_costs_no_question(dns, attributes, way):
    with told(dns, attributes, way) as (gate, server):
        reply = deliver(gate.port, address=NAMED)
        assert dns.asked == []
        assert reply.code == (451 if way == "xclient" and not attributes else 250), reply


def test_a_client_that_leaves_while_the_dns_is_asked(dns):
    dns.script = {"*": wrong.slow(0.5)}
    with told(dns) as (gate, server):
        for _ in range(3):
            with Client(gate.port, NAMED) as client:
                client.ehlo()
                client.command("MAIL FROM:<sender@outside.test>")
                client.send(b"RCPT TO:<reader@ours.test>\r\n")
                assert wait_until(lambda: dns.asked, 5)
                client.abort()
        assert deliver(gate.port, address=NAMED, patience=10).code == 250
        assert name_told(server) == "mx.named.test"


def test_a_client_that_sends_on_meanwhile_waits_its_turn(dns):
    dns.script = {"*": wrong.slow(0.2)}
    with told(dns) as (gate, server), Client(gate.port, NAMED, patience=10) as client:
        client.ehlo()
        client.send(
            b"MAIL FROM:<sender@outside.test>\r\nRCPT TO:<reader@ours.test>\r\nRCPT TO:<other@ours.test>\r\nDATA\r\n")
        assert [client.reply().code for _ in range(4)] == [250, 250, 250, 354]
        assert client.command("Subject: x\r\n\r\nx\r\n.").code == 250
        assert len(server.messages[-1].recipients) == 2 and name_told(server) == "mx.named.test"
