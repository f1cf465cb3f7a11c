"""One transaction, one server: which one, and what becomes of the recipients of another."""

import pytest
from rig.client import MESSAGE, Client, deliver
from rig.gate import Gate, wait_until_learnt
from rig.loopback import HERE, OFFICE
from rig.server import Server

MORE = """\
upstream branch {{
    server  {here}:{branch}
}}

upstream smarthost {{
    server  {here}:{smarthost}
}}
{route}
"""


@pytest.fixture(scope="module")
def servers():
    with Server() as mta, Server() as branch, Server() as smarthost:
        yield mta, branch, smarthost


@pytest.fixture(params=["elsewhere", "clients"])
def gate_and_servers(servers, request):
    """The office's mail goes whole to `route clients`, which is the route elsewhere where there is none."""
    mta, branch, smarthost = servers
    for server in servers:
        server.reset()
    elsewhere, route = ("smarthost", "") if request.param == "elsewhere" else ("mta", "route clients smarthost")
    with Gate([mta.port], more=MORE.format(here=HERE, branch=branch.port, smarthost=smarthost.port, route=route)) as gate:
        gate.kill()
        text = gate.text().replace("route  elsewhere  mta", f"route  elsewhere  {elsewhere}")
        gate.write(text.replace("    domains  ours.test", "    domains  ours.test\n    domains  branch.test  via branch"))
        with gate:
            for server in servers:
                wait_until_learnt(server)
            yield gate, *servers


def test_a_strangers_recipients_of_two_servers(gate_and_servers):
    gate, mta, branch, smarthost = gate_and_servers
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies(
            "MAIL FROM:<sender@outside.test>", "RCPT TO:<a@branch.test>", "RCPT TO:<b@ours.test>", "RCPT TO:<c@branch.test>")
        assert [reply.code for reply in replies] == [250, 250, 452, 250]
        assert replies[2].lines[0].startswith("4.5.3 ")
        client.command("DATA")
        assert client.command(MESSAGE + b".").code == 250
        assert client.transaction("b@ours.test")[-1].code == 250
    assert gate.line(recipient="b@ours.test", verdict="defer")["reason"] == "other-server"
    assert [message.recipients for message in branch.messages] == [["<a@branch.test>", "<c@branch.test>"]]
    assert [message.recipients for message in mta.messages] == [["<b@ours.test>"]]
    assert smarthost.messages == []


def test_the_offices_message_goes_whole_to_one_server(gate_and_servers):
    """A printer never comes again for the second half."""
    gate, mta, branch, smarthost = gate_and_servers
    recipients = ["a@branch.test", "b@ours.test", "c@outside.test"]
    with Client(gate.port, OFFICE) as client:
        client.ehlo()
        client.command("MAIL FROM:<printer@ours.test>")
        assert [client.command(f"RCPT TO:<{recipient}>").code for recipient in recipients] == [250] * 3
        client.command("DATA")
        assert client.command(MESSAGE + b".").code == 250
    assert [message.recipients for message in smarthost.messages] == [[f"<{recipient}>" for recipient in recipients]]
    assert mta.messages == [] and branch.messages == []


def test_one_server_that_is_away_takes_nothing_from_the_others(gate_and_servers):
    gate, mta, branch, smarthost = gate_and_servers
    branch.stop()
    try:
        assert deliver(gate.port, "a@branch.test").code == 451
        assert deliver(gate.port, "b@ours.test").code == 250
        with Client(gate.port) as client:
            client.ehlo()
            replies = client.replies(
                "MAIL FROM:<sender@outside.test>", "RCPT TO:<a@branch.test>", "RCPT TO:<b@ours.test>", "DATA")
            assert [reply.code for reply in replies] == [250, 451, 250, 354]
            assert client.command(MESSAGE + b".").code == 250
    finally:
        branch.start()
    assert len(mta.messages) == 2


def test_a_recipient_that_its_server_refused_does_not_hold_the_transaction(gate_and_servers):
    gate, mta, branch, smarthost = gate_and_servers
    branch.script = {"rcpt": "550 5.1.1 No such user"}
    with Client(gate.port) as client:
        client.ehlo()
        replies = client.replies("MAIL FROM:<sender@outside.test>", "RCPT TO:<a@branch.test>", "RCPT TO:<b@ours.test>")
        assert branch.said("RCPT") == ["RCPT TO:<a@branch.test>"]
        assert [reply.code for reply in replies] == [250, 550, 250]
        client.command("DATA")
        assert client.command(MESSAGE + b".").code == 250
    assert len(mta.messages) == 1
    assert branch.messages == []


def test_what_one_of_the_servers_cannot_do_is_not_announced(servers):
    mta, _, smarthost = servers
    with Server(extensions=["PIPELINING", "SIZE 1000"]) as branch:
        more = MORE.format(here=HERE, branch=branch.port, smarthost=smarthost.port, route="")
        with Gate([mta.port], more=more) as gate:
            gate.kill()
            gate.write(
                gate.text().replace("    domains  ours.test", "    domains  ours.test\n    domains  branch.test  via branch"))
            for server in (mta, branch, smarthost):
                server.reset()
            with gate:
                for server in (mta, branch):
                    wait_until_learnt(server)
                with Client(gate.port) as client:
                    lines = client.ehlo().lines
                assert "PIPELINING" in lines and "SIZE 1000" in lines
                assert "8BITMIME" not in lines and "DSN" not in lines
