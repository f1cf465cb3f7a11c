#!/usr/bin/python3
"""Shows each real server relay for a stranger, and what the same stranger hears with the gate before it.

usage: transcripts.py [postfix|exim|sendmail|opensmtpd ...]
"""

import sys

from harness import servers
from harness.attempts import relay_attempts
from harness.client import Client
from harness.gate import binary, gate_before, wait_for_extensions
from harness.loopback import STRANGER
from harness.mail import message, new_token

SHOWN = ("B01", "P03", "Q05")
"""A plain foreign recipient, the percent hack, and a bang path in quotes: all three through us."""


def main(names):
    for name in names or servers.ALL:
        with servers.ALL[name].running() as server:
            title(f"{name}, open")
            for attempt in shown_attempts():
                show(server, server.port, attempt)
            title(f"{name}, with the gate before it")
            if not binary().exists():
                print(f"there is no gate at {binary()}")
                continue
            with gate_before(server.port) as gate:
                wait_for_extensions(gate)
                for attempt in shown_attempts():
                    show(server, gate.port, attempt)


def shown_attempts():
    return [attempt for attempt in relay_attempts() if attempt.id in SHOWN]


def title(text):
    print(f"\n{text}\n{'-' * len(text)}")


def show(server, port, attempt):
    """One attempt from the stranger's address, and where it ended."""
    token = new_token()
    with Client(port, STRANGER) as client:
        replies = client.transaction(attempt.mail_from, [attempt.rcpt_to], message(token))
    for command, reply in zip([f"MAIL FROM:{attempt.mail_from}", f"RCPT TO:{attempt.rcpt_to}", "DATA"], replies):
        print(f"C: {command}\nS: {reply}")
    accepted = len(replies) == 3 and replies[-1].positive
    delivery = server.sink.wait_for(token, seconds=10 if accepted else 1)
    print(f"   arrived at {', '.join(delivery.rcpts)}\n" if delivery else "   arrived nowhere\n")


if __name__ == "__main__":
    main(sys.argv[1:])
