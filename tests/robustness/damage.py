"""Places where no index can be, and indexes that something happened to."""

import json
import os
import random
import shutil
import subprocess

from harness import NOBODY, check, difference, home, not_run, real_project, said, small_project, survived


def bad_places(rutter, work):
    root = small_project(work / "project")
    clean = work / "clean"
    rutter.index(root, clean)
    expected = rutter.rows(root, clean)
    check("there is an index to compare with", len(expected) > 1000, len(expected))

    closed = work / "closed"
    closed.mkdir(mode=0o555)
    if os.getuid() == 0:
        os.chown(closed, NOBODY, NOBODY)
    for place, name in [(closed, "is read-only"), (closed / "below" / "it", "lies in a read-only one")]:
        done = rutter.index(root, place, as_nobody=True)
        check(f"an index directory that {name} is an error", done.returncode == 4, done)
        check("that names it and says why", said(done, str(closed)) and said(done, "permission", "read-only", "not writable"), done)
    file = work / "a-file"
    file.write_text("mine")
    done = rutter.index(root, file)
    check("an index directory that is a file is an error", done.returncode == 4 and said(done, str(file)), done)
    check("and the file is as it was", file.read_text() == "mine")
    full = work / "of-others"
    full.mkdir()
    (full / "novel.txt").write_text("chapter 1")
    rutter.index(root, full)
    check("a directory with other things keeps them", (full / "novel.txt").read_text() == "chapter 1")
    done = rutter.run("dump", root=root, index=work / "never-made")
    check("no index: exit code 3 and what to do", done.returncode == 3 and said(done, "rutter index"), done)
    done = rutter.run("index", work / "no-such-root")
    check("no such root: an error that names it", done.returncode in (2, 4) and said(done, "no-such-root"), done)
    full_disk(rutter, root, work / "disk", expected)
    disk_that_fills(rutter, work)


def full_disk(rutter, root, disk, expected):
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        not_run("a full disk", "this user may not mount a tmpfs")
        return
    try:
        index = disk / "index"
        done = rutter.index(root, index)
        check("a full disk is an error, not a crash", survived(done) and done.returncode == 4, done)
        check("that says so", said(done, "space", "full"), done)
        rows = rutter.run("dump", root=root, index=index)
        check("what is there can be read, or is said not to be", survived(rows), rows)
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        done = rutter.index(root, index)
        check("with space again the index is whole", done.returncode == 0 and rutter.rows(root, index) == expected, done)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def disk_that_fills(rutter, work):
    """Disks of many sizes, so that the end comes at every stage: before anything, in a sorted run, in the merge, at the end."""
    root = work / "large"
    for copy in range(4):
        real_project(root / f"copy{copy}")
    rutter.index(root, work / "large-clean")
    expected = rutter.rows(root, work / "large-clean")
    ends = set()
    for size in [2, 8, 17, 26, 40, 64, 80, 96, 112, 128, 256, 512]:
        disk = work / f"disk-{size}"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(disk)], capture_output=True, check=False)
        if mounted.returncode != 0:
            not_run("a disk that fills", "this user may not mount a tmpfs")
            return
        try:
            index = disk / "index"
            done = rutter.index(root, index)
            rows = rutter.rows(root, index)
            ends.add(done.returncode)
            if done.returncode == 0:
                check(f"a disk of {size} MB: the index is whole", rows == expected, difference(expected, rows))
            else:
                check(f"a disk of {size} MB is too small, and it is said", done.returncode == 4 and said(done, "space", "full"), done)
                check("and no half of an index is seen", "dump" in rows or not any(key.startswith("file:") for key in rows), len(rows))
                left = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
                check("nor does it keep the disk full", left < 1 << 20, left)
        finally:
            subprocess.run(["umount", str(disk)], check=False)
    check("some disks were large enough, and some were not", ends == {0, 4}, ends)


