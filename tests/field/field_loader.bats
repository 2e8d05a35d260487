#!/usr/bin/env bats
# For every dynamic program of the images: what we say is opened is what the image's own `ld.so --list` says in a chroot.

setup() { load slim.sh; }

same_as_loader()
{
  local name=$1 container root=$BATS_TEST_TMPDIR/root
  mkdir "$root"
  container=$(docker create "ocislim-test/$name")
  docker export "$container" | tar --extract --directory "$root"
  docker rm "$container" >/dev/null
  "$OCISLIM" deps --all --json "rootfs:$root" >"$BATS_TEST_TMPDIR/deps.json"
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --mount bash -c 'mount -t proc none "$1/proc" && /usr/bin/python3 "$2" "$1" "$3"' - "$root" "$BATS_TEST_DIRNAME/oracle.py" "$BATS_TEST_TMPDIR/deps.json"
  rm -rf "$root"
}

@test "nginx: all programs load what ld.so says" { same_as_loader nginx; }

@test "redis: all programs load what ld.so says" { same_as_loader redis; }

@test "curl: all programs load what ld.so says" { same_as_loader curl; }

@test "flask: all programs load what ld.so says" { same_as_loader flask; }
