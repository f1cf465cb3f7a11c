"""A real port forwarder in front of the gate, in network namespaces: everybody comes from its address.

The tests whose names begin with `inside` run in a network namespace of their own, into which `test_inside` puts them.
"""

import contextlib
import os
import pathlib
import subprocess
import sys

import pytest
from rig.client import Client
from rig.gate import Gate, gatepost
from rig.loopback import wait_until
from rig.server import Server

INSIDE = os.environ.get("GATEPOST_TESTS_INSIDE") == "yes"
BRIDGE, CONTAINER, PUBLIC = "172.17.0.1", "172.17.0.2", "198.51.100.1"
STRANGERS = [f"198.51.100.{number}" for number in range(10, 60)]

FORWARDER = pathlib.Path(__file__).parent / "rig/forwarder.py"


def lacking():
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    for program in ("ip", "unshare", "nsenter"):
        if subprocess.run(["which", program], capture_output=True).returncode != 0:
            return f"needs {program}"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        return "may not make network namespaces here"
    return None


@pytest.mark.skipif(INSIDE, reason="is inside")
def test_inside():
    if why := lacking():
        pytest.skip(why)
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "pytest", "-q", "-k", "inside and not test_inside", __file__],
        env={**os.environ, "GATEPOST_TESTS_INSIDE": "yes"}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-6000:]


inside = pytest.mark.skipif(not INSIDE, reason="runs in a network namespace, by test_inside")


def ip(*words, within=None):
    command = ["nsenter", "--net", "--target", str(within)] if within else []
    subprocess.run([*command, "ip", *words], check=True)


@pytest.fixture(scope="module")
def world():
    """The host with a bridge `docker0`, and a container that also has the public address: its forwarder takes port 25
    there, and passes on to the host."""
    ip("link", "set", "lo", "up")
    sleeper = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "300"])
    try:
        assert wait_until(lambda: os.readlink(f"/proc/{sleeper.pid}/ns/net") != os.readlink("/proc/self/ns/net"), 5)
        ip("link", "add", "docker0", "type", "veth", "peer", "name", "eth0", "netns", str(sleeper.pid))
        ip("addr", "add", f"{BRIDGE}/16", "dev", "docker0")
        ip("link", "set", "docker0", "up")
        ip("link", "set", "lo", "up", within=sleeper.pid)
        ip("addr", "add", f"{CONTAINER}/16", "dev", "eth0", within=sleeper.pid)
        for address in [PUBLIC, *STRANGERS]:
            ip("addr", "add", f"{address}/32", "dev", "lo", within=sleeper.pid)
        ip("link", "set", "eth0", "up", within=sleeper.pid)
        yield sleeper.pid
    finally:
        sleeper.kill()
        sleeper.wait()


@contextlib.contextmanager
def forwarding(world, port, *options):
    """The forwarder in the container, as a process of its own."""
    command = [sys.executable, FORWARDER, f"{PUBLIC}:2525", f"{BRIDGE}:{port}", *options]
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "nsenter", "--net", "--target", str(world), *command], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"listening\n"
        yield
    finally:
        process.kill()
        process.wait()


CLIENT = """
import sys
sys.path.insert(0, sys.argv[1])
from rig.client import Client
address, name, to = sys.argv[2:]
with Client(2525, address, host="198.51.100.1") as client:
    client.ehlo(name)
    print(client.transaction(to, sender=f"a@{name}")[-1].code)
"""


def stranger(world, number, to="victim@outside.test"):
    """What is said to a stranger's message; he comes from the public side, with a name of his own."""
    done = subprocess.run(
        ["nsenter", "--net", "--target", str(world), sys.executable, "-c", CLIENT, pathlib.Path(__file__).parent,
         STRANGERS[number], f"stranger-{number}.test", to], capture_output=True, text=True, timeout=20)
    return int(done.stdout), done.stderr


