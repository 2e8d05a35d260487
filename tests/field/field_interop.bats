#!/usr/bin/env bats
# Other programs accept what we write, and we accept what they write. The same content gives the same layer, whoever packed it.

setup_file()
{
  load slim.sh
  export FORMS=$BATS_FILE_TMPDIR
  local archive
  # An image without a health check: the OCI format has no place for one, so skopeo and podman drop it.
  archive=docker-archive:$(images_tar curl)
  "$OCISLIM" slim --quiet --tag curl:slim "$archive" "oci:$FORMS/layout:slim"
  "$OCISLIM" slim --quiet --tag curl:slim "$archive" "oci-archive:$FORMS/oci.tar"
  "$OCISLIM" slim --quiet --tag curl:slim "$archive" "docker-archive:$FORMS/docker.tar"
  diff_ids "oci-archive:$FORMS/oci.tar" >"$FORMS/diff_ids"
  skopeo --insecure-policy copy --quiet "$archive" "oci:$FORMS/fat:fat"
}

setup() { load slim.sh; }

diff_ids() { skopeo inspect --config "$1" | jq --compact-output .rootfs.diff_ids; }

# slims_the_same SOURCE: the new layer's content is what it is when `docker save` wrote the image.
slims_the_same()
{
  "$OCISLIM" slim --quiet "$1" "oci-archive:$BATS_TEST_TMPDIR/again.tar"
  diff_ids "oci-archive:$BATS_TEST_TMPDIR/again.tar" | diff "$FORMS/diff_ids" -
}

# Storage of the test's own for podman and buildah.
private_podman() { env -u DOCKER_CONFIG podman --root "$BATS_TEST_TMPDIR/store" --runroot "$BATS_TEST_TMPDIR/run" "$@"; }

private_buildah() { env -u DOCKER_CONFIG buildah --root "$BATS_TEST_TMPDIR/store" --runroot "$BATS_TEST_TMPDIR/run" "$@"; }

private_forget()
{
  private_podman system reset --force >/dev/null 2>&1 || true
  engine_unmount "$BATS_TEST_TMPDIR"
}

@test "skopeo inspects each form, and they hold the same layer" {
  diff_ids "oci:$FORMS/layout:slim" | diff "$FORMS/diff_ids" -
  diff_ids "docker-archive:$FORMS/docker.tar" | diff "$FORMS/diff_ids" -
  [[ $(skopeo inspect "oci-archive:$FORMS/oci.tar" | jq --raw-output '.Labels["org.opencontainers.image.title"]') == "curl of the field tests" ]]
  [[ $(skopeo inspect "oci:$FORMS/layout:slim" | jq '.Layers | length') == 1 ]]
}

@test "skopeo copies each form, which checks digests and sizes" {
  skopeo --insecure-policy copy "oci-archive:$FORMS/oci.tar" "dir:$BATS_TEST_TMPDIR/dir"
  skopeo --insecure-policy copy "oci:$FORMS/layout:slim" "docker-archive:$BATS_TEST_TMPDIR/docker.tar:a:b"
  skopeo --insecure-policy copy "docker-archive:$FORMS/docker.tar" "oci:$BATS_TEST_TMPDIR/layout:again"
  diff_ids "oci:$BATS_TEST_TMPDIR/layout:again" | diff "$FORMS/diff_ids" -
}

@test "skopeo's layout and archive are accepted" {
  slims_the_same "oci:$FORMS/fat:fat"
  skopeo --insecure-policy copy --quiet "oci:$FORMS/fat:fat" "oci-archive:$BATS_TEST_TMPDIR/fat.tar:fat"
  slims_the_same "oci-archive:$BATS_TEST_TMPDIR/fat.tar"
}

@test "umoci unpacks the layout to what the layer lists" {
  umoci unpack --image "$FORMS/layout:slim" "$BATS_TEST_TMPDIR/bundle"
  (cd "$BATS_TEST_TMPDIR/bundle/rootfs" && find . -mindepth 1 -printf '%P %y %m %U:%G %s\n') | awk '$2 == "d" { $5 = "" } { print }' | sort >"$BATS_TEST_TMPDIR/unpacked"
  "$OCISLIM" slim --quiet "oci:$FORMS/layout:slim" "rootfs:$BATS_TEST_TMPDIR/ours" --include '**'
  (cd "$BATS_TEST_TMPDIR/ours" && find . -mindepth 1 -printf '%P %y %m %U:%G %s\n') | awk '$2 == "d" { $5 = "" } { print }' | sort >"$BATS_TEST_TMPDIR/listed"
  diff "$BATS_TEST_TMPDIR/unpacked" "$BATS_TEST_TMPDIR/listed"
  [[ -s $BATS_TEST_TMPDIR/unpacked ]]
}

@test "umoci's new layer is accepted" {
  cp -r "$FORMS/fat" "$BATS_TEST_TMPDIR/fat"
  echo 'an inserted line' >"$BATS_TEST_TMPDIR/file"
  umoci insert --image "$BATS_TEST_TMPDIR/fat:fat" --tag more "$BATS_TEST_TMPDIR/file" /srv/inserted
  "$OCISLIM" slim --quiet --include /srv/inserted "oci:$BATS_TEST_TMPDIR/fat:more" "rootfs:$BATS_TEST_TMPDIR/out"
  diff "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/out/srv/inserted"
}

@test "podman loads our archives, and its archives are accepted" {
  private_podman load --input "$FORMS/docker.tar"
  private_podman load --input "$FORMS/oci.tar"
  private_podman image exists docker.io/library/curl:slim
  private_podman load --quiet --input "$(images_tar curl)"
  private_podman save --quiet --format docker-archive --output "$BATS_TEST_TMPDIR/docker.tar" ocislim-test/curl
  private_podman save --quiet --format oci-archive --output "$BATS_TEST_TMPDIR/oci.tar" ocislim-test/curl
  slims_the_same "docker-archive:$BATS_TEST_TMPDIR/docker.tar"
  slims_the_same "oci-archive:$BATS_TEST_TMPDIR/oci.tar"
  private_forget
}

@test "buildah's archive is accepted" {
  local image
  image=$(private_buildah pull --policy always --quiet "docker-archive:$(images_tar curl)")
  private_buildah push --quiet "$image" "oci-archive:$BATS_TEST_TMPDIR/oci.tar"
  slims_the_same "oci-archive:$BATS_TEST_TMPDIR/oci.tar"
  private_forget
}

@test "our documents are valid by the specification's schemas" {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/schema.py" "$BATS_TEST_DIRNAME/../../testdata/schema" "$FORMS/layout"
  mkdir "$BATS_TEST_TMPDIR/archive"
  tar --extract --file "$FORMS/oci.tar" --directory "$BATS_TEST_TMPDIR/archive"
  /usr/bin/python3 "$BATS_TEST_DIRNAME/schema.py" "$BATS_TEST_DIRNAME/../../testdata/schema" "$BATS_TEST_TMPDIR/archive"
}

@test "the same input gives the same bytes, from a file and from a pipe" {
  "$OCISLIM" slim --quiet --tag curl:slim "docker-archive:$(images_tar curl)" "oci-archive:$BATS_TEST_TMPDIR/again.tar" --threads 1
  cmp "$FORMS/oci.tar" "$BATS_TEST_TMPDIR/again.tar"
  "$OCISLIM" slim --quiet --tag curl:slim - "oci-archive:$BATS_TEST_TMPDIR/piped.tar" <"$(images_tar curl)"
  cmp "$FORMS/oci.tar" "$BATS_TEST_TMPDIR/piped.tar"
}
