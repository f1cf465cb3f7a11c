"""A client that sends exactly the bytes that a test has, from a chosen address."""

import re
import socket
import ssl
import struct
import time

from .loopback import HERE, STRANGER

MESSAGE = b"From: <sender@outside.test>\r\nSubject: test\r\n\r\nHello.\r\n"


class Reply:
    def __init__(self, code, lines):
        self.code = code
        self.lines = lines

    @property
    def positive(self):
        return 200 <= self.code < 300

    @property
    def temporary(self):
        return 400 <= self.code < 500

    @property
    def permanent(self):
        return 500 <= self.code < 600

    @property
    def id(self):
        """The id at the end of a refusal."""
        found = re.search(r"\(([0-9A-Z]{26})\)$", self.lines[-1])
        return found and found.group(1)

    def __str__(self):
        return f"{self.code} " + " / ".join(self.lines)

    __repr__ = __str__


class Closed(Exception):
    """The gate closed where a reply was due; the text is what it said last."""


class Client:
    """Connected and, unless told otherwise, greeted. A wait beyond `patience` seconds fails the test."""

    def __init__(self, port, address=STRANGER, host=HERE, greeted=True, patience=5):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(patience)
        if family == socket.AF_INET:
            self.socket.bind((address, 0))
        self.socket.connect((host, port))
        self._buffer = b""
        if greeted:
            greeting = self.reply()
            assert greeting.code == 220, greeting

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def start_tls(self, trusted=None, name="gate.test", certificate=None, maximum=None, session=None, context=None):
        """The handshake alone. `trusted` is the certificate that has to be shown; `certificate` is ours; `context` stands
        for both."""
        assert self._buffer == b"", self._buffer
        context = context or tls_context(trusted, certificate, maximum)
        self.socket = context.wrap_socket(self.socket, server_hostname=name, session=session)

    def starttls(self, **settings):
        """The command and the handshake; then EHLO has to be said again."""
        reply = self.command("STARTTLS")
        assert reply.code == 220, reply
        self.start_tls(**settings)

    def send(self, data):
        self.socket.sendall(data)

    def send_byte_by_byte(self, data, pause=0.0005):
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            self.socket.sendall(bytes((byte,)))
            time.sleep(pause)

    def reply(self):
        lines = []
        while True:
            line = self._line()
            assert re.fullmatch(rb"[2-5][0-9][0-9][ -].*", line), line
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] == b" ":
                return Reply(int(line[:3]), lines)

    def _line(self):
        while b"\r\n" not in self._buffer:
            try:
                data = self.socket.recv(1 << 16)
            except (ConnectionResetError, ssl.SSLError):
                data = b""
            if not data:
                raise Closed(self._buffer.decode("utf-8", "replace"))
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def command(self, line):
        """The reply to one command."""
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        return self.reply()

    def replies(self, *lines):
        return [self.command(line) for line in lines]

    def ehlo(self, name="client.test"):
        reply = self.command(f"EHLO {name}")
        assert reply.code == 250, reply
        return reply

    def rest(self):
        """Everything up to the gate's close."""
        data, self._buffer = self._buffer, b""
        while True:
            try:
                more = self.socket.recv(1 << 16)
            except (ConnectionResetError, ssl.SSLError):
                return data
            if not more:
                return data
            data += more

    def half_close(self):
        """Says that it has no more to say."""
        self.socket.shutdown(socket.SHUT_WR)

    def abort(self):
        """Closes with an error (RST)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def is_open(self):
        """Whether the session still answers."""
        try:
            return self.command("RSET").code == 250
        except (Closed, OSError):
            return False

    def begin(self, to="reader@ours.test", sender="sender@outside.test"):
        """A transaction up to the mail data."""
        for line, code in ((f"MAIL FROM:<{sender}>", 250), (f"RCPT TO:<{to}>", 250), ("DATA", 354)):
            reply = self.command(line)
            assert reply.code == code, reply

    def transaction(self, to="reader@ours.test", message=MESSAGE, sender="sender@outside.test"):
        """A whole message; the replies up to the first that ends it."""
        replies = []
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"):
            replies.append(self.command(line))
            if replies[-1].code >= 400:
                return replies
        replies.append(self.command(message + b"."))
        return replies


def tls_context(trusted=None, certificate=None, maximum=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusted:
        context.load_verify_locations(trusted.certificate)
    else:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate.certificate, certificate.key)
    if maximum:
        context.maximum_version = maximum
    return context


def deliver(port, to="reader@ours.test", address=STRANGER, message=MESSAGE, patience=5):
    """A session with one message; its last reply."""
    with Client(port, address, patience=patience) as client:
        client.ehlo()
        return client.transaction(to, message)[-1]
