"""TLS with clients: offered, demanded, from the first byte on; what is read before it, and what it proves."""

import contextlib
import hashlib
import re
import smtplib
import socket
import ssl
import time

import pytest
from rig.certificates import make
from rig.client import MESSAGE, Client, Closed, deliver
from rig.gate import FAKETIME, configuration, gate_before, gate_with_tls, gatepost, tls_block
from rig.loopback import HERE, OFFICE, STRANGER, free_port, wait_until

OPEN_UNDER_TLS = '    permit "office" {\n        from  office\n        tls   any\n    }'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def shared_gate(shared_server, certificate):
    with gate_with_tls(shared_server, certificate, relay=OPEN_UNDER_TLS) as gate:
        yield gate


def encrypted(gate, address=STRANGER, **settings):
    client = Client(gate.ports.offered, address)
    client.ehlo()
    client.starttls(**settings)
    client.ehlo()
    return client


# It works.


def test_starttls_and_mail_arrives(gate, server, certificate):
    with Client(gate.ports.offered) as client:
        assert "STARTTLS" in client.ehlo().lines
        client.starttls(trusted=certificate)
        assert "STARTTLS" not in client.ehlo().lines
        assert client.transaction()[-1].code == 250
        assert client.command("QUIT").code == 221
        assert client.rest() == b""
    (message,) = server.messages
    assert re.search(rb" with ESMTPS \(TLSv1\.3\) id ", message.data), message.data[:300]
    assert gate.line(verdict="permit", tls="TLSv1.3")


