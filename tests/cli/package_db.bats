# The package databases of the result: what a scanner finds in it.
load common

packages() { python3 "$tools/packages.py" "$@"; }

# tree DIR: a static program with its packages' folders.
tree()
{
  mkdir -p "$1"/{etc,usr/bin,usr/lib,usr/share/data}
  cp "$static" "$1/usr/bin/app"
  printf 'one' >"$1/usr/share/data/one"
  printf 'two' >"$1/usr/share/data/two"
  printf 'ID=debian\nVERSION_ID="12"\n' >"$1/usr/lib/os-release"
  ln -s ../usr/lib/os-release "$1/etc/os-release"
  printf '12.1\n' >"$1/etc/debian_version"
  printf 'x' >"$1/usr/bin/other"
}

dpkg_tree()
{
  tree "$1"
  mkdir -p "$1/var/lib/dpkg/info"
  cat >"$1/var/lib/dpkg/status" <<'END'
Package: app
Status: install ok installed
Architecture: amd64
Source: application (1.1)
Version: 1:1.2-3
Description: the application
 of several
 .
 lines

Package: base
Status: install ok installed
Architecture: amd64
Version: 12

Package: data
Status: install ok installed
Architecture: all
Version: 5

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 4

Package: other
Status: install ok installed
Architecture: amd64
Version: 6
END
  printf '%s\n' /. /usr /usr/bin /usr/bin/app /usr/share /usr/share/doc >"$1/var/lib/dpkg/info/app:amd64.list"
  printf '%s  %s\n' 11111111111111111111111111111111 usr/bin/app 22222222222222222222222222222222 usr/share/doc/app/copyright \
    >"$1/var/lib/dpkg/info/app:amd64.md5sums"
  printf '%s\n' /. /etc /etc/os-release /etc/debian_version /usr/lib/os-release >"$1/var/lib/dpkg/info/base.list"
  printf '%s\n' /. /usr/share/data/one /usr/share/data/two >"$1/var/lib/dpkg/info/data.list"
  printf '%s  %s\n' 33333333333333333333333333333333 usr/share/data/one >"$1/var/lib/dpkg/info/data.md5sums"
  printf '%s\n' /. /usr/bin/other >"$1/var/lib/dpkg/info/other.list"
}

slim() { "$OCISLIM" slim -q --entrypoint /usr/bin/app "$@"; }

# found_is RESULT BEFORE: what a scanner finds in the result is what is left of the packages.
found_is()
{
  equal "$(packages scan "$1" | grep -v '^os ')" "$(packages remaining "$2" "$1")"
}

@test "dpkg: a scanner finds the packages of which files remain, with these files" {
  dpkg_tree tree
  slim rootfs:tree rootfs:out --include /usr/share/data/one --report report.json
  equal "$(packages scan out)" "os debian 12
deb app 1:1.2-3
deb base 12
deb data 5"
  found_is out tree
  equal "$(packages files out deb app)" "/usr
/usr/bin
/usr/bin/app
/usr/share"
  equal "$(packages files out deb data)" /usr/share/data/one
  equal "$(cat out/var/lib/dpkg/info/app:amd64.md5sums)" "11111111111111111111111111111111  usr/bin/app"
  equal "$(cat out/etc/debian_version)" 12.1
  equal "$(readlink out/etc/os-release)" ../usr/lib/os-release
  # the stanzas are what they were
  equal "$(cat out/var/lib/dpkg/status)" "$(sed -n '1,/^Version: 5/p' tree/var/lib/dpkg/status)"
  equal "$(jq -r '.kept[] | select(.reason.kind == "package-db") | .path' report.json)" "/etc/debian_version
/usr/lib/os-release
/var/lib/dpkg/info/app:amd64.list
/var/lib/dpkg/info/app:amd64.md5sums
/var/lib/dpkg/info/base.list
/var/lib/dpkg/info/data.list
/var/lib/dpkg/info/data.md5sums
/var/lib/dpkg/status"
  equal "$(jq -r '.result.bytes' report.json)" "$(find out -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')"
  equal "$(jq -r '.kept[] | select(.path == "/var/lib/dpkg/status") | .size' report.json)" "$(stat -c %s out/var/lib/dpkg/status)"
}

@test "dpkg: what was slimmed once stays the same" {
  dpkg_tree tree
  slim rootfs:tree oci:out --include /usr/share/data/one
  slim oci:out oci:again --include /usr/share/data/one
  equal "$(show entries again)" "$(show entries out)"
  equal "$(show manifest again | jq -r '.layers[0].digest')" "$(show manifest out | jq -r '.layers[0].digest')"
  slim rootfs:tree oci:same --include /usr/share/data/one
  equal "$(cat same/index.json)" "$(cat out/index.json)"
}

