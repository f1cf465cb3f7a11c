"""The client's side of SMTP on loopback, as far as the benchmark speaks it itself."""

from __future__ import annotations

import itertools
import socket

from processes import Failure

CLIENT = "127.0.0.1"  # may relay
STRANGER = "127.0.0.9"  # may not

# Below the ports that the kernel gives to clients: one of tens of thousands of short sessions would
# otherwise sit on a port that a restarted server wants back.
_ports = itertools.count(20_000)


def free_port() -> int:
    """A port of loopback that nobody listens on and that was not given out before."""
    for port in itertools.takewhile(lambda port: port < 32_000, _ports):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((CLIENT, port))
                return port
            except OSError:
                continue
    raise Failure("no free port from 20000 to 32000")


def greets(port: int) -> bool:
    """Whether somebody on `port` greets as an SMTP server does."""
    try:
        with Session(port, patience=2) as session:
            session.command(b"QUIT")
        return True
    except (Failure, OSError):
        return False


class Session:
    """One session, a command after the other."""

    def __init__(self, port: int, patience: float = 10):
        self._socket = self._connect(port, patience)
        self._replies = self._socket.makefile("rb")
        try:
            self._expect(b"220")
        except BaseException:
            self.close()
            raise

    def _connect(self, port: int, patience: float) -> socket.socket:
        return socket.create_connection((CLIENT, port), timeout=patience)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._replies.close()
        self._socket.close()

    def command(self, line: bytes, code: bytes = b"2") -> None:
        """Sends `line`; `Failure` unless the reply's code begins with `code`."""
        self._socket.sendall(line + b"\r\n")
        self._expect(code)

    def greet(self) -> None:
        self.command(b"EHLO load.test")

    def send_message(self) -> None:
        self.command(b"MAIL FROM:<load@ours.test>")
        self.command(b"RCPT TO:<someone@elsewhere.test>")
        self.command(b"DATA", b"354")
        self.command(b"Subject: load\r\n\r\nA line.\r\n.")

    def _expect(self, code: bytes) -> None:
        line = self._replies.readline()
        while line[3:4] == b"-":
            line = self._replies.readline()
        if not line.startswith(code):
            raise Failure(f"expected {code.decode()}, got {line.decode(errors='replace').strip() or 'the end'}")
