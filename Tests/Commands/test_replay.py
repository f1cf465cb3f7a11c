import json
import os
import pathlib
import shlex
import subprocess

import pytest
from commands_support import validate

LOGS = pathlib.Path(__file__).parents[2] / "Corpus" / "mail-logs"


def record(**members):
    """A decision as the log keeps it: the office sends abroad."""
    return {
        "id": "01M86X61GKBVZCJ1R56SZQ2QMD", "time": "2026-11-24T12:00:00Z", "via": "gateway", "listener": None,
        "client": "192.0.2.10", "clientPort": 40312, "clientName": None, "helo": "pc", "tls": None, "login": None,
        "certificate": None, "reversePath": "anna@example.com", "forwardPathGiven": "y@victim.example",
        "forwardPath": "y@victim.example", "verdict": "permit", "reason": "relay-rule",
        "rule": {"name": "old LAN", "at": "old.conf:9"}, "reply": "250 2.1.5 Ok", "observed": False, **members}


REFUSED = {"client": "198.51.100.7", "verdict": "reject", "reason": "no-rule", "rule": None}


@pytest.fixture
def replay(gatepost, policy):
    """What becomes of these lines: dictionaries, text or bytes."""

    def run(*lines, file="-", options=("--json",)):
        texts = [line if isinstance(line, (bytes, str)) else json.dumps(line) for line in lines]
        text = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in texts)
        result = gatepost("replay", file, "-c", policy, *options, stdin=text)
        if "--json" in options and result.status != 2:
            validate(result.json, "replay")
            for flip in result.json["flips"]:
                validate(flip["example"], "try-request")
        return result

    return run


def test_the_same_decisions_are_no_flips(replay):
    result = replay(record(), record(**REFUSED))
    assert result.status == 0
    assert result.json == {
        "requests": 2, "unread": 0, "newer": 0, "withoutClient": 0, "outsidePolicy": 0, "flips": []}
    assert replay(record(), options=()).out == "1 request, none would be decided otherwise\n"


def test_what_was_permitted_and_would_not_be_is_shown_by_client_and_rule(replay):
    stranger = record(client="198.51.100.7")
    result = replay(record(), stranger, stranger, record(client="203.0.113.66"), record(**REFUSED))
    assert result.status == 1
    assert result.json["requests"] == 5
    assert [{key: flip[key] for key in ("client", "ruleThen", "ruleNow", "reasonNow", "count")} for flip in
            result.json["flips"]] == [
        {"client": "198.51.100.7", "ruleThen": "old LAN", "ruleNow": None, "reasonNow": "no-rule", "count": 2},
        {"client": "203.0.113.66", "ruleThen": "old LAN", "ruleNow": "known bad", "reasonNow": "deny-rule", "count": 1}]
    assert {(flip["from"], flip["to"]) for flip in result.json["flips"]} == {("permit", "reject")}
    text = replay(stranger, stranger, record(), options=()).out
    assert text.startswith('would now be rejected: 2 of 3\n    client 198.51.100.7, rule "old LAN": 2   now no-rule\n')


@pytest.mark.parametrize("verdict,reason", [("reject", "no-rule"), ("defer", "undecided"), ("reject", "deny-rule")])
def test_what_was_refused_and_would_be_permitted_is_a_flip(replay, verdict, reason):
    result = replay(record(verdict=verdict, reason=reason, rule=None))
    assert result.status == 1
    flip, = result.json["flips"]
    assert (flip["from"], flip["to"], flip["reasonThen"], flip["ruleNow"]) == (verdict, "permit", reason, "office LAN")


def test_a_deferral_that_would_be_a_rejection_is_no_flip(replay):
    assert replay(record(**{**REFUSED, "verdict": "defer", "reason": "undecided"})).status == 0


@pytest.mark.parametrize("reason", ["limit", "upstream-down", "store-down", "banned", "other-server", "protocol-error"])
def test_what_no_policy_says_is_counted_apart(replay, reason):
    result = replay(record(verdict="defer", reason=reason))
    assert result.status == 0
    assert (result.json["outsidePolicy"], result.json["flips"]) == (1, [])
    assert "1 refused then for what no policy says" in replay(record(verdict="defer", reason=reason), options=()).out


def test_a_line_that_cannot_be_read_is_counted_and_shown(replay):
    lines = [record(), "{", record(client="nonsense"), b'{"client":"\xff"}', "x" * (1 << 21)]
    result = replay(*lines)
    assert result.status == 3
    assert (result.json["requests"], result.json["unread"]) == (1, 4)
    text = replay(*lines, options=()).out
    assert "4 lines could not be read" in text and "<stdin>:2: not JSON" in text


def test_a_part_that_cannot_be_read_outweighs_a_flip(replay):
    assert replay(record(client="198.51.100.7"), "{").status == 3


@pytest.mark.parametrize("change", [{"moonPhase": "full"}, {"verdict": "perhaps"}, {"reason": "moon-phase"}])
def test_a_record_from_a_newer_version_is_skipped_with_a_count(replay, change):
    result = replay(record(**change), record())
    assert result.status == 3
    assert (result.json["requests"], result.json["newer"], result.json["unread"]) == (1, 1, 0)


