"""An index whose data file was cut off or has flipped bits: nobody crashes over it, and nobody answers wrongly from it."""

import os
import random
import shutil
import time
from collections import Counter

from client import NESTED, PROGRESS, Server, at
from harness import check, difference, home, said, scale, small_project

PAGE = 4096
METHODS = ["textDocument/documentSymbol", "textDocument/definition", "textDocument/references", "textDocument/hover", "workspace/symbol"]


class Healthy:
    """An index, what it says, and copies of it to be damaged."""

    def __init__(self, rutter, work, name, **size):
        self.rutter, self.work = rutter, work
        self.root = small_project(work / f"project-{name}", **size)
        self.clean = work / f"clean-{name}"
        done = rutter.index(self.root, self.clean)
        self.generation = (home(self.clean) / "CURRENT").read_text().strip()
        self.data = (home(self.clean) / self.generation / "data.mdb").read_bytes()
        self.rows = rutter.rows(self.root, self.clean)
        check("there is an index to compare with", done.returncode == 0 and len(self.rows) > 50, done)
        server = self.serve(self.clean)
        server.settled()
        self.answers = self.ask(server)
        check("and answers of a server", all("result" in a for a in self.answers.values()) and server.end()[1] == 0, self.answers)

    def copy(self, data=None):
        """A copy of the index that has this data."""
        index = self.work / "index"
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(self.clean, index)
        if data is not None:
            self.file(index).write_bytes(data)
        return index

    def file(self, index):
        return home(index) / self.generation / "data.mdb"

    def serve(self, index):
        server = Server(self.rutter, self.root, index)
        server.start(self.root, NESTED | PROGRESS)
        return server

    def ask(self, server):
        """Every kind of question, on files that are not open: the answers come from the index."""
        document = {"textDocument": {"uri": (self.root / "m1.py").as_uri()}}
        there = {**document, "position": at(1, 13)}
        params = [document, there, {**there, "context": {"includeDeclaration": True}}, there, {"query": "f1_7"}]
        answers = {}
        for method, asked in zip(METHODS, params):
            answer = server.request(method, asked)
            answers[method] = answer and {key: answer[key] for key in ("result", "error") if key in answer}
        return answers

    def wrong(self, answers):
        """Answers that differ from the healthy ones and are not errors that say why."""
        return {
            method: answer
            for method, answer in answers.items()
            if answer != self.answers[method] and not (answer and answer.get("error", {}).get("message"))
        }

    def wrong_or_error(self, server):
        answers = self.ask(server)
        return {method: answer for method, answer in answers.items() if answer != self.answers[method]}


def notices(server):
    return [m["params"]["message"] for side, m in server.said if side == "server" and m.get("method") == "window/showMessage"]


def cuts(data):
    """Lengths: around each page's end, and others; the long form tries every one."""
    if not scale.short:
        yield from range(len(data))
        return
    ends = range(0, len(data), PAGE)
    dice = random.Random(2)
    around = {length + off for length in dice.sample(ends, 12) for off in (-1, 0, 1) if length + off >= 0}
    yield from sorted({0, 1, PAGE - 1, PAGE, 2 * PAGE - 1, 2 * PAGE, 2 * PAGE + 1, len(data) - 1, *around, *dice.sample(range(len(data)), 12)})


def flips(data):
    dice = random.Random(3)
    for _ in range(60 if scale.short else 1000):
        yield dice.randrange(len(data)), 1 << dice.randrange(8)


def damaged_bits(rutter, work):
    tiny = Healthy(rutter, work, "tiny", files=2, functions=8)
    cut = ((f"{length} bytes", tiny.data[:length]) for length in cuts(tiny.data))
    examine(tiny, f"cut short, of {len(tiny.data)} bytes", cut)
    healthy = Healthy(rutter, work, "small", files=3)

    def flipped():
        for where, bit in flips(healthy.data):
            data = bytearray(healthy.data)
            data[where] ^= bit
            yield f"bit {bit} of byte {where}", bytes(data)

    examine(healthy, "with a flipped bit", flipped())
    while_served(healthy)


