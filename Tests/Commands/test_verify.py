import json

import pytest
from commands_support import validate


@pytest.fixture
def answer(gatepost, policy):
    return gatepost("who-can-relay", policy, "--json").out


def test_a_right_answer_agrees_and_says_on_how_many(gatepost, policy, answer):
    result = gatepost("verify", "-c", policy, "--json", "--random", "2000", stdin=answer)
    assert result.status == 0, result
    validate(result.json, "verify")
    assert result.json["agrees"] and result.json["randomRequests"] == 2000 and result.json["boundaryRequests"] > 500
    text = gatepost("verify", "-c", policy, "--random", "10", stdin=answer).out
    assert text.startswith("The answer agrees with the rules: ") and "10 at random" in text


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("192.0.2.67-192.0.2.255", "192.0.2.67-192.0.2.254"), ("192.0.2.0-192.0.2.65", "192.0.2.0-192.0.2.66"),
        ('"gone@example.com"', '"gone@example.org"'), ('["*.partner.example"]', '["*.example"]'),
        ("198.51.100.50/32", "198.51.100.50/31"), ('["app-ca.pem"]', '["other.pem"]'),
    ])
def test_a_wrong_answer_is_found_out(gatepost, policy, answer, right, wrong):
    assert right in answer
    result = gatepost("verify", "-c", policy, "--json", stdin=answer.replace(right, wrong))
    assert result.status == 1, result
    validate(result.json, "verify")
    assert result.json["disagreement"]["request"]["client"]


def test_an_answer_about_another_policy_is_found_out(gatepost, policy, tmp_path, answer):
    (tmp_path / "other.conf").write_text(policy.read_text().replace("192.0.2.66", "192.0.2.65"))
    result = gatepost("verify", "-c", "other.conf", stdin=answer)
    assert result.status == 1 and "the rules: " in result.out


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"grants":[{}],"at":"2026-11-24"}', '{"grants":[]}'])
def test_what_is_no_answer_is_status_2(gatepost, policy, text):
    result = gatepost("verify", "-c", policy, stdin=text)
    assert result.status == 2 and result.out == "" and result.err != ""


def test_a_narrowed_answer_cannot_be_checked(gatepost, policy):
    narrowed = gatepost("who-can-relay", policy, "--json", "--client", "192.0.2.1").out
    assert json.loads(narrowed)["narrowed"] is True
    assert gatepost("verify", "-c", policy, stdin=narrowed).status == 2
