#!/usr/bin/env python3
"""Cuts every connection to PostgreSQL again and again while messages are posted with retries,
once stops PostgreSQL in its tracks and starts it again, then counts: every acknowledged word
must be there exactly once. Run under scripts/postgres. Example: scripts/postgres
scripts/cut_connection.py --cuts 50 --messages 50000
"""

import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import postgres_server  # noqa: E402
from ordeal import Ordeal, options  # noqa: E402


def cut_now_and_then(ordeal, cuts, chance):
    """Cuts at random moments; in the middle of them the whole server stops. Returns cuts,
    connections cut, restarts."""
    done = connections = restarts = 0
    for number, moment in enumerate(sorted(chance.random() for _ in range(cuts))):
        if not ordeal.wait_for(moment):
            break
        time.sleep(chance.random() * 0.02)
        if number == cuts // 2:
            postgres_server.crash_and_restart()
            restarts += 1
        connections += postgres_server.cut(ordeal.instance.database)
        done += 1
    return done, connections, restarts


def main():
    asked = options(__doc__, 18_435, 20_000)
    asked.add_argument("--cuts", type=int, default=50)
    given = asked.parse_args()
    given.postgres = True
    ordeal = Ordeal(given)
    process = ordeal.instance.process.pid
    ordeal.begin()
    done, connections, restarts = cut_now_and_then(ordeal, given.cuts, random.Random(given.seed))
    ordeal.figures |= {
        "cuts": done,
        "connections_cut": connections,
        "server_restarts": restarts,
        "seed": given.seed,
    }
    ordeal.must(done == given.cuts, "the work was over before the last cut")
    ordeal.everything_in()
    alive = ordeal.instance.process.poll() is None and ordeal.instance.process.pid == process
    ordeal.must(alive, "the instance stopped")
    ordeal.count()
    ordeal.end()


if __name__ == "__main__":
    main()