@pytest.mark.parametrize("size", (1, 16_384, 16_385, 3_000_000))
def test_messages_of_any_size_pass_whole(gate, server, size):
    body = b"Subject: large\r\n\r\n" + (b"x" * 997 + b"\r\n") * (size // 999) + b"y" * (size % 999) + b"\r\n"
    with encrypted(gate) as client:
        for _ in range(2):
            assert client.transaction(message=body)[-1].code == 250
    assert len(server.messages) == 2
    assert all(message.size >= len(body) for message in server.messages)
    if len(body) < server.largest_kept:
        assert all(message.data.endswith(body) for message in server.messages)


def test_the_library_of_python_and_tls_from_the_first_byte_on(gate, server, certificate):
    context = ssl.create_default_context(cafile=certificate.certificate)
    context.check_hostname = False
    with smtplib.SMTP(HERE, gate.ports.offered) as client:
        client.starttls(context=context)
        client.sendmail("sender@outside.test", ["reader@ours.test"], MESSAGE)
    with smtplib.SMTP_SSL(HERE, gate.ports.implicit, context=context) as client:
        client.sendmail("sender@outside.test", ["reader@ours.test"], MESSAGE)
        assert not client.has_extn("starttls")
    assert len(server.messages) == 2


@pytest.mark.parametrize("maximum, wanted", [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_both_versions(gate, server, maximum, wanted):
    with encrypted(gate, maximum=maximum) as client:
        assert client.socket.version() == wanted
        assert client.transaction()[-1].code == 250
        cipher = client.socket.cipher()[0]
        assert "GCM" in cipher or "CHACHA20" in cipher


def test_a_minimum(shared_server, certificate):
    with gate_with_tls(shared_server, certificate, minimum="TLSv1.3") as gate:
        with Client(gate.ports.offered) as client:
            client.ehlo()
            with pytest.raises((ssl.SSLError, ConnectionResetError)):
                client.starttls(maximum=ssl.TLSVersion.TLSv1_2)
        with encrypted(gate) as client:
            assert client.socket.version() == "TLSv1.3"
        assert gate.line(tls="failed")["listener"] == "public"


# What is said in the clear.


@pytest.mark.parametrize(
    "behind",
    [b"NOOP\r\n", b"EHLO evil.test\r\nMAIL FROM:<evil@outside.test>\r\n", b"\r\n", b"x", b"\0", b"\x16\x03\x01"])
def test_bytes_behind_starttls_end_the_session(gate, server, behind):
    with Client(gate.ports.offered, OFFICE) as client:
        client.ehlo()
        client.send(b"STARTTLS\r\n" + behind)
        answer = client.rest()
    assert b"220" not in answer and answer.startswith(b"5"), answer
    assert server.commands == []


def test_commands_in_the_next_packet_are_no_commands(gate, server):
    """They meet the handshake, whether they come before the 220 or after it."""
    for pause in (0, 0.05):
        with Client(gate.ports.offered, OFFICE) as client:
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.ehlo()
            client.send(b"STARTTLS\r\n")
            time.sleep(pause)
            client.send(b"EHLO evil.test\r\nMAIL FROM:<evil@ours.test>\r\nRCPT TO:<victim@outside.test>\r\n")
            answer = client.rest()
        assert re.findall(rb"^(\d{3}) ", answer, re.M) in ([b"220"], [b"554"]), answer
    assert server.commands == []


def test_a_transaction_does_not_go_over_into_tls(gate, server):
    with Client(gate.ports.offered, OFFICE) as client:
        client.ehlo("first.test")
        assert client.command("MAIL FROM:<evil@ours.test>").code == 250
        assert client.command("STARTTLS").code == 503
        assert client.command("RSET").code == 250
        client.starttls()
        assert client.command("MAIL FROM:<a@outside.test>").code == 503
        client.ehlo("second.test")
        assert client.command("RCPT TO:<reader@ours.test>").code == 503
        assert client.transaction()[-1].code == 250
    (message,) = server.messages
    assert b"from second.test" in message.data and b"first.test" not in message.data


def test_refusals_of_starttls(gate):
    with Client(gate.ports.offered) as client:
        assert client.command("STARTTLS").code == 503
        client.ehlo()
        assert client.command("STARTTLS now").code == 501
        client.starttls()
        client.ehlo()
        assert client.command("STARTTLS").code == 503
        assert client.is_open()


def test_a_demand_for_tls(gate, server):
    with Client(gate.ports.required) as client:
        client.ehlo()
        reply = client.command("MAIL FROM:<a@outside.test>")
        assert reply.code == 530 and reply.lines == [f"5.7.0 Must issue a STARTTLS command first ({reply.id})"]
        line = gate.line(id=reply.id)
        assert (line["verdict"], line["reason"], line["recipient"], line["reply"]) == ("reject", "tls-required", "", "530 5.7.0")
        assert client.command("AUTH PLAIN AGEAYg==").code == 530
        client.starttls()
        client.ehlo()
        assert client.transaction()[-1].code == 250


def test_tls_decides_where_a_rule_says_so(gate, server):
    to = "friend@elsewhere.test"
    assert deliver(gate.ports.offered, to, OFFICE).code == 550
    with encrypted(gate, OFFICE) as client:
        assert client.transaction(to)[-1].code == 250
    # It is no proof by itself.
    with encrypted(gate, STRANGER) as client:
        assert client.transaction(to)[-1].code == 550
    assert len(server.messages) == 1


# What is no TLS.

GARBAGE = {
    "text": b"EHLO evil.test\r\n", "zeros": b"\0" * 500, "a record of garbage": b"\x16\x03\x01\x02\x00" + b"\xff" * 512,
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28", "a record too large": b"\x17\x03\x03\xff\xff" + b"a" * 65_535,
}


@pytest.mark.parametrize("door", ("offered", "implicit"))
@pytest.mark.parametrize("what", GARBAGE)
def test_what_is_no_handshake_ends_the_connection(gate, server, door, what):
    with Client(getattr(gate.ports, door), OFFICE, greeted=door == "offered") as client:
        if door == "offered":
            client.ehlo()
            assert client.command("STARTTLS").code == 220
        with contextlib.suppress(OSError):
            client.send(GARBAGE[what])
        answer = client.rest()
    assert not re.search(rb"^[245]\d\d", answer, re.M), answer
    assert server.commands == []


def test_a_handshake_that_is_cut_off_leaves_nothing(gate):
    hello = handshake_bytes()
    for cut in (1, 5, 60, len(hello) - 1, len(hello)):
        with Client(gate.ports.implicit, greeted=False) as client:
            client.send(hello[:cut])
            time.sleep(0.01)
    assert wait_until(lambda: gate.status()["sessions"] == 0, 5)


def handshake_bytes():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


def test_a_client_that_talks_before_the_greeting_under_tls(gate):
    with Client(gate.ports.implicit, greeted=False) as client:
        client.start_tls()
        client.send(b"EHLO early.test\r\n")
        assert client.reply().code in (220, 554)


@pytest.mark.skipif(not FAKETIME.exists(), reason="needs libfaketime")
def test_whoever_says_nothing_is_not_waited_for(shared_server, certificate):
    """By a clock that runs ahead: the handshake has thirty seconds."""
    with gate_with_tls(shared_server, certificate, faster=20) as gate:
        for door in ("offered", "implicit"):
            with Client(getattr(gate.ports, door), greeted=door == "offered", patience=15) as client:
                if door == "offered":
                    client.ehlo()
                    assert client.command("STARTTLS").code == 220
                started = time.monotonic()
                assert client.rest() == b""
                assert time.monotonic() - started < 5
        assert wait_until(lambda: len(gate.lines(tls="failed")) == 2, 3)


def test_bytes_come_one_by_one(gate, server, certificate):
    """The records of a whole session, a byte a packet."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=certificate.certificate)
    tls = context.wrap_bio(incoming, outgoing, server_hostname="gate.test")
    with Client(gate.ports.implicit, greeted=False) as client:

        def pump(action):
            while True:
                try:
                    result = action()
                except ssl.SSLWantReadError:
                    result = None
                if data := outgoing.read():
                    client.send_byte_by_byte(data, pause=0)
                if result is not None:
                    return result
                incoming.write(client.socket.recv(1 << 16))

        pump(lambda: tls.do_handshake() or True)
        assert pump(lambda: tls.read(1000)).startswith(b"220 ")
        for line, code in ((b"EHLO c.test", b"250"), (b"MAIL FROM:<a@outside.test>", b"250"),
                           (b"RCPT TO:<reader@ours.test>", b"250"), (b"DATA", b"354"), (MESSAGE + b".", b"250")):
            pump(lambda: tls.write(line + b"\r\n"))
            assert pump(lambda: tls.read(1000)).startswith(code), line
    assert len(server.messages) == 1


def test_half_closed_sessions_get_their_answers(gate, server):
    with encrypted(gate) as client:
        client.send(b"MAIL FROM:<a@outside.test>\r\nRCPT TO:<reader@ours.test>\r\nNOOP\r\n")
        client.socket.settimeout(2)
        with contextlib.suppress(OSError):
            client.socket = client.socket.unwrap()
    assert wait_until(lambda: gate.status()["sessions"] == 0, 5)


# Certificates of clients.


@pytest.fixture(scope="module")
def authority(folder):
    return make(folder, "our authority", file="authority", authority=True)


@pytest.fixture(scope="module")
def certified_gate(shared_server, certificate, authority, folder):
    pinned = make(folder, "pinned", purpose="clientAuth")
    colons = ":".join(pinned.fingerprint[i : i + 2].upper() for i in range(0, 64, 2))
    relay = f"""\
    permit "app servers" {{
        tls  client-certificate {authority.certificate}
        to   apps.test
    }}
    permit "pinned" {{
        tls  fingerprint:{colons}
        to   pinned.test
    }}
"""
    with gate_with_tls(shared_server, certificate, relay=relay) as gate:
        gate.pinned = pinned
        yield gate


def permitted(gate, certificate, session=None, maximum=None):
    """The domains that the holder of the certificate may send to, and the TLS session for the next time."""
    domains = set()
    with Client(gate.ports.offered) as client:
        client.ehlo()
        client.starttls(certificate=certificate, maximum=maximum, session=session)
        client.ehlo()
        assert client.transaction()[-1].code == 250, "ordinary mail passes with any certificate"
        for domain in ("apps.test", "pinned.test"):
            if client.transaction(f"x@{domain}")[-1].code == 250:
                domains.add(domain)
            client.command("RSET")
    return domains


def test_certificates_that_prove(certified_gate, authority, folder):
    issued = make(folder, "app one", issuer=authority, purpose="clientAuth")
    assert permitted(certified_gate, issued) == {"apps.test"}
    assert permitted(certified_gate, issued, maximum=ssl.TLSVersion.TLSv1_2) == {"apps.test"}
    assert permitted(certified_gate, certified_gate.pinned) == {"pinned.test"}
    line = certified_gate.lines(verdict="permit", rule="app servers")[0]
    assert line["tls"].startswith("TLSv1.")


def test_certificates_that_prove_nothing(certified_gate, authority, folder):
    """And cost nothing: ordinary mail passes."""
    impostor = make(folder, "our authority", file="impostor", authority=True)
    constrained = ("policyConstraints=critical,requireExplicitPolicy:0", "certificatePolicies=1.2.3.4")
    certificates = [
        # The last would end a process that goes on behind a failed check (decisions/0010-client-certificates.md).
        None, make(folder, "self-signed"), make(folder, "foreign", issuer=impostor),
        make(folder, "server only", issuer=authority, purpose="serverAuth"),
        make(folder, "constrained", issuer=impostor, extensions=constrained[:1]),
        make(folder, "constrained by itself", extensions=constrained),
    ]
    for certificate in certificates:
        assert permitted(certified_gate, certificate) == set()


@pytest.mark.parametrize("version", (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
def test_a_resumed_session_proves_what_the_first_one_did(certified_gate, authority, folder, version):
    issued = make(folder, "app two", issuer=authority, purpose="clientAuth")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = version
    context.load_cert_chain(issued.certificate, issued.key)
    session, reused = None, []
    for _ in range(2):
        with Client(certified_gate.ports.offered) as client:
            client.ehlo()
            assert client.command("STARTTLS").code == 220
            client.socket = context.wrap_socket(client.socket, session=session)
            client.ehlo()
            assert client.transaction("x@apps.test")[-1].code == 250
            session = client.socket.session
            reused.append(client.socket.session_reused)
    assert reused == [False, True]


# Files.


def test_a_renewed_certificate_is_shown_within_five_seconds(shared_server, folder):
    used = make(folder, file="used")
    renewed = make(folder, file="renewed")
    with gate_with_tls(shared_server, used) as gate:
        with encrypted(gate, trusted=used):
            pass
        held = encrypted(gate, trusted=used)
        old = used.fingerprint
        used.replaced_by(renewed)
        started, shown = time.monotonic(), old
        while shown == old and time.monotonic() < started + 5:
            with encrypted(gate) as client:  # No handshake fails meanwhile.
                shown = hashlib.sha256(client.socket.getpeercert(binary_form=True)).hexdigest()
        assert shown == renewed.fingerprint, gate.log[-2000:]
        assert held.transaction()[-1].code == 250, "a session goes on with what it began with"
        assert gate.line(tls="renewed")["until"].startswith("2")
        assert gate.status()["tls"]["state"] == "working"

        # Half of a pair is no pair: the old one stays, and that is said.
        other = make(folder, file="other")
        used.key.write_bytes(other.key.read_bytes())
        assert wait_until(lambda: gate.status()["tls"]["state"] == "failing", 6)
        assert "key" in gate.status()["tls"]["why"]
        assert "certificate" in gatepost("status", "-c", gate.file).stdout
        with encrypted(gate, trusted=renewed):
            pass
        used.certificate.write_bytes(other.certificate.read_bytes())
        assert wait_until(lambda: gate.status()["tls"]["state"] == "working", 6)
        with encrypted(gate, trusted=other):
            pass
        assert len(gate.lines(tls="renewal-refused")) == 1 and len(gate.lines(tls="failed")) == 0


def test_a_reload_takes_another_certificate(shared_server, folder):
    one, two = make(folder, file="one"), make(folder, file="two")
    with gate_with_tls(shared_server, one) as gate:
        gate.write(more=tls_block(two))
        assert gate.reload().returncode == 0
        with encrypted(gate, trusted=two):
            pass
        held = Client(gate.ports.offered)
        held.ehlo()
        # Listeners without TLS: who is connected keeps what was offered, whoever comes does not get it.
        gate.write(more="", listeners={"public": f"{HERE}:{gate.ports.offered}"})
        assert gate.reload().returncode == 0
        held.starttls(trusted=two)
        with Client(gate.ports.offered) as client:
            assert "STARTTLS" not in client.ehlo().lines
            assert client.command("STARTTLS").code == 502
        assert gate.status()["tls"] is None


BROKEN = {
    "a key of another": ("one.pem", "two.key", "key"),
    "no such certificate": ("nosuch.pem", "one.key", "nosuch.pem"),
    "no such key": ("one.pem", "nosuch.key", "nosuch.key"),
    "a certificate that is none": ("gatepost.conf", "one.key", "certificate"),
    "a key that is none": ("one.pem", "one.pem", "key"),
    "a credential without a service": ("one.pem", "credential:tls-key", "CREDENTIALS_DIRECTORY"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_run_refuses_and_check_says_what_cannot_be_shown(tmp_path, what):
    make(tmp_path, file="one"), make(tmp_path, file="two")
    certificate, key, word = BROKEN[what]
    file = tmp_path / "gatepost.conf"
    port = free_port()
    block = f"tls {{\n    certificate  {certificate}\n    key  {key}\n}}"
    file.write_text(
        configuration(tmp_path / "state", [9], {"public": f"{HERE}:{port}\n    starttls  offered"}, more=block))
    answer = gatepost("run", "-c", file)
    assert answer.returncode == 78, answer
    assert re.search(r"gatepost\.conf:\d+:\d+: error: ", answer.stderr) and word in answer.stderr, answer.stderr
    assert not (tmp_path / "state").exists()
    checked = gatepost("check", file)
    assert word in checked.stdout, checked
    assert checked.returncode == (0 if "credential" in what else 1), checked


def test_credentials_come_from_the_service_manager(shared_server, tmp_path, monkeypatch):
    made = make(tmp_path, file="tls")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    port = free_port()
    block = "tls {\n    certificate  credential:tls.pem\n    key  credential:tls.key\n}"
    with gate_before(
        shared_server, listeners={"public": f"{HERE}:{port}\n    starttls  offered"}, more=block
    ), Client(port) as client:
        client.ehlo()
        client.starttls(trusted=made)


def test_check_does_not_warn_of_tls_any_more(tmp_path):
    made = make(tmp_path)
    file = tmp_path / "gatepost.conf"
    servers = [f"{HERE}:9/tls", f"{HERE}:10\n    starttls  required\n    verify  ca {made.certificate} name behind.test"]
    file.write_text(
        configuration(
            tmp_path / "state", servers, {"public": f"{HERE}:25 {HERE}:465/tls\n    starttls  required"},
            more=tls_block(made)))
    answer = gatepost("check", file)
    assert answer.returncode == 0 and "cannot carry out" not in answer.stdout, answer
