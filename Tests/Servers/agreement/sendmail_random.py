"""Random configurations of Sendmail 8.9 and later, as its owners write them, and requests at their borders."""

import random
from dataclasses import dataclass, field

from .request import Request

RELAY_WORDS = [
    "partner.test", "sub.partner.test", ".dotted.test", "10.77", "192.0.2.25", "IPv6:2001:db8:1", "[192.0.2.8]",
    "10.0.0.0/8", "# comment.test", "client.example", "  indented.test", "Upper.Test",
]
LOCAL_WORDS = ["ours.test", "mail.ours.test", "[192.0.2.7]", "host", "Second.Ours.Test"]
ACCESS_BODIES = [
    "10", "10.20", "10.20.30", "10.20.30.40", "10.77.1", "192.0.2.25", "IPv6:2001:db8", "IPv6:2001:db8:1", "IPv6",
    "[203.0.113.9]", "[203.0]", "partner.test", "sub.partner.test", "deep.sub.partner.test", ".partner.test", "test",
    "victim.test", "client.example", "mx.client.example", "Example", "ours.test", "u@victim.test", "u@", "a@sender.example",
    "sender.example", "sub.sender.example", "a@", "10.20.0.0/16", "u@ours.test", ".client.example", "u@partner.test",
    "localhost", "other.example", "host.own.test", "a@host.own.test",
]
ACCESS_VALUES = [
    "RELAY", "RELAY", "RELAY", "OK", "OK", "REJECT", "REJECT", "SKIP", "DISCARD", "ERROR:5.7.1:550 no", "ERROR:4.7.1:450 later",
    "450 later", "no thanks", "QUARANTINE:look", "FRIEND", "HATER", "relay", "RELAY # remark", "ERROR:550 go away", "Reject",
]
TAGS = ["Connect:", "Connect:", "To:", "To:", "From:", "Spam:", "", "", "connect:", "Tag:"]

CLIENTS = [
    "127.0.0.1", "127.0.0.2", "10.20.30.40", "10.20.30.41", "10.20.31.1", "10.21.0.1", "9.255.255.255", "11.0.0.0", "10.77.1.1",
    "10.77.2.1", "10.7.7.1", "192.0.2.25", "192.0.2.26", "192.0.2.7", "203.0.113.9", "203.0.114.1", "203.1.0.1", "2001:db8:1::5",
    "2001:db8:2::5", "2001:db9::1", "::1",
]
NAMES = [
    (None, "absent"), (None, "absent"), (None, "temporary"), ("client.example", "forged"), ("mx.client.example", "confirmed"),
    ("client.example", "confirmed"), ("other.example", "confirmed"), ("a.deep.sub.partner.test", "confirmed"),
    ("partner.test", "confirmed"), ("notpartner.test", "confirmed"), ("host.own.test", "confirmed"), ("x.own.test", "confirmed"),
    ("mail.ours.test", "confirmed"), ("x.dotted.test", "confirmed"), ("dotted.test", "confirmed"), ("upper.test", "confirmed"),
    ("a.b.client.example", "confirmed"),
]
LOGINS = [(None, None), (None, None), (None, None), ("anna", "PLAIN"), ("anna", "CRAM-MD5")]
SENDERS = [
    "", "a@sender.example", "b@sender.example", "a@sub.sender.example", "b@x.sub.sender.example", "a@elsewhere.example",
    "c@victim.test", "a@ours.test", "a@localhost", "b@host.own.test", "b@[127.0.0.1]", "u@partner.test", "b@localhost.own.test",
]
OURS = ["ours.test", "partner.test", "x.deep.sub.partner.test", "host.own.test", "b.own.test"]
FOREIGN = ["victim.test", "other.example"]
RECIPIENTS = (
    [f"u@{domain}" for domain in OURS + FOREIGN]
    + [
        form.format(ours=ours, foreign=foreign, code=foreign.replace(".", "+2E"))
        for ours in OURS
        for foreign in FOREIGN
        for form in (
            "u%{foreign}@{ours}", "u%{foreign}%{ours}@{ours}", "{foreign}!u@{ours}", "@{ours}:u@{foreign}", '"u@{foreign}"@{ours}',
            '"u%{foreign}"@{ours}', "IMCEASMTP-u+40{code}@{ours}", "{foreign}!u%{ours}@{ours}", "u@{foreign}@{ours}",
        )
    ]
    + [
        "u@sub.partner.test", "u@deep.sub.partner.test", "v@victim.test", "u@notpartner.test", "u@dotted.test", "u@x.dotted.test",
        "u@localhost", "u@[192.0.2.8]", "u@[192.0.2.7]", "@victim.test:u@ours.test", "@a.test,@b.test:u@ours.test",
        "u%ours.test@partner.test", "ours.test!u@partner.test", "u@client.example", '"u"@ours.test', '"a b"@ours.test',
        ".u@ours.test", "u%victim.test@other.example", "u@mx.client.example", "u@own.test", "w@ours.test", "u@second.ours.test",
        "u@upper.test", "u@UPPER.TEST", "U@Victim.Test", "u@indented.test", "u@localhost.own.test", "u@host",
    ]
)


