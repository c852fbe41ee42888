"""Whole sessions as real editors have them, all that the server offers asked for, and every message held against LSP's types."""

import json
import random
import re
import shutil
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

import conformance
from client import Refused, Server, at, edit
from conformance import Session, fault, has
from harness import PATIENCE, check, real_project, scale
from lsprotocol import types
from text import Text

HERE = Path(__file__).parent
LANGUAGES = {
    ".py": "python", ".rs": "rust", ".c": "c", ".h": "c", ".cpp": "cpp", ".hpp": "cpp", ".go": "go", ".java": "java",
    ".js": "javascript", ".lua": "lua", ".ts": "typescript", ".tsx": "typescriptreact",
}  # fmt: skip
# What is asked where a server offers something. What is offered and stands not here fails.
AT_A_POSITION = {
    "hoverProvider": "textDocument/hover",
    "definitionProvider": "textDocument/definition",
    "declarationProvider": "textDocument/declaration",
    "typeDefinitionProvider": "textDocument/typeDefinition",
    "implementationProvider": "textDocument/implementation",
    "referencesProvider": "textDocument/references",
    "documentHighlightProvider": "textDocument/documentHighlight",
    "callHierarchyProvider": "textDocument/prepareCallHierarchy",
    "typeHierarchyProvider": "textDocument/prepareTypeHierarchy",
}
OF_A_FILE = {
    "documentSymbolProvider": "textDocument/documentSymbol", "foldingRangeProvider": "textDocument/foldingRange",
    "codeLensProvider": "textDocument/codeLens",
}  # fmt: skip
OUR_OWN = ["rutter/controlFlow", "rutter/why", "rutter/callers"]
BY_OTHER_QUESTIONS = {
    "selectionRangeProvider": "textDocument/selectionRange", "workspaceSymbolProvider": "workspace/symbol",
}  # fmt: skip
OTHERS = {"selectionRangeProvider", "workspaceSymbolProvider", "textDocumentSync", "positionEncoding", "workspace"}
THEN = {
    "textDocument/prepareCallHierarchy": ["callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"],
    "textDocument/prepareTypeHierarchy": ["typeHierarchy/supertypes", "typeHierarchy/subtypes"],
}
CONTENT_MODIFIED, CANCELLED = -32801, -32800


def clients():
    """Names, capabilities and further parameters of `initialize`: recorded ones, and ones that ask for little."""
    for name in ["vscode", "neovim"]:
        params = json.loads((HERE / "clients" / f"{name}.json").read_text())
        yield name, params.pop("capabilities"), params
    yield "a client that says nothing of itself", {}, {}
    yield "a client of UTF-32", {"general": {"positionEncodings": ["utf-32"]}, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}, {}


def sessions(rutter, work):
    notices()
    root = real_project(work / "project", files=30 if scale.short else 400)
    for language in (HERE.parent / "fixtures").iterdir():
        if language.is_dir():
            shutil.copytree(language, root / "fixtures" / language.name)
    (root / "wide.py").write_text("ä = '\U0001f600' ; weiß = ä\ndef größe(größe): return größe  # \U0001f600\n\U0001d4d0 = größe(weiß)\n")
    (root / "cr.py").write_bytes(b"def one():\r    pass\rdef two():\r\n    return one()\r")
    for number, (name, capabilities, params) in enumerate(clients()):
        traffic(rutter, root, work / f"index-{number % 2}", name, capabilities, params, seed=number)


