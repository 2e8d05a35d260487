# The program under test, as its users call it. OCISLIM names it. An engine has to run (engine.sh). Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

# slim_image NAME: `docker save X | ocislim slim - - | docker load`, once for all tests; the image is ocislim-slim/NAME.
slim_image()
{
  local name=$1
  docker image inspect "ocislim-slim/$name" >/dev/null 2>&1 && return
  docker save "ocislim-test/$name" | "${OCISLIM:?has to name the program}" slim - - --tag "ocislim-slim/$name:latest" | docker load
  [[ ${PIPESTATUS[*]} == "0 0 0" ]]
}

# slim_size IMAGE: bytes, as the engine counts them.
slim_size() { docker image inspect --format '{{.Size}}' "$1"; }

# slim_config TRANSPORT:NAME: the image's configuration without what a new layer has to change.
slim_config() { skopeo inspect --config --raw "$1" | jq --sort-keys 'del(.rootfs, .history, .created)'; }
