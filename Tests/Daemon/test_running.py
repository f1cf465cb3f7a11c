"""The daemon as an administrator has it: starting, refusing to start, reloading, showing itself, stopping."""

import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import threading
import time

import jsonschema
import pytest
from rig.client import MESSAGE, Client, Closed, deliver
from rig.gate import Gate, binary, configuration, gate_before, gatepost, wait_until_learnt, write
from rig.loopback import HERE, OFFICE, STRANGER, free_port, nothing_listens, wait_until
from rig.server import Server, hang

SCHEMAS = pathlib.Path(__file__).parents[2] / "docs" / "json"
OPEN = '    permit "everyone" {\n        from  0.0.0.0/0\n    }'


def validate(answer, schema):
    jsonschema.Draft202012Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text())).validate(answer)


@pytest.fixture
def own(shared_server):
    """A gate of the test's own, which it may stop or reload."""
    with gate_before(shared_server) as gate:
        yield gate


# Refusing to start.

REFUSED = {
    "an unknown word": ({"more": "relai {\n}"}, "relai"),
    "an unknown network": ({"relay": '    permit "office" {\n        from  ofice\n    }'}, "ofice"),
    "a missing list": ({"more": 'refuse {\n    reject "bad" {\n        from  file:nosuch.list\n    }\n}'}, "nosuch.list"),
    "a failed test": ({"more": "tests {\n    permit  from 198.51.100.7  sender a@b.test  to v@outside.test\n}"}, "test"),
    "strangers could relay": ({"relay": OPEN}, "everyone"),
    "STARTTLS without a certificate": ({"listeners": {"public": "127.0.0.1:2525\n    starttls  offered"}}, "certificate"),
    "AUTH": ({"listeners": {"public": "127.0.0.1:2525\n    auth  offered"}}, "auth"),
    "a milter": ({"listeners": {"public": "127.0.0.1:2525\n    speaks  milter"}}, "milter"),
    "metrics": ({"more": "metrics {\n    address  127.0.0.1:9525\n}"}, "metrics"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_run_refuses_a_file_with_78_and_binds_nothing(tmp_path, what):
    settings, word = REFUSED[what]
    settings = dict(settings)
    port = free_port()
    servers = settings.pop("servers", [9])
    listeners = {
        name: addresses.replace("2525", str(port))
        for name, addresses in settings.pop("listeners", {"public": f"{HERE}:{port}"}).items()
    }
    file = tmp_path / "gatepost.conf"
    file.write_text(configuration(tmp_path / "state", servers, listeners, **settings))
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78, answer
    assert word in answer.stderr and "gatepost.conf:" in answer.stderr, answer.stderr
    assert answer.stdout == ""
    assert nothing_listens(port)
    assert not (tmp_path / "state").exists()


def test_every_problem_is_said_at_once(tmp_path):
    file, _ = write(tmp_path, relay='    permit "a" {\n        from  ofice\n    }\n    permit "b" {\n        frm  office\n    }')
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78
    assert "ofice" in answer.stderr and "frm" in answer.stderr


def test_what_cannot_be_carried_out_is_said_beside_the_errors(tmp_path):
    file, _ = write(tmp_path, relay='    permit "a" {\n        from  ofice\n    }', more="metrics {\n    address  127.0.0.1:9525\n}\nnonsense")
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78
    places = [answer.stderr.index(word) for word in ("unknown network `ofice`", "`metrics` is read", "unknown word `nonsense`")]
    assert places == sorted(places), answer.stderr


def test_strangers_may_relay_when_it_is_said(shared_server):
    with gate_before(shared_server, relay=OPEN, arguments=["--strangers-may-relay"]) as gate:
        assert deliver(gate.port, "victim@outside.test").code == 250


def test_strangers_may_relay_does_not_excuse_other_errors(tmp_path):
    file, _ = write(tmp_path, relay=OPEN, more="tests {\n    reject  from 198.51.100.7  sender a@b.test  to v@outside.test\n}")
    assert gatepost("run", "-c", file, "--strangers-may-relay").returncode == 78


@pytest.mark.parametrize(
    "arguments", (["run", "--nonsense"], ["run", "extra"], ["nonsense"], ["status", "--nonsense"], ["reload", "extra"]))
def test_wrong_usage_is_2(arguments):
    answer = gatepost(*arguments)
    assert answer.returncode == 2 and answer.stdout == "", answer


def test_a_file_that_cannot_be_read_is_78_for_run_and_2_for_the_others(tmp_path):
    file = tmp_path / "nosuch.conf"
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78
    assert answer.stderr.startswith(f"gatepost: cannot read {file}: no such file"), answer.stderr
    assert gatepost("status", "-c", file).returncode == 2
    assert gatepost("reload", "-c", file).returncode == 2


@pytest.mark.parametrize("command", ("status", "reload"))
def test_without_a_daemon_the_answer_is_2(tmp_path, command):
    file, _ = write(tmp_path)
    for _ in range(2):
        answer = gatepost(command, "-c", file)
        assert answer.returncode == 2 and answer.stdout == ""
        assert "gatepost run" in answer.stderr, answer.stderr
        # Nor if one has been there and was killed.
        (tmp_path / "state").mkdir(exist_ok=True)
        with socket.socket(socket.AF_UNIX) as dead:
            if not (tmp_path / "state/control.sock").exists():
                dead.bind(str(tmp_path / "state/control.sock"))


def test_a_second_daemon_with_the_same_state_is_1(own):
    other = own.folder / "other.conf"
    other.write_text(own.text(listeners={"public": f"{HERE}:{free_port()}"}))
    answer = gatepost("run", "-c", other)
    assert answer.returncode == 1, answer
    assert str(own.folder / "state") in answer.stderr
    assert own.status()["listeners"][0]["address"] == f"{HERE}:{own.port}"
    assert deliver(own.port).code == 250


def test_a_second_daemon_on_the_same_port_is_1(own, tmp_path):
    file = tmp_path / "gatepost.conf"
    free = free_port()
    for listeners in ({"public": f"{HERE}:{own.port}"}, {"a": f"{HERE}:{free}", "public": f"{HERE}:{own.port}"}):
        file.write_text(configuration(tmp_path / "state", own.servers, listeners))
        answer = gatepost("run", "-c", file)
        assert answer.returncode == 1, answer
        assert f"{HERE}:{own.port}" in answer.stderr and "in use" in answer.stderr, answer.stderr
        assert nothing_listens(free)
    assert deliver(own.port).code == 250


def test_a_relative_state_directory_stands_beside_the_file(tmp_path, shared_server):
    (tmp_path / "etc").mkdir()
    port = free_port()
    file = tmp_path / "etc/gatepost.conf"
    file.write_text(configuration("state", [shared_server.port], {"public": f"{HERE}:{port}"}))
    process = subprocess.Popen(
        [binary(), "run", "-c", "etc/gatepost.conf"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: (tmp_path / "etc/state/control.sock").exists(), 10)
        assert not (tmp_path / "state").exists()
        # The folder of who asks does not matter.
        for folder in (tmp_path, tmp_path / "etc", "/"):
            assert gatepost("status", "-c", file, cwd=folder).returncode == 0
            assert gatepost("reload", "-c", file, cwd=folder).returncode == 0
    finally:
        process.terminate()
        process.wait(30)


def test_a_state_directory_that_cannot_be_is_1(tmp_path):
    (tmp_path / "file").write_text("")
    file, port = write(tmp_path)
    file.write_text(file.read_text().replace(str(tmp_path / "state"), str(tmp_path / "file/state")))
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 1 and str(tmp_path / "file/state") in answer.stderr, answer
    assert nothing_listens(port)


def test_it_starts_again_where_one_was_killed(shared_server):
    with gate_before(shared_server) as gate:
        gate.signal(signal.SIGKILL)
        gate.wait(5)
        with gate:
            assert deliver(gate.port).code == 250
            assert gate.status()["sessions"] == 0


def test_only_its_owner_gets_at_the_state(own):
    state = own.folder / "state"
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "control.sock").stat().st_mode & 0o077 == 0


# Status.


def test_status(own, server):
    assert deliver(own.port).code == 250
    assert deliver(own.port, "victim@outside.test", OFFICE).code == 250
    with Client(own.port) as client:
        client.ehlo()
        status = own.status()
    validate(status, "status")
    assert status["pid"] == own.pid
    assert status["config"]["file"] == str(own.file) and not status["config"]["fileDiffers"]
    assert status["sessions"] == 1
    assert status["listeners"] == [{"name": "public", "address": f"{HERE}:{own.port}", "sessions": 1, "observes": False}]
    (upstream,) = status["upstreams"]
    assert upstream["name"] == "mta"
    assert upstream["servers"] == [
        {"address": f"{HERE}:{server.port}", "up": True, "state": "up", "backup": False, "lastError": None}]
    (rule,) = status["rules"]
    assert rule["name"] == "office" and rule["hits"] == 1
    line = int(rule["at"].rpartition(":")[2])
    assert 'permit "office"' in own.file.read_text().splitlines()[line - 1]


def test_status_for_people(own):
    answer = gatepost("status", "-c", own.file)
    assert answer.returncode == 0 and f"{HERE}:{own.port}" in answer.stdout and "office" in answer.stdout


def test_status_sees_that_the_file_differs_and_that_it_is_broken(own):
    own.write(own.text() + "\n# a comment\n")
    assert own.status()["config"]["fileDiffers"]
    own.write(own.text() + "\nnonsense {\n")
    status = own.status()
    validate(status, "status")
    assert status["config"]["fileDiffers"]


def test_status_names_the_list_that_differs(own):
    hosts = own.folder / "hosts.list"
    hosts.write_text("127.0.0.9\n")
    own.write(relay='    permit "hosts" {\n        from  file:hosts.list\n    }')
    assert own.reload().returncode == 0
    assert own.status()["config"]["changedOnDisk"] == []
    hosts.write_text("127.0.0.10\n")
    status = own.status()
    validate(status, "status")
    (name,) = status["config"]["changedOnDisk"]
    assert name.endswith("hosts.list") and status["config"]["fileDiffers"]
    assert f"DIFFERS ON DISK: {name}" in gatepost("status", "-c", own.file).stdout
    answer = own.reload()
    assert f"changed: {name}" in answer.stdout and "127.0.0.10" in answer.stdout


def test_a_server_that_has_not_answered_yet_is_untried():
    with socket.create_server((HERE, 0)) as silent, Gate([silent.getsockname()[1]]) as gate:
        (server,) = gate.status()["upstreams"][0]["servers"]
        assert server["state"] == "untried" and server["up"] is False and server["lastError"] is None
        assert " untried" in gatepost("status", "-c", gate.file).stdout


def test_a_server_that_is_down_and_up_again():
    with Server() as server, gate_before(server) as gate:
        def is_up():
            # Each event loop finds out by itself, when a client of its own asks.
            deliver(gate.port)
            return gate.status()["upstreams"][0]["servers"][0]["up"]

        server.stop()
        assert wait_until(lambda: not is_up(), 5)
        assert gate.status()["upstreams"][0]["servers"][0]["state"] == "down"
        assert "state=down" in gate.log
        server.start()
        assert wait_until(is_up, 5)
        assert deliver(gate.port).code == 250


# Reload.


def test_reload_takes_a_good_file(own, server):
    assert deliver(own.port, "victim@outside.test").code == 550
    own.write(office="127.0.0.9")
    answer = own.reload()
    assert answer.returncode == 0, answer
    assert deliver(own.port, "victim@outside.test").code == 250
    assert not own.status()["config"]["fileDiffers"]


def test_reload_in_json(own):
    answer = gatepost("reload", "--json", "-c", own.file)
    assert answer.returncode == 0
    validate(json.loads(answer.stdout), "reload")
    own.write(relay='    permit "office" {\n        from  ofice\n    }')
    answer = gatepost("reload", "--json", "-c", own.file)
    assert answer.returncode == 1
    refused = json.loads(answer.stdout)
    validate(refused, "reload")
    assert not refused["ok"] and "ofice" in refused["problems"][0]["message"]


def test_reload_says_who_gains_and_who_loses(own):
    assert "the text is as it was" in own.reload().stdout
    own.write(office="127.0.0.9")
    answer = own.reload()
    assert answer.returncode == 0, answer
    assert f"changed: {own.file}" in answer.stdout and '~ rule "office"' in answer.stdout
    (gained,) = [line for line in answer.stdout.splitlines() if line.startswith("  + ")]
    (lost,) = [line for line in answer.stdout.splitlines() if line.startswith("  - ")]
    assert "127.0.0.9" in gained and OFFICE in lost
    assert wait_until(lambda: "state=rights-compared" in own.log and "gained=1 lost=1" in own.log, 5)
    own.reload()
    own.write(own.text(office="127.0.0.9") + "# a comment\n")
    assert "The same rights." in own.reload().stdout


LIMITED = """    permit "office" {{
        from   office
        limit  {}
    }}"""
FIVE, FIFTY = (f"{number} recipients per hour for each client" for number in (5, 50))


@pytest.mark.parametrize(
    "before, after, sign, words, effect, key",
    [
        (FIVE, FIFTY, ">", "may send more", "more", "limits-raised"), (FIFTY, FIVE, "<", "may send less", "fewer", "limits-lowered"),
        (FIVE, "5 messages per day for each client", "~", "limited otherwise", "otherwise", "limits-other"),
    ])
def test_reload_says_whose_limits_changed(own, before, after, sign, words, effect, key):
    own.write(relay=LIMITED.format(before))
    assert own.reload().returncode == 0
    own.write(relay=LIMITED.format(after))
    answer = json.loads(gatepost("reload", "--json", "-c", own.file).stdout)
    validate(answer, "reload")
    rights = answer["change"]["rights"]
    assert rights["gained"] == rights["lost"] == [] and [each["effect"] for each in rights["limits"]] == [effect]
    shown = answer["text"].splitlines()
    assert [line for line in shown if line.startswith(f"  {sign} 127.0.0.2")], shown
    assert words in answer["text"] and "The same rights." not in shown
    hash = own.status()["config"]["hash"]
    others = {"limits-raised", "limits-lowered", "limits-other"} - {key}
    line = own.line(state="rights-compared", hash=hash)
    assert line[key] == "1" and all(line[other] == "0" for other in others), line
    assert (line["gained"], line["lost"], line["address-forms"]) == ("0", "0", "same")


def test_reload_says_what_may_be_delivered_now(own):
    own.write(own.text().replace("domains  ours.test", "domains  ours.test more.test\n    address-tricks  percent  resolve"))
    answer = own.reload()
    assert answer.returncode == 0 and "+ everybody · to *@more.test, as delivery" in answer.stdout, answer
    line = own.line(state="rights-compared", hash=own.status()["config"]["hash"])
    assert (line["deliveries-gained"], line["deliveries-lost"], line["address-forms"]) == ("1", "0", "differ")
    own.write(own.text())
    assert own.reload().returncode == 0
    line = own.line(state="rights-compared", hash=own.status()["config"]["hash"])
    assert (line["deliveries-gained"], line["deliveries-lost"], line["address-forms"]) == ("0", "1", "differ")


def test_reload_names_rules_and_listeners_that_come_and_go(own):
    second = free_port()
    both = {"public": f"{HERE}:{own.port}", "second": f"{HERE}:{second}"}
    own.write(listeners=both, relay='    reject "nobody" {\n        from  127.0.0.77\n    }')
    answer = json.loads(gatepost("reload", "--json", "-c", own.file).stdout)
    validate(answer, "reload")
    change = answer["change"]
    assert change["listeners"] == {"added": [f"second {HERE}:{second}"], "removed": [], "changed": []}
    assert change["rules"] == {"added": ["nobody"], "removed": ["office"], "changed": []}
    assert change["rights"]["complete"] and len(change["rights"]["lost"]) == 1 and change["rights"]["gained"] == []
    assert change["files"] == [str(own.file)]
    own.write(listeners={"public": f"{HERE}:{own.port}"}, relay='    reject "nobody" {\n        from  127.0.0.77\n    }')
    answer = own.reload()
    assert f"- listener second {HERE}:{second}" in answer.stdout and "sessions of removed listeners go on" in answer.stdout
    own.write(own.file.read_text().replace("\nupstream mta {", "\nupstream mta {\n    starttls  if-offered"))
    answer = own.reload()
    assert answer.returncode == 0 and "~ upstream mta" in answer.stdout and "The same rights." in answer.stdout


@pytest.mark.parametrize("what", REFUSED)
def test_reload_refuses_what_run_refuses(own, server, what):
    settings, word = REFUSED[what]
    text = own.text(office="127.0.0.9", **{key: value for key, value in settings.items() if key not in ("listeners", "servers")})
    if "listeners" in settings:
        text = own.text(
            office="127.0.0.9",
            listeners={name: value.replace("2525", str(own.port)) for name, value in settings["listeners"].items()})
    if "servers" in settings:
        text = text.replace(f"    server  {HERE}:{server.port}", "    server  " + settings["servers"][0])
    own.write(text)
    before = own.status()["config"]["hash"]
    answer = own.reload()
    assert answer.returncode == 1, answer
    assert word in answer.stdout + answer.stderr
    assert own.status()["config"]["hash"] == before
    assert deliver(own.port, "victim@outside.test").code == 550
    assert deliver(own.port, "victim@outside.test", OFFICE).code == 250
    assert "state=reload-refused" in own.log
    assert "nosuch" not in own.log


def test_reload_without_the_file_changes_nothing(own):
    own.file.rename(own.folder / "elsewhere.conf")
    answer = gatepost("reload", "-c", own.folder / "elsewhere.conf")
    assert answer.returncode == 2, answer
    refused = own.ask(f"reload {own.file}")
    validate(refused, "reload")
    assert not refused["ok"] and "runningFile" not in refused
    (problem,) = refused["problems"]
    assert problem["file"] == str(own.file) and "no such file" in problem["message"]
    assert deliver(own.port).code == 250


def test_reload_and_status_with_an_error_elsewhere_in_the_file(own):
    for text in (own.text() + "\n}\n", own.text().replace("relay {", "relay {{"), "nonsense\n" + own.text()):
        own.write(text)
        assert gatepost("status", "-c", own.file).returncode == 0
        assert own.reload().returncode == 1


def test_a_session_keeps_the_rules_that_it_began_with(own, server):
    with Client(own.port, OFFICE) as client:
        client.ehlo()
        own.write(office="127.0.0.66", listeners={"public": f"{HERE}:{own.port}"})
        assert own.reload().returncode == 0
        assert client.transaction("victim@outside.test")[-1].code == 250
    with Client(own.port, OFFICE) as client:
        client.ehlo()
        assert client.transaction("victim@outside.test")[-1].code == 550


def test_a_session_keeps_its_server_over_a_reload_that_takes_it_away(own, server):
    """RCPT is under way, the file names another server now: the message goes where its recipients were accepted."""
    with Server() as other, Client(own.port) as within, Client(own.port) as between:
        within.ehlo()
        within.begin()
        between.ehlo()
        own.servers = [other.port]
        own.write()
        assert own.reload().returncode == 0
        assert within.command(MESSAGE + b".").code == 250
        assert len(server.messages) == 1
        # A session keeps what it began with, its server too.
        assert between.transaction()[-1].code == 250
        assert len(server.messages) == 2
        assert deliver(own.port).code == 250
        assert len(other.messages) == 1


def test_a_server_that_is_taken_away_while_it_hangs_is_let_go():
    # A greeting is awaited for half a minute.
    with Server() as hanging, Server() as other:
        hanging.script = {"greeting": hang}
        with Gate([hanging.port], faster=30) as gate:
            assert wait_until(lambda: hanging.open_connections > 0, 5)
            gate.servers = [other.port]
            gate.write()
            assert gate.reload().returncode == 0
            assert deliver(gate.port).code == 250
            assert wait_until(lambda: hanging.open_connections == 0, 30)


def test_a_session_begun_before_a_renamed_upstream_still_sends(own, server):
    with Client(own.port) as client:
        client.ehlo()
        own.write(own.text().replace("mta", "renamed"))
        assert own.reload().returncode == 0
        last = client.transaction()[-1]
        assert last.code == 250, last


def test_a_candidate_decides_too_and_changes_nothing(own, server):
    candidate = own.folder / "candidate.conf"
    candidate.write_text(own.text(office=STRANGER))
    (own.folder / "broken.conf").write_text("version 1\nnonsense\n")
    shadow = ("shadow", "--json", "-c", own.file)
    assert gatepost(*shadow).returncode == 2
    assert gatepost(*shadow, own.folder / "broken.conf").returncode == 1
    assert gatepost(*shadow, own.folder / "missing.conf").returncode == 2
    assert gatepost(*shadow, candidate).returncode == 0
    for number in range(2):
        assert deliver(own.port).code == 250
        assert deliver(own.port, f"a{number}@outside.test", OFFICE).code == 250
        assert deliver(own.port, f"b{number}@outside.test").code == 550
        # A reload keeps the candidate.
        assert own.reload().returncode == 0
    counts = json.loads(gatepost(*shadow).stdout)
    validate(counts, "shadow")
    assert (counts["decided"], counts["wouldPermit"], counts["wouldRefuse"]) == (6, 2, 2)
    assert own.status()["shadow"] == counts
    differs = own.line(shadow="differs", id=own.line(recipient="b0@outside.test")["id"])
    assert (differs["verdict"], differs["would"], differs["would-rule"]) == ("reject", "permit", "office")
    assert gatepost("shadow", "--off", "-c", own.file).returncode == 0
    assert own.status()["shadow"] is None


def test_listeners_that_stay_are_the_same_socket(own):
    """Connections in the backlog, or made while it reloads, are served."""
    inode = listening_inodes(own.port)
    failures, stop = [], threading.Event()

    def connect_all_the_time():
        while not stop.is_set():
            try:
                with Client(own.port) as client:
                    client.ehlo()
            except (OSError, Closed, AssertionError) as error:
                failures.append(error)

    threads = [threading.Thread(target=connect_all_the_time) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            own.write(office=f"127.0.0.{number + 20}")
            assert own.reload().returncode == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
    assert failures == []
    assert listening_inodes(own.port) == inode


def listening_inodes(port):
    rows = (row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sorted(row[9] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}"))


def test_a_listener_comes_and_goes(own):
    second = free_port()
    own.write(listeners={"public": f"{HERE}:{own.port}", "second": f"{HERE}:{second}"})
    assert own.reload().returncode == 0
    assert deliver(second).code == 250
    assert [listener["name"] for listener in own.status()["listeners"]] == ["public", "second"]
    with Client(second) as client:
        client.ehlo()
        own.write(listeners={"public": f"{HERE}:{own.port}"})
        assert own.reload().returncode == 0
        assert nothing_listens(second)
        # Its session finishes what it does.
        assert client.transaction()[-1].code == 250
    assert deliver(own.port).code == 250


def test_a_listener_with_another_name_on_the_same_address(own):
    own.write(listeners={"renamed": f"{HERE}:{own.port}"})
    answer = own.reload()
    assert answer.returncode == 0, answer
    assert deliver(own.port, "renamed@ours.test").code == 250
    assert own.line(recipient="renamed@ours.test")["listener"] == "renamed"


def test_a_port_that_is_taken_refuses_the_reload(own, server):
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        taken.listen()
        port = taken.getsockname()[1]
        free = free_port()
        own.write(
            office="127.0.0.9",
            listeners={"public": f"{HERE}:{own.port}", "new": f"{HERE}:{free}", "second": f"{HERE}:{port}"})
        answer = own.reload()
        assert answer.returncode == 1, answer
        assert f"{HERE}:{port}" in answer.stderr and "in use" in answer.stderr, answer.stderr
        assert nothing_listens(free)
        assert deliver(own.port, "victim@outside.test").code == 550
        assert [listener["name"] for listener in own.status()["listeners"]] == ["public"]


def test_sighup_reloads(own):
    own.write(office="127.0.0.9")
    own.signal(signal.SIGHUP)
    assert wait_until(lambda: "state=reloaded" in own.log or not own.is_running, 5)
    assert own.is_running
    assert deliver(own.port, "victim@outside.test").code == 250
    own.write("nonsense\n")
    own.signal(signal.SIGHUP)
    assert wait_until(lambda: "state=reload-refused" in own.log, 5)
    assert deliver(own.port, "victim@outside.test").code == 250


def test_the_control_socket_takes_nonsense(own):
    path = str(own.folder / "state/control.sock")
    for data in (b"", b"\n", b"nonsense\n", b"\xff" * 100_000, b"status"):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(6)
            client.connect(path)
            try:
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                client.recv(1 << 16)
            except OSError:
                pass


def test_who_asks_nothing_keeps_nobody_waiting(own):
    """More of them than are served at once, and one that does not read what it asked for."""
    path = str(own.folder / "state/control.sock")
    with contextlib.ExitStack() as stack:
        def connected():
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(path)
            return client

        connected().sendall(b"status\n")
        silent = [connected() for _ in range(40)]
        began = time.monotonic()
        assert own.status()["sessions"] == 0
        assert own.reload().returncode == 0
        assert time.monotonic() - began < 3
        # The longest silent were closed for it, the last not yet.
        silent[0].settimeout(2)
        assert silent[0].recv(1) == b""
        silent[-1].sendall(b"status\n")
        silent[-1].settimeout(5)
        assert silent[-1].recv(1) == b"{"


# Stopping.


def test_sigterm_stops_with_0(own):
    assert own.terminate() == 0
    assert "state=stopped" in own.log
    assert nothing_listens(own.port)
    assert not (own.folder / "state/control.sock").exists()


def test_sigint_stops_with_0(own):
    own.signal(signal.SIGINT)
    assert own.wait(10) == 0


def test_sigterm_ends_idle_sessions_at_once_and_lets_transactions_finish(own, server):
    with Client(own.port) as idle, Client(own.port) as greeted, Client(own.port) as within, Client(own.port) as writing:
        idle.ehlo()
        within.ehlo()
        within.command("MAIL FROM:<sender@outside.test>")
        writing.ehlo()
        writing.begin()
        writing.send(MESSAGE)
        began = time.monotonic()
        own.signal(signal.SIGTERM)
        assert idle.reply().code == 421 and idle.rest() == b""
        assert greeted.reply().code == 421
        assert time.monotonic() - began < 1
        assert nothing_listens(own.port)
        time.sleep(0.3)
        assert own.is_running
        assert writing.command(".").code == 250
        assert writing.reply().code == 421
        for client in (idle, greeted, writing):
            client.socket.close()
        assert within.command("RCPT TO:<reader@ours.test>").code == 250
        assert within.command("DATA").code == 354
        assert within.command(MESSAGE + b".").code == 250
        assert within.reply().code == 421
        within.socket.close()
        assert own.wait(5) == 0
    assert len(server.messages) == 2


def test_sigterm_does_not_wait_for_who_lingers(own):
    """A refused client that does not close must not hold the daemon for long."""
    with Client(own.port) as client:
        client.ehlo()
        own.signal(signal.SIGTERM)
        assert client.reply().code == 421
        # We do not close. The pause for our last bytes is five seconds.
        assert own.wait(8) == 0


def test_a_reader_of_the_log_that_stands_still_does_not_hold_up_mail(shared_server, tmp_path):
    file, port = write(tmp_path)
    file.write_text(configuration(tmp_path / "state", [shared_server.port], {"public": f"{HERE}:{port}"}))
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", binary(), "run", "-c", file], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    try:
        assert wait_until(lambda: not nothing_listens(port), 10)
        with Client(port) as client:
            client.ehlo()
            for _ in range(20):
                client.command("MAIL FROM:<a@outside.test>")
                client.send(b"RCPT TO:<victim@outside.test>\r\n" * 50)
                assert [client.reply().code for _ in range(50)] == [550] * 50
                client.command("RSET")
            # Pipes hold 64 KiB; this was about 200.
            assert client.transaction()[-1].code == 250
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


# Under load, and with little.


def test_reloads_while_mail_flows_lose_nothing(own, server):
    """Other rules and another upstream each time: every message is answered, and each 250 is a message behind."""
    taken, troubles, stop = [], [], threading.Event()

    def send(number):
        count = 0
        while not stop.is_set():
            count += 1
            try:
                with Client(own.port, patience=10) as client:
                    client.ehlo()
                    for part in ("a", "b"):
                        name = f"r{number}-{count}{part}@ours.test"
                        last = client.transaction(name)[-1]
                        (taken if last.code == 250 else troubles).append(f"<{name}>" if last.code == 250 else last)
            except (OSError, Closed, AssertionError) as error:
                troubles.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(20):
            text = own.text(office=f"127.0.0.{number + 20}")
            own.write(text.replace("mta", f"mta{number}") if number % 2 else text)
            assert own.reload().returncode == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert troubles == []
    assert len(taken) > 20
    assert sorted(taken) == sorted(recipient for message in server.messages for recipient in message.recipients)