@contextlib.contextmanager
def gate_on_bridge(office, more=""):
    with Server() as server, Gate([server.port], office=office) as gate:
        gate.kill()
        gate.settings["listeners"] = {"inside": f"{BRIDGE}:{gate.port} 127.0.0.1:{gate.port}{more}"}
        gate.write()
        with gate:
            yield gate, server


@inside
def test_a_permitted_bridge_is_refused_at_the_start_inside(world, tmp_path):
    for listener, office, status in (
        ("0.0.0.0:2626", "172.16.0.0/12", 1), ("0.0.0.0:2626", f"172.16.0.0/12 except {BRIDGE}", 0),
        ("127.0.0.1:2626", "172.16.0.0/12", 0), (f"0.0.0.0:2626\n    proxy-protocol  from {BRIDGE}", "172.16.0.0/12", 0),
    ):
        with Server() as server:
            gate = Gate([server.port], office="192.0.2.1")
            permit = f'    permit "office" {{\n        from  {office}\n    }}'
            gate.write(listeners={"public": listener}, relay=permit)
            answer = gatepost("check", gate.file)
            assert answer.returncode == status, (listener, office, answer.stdout)
            assert ("GP-004" in answer.stdout) == (status == 1)
            if status == 1:
                assert "docker0" in answer.stdout and BRIDGE in answer.stdout
                run = gatepost("run", "-c", gate.file)
                assert run.returncode == 78 and "GP-004" in run.stderr


@inside
def test_the_default_gateway_is_warned_of_inside(world):
    ip("route", "add", "default", "via", CONTAINER)
    try:
        with Server() as server:
            gate = Gate([server.port])
            gate.write(listeners={"public": "0.0.0.0:2626"}, relay=f'    permit "office" {{\n        from  {CONTAINER}\n    }}')
            answer = gatepost("check", gate.file)
            assert answer.returncode == 0 and "default gateway" in answer.stdout, answer.stdout
    finally:
        ip("route", "del", "default")


@inside
def test_a_reload_is_refused_too_inside(world):
    with gate_on_bridge("192.0.2.1") as (gate, _):
        gate.write(listeners={"public": "0.0.0.0:2626"}, office="172.16.0.0/12")
        answer = gate.reload()
        assert answer.returncode == 1 and "GP-004" in answer.stderr + answer.stdout, answer


@inside
def test_a_forwarder_that_says_nothing_launders_until_it_is_noticed_inside(world):
    """The network of the containers is permitted, on an inside listener, and the forwarder's address is in it."""
    with gate_on_bridge("172.17.0.0/16") as (gate, server), forwarding(world, gate.port):
        code, said = stranger(world, 0)
        assert code == 250, (said, "without the protocol nobody can tell: this is the hole")
        codes = [stranger(world, number)[0] for number in range(1, 40)]
        assert codes[-1] == 450 and codes.index(450) <= 31, codes
        assert gate.line(alarm="shared-address")["client"] == CONTAINER
        assert stranger(world, 45, "reader@ours.test")[0] == 250


@inside
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_forwarder_that_says_whose_it_is_inside(world, version):
    lines = f"\n    proxy-protocol  from {CONTAINER}"
    with gate_on_bridge(CONTAINER, lines) as (gate, server), forwarding(world, gate.port, version):
        assert stranger(world, 0)[0] == 550
        assert stranger(world, 1, "reader@ours.test")[0] == 250
        assert gate.lines(client=STRANGERS[0], verdict="reject")
        assert f"[{STRANGERS[1]}]".encode() in server.messages[-1].data
        # Who goes to the gate directly, from the container, says nothing and gets nothing.
        done = subprocess.run(
            ["nsenter", "--net", "--target", str(world), sys.executable, "-c",
             f"import socket; s = socket.create_connection(('{BRIDGE}', {gate.port})); s.sendall(b'EHLO x\\r\\n'); print(s.recv(9))"],
            capture_output=True, text=True, timeout=20)
        assert "b''" in done.stdout or "reset" in done.stderr.lower(), done
