#!/usr/bin/env bats
# For every dynamic program and shared object of the images: what we say is opened is what the image's own `ld.so --list` says in a chroot.

setup() { load slim.sh; }

same_as_loader()
{
  local name=$1 container root=$BATS_TEST_TMPDIR/root
  mkdir "$root"
  container=$(docker create "ocislim-test/$name")
  docker export "$container" | tar --extract --directory "$root"
  docker rm "$container" >/dev/null
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --mount bash -c 'mount -t proc none "$1/proc" && /usr/bin/python3 "$2" --objects "$1" "$3"' - "$root" "$BATS_TEST_DIRNAME/oracle.py" "$OCISLIM"
  rm -rf "$root"
}

@test "nginx: all objects load what ld.so says" { same_as_loader nginx; }

@test "redis: all objects load what ld.so says" { same_as_loader redis; }

@test "curl: all objects load what ld.so says" { same_as_loader curl; }

@test "flask: all objects load what ld.so says" { same_as_loader flask; }
