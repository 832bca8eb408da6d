#!/usr/bin/env python3
"""Kills the server (SIGKILL) at random moments while messages are posted with retries and mails
come in, then counts: every acknowledged word must be there exactly once, the history without a
gap, the last words found. Examples: scripts/kill_and_count.py --kills 20 --messages 50000
scripts/postgres scripts/mail scripts/kill_and_count.py --postgres --kills 200 --messages
440000 --past 45000 --mails 15000
"""

import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ordeal import Ordeal, options  # noqa: E402


def kill_now_and_then(ordeal, kills, chance):
    """Kills at random moments of the feed; one time in five again while it starts. Returns both
    counts."""
    done = while_starting = 0
    for moment in sorted(chance.random() for _ in range(kills)):
        if not ordeal.wait_for(moment):
            break
        time.sleep(chance.random() * 0.05)
        ordeal.instance.kill()
        done += 1
        if chance.random() < 0.2:
            ordeal.instance.begin()
            time.sleep(chance.random() * 0.08)
            ordeal.instance.kill()
            while_starting += 1
        ordeal.instance.start()
    return done, while_starting


def main():
    asked = options(__doc__, 18_431, 50_000)
    asked.add_argument("--kills", type=int, default=20)
    given = asked.parse_args()
    ordeal = Ordeal(given)
    ordeal.begin()
    done, while_starting = kill_now_and_then(ordeal, given.kills, random.Random(given.seed))
    ordeal.figures |= {"kills": done, "and_while_starting": while_starting, "seed": given.seed}
    ordeal.must(done == given.kills, "the work was over before the last kill")
    ordeal.everything_in()
    ordeal.count()
    ordeal.end()


if __name__ == "__main__":
    main()
