"""What Sendmail says to a recipient by a check_rcpt of 8.8.

Debian's Sendmail 8.17 runs it, with the .cf that its m4 makes, less its own check_rcpt. Two things in that .cf are set
back to what they were before 8.9: a route keeps its hosts for check_rcpt to see, and a second @ is no error in Parse0.
"""

import re
import tempfile
from pathlib import Path

from . import address_test

BASE = """\
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `host.own.test')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""

# Every host is found: a name that cannot be looked up is not canonical, and the rules' `.>` does not fit it.
SCRIPT = """\
cd /work
chown -R root:root /work /etc && chmod -R go-w /work /etc
printf 'hosts files\\naliases files\\n' >/etc/mail/service.switch
tab=$(printf '\\t')
m4 base.mc 2>/dev/null | sed \\
    -e 's/^Scheck_rcpt$/Sshipped_check_rcpt/' -e '/Invalid route address/d' -e "/^R@ \\[ \\$\\* \\] : \\$+$tab/d" \\
    -e "s/^R@ \\$+ , \\$+$tab.*/R@ \\$+ , \\$+$tab@ \\$1 : \\$2/" \\
    -e "s/^R@ \\$+ : \\$+$tab.*/R@ \\$+ : \\$+$tab\\$@ \\$>Canonify2 < @ \\$1 > : \\$2/" >base.cf
[ "$(grep -c -e '^Sshipped_check_rcpt' -e '@ \\$1 : \\$2$' -e 'Canonify2 < @ \\$1 > : \\$2$' base.cf)" = 3 ] || exit 1
for folder in */; do
    folder=${folder%/}
    cat base.cf $folder/rules >$folder/test.cf
    rm -rf /etc/mail/allow* /etc/mail/Local* /etc/mail/RelayTo /etc/sendmail.c?
    cp -r $folder/files/etc/. /etc/
    /usr/sbin/makemap -C base.cf hash /etc/mail/allow.db </etc/mail/allow 2>/dev/null
    echo "=== $folder"
    ASK
done
""".replace("ASK", address_test.ASK.format(cf="/work/$folder/test.cf", questions="$folder/questions"))


def run(configurations):
    """Verdicts for each pair of a configuration and its requests."""
    with tempfile.TemporaryDirectory(prefix="gatepost-agreement-") as instance:
        root = Path(instance, "files")
        write(root / "work/base.mc", BASE)
        hosts = {host for _, requests in configurations for request in requests for host in named(request)}
        write(root / "etc/hosts", "127.0.0.1 localhost\n" + "".join(f"192.0.2.99 {host}\n" for host in sorted(hosts)))
        for number, (configuration, requests) in enumerate(configurations):
            folder = root / f"work/{number:05}"
            write(folder / "rules", configuration.rules)
            for name, text in configuration.files.items():
                write(folder / "files" / name, text)
            write(folder / "questions", "".join(line + "\n" for request in requests for line in lines(request)))
        (root / "etc/mail").mkdir(parents=True)
        output = address_test.run(instance, SCRIPT)
    parts = re.split(r"^=== \d+\n", output, flags=re.M)[1:]
    assert len(parts) == len(configurations), output[-2000:]
    return [address_test.verdicts(part, len(requests), each=1) for part, (_, requests) in zip(parts, configurations)]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def named(request):
    """Every text in the addresses that could be a host."""
    return re.findall(r"[\w-]+(?:\.[\w-]+)+", f"{request.sender} {request.recipient}".lower())


def lines(request):
    """Input of the test mode for one request. 8.8 takes a client's name as the DNS has it, whether it leads back or not."""
    address = address_test.client_address(request.client)
    yield f".D{{client_addr}}{address}"
    yield f".D{{client_name}}{request.name or f'[{address}]'}"
    yield f".Df{request.sender}"
    yield f"check_rcpt <{request.recipient}>"
    yield f"{address_test.MARK} -"
