#!/usr/bin/env python3
"""Fills the disk under an instance with messages, some with photos, until they are refused; then
makes room and goes on without a restart. Refused must be told, acknowledged must be kept: each
exactly once; a mail that came meanwhile is read once there is room. With --postgres it is the
tables of PostgreSQL that have no room. As root. Example: scripts/mail scripts/full_disk.py
--on ext4 --messages 20000 --past 2000 --mails 300
"""

import base64
import collections
import hashlib
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import counting  # noqa: E402
import feeding  # noqa: E402
from ordeal import Ordeal, build, options  # noqa: E402
from small_disk import SmallDisk  # noqa: E402

PHOTO_BYTES = 20_000


def photo(number):
    """A picture like no other, as far as its first bytes tell."""
    noise = b"".join(
        hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(PHOTO_BYTES // 32)
    )
    return b"\x89PNG\r\n\x1a\n" + noise


def message(number):
    """Every twentieth brings a photo."""
    item = feeding.message(number)
    if number % 20 == 0:
        item["attachments"] = [
            {"name": f"photo{number}.png", "content": base64.b64encode(photo(number)).decode()}
        ]
    return item


def fill(ordeal, poster, patience):
    """Posts batches, then single messages, until so many in a row were refused; returns what was
    said then."""
    feed, said, in_a_row = ordeal.feed, collections.Counter(), 0
    while in_a_row < patience and feed.next < feed.count:
        size = feed.size if in_a_row < patience // 2 else 1
        numbers = range(feed.next, min(feed.next + size, feed.count))
        status, body = poster.post([feed.make(it) for it in numbers])
        if status == 200:
            feed.heard(numbers, body["results"])
            feed.next, in_a_row = numbers[-1] + 1, 0
        else:
            said[
                f"{status or 'nobody'} {body.get('type', '')} – {body.get('detail', '')}".strip()
            ] += 1
            in_a_row += 1
    return said


def half_written(data):
    """Files that were begun and never became anybody's."""
    return sum(
        name.startswith(".")
        for _, _, names in os.walk(os.path.join(data, "files"))
        for name in names
    )


def reads(ordeal):
    """Every reading call that does not answer 200 while the disk is full."""
    headers = {"authorization": f"Bearer {ordeal.key}"}
    asked = [
        "/api/v1/me",
        "/api/v1/cases?view=open",
        "/api/v1/search?q=parcel0x",
        "/api/v1/facts?limit=1000",
    ]
    answers = {path: ordeal.instance.call("GET", path, headers=headers)[0] for path in asked}
    return [f"{path}: {status}" for path, status in answers.items() if status != 200]


def while_full(ordeal, poster, patience):
    """Fills the disk, and looks at what the instance does then."""
    said = fill(ordeal, poster, patience)
    time.sleep(3)
    # What the index, the clock and the outbox free or take meanwhile changes nothing.
    said += fill(ordeal, poster, patience)
    alive = ordeal.instance.process.poll() is None
    ordeal.must(alive, "the instance stopped")
    ordeal.must(ordeal.feed.next < ordeal.feed.count, "the disk never was full: more --messages")
    ordeal.must(all(it.startswith("5") for it in said), "a refusal is no honest one")
    told = all("disk" in it or "room" in it or "space" in it for it in said)
    ordeal.must(told, "a refusal does not say that there is no room")
    unread = reads(ordeal) if alive else ["nothing"]
    ordeal.must(not unread, "it does not serve reads")
    ordeal.figures |= {
        "refused_while_full": dict(said),
        "acknowledged_before": ordeal.feed.acknowledged,
        "unread": unread,
    }
    ordeal.figures["mails_read_while_full"] = ordeal.mails_read
    ordeal.figures["doctor_while_full"], _ = counting.doctor(ordeal.instance)


def main():
    asked = options(__doc__, 18_436, 6_000)
    asked.add_argument("--on", choices=("tmpfs", "ext4"), default="tmpfs")
    asked.add_argument("--size", type=int, default=16, help="MiB at first")
    asked.add_argument("--restart", action="store_true", help="serve anew once there is room")
    asked.add_argument("--room", type=int, default=400, help="MiB later")
    given = asked.parse_args()
    build(given.binary)
    if os.getuid() != 0 and shutil.which("sudo"):
        os.execvp("sudo", ["sudo", "--preserve-env", sys.executable, *sys.argv])
    disk = SmallDisk(given.on, given.size, given.room)
    try:
        if disk.refused:
            print(f'{{"skipped": "no filesystem can be mounted here: {disk.refused}"}}')
            return
        where = {"tables": disk.data} if given.postgres else {"data": disk.data}
        ordeal = Ordeal(given, **where)
        ordeal.feed.make = message
        # A small disk is always short of room in the doctor's eyes.
        ordeal.besides = ("disk",)
        process = ordeal.instance.process.pid
        ordeal.begin_mails()
        while_full(ordeal, feeding.Poster(ordeal.instance, ordeal.key), 20)
        disk.make_room()
        if given.restart:
            ordeal.instance.stop()
            ordeal.instance.start()
            process = ordeal.instance.process.pid
        ordeal.begin()
        ordeal.everything_in()
        ordeal.must(
            ordeal.instance.process.poll() is None and ordeal.instance.process.pid == process,
            "the instance stopped",
        )
        ordeal.count()
        ordeal.figures["half_written_files_left"] = half_written(ordeal.instance.data)
        ordeal.end()
    finally:
        disk.close()


if __name__ == "__main__":
    main()
