"""The blocks of a graph, as `cfg:func:` has them in columns: see FORMAT.md."""

COLUMNS = "kind terminator byte_start byte_end start_line start_col end_line end_col".split()


def blocks_of(graph):
    """One object a block, its edges as objects, too."""
    return [
        {"id": at, "function_id": graph["function_id"], **{field: graph[field][at] for field in COLUMNS},
         "successors": [{"block": block, "kind": kind} for block, kind in ways]}
        for at, ways in enumerate(graph["successors"])
    ]  # fmt: skip
