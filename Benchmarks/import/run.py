#!/usr/bin/python3
"""How long `gatepost audit` and `gatepost import` take for a Sendmail with a long access map.

    Benchmarks/import/run.py [LINES…]        (default: 1000 10000 100000)

Makes a sendmail.mc with an access map of so many lines, the same for the same number: addresses, networks, domains,
mailboxes and users under Connect:, To:, From: and no tag, about a third of them RELAY. Prints processor time, time on the
wall and the most memory of each command. `GATEPOST` names the program (default: the release build of this repository).
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

GATEPOST = os.environ.get("GATEPOST") or Path(__file__).resolve().parents[2] / ".build/release/gatepost"
COMMANDS = [["audit"], ["audit", "--json"], ["import"], ["import", "--closed"]]
MC = """FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `skip')
FEATURE(`use_cw_file')
define(`confDOMAIN_NAME', `mail.ours.test')
"""
VALUES = {"RELAY": 30, "OK": 10, "REJECT": 45, "SKIP": 3, "550 no": 8, "DISCARD": 2, "ERROR:4.7.1:450 later": 2}


def domain(choose: random.Random) -> str:
    labels = [f"d{choose.randrange(30000)}", choose.choice(["com", "net", "org", "test", "de"])]
    while choose.random() < 0.25:
        labels.insert(0, f"s{choose.randrange(50)}")
    return ".".join(labels)


def key(choose: random.Random) -> str:
    kind = choose.random()
    if kind < 0.35:
        octets = [choose.randrange(1, 224)] + [choose.randrange(256) for _ in range(choose.choice([3, 3, 3, 2, 2, 1]))]
        return choose.choice(["Connect:", ""]) + ".".join(map(str, octets))
    if kind < 0.40:
        return f"Connect:IPv6:2001:db8:{choose.randrange(65536):x}"
    tag = choose.choice(["Connect:", "", "From:", "To:"])
    if kind < 0.85:
        return tag + domain(choose)
    user = f"u{choose.randrange(100_000)}@"
    return tag + user + (domain(choose) if kind < 0.95 else "")


def configuration(lines: int, folder: Path) -> None:
    choose = random.Random(lines)
    (folder / "etc/mail").mkdir(parents=True)
    keys: dict[str, str] = {}
    while len(keys) < lines:
        keys.setdefault(key(choose).lower(), choose.choices(list(VALUES), VALUES.values())[0])
    (folder / "etc/mail/access").write_text("".join(f"{key}\t{value}\n" for key, value in keys.items()))
    (folder / "etc/mail/local-host-names").write_text("ours.test\n")
    (folder / "sendmail.mc").write_text(MC)


def measured(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Seconds of the processor, seconds on the wall, megabytes."""
    started = time.monotonic()
    pid = os.posix_spawn(
        GATEPOST, [str(GATEPOST), *command, "sendmail-8.9+", str(folder)], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    print(f"{'lines':>8}  {'command':18} {'CPU s':>7} {'wall s':>7} {'MB':>6}")
    for lines in [int(word) for word in arguments] or [1_000, 10_000, 100_000]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "original"
            configuration(lines, folder)
            for command in COMMANDS:
                cpu, wall, megabytes = measured(command, folder)
                print(f"{lines:8}  {' '.join(command):18} {cpu:7.2f} {wall:7.2f} {megabytes:6.0f}", flush=True)


main(sys.argv[1:])
