"""Postfix behind the gate, told by XCLIENT or the PROXY protocol whose mail it is."""

import contextlib
import dataclasses
import pathlib
import sys

import pytest
from conftest import need_peer
from harness.client import Client
from harness.gate import gate_before
from harness.loopback import HERE, OFFICE, STRANGER, free_port, wait_until
from harness.mail import OURS, OUTSIDE, message, new_token
from harness.servers import postfix

sys.path.append(str(pathlib.Path(__file__).parents[1] / "Daemon"))
from rig.dns import NameServer, reverse, servfail  # noqa: E402

# Postfix judges for itself: the gate may relay through it, nobody else may.
GUARDED = "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination"
OPEN = "smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination"

WAYS = {
    "xclient": (f"-o smtpd_authorized_xclient_hosts={HERE}", True),
    "proxy-v1": ("-o smtpd_upstream_proxy_protocol=haproxy", True),
    "proxy-v2": ("-o smtpd_upstream_proxy_protocol=haproxy", True),
}


@contextlib.contextmanager
def postfix_told(option, changes=None):
    """Postfix with a second port that is told; the first one is for the harness. `changes` are further ones of main.cf."""
    told = free_port()

    def files(port, sink_port):
        made = postfix.files(port, sink_port)
        for old, new in {OPEN: GUARDED, **(changes or {})}.items():
            assert old in made["etc/postfix/main.cf"]
            made["etc/postfix/main.cf"] = made["etc/postfix/main.cf"].replace(old, new)
        made["etc/postfix/master.cf"] += f"{HERE}:{told} inet n - n - - smtpd\n  {option}\n"
        return made

    need_peer(postfix.SERVER)
    assert OPEN in postfix.MAIN
    with dataclasses.replace(postfix.SERVER, files=files).running() as running:
        yield running, told


@pytest.fixture(scope="module", params=WAYS)
def told(request, gate_binary):
    option, _ = WAYS[request.param]
    with postfix_told(option) as (server, port), gate_before(port, upstream=f"tell-client-address  {request.param}") as gate:
        yield request.param, server, gate


def test_a_delivery_has_the_true_client_in_its_log(told):
    _, server, gate = told
    token = new_token()
    with Client(gate.port, STRANGER, helo="stranger.test") as client:
        replies = client.transaction(f"<sender@{OUTSIDE}>", [f"<reader@{OURS}>"], message(token))
    assert replies[-1].code == 250, (replies, server.log[-3000:])
    assert wait_until(lambda: f"client=unknown[{STRANGER}]" in server.log, 10), server.log[-3000:]
    data = server.sink.wait_for(token).data
    assert f"from stranger.test (unknown [{STRANGER}])".encode() in data, data[:600]


def test_what_we_permit_to_relay_is_the_gates(told):
    """Postfix would refuse it from the office's address, which is in none of its networks."""
    _, server, gate = told
    token = new_token()
    with Client(gate.port, OFFICE) as client:
        replies = client.transaction(f"<anna@{OURS}>", [f"<friend@{OUTSIDE}>"], message(token))
    assert replies[-1].code == 250, (replies, server.log[-3000:])
    assert server.sink.wait_for(token).recipients == (f"friend@{OUTSIDE}",)
    assert f"[{OFFICE}]" not in "".join(line for line in server.log.splitlines() if "client=" in line)


def test_they_take_turns(told):
    _, server, gate = told
    for number in range(5):
        with Client(gate.port, f"127.0.3.{number + 1}") as stranger, Client(gate.port, OFFICE) as office:
            assert stranger.transaction(f"<s@{OUTSIDE}>", [f"<reader@{OURS}>"], message(new_token()))[-1].code == 250
            assert office.transaction(f"<a@{OURS}>", [f"<friend@{OUTSIDE}>"], message(new_token()))[-1].code == 250
            assert stranger.transaction(f"<s@{OUTSIDE}>", [f"<reader@{OURS}>"], message(new_token()))[-1].code == 250
        assert wait_until(lambda: server.log.count(f"client=unknown[127.0.3.{number + 1}]") == 2, 10), server.log[-3000:]


NAMED, FORGER, NAMELESS, LOST, LISTED = (f"127.0.0.{last}" for last in range(31, 36))


def by_client(port, address):
    with Client(port, address) as client:
        return client.transaction(f"<s@{OUTSIDE}>", [f"<reader@{OURS}>"], message(new_token()))[-1].code


@pytest.mark.parametrize(
    "rule, codes",
    [
        ("reject_unknown_client_hostname", {NAMED: 250, FORGER: 550, NAMELESS: 550, LOST: 450}),
        ("check_client_access,inline:{mx.named.test=REJECT}", {NAMED: 554, FORGER: 250, NAMELESS: 250}),
        (f"check_client_access,inline:{{{LISTED}=REJECT}}", {LISTED: 554, NAMED: 250}),
    ])
def test_its_own_rules_by_name_and_address_judge_the_client(gate_binary, rule, codes):
    """What they say of the gate itself does not count: it is in `mynetworks`."""
    option = (
        f"-o smtpd_authorized_xclient_hosts={HERE} -o unknown_client_reject_code=550\n"
        f"  -o smtpd_client_restrictions=permit_mynetworks,{rule}")
    with NameServer() as dns, postfix_told(option) as (server, port):
        dns.client(NAMED, "mx.named.test")
        dns.client(FORGER, "mx.named.test", back=False)
        dns.script[f"ptr {reverse(LOST)}"] = servfail
        resolver = f"{HERE}:{dns.port}"
        with gate_before(port, upstream="tell-client-address  xclient", resolver=resolver) as gate:
            assert {client: by_client(gate.port, client) for client in codes} == codes, server.log[-3000:]
            with Client(gate.port, OFFICE) as client:
                replies = client.transaction(f"<a@{OURS}>", [f"<friend@{OUTSIDE}>"], message(new_token()))
            assert replies[-1].code == 250, (replies, server.log[-3000:])


def test_a_server_that_does_not_let_itself_be_told(gate_binary):
    need_peer(postfix.SERVER)
    with postfix.SERVER.running() as server:
        for way in WAYS:
            with gate_before(server.port, upstream=f"tell-client-address  {way}") as gate, Client(gate.port, STRANGER) as client:
                replies = client.transaction(f"<s@{OUTSIDE}>", [f"<reader@{OURS}>"], message(new_token()))
                assert replies[-1].code == 451, (way, replies)
