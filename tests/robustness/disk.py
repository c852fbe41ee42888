"""Disks that fail, fill up, forbid, or lose the index: under runs, and under a server that has it open."""

import errno
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

from bits import notices
from client import NESTED, PROGRESS, Server, at
from harness import NOBODY, PATIENCE, check, difference, not_run, said, scale, small_project, survived

SHIM = Path(__file__).with_name("failing_disk.c")
WORDS = {errno.EIO: ["input/output error"], errno.ENOSPC: ["no space", "full"]}


def failing_disks(rutter, work):
    shim = work / "failing_disk.so"
    built = subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, SHIM, "-ldl"], capture_output=True, check=False)
    if not check("there is a disk that fails on command", built.returncode == 0, built):
        return
    root = small_project(work / "project", files=8)
    for number in WORDS:
        name = errno.errorcode[number]
        failing_runs(rutter, work, shim, root, number, name)
        failing_under_a_server(rutter, work, shim, number, name)
    full_under_a_server(rutter, work)
    forbidden(rutter, work)
    removed_under_a_server(rutter, work)


def failing(shim, index, number, **how):
    environment = {"LD_PRELOAD": str(shim), "FAIL_UNDER": str(index), "FAIL_ERRNO": str(number)}
    return environment | {f"FAIL_{key.upper()}": str(value) for key, value in how.items()}


def failing_runs(rutter, work, shim, root, number, name):
    """A first run and a later one, which may write so often and no more."""
    rutter.index(root, work / "clean")
    before = rutter.rows(root, work / "clean")
    for stage in ["a first run", "a later run"]:
        ends, faults = Counter(), []
        index = work / "index"

        def prepare():
            shutil.rmtree(index, ignore_errors=True)
            if stage == "a later run":
                shutil.copytree(work / "clean", index)

        if stage == "a later run":
            for path in sorted(root.glob("*.py"))[:4]:
                path.write_text(path.read_text() + f"def later_{path.stem}(): pass\n")
        prepare()
        count = work / "count"
        rutter.index(root, index, env=rutter.environment() | failing(shim, index, number, after=10**9, count=count))
        expected = rutter.rows(root, index)
        calls = int(count.read_text())
        tried = range(calls) if not scale.short else sorted({0, 1, 2, 3, calls - 1, *random.Random(1).sample(range(calls), min(12, calls))})
        for after in tried:
            prepare()
            done = rutter.index(root, index, env=rutter.environment() | failing(shim, index, number, after=after))
            rows = rutter.rows(root, index)
            # Nothing, what was there before, or all of it: files are replaced whole, one by one.
            halves = "dump" in rows or all(rows[key] in (before.get(key), expected.get(key)) for key in rows if key.startswith("file:path:"))
            ok = survived(done) and halves and (rows == expected if done.returncode == 0 else done.returncode == 4 and said(done, *WORDS[number]))
            if stage == "a first run" and done.returncode != 0:
                ok = ok and ("dump" in rows or not any(key.startswith("file:") for key in rows))
            then = rutter.index(root, index)
            healed = then.returncode == 0 and rutter.rows(root, index) == expected
            ends[done.returncode] += 1
            if not ok or not healed:
                faults.append((after, done, healed or difference(expected, rutter.rows(root, index))))
        check(f"{name} in {stage} after each of {len(tried)} of {calls} writes: it is said, nothing is torn, and the next run heals it ({dict(ends)})", calls > 5 and not faults, (len(faults), faults[:2]))
    for path in root.glob("*.py"):
        path.write_text(path.read_text().split("def later_")[0])


class Live:
    """A server with an open file and one that changes on disk, before, during and after something happens to its index."""

    def __init__(self, rutter, root, index, has_index=True, **options):
        self.rutter, self.root, self.index = rutter, root, index
        self.server = Server(rutter, root, index, **options)
        self.server.start(root, NESTED | PROGRESS)
        # Without an index there is no run over the workspace to be waited for.
        self.settled = has_index and self.server.settled()
        self.uri = (root / "typed.py").as_uri()
        self.version = 1
        self.server.open(self.uri, "python", "def typed_0(): pass\n")

    def outline(self):
        answer = self.server.request("textDocument/documentSymbol", {"textDocument": {"uri": self.uri}})
        return [symbol["name"] for symbol in (answer or {}).get("result") or []]

    def type(self, name):
        self.version += 1
        self.server.change(self.uri, self.version, {"text": f"def {name}(): pass\n"})

    def finds(self, name):
        """None where the search itself is an error."""
        answer = self.server.request("workspace/symbol", {"query": name})
        if answer is None or "error" in answer:
            return None
        return any(symbol["name"] == name for symbol in answer["result"] or [])

    def definition_is_right(self):
        """From a file that is not open into another place of it."""
        document = {"textDocument": {"uri": (self.root / "m1.py").as_uri()}, "position": at(1, 13)}
        answer = self.server.request("textDocument/definition", document)
        found = (answer or {}).get("result")
        if answer and answer.get("error", {}).get("message"):
            return True
        found = found[0] if isinstance(found, list) and found else found
        return bool(found) and found["uri"].endswith("m1.py") and found["range"]["start"]["line"] == 0

    def told(self, *words):
        """The user hears one of these words, if not at once."""
        end = time.monotonic() + PATIENCE / 4
        while True:
            heard = " ".join(notices(self.server)).lower()
            if any(word in heard for word in words):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def write(self, name):
        (self.root / f"{name}.py").write_text(f"def {name}(): pass\n")

    def comes_to_find(self, name, patience=PATIENCE / 2):
        end = time.monotonic() + patience
        while not (found := self.finds(name)) and time.monotonic() < end:
            time.sleep(0.05)
        return found


