"""Four processes on one index of files that change all the time, and one of the four is killed every few seconds.

Two language servers that edit, save and ask, `rutter index` in a loop, and `rutter watch`. A further process reads the index
as a stranger would, each time in one transaction.
"""

import hashlib
import json
import os
import random
import re
import subprocess
import threading
import time
from collections import Counter

import lmdb
from client import NESTED, PROGRESS, Server, at
from harness import check, difference, home, memory, real_project, said, scale

DEBOUNCE = 2.4  # seconds that changes may be waited for: `LONGEST` of the watch, and a run behind it
TAKEOVER = 2.0  # seconds
PRIVATE = 30 << 20  # bytes of a further reader
FILES = 24
NAME = re.compile(r"\b(\w+?)_v(\d+)_([ab])\b")


def body(stem, version):
    """A file of which every symbol and every piece names the version."""
    a, b = f"{stem}_v{version}_a", f"{stem}_v{version}_b"
    lines = [f"def {a}(x):", f"    return {b}(x)", "", *[f"# {a}"] * (version % 5), f"def {b}(x):", "    if x:", f"        return {a}(x)", "    return 2", ""]
    return "\n".join(lines)


def replace(path, text):
    """Whole, as good editors write: a file that is half written is read as it is, and read again."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    os.replace(beside, path)


class Stranger:
    """Reads the index with the Python package lmdb: whatever it reads of a file in one transaction has to agree.

    It knows another lock file than rutter's LMDB, so it reads without a lock, and again if a commit came in between.
    """

    TRANSACTION = [page + 144 for page in (0, 4096)]  # where the meta pages say which one wrote them

    def __init__(self, index):
        self.index, self.generation, self.env, self.file = index, None, None, None
        self.again = 0
        self.lock = threading.Lock()  # a process may open an environment once

    def begin(self):
        generation = (home(self.index) / "CURRENT").read_text().strip()
        if generation != self.generation:
            if self.env:
                self.env.close()
                self.file.close()
            self.env = lmdb.open(str(home(self.index) / generation), readonly=True, lock=False, max_dbs=0, map_size=1 << 36, readahead=False)
            self.file = open(home(self.index) / generation / "data.mdb", "rb", buffering=0)
            self.generation = generation
        return self.env.begin()

    def newest(self):
        return max(int.from_bytes(os.pread(self.file.fileno(), 8, at), "little") for at in self.TRANSACTION)

    def version(self, path):
        """The version of a file, 0 for none; and what does not agree in it."""
        while True:
            with self.lock, self.begin() as txn:
                try:
                    found = version_of(path, lambda key: get(txn, key), lambda prefix: under(txn, prefix))
                except (lmdb.Error, ValueError) as problem:
                    found = 0, f"{path}: {problem!r}"
                if self.newest() == txn.id():
                    return found
            self.again += 1


def get(txn, key):
    value = txn.get(key.encode())
    return value if value is None else json.loads(bytes(value))


def under(txn, prefix):
    cursor, found = txn.cursor(), []
    if cursor.set_range(prefix.encode()):
        for key, value in cursor:
            if not bytes(key).startswith(prefix.encode()):
                break
            found.append(json.loads(bytes(value)))
    return found


def version_of(path, one, several):
    record = one(f"file:path:{path}")
    chunks = several(f"chunk:{path}:")
    if record is None:
        return 0, chunks and f"{path}: no record, and {len(chunks)} chunks"
    ids = one(f"file:sym:{record['file_id']}") or []
    symbols = [one(f"sym:id:{number}") for number in ids]
    if None in symbols:
        return 0, f"{path}: it lists a symbol that is not there"
    stem = path.removesuffix(".py")
    names = {symbol["name"] for symbol in symbols if symbol["kind"] != "module"}
    versions = {int(match[2]) for name in names for match in [NAME.fullmatch(name)] if match}
    if len(versions) != 1 or len(names) != 2:
        return 0, f"{path}: symbols {sorted(names)}"
    version = versions.pop()
    text = body(stem, version)
    if record["content_hash"] != hashlib.sha256(text.encode()).hexdigest():
        return 0, f"{path}: symbols of version {version}, and the hash of another"
    wrong = [chunk["content"] for chunk in chunks if any(int(m[2]) != version for m in NAME.finditer(chunk["content"]))]
    if wrong or not chunks:
        return 0, f"{path}: symbols of version {version}, and chunks {wrong}"
    named = [(name, one(f"name:{name}:{record['file_id']}")) for name in names]
    if any(not number for _, number in named):
        return 0, f"{path}: names that lead nowhere: {named}"
    return version, None


class World:
    """The workspace, what was written to it and when, and what was seen of it."""

    def __init__(self, rutter, root, index):
        self.rutter, self.root, self.index = rutter, root, index
        self.lock = threading.Lock()
        self.written = {f"live{number}.py": [] for number in range(FILES)}  # of each file (moment, version)
        self.seen = Counter()
        self.faults = []
        self.over = threading.Event()
        self.stranger = Stranger(index)
        self.acknowledged = Counter()
        self.dice = random.Random(9)

    def fault(self, *what):
        with self.lock:
            self.faults.append(what)

    def write(self, path):
        with self.lock:
            past = self.written[path]
            version = past[-1][1] + 1 if past else 1
            replace(self.root / path, body(path.removesuffix(".py"), version))
            past.append((time.monotonic(), version))
        return version

    def version_at(self, path, moment):
        with self.lock:
            return max((version for when, version in self.written[path] if when <= moment), default=0)

    def must_have(self, moment, paths, who):
        """What was acknowledged is there."""
        for path in paths:
            version, torn = self.stranger.version(path)
            wanted = self.version_at(path, moment)
            self.acknowledged[who] += 1
            if torn:
                self.fault("torn", who, torn)
            elif version < wanted:
                self.fault("lost", f"{who} said that {path} is indexed at version {wanted}, and it is at {version}")

    def mutate(self):
        """Files change all the time: one by one, many at once, and others come and go."""
        number = 0
        while not self.over.wait(self.dice.choice([0.02, 0.05, 0.1, 0.4])):
            number += 1
            for path in self.dice.sample(sorted(self.written), 8 if number % 20 == 0 else 1):
                self.write(path)
            passing = self.root / f"passing{number % 7}.py"
            if passing.exists():
                passing.unlink()
            elif number % 3 == 0:
                passing.write_text(f"def passing_{number}(): pass\n")

    def look(self):
        """No read is torn, and no version comes back once a later one was seen."""
        while not self.over.wait(0.01):
            path = self.dice.choice(sorted(self.written))
            version, torn = self.stranger.version(path)
            if torn:
                self.fault("torn", torn)
            elif version < self.seen[path]:
                self.fault("lost", f"{path} was at version {self.seen[path]}, and is at {version}")
            self.seen[path] = max(self.seen[path], version)
            self.acknowledged["looks"] += 1


class Editor:
    """A language server and whoever types into it. Started again when it is killed."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.path = world.root / f"typed_{name}.py"
        self.shared = world.root / "shared.py"
        self.answered = 0
        self.begin()
        threading.Thread(target=self.live, daemon=True).start()

    def begin(self):
        server = Server(self.world.rutter, self.world.root, self.world.index)
        server.start(self.world.root, NESTED | PROGRESS)
        server.open(self.path.as_uri(), "python", "")
        server.open(self.shared.as_uri(), "python", f"def only_{self.name}(): pass\n")
        self.number, self.server = 0, server

    @property
    def pid(self):
        return self.server.pid

    def kill(self):
        self.server.kill()

    def outline(self, server, path):
        answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": path.as_uri()}})
        return answer and [symbol["name"] for symbol in answer.get("result") or []]

    def live(self):
        while not self.world.over.is_set():
            server = self.server
            self.number = number = self.number + 1
            text = f"def typed_{self.name}_{number}(a):\n    return a\n"
            server.change(self.path.as_uri(), number + 1, {"text": text})
            for path, names in [(self.path, [f"typed_{self.name}_{number}"]), (self.shared, [f"only_{self.name}"])]:
                seen = self.outline(server, path)
                if server.killed:
                    break
                if seen != names:
                    self.world.fault("wrong answer", self.name, path.name, names, seen)
                self.answered += 1
            server.request("textDocument/hover", {"textDocument": {"uri": self.path.as_uri()}, "position": at(0, 6)})
            server.request("workspace/symbol", {"query": "live"})
            if number % 5 == 0:
                self.path.write_text(text)
                server.notify("textDocument/didSave", {"textDocument": {"uri": self.path.as_uri()}})
            time.sleep(0.05)

    def end(self):
        for path in (self.path, self.shared):
            self.server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        return self.server.end()


