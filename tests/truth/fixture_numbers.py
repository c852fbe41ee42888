#!/usr/bin/env python3
"""Asks the reference tools for their numbers of the fixtures: tests/fixtures/reference_numbers.json, which the tests hold ours to.

  fixture_numbers.py [--eslint DIR] > tests/fixtures/reference_numbers.json

radon 6, complexipy 8.3 and lizard 1.24.3 (pip), checkstyle 8.36 and clang-tidy 14 (Debian), eslint 9 with
eslint-plugin-sonarjs 4.2 and typescript-eslint (npm, in DIR/node_modules). All of them are needed.

A row is a function: its file below tests/fixtures, the line and the name by which the tool knows it (checkstyle and sonarjs
say no name: only functions that are alone in their line are taken), the metric, and the number.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NO_FUNCTIONS = {"if", "while", "for", "switch"}
# What a tool has wrong: see src/languages/METRICS.md.
SLIPS = {("control_flow.cpp", "sums")}  # lizard does not know `and`
CHECKSTYLE = """<?xml version="1.0"?><!DOCTYPE module PUBLIC "-//Checkstyle//DTD Checkstyle Configuration 1.3//EN"
 "https://checkstyle.org/dtds/configuration_1_3.dtd"><module name="Checker"><module name="TreeWalker">
 <module name="CyclomaticComplexity"><property name="max" value="0"/></module></module></module>"""
ESLINT = """
import { ESLint } from 'eslint'; import sonarjs from 'eslint-plugin-sonarjs'; import ts from 'typescript-eslint';
const [directory] = process.argv.slice(1);
const rules = { complexity: ['error', { max: 0 }], 'sonarjs/cognitive-complexity': ['error', 0] };
const files = ['**/*.{js,ts,tsx}'];
const languageOptions = { parser: ts.parser, parserOptions: { sourceType: 'module', ecmaFeatures: { jsx: true } } };
const eslint = new ESLint({ cwd: directory, overrideConfigFile: true, ignore: false,
  overrideConfig: [{ files, plugins: { sonarjs }, rules, languageOptions }] });
for (const { filePath, messages } of await eslint.lintFiles(files))
  for (const { ruleId, line, message } of messages) console.log(JSON.stringify([filePath, ruleId, line, message]));
"""


def rows():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eslint", default=".")
    options = parser.parse_args()
    yield from python()
    yield from lizard()
    yield from clang_tidy()
    yield from checkstyle()
    yield from eslint(options.eslint)


def python():
    import complexipy
    from radon.complexity import cc_visit
    from radon.visitors import Class

    def flat(block):
        if isinstance(block, Class):
            inside = [*block.methods, *block.inner_classes]
        else:
            yield block
            inside = block.closures
        for one in inside:
            yield from flat(one)

    for path in whole("*/*.py"):
        try:
            blocks = [one for top in cc_visit(path.read_text()) for one in flat(top)]
        except SyntaxError:
            print(f"{path.name} is newer than this Python: radon and complexipy are not asked", file=sys.stderr)
            continue
        seen = set()
        for block in blocks:
            if (block.lineno, block.col_offset) not in seen:
                seen.add((block.lineno, block.col_offset))
                yield path, block.lineno, block.name, "radon", "cyclomatic", block.complexity
        for function in complexipy.file_complexity(str(path)).functions:
            yield path, function.line_start, function.name.split("::")[-1], "complexipy", "cognitive", function.complexity


def lizard():
    import lizard as tool

    for pattern in ("c/*.c", "cpp/*.cpp", "go/*.go"):
        for path in whole(pattern):
            for function in tool.analyze_file(str(path)).function_list:
                name = re.split(r"::|\.", function.name)[-1].strip("()").replace("operator ", "operator")
                name = None if name.startswith("anonymous__") else name
                if name not in NO_FUNCTIONS and (path.name, name) not in SLIPS:
                    yield path, function.start_line, name, "lizard", "cyclomatic", function.cyclomatic_complexity


def clang_tidy():
    check = "readability-function-cognitive-complexity"
    config = f"{{CheckOptions: [{{key: {check}.Threshold, value: 0}}]}}"
    for pattern in ("c/*.c", "cpp/*.cpp"):
        for path in whole(pattern):
            command = ["clang-tidy-14", f"-checks=-*,{check}", f"-config={config}", str(path), "--", "-w", "-std=c++20"]
            if path.suffix == ".c":
                command.pop()
            said = subprocess.run(command, capture_output=True, text=True).stdout
            if " error: " in said:
                print(f"{path.name} does not compile: clang-tidy is not asked", file=sys.stderr)
                continue
            for line, name, number in re.findall(r":(\d+):\d+: warning: function '(\w+)' has cognitive complexity of (\d+) ", said):
                yield path, int(line), name, "clang-tidy", "cognitive", int(number)


def checkstyle():
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as config:
        config.write(CHECKSTYLE)
        config.flush()
        for path in whole("java/*.java"):
            said = subprocess.run(["checkstyle", "-c", config.name, str(path)], capture_output=True, text=True).stdout
            found = re.findall(r":(\d+):\d+: Cyclomatic Complexity is (\d+) ", said)
            for line, number in alone(found):
                yield path, int(line), None, "checkstyle", "cyclomatic", int(number)


def eslint(directory):
    command = ["node", "--input-type=module", "--eval", ESLINT, str(FIXTURES)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=directory, check=True).stdout
    cognitive = {}
    for path, rule, line, message in map(json.loads, said.splitlines()):
        path = Path(path)
        if path not in whole(f"{path.parent.name}/*{path.suffix}"):
            continue
        if rule == "complexity" and (found := re.search(r"'(.+)' has a complexity of (\d+)", message)):
            yield path, line, found[1], "eslint", "cyclomatic", int(found[2])
        elif rule and rule.startswith("sonarjs") and (found := re.search(r"from (\d+) to", message)):
            cognitive.setdefault(path, []).append((line, found[1]))
    for path, found in cognitive.items():
        for line, number in alone(found):
            yield path, line, None, "sonarjs", "cognitive", int(number)


def whole(pattern):
    """The fixtures that have nothing in them that does not parse."""
    return [path for path in sorted(FIXTURES.glob(pattern)) if path.stem.lower() != "broken"]


def alone(found):
    lines = [line for line, _ in found]
    return [(line, number) for line, number in found if lines.count(line) == 1]


if __name__ == "__main__":
    lines = []
    for path, line, name, tool, metric, number in rows():
        file = str(path.relative_to(FIXTURES))
        row = {"file": file, "line": line, "name": name, "tool": tool, "metric": metric, "number": number}
        lines.append(json.dumps({key: value for key, value in row.items() if value is not None}))
    print("[\n" + ",\n".join(lines) + "\n]")
