import csv
import io
import json

import pytest
from commands_support import POLICY, validate

RULES = ["staff, logged in", "until spring", "office LAN", "by name", "by POP", "by certificate"]


def ask(gatepost, policy, *flags):
    result = gatepost("who-can-relay", policy, "--json", *flags)
    validate(result.json, "who-can-relay")
    return result.json


def names(answer):
    return list(dict.fromkeys(grant["rule"]["name"] for grant in answer["grants"]))


def test_every_permit_has_its_classes_and_no_stranger_can_relay(gatepost, policy):
    result = gatepost("who-can-relay", policy, "--json")
    assert result.status == 0, result
    validate(result.json, "who-can-relay")
    assert result.json["strangersCanRelay"] is False
    assert names(result.json) == RULES
    assert result.json["requestClasses"] == len(result.json["grants"])


def test_every_witness_is_permitted_by_its_rule(gatepost, policy):
    grants = ask(gatepost, policy)["grants"]
    lines = "\n".join(json.dumps(grant["witness"]) for grant in grants)
    decisions = [json.loads(line) for line in gatepost("try", "--batch", "-c", policy, stdin=lines).out.splitlines()]
    assert [(d["verdict"], d["rule"]["name"]) for d in decisions] == [("permit", g["rule"]["name"]) for g in grants]


def test_the_first_rule_is_one_class_in_its_own_words(gatepost, policy):
    first = ask(gatepost, policy)["grants"][0]
    assert first["rule"]["name"] == "staff, logged in" and first["login"] == "any"
    assert first["client"] == ["0.0.0.0-203.0.113.65", "203.0.113.67-255.255.255.255", "::/0"]
    assert first["sender"] == {"in": ["*@example.com"], "except": ["gone@example.com"]}
    assert first["to"] == {"in": None, "except": ["*@example.com"]}


def test_people_get_a_line_a_class_and_the_widest_first(gatepost, policy):
    result = gatepost("who-can-relay", policy)
    assert result.status == 0 and result.out.startswith("No stranger can relay.\n\n")
    lines = result.out.splitlines()[2:]
    assert len(lines) >= len(RULES) and not any(line.startswith(" ") and "--long" not in line for line in lines)
    assert all(any(line.startswith(f'"{name}" (') for line in lines) for name in RULES)
    office = next(line for line in lines if line.startswith('"office LAN"'))
    assert "192.0.2.0/24 except 192.0.2.66 · " in office
    assert office.endswith("· to elsewhere  [client-chooses-sender, no-limit]")
    assert lines.index(office) < next(i for i, line in enumerate(lines) if line.startswith('"staff, logged in"'))


