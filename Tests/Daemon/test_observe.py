"""`observe`: everything passes to a server that is told whose it is, and `log --would` says what would not have."""

import json

import jsonschema
import pytest
from rig.client import Client, deliver
from rig.gate import REPOSITORY, Gate, gatepost, wait_until_learnt, write
from rig.loopback import HERE, OFFICE, STRANGER, free_port, wait_until
from rig.server import EXTENSIONS, Server
from test_shared_address import TOO_MANY, come_with_names
from test_telling import ATTRIBUTES

SCHEMA = json.loads((REPOSITORY / "docs/json/log-would.schema.json").read_text())
REFUSE = """
refuse {
    reject connection "bad net" { from 127.0.0.66 }
    reject "new" { sender new@outside.test   observe }
}
"""
RELAY = """\
    permit "office" {
        from   office
        limit  1 recipients per hour for each client
    }
"""
LIMITS = "    refused-relays  1 per 10m for each client, then no relaying 1h"
RELAYING_DENIED = "554 5.7.1 Relay access denied"


@pytest.fixture(scope="module")
def told_server():
    with Server(extensions=(*EXTENSIONS, ATTRIBUTES)) as server:
        yield server


@pytest.fixture
def server(told_server):
    told_server.clear()
    return told_server


def gate_telling(server, node="", **settings):
    return Gate([f"{HERE}:{server.port}\n    tell-client-address  xclient"], node=node, **settings)


@pytest.fixture(scope="module")
def observing_gate(told_server):
    with gate_telling(told_server, "    observe", relay=RELAY, limits=LIMITS, more=REFUSE) as gate:
        wait_until_learnt(told_server)
        yield gate


@pytest.fixture
def gate(server, observing_gate):
    """The node observes, and every kind of refusal would fit somebody."""
    yield observing_gate
    assert observing_gate.is_running, observing_gate.log[-3000:]


def envelope(gate, to, address=STRANGER, sender="x@evil.test"):
    """The reply to RCPT, of whatever is written there."""
    with Client(gate.port, address) as client:
        client.ehlo()
        client.command(f"MAIL FROM:<{sender}>")
        return client.command(f"RCPT TO:<{to}>")


