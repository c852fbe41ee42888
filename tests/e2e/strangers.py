"""Reads an index as somebody would who has an LMDB binding, a JSON decoder and the table of keys.

    strangers.py WORK RUTTER      WORK holds project/, index/, dump.jsonl, index.json and status.json
"""

import hashlib
import json
import re
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import lmdb

NAMESPACES = [
    "file:path:", "file:sym:", "sym:id:", "sym:fqn_of:", "sym:fqn:", "sym:rev:",
    "chunk:", "ast:file:", "cfg:func:", "metrics:file:", "metrics:symbol:", "execlog:",
]  # fmt: skip
SYMBOL_FIELDS = """symbol_id file_id path name fqn kind language byte_start byte_end start_line start_col end_line end_col
    name_line name_col""".split()
BLOCK_FIELDS = """function_id kind terminator byte_start byte_end start_line start_col end_line end_col
    successors""".split()
counts = {"passed": 0, "failed": 0}


def check(name, ok, seen=None):
    counts["passed" if ok else "failed"] += 1
    print(f"ok    {name}" if ok else f"FAIL  {name}: {str(seen)[:1000]}", flush=True)


def lacking(records, fields):
    """Records that lack one of the fields, as a list to show."""
    return [(record, field) for record in records for field in fields if field not in record][:3]


def every(fact, things):
    """The first thing that the fact is not true of, else None."""
    return next((thing for thing in things if not fact(thing)), None)


def run(*command):
    return subprocess.run(command, capture_output=True, check=False)


work, rutter = Path(sys.argv[1]), sys.argv[2]
index, project = work / "index", work / "project"
home = max(index.glob("v*"), key=lambda path: int(path.name[1:]))
environment = home / (home / "CURRENT").read_text().strip()
check("CURRENT names the directory of the database", (environment / "data.mdb").is_file(), environment)
check("the index directory is its owner's alone", stat.S_IMODE(index.stat().st_mode) == 0o700, oct(index.stat().st_mode))

# lmdb-utils
shown = run("mdb_stat", "-e", str(environment))
entries = int((re.findall(rb"Entries: (\d+)", shown.stdout) or [b"-1"])[0])
check("mdb_stat reads it", shown.returncode == 0 and entries > 1000, shown)
printed = run("mdb_dump", "-p", str(environment))
check("mdb_dump prints it", printed.returncode == 0 and b"file:path:rich/console.py" in printed.stdout, printed.stderr)
# What is compared is the dump in hexadecimal: the printed one of this version leaves it open what a backslash is.
dumped = run("mdb_dump", str(environment))
lines = dumped.stdout.decode("ascii").splitlines()
rows = [bytes.fromhex(line) for line in lines if line.startswith(" ")]
by_utils = {key.decode(): value for key, value in zip(rows[::2], rows[1::2])}
check("with as many rows as mdb_stat counts", len(by_utils) == entries, (len(by_utils), entries))

# The Python package lmdb
with lmdb.open(str(environment), readonly=True, max_dbs=0) as env, env.begin() as txn:
    raw = {bytes(key).decode(): bytes(value) for key, value in txn.cursor()}
    meta = txn.get(b"meta:index")
check("Python's lmdb reads the same", raw == by_utils, (len(raw), len(by_utils)))
check("meta:index is JSON", isinstance(json.loads(meta or b"null"), dict), meta)

undecodable = []
index_of = {}
for key, value in raw.items():
    try:
        index_of[key] = json.loads(value)
    except ValueError as problem:
        undecodable.append((key, str(problem)))
check("every value is JSON", not undecodable, undecodable[:3])
check("no key is longer than LMDB takes everywhere", max(len(key.encode()) for key in raw) <= 511)

# The namespaces
under = {name: {k: v for k, v in index_of.items() if k.startswith(name)} for name in NAMESPACES}
for name, records in under.items():
    check(f"{name}* was written ({len(records)})", len(records) > 0)
met = {key: names for key in index_of if len(names := [n for n in NAMESPACES if key.startswith(n)]) > 1}
check("no key is in two namespaces", not met, list(met.items())[:3])
others = [key for key in index_of if not any(key.startswith(n) for n in NAMESPACES)]
document = (project / "rutter" / "src" / "kv" / "FORMAT.md").read_text()
documented = set(re.findall(r"^\| `((?:[a-z_]+:)+)(?:\{|index|clash)", document, re.M))
unknown = Counter(key for key in others if not any(key.startswith(n) for n in documented))
check("what else there is stands in FORMAT.md", not unknown, list(unknown)[:3])

# Symbols
symbols = {key.removeprefix("sym:id:"): record for key, record in under["sym:id:"].items()}
check("symbols have their fields", not lacking(symbols.values(), SYMBOL_FIELDS), lacking(symbols.values(), SYMBOL_FIELDS))
check("a symbol's key is its id", not (bad := every(lambda s: str(s[1]["symbol_id"]) == s[0], symbols.items())), bad)
check("ids lose nothing in JavaScript", all(record["symbol_id"] < 2**53 for record in symbols.values()))
files = {record["path"]: record for record in under["file:path:"].values()}
texts = {}


