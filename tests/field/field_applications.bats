#!/usr/bin/env bats
# Whole applications, slimmed from what `docker save` wrote, in a real engine: read-only, without capabilities, with the answers of the original.

setup()
{
  load probe.sh
  load slim.sh
}

# The original answers under the same hardening; what it says is what the slim image is measured against.
answers_of_original()
{
  local name=$1
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
  docker save "ocislim-test/$name" | "$OCISLIM" slim - "docker-archive:$BATS_TEST_TMPDIR/slim.tar"
  slim_config "docker-archive:$(images_tar "$name")" >"$BATS_TEST_TMPDIR/fat.json"
  slim_config "docker-archive:$BATS_TEST_TMPDIR/slim.tar" >"$BATS_TEST_TMPDIR/slim.json"
  diff -u "$BATS_TEST_TMPDIR/fat.json" "$BATS_TEST_TMPDIR/slim.json"
}

@test "nginx: the slim image gives the same answers" { same_answers nginx; }

@test "nginx: the slim image keeps its configuration" { same_config nginx; }

@test "redis: the slim image gives the same answers" { same_answers redis; }

@test "redis: the slim image keeps its configuration" { same_config redis; }

@test "curl: the slim image gives the same answers" { same_answers curl; }

@test "curl: the slim image keeps its configuration" { same_config curl; }

@test "flask: the slim image gives the same answers" { same_answers flask; }

@test "flask: the slim image keeps its configuration" { same_config flask; }
