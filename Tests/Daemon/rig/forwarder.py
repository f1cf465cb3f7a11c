"""A TCP forwarder as a program: FROM:PORT TO:PORT [v1|v2]. With a version it says whose connection each is."""

import socket
import sys
import threading

import proxy

HEADERS = {"v1": proxy.line, "v2": proxy.binary}


def pump(source, sink):
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()


def main(here, there, version=None):
    def address(text):
        host, _, port = text.rpartition(":")
        return host, int(port)

    listener = socket.create_server(address(here))
    print("listening", flush=True)
    while True:
        client, (host, port) = listener.accept()
        server = socket.create_connection(address(there))
        if version:
            server.sendall(HEADERS[version](host, address(here)[0], port))
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=pump, args=(source, sink), daemon=True).start()


main(*sys.argv[1:])
