"""Files that are none, files with odd names, and files that nest without end."""

import os
import stat

from harness import NOBODY, check, not_run, said, survived


def records(rows, prefix):
    return {key.removeprefix(prefix): value for key, value in rows.items() if key.startswith(prefix)}


def odd_files(rutter, work):
    root, index = work / "project", work / "index"
    root.mkdir()
    (root / ".ignore").touch()
    (root / "good.py").write_text("def stays():\n    return 1\n")
    (root / "good.rs").write_text("fn stays_too() -> u8 { 1 }\n")
    (root / "secret.py").write_text("def hidden(): pass\n")
    (root / "secret.py").chmod(0)
    closed = root / "closed"
    closed.mkdir()
    (closed / "in.py").write_text("def inside(): pass\n")
    os.mkfifo(root / "fifo.py")
    (root / "zero.py").symlink_to("/dev/zero")
    try:
        os.mknod(root / "device.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        not_run("a device node", "this user may not make one; a link to /dev/zero is there")
    (root / "self.py").symlink_to("self.py")
    (root / "one.py").symlink_to("two.py")
    (root / "two.py").symlink_to("one.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "round").symlink_to(".")
    (root / "up").symlink_to("..")
    with open(root / "huge.py", "wb") as huge:
        huge.truncate(1 << 30)
    (root / "directory.py").mkdir()
    (root / "binary.py").write_bytes(bytes(range(256)) * 64)
    (root / "empty.py").touch()
    (root / "nul.rs").write_bytes(b"fn a() {}\0\n")
    (root / "latin.py").write_bytes("def caf\xe9(): pass\n".encode("latin-1"))
    (root / "wide.py").write_bytes("def wide(): pass\n".encode("utf-16"))
    (root / "cr.py").write_bytes(b"def one():\r    pass\rdef two():\r    pass\r")
    if os.getuid() == 0:
        for path in [root, *root.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        os.chown(work, NOBODY, NOBODY)
    closed.chmod(0)

    done = rutter.index(root, index, as_nobody=True, limit=60)
    check("odd files: the run ends well", done.returncode == 0, done)
    check("the unreadable file is named", said(done, "secret.py"), done)
    rows = rutter.rows(root, index)
    known = records(rows, "file:path:")
    names = {symbol["name"] for symbol in records(rows, "sym:id:").values()}
    check("the rest is indexed", {"stays", "stays_too", "wide", "one", "two"} <= names, sorted(names))
    for path, reason in [("secret.py", "unreadable"), ("huge.py", "oversized"), ("binary.py", "binary"), ("fifo.py", "not_a_file")]:
        skip = (known.get(path) or {}).get("skipped") or {}
        check(f"{path} is skipped as {reason}", skip.get("reason") == reason and skip.get("detail"), known.get(path))
    status = rutter.run("status", root=root, index=index)
    check("status says what was skipped and why", status.returncode == 0 and said(status, "secret.py", "unreadable"), status)
    twice = {path for path in known if path.startswith(("round/", "up/"))}
    check("no file is there twice by a loop", not twice, twice)
    again = rutter.index(root, index, as_nobody=True, limit=60)
    check("a second run says the same", again.returncode == 0 and rutter.rows(root, index) == rows, again)

    closed.chmod(0o755)
    (root / "secret.py").chmod(0o644)
    rutter.index(root, index, as_nobody=True)
    names = {symbol["name"] for symbol in records(rutter.rows(root, index), "sym:id:").values()}
    check("made readable, they are indexed", {"hidden", "inside"} <= names, sorted(names))


def odd_names(rutter, work):
    root, index = work / "project", work / "index"
    root.mkdir()
    (root / ".ignore").touch()
    names = [
        b"a:b.py", b"a::b.py", b"a.py", b":a.py", b"a:0:9.py", b"a:b:0:9", b"new\nline.py", b"tab\tname.py", b" space .py",
        b"-dash.py", b"--root.py", b"quote\"'.py", b"back\\slash.py", b"percent%41.py", b"percentA.py", b"not\xffutf8.py",
        b"not\xfeutf8.py", b"not%FFutf8.py", "h\u00e9.py".encode(), "he\u0301.py".encode(), "\U0001f600.py".encode(),
        b"star*.py", b"que?y#frag.py", b"d:r/in:ner.py", b"d\xffr/inner.py", b"[b]racket{s}.py", b"UPPER.PY", b"con.py",
    ]  # fmt: skip
    names = [name for name in names if name.lower().endswith(b".py")]
    long = os.path.join(*[b"d" * 200] * 19, b"f" * 160 + b".py")
    names += [long, long.replace(b"f" * 160, b"f" * 159 + b"g"), b"n" * 252 + b".py"]
    for number, name in enumerate(names):
        path = os.path.join(os.fsencode(root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"def marker_%d():\n    return 1\n" % number)
    done = rutter.index(root, index)
    check(f"odd names, one of {len(long)} bytes: the run ends well", done.returncode == 0, done)
    rows = rutter.rows(root, index)
    found = {symbol["name"]: symbol["path"] for symbol in records(rows, "sym:id:").values()}
    missing = [name for number, name in enumerate(names) if f"marker_{number}" not in found]
    check("each of them is indexed", not missing, missing)
    check("no two of them are one", len(set(found.values())) == len(names), sorted(found.values()))
    check("keys stay within 511 bytes", all(len(key.encode()) <= 511 for key in rows), max(rows, key=len))
    for number in [0, 1]:
        os.unlink(os.path.join(os.fsencode(root), names[number]))
        rutter.index(root, index)
        left = records(rutter.rows(root, index), "chunk:")
        paths = {chunk["file_path"] for chunk in left.values()}
        check(f"deleting {names[number].decode()} takes nobody else's records", len(paths) == len(names) - number - 1, sorted(paths))


def deep_nesting(rutter, work):
    root, index = work / "project", work / "index"
    root.mkdir()
    (root / ".ignore").touch()
    n = 100_000
    texts = {
        "parens.rs": "fn f() { " + "(" * n + "1" + ")" * n + " }",
        "open_parens.rs": "fn f() { " + "(" * n,
        "closers.rs": "fn f() { " + ")" * n,
        "brackets.rs": "fn f() { " + "[" * n + "1" + "]" * n + " }",
        "braces.rs": "fn f() " + "{" * n + "}" * n,
        "open_braces.rs": "fn f() " + "{" * n,
        "ifs.rs": "fn f() { " + "if a { " * n + "}" * n + " }",
        "else_ifs.rs": "fn f() { if a { }" + " else if b { }" * n + " }",
        "matches.rs": "fn f() { " + "match a { _ => " * 20_000 + "1" + " }" * 20_000 + " }",
        "not.rs": "fn f() -> bool { " + "!" * n + "true }",
        "refs.rs": "fn f(a: " + "&" * n + "u8) {}",
        "sum.rs": "fn f() -> u8 { 1" + " + 1" * n + " }",
        "and.rs": "fn f() -> bool { a" + " && a" * n + " }",
        "chain.rs": "fn f() { a" + ".b()" * n + " }",
        "closures.rs": "fn f() { " + "|| " * n + "1 }",
        "loops.rs": "fn f() { " + "loop { " * n + "}" * n + " }",
        "modules.rs": "mod m { " * n + "}" * n,
        "functions.rs": "fn f() { " * n + "}" * n,
        "generics.rs": "type T = " + "V<" * n + "u8" + ">" * n + ";",
        "comments.rs": "/*" * n + "*/" * n + " fn f() {}",
        "macros.rs": "fn f() { " + "m!(" * n + ")" * n + " }",
        "tries.rs": "fn f() { a" + "?" * n + " }",
        "parens.py": "x = " + "(" * n + "1" + ")" * n + "\n",
        "open_parens.py": "x = " + "(" * n,
        "brackets.py": "def f():\n return " + "[" * n + "]" * n + "\n",
        "braces.py": "x = " + "{1:" * n + "1" + "}" * n + "\n",
        "ifs.py": "def f(a):\n" + "".join(" " * (level + 1) + "if a:\n" for level in range(2000)) + " " * 2001 + "pass\n",
        "elifs.py": "def f(a):\n if a: pass\n" + " elif a: pass\n" * n,
        "lambdas.py": "f = " + "lambda: " * n + "1\n",
        "nots.py": "def f(a):\n return " + "not " * n + "a\n",
        "minus.py": "x = " + "-" * n + "1\n",
        "sum.py": "x = 1" + " + 1" * n + "\n",
        "and.py": "def f(a):\n return a" + " and a" * n + "\n",
        "calls.py": "x = " + "f(" * n + ")" * n + "\n",
        "chain.py": "x = a" + ".b" * n + "\n",
        "ternary.py": "def f(a):\n return " + "1 if a else " * n + "2\n",
        "defs.py": "".join(" " * level + f"def f{level}():\n" for level in range(2000)) + " " * 2000 + "pass\n",
        "tries.py": "def f():\n" + "".join(" " * (level + 1) + "try:\n" for level in range(1000)) + " " * 1001 + "pass\n",
        "starred.py": "x = " + "*" * n + "a\n",
        "strings.py": "x = " + "f'{" * n + "\n",
    }
    for name, text in texts.items():
        # Lines of comments behind it, lest its long lines make it pass for minified.
        texts[name] = text + ("\n// -" if name.endswith(".rs") else "\n# -") * (len(text) // 100) + "\n"
        (root / name).write_text(texts[name])
    (root / "good.py").write_text("def stays():\n    return 1\n")
    done = rutter.index(root, index, limit=100)
    check(f"{n:,} levels in {len(texts)} shapes: the run ends well", done.returncode == 0, done)
    if not survived(done):
        for name in texts:  # which of them was it?
            alone = work / "alone"
            alone.mkdir(exist_ok=True)
            (alone / name).write_text(texts[name])
            one = rutter.index(alone, work / "index-of-one", limit=20)
            (alone / name).unlink()
            check(f"{name} alone", one.returncode == 0, one)
    rows = rutter.rows(root, index)
    known = records(rows, "file:path:")
    check("every file is known", set(texts) <= set(known), set(texts) - set(known))
    check("the good one is indexed", any(s["name"] == "stays" for s in records(rows, "sym:id:").values()))
    skipped = {path: record["skipped"]["reason"] for path, record in known.items() if record.get("skipped")}
    check("none of them passes for something else", set(skipped.values()) <= {"parse_limit"}, skipped)
    again = rutter.index(root, index, limit=100)
    check("a second run leaves it so", again.returncode == 0 and rutter.rows(root, index) == rows, again)
