#!/usr/bin/env python3
"""Checks a bill of materials.

usage: sbom.py FILE [SCHEMA_FOLDER]    prints "PURL VERSION" for each piece of software

CycloneDX is validated against the schemas in the folder. SPDX is checked for
what its 2.3 specification demands of a document, a package and a relationship.
"""
import json
import os
import re
import sys

import jsonschema

PURL = re.compile(r"^pkg:[a-z]+(/[A-Za-z0-9._~%:-]+)+@[A-Za-z0-9._~%:-]+(\?[a-z]+=[A-Za-z0-9._~%:-]+(&[a-z]+=[A-Za-z0-9._~%:-]+)*)?$")
IDENTIFIER = re.compile(r"^SPDXRef-[A-Za-z0-9.-]+$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
PURPOSES = {"APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER", "OPERATING-SYSTEM", "DEVICE", "FIRMWARE", "SOURCE", "ARCHIVE", "FILE", "INSTALL", "OTHER"}


def cyclonedx(document, folder):
    schemas = {}
    for name in os.listdir(folder):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                schema = json.load(file)
            schemas[schema["$id"]] = schema
    root = schemas["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    resolver = jsonschema.RefResolver(root["$id"], root, store=schemas)
    jsonschema.Draft7Validator(root, resolver=resolver).validate(document)
    references = [item["bom-ref"] for item in document["components"]]
    assert len(set(references)) == len(references), "bom-ref"
    assert TIME.match(document["metadata"]["timestamp"])
    for item in document["components"]:
        if item["type"] == "library":
            yield item["purl"], item["version"], [place["location"] for place in item.get("evidence", {}).get("occurrences", [])]


def spdx(document):
    known = {
        "spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships",
    }
    assert set(document) == known, set(document) ^ known
    assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
    assert document["SPDXID"] == "SPDXRef-DOCUMENT"
    assert re.match(r"^https://[^#\s]+$", document["documentNamespace"])
    assert set(document["creationInfo"]) == {"created", "creators"} and TIME.match(document["creationInfo"]["created"])
    assert all(re.match(r"^(Tool|Organization|Person): \S+", creator) for creator in document["creationInfo"]["creators"])
    identifiers = [document["SPDXID"]] + [package["SPDXID"] for package in document["packages"]]
    assert len(set(identifiers)) == len(identifiers) and all(IDENTIFIER.match(name) for name in identifiers)
    for relation in document["relationships"]:
        assert set(relation) == {"spdxElementId", "relationshipType", "relatedSpdxElement"}
        assert relation["spdxElementId"] in identifiers and relation["relatedSpdxElement"] in identifiers
        assert relation["relationshipType"] in ("DESCRIBES", "CONTAINS")
    described = {relation["relatedSpdxElement"] for relation in document["relationships"]}
    assert described == set(identifiers[1:]), "every package is related to something"
    for package in document["packages"]:
        assert package["name"] and package["downloadLocation"] == "NOASSERTION" and package["filesAnalyzed"] is False
        assert package.get("primaryPackagePurpose", "OTHER") in PURPOSES
        for reference in package.get("externalRefs", []):
            assert reference["referenceCategory"] == "PACKAGE-MANAGER" and reference["referenceType"] == "purl"
            paths = package["sourceInfo"]
            yield reference["referenceLocator"], package["versionInfo"], paths[9:].split(", ") if paths.startswith("found in ") else []


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    found = list(cyclonedx(document, sys.argv[2]) if "bomFormat" in document else spdx(document))
    for purl, version, paths in found:
        assert PURL.match(purl), purl
        print(" ".join([purl, version, *paths]))


main()