def notices():
    """The judge itself: what is wrong is seen to be wrong."""
    span = {"start": at(0, 0), "end": at(0, 1)}
    reply = lambda result: {"jsonrpc": "2.0", "id": 1, "result": result}
    symbol = {"name": "a", "kind": 5, "range": span, "selectionRange": span}
    good = [
        (reply({"contents": {"kind": "markdown", "value": "x"}, "range": span}), types.HoverResponse),
        (reply(None), types.HoverResponse),
        (reply([symbol]), types.DocumentSymbolResponse),
        (reply([{"uri": "file:///a", "range": span}]), types.DefinitionResponse),
    ]
    bad = [
        ({"jsonrpc": "2.0", "id": 1}, types.HoverResponse),
        (reply({"contents": {"kind": "html", "value": "x"}}), types.HoverResponse),
        (reply({"contents": {"kind": "markdown", "value": "x"}, "range": None}), types.HoverResponse),
        (reply({"contents": {"kind": "markdown", "value": "x"}, "ranges": span}), types.HoverResponse),
        (reply({"contents": 7}), types.HoverResponse),
        (reply([{**symbol, "kind": 57}]), types.DocumentSymbolResponse),
        (reply([{"name": "a", "kind": 5, "range": span}]), types.DocumentSymbolResponse),
        (reply([{"uri": "file:///a", "range": {"start": at("0", 0), "end": at(0, 1)}}]), types.DefinitionResponse),
        (reply([{"uri": "file:///a", "range": {"start": at(-1, 0), "end": at(0, 1)}}]), types.DefinitionResponse),
        (reply({"capabilities": {"hoverProvider": "yes"}}), types.InitializeResponse),
        ({"title": "x"}, types.WorkDoneProgressBegin),
    ]
    missed = [pair for pair in good if fault(*pair)] + [pair for pair in bad if not fault(*pair)]
    check(f"of {len(bad)} wrong messages every one is noticed, and of {len(good)} right ones none", not missed, missed)
    hover = {"id": 1, "method": "textDocument/hover"}
    begin = {"jsonrpc": "2.0", "method": "$/progress", "params": {"token": "t", "value": {"kind": "begin", "title": "x"}}}
    stories = {
        "an answer twice": [("client", hover), ("server", reply(None)), ("server", reply(None))],
        "an answer to nothing": [("server", reply(None))],
        "an id of another type": [("client", hover), ("server", {**reply(None), "id": "1"})],
        "no answer": [("client", hover)],
        "progress that nobody announced": [("server", begin)],
        "a method of the client's": [("server", {"jsonrpc": "2.0", "method": "initialized", "params": {}})],
    }
    missed = []
    for name, story in stories.items():
        session = Session().all(story)
        if not [what for what, _ in session.end() if "before" not in what]:
            missed.append(name)
    check("and so are messages that are right and come at the wrong time", not missed, missed)


def traffic(rutter, root, index, name, capabilities, params, seed):
    print(f"-- {name}")
    dice = random.Random(seed)
    answers = {
        "workspace/configuration": lambda asked: [None] * len(asked["items"]),
        "workspace/workspaceFolders": lambda _: [{"uri": root.as_uri(), "name": "project"}],
        "window/showMessageRequest": lambda _: None,
    }
    registered = set()
    answers["client/registerCapability"] = lambda asked: registered.update(one["method"] for one in asked["registrations"])
    if seed == 1:
        answers["window/workDoneProgress/create"] = refuse  # then no progress may be shown
    server = Server(rutter, root, index, answers)
    folders = {"workspaceFolders": [{"uri": root.as_uri(), "name": "project"}]} if params else {}
    answer = server.start(root, capabilities, **params, **folders)
    offered = ((answer or {}).get("result") or {}).get("capabilities") or {}
    units = offered.get("positionEncoding", "utf-16")
    wanted = ((capabilities.get("general") or {}).get("positionEncodings") or ["utf-16"])[0]
    check(f"positions are in the encoding that is wanted most ({units})", units == wanted, answer)
    if has(capabilities, "textDocument.documentSymbol.dynamicRegistration"):
        await_until(lambda: "textDocument/documentSymbol" in registered)
    offers = {**AT_A_POSITION, **OF_A_FILE, **BY_OTHER_QUESTIONS}
    offered |= {place: True for place, method in offers.items() if method in registered}
    unknown = set(offered) - set(AT_A_POSITION) - set(OF_A_FILE) - OTHERS
    check("all that is offered is asked for here", not unknown, unknown)
    desk = Desk(server, root, offered, units, dice)
    paths = [root / "wide.py", root / "cr.py"]
    by_suffix = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            by_suffix.setdefault(path.suffix, []).append(path)
    for suffix in sorted(LANGUAGES):
        paths += dice.sample(by_suffix.get(suffix, []), min(2 if scale.short else 6, len(by_suffix.get(suffix, []))))
    for path in paths:
        desk.open(path)
    for path in paths:
        desk.ask_about(path, positions=3 if scale.short else 12)
    desk.ask_about(by_suffix[".rs"][0], positions=3)  # one that no editor has open
    desk.search()
    desk.edits(paths, rounds=60 if scale.short else 3000)
    desk.cancels(paths, rounds=40 if scale.short else 1000)
    desk.notifications(paths)
    desk.mistakes()
    check("the answers stand in the texts that they are of", not desk.astray, desk.astray[:3])
    check("and name symbols where they lie", not desk.unnested, desk.unnested[:3])
    desk.wait_for_progress(capabilities, refused=seed == 1, own=params.get("workDoneToken"))
    ended, code = server.end()
    check("shutdown is answered with null, and exit with code 0", ended and ended.get("result", 0) is None and code == 0, (ended, code))
    said = list(server.said)
    session = Session().all(said)
    faults = session.end()
    count = sum(side == "server" for side, _ in said)
    check(f"{count} messages of the server's, of {len(said)} in all, are as LSP has them", not faults, (len(faults), faults[:4]))
    own = conformance.mistakes([pair for pair in said if not is_meant_wrong(pair[1])])
    check("and so are this client's", not own, own[:3])
    kinds(capabilities, said)
    asked = {method for place, method in {**AT_A_POSITION, **OF_A_FILE}.items() if place in offered}
    check("each method was answered", asked <= set(session.answered), asked - set(session.answered))
    codes = {code: n for code, n in session.errors.items() if code is not None}
    print(f"      answers {sum(session.answered.values())}, errors by code {codes}")


