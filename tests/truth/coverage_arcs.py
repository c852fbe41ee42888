#!/usr/bin/env python3
"""Holds our graphs of Python functions against what runs: the steps from line to line that coverage.py records.

  coverage_arcs.py --rutter PATH --sources DIR [--misses N] [--json OUT]
      runs networkx's own tests (DIR/metrics/py) under coverage.py and compares
  coverage_arcs.py --rutter PATH --root DIR --data FILE [--misses N] [--json OUT]
      compares what was recorded in FILE (`coverage run --branch`, with the C tracer) of the code in DIR

coverage.py and pytest have to be installed; without them, nothing is measured and the exit code is 0.

A step (a, b) that was recorded in a function is a way of ours if line b can follow line a in its graph: within a block in the
order of the lines, over edges, through blocks that have no other line; exception edges leave from each line of a block.
Lines are those of statements: coverage.py's own map leads from the lines in a statement to its first one; a definition and
its decorators, which run before and after it, are one statement here. A step (a, -f) out
of the function is a way of ours if control can leave it at a; where it cannot, something was raised in a, which any line may
do and no graph draws: these are counted apart. Steps of other code objects (a class's body, a comprehension, a lambda) are
none of the function's, but for those that share its lines. And where a `finally` ends by raising again, CPython says that the
line of its last statement runs once more, wherever in it control was: that is no step.

How much the graphs say beside: the steps that they predict, each taken once, are held against those of coverage.py's own
analysis of the same functions. That draws nothing that is raised, so exception edges are left out there; they are counted on
the side. And no line that ran may be in a block that is called unreachable.
"""

import argparse
import ast
import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from graphs import blocks_of

TESTS = ["networkx/classes", "networkx/utils", "networkx/readwrite", "networkx/algorithms/flow",
         "networkx/algorithms/shortest_paths", "networkx/algorithms/traversal", "networkx/algorithms/tests"]
TRY_GROUP = getattr(ast, "TryStar", ast.Try)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def record(root, work):
    """Runs the tests of the package below `root`, which is left as it is, and returns the recorded data."""
    data, settings = work / "coverage", work / "coveragerc"
    settings.write_text(f"[run]\nbranch = True\nsource = networkx\ndata_file = {data}\ncore = ctrace\n")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # Otherwise pytest has other code run than the text says.
    command.append("--assert=plain")
    tests = [test for test in TESTS if (root / test).exists()]
    subprocess.run([*command, *tests], cwd=root, env=environment, check=False)
    return data


class Function:
    """What the index says of a function, in the lines of statements."""

    def __init__(self, symbol, blocks):
        self.symbol, self.blocks = symbol, blocks

    def read(self, own, first_line):
        """`own`: the lines of the function's own statements; `first_line` leads from a line to its statement's."""
        self.own = own
        self.lines = []
        for block in self.blocks:
            inside = range(block["start_line"], block["end_line"] + 1) if block["byte_start"] < block["byte_end"] else ()
            lines = []
            for line in (first_line(line) for line in inside):
                if line in own and line not in lines:
                    lines.append(line)
            self.lines.append(lines)
        self.at = collections.defaultdict(list)
        for number, lines in enumerate(self.lines):
            for place, line in enumerate(lines):
                self.at[line].append((number, place))

    def steps(self, line, exceptions):
        """The lines that can follow a line; None for the way out."""
        found, seen = set(), set()
        todo = list(self.at[line])
        while todo:
            state = number, place = todo.pop()
            if state in seen:
                continue
            seen.add(state)
            block, lines = self.blocks[number], self.lines[number]
            last = place + 1 >= len(lines)
            if not last:
                if lines[place + 1] == line:
                    todo.append((number, place + 1))
                else:
                    found.add(lines[place + 1])
            ways = block.get("successors", [])
            if last and not any(way["kind"] != "exception" for way in ways):
                found.add(None)
            for way in ways:
                if way["kind"] == "exception":
                    if not exceptions:
                        continue
                elif not last:
                    continue
                target = way["block"]
                there = self.lines[target]
                if not there or there[0] == line:
                    todo.append((target, 0))
                else:
                    found.add(there[0])
        return found

    def first(self):
        """The lines that the function can begin with."""
        found, seen, todo = set(), set(), [0]
        while todo:
            number = todo.pop()
            if number in seen:
                continue
            seen.add(number)
            if self.lines[number]:
                found.add(self.lines[number][0])
            else:
                todo += [way["block"] for way in self.blocks[number].get("successors", [])]
        return found


