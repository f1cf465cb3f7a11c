import base64
import json
import os
import subprocess

import pytest
from commands_support import validate


def request(**members):
    return {"client": "198.51.100.7", "sender": "<x@evil.example>", "to": "<y@victim.example>", **members}


@pytest.fixture
def batch(gatepost, policy):
    """Answers to these lines: dictionaries or text."""

    def run(*lines, end="\n"):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + end
        result = gatepost("try", "--batch", "-c", policy, stdin=text)
        answers = [json.loads(line) for line in result.out.splitlines()]
        for answer in answers:
            validate(answer, "try-error" if "error" in answer else "decision")
        return result.status, answers

    return run


def test_one_answer_for_each_request_in_order(batch):
    requests = [request(to=f"<user{n}@{'example.com' if n % 3 else 'victim.example'}>") for n in range(2000)]
    for one in requests[:10]:
        validate(one, "try-request")
    status, answers = batch(*requests)
    assert status == 0 and len(answers) == 2000
    for n, answer in enumerate(answers):
        assert answer["forwardPathGiven"].startswith(f"user{n}@")
        assert answer["verdict"] == ("permit" if n % 3 else "reject")
    ids = [answer["id"] for answer in answers]
    assert ids == sorted(set(ids))


UNREADABLE = [
    "", "nonsense", "[]", "{", '"x"', "{} {}", json.dumps({"client": "198.51.100.7"}),
    json.dumps(request(client="nonsense")), json.dumps(request(client=None)), json.dumps(request(sendr="<>")),
    json.dumps(request(pop=1)), json.dumps(request(toBase64="YQ==")), json.dumps(request(at="soon")),
    json.dumps(request(certificate=[1])), '{"client":"::1","client":"::2","sender":"<>","to":"<a@b.example>"}',
    '{"client":"198.51.100.7","sender":"\\ud800","to":"<a@b.example>"}', "[" * 100_000, "x" * (1 << 21),
]


@pytest.mark.parametrize("line", UNREADABLE, ids=lambda line: line[:40])
def test_an_unreadable_line_is_answered_in_its_place(batch, line):
    status, answers = batch(request(), line, request(to="info@example.com"))
    assert status == 2
    assert [list(answer)[0] for answer in answers] == ["id", "error", "id"]
    assert answers[2]["verdict"] == "permit"


def test_a_line_that_is_not_text_is_unreadable(gatepost, policy):
    result = gatepost("try", "--batch", "-c", policy, stdin=b'{"client":"::1","sender":"<>","to":"\xff"}\n')
    assert result.status == 2 and "error" in result.json


def test_null_is_the_same_as_an_absent_key(batch):
    keys = ["name", "nameStatus", "helo", "heloStatus", "login", "mechanism", "pop", "certificate", "tls", "at",
            "listener", "local", "toBase64", "senderBase64"]
    nulls = request(**{key: None for key in keys})
    validate(nulls, "try-request")
    status, (bare, full) = batch(request(), nulls)
    assert status == 0
    for answer in bare, full:
        del answer["id"], answer["time"]
    assert bare == full


def test_bytes_that_are_not_text_are_judged(batch):
    path = base64.b64encode(b"<\xff\xfe@victim.example>").decode()
    raw = {"client": "192.0.2.10", "sender": "<>", "toBase64": path}
    validate(raw, "try-request")
    status, (answer,) = batch(raw)
    assert status == 0 and answer["verdict"] == "reject" and answer["reason"] == "protocol-error"


def test_every_fact_counts(batch):
    cases = [
        (request(login="anna", sender="a@example.com"), "staff, logged in"),
        (request(pop=True), "by POP"), (request(pop="anna"), "by POP"), (request(pop=False), None),
        (request(tls="TLSv1.3", certificate="app-ca.pem"), "by certificate"),
        (request(tls="TLSv1.3", certificate=["other", "app-ca.pem"]), "by certificate"),
        (request(name="a.partner.example"), "by name"),
        (request(name="a.partner.example", nameStatus="absent"), "error"),
        (request(client="198.51.100.50", at="2027-03-31"), "until spring"),
        (request(client="198.51.100.50", at="2027-04-01"), None),
    ]
    _, answers = batch(*(case for case, _ in cases))
    for (case, rule), answer in zip(cases, answers):
        if rule == "error":
            assert "error" in answer
        else:
            assert (answer["rule"] or {}).get("name") == rule, case


def test_nothing_in_is_nothing_out(gatepost, policy):
    result = gatepost("try", "--batch", "-c", policy)
    assert (result.status, result.out) == (0, "")


def test_the_last_line_needs_no_line_end_and_CRLF_is_one(batch):
    assert [len(answers) for _, answers in [batch(request(), end=""), batch(request(), end="\r\n")]] == [1, 1]


def test_an_answer_comes_before_the_next_request_is_needed(policy):
    process = subprocess.Popen(
        [os.path.abspath(os.environ["GATEPOST"]), "try", "--batch", "-c", policy], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE)
    try:
        for _ in range(3):
            process.stdin.write(json.dumps(request()).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["verdict"] == "reject"
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()


def test_spaces_before_a_path_are_as_on_the_wire(batch):
    spaced = base64.b64encode(b" <y@victim.example>").decode()
    raw = {"client": "192.0.2.10", "sender": " <>", "toBase64": spaced}
    status, (plain, encoded) = batch(request(sender=" <>", to="  <y@victim.example>", client="192.0.2.10"), raw)
    assert status == 0 and plain["verdict"] == encoded["verdict"] == "permit"
    assert plain["forwardPathGiven"] == encoded["forwardPathGiven"] == "y@victim.example"


def test_an_unknown_listener_is_an_error_in_its_place(batch, policy):
    policy.write_text(policy.read_text() + "\nlisten public {\n    address  0.0.0.0:25\n}\n")
    status, answers = batch(request(listener="public"), request(listener="publik"), request())
    assert status == 2
    assert [list(answer)[0] for answer in answers] == ["id", "error", "id"]
    assert "publik" in answers[1]["error"] and "`public`" in answers[1]["error"]


def test_a_certificate_without_tls_is_some_tls(batch):
    _, (without, with_version) = batch(
        request(certificate="app-ca.pem"), request(certificate="app-ca.pem", tls="TLSv1.2"))
    assert without["rule"]["name"] == "by certificate" and without["tls"] == "TLSv1.3"
    assert with_version["tls"] == "TLSv1.2"
