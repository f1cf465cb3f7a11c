"""Another server's configuration: `audit` and `import`."""

import json

import pytest
from commands_support import corpus_cases, original, validate

OPEN = "[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nAllow : 192.168.10.0\n"
CLOSED = OPEN + "Strict_Relay : 1\n"


def write(tmp_path, text, name="mercury.ini"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_an_open_server_is_status_1_and_says_by_which_line(gatepost, tmp_path):
    write(tmp_path, OPEN)
    result = gatepost("audit", "mercury", "mercury.ini")
    assert result.status == 1
    assert "open. Strangers can relay." in result.out
    assert "anyone whose sender is in a local domain (normal mode) (mercury.ini:4)" in result.out
    assert "critical: " in result.out and "fix: Strict_Relay : 1" in result.out


def test_a_closed_server_is_status_0(gatepost, tmp_path):
    write(tmp_path, CLOSED)
    result = gatepost("audit", "mercury", "mercury.ini")
    assert result.status == 0, result
    assert "closed. No stranger can relay." in result.out


def test_what_is_not_understood_is_status_3_and_named(gatepost, tmp_path):
    write(tmp_path, CLOSED + "Frobnicate : 7\n")
    for verb in ["audit", "import"]:
        result = gatepost(verb, "mercury", "mercury.ini")
        assert result.status == 3
        assert "mercury.ini:7" in result.out + result.err and "Frobnicate : 7" in result.out + result.err


def test_a_hole_is_a_hole_whatever_else_was_not_understood(gatepost, tmp_path):
    write(tmp_path, OPEN + "Frobnicate : 7\n")
    answer = gatepost("audit", "mercury", "mercury.ini", "--json")
    assert answer.status == 1
    assert json.loads(answer.out)["verdict"] == "open"


@pytest.mark.parametrize("text, verdict", [(OPEN, "open"), (CLOSED, "closed"), (CLOSED + "X : 1\n", "cannot-tell")])
def test_the_json_is_as_its_schema_says(gatepost, tmp_path, text, verdict):
    write(tmp_path, text)
    answer = json.loads(gatepost("audit", "mercury", "mercury.ini", "--format", "json").out)
    validate(answer, "audit")
    assert answer["verdict"] == verdict and answer["system"] == "mercury"
    answer = json.loads(gatepost("import", "mercury", "mercury.ini", "--json").out)
    validate(answer, "import")
    assert answer["text"].startswith("# Imported from")


def test_the_import_decides_as_the_original(gatepost, tmp_path):
    write(tmp_path, OPEN)
    assert gatepost("import", "mercury", "mercury.ini", "-o", "i.conf").status == 0
    requests = [
        ("203.0.113.9", "<forged@ours.test>", "<x@victim.test>", "permit"),
        ("203.0.113.9", "<a@other.test>", "<x@victim.test>", "reject"),
        ("192.168.10.9", "<a@other.test>", "<x@victim.test>", "permit"),
        ("203.0.113.9", "<a@other.test>", "<x%victim.test@ours.test>", "reject"),
    ]
    lines = "".join(json.dumps({"client": c, "sender": s, "to": t}) + "\n" for c, s, t, _ in requests)
    answers = gatepost("try", "--batch", "-c", "i.conf", stdin=lines).out.splitlines()
    assert [json.loads(answer)["verdict"] for answer in answers] == [verdict for *_, verdict in requests]
    assert gatepost("who-can-relay", "i.conf").status == 1


def test_closed_leaves_out_what_strangers_have(gatepost, tmp_path):
    write(tmp_path, OPEN)
    result = gatepost("import", "mercury", "mercury.ini", "--closed", "-o", "i.conf")
    assert result.status == 0
    assert "- anywhere except 192.168.10.0/24" in result.err
    assert gatepost("who-can-relay", "i.conf").status == 0
    assert gatepost("check", "--policy-only", "i.conf").status == 0


def test_every_line_of_the_import_has_its_origin(gatepost, tmp_path):
    write(tmp_path, OPEN)
    text = gatepost("import", "mercury", "mercury.ini").out
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words and words[0] not in ("version", "local", "relay", "refuse", "}"):
            assert "#" in line, line


def test_a_file_is_not_overwritten_unless_asked(gatepost, tmp_path):
    write(tmp_path, OPEN)
    (tmp_path / "i.conf").write_text("mine")
    result = gatepost("import", "mercury", "mercury.ini", "-o", "i.conf")
    assert result.status == 2 and "--force" in result.err
    assert (tmp_path / "i.conf").read_text() == "mine"
    assert gatepost("import", "mercury", "mercury.ini", "-o", "i.conf", "--force").status == 0
    assert (tmp_path / "i.conf").read_text().startswith("# Imported")


def test_an_ignored_finding_does_not_count_until_its_end(gatepost, tmp_path):
    write(tmp_path, OPEN)
    (tmp_path / "known").write_text('mercury-local-sender until 2099-01-01 because "the firewall"\n')
    result = gatepost("audit", "mercury", "mercury.ini", "--ignore", "known")
    assert result.status == 0 and "ignored until 2099-01-01 (the firewall)" in result.out
    assert "open" in result.out.splitlines()[0]
    (tmp_path / "known").write_text('mercury-local-sender until 2020-01-01 because "the firewall"\n')
    result = gatepost("audit", "mercury", "mercury.ini", "--ignore", "known")
    assert result.status == 1 and "counts again" in result.err


@pytest.mark.parametrize("threshold, status", [("critical", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_fail_on(gatepost, tmp_path, threshold, status):
    write(tmp_path, CLOSED + "Refuse : 0.0.0.0\n")
    assert gatepost("audit", "mercury", "mercury.ini", "--fail-on", threshold).status == status


def test_csv_has_a_row_for_each_finding(gatepost, tmp_path):
    write(tmp_path, OPEN)
    rows = gatepost("audit", "mercury", "mercury.ini", "--format", "csv").out.split("\n")
    assert rows[0].startswith("id,severity,at,") and rows[1].startswith("mercury-local-sender,critical,mercury.ini:4,")


def test_sarif_names_place_and_level(gatepost, tmp_path):
    (tmp_path / "a folder").mkdir()
    write(tmp_path / "a folder", OPEN)
    report = json.loads(gatepost("audit", "mercury", "a folder", "--format", "sarif").out)
    assert report["version"] == "2.1.0"
    run, = report["runs"]
    result, = run["results"]
    assert result["level"] == "error"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20folder/mercury.ini" and place["region"]["startLine"] == 4


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["audit", "mercury", "nosuch.ini"], "nosuch.ini: no such file"),
        (["import", "mercury"], "which files?"),
        (["audit", "postfixx"], "no system either"),
        (["audit", "mercury", "compiled.db"], "compiled map"),
        (["audit", "mercury", "binary"], "no text file"),
        (["audit", "mercury", "mercury.ini", "--facts", "wrong.json"], "unknown key `relese`"),
        (["audit", "mercury", "mercury.ini", "--facts", "mercury.ini"], "not JSON"),
        (["audit", "mercury", "mercury.ini", "--ignore", "wrong.json"], "wrong.json:1"),
    ])
def test_trouble_is_status_2_and_says_where(gatepost, tmp_path, arguments, said):
    write(tmp_path, OPEN)
    (tmp_path / "compiled.db").write_bytes(b"\x00\x06\x15\x61" + bytes(4096))
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 16)
    (tmp_path / "wrong.json").write_text('{"relese": "4"}')
    result = gatepost(*arguments)
    assert result.status == 2 and said in result.err and result.out == "", result