class Indexer:
    """`rutter index`, again and again. What it says is done is there."""

    def __init__(self, world):
        self.world = world
        self.process = None
        self.runs = 0
        threading.Thread(target=self.live, daemon=True).start()

    def begin(self):
        pass  # it begins again by itself

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        while self.process is None or self.process.poll() is not None:
            time.sleep(0.001)
        self.process.kill()

    def live(self):
        world = self.world
        while not world.over.is_set():
            begun = time.monotonic()
            command = world.rutter.command("index", world.root, index=world.index)
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=world.rutter.environment())
            out, error = self.process.communicate()
            if self.process.returncode == 0:
                self.runs += 1
                world.must_have(begun, world.written, "rutter index")
            elif self.process.returncode != -9:
                world.fault("rutter index", self.process.returncode, out, error)
            time.sleep(0.3)


class Watcher:
    """`rutter watch`. What it says it has read is there."""

    def __init__(self, world):
        self.world = world
        self.events = 0
        self.begin()

    def begin(self):
        command = self.world.rutter.command("watch", self.world.root, "--json", index=self.world.index)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.world.rutter.environment())
        threading.Thread(target=self.hear, args=(self.process,), daemon=True).start()

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hear(self, process):
        for line in process.stdout:
            now = time.monotonic()
            event = json.loads(line)
            self.events += 1
            # What was written before it began. Its own clock is not ours: half a second is let pass.
            begun = now - event.get("duration_ms", 0) / 1000 - 0.5
            if event["event"] == "files":
                self.world.must_have(begun, [path for path in event["files"] if path in self.world.written], "rutter watch")
            elif event["event"] in ("run", "watching") and not event.get("partial"):
                self.world.must_have(begun, self.world.written, "rutter watch")
            elif event["event"] == "failed":
                self.world.fault("rutter watch", event)

    def end(self):
        self.process.terminate()
        return self.process.wait(20)


