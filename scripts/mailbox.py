"""A mailbox of scripts/mail: a past laid in its folder, new mails sent to it, and the instance that
reads it."""

import os
import pathlib
import shutil
import smtplib
import subprocess
import threading

OWN = "service@halvenne.test"


def word(number):
    """A word no other mail has."""
    return f"letter{number}x"


def lay(folder, count):
    """A past straight into the Maildir, as a server that was there for years has it."""
    home = folder / "mail" / OWN
    shutil.rmtree(home, ignore_errors=True)
    for part in ("cur", "new", "tmp"):
        (home / "Maildir" / part).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = (
            f"From: customer{number % 997}@mail.test\r\nTo: {OWN}\r\nSubject: Order {number}\r\n"
            f"Message-ID: <past-{number}@mail.test>\r\nDate: Mon, 6 Oct 2025 10:00:00 +0200\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n"
            f"Where is my order {number}?\r\n\r\n-- \r\nJo\r\n"
        )
        path = home / "Maildir" / "new" / f"1700000000.{number:09}.past"
        path.write_bytes(text.encode())
        os.utime(path, (1_760_000_000, 1_760_000_000))
    subprocess.run(["chown", "-R", "nobody:nogroup", str(home)], check=True)
    (folder / "passwords" / OWN).write_text(OWN + ":{PLAIN}lookout\n")


class Mailbox:
    """Mails of the past and mails that come, each acknowledged by the mail server; the instance
    must have them all."""

    def __init__(self, past, coming):
        if "VIGIE_TEST_MAIL" not in os.environ:
            raise SystemExit("run it under scripts/mail")
        self.past, self.coming, self.sent = past, coming, 0
        self.imap, self.smtp = (
            int(os.environ[name]) for name in ("VIGIE_TEST_IMAP_PORT", "VIGIE_TEST_SMTP_PORT")
        )
        self.sender = threading.Thread(target=self.send_all, daemon=True)
        lay(pathlib.Path(os.environ["VIGIE_TEST_MAIL"]), past)

    def connect(self, instance):
        """The instance reads it from here on."""
        server = {"host": "127.0.0.1", "security": "plain"}
        imap, smtp = ({**server, "port": port} for port in (self.imap, self.smtp))
        mailbox = {"address": OWN, "password": "lookout", "imap": imap, "smtp": smtp}
        status, made = instance.call(
            "POST", "/api/v1/sources", {"kind": "mail", "name": "mail", "mailbox": mailbox}
        )
        assert status == 200, made

    def send_all(self):
        """New mails, one by one, by SMTP."""
        while self.sent < self.coming:
            with smtplib.SMTP("127.0.0.1", self.smtp) as server:
                for _ in range(min(100, self.coming - self.sent)):
                    self.send(server)

    def send(self, server):
        """One mail; returns its number once the mail server took it."""
        number = self.sent
        mail = (
            f"From: new{number % 97}@mail.test\r\nTo: {OWN}\r\nSubject: New {number}\r\n"
            f"Message-ID: <new-{number}@mail.test>\r\n\r\n"
            f"New words {number}: where is my {word(number)}?\r\n"
        )
        server.sendmail(f"new{number % 97}@mail.test", [OWN], mail)
        self.sent += 1
        return number

    def send_one_more(self):
        """A last mail."""
        with smtplib.SMTP("127.0.0.1", self.smtp) as server:
            return self.send(server)

    def names(self):
        """The identifiers the instance must hold."""
        yield from (f"past-{number}@mail.test" for number in range(self.past))
        yield from (f"new-{number}@mail.test" for number in range(self.sent))
