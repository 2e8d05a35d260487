# Indexes of images for several platforms, made of layouts, and what is in them. Source this file behind common.bash.
# shellcheck shell=bash

blob() { echo "$1/blobs/${2/://}"; }

# add_blob LAYOUT FILE: its descriptor, but for what "jq" adds.
add_blob()
{
  local digest
  digest=sha256:$(sha256sum "$2" | cut -d ' ' -f 1)
  cp "$2" "$(blob "$1" "$digest")"
  jq -n --arg digest "$digest" --argjson size "$(stat -c %s "$2")" '{digest: $digest, size: $size}'
}

# index LAYOUT REF [NAME PLATFORM]...: an index of layouts in this folder, and an attestation as BuildKit adds it, under a name.
index()
{
  local layout=$1 ref=$2 name platform entries='[]' attestation
  shift 2
  mkdir -p "$layout/blobs/sha256"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  while (($# > 0)); do
    name=$1 platform=$2
    cp "$name"/blobs/sha256/* "$layout/blobs/sha256/"
    entries=$(jq --slurpfile index "$name/index.json" --arg os "${platform%/*}" --arg arch "${platform#*/}" \
      '. + [$index[0].manifests[0] | del(.annotations) | .platform = {os: $os, architecture: $arch}]' <<<"$entries")
    shift 2
  done
  echo '{"architecture":"unknown","os":"unknown","rootfs":{"type":"layers","diff_ids":[]}}' >attestation-config.json
  add_blob "$layout" attestation-config.json | jq '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: (. + {mediaType: "application/vnd.oci.image.config.v1+json"}), layers: []}' >attestation.json
  attestation=$(add_blob "$layout" attestation.json)
  jq --argjson attestation "$attestation" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    annotations: {"org.example.all": "yes"}, manifests: (. + [$attestation + {mediaType: "application/vnd.oci.image.manifest.v1+json",
      platform: {os: "unknown", architecture: "unknown"}, annotations: {"vnd.docker.reference.type": "attestation-manifest"}}])}' \
    <<<"$entries" >nested.json
  add_blob "$layout" nested.json | jq --arg ref "$ref" '{schemaVersion: 2, manifests: [. + {mediaType:
    "application/vnd.oci.image.index.v1+json", annotations: {"org.opencontainers.image.ref.name": $ref}}]}' >"$layout/index.json"
}

# of LAYOUT: the index that index.json names.
of() { cat "$(blob "$1" "$(jq -r '.manifests[0].digest' "$1/index.json")")"; }

platforms() { of "$1" | jq -c '[.manifests[].platform | .os + "/" + .architecture]'; }

# layer_of LAYOUT POSITION: the digest of the one layer of an image of the index.
layer_of()
{
  local manifest
  manifest=$(of "$1" | jq -r ".manifests[$2].digest")
  jq -r '.layers | if length == 1 then .[0].digest else error("layers") end' "$(blob "$1" "$manifest")"
}
