#!/usr/bin/env python3
"""Answers with several places that are not all right (an overloaded function's forms are): how often the right one is among
them, and how many there are.

  ambiguous_answers.py --rutter PATH --truth TRUTH_DIR --sources SOURCES_DIR [--misses N] [--json OUT]

Asks at every position of the navigation answers, as compare_navigation.py does, and with its client.
"""

import argparse
import collections
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import names

RIGHT_AMONG, PLACES = 98.0, 3.0


def client(truth):
    """The client of the program that compares."""
    spec = importlib.util.spec_from_file_location("compare_navigation", truth / "compare_navigation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(compare, rutter, root, meta, rows):
    """Each position with the places that are answered."""
    server = compare.Server(shlex.join([str(rutter), "lsp"]), str(root))
    by_file = collections.defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    try:
        for relative, asked in sorted(by_file.items()):
            server.open(relative, meta["lang"])
            for row in asked:
                yield row, server.locations("textDocument/definition", relative, row["line"], row["col"], 60)
            server.close(relative)
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rutter", required=True, type=lambda text: Path(text).resolve())
    parser.add_argument("--truth", required=True, type=Path)
    parser.add_argument("--sources", required=True, type=Path)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--json")
    options = parser.parse_args()
    compare = client(options.truth)
    lines = []
    for project in names.NAVIGATION:
        truth = options.truth / "navigation" / f"{project}.jsonl"
        meta, *rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
        root = names.root_of(truth, options.sources)
        with tempfile.TemporaryDirectory() as index:
            os.environ["RUTTER_INDEX_DIR"] = index
            subprocess.run([options.rutter, "index", root], check=True, stdout=subprocess.DEVNULL)
            asked = list(answers(compare, options.rutter, root, meta["meta"], rows))
        rights = lambda row, found: [compare.right(place, row["targets"] + row.get("alts", [])) for place in found]
        several = [(row, found) for row, found in asked if len(found) > 1 and not all(rights(row, found))]
        wrong = [(row, found) for row, found in several if not any(rights(row, found))]
        places = sum(len(found) for _, found in several) / max(1, len(several))
        print(f"{project}: {len(several)} of {len(rows)} answers have several places and not all right, {places:.1f} on average; {len(wrong)} are wrong")
        for row, found in wrong[: options.misses]:
            print(f"  {row['file']}:{row['line'] + 1}:{row['col'] + 1} {row['name']}: {found}")
        if several:
            note = f"{len(several) - len(wrong)} of {len(several)} hold the right place; {places:.1f} places on average"
            measured = 100 * (len(several) - len(wrong)) / len(several)
            # More places than wanted are as bad as wrong ones.
            lines.append({"name": project, "goal": RIGHT_AMONG, "measured": measured if places <= PLACES else 0.0, "note": note})
    if options.json:
        Path(options.json).write_text(json.dumps(lines))


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main()
