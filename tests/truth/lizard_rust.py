#!/usr/bin/env python3
"""Hold Rust's cyclomatic complexities against lizard's, without the slips of lizard's Rust reader.

  lizard_rust.py --rutter PATH --truth TRUTH_DIR --sources SOURCES_DIR [--misses N] [--json OUT]

lizard (pip install lizard==1.24.3) reads tokens, not code. In Rust it takes for a decision
  - `where`, of any function that has such a clause,
  - the `?` of `?Sized`,
  - the `for` of `for<'a> Fn(&'a T)` and of an `impl A for B` in a function,
  - `&&` where it is a reference to a reference, `||` where it begins a closure without parameters,
  - whatever stands in the arguments of a macro, which are the macro's and no code before it has run,
it takes the type `fn(A) -> B` and what is in a `macro_rules!` for functions, and it reads on, from a function that is declared without a body, into the next one that has one. Here lizard gets the same
tokens without these, so that what is left to differ is how the two of us count Rust. Shown beside it: how many functions agree
with lizard as it is, and how many of those that do not are its slips.
"""
import argparse, collections, json, os, re, subprocess, sys, tempfile

OPEN, CLOSE = "([{", ")]}"
# What stands before an operand, so that an `&&` behind it refers.
BEFORE_OPERAND = {
    "(", "[", "{", "}", ",", ";", "=", "==", "!=", "<", ">", "<=", ">=", "=>", "->", ":", "::", "|", "||", "&&", "&", "+", "-",
    "*", "/", "!", "..", "..=", "return", "in", "if", "match", "while", "mut", "ref", "as", "else", "break", "move", "dyn", "impl",
}


def code(token):
    return not token.isspace() and not token.startswith(("//", "/*"))


def without_slips(tokens):
    """The tokens that are Rust's decisions, or no decisions for lizard either."""
    tokens = list(tokens)
    following = [None] * len(tokens)  # for each token the place of the next that is code
    later = None
    for place in range(len(tokens) - 1, -1, -1):
        following[place] = later
        if code(tokens[place]):
            later = place
    ends = bodiless(tokens)
    kept, previous, place = [], "", 0
    while place < len(tokens):
        token = tokens[place]
        after = tokens[following[place]] if following[place] is not None else ""
        if place in ends:
            kept += newlines(tokens[place : ends[place]])
            place = ends[place]
            previous = ";"
            continue
        if token == "macro_rules" and after == "!":
            # Its rules are patterns and text, and no functions.
            opening = next((at for at in range(place, len(tokens)) if tokens[at] in OPEN), place)
            closing = matching(tokens, opening)
            kept += newlines(tokens[place:closing])
            previous, place = "}", closing + 1
            continue
        if is_macro(token, after, tokens, following, place):
            # Its arguments are one thing for us; newlines in them are kept, since lines are counted.
            opening = following[following[place]]
            closing = matching(tokens, opening)
            kept += ["macro", "(", *newlines(tokens[opening:closing]), ")"]
            previous, place = ")", closing + 1
            continue
        drop = (
            token == "where"
            or (token == "?" and after == "Sized")
            or (token == "fn" and after == "(")
            or (token == "for" and after == "<")
            or (token == "for" and is_impl_for(kept))
            or (token in ("&&", "||") and previous in BEFORE_OPERAND)
        )
        if not drop:
            kept.append(token)
        if code(token):
            previous = token
        place += 1
    return kept


def newlines(tokens):
    """lizard counts lines by the tokens that it sees."""
    count = sum(token.count("\n") for token in tokens)
    return ["\n"] * count


def is_macro(token, after, tokens, following, place):
    if after != "!" or not re.fullmatch(r"[A-Za-z_]\w*", token) or token == "macro_rules":
        return False
    opening = following[following[place]]
    return opening is not None and tokens[opening] in OPEN


def is_impl_for(kept):
    """`for` behind an `impl` that no brace or semicolon has ended."""
    for token in reversed(kept):
        if token in ("{", "}", ";"):
            return False
        if token == "impl":
            return True
    return False


