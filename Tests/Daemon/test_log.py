"""The log: one line for each decision and each message, in one form, in which no client can write a field of its own."""

import json
import re

import jsonschema
import pytest
from rig.client import Client, deliver
from rig.gate import REPOSITORY, gate_before
from rig.loopback import OFFICE, STRANGER, wait_until

DECISION = re.compile(
    r'verdict=(permit|reject|defer) rule="[^"]*" reason=[a-z-]+ client=\S+ listener=\S+ login="[^"]*" helo=\S+ '
    r'sender=\S+ recipient=\S+ reply="\d{3}( \d\.\d+\.\d+)?" id=[0-9A-Z]{26} via=gateway port=\d+'
    r'( outcome="\d{3}( \d\.\d+\.\d+)?")?( observed=yes)?( would=\w+ would-rule="[^"]*")?')
MESSAGE_LINE = re.compile(
    r'message=[0-9A-Z]{26} client=\S+ listener=\S+ upstream=\S+ bytes=\d+ recipients=\d+ outcome="[^"]*"'
    r'( reply="[^"]*")? decisions=[0-9A-Z,]+')
OTHER = re.compile(r'(upstream|state|listening|connection|log)=\S+( [a-z-]+=("[^"]*"|\S+))*|\S+:\d+: warning: .*')


def test_a_refusal_and_its_line(server, gate):
    with Client(gate.port) as client:
        client.ehlo("evil.test")
        client.command("MAIL FROM:<x@evil.test>")
        reply = client.command("RCPT TO:<y@victim.test>")
    assert str(reply).startswith("550 5.7.1 Relaying denied")
    line = gate.line(recipient="y@victim.test")
    assert line["id"] == reply.id and len(reply.id) == 26
    expected = {
        "verdict": "reject", "rule": "", "reason": "no-rule", "client": STRANGER, "listener": "public", "login": "",
        "helo": "evil.test", "sender": "x@evil.test", "reply": "550 5.7.1", "via": "gateway",
    }
    assert expected.items() <= line.items()


def test_permits_are_logged_too(server, gate):
    assert deliver(gate.port, "delivered@ours.test").code == 250
    assert deliver(gate.port, "relayed@outside.test", OFFICE).code == 250
    delivered, relayed = gate.line(recipient="delivered@ours.test"), gate.line(recipient="relayed@outside.test")
    assert (delivered["verdict"], delivered["reason"], delivered["rule"]) == ("permit", "delivery", "")
    assert (relayed["verdict"], relayed["reason"], relayed["rule"]) == ("permit", "relay-rule", "office")
    assert relayed["outcome"] == "250 2.1.5"


def test_what_the_server_refused_is_its_outcome(server, gate):
    server.script = {"rcpt": "550 5.1.1 No such user"}
    assert deliver(gate.port, "nobody@ours.test").code == 550
    line = gate.line(recipient="nobody@ours.test")
    assert line["verdict"] == "permit" and line["outcome"] == "550 5.1.1"


def test_ids_of_all_replies_are_in_the_log(server, gate):
    recipients = [
        "a@outside.test", "a%outside.test@ours.test", "a@outside.test@ours.test", "<nonsense", "b@ours.test.",
    ]
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<x@evil.test>")
        replies = [client.command(f"RCPT TO:<{recipient}>") for recipient in recipients]
    assert len({reply.id for reply in replies}) == len(replies)
    for reply in replies:
        assert gate.line(id=reply.id)["verdict"] == "reject", reply


def test_ids_are_in_the_order_of_time(server, gate):
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<x@evil.test>")
        client.send(b"RCPT TO:<y@victim.test>\r\n" * 100)
        ids = [client.reply().id for _ in range(100)]
    assert len(set(ids)) == 100
    assert ids == sorted(ids)


NASTY = [
    b'x"verdict=permit',
    b'x\\"rule="office',
    b"x=verdict=permit",
    b"x;reason=relay-rule,id=1",
    b"a" * 255,
]


@pytest.mark.parametrize("name", NASTY)
def test_no_helo_name_can_forge_a_field(server, gate, name):
    with Client(gate.port) as client:
        assert client.command(b"EHLO " + name).code == 250
        client.command("MAIL FROM:<x@evil.test>")
        reply = client.command("RCPT TO:<y@victim.test>")
    assert_one_honest_line(gate, reply)


@pytest.mark.parametrize(
    "path",
    [
        b'<"x verdict=permit rule=office"@evil.test>',
        b'<"x\\" verdict=permit rule=\\"office"@evil.test>',
        b"<x=verdict=permit@evil.test>",
        b'<"x\\\\"@evil.test>',
    ],
)
def test_no_address_can_forge_a_field(server, gate, path):
    with Client(gate.port) as client:
        client.ehlo()
        assert client.command(b"MAIL FROM:" + path).code == 250
        reply = client.command(b"RCPT TO:" + path)
        assert reply.code in (501, 550), reply
    assert_one_honest_line(gate, reply)