@test "dpkg: what is written has the mode, the owner and the time of what it is of" {
  {
    printf 'entrypoint /app\nlayer gzip\ncopy /app %s\n' "$static"
    cat <<'END'
dir /var
dir /var/lib
dir /var/lib/dpkg 750
dir /var/lib/dpkg/info
owner 3 4
mtime 1234567890.5
xattr user.note 61
file /var/lib/dpkg/status 640 "Package: app\nVersion: 1\n\nPackage: more\nVersion: 2\n"
hard /var/lib/dpkg/status-old /var/lib/dpkg/status
file /var/lib/dpkg/info/app.list 600 "/app\n/none\n"
END
  } | image oci source
  "$OCISLIM" slim -q oci:source oci:out
  equal "$(show entries out | grep dpkg)" "var/lib/dpkg dir 750 0:0 0 -
var/lib/dpkg/info dir 755 0:0 0 -
var/lib/dpkg/info/app.list file 600 3:4 1234567890.5 8
var/lib/dpkg/status file 640 3:4 1234567890.5 25"
  "$OCISLIM" slim -q oci:source oci:both --include /var/lib/dpkg/status-old
  equal "$(show entries both | grep 'status')" "var/lib/dpkg/status file 640 3:4 1234567890.5 25
var/lib/dpkg/status-old file 640 3:4 1234567890.5 50 user.note=61"
}

@test "dpkg: a folder of stanzas stays one" {
  tree tree
  mkdir -p tree/var/lib/dpkg/status.d
  printf 'Package: app\nVersion: 1\nArchitecture: amd64' >tree/var/lib/dpkg/status.d/app
  printf '%s  %s\n' 11111111111111111111111111111111 usr/bin/app 22222222222222222222222222222222 usr/share/doc/app >tree/var/lib/dpkg/status.d/app.md5sums
  printf 'Package: data\nVersion: 2\nArchitecture: all\n' >tree/var/lib/dpkg/status.d/data
  printf '%s  %s\n' 33333333333333333333333333333333 usr/share/data/one >tree/var/lib/dpkg/status.d/data.md5sums
  slim rootfs:tree rootfs:out
  equal "$(packages scan out)" $'os debian 12\ndeb app 1'
  found_is out tree
  equal "$(names out/var/lib/dpkg/status.d)" "app app.md5sums "
  cmp tree/var/lib/dpkg/status.d/app out/var/lib/dpkg/status.d/app
  equal "$(cat out/var/lib/dpkg/status.d/app.md5sums)" "11111111111111111111111111111111  usr/bin/app"
  slim rootfs:out rootfs:again
  diff -r out again
}

apk_tree()
{
  tree "$1"
  printf 'ID=alpine\nVERSION_ID=3.20.1\n' >"$1/usr/lib/os-release"
  rm "$1/etc/debian_version"
  printf '3.20.1\n' >"$1/etc/alpine-release"
  mkdir -p "$1/lib/apk/db"
  cat >"$1/lib/apk/db/installed" <<'END'
C:Q1pSfk5LVXUe2DZ6uiYL0uJqkXYks=
P:app
V:1.2-r0
A:x86_64
o:application
D:so:libc.musl-x86_64.so.1
F:usr
M:0:0:755
F:usr/bin
R:app
a:0:0:755
Z:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=
R:gone
Z:Q1bbbbbbbbbbbbbbbbbbbbbbbbbbb=
F:usr/share/doc
R:text
Z:Q1ccccccccccccccccccccccccccc=

P:data
V:5-r1
F:usr/share/data
R:one
Z:Q1ddddddddddddddddddddddddddd=
R:two

P:other
V:6
F:usr/bin
R:other

P:release
V:3.20.1-r0
F:etc
R:alpine-release
END
}

@test "apk: a scanner finds the packages of which files remain, with these files" {
  apk_tree tree
  slim rootfs:tree rootfs:out --include /usr/share/data/two
  equal "$(packages scan out)" "os alpine 3.20.1
apk app 1.2-r0
apk data 5-r1
apk release 3.20.1-r0"
  found_is out tree
  equal "$(cat out/lib/apk/db/installed)" "C:Q1pSfk5LVXUe2DZ6uiYL0uJqkXYks=
P:app
V:1.2-r0
A:x86_64
o:application
D:so:libc.musl-x86_64.so.1
F:usr
M:0:0:755
F:usr/bin
R:app
a:0:0:755
Z:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=

P:data
V:5-r1
F:usr/share/data
R:two

P:release
V:3.20.1-r0
F:etc
R:alpine-release"
  slim rootfs:out rootfs:again --include /usr/share/data/two
  diff -r out again
}

