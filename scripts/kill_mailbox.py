#!/usr/bin/env python3
"""A mailbox with a past is connected, mails keep coming, and the server is killed (SIGKILL) again
and again: every mail must be there exactly once. Run under scripts/mail. With --kills 0 it
times a first connection. Example: scripts/mail scripts/kill_mailbox.py --kills 50 --past 5000
--coming 500
"""

import argparse
import atexit
import json
import os
import random
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mailbox import Mailbox  # noqa: E402

import counting  # noqa: E402
from instance import Instance  # noqa: E402


def states_and_gaps(data):
    """How many cases of each state, and how many numbers the history lacks."""
    with sqlite3.connect(f"file:{data}/vigie.db?mode=ro", uri=True) as database:
        states = dict(
            database.execute("SELECT state, COUNT(*) FROM cases GROUP BY state").fetchall()
        )
        return states, database.execute("SELECT MAX(number) - COUNT(*) FROM fact").fetchone()[0]


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--past", type=int, default=5_000)
    asked.add_argument("--coming", type=int, default=500)
    given = asked.parse_args()
    mails, chance = Mailbox(given.past, given.coming), random.Random(7)
    with tempfile.TemporaryDirectory() as data:
        instance = Instance(given.binary, data, 18_434)
        atexit.register(instance.leave)
        instance.first_key(instance.start())
        mails.connect(instance)
        started = time.time()
        mails.sender.start()
        for _ in range(given.kills):
            time.sleep(chance.uniform(0.3, 1.5))
            instance.kill()
            instance.start()
        mails.sender.join()
        wanted, deadline = given.past + given.coming, time.time() + 900
        while counting.how_many(instance) < wanted and time.time() < deadline:
            time.sleep(0.5)
        seconds = time.time() - started
        time.sleep(2)
        stored, peak = counting.against(mails.names(), counting.rows(instance)), instance.peak_mib()
        states, gaps = states_and_gaps(data)
        instance.kill()
    figures = {
        "kills": given.kills,
        "mails": wanted,
        **stored,
        "gaps": gaps,
        "seconds": round(seconds, 1),
        "mails_per_second": round(wanted / seconds),
        "cases": states,
        "peak_rss_mib": peak,
    }
    print(json.dumps(figures))
    wrong = stored["missing"] + stored["doubled"] + stored["strangers"]
    exact = stored["rows"] == wanted == mails.past + mails.sent and not wrong
    sys.exit(0 if exact and gaps == 0 else 1)


if __name__ == "__main__":
    main()
