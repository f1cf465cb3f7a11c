import os
import subprocess

import pytest
from commands_support import validate

VERBS = [
    "check", "fmt", "try", "who-can-relay", "diff", "verify", "replay", "tighten", "log", "why", "quickstart", "audit", "import", "guide", "demo",
    "completions",
]


def test_version_is_an_answer(gatepost):
    for flag in ["--version", "-v"]:
        result = gatepost(flag)
        assert result.status == 0 and result.out.startswith("gatepost ") and result.err == ""


@pytest.mark.parametrize("verb", VERBS)
def test_help_is_an_answer_and_says_the_exit_statuses(gatepost, verb):
    result = gatepost(verb, "--help")
    assert result.status == 0 and result.err == ""
    assert "Exit status: 0" in result.out


def test_the_list_of_verbs_is_in_the_help(gatepost):
    result = gatepost("--help")
    assert result.status == 0
    assert all(f"  {verb} " in result.out for verb in VERBS)


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nosuchverb"], ["--nosuchflag"], ["check", "--nosuchflag"], ["check", "a.conf", "-c", "b.conf"],
        ["try"], ["try", "--client", "192.0.2.1"], ["try", "--client", "192.0.2.1", "--sender", "<>"],
        ["try", "--batch", "--client", "192.0.2.1"], ["try", "--batch", "-i"], ["try", "-i"],
        ["try", "-i", "--client", "192.0.2.1", "--to", "a@b.example"],
        ["completions"], ["completions", "tcsh"], ["fmt", "--check", "--stdout"], ["fmt", "--json", "--stdout"],
        ["quickstart", "--hostname", "not a name"],
    ])
def test_wrong_usage_is_status_2_with_talk_on_stderr(gatepost, arguments):
    result = gatepost(*arguments)
    assert result.status == 2, result
    assert result.out == "" and result.err != ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"], ["fmt"], ["fmt", "--check"], ["try", "--batch"],
        ["try", "--client", "::1", "--sender", "<>", "--to", "a@b.example"],
    ])
def test_a_file_that_is_not_there_is_status_2(gatepost, arguments):
    result = gatepost(*arguments, "-c", "nosuch.conf")
    assert result.status == 2, result
    assert "nosuch.conf: no such file" in result.err and result.out == ""


def test_a_folder_is_no_file(gatepost, tmp_path):
    result = gatepost("check", tmp_path)
    assert result.status == 2 and "folder" in result.err


def test_gatepost_conf_in_the_current_folder_is_the_default(gatepost, tmp_path, policy):
    policy.rename(tmp_path / "gatepost.conf")
    result = gatepost("check", "--policy-only")
    assert result.status == 0 and "gatepost.conf: good" in result.out


def test_an_answer_that_cannot_be_written_is_trouble(gatepost, policy):
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [os.path.abspath(os.environ["GATEPOST"]), "check", "--policy-only", policy], stdout=full,
            stderr=subprocess.PIPE, timeout=60)
    assert process.returncode == 2
    assert b"cannot write the answer" in process.stderr


@pytest.mark.parametrize("shell, check", [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "-n"])])
def test_completions_are_scripts_of_their_shell(gatepost, tmp_path, shell, check):
    result = gatepost("completions", shell)
    assert result.status == 0 and result.err == ""
    assert "quickstart" in result.out
    script = tmp_path / "script"
    script.write_text(result.out)
    try:
        assert subprocess.run([*check, script], timeout=60).returncode == 0
    except FileNotFoundError:
        pytest.skip(f"{shell} is not installed")


def test_completions_in_json(gatepost):
    result = gatepost("completions", "bash", "--json", "--no-color")
    assert result.status == 0, result
    validate(result.json, "completions")
    assert result.json == {"shell": "bash", "script": gatepost("completions", "bash").out.removesuffix("\n")}


NAMES = """\
version 1
networks  office  192.0.2.0/24
networks  branch  198.51.100.0/24
senders   scanners  scanner@example.com
listen public {
    address  127.0.0.1:2525
}
relay {
    permit "office LAN" { from office }
    permit "$(touch ran) `x` \\\\ it's: 1" { from branch }
    permit "broken" { form office }
}
"""

COMPLETE = """\
export PATH="$1:$PATH"
source ./script
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<< "$2"
[[ $2 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_gatepost gatepost "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    "line, words",
    [
        ("log --rule ", ["broken", "office LAN", "$(touch ran) `x` \\ it's: 1"]), ("log --rule off", ["office LAN"]),
        ("permit --before off", ["office LAN"]), ("try --listener ", ["public"]), ("who-can-relay --listener p", ["public"]),
        ("permit --from ", ["branch", "office"]), ("permit --sender ", ["scanners"]), ("log --verdict ", ["defer", "permit", "reject"]),
        ("log --reason no", ["no-rule"]), ("guide merc", ["mercury"]), ("log -c nosuch.conf --rule ", []),
    ])
def test_names_are_completed_from_the_configuration(gatepost, tmp_path, line, words):
    (tmp_path / "gatepost.conf").write_text(NAMES)
    (tmp_path / "script").write_text(gatepost("completions", "bash").out)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gatepost").symlink_to(os.path.abspath(os.environ["GATEPOST"]))
    answer = subprocess.run(
        ["bash", "-c", COMPLETE, "bash", tmp_path / "bin", f"gatepost {line}"], cwd=tmp_path, capture_output=True, text=True,
        timeout=60)
    assert sorted(answer.stdout.split("\n")[:-1]) == sorted(words or [""]), answer
    assert not (tmp_path / "ran").exists()