def killed_sessions(rutter, work):
    root, index = real_project(work / "project", files=60, rust=not scale.short), work / "index"
    world = World(rutter, root, index)
    (root / "shared.py").write_text("def on_disk(): pass\n")
    for path in world.written:
        world.write(path)
    rutter.index(root, index)
    editors = [Editor(world, name) for name in ("one", "two")]
    indexer, watcher = Indexer(world), Watcher(world)
    for editor in editors:
        editor.server.settled()
    threads = [threading.Thread(target=work, daemon=True) for work in (world.mutate, world.look)]
    for thread in threads:
        thread.start()
    dice = random.Random(4)
    period, end = (2.5, time.monotonic() + 25) if scale.short else (5.0, time.monotonic() + 300)
    killed, took = Counter(), []
    while time.monotonic() < end:
        time.sleep(period / 2)
        victim = dice.choice([*editors, indexer, watcher])
        name = getattr(victim, "name", type(victim).__name__)
        victim.kill()
        killed[name] += 1
        took.append((takeover(world), name))
        victim.begin()
        time.sleep(max(0.0, period / 2 - took[-1][0]))
        dumped(world)
    world.over.set()
    for thread in threads:
        thread.join()
    slow = [pair for pair in took if pair[0] > TAKEOVER + DEBOUNCE]
    times = sorted(seconds for seconds, _ in took)
    check(f"{sum(killed.values())} processes were killed ({dict(killed)}), and the next change was in the index after {times[len(times) // 2]:.2f} s (median), {times[-1]:.2f} s at most", killed and not slow, slow)
    by_kind = Counter(fault[0] for fault in world.faults)
    of = lambda kind: [fault for fault in world.faults if fault[0] == kind]
    check(f"{world.acknowledged['looks']} reads in one transaction, and {world.acknowledged['dumped']} of dumps: none torn", not of("torn") and world.acknowledged["looks"] > 100, of("torn")[:3])
    check(f"{world.acknowledged['rutter index']} files that `rutter index` and {world.acknowledged['rutter watch']} that `rutter watch` said were indexed: none lost", not of("lost") and indexer.runs > 2 and watcher.events > 2, (by_kind, of("lost")[:3], indexer.runs, watcher.events))
    check(f"{sum(editor.answered for editor in editors)} answers of language servers: all of their own text", not of("wrong answer"), of("wrong answer")[:3])
    others = [fault for fault in world.faults if fault[0] not in ("torn", "lost", "wrong answer")]
    check("and nothing else went wrong", not others, others[:3])
    ends(world, editors, watcher)


