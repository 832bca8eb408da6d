#!/usr/bin/env python3
"""Kills an instance again and again while answers leave, by mail and to a program.
To a person each answer goes once or, when nobody can know, waits for a human to decide; to a
program at least once under one id; whoever sends again because the reply was lost sends
nothing twice. Under scripts/mail. Example: scripts/mail scripts/kill_outbox.py --kills 40
--answers 60
"""

import argparse
import atexit
import collections
import email
import email.policy
import http.server
import json
import os
import pathlib
import random
import re
import smtplib
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mailbox  # noqa: E402

import feeding  # noqa: E402
import postgres_server  # noqa: E402
from instance import GONE, Instance  # noqa: E402

# An attempt nobody finished is settled after a minute; a program is tried again after 5, 30 and 120
# s.
PATIENCE = 400


def address(number):
    """Where customer `number` is written to."""
    return f"customer{number}@mail.test"


class Receiver:
    """A program that takes answers, slowly now and then, and remembers under which id each word
    came."""

    def __init__(self):
        self.ids = collections.defaultdict(list)
        taken, chance = self.ids, random.Random(3)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 the library's name
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                taken[word_of(body["data"]["text"])].append(self.headers["webhook-id"])
                time.sleep(chance.choice((0, 0, 0.05, 0.3)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/answers"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def word_of(text):
    """The word an answer has and no other."""
    return re.search(r"answer\d+[mh]x", text).group(0)


def insist(instance, method, path, body=None):
    """Calls until it is answered, as a person who sees that it failed does."""
    deadline = time.time() + 60
    while time.time() < deadline:
        try:
            status, answer = instance.call(method, path, body)
        except GONE:
            status, answer = None, "nobody"
        if status == 200:
            return answer
        if status and status < 500 and status != 429:
            break
        time.sleep(0.05)
    raise SystemExit(f"{method} {path}: {status} {answer}")


def cases(instance, wanted):
    """The open cases, once there are as many as wanted."""
    deadline = time.time() + 120
    while time.time() < deadline:
        found, after = [], ""
        while True:
            page = insist(instance, "GET", f"/api/v1/cases?view=open&limit=200{after}")
            found += page["cases"]
            if not page["next"]:
                break
            after = f"&after={page['next']}"
        if len(found) >= wanted:
            return found
        time.sleep(0.5)
    raise SystemExit(f"{len(found)} cases of {wanted}")


def lay_words(instance, given, receiver):
    """Customers write: half by mail, half by the program that also takes the answers."""
    key = instance.first_key(instance.start())
    source = next(it for it in insist(instance, "GET", "/api/v1/sources") if it["kind"] == "api")
    insist(instance, "PATCH", f"/api/v1/sources/{source['id']}", {"webhook_url": receiver.url})
    mails = mailbox.Mailbox(0, 0)
    mails.connect(instance)
    with smtplib.SMTP("127.0.0.1", mails.smtp) as server:
        for number in range(given.answers):
            mail = (
                f"From: {address(number)}\r\nTo: {mailbox.OWN}\r\nSubject: Question {number}\r\n"
                f"Message-ID: <q{number}@mail.test>\r\n\r\n"
                f"Where is my parcel number {number}m?\r\n"
            )
            server.sendmail(address(number), [mailbox.OWN], mail)
    items = [
        {
            "external_id": f"q{number}",
            "text": f"Where is my parcel number {number}h?",
            "author": {"handle": f"h{number}"},
        }
        for number in range(given.answers)
    ]
    feeding.Poster(instance, key).insist(items)
    return key, cases(instance, 2 * given.answers)


def answer(instance, all_cases):
    """Somebody answers each, and sends again whatever seems to have failed."""
    for case in all_cases:
        full = insist(instance, "GET", f"/api/v1/cases/{case['id']}")
        number = re.search(r"number (\d+[mh])", full["messages"][0]["text"]).group(1)
        text = f"It leaves tomorrow: answer{number}x. Script"
        insist(
            instance,
            "POST",
            f"/api/v1/cases/{case['id']}/answers",
            {"text": text, "visibility": "private", "seen": full["stamp"]},
        )


def outcomes(instance, key):
    """How many answers were queued, and in which state each is now, as the history tells."""
    queued, states, last = 0, {}, 0
    while True:
        status, facts = instance.call(
            "GET",
            f"/api/v1/facts?after={last}&limit=1000",
            headers={"authorization": f"Bearer {key}"},
        )
        assert status == 200, facts
        if not facts:
            return queued, states
        for fact in facts:
            last = fact["number"]
            if fact["act"] == "answer.queued":
                queued += 1
                states[fact["ids"]["answer"]] = "queued"
            elif fact["act"] == "answer.moved" and fact["ids"]["answer"] in states:
                states[fact["ids"]["answer"]] = fact["fields"]["state"]


def settled(instance, key):
    """The same, once nothing is on its way any more."""
    deadline = time.time() + PATIENCE
    while time.time() < deadline:
        queued, states = outcomes(instance, key)
        if not any(it in ("queued", "sending") for it in states.values()):
            return queued, states
        time.sleep(1)
    return queued, states


def delivered(count):
    """The words of the answers in each customer's mailbox, as the mail server laid them down."""
    folder = pathlib.Path(os.environ["VIGIE_TEST_MAIL"]) / "mail"
    found = collections.Counter()
    for number in range(count):
        for path in (folder / address(number) / "Maildir").glob("*/*"):
            if path.is_file() and path.parent.name in ("new", "cur"):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                found.update(re.findall(r"answer\d+mx", mail.get_body(("plain",)).get_content()))
    return found


def killed(instance, kills, chance, over):
    """SIGKILL at random moments."""
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 1.6))
        instance.kill()
        instance.start()
    over.set()


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--answers", type=int, default=30, help="by mail, and as many to a program")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument(
        "--postgres", action="store_true", help="on an empty database of scripts/postgres"
    )
    given = asked.parse_args()
    receiver, chance, over, started = (
        Receiver(),
        random.Random(given.seed),
        threading.Event(),
        time.time(),
    )
    with tempfile.TemporaryDirectory(prefix="vigie-ordeal.") as data:
        database = postgres_server.empty_database() if given.postgres else None
        instance = Instance(
            given.binary, data, 18_438, database, {"VIGIE_WEBHOOKS_TO_THIS_MACHINE": "true"}
        )
        atexit.register(instance.leave)
        key, all_cases = lay_words(instance, given, receiver)
        threading.Thread(
            target=killed, args=(instance, given.kills, chance, over), daemon=True
        ).start()
        answer(instance, all_cases)
        over.wait()
        queued, states = settled(instance, key)
        # A mail handed over is in the mailbox a moment later.
        time.sleep(3)
        stuck = insist(instance, "GET", "/api/v1/outbox?stuck=true")
        figures = judged(given, queued, states, delivered(given.answers), receiver.ids, stuck)
        figures["panics"] = instance.said(everything=True).count("panicked")
        instance.stop()
    figures |= {
        "on": "postgresql" if database else "sqlite",
        "kills": given.kills,
        "seconds": round(time.time() - started, 1),
    }
    print(json.dumps(figures))
    sys.exit(1 if figures["wrong"] or figures["panics"] else 0)


