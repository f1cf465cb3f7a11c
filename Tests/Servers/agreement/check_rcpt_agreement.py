"""Sendmail by a check_rcpt of 8.8 and the policies imported for `sendmail-8.8`: how far they agree, and where they cannot."""

import re

from . import check_rcpt_random, check_rcpt_rules
from .comparison import Count, compare

SYSTEM = "sendmail-8.8"
FACTS = {"hostName": "host.own.test"}


def run(seeds, requests_each, batch=50, progress=lambda count: None):
    """Compares on the configurations of these seeds; of the recipes every second one is read from an .mc."""
    count = Count()
    seeds = list(seeds)
    for start in range(0, len(seeds), batch):
        pairs = [
            (check_rcpt_random.configuration(seed), check_rcpt_random.requests(seed, requests_each))
            for seed in seeds[start:start + batch]
        ]
        for (configuration, requests), originals in zip(pairs, check_rcpt_rules.run(pairs), strict=True):
            compare(count, SYSTEM, configuration, configuration.files, requests, originals, explain, FACTS)
        progress(count)
    return count


def explain(configuration, domains, request, original, ours):
    """Why a policy cannot say what Sendmail does; None where it could. What a policy permits beyond Sendmail is explained
    only where it ends at a domain of ours, to which anybody may send."""
    recipient = request.recipient
    if request.name_status == "temporary" and ours == "defer":
        return "the client's name cannot be looked up, and a rule asks for it: not now, where Sendmail takes it for nameless"
    if request.name_status == "forged" and (original, ours) == ("permit", "reject"):
        return "a name that does not lead back to the client: refused, where 8.8 believes it"
    if ours == "reject" and domains.hides_at_foreign_host(request.recipient):
        return "a destination hidden at a host that is not ours: refused, where Sendmail leaves it to that host"
    if ours == "reject" and re.search(r"@\[[^]]*]$", request.recipient) and request.recipient.rsplit("@", 1)[1] not in domains:
        return "an address literal that is not ours is refused, where Sendmail relays to it for its clients"
    if ours == "reject" and re.search(r'"[^"]*[%!][^"]*"', recipient):
        return "a % or ! in quotes: one word to check_rcpt; a policy reads it as if the quotes were not there"
    if ours == "reject" and request.name and "." not in request.name and configuration.recipe == "check_rcpt":
        return "a client whose name is a single word: 1.0 takes it for one of ours; a policy has no pattern for that"
    if ours == "reject" and configuration.allows_through_parent(request.sender):
        return "a user of the map allow, at a host below the domain there: a policy names the one mailbox"
    if ours == "reject" and recipient.startswith("@") and configuration.recipe == "check_rcpt2":
        return "a route whose host is in RelayTo: check_rcpt2 forgets what follows, and Sendmail leaves it to that host"
    if ours == "permit" and recipient.startswith("@") and domains.is_ours(recipient):
        return "a route: its hosts count for nothing to a policy, and what remains is ours"
    if ours == "permit" and configuration.recipe == "check_rcpt" and domains.is_ours(recipient, "@%"):
        return "1.0 takes every % and @ for a relay attempt, also where what is hidden is ours"
    if ours == "permit" and configuration.recipe in ("check_rcpt2", "own") and domains.is_ours(recipient):
        return "hosts of RelayTo taken off behind our own: what is hidden at them is refused, even where it is ours"
    if configuration.is_open and ours == "permit" and recipient.startswith("@"):
        return "a check_rcpt that refuses nothing but routes: a policy reads what is behind the route"
    return None
