#!/usr/bin/env bats
# An image for this machine and for a foreign one, from Debian's packages: slimmed here, and the foreign program runs under QEMU. foreign.sh makes
# the roots, and `./dev field --full` calls it first.

setup()
{
  load ../cli/common
  load ../cli/index
  load base.sh
  tools=$BATS_TEST_DIRNAME/../cli
  cd "$BATS_TEST_TMPDIR" || return 1
}

setup_file() { :; }

# A question that loads what the program needs at run time, asked of a file that SQL makes.
query="CREATE TABLE t (n, w); INSERT INTO t VALUES (1, 'one'), (2, 'two'); SELECT upper(w), round(sqrt(n), 3) FROM t ORDER BY n DESC;"
answer=$'TWO|1.414\nONE|1.0'

@test "amd64 and arm64 in one index: both slim programs do their work" {
  local roots=$ocislim_cache/field/foreign architecture
  [[ -e $roots ]] || { echo "there are no roots: tests/field/foreign.sh makes them"; return 1; }
  for architecture in amd64 arm64; do
    image oci "$architecture" <<END
platform linux/$architecture
entrypoint /usr/bin/sqlite3
layer gzip
raw $roots/$architecture.tar
END
  done
  index several v1 amd64 linux/amd64 arm64 linux/arm64
  "$OCISLIM" slim --all oci:several:v1 oci-archive:slim.tar -t sqlite:slim --report report.json
  skopeo inspect --raw oci-archive:slim.tar | jq -e '.manifests | map(.platform.architecture) == ["amd64", "arm64"]'
  for architecture in amd64 arm64; do
    "$OCISLIM" slim -q --platform "linux/$architecture" oci-archive:slim.tar "rootfs:$architecture-root"
  done
  equal "$(chroot amd64-root /usr/bin/sqlite3 :memory: "$query")" "$answer"
  equal "$(qemu-aarch64-static -L arm64-root arm64-root/usr/bin/sqlite3 :memory: "$query")" "$answer"
  jq -e '.platforms | map(3 * .result.bytes < .source.bytes) == [true, true]' report.json
}
