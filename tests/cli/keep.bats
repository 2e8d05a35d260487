# What is kept, and the report that says why.
load common

# The new image's paths without the root, on one line.
kept() { show paths "$1" | sed 's,/$,,' | grep -v '^\.\?$' | tr '\n' ' '; }

app_image()
{
  simple_image oci source <<'END'
dir /srv
dir /srv/app
dir /srv/app/lib
file /srv/app/main 755 "#!/app -x\n"
file /srv/app/lib/a.so 644 a
file /srv/app/lib/a.pyc 644 a
file /srv/app/lib/b.so 644 b
file /srv/app/notes 644 n
dir /etc
file /etc/app.conf 644 c
END
}

# report_is_valid FILE
report_is_valid()
{
  python3 -c '
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(report, schema)' "$tools/../../slim/report/report.schema.json" "$1"
}

@test "only the entrypoint" {
  app_image
  "$OCISLIM" slim -q oci:source oci:dest
  equal "$(kept dest)" "app "
}

@test "--include and --exclude" {
  app_image
  "$OCISLIM" slim -q --include /srv/app/lib oci:source oci:dest
  equal "$(kept dest)" "app srv srv/app srv/app/lib srv/app/lib/a.pyc srv/app/lib/a.so srv/app/lib/b.so "
  "$OCISLIM" slim -q --include /srv/app/lib --exclude '*.pyc' oci:source oci:two
  equal "$(kept two)" "app srv srv/app srv/app/lib srv/app/lib/a.so srv/app/lib/b.so "
  "$OCISLIM" slim -q --include '/srv/**/a.*' oci:source oci:three
  equal "$(kept three)" "app srv srv/app srv/app/lib srv/app/lib/a.pyc srv/app/lib/a.so "
  "$OCISLIM" slim -q --include 'app.conf' --include '*.pyc' oci:source oci:four
  equal "$(kept four)" "app etc etc/app.conf srv srv/app srv/app/lib srv/app/lib/a.pyc "
  "$OCISLIM" slim -q --include '/**' --exclude '/srv/app/' oci:source oci:five
  equal "$(kept five)" "app etc etc/app.conf srv "
}

@test "--include-from" {
  app_image
  printf '# what the application reads\n\n/srv/app/lib/*  \r\n!*.pyc\n/etc/app.conf\n' >globs
  "$OCISLIM" slim -q --include-from globs oci:source oci:dest
  equal "$(kept dest)" "app etc etc/app.conf srv srv/app srv/app/lib srv/app/lib/a.so srv/app/lib/b.so "
  printf '/etc/app.conf\n/srv/nope\n' >globs
  with_status 5 "$OCISLIM" slim --include-from globs oci:source oci:two
  stderr_has "--include-from globs, line 2 names '/srv/nope'"
  printf '![\n' >globs
  with_status 2 "$OCISLIM" slim --include-from globs oci:source oci:two
  stderr_has "--include-from globs, line 1: the glob '[' has an open '['"
}

@test "the label io.ocislim.include" {
  simple_image oci source <<'END'
label "io.ocislim.include=/etc/* /srv/app/notes"
dir /srv
dir /srv/app
file /srv/app/notes 644 n
dir /etc
file /etc/app.conf 644 c
END
  "$OCISLIM" slim -q oci:source oci:dest
  equal "$(kept dest)" "app etc etc/app.conf srv srv/app srv/app/notes "
  printf '%s\n' "label 'io.ocislim.include=[\"/with space\"]'" "file '/with space' 644 x" | simple_image oci spaces
  "$OCISLIM" slim -q oci:spaces oci:two
  equal "$(kept two)" "app with space "
  printf '%s\n' "label 'io.ocislim.include=[oops'" | simple_image oci broken
  with_status 3 "$OCISLIM" slim oci:broken oci:three
  equal "$stderr" "ocislim: label io.ocislim.include: '[oops' is no JSON array of globs"
  printf "label 'io.ocislim.include=%s'\n" "$(printf '/x%.0s ' {1..1001})" | simple_image oci many
  with_status 3 "$OCISLIM" slim oci:many oci:dest
  equal "$stderr" "ocislim: label io.ocislim.include has 1001 globs, more than 1000"
}

@test "--entrypoint replaces, --exec adds" {
  app_image
  "$OCISLIM" slim -q --keep strict --entrypoint /srv/app/main oci:source oci:dest
  equal "$(kept dest)" "app srv srv/app srv/app/main " # its interpreter too
  equal "$(show config dest | jq -c '[.config.Entrypoint, .config.Cmd]')" '[["/srv/app/main"],null]'
  "$OCISLIM" slim -q --keep strict --exec /srv/app/main oci:source oci:two
  equal "$(kept two)" "app srv srv/app srv/app/main "
  equal "$(show config two | jq -c .config.Entrypoint)" '["/app"]'
  "$OCISLIM" slim -q --entrypoint '["/app","--conf","/etc/app.conf"]' oci:source oci:three
  equal "$(kept three)" "app etc etc/app.conf "
  equal "$(show config three | jq -c .config.Entrypoint)" '["/app","--conf","/etc/app.conf"]'
}

