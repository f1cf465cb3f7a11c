"""The load: smtp-source as the clients, smtp-sink as the protected server, and strangers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import programs
from processes import Child, Failure, wait_until
from smtp import CLIENT, greets

SESSIONS = 50
SINK_SESSIONS = 8192


@dataclass(frozen=True)
class Workload:
    """A kind of mail traffic."""

    title: str
    message_bytes: int
    many_a_session: bool


@dataclass(frozen=True)
class Sample:
    """One measurement of one front; an item is a message or a refused session."""

    per_second: float
    cpu_microseconds: float


def missing() -> str | None:
    """Why no load can be made here; None when it can."""
    found = programs.program("smtp-source") and programs.program("smtp-sink")
    return None if found else "smtp-source and smtp-sink are not installed (run setup.sh)"


def start_sink(port: int, place: Path) -> Child:
    """The protected server: takes everything, keeps nothing."""
    drop_privileges = ["-u", "nobody"] if os.geteuid() == 0 else []
    limit = ["-m", str(SINK_SESSIONS)]
    command = [programs.program("smtp-sink"), *drop_privileges, *limit, f"{CLIENT}:{port}", "1024"]
    sink = Child(command, place / "sink.log", programs.ENVIRONMENT)
    try:
        wait_until(lambda: greets(port), 5, "smtp-sink did not greet")
    except BaseException:
        sink.stop()
        raise
    return sink


def send(workload: Workload, port: int, messages: int, timeout: float = 60) -> float:
    """Sends `messages` through `port`, 50 sessions at once; the seconds that it took."""
    command = [
        programs.program("smtp-source"),
        *(["-d"] if workload.many_a_session else []),
        *["-s", str(SESSIONS), "-m", str(messages), "-l", str(workload.message_bytes)],
        *["-M", "load.test", "-f", "load@ours.test", "-t", "someone@elsewhere.test"],
        f"{CLIENT}:{port}",
    ]
    start = time.monotonic()
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **programs.ENVIRONMENT},
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"smtp-source did not end within {timeout:g} s") from None
    if result.returncode != 0:
        raise Failure(f"smtp-source: {result.stderr.strip()}")
    return time.monotonic() - start


def calibrate(workload: Workload, port: int, seconds: float) -> int:
    """How many messages take about `seconds`. It is the warm-up, too."""
    messages = SESSIONS
    for _ in range(12):
        taken = send(workload, port, messages)
        if taken > seconds / 4:
            break
        messages *= 2
    return max(SESSIONS, round(messages * seconds / taken))


def measure(workload: Workload, front: Child, port: int, messages: int) -> Sample:
    before = front.cpu_seconds()
    seconds = send(workload, port, messages)
    return Sample(messages / seconds, (front.cpu_seconds() - before) / messages * 1e6)


def measure_refusals(front: Child, port: int, seconds: float) -> Sample:
    """A stranger's sessions, 50 at once, from a client process for each core."""
    clients = os.cpu_count() or 1
    program = Path(__file__).with_name("refused.py")
    command = [sys.executable, program, str(port), str(SESSIONS // clients), str(seconds)]
    before = front.cpu_seconds()
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(clients)
    ]
    results = [_result(client, seconds + 15) for client in running]
    cpu = front.cpu_seconds() - before
    refused = sum(result["refused"] for result in results)
    if refused == 0 or any(result["broken"] for result in results):
        raise Failure(f"sessions were not refused in full: {results}")
    return Sample(sum(result["refused"] / result["seconds"] for result in results), cpu / refused * 1e6)


def _result(client: subprocess.Popen, timeout: float) -> dict:
    try:
        output, errors = client.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        client.kill()
        output, errors = client.communicate()
    if client.returncode != 0:
        raise Failure(errors.strip() or "a stranger's client did not end")
    return json.loads(output)


class CountingServer:
    """A protected server that says yes to everything and counts who comes."""

    def __init__(self, port: int):
        self.connections = 0
        self._listener = socket.create_server((CLIENT, port))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> CountingServer:
        return self

    def __exit__(self, *_) -> None:
        # A bare close would leave the thread in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _serve(connection: socket.socket) -> None:
        connection.settimeout(30)
        try:
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 counting.test ESMTP\r\n")
                for line in lines:
                    is_quit = line.strip().upper() == b"QUIT"
                    connection.sendall(b"221 Bye\r\n" if is_quit else b"250 Ok\r\n")
                    if is_quit:
                        return
        except OSError:
            pass
