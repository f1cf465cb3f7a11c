"""A clock that was set back brings no permit to life again (language page, Meaning 8)."""

import datetime

import pytest
from rig.client import Client
from rig.gate import Gate
from rig.loopback import OFFICE

DATED = """\
    permit "office" {
        from   office
        until  2099-12-31
    }
"""


def recorded(gate, offset):
    """Leaves a newest time on record, so far from now."""
    state = gate.folder / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    moment = datetime.datetime.now(datetime.timezone.utc) + offset
    (state / "clock").write_text(moment.strftime("%Y-%m-%dT%H:%M:%SZ\n"))


@pytest.mark.parametrize("text", ("", "garbage\n", "2026-13-45T00:00:00Z\n"))
def test_a_record_that_cannot_be_read_opens_nothing(server, text):
    gate = Gate([server.port], relay=DATED)
    (gate.folder / "state").mkdir(mode=0o700)
    (gate.folder / "state" / "clock").write_text(text)
    with gate, Client(gate.port, OFFICE) as client:
        client.ehlo()
        client.command("MAIL FROM:<a@ours.test>")
        assert client.command("RCPT TO:<friend@abroad.test>").code == 451


@pytest.mark.parametrize(("offset", "code"), [
    (datetime.timedelta(days=-1), 250), (datetime.timedelta(minutes=50), 250), (datetime.timedelta(hours=2), 451)])
def test_a_dated_permit_waits_for_the_clock(server, offset, code):
    gate = Gate([server.port], relay=DATED)
    recorded(gate, offset)
    with gate, Client(gate.port, OFFICE) as client:
        client.ehlo()
        client.command("MAIL FROM:<a@ours.test>")
        assert client.command("RCPT TO:<friend@abroad.test>").code == code
        # Mail for us needs no permit, whatever the clock says.
        client.command("RSET")
        client.command("MAIL FROM:<a@abroad.test>")
        assert client.command("RCPT TO:<reader@ours.test>").code == 250

