"""Sendmail 8.17 and the policies imported for `sendmail-8.9+`: how far they agree, and where they cannot."""

import re

from . import sendmail_random, sendmail_rules
from .comparison import Count, compare

SYSTEM = "sendmail-8.9+"


def run(seeds, requests_each, batch=50, progress=lambda count: None):
    """Compares on the configurations of these seeds; every second one is read from its sendmail.cf."""
    count = Count()
    seeds = list(seeds)
    for start in range(0, len(seeds), batch):
        pairs = [
            (sendmail_random.configuration(seed), sendmail_random.requests(seed, requests_each))
            for seed in seeds[start:start + batch]
        ]
        for (configuration, requests), (cf, originals) in zip(pairs, sendmail_rules.run(pairs), strict=True):
            main = {"sendmail.mc": configuration.mc} if configuration.seed % 2 else {"sendmail.cf": cf}
            files = main | configuration.files
            compare(count, SYSTEM, configuration, {f"etc/mail/{name}": text for name, text in files.items()}, requests, originals, explain)
        progress(count)
    return count


def explain(configuration, domains, request, original, ours):
    """Why a policy cannot say what Sendmail does; None where it could. A policy that permits where Sendmail does not is
    never explained, save where anybody may send to what it permits."""
    if request.name_status == "temporary" and ours == "defer":
        return "the client's name cannot be looked up, and a rule asks for it: not now, where Sendmail takes it for nameless"
    if ours == "reject" and domains.hides_at_foreign_host(request.recipient):
        return "a destination hidden at a host that is not ours: refused, where Sendmail leaves it to that host"
    if ours == "reject" and re.search(r"@\[[^]]*]$", request.recipient) and request.recipient.rsplit("@", 1)[1] not in domains:
        return "an address literal that is not ours is refused, where Sendmail relays to it for its clients"
    if ours == "reject" and domains.refuses_form(request.recipient):
        return "a % or ! that nopercenthack or nouucp rejects: refused to all, where Sendmail takes it for remote"
    if configuration.has("require_rdns") and request.name_status == "forged" and {original, ours} == {"defer", "reject"}:
        return "require_rdns refuses a forged name for now and an absent one for good; a policy knows no difference"
    if configuration.delays and {original, ours} == {"defer", "reject"}:
        return "refused for two reasons: with delay_checks Sendmail says relaying denied first, a policy says it last"
    if request.name_status == "temporary" and {original, ours} == {"defer", "reject"}:
        return "refused for two reasons, of which one is that the client's name cannot be looked up"
    if configuration.has("promiscuous_relay") and ours == "permit" and any(sign in request.recipient for sign in '%!"'):
        return "promiscuous_relay, which takes everything: a refused recipient that is hidden below a relayed domain is not found"
    if ours != "permit" and "!" in request.recipient and "%" in request.recipient:
        return "a ! and a % in one local part: Sendmail goes by the ! first; by the % a policy comes to a mailbox that is refused"
    # With relaytofulladdress anybody may send to a user at every domain, as `u@ RELAY` says.
    if domains.mixes_forms(request.recipient, anywhere=configuration.has("relaytofulladdress")):
        return "a ! and a % between hosts of ours: Sendmail goes by the ! first, a policy by the %, and each ends at one of them"
    return None