def project_for(work, name):
    root = small_project(work / f"project-{name}", files=8)
    index = work / f"index-{name}"
    return root, index


def failing_under_a_server(rutter, work, shim, number, name):
    root, index = project_for(work, f"served-{name}")
    switch = work / f"switch-{name}"
    live = Live(rutter, root, index, environment=failing(shim, index, number, switch=switch))
    live.write("before_it")
    check(f"{name} under a server: before it all is found", live.settled and live.comes_to_find("before_it"), notices(live.server))
    # Not in the middle of a commit: one that fails at its very end costs the process its map, which is another case.
    time.sleep(1)
    switch.touch()
    live.type("typed_1")
    check(f"{name} under a server: what is typed is answered at once", live.outline() == ["typed_1"], live.outline())
    live.write("during_it")
    time.sleep(2 if scale.short else 5)
    check("questions are answered right", live.finds("f1_7") and live.finds("before_it") and live.definition_is_right(), notices(live.server))
    check("also about what is typed", live.finds("typed_1"), live.finds("typed_1"))
    check("and it is said that and why the index is not written", live.told(*WORDS[number]), notices(live.server))
    switch.unlink()
    live.write("after_it")
    check("once writing is possible again, changes are followed again", live.comes_to_find("after_it"), notices(live.server))
    check("and what was missed is made good", live.comes_to_find("during_it"), notices(live.server))
    closed(live, f"{name} under a server")


def closed(live, name):
    """The session ends well, and its index is one of what is on disk."""
    _, code = live.server.end()
    check(f"{name}: the server ends well", code == 0, code)
    same_as_fresh(live.rutter, live.root, live.index, name)


def same_as_fresh(rutter, root, index, name):
    rows = rutter.rows(root, index)
    fresh = index.with_name(index.name + "-fresh")
    rutter.index(root, fresh)
    expected = rutter.rows(root, fresh)
    return check(f"{name}: the index is the one of a fresh run", rows == expected, difference(expected, rows))


