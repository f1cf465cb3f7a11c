"""Names from the DNS: who has one, who lies about it, and a DNS that is slow, broken or away."""

import contextlib
import threading
import time

import pytest
from rig import dns as wrong
from rig.client import Client, Closed
from rig.dns import NameServer
from rig.gate import Gate, gatepost, wait_until_learnt
from rig.loopback import HERE, OFFICE, wait_until
from rig.server import Server

PARTNER, FORGER, NAMELESS, OTHER, LOST = (f"127.0.0.{last}" for last in (11, 12, 13, 14, 15))

RELAY = """\
    permit "office" {
        from  office
    }
    permit "partners" {
        name  mx.partner.test *.mx.partner.test
    }
"""

NAMELESS_REFUSED = """\
refuse {
    reject "nameless" {
        name  none
    }
}
"""

LIARS_REFUSED = """\
refuse {
    reject "lying HELO" {
        helo  unverified
    }
}
"""

VERIFIED_RELAY = """\
    permit "partners who say so" {
        name  mx.partner.test
        helo  verified
    }
"""


@pytest.fixture(scope="module")
def name_server():
    with NameServer() as server:
        yield server


@pytest.fixture
def dns(name_server):
    """A name server that knows the clients of these tests."""
    name_server.clear()
    name_server.client(PARTNER, "mx.partner.test")
    name_server.client(FORGER, "mx.partner.test", back=False)
    name_server.client(OTHER, "host.other.test")
    return name_server


@contextlib.contextmanager
def gate_with_names(server, dns, **settings):
    """Each test has a gate of its own: what is known of names stays for a while."""
    with Gate([server.port], **{"relay": RELAY, "node": f"    resolver  {HERE}:{dns.port}", **settings}) as gate:
        wait_until_learnt(server)
        yield gate
        assert gate.is_running, gate.log[-3000:]


def attempt(gate, address, to="victim@abroad.test", helo="client.test", patience=10):
    """The reply to one recipient."""
    with Client(gate.port, address, patience=patience) as client:
        client.ehlo(helo)
        assert client.command("MAIL FROM:<sender@outside.test>").code == 250
        return client.command(f"RCPT TO:<{to}>")


def test_a_confirmed_name_relays_and_stands_in_the_log_and_the_received_line(server, dns):
    with gate_with_names(server, dns) as gate:
        with Client(gate.port, PARTNER) as client:
            client.ehlo("anything")
            assert client.transaction("victim@abroad.test")[-1].code == 250
        line = gate.line(client=PARTNER, verdict="permit")
        assert line["rule"] == "partners" and line["name"] == "mx.partner.test"
        assert server.messages[-1].data.startswith(b"Received: from anything (mx.partner.test [127.0.0.11])\r\n")


def test_a_forged_name_a_foreign_one_and_none_do_not(server, dns):
    with gate_with_names(server, dns) as gate:
        for address in (FORGER, NAMELESS, OTHER):
            reply = attempt(gate, address)
            assert reply.code == 550, reply
            line = gate.line(client=address)
            assert line["reason"] == "no-rule" and line["rule"] == ""
            assert line.get("name") == ("host.other.test" if address == OTHER else None)
        # Whoever is permitted needs no name, and delivery neither.
        asked = len(dns.asked)
        assert attempt(gate, OFFICE).code == 250
        assert attempt(gate, "127.0.0.16", to="reader@ours.test").code == 250
        assert len(dns.asked) == asked


def test_of_several_names_the_first_that_is_confirmed_counts(server, dns):
    dns.client("127.0.0.21", "a.stale.test", "mx.partner.test", back=False)
    dns.client("127.0.0.22", "a.other.test", "mx.partner.test")
    for address in ("127.0.0.21", "127.0.0.22"):
        dns.host("mx.partner.test", address)
    with gate_with_names(server, dns) as gate:
        assert attempt(gate, "127.0.0.21").code == 250
        assert attempt(gate, "127.0.0.22").code == 550
        assert gate.line(client="127.0.0.22")["name"] == "a.other.test"


