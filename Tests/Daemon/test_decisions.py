"""Decisions on disk: kept with all their facts, found by `log`, explained by `why`, and never in mail's way."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import threading

import jsonschema
import pytest
from rig.client import Client, deliver
from rig.gate import REPOSITORY, Gate, binary, gate_before, gatepost, wait_until_learnt
from rig.loopback import OFFICE, STRANGER, wait_until

SCHEMA = json.loads((REPOSITORY / "docs/json/decision.schema.json").read_text())


def refuse(gate, recipient="y@victim.test"):
    """A stranger's attempt; the id that the reply quotes."""
    with Client(gate.port) as client:
        client.ehlo("evil.test")
        client.command("MAIL FROM:<x@evil.test>")
        return client.command(f"RCPT TO:<{recipient}>").id


def log(gate, *options):
    return gatepost("log", "-c", gate.file, *options)


def kept(gate, *options):
    answer = log(gate, "--json", *options)
    assert answer.returncode in (0, 1), answer
    return [json.loads(line) for line in answer.stdout.splitlines()]


def decision_log(gate):
    return json.loads(gatepost("status", "-c", gate.file, "--json").stdout)["decisionLog"]


def test_decisions_are_found_beside_the_daemon_with_all_their_facts(server, gate):
    one = refuse(gate, "found@victim.test")
    assert deliver(gate.port, "kept@ours.test").code == 250
    assert deliver(gate.port, "sent@outside.test", OFFICE).code == 250
    assert wait_until(lambda: len(kept(gate)) >= 3, 5)
    [record] = kept(gate, "--to", "found@victim.test")
    jsonschema.validate(record, SCHEMA)
    assert record["id"] == one and record["verdict"] == "reject" and record["client"] == STRANGER
    assert record["helo"] == "evil.test" and record["reversePath"] == "x@evil.test"
    [relayed] = kept(gate, "--rule", "office", "--to", "outside.test")
    jsonschema.validate(relayed, SCHEMA)
    assert relayed["outcome"] == "250 2.1.5 Ok" or relayed["outcome"].startswith("250")
    assert kept(gate, "--client", f"{OFFICE}", "--verdict", "permit")[-1] == relayed
    text = log(gate, "--to", "found@victim.test").stdout
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]{12}Z verdict=reject rule=\"\" reason=no-rule .*\n", text), text
    assert one in text


def test_why_shows_the_rules_and_what_stopped_them(server, gate):
    one = refuse(gate)
    assert wait_until(lambda: kept(gate, "--to", "y@victim.test") and gatepost("why", one, "-c", gate.file).returncode == 0, 5)
    answer = gatepost("why", one, "-c", gate.file)
    assert answer.returncode == 0 and answer.stderr == "", answer
    assert re.search(r'closest +"office" +\S+gatepost.conf:\d+ +stopped at from', answer.stdout), answer.stdout
    assert f"gatepost permit --from {STRANGER} --to victim.test --until " in answer.stdout
    assert "changed" not in answer.stdout
    record = json.loads(gatepost("why", one[:24].lower(), "-c", gate.file, "--json").stdout)
    jsonschema.validate(record, SCHEMA)
    assert record["id"] == one and record["closest"][0]["stopped"] == "from" and record["fileHasChanged"] is False


def test_why_says_that_the_file_has_changed(server):
    with gate_before(server) as gate:
        one = refuse(gate)
        gate.write(office=STRANGER)
        assert wait_until(lambda: kept(gate), 5)
        answer = gatepost("why", one, "-c", gate.file)
        assert 'changed   the file has changed since: today it would be permit, relay-rule by "office"' in answer.stdout
        record = json.loads(gatepost("why", one, "-c", gate.file, "--json").stdout)
        jsonschema.validate(record, SCHEMA)
        assert record["verdict"] == "reject" and record["fileHasChanged"] is True
        assert record["today"] == {"verdict": "permit", "reason": "relay-rule", "rule": "office"}


FEW = """\
    permit "few" {
        from   office
        limit  1 recipients per hour for each client
    }
"""


