import pytest
from commands_support import POLICY, validate

OPEN = 'relay {\n    permit "all" {\n        from  0.0.0.0/1 128.0.0.0/1\n    }\n}\n'


def check(gatepost, tmp_path, text, *arguments):
    (tmp_path / "x.conf").write_bytes(text if isinstance(text, bytes) else text.encode())
    return gatepost("check", "x.conf", *arguments)


def test_a_good_policy_is_status_0(gatepost, policy):
    result = gatepost("check", "--policy-only", policy)
    assert result.status == 0, result
    assert result.out.splitlines()[-1].startswith(f"{policy}: good, 2 tests proved")


def test_a_good_policy_in_json(gatepost, policy):
    result = gatepost("check", "--policy-only", "--json", policy)
    assert result.status == 0, result
    answer = result.json
    validate(answer, "check")
    assert answer["ok"] and answer["errors"] == 0 and answer["strangersCanRelay"] is False


def test_standard_input_is_a_file_too(gatepost):
    result = gatepost("check", "--policy-only", "-", stdin=POLICY)
    assert result.status == 0, result
    assert "<stdin>: good" in result.out


def test_without_servers_it_cannot_serve(gatepost, policy):
    result = gatepost("check", policy)
    assert result.status == 1, result


BROKEN = [
    POLICY.replace("from    office", "from    ofice"),
    POLICY.replace("until   2027-03-31", "until   2027-02-30"),
    POLICY.replace("permit \"by POP\"", "permit \"office LAN\""),
    POLICY.replace("192.0.2.0/24", "192.0.2.1/24"),
    POLICY.replace("sender  *@example.com", "sendr   *@example.com"),
    POLICY.replace("login   any\n", ""),
    POLICY.replace("version 1", "version 2"),
    POLICY.replace("domains  example.com", "domains  file:nosuch.list"),
    POLICY + "}\n",
    POLICY + "relay {\n",
    POLICY + 'log { to "unfinished\n',
    "",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_status_1_and_says_where(gatepost, tmp_path, text):
    assert text != POLICY
    result = check(gatepost, tmp_path, text, "--policy-only")
    assert result.status == 1, result
    assert "x.conf:" in result.out and "error" in result.out
    assert "good" not in result.out.splitlines()[-1]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_in_json_names_every_place(gatepost, tmp_path, text):
    result = check(gatepost, tmp_path, text, "--policy-only", "--json")
    assert result.status == 1, result
    answer = result.json
    validate(answer, "check")
    assert not answer["ok"] and answer["errors"] >= 1
    assert answer["errors"] == sum(p["severity"] != "warning" for p in answer["problems"])
    assert answer["strangersCanRelay"] is not False


def test_every_problem_is_said_at_once(gatepost, tmp_path):
    text = POLICY.replace("from    office", "from    ofice").replace("2027-03-31", "2027-02-30")
    answer = check(gatepost, tmp_path, text, "--policy-only", "--json").json
    assert answer["errors"] >= 2
    lines = [problem["line"] for problem in answer["problems"]]
    assert lines == sorted(lines)


def test_a_misspelt_name_is_shown_with_a_caret_and_the_fix(gatepost, tmp_path):
    result = check(gatepost, tmp_path, POLICY.replace("from    office", "from    ofice"), "--policy-only")
    assert "^^^^^" in result.out and "fix: " in result.out and "office" in result.out


def test_a_failed_test_is_status_1(gatepost, tmp_path):
    text = POLICY.replace("reject  from 198.51.100.7", "permit  from 198.51.100.7")
    result = check(gatepost, tmp_path, text, "--policy-only", "--json")
    assert result.status == 1, result
    validate(result.json, "check")
    assert result.json["errors"] == 1


def test_who_lets_strangers_relay_is_told_so(gatepost, tmp_path):
    text = POLICY[:POLICY.index("relay {")] + OPEN
    result = check(gatepost, tmp_path, text, "--policy-only", "--json")
    assert result.status == 1, result
    validate(result.json, "check")
    assert result.json["strangersCanRelay"] is True


def test_warnings_change_the_status_only_when_strict(gatepost, tmp_path):
    text = POLICY.replace("from    office except 192.0.2.66", "from    20.0.0.0/12")
    text = text.replace('from 192.0.2.10    sender anna', 'from 20.0.0.10    sender anna')
    result = check(gatepost, tmp_path, text, "--policy-only", "--json")
    assert result.status == 0 and result.json["warnings"] > 0, result
    assert check(gatepost, tmp_path, text, "--policy-only", "--strict").status == 1


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"version 1\n\x00", b"version 1\n\xc3\x28\n", b"{" * 100_000, b"a" * 1_000_000])
def test_no_bytes_make_it_crash(gatepost, tmp_path, data):
    result = check(gatepost, tmp_path, data)
    assert result.status == 1, result


