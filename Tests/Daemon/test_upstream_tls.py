"""TLS with the servers behind: asked for, demanded, verified; and what no server may do with it."""

import contextlib

import pytest
from rig.certificates import make
from rig.client import Client, deliver
from rig.gate import Gate, wait_until_learnt
from rig.loopback import HERE, wait_until
from rig.server import Server, close, says_and_hangs


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def certificate(folder):
    return make(folder, "behind.test")


@contextlib.contextmanager
def gate_to(server, *words, suffix="", learnt=True):
    with Gate(["\n    ".join([f"{HERE}:{server.port}{suffix}", *words])]) as gate:
        if learnt:
            wait_until_learnt(server)
        yield gate


def is_refused_for_now(gate, server):
    reply = deliver(gate.port)
    assert reply.code == 451, reply
    assert server.messages == [] and not any(line.startswith(("MAIL", "RCPT")) for line in server.commands)
    return True


@pytest.mark.parametrize("word", ("if-offered", "required"))
def test_mail_goes_under_tls_where_it_is_offered(certificate, word):
    with Server(certificate=certificate) as server, gate_to(server, f"starttls {word}") as gate:
        assert deliver(gate.port).code == 250
        assert len(server.messages) == 1
        assert {line.split(" ")[0] for line in server.in_clear} == {"EHLO", "STARTTLS"}
        with Client(gate.port) as client:
            assert "8BITMIME" in client.ehlo().lines and "STARTTLS" not in client.ehlo().lines


def test_it_is_not_asked_for_unasked(certificate):
    with Server(certificate=certificate) as server, gate_to(server) as gate:
        assert deliver(gate.port).code == 250
        assert server.said("STARTTLS") == []


def test_not_offered(certificate):
    with Server() as server:
        with gate_to(server, "starttls if-offered") as gate:
            assert deliver(gate.port).code == 250
        server.clear()
        with gate_to(server, "starttls required") as gate:
            assert is_refused_for_now(gate, server)
            (state,) = gate.status()["upstreams"][0]["servers"]
            assert state["state"] == "down" and "STARTTLS" in state["lastError"]


FAILING = {
    "refused": {"starttls": "454 4.7.0 Not now"},
    "no handshake": {"starttls": says_and_hangs(b"220 go\r\nthis is no handshake at all\r\n")},
    "closed": {"starttls": close},
    "closed in the handshake": {"starttls": lambda connection: (connection.say("220 go"), close(connection))},
}


@pytest.mark.parametrize("word", ("if-offered", "required"))
@pytest.mark.parametrize("what", FAILING)
def test_a_handshake_that_fails_is_no_reason_for_plain_text(certificate, word, what):
    with Server(certificate=certificate) as server:
        server.script = dict(FAILING[what])
        with gate_to(server, f"starttls {word}") as gate:
            assert is_refused_for_now(gate, server)
        server.clear()
        with gate_to(server, f"starttls {word}") as gate:
            assert deliver(gate.port).code == 250, "and when it is well again it is used"


@pytest.mark.parametrize(
    "behind",
    [b"250 2.1.0 Ok\r\n", b"250-behind.test\r\n250 PIPELINING\r\n", b"2", b"220 again\r\n", b"354 go\r\n"])
def test_bytes_behind_the_answer_to_starttls_end_the_connection(certificate, behind):
    """CVE-2021-38371: what was said in the clear would be read as said under TLS."""
    with Server(certificate=certificate) as server:

        def inject(connection):
            connection.say(b"220 2.0.0 Go on\r\n" + behind)
            connection.start_tls()

        server.script = {"starttls": inject}
        with gate_to(server, "starttls required") as gate:
            assert is_refused_for_now(gate, server)
            assert all(line.split(" ")[0] in ("EHLO", "STARTTLS", "QUIT") for line in server.commands), server.commands


