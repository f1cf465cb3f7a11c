"""The daemon before scripted servers, with clients that send any bytes.

    GATEPOST=/path/to/gatepost python3 -m pytest Tests/Daemon
"""

import pytest
from rig.certificates import make
from rig.gate import binary, gate_before
from rig.server import Server


@pytest.fixture(scope="session", autouse=True)
def the_program():
    if not binary().exists():
        pytest.fail(f"missing: {binary()} (build it, or set GATEPOST)", pytrace=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Of the gate, signed by itself."""
    return make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def shared_server():
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def shared_gate(shared_server):
    with gate_before(shared_server) as gate:
        yield gate


@pytest.fixture
def server(shared_server):
    """A scripted server that has seen nothing yet."""
    shared_server.clear()
    return shared_server


@pytest.fixture
def gate(server, shared_gate):
    """The gate before it, shared by the tests of a module; it has to survive them all."""
    assert shared_gate.is_running
    yield shared_gate
    assert shared_gate.is_running, shared_gate.log[-3000:]
