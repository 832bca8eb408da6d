"""A served house for scripts: starts the binary, comes in as its first administrator, makes a key."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar


class House:
    """Starts `vigie serve` on a folder (or a database) and talks to it."""

    def __init__(self, binary, data, port, database=None):
        self.command = [binary, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"]
        if database:
            self.command += ["--database", database]
        self.address = f"http://127.0.0.1:{port}"
        self.process = None
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self.csrf = ""

    def start(self):
        """Starts it and waits until it answers; returns the first administrator's link, if there is one."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        link, deadline = None, time.time() + 60
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"vigie stopped at once:\n{self.process.stdout.read()}")
            try:
                self.opener.open(self.address + "/pages.css", timeout=2).read()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.02)
        else:
            raise SystemExit("vigie does not answer")
        line = self.process.stdout.readline()
        if "serves" in line and not self.csrf:
            line = self.process.stdout.readline()
            found = re.search(r"/welcome/(\w+)", line + self.process.stdout.readline())
            link = found and found.group(1)
        return link

    def kill(self):
        """SIGKILL, as a power cut does to a process."""
        self.process.kill()
        self.process.wait()

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
            return why.code, json.loads(why.read() or b"{}")

    def first_key(self, link, name="script"):
        """Comes in as the first administrator; makes a source and a key for it."""
        person = {"name": "Script", "email": "script@mail.example", "password": "a long enough password"}
        status, me = self.call("POST", f"/api/v1/tickets/{link}", person)
        assert status == 200, me
        self.csrf = me["csrf"]
        status, made = self.call("POST", "/api/v1/sources", {"kind": "api", "name": name})
        assert status == 200, made
        asked = {"name": name, "source": made["source"]["id"], "scopes": ["messages:write", "facts:read"]}
        status, key = self.call("POST", "/api/v1/keys", asked)
        assert status == 200, key
        return key["key"]
