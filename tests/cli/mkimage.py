#!/usr/bin/env python3
"""Builds an OCI layout or a docker archive from a description.

usage: mkimage.py KIND DESCRIPTION DEST

KIND is oci (a folder), oci-archive or docker-archive (a tar). DESCRIPTION is
a file, or - for standard input. It has a line for each statement, with words
as a shell splits them:

  config JSON                 merged into the image's config document
  entrypoint WORD...          and cmd WORD..., env NAME=VALUE..., user, workdir, label NAME=VALUE
  annotation NAME=VALUE       of the manifest
  tag NAME                    of the index, and repository and tag of the docker archive
  platform OS/ARCH            default linux/amd64
  layer gzip|zstd|none        begins a layer; what follows is in it
  dir PATH [MODE]             UID, GID and mtime are 0, or set by "owner UID GID", "mtime SECONDS[.FRACTION]"
  file PATH MODE [TEXT]       TEXT may hold \\n
  copy PATH HOST [MODE]       a file of the host, with the content behind its links
  zeros PATH BYTES            a large file that compresses well
  link PATH TARGET            a symbolic link
  hard PATH TARGET            another name of TARGET
  fifo PATH, device PATH
  whiteout PATH, opaque PATH
  xattr NAME HEX              of the next entry
  raw HOST                    replaces the layer's tar by a file of the host

Broken on purpose:

  break layer-digest          the last layer's bytes, gzip, differ from their digest
  break diff-id               the config's diff_id is another one
  break layer-size            the descriptor's size is one more
  break config-json           the config is cut
  break truncate              the last layer's blob is cut in the middle, and is described as it is
"""
import copy
import gzip
import hashlib
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile

MEDIA = "application/vnd.oci.image."
SUFFIX = {"gzip": "+gzip", "zstd": "+zstd", "none": ""}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layer:
    def __init__(self, compression):
        self.compression = compression
        self.buffer = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.buffer, mode="w", format=tarfile.PAX_FORMAT)
        self.xattrs = {}
        self.owner = (0, 0)
        self.mtime = 0
        self.raw = None

    def add(self, path, kind, mode=0o644, data=b"", target=""):
        info = tarfile.TarInfo(path.strip("/"))
        info.type, info.mode, info.linkname = kind, mode, target
        info.uid, info.gid = self.owner
        info.mtime = int(self.mtime)
        info.size = len(data)
        if self.mtime != int(self.mtime):
            info.mtime = self.mtime
        info.pax_headers = {"SCHILY.xattr." + name: value for name, value in self.xattrs.items()}
        self.xattrs = {}
        self.tar.addfile(info, io.BytesIO(data) if data else None)

    def finish(self):
        self.tar.close()
        plain = self.raw if self.raw is not None else self.buffer.getvalue()
        if self.compression == "gzip":
            return plain, gzip.compress(plain, 6, mtime=0)
        if self.compression == "zstd":
            return plain, subprocess.run(["zstd", "-qc"], input=plain, stdout=subprocess.PIPE, check=True).stdout
        return plain, plain


def merge(into, value):
    for key, item in value.items():
        if isinstance(item, dict) and isinstance(into.get(key), dict):
            merge(into[key], item)
        else:
            into[key] = item


