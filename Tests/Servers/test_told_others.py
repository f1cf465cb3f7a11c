"""Exim and OpenSMTPD behind the gate, told by the PROXY protocol whose mail it is."""

import dataclasses

import pytest
from conftest import need_peer
from harness.client import Client
from harness.gate import gate_before
from harness.loopback import HERE, OFFICE, STRANGER, free_port
from harness.mail import OURS, OUTSIDE, message, new_token
from harness.servers import exim, opensmtpd


def exim_files(told):
    def files(port, sink_port):
        made = exim.files(port, sink_port)
        ports = f"daemon_smtp_ports = {port}\n"
        text = made["etc/exim4/exim4.conf"]
        assert ports in text
        header = f"hosts_proxy = ${{if eq{{$received_port}}{{{told}}}{{{HERE}}}{{}}}}\n"
        return {"etc/exim4/exim4.conf": text.replace(ports, f"daemon_smtp_ports = {port} : {told}\n{header}")}

    return files


def opensmtpd_files(told):
    def files(port, sink_port):
        made = opensmtpd.files(port, sink_port)
        listen = f"listen on {HERE} port {port} hostname behind.test\n"
        assert listen in made["etc/smtpd.conf"]
        second = f"listen on {HERE} port {told} hostname behind.test proxy-v2\n"
        return {**made, "etc/smtpd.conf": made["etc/smtpd.conf"].replace(listen, listen + second)}

    return files


@pytest.fixture(scope="module", params=["exim proxy-v1", "exim proxy-v2", "opensmtpd proxy-v2"])
def told(request, gate_binary):
    """A server with a second port that expects a header; the first one is for the harness."""
    name, _, way = request.param.partition(" ")
    kind, files = {"exim": (exim, exim_files), "opensmtpd": (opensmtpd, opensmtpd_files)}[name]
    need_peer(kind.SERVER)
    port = free_port()
    with dataclasses.replace(kind.SERVER, files=files(port)).running() as server:
        with gate_before(port, upstream=f"tell-client-address  {way}") as gate:
            yield server, gate


def received_from(told, client, sender, recipient):
    """Whom the server names in its own trace line, which stands on top."""
    server, gate = told
    token = new_token()
    with Client(gate.port, client, helo="client.test") as session:
        replies = session.transaction(f"<{sender}>", [f"<{recipient}>"], message(token))
    assert replies[-1].code == 250, (replies, server.log[-3000:])
    data = server.sink.wait_for(token).data
    own = data.split(b"Received: ")[1]
    assert b"by behind.test" in own, data[:600]
    return own.decode()


def test_a_delivery_has_the_true_client_in_its_trace(told):
    assert STRANGER in received_from(told, STRANGER, f"s@{OUTSIDE}", f"reader@{OURS}")


def test_what_we_permit_to_relay_is_the_gates(told):
    own = received_from(told, OFFICE, f"anna@{OURS}", f"friend@{OUTSIDE}")
    assert HERE in own and OFFICE not in own
