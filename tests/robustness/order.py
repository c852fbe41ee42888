"""Messages that come too early, too late, twice, too large, of unknown methods or with wrong parameters: LSP 3.17 says what to do."""

import json
import time

from client import NESTED, Server, at, edit
from conformance import Session
from harness import check, memory, small_project
from text import Text

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, NOT_INITIALIZED = -32700, -32600, -32601, -32602, -32002
CANCELLED = -32800
HOVER = "textDocument/hover"
ENCODINGS = ["utf-8", "utf-16", "utf-32"]


def order(rutter, work):
    root = small_project(work / "project")
    uri = (root / "m1.py").as_uri()
    where = {"textDocument": {"uri": uri}, "position": at(0, 5)}
    before(rutter, root, work / "index", where)
    after(rutter, root, work / "index", where)
    server = Server(rutter, root, work / "index")
    server.start(root, NESTED)
    methods(server, where)
    ids(server, where)
    parameters(server, uri)
    frames(server)
    documents(server, root)
    schemes(server, root)
    done(server, "all of this")
    together(rutter, root, work / "index", uri)
    for encoding in ENCODINGS:
        columns(rutter, root, work / "index", encoding)


def code(answer):
    """Of an error, 0 for a result, None for silence."""
    return answer and answer.get("error", {}).get("code", 0)


def refused(name, expected, answer):
    check(f"{name}: {expected}", code(answer) == expected, answer)


def done(server, name, expected=0):
    answer, status = server.end()
    check(f"after {name} shutdown and exit end with {expected}", code(answer) == 0 and status == expected, (answer, status))
    faults = Session().all(server.said).end()
    check(f"in {name} every message of the server's is as LSP has it", not faults, faults[:3])


def silent(server, name, send):
    """What is sent is not answered: between two answers there is no third."""
    seen = len(server.said)
    send()
    answer = server.request("workspace/symbol", {"query": "f1_1"})
    extra = [m for side, m in server.said[seen:] if side == "server" and "method" not in m and m.get("id") != server.last]
    check(f"{name} is not answered, and what follows is", code(answer) == 0 and not extra, (answer, extra))


def before(rutter, root, index, where):
    server = Server(rutter, root, index)
    refused("a request before initialize", NOT_INITIALIZED, server.request(HOVER, where))
    refused("an unknown request before initialize", NOT_INITIALIZED, server.request("no/such", {}))
    refused("shutdown before initialize", NOT_INITIALIZED, server.request("shutdown", None))
    server.open(where["textDocument"]["uri"], "python", "def early(): pass\n")
    server.notify("initialized", {})
    server.raw(b"Content-Length: 3\r\n\r\n{]}")
    refused("what is no JSON before initialize", PARSE_ERROR, server.reply(None))
    answer = server.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
    check("initialize after all that is answered", "capabilities" in ((answer or {}).get("result") or {}), answer)
    answer = server.request(HOVER, where)
    check("a request between initialize and initialized is answered", code(answer) == 0, answer)
    answer = server.request("textDocument/documentSymbol", {"textDocument": where["textDocument"]})
    check("a document that was opened before initialize is not open", "early" not in json.dumps(answer), answer)
    refused("a second initialize", INVALID_REQUEST, server.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}}))
    server.notify("initialized", {})
    server.notify("initialized", {})
    answer = server.request(HOVER, where)
    check("initialized twice is lived through", code(answer) == 0, answer)
    done(server, "an early client")
    for name, params in [("no parameters", None), ("a list", []), ("odd ones", {"capabilities": 7, "rootUri": 3, "workspaceFolders": "x", "processId": "me"})]:
        server = Server(rutter, root, index)
        answer = server.request("initialize", params)
        check(f"initialize with {name} is answered", code(answer) in (0, INVALID_PARAMS), answer)
        server.kill()
    server = Server(rutter, root, index)
    server.notify("exit", None)
    status = server.code()
    check("exit before initialize ends with 1", status == 1, status)


