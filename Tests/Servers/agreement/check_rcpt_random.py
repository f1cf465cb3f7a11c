"""Random configurations of Sendmail 8.8 with a check_rcpt, as its owners had them, and requests at their borders."""

import random
from dataclasses import dataclass

from . import check_rcpt_recipes as recipes
from .request import Request

ADDRESSES = ["10.77", "10.77.", "192.0.2.25", "172", "10.0.0.0/8", "010.1", "10.77.3.4", "203.0.113.8", "192.168.*"]
NAMES = ["dialup.test", ".lab.test", "gate.ours.test", "test", "Upper.Test"]
DESTINATIONS = ["partner.test", "ours.test", ".below.test", "mx.partner.test", "Upper.Test", "*.star.test"]
ALLOWED = ["friends.test", "anna@post.test", "sub.other.test", "ours.test"]
LOCAL = ["ours.test", "second.test", "mail.ours.test"]

CLIENTS = [
    "10.77.0.0", "10.77.255.255", "10.76.255.255", "10.78.0.0", "10.77.3.4", "10.7.7.1", "192.0.2.25", "192.0.2.26", "192.0.2.250",
    "172.0.0.0", "172.255.255.255", "173.0.0.0", "10.1.0.1", "203.0.113.9", "198.51.100.7", "127.0.0.1", "192.168.1.1", "2001:db8::1",
]
CLIENT_NAMES = [
    (None, "absent"), (None, "absent"), (None, "absent"), (None, "temporary"), ("dialup.test", "confirmed"),
    ("p.dialup.test", "confirmed"), ("notdialup.test", "confirmed"), ("x.lab.test", "confirmed"), ("lab.test", "confirmed"),
    ("ours.test", "confirmed"), ("pc.ours.test", "confirmed"), ("notours.test", "confirmed"), ("gate.ours.test", "confirmed"),
    ("a.gate.ours.test", "confirmed"), ("partner.test", "confirmed"), ("x.partner.test", "confirmed"), ("upper.test", "confirmed"),
    ("localhost", "confirmed"), ("host.own.test", "confirmed"), ("mx.elsewhere.example", "confirmed"), ("dialup.test", "forged"),
]
SENDERS = [
    "", "a@other.test", "a@sub.other.test", "a@ours.test", "x@friends.test", "x@pc.friends.test", "x@a.pc.friends.test",
    "x@notfriends.test", "anna@post.test", "ANNA@Post.Test", "bert@post.test", "anna@pc.post.test",
]
OURS = ["ours.test", "second.test", "partner.test", "mx.partner.test", "x.below.test"]
FOREIGN = ["victim.test", "below.test", "notpartner.test"]
RECIPIENTS = (
    [f"u@{domain}" for domain in OURS + FOREIGN]
    + [
        form.format(ours=ours, foreign=foreign, code=foreign.replace(".", "+2E"))
        for ours in OURS
        for foreign in FOREIGN[:2] + [other for other in OURS if other != ours][:2]
        for form in (
            "u%{foreign}@{ours}", "u%{foreign}%{ours}@{ours}", "{foreign}!u@{ours}", "@{ours}:u@{foreign}", '"u@{foreign}"@{ours}',
            '"u%{foreign}"@{ours}', '"{foreign}!u"@{ours}', "IMCEASMTP-u+40{code}@{ours}", "{foreign}!u%{ours}@{ours}",
            "u@{foreign}@{ours}", "{ours}!{foreign}!u@{ours}", "@{ours},@{foreign}:u@{ours}",
        )
    ]
    + [
        "u@sub.ours.test", "u@mail.ours.test", "u@a.b.partner.test", "U@Ours.Test", "u@UPPER.TEST", "u@x.upper.test", "u@localhost",
        "u@host.own.test", "u@own.test", "u@x.star.test", '"a b"@ours.test', '"u"@ours.test', "u+x@ours.test", "a/b@ours.test",
        "u%victim.test@victim.test", "victim.test!u@other.test", "u%ours.test@victim.test", "u%ours.test%victim.test@ours.test",
        "u@[192.0.2.9]", "@victim.test:u@ours.test", "u%ours.test%partner.test@ours.test", "ours.test!u@victim.test", "u@below.test",
    ]
)


