#!/usr/bin/env python3
"""Does each stored graph have as many independent paths as the index says that its function has decisions?

  rutter dump --root DIR | graph_numbers.py - [--misses N] [--json OUT]

A graph's number is E - N + 2 over the blocks that a path without exceptions reaches, the exits joined in one, and
E - N + 1 where no path leaves. The ways on of a block that ends in `resume` decide nothing (they were decided on the way
in) and count as one. It must be 1 and one for each contribution of `metrics:why:` that is in the graph. The numbers of
functions that did not parse in places are held to the same.

Prints what differs and the blocks that no path reaches: each must be code that never runs.
"""
import argparse
import collections
import json
import sys

from graphs import blocks_of


def number(blocks):
    ways = {block["id"]: [way["block"] for way in block["successors"] if way["kind"] != "exception"] for block in blocks}
    resuming = {block["id"] for block in blocks if block["terminator"] == "resume"}
    seen, todo = set(), [0]
    while todo:
        block = todo.pop()
        if block not in seen:
            seen.add(block)
            todo += ways[block]
    exits = [block for block in seen if not ways[block]]
    edges = sum(min(1, len(ways[block])) if block in resuming else len(ways[block]) for block in seen)
    nodes = len(seen)
    if len(exits) > 1:
        edges, nodes = edges + len(exits), nodes + 1
    return edges - nodes + (2 if exits else 1)


class Functions:
    """What of a dump is about functions."""

    def __init__(self, lines):
        self.numbers, self.decisions, self.places = {}, collections.Counter(), {}
        self.unreachable = []
        for line in lines:
            row = json.loads(line)
            key, value = row["key"], row["value"]
            if key.startswith("cfg:func:"):
                function = int(key.rpartition(":")[2])
                graph = blocks_of(value)
                self.numbers[function] = number(graph)
                self.unreachable += [(function, block["start_line"]) for block in graph if block["kind"] == "unreachable"]
            elif key.startswith("metrics:why:"):
                self.decisions[int(key.rpartition(":")[2])] = len(value["cause"]) - len(value.get("apart", []))
            elif key.startswith("sym:id:"):
                self.places[value["symbol_id"]] = (value["language"], value["path"], value["start_line"], value["name"])

    def differing(self):
        for function, graph in self.numbers.items():
            own = 1 + self.decisions[function]
            if graph != own:
                yield function, graph, own


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", help="the output of `rutter dump`; - for standard input")
    parser.add_argument("--misses", type=int, default=20, help="how many of each kind are printed")
    parser.add_argument("--json", help="where the counts go")
    options = parser.parse_args()
    with sys.stdin if options.dump == "-" else open(options.dump, encoding="utf-8") as dump:
        functions = Functions(dump)
    differing = list(functions.differing())
    total = len(functions.numbers)
    print(f"graph numbers: {total} functions, {len(differing)} differ; {len(functions.unreachable)} unreachable blocks")
    for function, graph, own in differing[: options.misses]:
        language, path, line, name = functions.places[function]
        print(f"DIFFERS {language} {path}:{line} {name}: graph {graph}, decisions {own}")
    for function, line in functions.unreachable[: options.misses]:
        language, path, _, name = functions.places[function]
        print(f"UNREACHABLE {language} {path}:{line} in {name}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"total": total, "equal": total - len(differing), "unreachable": len(functions.unreachable)}, out)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
