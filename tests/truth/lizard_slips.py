#!/usr/bin/env python3
"""Hold Rust's and C's cyclomatic complexities against lizard's, without the slips of lizard's readers.

  lizard_slips.py --rutter PATH --truth TRUTH_DIR --sources SOURCES_DIR [--misses N] [--json OUT]

lizard (pip install lizard==1.24.3) reads tokens, not code. In Rust it takes for a decision
  - `where`, of any function that has such a clause,
  - the `?` of `?Sized`,
  - the `for` of `for<'a> Fn(&'a T)` and of an `impl A for B` in a function,
  - `&&` where it is a reference to a reference, `||` where it begins a closure without parameters,
  - whatever stands in the arguments of a macro, which are the macro's and no code before it has run,
it takes the type `fn(A) -> B` and what is in a `macro_rules!` for functions, and it reads on, from a function that is declared
without a body, into the next one that has one. In C it takes an `&&` that an assignment follows (`a && (b = c)`) for a
reference to what can be moved from, and counts nothing; and where conditionals of the preprocessor open more braces than they
close, it goes on to find functions that are called `if` or `while`.

Here lizard gets the same tokens without these, so that what is left to differ is how the two of us count. Shown beside it: how
many functions agree.
"""
import argparse, collections, json, os, re, subprocess, sys, tempfile
from pathlib import Path

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


def rust_reader():
    from lizard_languages.rust import RustReader

    class Reader(RustReader):
        @staticmethod
        def generate_tokens(source_code, addition="", token_class=None):
            return without_slips(RustReader.generate_tokens(source_code, addition, token_class))

    return Reader


def c_reader():
    from lizard_languages.clike import CLikeReader, CppRValueRefStates

    class Reader(CLikeReader):
        def __init__(self, context):
            super().__init__(context)
            states = self.parallel_states
            self.parallel_states = [state for state in states if not isinstance(state, CppRValueRefStates)]

    return Reader


# What is measured, where its sources are, which files they are.
LANGUAGES = [("Rust", "rust", ".rs", rust_reader), ("C", "c", ".c", c_reader)]
NO_FUNCTIONS = {"if", "while", "for", "switch", "return", "do", "else"}


def measure(path, reader):
    import lizard

    with open(path, encoding="utf8", errors="replace") as source:
        text = source.read()
    builder = lizard.FileInfoBuilder(path)
    tokens = reader.generate_tokens(text)
    instance = reader(builder)
    for processor in lizard.get_extensions([]):
        tokens = processor(tokens, instance) if callable(processor) else tokens
    for _ in instance(tokens, instance):
        pass
    return [function for function in builder.fileinfo.function_list if function.name not in NO_FUNCTIONS]


def numbers(rutter, root):
    """The symbols by their files, and what is said of them."""
    with tempfile.TemporaryDirectory() as index:
        command = [rutter, "--index-dir", index]
        subprocess.run([*command, "index", root], check=True, stdout=subprocess.DEVNULL)
        dump = subprocess.run([*command, "dump", "--root", root], check=True, capture_output=True, text=True).stdout
    symbols, values = collections.defaultdict(list), {}
    for line in dump.splitlines():
        row = json.loads(line)
        if row["key"].startswith("sym:id:"):
            symbols[row["value"]["path"]].append(row["value"])
        elif row["key"].startswith("metrics:symbol:"):
            values[row["value"]["symbol_id"]] = row["value"].get("cyclomatic_complexity")
    return symbols, values


def compare(name, root, suffix, reader, rutter, shown):
    symbols, values = numbers(rutter, root)
    total = equal = 0
    misses = []
    for path in sorted(Path(root).rglob("*" + suffix)):
        relative = str(path.relative_to(root))
        if relative not in symbols:
            continue
        for function in measure(str(path), reader):
            bare = function.name.split("::")[-1]
            named = [s for s in symbols[relative] if s["name"] == bare and s["symbol_id"] in values]
            near = [s for s in named if s["start_line"] <= function.start_line <= max(s["name_line"], s["start_line"])]
            got = values[near[0]["symbol_id"]] if near else None
            total += 1
            equal += got == function.cyclomatic_complexity
            if got != function.cyclomatic_complexity:
                misses.append(f"{relative}:{function.start_line} {function.name} want {function.cyclomatic_complexity} got {got}")
    measured = 100 * equal / total if total else None
    print(f"{name}, lizard without its slips: equal {measured:.2f}% of {total}")
    for miss in misses[:shown]:
        print("MISS", miss)
    note = f"{len(misses)} of {total} functions differ"
    return {"name": f"{name} without lizard's slips", "goal": 99.5, "measured": measured, "note": note}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rutter", required=True)
    parser.add_argument("--truth", help="not used: lizard is asked")
    parser.add_argument("--sources", required=True)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = []
    for name, directory, suffix, reader in LANGUAGES:
        try:
            made = reader()
        except ImportError:
            print("lizard is not installed (pip install lizard==1.24.3): not measured")
            rows.append({"name": f"{name} without lizard's slips", "goal": 99.5, "measured": None, "note": "no lizard"})
            continue
        root = os.path.join(options.sources, "metrics", directory)
        rows.append(compare(name, root, suffix, made, options.rutter, options.misses))
    if options.json:
        with open(options.json, "w") as out:
            json.dump(rows, out)


if __name__ == "__main__":
    sys.exit(main())
