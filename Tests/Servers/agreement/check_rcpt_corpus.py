"""The sendmail.cf of Corpus/configurations/sendmail-8.8, with the requests and verdicts that stand beside each."""

import re
from pathlib import Path

from .check_rcpt_random import Configuration
from .request import Request

CORPUS = Path(__file__).parents[3] / "Corpus" / "configurations" / "sendmail-8.8"
# Rulesets that the .cf of the test has of its own.
NOT_ASKED = {"S3", "S0"}


def cases():
    """(configuration, requests, verdicts) for each."""
    return [case(path.parent) for path in sorted(CORPUS.glob("*/sendmail.cf"))]


def case(folder):
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.glob("etc/**/*") if path.is_file()}
    text = (folder / "sendmail.cf").read_text()
    # Handed over without their folders: each belongs where the configuration names it.
    for path in re.findall(r"^F.*?(?:\s|-o\s)/(\S+)", text, re.MULTILINE):
        if (beside := folder / Path(path).name).is_file():
            files.setdefault(path, beside.read_text())
    for name in ("etc/sendmail.cw", "etc/mail/allow"):
        files.setdefault(name, "")
    rows = [line.split("\t") for line in (folder / "requests.tsv").read_text().splitlines() if line and not line.startswith("#")]
    configuration = Configuration(0, folder.name, None, rules(text), files)
    return configuration, [request(*row[1:5]) for row in rows], [row[0] for row in rows]


def rules(text):
    """Its class lines, and its rulesets but for those that every sendmail.cf has; nothing is refused without a check_rcpt."""
    kept, ruleset = [], None
    for line in text.splitlines():
        if line.startswith("S"):
            ruleset = line.split()[0]
        if line.startswith(("C", "F")) or line.startswith(("S", "R")) and ruleset not in NOT_ASKED:
            kept.append(line)
    if "Scheck_rcpt" not in kept:
        kept += ["Scheck_rcpt", "R$*\t\t$@ fine"]
    return "\n".join(kept) + "\n"


def request(client, sender, recipient, further):
    name = re.search(r"name=(\S+)", further)
    return Request(
        client, sender.strip("<>"), recipient, name.group(1) if name else None, "confirmed" if name else "absent")
