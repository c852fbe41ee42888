#!/usr/bin/env python3
"""Do rutter's graphs of preprocessed C have as many independent paths as clang's, and its functions clang-tidy's numbers?

  clang_preprocessed.py --rutter PATH --sources DIR [--misses N] [--json OUT] [--clang clang-14] [--tidy clang-tidy-14]
                        [--include DIR]... [DIR...]

Puts every C file below the directories (by default DIR/metrics/c) through `clang -E -P`, so that both see the same code;
files that clang does not compile then are left out. Of each function clang's graph is asked for (the checker
debug.DumpCFG), rutter's taken from an index of the preprocessed files, and E - N + 2 compared: over the blocks that a path
from the entry reaches, edges that clang prunes because a condition is constant apart, all exits joined in one. The cognitive
complexity is held against clang-tidy's of the same text, in which no macro is left that only one of the two knows.

A function that a header defines is in many files; the same text is held once. Needs clang; without clang-tidy, the graphs
alone are compared.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from graphs import blocks_of

HEADER = re.compile(r"^(?P<signature>\S.*\))\s*(?:__attribute__.*)?$")
BLOCK = re.compile(r"^ \[B(\d+)(?: \((ENTRY|EXIT|NORETURN|[^)]*)\))?\]")
SUCCESSORS = re.compile(r"^   Succs \(\d+\): (.*)$")


def name_of(signature):
    """`f` of `static int (*f(int a))(char)`: the last word before the first parenthesis that opens parameters."""
    words = re.findall(r"[A-Za-z_$][\w$]*(?=\s*\()", signature)
    return words[0] if words else None


def successors_in(text, all_of_them):
    """`B3(Unreachable)` is an edge that a constant condition prunes, `NULL` one to code that is not there."""
    ways = [re.fullmatch(r"B(\d+)(\(Unreachable\))?", way) for way in text.split()]
    return [int(way[1]) for way in ways if way and (all_of_them or not way[2])]


def clang_numbers(clang, path):
    """The name and number of each function in the order of the text, or None if it does not compile."""
    command = [clang, "-w", "-fno-color-diagnostics", "-Xclang", "-analyze", "-Xclang", "-analyzer-checker=debug.DumpCFG"]
    run = subprocess.run([*command, "-c", str(path), "-o", os.devnull], capture_output=True, text=True, errors="replace")
    if run.returncode:
        return None
    found, ways, at, successors_open = [], None, None, False
    made_before, keeps_all = set(), set()
    for line in run.stderr.splitlines():
        block = BLOCK.match(line)
        if block:
            at = int(block[1])
            ways[at] = []
            if block[2] == "ENTRY":
                found[-1][1]["entry"] = at
        elif (successors := SUCCESSORS.match(line)) and at is not None:
            ways[at] = successors_in(successors[1], (len(found), at) in keeps_all)
            if (len(found), at) in made_before:
                ways[at] = ways[at][-1:]
            successors_open = True
            continue
        elif line.startswith("   T: switch"):
            # clang prunes the way for values that no enumerator of the type has. C allows them.
            keeps_all.add((len(found), at))
        elif line.startswith("   T: static init"):
            # As in C++, where such a variable is made when control comes by first; in C it is there before.
            made_before.add((len(found), at))
        elif successors_open and re.fullmatch(r" {5}(?: ?(?:B\d+\S*|NULL))+", line):
            # A long list goes on in the next line.
            ways[at] += successors_in(line, (len(found), at) in keeps_all)
            continue
        elif line and not line.startswith(" ") and HEADER.match(line):
            ways, at = {}, None
            found.append((name_of(line), {"ways": ways}))
        successors_open = False
    return [(name, number(graph["ways"], graph["entry"])) for name, graph in found if "entry" in graph]


def tidy_numbers(tidy, path):
    """By line and name: the cognitive complexity, where it is not 0."""
    options = "{CheckOptions: [{key: readability-function-cognitive-complexity.Threshold, value: 0}]}"
    command = [tidy, "-checks=-*,readability-function-cognitive-complexity", f"-config={options}", str(path), "--", "-w"]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    found = re.findall(r"^[^\n]*:(\d+):\d+: warning: function '(\w+)' has cognitive complexity of (\d+) ", run.stdout, re.M)
    return {(int(line), name): int(number) for line, name, number in found}


def number(ways, entry):
    seen, todo = set(), [entry]
    while todo:
        block = todo.pop()
        if block not in seen:
            seen.add(block)
            todo += ways.get(block, [])
    exits = [block for block in seen if not ways.get(block)]
    edges, nodes = sum(len(ways.get(block, [])) for block in seen), len(seen)
    if len(exits) > 1:
        edges, nodes = edges + len(exits), nodes + 1
    return edges - nodes + (2 if exits else 1)


def rutter_numbers(rutter, root, work):
    """For each file the functions with a graph, in the order of the text."""
    environment = {**os.environ, "RUTTER_INDEX_DIR": str(work / "index")}
    subprocess.run([rutter, "index", str(root)], env=environment, check=True, stdout=subprocess.DEVNULL)
    dump = subprocess.run([rutter, "dump", "--root", str(root)], env=environment, check=True, stdout=subprocess.PIPE)
    symbols, graphs, cognitive = {}, {}, {}
    for line in dump.stdout.splitlines():
        row = json.loads(line)
        if row["key"].startswith("sym:id:"):
            symbols[row["value"]["symbol_id"]] = row["value"]
        elif row["key"].startswith("cfg:func:"):
            ways = {b["id"]: [e["block"] for e in b["successors"] if e["kind"] != "exception"] for b in blocks_of(row["value"])}
            graphs[int(row["key"].rsplit(":", 1)[1])] = number(ways, 0)
        elif row["key"].startswith("metrics:symbol:"):
            cognitive[row["value"]["symbol_id"]] = row["value"]["cognitive_complexity"]
    files = collections.defaultdict(list)
    for symbol_id, found in graphs.items():
        symbol = symbols[symbol_id]
        lines = range(symbol["start_line"], symbol["name_line"] + 1)
        row = (symbol["byte_start"], symbol["byte_end"], symbol["name"], found, lines, cognitive[symbol_id])
        files[symbol["path"]].append(row)
    return {path: sorted(functions) for path, functions in files.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rutter", required=True)
    parser.add_argument("--truth", help="not used: clang is asked")
    parser.add_argument("--sources", required=True, type=Path)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--clang", default=next(filter(shutil.which, ["clang-14", "clang"]), "clang"))
    parser.add_argument("--tidy", default=next(filter(shutil.which, ["clang-tidy-14", "clang-tidy"]), "clang-tidy"))
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("directories", nargs="*", type=Path)
    options = parser.parse_args()
    if not shutil.which(options.clang):
        sys.exit(f"{options.clang} is not there")
    directories = options.directories or [options.sources / "metrics" / "c"]
    work = Path(tempfile.mkdtemp(prefix="clang-cfg-"))
    preprocessed = work / "code"
    preprocessed.mkdir()
    truth, tidy, left_out = {}, {}, 0
    has_tidy = shutil.which(options.tidy) is not None
    for directory in directories:
        for source in sorted(directory.rglob("*.c")):
            target = preprocessed / (str(source.relative_to(directory)).replace("/", "__"))
            includes = [f"-I{path}" for path in (source.parent, source.parent.parent, *directory.glob("*/"), *options.include)]
            command = [options.clang, "-E", "-P", "-w", "-D_GNU_SOURCE", *includes, str(source)]
            with open(target, "wb") as out:
                made = subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL)
            numbers = clang_numbers(options.clang, target) if made.returncode == 0 else None
            if numbers is None:
                target.unlink()
                left_out += 1
            else:
                truth[target.name] = numbers
                tidy[target.name] = tidy_numbers(options.tidy, target) if has_tidy else {}
    ours = rutter_numbers(options.rutter, preprocessed, work)
    total = equal = absent = weighed = same = 0
    misses, seen = [], set()
    for path, functions in truth.items():
        text = (preprocessed / path).read_bytes()
        rest = collections.defaultdict(list)
        for start, end, name, found, lines, cognitive in ours.get(path, []):
            rest[name].append((text[start:end], found, lines, cognitive))
        for name, want in functions:
            body, got, lines, cognitive = rest[name].pop(0) if rest[name] else (None, None, (), None)
            if body is not None and body in seen:
                continue
            seen.add(body)
            total += 1
            equal += got == want
            absent += got is None
            if got != want:
                misses.append(f"{path} {name}: clang {want}, rutter {got}")
            if has_tidy and got is not None:
                weight = next((tidy[path][line, name] for line in lines if (line, name) in tidy[path]), 0)
                weighed += 1
                same += cognitive == weight
                if cognitive != weight:
                    misses.append(f"{path} {name}: clang-tidy {weight}, rutter {cognitive}")
    shutil.rmtree(work)
    measured = 100 * equal / total if total else None
    print(f"{equal} of {total} functions have clang's number, {absent} are not in the index; {left_out} files do not compile")
    if has_tidy:
        print(f"{same} of {weighed} functions have clang-tidy's cognitive complexity")
    for miss in misses[: options.misses]:
        print("MISS", miss)
    if options.json:
        note = f"{total - equal} of {total} differ; {left_out} files do not compile here"
        rows = [{"name": "c", "goal": 99.0, "measured": measured, "note": note}]
        if has_tidy and weighed:
            note = f"{weighed - same} of {weighed} differ"
            rows.append({"name": "c cognitive", "goal": 97.0, "measured": 100 * same / weighed, "note": note})
        options.json.write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
