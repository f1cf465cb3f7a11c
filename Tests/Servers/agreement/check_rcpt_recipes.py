"""What the recipes of Sendmail 8.8 for check_rcpt do, as rules of a sendmail.cf.

The rules are ours. What they have to do is what the recipes of that name did, with their lists and without: which of the
client's address and name is asked for, in which order hosts are taken off, and where it stops.
"""

from dataclasses import astuple, dataclass


@dataclass
class Lists:
    """Which HACK stood before the recipe."""

    addresses: bool
    names: bool
    destinations: bool

    @property
    def as_tuple(self):
        return astuple(self)


def rule(left, right):
    return f"R{left}\t\t{right}"


ADDRESS, NAME = '$(dequote "" $&{client_addr} $)', '$(dequote "" $&{client_name} $)'
NO = '$#error $@ 5.7.1 $: "551 not through us"'
CANONICAL = rule("$* $| $*", "$: $>3 $2")
STRIP_OURS = rule("$*<@$=w.>$*", "$>3 $1 $3")
STRIP_THEIRS = rule("$*<@$*$={RelayTo}.>$*", "$>3 $1 $4")
REFUSE_HOST = rule("$*<@$+>$*", NO)


def classes(lists, name):
    """The lines that define what the rules ask."""
    lines = ["Fw/etc/sendmail.cw"]
    lines += [f"F{{{word}}} /etc/mail/{word}" for word, used in zip(("LocalIP", "LocalNames", "RelayTo"), lists.as_tuple) if used]
    if name == "check_rcpt5":
        lines.append("Kallow hash -a@ALLOWED /etc/mail/allow")
    return "\n".join(lines)


def first(lists):
    lines = [
        "Scheck_rcpt", rule("$+", "$: $>3 $1"), rule("$+", "$: $(dequote $1 $)"), rule("$-", "$@ fine"),
        rule("$* % $*", "$: relay"), rule("$* @ $* < @ $*.>", "$: relay"), rule("$+ < @ $=w.>", "$@ fine"),
    ]
    if lists.destinations:
        lines.append(rule("$+ < @ $*$={RelayTo}.>", "$@ fine"))
    if lists.addresses:
        lines += [rule("$+", f"$: {ADDRESS}"), rule("0", "$@ fine"), rule("$={LocalIP}.$*", "$@ fine")]
    if lists.names:
        lines += [rule("$+", f"$: {NAME}"), rule("$-", "$@ fine"), rule("$*$={LocalNames}", "$@ fine")]
    return "\n".join([*lines, rule("$*", NO)])


def address_rules(take="$+", rest="$1"):
    return [rule(take, f"$: {ADDRESS} $| {rest}"), rule("0 $| $*", "$@ fine"), rule("$={LocalIP}$* $| $*", "$@ fine")]


def name_rules(classes, take="$+", rest="$1"):
    return [
        rule(take, f"$: {NAME} $| {rest}"), "R $| $*\t\t$@ fine",
        *(rule(f"$*$={word} $| $*", "$@ fine") for word in classes),
    ]


def second(lists):
    """Without a list of addresses or names nothing is made canonical, so no host is seen."""
    lines = ["Scheck_rcpt"]
    if lists.names:
        lines += name_rules(["w", "{RelayTo}"] if lists.destinations else ["w"])
    if lists.addresses:
        lines += address_rules("$* $| $+", "$2") if lists.names else address_rules()
    lines += [CANONICAL, STRIP_OURS]
    if lists.destinations:
        # The class's word is kept in the place of what follows the host: u%x@theirs becomes u%x and theirs in one.
        lines.append(rule("$*<@$*$={RelayTo}.>$*", "$>3 $1 $3"))
    return "\n".join([*lines, REFUSE_HOST])


def third(lists):
    client = name_rules(["{LocalNames}", "w"]) if lists.names else address_rules()
    return "\n".join(["Scheck_rcpt", *client, CANONICAL, STRIP_THEIRS if lists.destinations else STRIP_OURS, REFUSE_HOST])


def client_rules(lists):
    """With no list at all it is the name that is asked for."""
    names = ["w", "{LocalNames}"]
    if not lists.addresses:
        return name_rules(names)
    return address_rules() + (name_rules(names, "$* $| $+", "$2") if lists.names else [])


def hosts(lists):
    return [rule("$*<@$+.>$*", "$: $>take_off $1<@$2.>$3") if lists.destinations else STRIP_OURS]


def take_off(lists):
    return ["Stake_off", STRIP_THEIRS, rule("$*<@$=w.>$*", "$: $>take_off $>3 $1 $3")] if lists.destinations else []


def fourth(lists):
    return "\n".join(["Scheck_rcpt", *client_rules(lists), CANONICAL, *hosts(lists), REFUSE_HOST, *take_off(lists)])


def fifth(lists):
    lookup = [
        "Sallow", rule("$*<@$+>", "$: $1<@$(allow $2 $)>"), rule("$*<@$*@ALLOWED>", "$@ $1<@$2@ALLOWED>"),
        rule("$*<@$+>", "$: $1<@$(allow $1@$2 $: $2 $)>"), rule("$*<@$*@ALLOWED>", "$@ $1<@$2@ALLOWED>"),
        rule("$*<@$-.$-.$+>", "$: $>allow $1<@$3.$4>"),
    ]
    sender = [
        rule("$*<@$+>$*", "$: <RELAY>"), rule("$*", '$: $1 $| $>3 $(dequote "" $&f $)'),
        rule("$* $| $*<@$*.>$*", "$: $1 $| $>allow $2<@$3>"), rule("$* $| $*<@$*@ALLOWED>$*", "$@ fine"), rule("<RELAY> $| $*", NO),
    ]
    return "\n".join([*lookup, "Scheck_rcpt", *client_rules(lists), CANONICAL, *hosts(lists), *sender, *take_off(lists)])


PUBLISHED = {"check_rcpt": first, "check_rcpt2": second, "check_rcpt3": third, "check_rcpt4": fourth, "check_rcpt5": fifth}


def own(dice, lists):
    """Rules of one's own: some that stop at a host or take it off, with the client before or behind them."""

    def some(lines):
        return [line for line in lines if dice.randrange(2)]

    if dice.randrange(3) == 0:
        begin = dice.choice([[rule("$*", "$: $>3 $1")], [rule("$*", "$: $>Parse0 $>3 $1")]])
        stops = some([rule("$+ < @ $=w . >", "$@ fine")] + ([rule("$+ < @ $* $={RelayTo} . >", "$@ fine")] if lists.destinations else []))
        asks = []
        if lists.addresses:
            asks += [rule("$+", f"$: {ADDRESS}"), rule("$={LocalIP}$*", "$@ fine")]
        if lists.names:
            asks += [rule("$*", f"$: {NAME}"), rule("$={LocalNames}", "$@ fine")]
        return "\n".join(["Scheck_rcpt", *begin, rule("$-", "$@ fine"), *stops, *asks, rule("$*", NO)])
    strips = some([STRIP_OURS] + ([STRIP_THEIRS] if lists.destinations else []))
    asks = address_rules() if lists.addresses else []
    if lists.names:
        asks += name_rules(some(["w", "{LocalNames}"]), *(["$* $| $+", "$2"] if asks else []))
    begin = CANONICAL if asks else rule("$*", "$: $>3 $1")
    return "\n".join(["Scheck_rcpt", *asks, begin, *strips, REFUSE_HOST])