def after(rutter, root, index, where):
    server = Server(rutter, root, index)
    server.start(root)
    check("shutdown", code(server.request("shutdown", None)) == 0)
    for name, method, params in [
        ("a request", HOVER, where), ("a second shutdown", "shutdown", None), ("an unknown request", "no/such", {}),
        ("initialize", "initialize", {"processId": None, "rootUri": None, "capabilities": {}}),
    ]:  # fmt: skip
        refused(f"{name} after shutdown", INVALID_REQUEST, server.request(method, params))
    server.open(where["textDocument"]["uri"], "python", "def late(): pass\n")
    server.change(where["textDocument"]["uri"], 2, {"text": ""})
    server.notify("no/such", {})
    server.notify("exit", None)
    status = server.code()
    check("notifications after shutdown are lived through, and exit ends with 0", status == 0, status)
    faults = Session().all(server.said).end()
    check("after shutdown every message of the server's is as LSP has it", not faults, faults[:3])
    server = Server(rutter, root, index)
    server.start(root)
    server.send({"id": 1000, "method": "shutdown"}, {"method": "exit"})
    answer, status = server.reply(1000), server.code()
    check("shutdown and exit in one write: answered, and 0", code(answer) == 0 and status == 0, (answer, status))


def methods(server, where):
    refused("an unknown request", METHOD_NOT_FOUND, server.request("no/such", {"a": 1}))
    refused("an unknown $ request", METHOD_NOT_FOUND, server.request("$/no/such", None))
    refused("a method that is not offered", METHOD_NOT_FOUND, server.request("textDocument/completion", where))
    refused("a method without a name", METHOD_NOT_FOUND, server.request("", {}))
    answer = server.request("textDocument/didOpen", {})
    check("a notification's method as a request is no method, or no request", code(answer) in (METHOD_NOT_FOUND, INVALID_REQUEST), answer)
    silent(server, "an unknown notification", lambda: server.notify("no/such", {}))
    silent(server, "an unknown $ notification", lambda: server.notify("$/no/such", {}))
    silent(server, "a request's method as a notification", lambda: server.notify(HOVER, where))
    silent(server, "a notification with wrong parameters", lambda: server.notify("textDocument/didOpen", {"textDocument": 7}))
    silent(server, "a notification without parameters", lambda: server.notify("textDocument/didChange", None))
    silent(server, "an answer to what was not asked", lambda: server.send({"id": 4711, "result": {}}))
    silent(server, "an error to what was not asked", lambda: server.send({"id": "x", "error": {"code": -1, "message": "no"}}))


def ids(server, where):
    for number in [0, -1, 2**31 - 1, "", "a", "1", "ä\U0001f600\n"]:
        server.send({"id": number, "method": HOVER, "params": where})
        answer = server.reply(number)
        check(f"the id {number!r} comes back as it is", code(answer) == 0 and type(answer["id"]) is type(number), answer)
    server.send({"id": 500, "method": HOVER, "params": where}, {"id": 500, "method": HOVER, "params": where})
    answers = [server.reply(500), server.reply(500)]
    check("two requests of one id have two answers", None not in answers, answers)
    server.send({"id": 500, "method": HOVER, "params": where})
    check("and the id can be used again", code(server.reply(500)) == 0)
    # Cancels that come first, that come late, and of the wrong type.
    server.notify("$/cancelRequest", {"id": 600})
    server.send({"id": 600, "method": HOVER, "params": where})
    # It may still be on its way to the list of requests when its request enters that.
    answer = server.reply(600)
    check("a cancel before its request is lived through", code(answer) in (0, CANCELLED), answer)
    for params in [{"id": 600}, {"id": "600"}, {"id": None}, {"id": {}}, {}, None]:
        silent(server, f"a cancel with {params}", lambda params=params: server.notify("$/cancelRequest", params))
    batch = [{"id": 700 + number, "method": "workspace/symbol", "params": {"query": "f"}} for number in range(200)]
    server.send(*batch, *[{"method": "$/cancelRequest", "params": {"id": 700 + number}} for number in range(200)])
    codes = {code(server.reply(700 + number)) for number in range(200)}
    check("200 requests that are cancelled are answered, or refused as cancelled", codes <= {0, CANCELLED}, codes)


