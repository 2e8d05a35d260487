#!/usr/bin/env bats
# The engine itself as source and destination, by its socket.

setup() { load slim.sh; }

teardown() { docker image rm --force ocislim-daemon/curl:slim ocislim-daemon/curl:other >/dev/null 2>&1 || true; }

image_id() { docker image inspect --format '{{.Id}}' "$1"; }

@test "from the engine into the engine is what two pipes make, and it runs" {
  slim_image curl
  "$OCISLIM" slim --quiet docker-daemon:ocislim-test/curl docker-daemon:ocislim-daemon/curl:slim --tag ocislim-daemon/curl:other
  [[ $(image_id ocislim-daemon/curl:slim) == "$(image_id ocislim-slim/curl)" ]]
  [[ $(image_id ocislim-daemon/curl:other) == "$(image_id ocislim-slim/curl)" ]]
  docker run --rm --network none --entrypoint /usr/bin/curl ocislim-daemon/curl:slim --version | grep '^curl '
}

@test "an image of the engine is named by its ID too" {
  "$OCISLIM" slim --quiet "docker-daemon:$(image_id ocislim-test/curl)" "oci:$BATS_TEST_TMPDIR/by-id"
  "$OCISLIM" slim --quiet docker-daemon:ocislim-test/curl:latest "oci:$BATS_TEST_TMPDIR/by-name"
  [[ $(skopeo inspect --config "oci:$BATS_TEST_TMPDIR/by-id" | jq .rootfs) == "$(skopeo inspect --config "oci:$BATS_TEST_TMPDIR/by-name" | jq .rootfs)" ]]
}

@test "an index into an engine without containerd's image store: the first of its platforms" {
  load ../cli/common
  load ../cli/index
  tools=$BATS_TEST_DIRNAME/../cli
  cd "$BATS_TEST_TMPDIR"
  for architecture in 386 amd64; do
    cc -O1 -static "$([[ $architecture == 386 ]] && echo -m32 || echo -m64)" -o "program-$architecture" "$tools/program.c"
    image oci "$architecture" <<END
platform linux/$architecture
entrypoint /app
layer gzip
copy /app program-$architecture
file /etc/gone 0644 gone
END
  done
  for order in '386 amd64' 'amd64 386'; do
    rm -rf several
    index several v1 "${order% *}" "linux/${order% *}" "${order#* }" "linux/${order#* }"
    "$OCISLIM" slim --quiet --all oci:several:v1 docker-daemon:ocislim-daemon/several:slim
    [[ $(docker image inspect --format '{{.Architecture}}' ocislim-daemon/several:slim) == "${order% *}" ]]
    [[ $order == 386* ]] || docker run --rm --network none ocislim-daemon/several:slim # no kernel need run programs of 32 bit
    docker image rm --force ocislim-daemon/several:slim
  done
}

@test "an image that the engine does not have" {
  run "$OCISLIM" slim --quiet docker-daemon:ocislim-test/none "oci:$BATS_TEST_TMPDIR/out"
  [[ $status == 1 && $output == "ocislim: the engine does not have 'ocislim-test/none:latest': "* ]]
  [[ ! -e $BATS_TEST_TMPDIR/out ]]
}

@test "no engine, and one that cannot be reached" {
  DOCKER_HOST=unix://$BATS_TEST_TMPDIR/socket run "$OCISLIM" slim --quiet docker-daemon:ocislim-test/curl "oci:$BATS_TEST_TMPDIR/out"
  [[ $status == 1 && $output == *"the container engine does not answer: cannot connect to '$BATS_TEST_TMPDIR/socket'"* ]]
  DOCKER_HOST=ssh://host run "$OCISLIM" slim --quiet docker-daemon:ocislim-test/curl "oci:$BATS_TEST_TMPDIR/out"
  [[ $status == 2 && $output == *"DOCKER_HOST 'ssh://host' is neither unix:// nor tcp://"* ]]
}

@test "podman's socket is the same" {
  local pid
  env -u DOCKER_CONFIG podman --root "$BATS_TEST_TMPDIR/store" --runroot "$BATS_TEST_TMPDIR/run" \
    system service --time 0 "unix://$BATS_TEST_TMPDIR/podman.sock" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- 4>&- 5>&- &
  pid=$!
  for ((waited = 0; waited < 200; waited++)); do
    [[ ! -S $BATS_TEST_TMPDIR/podman.sock ]] || break
    sleep 0.1
  done
  export DOCKER_HOST=unix://$BATS_TEST_TMPDIR/podman.sock
  "$OCISLIM" slim --quiet "docker-archive:$(images_tar curl)" docker-daemon:localhost/ocislim-daemon/curl:first
  "$OCISLIM" slim --quiet docker-daemon:localhost/ocislim-daemon/curl:first "oci:$BATS_TEST_TMPDIR/out"
  kill "$pid"
  wait "$pid" || true
  engine_unmount "$BATS_TEST_TMPDIR"
  "$OCISLIM" slim --quiet "docker-archive:$(images_tar curl)" "oci:$BATS_TEST_TMPDIR/expected"
  [[ $(skopeo inspect --config "oci:$BATS_TEST_TMPDIR/out" | jq .rootfs) == "$(skopeo inspect --config "oci:$BATS_TEST_TMPDIR/expected" | jq .rootfs)" ]]
}
