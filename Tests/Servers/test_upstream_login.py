"""Exim that takes mail of nobody but who logs in, under TLS. (OpenSMTPD 6.8 of Debian 12 has no TLS with its OpenSSL.)"""

import dataclasses
import hashlib
import ssl
import subprocess

import pytest
from conftest import need_peer
from harness.client import Client
from harness.gate import gate_before
from harness.loopback import OFFICE
from harness.mail import OURS, OUTSIDE, message, new_token
from harness.servers import exim

PASSWORD = "s3 cret!"

EXIM_LOGIN = f"""
begin authenticators
plain:
  driver           = plaintext
  public_name      = PLAIN
  server_prompts   = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{gate}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}
  server_set_id    = $auth2

login:
  driver           = plaintext
  public_name      = LOGIN
  server_prompts   = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{gate}}}}{{eq{{$auth2}}{{{PASSWORD}}}}}}}}}
  server_set_id    = $auth1
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """PEM of certificate and key, and the fingerprint."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=behind.test", "-keyout", folder / "key", "-out", folder / "certificate"],
        check=True, capture_output=True)
    pem = (folder / "certificate").read_text()
    return pem, (folder / "key").read_text(), hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def exim_files(certificate, mechanism):
    def files(port, sink_port):
        made = exim.files(port, sink_port)
        text = made["etc/exim4/exim4.conf"]
        for old, new in (
            ("tls_advertise_hosts =\n", "tls_advertise_hosts = *\ntls_certificate = /etc/tls.pem\ntls_privatekey = /etc/tls.key\n"
             "auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}\n"),
            ("  accept\n\nbegin routers", "  accept  authenticated = *\n  deny    message = log in first\n\nbegin routers"),
        ):
            assert old in text
            text = text.replace(old, new)
        login = EXIM_LOGIN if mechanism == "PLAIN" else EXIM_LOGIN.replace("public_name      = PLAIN", "public_name      = X-PLAIN")
        return {"etc/exim4/exim4.conf": text + login, "etc/tls.pem": certificate[0], "etc/tls.key": certificate[1]}

    return files


@pytest.fixture(scope="module", params=["PLAIN", "LOGIN"])
def strict(request, certificate):
    """Exim that offers this mechanism, under TLS alone."""
    need_peer(exim.SERVER)
    with dataclasses.replace(exim.SERVER, files=exim_files(certificate, request.param)).running() as running:
        yield running


@pytest.fixture
def upstream(certificate):
    """What every gate here says of that server."""
    return f"starttls  required\n    verify    fingerprint {certificate[2]}"


def relay(gate, token):
    with Client(gate.port, OFFICE) as client:
        return client.transaction(f"<anna@{OURS}>", [f"<friend@{OUTSIDE}>"], message(token))[-1]


def with_password(monkeypatch, folder, password):
    (folder / "smarthost").write_text(password + "\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))


LOGIN = "\n    login     gate password credential:smarthost"


def test_it_takes_mail_of_the_gate(strict, upstream, gate_binary, monkeypatch, tmp_path):
    with_password(monkeypatch, tmp_path, PASSWORD)
    with gate_before(strict.port, upstream=upstream + LOGIN) as gate:
        for _ in range(3):
            token = new_token()
            assert relay(gate, token).code == 250, (gate.log[-3000:], strict.log[-3000:])
            delivery = strict.sink.wait_for(token)
            assert delivery.recipients == (f"friend@{OUTSIDE}",)
            assert b"with esmtpsa" in delivery.data.lower(), delivery.data[:600]


def test_without_the_login_it_takes_none(strict, upstream, gate_binary):
    with gate_before(strict.port, upstream=upstream) as gate:
        assert not relay(gate, new_token()).positive


def test_a_wrong_password_costs_nobody_his_mail(strict, upstream, gate_binary, monkeypatch, tmp_path):
    with_password(monkeypatch, tmp_path, "another password")
    with gate_before(strict.port, upstream=upstream + LOGIN) as gate:
        reply = relay(gate, new_token())
        assert reply.code == 451, reply
        assert 'why="refuses our login: 535' in gate.log and "another password" not in gate.log
