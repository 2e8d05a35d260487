# One engine for all files of field tests, with the images in it.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

setup_suite()
{
  FIELD_RUN=${OCISLIM_FIELD_RUN:-$(mktemp -d "${TMPDIR:-/tmp}/ocislim-field.XXXXXX")}
  export FIELD_RUN
  # The engine runs already where the caller prepared it.
  if [[ -S $FIELD_RUN/engine/run/docker.sock ]]; then
    export DOCKER_HOST="unix://$FIELD_RUN/engine/run/docker.sock" DOCKER_CONFIG="$FIELD_RUN/engine/client"
  else
    engine_start "$FIELD_RUN/engine" && images_prepare
  fi
}

teardown_suite()
{
  engine_stop "$FIELD_RUN/engine"
  rm -rf "$FIELD_RUN"
}