def test_nothing_in_a_file_commands_the_terminal(gatepost, tmp_path):
    result = check(gatepost, tmp_path, "version 1\n\x1b[2Jrelay {\n}\n")
    assert result.status == 1 and "\x1b" not in result.out + result.err


SERVED = POLICY + """
upstream mailserver {
    server  127.0.0.1:10025
}
route  local      mailserver
route  elsewhere  mailserver
listen public {
    address   0.0.0.0:25
    auth      offered
}
"""
OBSERVING = SERVED.replace("auth      offered", "observe")


def test_what_run_would_refuse_is_said_before(gatepost, tmp_path):
    result = check(gatepost, tmp_path, SERVED, "--json")
    assert result.status == 0, result
    messages = [problem["message"] for problem in result.json["problems"]]
    assert any("auth offered" in message and "run" in message for message in messages)
    alone = check(gatepost, tmp_path, SERVED, "--policy-only", "--json").json
    assert not any("`run`" in problem["message"] for problem in alone["problems"])


def test_observe_before_a_server_that_is_not_told_is_an_error_that_says_what_to_write(gatepost, tmp_path):
    result = check(gatepost, tmp_path, OBSERVING)
    assert result.status == 1, result
    assert "error: `observe` needs a server behind that is told whose mail it is" in result.out, result.out
    assert "write `tell-client-address xclient` (or proxy-v1, proxy-v2) into `upstream mailserver`" in result.out
    assert check(gatepost, tmp_path, OBSERVING, "--policy-only").status == 0, "a policy alone has no servers"


@pytest.mark.parametrize("way", ["xclient", "proxy-v1", "proxy-v2"])
def test_observe_is_warned_of_and_nothing_is_lost_by_it(gatepost, tmp_path, way):
    text = OBSERVING.replace("127.0.0.1:10025", f"127.0.0.1:10025\n    tell-client-address  {way}")
    result = check(gatepost, tmp_path, text, "--json")
    assert result.status == 0, result
    [warning] = [problem for problem in result.json["problems"] if "observes" in problem["message"]]
    assert warning["severity"] == "warning" and "gatepost log --would" in warning["fix"]
    failing = text.replace('by "office LAN"', 'by "by POP"')
    assert check(gatepost, tmp_path, failing).status == 1, "a test speaks of the rules, whatever observes"


@pytest.mark.parametrize(
    "line, secret",
    [
        ("anna:{CRYPT}$6$salt$hash:1000:1000", "hash"), ("anna:{CRYPT}$6$salt$hash anna@", "hash"),
        ("anna {CRYPT}$6$salt$hash anna@", "hash"), ("anna {PLAIN}\"my secret\" anna@", "secret"),
        ("anna:{PLAIN}my secret", "secret"), ('"anna:secret"', "secret"), ("anna secret#more bert@", "more"),
        ("anna {SSHA}secret{more} anna@", "more"), ('anna "unclosed secret', "secret"),
    ])
