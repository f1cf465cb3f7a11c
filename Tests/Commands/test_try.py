import pytest
from commands_support import validate


@pytest.fixture
def decide(gatepost, policy):
    def run(*arguments):
        return gatepost("try", "-c", policy, *arguments)

    return run


STRANGER = "--client 198.51.100.7 --sender <x@evil.example>"
OFFICE = "--client 192.0.2.10 --sender"
SPRING = "--client 198.51.100.50 --sender <> --to <y@victim.example> --at"
TO = "--to <y@victim.example>"
UNWANTED = f"{STRANGER} {TO}".split()

CASES = [
    # arguments, verdict, reason, rule, the reply's beginning
    (f"{STRANGER} {TO}", "reject", "no-rule", None, "550 5.7.1 "),
    (f"{STRANGER} --to info@example.com", "permit", "delivery", None, "250 2.1.5"),
    (f"{STRANGER} --to y%victim.example@example.com", "reject", "address-trick", None, "5"),
    (f"{OFFICE} a@b.example {TO}", "permit", "relay-rule", "office LAN", "250 2.1.5"),
    (f"--client 192.0.2.66 --sender a@b.example {TO}", "reject", "no-rule", None, "550"),
    (f"--client ::ffff:192.0.2.10 --sender <> {TO}", "permit", "relay-rule", "office LAN", "250"),
    ("--client 203.0.113.66 --sender <> --to info@example.com", "reject", "deny-rule", "known bad", "5"),
    (f"{OFFICE} gone@example.com {TO}", "reject", "deny-rule", "suspended", "550 5.7.1 Account suspended"),
    (f"--client ::1 --sender a@example.com {TO} --login anna", "permit", "relay-rule", "staff, logged in", "250"),
    (f"{STRANGER} {TO} --name host.partner.example", "permit", "relay-rule", "by name", "250"),
    (f"{STRANGER} {TO} --name host.partner.example --name-status forged", "reject", "no-rule", None, "550"),
    (f"{STRANGER} {TO} --name-status temporary", "defer", "undecided", None, "451 4.3.0"),
    (f"{STRANGER} {TO} --pop-login", "permit", "relay-rule", "by POP", "250"),
    (f"{STRANGER} {TO} --pop-login anna", "permit", "relay-rule", "by POP", "250"),
    (f"{STRANGER} {TO} --tls --certificate app-ca.pem", "permit", "relay-rule", "by certificate", "250"),
    (f"{SPRING} 2027-03-31T23:59:59Z", "permit", "relay-rule", "until spring", "250"),
    (f"{SPRING} 2027-04-01T00:00:00Z", "reject", "no-rule", None, "550"),
    (f"{STRANGER} --to <<y@victim.example>>", "reject", "protocol-error", None, "501 "),
    (f"{OFFICE} <a@b@c> {TO}", "reject", "protocol-error", None, "501 "),
    (f"{STRANGER} --to -froot@victim.example", "reject", None, None, "5"),
]


@pytest.mark.parametrize("arguments, verdict, reason, rule, reply", CASES)
def test_a_decision(decide, arguments, verdict, reason, rule, reply):
    result = decide("--json", *arguments.split())
    assert result.status == (0 if verdict == "permit" else 1), result
    record = result.json
    validate(record, "decision")
    assert record["verdict"] == verdict
    assert reason is None or record["reason"] == reason
    assert (record["rule"] or {}).get("name") == rule
    assert record["reply"].startswith(reply)
    assert record["via"] == "try" and record["clientPort"] is None


@pytest.mark.parametrize("arguments, verdict, reason, rule, reply", CASES)
def test_the_same_for_people(decide, arguments, verdict, reason, rule, reply):
    result = decide(*arguments.split())
    assert result.status == (0 if verdict == "permit" else 1), result
    assert result.out.startswith(verdict + " ")
    assert reason is None or f"\nreason    {reason}: " in result.out
    assert rule is None or f'"{rule}"' in result.out


def test_an_empty_path_is_none(decide):
    record = decide("--json", *STRANGER.split(), "--to", "").json
    assert (record["verdict"], record["reason"]) == ("reject", "protocol-error")


def test_the_keys_stand_in_the_published_order(decide):
    assert list(decide("--json", *UNWANTED).json) == [
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
    record = decide("--json", *f"{OFFICE} a@b.example {TO}".split()).json
    assert [step["rule"] for step in record["trace"]] == [
        "known bad", "suspended", "staff, logged in", "until spring", "office LAN"]
    assert record["trace"][-1]["stopped"] is None
    assert all(step["stopped"] and step["because"] for step in record["trace"][:-1])
    assert record["closest"] == []


def test_a_refusal_names_the_rules_that_came_closest(decide):
    result = decide(*UNWANTED)
    assert "\nclosest   " in result.out and "stopped at" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--client", "nonsense"], ["--client", "192.0.2.0/24"], ["--at", "yesterday"], ["--name-status", "maybe"],
        ["--name-status", "confirmed"], ["--helo-status", "yes"], ["--mechanism", "PLAIN"], ["--local", "here"],
        ["--name", "not a name"], ["--login", ""],
    ])
