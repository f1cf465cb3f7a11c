"""What the gate decided is decided alike when its log is judged again under the same file."""

import json
import subprocess

import pytest
from rig.client import Client, deliver
from rig.gate import binary, gate_before
from rig.loopback import OFFICE, STRANGER, wait_until

PATHS = [
    b"<y@victim.test>", b"<info@ours.test>", b"<y%victim.test@ours.test>", b"<victim.test!y@ours.test>",
    b'<"y@victim.test"@ours.test>', b'<"x verdict=permit"@victim.test>', b"<@a.test:y@victim.test>", b"<nonsense",
    b"y@victim.test", b"<\xc3\xbc@victim.test>", b"<\xff@ours.test>", b"<" + b"a" * 1_500 + b"@ours.test>", b"<Postmaster>",
]


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_flips_under_the_file_that_ran(server, form):
    more = "log {\n    format json\n}" if form == "json" else ""
    with gate_before(server, more=more) as gate:
        for source in (STRANGER, OFFICE):
            for sender in (b"<>", b"<x@outside.test>", b'<"a b"@ours.test>'):
                with Client(gate.port, source) as client:
                    client.command(b"EHLO a\\b\"c")
                    client.command(b"MAIL FROM:" + sender)
                    for path in PATHS:
                        client.command(b"RCPT TO:" + path)
        assert deliver(gate.port, "info@ours.test").code == 250
        wait_until(lambda: gate.log.count("message=") == 1, 5)
        log = gate.log
        result = subprocess.run(
            [binary(), "replay", "-", "-c", gate.file, "--json"], input=log.encode(), capture_output=True, timeout=60)
        answer = json.loads(result.stdout)
        assert answer["flips"] == [] and answer["unread"] == 0 and answer["newer"] == 0, answer
        assert answer["requests"] >= 2 * 3 * (len(PATHS) - 1)
        assert result.returncode == 0

        # The office is nobody any more.
        gate.write(office="192.0.2.0/24")
        result = subprocess.run(
            [binary(), "replay", "-", "-c", gate.file, "--json"], input=log.encode(), capture_output=True, timeout=60)
        assert result.returncode == 1
        assert {(flip["from"], flip["client"], flip["ruleThen"]) for flip in json.loads(result.stdout)["flips"]} == {
            ("permit", OFFICE, "office")}