@pytest.mark.parametrize("text", ["", "nothing of ours\n", "Nov 24 09:00:00 mail cron[1]: job\n"])
def test_a_file_without_decisions_is_trouble_and_never_an_answer(gatepost, policy, tmp_path, text):
    (tmp_path / "x.log").write_text(text)
    result = gatepost("replay", "x.log", "-c", policy)
    assert (result.status, result.out) == (2, "")
    assert "x.log has no decision in it" in result.err


def test_trouble(gatepost, policy, tmp_path):
    assert "no such file" in gatepost("replay", "absent.log", "-c", policy).err
    assert gatepost("replay", "absent.log", "-c", policy).status == 2
    assert gatepost("replay", tmp_path, "-c", policy).status == 2
    assert gatepost("replay", "-c", policy).status == 2
    assert gatepost("replay", "-", "-c", "-").status == 2
    assert gatepost("replay", "-", "-c", "absent.conf").status == 2
    (tmp_path / "wrong.conf").write_text("version 1\nrelay {\n")
    assert gatepost("replay", "-", "-c", "wrong.conf", stdin=json.dumps(record())).status == 2
    (tmp_path / "log.sqlite").write_bytes(b"SQLite format 3\0\x10\0\n")
    assert "damaged" in gatepost("replay", "log.sqlite", "-c", policy).err


def test_what_the_gate_decides_is_decided_alike_from_its_records(gatepost, policy, replay):
    """`try` writes the record that the log has; under the same file nothing flips."""
    requests = [
        {"client": client, "sender": sender, "to": to, "helo": "h", **facts}
        for client in ("192.0.2.10", "192.0.2.66", "198.51.100.7", "203.0.113.66", "2001:db8::1")
        for sender in ("<>", "<anna@example.com>", "<gone@example.com>", '<"a b"@evil.example>', "nonsense")
        for to in ("<y@victim.example>", "info@example.com", "<y%victim.example@example.com>", "<@a.b:y@c.d>", "<x")
        for facts in ({}, {"login": "anna"}, {"name": "h.partner.example"}, {"certificate": "app-ca.pem", "tls": "T"})]
    answers = gatepost("try", "--batch", "-c", policy, stdin="\n".join(map(json.dumps, requests))).out.splitlines()
    result = replay(*answers)
    assert result.status == 0, result
    assert result.json["requests"] == len(requests)
    assert result.json["flips"] == []


@pytest.mark.parametrize("name", ["postfix", "exim", "exim-recipients"])
def test_logs_of_other_servers(gatepost, tmp_path, name):
    """The office is another address now: what it sent is rejected, and what the stranger tried goes through."""
    (tmp_path / "new.conf").write_text(
        "version 1\nlocal {\n    domains ours.test\n}\n"
        'relay {\n    permit "office" {\n        from 127.0.0.9\n    }\n}\n'
        "tests {\n    reject from 198.51.100.7 sender x@evil.test to y@victim.test\n}\n")
    result = gatepost("replay", LOGS / f"{name}.log", "-c", "new.conf", "--json")
    validate(result.json, "replay")
    flips = {(flip["client"], flip["to"], flip["reasonThen"]): flip["count"] for flip in result.json["flips"]}
    assert flips[("127.0.0.2", "reject", None)] == 2
    denial = "Relay access denied" if name == "postfix" else "relay not permitted"
    assert flips[("127.0.0.9", "permit", denial)] >= 2
    assert result.status == (3 if name == "postfix" else 1)


@pytest.mark.parametrize("change", [
    {}, {"reversePath": "it's $(touch x)@evil.example"}, {"helo": "-c;x"}, {"reversePath": "<>"},
    {"login": "no\x1b[2J"},
    {"pop": True, "client": "198.51.100.8", "tls": "TLSv1.3"}, {"toBase64": "/0B4LnRlc3Q="},
    {"certificate": ["a.pem", "b.pem"], "listener": "public"}, {"clientName": "a.example", "nameStatus": "temporary"}])
def test_the_command_that_is_shown_asks_about_the_same_request(replay, tmp_path, change):
    """A shell runs what is printed, and the answer is the flip's."""
    line = record(**{"client": "198.51.100.7", **change})
    if "login" in change or "pop" in change:
        line = {**line, "verdict": "reject", "reason": "no-rule", "rule": None}
    out = replay(line, options=()).out
    command = out.splitlines()[2].strip()
    folder = pathlib.Path(os.environ["GATEPOST"]).resolve().parent
    answer = subprocess.run(
        ["/bin/sh", "-c", command + " --json" if "--batch" not in command else command], capture_output=True,
        cwd=tmp_path, env={"PATH": f"{folder}:{os.environ['PATH']}"}, timeout=60)
    assert answer.stdout, (command, answer.stderr)
    decided = json.loads(answer.stdout)
    assert decided["client"] == line["client"] and decided["login"] == line["login"]
    assert f"now {decided['reason']}" in out
    assert decided["helo"] == line["helo"]
    assert not (tmp_path / "x").exists()
    assert "\x1b" not in out and shlex.split(command)


def test_many_groups_are_cut_for_people_and_not_for_programs(replay):
    lines = [record(client=f"198.51.100.{n}") for n in range(1, 50)]
    assert "and 29 groups more; --json has all" in replay(*lines, options=()).out
    assert len(replay(*lines).json["flips"]) == 49