def test_a_name_below_and_an_alias(server, dns):
    dns.client("127.0.0.21", "one.mx.partner.test")
    dns.client("127.0.0.22", "mx.partner.test", back=False)
    dns.records[f"cname {wrong.reverse('127.0.0.22')}"] = ["22.0-24.0.0.127.in-addr.arpa"]
    dns.records["ptr 22.0-24.0.0.127.in-addr.arpa"] = dns.records.pop(f"ptr {wrong.reverse('127.0.0.22')}")
    dns.alias("two.mx.partner.test", "elsewhere.test")
    dns.records["ptr 22.0-24.0.0.127.in-addr.arpa"] = ["two.mx.partner.test"]
    dns.host("elsewhere.test", "127.0.0.22")
    with gate_with_names(server, dns) as gate:
        assert attempt(gate, "127.0.0.21").code == 250
        assert attempt(gate, "127.0.0.22").code == 250
        assert gate.line(client="127.0.0.22")["name"] == "two.mx.partner.test"


FAULTS = {
    "silence": wrong.silent,
    "SERVFAIL": wrong.servfail,
    "REFUSED": wrong.refused,
    "garbage": wrong.garbage,
    "an empty datagram": wrong.empty,
    "too late": wrong.slow(6),
    "a wrong id": wrong.with_wrong_id,
    "a wrong question": wrong.with_wrong_question,
    "truncated, and nothing over TCP": wrong.truncated_for_good,
    "aliases in a circle": wrong.circle,
    "a name that points to itself": wrong.compressed_circle,
}


@pytest.fixture(scope="module")
def gate_of_faults(shared_server, name_server):
    with gate_with_names(shared_server, name_server, more=NAMELESS_REFUSED) as gate:
        yield gate


@pytest.mark.parametrize("where", ["ptr", "a"])
@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_of_the_dns_defers_and_permits_nothing(server, gate_of_faults, dns, what, where):
    address = f"127.0.{1 + list(FAULTS).index(what)}.{1 if where == 'ptr' else 2}"
    dns.client(address, f"{address}.mx.partner.test")
    question = f"ptr {wrong.reverse(address)}" if where == "ptr" else f"a {address}.mx.partner.test"
    dns.script[question] = FAULTS[what]
    began = time.monotonic()
    reply = attempt(gate_of_faults, address)
    assert time.monotonic() - began < 6
    assert reply.code == 451 and reply.lines[0].startswith("4.3.0 "), reply
    assert gate_of_faults.line(client=address)["reason"] == "undecided"
    # Local mail meets a rule that asks for the name too.
    assert attempt(gate_of_faults, address, to="reader@ours.test").code == 451
    assert server.messages == []


def test_a_truncated_answer_comes_whole_over_tcp(server, dns):
    dns.script["a mx.partner.test"] = wrong.truncated
    with gate_with_names(server, dns) as gate:
        assert attempt(gate, PARTNER).code == 250
    assert "a mx.partner.test tcp" in dns.asked


def test_what_no_name_can_change_is_decided_without_the_dns(server, dns):
    dns.script["*"] = wrong.silent
    refuse = "refuse {\n    reject \"bad\" {\n        sender  *@bad.test\n    }\n}\n"
    with gate_with_names(server, dns, more=refuse) as gate, Client(gate.port, PARTNER) as client:
        client.ehlo()
        client.command("MAIL FROM:<x@bad.test>")
        assert client.command("RCPT TO:<victim@abroad.test>").code == 550
        client.command("RSET")
        client.command("MAIL FROM:<x@good.test>")
        assert client.command("RCPT TO:<victim%abroad.test@ours.test>").code == 550
        assert client.command("RCPT TO:<reader@ours.test>").code == 250
        assert dns.asked == []


def test_nobody_asks_where_no_rule_has_a_name(server, dns):
    with gate_with_names(server, dns, relay=RELAY[: RELAY.index('    permit "partners"')]) as gate:
        for address in (PARTNER, FORGER, OFFICE):
            attempt(gate, address)
            attempt(gate, address, to="reader@ours.test")
        assert dns.asked == []


