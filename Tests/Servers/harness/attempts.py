"""The envelopes by which strangers try to relay, from Corpus/relay-attempts.json."""

import dataclasses
import json
import pathlib

CORPUS = pathlib.Path(__file__).parents[3] / "Corpus" / "relay-attempts.json"


@dataclasses.dataclass(frozen=True)
class Attempt:
    """What follows `MAIL FROM:` and `RCPT TO:` on the wire."""

    id: str
    mail_from: str
    rcpt_to: str


def relay_attempts():
    return [Attempt(**attempt) for attempt in json.loads(CORPUS.read_text())["attempts"]]