def full_under_a_server(rutter, work):
    root, _ = project_for(work, "full")
    disk = work / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        not_run("a disk that fills under a server", "this user may not mount a tmpfs")
        return
    try:
        live = Live(rutter, root, disk / "index")
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        for turn in range(20):
            live.write(f"wide_{turn}")
            (root / f"wide_{turn}.py").write_text("".join(f"def wide_{turn}_{i}(a):\n    return wide_{turn}_{i}(a)\n" for i in range(200)))
        live.type("typed_full")
        check("a full disk under a server: what is typed is answered", live.outline() == ["typed_full"], live.outline())
        time.sleep(3)
        check("a full disk under a server: questions are answered right", live.finds("f1_7") and live.definition_is_right(), notices(live.server))
        check("and it is said", live.told(*WORDS[errno.ENOSPC]), notices(live.server))
        done = rutter.run("symbols", "f1_7", root=root, index=disk / "index")
        check("the command line reads it meanwhile", done.returncode == 0 and said(done, "f1_7"), done)
        filler.unlink()
        live.write("room_again")
        check("with room again, changes are followed", live.comes_to_find("room_again") and live.comes_to_find("wide_7_7"), notices(live.server))
        closed(live, "a full disk under a server")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def forbidden(rutter, work):
    """Rights that are missing, and ones that are taken away from a server."""
    if os.getuid() != 0:
        not_run("rights that are taken away", "only root can do so to another user's process")
        return
    os.chown(work, NOBODY, NOBODY)
    root, index = project_for(work, "rights")
    for path in [root, *root.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    check("an index of another user's", rutter.index(root, index, as_nobody=True).returncode == 0)
    expected = rutter.rows(root, index)
    everything = [index, *index.rglob("*")]

    def rights(directories, files):
        for path in everything:
            path.chmod(directories if path.is_dir() else files)

    # Nothing may be read.
    rights(0, 0)
    for question in [("dump",), ("symbols", "f1_7"), ("index",), ("status",), ("doctor",)]:
        root_option = {} if question[0] == "index" else {"root": root}
        arguments = (*question, root) if question[0] == "index" else question
        done = rutter.run(*arguments, index=index, as_nobody=True, **root_option)
        check(f"`{question[0]}` on an index without rights says so", survived(done) and done.returncode != 0 and said(done, "permission", "denied"), done)
    served(rutter, root, index, "an index that may not be read")
    # It may be read, and not written.
    rights(0o555, 0o444)
    done = rutter.run("dump", root=root, index=index, as_nobody=True)
    rows = rutter.rows_of(done) if done.returncode == 0 else None
    check("an index that may only be read is read", rows == expected, done)
    done = rutter.index(root, index, as_nobody=True)
    check("and that it cannot be written is said", done.returncode == 4 and said(done, "permission", "read-only", "writable"), done)
    served(rutter, root, index, "an index that may only be read")
    # Rights that go under a server, and come back.
    rights(0o700, 0o600)
    live = Live(rutter, root, index, as_nobody=True)
    rights(0, 0)
    live.type("typed_forbidden")
    live.write("forbidden")
    check("rights that are taken from a server: it answers", live.outline() == ["typed_forbidden"] and live.finds("f1_7") and live.definition_is_right(), notices(live.server))
    check("and follows changes, or says that it cannot", live.comes_to_find("forbidden", 3) or live.told("permission"), notices(live.server))
    rights(0o700, 0o600)
    # A source that may not be read any more.
    (root / "m2.py").chmod(0)
    (root / "forbidden.py").chmod(0)
    live.write("rights_again")
    check("sources that may not be read are no reason to stop", live.comes_to_find("rights_again"), notices(live.server))
    (root / "m2.py").chmod(0o644)
    (root / "forbidden.py").chmod(0o644)
    check("readable again, they are read", live.comes_to_find("forbidden"), notices(live.server))
    _, code = live.server.end()
    check("rights: the server ends well", code == 0, code)


def served(rutter, root, index, name):
    """A server that starts where it cannot use the index: from open files, and it says why."""
    live = Live(rutter, root, index, has_index=False, as_nobody=True)
    live.type("typed_without")
    check(f"{name}: a server answers from its open files", live.outline() == ["typed_without"] and live.finds("typed_without"), notices(live.server))
    check(f"{name}: it says why", live.told("permission"), notices(live.server))
    check(f"{name}: no wrong answer", live.finds("f1_7") in (None, True, False) and live.finds("no_such_name") in (None, False))
    _, code = live.server.end()
    check(f"{name}: it ends well", code == 0, code)


def removed_under_a_server(rutter, work):
    """Somebody clears the cache."""
    for name, remove in [
        ("the index directory removed", shutil.rmtree),
        ("all that is in it removed", lambda index: [shutil.rmtree(p) if p.is_dir() else p.unlink() for p in index.iterdir()]),
        ("the index directory moved away", lambda index: index.rename(index.with_name(index.name + "-away"))),
    ]:
        root, index = project_for(work, name.replace(" ", "-"))
        live = Live(rutter, root, index)
        live.write("before_it")
        check(f"{name}: before it all is found", live.settled and live.comes_to_find("before_it"), notices(live.server))
        remove(index)
        live.type("typed_1")
        live.write("during_it")
        check(f"{name}: the server answers", live.outline() == ["typed_1"] and live.finds("f1_7") and live.definition_is_right(), notices(live.server))
        check(f"{name}: it follows changes, or says that it cannot", live.comes_to_find("during_it", 3) or live.told("no such file"), notices(live.server))
        done = rutter.index(root, index)
        check(f"{name}: another run makes an index", done.returncode == 0 and len(rutter.rows(root, index)) > 500, done)
        live.write("after_it")
        check(f"{name}: the server follows changes behind it", live.comes_to_find("after_it"), notices(live.server))
        end = time.monotonic() + 5
        while not (found := said(rutter.run("symbols", "after_it", root=root, index=index), "after_it.py")) and time.monotonic() < end:
            time.sleep(0.1)
        check(f"{name}: into the index that others have", found, rutter.run("symbols", "after_it", root=root, index=index))
        check(f"{name}: it says what has happened", live.told("index"), notices(live.server))
        closed(live, name)
