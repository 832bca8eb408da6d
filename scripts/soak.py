#!/usr/bin/env python3
"""Forty-five minutes of a working day, faster: messages come, people read, search, answer and
close, programs follow the history, an administrator exports and rebuilds; every minute memory,
open files, log of pages and index are noted. What must stay flat must stay flat. Example:
scripts/soak.py --minutes 45 --binary target/release/vigie
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from instance import Instance  # noqa: E402

WORDS = (
    "commande lampe cassée livraison retard remboursement order lamp broken late refund "
    "merci thanks table canapé colis"
).split()


# The log of pages grows while somebody reads long, as an export does, and is cut back afterwards.
WAL = 32


class Load:
    """What is done to the instance, and how often."""

    def __init__(self, instance, key, until):
        self.instance, self.key, self.until = instance, key, until
        self.counts, self.errors, self.lock = {}, [], threading.Lock()
        self.sent = 0

    def note(self, what, ok, detail=""):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1
            if not ok:
                self.errors.append(f"{what}: {detail}"[:200])

    def repeat(self, act, pause):
        """Does it again and again until the end; a try that fails is told."""
        chance = random.Random(act.__name__)
        while time.time() < self.until:
            started = time.time()
            try:
                act(chance)
            except Exception as why:  # noqa: BLE001 whatever it is belongs in the report
                self.note(act.__name__, False, repr(why))
            time.sleep(max(0.0, pause - (time.time() - started)))

    def program(self, path, body=None):
        """A call of a program, by its key."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.instance.address + path, data=data)
        request.add_header("authorization", f"Bearer {self.key}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=30
        ) as answer:
            return json.load(answer)

    def messages_come(self, chance):
        items = []
        for _ in range(20):
            self.sent += 1
            words = " ".join(chance.choice(WORDS) for _ in range(12))
            item = {
                "external_id": f"s{self.sent}",
                "text": f"{words} {self.sent}",
                "author": {"handle": f"a{chance.randrange(5_000)}"},
            }
            if self.sent > 100 and chance.random() < 0.4:
                item["in_reply_to"] = f"s{self.sent - chance.randrange(1, 100)}"
            items.append(item)
        results = self.program("/api/v1/messages", items)["results"]
        self.note("messages", all(it["status"] == "created" for it in results), results[0])

    def people_read(self, chance):
        status, page = self.instance.call(
            "GET", f"/api/v1/cases?view={chance.choice(['open', 'now', 'plan', 'later'])}"
        )
        self.note("inbox page", status == 200, status)
        for row in page.get("cases", [])[:2]:
            status, _ = self.instance.call("GET", f"/api/v1/cases/{row['id']}")
            self.note("case", status == 200, status)

    def people_search(self, chance):
        query = (
            f"{chance.choice(WORDS)}+{chance.choice(WORDS)}"
            if chance.random() < 0.5
            else chance.choice(WORDS[2:3] + ["lampe", "order"])
        )
        status, _ = self.instance.call(
            "GET", f"/api/v1/search?counts=true&q={urllib.request.quote(query, safe='+')}"
        )
        self.note("search", status == 200, status)

    def people_close(self, chance):
        _, page = self.instance.call("GET", "/api/v1/cases?view=open&limit=50")
        for row in page["cases"][:25]:
            case = row["id"]
            status, _ = self.instance.call("POST", f"/api/v1/cases/{case}/notes", {"text": "seen"})
            self.note("note", status == 200, status)
            until = time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600 * chance.randrange(1, 48))
            )
            status, _ = self.instance.call("PUT", f"/api/v1/cases/{case}/snooze", {"until": until})
            self.note("snooze", status == 200, status)

    def programs_follow(self, _):
        facts = self.program(f"/api/v1/facts?after={getattr(self, 'seen', 0)}&limit=1000")
        self.note(
            "facts",
            all(
                two["number"] == one["number"] + 1
                for one, two in zip(facts, facts[1:], strict=False)
            ),
        )
        if facts:
            self.seen = facts[-1]["number"]

    def streams_open_and_close(self, _):
        request = urllib.request.Request(self.instance.address + "/api/v1/live")
        with self.instance.opener.open(request, timeout=30) as stream:
            stream.readline()
        self.note("live stream", True)


