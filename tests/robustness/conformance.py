"""Whether what was said is LSP: each message against the types of the package lsprotocol, and all of them in their order."""

import enum
import json
import typing
from collections import abc

import attrs
import cattrs
from lsprotocol import converters, types

CONVERTER = converters.get_converter(cattrs.Converter(forbid_extra_keys=True))
PROGRESS = {"begin": types.WorkDoneProgressBegin, "report": types.WorkDoneProgressReport, "end": types.WorkDoneProgressEnd}
BEFORE_INITIALIZED = {"window/showMessage", "window/logMessage", "telemetry/event", "window/showMessageRequest"}
# The capability that a client needs to have for a request of the server's.
NEEDED = {
    "window/workDoneProgress/create": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
    "workspace/configuration": "workspace.configuration",
    "workspace/workspaceFolders": "workspace.workspaceFolders",
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
    "workspace/semanticTokens/refresh": "workspace.semanticTokens.refreshSupport",
    "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
    "workspace/inlineValue/refresh": "workspace.inlineValue.refreshSupport",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
    "workspace/foldingRange/refresh": "workspace.foldingRange.refreshSupport",
}
# The capability of a client is called after the feature; so is what is registered, but for these.
OF_REGISTERED = {
    "textDocument/prepareCallHierarchy": "textDocument/callHierarchy",
    "textDocument/prepareTypeHierarchy": "textDocument/typeHierarchy",
}
PARSE_ERROR, INVALID_REQUEST, REQUEST_CANCELLED, NOT_INITIALIZED = -32700, -32600, -32800, -32002


def is_of(value, kind):
    """A structured value is of its declared type. The converter lets some unions pass unseen."""
    if attrs.has(kind):
        return isinstance(value, kind) and all(is_of(getattr(value, f.name), f.type) for f in attrs.fields(kind))
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        return any(is_of(value, one) for one in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple | list) and len(value) == len(arguments) and all(map(is_of, value, arguments))
    if origin is not None and issubclass(origin, abc.Mapping):
        return isinstance(value, dict) and all(is_of(k, arguments[0]) and is_of(v, arguments[1]) for k, v in value.items())
    if origin is not None and issubclass(origin, abc.Sequence):
        return isinstance(value, list | tuple) and all(is_of(item, arguments[0]) for item in value)
    if kind is None or kind is type(None):
        return value is None
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind in (int, str, bool):
        return type(value) is kind
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return isinstance(value, kind)
    return True  # `Any`, and what JSON has within LSPAny


def fault(raw, kind, of_client=False):
    """What is wrong with a JSON value that should be of a type, else None. What a client leaves out may be null as well."""
    try:
        value = CONVERTER.structure(raw, kind)
    except Exception as problem:  # noqa: BLE001 - the converter raises whatever the hooks of the types do
        return "; ".join(cattrs.transform_error(problem)) if isinstance(problem, cattrs.BaseValidationError) else repr(problem)
    if not is_of(value, kind):
        return f"not a {kind}: {value!r}"
    # What did not come through was unknown, null where it has to be absent, or of a type that was put right on the way.
    back, same = CONVERTER.unstructure(value), raw
    if of_client:
        back, same = without_nulls(back), without_nulls(same)
    back, same = json.dumps(back, sort_keys=True), json.dumps(same, sort_keys=True)
    if back != same:
        at = next((i for i, (a, b) in enumerate(zip(same, back)) if a != b), min(len(same), len(back)))
        return f"read as {kind} it is another: ...{same[max(0, at - 80):at + 80]}... became ...{back[max(0, at - 80):at + 80]}..."
    return None


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return list(map(without_nulls, value)) if isinstance(value, list) else value


def has(capabilities, path):
    for name in path.split("."):
        capabilities = capabilities.get(name) if isinstance(capabilities, dict) else None
    return bool(capabilities)


def of_method(method, place):
    known = types.METHOD_TO_TYPES.get(method)
    return known and known[place]


def mistakes(said):
    """What the client itself said wrong, of what it says by methods that LSP knows."""
    sent = [message for side, message in said if side == "client" and of_method(message.get("method"), 0)]
    found = [(fault(message, of_method(message["method"], 0), of_client=True), message) for message in sent]
    return [(problem, json.dumps(message)[:600]) for problem, message in found if problem]


