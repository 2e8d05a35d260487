# The newer Docker Engine and buildx of Debian trixie, in a root file system of their own. Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=base.sh
. "${BASH_SOURCE[0]%/*}/base.sh"

buildx_make_root() { base_bootstrap trixie "$1" --format=directory --include=docker.io,docker-cli,docker-buildx,ca-certificates; }

# buildx_root: prints the folder of that root, made when it is not there.
buildx_root()
{
  cache_make "$ocislim_cache/field/buildx" buildx_make_root >&2 && echo "$ocislim_cache/field/buildx"
}

# buildx_build CONTEXT LOG: `docker buildx build --output type=oci,dest=-` of a folder whose Dockerfile says FROM ocislim-base.
# The archive goes to standard output. The engine and its mounts live in namespaces that end with this command.
buildx_build()
{
  local context=$1 log=$2 root tar state status=0
  root=$(buildx_root) && tar=$(base_tar) && state=$(mktemp -d) || return 1
  unshare --mount --pid --fork --kill-child bash "${BASH_SOURCE[0]%/*}/buildx_inside.sh" "$root" "$state" "$tar" "$context" 2>"$log" || status=$?
  rm -rf "$state"
  return "$status"
}
