"""A server and a watch that nobody asks anything cost nothing, and a day of typing leaves no more memory behind than an hour."""

import subprocess
import time
from pathlib import Path

from client import NESTED, PROGRESS, Server, at, edit
from harness import check, memory, real_project, scale

KEYSTROKE = 0.2  # seconds between two, of a person who types without a pause
HOURS = 8
GROWTH = 1.1
# In the short form what is kept for a while is still being gathered: it finds what grows with every keystroke, no more.
GROWTH_AT_FIRST = 2.5


def cost(pid):
    """Clock ticks of all threads so far, and how often one of them woke up."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    wakes = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith(("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")):
                wakes += int(line.split()[1])
    return int(fields[11]) + int(fields[12]), wakes


def idle_processes(rutter, work):
    root, index = real_project(work / "project", files=40), work / "index"
    rutter.index(root, index)
    server = Server(rutter, root, index)
    server.start(root, NESTED | PROGRESS)
    path = root / "src" / "text" / "source.rs"
    server.open(path.as_uri(), "rust", path.read_text())
    server.request("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": at(20, 10)})
    check("the server's first run ends", server.settled())
    command = rutter.command("watch", root, "--quiet", index=index)
    watch = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=rutter.environment())
    # What was begun is brought to its end: buffers are written, threads that wait for work go.
    time.sleep(13)
    span = 10 if scale.short else 30
    before = {name: cost(pid) for name, pid in [("the language server", server.pid), ("`rutter watch`", watch.pid)]}
    time.sleep(span)
    for name, pid in [("the language server", server.pid), ("`rutter watch`", watch.pid)]:
        ticks, wakes = (now - then for now, then in zip(cost(pid), before[name]))
        check(f"{name}: {ticks} clock ticks and {wakes} wake-ups in {span} idle seconds", ticks == 0 and wakes == 0, (ticks, wakes))
    # And they were asleep, not dead.
    (root / "woken.py").write_text("def woken_up(): pass\n")
    end = time.monotonic() + 10
    while not (found := (server.request("workspace/symbol", {"query": "woken_up"}) or {}).get("result")) and time.monotonic() < end:
        time.sleep(0.05)
    check("a change wakes the server", found, found)
    watch.terminate()
    code = watch.wait(20)
    check("the watch ends well", code == 0, code)
    answer, code = server.end()
    check("and the server", code == 0, (answer, code))
    typing(rutter, root, index)


TYPED = "fn typed(a: u32) -> u32 {\n    if a > 2 { a + 1 } else { typed(a) }\n}\n"


def typing(rutter, root, index):
    """Text that is typed letter by letter and taken away again, with what an editor asks while it is."""
    server = Server(rutter, root, index)
    server.start(root, NESTED | PROGRESS)
    server.settled()
    paths = [root / "src" / "text" / name for name in ("source.rs", "lines.rs")]
    for path in paths:
        server.open(path.as_uri(), "rust", path.read_text())
    before = outline(server, paths[0])
    keys = keystrokes(server, paths)
    # Every path of the code was gone once, and what is kept for a while is kept: an hour's.
    warm = rounds(1000 if scale.short else int(3600 / KEYSTROKE))
    total = rounds(2000 if scale.short else int(HOURS * 3600 / KEYSTROKE))
    for _ in range(warm):
        next(keys)
    start, began = at_rests(server, keys), time.monotonic()
    for _ in range(total):
        next(keys)
    took = time.monotonic() - began
    now = at_rests(server, keys)
    shown = ", ".join(f"{name} {then / 2**20:.1f} -> {later / 2**20:.1f} MiB" for name, then, later in zip(start._fields, start, now))
    bound = GROWTH_AT_FIRST if scale.short else GROWTH
    within = all(later <= then * bound for then, later in zip(start, now))
    check(f"{total} keystrokes ({total / took:.0f} a second) after {warm}: {shown}", within, (start, now))
    after = outline(server, paths[0])
    check("all that was typed is gone again, and the outline is as it was", before and after == before, after)
    _, code = server.end()
    check("the server ends well", code == 0, code)


def outline(server, path):
    return (server.request("textDocument/documentSymbol", {"textDocument": {"uri": path.as_uri()}}) or {}).get("result")


# Both files have everything typed and taken away again.
ROUND = 2 * 2 * len(TYPED)


def rounds(keystrokes):
    """As many, and then to the end of the round."""
    return -(-keystrokes // ROUND) * ROUND


def keystrokes(server, paths):
    """One at each step, without an end; after each ROUND of them all that was typed is gone again."""
    version, number = 1, 0
    while True:
        for path in paths:
            uri = path.as_uri()
            document = {"textDocument": {"uri": uri}}
            place = at(0, 0)
            marks = [(0, 0)]
            for key in [*TYPED, *["\b"] * len(TYPED)]:
                line, column = marks[-1]
                if key == "\b":
                    marks.pop()
                    change = edit(*marks[-1], line, column, "")
                else:
                    marks.append((line + 1, 0) if key == "\n" else (line, column + 1))
                    change = edit(line, column, line, column, key)
                version, number = version + 1, number + 1
                server.change(uri, version, change)
                place = at(*marks[-1])
                if number % 5 == 0:
                    answer = server.request("textDocument/documentSymbol", document)
                    if answer is None or "error" in answer:
                        check("an outline while typing", False, answer)
                if number % 20 == 0:
                    server.request("textDocument/hover", {**document, "position": place})
                    server.request("textDocument/foldingRange", document)
                if number % 50 == 0:
                    server.request("textDocument/references", {**document, "position": at(30, 10), "context": {"includeDeclaration": True}})
                    server.request("workspace/symbol", {"query": "typed"})
                server.said.clear()
                yield
            server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def at_rests(server, keys):
    """The median of five moments: what the allocator still holds of the last work differs by a tenth from one to the next."""
    moments = []
    for _ in range(1 if scale.short else 5):
        for _ in range(ROUND):
            next(keys)
        moments.append(at_rest(server))
    return type(moments[0])(*(sorted(values)[len(values) // 2] for values in zip(*moments)))


def at_rest(server):
    """Memory when what was typed is written to the index, and nothing is under way."""
    time.sleep(4)
    server.request("workspace/symbol", {"query": "typed"})
    return memory(server.pid)