def measures(address):
    """The numbers of /metrics that must stay flat."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        address + "/metrics", timeout=30
    ) as answer:
        lines = answer.read().decode().splitlines()
    names = {
        "process_resident_memory_bytes",
        "process_open_fds",
        "vigie_search_bytes",
        "vigie_facts",
        "vigie_search_behind_facts",
    }
    return {
        line.split(" ")[0]: float(line.split(" ")[1])
        for line in lines
        if line.split(" ")[0] in names
    }


def sample(data, address, started):
    """One line of the table."""

    def size(name):
        path = os.path.join(data, name)
        return os.path.getsize(path) if os.path.exists(path) else 0

    it = measures(address)
    return {
        "minute": round((time.time() - started) / 60),
        "rss_mib": round(it["process_resident_memory_bytes"] / 2**20, 1),
        "open_files": int(it["process_open_fds"]),
        "wal_mib": round(size("vigie.db-wal") / 2**20, 1),
        "database_mib": round(size("vigie.db") / 2**20, 1),
        "index_mib": round(it["vigie_search_bytes"] / 2**20, 1),
        "facts": int(it["vigie_facts"]),
        "behind": int(it["vigie_search_behind_facts"]),
    }


def maintain(binary, data, number):
    """What an administrator does now and then, beside the server."""
    if number % 10 == 5:
        subprocess.run(
            [binary, "search", "--rebuild", "--data", data], check=True, capture_output=True
        )
    if number % 15 == 10:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [binary, "export", "--data", data, os.path.join(folder, "all")],
                check=True,
                capture_output=True,
            )


def is_flat(rows, name, slack):
    """Whether the last third holds no more than the middle third, but for a share."""
    third = len(rows) // 3
    if third < 2:
        return True
    middle, last = (
        max(row[name] for row in part) for part in (rows[third : 2 * third], rows[2 * third :])
    )
    return last <= middle * (1 + slack)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=45)
    asked.add_argument("--binary", default="target/release/vigie")
    asked.add_argument("--only", help="only these, by commas: messages_come,people_search…")
    asked.add_argument("--port", type=int, default=18_471)
    given = asked.parse_args()
    os.environ["VIGIE_METRICS"] = f"127.0.0.1:{given.port + 1}"
    with tempfile.TemporaryDirectory() as data:
        instance = Instance(given.binary, data, given.port)
        key = instance.first_key(instance.start())
        started = time.time()
        load = Load(instance, key, started + given.minutes * 60)
        acts = [
            (load.messages_come, 1.0),
            (load.people_read, 0.25),
            (load.people_search, 0.25),
            (load.people_close, 3.0),
        ]
        acts += [(load.programs_follow, 1.0), (load.streams_open_and_close, 2.0)]
        acts = [act for act in acts if not given.only or act[0].__name__ in given.only.split(",")]
        workers = [threading.Thread(target=load.repeat, args=act, daemon=True) for act in acts]
        for worker in workers:
            worker.start()
        rows, number = [], 0
        while time.time() < load.until:
            time.sleep(min(60.0, max(0.1, load.until - time.time())))
            number += 1
            rows.append(sample(data, f"http://127.0.0.1:{given.port + 1}", started))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
            maintain(given.binary, data, number)
        for worker in workers:
            worker.join(timeout=60)
        well = (
            subprocess.run(
                [given.binary, "doctor", "--data", data], capture_output=True, text=True
            ).returncode
            == 0
        )
        instance.kill()
    flat = {
        "rss_mib": is_flat(rows, "rss_mib", 0.15),
        "open_files": is_flat(rows, "open_files", 0.15),
        "wal_mib": rows[-1]["wal_mib"] <= WAL,
    }
    print(
        json.dumps(
            {
                "minutes": given.minutes,
                "done": load.counts,
                "errors": len(load.errors),
                "first_errors": load.errors[:5],
                "flat": flat,
                "doctor_content": well,
                "last": rows[-1],
            }
        )
    )
    sys.exit(0 if all(flat.values()) and well and not load.errors else 1)


if __name__ == "__main__":
    main()