def judged(given, queued, states, mails, ids, stuck):
    """Figures, and what is not as it must be."""
    count, wrong = collections.Counter(states.values()), []
    if queued != 2 * given.answers:
        wrong.append("an answer was queued twice, or never")
    if set(count) - {"sent", "uncertain"}:
        wrong.append("an answer is on its way for ever, or was refused")
    twice = [it for it, n in mails.items() if n > 1]
    if twice:
        wrong.append(f"answered twice: {twice}")
    # Sent is said of what the mail server took; uncertain may have left or not.
    by_mail_sent = count["sent"] - given.answers
    if not by_mail_sent <= len(mails) <= by_mail_sent + count["uncertain"]:
        wrong.append("what is said to be sent did not arrive, or what was never sent did")
    if len(ids) != given.answers or any(len(set(it)) != 1 for it in ids.values()):
        wrong.append("the program did not get each answer under one id")
    if len(stuck) != min(100, count["uncertain"]):
        wrong.append("what is uncertain is not shown")
    return {
        "queued": queued,
        "states": dict(count),
        "mails_delivered": sum(mails.values()),
        "customers_answered": len(mails),
        "webhook_posts": sum(map(len, ids.values())),
        "webhook_answers": len(ids),
        "shown_to_a_human": len(stuck),
        "wrong": wrong,
    }


if __name__ == "__main__":
    main()
