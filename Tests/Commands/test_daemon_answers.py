"""What `status` and `reload` say, against their schemas. What the daemon does is tested in Tests/Daemon."""

import contextlib
import os
import socket
import subprocess
import time

import pytest
from commands_support import validate

CONFIGURATION = """\
version 1

node {{
    hostname  gate.test
    state     {state}
}}

local {{
    domains  ours.test
}}

upstream mailserver {{
    server  127.0.0.1:{server}
    server  127.0.0.1:{backup} backup
}}
route  local      mailserver
route  elsewhere  mailserver

listen public {{
    address  127.0.0.1:{port}
}}

relay {{
    permit "office" {{
        from  192.0.2.0/24
    }}
}}
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@pytest.fixture
def daemon(gatepost, tmp_path):
    """A running daemon: the path of its configuration."""
    port, server, backup = free_ports(3)
    path = tmp_path / "gatepost.conf"
    path.write_text(CONFIGURATION.format(state=tmp_path / "state", port=port, server=server, backup=backup))
    process = subprocess.Popen(
        [os.path.abspath(os.environ["GATEPOST"]), "run", "-c", path], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while gatepost("status").status != 0:
            assert process.poll() is None and time.monotonic() < deadline, "the daemon does not answer"
            time.sleep(0.05)
        yield path
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_status(gatepost, daemon):
    answer = gatepost("status", "--json").json
    validate(answer, "status")
    assert answer["config"]["file"] == str(daemon) and answer["config"]["fileDiffers"] is False
    assert [listener["name"] for listener in answer["listeners"]] == ["public"]
    assert [rule["name"] for rule in answer["rules"]] == ["office"]
    servers = answer["upstreams"][0]["servers"]
    assert [server["backup"] for server in servers] == [False, True]


def test_reload(gatepost, daemon):
    good = gatepost("reload", "--json")
    assert good.status == 0, good
    validate(good.json, "reload")
    assert good.json["ok"] is True

    text = daemon.read_text()
    daemon.write_text(text.replace("192.0.2.0/24", "192.0.2.0/33"))
    bad = gatepost("reload", "--json")
    assert bad.status == 1, bad
    validate(bad.json, "reload")
    assert bad.json["ok"] is False and bad.json["problems"][0]["line"] == 25
    assert gatepost("status", "--json").json["config"]["fileDiffers"] is True


@pytest.mark.parametrize("verb", ["status", "reload"])
def test_no_daemon_is_status_2(gatepost, tmp_path, verb):
    (tmp_path / "gatepost.conf").write_text(CONFIGURATION.format(state=tmp_path / "state", port=1, server=1, backup=1))
    result = gatepost(verb, "--json")
    assert result.status == 2 and result.out == "" and result.err.startswith("gatepost: "), result


@pytest.fixture
def other(daemon):
    """Another file with the daemon's own state directory."""
    path = daemon.parent / "other.conf"
    path.write_text(daemon.read_text().replace("192.0.2.0/24", "203.0.113.0/24"))
    return path


def test_reload_of_another_file_than_the_one_that_runs_is_trouble(gatepost, daemon, other):
    result = gatepost("reload", "-c", "other.conf")
    assert result.status == 2, result
    assert result.out == "" and result.err.startswith("gatepost: ")
    assert str(other) in result.err and str(daemon) in result.err and "gatepost reload -c" in result.err
    assert gatepost("reload").status == 0


def test_reload_of_another_file_in_json(gatepost, daemon, other):
    result = gatepost("reload", "--json", "-c", "other.conf")
    assert result.status == 2, result
    validate(result.json, "reload")
    assert result.json["ok"] is False and result.json["runningFile"] == str(daemon)
    (problem,) = result.json["problems"]
    assert problem["file"] == str(other) and str(daemon) in problem["fix"]


def test_other_names_of_the_file_that_runs_are_the_same_file(gatepost, daemon):
    link = daemon.parent / "link.conf"
    link.symlink_to(daemon)
    for name in ["./gatepost.conf", "link.conf", daemon]:
        assert gatepost("reload", "-c", name).status == 0, name


def test_reload_of_a_file_that_cannot_be_read_says_so_in_json(gatepost, tmp_path):
    result = gatepost("reload", "--json", "-c", "nosuch.conf")
    assert result.status == 2, result
    validate(result.json, "reload")
    (problem,) = result.json["problems"]
    assert result.json["ok"] is False
    assert problem["file"] == "nosuch.conf" and "no such file" in problem["message"] and problem["line"] is None


def test_a_listener_that_cannot_be_bound_is_a_problem_in_json(gatepost, daemon):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        daemon.write_text(daemon.read_text().replace("listen public", f"listen second {{\n    address  {address}\n}}\n\nlisten public"))
        result = gatepost("reload", "--json")
    assert result.status == 1, result
    validate(result.json, "reload")
    (problem,) = result.json["problems"]
    assert address in problem["message"] and "in use" in problem["message"]
    place = daemon.read_text().splitlines()[problem["line"] - 1]
    assert place.split() == ["address", address], problem
    assert problem["file"] == str(daemon) and problem["fix"]
