"""What no editor should send, sent to the language server over its real standard input."""

import random

from client import Server, at, edit
from harness import check, real_project


def frame(body, header=b"Content-Length: %d\r\n"):
    return (header % len(body) if b"%d" in header else header) + b"\r\n" + body


GOOD = b'{"jsonrpc":"2.0","id":"g","method":"workspace/symbol","params":{"query":"q"}}'
FRAMES = {
    "broken JSON": frame(b'{"jsonrpc":"2.0","id":1,'),
    "no JSON": frame(b"hello"),
    "an empty body": frame(b""),
    "bytes that are no UTF-8": frame(b'{"jsonrpc":"2.0","method":"\xff\xfe"}'),
    "a batch": frame(b"[" + GOOD + b"," + GOOD + b"]"),
    "an empty batch": frame(b"[]"),
    "a number": frame(b"7"),
    "null": frame(b"null"),
    "a method that is a number": frame(b'{"jsonrpc":"2.0","id":900,"method":7}'),
    "an id that is an object": frame(b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}'),
    "an id that is a float": frame(b'{"jsonrpc":"2.0","id":1.5,"method":"workspace/symbol","params":{"query":""}}'),
    "an id that is huge": frame(b'{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"workspace/symbol"}'),
    "no jsonrpc": frame(b'{"id":901,"method":"workspace/symbol","params":{"query":""}}'),
    "params that are a string": frame(b'{"jsonrpc":"2.0","id":902,"method":"workspace/symbol","params":"x"}'),
    "params of the wrong shape": frame(b'{"jsonrpc":"2.0","id":903,"method":"textDocument/hover","params":{"position":[]}}'),
    "no params": frame(b'{"jsonrpc":"2.0","id":904,"method":"textDocument/hover"}'),
    "a reply that nobody waits for": frame(b'{"jsonrpc":"2.0","id":99999,"result":{}}'),
    "JSON nested 10,000 deep": frame(b'{"jsonrpc":"2.0","id":905,"method":"x","params":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    "an unknown request": frame(b'{"jsonrpc":"2.0","id":906,"method":"no/such"}'),
    "an unknown $ request": frame(b'{"jsonrpc":"2.0","id":907,"method":"$/no/such"}'),
    "an unknown notification": frame(b'{"jsonrpc":"2.0","method":"no/such"}'),
    "a length that is no number": b"Content-Length: many\r\n\r\n{}\r\n\r\n",
    "a negative length": b"Content-Length: -5\r\n\r\n{}\r\n\r\n",
    "a length beyond all bounds": b"Content-Length: 99999999999999999999\r\n\r\n\r\n",
    "no length": b"Content-Type: application/json\r\n\r\n{}\r\n\r\n",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length too short": b"Content-Length: 5\r\n\r\n" + GOOD + b"\r\n",
    "small letters": frame(GOOD, b"content-length: %d\r\n"),
    "an unknown charset": frame(GOOD, b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=klingon\r\n"),
    "a header of 100,000 bytes": b"X-Long: " + b"x" * 100_000 + b"\r\n" + frame(GOOD),
    "line ends of one byte": b"Content-Length: %d\n\n" % len(GOOD) + GOOD,
    "noise": bytes(random.Random(3).randrange(256) for _ in range(4096)) + b"\r\n\r\n",
    "blank lines": b"\r\n" * 50,
}


def language_server(rutter, work):
    root = real_project(work / "project", files=40)
    server = Server(rutter, root, work / "index")
    started = server.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
    check("initialize", started and "capabilities" in (started.get("result") or {}), started)
    server.notify("initialized", {})
    for name, data in FRAMES.items():
        server.raw(data)
        answer = server.alive()
        if not check(f"{name}: the server goes on", answer is not None and "id" in answer, answer):
            server.process.kill()
            server = Server(rutter, root, work / "index")
            server.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
            server.notify("initialized", {})
    positions(server, root)
    changes(server, root)
    nesting(server, root)
    answer, code = server.end()
    check("shutdown and exit end it with 0", answer and answer.get("result", 1) is None and code == 0, (answer, code))

    for name, expected, leave in [
        ("exit without shutdown", 1, lambda s: s.notify("exit", None)),
        ("the end of standard input", 1, lambda s: s.process.stdin.close()),
    ]:
        server = Server(rutter, root, work / "index")
        server.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        leave(server)
        code = server.code()
        check(f"{name} ends it with {expected}", code == expected, code)
    server = Server(rutter, root, work / "index")
    answer = server.request("textDocument/hover", {"textDocument": {"uri": "file:///x.py"}, "position": {"line": 0, "character": 0}})
    check("a request before initialize is refused with -32002", answer and answer.get("error", {}).get("code") == -32002, answer)
    server.process.kill()


def positions(server, root):
    dice = random.Random(11)
    path = root / "src" / "text" / "source.rs"
    text = path.read_text()
    documents = {path.as_uri(): text, (root / "cr.py").as_uri(): "def a():\r    x = 1\r\ndef ä():\r\n    '\U0001f600'\r"}
    for uri, content in documents.items():
        server.open(uri, "rust" if uri.endswith(".rs") else "python", content)
    methods = ["hover", "documentHighlight", "selectionRange"]
    wrong = []
    for number in range(300):
        uri, content = dice.choice(list(documents.items()))
        lines = content.count("\n") + 2
        far = [0, 1, 2**31 - 1, lines, lines + 1000, dice.randrange(lines)]
        place = {"line": dice.choice(far[-1:] * 6 + far), "character": dice.choice([0, 2**31 - 1, 500] + [dice.randrange(120)] * 6)}
        method = dice.choice(methods)
        where = {"positions": [place, place]} if method == "selectionRange" else {"position": place}
        answer = server.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, **where})
        if answer is None or "error" in answer:
            wrong.append((number, method, place, answer))
    check("300 random positions in and beyond the text are answered", not wrong, wrong[:3])
    for name, place in [("negative", {"line": -1, "character": -1}), ("a word", {"line": "1", "character": 0}), ("huge", {"line": 2**40, "character": 0})]:
        answer = server.request("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": place})
        check(f"a position that is {name} is answered", answer is not None, answer)
    unknown = {"textDocument": {"uri": "file:///no/such/file.py"}, "position": {"line": 0, "character": 0}}
    for uri in ["file:///no/such/file.py", "untitled:Untitled-1", "git:/x.py?%7B%7D", "not a uri", ""]:
        unknown["textDocument"]["uri"] = uri
        check(f"hover in {uri or 'nothing'!r} is answered", server.request("textDocument/hover", unknown) is not None)


