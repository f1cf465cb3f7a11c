"""`why ID --allow`: of a decision that a real client got, what would have permitted it, or what stood in its way."""

import json
import subprocess

import jsonschema
import pytest
from rig import dns as wrong
from rig.client import Client, deliver
from rig.dns import NameServer
from rig.gate import REPOSITORY, binary, gate_before, gatepost
from rig.loopback import HERE, OFFICE, STRANGER, wait_until

SCHEMAS = {
    name: jsonschema.Draft202012Validator(json.loads((REPOSITORY / f"docs/json/{name}.schema.json").read_text()))
    for name in ("decision", "allow")
}


def refused(gate, to="y@victim.test", address=STRANGER, sender="x@evil.test", patience=5):
    """A recipient that is not taken; its reply."""
    with Client(gate.port, address, patience=patience) as client:
        client.ehlo("evil.test")
        assert client.command(f"MAIL FROM:<{sender}>").code == 250
        reply = client.command(f"RCPT TO:<{to}>")
        assert not reply.positive, reply
        return reply


def id_of(gate, reply):
    """A server's refusal quotes no id of ours."""
    return reply.id or gate.line(verdict="permit")["id"]


def why(gate, reply):
    """The record and its `allow`; what people see names the same."""
    id = id_of(gate, reply)
    assert wait_until(lambda: gatepost("why", id, "-c", gate.file).returncode == 0, 5)
    answer = gatepost("why", id, "--allow", "--json", "-c", gate.file)
    assert answer.returncode == 0 and answer.stderr == "", answer
    record = json.loads(answer.stdout)
    SCHEMAS["decision"].validate(record)
    allow = record["allow"]
    text = gatepost("why", id, "--allow", "-c", gate.file).stdout
    if allow is None:
        assert text.endswith("\nToday's file permits it.\n"), text
    else:
        SCHEMAS["allow"].validate(allow)
        assert "\nWhat would permit it:\n" in text
        assert (allow["noRuleHelps"] or "") in text and all(each["what"] in text for each in allow["suggestions"])
    return record, allow


def kinds(allow):
    return [each["kind"] for each in allow["suggestions"]]


