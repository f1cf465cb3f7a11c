"""Balancers and servers that are told, under TLS: a header comes before it, in front and behind."""

import pytest
from rig import proxy
from rig.client import Client, deliver
from rig.gate import Gate, tls_block, wait_until_learnt
from rig.loopback import HERE, OFFICE, STRANGER, free_port, wait_until
from rig.server import EXTENSIONS, Server, expects_header

BALANCER = "127.0.0.5"


@pytest.fixture(scope="module")
def gate(certificate, shared_server):
    implicit, offered = free_port(), free_port()
    listeners = {"public": f"{HERE}:{offered} {HERE}:{implicit}/tls\n    starttls  offered\n    proxy-protocol  from {BALANCER}"}
    with Gate([shared_server.port], listeners=listeners, more=tls_block(certificate)) as gate:
        gate.implicit, gate.offered = implicit, offered
        wait_until_learnt(shared_server)
        yield gate


@pytest.mark.parametrize("header", [proxy.line, proxy.binary])
def test_tls_from_the_first_byte_on_begins_behind_the_header(gate, header):
    with Client(gate.implicit, BALANCER, greeted=False) as client:
        client.send(header("198.51.100.7"))
        client.start_tls()
        assert client.reply().code == 220
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    assert wait_until(lambda: gate.lines(client="198.51.100.7", reason="no-rule"), 3)
    with Client(gate.implicit, BALANCER, greeted=False) as client:
        client.send(header(OFFICE))
        client.start_tls()
        assert client.reply().code == 220
        client.ehlo()
        assert client.transaction("friend@outside.test")[-1].code == 250


def test_header_and_starttls(gate):
    with Client(gate.offered, BALANCER, greeted=False) as client:
        client.send(proxy.binary("198.51.100.8"))
        assert client.reply().code == 220
        client.ehlo()
        client.starttls()
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550
    assert wait_until(lambda: gate.lines(client="198.51.100.8", reason="no-rule"), 3)


def test_a_listed_balancer_without_a_header_gets_no_tls_either(gate):
    with Client(gate.implicit, BALANCER, greeted=False) as client:
        client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert client.rest() == b""


@pytest.mark.parametrize("way", ["proxy-v1", "proxy-v2"])
@pytest.mark.parametrize("is_implicit", [True, False])
def test_a_header_to_a_server_goes_before_tls(certificate, way, is_implicit):
    with Server(certificate=certificate, implicit_tls=is_implicit) as server:
        server.script = {"connect": expects_header}
        words = f"{HERE}:{server.port}{'/tls' if is_implicit else ''}\n    starttls  required\n    tell-client-address  {way}"
        with Gate([words]) as gate:
            wait_until_learnt(server)
            assert deliver(gate.port, address=STRANGER).code == 250
            assert server.messages[-1].told["ADDR"] == STRANGER
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
            assert server.messages[-1].told is None


def test_xclient_goes_behind_starttls(certificate):
    with Server(certificate=certificate, extensions=(*EXTENSIONS, "XCLIENT NAME ADDR HELO")) as server:
        words = f"{HERE}:{server.port}\n    starttls  required\n    tell-client-address  xclient"
        with Gate([words]) as gate:
            wait_until_learnt(server)
            assert deliver(gate.port, address=STRANGER).code == 250
            assert server.messages[-1].told["ADDR"] == STRANGER
            verbs = [line.split(" ")[0] for line in server.commands]
            assert verbs.index("STARTTLS") < verbs.index("XCLIENT")
