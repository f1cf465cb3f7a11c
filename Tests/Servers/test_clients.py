"""The programs that people send mail with, each through the gate to one of the servers."""

import os
import shutil
import subprocess

import pytest
from conftest import need
from harness.loopback import HERE, OFFICE, STRANGER, wait_until
from harness.mail import OURS, OUTSIDE, message, new_token
from harness.servers.open_server import PEERS

SENDER = f"sender@{OUTSIDE}"
READER = f"reader@{OURS}"
VICTIM = f"victim@{OUTSIDE}"


def run(program, *arguments, stdin=b""):
    """What the program said; it has a minute."""
    command = [program, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)


def with_server(name):
    """Only this server stands behind; the four were all tried by the other tests."""
    return pytest.mark.parametrize("server", [name], indirect=True)


@with_server("postfix")
def test_swaks(gate, sink):
    need(shutil.which("swaks"), "Debian's swaks")
    here = ["--server", f"{HERE}:{gate.port}", "--local-interface", STRANGER, "--ehlo", "client.test"]
    token = new_token()
    swaks = run("swaks", *here, "--from", SENDER, "--to", READER, "--h-Subject", token, "--body", "Hello.")
    assert swaks.returncode == 0, swaks
    assert sink.wait_for(token).recipients == (READER,)

    swaks = run("swaks", *here, "--from", SENDER, "--to", VICTIM)
    assert swaks.returncode == 24, swaks  # no recipient was accepted


@with_server("exim")
def test_curl(gate, sink, tmp_path):
    need(shutil.which("curl"), "Debian's curl")
    token, file = new_token(), tmp_path / "message"
    file.write_bytes(message(token))
    url = f"smtp://{HERE}:{gate.port}/client.test"

    def upload(address, rcpt):
        envelope = ["--mail-from", SENDER, "--mail-rcpt", rcpt, "--upload-file", file]
        return run("curl", "--silent", "--show-error", "--noproxy", "*", "--interface", address, url, *envelope)

    curl = upload(OFFICE, VICTIM)
    assert curl.returncode == 0, curl
    assert sink.wait_for(token).recipients == (VICTIM,)

    curl = upload(STRANGER, VICTIM)
    assert curl.returncode == 55 and b"550" in curl.stderr, curl


@with_server("sendmail")
def test_msmtp(gate, sink):
    need(shutil.which("msmtp"), "Debian's msmtp")
    token = new_token()

    def send(address, rcpt):
        here = [f"--host={HERE}", f"--port={gate.port}", f"--source-ip={address}", "--domain=client.test"]
        return run("msmtp", *here, f"--from={SENDER}", rcpt, stdin=message(token))

    msmtp = send(STRANGER, READER)
    assert msmtp.returncode == 0, msmtp
    assert sink.wait_for(token).recipients == (READER,)

    msmtp = send(STRANGER, VICTIM)
    assert msmtp.returncode == os.EX_DATAERR and b"550" in msmtp.stderr, msmtp


@with_server("opensmtpd")
def test_smtp_source(gate, sink):
    """Postfix's load generator: twenty messages over four connections at once."""
    program = PEERS / "bin" / "smtp-source"
    need(program.exists(), "Debian's postfix (run Tests/Servers/setup.sh)")
    token = new_token()
    source = run(
        program, "-s", 4, "-m", 20, "-d", "-l", 4096, "-f", SENDER, "-t", READER, "-S", token, f"{HERE}:{gate.port}"
    )
    assert source.returncode == 0, source
    assert wait_until(lambda: len(sink.with_text(token)) == 20, 30), len(sink.with_text(token))
    assert {delivery.recipients for delivery in sink.with_text(token)} == {(READER,)}