def damaged_index(rutter, work):
    root = real_project(work / "project", files=25)
    clean = work / "clean"
    rutter.index(root, clean)
    expected = rutter.rows(root, clean)
    check("there is an index to compare with", len(expected) > 1000, len(expected))
    source = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for name, harm in damages().items():
        index = work / "index"
        shutil.copytree(clean, index)
        generation = home(index) / (home(index) / "CURRENT").read_text().strip()
        harm(index, generation / "data.mdb")
        for question in [("status",), ("dump",), ("symbols", "main"), ("get", "meta:index")]:
            done = rutter.run(*question, root=root, index=index)
            if not told_or_answered(done, index, is_json=question[0] in ("dump", "get")):
                check(f"{name}: `{question[0]}` answers, or says what is wrong and what to do", False, done)
        data = generation / "data.mdb"
        is_there = not name.endswith(("no CURRENT", "nowhere")) and data.exists() and data.stat().st_size > 0
        done = rutter.index(root, index)
        rows = rutter.rows(root, index)
        changed = [key for key in {**expected, **rows} if expected.get(key) != rows.get(key)]
        check(f"{name}: the next run has it whole", done.returncode == 0 and not changed, (done, difference(expected, rows)))
        if is_there and (home(index) / "CURRENT").read_text().strip() != generation.name:
            check(f"{name}: it says that the index was set aside", said(done, "set aside"), done)
        shutil.rmtree(index)
    check("the sources are as they were", all(path.read_bytes() == data for path, data in source.items()))


def told_or_answered(done, index, is_json):
    """No crash: an answer (of JSON that can be read), or an error that names the index and the way out."""
    if done.returncode in (0, 1):
        try:
            lines = [json.loads(line) for line in done.stdout.split(b"\n") if line] if is_json and done.returncode == 0 else []
        except ValueError:
            return False
        return lines is not None
    return done.returncode in (3, 4) and said(done, "rutter index") and said(done, str(index).lower())


def damages():
    """Ways of harm, by name."""

    def cut(part):
        return lambda _index, data: os.truncate(data, int(data.stat().st_size * part))

    def flip(seed, count):
        def harm(_index, data):
            dice = random.Random(seed)
            content = bytearray(data.read_bytes())
            for _ in range(count):
                content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
            data.write_bytes(content)

        return harm

    def zero(first, length):
        def harm(_index, data):
            with open(data, "r+b") as file:
                file.seek(first)
                file.write(bytes(length))

        return harm

    def write(name, content):
        return lambda index, _data: (home(index) / name).write_bytes(content)

    return {
        "half of the database": cut(0.5),
        "all but its last page": lambda _index, data: os.truncate(data, max(0, data.stat().st_size - 4096)),
        "an empty database": cut(0),
        "a foreign file": lambda _index, data: data.write_text("This is no database.\n" * 1000),
        "one bit": flip(1, 1),
        "a hundred bits": flip(2, 100),
        "a thousand bits": flip(3, 1000),
        "ten thousand bits": flip(4, 10_000),
        "one meta page": zero(0, 4096),
        "both meta pages": zero(0, 8192),
        "pages in the middle": zero(20 * 4096, 8 * 4096),
        "no database": lambda _index, data: data.unlink(),
        "no lock file": lambda _index, data: (data.parent / "lock.mdb").unlink(missing_ok=True),
        "a lock file of noise": lambda _index, data: (data.parent / "lock.mdb").write_bytes(bytes(range(256)) * 32),
        "no CURRENT": lambda index, _data: (home(index) / "CURRENT").unlink(),
        "an empty CURRENT": write("CURRENT", b""),
        "a CURRENT of noise": write("CURRENT", bytes(range(256))),
        "a CURRENT that leads outside": write("CURRENT", b"../../../../etc\n"),
        "a CURRENT that leads nowhere": write("CURRENT", b"gen-999999\n"),
        "no directory of the generation": lambda _index, data: shutil.rmtree(data.parent),
    }
