"""Counts on how many requests an imported policy and the original agree, and explains where they cannot."""

import json
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import gatepost_policy


@dataclass
class Count:
    requests: int = 0
    permitted: int = 0
    explained: Counter = field(default_factory=Counter)
    unexplained: list = field(default_factory=list)

    def add(self, configuration, request, original, ours, reason):
        self.requests += 1
        self.permitted += original == "permit"
        if original == ours:
            return
        if reason:
            self.explained[reason] += 1
        else:
            self.unexplained.append((configuration, request, original, ours))


def compare(count, system, configuration, files, requests, originals, explain, facts=None):
    """Imports `files` (text by name), with `facts` that no file holds, and asks the policy what the original was asked."""
    with tempfile.TemporaryDirectory(prefix="gatepost-agreement-") as scratch:
        folder = Path(scratch, "original")
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        if facts:
            Path(scratch, "facts.json").write_text(json.dumps(facts))
        text = gatepost_policy.imported(system, [folder], Path(scratch, "facts.json") if facts else None)
        policy = Path(scratch, "imported.conf")
        policy.write_text(text)
        domains = LocalDomains(text)
        for request, original, ours in zip(requests, originals, gatepost_policy.verdicts(policy, requests), strict=True):
            reason = original != ours and explain(configuration, domains, request, original, ours)
            count.add(configuration, request, original, ours, reason)


class LocalDomains:
    """`local { domains }` of an imported policy, and the forms of address that its `address-tricks` do not refuse."""

    def __init__(self, policy):
        self.names, self.ancestors, self.taken = set(), [], set()
        for line in policy.splitlines():
            words = line.split("#")[0].split()
            if line.startswith("    domains "):
                for word in words[1:]:
                    if word in ("via", "really-ours"):
                        break
                    if word.startswith("*."):
                        self.ancestors.append(word[1:])
                    else:
                        self.names.add(word)
            elif line.startswith("    address-tricks "):
                self.taken |= set(words[1:])

    def __contains__(self, domain):
        domain = domain.lower()
        return domain in self.names or any(domain.endswith(ancestor) for ancestor in self.ancestors)

    def refuses_form(self, recipient):
        """Whether a `%` or `!` in it is refused before any rule."""
        return "%" in recipient and "percent" not in self.taken or "!" in recipient and "bang" not in self.taken

    def mixes_forms(self, recipient, anywhere=False):
        """Whether `h!u%g@here` names only hosts of ours, or `h` is anywhere, so that what remains depends on which sign
        is read first."""
        mixed = re.fullmatch(r"([^!%@\"]+)![^!%@\"]+%([^!%@\"]+)@([^@]+)", recipient)
        return bool(mixed) and all(host in self for host in mixed.groups()[anywhere:])

    def hides_at_foreign_host(self, recipient):
        """Whether something is hidden in the local part when, taken apart at our domains, it has come to another's."""
        local, domain = self.unwrapped(recipient)
        hidden = local.strip('"')
        return bool(domain) and domain not in self and (
            any(character in hidden for character in "@%!") or '"' in local and hidden != local.strip('"'))

    def is_ours(self, recipient, signs="@%!"):
        """Whether it ends at a domain of ours when these signs are read."""
        return self.unwrapped(recipient, signs)[1] in self

    def unwrapped(self, recipient, signs="@%!"):
        """Local part and domain of what is left, taken apart at our domains as far as it goes; a policy reads the last `%`
        before the first `!`."""
        while recipient.startswith("@") and ":" in recipient:
            recipient = recipient.split(":", 1)[1]
        while "@" in recipient:
            local, domain = recipient.rsplit("@", 1)
            hidden = local.strip('"')
            if domain not in self:
                return local, domain
            if "@" in signs and "@" in hidden:
                recipient = hidden
            elif "%" in signs and "%" in hidden:
                recipient = "@".join(hidden.rsplit("%", 1))
            elif "!" in signs and "!" in hidden:
                host, user = hidden.split("!", 1)
                recipient = f"{user}@{host}"
            else:
                return local, domain
        return recipient, ""