def statement_lines(tree, first_line):
    """Leads from a line, or the negative one of a code object, to the first line of its statement."""
    decorated = {}
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.decorator_list:
            lines = [first_line(line) for line in (*(one.lineno for one in node.decorator_list), node.lineno)]
            decorated.update(dict.fromkeys(lines, min(lines)))

    def statement_line(line):
        line = first_line(line)
        return decorated.get(line, line) if line > 0 else -decorated.get(-line, -line)

    return statement_line


def functions_of(tree, first_line):
    """For each function in a module: its first line, the line of its `def`, the lines of its own statements, and those of
    each `finally` in it."""
    found = []

    def own_lines(node, lines):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
                for decorator in child.decorator_list:
                    lines.add(first_line(decorator.lineno))
                lines.add(first_line(child.lineno))
            elif isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                lines.add(first_line(child.lineno if hasattr(child, "lineno") else child.pattern.lineno))
                own_lines(child, lines)
        return lines

    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            lines = own_lines(ast.Module(node.body, []), set())
            begin = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            finals = [one.finalbody for one in ast.walk(node) if isinstance(one, (ast.Try, TRY_GROUP)) and one.finalbody]
            finals = [own_lines(ast.Module(body, []), set()) for body in finals]
            found.append((begin, node.lineno, lines, finals))
    return found


def raises_again(line, then, finals, possible):
    """`line` can be the last one to run in a `finally` whose last line is `then`."""
    return any(line in lines and then == max(lines) and possible - lines for lines in finals)


class Comparison:
    def __init__(self):
        self.counts = collections.Counter()
        self.misses, self.unreachable, self.surplus, self.lacking = [], [], [], []

    def file(self, path, text, arcs, functions):
        from coverage.parser import AstArcAnalyzer, PythonParser

        parser = PythonParser(text=text)
        parser.parse_source()
        analyzer = AstArcAnalyzer("<code>", ast.parse(text), parser.raw_statements, parser.multiline_map)
        analyzer.analyze()
        tree = ast.parse(text)
        first_line = statement_lines(tree, parser.first_line)
        static = {(first_line(a), first_line(b)) for a, b in analyzer.arcs}
        observed = {(first_line(a), first_line(b)) for a, b in arcs}
        observed_from, static_from = _by_first(observed), _by_first(static)
        ran = {line for arc in observed for line in arc if line > 0}
        for begin, line, own, finals in functions_of(tree, first_line):
            function = functions.get(line)
            if function is None:
                self.counts["functions without a graph"] += 1
                continue
            own = own & {first_line(line) for line in parser.statements} | own & ran
            function.read(own, first_line)
            self.function(path, function, own, finals, -first_line(begin), observed_from, static_from, ran)

    def function(self, path, function, own, finals, out, observed_from, static_from, ran):
        counts, name = self.counts, function.symbol["fqn"]
        counts["functions"] += 1
        counts["functions that ran"] += bool(own & ran)
        for number, block in enumerate(function.blocks):
            executed = [line for line in function.lines[number] if line in ran]
            if block["kind"] == "unreachable" and executed:
                # A line of several blocks may have run in another one.
                shared = {line for other, lines in enumerate(function.lines) if other != number for line in lines}
                if any(line not in shared for line in executed):
                    self.unreachable.append(f"{path}:{executed[0]} {name}")
        for line in sorted(own):
            possible = function.steps(line, True)
            expected = function.steps(line, False)
            for then in sorted(observed_from[line]):
                if then == line:
                    continue
                if then == out:
                    counts["ways out"] += 1
                    counts["ways out that something raised"] += None not in possible
                elif then in own and then not in possible and raises_again(line, then, finals, possible):
                    counts["last lines of a finally that raises again"] += 1
                elif then in own:
                    counts["steps"] += 1
                    if then in possible:
                        counts["steps that are ways of ours"] += 1
                    else:
                        self.misses.append(f"{path}:{line} -> {then} {name}")
                    counts["steps that coverage.py predicts"] += then in static_from[line]
            ours = possible - {line, None}
            theirs = (static_from[line] & own) - {line}
            counts["predicted by us"] += len(ours)
            counts["predicted by us without what is raised"] += len(expected - {line, None})
            counts["predicted by coverage.py"] += len(theirs)
            self.surplus += [f"{path}:{line} -> {then} {name}" for then in sorted(ours - theirs)]
            self.lacking += [f"{path}:{line} -> {then} {name}" for then in sorted(theirs - ours)]


