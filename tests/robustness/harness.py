"""What the tests of bad input share: checks that count, the program as a black box, and dumps that can be compared."""

import json
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

counts = {"passed": 0, "failed": 0}


class scale:  # noqa: N801 - a few numbers that are looked up by name
    """How much is tried: enough for every test run, or for an hour."""

    short = True


NOBODY = 65534
PATIENCE = 20  # seconds for an answer; only a failure waits that long
# Far above what any input may cost. Beyond it the program is ended, and not the machine's other work.
MEMORY = 2 << 30


def check(name, ok, seen=None):
    """One claim. What was seen is shown when it does not hold."""
    counts["passed" if ok else "failed"] += 1
    print(f"ok    {name}" if ok else f"FAIL  {name}: {str(seen)[:1200]}", flush=True)
    return ok


def home(index):
    """Where in its directory the index of the newest format is."""
    return max(index.glob("v*"), key=lambda path: int(path.name[1:]))


def not_run(name, why):
    print(f"      not run: {name}: {why}", flush=True)


class Rutter:
    """The program, with an index of its own in a directory that goes away."""

    def __init__(self, program, work):
        # A copy that every user may run, wherever the build directory lies.
        self.program = work / "rutter"
        shutil.copy(program, self.program)
        self.program.chmod(0o755)
        self.work = work

    def run(self, *arguments, root=None, index=None, limit=120, as_nobody=False, **options):
        command = self.command(*arguments, root=root, index=index, as_nobody=as_nobody)
        options.setdefault("env", self.environment())
        try:
            return subprocess.run(command, capture_output=True, timeout=limit, check=False, preexec_fn=bounded, **options)
        except subprocess.TimeoutExpired as late:
            return subprocess.CompletedProcess(command, -100, late.stdout or b"", b"no end after %d s" % limit)

    def environment(self):
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.work / "cache"), "RUST_BACKTRACE": "0"}
        environment.pop("RUTTER_INDEX_DIR", None)
        return environment

    def command(self, *arguments, root=None, index=None, as_nobody=False):
        command = [str(self.program), *map(str, arguments)]
        if root is not None:
            command += ["--root", str(root)]
        if index is not None:
            command += ["--index-dir", str(index)]
        if as_nobody and os.getuid() == 0:
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        return command

    def index(self, root, index, **options):
        return self.run("index", root, index=index, **options)

    def rows(self, root, index):
        """All rows but those of runs, without clock times: what two indexes of the same files share."""
        done = self.run("dump", root=root, index=index)
        return {"dump": repr(done)} if done.returncode != 0 else self.rows_of(done)

    @staticmethod
    def rows_of(done):
        rows = {}
        for line in done.stdout.split(b"\n"):
            if line:
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    return {"dump": f"no JSON: {problem}: {line[:300]!r}"}
                if not row["key"].startswith("execlog:"):
                    rows[row["key"]] = timeless(row["value"])
        return rows


def bounded():
    """Private memory; the mapping of the index does not count."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def timeless(value):
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if not k.endswith("_at")}
    if isinstance(value, list):
        return [timeless(item) for item in value]
    return value


def difference(left, right):
    """The first rows that two dumps do not share."""
    keys = [key for key in sorted({**left, **right}) if left.get(key) != right.get(key)]
    return f"{len(keys)} rows differ", [(key, left.get(key), right.get(key)) for key in keys[:2]]


def survived(done):
    """It ended by itself, and not by a signal, a panic (101) or a time limit."""
    return done.returncode >= 0 and done.returncode != 101


def said(done, *words):
    text = (done.stderr + done.stdout).decode("utf-8", "replace").lower()
    return any(word in text for word in words)


def workspace(name=None):
    """A directory that any user may enter."""
    directory = Path(tempfile.mkdtemp(prefix=f"rutter-{name or 'work'}-"))
    directory.chmod(0o755)
    return directory


def small_project(root, files=20, functions=40):
    root.mkdir()
    (root / ".ignore").touch()
    for number in range(files):
        (root / f"m{number}.py").write_text("".join(f"def f{number}_{i}(a):\n    return f{number}_{i}(a)\n\n" for i in range(functions)))
    return root


def real_project(directory, files=90, rust=True):
    """So many real files of Python (pip's own, which every virtual environment has) and, unless unwanted, rutter's own."""
    import pip

    home = Path(pip.__file__).parent
    for path in sorted(home.rglob("*.py"))[:files]:
        target = directory / "pip" / path.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    if rust:
        shutil.copytree(Path(__file__).parents[2] / "src", directory / "src")
    (directory / ".ignore").touch()
    return directory


class Memory(NamedTuple):
    """Of a process, in bytes."""

    resident: int
    private: int


def memory(pid):
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        fields[name] = int(value.split()[0]) << 10
    return Memory(fields["Rss"], fields["Private_Clean"] + fields["Private_Dirty"])
