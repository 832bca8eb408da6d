#!/usr/bin/env python3
"""Kills the server (SIGKILL) while messages are posted with retries, then counts: every acknowledged message must be
there exactly once. Example: scripts/kill_and_count.py --kills 20 --messages 50000"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from house import House  # noqa: E402


def post(house, key, items):
    """Posts until it is acknowledged; returns how many tries it took."""
    body = json.dumps(items).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for tries in range(1, 2_000):
        request = urllib.request.Request(house.address + "/api/v1/messages", data=body, method="POST")
        request.add_header("authorization", f"Bearer {key}")
        try:
            with opener.open(request, timeout=20) as answer:
                results = json.load(answer)["results"]
        except urllib.error.HTTPError as why:
            if why.code != 429 and why.code < 500:
                raise SystemExit(f"refused: {why.read()!r}") from why
            time.sleep(0.2)
            continue
        except (urllib.error.URLError, ConnectionError, TimeoutError, OSError, ValueError):
            time.sleep(0.02)
            continue
        assert all(it["status"] in ("created", "unchanged") for it in results), results
        return tries
    raise SystemExit("the server never came back")


def feed(house, key, work, acknowledged, lock):
    """One feeder: takes batches until there is none."""
    while True:
        with lock:
            if not work:
                return
            items = work.pop()
        post(house, key, items)
        with lock:
            acknowledged.extend(item["external_id"] for item in items)


def batches(count, size):
    """Small threads of messages in batches."""
    items = []
    for number in range(count):
        item = {"external_id": f"m{number}", "text": f"message {number}: where is my parcel?"}
        item["author"] = {"handle": f"a{number % 500}"}
        if number % 3:
            item["in_reply_to"] = f"m{number - number % 3}"
        items.append(item)
    return [items[at : at + size] for at in range(0, count, size)]


def stored(house, key):
    """The messages of the history, by fact; and whether the numbers have a gap."""
    seen, after, gaps = [], 0, 0
    while True:
        _, facts = house.call("GET", f"/api/v1/facts?after={after}&limit=1000", headers={"authorization": f"Bearer {key}"})
        if not facts:
            return seen, gaps
        for fact in facts:
            gaps += fact["number"] != after + 1
            after = fact["number"]
            if fact["act"] == "message.received":
                seen.append(fact["ids"]["message"])


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--messages", type=int, default=50_000)
    asked.add_argument("--batch", type=int, default=50)
    asked.add_argument("--port", type=int, default=18_431)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument("--database")
    given = asked.parse_args()
    if given.binary == "target/debug/vigie":
        subprocess.run(["cargo", "build", "--quiet", "-p", "vigie"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        house = House(given.binary, folder, given.port, given.database)
        key = house.first_key(house.start())
        work, acknowledged, lock = batches(given.messages, given.batch), [], threading.Lock()
        total, started = len(work), time.time()
        feeders = [threading.Thread(target=feed, args=(house, key, work, acknowledged, lock)) for _ in range(4)]
        for feeder in feeders:
            feeder.start()
        chance = random.Random(7)
        for number in range(given.kills):
            # Spread over the whole feed: the kill comes once that much work is done.
            while len(work) > total * (1 - (number + 1) / (given.kills + 1)) and any(it.is_alive() for it in feeders):
                time.sleep(0.005)
            time.sleep(chance.random() * 0.05)
            house.kill()
            house.start()
        for feeder in feeders:
            feeder.join()
        house.call("GET", "/api/v1/me")
        again = [post(house, key, items) for items in batches(given.messages, 1_000)]
        messages, gaps = stored(house, key)
        house.kill()
    figures = {
        "kills": given.kills, "acknowledged": len(acknowledged), "received_facts": len(messages),
        "distinct_messages": len(set(messages)), "gaps": gaps, "batches_posted_again": len(again),
        "seconds": round(time.time() - started, 1),
    }
    print(json.dumps(figures))
    ok = len(acknowledged) == len(messages) == len(set(messages)) == given.messages and gaps == 0
    sys.exit(0 if ok else "lost or doubled")


if __name__ == "__main__":
    main()
