"""Sendmail's own verdict on requests, by its address-test mode: the rulesets that a session calls, one after the other.

What a session would hold or drop (QUARANTINE, DISCARD) counts as refused: it is taken, and goes nowhere.
"""

import re
import tempfile
from pathlib import Path

from . import address_test

# The domain is what the host's own name would tell, were it host.own.test.
# Two arguments of a ruleset are joined by a word that the test mode does not read; the name is cf/README's.
START = "\nLOCAL_CONFIG\nDmown.test\nCmown.test\nLOCAL_RULESETS\nSStart\nR$* $$| $*\t\t$: $1 $| $2\n"

SCRIPT = """\
cd /work
chown -R root:root /work /etc/mail && chmod -R go-w /work /etc/mail
printf 'hosts files\\naliases files\\n' >/etc/mail/service.switch
for folder in */; do
    folder=${folder%/}
    m4 $folder/sendmail.mc >$folder/sendmail.cf 2>/dev/null || exit 1
    m4 $folder/test.mc >$folder/test.cf 2>/dev/null || exit 1
    rm -rf /etc/mail/access* /etc/mail/relay-domains /etc/mail/local-host-names
    cp $folder/access $folder/relay-domains $folder/local-host-names /etc/mail/
    /usr/sbin/makemap -C $folder/test.cf hash /etc/mail/access.db </etc/mail/access 2>/dev/null
    echo "=== $folder"
    cat $folder/sendmail.cf
    echo "=== rulesets"
    ASK
done
""".replace("ASK", address_test.ASK.format(cf="/work/$folder/test.cf", questions="$folder/requests"))


def run(configurations):
    """(sendmail.cf, verdicts) for each pair of a configuration and its requests."""
    with tempfile.TemporaryDirectory(prefix="gatepost-agreement-") as instance:
        for number, (configuration, requests) in enumerate(configurations):
            folder = Path(instance, "files/work", f"{number:05}")
            folder.mkdir(parents=True)
            (folder / "sendmail.mc").write_text(configuration.mc)
            (folder / "test.mc").write_text(configuration.mc + START)
            for name, text in configuration.files.items():
                (folder / name).write_text(text)
            (folder / "requests").write_text("".join(line + "\n" for request in requests for line in lines(request, configuration)))
        Path(instance, "files/etc/mail").mkdir(parents=True)
        output = address_test.run(instance, SCRIPT)
    parts = re.split(r"^=== \d+\n", output, flags=re.M)[1:]
    assert len(parts) == len(configurations), output[-2000:]
    answers = []
    for part, (configuration, requests) in zip(parts, configurations):
        cf, trace = part.split("=== rulesets\n")
        answers.append((cf, address_test.verdicts(trace, len(requests), each=2 if configuration.delays else 4)))
    return answers


def lines(request, configuration):
    """Input of the test mode for one request."""
    address = address_test.client_address(request.client)
    name = request.name if request.name_status == "confirmed" else f"[{address}]"
    status = {"confirmed": "OK", "absent": "FAIL", "forged": "FORGED", "temporary": "TEMP"}[request.name_status]
    sender = f"<{request.sender}>"
    macros = {
        "{client_addr}": address, "{client_name}": name, "{client_resolve}": status, "{client_ptr}": request.name or name,
        "{auth_type}": request.mechanism or "", "{auth_authen}": request.login or "", "{mail_from}": sender, "f": request.sender,
        "{deliveryMode}": "b",
    }
    yield from (f".D{name}{value}" for name, value in macros.items())
    for question in questions(request, configuration, name, address, sender):
        yield from (question, f"{address_test.MARK} -")


def questions(request, configuration, name, address, sender):
    """One ruleset with its argument each, in a session's order."""
    yield f"3,0 <{request.recipient}>"
    if not configuration.delays:
        yield f"Start,check_relay {name} $| {address}"
        yield f"check_mail {sender}"
    yield f"check_rcpt <{request.recipient}>"