def test_facts_choose_the_reading(gatepost, tmp_path):
    write(tmp_path, "[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\nRefuse : 10.0.0.0\nAllow : 10.0.0.7\n")
    for release, verdict in [("2.16", "reject"), ("4.01", "permit")]:
        (tmp_path / "facts.json").write_text(json.dumps({"release": release}))
        gatepost("import", "mercury", "mercury.ini", "--facts", "facts.json", "-o", "i.conf", "--force")
        request = '{"client":"10.0.0.7","sender":"<a@b.test>","to":"<x@victim.test>"}\n'
        assert json.loads(gatepost("try", "--batch", "-c", "i.conf", stdin=request).out)["verdict"] == verdict


def test_line_ends_and_encodings_do_not_matter(gatepost, tmp_path):
    write(tmp_path, OPEN)
    expected = gatepost("audit", "mercury", "mercury.ini").out
    for text in [OPEN.replace("\n", "\r\n").encode(), OPEN.replace("\n", "\r").encode(), b"\xff\xfe" + OPEN.encode("utf-16-le"),
                 b"\xef\xbb\xbf" + OPEN.encode()]:
        write(tmp_path, text)
        assert gatepost("audit", "mercury", "mercury.ini").out == expected


@pytest.mark.parametrize("case", corpus_cases(), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_corpus_has_its_verdicts(gatepost, tmp_path, case):
    files, facts = original(case, tmp_path)
    verdict = next(line for line in (case / "audit.tsv").read_text().splitlines() if line and not line.startswith("#"))
    answer = json.loads(gatepost("audit", case.parent.name, files, "--json", *facts).out)
    validate(answer, "audit")
    assert answer["verdict"] == verdict
    imported = gatepost("import", case.parent.name, files, "-o", "i.conf", "--closed", *facts)
    assert imported.status in (0, 3), imported
    assert gatepost("who-can-relay", "i.conf").status == 0


def test_settings_that_stand_in_no_file_are_asked_for_on_a_terminal(gatepost, tmp_path):
    """As a person types: a wrong word is asked again, an empty line ends a list."""
    import os
    import pty
    import subprocess

    parent, child = pty.openpty()
    process = subprocess.Popen(
        [os.environ["GATEPOST"] if os.path.isabs(os.environ["GATEPOST"]) else os.path.abspath(os.environ["GATEPOST"]),
         "audit", "eudora-worldmail"], stdin=child, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    os.close(child)
    os.write(parent, b"perhaps\ndenied access\n192.0.2.0/255.255.255.0\n\n\nours.test\n\n")
    out, err = process.communicate(timeout=30)
    os.close(parent)
    assert b"one of: Allowed Access, Denied Access" in err
    assert b"closed. No stranger can relay." in out and process.returncode == 0, (out, err)
    text = (tmp_path / "eudora-worldmail.txt").read_text()
    assert text == "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = 192.0.2.0/255.255.255.0\n"
    assert json.loads((tmp_path / "eudora-worldmail-facts.json").read_text()) == {"localDomains": ["ours.test"]}


def test_without_a_terminal_nothing_is_asked(gatepost):
    result = gatepost("audit", "eudora-worldmail")
    assert result.status == 2 and "which files?" in result.err
