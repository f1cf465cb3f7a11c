import json
import pathlib

import pytest
from commands_support import validate

LOGS = pathlib.Path(__file__).parents[2] / "Corpus" / "mail-logs"

CONF = """\
version 1

local {
    domains  example.com
}

relay {
    permit "inside" {
        from   10.0.0.0/8
        limit  9 recipients per hour for each client
    }
    permit "old partner" {
        from  198.51.100.0/24
    }
}

tests {
    permit  from 198.51.100.9  sender a@partner.example  to y@victim.example  by "old partner"
    permit  from 10.0.0.1      sender anna@example.com   to y@victim.example  by "inside"
}
"""


def record(**members):
    return {
        "id": "01M86X61GKBVZCJ1R56SZQ2QMD", "time": "2026-11-24T12:00:00Z", "via": "gateway", "listener": None,
        "client": "10.0.0.1", "clientPort": 40312, "clientName": None, "helo": "pc", "tls": None, "login": None,
        "certificate": None, "reversePath": "anna@example.com", "forwardPathGiven": "y@victim.example",
        "forwardPath": "y@victim.example", "verdict": "permit", "reason": "relay-rule",
        "rule": {"name": "inside", "at": "old.conf:9"}, "reply": "250 2.1.5 Ok", "observed": False, **members}


RECORDS = [record(client=f"10.0.0.{n}", reversePath=f"{name}@example.com")
           for n in range(1, 15) for name in ("anna", "bert", "carl")]


@pytest.fixture
def tighten(gatepost, tmp_path):
    (tmp_path / "gatepost.conf").write_text(CONF)

    def run(*records, options=("--json",), files=("-",)):
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in records)
        result = gatepost("tighten", *files, *options, stdin=text)
        if "--json" in options and result.status != 2:
            validate(result.json, "tighten")
            validate(result.json["difference"], "diff")
        return result

    return run


def test_what_was_used_is_proposed_with_its_proof(tighten):
    result = tighten(*RECORDS)
    assert result.status == 1, result
    answer = result.json
    assert (answer["observed"], answer["stillPermitted"]) == (42, 42)
    assert answer["difference"]["gained"] == [] and answer["difference"]["lost"] != []
    assert answer["addresses"] == {
        "before": {"ipv4": str(2**24 + 256), "ipv6": "0"}, "after": {"ipv4": "14", "ipv6": "0"}}
    inside, partner = answer["rules"]
    assert {key: inside[key] for key in ("outcome", "requests", "addresses", "senders", "recipientDomains")} == {
        "outcome": "narrower", "requests": 42, "addresses": 14, "senders": 3, "recipientDomains": 1}
    assert inside["lines"] == [
        'permit "inside" {', "    from    10.0.0.1-10.0.0.14",
        "    sender  anna@example.com bert@example.com carl@example.com", "    to      y@victim.example",
        "    limit   9 recipients per hour for each client", "}"]
    assert (partner["outcome"], partner["lines"]) == ("delete", None)
    assert [test["at"] for test in answer["failingTests"]] == ["gatepost.conf:18"]


def test_people_read_rule_numbers_and_proof(tighten):
    out = tighten(*RECORDS, options=()).out
    assert ('"inside" (gatepost.conf:8): 10.0.0.0/8 is permitted; 14 addresses relayed, as 3 senders, to 1 domain: '
            "42 recipients\n    permit \"inside\" {\n") in out
    assert '"old partner" (gatepost.conf:12): not used; delete it\n' in out
    assert "42 of 42 observed relayings stay permitted, 2026-11-24 to 2026-11-24\nrights gained: none;" in out
    assert "addresses that may relay without further proof: 16,777,472 IPv4 → 14 IPv4\n" in out
    assert "gatepost.conf:18: this test fails" in out


