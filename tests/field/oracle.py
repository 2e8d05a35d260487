"""Compares what ocislim says a loader would open with what the image's own loader says, for every dynamic program of a root.

oracle.py ROOT DEPS: ROOT is an unpacked image, DEPS the output of `ocislim deps --all --json`. Prints the differences and the count.
Runs as root in a mount namespace of its own: the loader is called in a chroot.
"""
import json
import os
import re
import stat
import subprocess
import sys

LOADERS = {2: "/lib64/ld-linux-x86-64.so.2", 3: "/lib/ld-linux-aarch64.so.1"}


def programs(root):
    """The executable ELF files with an interpreter, found without ocislim."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not os.path.ismount(os.path.join(folder, name))]
        for name in files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode) and status.st_mode & 0o111 and has_interpreter(path):
                yield path[len(root):]


def has_interpreter(path):
    with open(path, "rb") as file:
        head = file.read(64)
        if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
            return False
        offset = int.from_bytes(head[32:40], "little")
        size, count = int.from_bytes(head[54:56], "little"), int.from_bytes(head[56:58], "little")
        file.seek(offset)
        table = file.read(size * count)
    return any(table[at:at + 4] == b"\3\0\0\0" for at in range(0, len(table), size))


def loader_says(loader, program):
    result = subprocess.run([loader, "--list", program], env={}, capture_output=True, text=True, check=False)
    opened, missing = set(), set()
    for line in result.stdout.splitlines() + result.stderr.splitlines():
        found = re.match(r"\t(?:(\S+) => )?(/\S+) \(0x", line)
        if found:
            opened.add(found.group(2))
        absent = re.match(r"\t(\S+) => not found", line)
        if absent:
            missing.add(absent.group(1))
    return opened, missing


def ocislim_says(program):
    """What is opened at the start: along the edges that a loader follows by itself."""
    objects = {entry["path"]: entry for entry in program["objects"]}
    opened, missing, seen, left = set(), set(), set(), [program["path"]]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        for edge in objects[path]["edges"]:
            if edge["kind"] not in ("interpreter", "needed") or edge["variant"]:
                continue
            if edge["missing"]:
                missing.add(edge["name"])
            else:
                if edge["opened"] is not None:  # nothing is opened for what is loaded already
                    opened.add(edge["opened"])
                left.append(edge["target"])
    return opened, missing


def main(root, deps):
    with open(deps, encoding="utf-8") as file:
        ours = {program["path"]: ocislim_says(program) for program in json.load(file)["programs"]}
    expected = set(programs(root))
    os.chroot(root)
    os.chdir("/")
    loader = next(path for path in LOADERS.values() if os.path.exists(path))
    different = 0
    for program in sorted(expected | set(ours)):
        theirs = loader_says(loader, program)
        if program not in ours or program not in expected:
            different += 1
            print(program, "is known to", "the search only" if program in expected else "ocislim only")
        elif ours[program] != theirs:
            different += 1
            for what, mine, other in zip(("opened", "missing"), ours[program], theirs):
                print(program, what, "by ocislim only:", sorted(mine - other), "by the loader only:", sorted(other - mine))
    print(len(expected), "programs,", different, "different")
    return different or not expected


sys.exit(bool(main(sys.argv[1].rstrip("/"), sys.argv[2])))
