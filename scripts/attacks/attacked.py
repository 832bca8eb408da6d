"""An instance under attack: how fast it answers others meanwhile, and what it comes to hold."""

import argparse
import atexit
import contextlib
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time

from instance import Instance

# What others may wait for while somebody attacks, 99 times in 100.
MOST_SECONDS = 0.1
# What memory may grow by, in MiB.
MOST_GROWTH = 150


def options(description, port, rounds):
    """The options every attack has."""
    asked = argparse.ArgumentParser(description=description)
    asked.add_argument("--rounds", type=int, default=rounds, help="how long it goes on")
    asked.add_argument("--port", type=int, default=port)
    asked.add_argument("--binary", default="target/debug/vigie")
    return asked


class Attacked:
    """An instance of its own, looked at while it is attacked."""

    def __init__(self, given):
        if given.binary == "target/debug/vigie":
            subprocess.run(["cargo", "build", "--quiet", "-p", "vigie"], check=True)
        self.folder = tempfile.TemporaryDirectory(prefix="vigie-attack.")
        self.port = given.port
        self.instance = Instance(given.binary, self.folder.name, given.port)
        atexit.register(self.instance.leave)
        self.key = self.instance.first_key(self.instance.start())
        self.waits, self.wrong, self.figures = [], [], {}

    def must(self, holds, otherwise):
        if not holds and otherwise not in self.wrong:
            self.wrong.append(otherwise)

    def post(self, what, item):
        """One item by the API; returns the answer."""
        status, made = self.instance.call(
            "POST", f"/api/v1/{what}", item, {"authorization": f"Bearer {self.key}"}
        )
        assert status == 200, made
        return made

    def cases(self):
        """The ids of the open cases."""
        _, page = self.instance.call("GET", "/api/v1/cases?view=open&limit=100")
        return [case["id"] for case in page["cases"]]

    @contextlib.contextmanager
    def watched(self):
        """Asks for health ten times a second, and looks at memory before and after."""
        before, done = self.instance.peak_mib(), threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,))
        watcher.start()
        began = time.time()
        yield
        self.figures["seconds"] = round(time.time() - began, 1)
        time.sleep(0.5)
        done.set()
        watcher.join()
        self.figures["grown_mib"] = self.instance.peak_mib() - before

    def _watch(self, done):
        while not done.is_set():
            began = time.time()
            self.must(self._is_alive(), "health does not answer")
            self.waits.append(time.time() - began)
            time.sleep(0.05)

    def _is_alive(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/api/v1/health/live")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def end(self):
        """Says what was found, and fails when it is not as it must be."""
        waits = sorted(self.waits)
        p99 = waits[min(len(waits) - 1, len(waits) * 99 // 100)]
        self.figures["health_p99_ms"] = round(p99 * 1_000, 1)
        self.figures["health_asked"] = len(waits)
        self.must(p99 < MOST_SECONDS, f"others waited {p99:.3f} s")
        grown = self.figures.get("grown_mib", 0)
        self.must(grown <= MOST_GROWTH, f"memory grew by {grown} MiB")
        alive = self.instance.process.poll() is None
        self.must(alive, "it stopped")
        self.must("panicked" not in self.instance.said(everything=True), "it panicked")
        self.instance.leave()
        print(json.dumps({**self.figures, "wrong": self.wrong}))
        sys.exit(1 if self.wrong else 0)
