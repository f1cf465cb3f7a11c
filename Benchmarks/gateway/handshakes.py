"""Sessions under TLS that send nothing: connect, handshake, EHLO, QUIT, as fast as one client can.

`python3 handshakes.py PORT DOOR VERSION RESUMING SESSIONS` prints how many of them went on from an earlier one, as JSON.
It is a program of its own, so that several can use several cores.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys

from smtp import CLIENT, Session


class EncryptedSession(Session):
    """Behind STARTTLS, or with TLS from the first byte on where `door` says so."""

    def __init__(self, port: int, door: str, context: ssl.SSLContext, earlier: ssl.SSLSession | None):
        self._context, self._earlier, self._door = context, earlier, door
        super().__init__(port)
        if door == "starttls":
            self.greet()
            self.command(b"STARTTLS")
            self._encrypt()

    def _connect(self, port: int, patience: float) -> socket.socket:
        connected = super()._connect(port, patience)
        return connected if self._door == "starttls" else self._encrypted(connected)

    def _encrypt(self) -> None:
        self._replies.close()
        self._socket = self._encrypted(self._socket)
        self._replies = self._socket.makefile("rb")

    def _encrypted(self, connected: socket.socket) -> ssl.SSLSocket:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._context.wrap_socket(connected, session=self._earlier)

    @property
    def session(self) -> ssl.SSLSession:
        """To go on from; with TLS 1.3 it comes behind the handshake, with the first reply."""
        return self._socket.session

    @property
    def is_resumed(self) -> bool:
        return self._socket.session_reused


def context_of(version: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    return context


def shake_hands(port: int, door: str, version: str, resuming: bool, sessions: int) -> int:
    """How many sessions were resumed."""
    context, earlier, resumed = context_of(version), None, 0
    for _ in range(sessions):
        with EncryptedSession(port, door, context, earlier) as session:
            session.greet()
            if resuming:
                earlier = session.session
            resumed += session.is_resumed
            session.command(b"QUIT")
    return resumed


if __name__ == "__main__":
    port, door, version, resuming, sessions = sys.argv[1:]
    print(json.dumps(shake_hands(int(port), door, version, resuming == "resuming", int(sessions))))
