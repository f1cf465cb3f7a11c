import json

import pytest
from commands_support import validate

GREETING = "220 "


@pytest.fixture
def talk(gatepost, policy):
    def run(*lines, client="198.51.100.7", arguments=()):
        text = "".join(line + "\n" for line in lines)
        return gatepost("try", "-i", "-c", policy, "--client", client, *arguments, stdin=text)

    return run


def codes(result):
    """The code of each reply, its last line."""
    return [line[:3] for line in result.out.splitlines() if line[3:4] == " "]


def test_a_stranger_is_refused_and_told_why(talk):
    result = talk("EHLO evil", "MAIL FROM:<x@evil.example>", "RCPT TO:<y@victim.example>", "DATA", "QUIT")
    assert result.status == 0, result
    assert codes(result) == ["220", "250", "250", "550", "503", "221"]
    assert "    # reject " in result.err and "    # closest " in result.err


def test_mail_goes_nowhere(talk):
    result = talk(
        "EHLO host", "MAIL FROM:<a@b.example>", "RCPT TO:<y@victim.example>", "RCPT TO:<info@example.com>", "DATA",
        "Subject: x", "", "..", "hello", ".", "QUIT", client="192.0.2.10")
    assert codes(result) == ["220", "250", "250", "250", "250", "354", "250", "221"], result
    assert "nothing was sent" in result.out
    assert '"office LAN"' in result.err


def test_a_path_that_is_none_is_explained_too(talk):
    result = talk("HELO host", "MAIL FROM:<>", "RCPT TO:<<y>>", "QUIT")
    assert codes(result) == ["220", "250", "250", "501", "221"], result
    assert "protocol-error" in result.err


def test_commands_out_of_order_and_unknown_ones(talk):
    result = talk("RCPT TO:<y@victim.example>", "MAIL FROM:<>", "NONSENSE", "NOOP", "STARTTLS", "RSET", "QUIT")
    assert codes(result) == ["220", "503", "503", "500", "250", "502", "250", "221"], result


def test_the_dialogue_ends_with_the_input(talk):
    result = talk("EHLO host")
    assert result.status == 0 and codes(result) == ["220", "250"]


@pytest.mark.parametrize("line, code", [("NOOP " + "x" * 5000, "500"), ("NO\rOP", "500"), ("NO\0OP", "500")])
def test_a_line_that_is_none_is_refused(talk, line, code):
    result = talk(line)
    assert result.status == 0 and codes(result)[1] == code, result


def test_facts_come_from_the_flags(talk):
    result = talk(
        "EHLO host", "MAIL FROM:<a@example.com>", "RCPT TO:<y@victim.example>", "QUIT",
        arguments=["--login", "anna", "--at", "2026-11-24T12:00:00Z"])
    assert codes(result)[3] == "250"
    assert "24 Nov 2026 12:00:00 +0000" in result.err


def test_in_json_there_is_one_decision_for_each_recipient_line(talk):
    result = talk(
        "EHLO evil", "MAIL FROM:<x@evil.example>", "RCPT TO:<y@victim.example>", "RCPT TO:<<y>", "NOOP",
        "RCPT TO:<info@example.com>", "QUIT", arguments=["--json"])
    assert result.status == 0, result
    decisions = [json.loads(line) for line in result.out.splitlines()]
    for decision in decisions:
        validate(decision, "decision")
    assert [decision["reason"] for decision in decisions] == ["no-rule", "protocol-error", "delivery"]
    # What the client is told is talk then.
    assert "220 " in result.err and "550 5.7.1 Relaying denied" in result.err and "221 " in result.err


def test_a_connection_refused_is_a_decision_in_json_too(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text(
        'version 1\nrefuse {\n    reject connection "bad" {\n        from  198.51.100.7\n    }\n}\n')
    result = gatepost("try", "-i", "--json", "-c", "x.conf", "--client", "198.51.100.7")
    assert result.status == 0 and result.json["rule"]["name"] == "bad", result
    validate(result.json, "decision")
    assert "554 " in result.err