class Session:
    """Hears messages in their order, and remembers what was wrong with them."""

    def __init__(self, capabilities=None):
        self.capabilities = capabilities or {}
        self.faults = []
        self.asked = {}  # the client's requests that wait: method by id, which keeps its JSON type
        self.answered = {}  # how often by method
        self.errors = {}  # how often by code
        self.served = {}  # the server's requests that wait: message by id
        self.cancelled = set()
        self.tokens = {}  # of progress: "announced", "begun" or "ended"
        self.per_cent = {}
        self.initialized = False
        self.is_over = False
        self.unreadable = 0  # frames that no id could be read from

    def hear(self, side, message):
        (self._client if side == "client" else self._server)(message)

    def all(self, said):
        for side, message in list(said):
            self.hear(side, message)
        return self

    def wrong(self, what, message):
        self.faults.append((what, json.dumps(message)[:600]))

    def end(self):
        """At the end all is answered, and what has begun has ended."""
        for (_, number), methods in self.asked.items():
            if methods:
                self.wrong(f"{methods} was not answered", {"id": number})
        for token, state in self.tokens.items():
            if state == "begun":
                self.wrong("progress without an end", {"token": token})
        return self.faults

    def _client(self, message):
        """Only what the client means to be right is held against the types: see `mistakes`."""
        method, params = message.get("method"), message.get("params")
        if method == "exit":
            self.is_over = True
        if "id" in message and method is not None:
            self.asked.setdefault((type(message["id"]), message["id"]), []).append(method)
            if isinstance(params, dict) and isinstance(token := params.get("workDoneToken"), int | str):
                self.tokens[token] = "announced"
            if method == "initialize" and not self.initialized and isinstance(params, dict):
                self.capabilities = params.get("capabilities") or {}
        elif method == "$/cancelRequest":
            number = params.get("id") if isinstance(params, dict) else None
            if isinstance(number, int | str):
                self.cancelled.add((type(number), number))
        elif method is None and "id" in message:
            asked = self.served.pop(message["id"], None)
            if asked and asked["method"] == "window/workDoneProgress/create" and "result" in message:
                self.tokens[asked["params"]["token"]] = "announced"

    def _server(self, message):
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self.wrong("not JSON-RPC 2.0", message)
        elif "method" in message:
            self._told(message)
        else:
            self._answer(message)

    def _told(self, message):
        method, number = message["method"], message.get("id")
        kind = of_method(method, 0)
        if kind is None:
            self.wrong("a method that LSP does not know", message)
            return
        if types.message_direction(method) == "clientToServer":
            self.wrong("a method of the client's", message)
        if problem := fault(message, kind):
            self.wrong(problem, message)
            return
        if not self.initialized and method not in BEFORE_INITIALIZED and method != "$/progress":
            self.wrong("before the answer to `initialize`", message)
        if number is not None:
            if number in self.served:
                self.wrong("an id that waits already", message)
            self.served[number] = message
            if method in NEEDED and not has(self.capabilities, NEEDED[method]):
                self.wrong(f"a client without {NEEDED[method]} is asked", message)
        if method in ("client/registerCapability", "client/unregisterCapability"):
            registrations = message["params"].get("registrations") or message["params"].get("unregisterations") or []
            for one in registrations:
                place = OF_REGISTERED.get(one["method"], one["method"]).replace("textDocument/", "textDocument.").replace("workspace/", "workspace.")
                if not has(self.capabilities, place + ".dynamicRegistration"):
                    self.wrong("registered where the client cannot", one)
        if method == "$/progress":
            self._progress(message)

    def _progress(self, message):
        token, value = message["params"]["token"], message["params"]["value"]
        state = self.tokens.get(token)
        kind = PROGRESS.get(value.get("kind")) if isinstance(value, dict) else None
        if state is None:
            self.wrong("progress of a token that nobody has announced", message)
        elif kind is None:
            self.wrong("progress of no kind", message)
        elif problem := fault(value, kind):
            self.wrong(problem, message)
        elif (value["kind"] == "begin") != (state == "announced") or state == "ended":
            self.wrong(f"progress `{value['kind']}` of what is {state}", message)
        else:
            self.tokens[token] = "ended" if value["kind"] == "end" else "begun"
        if isinstance(value, dict) and isinstance(part := value.get("percentage"), int):
            if not self.per_cent.get(token, 0) <= part <= 100:
                self.wrong(f"{part} % after {self.per_cent.get(token)} %", message)
            self.per_cent[token] = part

    def _answer(self, message):
        number = message.get("id")
        if "error" in message:
            # An id that could not be read is null, which these types leave out.
            named = message if number is not None or "id" not in message else {**message, "id": 0}
            if problem := fault(named, types.ResponseErrorMessage):
                self.wrong(problem, message)
            code = (message.get("error") or {}).get("code")
            self.errors[code] = self.errors.get(code, 0) + 1
            if number is None:
                self.unreadable += 1
                if code not in (PARSE_ERROR, INVALID_REQUEST):
                    self.wrong("an error of no request", message)
                return
        key = (type(number), number)
        methods = self.asked.get(key)
        if not methods:
            self.wrong("an answer to what was not asked, or was answered", message)
            return
        method = methods.pop(0)
        self.answered[method] = self.answered.get(method, 0) + 1
        if "error" in message:
            if message["error"].get("code") == REQUEST_CANCELLED and key not in self.cancelled:
                self.wrong("cancelled by nobody", message)
            if message["error"].get("code") == NOT_INITIALIZED and self.initialized:
                self.wrong("not initialized after it was", message)
            return
        kind = of_method(method, 1)
        if method.startswith("rutter/"):
            pass  # Of our own methods LSP knows nothing: tests/it/lsp_beside.rs holds their answers against their page.
        elif kind is None:
            self.wrong(f"a result of `{method}`, which LSP does not know", message)
        elif problem := fault(message, kind):
            self.wrong(f"{method}: {problem}", message)
        if method == "initialize":
            self.initialized = True
