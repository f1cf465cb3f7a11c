"""permit and reject: a rule written into the file."""

import difflib
import os
import stat
import subprocess

import pytest
from commands_support import validate

NEW = ("--name", "new one", "--from", "198.51.100.7", "--sender", "*@example.com", "--until", "2030-01-31")


def added(before, after):
    return [line[2:] for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_a_permit_goes_to_the_end_and_the_rest_stays(gatepost, policy):
    gatepost("fmt", policy)
    before = policy.read_text()
    answer = gatepost("permit", "-c", policy, "--yes", *NEW, "--owner", "Ann", "--because", 'a "test"')
    assert answer.status == 0, answer
    lines = added(before, policy.read_text())
    assert lines[0].startswith("    # added by ") and " with gatepost permit, " in lines[0]
    assert lines[1:] == [
        '    permit "new one" {', "        from     198.51.100.7", "        sender   *@example.com",
        "        until    2030-01-31", "        owner    \"Ann\"", '        because  "a \\"test\\""', "    }"]
    text = policy.read_text()
    assert text.index('"by certificate"') < text.index('"new one"') < text.index("tests {")
    assert gatepost("fmt", "--check", policy).status == 0
    assert "no daemon runs" in answer.out and "+    permit" in answer.out
    assert "this would let 1 address send to elsewhere" in answer.out


def test_a_reject_goes_to_the_top_and_shows_who_loses(gatepost, policy):
    answer = gatepost("reject", "-c", policy, "--yes", "--json", "--name", "no", "--from", "192.0.2.128/25")
    assert answer.status == 0, answer
    validate(answer.json, "rule-change")
    assert answer.json["written"] and answer.json["gained"] == []
    assert ["192.0.2.128/25"] in [grant["client"] for grant in answer.json["lost"]]
    text = policy.read_text()
    assert text.index('"no"') < text.index('"suspended"')


@pytest.mark.parametrize("verb", ("permit", "reject"))
@pytest.mark.parametrize("place", ("before", "after"))
def test_a_named_place(gatepost, policy, verb, place):
    answer = gatepost(verb, "-c", policy, "--yes", "--name", "n", "--from", "198.51.100.9", f"--{place}", "until spring")
    assert answer.status == 0, answer
    text = policy.read_text()
    assert (text.index('"n"') < text.index('"until spring"')) == (place == "before")


FINGERPRINT = "fingerprint:" + ":".join(["aa", "bb"] * 16)


def test_every_condition_has_a_flag(gatepost, policy):
    answer = gatepost(
        "permit", "-c", policy, "--yes", "--name", "all", "--from", "198.51.100.9", "--listener", "public",
        "--listener", "inside", "--login", "anna", "--certificate", "app ca.pem", "--certificate", FINGERPRINT,
        "--pop", "--sender", "*@example.com", "--to", "partner.example")
    assert answer.status == 0, answer
    lines = policy.read_text().split('permit "all" {\n')[1].split("}")[0].splitlines()
    assert [" ".join(line.split()) for line in lines if line.strip()] == [
        "from 198.51.100.9", "listener public inside", "login anna",
        f'tls client-certificate "app ca.pem" {FINGERPRINT}', "pop logged-in", "sender *@example.com",
        "to partner.example"]


@pytest.mark.parametrize("reply", ("550 5.7.1 Not from there", '550 5.7.1 "Not from there"'))
def test_a_reject_has_a_reply_of_its_own(gatepost, policy, reply):
    answer = gatepost("reject", "-c", policy, "--yes", "--name", "no", "--pop", "--reply", reply)
    assert answer.status == 0, answer
    assert 'reply  550 5.7.1 "Not from there"' in policy.read_text()


REFUSED = [
    # status, words of the answer, arguments
    (1, "this test fails", ("permit", "--name", "n", "--from", "198.51.100.7")),
    (1, "strangers can relay", ("permit", "--name", "n", "--from", "0.0.0.0/0")),
    (1, "GP-001", ("permit", "--name", "n", "--sender", "*@example.com")),
    (1, "unknown network", ("permit", "--name", "n", "--from", "ofice")),
    (1, "office LAN", ("permit", "--name", "office LAN", "--from", "198.51.100.9")),
    (2, "no rule \"none\"", ("permit", "--name", "n", "--from", "198.51.100.9", "--before", "none")),
    (2, "no list of words", ("permit", "--name", "n", "--from", "198.51.100.9 } permit \"all\" { from 0.0.0.0/0")),
    (2, "no list of words", ("permit", "--name", "n", "--from", "198.51.100.9\n  proof none")),
    (2, "--because", ("permit", "--name", "n", "--from", "198.51.100.9", "--because", "a\nb")),
    (1, "no reply code", ("reject", "--name", "n", "--pop", "--reply", "450 4.7.1 Later")),
    (2, "--reply", ("reject", "--name", "n", "--pop", "--reply", "550 5.7.1")),
    (2, "--reply", ("reject", "--name", "n", "--pop", "--reply", "550 5.7.1 ä\nb")),
    (2, "--reply", ("permit", "--name", "n", "--pop", "--reply", "250 2.1.5 Come in")),
    (2, "--name", ("permit", "--from", "198.51.100.9")),
    (2, "what the rule is about", ("permit", "--name", "n")),
    (2, "exclude", ("permit", "--name", "n", "--from", "198.51.100.9", "--before", "a", "--after", "b")),
]


@pytest.mark.parametrize("status, said, arguments", REFUSED)
def test_what_is_not_written(gatepost, policy, status, said, arguments):
    before = policy.read_bytes()
    answer = gatepost(*arguments, "-c", policy, "--yes")
    assert answer.status == status, answer
    assert said in answer.err
    assert policy.read_bytes() == before


def test_without_a_terminal_it_needs_yes(gatepost, policy):
    before = policy.read_bytes()
    answer = gatepost("permit", "-c", policy, *NEW)
    assert answer.status == 2 and "--yes" in answer.err
    assert "+    permit" in answer.out
    answer = gatepost("permit", "-c", policy, "--json", *NEW)
    assert answer.status == 2 and not answer.json["written"] and answer.json["gained"]
    validate(answer.json, "rule-change")
    assert policy.read_bytes() == before


@pytest.mark.parametrize("typed, status", (("y\n", 0), ("n\n", 1), ("\n", 1)))
def test_on_a_terminal_it_asks(tmp_path, policy, typed, status):
    main, side = os.openpty()
    process = subprocess.Popen(
        [os.path.abspath(os.environ["GATEPOST"]), "permit", "-c", policy, *NEW], stdin=side, stdout=side, stderr=side,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1"})
    os.close(side)
    os.write(main, typed.encode())
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:
        pass
    assert process.wait(20) == status
    assert b"Write it? [y/N]" in shown
    assert ('"new one"' in policy.read_text()) == (status == 0)
    os.close(main)


def test_a_link_stays_a_link_and_the_mode_stays(gatepost, policy, tmp_path):
    policy.chmod(0o640)
    link = tmp_path / "link.conf"
    link.symlink_to(policy)
    assert gatepost("permit", "-c", link, "--yes", *NEW).status == 0
    assert link.is_symlink() and '"new one"' in policy.read_text()
    assert stat.S_IMODE(policy.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.conf", "policy.conf"]


def test_crlf_stays(gatepost, policy):
    policy.write_bytes(policy.read_bytes().replace(b"\n", b"\r\n"))
    assert gatepost("permit", "-c", policy, "--yes", *NEW).status == 0
    text = policy.read_bytes()
    assert b'"new one"' in text and text.count(b"\n") == text.count(b"\r\n")


def test_a_file_with_errors_is_left_alone(gatepost, tmp_path):
    file = tmp_path / "bad.conf"
    file.write_text("version 1\nrelay {\n    permti \"x\" { from 192.0.2.1 }\n}\n")
    answer = gatepost("permit", "-c", file, "--yes", *NEW)
    assert answer.status == 1 and "mend these first" in answer.err
    assert gatepost("permit", "-c", "-", "--yes", *NEW, stdin="version 1\n").status == 2
    assert gatepost("permit", "-c", tmp_path / "none.conf", "--yes", *NEW).status == 2


def test_a_policy_that_could_serve_must_go_on_serving(gatepost, tmp_path):
    """The first permit of a file without `route elsewhere` would keep `run` from starting."""
    file = tmp_path / "serving.conf"
    file.write_text(
        "version 1\nnode { hostname mx.example.com }\nlocal { domains example.com }\n"
        "upstream a { server 127.0.0.1:25 }\nroute local a\nlisten public { address 127.0.0.1:2525 }\n")
    assert gatepost("check", file).status == 0
    answer = gatepost("permit", "-c", file, "--yes", *NEW)
    assert answer.status == 1 and "route elsewhere" in answer.err


def test_a_wide_permit_is_called_dangerous(gatepost, policy):
    answer = gatepost("permit", "-c", policy, "--yes", "--json", "--name", "n", "--from", "11.0.0.0/9")
    assert answer.status == 0 and answer.json["dangerous"]
    answer = gatepost("permit", "-c", policy, "--yes", "--no-reload", "--name", "m", "--from", "12.0.0.0/8")
    assert "DANGER" in answer.out + answer.err or answer.status == 1


def test_errors_that_were_there_before_are_not_blamed_on_the_new_rule(gatepost, policy):
    claim = "    never   from 192.0.2.0/24  login none  to elsewhere\n}"
    policy.write_text(policy.read_text().rstrip()[:-1] + claim + "\n")
    before = policy.read_text()
    answer = gatepost("permit", "-c", policy, "--yes", *NEW)
    assert answer.status == 1 and policy.read_text() == before
    assert "has 1 error already, mend these first" in answer.err, answer
    answer = gatepost("reject", "-c", policy, "--yes", "--name", "ten", "--from", "192.0.2.10")
    assert answer.status == 1 and "would have 2 errors, 1 of them already there" in answer.err, answer
