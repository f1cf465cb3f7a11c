"""`login`: the gate logs in to the server behind, never in the clear, and no refusal of it ever costs a client its mail."""

import base64
import contextlib
import os
import re

import pytest
from rig.certificates import make
from rig.client import Client, deliver
from rig.gate import Gate, configuration, gatepost, wait_until_learnt
from rig.loopback import HERE, OFFICE, free_port, wait_until
from rig.server import Server, close, says_and_hangs

PASSWORD = "s3 cret!"
LOGIN = ("gate", PASSWORD)
WORDS = "login  gate password credential:smarthost"
# What may stand in no log: the password as it is, and as either mechanism says it.
SECRETS = [
    PASSWORD, base64.b64encode(PASSWORD.encode()).decode(), base64.b64encode(f"\0gate\0{PASSWORD}".encode()).decode(),
]


@pytest.fixture
def password(tmp_path, monkeypatch):
    """The file that holds it, as a service manager hands it over."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    file = tmp_path / "smarthost"
    file.write_text(PASSWORD + "\n")
    return file


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make(tmp_path_factory.mktemp("certificates"), "behind.test")


@contextlib.contextmanager
def gate_to(server, *words, suffix="", learnt=True):
    with Gate(["\n    ".join([f"{HERE}:{server.port}{suffix}", WORDS, *words])]) as gate:
        if learnt:
            wait_until_learnt(server)
        yield gate
        assert gate.is_running, gate.log[-3000:]
        assert not any(secret in gate.log for secret in SECRETS)


def file_with(folder, server, *words):
    """A configuration that is not run."""
    file = folder / "gatepost.conf"
    servers = ["\n    ".join([server, WORDS, *words])]
    file.write_text(configuration(folder / "state", servers, {"public": f"{HERE}:{free_port()}"}))
    return file


def is_refused_for_now(gate, server):
    reply = deliver(gate.port, "friend@outside.test", OFFICE)
    assert reply.code == 451, reply
    assert server.messages == [] and server.said("MAIL") == []
    assert not any(secret in str(reply) for secret in SECRETS)
    return True


def state_of(gate):
    (state,) = gate.status()["upstreams"][0]["servers"]
    assert not any(secret in str(state) for secret in SECRETS)
    return state


# Logging in.


@pytest.mark.parametrize("mechanisms", ("PLAIN LOGIN", "LOGIN PLAIN", "PLAIN", "LOGIN", "CRAM-MD5 LOGIN"))
def test_it_logs_in_by_what_is_offered(password, mechanisms):
    with Server(login=LOGIN) as server:
        server.mechanisms = mechanisms
        with gate_to(server) as gate:
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
            assert deliver(gate.port, "reader@ours.test").code == 250
            assert [message.login for message in server.messages] == ["gate", "gate"]
            assert set(server.logins) == {LOGIN}
            wanted = "PLAIN" if "PLAIN" in mechanisms else "LOGIN"
            assert {line.split(" ")[1] for line in server.said("AUTH")} == {wanted}
            assert state_of(gate)["state"] == "up"


def test_under_tls_the_password_is_said_there_alone(password, certificate):
    with Server(certificate=certificate, login=LOGIN) as server:
        with gate_to(server, "starttls required", f"verify fingerprint {certificate.fingerprint}") as gate:
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
            assert server.messages[0].login == "gate"
            assert {line.split(" ")[0] for line in server.in_clear} == {"EHLO", "STARTTLS"}


def test_with_tls_from_the_first_byte_on(password, certificate):
    with Server(certificate=certificate, implicit_tls=True, login=LOGIN) as server, gate_to(server, suffix="/tls") as gate:
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
        assert server.messages[0].login == "gate" and server.in_clear == []


def test_once_a_connection(password):
    with Server(login=LOGIN) as server, gate_to(server) as gate, Client(gate.port, OFFICE) as client:
        client.ehlo()
        for _ in range(5):
            assert client.transaction("friend@outside.test")[-1].code == 250
        assert len(server.logins) == server.connections


# Not in the clear.


def test_no_tls_no_password(password, certificate):
    """Somebody on the way has taken the offer of STARTTLS out."""
    with Server(login=LOGIN) as server, gate_to(server, "starttls required") as gate:
        assert is_refused_for_now(gate, server)
        assert server.said("AUTH") == [] and "STARTTLS" in state_of(gate)["lastError"]


def test_a_server_of_another_name_is_told_no_password(password, certificate):
    with Server(certificate=certificate, login=LOGIN) as server:
        with gate_to(server, "starttls required", f"verify fingerprint {'0' * 64}", learnt=False) as gate:
            assert is_refused_for_now(gate, server)
            assert server.said("AUTH") == []


@pytest.mark.parametrize("word", ("", "starttls  no", "starttls  if-offered"))
def test_run_refuses_a_password_in_the_clear(tmp_path, password, word):
    file = file_with(tmp_path, "192.0.2.1:25", word)
    for answer in (gatepost("check", file), gatepost("run", "-c", file)):
        assert answer.returncode in (1, 78) and "`login` without `starttls required`" in answer.stdout + answer.stderr


# Refusals.


def test_a_refused_login_is_no_clients_fault_and_is_not_tried_again_and_again(password):
    password.write_text("another password\n")
    with Server(login=LOGIN) as server, gate_to(server) as gate:
        for _ in range(5):
            assert is_refused_for_now(gate, server)
        assert state_of(gate) == {
            **state_of(gate), "up": False, "state": "down", "lastError": "refuses our login: 535 5.7.8"}
        # By each event loop once: to the server every attempt is somebody who guesses.
        assert 1 <= len(server.logins) <= os.cpu_count()
        told = gate.lines(upstream="mta", state="down")
        assert 1 <= len(told) <= os.cpu_count() and {line["why"] for line in told} == {"refuses our login: 535 5.7.8"}

        password.write_text(PASSWORD)
        assert gate.reload().returncode == 0
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250, "a reload with the right one counts at once"


@pytest.mark.parametrize("echo", ["{}", "500 5.5.1 Command unrecognized: \"AUTH PLAIN {}\"", "454 4.7.0 {}", "421 4.3.2 {}", "235-{}\r\n236 x"])
def test_what_a_server_repeats_is_kept_out_of_the_log(password, echo):
    with Server(login=LOGIN) as server:
        server.script = {"auth": echo.format(SECRETS[2])}
        with gate_to(server) as gate:
            assert is_refused_for_now(gate, server)
            assert state_of(gate)["state"] == "down"


def test_not_offered(password):
    with Server(login=LOGIN) as server:
        server.mechanisms = ""
        with gate_to(server) as gate:
            assert is_refused_for_now(gate, server)
            assert state_of(gate)["lastError"] == "offers no login by PLAIN or LOGIN"
            server.mechanisms = "PLAIN"
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250, "and when it is offered it is used"


ODD = {
    "250": "250 2.0.0 Ok", "a challenge more": "334 UGFzc3dvcmQ6", "354": "354 Go on", "not now": "454 4.7.0 Later",
    "closes": close, "no reply": says_and_hangs(b"welcome\r\n"),
}


@pytest.mark.parametrize("phase", ("challenge", "auth"))
@pytest.mark.parametrize("what", ODD)
def test_an_odd_answer_is_no_login(password, phase, what):
    said = ODD[what]
    if phase == "challenge" and what == "a challenge more":
        said = "235 2.7.0 Welcome already"
    with Server(login=LOGIN) as server:
        server.mechanisms = "LOGIN"
        server.script = {phase: said}
        with gate_to(server) as gate:
            assert is_refused_for_now(gate, server)
            server.script = {}
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250


@pytest.mark.parametrize("said", ("235 ok\r\n235 ok", "235 ok\r\n421 closing"))
def test_a_welcome_with_more_behind_it_brings_no_mail(password, said):
    with Server(login=LOGIN) as server:
        server.script = {"auth": said}
        with gate_to(server) as gate:
            assert deliver(gate.port, "friend@outside.test", OFFICE).code == 451
            assert server.messages == []


def test_another_server_is_taken_where_one_refuses(password):
    with Server(login=("gate", "something else")) as first, Server(login=LOGIN) as second:
        with Gate([f"{HERE}:{first.port}", f"{HERE}:{second.port}\n    {WORDS}"]) as gate:
            wait_until_learnt(second)
            for _ in range(3):
                assert deliver(gate.port, "friend@outside.test", OFFICE).code == 250
        assert len(second.messages) == 3 and first.messages == []


def test_a_server_that_wants_yet_another_login_refuses_for_now(password):
    with Server(login=LOGIN) as server, gate_to(server) as gate:
        server.script = {"mail": "530 5.7.0 Authentication required"}
        assert deliver(gate.port, "friend@outside.test", OFFICE).code == 451
        assert server.messages == []


# The password's file.

BROKEN = {
    "empty": (b"\n", "is empty"), "several lines": (b"hunter\ntwo\n", "has several lines"), "a NUL": (b"a\0b\n", "a NUL"),
    "too long": (b"x" * 400, "more than 370 bytes"), "missing": (None, "cannot read"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_password_is_an_error_at_its_place(tmp_path, password, what):
    content, word = BROKEN[what]
    password.write_bytes(content) if content is not None else password.unlink()
    file = file_with(tmp_path, f"{HERE}:9")
    for answer in (gatepost("check", file), gatepost("run", "-c", file)):
        said = answer.stdout + answer.stderr
        assert answer.returncode in (1, 78) and word in said, answer
        assert re.search(r"gatepost\.conf:\d+:\d+: error: ", said) and "fix:" in said
        assert "hunter" not in said


def test_check_by_hand_cannot_see_it_and_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    file = file_with(tmp_path, f"{HERE}:9")
    answer = gatepost("check", file)
    assert answer.returncode == 0 and "credential:smarthost cannot be looked at" in answer.stdout, answer
    assert "cannot carry out" not in answer.stdout
    assert gatepost("run", "-c", file).returncode == 78


def test_reload_names_the_upstream_whose_login_changed(password):
    with Server(login=LOGIN) as server, gate_to(server) as gate:
        gate.write(gate.text().replace("login  gate ", "login  other "))
        answer = gate.reload()
        assert "~ upstream mta" in answer.stdout, answer
        assert wait_until(lambda: ("other", PASSWORD) in server.logins, 5)
