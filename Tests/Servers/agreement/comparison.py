"""Counts on how many requests an imported policy and the original agree, and explains where they cannot."""

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
    """Imports `files` (text by name) and asks the policy what the original was asked."""
    with tempfile.TemporaryDirectory(prefix="gatepost-agreement-") as folder:
        for name, text in files.items():
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, name).write_text(text)
        text = gatepost_policy.imported(system, [folder], facts)
        policy = Path(folder, "imported.conf")
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
        while recipient.startswith("@") and ":" in recipient:
            recipient = recipient.split(":", 1)[1]
        for _ in range(len(recipient)):
            if "@" not in recipient:
                return False
            local, domain = recipient.rsplit("@", 1)
            hidden = local.strip('"')
            if domain not in self:
                return any(character in hidden for character in "@%!") or '"' in local and hidden != local.strip('"')
            if local.startswith('"') and "@" in hidden:
                recipient = hidden
            elif "%" in hidden:
                recipient = "@".join(hidden.rsplit("%", 1))
            elif "!" in hidden:
                host, user = hidden.split("!", 1)
                recipient = f"{user}@{host}"
            else:
                return False
        return False