def _by_first(pairs):
    found = collections.defaultdict(set)
    for a, b in pairs:
        found[a].add(b)
    return found


def graphs(rutter, root, work):
    """The functions of each file by the line of their name."""
    index = {**os.environ, "RUTTER_INDEX_DIR": str(work / "index")}
    subprocess.run([rutter, "index", str(root)], env=index, check=True)
    symbols, blocks = {}, {}
    dump = subprocess.Popen([rutter, "dump", "--root", str(root)], env=index, stdout=subprocess.PIPE, text=True)
    for row in dump.stdout:
        row = json.loads(row)
        key, value = row["key"], row["value"]
        if key.startswith("sym:id:") and value["language"] == "python":
            symbols[value["symbol_id"]] = value
        elif key.startswith("cfg:func:"):
            blocks[value["function_id"]] = blocks_of(value)
    if dump.wait():
        sys.exit("no dump of the index")
    found = collections.defaultdict(dict)
    for identity, graph in blocks.items():
        symbol = symbols.get(identity)
        # Anonymous functions are on the lines of others.
        if symbol and symbol["kind"] in ("function", "method") and symbol["name_byte_start"] > symbol["byte_start"]:
            found[symbol["path"]].setdefault(symbol["name_line"], Function(symbol, graph))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rutter", required=True)
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--truth", help="not used: the truth is what runs")
    parser.add_argument("--root", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--json")
    options = parser.parse_args()
    try:
        import coverage
        import pytest
    except ImportError as error:
        print(f"{error}: nothing measured")
        if options.json:
            Path(options.json).write_text(json.dumps([]))
        return
    with tempfile.TemporaryDirectory(prefix="rutter-arcs-") as work:
        work = Path(work)
        root = options.root or options.sources / "metrics" / "py"
        data = coverage.CoverageData(basename=str(options.data or record(root, work)))
        data.read()
        found = graphs(options.rutter, root, work)
        comparison = Comparison()
        for name in sorted(data.measured_files()):
            path = os.path.relpath(name, root)
            if path in found and data.arcs(name):
                comparison.counts["files"] += 1
                comparison.file(path, Path(name).read_text(encoding="utf-8"), data.arcs(name), found[path])
    report(comparison, options)


def report(comparison, options):
    counts = comparison.counts
    for what, number in counts.items():
        print(f"{number:8} {what}")
    for title, rows in [
        ("STEP THAT IS NO WAY OF OURS", comparison.misses),
        ("RAN, AND IS CALLED UNREACHABLE", comparison.unreachable),
        ("PREDICTED BY US ONLY", comparison.surplus),
        ("PREDICTED BY COVERAGE.PY ONLY", comparison.lacking),
    ]:
        print(f"{len(rows):8} {title.lower()}")
        for row in rows[: options.misses]:
            print(title, row)
    share = lambda part, whole: 100 * counts[part] / counts[whole] if counts[whole] else None
    missed, steps = len(comparison.misses), counts["steps"]
    explained = share("steps that are ways of ours", "steps")
    if missed:
        # Rounded, one step in a hundred thousand would not show.
        explained = min(99.99, explained)
    by_coverage = share("steps that coverage.py predicts", "steps")
    rows = [
        dict(name="steps that ran", goal=100.0, measured=explained,
             note=f"{missed} of {steps} are no ways of ours; coverage.py's own analysis has {by_coverage or 0:.2f} %"),
        dict(name="predicted steps", goal=105.0, at_most=True,
             measured=share("predicted by us", "predicted by coverage.py"),
             note=f"{counts['predicted by us']} of ours, {counts['predicted by coverage.py']} of coverage.py's"),
        dict(name="lines that ran", goal=100.0, measured=100.0 if not comparison.unreachable and steps else 0.0,
             note=f"{len(comparison.unreachable)} are in blocks that are called unreachable"),
    ]
    for row in rows:
        print(f"{row['name']}: {row['measured'] if row['measured'] is None else round(row['measured'], 2)} %; {row['note']}")
    if options.json:
        Path(options.json).write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
