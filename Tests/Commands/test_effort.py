"""Rules that overlap so much that their classes multiply: every command ends, and none takes that for a no."""

import random

import pytest
from commands_support import validate


def overlapping(rules, networks, domains, *, closed=False):
    numbers = random.Random(1)

    def network():
        length = numbers.randint(8, 28)
        value = numbers.getrandbits(32) >> (32 - length) << (32 - length)
        return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}"

    def some(make):
        return " ".join(sorted({make() for _ in range(networks)}))

    lines = ["version 1", "local { domains ours.example }", "relay {"]
    for number in range(rules):
        lines += [
            f'  permit "r{number}" {{',
            f"    from {some(network)}",
            f"    to {some(lambda: f'd{numbers.randrange(domains)}.example')}",
            f"    sender {some(lambda: f's{numbers.randrange(domains)}.example')}",
            "    login any" if closed else "",
            "  }",
        ]
    return "\n".join(lines + ["}"]) + "\n"


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Enough to spend a small effort."""
    path = tmp_path_factory.mktemp("few") / "gatepost.conf"
    path.write_text(overlapping(20, 20, 30))
    return path


def test_who_can_relay_says_that_it_cannot_tell(gatepost, few):
    result = gatepost("who-can-relay", few, "--json", "--effort", "2000")
    assert result.status == 3
    validate(result.json, "who-can-relay")
    assert result.json["complete"] is False and result.json["grants"] is None
    assert result.json["strangersCanRelay"] == "cannot-tell"
    assert "--effort 20000" in result.err and "--client" in result.err


def test_the_rule_is_named_where_it_is_known(gatepost, few):
    for effort in range(20_000, 200_000, 10_000):
        result = gatepost("who-can-relay", few, "--json", "--effort", str(effort))
        if result.json["effortSpentOn"] or result.json["complete"]:
            break
    assert result.status == 3
    spent = result.json["effortSpentOn"]
    assert f'"{spent["name"]}" ({spent["at"]}) overlaps so much with {spent["rulesBefore"]} rules before it' in result.err


@pytest.mark.parametrize("flags", [[], ["--format", "csv"], ["--worst"], ["--worst", "--json"]])
def test_no_form_of_the_answer_reads_as_nobody(gatepost, few, flags):
    result = gatepost("who-can-relay", few, *flags, "--effort", "2000")
    assert result.status == 3 and "Nobody" not in result.out
    if "--json" in flags:
        validate(result.json, "worst")
        assert result.json["worst"] is None and result.json["complete"] is False
    if "csv" in flags:
        assert result.out == ""


def test_a_larger_effort_answers(gatepost, few):
    result = gatepost("who-can-relay", few, "--json")
    assert result.status in (0, 1) and result.json["complete"] is True
    validate(result.json, "who-can-relay")
    assert result.json["effortSpentOn"] is None


def test_verify_does_not_take_an_incomplete_answer(gatepost, few):
    answer = gatepost("who-can-relay", few, "--json", "--effort", "2000").out
    result = gatepost("verify", "-c", few, stdin=answer)
    assert result.status == 2 and "not complete" in result.err


def test_diff_cannot_tell(gatepost, few, tmp_path):
    other = tmp_path / "other.conf"
    other.write_text("version 1\nrelay { }\n")
    result = gatepost("diff", other, few, "--json", "--effort", "2000")
    assert result.status == 3 and result.json["gained"] is None and result.json["complete"] is False
    validate(result.json, "diff")
    text = gatepost("diff", other, few, "--effort", "2000")
    assert text.status == 3 and "same rights" not in text.out and "--effort 20000" in text.err


def test_diff_names_the_rule_and_its_file(gatepost, few, tmp_path):
    other = tmp_path / "other.conf"
    other.write_text("version 1\nrelay { }\n")
    for old, new in ((other, few), (few, other)):
        for effort in range(20_000, 400_000, 10_000):
            result = gatepost("diff", old, new, "--json", "--effort", str(effort))
            if result.json["effortSpentOn"] or result.json["complete"]:
                break
        validate(result.json, "diff")
        assert result.status == 3, result
        spent = result.json["effortSpentOn"]
        assert spent["at"].startswith(f"{few}:")
        assert f'"{spent["name"]}" ({spent["at"]}) overlaps so much' in result.err


PROOF = "tests {\n    never  from 203.0.113.7  login none  to elsewhere\n}\n"


def test_check_calls_nothing_good_that_was_not_proved(gatepost, tmp_path):
    path = tmp_path / "gatepost.conf"
    path.write_text(overlapping(20, 20, 30, closed=True) + PROOF)
    result = gatepost("check", path, "--policy-only", "--json", "--effort", "2000")
    validate(result.json, "check")
    assert result.status == 3 and result.json["ok"] is True and result.json["complete"] is False, result
    text = gatepost("check", path, "--policy-only", "--effort", "2000")
    assert text.status == 3 and "0 tests proved, 1 not decided" in text.out and ": good" not in text.out
    assert "this test was not proved" in text.out and "--effort" in text.out
    assert gatepost("check", path, "--policy-only", "--strict", "--effort", "2000").status == 1
    proved = gatepost("check", path, "--policy-only", "--json")
    assert proved.status == 0 and proved.json["complete"] is True, proved


def test_check_says_that_strangers_may_be_able_to(gatepost, few):
    result = gatepost("check", few, "--policy-only", "--json", "--effort", "2000")
    validate(result.json, "check")
    assert result.status == 1 and result.json["strangersCanRelay"] is None and result.json["complete"] is False
    (problem,) = [problem for problem in result.json["problems"] if problem["severity"] == "critical"]
    assert "may be able to relay" in problem["message"] and problem["fix"].startswith("--effort")


@pytest.mark.parametrize("command", ["who-can-relay", "diff", "check", "run"])
def test_an_effort_is_a_number_of_steps(gatepost, few, command):
    files = [few] * (2 if command == "diff" else 1)
    if command == "run":
        files = ["-c", few]
    assert gatepost(command, *files, "--effort", "0").status == 2


def test_check_ends_on_a_hundred_rules_that_overlap(gatepost, tmp_path):
    path = tmp_path / "gatepost.conf"
    path.write_text(overlapping(100, 100, 2000, closed=True))
    # The fixture ends what takes longer than a minute.
    result = gatepost("check", path, "--policy-only", "--json")
    validate(result.json, "check")
    assert result.json["strangersCanRelay"] is False
