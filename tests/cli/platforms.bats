#!/usr/bin/env bats
# An index of several platforms, slimmed platform by platform. Programs of 32 bit stand for a foreign machine's.

load common
load index

static32() # a path
{
  [[ -e $BATS_FILE_TMPDIR/static32 ]] || cc -O1 -m32 -static -o "$BATS_FILE_TMPDIR/static32" "$tools/program.c"
  echo "$BATS_FILE_TMPDIR/static32"
}

# one NAME PLATFORM PROGRAM: a layout with a program, a file of its own and one that goes.
one()
{
  image oci "$1" <<END
platform $2
annotation org.example.of=$2
entrypoint /app
cmd /etc/$1
layer gzip
copy /app $3
file /etc/$1 0644 $1
file /usr/share/doc/$1 0644 goes
END
}

both()
{
  one a linux/amd64 "$static"
  one b linux/386 "$(static32)"
  index both v1 a linux/amd64 b linux/386
}

# paths LAYOUT POSITION: what the one layer of an image of the index holds.
paths() { tar -tzf "$(blob "$1" "$(layer_of "$1" "$2")")" | sort | tr '\n' ' '; }

@test "--all: an index of slim images, each with its own program" {
  both
  "$OCISLIM" slim -q --all oci:both:v1 oci:out:v2
  equal "$(platforms out)" '["linux/amd64","linux/386"]'
  equal "$(paths out 0)" "app etc/ etc/a "
  equal "$(paths out 1)" "app etc/ etc/b "
  equal "$(of out | jq -c .annotations)" '{"org.example.all":"yes"}'
  equal "$(jq -c '.manifests | map(.annotations)' out/index.json)" '[{"org.opencontainers.image.ref.name":"v2"}]'
  for position in 0 1; do
    manifest=$(blob out "$(of out | jq -r ".manifests[$position].digest")")
    equal "$(jq -r '.annotations["org.example.of"]' "$manifest")" "$(platforms out | jq -r ".[$position]")"
    equal "$(jq -r .architecture "$(blob out "$(jq -r .config.digest "$manifest")")")" "$(platforms out | jq -r ".[$position]" | cut -d / -f 2)"
  done
}

@test "--platform: more than once, or with commas, in the order given; one is a plain image" {
  both
  "$OCISLIM" slim -q --platform linux/386 --platform linux/amd64 --platform linux/386 oci:both:v1 oci:out
  equal "$(platforms out)" '["linux/386","linux/amd64"]'
  "$OCISLIM" slim -q --platform linux/386,linux/amd64 oci:both:v1 oci:commas
  equal "$(sha256sum <commas/index.json)" "$(sha256sum <out/index.json)"
  "$OCISLIM" slim -q --platform linux/386 oci:both:v1 oci:one
  equal "$(jq -c '.manifests | map([.mediaType, .platform.architecture])' one/index.json)" \
    '[["application/vnd.oci.image.manifest.v1+json","386"]]'
  equal "$(jq -r '.manifests[0].digest' one/index.json)" "$(of out | jq -r '.manifests[0].digest')"
}

@test "--all: the same from a layout, an archive and a pipe; and again from what was written" {
  both
  tar -cf both.tar -C both .
  "$OCISLIM" slim -q --all oci:both:v1 oci-archive:a.tar -t app:1
  "$OCISLIM" slim -q --all oci-archive:both.tar:v1 oci-archive:b.tar -t app:1
  "$OCISLIM" slim -q --all - - -t app:1 <both.tar >c.tar
  "$OCISLIM" slim -q --all --threads 1 oci:both:v1 oci-archive:d.tar -t app:1
  cmp b.tar a.tar
  cmp d.tar a.tar
  mkdir from-pipe
  tar -xf c.tar -C from-pipe
  equal "$(platforms from-pipe)" '["linux/amd64","linux/386"]'
  equal "$(tar -xOf a.tar manifest.json | jq -c '.[].RepoTags')" '["app:1"]'
  "$OCISLIM" slim -q --all oci-archive:a.tar oci:again
  equal "$(platforms again)" '["linux/amd64","linux/386"]'
  equal "$(paths again 1)" "app etc/ etc/b "
}

@test "--all: one platform, or no index at all, is a plain image" {
  one a linux/amd64 "$static"
  index alone v1 a linux/amd64
  "$OCISLIM" slim -q --all oci:alone:v1 oci:out
  equal "$(jq -r '.manifests[0].mediaType' out/index.json)" application/vnd.oci.image.manifest.v1+json
  "$OCISLIM" slim -q --all oci:a oci:plain
  equal "$(jq -r '.manifests[0].mediaType' plain/index.json)" application/vnd.oci.image.manifest.v1+json
  image docker-archive old.tar <<END
entrypoint /app
layer none
copy /app $static
END
  "$OCISLIM" slim -q --all docker-archive:old.tar oci:docker
  equal "$(jq -r '.manifests[0].platform.architecture' docker/index.json)" amd64
}

@test "--all: the report has each platform; why and the schema know it" {
  both
  "$OCISLIM" slim --all oci:both:v1 oci:out --report report.json 2>summary
  equal "$(jq -c '[.schema, (.platforms | map(.source.platform)), .digest == $digest]' \
    --arg digest "$(jq -r '.manifests[0].digest' out/index.json)" report.json)" '[1,["linux/amd64","linux/386"],true]'
  equal "$(grep -c '^.linux/' summary)" 2
  python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))' "$tools/../../slim/report/report.schema.json" report.json
  "$OCISLIM" why --platform linux/386 report.json /etc/b | grep -q '^/etc/b'
  with_status 2 "$OCISLIM" why --platform linux/s390x report.json /etc/b
  stderr_has "the report has nothing of linux/s390x"
  stderr_has "'linux/amd64', 'linux/386'"
}

