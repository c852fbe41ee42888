"""A session as a client written with pygls sees it.

    pygls_session.py PROJECT RUTTER
"""

import asyncio
import sys
import time
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

PATIENCE = 60  # seconds; only a failure waits that long
counts = {"passed": 0, "failed": 0}


def check(name, ok, seen=None):
    counts["passed" if ok else "failed"] += 1
    print(f"ok    {name}" if ok else f"FAIL  {name}: {str(seen)[:1500]}", flush=True)


async def until(probe):
    """Asks again and again until the answer counts as true, and gives the last one."""
    end = time.monotonic() + PATIENCE
    while not (answer := await probe()) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    return answer


def flat(symbols, container=None):
    for symbol in symbols or []:
        yield symbol, container
        yield from flat(symbol.children, symbol.name)


def markdown(hover):
    return hover.contents.value if hover else ""


class Client(LanguageClient):
    exit_code = None

    async def server_exit(self, server):
        Client.exit_code = server.returncode


def client_for(progress, created):
    client = Client("pygls-session", "1")

    @client.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
    def create(params):
        created.append(params.token)

    @client.feature(lsp.PROGRESS)
    def report(params):
        value = params.value
        progress.append((params.token, value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)))

    @client.feature(lsp.WINDOW_LOG_MESSAGE)
    def log(_params):
        pass

    return client


def capabilities(encodings):
    return lsp.ClientCapabilities(
        general=lsp.GeneralClientCapabilities(position_encodings=encodings),
        window=lsp.WindowClientCapabilities(work_done_progress=True),
        text_document=lsp.TextDocumentClientCapabilities(
            hover=lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown]),
            document_symbol=lsp.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
        ),
    )


async def session(project, rutter, encoding, cold):
    print(f"-- {encoding.value if encoding else 'no encoding named'}")
    progress, created = [], []
    client = client_for(progress, created)
    await client.start_io(rutter, "lsp", "--stdio")
    answer = await client.initialize_async(
        lsp.InitializeParams(
            capabilities=capabilities([encoding] if encoding else None),
            root_uri=project.as_uri(),
            workspace_folders=[lsp.WorkspaceFolder(project.as_uri(), project.name)],
        )
    )
    server = answer.capabilities
    wanted = encoding or lsp.PositionEncodingKind.Utf16
    chosen = server.position_encoding or lsp.PositionEncodingKind.Utf16
    check("the encoding that the client wants is the one", chosen == wanted, chosen)
    for name in ["hover", "document_symbol", "workspace_symbol", "folding_range", "selection_range", "document_highlight"]:
        check(f"{name} is offered", getattr(server, f"{name}_provider"), server)
    client.initialized(lsp.InitializedParams())

    path = project / "rich" / "console.py"
    uri, text = path.as_uri(), path.read_text("utf-8")
    document = lsp.TextDocumentIdentifier(uri)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "python", 1, text)))
    outline = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
    names = {symbol.name: container for symbol, container in flat(outline)}
    check("the outline is nested", names.get("get_style") == "Console", sorted(names)[:40])

    line = next(n for n, row in enumerate(text.splitlines()) if "def get_style(" in row)
    at = lsp.Position(line, text.splitlines()[line].index("get_style") + 2)

    async def hover(position):
        return await client.text_document_hover_async(lsp.HoverParams(document, position))

    shown = markdown(await until(lambda: hover(at)))
    check("hover has the name and the complexity", "get_style" in shown and "cyclomatic" in shown.lower(), shown)
    check("hover on nothing is null, not an error", await hover(lsp.Position(10**6, 10**6)) is None)

    async def search(query):
        return await client.workspace_symbol_async(lsp.WorkspaceSymbolParams(query))

    async def finds(query, ending):
        return any(symbol.name == query and symbol.location.uri.endswith(ending) for symbol in await search(query) or [])

    check("the workspace is indexed in the background", await until(lambda: finds("LineIndex", "/text/lines.rs")))
    if cold:
        check("with progress", await until(lambda: ended(progress)), progress)
    tokens = {token for token, _ in progress}
    check("whose tokens were announced", tokens <= set(created) or not tokens, (tokens, created))

    # A line with characters of two, three and four bytes; then positions behind them in the negotiated encoding.
    units = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[chosen.value if hasattr(chosen, "value") else chosen]
    width = lambda part: len(part.encode({1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[units])) // units
    before = "x = 'äöü \u20ac \U0001f600' ; "
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(version=2, uri=uri),
            [
                change(0, 0, 0, 0, f"{before}behind_wide = 1\n"),
                change(0, width(before), 0, width(before) + len("behind_wide"), "renamed_wide"),
                change(1, 0, 1, 0, "def typed_now(a):\n    return a\n"),
            ],
        )
    )
    outline = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
    symbols = {symbol.name: symbol for symbol, _ in flat(outline)}
    check("the outline follows an incremental change", "typed_now" in symbols, sorted(symbols)[:40])
    marks = await client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(document, lsp.Position(0, width(before) + 3))
    )
    ranges = [(m.range.start.line, m.range.start.character, m.range.end.character) for m in marks or []]
    expected = (0, width(before), width(before) + len("renamed_wide"))
    check("positions behind wide characters are right", expected in ranges, (expected, ranges))
    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    check("there are folds", folds and all(fold.start_line <= fold.end_line for fold in folds), folds and folds[:3])
    selection = await client.text_document_selection_range_async(lsp.SelectionRangeParams(document, [lsp.Position(1, 5)]))
    check("a selection grows", selection and selection[0].parent is not None, selection)

    client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    async def typed_is_gone():
        return not await finds("typed_now", "/console.py")

    check("closed without saving: it is gone", await until(typed_is_gone))
    check("shutdown is answered with null", await client.shutdown_async(None) is None)
    client.exit(None)
    end = time.monotonic() + 10
    while Client.exit_code is None and time.monotonic() < end:
        await asyncio.sleep(0.02)
    check("the exit code is 0", Client.exit_code == 0, Client.exit_code)
    Client.exit_code = None
    await client.stop()


async def ended(progress):
    return any(kind == "end" for _, kind in progress) and any(kind == "begin" for _, kind in progress)


def change(line, column, end_line, end_column, text):
    at = lsp.Range(lsp.Position(line, column), lsp.Position(end_line, end_column))
    return lsp.TextDocumentContentChangePartial(range=at, text=text)


async def main():
    project, rutter = Path(sys.argv[1]).resolve(), sys.argv[2]
    kinds = lsp.PositionEncodingKind
    for turn, encoding in enumerate([None, kinds.Utf8, kinds.Utf32]):
        await session(project, rutter, encoding, cold=turn == 0)


try:
    asyncio.run(main())
except Exception as problem:  # noqa: BLE001 - whatever it is, it is a failure with a name
    check("the session runs to its end", False, repr(problem))
print(f"pygls: {counts['passed']} passed, {counts['failed']} failed")
sys.exit(1 if counts["failed"] else 0)
