"""The running pieces that tests ask for by name: `server` (each of the four in turn), `gate`, `sink`."""

import os

import pytest
from harness import servers
from harness.gate import binary, gate_before, wait_for_extensions


def need(present, what):
    """A missing peer skips its tests on a person's machine, and fails them in CI."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


def need_peer(kind):
    need(os.geteuid() == 0, "root, for mounting a server's root")
    need(kind.installed, f"Debian's {kind.package} (run Tests/Servers/setup.sh)")


@pytest.fixture(scope="session", params=servers.ALL)
def server(request):
    """A real mail server that relays for anyone, and for nobody else's harm: all it takes goes to its sink."""
    kind = servers.ALL[request.param]
    need_peer(kind)
    with kind.running() as running:
        yield running


@pytest.fixture
def sink(server):
    """Where the server's mail ends."""
    return server.sink


@pytest.fixture(scope="session")
def gate_binary():
    need(binary().exists(), f"{binary()} (build it, or set GATEPOST)")
    return binary()


@pytest.fixture(scope="session")
def gate(server, gate_binary):
    """Gatepost before that server, knowing what the server can do."""
    with gate_before(server.port) as gate:
        wait_for_extensions(gate)
        yield gate
