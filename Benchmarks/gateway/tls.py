#!/usr/bin/env python3
"""Measures the processor time of a session under TLS that sends nothing, beside nginx's mail proxy.

Same certificates, same clients; both fronts take turns, and the ratio is taken within a round. The figures go to stdout
as Markdown.

    Benchmarks/gateway/setup.sh            # once: fetches nginx
    make release
    Benchmarks/gateway/tls.py              # ten minutes; --quick: one
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import load
from fronts import TLS, Front, Gatepost, Nginx
from processes import Child, Failure
from report import table
from smtp import free_port

CLIENTS = 4
KEYS = {"P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA 2048": ["rsa:2048"]}
VERSIONS = {"TLS 1.3": "TLSv1_3", "TLS 1.2": "TLSv1_2"}
DOORS = ("starttls", "implicit")
RESUMING = ("new", "resuming")


@dataclass
class Turn:
    """A front that runs for all rounds."""

    front: Front
    port: int
    child: Child

    def cpu_microseconds(self, door: str, version: str, resuming: str, sessions: int) -> float:
        """A session's part of the front's processor time."""
        port = self.port if door == "starttls" else self.front.tls.implicit_port
        program = Path(__file__).with_name("handshakes.py")
        command = [sys.executable, program, str(port), door, version, resuming, str(sessions // CLIENTS)]
        before = self.child.cpu_seconds()
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(CLIENTS)]
        resumed = sum(json.loads(client.communicate(timeout=120)[0] or "null") or 0 for client in running)
        if any(client.returncode for client in running):
            raise Failure(f"{self.front.name}: a client failed")
        if resumed != (sessions // CLIENTS - 1) * CLIENTS * (resuming == "resuming"):
            raise Failure(f"{self.front.name}, {door}, {version}, {resuming}: {resumed} of {sessions} were resumed")
        return (self.child.cpu_seconds() - before) / (sessions // CLIENTS * CLIENTS) * 1e6


def make_certificate(folder: Path, key: str) -> tuple[Path, Path]:
    name = key.replace(" ", "-")
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *KEYS[key], "-nodes", "-sha256", "-days", "30", "-subj", "/CN=gate.test",
         "-keyout", private, "-out", certificate], check=True, capture_output=True)
    private.chmod(0o644)
    return certificate, private


def measure(key: str, folder: Path, rounds: int, sessions: int) -> list[tuple[str, ...]]:
    """A row for each door, version and kind of session."""
    certificate, private = make_certificate(folder, key)
    rows = []
    with ExitStack() as running:
        turns = [start(front, TLS(certificate, private, free_port()), folder, running) for front in (Gatepost(), Nginx())]
        for version, door, resuming in itertools.product(VERSIONS, DOORS, RESUMING):
            costs = [[turn.cpu_microseconds(door, VERSIONS[version], resuming, sessions) for turn in turns]
                     for _ in range(rounds)]
            ours, theirs = (statistics.median(cost) for cost in zip(*costs))
            ratios = [our / their for our, their in costs]
            rows.append((
                key, version, door, resuming, f"{ours:.0f}", f"{theirs:.0f}",
                f"{statistics.median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}]"))
            print(*rows[-1], file=sys.stderr, flush=True)
    return rows


def start(front: Front, tls: TLS, folder: Path, running: ExitStack) -> Turn:
    front.tls = tls
    place = folder / f"{front.name}-{tls.implicit_port}"
    place.mkdir()
    sink_port, port = free_port(), free_port()
    running.enter_context(load.start_sink(sink_port, place))
    return Turn(front, port, running.enter_context(front.start(place, port, sink_port)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run: to see that it works, not for figures")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that every child is ended
    for front in (Gatepost(), Nginx()):
        if reason := load.missing() or front.missing():
            print(f"tls.py: {front.name}: {reason}", file=sys.stderr)
            return 2
    rounds, sessions = (1, 400) if options.quick else (3, 1000)
    with tempfile.TemporaryDirectory(prefix="gatepost-bench-") as folder:
        os.chmod(folder, 0o755)  # the fronts' workers give up root
        rows = [row for key in KEYS for row in measure(key, Path(folder), rounds, sessions)]
    print(table(("key", "version", "door", "sessions", "gatepost, CPU µs", "nginx, CPU µs", "gatepost ÷ nginx"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
