import pytest
from commands_support import validate


def lines(text):
    return [line.split() for line in text.splitlines()]


def test_what_it_writes_is_good(gatepost, tmp_path):
    result = gatepost("quickstart", "--hostname", "mx.example.net")
    assert result.status == 0, result
    check = gatepost("check", "--json")
    assert check.status == 0, check
    validate(check.json, "check")
    assert check.json["strangersCanRelay"] is False
    assert ["domains", "example.net"] in lines((tmp_path / "gatepost.conf").read_text())


def test_it_is_in_the_canonical_layout(gatepost):
    gatepost("quickstart", "--hostname", "mx.example.net")
    assert gatepost("fmt", "--check").status == 0


def test_the_printed_test_refuses_a_stranger(gatepost):
    result = gatepost("quickstart", "--hostname", "mx.example.net", "-o", "x.conf")
    (line,) = [line for line in lines(result.out) if line[:2] == ["gatepost", "try"]]
    decision = gatepost(*line[1:])
    assert decision.status == 1 and decision.out.startswith("reject ")


def test_a_file_is_never_overwritten(gatepost, tmp_path):
    (tmp_path / "gatepost.conf").write_text("precious")
    result = gatepost("quickstart", "--hostname", "mx.example.net")
    assert result.status == 2 and "exists" in result.err
    assert (tmp_path / "gatepost.conf").read_text() == "precious"


def test_names_and_servers_can_be_given(gatepost, tmp_path):
    result = gatepost(
        "quickstart", "-o", "-", "--hostname", "mx.example.net", "--domain", "a.example", "--domain", "b.example",
        "--server", "[2001:db8::1]:2525")
    assert result.status == 0, result
    assert ["domains", "a.example", "b.example"] in lines(result.out)
    assert ["server", "[2001:db8::1]:2525"] in lines(result.out)
    assert list(tmp_path.iterdir()) == []


def test_without_names_it_uses_those_of_the_host(gatepost):
    assert gatepost("quickstart").status == 0
    assert gatepost("check").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hostname", "a b"], ["--hostname", "[192.0.2.1]"], ["--domain", "x } relay {"], ["--server", "nonsense"],
        ["--server", "10.0.0.1:25 }"], ["--server", "10.0.0.1:25\n}"], ["--domain", "gmail.com"],
    ])
def test_what_makes_no_good_file_is_not_written(gatepost, tmp_path, arguments):
    # The last one counts.
    result = gatepost("quickstart", "--hostname", "mx.example.net", *arguments)
    assert result.status == 2, result
    assert list(tmp_path.iterdir()) == []


def test_in_json_it_says_what_it_wrote_and_what_to_try(gatepost, tmp_path):
    result = gatepost(
        "quickstart", "--json", "--no-color", "--hostname", "mx.example.net", "--domain", "a.example", "-c", "x.conf")
    assert result.status == 0, result
    answer = result.json
    validate(answer, "quickstart")
    assert answer["file"] == "x.conf" and (tmp_path / "x.conf").exists()
    assert answer["hostname"] == "mx.example.net" and answer["hostnameIsInvented"] is False
    assert answer["domains"] == ["a.example"] and answer["server"] == "127.0.0.1:10025"
    assert answer["try"][0] == "gatepost"
    decision = gatepost(*answer["try"][1:])
    assert decision.status == 1 and decision.out.startswith("reject ")


@pytest.mark.parametrize("arguments", [["--json", "-o", "-"], ["-c", "a.conf", "-o", "b.conf"], ["--json", "-c", "-"]])
def test_where_to_write_is_said_once_and_leaves_room_for_json(gatepost, tmp_path, arguments):
    result = gatepost("quickstart", "--hostname", "mx.example.net", *arguments)
    assert result.status == 2 and result.out == "", result
    assert list(tmp_path.iterdir()) == []