def await_until(is_so, patience=10):
    begun = time.monotonic()
    while not is_so() and time.monotonic() - begun < patience:
        time.sleep(0.01)


def refuse(_params):
    raise Refused("this client shows no progress")


def is_meant_wrong(message):
    return str(message.get("id", "")).startswith("wrong") or message.get("method") in ("$/no/such", "no/such")


def kinds(capabilities, said):
    """What the client can show, and no more."""
    methods = {m["id"]: m["method"] for side, m in said if side == "client" and "id" in m and "method" in m}
    results = [(methods.get(m.get("id")), m["result"]) for side, m in said if side == "server" and m.get("result")]
    of = lambda method: [result for asked, result in results if asked == method]
    text = capabilities.get("textDocument") or {}
    nested = has(text, "documentSymbol.hierarchicalDocumentSymbolSupport")
    wrong = [r[:1] for r in of("textDocument/documentSymbol") if r and ("location" in r[0]) == nested]
    check(f"outlines are {'nested' if nested else 'flat'}, as the client has them", not wrong, wrong[:1])
    formats = (text.get("hover") or {}).get("contentFormat") or []
    shown = {r["contents"].get("kind") for r in of("textDocument/hover")}
    check(f"hovers are in {formats[:1] or 'plain text'}", shown <= set(formats[:1] or ["plaintext"]), shown)
    allowed = ((text.get("documentSymbol") or {}).get("symbolKind") or {}).get("valueSet") or range(1, 19)
    seen = {n for r in of("textDocument/documentSymbol") for n in numbers(r, "kind")}
    check("kinds of symbols are ones that the client knows", seen <= set(allowed), seen - set(allowed))
    for method in ["definition", "declaration", "typeDefinition", "implementation"]:
        links = [r for r in of(f"textDocument/{method}") if isinstance(r, list) and r and "targetUri" in r[0]]
        if not has(text, f"{method}.linkSupport") and links:
            check(f"{method} gives links where the client knows them", False, links[0])
    if has(text, "foldingRange.lineFoldingOnly"):
        folds = [f for r in of("textDocument/foldingRange") for f in r]
        wrong = [f for f in folds if "startCharacter" in f or "endCharacter" in f or f["startLine"] >= f["endLine"]]
        check("folds are of whole lines", folds and not wrong, wrong[:2])


def numbers(value, name):
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == name and isinstance(v, int)] + [n for v in value.values() for n in numbers(v, name)]
    return [n for item in value for n in numbers(item, name)] if isinstance(value, list) else []


