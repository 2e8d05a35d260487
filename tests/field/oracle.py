"""Compares what ocislim says a loader would open with what the image's own loader says, run in a chroot.

oracle.py [--objects] [--allow FILE] ROOT OCISLIM: every dynamic program of ROOT, an unpacked image; with --objects every shared object too.
oracle.py --path PATH [--source SOURCE] ROOT OCISLIM: this one only, as ocislim knows it from SOURCE.

FILE has a line for each path that may differ, "PATH REASON"; one that does not differ is an error. Prints the differences and the counts.
Runs as root, in a mount namespace of its own with /proc in ROOT where $ORIGIN matters.
"""
import argparse
import json
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# By class and machine.
LOADERS = {
    (2, 62): "/lib64/ld-linux-x86-64.so.2",
    (2, 183): "/lib/ld-linux-aarch64.so.1",
    (1, 3): "/lib/ld-linux.so.2",
}
PT_DYNAMIC, PT_INTERP = 2, 3
BATCH = 100


def header(path):
    """Class and machine, and the types of the program headers; None for another file."""
    with open(path, "rb") as file:
        head = file.read(64)
        if len(head) < 52 or head[:4] != b"\x7fELF" or head[5] != 1:
            return None
        wide = head[4] == 2
        offset = int.from_bytes(head[32:40] if wide else head[28:32], "little")
        at = 54 if wide else 42
        size, count = int.from_bytes(head[at:at + 2], "little"), int.from_bytes(head[at + 2:at + 4], "little")
        file.seek(offset)
        table = file.read(size * count)
    kind = (head[4], int.from_bytes(head[18:20], "little"))
    return kind, {int.from_bytes(table[at:at + 4], "little") for at in range(0, len(table), size or 1)}


def search(root, objects):
    """The executable ELF files with an interpreter, and all that have a dynamic section; found without ocislim."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not os.path.ismount(os.path.join(folder, name))]
        for name in files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if not stat.S_ISREG(status.st_mode):
                continue
            found = header(path)
            if found is None or found[0] not in LOADERS or not os.path.exists(root + LOADERS[found[0]]):
                continue
            if PT_INTERP in found[1] and status.st_mode & 0o111 or objects and PT_DYNAMIC in found[1]:
                yield path[len(root):], found[0]


def loader_says(kind, path):
    environment = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"}  # as --list, which stops at the first name that is missing
    result = subprocess.run([LOADERS[kind], path], env=environment, capture_output=True, text=True, check=False, errors="surrogateescape")
    opened, missing = set(), set()
    for line in result.stdout.splitlines() + result.stderr.splitlines():
        found = re.match(r"\t(?:.+ => (.+)|(?!linux-(?:vdso|gate))(.+)) \(0x[0-9a-f]+\)$", line)
        absent = re.match(r"\t(.+) => not found$", line)
        if found:
            opened.add(os.path.join("/", found.group(1) or found.group(2)))
        elif absent:
            missing.add(absent.group(1))
        elif "error while loading" in line:
            missing.add(line.strip())
    return opened, missing


def start_of(program):
    """What is opened at the start: along the edges that a loader follows by itself."""
    objects = {entry["path"]: entry for entry in program["objects"]}
    opened, missing, seen, left = set(), set(), set(), [program["path"]]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        for edge in objects[path]["edges"]:
            if edge["kind"] == "dlopen" or edge["variant"]:
                continue
            if edge["missing"]:
                if not edge["optional"] or edge["kind"] == "auxiliary":  # listed, though it stops nothing
                    missing.add(edge["name"])
                continue
            if edge["opened"] is not None and edge["found"] != "already loaded":  # else the list has it by its first name
                opened.add(edge["opened"])
            if edge["target"] is not None:
                left.append(edge["target"])
    return opened, missing


def ocislim_says(ocislim, source, paths):
    """A dictionary of start_of(). What cannot be read is left out."""
    said = {}
    result = subprocess.run([ocislim, "deps", "--json", source, *paths], capture_output=True, text=True, check=False)
    if result.stdout:
        for path, program in zip(paths, json.loads(result.stdout)["programs"], strict=True):
            said[path] = start_of(program)
    elif len(paths) > 1:
        for half in (paths[:len(paths) // 2], paths[len(paths) // 2:]):
            said.update(ocislim_says(ocislim, source, half))
    else:
        print(paths[0], "is refused:", result.stderr.strip())
    return said


def without_loader(says, names):
    """The loader is listed by the name it was started with, which for a library is ours to choose."""
    return says[0] - names, says[1]


def known_programs(ocislim, root):
    """The programs that `ocislim deps --all` finds by itself."""
    result = subprocess.run([ocislim, "deps", "--all", "--json", "rootfs:" + root], capture_output=True, text=True, check=False)
    return {program["path"] for program in json.loads(result.stdout)["programs"]}


def allowed(file):
    if file is None:
        return {}
    with open(file, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split(" ", 1) for line in lines if line.strip() and not line.startswith("#"))


def compare(kinds, ours, may_differ):
    """In the chroot. Returns: how many differ and are not allowed to."""
    loaders = {os.stat(path).st_ino for path in LOADERS.values() if os.path.exists(path)}
    different, explained = 0, 0
    with ThreadPoolExecutor(2) as pool:
        theirs = dict(zip(kinds, pool.map(lambda path: loader_says(kinds[path], path), kinds)))
    for path in sorted(kinds):
        if path not in ours:
            different += 1
            continue
        names = {name for name in ours[path][0] | theirs[path][0] if os.path.exists(name) and os.stat(name).st_ino in loaders}
        mine, other = without_loader(ours[path], names), without_loader(theirs[path], names)
        if mine == other:
            continue
        if path in may_differ:
            explained += 1
            del may_differ[path]
            continue
        different += 1
        for what, left, right in zip(("opened", "missing"), mine, other):
            if left != right:
                print(path, what, "by ocislim only:", sorted(left - right), "by the loader only:", sorted(right - left))
    for path, reason in may_differ.items():
        different += 1
        print(path, "does not differ, or is not there, and need not be allowed:", reason)
    print(len(kinds), "objects,", different, "different,", explained, "different for a known reason")
    return different


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", action="store_true")
    parser.add_argument("--allow")
    parser.add_argument("--path")
    parser.add_argument("--source")
    parser.add_argument("root")
    parser.add_argument("ocislim")
    options = parser.parse_args()
    root = options.root.rstrip("/")
    different, may_differ = 0, allowed(options.allow)
    if options.path is not None:
        kinds = {options.path: header(os.path.realpath(root + options.path))[0]}
    else:
        found = dict(search(root, False))
        for path in sorted(set(found) ^ known_programs(options.ocislim, root)):
            different += 1
            print(path, "is known to", "the search only" if path in found else "ocislim only")
        kinds = dict(sorted(search(root, options.objects)))
    paths, ours = list(kinds), {}
    for at in range(0, len(paths), BATCH):
        ours.update(ocislim_says(options.ocislim, options.source or "rootfs:" + root, paths[at:at + BATCH]))
    os.chroot(root)
    os.chdir("/")
    return bool(compare(kinds, ours, may_differ) or different or not kinds)


sys.exit(main())
