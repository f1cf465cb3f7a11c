import os

import pytest
from commands_support import POLICY, validate

UNTIDY = POLICY.replace("    ", "\t").replace(
    "networks  office", "networks office # ours\n# a comment\nnetworks  other")


@pytest.fixture
def untidy(tmp_path):
    path = tmp_path / "untidy.conf"
    path.write_text(UNTIDY)
    return path


def test_it_is_idempotent(gatepost, untidy):
    assert gatepost("fmt", untidy).status == 0
    once = untidy.read_bytes()
    assert once != UNTIDY.encode()
    again = gatepost("fmt", untidy)
    assert again.status == 0 and again.out == "" and untidy.read_bytes() == once


def test_nothing_but_the_layout_changes(gatepost, untidy):
    gatepost("fmt", untidy)
    assert untidy.read_text().split() == UNTIDY.split()


def test_check_changes_nothing_and_says_whether_it_would(gatepost, untidy):
    result = gatepost("fmt", "--check", untidy)
    assert result.status == 1 and "would change" in result.out
    assert untidy.read_text() == UNTIDY
    gatepost("fmt", untidy)
    assert gatepost("fmt", "--check", untidy).status == 0


def test_standard_input_goes_to_standard_output(gatepost, untidy):
    result = gatepost("fmt", "-", stdin=UNTIDY)
    assert result.status == 0
    assert gatepost("fmt", "--stdout", untidy).out == result.out
    assert untidy.read_text() == UNTIDY
    gatepost("fmt", untidy)
    assert untidy.read_text() == result.out


def test_mode_and_links_stay(gatepost, tmp_path, untidy):
    untidy.chmod(0o640)
    link = tmp_path / "link.conf"
    link.symlink_to(untidy)
    assert gatepost("fmt", link).status == 0
    assert link.is_symlink() and untidy.stat().st_mode & 0o7777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.conf", "untidy.conf"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(gatepost, untidy):
    os.chown(untidy, 1234, 5678)
    assert gatepost("fmt", untidy).status == 0
    status = untidy.stat()
    assert (status.st_uid, status.st_gid) == (1234, 5678)


def test_the_line_ends_stay(gatepost, tmp_path):
    path = tmp_path / "crlf.conf"
    path.write_bytes(UNTIDY.replace("\n", "\r\n").encode())
    assert gatepost("fmt", path).status == 0
    text = path.read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 10


def test_json(gatepost, untidy):
    result = gatepost("fmt", "--json", untidy)
    assert result.status == 0
    validate(result.json, "fmt")
    assert result.json["changed"] is True
    assert gatepost("fmt", "--check", "--json", untidy).json["changed"] is False


def test_what_cannot_be_read_is_left_alone(gatepost, tmp_path):
    path = tmp_path / "broken.conf"
    path.write_text('version 1\nlog "unfinished\n')
    result = gatepost("fmt", path)
    assert result.status == 2 and "broken.conf:2" in result.err
    assert path.read_text() == 'version 1\nlog "unfinished\n'
