"""Sendmail's address-test mode (`sendmail -bt`) in a root of its own: what a ruleset says to an argument."""

import ipaddress
import re
import subprocess
from pathlib import Path

from harness.servers.open_server import ENTER_ROOT, PEERS

# A ruleset that does not exist makes the test mode say so: the mark between two questions.
MARK = "asked"

# What asks a file of questions by a .cf, for a script in the root.
ASK = "/usr/libexec/sendmail/sendmail -bt -C {cf} <{questions} | grep -E 'returns:|Undefined ruleset'"


def run(instance, script):
    """Runs the script in Sendmail's root, with the files below `instance`/files in it; its output."""
    path = Path(instance, "files/work/run.sh")
    path.write_text(script)
    layers = f"{PEERS / 'sendmail'}:{PEERS / 'base'}"
    return subprocess.run(
        ["unshare", "-m", "-p", "-f", "--kill-child", "sh", str(ENTER_ROOT), str(instance), layers, "sh", "/work/run.sh"],
        capture_output=True, text=True, errors="replace", check=True,
    ).stdout


def client_address(text):
    """As in ${client_addr}: IPv6 in full, without leading zeros."""
    address = ipaddress.ip_address(text)
    if address.version == 4:
        return text
    return "IPv6:" + ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":"))


def verdicts(trace, requests, each):
    """`permit`, `reject` or `defer` for each request, to which `each` questions were asked.

    The outermost ruleset returns last: its line is the last one before the mark."""
    found, last = [], ""
    for line in trace.splitlines():
        if "Undefined ruleset" in line:
            found.append(last)
            last = ""
        elif "returns:" in line:
            last = line.split("returns:", 1)[1].strip()
    assert len(found) == requests * each, (len(found), requests, trace[-1000:])
    answers = []
    for index in range(requests):
        no = [answer for answer in map(refusal, found[index * each:(index + 1) * each]) if answer]
        answers.append(no[0] if no else "permit")
    return answers


def refusal(answer):
    """`reject` or `defer` where a ruleset resolves to an error, else None."""
    if answer.startswith("$# discard"):
        return "reject"
    if not answer.startswith("$# error"):
        return None
    text = answer.split("$:", 1)[-1].strip().lstrip('"')
    return "defer" if re.match(r"4\d\d\b", text) else "reject"
