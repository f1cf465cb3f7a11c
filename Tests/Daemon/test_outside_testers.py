"""What testers of other people say of the gate's TLS: SSLyze, testssl.sh and command-injection-tester.

Each first has to find what is wrong with a server that is careless.
"""

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

import pytest
from rig.certificates import make
from rig.gate import REPOSITORY, gate_with_tls
from rig.loopback import HERE
from rig.server import Server, says_and_hangs

PACKAGES = REPOSITORY / ".build/python-daemon"
DOORS = {"STARTTLS": "offered", "TLS from the first byte on": "implicit"}


def need(found, what):
    if not found:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"missing: {what}")


def need_package(name):
    need((PACKAGES / name).exists(), f"{name} of PyPI (run scripts/python-packages Tests/Daemon .build/python-daemon)")


def run(*command, seconds, **options):
    return subprocess.run(
        list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=seconds, env={**os.environ, "PYTHONPATH": str(PACKAGES)}, **options)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make(
        tmp_path_factory.mktemp("authority"), "our authority", file="authority", authority=True,
        extensions=["keyUsage=critical,keyCertSign,cRLSign"])


@pytest.fixture(scope="module")
def issued(authority):
    return make(authority.certificate.parent, file="gate", issuer=authority)


@pytest.fixture(scope="module")
def shared_gate(shared_server, issued):
    with gate_with_tls(shared_server, issued) as gate:
        yield gate


@pytest.fixture
def careless_server(issued):
    """It offers what is weak, and reads on in TLS what was sent before it."""
    with Server(certificate=issued) as server:
        server.tls.set_ciphers("ALL:@SECLEVEL=0")
        server.script = {"starttls": keeps_what_was_sent, "quit": says_and_hangs(b"221 2.0.0 Bye\r\n")}
        yield server


def keeps_what_was_sent(connection):
    kept = connection.buffer
    connection.say("220 2.0.0 Go on")
    connection.start_tls()
    connection.buffer = kept


# SSLyze: Mozilla's "intermediate" configuration.


def sslyze(port, door, authority):
    need_package("sslyze")
    starttls = ["--starttls", "smtp"] if door == "STARTTLS" else []
    return run(
        sys.executable, "-m", "sslyze", *starttls, "--mozilla_config", "intermediate",
        "--certinfo_ca_file", authority.certificate, f"{HERE}:{port}", seconds=120)


@pytest.mark.parametrize("door", DOORS)
def test_sslyze_finds_it_as_mozilla_recommends(gate, authority, door):
    answer = sslyze(getattr(gate.ports, DOORS[door]), door, authority)
    assert answer.returncode == 0 and "OK - Compliant" in answer.stdout, answer.stdout


def test_sslyze_finds_what_is_weak(careless_server, authority):
    answer = sslyze(careless_server.port, "STARTTLS", authority)
    assert answer.returncode != 0 and "FAILED - Not compliant" in answer.stdout, answer.stdout


# testssl.sh: protocols, suites, forward secrecy, what the server prefers, known holes.

WANTED = {"cipher_order"}
"""The client chooses among the suites: all of them are strong, and it knows which is cheap for it."""


CHECKS = ("--protocols", "--std", "--fs", "--server-preference", "--server-defaults", "--vulnerable")


def findings_of_testssl(port, door, authority, folder, checks=CHECKS):
    """Those that are worse than a note, but those of the certificate, which is made for the test, and what the tester itself
    could not do."""
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    need(program, "Debian's testssl.sh (run scripts/setup)")
    starttls = ["--starttls", "smtp"] if door == "STARTTLS" else []
    answer = run(
        program, "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--add-ca", authority.certificate,
        *checks, "--jsonfile", folder / "findings.json", *starttls, f"{HERE}:{port}", seconds=400)
    findings = json.loads((folder / "findings.json").read_text())
    assert len(findings) > 5 * len(checks), answer.stdout
    return {
        finding["id"]: f"{finding['severity']}: {finding['finding']}" for finding in findings
        if finding["severity"] not in ("OK", "INFO", "DEBUG", "WARN") and finding["id"] not in WANTED
        and not finding["id"].startswith("cert")}


@pytest.fixture(scope="module")
def findings(shared_gate, authority, tmp_path_factory):
    """By door; testssl.sh waits most of its time, so it goes through both at once."""
    with concurrent.futures.ThreadPoolExecutor() as testers:
        return dict(zip(DOORS, testers.map(
            lambda door: findings_of_testssl(
                getattr(shared_gate.ports, DOORS[door]), door, authority, tmp_path_factory.mktemp("findings")), DOORS)))


@pytest.mark.parametrize("door", DOORS)
def test_testssl_finds_nothing(findings, door):
    assert findings[door] == {}


def test_testssl_finds_what_is_weak(careless_server, authority, tmp_path):
    findings = findings_of_testssl(careless_server.port, "STARTTLS", authority, tmp_path, ["--std"])
    assert findings["cipherlist_aNULL"].startswith("CRITICAL"), findings


# command-injection-tester: commands behind STARTTLS that are read as if they had come under TLS (CVE-2011-0411).


def injected(port, folder):
    need_package("bin/command-injection-tester")
    return run(
        sys.executable, PACKAGES / "bin/command-injection-tester", "--smtp", "--smtp-port", port, "--nocolor",
        "--timeout", "1", HERE, seconds=60, cwd=folder).stdout


def test_no_command_is_injected(gate, tmp_path):
    said = injected(gate.ports.offered, tmp_path)
    assert "Sanity test done" in said and "TLS handshake failed - Server probably closed" in said, said
    assert "injection here" not in said, said


def test_an_injected_command_is_found(careless_server, tmp_path):
    assert "Command injection here!" in injected(careless_server.port, tmp_path)
