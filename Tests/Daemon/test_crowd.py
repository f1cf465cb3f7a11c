"""Many idle sessions: what each costs, that the daemon stays well with them, and that nothing is left of them.

    GATEPOST=.build/release/gatepost GATEPOST_CROWD=10000 python3 -m pytest -s Tests/Daemon/test_crowd.py
"""

import os
import resource
import time

import pytest
from rig.client import deliver
from rig.crowd import Crowd, allow_many_files
from rig.gate import gate_with_tls
from rig.loopback import wait_until

SESSIONS = int(os.environ.get("GATEPOST_CROWD", "300"))
KILOBYTES = {"plain": 8, "TLS": 40}


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_many_files()
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("kind", KILOBYTES)
def test_idle_sessions_cost_little_and_leave_nothing(server, certificate, many_files, kind):
    with gate_with_tls(server, certificate) as gate:
        def hold(count):
            """The gate's memory with so many sessions, after EHLO and after a message of each; then they leave."""
            with Crowd(gate.ports.offered, count, kind == "TLS") as crowd:
                greeted = settled_memory(gate, server, count)
                crowd.send_messages()
                with_message = settled_memory(gate, server, count)
                assert deliver(gate.ports.offered).code == 250, "a newcomer is served"
            assert wait_until(lambda: gate.status()["sessions"] == 0, 30)
            return greeted, with_message

        hold(50)  # what only the first ones cost
        memory, descriptors = settled_memory(gate, server, 0), gate.descriptors
        greeted, with_message = hold(SESSIONS)
        settled_memory(gate, server, 0)
        most_left = (with_message - memory) / 4 + (2 << 20)
        is_given_back = wait_until(lambda: gate.resident - memory <= most_left, 3)
        print(f"\n{SESSIONS} sessions, {kind}: {kilobytes(greeted - memory)} KB each after EHLO, "
              f"{kilobytes(with_message - memory)} KB after a message; {(gate.resident - memory) / 2**20:.1f} MB are left of "
              f"{(with_message - memory) / 2**20:.1f}")
        assert is_given_back
        assert gate.descriptors == descriptors
        assert kilobytes(greeted - memory) <= KILOBYTES[kind]
        assert kilobytes(with_message - memory) <= KILOBYTES[kind]


def settled_memory(gate, server, count):
    """Once the connections behind are closed."""
    assert wait_until(lambda: server.open_connections == 0, 5)
    began = time.monotonic()
    assert gate.status()["sessions"] == count
    assert time.monotonic() - began < 2, "status answers at once"
    return gate.resident


def kilobytes(growth):
    return round(growth / SESSIONS / 1024, 1)
