"""A name server that does as it is told: it answers, lies, keeps silent, cuts its answers short, and sends what is none.

    with NameServer() as dns:
        dns.client("127.0.0.5", "mx.partner.test")    # both ways
        dns.script["a mx.partner.test"] = servfail
"""

import contextlib
import ipaddress
import socket
import struct
import threading
import time

from .loopback import HERE

A, CNAME, SOA, PTR, AAAA = 1, 5, 6, 12, 28
TYPES = {A: "a", CNAME: "cname", PTR: "ptr", AAAA: "aaaa"}
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5
TRUNCATED = 0x0200


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer


def encode(name):
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split(".") if label) + b"\0"


def decode(message, at):
    labels = []
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    return ".".join(labels), at + 1


class Query:
    def __init__(self, message, tcp, server):
        self.server = server
        self.id, = struct.unpack_from(">H", message)
        self.name, end = decode(message, 12)
        self.type, = struct.unpack_from(">H", message, end)
        self.question = message[12 : end + 4]
        self.tcp = tcp

    def __str__(self):
        return f"{TYPES.get(self.type, self.type)} {self.name.lower()}"

    def reply(self, records=(), code=NOERROR, flags=0, id=None, question=None, authority=()):
        """`records` are (name, type, data, ttl)."""
        head = struct.pack(
            ">HHHHHH", self.id if id is None else id, 0x8180 | flags | code, 1, len(records), len(authority), 0)
        return head + (question or self.question) + b"".join(record(*each) for each in [*records, *authority])


def record(name, type, data, ttl=300):
    if type in (CNAME, PTR):
        data = encode(data)
    elif type in (A, AAAA):
        data = ipaddress.ip_address(data).packed
    return encode(name) + struct.pack(">HHIH", type, 1, ttl, len(data)) + data


class NameServer:
    """`records` maps `a NAME`, `aaaa NAME`, `ptr NAME` or `cname NAME` to data; `script` the same questions, or `*` for all,
    to a function of the query that gives the bytes of the answer, several, or none."""

    def __init__(self, port=0):
        self.port = port
        self.ttl = 300
        self.clear()

    def clear(self):
        self.records = {}
        self.script = {}
        self.asked = []

    def client(self, address, *names, back=True):
        """An address that has these names; with `back` the names have it."""
        self.records[f"ptr {reverse(address)}"] = list(names)
        for name in names if back else ():
            self.host(name, address)

    def host(self, name, *addresses):
        for address in addresses:
            kind = "aaaa" if ":" in address else "a"
            self.records.setdefault(f"{kind} {name}", []).append(address)

    def alias(self, name, target):
        self.records[f"cname {name}"] = [target]

    def __enter__(self):
        for _ in range(20):
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.bind((HERE, self.port))
            port = self._udp.getsockname()[1]
            self._tcp = socket.socket()
            self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                self._tcp.bind((HERE, port))
                break
            except OSError:
                self._udp.close()
                self._tcp.close()
                assert not self.port
        self.port = port
        self._tcp.listen(64)
        for work in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, *_):
        for each in (self._udp, self._tcp):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve_udp(self):
        while True:
            try:
                message, client = self._udp.recvfrom(4096)
            except OSError:
                return
            if not message:
                return
            # A slow answer keeps no other waiting.
            threading.Thread(target=self._answer_udp, args=(message, client), daemon=True).start()

    def _answer_udp(self, message, client):
        for answer in self._answers(Query(message, False, self)):
            with contextlib.suppress(OSError):
                self._udp.sendto(answer, client)

    def _serve_tcp(self):
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._answer_tcp, args=(connection,), daemon=True).start()

    def _answer_tcp(self, connection):
        with connection, contextlib.suppress(OSError, struct.error):
            stream = connection.makefile("rb")
            while head := stream.read(2):
                query = Query(stream.read(struct.unpack(">H", head)[0]), True, self)
                for answer in self._answers(query):
                    connection.sendall(struct.pack(">H", len(answer)) + answer)

    def _answers(self, query):
        self.asked.append(f"{query} tcp" if query.tcp else str(query))
        step = self.script.get(str(query), self.script.get("*"))
        answer = step(query) if step else self.answer(query)
        return [] if answer is None else answer if isinstance(answer, list) else [answer]

    def answer(self, query):
        """What the records say, aliases followed as a resolver does."""
        name, records = query.name.lower(), []
        for _ in range(12):
            found = self.records.get(f"{TYPES.get(query.type)} {name}")
            if found:
                return query.reply([*records, *((name, query.type, each, self.ttl) for each in found)])
            alias = self.records.get(f"cname {name}")
            if not alias:
                code = NOERROR if any(key.split(" ")[1] == name for key in self.records) else NXDOMAIN
                soa = encode("ns.test") + encode("admin.test") + struct.pack(">IIIII", 1, 2, 3, 4, self.ttl)
                return query.reply(records, code, authority=[("test", SOA, soa, self.ttl)])
            records.append((name, CNAME, alias[0], self.ttl))
            name = alias[0]
        return query.reply(records)


# What a name server can do wrong.


def silent(query):
    return None


def servfail(query):
    return query.reply(code=SERVFAIL)


def refused(query):
    return query.reply(code=REFUSED)


def garbage(query):
    return struct.pack(">H", query.id) + b"\x81\x80" + b"\xff" * 60


def empty(query):
    return b""


def slow(seconds):
    def step(query):
        time.sleep(seconds)
        return query.server.answer(query)

    return step


def truncated(query):
    """Too long for UDP; over TCP it comes whole."""
    return query.server.answer(query) if query.tcp else query.reply(flags=TRUNCATED)


def truncated_for_good(query):
    return None if query.tcp else query.reply(flags=TRUNCATED)


def with_wrong_id(query):
    """A forger's, and no other comes."""
    return struct.pack(">H", (query.id + 1) & 0xFFFF) + query.server.answer(query)[2:]


def with_wrong_question(query):
    good = query.server.answer(query)
    return good[:12] + encode("other.test") + query.question[-4:] + good[12 + len(query.question) :]


def circle(query):
    return query.reply([(query.name, CNAME, "round.test", 300), ("round.test", CNAME, query.name, 300)])


def compressed_circle(query):
    """An answer whose name points to itself."""
    at = 12 + len(query.question)
    return (struct.pack(">HHHHHH", query.id, 0x8180, 1, 1, 0, 0) + query.question
            + struct.pack(">HHHIH", 0xC000 | at, query.type, 1, 300, 4) + b"\x7f\0\0\5")