def make(suggestion):
    """Does what it says; the daemon takes it."""
    command = [binary(), *suggestion["command"][1:], "--yes"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert answer.returncode == 0, answer
    return answer.stdout


def no_rule_helps(allow, *words):
    assert allow["noRuleHelps"] and all(word in allow["noRuleHelps"] for word in words), allow
    assert [each for each in allow["suggestions"] if each["lines"]] == []


def test_a_strangers_relay_is_permitted_by_what_is_suggested_and_nobody_elses(server):
    with gate_before(server) as gate:
        record, allow = why(gate, refused(gate))
        assert record["reason"] == "no-rule" and kinds(allow) == ["add-permit", "add-to-network"]
        narrow, network = allow["suggestions"]
        assert narrow["nobodyElse"] and [grant["client"] for grant in narrow["gained"]] == [[f"{STRANGER}/32"]]
        assert not network["nobodyElse"] and any("+networks" in line for line in network["lines"])
        make(narrow)
        with Client(gate.port, STRANGER) as client:
            client.ehlo()
            assert client.transaction("y@victim.test", sender="x@evil.test")[-1].code == 250
        assert refused(gate, "z@victim.test").code == 550
        assert refused(gate, sender="other@evil.test").code == 550
        assert refused(gate, address="127.0.0.8").code == 550
        # And of the decision of before: today it would be permitted.
        assert why(gate, type("Reply", (), {"id": record["id"]}))[1] is None


def test_a_reject_that_came_first_stays_below(server):
    reject = '    reject "gone" {\n        sender  gone@ours.test\n    }\n    permit "office" {\n        from  office\n    }'
    with gate_before(server, relay=reject) as gate:
        record, allow = why(gate, refused(gate, address=OFFICE, sender="gone@ours.test"))
        assert record["reason"] == "deny-rule" and record["rule"]["name"] == "gone"
        narrow = allow["suggestions"][0]
        assert narrow["kind"] == "add-permit" and "--before" in narrow["command"]
        make(narrow)
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            assert client.transaction("y@victim.test", sender="gone@ours.test")[-1].code == 250


def test_a_sender_that_is_not_ones_own(server, tmp_path):
    (tmp_path / "users").write_text("anna - anna@ours.test\n")
    auth = f"auth {{\n    users  file:{tmp_path}/users\n}}"
    owned = '    permit "own senders" {\n        from    office\n        sender  owned-by-login\n    }'
    with gate_before(server, relay=owned, more=auth) as gate:
        record, allow = why(gate, refused(gate, address=OFFICE, sender="anna@ours.test"))
        assert record["reason"] == "sender-not-owned", record
        # Nobody can log in on this listener, so that is not offered.
        assert kinds(allow) == ["add-permit"], allow
        make(allow["suggestions"][0])
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            assert client.transaction("y@victim.test", sender="anna@ours.test")[-1].code == 250


LIMITED = '    permit "office" {\n        from   office\n        limit  1 recipients per hour for each client\n    }'


def test_a_spent_limit_is_nothing_that_another_rule_mends(server):
    with gate_before(server, relay=LIMITED) as gate:
        assert deliver(gate.port, "y@victim.test", OFFICE).code == 250
        record, allow = why(gate, refused(gate, address=OFFICE))
        assert record["reason"] == "limit"
        line = gate.file.read_text().splitlines().index('    permit "office" {') + 1
        no_rule_helps(allow, '"office"', f"gatepost.conf:{line})", "wait, or raise it")
        assert allow["suggestions"] == []
        # Without it, the file permits what was refused.
        reply = refused(gate, address=OFFICE)
        gate.write(relay='    permit "office" {\n        from  office\n    }')
        assert why(gate, reply)[1] is None


def test_an_address_trick(server):
    with gate_before(server) as gate:
        record, allow = why(gate, refused(gate, "y%victim.test@ours.test"))
        assert record["reason"] == "address-trick"
        no_rule_helps(allow, "hides another destination", "USER@DOMAIN")


def test_no_address_at_all(server):
    with gate_before(server) as gate:
        record, allow = why(gate, refused(gate, "a@b@"))
        assert record["reason"] in ("protocol-error", "address-trick")
        no_rule_helps(allow, "USER@DOMAIN")


BY_NAME = '    permit "partners" {\n        name  mx.partner.test\n    }\n    permit "office" {\n        from  office\n    }'


@pytest.mark.parametrize("what", ("servfail", "forged"))
def test_a_name_that_could_not_be_had_or_is_another(server, what):
    with NameServer() as dns:
        if what == "servfail":
            dns.script = {"*": wrong.servfail}
        else:
            dns.client(STRANGER, "mx.partner.test", back=False)
        with gate_before(server, relay=BY_NAME, node=f"    resolver  {HERE}:{dns.port}") as gate:
            reply = refused(gate, patience=15)
            record, allow = why(gate, reply)
            if what == "servfail":
                assert (record["reason"], record["nameStatus"]) == ("undecided", "temporary"), record
                no_rule_helps(allow, "no change is needed", "try again")
            else:
                assert (record["reason"], record["nameStatus"]) == ("no-rule", "forged"), record
                assert kinds(allow)[0] == "add-permit"
                make(allow["suggestions"][0])
                with Client(gate.port, STRANGER, patience=15) as client:
                    client.ehlo()
                    assert client.transaction("y@victim.test", sender="x@evil.test")[-1].code == 250


def test_a_rule_of_refuse(server):
    with gate_before(server, more=f'refuse {{\n    reject "known bad" {{\n        from  {STRANGER}\n    }}\n}}') as gate:
        record, allow = why(gate, refused(gate))
        assert record["reason"] == "deny-rule"
        no_rule_helps(allow, '"known bad"', "of `refuse` comes first")


def test_a_banned_client(server):
    limits = "    refused-relays  2 per 10m for each client, then no relaying 1h"
    with gate_before(server, limits=limits) as gate:
        for _ in range(2):
            refused(gate, address=OFFICE, to="y%victim.test@ours.test")
        record, allow = why(gate, refused(gate, address=OFFICE))
        assert record["reason"] == "banned"
        no_rule_helps(allow, "`refused-relays`", "wait")


def test_what_the_server_behind_refused(server):
    with gate_before(server) as gate:
        server.script = {"rcpt": "550 5.1.1 No such user"}
        reply = refused(gate, "nobody@ours.test")
        record, allow = why(gate, reply)
        assert record["verdict"] == "permit" and record["outcome"].startswith("550 5.1.1"), record
        no_rule_helps(allow, "the rules permit it", "behind them")


def test_a_server_that_is_away(server):
    with gate_before(server) as gate:
        server.stop()
        try:
            record, allow = why(gate, refused(gate, "reader@ours.test"))
        finally:
            server.start()
        assert record["reason"] == "upstream-down"
        no_rule_helps(allow, "the rules permit it")


def test_a_permit_needs_nothing(server):
    with gate_before(server) as gate:
        assert deliver(gate.port, "y@victim.test", OFFICE).code == 250
        assert why(gate, type("Reply", (), {"id": gate.line(verdict="permit")["id"]}))[1] is None
