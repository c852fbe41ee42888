"""Whatever a client, a disk or a kill may do, done to the real program as a black box.

    run.py RUTTER [--long] [PART...]      PART: a name of PARTS (default: all); --long: as often as the promises say
"""

import shutil
import sys
from pathlib import Path

import bits
import damage
import disk
import files
import garbage
import harness
import idle
import kills
import live
import order
import session

PARTS = {
    "files": files.odd_files,
    "names": files.odd_names,
    "nesting": files.deep_nesting,
    "places": damage.bad_places,
    "damage": damage.damaged_index,
    "bits": bits.damaged_bits,
    "disk": disk.failing_disks,
    "live": live.killed_sessions,
    "idle": idle.idle_processes,
    "kills": kills.killed_runs,
    "garbage": garbage.language_server,
    "session": session.sessions,
    "order": order.order,
}

program, *named = sys.argv[1:]
harness.scale.short = "--long" not in named
for name in [name for name in named if name != "--long"] or PARTS:
    print(f"-- {name}")
    work = harness.workspace(name)
    try:
        PARTS[name](harness.Rutter(Path(program).resolve(), work), work)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is a failure with a name
        harness.check(f"{name} runs to its end", False, repr(problem))
    finally:
        shutil.rmtree(work, ignore_errors=True)
print(f"robustness: {harness.counts['passed']} passed, {harness.counts['failed']} failed")
sys.exit(1 if harness.counts["failed"] else 0)
