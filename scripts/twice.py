#!/usr/bin/env python3
"""What comes twice counts once: the same batches from eight posters at the same moment, items
twice in one batch, mails twice in the mailbox; and a second server on the folder of the first,
which must refuse. Example: scripts/mail scripts/twice.py --messages 5000 --past 500 --mails 50
"""

import collections
import os
import pathlib
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mailbox  # noqa: E402

import feeding  # noqa: E402
from ordeal import Ordeal, options  # noqa: E402

POSTERS = 8


def at_once(ordeal):
    """Eight posters post each batch at the same moment, each item twice in it; returns how often
    each word was said."""
    feed, said, ids = ordeal.feed, collections.Counter(), collections.defaultdict(set)
    together, lock, broken = threading.Barrier(POSTERS, timeout=120), threading.Lock(), []

    def one():
        """One poster."""
        poster = feeding.Poster(ordeal.instance, ordeal.key)
        try:
            for first in range(0, feed.count, feed.size):
                numbers = list(range(first, min(first + feed.size, feed.count))) * 2
                together.wait()
                results = poster.insist([feed.make(it) for it in numbers], feed.refusals)
                with lock:
                    said.update(it["status"] for it in results)
                    for number, result in zip(numbers, results, strict=True):
                        ids[number].add(result["id"])
        except Exception as why:  # told by the end
            broken.append(repr(why))
            together.abort()

    posters = [threading.Thread(target=one) for _ in range(POSTERS)]
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join()
    ordeal.must(not broken, f"a poster failed: {broken[:1]}")
    ordeal.must(
        len(ids) == feed.count and all(len(it) == 1 for it in ids.values()),
        "a message was told two ids",
    )
    ordeal.must(said["created"] == feed.count, "a message was created twice, or never")
    return dict(said)


def lay_twice(past):
    """Each mail of the past a second time, as servers deliver it that lost the answer."""
    new = pathlib.Path(os.environ["VIGIE_TEST_MAIL"]) / "mail" / mailbox.OWN / "Maildir" / "new"
    for number in range(past):
        copy = shutil.copy2(
            new / f"1700000000.{number:09}.past", new / f"1700000001.{number:09}.again"
        )
        shutil.chown(copy, "nobody", "nogroup")


def second_server(instance, port):
    """A second server on the same folder: its exit status and what it said; no status when it went
    on serving."""
    command = [instance.binary, "serve", *instance.where, "--listen", f"127.0.0.1:{port}"]
    second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = second.communicate(timeout=5)
        return second.returncode, said.strip()
    except subprocess.TimeoutExpired:
        second.kill()
        return None, second.communicate()[0].strip()


def refuse_second(ordeal, port):
    """The second server must refuse and say why; the first must go on, its control socket too."""
    status, said = second_server(ordeal.instance, port)
    ordeal.must(status not in (None, 0), "a second server served the same folder")
    ordeal.must(
        status is None or "another Vigie is serving" in said,
        "the second server does not say why it refuses",
    )
    ordeal.figures |= {"second_server": status, "second_server_said": said}
    add = [
        "user",
        "add",
        *ordeal.instance.where,
        "--email",
        "anne@mail.example",
        "--name",
        "Anne",
        "--role",
        "agent",
    ]
    password = "a long enough password\n"
    added = subprocess.run(
        [ordeal.instance.binary, *add], input=password, capture_output=True, text=True
    )
    ordeal.must(
        added.returncode == 0,
        f"the control socket of the first does not answer: {added.stderr.strip()}",
    )


def main():
    given = options(__doc__, 18_438, 1_000).parse_args()
    ordeal = Ordeal(given)
    if ordeal.mails:
        lay_twice(given.past)
    refuse_second(ordeal, given.port + 1)
    ordeal.figures["said"] = at_once(ordeal)
    # From here on as always: it is posted once more, by four feeders, and each message must be the
    # one known.
    ordeal.begin()
    ordeal.everything_in()
    ordeal.must(ordeal.feed.told_late == ordeal.feed.count, "a message was new again")
    ordeal.count()
    ordeal.end()


if __name__ == "__main__":
    main()
