#!/usr/bin/env python3
"""Spells the French that people read: the catalogues and the guide. Prints each word that the
dictionary does not know and scripts/french_words.txt does not admit, with where it stands.
Example: scripts/french.py
"""

import os
import re
import subprocess
import sys
import tomllib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
CATALOGUE = "web/src/i18n/languages/fr.ts"
SERVER = "web/src/i18n/languages/server.fr.toml"
GUIDE = "docs/guide.fr.md"
ADMITTED = "scripts/french_words.txt"


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sentences_of_catalogue(text):
    """The values between quotes, without the keys."""
    for quoted in re.finditer(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", text):
        yield quoted.group(1) or quoted.group(2) or ""


def sentences_of_table(table):
    for value in table.values():
        if isinstance(value, dict):
            yield from sentences_of_table(value)
        elif isinstance(value, list):
            yield from value
        else:
            yield value


def sentences_of_guide(text):
    """The guide without what is code, addresses and pictures."""
    text = re.sub(r"```.*?```", " ", text, flags=re.S)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+", " ", text)
    yield from text.split("\n")


def unknown(sentences):
    """The words of these sentences that the dictionary does not know."""
    text = "\n".join(re.sub(r"\{\w+\}", " ", sentence) for sentence in sentences)
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    spelt = subprocess.run(
        ["hunspell", "-d", "fr_FR", "-i", "utf-8", "-l"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(spelt.stdout.split())


def main():
    admitted = set(read(ADMITTED).split())
    read_by_people = {
        CATALOGUE: sentences_of_catalogue(read(CATALOGUE)),
        SERVER: sentences_of_table(tomllib.loads(read(SERVER))),
        GUIDE: sentences_of_guide(read(GUIDE)),
    }
    wrong, used = [], set()
    for path, sentences in read_by_people.items():
        words = unknown(sentences)
        used |= words
        wrong += [f"{path}: {word}" for word in sorted(words - admitted)]
    wrong += [f"{ADMITTED}: {word} is no longer needed" for word in sorted(admitted - used)]
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
