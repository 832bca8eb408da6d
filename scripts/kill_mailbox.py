#!/usr/bin/env python3
"""A mailbox with a past is connected, mails keep coming, and the server is killed (SIGKILL) again and again: every mail must
be there exactly once. Run under scripts/mail. With --kills 0 it times a first connection.
Example: scripts/mail scripts/kill_mailbox.py --kills 50 --past 5000 --coming 500"""

import argparse
import json
import os
import pathlib
import random
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from house import House  # noqa: E402

OWN = "service@halvenne.test"


def lay(folder, count):
    """A past straight into the Maildir, as a server that was there for years has it."""
    home = folder / "mail" / OWN
    for part in ("cur", "new", "tmp"):
        (home / "Maildir" / part).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = (
            f"From: customer{number % 997}@mail.test\r\nTo: {OWN}\r\nSubject: Order {number}\r\n"
            f"Message-ID: <past-{number}@mail.test>\r\nDate: Mon, 6 Oct 2025 10:00:00 +0200\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\nWhere is my order {number}?\r\n\r\n-- \r\nJo\r\n"
        )
        path = home / "Maildir" / "new" / f"1700000000.{number:09}.past"
        path.write_bytes(text.encode())
        os.utime(path, (1_760_000_000, 1_760_000_000))
    subprocess.run(["chown", "-R", "nobody:nogroup", str(home)], check=True)
    (folder / "passwords" / OWN).write_text(OWN + ":{PLAIN}lookout\n")


def send(port, count, sent):
    """New mails, one by one, by SMTP."""
    for number in range(count):
        with smtplib.SMTP("127.0.0.1", port) as server:
            mail = f"From: new@mail.test\r\nTo: {OWN}\r\nSubject: New {number}\r\nMessage-ID: <new-{number}@mail.test>\r\n\r\nNew words {number}\r\n"
            server.sendmail("new@mail.test", [OWN], mail)
        sent.append(f"new-{number}@mail.test")


def stored(data):
    """The identifiers of the mails in the house, and how many rows hold them."""
    try:
        with sqlite3.connect(f"file:{data}/vigie.db?mode=ro", uri=True, timeout=30) as database:
            rows = database.execute("SELECT external_id FROM message").fetchall()
    except sqlite3.OperationalError:
        return [], 0
    return {row[0] for row in rows}, len(rows)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--past", type=int, default=5_000)
    asked.add_argument("--coming", type=int, default=500)
    given = asked.parse_args()
    folder = pathlib.Path(os.environ["VIGIE_TEST_MAIL"])
    imap, smtp = (int(os.environ[name]) for name in ("VIGIE_TEST_IMAP_PORT", "VIGIE_TEST_SMTP_PORT"))
    lay(folder, given.past)
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as data:
        house = House(given.binary, data, 18_434)
        house.first_key(house.start())
        server = {"host": "127.0.0.1", "security": "plain"}
        mailbox = {"address": OWN, "password": "lookout", "imap": {**server, "port": imap}, "smtp": {**server, "port": smtp}}
        status, made = house.call("POST", "/api/v1/sources", {"kind": "mail", "name": "mail", "mailbox": mailbox})
        assert status == 200, made
        started, sent = time.time(), []
        feeder = threading.Thread(target=send, args=(smtp, given.coming, sent))
        feeder.start()
        for _ in range(given.kills):
            time.sleep(chance.uniform(0.3, 1.5))
            house.kill()
            house.start()
        feeder.join()
        wanted = {f"past-{number}@mail.test" for number in range(given.past)} | set(sent)
        deadline = time.time() + 900
        while time.time() < deadline:
            found, rows = stored(data)
            if wanted <= set(found):
                break
            time.sleep(0.5)
        seconds = time.time() - started
        time.sleep(2)
        found, rows = stored(data)
        peak = pathlib.Path(f"/proc/{house.process.pid}/status").read_text()
        peak = next(line.split()[1] for line in peak.splitlines() if line.startswith("VmHWM"))
        with sqlite3.connect(f"file:{data}/vigie.db?mode=ro", uri=True) as database:
            states = dict(database.execute("SELECT state, COUNT(*) FROM cases GROUP BY state").fetchall())
            gaps = database.execute("SELECT MAX(number) - COUNT(*) FROM fact").fetchone()[0]
        house.kill()
    figures = {
        "kills": given.kills, "mails": len(wanted), "rows": rows, "distinct": len(set(found)), "missing": len(wanted - set(found)),
        "gaps": gaps, "seconds": round(seconds, 1), "mails_per_second": round(len(wanted) / seconds), "cases": states,
        "peak_rss_mib": int(peak) // 1024,
    }
    print(json.dumps(figures))
    sys.exit(0 if not figures["missing"] and rows == len(set(found)) == len(wanted) and gaps == 0 else 1)


if __name__ == "__main__":
    main()