@dataclass
class Configuration:
    """Files of /etc/mail by name; the .mc knows nothing of the test."""

    seed: int
    mc: str = ""
    files: dict = field(default_factory=dict)

    @property
    def delays(self):
        return "delay_checks" in self.mc

    def has(self, text):
        return text in self.mc


def configuration(seed):
    """The one of that seed."""
    dice = random.Random(seed)

    def one_in(number):
        return dice.randrange(number) == 0

    arguments = ["`hash -T<TMPF> /etc/mail/access'"]
    arguments += [f"`{word}'" for word, number in (("skip", 2), ("lookupdotdomain", 4), ("relaytofulladdress", 4)) if one_in(number)]
    debian = one_in(2)
    lines = [
        "divert(-1)", "# as its owner wrote it", "divert(0)dnl", "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl",
        f"OSTYPE(`{'debian' if debian else 'linux'}')dnl", "define(`confDOMAIN_NAME', `host.own.test')dnl",
        "define(`confDONT_PROBE_INTERFACES', `True')dnl", "FEATURE(`nocanonify')dnl", "FEATURE(`accept_unresolvable_domains')dnl",
        "FEATURE(`use_cw_file')dnl",
    ]
    if not one_in(10):
        lines.append(f"FEATURE(`access_db', {', '.join(arguments)})dnl")
        if one_in(2):
            lines.append(f"FEATURE(`{dice.choice(['blocklist_recipients', 'blacklist_recipients'])}')dnl")
        if one_in(4):
            lines.append(f"FEATURE(`relay_mail_from'{dice.choice(['', ', `domain' + chr(39)])})dnl")
    for feature, number in (
        ("relay_entire_domain", 4), ("relay_hosts_only", 5), ("relay_local_from", 6), ("loose_relay_check", 4),
        ("accept_unqualified_senders", 4), ("promiscuous_relay", 20), ("require_rdns", 8),
    ):
        if one_in(number):
            lines.append(f"FEATURE(`{feature}')dnl")
    if one_in(3):
        friend = dice.choice(["", ", `friend'", ", `hater'"]) if any("access_db" in line for line in lines) else ""
        lines.append(f"FEATURE(`delay_checks'{friend})dnl")
    if one_in(5):
        lines.append(f"FEATURE(`nopercenthack', `{dice.choice(['reject', 'nospecial'])}')dnl")
    if one_in(5):
        lines.append(f"FEATURE(`nouucp', `{dice.choice(['reject', 'nospecial'])}')dnl")
    if one_in(3):
        lines.append("TRUST_AUTH_MECH(`PLAIN LOGIN')dnl")
    if one_in(5):
        lines.append("RELAY_DOMAIN(`client.example 10.21')dnl")
    if one_in(5):
        lines.append("LOCAL_DOMAIN(`b.own.test')dnl")
    lines += ["MAILER(`local')dnl", "MAILER(`smtp')dnl"]

    access = ["# a comment", ""]
    for _ in range(dice.randrange(25)):
        access.append(f"{dice.choice(TAGS)}{dice.choice(ACCESS_BODIES)}{dice.choice([chr(9), '  ', chr(9) * 2])}{dice.choice(ACCESS_VALUES)}")
    remark = dice.choice(["", "  # a remark", "\tremark"])
    files = {
        "access": "\n".join(access) + "\n",
        "relay-domains": "".join(word + remark + "\n" for word in RELAY_WORDS if one_in(4)),
        "local-host-names": "".join(word + "\n" for word in LOCAL_WORDS if one_in(2)),
    }
    return Configuration(seed, "\n".join(lines) + "\n", files)


def requests(seed, number):
    """So many of the world, chosen by the seed."""
    dice = random.Random(f"requests {seed}")
    chosen = []
    for _ in range(number):
        name, status = dice.choice(NAMES)
        login, mechanism = dice.choice(LOGINS)
        chosen.append(
            Request(dice.choice(CLIENTS), dice.choice(SENDERS), dice.choice(RECIPIENTS), name, status, login, mechanism)
        )
    return chosen