def test_carried_out_it_loses_only_rights_and_flips_nothing(gatepost, tighten, tmp_path):
    """The proposed lines, put into a file by hand, judged by the other commands."""
    inside, _ = tighten(*RECORDS).json["rules"]
    new = CONF[:CONF.index("    permit")] + "\n".join("    " + line for line in inside["lines"]) + "\n}\n"
    (tmp_path / "new.conf").write_text(new)
    difference = gatepost("diff", "gatepost.conf", "new.conf", "--json").json
    assert difference["gained"] == [] and difference["lost"] != []
    replayed = gatepost("replay", "-", "-c", "new.conf", "--json", stdin="\n".join(map(json.dumps, RECORDS)))
    assert (replayed.status, replayed.json["requests"]) == (0, 42)
    # What is tight already has nothing to tighten.
    again = gatepost("tighten", "-", "-c", "new.conf", stdin="\n".join(map(json.dumps, RECORDS)))
    assert again.status == 0 and "nothing to tighten, by 42 observed relayings" in again.out


def test_without_use_nothing_is_proposed(tighten):
    refused = record(client="203.0.113.9", verdict="reject", reason="no-rule", rule=None)
    assert tighten(refused).status == 0
    assert tighten(refused).json["rules"] == []
    assert "nothing to go by" in tighten(refused, options=()).out


def test_since_leaves_out_what_is_older(tighten):
    old = record(time="2020-01-01T00:00:00Z", client="10.9.9.9")
    recent = tighten(old, record(), options=("--json", "--since", "2026-01-01")).json
    assert (recent["observed"], recent["tooOld"], recent["from"]) == (1, 1, "2026-11-24T12:00:00Z")
    assert tighten(old, record()).json["observed"] == 2
    assert tighten(old, options=("--json", "--since", "90d")).json["tooOld"] == 1


def test_an_unread_part_outweighs_proposals(tighten):
    result = tighten(record(), "{")
    assert result.status == 3 and result.json["unread"] == 1 and result.json["rules"] != []
    assert "1 line could not be read" in tighten(record(), "{", options=()).out
    assert tighten(record(), record(moonPhase="full")).status == 3


def test_several_files_are_one_evidence(tighten, tmp_path):
    (tmp_path / "a.log").write_text(json.dumps(record()) + "\n")
    (tmp_path / "b.log").write_text(json.dumps(record(client="10.0.0.2")) + "\n")
    assert tighten(files=("a.log", "b.log")).json["rules"][0]["addresses"] == 2


def test_the_configuration_may_come_from_standard_input(gatepost, tmp_path):
    (tmp_path / "a.log").write_text(json.dumps(record()) + "\n")
    assert gatepost("tighten", "a.log", "-c", "-", stdin=CONF).status == 1


def test_trouble(tighten, gatepost, tmp_path):
    for arguments in [
            [], ["absent.log"], ["-", "-"], ["-", "-c", "-"], ["-", "-c", "absent.conf"], ["-", "--since", "soon"]]:
        result = gatepost("tighten", *arguments, stdin=json.dumps(record()))
        assert (tighten().status, result.status, result.out) == (2, 2, ""), arguments
    (tmp_path / "empty.log").write_text("nothing of ours\n")
    assert "empty.log has no decision in it" in tighten(files=("empty.log",)).err


@pytest.mark.parametrize("name", ["postfix", "exim"])
def test_logs_of_other_servers(gatepost, tmp_path, name):
    (tmp_path / "new.conf").write_text(
        'version 1\nlocal {\n    domains ours.test\n}\nrelay {\n    permit "loopback" {\n        from 127.0.0.0/8\n    }\n}\n')
    result = gatepost("tighten", LOGS / f"{name}.log", "-c", "new.conf", "--json")
    validate(result.json, "tighten")
    rule, = result.json["rules"]
    assert rule["outcome"] == "narrower" and result.json["observed"] == result.json["stillPermitted"] > 0
    assert int(result.json["addresses"]["after"]["ipv4"]) == rule["addresses"]
    assert result.status == (3 if name == "postfix" else 1)
