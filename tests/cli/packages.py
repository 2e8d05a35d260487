#!/usr/bin/env python3
"""Package databases as scanners read them, and some to be read.

usage: packages.py scan ROOT              what a scanner finds: "os ID VERSION", then "KIND NAME VERSION: FILE..." a package
       packages.py remaining BEFORE AFTER what it should find: the packages of BEFORE of which a file is in AFTER
       packages.py files ROOT KIND NAME   the files that the database says a package has
       packages.py make-sqlite|make-ndb FILE NAME:VERSION:PATH,PATH...

Written from the behaviour that syft and trivy document for these databases,
and from the formats' own documentation; it shares nothing with the program.
"""
import os
import sqlite3
import struct
import sys
import zlib

LINKS_MAX = 40


# --- a tree that is not the machine's own ---
def walk(root, path, follow=True):
    """The path of the host where a path of the tree leads, or None."""
    todo = [part for part in path.split("/") if part]
    done, links = [], 0
    while todo:
        part = todo.pop(0)
        if part in (".", ".."):
            done = done[:-1] if part == ".." else done
            continue
        here = os.path.join(root, *done, part)
        if not os.path.lexists(here):
            return None
        if os.path.islink(here) and (todo or follow):
            links += 1
            if links > LINKS_MAX:
                return None
            target = os.readlink(here)
            done = [] if target.startswith("/") else done
            todo = [p for p in target.split("/") if p] + todo
            continue
        done.append(part)
    return os.path.join(root, *done)


def read(root, path):
    place = walk(root, path)
    if place is None or not os.path.isfile(place):
        return None
    with open(place, "rb") as file:
        return file.read()


def names(root, path):
    place = walk(root, path)
    return sorted(os.listdir(place)) if place is not None and os.path.isdir(place) else []


# --- what scanners know of the distribution ---
def release(root):
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        text = read(root, path)
        if text is not None:
            values = dict(line.split("=", 1) for line in text.decode().splitlines() if "=" in line)
            return values.get("ID", "").strip("\"'"), values.get("VERSION_ID", "").strip("\"'")
    return None


