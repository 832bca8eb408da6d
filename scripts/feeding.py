"""Messages posted by feeders until each is acknowledged, and what was acknowledged."""

import collections
import json
import threading
import time
import urllib.error
import urllib.request
import uuid

from instance import GONE

EMPTY = bytes(16)


def word(number):
    """A word no other message has."""
    return f"parcel{number}x"


def message(number):
    """A message of a small thread, with a word of its own."""
    item = {"external_id": f"m{number}", "text": f"message {number}: where is my {word(number)}?"}
    item["author"] = {"handle": f"a{number % 5_000}"}
    if number % 3:
        item["in_reply_to"] = f"m{number - number % 3}"
    return item


class Poster:
    """Posts items with a key, once."""

    def __init__(self, instance, key):
        self.address, self.key = instance.address + "/api/v1/messages", key
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def post(self, items):
        """The status and the body; no status when nobody answered."""
        request = urllib.request.Request(
            self.address, data=json.dumps(items).encode(), method="POST"
        )
        request.add_header("authorization", f"Bearer {self.key}")
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as why:
            return why.code, json.loads(why.read() or b"{}")
        except (*GONE, ValueError) as why:
            return None, {"type": type(why).__name__}

    def insist(self, items, told=None, patience=60):
        """Posts until it is acknowledged; returns the results. Refusals are counted in `told`."""
        deadline = time.time() + patience
        while time.time() < deadline:
            status, body = self.post(items)
            if status == 200:
                return body["results"]
            if status is not None and status != 429 and status < 500:
                break
            if told is not None:
                told[f"{status or 'nobody'} {body.get('type', '')}".strip()] += 1
            time.sleep(0.2 if status else 0.02)
        raise RuntimeError(f"not acknowledged: {status} {body}")


class Feed:
    """Messages 0 to `count` in batches; four feeders post them, and the id told for each is
    remembered."""

    def __init__(self, instance, key, count, size, make=message):
        self.instance, self.key, self.count, self.size, self.make = instance, key, count, size, make
        self.ids = bytearray(16 * count)
        self.next = self.acknowledged = self.told_late = 0
        self.last = None
        self.refusals = collections.Counter()
        self.lock, self.feeders, self.broken = threading.Lock(), [], None
        self.ahead = lambda: False

    def begin(self, upto=None, feeders=4):
        """Sets the feeders to work up to a number."""
        self.upto = min(upto or self.count, self.count)
        self.feeders = [threading.Thread(target=self.feed, daemon=True) for _ in range(feeders)]
        for feeder in self.feeders:
            feeder.start()

    def feed(self):
        """One feeder: takes batches until there is none."""
        poster = Poster(self.instance, self.key)
        try:
            while not self.broken:
                while self.ahead():
                    time.sleep(0.05)
                with self.lock:
                    first = self.next
                    self.next = min(first + self.size, self.upto)
                    numbers = range(first, self.next)
                if not numbers:
                    return
                self.heard(numbers, poster.insist([self.make(it) for it in numbers], self.refusals))
        except Exception as why:  # told by the end
            self.broken = str(why) or repr(why)

    def heard(self, numbers, results):
        """Remembers what was acknowledged."""
        with self.lock:
            for number, result in zip(numbers, results, strict=True):
                if result["status"] not in ("created", "unchanged"):
                    raise RuntimeError(f"answered {result}")
                self.told_late += result["status"] == "unchanged"
                self.ids[16 * number : 16 * number + 16] = uuid.UUID(result["id"]).bytes
            self.acknowledged += len(numbers)
            self.last = numbers[-1]

    def works(self):
        """Whether a feeder is at work."""
        return any(it.is_alive() for it in self.feeders)

    def join(self):
        """Waits for the feeders."""
        for feeder in self.feeders:
            feeder.join()

    def known(self):
        """The ids told, as numbers."""
        for at in range(0, len(self.ids), 16):
            if self.ids[at : at + 16] != EMPTY:
                yield int.from_bytes(self.ids[at : at + 16], "big")

    def again(self, size=1_000):
        """Posts everything acknowledged once more; returns how many were not the same message as
        before."""
        poster, others = Poster(self.instance, self.key), 0
        for first in range(0, self.next, size):
            numbers = range(first, min(first + size, self.next))
            for number, result in zip(
                numbers, poster.insist([self.make(it) for it in numbers]), strict=True
            ):
                same = uuid.UUID(result["id"]).bytes == self.ids[16 * number : 16 * number + 16]
                others += result["status"] != "unchanged" or not same
        return others