def test_why_shows_the_rules_where_a_limit_was_spent(server):
    with gate_before(server, relay=FEW) as gate:
        with Client(gate.port, OFFICE) as client:
            client.ehlo()
            client.command("MAIL FROM:<a@ours.test>")
            first, second = client.replies("RCPT TO:<a@victim.test>", "RCPT TO:<b@victim.test>")
        assert first.code == 250 and second.code == 450, (first, second)
        assert wait_until(lambda: kept(gate, "--reason", "limit"), 5)
        record = json.loads(gatepost("why", second.id, "-c", gate.file, "--json").stdout)
        jsonschema.validate(record, SCHEMA)
        assert record["rule"]["name"] == "few" and record["trace"][-1]["rule"] == "few" and record["closest"] == []
        assert record["fileHasChanged"] is False and "today" not in record
        gate.write(relay=FEW.replace("office", "192.0.2.1"))
        answer = gatepost("why", second.id, "-c", gate.file)
        assert "today it would be reject, no-rule" in answer.stdout, answer


def test_an_address_that_is_none_is_said_in_words(gate):
    answer = log(gate, "--client", "nonsense")
    assert answer.returncode == 2 and answer.stderr == "gatepost: --client: `nonsense` is not an address\n", answer


def test_decisions_outlive_the_daemon(server):
    with gate_before(server) as gate:
        one = refuse(gate)
        gate.signal(signal.SIGTERM)
        assert gate.wait(20) == 0
        assert [record["id"] for record in kept(gate)] == [one]


def test_follow_shows_new_decisions(server):
    with gate_before(server) as gate:
        refuse(gate, "old@victim.test")
        assert wait_until(lambda: kept(gate), 5)
        process = subprocess.Popen(
            [binary(), "log", "--follow", "-c", gate.file, "--json"], stdout=subprocess.PIPE, text=True)
        try:
            assert json.loads(process.stdout.readline())["forwardPath"] == "old@victim.test"
            refuse(gate, "new@victim.test")
            assert json.loads(process.stdout.readline())["forwardPath"] == "new@victim.test"
        finally:
            process.kill()
            process.wait()


def test_keep_decisions_no_keeps_none_and_a_reload_turns_it_on(server):
    with gate_before(server, more="log {\n    keep-decisions  no\n}") as gate:
        refuse(gate)
        assert decision_log(gate)["state"] == "off"
        assert not (gate.folder / "state/decisions.db").exists()
        assert log(gate).returncode == 2
        gate.write(more="")
        assert gatepost("reload", "-c", gate.file).returncode == 0
        one = refuse(gate)
        assert wait_until(lambda: log(gate).returncode == 0, 5)
        assert [record["id"] for record in kept(gate)] == [one]


def test_a_broken_file_is_kept_aside_while_mail_goes_on(server):
    with gate_before(server) as gate:
        one = refuse(gate)
        assert wait_until(lambda: kept(gate), 5)
        gate.signal(signal.SIGTERM)
        gate.wait(20)
        file = gate.folder / "state/decisions.db"
        file.write_bytes(b"no database" * 1000)
        with gate:
            assert deliver(gate.port, "a@ours.test").code == 250
            assert wait_until(lambda: len(kept(gate)) == 1, 5)
            assert gate.log.count("decision-log=begun-anew") == 1
            [aside] = file.parent.glob("decisions.db.broken-*")
            assert aside.read_bytes().startswith(b"no database")
            assert decision_log(gate)["state"] == "working"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_holds_up_no_mail_and_is_said_once(server, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]).returncode:
        pytest.skip("cannot mount")
    try:
        with gate_before(server) as gate:
            gate.write(gate.text().replace(str(gate.folder / "state"), str(disk)))
            gate.signal(signal.SIGTERM)
            gate.wait(20)
            with gate:
                filler = disk / "filler"
                with filler.open("wb", buffering=0) as file:
                    try:
                        while True:
                            file.write(b"x" * 4096)
                    except OSError:
                        pass
                refuse(gate)
                assert wait_until(lambda: decision_log(gate)["state"] == "failing", 10)
                assert deliver(gate.port, "a@ours.test").code == 250
                assert decision_log(gate)["why"] == "the disk is full"
                filler.unlink()
                assert wait_until(lambda: decision_log(gate)["state"] == "working", 15)
                assert len(kept(gate)) == 2
                assert gate.log.count("decision-log=failing") == 1
                assert gate.log.count("decision-log=working dropped=0") == 1
                gate.signal(signal.SIGTERM)
                gate.wait(20)
    finally:
        subprocess.run(["umount", "-l", disk])


