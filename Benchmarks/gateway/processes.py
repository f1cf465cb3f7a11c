"""Processes that the benchmark starts: what they use, and that they end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import defaultdict
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


class Failure(Exception):
    """A measurement that could not be taken, and why."""


class Child:
    """A program in the foreground, with every process that it starts. Its output goes to a file."""

    def __init__(self, arguments: list[str | Path], log: Path, environment: dict[str, str] | None = None):
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
            )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def is_running(self) -> bool:
        return self._process.poll() is None

    def cpu_seconds(self) -> float:
        """User and system time of all its processes, those that have ended included."""
        # From state on: utime, stime, cutime and cstime are the 12th to the 15th field.
        return sum(sum(map(int, _stat(pid)[11:15])) for pid in self._tree()) / TICKS_PER_SECOND

    def resident_bytes(self) -> int:
        return sum(_resident_pages(pid) for pid in self._tree()) * PAGE_SIZE

    def stop(self, patience: float = 5) -> None:
        """Ends it, by force what has not ended itself in time."""
        started = {pid: _start_time(pid) for pid in self._tree()}
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pid, time_of_start in started.items():
            # Another process may have the number of one that has ended, but it started later.
            if time_of_start is not None and _start_time(pid) == time_of_start:
                _kill(pid)

    def log_tail(self, lines: int = 5) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def _tree(self) -> list[int]:
        """The process and its descendants, itself first."""
        children = defaultdict(list)
        for pid, parent in _parents().items():
            children[parent].append(pid)
        tree = [self._process.pid]
        for pid in tree:
            tree.extend(children[pid])
        return tree


def wait_until(condition, seconds: float, what: str) -> None:
    """Asks until `condition` holds; `Failure` when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what} within {seconds:g} s")
        time.sleep(0.02)


def _parents() -> dict[int, int]:
    """The parent of each process of the machine."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return {pid: int(stat[1]) for pid in pids if len(stat := _stat(pid)) > 1}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none when the process has ended."""
    try:
        # The name before them stands in parentheses and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _start_time(pid: int) -> str | None:
    return stat[19] if (stat := _stat(pid)) else None


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