def matching(tokens, opening):
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place] in OPEN:
            depth += 1
        elif tokens[place] in CLOSE:
            depth -= 1
            if depth == 0:
                return place
    return len(tokens) - 1


def bodiless(tokens):
    """From the `fn` of each function that is declared without a body to the place behind its semicolon."""
    ends = {}
    for start, token in enumerate(tokens):
        if token != "fn":
            continue
        depth = 0
        for place in range(start, len(tokens)):
            token = tokens[place]
            if token in "([":
                depth += 1
            elif token in ")]":
                depth -= 1
            elif token == "{" and depth == 0:
                break
            elif token == ";" and depth == 0:
                ends[start] = place + 1
                break
    return ends


def measure(path, reader):
    import lizard

    class Reader(reader):
        @staticmethod
        def generate_tokens(source_code, addition="", token_class=None):
            return without_slips(reader.generate_tokens(source_code, addition, token_class))

    with open(path, encoding="utf8", errors="replace") as source:
        text = source.read()
    context = lizard.FileInformation(path, 0, [])
    builder = lizard.FileInfoBuilder(path)
    tokens = Reader.generate_tokens(text)
    instance = Reader(builder)
    for processor in lizard.get_extensions([]):
        tokens = processor(tokens, instance) if callable(processor) else tokens
    for _ in instance(tokens, instance):
        pass
    del context
    return builder.fileinfo.function_list


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rutter", required=True)
    parser.add_argument("--truth", required=True)
    parser.add_argument("--sources", required=True)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--json")
    options = parser.parse_args()
    try:
        from lizard_languages.rust import RustReader
    except ImportError:
        print("lizard is not installed (pip install lizard==1.24.3): not measured")
        if options.json:
            json.dump([{"name": "Rust without lizard's slips", "goal": 99.5, "measured": None, "note": "no lizard"}], open(options.json, "w"))
        return

    root = os.path.join(options.sources, "metrics", "rust")
    with tempfile.TemporaryDirectory() as index:
        command = [options.rutter, "--index-dir", index]
        subprocess.run([*command, "index", root], check=True, stdout=subprocess.DEVNULL)
        dump = subprocess.run([*command, "dump", "--root", root], check=True, capture_output=True, text=True).stdout
    symbols, values = collections.defaultdict(list), {}
    for line in dump.splitlines():
        row = json.loads(line)
        if row["key"].startswith("sym:id:"):
            symbols[row["value"]["path"]].append(row["value"])
        elif row["key"].startswith("metrics:symbol:"):
            values[row["value"]["symbol_id"]] = row["value"].get("cyclomatic_complexity")

    total = equal = 0
    misses = []
    for directory, _, files in sorted(os.walk(root)):
        for name in sorted(files):
            if not name.endswith(".rs"):
                continue
            path = os.path.join(directory, name)
            relative = os.path.relpath(path, root)
            if relative not in symbols:
                continue
            for function in measure(path, RustReader):
                named = [s for s in symbols[relative] if s["name"] == function.name.split("::")[-1] and s["symbol_id"] in values]
                near = [s for s in named if s["start_line"] <= function.start_line <= max(s["name_line"], s["start_line"])]
                got = values[near[0]["symbol_id"]] if near else None
                total += 1
                equal += got == function.cyclomatic_complexity
                if got != function.cyclomatic_complexity:
                    misses.append(f"{relative}:{function.start_line} {function.name} want {function.cyclomatic_complexity} got {got}")
    measured = 100 * equal / total if total else None
    print(f"Rust, lizard without its slips: equal {measured:.2f}% of {total}")
    for miss in misses[: options.misses]:
        print("MISS", miss)
    if options.json:
        note = f"{len(misses)} of {total} functions differ"
        with open(options.json, "w") as out:
            json.dump([{"name": "Rust without lizard's slips", "goal": 99.5, "measured": measured, "note": note}], out)


if __name__ == "__main__":
    sys.exit(main())
