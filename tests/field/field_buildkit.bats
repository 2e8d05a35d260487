#!/usr/bin/env bats
# Behind a build: as buildx's output processor, and as a stage of a Dockerfile.

setup()
{
  load slim.sh
  load buildx.sh
}

@test "buildx to standard output, slimmed, loaded and run" {
  local archive=$BATS_TEST_TMPDIR/build.tar
  buildx_build "$BATS_TEST_DIRNAME/buildx" "$BATS_TEST_TMPDIR/log" >"$archive" || { tail -n 40 "$BATS_TEST_TMPDIR/log"; false; }
  "$OCISLIM" slim --tag ocislim-slim/buildx:latest - - <"$archive" | docker load
  docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --network none ocislim-slim/buildx >"$BATS_TEST_TMPDIR/answer"
  printf 'a line of the context\na line of a step\n' | sha256sum | sed 's/-$/input.txt/' | diff - "$BATS_TEST_TMPDIR/answer"
  (($(slim_size ocislim-slim/buildx) < 12000000))
}

# The program, its libraries and their loader in one folder, for a stage that has none of them.
portable_program()
{
  local folder=$1
  cp "$OCISLIM" "$folder/ocislim"
  ldd "$OCISLIM" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | xargs cp --dereference --target-directory "$folder"
  mv "$folder"/ld-linux* "$folder/loader"
}

@test "a stage of a Dockerfile slims another stage" {
  mkdir "$BATS_TEST_TMPDIR/context"
  portable_program "$BATS_TEST_TMPDIR/context"
  cp "$BATS_TEST_DIRNAME/stage/Dockerfile" "$BATS_TEST_TMPDIR/context/"
  images_base
  DOCKER_BUILDKIT=1 docker build --progress plain --tag ocislim-slim/stage "$BATS_TEST_TMPDIR/context"
  docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --network none ocislim-slim/stage --version >"$BATS_TEST_TMPDIR/answer"
  docker run --rm --entrypoint redis-server ocislim-test/redis --version | diff - "$BATS_TEST_TMPDIR/answer"
  (($(slim_size ocislim-slim/stage) < 19470000))
}