@test "apk: a database behind a link is found at both names" {
  apk_tree tree
  mv tree/lib tree/usr/lib/here
  mkdir tree/usr/lib/apk
  mv tree/usr/lib/here/apk/db tree/usr/lib/apk/db
  rm -r tree/usr/lib/here
  ln -s usr/lib tree/lib
  slim rootfs:tree rootfs:out
  equal "$(packages scan out)" $'os alpine 3.20.1\napk app 1.2-r0\napk release 3.20.1-r0'
  found_is out tree
  equal "$(readlink out/lib)" usr/lib
}

# rpm_tree DIR FORM FILE
rpm_tree()
{
  tree "$1"
  printf 'ID=fedora\nVERSION_ID=40\n' >"$1/usr/lib/os-release"
  rm "$1/etc/debian_version"
  mkdir -p "$1/usr/lib/sysimage/rpm" "$1/var/lib"
  ln -s ../../usr/lib/sysimage/rpm "$1/var/lib/rpm"
  packages "make-$2" "$1/usr/lib/sysimage/rpm/$3" app:1.2:/usr/bin/app,/usr/share/doc/app other:6:/usr/bin/other \
    data:5:/usr/share/data/one,/usr/share/data/two both:7:/usr/bin/app release:40:/usr/lib/os-release \
    rpm:4.18:/usr/bin/rpm,/usr/lib/sysimage/rpm/"$3"
}

@test "rpm: a scanner finds the packages of which files remain" {
  for form in sqlite:rpmdb.sqlite ndb:Packages.db; do
    file=${form#*:}
    rm -rf tree out again
    rpm_tree tree "${form%:*}" "$file"
    slim rootfs:tree rootfs:out --include /usr/share/data/two
    equal "$(packages scan out)" "os fedora 40
rpm app 1.2
rpm both 7
rpm data 5
rpm release 40"
    equal "$(readlink out/var/lib/rpm)" ../../usr/lib/sysimage/rpm
    slim rootfs:out rootfs:again --include /usr/share/data/two
    diff -r out again
  done
}

@test "a file of a database that somebody wants keeps its bytes" {
  dpkg_tree tree
  slim rootfs:tree rootfs:out --include /var/lib/dpkg/status --report report.json
  cmp tree/var/lib/dpkg/status out/var/lib/dpkg/status
  equal "$(jq -r '.kept[] | select(.path == "/var/lib/dpkg/status") | .reason.kind' report.json)" include
}

@test "--package-db keep and none, and what is excluded" {
  dpkg_tree tree
  slim rootfs:tree rootfs:whole --package-db keep
  diff -r tree/var whole/var
  equal "$(cat whole/etc/os-release)" "$(cat tree/etc/os-release)"
  slim rootfs:tree rootfs:none --package-db none
  equal "$(find none -mindepth 1 | LC_ALL=C sort)" $'none/usr\nnone/usr/bin\nnone/usr/bin/app'
  slim rootfs:tree rootfs:some --package-db filtered --exclude '/var/lib/dpkg/info/**' --exclude /etc/os-release
  equal "$(find some/var some/etc | LC_ALL=C sort)" "some/etc
some/etc/debian_version
some/var
some/var/lib
some/var/lib/dpkg
some/var/lib/dpkg/status"
  with_status 2 "$OCISLIM" slim rootfs:tree rootfs:more --entrypoint /usr/bin/app --package-db all
  equal "$stderr" "ocislim: --package-db 'all' is none of filtered, keep, none"
}

@test "where no package is left there is no database" {
  dpkg_tree tree
  cp "$static" tree/own
  "$OCISLIM" slim -q rootfs:tree rootfs:out --entrypoint /own
  equal "$(names out)" "own "
}

@test "why says what a database is there for" {
  dpkg_tree tree
  equal "$("$OCISLIM" why rootfs:tree --entrypoint /usr/bin/app /var/lib/dpkg/status)" "/var/lib/dpkg/status: package-db, 2 of 4 packages are left"
  equal "$("$OCISLIM" why rootfs:tree --entrypoint /usr/bin/app /etc/debian_version)" \
    "/etc/debian_version: package-db, names the distribution (package base)"
  equal "$("$OCISLIM" why rootfs:tree --entrypoint /usr/bin/app --package-db none /var/lib/dpkg/status)" \
    "/var/lib/dpkg/status: removed, nothing asked for it; it belongs to no package"
}

@test "every level: a scanner finds what is left of this machine's packages" {
  for level in strict safe package; do
    rm -rf out
    "$OCISLIM" slim -q rootfs:/ rootfs:out --entrypoint /usr/bin/getent --keep "$level" --allow-missing
    found_is out /
    [[ $(packages scan out | wc -l) -gt 3 ]]
  done
}
