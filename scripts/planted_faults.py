#!/usr/bin/env python3
"""Plants one fault after another in a copy of the repository and sees the check that must find it
turn red. Not in CI: what CI checks is that none stands. Example: scripts/planted_faults.py
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
TIDY = ["cargo", "test", "-q", "-p", "tidy"]
KEYS = ["cargo", "test", "-q", "-p", "vigie-model", "--doc"]
WORDING = ["cargo", "check", "-q", "-p", "vigie-wording"]

LONG_FUNCTION = (
    "\npub fn planted(given: i64) -> i64 {\n" + "    let _given = given;\n" * 61 + "    given\n}\n"
)
MANY_DEFAULTS = "\npub fn planted(given: Option<i64>) -> i64 {\n    {}\n}\n".replace(
    "{}", " + ".join(["given.unwrap_or_default()"] * 200)
)


class Copy:
    """A copy of the last commit, in which files are changed and put back."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", folder], cwd=ROOT, check=True
        )

    def change(self, path, change):
        path = os.path.join(self.folder, path)
        with open(path, encoding="utf-8") as file:
            before = file.read()
        after = change(before)
        if before == after:
            raise SystemExit(f"nothing was planted in {path}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(after)

    def restore(self):
        subprocess.run(["git", "checkout", "--quiet", "."], cwd=self.folder, check=True)

    def is_green(self, check):
        environment = {**os.environ, "CARGO_TARGET_DIR": os.path.join(ROOT, "target/planted")}
        ran = subprocess.run(check, cwd=self.folder, env=environment, capture_output=True)
        return ran.returncode == 0

    def close(self):
        subprocess.run(["git", "worktree", "remove", "--force", self.folder], cwd=ROOT, check=True)


def appended(text):
    return lambda before: before + text


def replaced(old, new):
    return lambda before: before.replace(old, new, 1)


def without_key(before):
    """One key becomes a second name of another."""
    before = before.replace(" CaseKey,", "", 1)
    return before + "\npub type CaseKey = MessageKey;\n"


# What is planted, where, how, and the check that must turn red.
FAULTS = [
    ("a long function", "crates/triage/src/lib.rs", appended(LONG_FUNCTION), [*TIDY, "functions"]),
    (
        "a wide line",
        "crates/triage/src/lib.rs",
        appended("\n// " + "far " * 30 + "\n"),
        [*TIDY, "lines_are_narrow"],
    ),
    ("a key that can be swapped", "crates/model/src/key.rs", without_key, KEYS),
    (
        "a swallowed result",
        "crates/triage/src/lib.rs",
        appended('\npub fn planted() {\n    let _ = std::fs::remove_file("x");\n}\n'),
        [*TIDY, "nothing_is_repaired_in_silence"],
    ),
    (
        "many silent defaults",
        "crates/triage/src/lib.rs",
        appended(MANY_DEFAULTS),
        [*TIDY, "silent_defaults"],
    ),
    (
        "an arrow that runs back",
        "crates/store/Cargo.toml",
        replaced("[dependencies]\n", "[dependencies]\nvigie-desk.workspace = true\n"),
        [*TIDY, "arrows"],
    ),
    (
        "a circle between files",
        "crates/triage/src/queue.rs",
        appended("\nuse crate::weigh as _;\n"),
        [*TIDY, "circles"],
    ),
    (
        "a row of the ledger that names no test",
        "docs/requirements.md",
        lambda before: re.sub(r"\| works \|[^|]*\|", "| works | |", before, count=1),
        [*TIDY, "ledger"],
    ),
    (
        "a library that nobody uses",
        "crates/triage/Cargo.toml",
        replaced("[dependencies]\n", "[dependencies]\nregex.workspace = true\n"),
        [*TIDY, "dependencies"],
    ),
    (
        "a licence that is not accepted",
        "deny.toml",
        replaced('"ISC", "MIT", ', ""),
        [*TIDY, "licences"],
    ),
    (
        "a document that names a file that is not there",
        "ARCHITECTURE.md",
        replaced("crates/journey/src/lib.rs", "crates/journey/src/nowhere.rs"),
        [*TIDY, "documents"],
    ),
    (
        "a sentence that French lacks",
        "web/src/i18n/languages/server.fr.toml",
        lambda before: re.sub(r"^sorry = .*\n", "", before, flags=re.M),
        WORDING,
    ),
    (
        "a place that French does not fill",
        "web/src/i18n/languages/server.fr.toml",
        replaced("{number}", "12"),
        WORDING,
    ),
    (
        "a French word that does not exist",
        "web/src/i18n/languages/server.fr.toml",
        replaced("Désolés", "Désolez-vouss"),
        ["scripts/french.py"],
    ),
    (
        "an English word that does not exist",
        "README.md",
        appended("\nThis is " + "t" + "eh end.\n"),
        [os.path.join(ROOT, "target/python/bin/typos")],
    ),
]


def main():
    folder = os.path.join(tempfile.mkdtemp(prefix="vigie-planted."), "copy")
    copy, missed = Copy(folder), []
    try:
        for check in (TIDY, KEYS, WORDING, ["scripts/french.py"]):
            if not copy.is_green(check):
                raise SystemExit(f"not green before anything is planted: {check}")
        for name, path, change, check in FAULTS:
            copy.change(path, change)
            found = not copy.is_green(check)
            copy.restore()
            print(f"{'red ' if found else 'GREEN'} {name}", flush=True)
            missed += [] if found else [name]
    finally:
        copy.close()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