@test "a program by name is found through the image's PATH" {
  printf 'env PATH=/opt/bin:/bin\nentrypoint tool\nlayer gzip\ndir /opt\ndir /opt/bin\ncopy /opt/bin/tool %s\ndir /bin\ncopy /bin/tool %s\n' \
    "$static" "$static" | image oci source
  "$OCISLIM" slim -q oci:source oci:dest
  equal "$(kept dest)" "opt opt/bin opt/bin/tool "
}

@test "a script, env, and the commands of a shell script" {
  printf '%s\n' 'entrypoint /start' 'cmd serve' 'env PATH=/bin' 'layer gzip' 'dir /bin' "copy /bin/sh $static" "copy /bin/env $static" \
    "copy /bin/serve $static" "copy /bin/mkdir $static" "copy /bin/unused $static" \
    'file /start 755 "#!/bin/env sh\nmkdir -p /run\nexec \"$@\"\n"' | image oci source
  "$OCISLIM" slim -q oci:source oci:dest
  equal "$(kept dest)" "bin bin/env bin/mkdir bin/serve bin/sh start "
}

@test "a dynamic program with its loader, by the loader's own answer" {
  loader=$(patchelf --print-interpreter "$dynamic")
  {
    printf 'entrypoint /app\nlayer gzip\ncopy /app %s\ndir %s\ncopy %s %s\n' "$dynamic" "${loader%/*}" "$loader" "$loader"
    "$loader" --list "$dynamic" | awk '$2 == "=>" { print $3 }' | while read -r library; do
      printf 'copy %s %s\ncopy %s.unused %s\n' "$library" "$library" "$library" "$library"
    done
  } | image oci source
  "$OCISLIM" slim -q oci:source rootfs:dest
  equal "$(chroot dest /app one two 2>&1 || true)" "hello from /app, 2 arguments"
  with_status 0 "$OCISLIM" deps oci:source
  [[ $output == /app$'\n'* && $output == *"libc.so.6 => "* ]]
  with_status 0 "$OCISLIM" deps --json oci:source
  equal "$(jq -r '.programs[0].path' <<<"$output")" /app
  equal "$(find dest -name '*.unused')" ""
}

@test "the report holds to its schema and says why" {
  app_image
  "$OCISLIM" slim -q --report report.json --include '/srv/app/lib/*.so' oci:source oci:dest
  report_is_valid report.json
  equal "$(jq -c '.kept[] | [.path, .type, .reason.kind, .reason.from]' report.json)" '["/","directory","parent",null]
["/app","file","entrypoint",null]
["/srv","directory","parent","/srv/app/lib/a.so"]
["/srv/app","directory","parent","/srv/app/lib/a.so"]
["/srv/app/lib","directory","parent","/srv/app/lib/a.so"]
["/srv/app/lib/a.so","file","include",null]
["/srv/app/lib/b.so","file","include",null]'
  equal "$(jq -r .result.digest report.json)" "$(jq -r '.manifests[0].digest' dest/index.json)"
  equal "$(jq -r .source.digest report.json)" "$(jq -r '.manifests[0].digest' source/index.json)"
  equal "$(jq -r .result.layer report.json)" "$(show manifest dest | jq -r '.layers[0].digest')"
  equal "$(jq -r .result.diff_id report.json)" "$(show config dest | jq -r '.rootfs.diff_ids[0]')"
  equal "$(jq -r .result.paths report.json)" 6
}

@test "--json is the report; other destinations and failures hold to the schema" {
  app_image
  "$OCISLIM" slim --json --report report.json oci:source oci:dest >stdout.json
  cmp report.json stdout.json
  "$OCISLIM" slim --json oci:source rootfs:folder >folder.json
  report_is_valid folder.json
  equal "$(jq -c '.result | keys' folder.json)" '["bytes","paths"]'
  "$OCISLIM" slim -q --allow-missing --entrypoint /nope --include '/**' --report missing.json oci:source oci:two
  report_is_valid missing.json
  equal "$(jq -c '.missing' missing.json)" '[{"name":"/nope","from":null,"required":true,"tried":[]}]'
  printf 'file "/odd\xff" 644 x\nhard /second /app\n' | simple_image oci odd
  "$OCISLIM" slim -q --include '/**' --report odd.json oci:odd oci:three
  report_is_valid odd.json
}

@test "-v says why each path is kept" {
  app_image
  with_status 0 "$OCISLIM" slim -v --include /etc/app.conf oci:source oci:dest
  stderr_has "'/app': entrypoint: runs /app"
  stderr_has "'/etc/app.conf': include: --include"
}
