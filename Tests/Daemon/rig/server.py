"""A protected server that does at each phase what a test says.

`script` maps a phase (`connect`, `greeting`, `ehlo`, `helo`, `challenge`, `auth`, `mail`, `rcpt`, `data`, `body`, `final`,
`rset`, `quit`) to what happens there: a reply, or a function of the `Connection`, such as `close`. `body` happens when
the first mail data have come, and replaces nothing. It is looked up when the phase is reached, so that one
server can serve many tests.
"""

import base64
import contextlib
import re
import socket
import struct
import threading
import time

from .loopback import HERE, wait_until

EXTENSIONS = ("PIPELINING", "SIZE", "8BITMIME", "DSN", "ENHANCEDSTATUSCODES")
END = re.compile(rb"\r\n\.\r\n")


class Gone(Exception):
    """The gate has closed the connection, or the test has stopped the server."""


class Message:
    def __init__(self, sender, recipients, data, size, told=None, login=None):
        self.login = login
        """As whom the gate had logged in."""
        self.told = told
        """What the server was told of the client on this connection: the words of XCLIENT, or a PROXY header."""
        self.sender = sender
        self.recipients = recipients
        self.data = data
        """What stood before the final dot, dots still doubled; the first part of it where it is large."""
        self.size = size

    def __repr__(self):
        return f"Message({self.sender}, {self.recipients}, {self.size} bytes)"


class Server:
    """`end` finds what ends the mail data here, with the line end before it."""

    largest_kept = 1 << 20

    def __init__(self, port=0, extensions=EXTENSIONS, end=END, certificate=None, implicit_tls=False, login=None):
        """With a `certificate` it offers STARTTLS, or has TLS from the first byte on. With a `login`, name and password, it
        offers AUTH and takes no mail without."""
        self.login = login
        self.mechanisms = "PLAIN LOGIN"
        self.tls = certificate.server_context() if certificate else None
        self.implicit_tls = implicit_tls
        self.extensions = extensions
        self.end = end
        self.port = port
        self.reset()
        self._listener = None
        self._connections = set()
        self._lock = threading.Lock()

    def reset(self):
        """Forgets what was said and what happened."""
        self.script = {}
        self.messages = []
        self.commands = []
        self.in_clear = []
        """Those of the commands that came without TLS."""
        self.logins = []
        """What was given as name and password."""
        self.connections = 0
        self.pipelined = 0
        """How often a command came before the reply to the one before it."""

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HERE, self.port))
        self.port = listener.getsockname()[1]
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self):
        """From here on connections are refused."""
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.hang_up()

    def hang_up(self):
        """Closes every connection."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.shut()

    def clear(self):
        """No connection of before, no script, no memory."""
        self.script = {}
        self.hang_up()
        wait_until(lambda: self.open_connections == 0, 5)
        self.reset()

    @property
    def open_connections(self):
        with self._lock:
            return len(self._connections)

    def said(self, verb):
        """The commands with this verb, as they came."""
        return [line for line in self.commands if line.upper().startswith(verb)]

    def _accept(self, listener):
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            connection = Connection(self, accepted)
            with self._lock:
                self.connections += 1
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.serve()
        except (OSError, Gone):
            pass
        finally:
            connection.shut()
            with self._lock:
                self._connections.discard(connection)


class Connection:
    """One connection of the gate to the server."""

    def __init__(self, server, accepted):
        self.server = server
        self.socket = accepted
        self.buffer = b""
        self.mail = None
        self.recipients = []
        self.told = None
        self.helo = None
        self.is_encrypted = False
        self.login = None

    def shut(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def say(self, text):
        self.socket.sendall(text.encode() + b"\r\n" if isinstance(text, str) else text)

    def receive(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise Gone
        return data

    def step(self, phase, otherwise, before=lambda reply: None):
        """Does what the script says at this phase, or `otherwise`; the reply that was given, of which `before` hears
        before the gate does."""
        step = self.server.script.get(phase, otherwise)
        if isinstance(step, list):
            # One entry a time; the last one stays.
            step = step.pop(0) if len(step) > 1 else step[0]
        if callable(step):
            step(self)
            return ""
        if step is not None:
            before(step)
            self.say(step)
        return step or ""

    def line(self):
        while b"\n" not in self.buffer:
            self.buffer += self.receive()
        line, _, self.buffer = self.buffer.partition(b"\n")
        line = line.rstrip(b"\r").decode("utf-8", "replace")
        self.server.commands.append(line)
        if not self.is_encrypted:
            self.server.in_clear.append(line)
        self.server.pipelined += bool(self.buffer)
        return line

    def start_tls(self):
        self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
        self.is_encrypted = True
        self.buffer, self.mail, self.recipients = b"", None, []

    def serve(self):
        self.step("connect", None)
        if self.server.implicit_tls:
            self.start_tls()
        self.step("greeting", "220 behind.test ESMTP")
        while True:
            line = self.line()
            verb = line.split(" ")[0].lower()
            if verb == "ehlo":
                self.helo = line.partition(" ")[2]
                self.step("ehlo", "\r\n".join(self._ehlo()))
            elif verb == "auth" and self.server.login:
                self._authenticate(line.split(" ")[1:])
            elif verb == "mail" and self.server.login and not self.login:
                self.say("530 5.7.0 Authentication required")
            elif verb == "mail":
                if self.step("mail", "250 2.1.0 Ok").startswith("2"):
                    self.mail, self.recipients = line.partition(":")[2], []
            elif verb == "rcpt":
                if self.mail is None:
                    self.step("pointless rcpt", "503 5.5.1 MAIL first")
                elif self.step("rcpt", "250 2.1.5 Ok").startswith("2"):
                    self.recipients.append(line.partition(":")[2])
            elif verb == "data":
                if self.step("data", "354 Go on").startswith("354"):
                    self._data()
            elif verb == "xclient":
                if self.step("xclient", "220 behind.test ESMTP").startswith("220"):
                    self.told = dict(word.split("=", 1) for word in line.split(" ")[1:])
            elif verb == "starttls" and self.server.tls:
                if self.step("starttls", "220 2.0.0 Go on").startswith("220"):
                    self.start_tls()
            elif verb in ("rset", "helo", "quit"):
                self.mail, self.recipients = None, []
                self.step(verb, {"rset": "250 2.0.0 Ok", "helo": "250 behind.test", "quit": "221 2.0.0 Bye"}[verb])
                if verb == "quit":
                    return
            else:
                self.say("500 5.5.2 What?")

    def _ehlo(self):
        words = ["behind.test", *self.server.extensions]
        if self.server.tls and not self.is_encrypted:
            words.append("STARTTLS")
        if self.server.login and self.server.mechanisms:
            words.append(f"AUTH {self.server.mechanisms}")
        return [f"250-{word}" for word in words[:-1]] + [f"250 {words[-1]}"]

    def _authenticate(self, words):
        """PLAIN in one line, LOGIN in three. The phase of its first two is `challenge`, of the last one `auth`."""
        if words[0] == "LOGIN":
            given = []
            for _ in range(2):
                if not self.step("challenge", "334 VXNlcm5hbWU6").startswith("334"):
                    return
                given.append(base64.b64decode(self.line(), validate=True))
        else:
            _, *given = base64.b64decode(words[1], validate=True).split(b"\0")
        name, password = (each.decode() for each in given)
        self.server.logins.append((name, password))
        is_right = (name, password) == self.server.login
        if self.step("auth", "235 2.7.0 Welcome" if is_right else "535 5.7.8 No such name or password").startswith("235"):
            self.login = name

    def _data(self):
        if "body" in self.server.script:
            if not self.buffer:
                self.buffer = self.receive()
            self.step("body", None)
        # The command's own line end stands before the first line.
        kept, size, tail = [], 0, b"\r\n"
        while True:
            chunk = self.buffer or self.receive()
            self.buffer = b""
            window = tail + chunk
            found = self.server.end.search(window)
            if size <= self.server.largest_kept:
                kept.append(chunk)
            if found:
                # The line end before the dot belongs to the data.
                size += found.start() + 2 - len(tail)
                self.buffer = window[found.end() :]
                break
            size += len(chunk)
            tail = window[-8:]
        data = b"".join(kept)[:size]
        message = Message(self.mail, self.recipients, data, size, self.told and {**self.told, "EHLO": self.helo}, self.login)

        def keep(reply):
            if reply.startswith("250"):
                self.server.messages.append(message)

        self.mail, self.recipients = None, []
        self.step("final", "250 2.0.0 Ok: queued as 4F0C", keep)


# What a server can do wrong, beside a wrong reply.


def close(connection):
    raise Gone


def reset(connection):
    """Not an end, but an error (RST)."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()
    raise Gone


