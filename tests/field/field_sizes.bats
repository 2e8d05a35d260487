#!/usr/bin/env bats
# How small: at most 1.1 times what mint 1.41 makes of images with the same packages, which it runs and watches for that.
# Python has no such bound: its standard library is kept whole, for the module that only the second request imports.
# OCISLIM_FIELD_SIZES, where it is set, names a file that gets a line for each image.

setup() { load slim.sh; }

# at_most_mint NAME MEGABYTES: the size of mint's image in units of 0.1 MB (10^5 bytes).
at_most_mint()
{
  local name=$1 mint=$2 fat slim began ended
  began=$(date +%s%N)
  docker save "ocislim-test/$name" | "$OCISLIM" slim - "docker-archive:$BATS_TEST_TMPDIR/slim.tar"
  ended=$(date +%s%N)
  slim_image "$name"
  fat=$(slim_size "ocislim-test/$name")
  slim=$(slim_size "ocislim-slim/$name")
  if [[ -n ${OCISLIM_FIELD_SIZES:-} ]]; then
    awk -v name="$name" -v fat="$fat" -v slim="$slim" -v mint="$mint" -v ns="$((ended - began))" \
      'BEGIN { printf "%-10s %8.1f %8.1f %8.1f %8.1f\n", name, fat / 1e6, slim / 1e6, mint / 10, ns / 1e9 }' >>"$OCISLIM_FIELD_SIZES"
  fi
  echo "$name: $fat bytes, slim $slim, mint $((mint * 100000))"
  ((slim * 10 <= mint * 100000 * 11))
}

@test "nginx is at most 1.1 times mint's" { at_most_mint nginx 99; }

@test "redis is at most 1.1 times mint's" { at_most_mint redis 177; }

@test "curl is at most 1.1 times mint's" { at_most_mint curl 215; }
