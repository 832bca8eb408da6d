"""The PostgreSQL that scripts/postgres started: empty databases, queries, and the server itself."""

import os
import pwd
import subprocess
import uuid
from urllib.parse import urlsplit, urlunsplit


def ask(address, query):
    """The lines psql prints, one after the other."""
    command = ["psql", address, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as psql:
        yield from (line.rstrip("\n") for line in psql.stdout)
    if psql.returncode:
        raise RuntimeError(f"psql failed at: {query}")


def one(address, query):
    """The one value of a query."""
    (value,) = ask(address, query)
    return value


def home():
    """The address scripts/postgres told."""
    if "VIGIE_TEST_POSTGRES" not in os.environ:
        raise SystemExit("run it under scripts/postgres")
    return os.environ["VIGIE_TEST_POSTGRES"]


def empty_database(folder=None):
    """A new database with a name of its own, its tables in that folder if one is named; returns
    its address."""
    name = "vigie_" + uuid.uuid4().hex[:12]
    if folder:
        os.chmod(folder, 0o700)
        owner = os.stat(one(home(), "SHOW data_directory"))
        os.chown(folder, owner.st_uid, owner.st_gid)
        list(ask(home(), f"CREATE TABLESPACE {name} LOCATION '{folder}'"))
    list(ask(home(), f"CREATE DATABASE {name}" + (f" TABLESPACE {name}" if folder else "")))
    return urlunsplit(urlsplit(home())._replace(path="/" + name))


def cut(address):
    """Ends every connection to a database but one's own; returns how many there were."""
    name = urlsplit(address).path.lstrip("/")
    query = (
        f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    return int(one(home(), query))


def crash_and_restart():
    """Stops the server in its tracks, as a power cut does, and starts it again."""
    data, programs = (
        one(home(), "SHOW data_directory"),
        one(home(), "SELECT setting FROM pg_config WHERE name = 'BINDIR'"),
    )
    owner = pwd.getpwuid(os.stat(data).st_uid).pw_name
    command = [
        f"{programs}/pg_ctl",
        "-D",
        data,
        "-w",
        "-m",
        "immediate",
        "-l",
        os.path.join(data, "..", "log"),
        "restart",
    ]
    if os.getuid() == 0:
        command = ["runuser", "-u", owner, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