class Image:
    def __init__(self):
        self.config = {"architecture": "amd64", "os": "linux", "created": "2020-01-02T03:04:05Z", "config": {}}
        self.layers, self.tags, self.annotations, self.broken = [], [], {}, set()

    # --- statements about the image ---
    def do_config(self, text):
        merge(self.config, json.loads(text))

    def do_entrypoint(self, *words):
        self.config["config"]["Entrypoint"] = list(words)

    def do_cmd(self, *words):
        self.config["config"]["Cmd"] = list(words)

    def do_env(self, *words):
        self.config["config"].setdefault("Env", []).extend(words)

    def do_user(self, user):
        self.config["config"]["User"] = user

    def do_workdir(self, path):
        self.config["config"]["WorkingDir"] = path

    def do_label(self, text):
        name, value = text.split("=", 1)
        self.config["config"].setdefault("Labels", {})[name] = value

    def do_annotation(self, text):
        name, value = text.split("=", 1)
        self.annotations[name] = value

    def do_tag(self, name):
        self.tags.append(name)

    def do_platform(self, text):
        self.config["os"], self.config["architecture"] = text.split("/", 1)

    def do_break(self, what):
        self.broken.add(what)

    # --- statements about a layer ---
    def do_layer(self, compression="gzip"):
        self.layers.append(Layer(compression))

    @property
    def top(self):
        return self.layers[-1]

    def do_owner(self, uid, gid):
        self.top.owner = (int(uid), int(gid))

    def do_mtime(self, seconds):
        self.top.mtime = float(seconds) if "." in seconds else int(seconds)

    def do_xattr(self, name, value):
        self.top.xattrs[name] = bytes.fromhex(value).decode("utf-8", "surrogateescape")

    def do_dir(self, path, mode="755"):
        self.top.add(path, tarfile.DIRTYPE, int(mode, 8))

    def do_file(self, path, mode, text=""):
        self.top.add(path, tarfile.REGTYPE, int(mode, 8), text.replace("\\n", "\n").encode("utf-8", "surrogateescape"))

    def do_copy(self, path, host, mode="755"):
        with open(host, "rb") as file:
            self.top.add(path, tarfile.REGTYPE, int(mode, 8), file.read())

    def do_zeros(self, path, count):
        self.top.add(path, tarfile.REGTYPE, 0o644, bytes(int(count)))

    def do_link(self, path, target):
        self.top.add(path, tarfile.SYMTYPE, 0o777, target=target)

    def do_hard(self, path, target):
        self.top.add(path, tarfile.LNKTYPE, target=target.strip("/"))

    def do_fifo(self, path):
        self.top.add(path, tarfile.FIFOTYPE)

    def do_device(self, path):
        self.top.add(path, tarfile.CHRTYPE)

    def do_whiteout(self, path):
        head, tail = os.path.split(path.strip("/"))
        self.top.add(os.path.join(head, ".wh." + tail), tarfile.REGTYPE)

    def do_opaque(self, path):
        self.top.add(os.path.join(path.strip("/"), ".wh..wh..opq"), tarfile.REGTYPE)

    def do_raw(self, host):
        with open(host, "rb") as file:
            self.top.raw = file.read()

    def read(self, lines):
        for number, line in enumerate(lines, 1):
            words = shlex.split(line, comments=True)
            if words:
                try:
                    getattr(self, "do_" + words[0].replace("-", "_"))(*words[1:])
                except (AttributeError, TypeError) as error:
                    sys.exit(f"mkimage.py: line {number}: {line.strip()}: {error}")

    # --- documents ---
    def build(self):
        """Returns: blobs by digest, the config's digest, the layers' descriptors."""
        blobs, descriptors, diff_ids = {}, [], []
        for number, layer in enumerate(self.layers, 1):
            last = number == len(self.layers)
            plain, stored = layer.finish()
            if last and "truncate" in self.broken:
                stored = stored[: len(stored) // 2]
            name = digest(stored)
            size = len(stored)
            if last and "layer-digest" in self.broken:
                stored = stored[:9] + bytes([stored[9] ^ 1]) + stored[10:]  # gzip's operating system: the content is the same
            if last and "layer-size" in self.broken:
                size += 1
            if last and "diff-id" in self.broken:
                plain += b"x"
            blobs[name] = stored
            diff_ids.append(digest(plain))
            descriptors.append({"mediaType": MEDIA + "layer.v1.tar" + SUFFIX[layer.compression], "digest": name, "size": size})
        config = copy.deepcopy(self.config)
        config["rootfs"] = {"type": "layers", "diff_ids": diff_ids}
        config["history"] = [{"created_by": f"layer {n}"} for n in range(1, len(diff_ids) + 1)]
        document = json.dumps(config).encode()
        if "config-json" in self.broken:
            document = document[:-10]
        blobs[digest(document)] = document
        return blobs, document, descriptors

    def oci_files(self):
        blobs, config, layers = self.build()
        manifest = {
            "schemaVersion": 2,
            "mediaType": MEDIA + "manifest.v1+json",
            "config": {"mediaType": MEDIA + "config.v1+json", "digest": digest(config), "size": len(config)},
            "layers": layers,
        }
        if self.annotations:
            manifest["annotations"] = self.annotations
        document = json.dumps(manifest).encode()
        blobs[digest(document)] = document
        entry = {
            "mediaType": MEDIA + "manifest.v1+json",
            "digest": digest(document),
            "size": len(document),
            "platform": {"os": self.config["os"], "architecture": self.config["architecture"]},
        }
        manifests = [dict(entry, annotations={"org.opencontainers.image.ref.name": tag}) for tag in self.tags] or [entry]
        index = {"schemaVersion": 2, "mediaType": MEDIA + "index.v1+json", "manifests": manifests}
        files = {"blobs/" + name.replace(":", "/"): data for name, data in blobs.items()}
        files["index.json"] = json.dumps(index).encode()
        files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
        return files

    def docker_files(self):
        blobs, config, layers = self.build()
        files, names = {}, []
        for layer in layers:
            names.append(layer["digest"].split(":")[1] + "/layer.tar")
            files[names[-1]] = blobs[layer["digest"]]
        name = digest(config).split(":")[1] + ".json"
        files[name] = config
        files["manifest.json"] = json.dumps([{"Config": name, "RepoTags": self.tags, "Layers": names}]).encode()
        return files


def write_folder(files, dest):
    for name, data in files.items():
        path = os.path.join(dest, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def write_tar(files, dest):
    with tarfile.open(dest, "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    kind, description, dest = sys.argv[1:]
    image = Image()
    if description == "-":
        image.read(sys.stdin)
    else:
        with open(description, encoding="utf-8") as file:
            image.read(file)
    if kind == "oci":
        write_folder(image.oci_files(), dest)
    elif kind == "oci-archive":
        write_tar(image.oci_files(), dest)
    elif kind == "docker-archive":
        write_tar(image.docker_files(), dest)
    else:
        sys.exit(f"mkimage.py: no kind {kind}")


main()
