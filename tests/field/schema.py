"""Validates an OCI layout against the JSON schemas of the image specification.

schema.py SCHEMAS LAYOUT: oci-layout, index.json, and each manifest and configuration that they lead to.
"""
import json
import os
import sys

import jsonschema


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def without_ids(value):
    """The schemas' ids are names, not places to fetch from; references are resolved among the files."""
    if isinstance(value, dict):
        return {key: without_ids(entry) for key, entry in value.items() if not (key == "id" and isinstance(entry, str))}
    return [without_ids(entry) for entry in value] if isinstance(value, list) else value


class Schemas:
    def __init__(self, folder):
        self.files = {name: without_ids(load(folder, name)) for name in os.listdir(folder) if name.endswith(".json")}
        self.store = {"file:///" + name: schema for name, schema in self.files.items()}

    def check(self, name, document):
        schema = self.files[name]
        resolver = jsonschema.RefResolver("file:///" + name, schema, store=self.store)
        jsonschema.Draft4Validator(schema, resolver=resolver).validate(document)


def main(schemas, layout):
    schemas = Schemas(schemas)
    checked = 2
    schemas.check("image-layout-schema.json", load(layout, "oci-layout"))
    index = load(layout, "index.json")
    schemas.check("image-index-schema.json", index)
    for descriptor in index["manifests"]:
        manifest = load(layout, "blobs", *descriptor["digest"].split(":"))
        schemas.check("image-manifest-schema.json", manifest)
        schemas.check("config-schema.json", load(layout, "blobs", *manifest["config"]["digest"].split(":")))
        checked += 2
    print(checked, "documents are valid")
    return checked < 4


sys.exit(main(sys.argv[1], sys.argv[2]))