@dataclass
class Configuration:
    """What stands in the owner's files."""

    seed: int
    recipe: str
    lists: recipes.Lists
    rules: str
    """Classes, maps and rules, as they stand in a sendmail.cf."""
    files: dict
    """By path from the root; the .cf or .mc that is imported is one of them."""

    @property
    def is_open(self):
        """Whether the rules never make a recipient canonical, so that they see no host."""
        return self.recipe == "check_rcpt2" and not self.lists.addresses and not self.lists.names

    def allows_through_parent(self, sender):
        """Whether `allow` has the sender's user at a parent of its domain, of two labels at least."""
        if self.recipe != "check_rcpt5" or "@" not in sender:
            return False
        user, domain = sender.lower().split("@")
        labels = domain.split(".")
        parents = [".".join(labels[index:]) for index in range(1, len(labels) - 1)]
        words = {line.split()[0] for line in self.files["etc/mail/allow"].splitlines()}
        return any(f"{user}@{parent}" in words for parent in parents)


def configuration(seed):
    """The one of that seed: a recipe by name in an .mc, the same written out in a .cf, or a .cf with rules of one's own."""
    dice = random.Random(f"check_rcpt {seed}")

    def some(words):
        remark = dice.choice(["", "\tsince 1997", "  # who", "\t#"])
        return "".join(f"{word}{remark}\n" for word in words if dice.randrange(2))

    lists = recipes.Lists(*(dice.randrange(3) > 0 for _ in range(3)))
    local = [word for word in LOCAL if dice.randrange(2)]
    files = {
        "etc/sendmail.cw": "# names of this host\n" + "".join(f"{word}\n" for word in local), "etc/mail/LocalIP": some(ADDRESSES),
        "etc/mail/LocalNames": some(NAMES), "etc/mail/RelayTo": "#gone.test\n" + some(DESTINATIONS),
        "etc/mail/allow": "".join(f"{word}\tOK\n" for word in ALLOWED if dice.randrange(2)),
    }
    name = dice.choice([*recipes.PUBLISHED, *recipes.PUBLISHED, "own"])
    rules = recipes.own(dice, lists) if name == "own" else recipes.PUBLISHED[name](lists)
    head = recipes.classes(lists, name)
    if name != "own" and seed % 2:
        hacks = [f"HACK(`{hack}')" for hack, used in zip(("use_ip", "use_names", "use_relayto"), lists.as_tuple) if used]
        dice.shuffle(hacks)
        argument = ", `hash -a@ALLOWED /etc/mail/allow'" if name == "check_rcpt5" else ""
        files["ours.mc"] = "\n".join([
            "include(`../m4/cf.m4')", "VERSIONID(`ours')", "OSTYPE(linux)", "define(`confCW_FILE', `/etc/sendmail.cw')",
            "FEATURE(use_cw_file)", *hacks, f"HACK(`{name}'{argument})", "MAILER(local)", "MAILER(smtp)", "",
        ])
    else:
        files["sendmail.cf"] = "\n".join(
            ["V7/Berkeley", "Cwlocalhost host.own.test", "CO @ % !", "O OperatorChars=.:%@!^/[]+", "Kdequote dequote", head, rules, ""])
    return Configuration(seed, name, lists, head + "\n" + rules + "\n", files)


def requests(seed, number):
    """So many of the world, chosen by the seed."""
    dice = random.Random(f"check_rcpt requests {seed}")
    return [
        Request(dice.choice(CLIENTS), dice.choice(SENDERS), dice.choice(RECIPIENTS), *dice.choice(CLIENT_NAMES))
        for _ in range(number)
    ]