def test_what_is_known_is_not_asked_again(server, dns):
    with gate_with_names(server, dns) as gate:
        for _ in range(3):
            for address in (PARTNER, FORGER, NAMELESS):
                attempt(gate, address)
        assert sorted(dns.asked) == sorted(
            [f"ptr {wrong.reverse(address)}" for address in (PARTNER, FORGER, NAMELESS)] + ["a mx.partner.test"] * 2)


def test_an_answer_is_forgotten_when_its_time_is_over(server, dns):
    dns.ttl = 1
    try:
        with gate_with_names(server, dns) as gate:
            assert attempt(gate, PARTNER).code == 250
            dns.records["a mx.partner.test"] = ["127.0.0.99"]
            assert attempt(gate, PARTNER).code == 250
            # The least time that anything is kept is five seconds.
            time.sleep(5.5)
            assert attempt(gate, PARTNER).code == 550
    finally:
        dns.ttl = 300


def test_name_none_refuses_whoever_has_none_or_a_forged_one(server, dns):
    with gate_with_names(server, dns, more=NAMELESS_REFUSED) as gate:
        assert attempt(gate, OTHER, to="reader@ours.test").code == 250
        for address in (NAMELESS, FORGER):
            reply = attempt(gate, address, to="reader@ours.test")
            assert reply.code == 550, reply
            assert gate.line(client=address)["rule"] == "nameless"
            # Only rules made of `from` keep anybody from the postmaster.
            assert attempt(gate, address, to="postmaster@ours.test").code == 250


HELO = [
    ("says.test", PARTNER, 250), ("says.test", OTHER, 550), ("nosuch.test", OTHER, 550), ("[127.0.0.14]", OTHER, 250),
    ("[127.0.0.15]", OTHER, 550), ("under_score", OTHER, 550), ("lost.test", OTHER, 451),
]


@pytest.mark.parametrize("helo,address,code", HELO)
def test_helo_unverified_refuses_a_name_that_does_not_lead_back(server, dns, helo, address, code):
    dns.host("says.test", PARTNER)
    dns.script["a lost.test"] = wrong.servfail
    with gate_with_names(server, dns, more=LIARS_REFUSED, relay="") as gate:
        assert attempt(gate, address, to="reader@ours.test", helo=helo).code == code
        assert not any(question.startswith("ptr") for question in dns.asked)
        if helo[0] == "[" or "_" in helo:
            assert dns.asked == []


def test_helo_verified_and_a_name_in_one_rule(server, dns):
    dns.host("says.test", PARTNER)
    with gate_with_names(server, dns, relay=VERIFIED_RELAY) as gate:
        with Client(gate.port, PARTNER) as client:
            # Each HELO is a new question.
            for helo, code in (("lies.test", 550), ("says.test", 250), ("[127.0.0.99]", 550)):
                client.ehlo(helo)
                client.command("MAIL FROM:<sender@outside.test>")
                assert client.command("RCPT TO:<victim@abroad.test>").code == code


def test_a_connection_is_refused_by_name_before_the_greeting(server, dns):
    refuse = "refuse {\n    reject connection \"nameless\" {\n        name  none\n    }\n}\n"
    dns.script[f"ptr {wrong.reverse(LOST)}"] = wrong.servfail
    dns.script[f"ptr {wrong.reverse(PARTNER)}"] = wrong.slow(0.5)
    with gate_with_names(server, dns, more=refuse, relay="") as gate:
        for address, code in ((OTHER, 220), (PARTNER, 220), (NAMELESS, 554), (FORGER, 554), (LOST, 421)):
            with Client(gate.port, address, greeted=False) as client:
                assert client.reply().code == code, address
        # Who talks while nothing was said yet is a robot.
        dns.script[f"ptr {wrong.reverse('127.0.0.31')}"] = wrong.slow(1)
        with Client(gate.port, "127.0.0.31", greeted=False) as client:
            client.send(b"EHLO robot\r\n")
            assert client.reply().code == 554
        # Who goes meanwhile takes nobody along.
        dns.script[f"ptr {wrong.reverse('127.0.0.32')}"] = wrong.slow(0.3)
        with Client(gate.port, "127.0.0.32", greeted=False) as client:
            time.sleep(0.1)
            client.abort()
        time.sleep(0.5)
        assert attempt(gate, OTHER, to="reader@ours.test").code == 250


