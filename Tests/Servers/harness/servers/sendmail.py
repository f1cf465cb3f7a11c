"""Sendmail, as promiscuous as its features allow. Debian's build has no SMTPUTF8."""

from ..loopback import HERE
from ..mail import GATE, OURS, REFUSED_BEHIND
from .open_server import OpenServer

CONFIGURATION = """\
include(`/usr/share/sendmail/cf/m4/cf.m4')
OSTYPE(`debian')
define(`confDOMAIN_NAME', `behind.test')
define(`confDONT_PROBE_INTERFACES', `True')
define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch')
define(`confTO_IDENT', `0')
define(`confQUEUE_LA', `1000')
define(`confREFUSE_LA', `1000')
define(`confLOG_LEVEL', `0')
define(`SMART_HOST', `relay:[{here}]')
define(`RELAY_MAILER_ARGS', `TCP $h {sink_port}')
FEATURE(`no_default_msa')
FEATURE(`nocanonify')
FEATURE(`accept_unresolvable_domains')
FEATURE(`accept_unqualified_senders')
FEATURE(`promiscuous_relay')
FEATURE(`loose_relay_check')
FEATURE(`access_db', `hash -T<TMPF> -o /etc/mail/access.db')
FEATURE(`blocklist_recipients')
DAEMON_OPTIONS(`Family=inet, Name=MTA, Addr={here}, Port={port}')
LOCAL_DOMAIN(`{ours} {gate}')
MAILER(`local')
MAILER(`smtp')
LOCAL_RULE_0
R$+ < @ {ours} . >		$#relay $@ [{here}] $: $1 < @ {ours} . >
"""


def files(port, sink_port):
    return {
        "etc/mail/open.mc": CONFIGURATION.format(here=HERE, ours=OURS, gate=GATE, port=port, sink_port=sink_port),
        "etc/mail/access": f'To:{REFUSED_BEHIND}  ERROR:5.1.1:"550 No such user here"\n',
        "etc/mail/service.switch": "hosts files\naliases files\n",
        "etc/mail/local-host-names": "",
    }


SERVER = OpenServer(
    name="sendmail",
    package="sendmail-bin",
    smtputf8=False,
    follows=("P01", "P03", "P05", "P06", "P07", "U01", "U02", "U04", "Q01", "Q02", "Q05", "Y03"),
    files=files,
    command="""\
m4 /etc/mail/open.mc >/etc/mail/sendmail.cf &&
/usr/libexec/sendmail/makemap hash /etc/mail/access.db </etc/mail/access &&
exec /usr/libexec/sendmail/sendmail -bD -q1m""",
)
