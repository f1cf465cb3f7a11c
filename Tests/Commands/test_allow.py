"""try --allow: what would have permitted a request, each proved by making the change."""

import pytest
from commands_support import validate

STRANGER = ("--client", "198.51.100.8", "--sender", "<x@evil.example>")
TO = ("--to", "<y@victim.example>")


@pytest.fixture
def allow(gatepost, policy):
    def run(*arguments):
        answer = gatepost("try", "-c", policy, "--allow", "--json", *arguments)
        validate(answer.json, "decision")
        allow = answer.json["allow"]
        if allow is not None:
            validate(allow, "allow")
        return allow

    return run


def gist(grant):
    return [grant[key] for key in ("client", "login", "pop", "name", "certificate", "sender", "to")]


def kinds(allow):
    return [suggestion["kind"] for suggestion in allow["suggestions"]]


def test_a_login_comes_first_and_needs_no_change(allow):
    found = allow("--client", "198.51.100.8", "--sender", "anna@example.com", *TO)
    first = found["suggestions"][0]
    assert (first["kind"], first["lines"], first["gained"]) == ("log-in", [], [])
    assert first["rule"]["name"] == "staff, logged in"
    assert found["noRuleHelps"] is None


def test_a_stranger_gets_changes_different_in_kind(allow):
    found = allow(*STRANGER, *TO)
    assert {"add-permit", "add-to-network"} <= set(kinds(found))
    narrow = next(s for s in found["suggestions"] if s["kind"] == "add-permit")
    assert narrow["nobodyElse"] and not narrow["dangerous"]
    assert [grant["client"] for grant in narrow["gained"]] == [["198.51.100.8/32"]]
    network = next(s for s in found["suggestions"] if s["kind"] == "add-to-network")
    assert not network["nobodyElse"]
    assert "+networks  office  192.0.2.0/24 198.51.100.8" in network["lines"]
    assert found["suggestions"].index(narrow) < found["suggestions"].index(network)


@pytest.mark.parametrize(
    "request_",
    [
        (*STRANGER, *TO),
        ("--client", "2001:db8::7", "--sender", "<>", *TO),
        ("--client", "198.51.100.8", "--sender", '<"a b\'$(x)"@evil.example>', "--to", '<"c d"@victim.example>'),
        ("--client", "198.51.100.8", "--sender", "gone@example.com", *TO),
    ])
def test_the_command_it_gives_permits_the_request_and_nobody_else(gatepost, policy, allow, request_):
    narrow = next(s for s in allow(*request_)["suggestions"] if s["kind"] == "add-permit")
    before = policy.read_text()
    written = gatepost(*narrow["command"][1:], "--yes", "--json")
    assert written.status == 0, written
    validate(written.json, "rule-change")
    assert [gist(grant) for grant in written.json["gained"]] == [gist(grant) for grant in narrow["gained"]]
    assert written.json["lost"] == []
    answer = gatepost("try", "-c", policy, "--json", *request_)
    assert (answer.status, answer.json["rule"]["name"]) == (0, narrow["rule"]["name"])
    assert all(line in policy.read_text() for line in before.splitlines())


def test_an_exception_is_offered_to_be_lifted(allow):
    found = allow("--client", "192.0.2.66", "--sender", "a@b.example", *TO)
    lift = next(s for s in found["suggestions"] if s["kind"] == "remove-exception")
    assert [grant["client"] for grant in lift["gained"]] == [["192.0.2.66/32"]] * 2
    assert "+        from    office" in lift["lines"]


def test_a_recipient_is_offered_to_a_rule_that_names_some(gatepost, tmp_path):
    file = tmp_path / "p.conf"
    file.write_text(
        'version 1\nlocal { domains example.com }\nrelay {\n    permit "p" {\n        from  192.0.2.0/24\n'
        "        to    a.example\n    }\n}\n")
    answer = gatepost("try", "-c", file, "--allow", "--json", "--client", "192.0.2.1", "--sender", "<>", *TO)
    recipient = next(s for s in answer.json["allow"]["suggestions"] if s["kind"] == "add-recipient")
    assert recipient["headline"] == "this would let 256 addresses send to y@victim.example"
    assert "+        to    a.example y@victim.example" in recipient["lines"]


@pytest.mark.parametrize(
    "request_, said",
    [
        ((*STRANGER, "--to", "y%victim.example@example.com"), "hides another destination"),
        (("--client", "203.0.113.66", "--sender", "<>", *TO), '"known bad"'),
        ((*STRANGER, "--to", "<<y@victim.example>>"), "no address"),
        ((*STRANGER, *TO, "--name-status", "temporary"), "no change is needed"),
    ])
def test_where_no_relay_rule_helps_it_says_so(allow, request_, said):
    found = allow(*request_)
    assert said in found["noRuleHelps"]
    assert not [s for s in found["suggestions"] if s["lines"]]


def test_a_permit_needs_nothing(allow):
    assert allow("--client", "192.0.2.10", "--sender", "<>", *TO) is None


def test_tests_that_rule_a_change_out_are_named(allow):
    found = allow("--client", "198.51.100.7", "--sender", "<x@evil.example>", *TO)
    narrow = next(s for s in found["suggestions"] if s["kind"] == "add-permit")
    assert len(narrow["failedTests"]) == 1 and "policy.conf:" in narrow["failedTests"][0]


def test_people_see_lines_gains_and_the_command(gatepost, policy):
    answer = gatepost("try", "-c", policy, "--allow", *STRANGER, *TO)
    assert answer.status == 1
    assert "gatepost permit --from 198.51.100.8 --sender x@evil.example" in answer.out
    assert "gains: nobody else" in answer.out and "+    permit" in answer.out


def test_it_is_about_one_request(gatepost, policy):
    assert gatepost("try", "-c", policy, "--allow", "--batch").status == 2
