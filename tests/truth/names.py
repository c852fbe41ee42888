"""Where names lead, and what refers to a definition: the goals, and what the comparing programs found as lines for the table."""

import json

# Per cent of the answers (precision) and of the positions (recall) whose first place is the right one.
NAVIGATION = {
    "py-rich": (98.0, 97.0),
    "c-zstd": (98.0, 97.0),
    "go-spf13": (97.0, 95.0),
    "java-lang3": (97.0, 95.0),
    "rs-bat": (95.0, 92.0),
    "ts-rxjs": (95.0, 92.0),
    "cpp-yamlcpp": (94.0, 91.0),
    "js-eslint": (92.0, 85.0),
}
LOCALS = ("local", "type_param")
LOCAL_GOALS = (99.5, 99.0)
# Of the positions whose definition is outside the project, as many may be answered inside.
FALSE_INSIDE = 1.0

# Precision and recall of all uses of all definitions that were asked about.
REFERENCES = (95.0, 88.0)
SHARED_NAMES = (90.0, 75.0)
FALSE_FILES = 3.0
# The same of definitions of some kinds.
PLAIN_KINDS = {"types": ("type",), "functions": ("function",), "constants": ("variable", "enum_member", "macro")}
PLAIN = (98.0, 95.0)
MEMBER_KINDS = {"methods": ("method",), "fields": ("field",)}
MEMBERS = {
    **dict.fromkeys(["go-spf13", "java-lang3", "rs-bat", "c-zstd"], (90.0, 80.0)),
    **dict.fromkeys(["py-rich", "ts-rxjs", "cpp-yamlcpp"], (88.0, 70.0)),
}


def share(part, whole):
    return 100 * part / whole if whole else None


def root_of(truth, sources):
    """The project that the answers are about."""
    with open(truth, encoding="utf-8") as lines:
        return sources / "navigation" / json.loads(next(lines))["meta"]["dir"]


def navigation(project, found):
    """Lines of a project: name, goal, measured, note, and whether the goal is not to be exceeded."""
    classes = found["classes"]
    together = lambda names: {key: sum(classes[name][key] for name in names if name in classes) for key in ("n", "answered", "right")}
    for name, counts, goals in [
        ("all", classes["ALL"], NAVIGATION[project]),
        ("locals", together(LOCALS), LOCAL_GOALS),
    ]:
        right = f"{counts['right']} right of {counts['answered']} answered of {counts['n']}"
        yield f"{project} {name} precision", goals[0], share(counts["right"], counts["answered"]), right, False
        yield f"{project} {name} recall", goals[1], share(counts["right"], counts["n"]), right, False
    note = f"{found['false']} of {found['negatives']}"
    yield f"{project} false inside", FALSE_INSIDE, share(found["false"], found["negatives"]), note, True


def references(project, found):
    """The same of uses."""
    totals = found["totals"]
    wanted = [("all", ("ALL",), REFERENCES), ("shared names", ("name is shared",), SHARED_NAMES)]
    wanted += [(name, of, PLAIN) for name, of in PLAIN_KINDS.items()]
    wanted += [(name, of, MEMBERS[project]) for name, of in MEMBER_KINDS.items() if project in MEMBERS]
    for name, of, goals in wanted:
        right, wrong, want = (sum(totals.get(kind, {}).get(key, 0) for kind in of) for key in ("right", "wrong", "want"))
        if want == 0:
            continue
        note = f"{right} right, {wrong} wrong, {want - right} missed"
        yield f"{project} {name} precision", goals[0], share(right, right + wrong), note, False
        yield f"{project} {name} recall", goals[1], share(right, want), note, False
    files, false = totals["ALL"]["files"], totals["ALL"]["false_files"]
    yield f"{project} false files", FALSE_FILES, share(false, files), f"{false} of {files}", True
