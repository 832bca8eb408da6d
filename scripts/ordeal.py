"""Words come in by the API and by mail while something is done to the instance; at the end each of
them is counted."""

import argparse
import atexit
import json
import mailbox
import subprocess
import sys
import tempfile
import threading
import time

import counting
import feeding
import postgres_server
from instance import Instance

LAST = "a-last-word"


def options(description, port, messages):
    """The options every ordeal has."""
    asked = argparse.ArgumentParser(description=description)
    asked.add_argument("--messages", type=int, default=messages, help="posted to the API")
    asked.add_argument(
        "--past", type=int, default=0, help="mails that were there before the mailbox was connected"
    )
    asked.add_argument(
        "--mails", type=int, default=0, help="mails sent by SMTP meanwhile; both under scripts/mail"
    )
    asked.add_argument("--batch", type=int, default=50)
    asked.add_argument("--port", type=int, default=port)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument(
        "--postgres", action="store_true", help="on an empty database of scripts/postgres"
    )
    asked.add_argument(
        "--keep", metavar="DIR", help="the data folder, kept; instead of one that vanishes"
    )
    return asked


def build(binary):
    """The default binary is built from what lies here."""
    if binary == "target/debug/vigie":
        subprocess.run(["cargo", "build", "--quiet", "-p", "vigie"], check=True)