def changes(server, root):
    uri = (root / "changed.py").as_uri()
    server.open(uri, "python", "def a():\n    pass\n")
    ranges = [
        (at(0, 4), at(0, 10_000)), (at(1, 900), at(900, 1)), (at(500, 0), at(600, 0)), (at(1, 3), at(0, 2)),
        (at(2**31 - 1, 0), at(2**31 - 1, 2**31 - 1)), (at(0, 0), at(0, 0)),
    ]  # fmt: skip
    version = 1
    for start, end in ranges:
        version += 1
        server.change(uri, version, {"range": {"start": start, "end": end}, "text": "ä\U0001f600\r"})
    answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    check("changes beyond the text are lived through", answer and "result" in answer, answer)
    # A version that goes back, a change of a document that is not open, a close of one that is not open, a second open.
    server.change(uri, 1, {"text": "x = 1\n"})
    server.change(uri + "x", 1, {"text": ""})
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri + "x"}})
    server.notify("textDocument/didSave", {"textDocument": {"uri": uri + "x"}})
    server.open(uri, "python", "def second(): pass\n")
    whole = {"text": "def whole():\n    pass\n"}
    server.change(uri, 90, whole)
    answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    names = [symbol["name"] for symbol in (answer or {}).get("result") or []]
    check("a change of the whole text sets it right again", names == ["whole"], answer)
    dice = random.Random(5)
    text = ["def whole():", "    pass", ""]
    for version in range(100, 400):  # typing, one letter a message, against a model of the text
        line = dice.randrange(2)
        column = dice.randrange(len(text[line]) + 1)
        text[line] = text[line][:column] + "x" + text[line][column:]
        server.change(uri, version, edit(line, column, line, column, "x"))
    server.change(uri, 500, edit(0, 0, 0, len(text[0]), "def last():"))
    server.change(uri, 501, edit(1, 0, 1, len(text[1]), "    pass"))
    answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    names = [symbol["name"] for symbol in (answer or {}).get("result") or []]
    check("300 letters typed, none lost", names == ["last"], answer)


def nesting(server, root):
    for name, language, text in [
        ("deep.rs", "rust", "fn f() { " + "(" * 100_000 + ")" * 100_000 + " }"),
        ("deep.py", "python", "x = " + "[" * 100_000 + "]" * 100_000),
    ]:
        uri = (root / name).as_uri()
        server.open(uri, language, text)
        where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 50_000}}
        many = {"textDocument": {"uri": uri}, "positions": [where["position"]]}
        asked = {
            "hover": where, "documentSymbol": where, "foldingRange": where, "documentHighlight": where, "selectionRange": many,
        }  # fmt: skip
        answers = {method: server.request(f"textDocument/{method}", params) for method, params in asked.items()}
        silent = [method for method, answer in answers.items() if answer is None]
        check(f"100,000 levels in {name} are lived through", not silent, silent)
