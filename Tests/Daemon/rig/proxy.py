"""Headers of the PROXY protocol, as a balancer writes them, and a balancer."""

import contextlib
import socket
import struct
import threading

try:
    from .loopback import HERE
except ImportError:
    HERE = "127.0.0.1"

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def line(client, server="192.0.2.25", port=40312):
    """Version 1."""
    family = "TCP6" if ":" in client else "TCP4"
    return f"PROXY {family} {client} {server} {port} 25\r\n".encode()


def binary(client, server="192.0.2.25", port=40312, extensions=b""):
    """Version 2."""
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    block = socket.inet_pton(family, client) + socket.inet_pton(family, server) + struct.pack(">HH", port, 25) + extensions
    return SIGNATURE + bytes([0x21, 0x21 if ":" in client else 0x11]) + struct.pack(">H", len(block)) + block


LOCAL = SIGNATURE + b"\x20\0\0\0"


class Forwarder:
    """Passes connections on from an address of its own, as a balancer in TCP mode does; `header` makes what it says of
    each first, of the client's address and port."""

    def __init__(self, target, address, header=lambda client, port=0: b""):
        self.target, self.address, self.header = target, address, header

    def __enter__(self):
        self.listener = socket.create_server((HERE, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, (address, port) = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection((HERE, self.target), source_address=(self.address, 0))
            server.sendall(self.header(address, port=port))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