def parameters(server, uri):
    document = {"uri": uri}
    wrong = {
        "no parameters": None,
        "a list": [document, at(0, 0)],
        "no position": {"textDocument": document},
        "no document": {"position": at(0, 0)},
        "a document that is a string": {"textDocument": uri, "position": at(0, 0)},
        "a position that is a number": {"textDocument": document, "position": 3},
        "a negative line": {"textDocument": document, "position": at(-1, 0)},
        "a line that is a fraction": {"textDocument": document, "position": at(0.5, 0)},
        "a line beyond 32 bits": {"textDocument": document, "position": at(2**32, 0)},
        "a line that is a word": {"textDocument": document, "position": at("0", 0)},
        "a URI that is none": {"textDocument": {"uri": "no uri"}, "position": at(0, 0)},
        "an empty URI": {"textDocument": {"uri": ""}, "position": at(0, 0)},
        "a URI that is null": {"textDocument": {"uri": None}, "position": at(0, 0)},
    }
    for name, params in wrong.items():
        refused(f"hover with {name}", INVALID_PARAMS, server.request(HOVER, params))
    refused("a search for a number", INVALID_PARAMS, server.request("workspace/symbol", {"query": 7}))
    refused("references without a context", INVALID_PARAMS, server.request("textDocument/references", {"textDocument": document, "position": at(0, 0)}))
    refused("selections at no list", INVALID_PARAMS, server.request("textDocument/selectionRange", {"textDocument": document, "positions": at(0, 0)}))
    answer = server.request("textDocument/selectionRange", {"textDocument": document, "positions": []})
    check("selections at no position: none", code(answer) == 0 and not answer["result"], answer)
    refused("incoming calls of nothing", INVALID_PARAMS, server.request("callHierarchy/incomingCalls", {"item": None}))
    for params in ["x", 7, True]:
        server.send({"id": "odd", "method": HOVER, "params": params})
        refused(f"parameters that are {params!r}", INVALID_REQUEST, server.reply("odd"))
    span = {"start": at(0, 0), "end": at(0, 1)}
    item = {"name": "x", "kind": 12, "uri": uri, "range": span, "selectionRange": span}
    for method in ["callHierarchy/incomingCalls", "callHierarchy/outgoingCalls", "typeHierarchy/supertypes", "typeHierarchy/subtypes"]:
        for data in [None, 7, "x", {"id": -1}, {"symbol": 2**53}, [[]]]:
            answer = server.request(method, {"item": item if data is None else {**item, "data": data}})
            check(f"{method} of an item of {data!r} that is not ours is answered", code(answer) in (0, INVALID_PARAMS, -32803), answer)


