#!/usr/bin/env python3
"""Watches, system call by system call, what is on the disk before a message is acknowledged: its
file, the file's folder, then the database's log; only then the answer. SIGKILL alone cannot
show it: what was written and not synced survives a dead process, not a power cut. Needs
strace. Example: scripts/synced.py --binary target/release/vigie
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from instance import Instance  # noqa: E402

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(64)).decode()


def post(instance, key, number):
    """One message with a file; its answer must say created."""
    item = {
        "external_id": f"m{number}",
        "text": "see",
        "attachments": [{"name": "a.png", "content": PICTURE}],
    }
    request = urllib.request.Request(
        instance.address + "/api/v1/messages", data=json.dumps(item).encode()
    )
    request.add_header("authorization", f"Bearer {key}")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        request, timeout=30
    ) as answer:
        assert json.load(answer)["results"][0]["status"] == "created"


def finished(trace):
    """The calls in the order they ended: name and what they were about."""
    begun, calls = {}, []
    for line in open(trace, encoding="utf-8", errors="replace"):
        thread, _, said = line.partition(" ")
        said = said.strip()
        if "<unfinished ...>" in said:
            begun[thread] = said.replace("<unfinished ...>", "")
            continue
        if said.startswith("<..."):
            said = begun.pop(thread, "") + said.split("resumed>", 1)[-1]
        call = re.match(r"(\w+)\(", said)
        if call:
            calls.append((call.group(1), said))
    return calls


def places(calls, data):
    """Where in the order the file, its folder, the log of the database and the answer came."""

    def first(is_it, after=-1):
        return next(
            (at for at, (name, said) in enumerate(calls) if at > after and is_it(name, said)), None
        )

    def synced(name):
        return name in ("fsync", "fdatasync")

    files = re.escape(os.path.join(data, "files"))
    file = first(lambda name, said: synced(name) and re.search(files + r"/[0-9a-f]{2}/", said))
    folder = first(lambda name, said: synced(name) and re.search(files + r"/[0-9a-f]{2}>", said))
    # The instance writes of itself too: the log that counts is the one after the file.
    log = first(
        lambda name, said: synced(name) and "vigie.db-wal>" in said,
        -1 if folder is None else folder,
    )
    answer = first(
        lambda name, said: (
            name in ("write", "writev", "sendto", "sendmsg") and "HTTP/1.1 200" in said
        )
    )
    return {"file": file, "folder": folder, "log": log, "answer": answer}


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--binary", default="target/debug/vigie")
    asked.add_argument("--port", type=int, default=18_490)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, trace = os.path.join(folder, "data"), os.path.join(folder, "trace")
        instance = Instance(given.binary, data, given.port)
        key = instance.first_key(instance.start())
        calls = "trace=fsync,fdatasync,write,writev,sendto,sendmsg"
        watch = [
            "strace",
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            calls,
            "-o",
            trace,
            "-p",
            str(instance.process.pid),
        ]
        watcher = subprocess.Popen(watch, stderr=subprocess.PIPE, text=True)
        # It is attached once it writes down what the instance does by itself.
        deadline = time.time() + 30
        while time.time() < deadline and not (os.path.exists(trace) and os.path.getsize(trace)):
            if watcher.poll() is not None and "Operation not permitted" in watcher.stderr.read():
                instance.kill()
                print("skipped: this machine lets nobody watch another process")
                return
            time.sleep(0.05)
        post(instance, key, 1)
        time.sleep(0.5)
        watcher.terminate()
        watcher.wait()
        seen = places(finished(trace), data)
        instance.kill()
    ordered = (
        None not in seen.values() and seen["file"] < seen["folder"] < seen["log"] < seen["answer"]
    )
    print(json.dumps({"order": seen, "synced_before_acknowledged": ordered}))
    sys.exit(0 if ordered else 1)


if __name__ == "__main__":
    main()
