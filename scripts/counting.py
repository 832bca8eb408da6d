"""What an instance holds at the end: its history, rows, what search finds, what the doctor says."""

import re
import sqlite3
import subprocess
import time
import uuid

import postgres_server


class History:
    """The facts, read from first to last as any program may."""

    def __init__(self, instance, key):
        self.received = self.gaps = self.last = 0
        self.messages = set()
        while True:
            facts = self.page(instance, key)
            if not facts:
                return
            for fact in facts:
                self.gaps += fact["number"] != self.last + 1
                self.last = fact["number"]
                if fact["act"] == "message.received":
                    self.received += 1
                    self.messages.add(uuid.UUID(fact["ids"]["message"]).int)

    def page(self, instance, key):
        """The facts after the last one seen."""
        status, facts = instance.call(
            "GET",
            f"/api/v1/facts?after={self.last}&limit=1000",
            headers={"authorization": f"Bearer {key}"},
        )
        assert status == 200, facts
        return facts


def rows(instance):
    """The sources' own identifiers of every message stored, from the database itself."""
    query = "SELECT external_id FROM message"
    if instance.database:
        yield from postgres_server.ask(instance.database, query)
        return
    with sqlite3.connect(
        f"file:{instance.data}/vigie.db?mode=ro", uri=True, timeout=30
    ) as database:
        yield from (row[0] for row in database.execute(query))


def how_many(instance):
    """How many messages are stored."""
    query = "SELECT COUNT(*) FROM message"
    if instance.database:
        return int(postgres_server.one(instance.database, query))
    with sqlite3.connect(
        f"file:{instance.data}/vigie.db?mode=ro", uri=True, timeout=30
    ) as database:
        return database.execute(query).fetchone()[0]


def against(expected, there):
    """How what is stored differs from what must be: rows, those that are doubled, those missing,
    those nobody sent."""
    seen, count = set(), 0
    for name in there:
        count += 1
        seen.add(name)
    missing = known = 0
    for name in expected:
        known += name in seen
        missing += name not in seen
    return {
        "rows": count,
        "doubled": count - len(seen),
        "missing": missing,
        "strangers": len(seen) - known,
    }


def search(instance, word, patience=10):
    """How many seconds it took until search found the one message with that word; nothing when it
    never did."""
    begun = time.time()
    while True:
        status, page = instance.call("GET", f"/api/v1/search?q={word}")
        found = page.get("results", []) if status == 200 else []
        if len(found) == 1 and any(
            piece["marked"] and piece["text"] == word for piece in found[0]["pieces"]
        ):
            return round(time.time() - begun, 2)
        if time.time() > begun + patience:
            return None
        time.sleep(0.1)


def index_follows(instance, patience=120):
    """Waits until the index has seen every fact."""
    deadline = time.time() + patience
    while time.time() < deadline:
        status, page = instance.call("GET", "/api/v1/search?limit=1")
        if status == 200 and page["behind"] == 0:
            return True
        time.sleep(0.2)
    return False


def doctor(instance, besides=()):
    """What is not well, in the doctor's words, and how many messages the index holds."""
    command = [instance.binary, "doctor", *instance.where]
    asked = subprocess.run(command, capture_output=True, text=True, env=instance.environment)
    lines = asked.stdout.splitlines()
    indexed = re.search(r"index +(\d+) messages", asked.stdout)
    ill = [line for line in lines if line.startswith("✗") and line.split()[1] not in besides]
    if not lines:
        ill = [asked.stderr.strip() or "the doctor said nothing"]
    return ill, int(indexed.group(1)) if indexed else None
