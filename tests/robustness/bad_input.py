"""Bad input, put to the real program as a black box.

    bad_input.py RUTTER [PART...]      PART: files names nesting places damage kills garbage (default: all)
"""

import shutil
import sys
from pathlib import Path

import damage
import files
import garbage
import harness
import kills

PARTS = {
    "files": files.odd_files,
    "names": files.odd_names,
    "nesting": files.deep_nesting,
    "places": damage.bad_places,
    "damage": damage.damaged_index,
    "kills": kills.killed_runs,
    "garbage": garbage.language_server,
}

program = Path(sys.argv[1]).resolve()
for name in sys.argv[2:] or PARTS:
    print(f"-- {name}")
    work = harness.workspace(name)
    try:
        PARTS[name](harness.Rutter(program, work), work)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is a failure with a name
        harness.check(f"{name} runs to its end", False, repr(problem))
    finally:
        shutil.rmtree(work, ignore_errors=True)
print(f"bad-input: {harness.counts['passed']} passed, {harness.counts['failed']} failed")
sys.exit(1 if harness.counts["failed"] else 0)
