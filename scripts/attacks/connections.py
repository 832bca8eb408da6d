#!/usr/bin/env python3
"""Holds as many connections as it gets: heads that never end, bodies that trickle, answers nobody
takes. Others must be served meanwhile; one address gets only so many; too large is refused at
once. Example: scripts/attacks/connections.py --rounds 600
"""

import os
import resource
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from attacks.attacked import Attacked, options  # noqa: E402

# What one address may hold, as crates/vigie/src/connections/places.rs says.
PER_ADDRESS = 256
HEAD = b"GET /api/v1/health/live HTTP/1.1\r\nhost: x\r\n"
BODY = b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n{"
TOO_LARGE = (
    b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"content-length: 1000000000\r\n\r\n"
)


def connect(port, source):
    """A connection from one of this machine's own addresses."""
    one = socket.socket()
    one.bind((source, 0))
    one.settimeout(10)
    one.connect(("127.0.0.1", port))
    return one


def is_open(one):
    """Whether the other side still holds the connection."""
    one.setblocking(False)
    try:
        while one.recv(65536):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def hold(port, source, count, begun):
    held = []
    for _ in range(count):
        one = connect(port, source)
        try:
            one.sendall(begun)
            held.append(one)
        except OSError:
            one.close()
    return held


def main():
    given = options(__doc__, 8152, rounds=600).parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    attacked = Attacked(given)
    with attacked.watched():
        greedy = hold(given.port, "127.0.0.2", PER_ADDRESS + 50, HEAD)
        each = min(given.rounds // 4, PER_ADDRESS - 1)
        held = [
            one
            for number in range(4)
            for one in hold(given.port, f"127.0.0.{3 + number}", each, BODY if number % 2 else HEAD)
        ]
        time.sleep(1)
        kept = sum(is_open(one) for one in greedy)
        attacked.figures["held_by_one_address"] = kept
        attacked.must(kept <= PER_ADDRESS, f"one address holds {kept} connections")

        began = time.time()
        refused = connect(given.port, "127.0.0.9")
        refused.sendall(TOO_LARGE)
        answer = refused.recv(64)
        attacked.must(b" 413 " in answer, f"what is too large is answered {answer[:30]}")
        attacked.must(time.time() - began < 1, "what is too large is not refused at once")

        deadline = time.time() + 45
        while any(is_open(one) for one in held + greedy) and time.time() < deadline:
            time.sleep(1)
        left = sum(is_open(one) for one in held + greedy)
        attacked.figures["left_after_45_s"] = left
        attacked.must(left == 0, f"{left} connections are held without being used")
    attacked.end()


main()