@pytest.mark.parametrize(
    "path",
    [
        b"<x verdict=permit rule=office@ours.test>", b"x\" reason=\"delivery", b"<\x1b[31m@ours.test>",
        b"<x\x7f\x01@ours.test>", b"<\xc2\x85verdict=permit@ours.test>", b"<" + b"a" * 1_500 + b"@ours.test>",
    ],
)
def test_no_unreadable_address_can_forge_a_field(server, gate, path):
    with Client(gate.port) as client:
        client.ehlo()
        client.command("MAIL FROM:<x@evil.test>")
        reply = client.command(b"RCPT TO:" + path)
        assert reply.permanent, reply
    if reply.id:
        assert_one_honest_line(gate, reply)


def assert_one_honest_line(gate, reply):
    assert gate.line(id=reply.id)["verdict"] == "reject"
    (text,) = [line for line in gate.log.splitlines() if reply.id in line]
    assert DECISION.fullmatch(text), text
    assert len(re.findall(r"(?:^| )verdict=", text)) == 1 and len(re.findall(r" rule=", text)) == 1, text
    assert text.isascii() and text.isprintable()


def test_no_reply_of_the_server_can_forge_a_field(server, gate):
    server.script = {"final": '250 2.0.0 Ok" verdict=permit rule="office\x1b[2J\\'}
    assert deliver(gate.port, "forged@ours.test").code == 250
    decision = gate.line(recipient="forged@ours.test")
    gate.line(decisions=decision["id"])
    (text,) = [line for line in gate.log.splitlines() if line.endswith(f"decisions={decision['id']}")]
    assert MESSAGE_LINE.fullmatch(text), text
    assert text.isascii() and text.isprintable()


def test_every_line_has_one_of_the_forms(server, gate):
    """Over all that the tests before have done."""
    with Client(gate.port) as client:
        client.send(b"\n\0")
        client.rest()
    with Client(gate.port, greeted=False) as client:
        client.send(b'early" verdict=permit\r\n')
        client.rest()
    for line in gate.log.splitlines():
        assert DECISION.fullmatch(line) or MESSAGE_LINE.fullmatch(line) or OTHER.fullmatch(line), line


def test_in_json_every_line_is_an_object_of_a_schema(server):
    schemas = {
        name: jsonschema.Draft202012Validator(json.loads((REPOSITORY / f"docs/json/{name}.schema.json").read_text()))
        for name in ("decision", "log")
    }
    with gate_before(server, more="log {\n    format  json\n}") as gate:
        with Client(gate.port) as client:
            client.ehlo('x"{')
            client.command(b'MAIL FROM:<"a b"@evil.test>')
            reply = client.command("RCPT TO:<y@victim.test>")
        server.script = {"final": '250 2.0.0 Ok" queued\\'}
        assert deliver(gate.port).code == 250
        with Client(gate.port, greeted=False) as client:
            client.send(b"early\r\n")
            client.rest()
        assert gate.reload().returncode == 0
        server.stop()
        try:
            assert deliver(gate.port).temporary
        finally:
            server.start()
        gate.terminate()
        lines = [json.loads(line) for line in gate.log.splitlines()]
    for line in lines:
        schemas["decision" if "verdict" in line else "log"].validate(line)
    (record,) = [line for line in lines if line.get("id") == reply.id]
    assert record["verdict"] == "reject" and record["helo"] == 'x"{'
    (message,) = [line for line in lines if line.get("outcome", "").startswith("250 2.0.0") and "message" in line]
    assert message["outcome"] == '250 2.0.0 Ok" queued\\' and message["upstream"] == "mta"
    (decision,) = [line for line in lines if line.get("id") in message["decisions"]]
    assert decision["verdict"] == "permit" and message["recipients"] == 1
    assert message["bytes"] > 0 and message["client"] == decision["client"]
    assert [line["state"] for line in lines if "state" in line and "upstream" not in line] == [
        "running", "reloaded", "rights-compared", "stopping", "stopped"]
    (refused,) = [line for line in lines if "connection" in line]
    assert refused["connection"] == "refused" and refused["why"] and refused["listener"] == "public"
    assert any(line["state"] == "down" for line in lines if "upstream" in line and "message" not in line)
    assert [line["address"] for line in lines if "listening" in line] == [f"127.0.0.1:{gate.port}"]
    assert any("not proved" in line["warning"] or line["at"] for line in lines if "warning" in line)
