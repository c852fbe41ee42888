"""A client of the language server over its real standard input and output, which keeps all that was said."""

import json
import os
import queue
import subprocess
import threading
import time

from harness import PATIENCE

# What a client may answer to a request of the server's, besides a result.
NOTHING = object()  # no answer at all


NESTED = {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}}
PROGRESS = {"window": {"workDoneProgress": True}}


class Refused(Exception):
    """The client answers with an error."""


class Server:
    """A server process; replies are kept by id. Requests of the server's are answered by `answers`, else with null."""

    def __init__(self, rutter, root, index, answers=None, environment=None, as_nobody=False):
        self.answers = answers or {}
        self.said = []  # ("client" or "server", message), in the order in which they were sent and came
        self.writing = threading.Lock()
        self.process = subprocess.Popen(
            rutter.command("lsp", index=index, as_nobody=as_nobody),
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**rutter.environment(), **(environment or {})},
        )
        self.messages = queue.Queue()
        self.replies = {}
        self.last = 0
        self.killed = False
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self):
        return self.process.pid

    def _read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line or length is None:
                self.messages.put(None)
                return
            body = stream.read(length)
            if len(body) < length:  # it was killed while it wrote
                self.messages.put(None)
                return
            message = json.loads(body)
            self.said.append(("server", message))
            if "method" in message and "id" in message:
                self._answer(message)
            elif "method" not in message:
                self.messages.put(message)

    def _answer(self, message):
        answer = self.answers.get(message["method"])
        try:
            result = answer(message.get("params")) if answer else None
        except Refused as why:
            self.send({"id": message["id"], "error": {"code": -32603, "message": str(why)}})
        else:
            if result is not NOTHING:
                self.send({"id": message["id"], "result": result})

    def raw(self, data):
        try:
            with self.writing:
                self.process.stdin.write(data)
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # the check that follows says that the server is gone

    def send(self, *messages):
        """Several go out in one write."""
        data = b""
        for message in messages:
            message = {"jsonrpc": "2.0", **message}
            self.said.append(("client", message))
            body = json.dumps(message).encode()
            data += b"Content-Length: %d\r\n\r\n" % len(body) + body
        self.raw(data)

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.last += 1
        asked = {"id": self.last, "method": method}
        self.send(asked if params is None else {**asked, "params": params})
        return self.last

    def reply(self, *numbers, patience=PATIENCE):
        """The first reply to one of the requests."""
        end = time.monotonic() + patience
        while True:
            for number in numbers:
                if number in self.replies:
                    return self.replies.pop(number)
            try:
                message = self.messages.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return None
            if message is None:
                self.messages.put(None)  # for whoever asks next
                return None
            if isinstance(message.get("id"), (int, str)):
                self.replies[message["id"]] = message
            elif None in numbers:
                return message

    def request(self, method, params, patience=PATIENCE):
        return self.reply(self.ask(method, params), patience=patience)

    def start(self, root, capabilities=None, **params):
        """`initialize` and `initialized`; gives the answer to the first."""
        named = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities or {}, **params}
        answer = self.request("initialize", named)
        self.notify("initialized", {})
        return answer

    def open(self, uri, language, text, version=1):
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri, version, *changes):
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def alive(self):
        """Answers one of two: the first may be swallowed by what stood before it."""
        first = self.ask("workspace/symbol", {"query": "zzz"})
        second = self.ask("workspace/symbol", {"query": "zzz"})
        return self.reply(second, first)

    def settled(self, patience=15 * PATIENCE):
        """Waits until the first run over the workspace has ended, of which a client with `PROGRESS` is told. It yields to all else."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.process.poll() is None:
            if any(m.get("method") == "$/progress" and m["params"]["value"].get("kind") == "end" for _, m in list(self.said)):
                return True
            time.sleep(0.01)
        return False

    def end(self):
        answer = self.request("shutdown", None)
        self.notify("exit", None)
        return answer, self.code()

    def code(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "still there"

    def kill(self):
        self.killed = True
        self.process.kill()
        self.process.wait()


def at(line, character):
    return {"line": line, "character": character}


def edit(line, character, end_line, end_character, text):
    return {"range": {"start": at(line, character), "end": at(end_line, end_character)}, "text": text}
