#!/usr/bin/env python3
"""Sends HTML that nests, reopens and repeats without end, and has several people read it at once:
meanwhile the service must answer others within 100 ms, and hold no more memory.
Example: scripts/attacks/html.py --rounds 40
"""

import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from attacks.attacked import Attacked, options  # noqa: E402


def numbered(tag, count):
    return "".join(f"<{tag} a={number}>" for number in range(count))


KIB = 250
HOSTILE = {
    "nested elements": "<div>" * (KIB * 200),
    "nested lists": "<ul><li>" * (KIB * 120),
    "formatting never closed": numbered("font", KIB * 70),
    "formatting opened again in each paragraph": "".join(
        f"<p><b a={number}>x</p>" for number in range(KIB * 45)
    ),
    "nested quotations": "<blockquote>" * (KIB * 80),
    "text put before its table": "<table>" + "x<i>" * (KIB * 240),
    "one tag of many attributes": "<p " + "".join(f"a{n} " for n in range(KIB * 150)) + ">x",
    "comments never closed": "<!--" * (KIB * 240),
}


def read_again_and_again(attacked, cases, rounds):
    for number in range(rounds):
        status, _ = attacked.instance.call("GET", f"/api/v1/cases/{cases[number % len(cases)]}")
        attacked.must(status == 200, f"a case cannot be read: {status}")


def main():
    given = options(__doc__, 8151, rounds=40).parse_args()
    attacked = Attacked(given)
    items = [
        {"external_id": str(number), "text": name, "html": html, "author": {"name": "Mallory"}}
        for number, (name, html) in enumerate(HOSTILE.items())
    ]
    for item in items:
        attacked.post("messages", item)
    cases = attacked.cases()
    with attacked.watched():
        readers = [
            threading.Thread(target=read_again_and_again, args=(attacked, cases, given.rounds))
            for _ in range(4)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    attacked.end()


main()
