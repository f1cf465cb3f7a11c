#!/usr/bin/python3
"""sendmail-agreement.py [sendmail-8.9+|sendmail-8.8] [--seed N] [--configurations N] [--requests N]

Holds policies that `gatepost import` makes of random configurations against Sendmail itself (its address-test mode), and
prints the figures of docs/agreement.md. Needs root and Tests/Servers/setup.sh. Exit status: 1 for a difference
that nothing explains.
"""

import argparse
import sys
import time

from agreement import check_rcpt_agreement, sendmail_agreement

AGREEMENTS = {agreement.SYSTEM: agreement for agreement in (sendmail_agreement, check_rcpt_agreement)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("system", nargs="?", choices=AGREEMENTS, default=sendmail_agreement.SYSTEM)
    options.add_argument("--seed", type=int, default=1, help="the first configuration's seed")
    options.add_argument("--configurations", type=int, default=200)
    options.add_argument("--requests", type=int, default=500, help="requests to each configuration")
    given = options.parse_args()
    began = time.monotonic()

    def progress(count):
        print(f"  {count.requests} requests, {sum(count.explained.values())} explained, {len(count.unexplained)} not", file=sys.stderr)

    seeds = range(given.seed, given.seed + given.configurations)
    count = AGREEMENTS[given.system].run(seeds, given.requests, progress=progress)
    print(f"{given.system}, seeds {seeds.start} to {seeds.stop - 1}: {count.requests} requests, of which it permits {count.permitted};")
    print(f"  {sum(count.explained.values())} decided differently for a known reason, {len(count.unexplained)} unexplained; {time.monotonic() - began:.0f} s")
    for reason, number in count.explained.most_common():
        print(f"  {number:7}  {reason}")
    for configuration, request, original, ours in count.unexplained[:20]:
        print(f"seed {configuration.seed}: {request}: Sendmail {original}, policy {ours}")
    return 1 if count.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
