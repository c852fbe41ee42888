"""Runs that something ends before they are done."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

from harness import check, difference, real_project

ROUNDS = 50
BUILDS = 20


def killed_runs(rutter, work):
    root = real_project(work / "project")
    start = time.monotonic()
    rutter.index(root, work / "clean")
    whole = time.monotonic() - start
    expected = rutter.rows(root, work / "clean")
    check("there is an index to compare with", len(expected) > 1000, len(expected))

    def interrupted(root, index, signal_number, delay):
        run = subprocess.Popen(
            rutter.command("index", root, index=index), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
        )
        time.sleep(delay)
        run.send_signal(signal_number)
        out, err = run.communicate(timeout=60)
        return subprocess.CompletedProcess(run.args, run.returncode, out, err)

    index = work / "killed"
    dice = random.Random(7)
    touched = sorted(root.rglob("*.py"))

    def change(number):
        """Files that look changed are read again: each round has something to write."""
        for path in dice.sample(touched, 40):
            os.utime(path, ns=(number * 10**9, number * 10**9))
            path.write_bytes(path.read_bytes() + b"# round\n")

    rutter.index(root, index)
    change(0)
    start = time.monotonic()
    rutter.index(root, index)
    of_a_round = time.monotonic() - start
    killed = 0
    for number in range(1, ROUNDS + 1):
        change(number)
        done = interrupted(root, index, signal.SIGKILL, dice.uniform(0, of_a_round))
        killed += done.returncode == -signal.SIGKILL
        if done.returncode not in (0, -signal.SIGKILL):
            check(f"round {number}", False, done)
    check(f"{killed} of {ROUNDS} runs were killed", killed > ROUNDS // 4, killed)
    for path in touched:
        path.write_bytes(path.read_bytes().replace(b"# round\n", b""))
    done = rutter.index(root, index)
    rows = rutter.rows(root, index)
    check("a further run has it whole", done.returncode == 0 and rows == expected, (done, difference(expected, rows)))
    check("no generation is left over", len(list(index.glob("v*/gen-*"))) <= 2, list(index.iterdir()))

    killed_builds(rutter, work, interrupted)

    for name, number in [("Ctrl-C", signal.SIGINT), ("SIGTERM", signal.SIGTERM)]:
        for attempt in range(8):  # late enough to have begun, early enough to be not done
            index = work / f"{name}-{attempt}"
            done = interrupted(root, index, number, whole * (0.6 - attempt * 0.07))
            if done.returncode != 0:
                break
        check(f"{name} ends with the exit code for it", done.returncode == 130, done)
        log = rutter.run("log", "--json", root=root, index=index)
        check(f"{name} leaves a record that says `partial`", '"partial"' in log.stdout.decode(), log)
        rows = rutter.rows(root, index)
        halves = {key for key in rows if key.startswith("file:path:")}
        check(f"{name} leaves a sound index", "dump" not in rows and halves <= set(expected), str(rows)[:300])
        done = rutter.index(root, index)
        rows = rutter.rows(root, index)
        check("a further run has it whole", done.returncode == 0 and rows == expected, (done, difference(expected, rows)))

    runs = [rutter.command("index", root, index=work / "shared") for _ in range(4)]
    started = [subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for run in runs]
    ends = [(run.communicate(timeout=120), run.returncode) for run in started]
    rows = rutter.rows(root, work / "shared")
    check("four runs at once end well", all(code == 0 for _, code in ends), ends)
    check("and leave one whole index", rows == expected, difference(expected, rows))
    outcomes = rutter.run("log", "--json", root=root, index=work / "shared").stdout.decode()
    check("each with a record", outcomes.count('"success"') >= 4, json.dumps(outcomes)[:500])


def killed_builds(rutter, work, interrupted):
    """A first index is sorted in files of its own, and merged: enough source that there are several."""
    root = work / "large"
    for copy in range(4):
        real_project(root / f"copy{copy}")
    start = time.monotonic()
    rutter.index(root, work / "large-clean")
    whole = time.monotonic() - start
    expected = rutter.rows(root, work / "large-clean")
    check("there is a large index to compare with", len(expected) > 10_000, len(expected))
    index = work / "large-killed"
    dice = random.Random(11)
    killed = spilled = 0
    for number in range(BUILDS):
        done = interrupted(root, index, signal.SIGKILL, whole * dice.uniform(0.05, 0.98))
        killed += done.returncode == -signal.SIGKILL
        # What a build has beside its database are its sorted runs. Where they have no names, there is nothing to see.
        spilled += len(list(index.glob("v*/gen-*"))) > 1
        rows = rutter.rows(root, index)
        if "dump" not in rows and any(key.startswith("file:") for key in rows) and rows != expected:
            check(f"build {number}: nothing or all of it is seen", False, difference(expected, rows))
        if done.returncode == 0:
            shutil.rmtree(index)
    check(f"{killed} of {BUILDS} builds were killed, {spilled} while they wrote", killed > BUILDS // 2 and spilled > 0, (killed, spilled))
    done = rutter.index(root, index)
    rows = rutter.rows(root, index)
    check("a further build has it whole", done.returncode == 0 and rows == expected, (done, difference(expected, rows)))
    check("of the killed builds nothing is left", len(list(index.glob("v*/gen-*"))) <= 2, list(index.iterdir()))