def test_no_form_of_a_users_file_shows_a_hash(gatepost, tmp_path, line, secret):
    (tmp_path / "users").write_text(f"bert - bert@example.com\n{line}\n")
    for text in ("auth {\n    users  file:users\n}\n", "networks a file:users\nauth {\n    users  file:users\n}\n"):
        result = check(gatepost, tmp_path, "version 1\n" + text, "--policy-only")
        assert result.status == 1 and "users:2:" in result.out, result
        assert secret not in result.out and "$6$" not in result.out, result


def test_what_run_would_refuse_is_said_beside_the_errors_in_file_order(gatepost, tmp_path):
    text = POLICY.replace("from    office", "from    ofice") + "pop-before-smtp {\n    lasts  20m\n}\nmetrics {\n    address  127.0.0.1:9525\n}\nnonsense\n"
    problems = check(gatepost, tmp_path, text, "--json").json["problems"]
    messages = [problem["message"] for problem in problems]
    assert all(any(f"`{word}`" in message for message in messages) for word in ("pop-before-smtp", "metrics"))
    lines = [problem["line"] for problem in problems]
    assert lines == sorted(lines)


def proofs(*lines):
    return POLICY[:POLICY.rindex("}")] + "".join(f"    {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    "line",
    [
        "only  office 198.51.100.50 relay-without-login", "never from anywhere login none sender gone@example.com to elsewhere",
        "never from 203.0.113.66 to elsewhere",
    ])
def test_only_and_never_are_proved(gatepost, tmp_path, line):
    # Names and certificates count as "without login", so they have to be out of the way.
    text = proofs(line)
    for name in ["by name", "by certificate"]:
        start = text.index(f'    permit "{name}"')
        text = text[:start] + text[text.index("    }\n", start) + 6:]
    result = check(gatepost, tmp_path, text, "--policy-only")
    assert result.status == 0 and "3 tests proved" in result.out, result


@pytest.mark.parametrize(
    "line, rule",
    [
        ("only office relay-without-login", "until spring"), ("never from anywhere login none to elsewhere", "until spring"),
        ("never from 192.0.2.65-192.0.2.67 login none to victim.example", "office LAN"),
        ("never from anywhere login anna to elsewhere", "staff, logged in"),
    ])
def test_a_claim_that_is_false_is_shown_with_a_request(gatepost, tmp_path, line, rule):
    result = check(gatepost, tmp_path, proofs(line), "--policy-only", "--json")
    assert result.status == 1, result
    [problem] = [p for p in result.json["problems"] if p["severity"] == "error"]
    assert f'permitted by "{rule}"' in problem["message"]
    request = problem["why"].removeprefix("for one: ")
    answer = gatepost("try", "--batch", "-c", "x.conf", stdin=request).json
    assert answer["verdict"] == "permit" and answer["rule"]["name"] == rule


def test_a_rule_that_several_cover_together_names_them(gatepost, tmp_path):
    text = POLICY.replace(
        '    permit "by name"',
        '    permit "half" {\n        from  198.18.0.0/16\n    }\n    permit "other half" {\n        from  198.19.0.0/16\n'
        '    }\n    permit "both" {\n        from  198.18.0.0/15\n    }\n    permit "by name"')
    problems = check(gatepost, tmp_path, text, "--policy-only", "--json").json["problems"]
    [found] = [p for p in problems if p["message"] == '"both" is never reached']
    assert '"half"' in found["why"] and '"other half"' in found["why"] and "office" not in found["why"]


@pytest.mark.parametrize(
    "slip, is_said",
    [("route local nobody", True), ("tests {\n permit from nowhere to a@b.example\n}", True),
     ("limits {\n recipients many per message\n}", True), ("tls {\n certificate a.pem\n}", True),
     ("networks office 192.0.2.0/33", False), ("lisden public {\n}", False), ("refuse {\n reject \"x\" { form 192.0.2.1 }\n}", False)])