class Desk:
    """An editor with its open texts, as it goes through them."""

    def __init__(self, server, root, offered, units, dice):
        self.server, self.root, self.offered, self.units, self.dice = server, root, offered, units, dice
        self.texts = {}  # by URI
        self.versions = {}
        self.astray = []  # ranges that lie outside of the text that they are of
        self.unnested = []

    def open(self, path):
        uri = path.as_uri()
        content = path.read_bytes().decode("utf-8", "replace")
        self.texts[uri], self.versions[uri] = Text(content, self.units), 1
        self.server.open(uri, LANGUAGES[path.suffix], content)

    def text(self, uri):
        if uri not in self.texts:
            path = Path(unquote(urlparse(uri).path))
            return Text(path.read_bytes().decode("utf-8", "replace"), self.units)
        return self.texts[uri]

    def place_of_a_word(self, text):
        words = list(re.finditer(r"[^\W\d]\w+", text.content))
        return text.position(self.dice.choice(words).start() + 1) if words else at(0, 0)

    def request(self, method, params, uri=None):
        answer = self.server.request(method, params)
        if answer is None:
            check(f"{method} is answered", False, params)
        elif "error" in answer:
            check(f"{method} is answered with a result", False, (params, answer))
        else:
            self.places(answer["result"], uri)
            return answer["result"]

    def places(self, value, uri):
        """Every range stands in its text."""
        if isinstance(value, list):
            for item in value:
                self.places(item, uri)
        elif isinstance(value, dict):
            uri = value.get("uri") or value.get("targetUri") or uri
            # What a call leads to has its `from`; the ranges beside it are of whoever was asked about.
            for name, item in value.items():
                if name.lower().endswith("range") and isinstance(item, dict) and "start" in item:
                    if uri and not self.text(uri).has(item):
                        self.astray.append((uri, name, item))
                elif name not in ("fromRanges", "data"):
                    self.places(item, uri)
            outer, inner = value.get("range"), value.get("selectionRange")
            if outer and inner and not within(outer, inner):
                self.unnested.append(value)
            if isinstance(value.get("parent"), dict) and not within(value["parent"]["range"], value["range"]):
                self.unnested.append(value)

    def ask_about(self, path, positions):
        uri = path.as_uri()
        text, document = self.text(uri), {"textDocument": {"uri": uri}}
        for place, method in OF_A_FILE.items():
            if place in self.offered:
                found = self.request(method, document, uri)
                for lens in (found or [])[:3] if place == "codeLensProvider" else []:
                    shown = self.request("codeLens/resolve", lens, uri)
                    check("a lens has a text when it is shown", shown and shown["command"]["title"], shown)
        self.request("rutter/metrics", document, uri)
        places = [self.place_of_a_word(text) for _ in range(positions)] + [at(0, 0), text.position(len(text.content)), at(2**31 - 1, 2**31 - 1)]
        for place in places:
            for method in OUR_OWN:
                self.request(method, {**document, "position": place, "formats": ["boxes", "svg"]}, uri)
            for offer, method in AT_A_POSITION.items():
                if offer not in self.offered:
                    continue
                more = {"context": {"includeDeclaration": self.dice.random() < 0.5}} if method.endswith("references") else {}
                if self.dice.random() < 0.2:
                    more["workDoneToken"] = f"done-{self.server.last}"
                found = self.request(method, {**document, "position": place, **more}, uri)
                for then in THEN.get(method, []):
                    for item in (found or [])[:2]:
                        self.request(then, {"item": item}, item["uri"])
        if "selectionRangeProvider" in self.offered:
            found = self.request("textDocument/selectionRange", {**document, "positions": places}, uri)
            check(f"selections in {path.name}: one for each position", found is None or len(found) == len(places), found)

    def search(self):
        self.request("rutter/hotspots", {"limit": 5})
        self.request("rutter/status", {})
        for query in ["", "a", "get", "Größe", "one", "zzzzqqqq", "\U0001f600", "x" * 10_000]:
            self.request("workspace/symbol", {"query": query, "partialResultToken": f"part-{len(query)}"})

    def random_edit(self, uri):
        text = self.texts[uri]
        start = self.dice.randrange(len(text.content) + 1)
        end = min(len(text.content), start + self.dice.choice([0, 0, 0, 1, 3, 40]))
        typed = self.dice.choice(["x", "", "\n", "(", ")", "def f():\n    return 1\n", "ä\U0001f600", "'", "\r\n", "{", "}", "// \u2028"])
        change = {"range": {"start": text.position(start), "end": text.position(end)}, "text": typed}
        # Within a line's end or a pair of surrogates there is no position: what is there is the one that stands for it.
        start, end = text.offset(change["range"]["start"]), text.offset(change["range"]["end"])
        self.texts[uri] = Text(text.content[:start] + typed + text.content[end:], self.units)
        return change

    def edits(self, paths, rounds):
        """One or several changes a message, and then what the text as it is now says."""
        for number in range(rounds):
            uri = self.dice.choice(paths).as_uri()
            self.versions[uri] += 1
            self.server.change(uri, self.versions[uri], *[self.random_edit(uri) for _ in range(self.dice.choice([1, 1, 1, 3]))])
            if number % 3 == 0:
                for place, method in OF_A_FILE.items():
                    if place in self.offered:
                        self.request(method, {"textDocument": {"uri": uri}}, uri)
            elif number % 3 == 1:
                self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": self.place_of_a_word(self.texts[uri])}, uri)
        for path in paths:  # and whole again
            uri = path.as_uri()
            self.versions[uri] += 1
            self.texts[uri] = Text(path.read_bytes().decode("utf-8", "replace"), self.units)
            self.server.change(uri, self.versions[uri], {"text": self.texts[uri].content})

    def cancels(self, paths, rounds):
        """Requests that are cancelled before, while and after they are answered, between edits that nobody waits for."""
        asked = []
        for _ in range(rounds):
            uri = self.dice.choice(paths).as_uri()
            place = self.place_of_a_word(self.texts[uri])
            method = self.dice.choice(["textDocument/hover", "textDocument/documentHighlight", "textDocument/references"])
            more = {"context": {"includeDeclaration": True}} if method.endswith("references") else {}
            asked.append(self.server.ask(method, {"textDocument": {"uri": uri}, "position": place, **more}))
            if self.dice.random() < 0.5:
                self.server.notify("$/cancelRequest", {"id": self.dice.choice(asked)})
            if self.dice.random() < 0.3:
                self.versions[uri] += 1
                self.server.change(uri, self.versions[uri], self.random_edit(uri))
        codes = {}
        for number in asked:
            answer = self.server.reply(number) or {"error": {"code": "none"}}
            code = answer.get("error", {}).get("code")
            codes[code] = codes.get(code, 0) + 1
        check("requests between cancels and edits are answered, cancelled, or said to be overtaken", set(codes) <= {None, CANCELLED, CONTENT_MODIFIED}, codes)
        self.server.notify("$/cancelRequest", {"id": 10**9})
        self.server.notify("$/cancelRequest", {"id": "nobody"})

    def notifications(self, paths):
        """All that a client tells without waiting, whether the server uses it or not."""
        server, root = self.server, self.root.as_uri()
        new = self.root / "created.py"
        new.write_text("def created(): pass\n")
        server.notify("workspace/didCreateFiles", {"files": [{"uri": new.as_uri()}]})
        server.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": new.as_uri(), "type": 1}, {"uri": root + "/gone.py", "type": 3}]})
        moved = self.root / "moved.py"
        new.rename(moved)
        server.notify("workspace/didRenameFiles", {"files": [{"oldUri": new.as_uri(), "newUri": moved.as_uri()}]})
        server.notify("workspace/didChangeConfiguration", {"settings": {"rutter": {}}})
        server.notify("workspace/didChangeConfiguration", {"settings": None})
        server.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": []}})
        server.notify("$/setTrace", {"value": "messages"})
        server.notify("$/no/such", {"a": 1})
        server.notify("no/such", {"a": 1})
        uri = paths[0].as_uri()
        server.notify("textDocument/willSave", {"textDocument": {"uri": uri}, "reason": 1})
        for path in paths[: len(paths) // 2]:
            server.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
        moved.unlink()
        server.notify("workspace/didDeleteFiles", {"files": [{"uri": moved.as_uri()}]})
        for path in paths[1:]:
            server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
            del self.texts[path.as_uri()]
        self.request("workspace/symbol", {"query": "created"})

    def mistakes(self):
        """Errors are of the form that LSP has for them as well."""
        for number, (method, params) in enumerate([("no/such", {}), ("$/no/such", {}), ("textDocument/hover", {"position": 1}), ("textDocument/hover", None)]):
            self.server.send({"id": f"wrong{number}", "method": method, "params": params})
            answer = self.server.reply(f"wrong{number}")
            check(f"`{method}` with {params} is an error", answer and answer.get("error", {}).get("code") in (-32601, -32602), answer)

    def wait_for_progress(self, capabilities, refused, own):
        """What has begun ends, however short the session."""
        shown = has(capabilities, "window.workDoneProgress") and not refused
        tokens = lambda kind: {
            m["params"]["token"] for side, m in list(self.server.said)
            if side == "server" and m.get("method") == "$/progress" and m["params"]["value"].get("kind") == kind
        }  # fmt: skip
        end = time.monotonic() + 15 * PATIENCE
        while time.monotonic() < end:
            if tokens("begin") == tokens("end") and (tokens("end") or not shown):
                break
            time.sleep(0.05)
        check("progress is shown where the client shows it, and ends", (bool(tokens("end") - {own}) == shown) and tokens("begin") == tokens("end"), (shown, tokens("begin"), tokens("end")))


def within(outer, inner):
    key = lambda place: (place["line"], place["character"])
    return key(outer["start"]) <= key(inner["start"]) <= key(inner["end"]) <= key(outer["end"])
