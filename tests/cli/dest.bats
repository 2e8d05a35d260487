# The destination is the old or the new one, whole; nothing is left beside it.
load common

# An image whose writing takes long enough to be interrupted.
slow_image()
{
  head -c 16000000 /dev/urandom >"$BATS_TEST_TMPDIR/random"
  printf 'copy /big1 %s\ncopy /big2 %s\n' "$BATS_TEST_TMPDIR/random" "$BATS_TEST_TMPDIR/random" | simple_image oci source
  rm "$BATS_TEST_TMPDIR/random"
}

old_destinations()
{
  mkdir work
  echo old >work/dest.tar
  [[ -d first ]] || simple_image oci first </dev/null
  cp -r first work/layout
  mkdir work/rootfs
  find work -type f -exec sha256sum {} + | sort >before
}

unchanged()
{
  find work -type f -exec sha256sum {} + | sort >after
  diff before after
  equal "$(names work)" "dest.tar layout rootfs "
  equal "$(names work/rootfs)" ""
}

# old_or_new DEST: a signal that comes when the work is done, but not told yet, finds the new one.
old_or_new()
{
  equal "$(names work)" "dest.tar layout rootfs "
  find work -type f -exec sha256sum {} + | sort | cmp -s before - && [[ -z $(names work/rootfs) ]] && return
  case $1 in
    rootfs:*) equal "$(stat --format %s work/rootfs/big1 work/rootfs/big2 | paste -sd ' ')" "16000000 16000000" ;;
    oci-archive:*) tar --list --file work/dest.tar >/dev/null ;;
    *) equal "$(jq '.manifests | length' work/layout/index.json)" 2 ;;
  esac
  rm -r work
  old_destinations
}

@test "a failure leaves an old destination as it was" {
  echo 'break layer-digest' | simple_image oci source
  old_destinations
  for dest in oci-archive:work/dest.tar docker-archive:work/dest.tar oci:work/layout rootfs:work/rootfs; do
    with_status 3 "$OCISLIM" slim oci:source $dest
    unchanged
  done
}

@test "a gate leaves an old destination as it was" {
  simple_image oci source </dev/null
  old_destinations
  for dest in oci-archive:work/dest.tar docker-archive:work/dest.tar oci:work/layout rootfs:work/rootfs; do
    with_status 4 "$OCISLIM" slim --max-size 1kB oci:source $dest
    unchanged
  done
}

@test "signals leave an old destination as it was, or a whole new one" {
  slow_image
  old_destinations
  for signal in SIGINT SIGTERM SIGHUP; do
    for seconds in 0.02 0.2 0.5; do
      for dest in oci-archive:work/dest.tar rootfs:work/rootfs oci:work/layout; do
        run python3 "$tools/interrupt.py" $signal $seconds "$OCISLIM" slim -q --include '/big*' oci:source $dest
        if ((status == 0)); then
          equal "$(names work)" "dest.tar layout rootfs "
          rm -r work
          old_destinations
        else
          ((status == 130 || status == 143 || status == 129))
          old_or_new $dest
        fi
      done
    done
  done
}

@test "a signal while the image still arrives" {
  old_destinations
  mkfifo pipe
  sleep 30 >pipe &
  writer=$!
  run python3 "$tools/interrupt.py" SIGTERM 0.3 bash -c 'exec "$OCISLIM" slim -q - oci-archive:work/dest.tar <pipe'
  kill $writer
  ((status == 143))
  unchanged
}

@test "an ignored signal stays ignored: nohup" {
  slow_image
  run bash -c 'trap "" HUP; "$OCISLIM" slim -q --include "/big*" oci:source oci:dest & sleep 0.1; kill -HUP $!; wait $!'
  ((status == 0))
  equal "$(show paths dest | grep -c big)" 2
}

@test "every kind of destination, and what stands there" {
  simple_image oci source </dev/null
  mkdir work
  "$OCISLIM" slim -q oci:source oci:work/layout
  "$OCISLIM" slim -q oci:source oci-archive:work/oci.tar
  "$OCISLIM" slim -q oci:source docker-archive:work/docker.tar
  "$OCISLIM" slim -q oci:source rootfs:work/rootfs
  "$OCISLIM" slim -q oci:source - >work/stream.tar
  equal "$(names work)" "docker.tar layout oci.tar rootfs stream.tar "
  digest=$(jq -r '.manifests[0].digest' work/layout/index.json)
  for image in work/layout work/oci.tar work/docker.tar work/stream.tar; do
    equal "$(show index $image | jq -r '.manifests[0].digest')" "$digest"
  done
  cmp work/rootfs/app "$static"
  equal "$(stat -c %a work/rootfs/app)" 755
  work/rootfs/app | grep -q '^hello from work/rootfs/app'
}

@test "a folder that is not empty is no destination" {
  simple_image oci source </dev/null
  mkdir full
  touch full/file
  with_status 1 "$OCISLIM" slim oci:source rootfs:full
  equal "$(names full)" "file "
}

@test "a second image in a layout stands beside the first" {
  simple_image oci source </dev/null
  "$OCISLIM" slim -q oci:source oci:layout:one
  "$OCISLIM" slim -q --compression zstd oci:source oci:layout:two
  equal "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' layout/index.json)" $'one\ntwo'
  "$OCISLIM" slim -q --compression none oci:source oci:layout:one
  equal "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' layout/index.json | sort)" $'one\ntwo'
}

@test "tags" {
  simple_image oci source </dev/null
  "$OCISLIM" slim -q -t app:v1 --tag example.org/app:v2 oci:source oci-archive:dest.tar
  equal "$(show docker dest.tar | jq -r '.[0].RepoTags[]' | sort)" $'app:v1\nexample.org/app:v2'
}