def test_strangers_are_said_beside_errors_that_say_nothing_of_the_policy(gatepost, tmp_path, slip, is_said):
    (tmp_path / "x.conf").write_text(
        'version 1\nlocal { domains example.com }\nrelay {\n permit "all" { from 0.0.0.0/0 }\n'
        f' permit "never" {{ from 192.0.2.1 }}\n}}\n{slip}\n')
    result = gatepost("check", "--policy-only", "--json", "x.conf")
    assert result.status == 1
    validate(result.json, "check")
    said = [problem["id"] for problem in result.json["problems"]]
    assert ("GP-003" in said) == is_said and result.json["strangersCanRelay"] is (True if is_said else None)
    assert any("never reached" in problem["message"] for problem in result.json["problems"]) == is_said


@pytest.mark.parametrize(
    "slip, is_said",
    [("route local nobody", True), ("upstream a {\n server 127.0.0.1\n}", True),
     ("limits {\n recipients many per message\n}", True), ("networks office 192.0.2.0/33", False)])
def test_failed_tests_are_said_beside_errors_that_say_nothing_of_the_policy(gatepost, tmp_path, slip, is_said):
    text = proofs("permit from 198.51.100.7 to y@victim.example", "only office relay-without-login", "allow everything")
    result = check(gatepost, tmp_path, text + slip + "\n", "--policy-only", "--json")
    assert result.status == 1
    validate(result.json, "check")
    failed = [problem for problem in result.json["problems"] if problem["message"].startswith("this test fails")]
    assert len(failed) == (2 if is_said else 0)
    assert any("unknown word `allow` in `tests`" in problem["message"] for problem in result.json["problems"])


@pytest.mark.parametrize("everybody", ("any", "anywhere"))
def test_what_to_write_for_everybody(gatepost, tmp_path, everybody):
    result = check(gatepost, tmp_path, POLICY.replace("from    office", f"from    {everybody}"), "--policy-only", "--json")
    [problem] = [problem for problem in result.json["problems"] if problem["severity"] == "error"]
    assert problem["message"] == f"unknown network `{everybody}`" and "0.0.0.0/0 ::/0" in problem["fix"]


EVERYTHING = """\
version 1
local {
    domains  example.com gmail.com
}
relay {
    permit "all" {
        from  0.0.0.0/0
    }
    permit "claimed" {
        sender  boss@example.com
    }
    permit "nothing asked" {
        proof  none
        to     partner.example
    }
}
tests {
    permit  from 198.51.100.7  to y@gmail.com  as delivery
    reject  from 198.51.100.7  to y@victim.example
}
"""


def ids(gatepost, tmp_path, text):
    answer = check(gatepost, tmp_path, text, "--policy-only", "--json").json
    assert answer["strangersCanRelay"] is True
    return [(problem["line"], problem["id"]) for problem in answer["problems"] if problem["severity"] != "warning"]


def test_all_that_lets_strangers_in_is_said_at_once(gatepost, tmp_path):
    assert ids(gatepost, tmp_path, EVERYTHING) == [(3, "GP-002"), (6, "GP-003"), (9, "GP-001"), (12, "GP-003")]
    text = EVERYTHING.replace("sender  boss@example.com", "from  192.0.2.1")
    assert ids(gatepost, tmp_path, text) == [(3, "GP-002"), (6, "GP-003"), (12, "GP-003"), (19, None)], "and the test that fails"


def test_a_domain_in_capitals_beyond_ascii_is_shown_as_it_has_to_be_written(gatepost, tmp_path):
    result = check(gatepost, tmp_path, POLICY.replace("example.com\n}", "BÜCHER.Example\n}"), "--policy-only", "--json")
    [problem] = [problem for problem in result.json["problems"] if problem["severity"] == "error"]
    assert problem["message"].startswith("`BÜCHER.Example` is not a domain") and problem["fix"] == "write it in lower case: bücher.example"
