"""Reloads while mail flows: nobody is refused, dropped or judged by two sets of rules.

    GATEPOST=.build/release/gatepost GATEPOST_RELOADS=1000 GATEPOST_RATE=500 python3 -m pytest -s Tests/Daemon/test_reload_under_load.py
"""

import os
import time

import pytest
from rig.gate import gate_before
from rig.senders import ALWAYS, NEVER, ROUNDS, SOMETIMES, Senders

RELOADS = int(os.environ.get("GATEPOST_RELOADS", "40"))
RATE = int(os.environ.get("GATEPOST_RATE", "100"))
SECONDS_A_RELOAD = 0.06
"""At least, so that many sessions begin between two of them."""


def rules(verdict):
    return f"""\
    reject "never" {{
        to  {NEVER}
    }}
    {verdict} "sometimes" {{
        from  127.0.4.0/24
        to    {SOMETIMES}
    }}
    permit "always" {{
        from  127.0.4.0/24
        to    {ALWAYS}
    }}
"""


@pytest.fixture
def busy_gate(server):
    with gate_before(server, relay=rules("permit")) as gate:
        yield gate


def test_every_session_is_judged_by_one_set_of_rules_and_loses_nothing(busy_gate, server):
    """Each reload has the other rules, and another upstream."""
    began, hashes = time.monotonic(), set()
    with Senders(busy_gate.port, RATE) as senders:
        for number in range(RELOADS):
            text = busy_gate.text(relay=rules("reject" if number % 2 == 0 else "permit"))
            busy_gate.write(text.replace("mta", f"mta{number % 4}"))
            answer, due = busy_gate.ask("reload"), began + (number + 1) * SECONDS_A_RELOAD
            assert answer["ok"], answer
            hashes.add(busy_gate.ask("status")["config"]["hash"])
            time.sleep(max(0, due - time.monotonic()))
    seconds, report = time.monotonic() - began, senders.report
    print(f"\n{RELOADS} reloads in {seconds:.0f} s, {len(report['taken']) / seconds:.0f} messages a second: "
          f"{report['sessions']} sessions, {report['permitted']} by one set of rules and {report['refused']} by the other, "
          f"{len(report['troubles'])} refused, dropped or misjudged; {len(report['taken'])} messages taken, "
          f"{len(server.messages)} behind")
    assert report["troubles"] == []
    assert len(hashes) == 4
    assert min(report["permitted"], report["refused"]) > 0
    assert len(report["taken"]) == ROUNDS * report["sessions"]
    assert sorted(report["taken"]) == sorted(map(number_of, server.messages))
    assert not any(NEVER in recipient for message in server.messages for recipient in message.recipients)


def number_of(message):
    """Of the message, from its first recipient `<mNUMBER@always.test>`."""
    return int(message.recipients[0][2:].partition("@")[0])
