# The program under test, as its users call it. OCISLIM names it. An engine has to run (engine.sh). Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

# What the user of an image says besides: Python code that no server imports, as a gitignore file would have it.
# shellcheck disable=SC2034 # slim_run reads them by name
{
  slim_options_nginx=()
  slim_options_redis=()
  slim_options_curl=()
  slim_options_flask=(--exclude '__pycache__/' --exclude '/usr/lib/python3/dist-packages/setuptools/' --exclude '/usr/lib/python3/dist-packages/pkg_resources/'
    --exclude '/usr/lib/python3.11/test/' --exclude '/usr/lib/python3.11/unittest/' --exclude '/usr/lib/python3.11/lib2to3/'
    --exclude '/usr/lib/python3.11/distutils/' --exclude '/usr/lib/python3.11/pydoc_data/' --exclude '/usr/share/zoneinfo/right/'
    --exclude '/usr/share/zoneinfo/posix/' --exclude '/usr/lib/python3.11/lib-dynload/_dbm.*' --exclude '/usr/lib/python3.11/cgi.py')
}

# slim_run NAME SOURCE DEST OPTION...
slim_run()
{
  local -n options=slim_options_$1
  shift
  "${OCISLIM:?has to name the program}" slim "${options[@]}" "$@"
}

# slim_image NAME: `docker save X | ocislim slim - - | docker load`, once for all tests; the image is ocislim-slim/NAME.
slim_image()
{
  local name=$1
  docker image inspect "ocislim-slim/$name" >/dev/null 2>&1 && return
  docker save "ocislim-test/$name" | slim_run "$name" - - --tag "ocislim-slim/$name:latest" | docker load
  [[ ${PIPESTATUS[*]} == "0 0 0" ]]
}

# slim_size IMAGE: bytes, as the engine counts them.
slim_size() { docker image inspect --format '{{.Size}}' "$1"; }

# slim_config TRANSPORT:NAME: the image's configuration without what a new layer has to change.
slim_config() { skopeo inspect --config --raw "$1" | jq --sort-keys 'del(.rootfs, .history, .created)'; }
