"""The comparisons of run.sh, their goals, and the table of what was measured."""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import names

HERE = Path(__file__).resolve().parent

# Per cent of the truth's functions with the same number; None where tools are only shown: README.md says why.
CYCLOMATIC = {
    "python.radon": 99.9,
    "java.checkstyle": 99.9,
    "go.lizard": 99.9,
    "javascript.eslint": 99.9,
    "typescript.eslint": 99.9,
    "c.lizard": 99.5,
    "cpp.lizard": 99.5,
    "c.pmccabe": None,
    "cpp.pmccabe": None,
    "rust.lizard": None,
}
COGNITIVE = {
    "rust.sonar": 99.0,
    "go.gocognit": 99.0,
    "javascript.eslint": 99.0,
    "typescript.eslint": 99.0,
    "python.complexipy": 97.0,
    "c.clang-tidy": 97.0,
    "cpp.clang-tidy": 97.0,
}
CFG = dict.fromkeys(["c.clangcfg", "cpp.clangcfg", "javascript.escfg", "typescript.escfg", "go.gocfg"])
METRICS = {"cyclomatic": CYCLOMATIC, "cognitive": COGNITIVE, "cfg": CFG}
PROJECTS = ["py-rich", "rs-bat", "js-eslint", "ts-rxjs", "go-spf13", "java-lang3", "c-zstd", "cpp-yamlcpp"]
NAMES = {"navigation": names.navigation, "references": names.references}
OUTLINE = {"recall": 99.0, "precision": 97.0, "kind family": 99.0, "container": 98.0}
# Programs beside this one that measure in their own way: README.md says how they are called.
OTHERS = {"ambiguous": "ambiguous_answers.py", "slips": "lizard_slips.py", "arcs": "coverage_arcs.py", "clang": "clang_preprocessed.py"}
PARTS = [*METRICS, "graphs", "outline", *NAMES, *OTHERS]


