#!/usr/bin/env bats
# A whole Debian of more than 300 packages: for every ELF program and every shared object of it, what we say is opened is what its own loader
# says. large.sh makes the root, which takes minutes, and `./dev field --full` calls it first.

setup() { load base.sh; }

@test "every object of a root of more than 300 packages loads what ld.so says" {
  local root=$BATS_TEST_TMPDIR/root
  [[ -e $ocislim_cache/field/large.tar ]] || { echo "there is no root: tests/field/large.sh makes it"; return 1; }
  mkdir "$root"
  tar --extract --file "$ocislim_cache/field/large.tar" --directory "$root" --exclude './dev/*'
  (($(dpkg-query --admindir "$root/var/lib/dpkg" --show | wc -l) > 300))
  # shellcheck disable=SC2016 # the inner shell expands them
  run unshare --mount bash -c 'mount -t proc none "$1/proc" && /usr/bin/python3 "$2" --objects "$1" "$3"' - \
    "$root" "$BATS_TEST_DIRNAME/oracle.py" "$OCISLIM"
  echo "$output" | tail -n 20
  ((status == 0))
  [[ ${lines[-1]} =~ ^([0-9]+)\ objects,\ 0\ different ]]
  ((BASH_REMATCH[1] > 1500))
  rm -rf "$root"
}