def would(gate, *options):
    answer = gatepost("log", "--would", "--json", "-c", gate.file, *options)
    assert answer.returncode in (0, 1), answer
    report = json.loads(answer.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (answer.returncode == 0) == bool(report["groups"])
    return report


def groups(gate, count, *options):
    """The groups of the report, once `count` recipients are kept."""
    assert wait_until(lambda: would(gate, *options)["recipients"] >= count, 5), would(gate, *options)
    return would(gate, *options)["groups"]


@pytest.mark.parametrize(
    "to",
    [
        "reader@ours.test", "friend@outside.test", "y%victim.test@ours.test", "victim.test!y@ours.test",
        "@ours.test,@other.test:y@victim.test", "y@victim.test@ours.test", '"y@victim.test"@ours.test', ".y@ours.test",
        "y@[192.0.2.1]", "SRS0=a=b=c=d@ours.test", "postmaster",
    ])
def test_everything_reaches_the_server_as_it_was_written(gate, server, to):
    for address in (STRANGER, OFFICE, "127.0.0.66"):
        assert deliver(gate.port, to, address).code == 250
        assert server.messages[-1].recipients == [f"<{to}>"]
        assert server.messages[-1].told["ADDR"] == address


def test_the_servers_refusal_is_the_clients(gate, server):
    server.script = {"rcpt": RELAYING_DENIED}
    reply = envelope(gate, "y@victim.test")
    assert reply.code == 554 and "Relay access denied" in reply.lines[-1]
    line = gate.lines(recipient="y@victim.test", outcome="554 5.7.1")[-1]
    assert (line["verdict"], line["reason"], line["would"]) == ("permit", "observed", "reject")


def test_what_is_no_smtp_is_refused_all_the_same(gate, server):
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<x@evil.test>")
        for to in ("<a b@ours.test>", "<a@ours.test", "<a\x01@ours.test>"):
            assert client.command(f"RCPT TO:{to}").code == 501
        assert client.command("RCPT TO:<a@ours.test>").code == 250
        assert client.command("DATA").code == 354
        client.send(b"Subject: x\r\n\r\nx\n.\nMAIL FROM:<y@evil.test>\r\n.\r\n")
        assert client.reply().code == 554
    assert not server.messages


def test_neither_bans_nor_limits_refuse_anything(gate, server):
    for _ in range(3):
        assert deliver(gate.port, "friend@outside.test", "127.0.0.7").code == 250
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
    assert not gate.lines(reason="banned") and not gate.lines(reason="limit")


def test_a_shared_address_is_said_and_refuses_nothing(server):
    with gate_telling(server, "    observe") as gate:
        come_with_names(gate, OFFICE, TOO_MANY)
        alarm = gate.line(alarm="shared-address")
        assert "observe" in alarm["effect"]
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250


def test_one_listener_observes_and_the_other_guards(server):
    ports = {name: free_port() for name in ("public", "inside")}
    listeners = {"public": f"{HERE}:{ports['public']}\n    observe", "inside": f"{HERE}:{ports['inside']}"}
    with gate_telling(server, listeners=listeners) as gate:
        wait_until_learnt(server)
        assert deliver(ports["public"], "friend@outside.test").code == 250
        assert deliver(ports["inside"], "friend@outside.test").code == 550
        assert deliver(ports["inside"], "friend@outside.test", OFFICE).code == 250
        assert [message.told and message.told["ADDR"] for message in server.messages] == [STRANGER, None]
        observes = {listener["name"]: listener["observes"] for listener in gate.status()["listeners"]}
        assert observes == {"public": True, "inside": False}
        assert "OBSERVES: everything passes" in gatepost("status", "-c", gate.file).stdout


def test_the_report_says_what_would_be_lost_and_the_way_out(server):
    port = free_port()
    with gate_telling(server, listeners={"public": f"{HERE}:{port}\n    observe"}, more=REFUSE) as gate:
        gate.port = port
        wait_until_learnt(server)
        for number in range(3):
            assert deliver(port, "friend@outside.test", f"127.0.1.{number + 1}").code == 250
        assert deliver(port, "reader@ours.test").code == 250
        assert deliver(port, "reader@ours.test", "127.0.0.66").code == 250
        assert deliver(port, "friend@outside.test", OFFICE).code == 250
        server.script = {"rcpt": RELAYING_DENIED}
        assert envelope(gate, "y@victim.test").code == 554
        assert envelope(gate, "y%victim.test@ours.test").code == 554
        found = groups(gate, 8)
        gist = [(each["network"], each["would"]["reason"], each["server"], each["recipients"], each["clients"]) for each in found]
        assert gist[0] == ("127.0.1.0/24", "no-rule", "took", 3, 3)
        assert set(gist[1:]) == {
            ("127.0.0.0/24", "deny-rule", "took", 1, 1), ("127.0.0.0/24", "no-rule", "refused", 1, 1),
            ("127.0.0.0/24", "address-trick", "refused", 1, 1)}
        assert {each["observer"] for each in found} == {"listener"}
        [connection] = [each for each in found if each["would"]["reason"] == "deny-rule"]
        assert connection["would"]["rule"]["name"] == "bad net"
        assert would(gate)["same"] == 2
        # Fewer, by the filters of `log`.
        assert would(gate, "--client", "127.0.1.0/24")["recipients"] == 3
        assert would(gate, "--to", "victim.test", "--since", "1h")["recipients"] == 1
        assert would(gate, "--client", OFFICE)["groups"] == []
        text = gatepost("log", "--would", "-c", gate.file).stdout
        assert "would have been refused, and the server behind took it: 4 of 8" in text
        assert "would have been refused, and the server behind did not take it either: 2 of 8" in text
        assert "    127.0.1.0/24 (3 clients), no-rule: 3" in text and '    127.0.0.66, deny-rule "bad net" (' in text
        assert f"gatepost why {found[0]['example']} --allow -c {gate.file}" in text
        # The command that it gives shows the rules and what is missing.
        why = gatepost(*found[0]["command"][1:])
        assert why.returncode == 0, why
        assert "What would permit it:" in why.stdout and "gatepost permit --from 127.0.1." in why.stdout
        assert 'closest   "office"' in why.stdout
        # What is missing is permitted; observe is taken out; a reload, and the gate decides itself.
        permit = gatepost("permit", "-c", gate.file, "--yes", "--name", "branch", "--from", "127.0.1.0/24", "--json")
        assert permit.returncode == 0, permit
        assert json.loads(permit.stdout)["gained"], "who gains is said, though everything passes"
        gate.file.write_text(gate.file.read_text().replace("    observe\n}\n\nrelay", "}\n\nrelay"))
        reload = gate.reload()
        assert reload.returncode == 0 and f"~ listener public {HERE}:{port}" in reload.stdout, reload
        server.script = {}
        assert deliver(port, "friend@outside.test", "127.0.1.2").code == 250
        assert server.messages[-1].told is None, "what we permit tells nothing"
        assert envelope(gate, "y@victim.test").code == 550
        assert not server.said("RCPT TO:<y@victim.test>")[1:], "refused by the gate itself, and only the first was offered"


def test_a_rule_that_observes_is_in_the_report_and_told_apart(server):
    relay = '    permit "office" {\n        from  office\n    }\n    permit "trial" { from 127.0.0.5   observe }\n'
    with gate_telling(server, relay=relay, more=REFUSE) as gate:
        wait_until_learnt(server)
        assert deliver(gate.port, "reader@ours.test").code == 250
        assert envelope(gate, "reader@ours.test", sender="new@outside.test").code == 250
        assert envelope(gate, "friend@outside.test", "127.0.0.5").code == 550
        found = {each["would"]["rule"]["name"]: each for each in groups(gate, 2)}
        assert set(found) == {"new", "trial"} and {each["observer"] for each in found.values()} == {"rule"}
        assert (found["new"]["verdict"], found["new"]["would"]["verdict"]) == ("permit", "reject")
        assert (found["trial"]["verdict"], found["trial"]["would"]["verdict"]) == ("reject", "permit")
        text = gatepost("log", "--would", "-c", gate.file).stdout
        assert "passed, and would have been refused if rules with `observe` counted: 1 of 2" in text
        assert "refused, and would have passed if rules with `observe` counted: 1 of 2" in text
        assert "take `observe` out of a rule for it to count" in text
        lines = gatepost("log", "--observed", "-c", gate.file).stdout.splitlines()
        assert len(lines) == 2 and all(" observed=yes would=" in line for line in lines)


@pytest.mark.parametrize("option", [("--follow",), ("--reverse",), ("--before", "01A"), ("--after", "01A")])
def test_a_report_has_no_pages(gate, option):
    answer = gatepost("log", "--would", *option, "-c", gate.file)
    assert answer.returncode == 2 and "--observed" in answer.stderr and answer.stdout == ""


def test_nothing_observed_is_nothing_found(server):
    with gate_telling(server) as gate:
        wait_until_learnt(server)
        assert deliver(gate.port).code == 250
        assert wait_until(lambda: gatepost("log", "-c", gate.file).returncode == 0, 5)
        answer = gatepost("log", "--would", "-c", gate.file)
        assert answer.returncode == 1 and answer.stdout == "no decision is kept in which `observe` had a part, and that fits\n"


def test_run_refuses_it_before_a_server_that_is_not_told(tmp_path):
    file, _ = write(tmp_path, node="    observe")
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78, answer
    assert "tell-client-address xclient" in answer.stderr


def test_a_server_that_does_not_let_itself_be_told_gets_nothing(shared_server):
    shared_server.clear()
    with gate_telling(shared_server, "    observe") as gate:
        wait_until_learnt(shared_server)
        for to in ("reader@ours.test", "friend@outside.test"):
            for address in (STRANGER, OFFICE):
                assert deliver(gate.port, to, address).code == 451
        assert not shared_server.said("MAIL")