def text_of(path):
    if path not in texts:
        texts[path] = (project / path).read_bytes()
    return texts[path]


def names_what_it_says(symbol):
    text = text_of(symbol["path"])
    line = text.split(b"\n")[symbol["name_line"] - 1][symbol["name_col"] :]
    nowhere = symbol["name"][0] in "<(" or symbol.get("expanded", False)
    return nowhere or line.startswith(symbol["name"].encode()) or symbol["kind"] in ("impl", "module")


bad = every(names_what_it_says, symbols.values())
check("at a symbol's line and column stands its name", bad is None, bad)
bad = every(lambda s: 0 <= s["byte_start"] < s["byte_end"] <= len(text_of(s["path"])) or s["kind"] == "module", symbols.values())
check("its bytes lie in the file", bad is None, bad)
bad = every(lambda s: index_of.get(f"sym:fqn_of:{s['symbol_id']}") is not None, symbols.values())
check("every symbol has its fully-qualified name by id", bad is None, bad)
listed = [str(i) for key, ids in under["file:sym:"].items() for i in (ids if isinstance(ids, list) else ids.get("symbols", []))]
check("the files list just these symbols", sorted(listed) == sorted(symbols), (len(listed), len(symbols)))
for name, path in [("Console", "rich/console.py"), ("ProgressBar", "rich/progress_bar.py"), ("SourceText", "rutter/src/text/source.rs")]:
    check(f"{name} is a symbol of {path}", any(s["name"] == name and s["path"] == path for s in symbols.values()))
missing = every(lambda key: key.removeprefix("sym:rev:").split(":")[0] in symbols, under["sym:rev:"])
check("references lead to symbols that exist", missing is None, missing)
referred = sum(1 for key in under["sym:rev:"] if symbols.get(key.removeprefix("sym:rev:").split(":")[0], {}).get("name") == "get_style")
check("get_style is referred to", referred > 0, referred)

# Control flow
graphs = under["cfg:func:"]
check("graphs have their fields", not lacking(graphs.values(), BLOCK_FIELDS), lacking(graphs.values(), BLOCK_FIELDS))
bad = every(lambda graph: len({len(graph[field]) for field in BLOCK_FIELDS if field != "function_id"}) == 1, graphs.values())
check("and an entry in each for every block", bad is None, bad)
bad = every(lambda key: key == f"cfg:func:{graphs[key]['function_id']}", graphs)
check("under the key of their function", bad is None, bad)
functions = [s for s in symbols.values() if s["kind"] in ("function", "method", "constructor") and s["language"] == "python"]
bad = every(lambda s: f"cfg:func:{s['symbol_id']}" in graphs, functions)
check("every function of Python has a graph", bad is None, bad)


def edges_lead_somewhere(graph):
    ids = range(len(graph["kind"]))
    return all(block in ids and kind for ways in graph["successors"] for block, kind in ways)


check("every edge leads to a block of its function", (bad := every(edges_lead_somewhere, graphs.values())) is None, bad)

# Chunks
for key, chunk in under["chunk:"].items():
    piece = text_of(chunk["file_path"])[chunk["byte_start"] : chunk["byte_end"]]
    path = chunk["file_path"].replace(":", "::")
    fits = key == f"chunk:{path}:{chunk['byte_start']}:{chunk['byte_end']}"
    if not fits or piece.decode("utf-8", "replace") != chunk["content"] or hashlib.sha256(piece).hexdigest() != chunk["content_hash"]:
        check("a chunk is the text at its bytes", False, (key, chunk))
        break
else:
    check("a chunk is the text at its bytes", True)

# rutter's own words
dump = [json.loads(line) for line in (work / "dump.jsonl").read_text().splitlines()]
keys = [row["key"] for row in dump]
ours = {row["key"]: row["value"] for row in dump}
strange = [key for key in {**ours, **index_of} if ours.get(key) != index_of.get(key) and not key.startswith("execlog:")]
check("rutter dump says the same", not strange, [(k, ours.get(k), index_of.get(k)) for k in strange[:2]])
check("sorted by key", keys == sorted(keys, key=str.encode))
got = run(rutter, "get", "file:path:rich/console.py", "--root", str(project), "--index-dir", str(index))
check("rutter get gives a value", json.loads(got.stdout or b"null") == ours.get("file:path:rich/console.py"), got)
absent = run(rutter, "get", "file:path:no/such/file", "--root", str(project), "--index-dir", str(index))
check("and tells by its exit code that there is none", absent.returncode not in (0, 101) and not absent.stdout.strip(), absent)
summary = json.loads((work / "index.json").read_text())
whole = [f for f in files.values() if not f.get("skipped")]
check("the summary counts the files", summary.get("files_indexed") == len(whole), (summary, len(whole)))
check("and the symbols", summary.get("symbols_indexed") == len(symbols), (summary, len(symbols)))
numbers = set(re.findall(r"\d+", (work / "status.json").read_text()))
check("status counts both", {str(len(whole)), str(len(symbols))} <= numbers, (work / "status.json").read_text())

print(f"strangers: {counts['passed']} passed, {counts['failed']} failed")
sys.exit(1 if counts["failed"] else 0)
