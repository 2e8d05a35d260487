# The slim image against the one it was made of. Source this file from a bats file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=probe.sh
. "${BASH_SOURCE[0]%/*}/probe.sh"
# shellcheck source-path=SCRIPTDIR source=slim.sh
. "${BASH_SOURCE[0]%/*}/slim.sh"

# The original answers under the same hardening; what it says is what the slim image is measured against.
answers_of_original()
{
  local name=$1
  images_load "$name" || return 1
  [[ -s $BATS_FILE_TMPDIR/$name.fat ]] && return
  probe "$name" "ocislim-test/$name" >"$BATS_FILE_TMPDIR/$name.new" && mv "$BATS_FILE_TMPDIR/$name.new" "$BATS_FILE_TMPDIR/$name.fat"
}

same_answers()
{
  local name=$1
  answers_of_original "$name"
  slim_image "$name"
  probe "$name" "ocislim-slim/$name" >"$BATS_TEST_TMPDIR/slim"
  diff -u "$BATS_FILE_TMPDIR/$name.fat" "$BATS_TEST_TMPDIR/slim"
}

same_config()
{
  local name=$1
  images_load "$name" || return 1
  docker save "ocislim-test/$name" | "$OCISLIM" slim - "docker-archive:$BATS_TEST_TMPDIR/slim.tar"
  slim_config "docker-archive:$(images_tar "$name")" >"$BATS_TEST_TMPDIR/fat.json"
  slim_config "docker-archive:$BATS_TEST_TMPDIR/slim.tar" >"$BATS_TEST_TMPDIR/slim.json"
  diff -u "$BATS_TEST_TMPDIR/fat.json" "$BATS_TEST_TMPDIR/slim.json"
}