@test "--all: what is wrong with one platform names it, and nothing is written" {
  one a linux/amd64 "$static"
  image oci b <<END
platform linux/386
entrypoint /nowhere
layer gzip
file /etc/b 0644 b
END
  index both v1 a linux/amd64 b linux/386
  with_status 5 "$OCISLIM" slim -q --all oci:both:v1 oci:out
  stderr_has "linux/386: "
  [[ ! -e out ]]
  index both v1 b linux/386 a linux/amd64
  with_status 5 "$OCISLIM" slim -q --all oci:both:v1 oci:out
  stderr_has "linux/386: "
  both
  layer=$(jq -r '.layers[0].digest' "$(blob both "$(of both | jq -r '.manifests[1].digest')")")
  echo x >>"$(blob both "$layer")"
  with_status 3 "$OCISLIM" slim -q --all oci:both:v1 oci:out
  stderr_has "linux/386: "
  "$OCISLIM" slim -q --platform linux/amd64 oci:both:v1 oci:out # which does not look at the other one
}

@test "--all: a gate that says no to one of them" {
  both
  size=$(stat -c %s "$static")
  other=$(stat -c %s "$(static32)")
  ((size != other))
  limit=$((size < other ? size + 100 : other + 100))
  with_status 4 "$OCISLIM" slim -q --all --max-size "$limit" --report report.json oci:both:v1 oci:out
  stderr_has "linux/$( ((size < other)) && echo 386 || echo amd64): the new image has"
  [[ ! -e out ]]
  equal "$(jq -c '[.digest, (.platforms | last | .result.digest)]' report.json)" '[null,null]'
}

@test "where there is room for one platform only" {
  both
  for destination in rootfs:out docker-archive:out.tar; do
    with_status 2 "$OCISLIM" slim -q --all oci:both:v1 "$destination"
    stderr_has "has room for one platform, and here are 2"
    [[ ! -e ${destination#*:} ]]
  done
  with_status 2 "$OCISLIM" slim -q --all --platform linux/386 oci:both:v1 oci:out
  with_status 2 "$OCISLIM" deps --platform linux/386,linux/amd64 oci:both:v1
  stderr_has "several platforms"
  mkdir root
  with_status 2 "$OCISLIM" slim -q --platform linux/386,linux/amd64 rootfs:root oci:out --entrypoint /app
}

@test "an index takes the place of the layout's unnamed images" {
  both
  "$OCISLIM" slim -q --platform linux/amd64 oci:both:v1 oci:out
  "$OCISLIM" slim -q --all oci:both:v1 oci:out
  equal "$(jq '.manifests | length' out/index.json)" 1
  equal "$(platforms out)" '["linux/amd64","linux/386"]'
}

@test "an index in a directory of skopeo's, both ways" {
  both
  "$OCISLIM" slim -q --all oci:both:v1 dir:ours
  skopeo copy -q --all dir:ours oci:copied # which checks every digest
  "$OCISLIM" slim -q --all oci:both:v1 oci:expected
  equal "$(of copied)" "$(of expected)"
  equal "$(cat ours/manifest.json)" "$(of expected)"
  skopeo copy -q --all oci:both:v1 dir:theirs
  "$OCISLIM" slim -q --all dir:theirs oci:back
  for position in 0 1; do
    equal "$(layer_of back $position)" "$(layer_of expected $position)"
  done
  with_status 1 "$OCISLIM" slim -q oci:both:v1 dir:theirs
  stderr_has "Directory not empty"
  rm theirs/version
  with_status 3 "$OCISLIM" slim -q dir:theirs oci:no
  stderr_has "there is no version"
  mkdir empty
  with_status 3 "$OCISLIM" slim -q dir:empty oci:no
  stderr_has "there is no manifest.json"
  with_status 1 "$OCISLIM" slim -q dir:nowhere oci:no
  echo x >>"ours/$(jq -r '.manifests[0].digest' ours/manifest.json | cut -d : -f 2).manifest.json"
  with_status 3 "$OCISLIM" slim -q --platform linux/amd64 dir:ours oci:no
  [[ ! -e no ]]
}

@test "a directory of skopeo's that is cut, too large, or none" {
  both
  "$OCISLIM" slim -q --all oci:both:v1 dir:good
  # refused WITH MESSAGE: what "broken" is made into by the commands on standard input
  refused()
  {
    rm -rf broken
    cp -r good broken
    (cd broken && bash -e)
    with_status "$1" "$OCISLIM" slim -q --platform linux/amd64 dir:broken oci:no
    stderr_has "$2"
    [[ ! -e no ]]
  }
  refused 3 "there is no version" <<<'printf Dir >version'
  refused 3 "there is no version" <<<'echo "Other Transport Version: 1.1" >version'
  refused 3 "version" <<<'truncate -s 5M version'
  refused 3 "version" <<<'rm version; mkfifo version'
  refused 3 "manifest.json" <<<'truncate -s 5M manifest.json'
  refused 3 "manifest.json" <<<'truncate -s -9 manifest.json'
  refused 3 "manifest.json" <<<': >manifest.json'
  refused 3 "manifest is not an object" <<<'echo "[]" >manifest.json'
  refused 3 "media type" <<<'echo "{\"schemaVersion\": 2, \"mediaType\": \"text/plain\"}" >manifest.json'
  refused 3 "mediaType" <<<'echo "{\"schemaVersion\": 2, \"mediaType\": 7}" >manifest.json'
  refused 1 "leads out of" <<<'rm manifest.json; ln -s ../good/manifest.json manifest.json'
  refused 1 "is not here" <<<'rm ????????????????????????????????????????????????????????????????'
}