def test_a_locked_file_is_waited_for(server):
    with gate_before(server) as gate:
        one = refuse(gate)
        assert wait_until(lambda: kept(gate), 5)
        other = sqlite3.connect(gate.folder / "state/decisions.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        two = refuse(gate)
        assert wait_until(lambda: decision_log(gate)["state"] == "failing", 15)
        assert deliver(gate.port, "a@ours.test").code == 250
        other.execute("ROLLBACK")
        assert wait_until(lambda: decision_log(gate)["state"] == "working", 15)
        assert [record["id"] for record in kept(gate, "--verdict", "reject")] == [one, two]


def test_a_page_follows_the_page_before(server):
    with gate_before(server) as gate:
        ids = [refuse(gate, f"r{number}@victim.test") for number in range(7)]
        assert wait_until(lambda: len(kept(gate)) == 7, 5)
        def page(*options):
            return [record["id"] for record in kept(gate, *options)]
        assert page("--limit", "3") == ids[4:]
        assert page("--limit", "3", "--before", ids[4]) == ids[1:4]
        assert page("--limit", "3", "--after", ids[1]) == ids[2:5]
        assert page("--reverse") == ids[::-1]


@pytest.mark.parametrize(
    "arguments, status", [
        (["log", "--to", "nobody@nowhere.test"], 1), (["log", "--client", "300.1.1.1"], 2),
        (["log", "--reason", "mood"], 2), (["log", "--since", "soon"], 2), (["log", "--limit", "1000001"], 2),
        (["log", "--after", "01A", "--before", "01B"], 2), (["why", "7ZZZZZZZ"], 1), (["why", "no-id!"], 2), (["why"], 2),
        (["why", "0"], 2),
    ])
def test_statuses(server, gate, arguments, status):
    refuse(gate), refuse(gate)
    assert wait_until(lambda: len(kept(gate)) >= 2, 5)
    answer = gatepost(*arguments, "-c", gate.file)
    assert answer.returncode == status and answer.stdout == "", answer
    assert (answer.stderr != "") == (status == 2 or arguments[0] == "why")


def test_why_allow_shows_what_would_permit_it_today(server, gate):
    one = refuse(gate, "allowed@victim.test")
    assert wait_until(lambda: len(kept(gate, "--to", "allowed@victim.test")) == 1, 5)
    answer = json.loads(gatepost("why", one, "--allow", "--json", "-c", gate.file).stdout)
    allow = json.loads((REPOSITORY / "docs/json/allow.schema.json").read_text())
    jsonschema.validate(answer["allow"], allow)
    text = gatepost("why", one, "--allow", "-c", gate.file).stdout
    assert "What would permit it:" in text and f"gatepost permit --from {STRANGER}" in text


def test_replay_judges_the_decisions_that_were_kept(server, gate):
    refuse(gate, "replayed@victim.test")
    assert deliver(gate.port, "replayed@outside.test", OFFICE).code == 250
    assert wait_until(lambda: len(kept(gate, "--to", "replayed@outside.test")) == 1, 5)
    database = gate.folder / "state/decisions.db"
    assert gatepost("replay", database, "-c", gate.file).returncode == 0
    candidate = gate.folder / "candidate.conf"
    candidate.write_text(gate.text(office=STRANGER))
    answer = gatepost("replay", database, "-c", candidate, "--json")
    assert answer.returncode == 1, answer
    flips = {(flip["from"], flip["to"], flip["client"]) for flip in json.loads(answer.stdout)["flips"]}
    assert {("permit", "reject", OFFICE), ("reject", "permit", STRANGER)} <= flips


def test_tighten_proposes_from_what_was_kept(server, gate):
    assert deliver(gate.port, "tight@outside.test", OFFICE).code == 250
    assert wait_until(lambda: len(kept(gate, "--to", "tight@outside.test")) == 1, 5)
    gate.write(office="127.0.0.0/24")
    try:
        answer = gatepost("tighten", "--since", "1h", "-c", gate.file)
        assert answer.returncode == 1, answer
        assert OFFICE in answer.stdout and "stay permitted" in answer.stdout
    finally:
        gate.write()


def test_a_session_from_before_a_reload_is_kept_under_the_file_it_began_with(server):
    with gate_before(server) as gate:
        with Client(gate.port) as client:
            client.ehlo("evil.test")
            gate.write(office="192.0.2.1")
            assert gatepost("reload", "-c", gate.file).returncode == 0
            client.command("MAIL FROM:<x@evil.test>")
            old = client.command("RCPT TO:<y@victim.test>").id
        new = refuse(gate)
        assert wait_until(lambda: len(kept(gate)) == 2, 5)
        def has_changed(one):
            return json.loads(gatepost("why", one, "-c", gate.file, "--json").stdout)["fileHasChanged"]
        assert (has_changed(old), has_changed(new)) == (True, False)


def test_a_file_that_is_taken_away_is_begun_again(server):
    with gate_before(server) as gate:
        refuse(gate)
        assert wait_until(lambda: kept(gate), 5)
        for path in (gate.folder / "state").glob("decisions.db*"):
            path.unlink()
        two = refuse(gate)
        assert wait_until(lambda: log(gate).returncode == 0, 5), gate.log
        assert [record["id"] for record in kept(gate)] == [two]


def test_follow_goes_on_with_the_file_that_takes_the_place_of_another(server):
    with gate_before(server) as gate:
        refuse(gate, "old@victim.test")
        assert wait_until(lambda: kept(gate), 5)
        process = subprocess.Popen(
            [binary(), "log", "--follow", "-c", gate.file, "--json"], stdout=subprocess.PIPE, text=True)
        try:
            assert json.loads(process.stdout.readline())["forwardPath"] == "old@victim.test"
            for path in (gate.folder / "state").glob("decisions.db*"):
                path.rename(path.with_name("elsewhere-" + path.name))
            refuse(gate, "new@victim.test")
            line = []
            reader = threading.Thread(target=lambda: line.append(process.stdout.readline()), daemon=True)
            reader.start()
            reader.join(10)
            assert line and json.loads(line[0])["forwardPath"] == "new@victim.test"
        finally:
            process.kill()
            process.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a disk needs root")
def test_a_state_directory_that_is_read_only_from_the_start_holds_up_no_mail(server, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=0700,size=300k", "tmpfs", disk]).returncode:
        pytest.skip("cannot mount")
    try:
        gate = Gate([server.port])
        gate.write(gate.text().replace(str(gate.folder / "state"), str(disk)))
        with gate:
            wait_until_learnt(server)
            assert deliver(gate.port, "a@ours.test").code == 250
            refuse(gate)
            assert gate.log.count("state-directory=unwritable") == 1
            assert wait_until(lambda: "decision-log=failing" in gate.log, 10)
            assert gate.log.count("decision-log=failing") == 1
            assert gate.terminate() == 0
    finally:
        subprocess.run(["umount", "-l", disk])


def test_all_decisions_are_shown_and_rows_of_a_newer_version_are_counted_not_judged(server):
    with gate_before(server) as gate:
        refuse(gate)
        assert deliver(gate.port, "kept@ours.test").code == 250
        assert deliver(gate.port, "sent@outside.test", OFFICE).code == 250
        assert wait_until(lambda: len(kept(gate)) == 3, 5)
        assert kept(gate, "--limit", "0") == kept(gate)
        file = gate.folder / "state/decisions.db"
        gate.signal(signal.SIGTERM)
        assert gate.wait(20) == 0
        with sqlite3.connect(file) as newer:
            newer.execute("UPDATE decisions SET format = 2 WHERE verdict = 'permit'")
        some = log(gate, "--json", "--limit", "0")
        assert some.returncode == 0 and len(some.stdout.splitlines()) == 1 and "2 records" in some.stderr
        partly = gatepost("replay", file, "-c", gate.file, "--json")
        assert partly.returncode == 3, partly
        answer = json.loads(partly.stdout)
        assert (answer["requests"], answer["unread"] + answer["newer"]) == (1, 2)
        file.write_bytes(b"SQLite format 3\0 and nothing else")
        broken = gatepost("replay", file, "-c", gate.file)
        assert broken.returncode == 2 and "damaged" in broken.stderr, broken


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_decisions_are_read_from_a_file_system_that_is_read_only(server):
    with gate_before(server) as gate:
        one = refuse(gate)
        assert wait_until(lambda: kept(gate), 5)
        gate.signal(signal.SIGTERM)
        assert gate.wait(20) == 0
        state = gate.folder / "state"
        assert subprocess.run(["mount", "--bind", state, state]).returncode == 0
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", state], check=True)
            assert [record["id"] for record in kept(gate)] == [one]
            odd = gate.folder / "odd ü%20#?"
            odd.symlink_to(state)
            assert gatepost("replay", odd / "decisions.db", "-c", gate.file).returncode == 0
        finally:
            subprocess.run(["umount", "-l", state], check=True)
