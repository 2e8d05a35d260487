# Runs that end where nothing can be tidied up, two at once, and a disk that is full: the old image or the new, whole.
load common

# A large and incompressible file, so that much of the time is spent on writing it.
large_image()
{
  head -c 3000000 /dev/urandom >random
  simple_image oci source <<<"copy /big $PWD/random"
}

@test "killed at a hundred random points: the old image or the new, whole; the next run sweeps up" {
  large_image
  mkdir work
  # what is there is an image whose digests are right
  whole='"$OCISLIM" slim -q --include "/big*" $dest oci:check && rm -r check'
  for dest in oci:work/layout:v1 oci-archive:work/a.tar; do
    export dest
    "$OCISLIM" slim -q oci:source "$dest"
    run python3 "$tools/killed.py" 50 "$dest" "$whole" "$OCISLIM" slim -q --include '/big*' oci:source "$dest"
    echo "$output"
    ((status == 0))
    "$OCISLIM" slim -q --include '/big*' oci:source "$dest"
  done
  "$OCISLIM" slim -q --include '/big*' oci:source oci:again
  equal "$(find work -name '*.ocislim-*')" ""
  equal "$(cd work && find . -type f | grep -v blobs | sort | tr '\n' ' ')" "./a.tar ./layout/index.json ./layout/oci-layout "
}

@test "a directory that a killed run was filling is swept up by the next" {
  large_image
  mkdir work
  run python3 "$tools/killed.py" 20 directory '[[ ! -e work/root || $(stat -c %s work/root/big) == 3000000 ]] && rm -rf work/root' \
    "$OCISLIM" slim -q --include '/big*' oci:source rootfs:work/root
  echo "$output"
  ((status == 0))
  rm -rf work/root
  "$OCISLIM" slim -q --include '/big*' oci:source rootfs:work/root
  equal "$(ls -A work)" root
}

@test "two at once with the same destination: one of their images, whole" {
  large_image
  for dest in oci:out:v1 oci-archive:out.tar; do
    for round in 1 2 3 4 5 6; do
      ((round % 2 == 0)) || rm -rf out out.tar # into a new one and into one that is there
      "$OCISLIM" slim -q --include '/big*' --level 1 oci:source "$dest" &
      "$OCISLIM" slim -q --include '/big*' oci:source "$dest"
      wait $!
      "$OCISLIM" slim -q --include '/app' "$dest" oci:check
      rm -r check
      equal "$(find . -maxdepth 4 -name '*.ocislim-*')" ""
    done
  done
}

@test "a full disk: the old destination stays, and nothing beside it" {
  large_image
  mkdir work
  unshare --mount --map-root-user mount -t tmpfs -o size=1m none work 2>/dev/null || skip "no tmpfs can be mounted here"
  # shellcheck disable=SC2016 # the inner shell expands them
  run unshare --mount --map-root-user bash -c 'mount -t tmpfs -o size=1m none work && "$OCISLIM" slim -q oci:source oci-archive:work/a.tar &&
    cp work/a.tar old.tar && for dest in oci-archive:work/a.tar oci:work/layout rootfs:work/root docker-archive:work/b.tar; do
      "$OCISLIM" slim -q --include "/big*" oci:source $dest 2>>errors; echo "$dest $?"
      cmp work/a.tar old.tar && [[ $(ls -A work) == a.tar ]] || { ls -lAR work; exit 1; }
    done'
  echo "$output"
  ((status == 0))
  equal "$output" "oci-archive:work/a.tar 1
oci:work/layout 1
rootfs:work/root 1
docker-archive:work/b.tar 1"
  equal "$(grep -c 'No space left on device' errors)" 4
}
