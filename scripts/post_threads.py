#!/usr/bin/env python3
"""Posts the customers' messages of a CSV of support threads to /api/v1/messages, and checks what
became of them.

The CSV has the columns tweet_id, author_id, inbound, created_at, text, in_response_to_tweet_id.
Dates are moved so that the last message is of now, gaps kept (or, with --within-hours, one busy
day). Threads are compared with those of the file itself, followed over the brand's answers too.
Example: scripts/post_threads.py support_threads_twcs.csv --address http://127.0.0.1:8080 --key
vg_…
"""

import argparse
import collections
import csv
import datetime
import json
import os
import sys
import urllib.request

TWITTER = "%a %b %d %H:%M:%S %z %Y"


def number(text):
    """`3.0` is the id 3."""
    return text[:-2] if text.endswith(".0") else text


def read(path):
    """The rows that are sound, in the order of time; and those that are not, with their line."""
    rows, broken = {}, []
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                row["at"] = datetime.datetime.strptime(row["created_at"], TWITTER)
                int(row["tweet_id"])
                rows[row["tweet_id"]] = row
            except (TypeError, ValueError, KeyError):
                broken.append(reader.line_num)
    return rows, broken


def root(rows, tweet):
    """The first message of a thread, as far as the file knows it."""
    seen = set()
    while tweet in rows and tweet not in seen:
        seen.add(tweet)
        parent = number(rows[tweet]["in_response_to_tweet_id"] or "")
        if not parent:
            break
        tweet = parent
    return tweet


def items(rows, within_hours):
    """The customers' messages as the API takes them."""
    inbound = sorted(
        (it for it in rows.values() if it["inbound"] == "True"), key=lambda it: it["at"]
    )
    now = datetime.datetime.now(datetime.UTC)
    for place, row in enumerate(inbound):
        back = inbound[-1]["at"] - row["at"]
        if within_hours:
            back = (
                datetime.timedelta(hours=within_hours) * (len(inbound) - 1 - place) / len(inbound)
            )
        yield {
            "external_id": row["tweet_id"],
            "text": row["text"],
            "at": (now - back).isoformat(),
            "author": {"handle": row["author_id"]},
            "in_reply_to": number(row["in_response_to_tweet_id"] or "") or None,
            "conversation": root(rows, row["tweet_id"]),
            "visibility": "public",
            "channel": "network",
        }


def post(given, batch):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(
        given.address + "/api/v1/messages", data=json.dumps(batch).encode(), method="POST"
    )
    request.add_header("authorization", f"Bearer {given.key}")
    with opener.open(request, timeout=120) as answer:
        return json.load(answer)["results"]


def run(given, all_items):
    counted, problems, ids = collections.Counter(), collections.Counter(), {}
    for at in range(0, len(all_items), 500):
        batch = all_items[at : at + 500]
        for item, result in zip(batch, post(given, batch), strict=True):
            assert item["external_id"] == result["external_id"]
            counted[result["status"]] += 1
            if "problem" in result:
                problems[result["problem"]["detail"]] += 1
            ids[item["external_id"]] = result.get("id")
    return counted, problems, ids


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file")
    asked.add_argument("--address")
    asked.add_argument("--key")
    asked.add_argument(
        "--serve", help="start this binary on an empty folder instead (with --keep, keep serving)"
    )
    asked.add_argument("--port", type=int, default=18_432)
    asked.add_argument("--data")
    asked.add_argument(
        "--within-hours",
        type=float,
        help="spread them evenly over these last hours, as one busy day",
    )
    given = asked.parse_args()
    if given.serve:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        from instance import Instance  # only when a server is asked for

        instance = Instance(given.serve, given.data, given.port)
        given.key = instance.first_key(instance.start(), "threads")
        given.address = instance.address
    rows, broken = read(given.file)
    all_items = list(items(rows, given.within_hours))
    first, problems, ids = run(given, all_items)
    # The dates are those of the first run: only so is the second the same.
    second, _, _ = run(given, all_items)
    expected = collections.defaultdict(set)
    for item in all_items:
        expected[item["conversation"]].add(ids[item["external_id"]])
    figures = {
        "rows": len(rows),
        "broken_lines": broken,
        "posted": len(all_items),
        "first_run": first,
        "problems": problems,
        "second_run": second,
        "threads_in_file": len(expected),
    }
    headers = {"authorization": f"Bearer {given.key}"}
    cases = collections.defaultdict(set)
    after = 0
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        request = urllib.request.Request(
            f"{given.address}/api/v1/facts?after={after}&limit=1000", headers=headers
        )
        facts = json.load(opener.open(request))
        if not facts:
            break
        for fact in facts:
            if fact["act"] == "message.received":
                cases[fact["ids"]["case"]].add(fact["ids"]["message"])
        after = facts[-1]["number"]
    figures["cases"] = len(cases)
    figures["threads_right"] = sorted(map(sorted, cases.values())) == sorted(
        map(sorted, expected.values())
    )
    print(json.dumps(figures, indent=1))
    sys.exit(0 if figures["threads_right"] and second["unchanged"] == first["created"] else 1)


if __name__ == "__main__":
    main()
