"""Messages, and what a server may add to one."""

import itertools
import os

_numbers = itertools.count(1)

OURS = "ours.test"
GATE = "gate.test"
"""The gate's host name. The servers behind hold it for a name of theirs, so tricks with it work there."""
OUTSIDE = "outside.test"
REFUSED_BEHIND = f"nobody-refused@{OURS}"
"""The one recipient that every server behind the gate refuses."""


def new_token():
    """A word that no other message holds."""
    return f"token-{os.getpid()}-{next(_numbers)}"


def message(token, body=b"Hello.\r\n", sender=f"sender@{OUTSIDE}", to=f"reader@{OURS}"):
    """A complete message: no server has a header field to add, save trace."""
    header = (
        f"From: <{sender}>\r\n"
        f"To: <{to}>\r\n"
        "Date: Mon, 24 Nov 2025 12:00:00 +0000\r\n"
        f"Message-ID: <{token}@{OUTSIDE}>\r\n"
        f"Subject: {token}\r\n"
        "\r\n"
    )
    return header.encode() + body


def without_trace(data):
    """The mail data below the trace fields on top (RFC 5321 §4.4), which every server adds to."""
    lines = data.splitlines(keepends=True)
    in_trace = False
    for number, line in enumerate(lines):
        if line[:1] in b" \t" and in_trace:
            continue
        in_trace = line.partition(b":")[0].lower() in (b"received", b"return-path")
        if not in_trace:
            return b"".join(lines[number:])
    return b""
