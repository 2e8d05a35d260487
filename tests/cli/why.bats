# Levels of keeping, what a report says about removed paths, and the reasons of one path.
load common

packaged_image()
{
  simple_image oci source <<'END'
dir /usr
dir /usr/share
dir /usr/share/doc
file /usr/share/doc/copyright 644 "free"
file /usr/share/data 644 "12345"
file /srv/tool 644 "123"
hard /srv/same /srv/tool
link /link usr
dir /var
dir /var/lib
dir /var/lib/dpkg
file /var/lib/dpkg/status 644 "Package: app\nVersion: 1\nDepends: data\n\nPackage: data\nVersion: 1\n"
dir /var/lib/dpkg/info
file /var/lib/dpkg/info/app.list 644 "/app\n/usr/share/doc/copyright\n"
file /var/lib/dpkg/info/data.list 644 "/usr/share/data\n"
END
}

kept() { show paths "$1" | sed 's,/$,,' | grep -v '^\.\?$' | LC_ALL=C sort | tr '\n' ' '; }

@test "--keep package adds what the packages have, without documentation" {
  packaged_image
  "$OCISLIM" slim -q oci:source oci:safe
  "$OCISLIM" slim -q --keep safe oci:source oci:same
  "$OCISLIM" slim -q --keep package oci:source oci:whole --report report.json
  database="var var/lib var/lib/dpkg var/lib/dpkg/info var/lib/dpkg/info/app.list"
  equal "$(kept safe)" "app $database var/lib/dpkg/status "
  equal "$(kept same)" "app $database var/lib/dpkg/status "
  equal "$(kept whole)" "app usr usr/share usr/share/data $database var/lib/dpkg/info/data.list var/lib/dpkg/status "
  equal "$(jq -c '[.level, .left_out_of_packages]' report.json)" '["package",null]'
  equal "$(jq -c '.kept[] | select(.path == "/usr/share/data") | [.package, .reason]' report.json)" \
    '["data",{"kind":"package","from":null,"detail":"package data, which app depends on"}]'
}

@test "--keep strict fires no rule" {
  "$OCISLIM" slim -q rootfs:/ rootfs:safe --entrypoint /usr/bin/getent --report safe.json
  "$OCISLIM" slim -q rootfs:/ rootfs:strict --entrypoint /usr/bin/getent --report strict.json --keep strict
  [[ $(jq '.rules | length' safe.json) -gt 0 ]]
  equal "$(jq -c '[.level, .rules]' strict.json)" '["strict",[]]'
  [[ -e strict/usr/bin/getent && ! -e strict/etc/nsswitch.conf && -e safe/etc/nsswitch.conf ]]
}

@test "--keep takes three words" {
  packaged_image
  with_status 2 "$OCISLIM" slim --keep some oci:source oci:dest
  equal "$stderr" "ocislim: --keep 'some' is none of strict, safe, package"
  [[ ! -e dest ]]
}

@test "the report lists what was removed, with package and size" {
  packaged_image
  "$OCISLIM" slim -q oci:source oci:dest --report report.json --package-db none
  equal "$(jq -r '.removed[] | [.path, .type, .size, .package // "-"] | join(" ")' report.json)" "/link symlink 0 -
/srv directory 0 -
/srv/same file 3 -
/srv/tool file 0 -
/usr directory 0 -
/usr/share directory 0 -
/usr/share/data file 5 data
/usr/share/doc directory 0 -
/usr/share/doc/copyright file 4 app
/var directory 0 -
/var/lib directory 0 -
/var/lib/dpkg directory 0 -
/var/lib/dpkg/info directory 0 -
/var/lib/dpkg/info/app.list file 30 -
/var/lib/dpkg/info/data.list file 16 -
/var/lib/dpkg/status file 64 -"
  equal "$(jq -c '.left_out_of_packages' report.json)" '{"packages":2,"paths":1,"bytes":5}'
  equal "$(jq '.result.bytes + ([.removed[].size] | add) - .source.bytes' report.json)" 0
  equal "$(jq -r '.kept[] | select(.path == "/app") | .package' report.json)" app
}

@test "why, from a report and from an image" {
  packaged_image
  "$OCISLIM" slim -q oci:source oci:dest --report report.json
  for from in report.json oci:source; do
    equal "$("$OCISLIM" why "$from" /app)" "/app: entrypoint, runs /app (package app)"
    equal "$("$OCISLIM" why "$from" /usr/share/data)" "/usr/share/data: removed, nothing asked for it; it belongs to package data"
    equal "$("$OCISLIM" why "$from" /srv/tool)" "/srv/tool: removed, nothing asked for it; it belongs to no package"
    with_status 5 "$OCISLIM" why "$from" /none
    equal "$stderr" "ocislim: '/none' is not in the image"
  done
  equal "$("$OCISLIM" why oci:source --include /srv /srv/tool)" "/srv/tool: include, --include"
  equal "$("$OCISLIM" why oci:source --keep package /usr/share/data)" \
    "/usr/share/data: package, package data, which app depends on (package data)"
}

@test "why goes back from a library to the program" {
  [[ $("$OCISLIM" why rootfs:/ --entrypoint "$dynamic" /no/such 2>&1) == *"'/no/such' is not in the image" ]]
  "$OCISLIM" slim -q rootfs:/ rootfs:dest --entrypoint "$dynamic" --report report.json
  library=$(jq -r '[.kept[] | select(.reason.kind == "needed")][0].path' report.json)
  run "$OCISLIM" why report.json "$library"
  equal "${lines[0]}" "$dynamic: entrypoint, runs $dynamic"
  [[ ${lines[1]} == "  $library: needed, "* ]]
}

@test "why refuses a document that is no report" {
  printf '{"schema": 1}' >other.json
  with_status 2 "$OCISLIM" why other.json /app
  equal "$stderr" "ocislim: the document is no report: it lists no kept paths"
  printf '{"kept": [' >torn.json
  with_status 3 "$OCISLIM" why torn.json /app
  stderr_has torn.json
}
