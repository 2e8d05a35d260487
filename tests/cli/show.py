#!/usr/bin/env python3
"""Shows what a layout or an archive of one layer holds, for tests.

usage: show.py WHAT IMAGE

IMAGE is a layout's folder or an archive. WHAT is

  entries     a line for each entry of the layer: path, type, mode, uid:gid, mtime, size or target, xattrs
  paths       the entries' paths only
  config      the config document
  manifest    the manifest
  index       index.json
  docker      manifest.json
  cat:PATH    the bytes of a file of the layer
"""
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

TYPES = {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "hard", tarfile.FIFOTYPE: "fifo"}


def read_files(image):
    if os.path.isdir(image):
        return lambda name: open(os.path.join(image, name), "rb").read()
    tar = tarfile.open(image)
    return lambda name: tar.extractfile(name).read()


def blob(read, descriptor):
    data = read("blobs/" + descriptor["digest"].replace(":", "/"))
    assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"], descriptor
    assert len(data) == descriptor["size"], descriptor
    return data


def inflate(data):
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-dqc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def describe(entry):
    xattrs = [
        name[len("SCHILY.xattr.") :] + "=" + value.encode("utf-8", "surrogateescape").hex()
        for name, value in sorted(entry.pax_headers.items())
        if name.startswith("SCHILY.xattr.")
    ]
    kind = TYPES.get(entry.type, "?")
    rest = entry.linkname if kind in ("link", "hard") else str(entry.size) if kind == "file" else "-"
    mtime = entry.pax_headers.get("mtime", str(int(entry.mtime)))
    return " ".join([entry.name, kind, format(entry.mode, "o"), f"{entry.uid}:{entry.gid}", mtime, rest, *xattrs])


def main():
    what, image = sys.argv[1:]
    read = read_files(image)
    index = json.loads(read("index.json"))
    manifest = json.loads(blob(read, index["manifests"][0]))
    config = json.loads(blob(read, manifest["config"]))
    assert len(manifest["layers"]) == 1, manifest
    plain = inflate(blob(read, manifest["layers"][0]))
    assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(plain).hexdigest()], config["rootfs"]
    layer = tarfile.open(fileobj=io.BytesIO(plain))
    documents = {"config": config, "manifest": manifest, "index": index}
    if what in documents:
        print(json.dumps(documents[what], indent=1))
    elif what == "docker":
        print(json.dumps(json.loads(read("manifest.json")), indent=1))
    elif what == "entries":
        for entry in layer:
            print(describe(entry))
    elif what == "paths":
        for entry in layer:
            print(entry.name)
    elif what.startswith("cat:"):
        sys.stdout.buffer.write(layer.extractfile(what[4:]).read())
    else:
        sys.exit(__doc__)


main()