def examine(healthy, kind, cases):
    """Each is read by the command line; some are met by a server, and some are indexed over."""
    rutter, root = healthy.rutter, healthy.root
    ends, wrong, unhealed, unserved = Counter(), [], [], []
    for number, (name, data) in enumerate(cases):
        index = healthy.copy(data)
        done = rutter.run("dump", root=root, index=index)
        if done.returncode == 0:
            rows = rutter.rows_of(done)
            ends["whole" if rows == healthy.rows else "wrong"] += 1
            if rows != healthy.rows:
                wrong.append((name, difference(healthy.rows, rows)))
        elif done.returncode in (3, 4) and said(done, "rutter index") and said(done, str(index)):
            ends["said"] += 1
        else:
            ends["crashed" if done.returncode < 0 or done.returncode == 101 else "unclear"] += 1
            wrong.append((name, done))
        if number % 8 == 0:
            done = rutter.index(root, index)
            if done.returncode != 0 or rutter.rows(root, index) != healthy.rows:
                unhealed.append((name, done, difference(healthy.rows, rutter.rows(root, index))))
        elif number % 8 == 4:
            server = healthy.serve(index)
            server.settled()
            bad = healthy.wrong(healthy.ask(server))
            _, code = server.end()
            if bad or code != 0:
                unserved.append((name, bad, code))
    count = sum(ends.values())
    check(f"{count} indexes {kind}: read right, or it is said why not ({dict(ends)})", not wrong and count > 0, (len(wrong), wrong[:2]))
    check(f"{kind}: the next run has it whole", not unhealed, (len(unhealed), unhealed[:1]))
    check(f"{kind}: a server that starts on it answers right, or says why not", not unserved, (len(unserved), unserved[:2]))


def while_served(healthy):
    """The file changes under a server that has it mapped."""
    dice = random.Random(5)
    size = len(healthy.data)

    def cut(length):
        return lambda data: os.truncate(data, length)

    def flip(count):
        def harm(data):
            with open(data, "r+b") as file:
                for where in dice.sample(range(size), count):
                    file.seek(where)
                    byte = file.read(1)[0]
                    file.seek(where)
                    file.write(bytes([byte ^ 1 << dice.randrange(8)]))

        return harm

    lengths = [0, PAGE, 2 * PAGE, size // 2, size - PAGE] if scale.short else [*range(0, size, PAGE), size // 2 + 1, size - 1]
    harms = [(f"cut to {length} bytes", cut(length)) for length in lengths]
    harms += [(f"{count} flipped bits, {turn}", flip(count)) for turn in range(2 if scale.short else 20) for count in ((1, 10) if scale.short else (1, 10, 100))]
    harms += [("replaced by a foreign file", lambda data: data.write_bytes(b"This is no database.\n" * 1000))]
    harms += [("removed", lambda data: data.unlink()), ("its directory removed", lambda data: shutil.rmtree(data.parent))]
    crashed, wrong, unhealed = [], [], []
    for name, harm in harms:
        index = healthy.copy()
        server = healthy.serve(index)
        server.settled()
        healthy.ask(server)
        harm(healthy.file(index))
        first = healthy.wrong(healthy.ask(server))
        healthy.rutter.index(healthy.root, index)
        end = time.monotonic() + 3
        while (then := healthy.wrong_or_error(server)) and time.monotonic() < end and server.process.poll() is None:
            time.sleep(0.1)
        _, code = server.end()
        if code not in (0, 1):
            crashed.append((name, code))
        elif first:
            wrong.append((name, first))
        elif then:
            unhealed.append((name, then, notices(server)))
    under = f"of {len(harms)} faults under a server that has the index open"
    check(f"{under}, it lives through all", not crashed, (len(crashed), crashed[:9]))
    check(f"{under}, none makes it answer wrongly", not wrong, (len(wrong), [name for name, _ in wrong], wrong[:1]))
    check(f"{under}, it answers right after all once there is a new run", not unhealed, (len(unhealed), [one[0] for one in unhealed], unhealed[:1]))