def dumped(world):
    """rutter's own reader: all rows of one transaction."""
    done = world.rutter.run("dump", root=world.root, index=world.index)
    if done.returncode != 0:
        world.fault("rutter dump", done)
        return
    # Reading the rest takes longer than the time between two kills.
    lines = [line for line in done.stdout.split(b"\n") if b"live" in line or b'"file:sym:' in line]
    rows = {row["key"]: row["value"] for row in map(json.loads, lines)}
    chunks = {}
    for key, value in rows.items():
        if key.startswith("chunk:live"):
            chunks.setdefault(key.split(":")[1], []).append(value)
    for path in world.written:
        version, torn = version_of(path, rows.get, lambda prefix: chunks.get(prefix.split(":")[1], []))
        if torn:
            world.fault("torn", "rutter dump", torn)
        world.acknowledged["dumped"] += 1


def takeover(world):
    """How long after a kill the next change on disk is in the index."""
    path = "live0.py"
    begun = time.monotonic()
    version = world.write(path)
    while time.monotonic() < begun + 20:
        seen, _ = world.stranger.version(path)
        if seen >= version:
            break
        time.sleep(0.005)
    return time.monotonic() - begun


def ends(world, editors, watcher):
    rutter, root, index = world.rutter, world.root, world.index
    # Two further readers, which come when all is there.
    readers = [Server(rutter, root, index) for _ in range(2)]
    for reader in readers:
        reader.start(root, NESTED | PROGRESS)
    private = []
    for reader in readers:
        reader.settled()
        reader.request("workspace/symbol", {"query": "live"})
        reader.request("textDocument/hover", {"textDocument": {"uri": (root / "live1.py").as_uri()}, "position": at(0, 6)})
        private.append(memory(reader.pid).private)
    shown = ", ".join(f"{size / 2**20:.1f}" for size in private)
    check(f"a further reader has {shown} MiB of its own", max(private) <= PRIVATE, private)
    of_others = {type(one).__name__ + getattr(one, "name", ""): f"{memory(one.pid).private / 2**20:.1f} MiB" for one in [*editors, watcher]}
    print(f"      and those that were there before {of_others}")
    codes = [reader.end()[1] for reader in readers] + [editor.end()[1] for editor in editors]
    check("the language servers end well", codes == [0] * len(codes), codes)
    time.sleep(DEBOUNCE + 0.6)
    code = watcher.end()
    check("the watch ends well on SIGTERM", code == 0, code)
    rows = rutter.rows(root, index)
    fresh = index.with_name("fresh")
    rutter.index(root, fresh)
    expected = rutter.rows(root, fresh)
    check("without a further run the index is the one of a fresh run", rows == expected, difference(expected, rows))
    done = rutter.run("doctor", root=root, index=index)
    check("and the doctor finds it sound and fresh", done.returncode == 0 and not said(done, "fault", "warning"), done)
    done = rutter.index(root, index)
    rows = rutter.rows(root, index)
    check("a further run leaves it so", done.returncode == 0 and rows == expected, difference(expected, rows))