def test_no_more_than_three_lines_a_rule_and_all_of_them_at_length(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text(
        "version 1\nlocal { domains example.com }\nrelay {\n"
        + "".join(f' reject "r{i}" {{ from 192.0.2.{16 * i}/28 sender *@s{i}.example }}\n' for i in range(6))
        + ' permit "office" {\n from 192.0.2.0/24\n limit 5 messages per hour for each client\n'
        " until 2090-01-31\n }\n}\n")
    short = gatepost("who-can-relay", "x.conf").out.splitlines()
    long = gatepost("who-can-relay", "x.conf", "--long").out.splitlines()
    assert len([line for line in short if line.startswith('"office"')]) == 3 and "more classes" in short[-1]
    classes = ask(gatepost, "x.conf")["requestClasses"]
    assert len([line for line in long if " · " in line]) == classes > 3
    assert "    at most 5 messages per 1h for each client" in long and "    until 2090-01-31" in long


@pytest.mark.parametrize(
    "flags, rules",
    [
        (["--client", "192.0.2.10", "--as", "none", "--sender", "x@evil.example"], ["office LAN"]),
        (
            ["--client", "192.0.2.66,198.51.100.0/24", "--as", "none"],
            ["until spring", "by name", "by POP", "by certificate"],
        ),
        (
            ["--at", "2027-04-01", "--client", "198.51.100.50"],
            ["staff, logged in", "by name", "by POP", "by certificate"],
        ),
        (["--as", "anna", "--sender", "anna@example.com"], ["staff, logged in"]),
        (["--to", "example.com"], []),
        (["--client", "203.0.113.66"], []),
    ])
def test_flags_narrow_what_is_shown(gatepost, policy, flags, rules):
    answer = ask(gatepost, policy, *flags)
    assert names(answer) == rules and answer["narrowed"] is True


def test_strangers_are_status_1_also_when_the_flags_show_none(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text(
        'version 1\nlocal { domains example.com }\nrelay {\n permit "all" { from 0.0.0.0/1 128.0.0.0/1 }\n}\n')
    assert gatepost("who-can-relay", "x.conf").status == 1
    result = gatepost("who-can-relay", "x.conf", "--json", "--client", "::/0")
    assert result.status == 1 and result.json["grants"] == [] and result.json["strangersCanRelay"] is True


def test_observe_is_status_3(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text("version 1\nnode {\n observe\n}\nlocal { domains example.com }\n")
    result = gatepost("who-can-relay", "x.conf", "--json")
    assert result.status == 3 and result.json["strangersCanRelay"] == "as-the-server-behind"
    validate(result.json, "who-can-relay")


def test_csv_has_a_line_a_class(gatepost, policy):
    rows = list(csv.DictReader(io.StringIO(gatepost("who-can-relay", policy, "--format", "csv").out)))
    assert len(rows) == len(ask(gatepost, policy)["grants"])
    assert rows[0]["rule"] == "staff, logged in" and rows[0]["login"] == "any"


def test_a_login_owns_what_the_users_file_says(gatepost, tmp_path):
    (tmp_path / "users").write_text("anna - anna@example.com\nbert - *@branch.example\n")
    (tmp_path / "x.conf").write_text(
        'version 1\nlocal { domains example.com }\nauth { users file:users }\n'
        'relay {\n permit "staff" {\n login any\n sender owned-by-login\n }\n}\n')
    grants = ask(gatepost, "x.conf")["grants"]
    assert [(g["login"], g["sender"]) for g in grants] == [
        (["anna"], ["anna@example.com", "<>"]), (["bert"], ["*@branch.example", "<>"]),
        ({"in": None, "except": ["anna", "bert"]}, ["<>"])]


def test_worst_says_how_much_a_holder_can_send(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text(
        'version 1\nlocal { domains example.com }\nrelay {\n permit "staff" {\n login anna\n'
        ' limit 200 recipients per hour for each login\n }\n permit "office" { from 192.0.2.0/24 }\n}\n')
    result = gatepost("who-can-relay", "x.conf", "--worst", "--json")
    validate(result.json, "worst")
    office, anna = result.json["worst"]
    assert office["holder"] == {"client": ["192.0.2.0/24"]} and office["recipientsADay"] is None
    assert anna["holder"] == {"login": ["anna"]} and anna["recipientsAnHour"] == 400
    assert gatepost("who-can-relay", "x.conf", "--worst").out.startswith("without limit: each client in 192.0.2.0/24")


@pytest.mark.parametrize(
    "flags",
    [["--client", "nonsense"], ["--client", "192.0.2.0/33"], ["--sender", "*"], ["--to", "<x>"], ["--at", "soon"],
     ["--json", "--format", "csv"], ["--worst", "--client", "::1"], ["--long", "--json"],
     ["--format", "xml"]])
def test_what_cannot_be_read_is_status_2(gatepost, policy, flags):
    result = gatepost("who-can-relay", policy, *flags)
    assert result.status == 2 and result.out == "" and result.err != "", result


@pytest.mark.parametrize("command", [["who-can-relay", "x.conf"], ["diff", "x.conf", "x.conf"]])
def test_a_file_with_errors_is_status_2_and_says_them(gatepost, tmp_path, command):
    (tmp_path / "x.conf").write_text(POLICY.replace("from    office", "from    ofice"))
    result = gatepost(*command)
    assert result.status == 2 and result.out == "" and "ofice" in result.err


def test_a_listener_that_is_not_there_is_trouble_and_no_answer(gatepost, tmp_path):
    (tmp_path / "x.conf").write_text(POLICY + "listen public {\n    address  127.0.0.1:2525\n}\n")
    assert gatepost("who-can-relay", "x.conf", "--listener", "public").status == 0
    result = gatepost("who-can-relay", "x.conf", "--listener", "pubilc")
    assert result.status == 2 and "there is no listener `pubilc`" in result.err and not result.out, result