# --- dpkg ---
def stanzas(text):
    for block in text.decode().split("\n\n"):
        fields, key = {}, None
        for line in block.splitlines():
            if line[:1] in (" ", "\t"):
                fields[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields.get("Package"):
            yield fields


def dpkg_lists(root, folder, fields):
    """Files by the list, and checksums by the md5sums."""
    stems = [fields["Package"] + ":" + fields.get("Architecture", ""), fields["Package"]]
    paths, sums = [], {}
    info = folder if folder.endswith("status.d") else folder + "/info"
    for stem in stems:
        text = read(root, f"{info}/{stem}.list")
        if text is not None:
            paths = [line for line in text.decode().splitlines() if line != "/."]
            break
    for stem in stems:
        text = read(root, f"{info}/{stem}.md5sums")
        if text is not None:
            for line in text.decode().splitlines():
                checksum, path = line.split(None, 1)
                sums["/" + path.lstrip("/")] = checksum
            break
    return paths or list(sums), sums


def dpkg(root):
    files = ["/var/lib/dpkg/status"]
    files += ["/var/lib/dpkg/status.d/" + name for name in names(root, "/var/lib/dpkg/status.d") if not name.endswith(".md5sums")]
    for path in files:
        for fields in stanzas(read(root, path) or b""):
            words = fields.get("Status", "").split()
            if "deinstall" in words or "purge" in words or "not-installed" in words:
                continue
            paths, _ = dpkg_lists(root, os.path.dirname(path), fields)
            yield "deb", fields["Package"], fields["Version"], paths


# --- apk ---
def apk(root):
    seen = set()
    for path in ("/lib/apk/db/installed", "/usr/lib/apk/db/installed"):
        place = walk(root, path)
        if place is None or place in seen:
            continue
        seen.add(place)
        for block in read(root, path).decode().split("\n\n"):
            name = version = None
            folder, paths = "", []
            for line in block.splitlines():
                key, _, value = line.partition(":")
                if key == "P":
                    name = value
                elif key == "V":
                    version = value
                elif key == "F":
                    folder = value
                    paths.append("/" + value)
                elif key == "R":
                    paths.append("/" + (folder + "/" if folder else "") + value)
            if name is not None:
                yield "apk", name, version, paths


# --- rpm ---
def headers_of_sqlite(place):
    database = sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    yield from (row[0] for row in database.execute("SELECT blob FROM Packages"))


def headers_of_ndb(place):
    with open(place, "rb") as file:
        data = file.read()
    magic, version, _, pages = struct.unpack_from("<4sIII", data)
    assert (magic, version) == (b"RpmP", 0) and pages > 0
    for at in range(32, pages * 4096, 16):
        slot, index, block, count = struct.unpack_from("<4sIII", data, at)
        assert slot == b"Slot"
        if index == 0:
            continue
        start, size = block * 16, count * 16
        blob, number, _, length = struct.unpack_from("<4sIII", data, start)
        checksum, again, end = struct.unpack_from("<II4s", data, start + size - 12)
        assert (blob, number, end, again) == (b"BlbS", index, b"BlbE", length)
        assert checksum == zlib.adler32(data[start : start + size - 12])
        yield data[start + 16 : start + 16 + length]


def tags(blob):
    count, _ = struct.unpack_from(">II", blob)
    data = 8 + 16 * count
    found = {}
    for i in range(count):
        tag, kind, offset, items = struct.unpack_from(">IIII", blob, 8 + 16 * i)
        at = data + offset
        if kind in (6, 8, 9):
            found[tag] = [text.decode() for text in blob[at:].split(b"\0", items)[:items]]
        elif kind == 4:
            found[tag] = list(struct.unpack_from(f">{items}I", blob, at))
    return found


def rpm(root):
    seen = set()
    for folder in ("/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"):
        for name, reader in (("rpmdb.sqlite", headers_of_sqlite), ("Packages.db", headers_of_ndb)):
            place = walk(root, f"{folder}/{name}")
            if place is None or place in seen:
                continue
            seen.add(place)
            for blob in reader(place):
                values = tags(blob)
                folders = values.get(1118, [])
                paths = [folders[index] + base for base, index in zip(values.get(1117, []), values.get(1116, []))]
                yield "rpm", values[1000][0], values[1001][0], paths


def packages(root):
    return sorted([*dpkg(root), *apk(root), *rpm(root)])


# --- databases to be read ---
def rpm_header(name, version, paths):
    folders = sorted({os.path.dirname(path) + "/" for path in paths})
    index, data = b"", b""
    for tag, kind, items in (
        (1000, 6, [name]),
        (1001, 6, [version]),
        (1002, 6, ["1"]),
        (1022, 6, ["x86_64"]),
        (1116, 4, [folders.index(os.path.dirname(path) + "/") for path in paths]),
        (1117, 8, [os.path.basename(path) for path in paths]),
        (1118, 8, folders),
    ):
        data += bytes(-len(data) % 4)
        index += struct.pack(">IIII", tag, kind, len(data), len(items))
        data += struct.pack(f">{len(items)}I", *items) if kind == 4 else b"".join(item.encode() + b"\0" for item in items)
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def make_sqlite(path, blobs):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
    database.executemany("INSERT INTO Packages(blob) VALUES(?)", [(blob,) for blob in blobs])
    database.commit()


def make_ndb(path, blobs):
    slots, content, block = b"", b"", 256
    for number, blob in enumerate(blobs, 1):
        body = struct.pack("<4sIII", b"BlbS", number, 7, len(blob)) + blob
        body += bytes(-(len(body) + 12) % 16)
        body += struct.pack("<II4s", zlib.adler32(body), len(blob), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, block, len(body) // 16)
        content += body
        block += len(body) // 16
    slots += struct.pack("<4sIII", b"Slot", 0, 0, 0) * (254 - len(blobs))
    with open(path, "wb") as file:
        file.write(struct.pack("<4s7I", b"RpmP", 0, 7, 1, len(blobs) + 1, 0, 0, 0) + slots + content)


# --- commands ---
def scan(root):
    found = release(root)
    if found is not None:
        print("os", *found)
    for kind, name, version, _ in packages(root):
        print(kind, name, version)


def remaining(before, after):
    """A link to a folder that many packages have as the folder that it once was is nobody's."""
    known = packages(before)
    owners = {}
    for package in known:
        for path in set(package[3]):
            owners[path] = owners.get(path, 0) + 1
    for kind, name, version, paths in known:
        for path in paths:
            place = walk(after, path, follow=False)
            if place is None or (os.path.isdir(place) and (not os.path.islink(place) or owners[path] > 1)):
                continue
            target = walk(before, path) if os.path.islink(place) else None
            if target is not None and os.path.isdir(target) and owners[path] > 1:
                continue
            print(kind, name, version)
            break


def files(root, kind, name):
    for package in packages(root):
        if package[:2] == (kind, name):
            print("\n".join(package[3]))


def make(maker, path, *descriptions):
    blobs = []
    for description in descriptions:
        name, version, paths = description.split(":")
        blobs.append(rpm_header(name, version, paths.split(",")))
    maker(path, blobs)


def main():
    commands = {
        "scan": scan,
        "remaining": remaining,
        "files": files,
        "make-sqlite": lambda *words: make(make_sqlite, *words),
        "make-ndb": lambda *words: make(make_ndb, *words),
    }
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])


main()