def hang(connection):
    """Says nothing more, and reads on, until the gate closes."""
    while True:
        connection.receive()


def expects_header(connection):
    """Reads a PROXY header of either version before it greets, and not a byte more."""

    def exactly(count):
        data = b""
        while len(data) < count:
            more = connection.socket.recv(count - len(data))
            if not more:
                raise Gone
            data += more
        return data

    data = exactly(6)
    if data == b"PROXY ":
        while not data.endswith(b"\r\n"):
            data += exactly(1)
        words = data.decode().split()
        # The gate's own connections say what they are.
        if len(words) == 6 and (words[2], int(words[4])) != connection.socket.getpeername():
            connection.told = {"PROXY": words[1], "ADDR": words[2], "PORT": words[4]}
    else:
        data += exactly(10)
        command, family = data[12:14]
        block = exactly(int.from_bytes(data[14:16], "big"))
        if command == 0x21:
            address = socket.inet_ntop(socket.AF_INET if family == 0x11 else socket.AF_INET6, block[: 4 if family == 0x11 else 16])
            port = int.from_bytes(block[-4:-2], "big")
            connection.told = {"PROXY": "v2", "ADDR": address, "PORT": str(port)}


def closing(connection):
    connection.say("421 4.3.2 Closing down")
    raise Gone


def says(data):
    """Says these bytes and goes on."""
    return lambda connection: connection.say(data)


def says_and_hangs(data):
    def step(connection):
        connection.say(data)
        hang(connection)

    return step


def says_and_closes(data):
    def step(connection):
        connection.say(data)
        time.sleep(0.05)
        raise Gone

    return step


def slowly(text):
    """The reply, a few bytes at a time."""

    def step(connection):
        data = text.encode() + b"\r\n"
        for start in range(0, len(data), 4):
            connection.say(data[start : start + 4])
            time.sleep(0.01)

    return step
