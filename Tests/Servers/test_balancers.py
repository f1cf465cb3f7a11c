"""Real balancers in front of the gate, which is told whose connection it is."""

import time

import pytest
from conftest import need
from harness import balancers
from harness.client import Client
from harness.gate import gate_before
from harness.loopback import HERE, OFFICE, STRANGER, free_port
from harness.mail import OURS, OUTSIDE, message, new_token
from harness.sink import Sink

SENDER = f"<anna@{OUTSIDE}>"
VICTIM = f"<victim@{OUTSIDE}>"
NGINX = "127.0.0.1"


@pytest.fixture(scope="module")
def end():
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def balanced_gate(end, gate_binary):
    """It permits the balancers' addresses too: what counts is whom they speak for."""
    office = f"{OFFICE} {balancers.ADDRESS} {NGINX}"
    lines = f"proxy-protocol  from {balancers.ADDRESS} {NGINX}"
    direct = free_port()
    more = f"listen direct {{\n    address  {HERE}:{direct}\n}}"
    with gate_before(end.port, listener=lines, office=office, more=more, greets_on=direct) as gate:
        yield gate


WAYS = {
    "send-proxy": "send-proxy",
    "send-proxy-v2": "send-proxy-v2",
    "send-proxy-v2 with a checksum": "send-proxy-v2 proxy-v2-options crc32c,unique-id",
}


@pytest.fixture(params=[*WAYS, "nginx"])
def front(balanced_gate, request):
    if request.param == "nginx":
        need(balancers.program("nginx") and balancers.nginx_mail_module(), "nginx (run Benchmarks/gateway/setup.sh)")
        with balancers.nginx(balanced_gate.port) as port:
            yield port
    else:
        need(balancers.program("haproxy"), "haproxy (run Benchmarks/gateway/setup.sh)")
        with balancers.haproxy(balanced_gate.port, WAYS[request.param]) as port:
            yield port


def test_a_stranger_delivers_and_does_not_relay(balanced_gate, end, front):
    token = new_token()
    with Client(front, STRANGER) as client:
        replies = client.transaction(SENDER, [f"<reader@{OURS}>"], message(token))
        assert replies[-1].code == 250, replies
    assert f"({'unknown'} [{STRANGER}])".encode() in end.wait_for(token).data
    with Client(front, STRANGER) as client:
        assert client.transaction(SENDER, [VICTIM], message(new_token()))[-1].code == 550


def test_the_office_relays(balanced_gate, end, front):
    token = new_token()
    with Client(front, OFFICE) as client:
        replies = client.transaction(SENDER, [VICTIM], message(token))
        assert replies[-1].code == 250, replies
    assert end.wait_for(token).recipients == (f"victim@{OUTSIDE}",)


@pytest.mark.parametrize("check", ["", "option smtpchk EHLO balancer.test"])
def test_health_checks_pass_and_are_no_news(balanced_gate, check):
    need(balancers.program("haproxy"), "haproxy (run Benchmarks/gateway/setup.sh)")
    how = "send-proxy-v2 check check-send-proxy inter 100" if check else "send-proxy-v2 check inter 100"
    before = settled_log(balanced_gate)
    with balancers.haproxy(balanced_gate.port, how, check) as front:
        time.sleep(1)
        with Client(front, STRANGER) as client:
            assert client.noop()[0] == 250, "the gate is up for the balancer"
    assert settled_log(balanced_gate) == before


def settled_log(gate):
    """The log once no line is on its way any more: lines of a message are written behind its reply."""
    before, now = None, gate.log
    while now != before:
        time.sleep(0.5)
        before, now = now, gate.log
    return now

