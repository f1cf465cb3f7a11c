"""Where the programs are that the benchmark runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# What setup.sh unpacked; where a program is not there, the machine's own is taken.
PEERS = Path(os.environ.get("GATEPOST_PEERS", "/var/cache/gatepost-peers") + "-bench")

LIBRARIES = os.pathsep.join(
    map(str, [PEERS / "usr/lib/postfix", *sorted(PEERS.glob("usr/lib/*-linux-gnu*"))])
)
ENVIRONMENT = {"LD_LIBRARY_PATH": LIBRARIES}


def gatepost() -> Path | None:
    """The gateway under test: GATEPOST, or else this repository's release build."""
    path = Path(os.environ.get("GATEPOST", REPOSITORY / ".build/release/gatepost"))
    return path.resolve() if path.is_file() else None


def program(name: str) -> Path | None:
    """A program of the peers by its name, for instance `haproxy`."""
    search = os.pathsep.join([str(PEERS / "usr/sbin"), os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=search)
    return Path(found) if found else None


def library(path: str) -> Path | None:
    """A file or folder below /usr/lib, for instance `postfix/sbin`."""
    candidates = [PEERS / "usr/lib" / path, Path("/usr/lib") / path]
    return next((candidate for candidate in candidates if candidate.exists()), None)