def frames(server):
    small = json.dumps({"jsonrpc": "2.0", "id": "late", "method": "workspace/symbol", "params": {"query": "f1_1"}}).encode()
    for name, body, expected in [
        ("broken JSON", b'{"jsonrpc":"2.0","id":1,', PARSE_ERROR),
        ("bytes that are no UTF-8", b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', PARSE_ERROR),
        ("a batch", b"[" + small + b"]", INVALID_REQUEST),
        ("an empty batch", b"[]", INVALID_REQUEST),
        ("a number", b"7", INVALID_REQUEST),
        ("an id that is an object", b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}', INVALID_REQUEST),
        ("an id that is null", b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}', INVALID_REQUEST),
        ("JSON nested 100,000 deep", b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}", PARSE_ERROR),
    ]:
        server.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        refused(name, expected, server.reply(None))
    for name, body in [("no jsonrpc", {"id": 1, "method": HOVER}), ("jsonrpc 1.0", {"jsonrpc": "1.0", "id": 1, "method": HOVER}), ("a method that is a number", {"jsonrpc": "2.0", "id": 1, "method": 7})]:
        data = json.dumps({**body, "id": "formless"}).encode()
        server.said.append(("client", {"id": "formless", "method": str(body["method"])}))
        server.raw(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        refused(name, INVALID_REQUEST, server.reply("formless"))
    server.said.append(("client", json.loads(small)))
    for byte in b"Content-Length: %d\r\n\r\n" % len(small) + small:
        server.raw(bytes([byte]))
        time.sleep(0.0005)
    check("a frame that comes byte by byte is answered", code(server.reply("late")) == 0)
    # As large as nobody needs it: skipped without being kept.
    size = 300 << 20
    private = memory(server.pid).private
    server.raw(b"Content-Length: %d\r\n\r\n" % size)
    for _ in range(size >> 20):
        server.raw(b" " * (1 << 20))
    refused("a frame of 300 MiB", PARSE_ERROR, server.reply(None))
    grown = memory(server.pid).private - private
    check("which is not kept", grown < 64 << 20, grown)
    check("and the next one is heard", code(server.request("workspace/symbol", {"query": "f1_1"})) == 0)
    answer = server.request("workspace/symbol", {"query": "x" * (8 << 20)})
    check("a query of 8 MiB is answered", code(answer) is not None, str(answer)[:300])


def documents(server, root):
    uri = (root / "order.py").as_uri()
    names = lambda: [symbol["name"] for symbol in (server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}}) or {}).get("result") or []]
    server.change(uri, 1, {"text": "def of_nothing(): pass\n"})
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    check("a change of what is not open changes nothing", names() == [], names())
    server.open(uri, "python", "def first(): pass\n")
    check("opened, it is there", names() == ["first"], names())
    server.open(uri, "python", "def second(): pass\n")
    check("opened twice, the second counts", names() == ["second"], names())
    server.change(uri, 7, edit(0, 4, 0, 10, "third"))
    server.change(uri, 7, edit(0, 4, 0, 9, "fourth"))
    check("changes of one version apply in their order", names() == ["fourth"], names())
    server.change(uri, 8)
    check("a message of no changes changes nothing", names() == ["fourth"], names())
    server.change(uri, 9, edit(0, 0, 2**31 - 1, 2**31 - 1, "def all_of_it(): pass\n"))
    check("a change up to beyond the text takes it all", names() == ["all_of_it"], names())
    server.change(uri, 10, {"text": "def a(): pass\n"}, edit(0, 4, 0, 5, "b"), {"text": "def c(): pass\n"}, edit(0, 4, 0, 5, "d"))
    check("whole texts and ranges in one message apply in their order", names() == ["d"], names())
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    check("closed twice, the disk counts", names() == [], names())
    server.open(uri, "klingon", "def by_name(): pass\n")
    check("a language that nobody knows is told by the file's name", names() in (["by_name"], []), names())
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def schemes(server, root):
    text = "def unsaved(a):\n    return unsaved(a)\n"
    for uri in ["untitled:Untitled-1", "git:/x.py?%7B%22ref%22%3A%22~%22%7D", "vscode-notebook-cell:/x.ipynb#W0", "http://host/x.py", "data:text/plain,x", "inmemory://model/1.py", "urn:isbn:1"]:
        server.open(uri, "python", text)
        answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        names = [symbol["name"] for symbol in (answer or {}).get("result") or []]
        check(f"what is open as {uri} has its outline", names == ["unsaved"], answer)
        answer = server.request("textDocument/definition", {"textDocument": {"uri": uri}, "position": at(1, 13)})
        found = (answer or {}).get("result") or []
        found = found if isinstance(found, list) else [found]
        check("and its names lead into it", [one.get("uri", one.get("targetUri")) for one in found] == [uri], answer)
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        check("closed, it is nowhere", code(answer) == 0 and not answer["result"], answer)
    outside = root.parent / "outside.py"
    outside.write_text("def outside_of_the_root(): pass\n")
    for uri in [
        root.as_uri() + "/../outside.py", root.as_uri() + "/%2e%2e/outside.py", root.as_uri() + "/..%2foutside.py", "file://host/x.py", "file:///", "file:", "file:x.py",
        "file:///nul%00l.py", "file:///%ff.py", root.as_uri() + "/m1.py#L1", root.as_uri() + "/m1.py?q", root.as_uri(), root.as_uri() + "/", "file:///C:/x.py", "file:///c%3A/x.py", "FILE://" + str(root) + "/m1.py",
    ]:  # fmt: skip
        answer = server.request(HOVER, {"textDocument": {"uri": uri}, "position": at(0, 5)})
        check(f"hover in {uri[-40:]} is answered", code(answer) in (0, INVALID_PARAMS), answer)
        server.open(uri, "python", text)
        answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        check("also where it is open", code(answer) in (0, INVALID_PARAMS), answer)
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    answer = server.request("workspace/symbol", {"query": "outside_of_the_root"})
    check("no URI leads a file outside of the root into the index", code(answer) == 0 and not answer["result"], answer)


