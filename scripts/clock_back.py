#!/usr/bin/env python3
"""Moves the clock two days back under an instance that serves, starts it anew at that clock, then
sets it right: every word must be there exactly once, facts in the order of their numbers,
threads and search as ever. Needs faketime. Example: scripts/clock_back.py --messages 8000
"""

import glob
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import counting  # noqa: E402
import feeding  # noqa: E402
from ordeal import Ordeal, options  # noqa: E402

BACK = 2 * 86_400


class Clock:
    """The clock a process is shown, set while it runs."""

    def __init__(self):
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not found:
            raise SystemExit("faketime is lacking: scripts/need installs it")
        self.file = tempfile.NamedTemporaryFile("w", prefix="vigie-clock.")
        self.environment = {
            "LD_PRELOAD": found[0],
            "FAKETIME_TIMESTAMP_FILE": self.file.name,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(0)

    def set(self, seconds):
        """So many seconds from the true time."""
        self.file.seek(0)
        self.file.truncate()
        self.file.write(f"{seconds:+d}\n")
        self.file.flush()


def instants(ordeal):
    """The instant of each fact, in seconds since 1970, in the order of the numbers; and the case
    of each message."""
    asked, facts, cases = {"authorization": f"Bearer {ordeal.key}"}, [], {}
    while True:
        _, page = ordeal.instance.call(
            "GET", f"/api/v1/facts?after={len(facts)}&limit=1000", headers=asked
        )
        if not page:
            return facts, cases
        for fact in page:
            facts.append(time.mktime(time.strptime(fact["at"][:19], "%Y-%m-%dT%H:%M:%S")))
            if fact["act"] == "message.received":
                cases[fact["ids"]["message"]] = fact["ids"]["case"]


def jumps(facts):
    """How often the instant of a fact is a day or more before, and after, that of the fact before
    it."""
    steps = [after - before for before, after in zip(facts, facts[1:], strict=False)]
    return sum(step < -BACK / 2 for step in steps), sum(step > BACK / 2 for step in steps)


def answer_across(ordeal, poster, name):
    """A question at the true clock is answered at the clock moved back: one case."""
    parent = {"external_id": f"{name}-1", "text": "where is it?", "author": {"handle": name}}
    child = {
        **parent,
        "external_id": f"{name}-2",
        "text": "still nothing",
        "in_reply_to": f"{name}-1",
    }
    ordeal.extra += [parent["external_id"], child["external_id"]]
    (first,) = poster.insist([parent])
    return lambda: (first["id"], poster.insist([child])[0]["id"])


def main():
    given = options(__doc__, 18_437, 2_400).parse_args()
    clock = Clock()
    ordeal = Ordeal(given, environment=clock.environment)
    feed, instance = ordeal.feed, ordeal.instance
    poster = feeding.Poster(instance, ordeal.key)
    answer = answer_across(ordeal, poster, "across")

    def part(number, of=4):
        """Feeds one more part and finds its last word."""
        ordeal.begin(feed.count * number // of)
        feed.join()
        ordeal.must(
            counting.search(instance, feeding.word(feed.last)) is not None,
            f"search fails in part {number}",
        )

    part(1)
    clock.set(-BACK)
    part(2)
    pair = answer()
    stopped = instance.stop()
    instance.start()
    part(3)
    clock.set(0)
    part(4)
    ordeal.everything_in()
    facts, cases = instants(ordeal)
    back, forth = jumps(facts)
    ordeal.must((back, forth) == (1, 1), "the facts do not tell the clock as it was")
    ordeal.must(
        cases.get(pair[0]) == cases.get(pair[1]) is not None,
        "an answer across the change is in another case",
    )
    ordeal.must(stopped == 0, "it did not stop well")
    ordeal.figures |= {"days_back": BACK // 86_400, "jumps_back": back, "jumps_forth": forth}
    ordeal.count()
    ordeal.end()


if __name__ == "__main__":
    main()
