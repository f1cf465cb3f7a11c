import pytest
from conftest import validate

STRANGER = ["--client", "198.51.100.7", "--sender", "<x@evil.example>"]
OUTSIDE = ["--to", "<y@victim.example>"]


@pytest.fixture
def decide(gatepost, policy):
    def run(*arguments):
        return gatepost("try", "-c", policy, *arguments)

    return run


CASES = [
    # arguments, status, verdict, reason, rule, the reply's beginning
    ([*STRANGER, *OUTSIDE], 1, "reject", "no-rule", None, "550 5.7.1 "),
    ([*STRANGER, "--to", "info@example.com"], 0, "permit", "delivery", None, "250 2.1.5"),
    ([*STRANGER, "--to", "y%victim.example@example.com"], 1, "reject", "address-trick", None, "5"),
    (["--client", "192.0.2.10", "--sender", "a@b.example", *OUTSIDE], 0, "permit", "relay-rule", "office LAN", "250 2.1.5"),
    (["--client", "192.0.2.66", "--sender", "a@b.example", *OUTSIDE], 1, "reject", "no-rule", None, "550"),
    (["--client", "::ffff:192.0.2.10", "--sender", "<>", *OUTSIDE], 0, "permit", "relay-rule", "office LAN", "250"),
    (["--client", "203.0.113.66", "--sender", "<>", "--to", "info@example.com"], 1, "reject", "deny-rule", "known bad", "5"),
    (["--client", "192.0.2.10", "--sender", "gone@example.com", *OUTSIDE], 1, "reject", "deny-rule", "suspended", "550 5.7.1 Account suspended"),
    ([*STRANGER[:2], "--sender", "a@example.com", *OUTSIDE, "--login", "anna"], 0, "permit", "relay-rule", "staff, logged in", "250"),
    ([*STRANGER, *OUTSIDE, "--name", "host.partner.example"], 0, "permit", "relay-rule", "by name", "250"),
    ([*STRANGER, *OUTSIDE, "--name", "host.partner.example", "--name-status", "forged"], 1, "reject", "no-rule", None, "550"),
    ([*STRANGER, *OUTSIDE, "--name-status", "temporary"], 1, "defer", "undecided", None, "451 4.3.0"),
    ([*STRANGER, *OUTSIDE, "--pop-login"], 0, "permit", "relay-rule", "by POP", "250"),
    ([*STRANGER, *OUTSIDE, "--pop-login", "anna"], 0, "permit", "relay-rule", "by POP", "250"),
    ([*STRANGER, *OUTSIDE, "--tls", "--certificate", "app-ca.pem"], 0, "permit", "relay-rule", "by certificate", "250"),
    (["--client", "198.51.100.50", "--sender", "<>", *OUTSIDE, "--at", "2027-03-31T23:59:59Z"], 0, "permit", "relay-rule", "until spring", "250"),
    (["--client", "198.51.100.50", "--sender", "<>", *OUTSIDE, "--at", "2027-04-01T00:00:00Z"], 1, "reject", "no-rule", None, "550"),
    ([*STRANGER, "--to", "<<y@victim.example>>"], 1, "reject", "protocol-error", None, "501 "),
    ([*STRANGER, "--to", ""], 1, "reject", "protocol-error", None, "501 "),
    (["--client", "192.0.2.10", "--sender", "<a@b@c>", *OUTSIDE], 1, "reject", "protocol-error", None, "5"),
    ([*STRANGER, "--to", "-froot@victim.example"], 1, "reject", None, None, "5"),
]


@pytest.mark.parametrize("arguments, status, verdict, reason, rule, reply", CASES)
def test_a_decision(decide, arguments, status, verdict, reason, rule, reply):
    result = decide("--json", *arguments)
    assert result.status == status, result
    record = result.json
    validate(record, "decision")
    assert record["verdict"] == verdict
    assert reason is None or record["reason"] == reason
    assert (record["rule"] or {}).get("name") == rule
    assert record["reply"].startswith(reply)
    assert record["via"] == "try" and record["clientPort"] is None


@pytest.mark.parametrize("arguments, status, verdict, reason, rule, reply", CASES)
def test_the_same_for_people(decide, arguments, status, verdict, reason, rule, reply):
    result = decide(*arguments)
    assert result.status == status, result
    assert result.out.startswith(verdict + " ")
    assert reason is None or f"\nreason    {reason}: " in result.out
    assert rule is None or f'"{rule}"' in result.out


def test_the_keys_stand_in_the_published_order(decide):
    assert list(decide("--json", *STRANGER, *OUTSIDE).json) == [
        "id", "time", "via", "listener", "client", "clientPort", "clientName", "helo", "tls", "login", "certificate",
        "reversePath", "forwardPathGiven", "forwardPath", "verdict", "reason", "rule", "reply", "observed", "trace",
        "closest",
    ]


def test_facts_are_repeated_as_they_were_understood(decide):
    record = decide(
        "--json", "--client", "198.51.100.7", "--sender", "<X@Evil.Example>", "--to", "<Y@VICTIM.example>", "--helo",
        "evil", "--tls", "TLSv1.2", "--login", "anna", "--name", "Host.Example", "--listener", "public", "--at",
        "2026-11-24T12:35:52+01:00").json
    assert record["time"].startswith("2026-11-24T11:35:52")
    assert record["reversePath"] == "X@evil.example"
    assert record["forwardPathGiven"] == "Y@VICTIM.example" and record["forwardPath"] == "Y@victim.example"
    assert (record["helo"], record["tls"], record["login"]) == ("evil", "TLSv1.2", "anna")
    assert (record["clientName"], record["listener"]) == ("host.example", "public")


def test_the_trace_ends_with_the_rule_that_decided(decide):
    record = decide("--json", "--client", "192.0.2.10", "--sender", "a@b.example", *OUTSIDE).json
    assert [step["rule"] for step in record["trace"]] == [
        "known bad", "suspended", "staff, logged in", "until spring", "office LAN"]
    assert record["trace"][-1]["stopped"] is None
    assert all(step["stopped"] and step["because"] for step in record["trace"][:-1])
    assert record["closest"] == []


def test_a_refusal_names_the_rules_that_came_closest(decide):
    result = decide(*STRANGER, *OUTSIDE)
    assert "\nclosest   " in result.out and "stopped at" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--client", "nonsense"], ["--client", "192.0.2.0/24"], ["--at", "yesterday"], ["--name-status", "maybe"],
        ["--name-status", "confirmed"], ["--helo-status", "yes"], ["--mechanism", "PLAIN"], ["--local", "here"],
        ["--name", "not a name"], ["--login", ""],
    ])
def test_a_request_that_cannot_be_read_is_status_2(decide, arguments):
    result = decide(*STRANGER, *OUTSIDE, *arguments)
    assert result.status == 2, result
    assert result.out == "" and result.err.startswith("gatepost: ")


def test_a_file_with_errors_is_status_2(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text("version 1\nrelay {\n    permt \"x\" {\n    }\n}\n")
    result = gatepost("try", "-c", "x.conf", *STRANGER, *OUTSIDE)
    assert result.status == 2 and result.out == ""
    assert "x.conf:3" in result.err


def test_ids_differ_and_sort_by_time(decide):
    ids = [decide("--json", *STRANGER, *OUTSIDE).json["id"] for _ in range(3)]
    assert ids == sorted(set(ids))


def test_nothing_in_a_request_commands_the_terminal(decide):
    result = decide(*STRANGER, *OUTSIDE, "--login", "a\x1b[2Jb", "--listener", "p\nq")
    assert "\x1b" not in result.out + result.err and "p\nq" not in result.out
