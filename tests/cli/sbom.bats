# The bill of materials: what it names, and that its form is the right one.
load common

schemas=$BATS_TEST_DIRNAME/../../testdata/cyclonedx

# listed FORMAT SOURCE: what the document names, once it is found to be well formed.
listed()
{
  "$OCISLIM" sbom --format "$1" "$2" >document.json && python3 "$tools/sbom.py" document.json "$schemas"
}

software_tree()
{
  mkdir -p tree/{etc,var/lib/dpkg/info,usr/bin,usr/lib/python3/dist-packages}
  cp "$static" tree/usr/bin/app
  printf 'NAME="Debian"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n' >tree/etc/os-release
  printf 'Package: app\nVersion: 1:1.2+b1-3~x\nArchitecture: amd64\n\nPackage: python3-own\nVersion: 2\nArchitecture: all\n' >tree/var/lib/dpkg/status
  printf '/usr/bin/app\n' >tree/var/lib/dpkg/info/app.list
  local python=tree/usr/lib/python3/dist-packages site=tree/opt/site modules=tree/srv/node_modules gems=tree/usr/local/gems/specifications
  mkdir -p "$python/own-2.dist-info" "$site"/{Flask_Cors-4.0.dist-info,old.egg-info,none.dist-info,late.dist-info,crlf.dist-info} "$modules"/{left-pad,@scope/thing/test,@scope/thing/node_modules/left-pad} "$gems/default"
  printf 'Metadata-Version: 2.1\nName: own\nVersion: 2\n' >"$python/own-2.dist-info/METADATA"
  printf '/usr/lib/python3/dist-packages/own-2.dist-info/METADATA\n' >tree/var/lib/dpkg/info/python3-own.list
  printf 'Metadata-Version: 2.1\nName: Flask_Cors\nVersion: 4.0\nSummary: x\n\nName: not this\n' >"$site/Flask_Cors-4.0.dist-info/METADATA"
  printf 'Name: old\r\nVersion: 0.1\r\n' >"$site/old.egg-info/PKG-INFO"
  printf 'Name: single\nVersion: 3\n' >"$site/single.egg-info"
  printf 'Name:\nVersion: 3\n' >"$site/none.dist-info/METADATA"
  printf 'Version: 3\n\nName: of the description\n' >"$site/late.dist-info/METADATA"
  printf 'Version: 3\r\n\r\nName: of the description\r\n' >"$site/crlf.dist-info/METADATA"
  printf '{"name": "left-pad", "version": "1.3.0"}' >"$modules/left-pad/package.json"
  printf '{"name": "left-pad", "version": "1.3.0"}' >"$modules/@scope/thing/node_modules/left-pad/package.json"
  printf '{"name": "@scope/thing", "version": "2.0.0-rc.1"}' >"$modules/@scope/thing/package.json"
  printf '{"name": "a part of it", "version": "1"}' >"$modules/@scope/thing/test/package.json"
  printf 'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "3.0.8"\nend\n' >"$gems/rack-3.0.8.gemspec"
  printf 'Gem::Specification.new do |s|\n  s.name = "json".freeze\n  s.version = "2.6"\nend\n' >"$gems/default/json-2.6.gemspec"
}

@test "packages of the database and of languages, in both formats" {
  software_tree
  expected="pkg:deb/debian/app@1:1.2%2Bb1-3~x?arch=amd64&distro=debian-12 1:1.2+b1-3~x
pkg:deb/debian/python3-own@2?arch=all&distro=debian-12 2
pkg:gem/json@2.6 2.6 /usr/local/gems/specifications/default/json-2.6.gemspec
pkg:gem/rack@3.0.8 3.0.8 /usr/local/gems/specifications/rack-3.0.8.gemspec
pkg:npm/%40scope/thing@2.0.0-rc.1 2.0.0-rc.1 /srv/node_modules/@scope/thing/package.json
pkg:npm/left-pad@1.3.0 1.3.0 /srv/node_modules/@scope/thing/node_modules/left-pad/package.json /srv/node_modules/left-pad/package.json
pkg:pypi/flask-cors@4.0 4.0 /opt/site/Flask_Cors-4.0.dist-info/METADATA
pkg:pypi/old@0.1 0.1 /opt/site/old.egg-info/PKG-INFO
pkg:pypi/single@3 3 /opt/site/single.egg-info"
  equal "$(listed spdx rootfs:tree)" "$expected"
  equal "$(listed cyclonedx rootfs:tree)" "$expected"
  equal "$("$OCISLIM" sbom rootfs:tree | jq -r '.packages[:2][] | [.name, .versionInfo // "-", .primaryPackagePurpose] | join(" ")')" \
    $'image - CONTAINER\ndebian 12 OPERATING-SYSTEM'
}

