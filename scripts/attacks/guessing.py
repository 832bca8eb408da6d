#!/usr/bin/env python3
"""Guesses passwords and links by the thousand, under names as long as a request takes: none may
cost a slow hash, nor memory that grows with the names. Example: scripts/attacks/guessing.py
"""

import http.client
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from attacks.attacked import Attacked, options  # noqa: E402

GUESSERS = 8


def ask(attacked, source, path, asked):
    """One guess from an address of its own; the status, or nothing when it was cut off."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", attacked.port, timeout=30, source_address=(source, 0)
    )
    try:
        connection.request("POST", path, json.dumps(asked), {"content-type": "application/json"})
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()


def guess(attacked, number, rounds):
    for tried in range(rounds):
        source = f"127.{number + 1}.{tried // 250}.{tried % 250 + 1}"
        name = f"{number}-{tried}-" + "x" * 6_000
        if tried % 2:
            path, asked = f"/api/v1/tickets/{name}", {"password": "un phare dans la brume"}
        else:
            path = "/api/v1/session"
            asked = {"email": f"{name}@mail.example", "password": "un phare dans la brume"}
        status = ask(attacked, source, path, asked)
        attacked.must(status is None or 400 <= status < 500, f"a guess is answered {status}")


def main():
    given = options(__doc__, 8153, rounds=400).parse_args()
    attacked = Attacked(given)
    with attacked.watched():
        guessers = [
            threading.Thread(target=guess, args=(attacked, number, given.rounds))
            for number in range(GUESSERS)
        ]
        for guesser in guessers:
            guesser.start()
        for guesser in guessers:
            guesser.join()
    attacked.end()


main()
