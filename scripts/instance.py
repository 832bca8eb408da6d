"""A served instance for scripts: starts the binary, comes in as its first administrator, makes a
key.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

GONE = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, OSError)


class Instance:
    """Starts `vigie serve` on a folder (or a database) and talks to it."""

    def __init__(self, binary, data, port, database=None, environment=None):
        self.binary, self.data, self.database = binary, data, database
        self.where = ["--data", data] + (["--database", database] if database else [])
        self.command = [binary, "serve", *self.where, "--listen", f"127.0.0.1:{port}"]
        self.environment = {**os.environ, **(environment or {})}
        self.address = f"http://127.0.0.1:{port}"
        self.process = None
        with socket.socket() as taken:
            if taken.connect_ex(("127.0.0.1", port)) == 0:
                raise SystemExit(f"somebody listens on port {port} already")
        # What it says goes to a file: a pipe nobody reads would stop it once it is full.
        self.log = tempfile.TemporaryFile(mode="w+", errors="replace")
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self.csrf = ""

    def begin(self):
        """Starts it and waits for nothing."""
        self.log.seek(0, os.SEEK_END)
        self.begun_at = self.log.tell()
        self.process = subprocess.Popen(
            self.command, stdout=self.log, stderr=subprocess.STDOUT, text=True, env=self.environment
        )

    def start(self):
        """Starts it and waits until it answers; returns the first administrator's link, if there
        is one."""
        self.begin()
        deadline = time.time() + 60
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"vigie stopped at once:\n{self.said()}")
            try:
                self.opener.open(self.address + "/pages.css", timeout=2).read()
                break
            except GONE:
                time.sleep(0.02)
        else:
            raise SystemExit("vigie does not answer")
        found = re.search(r"/welcome/(\w+)", self.said())
        return found and found.group(1)

    def said(self, everything=False):
        """What it said since it was started, or since ever."""
        self.log.seek(0 if everything else self.begun_at)
        return self.log.read()

    def kill(self):
        """SIGKILL, as a power cut does to a process."""
        self.process.kill()
        self.process.wait()

    def leave(self):
        """Stops it if it still serves: a script that breaks leaves no server behind."""
        if self.process and self.process.poll() is None:
            self.kill()

    def stop(self):
        """Stops it as the system does when the machine goes down; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def peak_mib(self):
        """The most memory it held since it was started."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        return int(peak) // 1024

    def call(self, method, path, body=None, headers=None):
        """One call; returns the status and the JSON."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.address + path, data=data, method=method)
        request.add_header("content-type", "application/json")
        if self.csrf:
            request.add_header("x-vigie-csrf", self.csrf)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as why:
            text = why.read().decode(errors="replace")
            return why.code, json.loads(text or "{}") if text[:1] in ("{", "") else {"detail": text}

    def first_key(self, link, name="script"):
        """Comes in as the first administrator; makes a source and a key for it."""
        person = {
            "name": "Script",
            "email": "script@mail.example",
            "password": "a long enough password",
        }
        status, me = self.call("POST", f"/api/v1/tickets/{link}", person)
        assert status == 200, me
        self.csrf = me["csrf"]
        status, made = self.call("POST", "/api/v1/sources", {"kind": "api", "name": name})
        assert status == 200, made
        asked = {
            "name": name,
            "source": made["source"]["id"],
            "scopes": ["messages:write", "facts:read"],
        }
        status, key = self.call("POST", "/api/v1/keys", asked)
        assert status == 200, key
        return key["key"]
