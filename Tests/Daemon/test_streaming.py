"""Messages stream: what the gate holds does not grow with them, and it stops reading when the other side is slow."""

import socket
import threading
import time

from rig.client import MESSAGE, Client, deliver
from rig.loopback import OFFICE, STRANGER, wait_until

MEGABYTE = 1 << 20
BLOCK = (b"0123456789abcdef" * 7 + b"\r\n") * 2_300


def hold(gate_opens):
    """Reads nothing until the event."""
    return lambda connection: gate_opens.wait(60)


def send_until_stuck(client, limit, patience=0.5):
    """How many bytes were taken before nothing moved for `patience` seconds."""
    client.socket.settimeout(patience)
    sent = 0
    try:
        while sent < limit:
            sent += client.socket.send(BLOCK)
    except TimeoutError:
        pass
    client.socket.settimeout(30)
    return sent


def test_a_large_message_to_a_server_that_pauses(server, gate):
    assert deliver(gate.port).code == 250
    before = gate.resident
    goes_on = threading.Event()
    server.script = {"body": hold(goes_on)}
    with Client(gate.port, patience=30) as client:
        client.ehlo()
        client.begin()
        sent = send_until_stuck(client, 200 * MEGABYTE)
        # What was taken lies in the sockets' buffers.
        assert sent < 40 * MEGABYTE
        assert gate.resident - before < 20 * MEGABYTE
        goes_on.set()
        largest = 0
        # A block may have been cut, so that lines begin anew.
        client.send(b"\r\n")
        while sent < 200 * MEGABYTE:
            client.send(BLOCK)
            sent += len(BLOCK)
            if sent % 16 == 0:
                largest = max(largest, gate.resident)
        assert client.command(".").code == 250
    assert max(largest, gate.resident) - before < 20 * MEGABYTE
    assert server.messages[-1].size >= 200 * MEGABYTE


def test_many_large_messages_to_a_server_that_stands_still(server, gate):
    before = gate.resident
    goes_on = threading.Event()
    server.script = {"body": hold(goes_on)}
    clients = [Client(gate.port, patience=10) for _ in range(8)]
    for client in clients:
        client.ehlo()
        client.begin()
    for client in clients:
        assert send_until_stuck(client, 64 * MEGABYTE, 0.1) < 40 * MEGABYTE
    assert gate.resident - before < 20 * MEGABYTE
    for client in clients:
        client.abort()
    assert wait_until(lambda: gate.status()["sessions"] == 0, 3), "sessions whose client is gone"
    goes_on.set()
    assert wait_until(lambda: server.open_connections == 0, 5)
    assert server.messages == []


def test_a_client_that_reads_no_replies(server, gate):
    """Replies that nobody takes must not pile up, and commands that bring no message on are not taken for ever."""
    before = gate.resident
    with Client(gate.port) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.ehlo()
        client.socket.settimeout(0.5)
        sent, block = 0, b"RSET\r\n" * 10_000
        try:
            while sent < 200 * MEGABYTE:
                sent += client.socket.send(block)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 40 * MEGABYTE
    assert gate.resident - before < 20 * MEGABYTE


def test_a_message_that_is_discarded_is_not_kept(server, gate):
    before = gate.resident
    server.script = {"body": "452 4.3.1 Disk full"}
    with Client(gate.port, patience=30) as client:
        client.ehlo()
        client.begin()
        for _ in range(200):
            client.send(BLOCK)
        last = client.command(".")
        assert last.code == 452 and last.lines == ["4.3.1 Disk full"], last
        assert client.is_open()
    assert gate.resident - before < 20 * MEGABYTE


def test_five_hundred_idle_sessions(server, gate):
    before = gate.resident
    clients = []
    try:
        for number in range(500):
            client = Client(gate.port, f"127.0.1.{number % 200 + 1}", greeted=False)
            clients.append(client)
        for client in clients:
            assert client.reply().code == 220
            client.ehlo()
        assert gate.status()["sessions"] == 500
        assert gate.resident - before < 500 * 40 * 1024
        began = time.monotonic()
        assert deliver(gate.port).code == 250
        assert deliver(gate.port, "victim@outside.test", OFFICE).code == 250
        assert deliver(gate.port, "victim@outside.test", STRANGER).code == 550
        assert time.monotonic() - began < 2
        assert all(client.is_open() for client in clients)
    finally:
        for client in clients:
            client.socket.close()
    assert wait_until(lambda: gate.status()["sessions"] == 0, 5)


def test_many_clients_at_once(server, gate):
    """Every message arrives once and whole, whoever's connection to the server it went over."""
    failures = []

    def send(number):
        try:
            with Client(gate.port, f"127.0.2.{number + 1}", patience=20) as client:
                client.ehlo()
                for count in range(10):
                    message = MESSAGE + f"{number}-{count}.\r\n".encode() * 200
                    last = client.transaction(f"r{number}-{count}@ours.test", message)[-1]
                    assert last.code == 250, last
        except Exception as error:  # noqa: BLE001 - said by the test
            failures.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert failures == []
    assert len(server.messages) == 200
    for message in server.messages:
        (recipient,) = message.recipients
        name = recipient[2:].split("@")[0].encode()
        assert message.data.endswith(MESSAGE + (name + b".\r\n") * 200)