@test "packages of apk and rpm" {
  mkdir -p tree/lib/apk/db tree/etc tree/var/lib/rpm
  printf 'ID=alpine\nVERSION_ID=3.20.1\n' >tree/etc/os-release
  printf 'P:musl\nV:1.2.5-r0\nA:x86_64\n\nP:tool\nV:1_git2\nA:noarch\n' >tree/lib/apk/db/installed
  equal "$(listed spdx rootfs:tree)" "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1 1.2.5-r0
pkg:apk/alpine/tool@1_git2?arch=noarch&distro=alpine-3.20.1 1_git2"
  rm -r tree/lib tree/etc
  python3 "$tools/packages.py" make-sqlite tree/var/lib/rpm/rpmdb.sqlite bash:5.1:/usr/bin/bash
  equal "$(listed cyclonedx rootfs:tree)" "pkg:rpm/bash@5.1-1?arch=x86_64 5.1-1"
  # the header that rpm itself wrote, whose epoch is no part of a purl's version
  rm tree/var/lib/rpm/rpmdb.sqlite
  python3 -c 'import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
database.execute("INSERT INTO Packages VALUES (1, ?)", (open(sys.argv[2], "rb").read(),))
database.commit()' tree/var/lib/rpm/rpmdb.sqlite "$tools/../../testdata/rpm/hello.header"
  equal "$(listed cyclonedx rootfs:tree | sed 's/arch=[a-z0-9_]*/arch=ARCH/')" "pkg:rpm/hello@1.0-3?arch=ARCH&epoch=2 2:1.0-3"
}

@test "of a slim image it names what is left" {
  software_tree
  "$OCISLIM" slim -q rootfs:tree oci:out --entrypoint /usr/bin/app --include /opt/site/old.egg-info
  for format in spdx cyclonedx; do
    equal "$(listed $format oci:out)" "pkg:deb/debian/app@1:1.2%2Bb1-3~x?arch=amd64&distro=debian-12 1:1.2+b1-3~x
pkg:pypi/old@0.1 0.1 /opt/site/old.egg-info/PKG-INFO"
  done
}

@test "the same image gives the same bytes, another one another name" {
  simple_image oci one <<<'file /etc/os-release 644 "ID=x\n"'
  for format in spdx cyclonedx; do
    "$OCISLIM" sbom --format $format oci:one >first
    "$OCISLIM" sbom --format $format oci:one >second
    cmp first second
    SOURCE_DATE_EPOCH=1000000000 "$OCISLIM" sbom --format $format oci:one >third
    run ! cmp -s first third
    cat first third >>names
  done
  equal "$(jq -r '.creationInfo.created // .metadata.timestamp' names)" "2020-01-02T03:04:05Z
2001-09-09T01:46:40Z
2020-01-02T03:04:05Z
2001-09-09T01:46:40Z"
  equal "$(jq -r '.documentNamespace // .serialNumber' names | sort -u | wc -l)" 4
  equal "$(jq -r '.packages[0].versionInfo // .metadata.component.version' first)" "$(jq -r '.manifests[0].digest' one/index.json)"
}

@test "files that say nothing, or too much" {
  mkdir -p tree/node_modules/{a,b,c,d,e} tree/x.dist-info tree/specifications
  printf '{"name": "a", "version": 1}' >tree/node_modules/a/package.json
  printf '{"name": "b", "version": "1"' >tree/node_modules/b/package.json
  printf '{"name": "c\\u001b[31m", "version": "1"}' >tree/node_modules/c/package.json
  head -c 1100000 /dev/zero >tree/node_modules/d/package.json
  : >tree/node_modules/e/package.json
  printf 'Name: \377\376\nVersion: 1\n' >tree/x.dist-info/METADATA
  printf 's.name = "x\ns.version = "1"' >tree/specifications/x-1.gemspec
  for format in spdx cyclonedx; do
    with_status 0 "$OCISLIM" sbom --format $format rootfs:tree
    equal "$stderr" "warning: '/node_modules/d/package.json' is larger than 1 MiB and was not read"
    equal "$(listed $format rootfs:tree 2>/dev/null)" ""
  done
  with_status 2 "$OCISLIM" sbom --format spdx3 rootfs:tree
  equal "$stderr" "ocislim: --format 'spdx3' is none of spdx, cyclonedx"
}

@test "what is left of this machine: a scanner finds the same packages" {
  "$OCISLIM" slim -q rootfs:/ rootfs:out --entrypoint /usr/bin/getent --allow-missing
  python3 "$tools/packages.py" scan out | sed -n 's/^deb //p' | LC_ALL=C sort >theirs
  [[ $(wc -l <theirs) -gt 1 ]]
  for format in spdx cyclonedx; do
    listed $format rootfs:out >all
    equal "$(grep -c '^pkg:deb/' all)" "$(wc -l <theirs)"
    equal "$(sed -nE 's,^pkg:deb/[^/]*/([^@]*)@.* ,\1 ,p' all | sed 's/%2B/+/g' | LC_ALL=C sort)" "$(cat theirs)"
  done
}