class Measurement:
    def __init__(self, options, work):
        self.rutter, self.truth, self.sources = options.rutter, options.truth, options.sources
        self.misses, self.wanted, self.work = options.misses, options.parts, work
        self.lines, self.dumps = [], {}
        unknown = set(self.wanted) - {*PARTS, *PROJECTS, *(name for tools in METRICS.values() for name in tools)}
        if unknown:
            sys.exit(f"no such part: {', '.join(sorted(unknown))}")

    def wants(self, part, name=None):
        return not self.wanted or part in self.wanted or name in self.wanted

    def line(self, part, name, goal, measured, note="", at_most=False):
        """`goal` and `measured` are per cent, or `measured` is None: the comparison did not come to an end."""
        reached = measured is not None and (goal is None or (measured <= goal if at_most else measured >= goal))
        holds, goal = reached, "-" if goal is None else f"{'<' if at_most else '>'}= {goal:.1f} %"
        self.lines.append((part, name, goal, "-" if measured is None else f"{measured:.2f} %", holds, note))

    def dump(self, directory):
        """The dump of an index of its own of one of the sources' directories; the first asks for it and has it made."""
        if directory not in self.dumps:
            index = {**os.environ, "RUTTER_INDEX_DIR": str(self.work / f"{directory}-index")}
            root, dump = str(self.sources / directory), self.work / f"{directory}.jsonl"
            run = lambda *args, **more: subprocess.run([self.rutter, *args], env=index, check=True, **more)
            run("index", root)
            with open(dump, "wb") as out:
                run("dump", "--root", root, stdout=out)
            status = json.loads(run("status", "--root", root, "--json", "--skipped", stdout=subprocess.PIPE).stdout)
            faults = [file for file in status["skipped_files"] if file["detail"].startswith("internal error")]
            for file in faults:
                print(f"{file['path']}: {file['detail']}")
            files = status["files"] + len(faults)
            measured = 100 * status["files"] / files if files else None
            self.line("index", directory, 100.0, measured, f"{len(faults)} of {files} files failed in extraction")
            self.dumps[directory] = dump
        return self.dumps[directory]

    def compare(self, program, *args):
        """Runs a comparing program and returns what it writes for programs."""
        out = self.work / "result.json"
        out.unlink(missing_ok=True)
        misses = ["--misses", str(self.misses)]
        subprocess.run([sys.executable, program, *args, *misses, "--json", out], check=False)
        return json.loads(out.read_text()) if out.exists() else None

    def metrics(self):
        for metric, tools in METRICS.items():
            for tool, goal in tools.items():
                if not self.wants(metric, tool):
                    continue
                truth = self.truth / "metrics" / f"{tool}.jsonl.gz"
                args = ["--dump", self.dump("metrics"), "--truth", truth, "--metric", metric]
                found = self.compare(self.truth / "compare_metrics.py", *args)
                if not found or not found["total"]:
                    self.line(metric, tool, goal, None)
                    continue
                note = f"{found['total'] - found['equal']} of {found['total']} differ, {found['absent']} not in the index"
                self.line(metric, tool, goal, 100 * found["equal"] / found["total"], note)

    def graphs(self):
        if not self.wants("graphs"):
            return
        for directory in ["metrics", "navigation"]:
            found = self.compare(HERE / "graph_numbers.py", self.dump(directory))
            if not found or not found["total"]:
                self.line("graphs", directory, 100.0, None)
                continue
            differ = found["total"] - found["equal"]
            note = f"{differ} of {found['total']} differ; {found['unreachable']} blocks are unreachable"
            # Rounded, one function in a hundred thousand would not show.
            measured = 100 * found["equal"] / found["total"] if differ == 0 else min(99.99, 100 * found["equal"] / found["total"])
            self.line("graphs", directory, 100.0, measured, note)

    def outlines(self):
        for project in PROJECTS:
            if not self.wants("outline", project):
                continue
            found = self.asked("symbols", project)
            counts = (found or {}).get("kinds", {}).get("ALL but locals", {})
            matched = counts.get("found", 0)
            share = lambda part, whole: 100 * part / whole if whole else None
            measured = {
                "recall": share(matched, counts.get("n")),
                "precision": share(found["ours_outer_in_truth"], found["ours_outer"]) if found else None,
                "kind family": share(counts.get("family", 0), matched),
                "container": share(counts.get("container", 0), matched),
            }
            for name, goal in OUTLINE.items():
                self.line("outline", f"{project} {name}", goal, measured[name])

    def asked(self, what, project):
        """What the server answers about a project, compared."""
        truth = self.truth / what / f"{project}.jsonl"
        root = names.root_of(truth, self.sources)
        os.environ["RUTTER_INDEX_DIR"] = str(self.work / f"{project}-index")
        subprocess.run([self.rutter, "index", root], check=True)
        args = ["--truth", truth, "--root", root, "--server", shlex.join([self.rutter, "lsp"])]
        found = self.compare(self.truth / f"compare_{what}.py", *args)
        del os.environ["RUTTER_INDEX_DIR"]
        return found

    def names(self):
        for part, lines in NAMES.items():
            for project in PROJECTS:
                if not self.wants(part, project):
                    continue
                found = self.asked(part, project)
                for name, goal, measured, note, at_most in lines(project, found) if found else [(project, 100.0, None, "", False)]:
                    self.line(part, name, goal, measured, note, at_most)

    def others(self):
        for part, program in OTHERS.items():
            path = HERE / program
            if not self.wants(part) or not (path.exists() or part in self.wanted):
                continue
            args = ["--rutter", self.rutter, "--truth", self.truth, "--sources", self.sources]
            found = self.compare(path, *args)
            for row in found or [{"name": program, "goal": None, "measured": None}]:
                self.line(part, row["name"], row["goal"], row["measured"], row.get("note", ""), row.get("at_most", False))

    def table(self):
        rows = [("part", "comparison", "goal", "measured", "", "")]
        for part, name, goal, measured, holds, note in self.lines:
            verdict = "MISSED" if not holds else "" if goal == "-" else "ok"
            rows.append((part, name, goal, measured, verdict, note))
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        for row in rows:
            left = "  ".join(text.ljust(width) for text, width in zip(row[:2], widths))
            right = "  ".join(text.rjust(width) for text, width in zip(row[2:4], widths[2:]))
            print(f"{left}  {right}  {row[4].ljust(widths[4])}  {row[5]}".rstrip())
        missed = sum(not line[4] for line in self.lines)
        print(f"\n{len(self.lines) - missed} hold, {missed} missed" if self.lines else "\nnothing was measured")
        return 1 if missed or not self.lines else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rutter", required=True)
    parser.add_argument("--truth", required=True, type=lambda text: Path(text).resolve())
    parser.add_argument("--sources", required=True, type=lambda text: Path(text).resolve())
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rutter-truth-") as work:
        measurement = Measurement(options, Path(work))
        measurement.metrics()
        measurement.graphs()
        measurement.outlines()
        measurement.names()
        measurement.others()
    print()
    return measurement.table()


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
