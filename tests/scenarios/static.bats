#!/usr/bin/env bats
# A static program of glibc that looks names up loads modules all the same.

load common.bash

@test "a static program looks up a user and a host in what slim leaves" {
  local libraries=/lib/x86_64-linux-gnu name slim=$BATS_TEST_TMPDIR/slim
  cat >"$BATS_TEST_TMPDIR/names.c" <<'EOF'
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>
int main(void)
{
  struct addrinfo *found = NULL;
  return getpwnam("someone") == NULL || getaddrinfo("somehost", NULL, NULL, &found) != 0;
}
EOF
  cc -static -w -o "$root/bin/app" "$BATS_TEST_TMPDIR/names.c" 2>/dev/null
  mkdir -p "$root$libraries"
  for name in libc.so.6 ld-linux-x86-64.so.2 libresolv.so.2 libnss_compat.so.2 libnss_dns.so.2 libnss_files.so.2 libm.so.6; do
    cp --dereference "$libraries/$name" "$root$libraries/$name"
  done
  text /etc/nsswitch.conf 'passwd: compat\nhosts: files dns\n'
  text /etc/passwd 'someone:x:7:7::/:\n'
  text /etc/hosts '127.0.0.9 somehost\n'
  "$OCISLIM" slim --quiet "rootfs:$root" "rootfs:$slim" --entrypoint /bin/app
  run find "$slim$libraries" -type f -printf '%f\n'
  diff -u - <(sort <<<"$output") <<'EOF'
ld-linux-x86-64.so.2
libc.so.6
libnss_compat.so.2
libnss_dns.so.2
libnss_files.so.2
libresolv.so.2
EOF
  if ((EUID == 0)); then
    chroot "$slim" /bin/app
  else
    unshare --user --map-root-user chroot "$slim" /bin/app
  fi
}
