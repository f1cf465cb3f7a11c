"""One recipient of one transaction, with everything that a server or a policy may ask of the client."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    client: str
    sender: str  # without angle brackets; empty for the null path
    recipient: str
    name: str | None = None
    name_status: str = "absent"  # confirmed, absent, forged, temporary
    login: str | None = None
    mechanism: str | None = None

    @property
    def json(self):
        """As `gatepost try --batch` reads it."""
        facts = {"client": self.client, "sender": f"<{self.sender}>", "to": f"<{self.recipient}>"}
        if self.name_status == "temporary":
            facts["nameStatus"] = "temporary"
        elif self.name:
            facts.update(name=self.name, nameStatus=self.name_status)
        if self.login:
            facts.update(login=self.login, mechanism=self.mechanism)
        return json.dumps(facts)
