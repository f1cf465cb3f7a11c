"""A short run of what docs/agreement.md has at length: imported policies against Sendmail itself."""

import itertools

from agreement import check_rcpt_agreement, check_rcpt_corpus, check_rcpt_random, check_rcpt_rules, sendmail_agreement, sendmail_random
from conftest import need_peer
from harness import servers


def test_imported_policies_decide_as_sendmail(gate_binary):
    need_peer(servers.ALL["sendmail"])
    count = sendmail_agreement.run(seeds=range(1, 13), requests_each=40)
    assert count.requests == 480
    assert 100 < count.permitted < 400, "requests that are all permitted or all refused show nothing"
    assert sum(count.explained.values()) < count.requests / 5
    assert not count.unexplained, listed(count.unexplained)


def test_imported_recipes_decide_as_sendmail_by_their_rules(gate_binary):
    need_peer(servers.ALL["sendmail"])
    count = check_rcpt_agreement.run(seeds=range(1, 25), requests_each=40)
    assert count.requests == 960
    assert 200 < count.permitted < 760, "requests that are all permitted or all refused show nothing"
    assert sum(count.explained.values()) < count.requests / 4
    assert not count.unexplained, listed(count.unexplained)


def test_the_corpus_has_what_sendmail_says():
    """The verdicts to which every import and the emulation are held, in Tests/ConfigImport."""
    need_peer(servers.ALL["sendmail"])
    cases = check_rcpt_corpus.cases()
    assert len(cases) >= 7
    originals = check_rcpt_rules.run([(configuration, requests) for configuration, requests, _ in cases])
    for (configuration, requests, known), answers in zip(cases, originals, strict=True):
        assert list(zip(requests, answers)) == list(zip(requests, known)), configuration.recipe


def listed(unexplained):
    return "\n".join(
        f"seed {configuration.seed}: {request}: Sendmail {original}, policy {ours}"
        for configuration, request, original, ours in unexplained
    )


def test_a_wrong_policy_is_noticed():
    """The comparison's canary: what a policy permits beyond Sendmail is never explained, save under promiscuous_relay,
    where anybody may send anywhere."""
    configurations = [sendmail_random.configuration(seed) for seed in range(1, 9)]
    closed = [configuration for configuration in configurations if not configuration.has("promiscuous_relay")]
    assert len(closed) >= 4
    for configuration, request in itertools.product(closed, sendmail_random.requests(1, 50)):
        assert sendmail_agreement.explain(configuration, NoDomains(), request, "reject", "permit") is None


def test_a_wrong_policy_for_a_recipe_is_noticed():
    """The same for check_rcpt, save where it refuses nothing at all."""
    configurations = [check_rcpt_random.configuration(seed) for seed in range(1, 25)]
    closed = [configuration for configuration in configurations if not configuration.is_open]
    assert {configuration.recipe for configuration in closed} >= {"check_rcpt", "check_rcpt2", "check_rcpt3", "check_rcpt4", "check_rcpt5"}
    for configuration, request in itertools.product(closed, check_rcpt_random.requests(1, 50)):
        assert check_rcpt_agreement.explain(configuration, NoDomains(), request, "reject", "permit") is None


class NoDomains:
    def __contains__(self, domain):
        return False

    def is_ours(self, recipient, signs=""):
        return False

    def hides_at_foreign_host(self, recipient):
        return True

    def mixes_forms(self, recipient, anywhere=False):
        return False

    def refuses_form(self, recipient):
        return True