def test_a_request_that_cannot_be_read_is_status_2(decide, arguments):
    result = decide(*UNWANTED, *arguments)
    assert result.status == 2, result
    assert result.out == "" and result.err.startswith("gatepost: ")


def test_a_file_with_errors_is_status_2(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text("version 1\nrelay {\n    permt \"x\" {\n    }\n}\n")
    result = gatepost("try", "-c", "x.conf", *UNWANTED)
    assert result.status == 2 and result.out == ""
    assert "x.conf:3" in result.err


def test_ids_differ_and_sort_by_time(decide):
    ids = [decide("--json", *UNWANTED).json["id"] for _ in range(3)]
    assert ids == sorted(set(ids))


def test_nothing_in_a_request_commands_the_terminal(decide):
    result = decide(*UNWANTED, "--login", "a\x1b[2Jb", "--listener", "p\nq")
    assert "\x1b" not in result.out + result.err and "p\nq" not in result.out


@pytest.mark.parametrize("space", [" ", "   "])
def test_spaces_around_a_path_are_as_on_the_wire(decide, space):
    bare = decide("--json", *UNWANTED).json
    spaced = decide(
        "--json", "--client", "198.51.100.7", "--sender", space + "<x@evil.example>", "--to",
        space + "<y@victim.example>" + space).json
    for key in ["reversePath", "forwardPathGiven", "forwardPath", "verdict", "reason"]:
        assert spaced[key] == bare[key]


@pytest.mark.parametrize("path", ["< y@victim.example>", "<y@victim.example >", "\t<y@victim.example>", " ", "\u00a0<y@victim.example>"])
def test_no_other_space_is_taken(decide, path):
    assert decide("--json", *STRANGER.split(), "--to", path).json["reason"] == "protocol-error"


@pytest.fixture
def with_listeners(policy):
    policy.write_text(policy.read_text() + """
listen public {
    address  0.0.0.0:25
}
listen submission {
    address  0.0.0.0:587
    auth     required
}
""")


@pytest.mark.parametrize("more", [[], ["-i"]])
def test_an_unknown_listener_is_status_2_and_the_known_ones_are_named(with_listeners, decide, more):
    arguments = UNWANTED if not more else UNWANTED[:2] + more
    result = decide(*arguments, "--listener", "publik")
    assert result.status == 2 and result.out == "", result
    assert "publik" in result.err and "public" in result.err and "submission" in result.err
    assert decide(*arguments, "--listener", "public").status == (0 if more else 1)


def test_in_a_file_without_listeners_any_may_be_named(decide):
    assert decide(*UNWANTED, "--listener", "publik").status == 1


@pytest.mark.parametrize("reply", ["250 2.1.5"])
def test_the_reply_of_a_permit_is_its_code_alone(decide, reply):
    for arguments in (f"{STRANGER} --to info@example.com", f"{OFFICE} a@b.example {TO}"):
        assert decide("--json", *arguments.split()).json["reply"] == reply


def test_a_certificate_implies_tls(decide):
    record = decide("--json", *UNWANTED, "--certificate", "app-ca.pem").json
    assert record["rule"]["name"] == "by certificate" and record["tls"]


def test_a_certificate_alone_fits_a_rule_that_asks_for_tls_too(gatepost, policy):
    policy.write_text(policy.read_text().replace("tls     client-certificate app-ca.pem", "tls     any\n        login   any"))
    result = gatepost("try", "-c", policy, "--json", *UNWANTED, "--certificate", "other.pem", "--login", "bert")
    assert result.json["rule"]["name"] == "by certificate", result


DIGITS = "ab" * 32
COLONS = ":".join(["AB"] * 32)


@pytest.mark.parametrize("written", (DIGITS, DIGITS.upper(), COLONS, f"sha256:{DIGITS}"))
@pytest.mark.parametrize("asked", (DIGITS, COLONS))
def test_a_fingerprint_is_the_same_however_it_is_written(gatepost, policy, written, asked):
    policy.write_text(policy.read_text().replace("client-certificate app-ca.pem", f"fingerprint:{written}"))
    result = gatepost("try", "-c", policy, "--json", *UNWANTED, "--certificate", f"fingerprint:{asked}")
    assert result.status == 0 and result.json["rule"]["name"] == "by certificate", result
    assert result.json["certificate"] == f"fingerprint:{DIGITS}"


@pytest.mark.parametrize("written", ("12", "zz", DIGITS + "0", "", f"sha1:{DIGITS}"))
def test_a_fingerprint_that_is_none_is_an_error_at_its_place(gatepost, policy, written):
    policy.write_text(policy.read_text().replace("client-certificate app-ca.pem", f"fingerprint:{written}"))
    result = gatepost("check", "--policy-only", "--json", policy)
    assert result.status == 1, result
    [problem] = [problem for problem in result.json["problems"] if problem["severity"] == "error"]
    assert problem["message"] == f"`fingerprint:{written}` is no SHA-256 fingerprint" and problem["column"] == 17