def test_what_was_said_in_the_clear_is_forgotten(certificate):
    """Extensions that only the unencrypted EHLO had are not used."""
    with Server(certificate=certificate, extensions=("SIZE",)) as server:
        clear, encrypted = b"250-a.test\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 STARTTLS\r\n", b"250-a.test\r\n250 SIZE\r\n"
        server.script = {"ehlo": lambda connection: connection.say(encrypted if connection.is_encrypted else clear)}
        with gate_to(server, "starttls required") as gate, Client(gate.port) as client:
            assert client.ehlo().lines[1:] == ["SIZE"]


def test_tls_from_the_first_byte_on(certificate):
    with Server(certificate=certificate, implicit_tls=True) as server, gate_to(server, suffix="/tls") as gate:
        for _ in range(3):
            assert deliver(gate.port).code == 250
        assert len(server.messages) == 3 and server.in_clear == []


def test_a_large_message_passes_whole(certificate):
    body = b"Subject: large\r\n\r\n" + (b"x" * 997 + b"\r\n") * 900
    with Server(certificate=certificate) as server, gate_to(server, "starttls required") as gate:
        assert deliver(gate.port, message=body).code == 250
        (message,) = server.messages
        assert message.data.endswith(body)


def test_connections_are_used_again(certificate):
    with Server(certificate=certificate) as server, gate_to(server, "starttls required") as gate:
        with Client(gate.port) as client:
            client.ehlo()
            connections = server.connections
            for _ in range(5):
                assert client.transaction()[-1].code == 250
        assert server.connections <= connections + 1


# Whom we believe.


@pytest.fixture(scope="module")
def authority(folder):
    return make(folder, "authority", authority=True)


@pytest.fixture(scope="module")
def issued(folder, authority):
    return make(folder, "behind.test", issuer=authority, file="issued")


def verifications(certificate, authority, issued):
    wrong = "0" * 64
    return {
        "its fingerprint": (certificate, f"fingerprint {certificate.fingerprint}", True),
        "one of the fingerprints": (certificate, f"fingerprint {wrong} {certificate.fingerprint.upper()}", True),
        "another fingerprint": (certificate, f"fingerprint {wrong}", False),
        "its authority": (issued, f"ca {authority.certificate}", True),
        "another authority": (certificate, f"ca {authority.certificate}", False),
        "itself as authority": (certificate, f"ca {certificate.certificate}", True),
        "authority and name": (issued, f"ca {authority.certificate} name behind.test", True),
        "authority and another name": (issued, f"ca {authority.certificate} name other.test", False),
        "authority and the address": (issued, f"ca {authority.certificate} name", True),
        "an authority of the system": (issued, "ca", False),
        "a name by an authority of the system": (issued, "name behind.test", False),
    }


WAYS = list(verifications(*[type("Nobody", (), {"fingerprint": "", "certificate": ""})] * 3))


@pytest.mark.parametrize("door", ("starttls", "tls"))
@pytest.mark.parametrize("way", WAYS)
def test_verification(certificate, authority, issued, way, door):
    shown, words, is_good = verifications(certificate, authority, issued)[way]
    implicit = door == "tls"
    with Server(certificate=shown, implicit_tls=implicit) as server:
        lines = [f"verify {words}"] + ([] if implicit else ["starttls required"])
        with gate_to(server, *lines, suffix="/tls" if implicit else "", learnt=is_good) as gate:
            if is_good:
                assert deliver(gate.port).code == 250
                assert len(server.messages) == 1
            else:
                assert is_refused_for_now(gate, server)
                assert wait_until(lambda: gate.status()["upstreams"][0]["servers"][0]["state"] == "down", 3)
                assert "certificate" in gate.status()["upstreams"][0]["servers"][0]["lastError"]


def test_another_server_of_the_upstream_is_taken(certificate, folder):
    """The first one is not the one that is meant."""
    with Server(certificate=make(folder, "impostor.test")) as impostor, Server(certificate=certificate) as server:
        servers = [
            f"{HERE}:{impostor.port}",
            f"{HERE}:{server.port} backup\n    starttls required\n    verify fingerprint {certificate.fingerprint}",
        ]
        with Gate(servers) as gate:
            wait_until_learnt(server)
            assert deliver(gate.port).code == 250
            assert impostor.messages == [] and len(server.messages) == 1