def test_a_client_that_goes_while_the_dns_is_asked(server, dns):
    dns.script["*"] = wrong.slow(0.3)
    with gate_with_names(server, dns) as gate:
        for way in ("abort", "half_close"):
            with Client(gate.port, PARTNER) as client:
                client.ehlo()
                client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<victim@abroad.test>\r\n")
                time.sleep(0.1)
                getattr(client, way)()
                if way == "half_close":
                    assert b"250 2.1.5" in client.rest()
        time.sleep(0.5)
        assert gate.is_running and attempt(gate, PARTNER).code == 250


def test_a_dead_resolver_stops_no_mail_that_needs_no_name(server, dns):
    with NameServer() as dead:
        pass
    with gate_with_names(server, dead) as gate:
        assert attempt(gate, PARTNER).code == 451
        with Client(gate.port, PARTNER) as client:
            client.ehlo()
            assert client.transaction("reader@ours.test")[-1].code == 250
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            assert client.transaction("victim@abroad.test")[-1].code == 250


def test_a_hundred_sessions_that_wait_keep_no_other_waiting(server, dns):
    waiting = [f"127.0.50.{last}" for last in range(1, 101)]
    for address in waiting:
        dns.script[f"ptr {wrong.reverse(address)}"] = wrong.silent
    with gate_with_names(server, dns) as gate:
        replies = {}

        def ask(address):
            with contextlib.suppress(Closed, OSError):
                replies[address] = attempt(gate, address).code

        threads = [threading.Thread(target=ask, args=(address,)) for address in waiting]
        for thread in threads:
            thread.start()
        assert wait_until(lambda: len(dns.asked) >= 100, 3)
        began = time.monotonic()
        for _ in range(20):
            assert attempt(gate, OFFICE).code == 250
            assert attempt(gate, "127.0.0.30", to="reader@ours.test").code == 250
        assert attempt(gate, PARTNER).code == 250
        took = time.monotonic() - began
        assert not replies, "none of them has waited long enough"
        for thread in threads:
            thread.join(10)
        assert took < 2.5, took
        assert gate.line(resolver="failing")
        dns.script.clear()
        assert attempt(gate, "127.0.0.33").code == 550
        assert gate.line(resolver="working")
        assert sorted(replies) == sorted(waiting) and set(replies.values()) == {451}


def test_one_question_for_many_sessions_of_one_client(server, dns):
    dns.script[f"ptr {wrong.reverse(PARTNER)}"] = wrong.slow(0.5)
    with gate_with_names(server, dns) as gate:
        codes = []
        threads = [threading.Thread(target=lambda: codes.append(attempt(gate, PARTNER).code)) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert codes == [250] * 30
        assert len(dns.asked) == 2, dns.asked


def test_a_reload_asks_another_resolver(server, dns):
    with NameServer() as other, gate_with_names(server, dns) as gate:
        assert attempt(gate, PARTNER).code == 250
        gate.write(node=f"    resolver  {HERE}:{other.port}")
        assert gate.reload().returncode == 0
        assert attempt(gate, PARTNER).code == 550
        assert other.asked == [f"ptr {wrong.reverse(PARTNER)}"]


def test_two_routes_go_by_the_name(server, dns):
    with Server() as smarthost:
        more = f"upstream smarthost {{\n    server  {HERE}:{smarthost.port}\n}}\nroute  clients  smarthost\n"
        with gate_with_names(server, dns, more=more) as gate:
            for address, count in ((PARTNER, 1), (OTHER, 1)):
                with Client(gate.port, address) as client:
                    client.ehlo()
                    assert client.transaction("reader@ours.test")[-1].code == 250
                assert len(smarthost.messages) == count
            assert len(server.messages) == 1


def test_check_has_nothing_to_say_against_names(tmp_path, dns):
    gate = Gate([9], relay=RELAY, node=f"    resolver  {HERE}:{dns.port} [::1]:53 192.0.2.53", more=NAMELESS_REFUSED)
    answer = gatepost("check", "-c", gate.file)
    assert answer.returncode == 0, answer
    assert "cannot carry out" not in answer.stdout + answer.stderr
