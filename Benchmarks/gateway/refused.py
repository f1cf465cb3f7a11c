"""A stranger's sessions, as many as a front refuses: EHLO, MAIL, RCPT to a foreign domain, 550, QUIT.

`python3 refused.py PORT SESSIONS SECONDS` keeps SESSIONS open at once for SECONDS and prints how
many were refused in full, as JSON. It is a program of its own, so that several can use several cores.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time

from smtp import CLIENT, STRANGER

# What a reply must begin with, and the command that follows it.
DIALOGUE = (
    (b"220", b"EHLO stranger.test\r\n"),
    (b"250", b"MAIL FROM:<someone@stranger.test>\r\n"),
    (b"250", b"RCPT TO:<someone@elsewhere.test>\r\n"),
    (b"55", b"QUIT\r\n"),
)
# Some servers close after a refusal; others say 221 to QUIT first.
REFUSED = len(DIALOGUE)


class StrangerSession:
    """One session that moves on with each reply."""

    def __init__(self, port: int):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
        self.socket.bind((STRANGER, 0))
        self.socket.settimeout(10)
        self.socket.connect((CLIENT, port))
        self.socket.setblocking(False)
        self.step = 0
        self._received = b""

    def advance(self) -> bool:
        """Reads what has come and answers it; whether the session goes on."""
        try:
            received = self.socket.recv(4096)
            self._received += received
            if self._has_whole_reply():
                self._answer()
            return bool(received) and self.step <= REFUSED
        except ConnectionError:
            return False

    def was_refused(self) -> bool:
        return self.step >= REFUSED

    def _has_whole_reply(self) -> bool:
        if not self._received.endswith(b"\r\n"):
            return False
        last = self._received.rfind(b"\n", 0, -1) + 1
        return self._received[last + 3 : last + 4] == b" "

    def _answer(self) -> None:
        reply, self._received = self._received, b""
        if self.step < REFUSED:
            code, command = DIALOGUE[self.step]
            if not reply.startswith(code):
                got = reply.decode(errors="replace").strip()
                raise SystemExit(f"a stranger expected {code.decode()}, got {got}")
            self.step += 1
            self.socket.send(command)
        else:
            self.step += 1


def refuse_sessions(port: int, at_once: int, seconds: float) -> tuple[int, int, float]:
    """How many sessions were refused in full, how many broke off before, and in what time."""
    refused = broken = 0
    poll = select.epoll()
    sessions: dict[int, StrangerSession] = {}

    def open_session() -> None:
        session = StrangerSession(port)
        sessions[session.socket.fileno()] = session
        poll.register(session.socket, select.EPOLLIN)

    start = now = time.monotonic()
    for _ in range(at_once):
        open_session()
    while (now := time.monotonic()) < start + seconds:
        for descriptor, _ in poll.poll(0.5):
            session = sessions[descriptor]
            if session.advance():
                continue
            refused += session.was_refused()
            broken += not session.was_refused()
            del sessions[descriptor]
            session.socket.close()
            open_session()
    for session in sessions.values():
        session.socket.close()
    return refused, broken, now - start


if __name__ == "__main__":
    refused, broken, seconds = refuse_sessions(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    print(json.dumps({"refused": refused, "broken": broken, "seconds": seconds}))