class Ordeal:
    """A instance, its feeders, its mailbox; figures, and what is wrong with them."""

    def __init__(self, given, data=None, environment=None, tables=None):
        build(given.binary)
        self.folder = tempfile.TemporaryDirectory(prefix="vigie-ordeal.")
        database = postgres_server.empty_database(tables) if given.postgres else None
        self.instance = Instance(
            given.binary, data or given.keep or self.folder.name, given.port, database, environment
        )
        atexit.register(self.instance.leave)
        self.key = self.instance.first_key(self.instance.start())
        self.feed = feeding.Feed(self.instance, self.key, given.messages, given.batch)
        self.mails = mailbox.Mailbox(given.past, given.mails) if given.past or given.mails else None
        self.mails_read = 0
        self.extra, self.besides = [], ()
        self.figures, self.wrong = {"on": "postgresql" if database else "sqlite"}, []
        self.started = time.time()

    def begin(self, upto=None):
        """Sets the feeders and the senders to work; the feeders keep step with what is read of the
        mailbox."""
        self.begin_mails()
        if self.mails:
            self.feed.ahead = lambda: self.feed.acknowledged / self.feed.count > self.share() + 0.02
        self.feed.begin(upto)

    def begin_mails(self):
        """The instance reads its mailbox from here on, and mails are sent to it."""
        if self.mails and not self.mails.sender.ident:
            self.mails.connect(self.instance)
            self.mails.sender.start()
            threading.Thread(target=self.watch_mailbox, daemon=True).start()

    def watch_mailbox(self):
        """How many mails the instance has read, asked again and again."""
        wanted = self.mails.past + self.mails.coming
        while self.mails_read < wanted:
            before = self.feed.acknowledged
            try:
                self.mails_read = max(
                    self.mails_read, min(wanted, counting.how_many(self.instance) - before)
                )
            except RuntimeError:
                # The question itself may be cut off.
                pass
            time.sleep(0.3)

    def share(self):
        """How much of the work is done: acknowledged by the instance, or read of the mailbox."""
        mails = self.mails.past + self.mails.coming if self.mails else 0
        return (self.feed.acknowledged + self.mails_read) / max(1, self.feed.count + mails)

    def works(self):
        """Whether words still come in."""
        return self.feed.works() or bool(
            self.mails and self.mails_read < self.mails.past + self.mails.coming
        )

    def wait_for(self, share):
        """Waits until that much of the work is acknowledged; false when it is over."""
        while self.share() < share:
            if not self.works():
                return False
            time.sleep(0.003)
        return True

    def must(self, true, sentence):
        """Keeps what does not hold."""
        if not true:
            self.wrong.append(sentence)

    def everything_in(self):
        """Waits for the feeders and the senders, adds a last word each, and waits until the
        mailbox is read."""
        self.feed.join()
        if self.feed.broken:
            self.must(False, self.feed.broken)
            self.end()
        self.figures["fed_seconds"] = round(time.time() - self.started, 1)
        poster = feeding.Poster(self.instance, self.key)
        self.extra.append(LAST)
        poster.insist(
            [{"external_id": LAST, "text": "the verylastword of all", "author": {"handle": "last"}}]
        )
        if self.mails:
            self.mails.sender.join()
            self.must(
                self.mails.sent == self.mails.coming, "the mail server did not take every mail"
            )
            self.mails.send_one_more()
            self.wait_for_mails()

    def wait_for_mails(self):
        """Until as many messages are stored as were acknowledged."""
        wanted = self.acknowledged()
        deadline = time.time() + 1_200
        while counting.how_many(self.instance) < wanted and time.time() < deadline:
            time.sleep(0.5)
        self.figures["read_seconds"] = round(time.time() - self.started, 1)
        # A mail read twice would come now.
        time.sleep(1)

    def acknowledged(self):
        """How many words were acknowledged, by the instance or by the mail server."""
        mails = self.mails.past + self.mails.sent if self.mails else 0
        return self.feed.acknowledged + len(self.extra) + mails

    def expected(self):
        """The names of everything acknowledged."""
        yield from (self.feed.make(number)["external_id"] for number in range(self.feed.next))
        yield from self.extra
        if self.mails:
            yield from self.mails.names()

    def words(self):
        """The last words: of the feed, of all, of the mails; and the very first."""
        words = [feeding.word(0), feeding.word(self.feed.last), "verylastword"]
        return words + ([mailbox.word(self.mails.sent - 1)] if self.mails else [])

    def count(self):
        """Counts everything, and says what is not as it must be."""
        found = {word: counting.search(self.instance, word) for word in self.words()}
        self.must(None not in found.values(), "search does not find a last word")
        others = self.feed.again()
        self.must(others == 0, "posted again, a message was not unchanged")
        history = counting.History(self.instance, self.key)
        unknown = sum(it not in history.messages for it in self.feed.known())
        self.must(unknown == 0, "an acknowledged message is not in the history")
        self.must(history.gaps == 0, "the history has a gap")
        once = history.received == len(history.messages) == self.acknowledged()
        self.must(once, "the history does not hold each message once")
        stored = counting.against(self.expected(), counting.rows(self.instance))
        exact = (
            stored["rows"] == self.acknowledged()
            and not stored["doubled"] + stored["missing"] + stored["strangers"]
        )
        self.must(exact, "the database does not hold each message once")
        self.must(counting.index_follows(self.instance), "the index stays behind")
        ill, indexed = counting.doctor(self.instance, self.besides)
        self.must(not ill, "the doctor is not content")
        self.must(indexed == stored["rows"], "the index does not hold each message once")
        panics = self.instance.said(everything=True).count("panicked at")
        self.must(panics == 0, "it panicked")
        self.figures |= {
            "acknowledged": self.acknowledged(),
            "by_api": self.feed.acknowledged,
            "mails": self.mails.past + self.mails.sent if self.mails else 0,
            "told_late": self.feed.told_late,
            "tries_refused": dict(self.feed.refusals),
            "received_facts": history.received,
            "distinct_messages": len(history.messages),
            "facts": history.last,
            "gaps": history.gaps,
            **stored,
            "not_unchanged_again": others,
            "search_seconds": found,
            "indexed": indexed,
            "doctor": ill or "content",
            "panics": panics,
            "peak_rss_mib": self.instance.peak_mib(),
        }

    def end(self):
        """Prints the figures; the exit status says whether all holds."""
        self.instance.leave()
        self.figures["seconds"] = round(time.time() - self.started, 1)
        self.figures["wrong"] = self.wrong
        print(json.dumps(self.figures, ensure_ascii=False))
        if self.wrong:
            sys.stderr.write(self.instance.said(everything=True)[-3_000:])
        sys.exit(1 if self.wrong else 0)