def together(rutter, root, index, uri):
    server = Server(rutter, root, index)
    server.send(
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": root.as_uri(), "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": "def one(): pass\n"}}},
        {"method": "textDocument/didChange", "params": {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [edit(0, 4, 0, 7, "two")]}},
        {"id": 2, "method": "textDocument/documentSymbol", "params": {"textDocument": {"uri": uri}}},
        {"method": "textDocument/didChange", "params": {"textDocument": {"uri": uri, "version": 3}, "contentChanges": [edit(0, 4, 0, 7, "three")]}},
        {"id": 3, "method": "textDocument/documentSymbol", "params": {"textDocument": {"uri": uri}}},
    )
    first, second, third = (server.reply(number) for number in (1, 2, 3))
    names = lambda answer: [symbol["name"] for symbol in (answer or {}).get("result") or []]
    check("a whole session in one write: initialize", "capabilities" in ((first or {}).get("result") or {}), first)
    check("an outline is of its moment, or said to be overtaken", names(second) == ["two"] or code(second) == -32801, second)
    check("and of the text as it is now", names(third) == ["three"], third)
    server.last = 10
    done(server, "a session in one write")


def columns(rutter, root, index, encoding):
    """Wide characters, lone surrogates' halves, lone CRs and places beyond everything, against a model of the text."""
    server = Server(rutter, root, index)
    answer = server.start(root, {"general": {"positionEncodings": [encoding]}, **NESTED})
    check(f"{encoding} is taken", answer["result"]["capabilities"].get("positionEncoding", "utf-16") == encoding, answer)
    uri = (root / "columns.py").as_uri()
    content = "ä = '\U0001f600\U0001d4d0' ; weiß = ä\rdef größe(größe):\r\n    return '\U0001f600\u2028\x0b\x0c\x85'\r\rüber = größe(weiß)\n\n"
    text = Text(content, encoding)
    server.open(uri, "python", content)
    for name, places in {"größe": [i for i in range(len(content)) if content.startswith("größe", i)], "weiß": [i for i in range(len(content)) if content.startswith("weiß", i)]}.items():
        for place in places:
            start, end = text.position(place), text.position(place + len(name))
            answer = server.request("textDocument/documentHighlight", {"textDocument": {"uri": uri}, "position": start})
            marked = [mark["range"] for mark in (answer or {}).get("result") or []]
            check(f"{encoding}: {name} at {start['line']}:{start['character']} is marked where it stands", {"start": start, "end": end} in marked, answer)
    wrong = []
    for line in [0, 1, 2, 3, 4, 5, 6, 7, 1000, 2**31 - 1]:
        for character in [*range(45), 1000, 2**31 - 1]:
            for method in [HOVER, "textDocument/definition"]:
                answer = server.request(method, {"textDocument": {"uri": uri}, "position": at(line, character)})
                if code(answer) != 0:
                    wrong.append((line, character, answer))
                elif method == HOVER and answer["result"] and not text.has(answer["result"]["range"]):
                    wrong.append((line, character, answer["result"]["range"]))
    check(f"{encoding}: every position in, between and beyond the characters is answered", not wrong, wrong[:3])
    # Edits within a pair of surrogates, a character's bytes or a line's end: somewhere near, and the text stays a text.
    version = 1
    for line, character in [(0, 6), (0, 7), (0, 8), (0, 9), (1, 500), (2, 2**31 - 1), (3, 1), (2**31 - 1, 0)]:
        version += 1
        server.change(uri, version, edit(line, character, line, character, "x"))
    server.change(uri, version + 1, edit(0, 0, 2**31 - 1, 0, "def whole():\n    pass\n"))
    answer = server.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    names = [symbol["name"] for symbol in (answer or {}).get("result") or []]
    check(f"{encoding}: after edits in the middle of characters a whole text sets it right", names == ["whole"], answer)
    done(server, encoding)
