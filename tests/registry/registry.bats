# A real registry as source and destination: Debian's docker-registry on loopback, plain, and with TLS and a password.
load ../cli/common
load ../cli/index
load registry

tools=$BATS_TEST_DIRNAME/../cli

setup_file()
{
  registry_begin
  registry_certificates "$BATS_FILE_TMPDIR/tls"
  htpasswd -Bbn someone secret >"$BATS_FILE_TMPDIR/htpasswd" 2>/dev/null
  registry_start "$BATS_FILE_TMPDIR/locked" "auth: {htpasswd: {realm: tests, path: $BATS_FILE_TMPDIR/htpasswd}}" \
    "  tls: {certificate: $BATS_FILE_TMPDIR/tls/tls.crt, key: $BATS_FILE_TMPDIR/tls/tls.key}"
  cd "$BATS_FILE_TMPDIR" || return 1
  static=$BATS_FILE_TMPDIR/static
  {
    printf 'entrypoint /app\nlayer gzip\ncopy /app %s\n' "$static"
    for number in 1 2 3 4 5 6 7 8; do
      printf 'layer gzip\nzeros /data/%s 300000\nfile /etc/%s 644 "text %s"\n' $number $number $number
    done
  } | python3 "$tools/mkimage.py" oci - source
  put source "$(cat plain/host)/some/source:1"
  put source "$(cat locked/host)/some/source:1" --dest-creds someone:secret
}

teardown_file()
{
  registry_stop "$BATS_FILE_TMPDIR/plain"
  registry_stop "$BATS_FILE_TMPDIR/locked"
}

setup()
{
  mkdir "$BATS_TEST_TMPDIR/here"
  cd "$BATS_TEST_TMPDIR/here" || return 1
  source=$BATS_FILE_TMPDIR/source
  plain=$(cat "$BATS_FILE_TMPDIR/plain/host")
  locked=$(cat "$BATS_FILE_TMPDIR/locked/host")
  ca=$BATS_FILE_TMPDIR/tls/ca
  http=(--src-tls-verify=false)
  both=(--src-tls-verify=false --dest-tls-verify=false)
}

@test "an image of a registry is the same as in a layout" {
  "$OCISLIM" slim -q --include '/etc/*' "oci:$source" oci:expected
  for threads in 1 2 8; do
    "$OCISLIM" slim -q --include '/etc/*' --threads $threads "${http[@]}" "docker://$plain/some/source:1" "oci:out$threads"
    equal "$(slim_of "out$threads")" "$(slim_of expected)"
  done
}

@test "the report names the image and its digest" {
  "$OCISLIM" slim --json "${http[@]}" "docker://$plain/some/source:1" oci:out >report
  equal "$(jq -r .source.name report)" "$plain/some/source:1"
  equal "$(jq -r .source.digest report)" "$(skopeo inspect --tls-verify=false "docker://$plain/some/source:1" | jq -r .Digest)"
  equal "$(jq -r .source.layers report)" 9
}

@test "an image is named by its digest" {
  digest=$(skopeo inspect --tls-verify=false "docker://$plain/some/source:1" | jq -r .Digest)
  "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source@$digest" oci:out
  "$OCISLIM" slim -q "oci:$source" oci:expected
  equal "$(slim_of out)" "$(slim_of expected)"
  with_status 1 "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source@sha256:$(printf '%064d' 7)" oci:other
  stderr_has "is not in the registry '$plain'"
  with_status 2 "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source:1@$digest" oci:other
  stderr_has "has a tag and a digest, and only one can be meant"
}

@test "what was pushed is what is pulled" {
  "$OCISLIM" slim -q "${both[@]}" "docker://$plain/some/source:1" "docker://$plain/some/slim:1"
  "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source:1" oci:expected:1
  skopeo --insecure-policy copy --quiet --src-tls-verify=false "docker://$plain/some/slim:1" oci:pulled:1
  equal "$(show index pulled | jq -r '.manifests[0].digest')" "$(show index expected | jq -r '.manifests[0].digest')"
  "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/slim:1" oci:again
  equal "$(slim_of again | jq -r '.[0]')" "$(slim_of expected | jq -r '.[0]')"
}

@test "from a layout and from standard input into a registry" {
  "$OCISLIM" slim -q "oci:$source" oci:expected
  "$OCISLIM" slim -q --dest-tls-verify=false "oci:$source" "docker://$plain/from/layout"
  tar --create --directory "$source" . | "$OCISLIM" slim -q --dest-tls-verify=false - "docker://$plain/from/stdin:a"
  for name in from/layout:latest from/stdin:a; do
    "$OCISLIM" slim -q "${http[@]}" "docker://$plain/$name" oci:"${name##*:}"
    equal "$(slim_of "${name##*:}" | jq -r '.[0]')" "$(slim_of expected | jq -r '.[0]')"
  done
}

@test "--tag adds tags of the same repository only" {
  "$OCISLIM" slim -q "${both[@]}" -t "$plain/tags:b" -t "$plain/tags:a" "docker://$plain/some/source:1" "docker://$plain/tags:a"
  equal "$(skopeo list-tags --tls-verify=false "docker://$plain/tags" | jq -c '.Tags | sort')" '["a","b"]'
  with_status 2 "$OCISLIM" slim -q "${both[@]}" -t "$plain/other:b" "docker://$plain/some/source:1" "docker://$plain/tags:c"
  stderr_has "--tag '$plain/other:b' is not of the repository that is pushed to, $plain/tags"
  equal "$(skopeo list-tags --tls-verify=false "docker://$plain/tags" | jq -c '.Tags | sort')" '["a","b"]'
}

@test "a digest is no destination" {
  with_status 2 "$OCISLIM" slim -q "${both[@]}" "docker://$plain/some/source:1" "docker://$plain/x@sha256:$(printf '%064d' 7)"
  stderr_has "cannot be pushed to: its digest is of another image"
}

# An index of two platforms, made of two images that are there already.
make_index()
{
  local platform
  for platform in amd64 arm64; do
    printf 'platform linux/%s\nentrypoint /app\nlayer gzip\ncopy /app %s\nfile /arch 644 %s\n' $platform "$BATS_FILE_TMPDIR/static" $platform |
      image oci $platform
    put $platform "$plain/multi:$platform"
    skopeo inspect --raw --tls-verify=false "docker://$plain/multi:$platform" >$platform.json
    jq -n --arg digest "sha256:$(sha256sum <$platform.json | cut -d' ' -f1)" --arg size "$(stat -c %s $platform.json)" --arg platform $platform \
      '{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest, size: ($size | tonumber), platform: {os: "linux", architecture: $platform}}'
  done | jq -s '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .}' >index.json
  curl --fail --silent --upload-file index.json --header 'Content-Type: application/vnd.oci.image.index.v1+json' "http://$plain/v2/multi/manifests/all"
}

@test "an index has an image for each platform" {
  make_index
  for platform in amd64 arm64; do
    "$OCISLIM" slim -q "${http[@]}" --platform linux/$platform --include /arch "docker://$plain/multi:all" oci:out-$platform
    equal "$(show cat:arch out-$platform)" $platform
    equal "$(show config out-$platform | jq -r .architecture)" $platform
  done
  with_status 1 "$OCISLIM" slim -q "${http[@]}" --platform linux/s390x "docker://$plain/multi:all" oci:none
  stderr_has "no image for linux/s390x"
  stderr_has "hint: there are: 'linux/amd64', 'linux/arm64'"
}

@test "what is not there, and who does not answer" {
  with_status 1 "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source:2" oci:out
  equal "${stderr%%$'\n'*}" "ocislim: '$plain/some/source:2' is not in the registry '$plain': 'manifest unknown'"
  stderr_has "hint: look for a mistyped name or tag"
  with_status 1 "$OCISLIM" slim -q "${http[@]}" "docker://127.0.0.1:$(registry_free_port)/a" oci:out
  stderr_has "cannot connect to '127.0.0.1:"
  with_status 1 "$OCISLIM" slim -q "docker://registry.invalid/a" oci:out
  stderr_has "cannot connect to 'registry.invalid'"
  equal "$(names)" ""
}

@test "HTTP only when certificates are not checked" {
  with_status 1 "$OCISLIM" slim -q "docker://$plain/some/source:1" oci:out
  stderr_has "cannot connect to '$plain'"
  stderr_has "--src-tls-verify=false"
  with_status 1 "$OCISLIM" slim -q "${http[@]}" "docker://$plain/some/source:1" "docker://$plain/out:1"
  stderr_has "--dest-tls-verify=false"
  with_status 2 "$OCISLIM" slim -q --src-tls-verify=perhaps "docker://$plain/some/source:1" oci:out
  stderr_has "--src-tls-verify takes true or false, not 'perhaps'"
}

@test "TLS with an authority of its own" {
  with_status 1 "$OCISLIM" slim -q --src-creds someone:secret "docker://$locked/some/source:1" oci:out
  stderr_has "cannot connect to '$locked'"
  stderr_has "--src-cert-dir"
  "$OCISLIM" slim -q --src-creds someone:secret --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:out
  "$OCISLIM" slim -q --src-creds someone:secret --src-tls-verify=false "docker://$locked/some/source:1" oci:again
  equal "$(slim_of again)" "$(slim_of out)"
  with_status 1 "$OCISLIM" slim -q --src-cert-dir no-such-folder "docker://$locked/some/source:1" oci:other
  stderr_has "reading certificates: "
}

@test "credentials: options, files, helpers" {
  with_status 1 "$OCISLIM" slim -q --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:out
  stderr_has "access denied by '$locked': it wants a user and a password"
  with_status 1 "$OCISLIM" slim -q --src-creds someone:wrong --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:out
  stderr_has "access denied by '$locked': wrong user or password"
  skopeo login --authfile "$PWD/auth.json" --username someone --password secret --cert-dir "$ca" "$locked" >/dev/null
  "$OCISLIM" slim -q --authfile auth.json --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:authfile
  REGISTRY_AUTH_FILE=auth.json "$OCISLIM" slim -q --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:variable
  mkdir client bin
  cp auth.json client/config.json
  DOCKER_CONFIG=client "$OCISLIM" slim -q --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:docker
  cat >bin/docker-credential-tests <<END
#!/bin/sh
[ "\$1" = get ] && [ "\$(cat)" = $locked ] && echo '{"Username":"someone","Secret":"secret"}'
END
  chmod +x bin/docker-credential-tests
  jq -n --arg host "$locked" '{credHelpers: {($host): "tests"}}' >client/config.json
  DOCKER_CONFIG=client PATH=$PWD/bin:$PATH "$OCISLIM" slim -q --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:helper
  for name in authfile variable docker helper; do
    equal "$(slim_of $name)" "$(slim_of authfile)"
  done
  with_status 1 "$OCISLIM" slim -q --authfile no-such-file --src-cert-dir "$ca" "docker://$locked/some/source:1" oci:out
  stderr_has "reading credentials: "
  equal "$(names . | tr ' ' '\n' | grep -c '^out$' || true)" 0
}

@test "from registry to registry with TLS and a password, and what is near is mounted" {
  there=(--src-creds someone:secret --src-cert-dir "$ca" --dest-creds someone:secret --dest-cert-dir "$ca")
  "$OCISLIM" slim -q "${there[@]}" "docker://$locked/some/source:1" "docker://$locked/some/slim:1"
  "$OCISLIM" slim -q "${there[@]}" "docker://$locked/some/slim:1" "docker://$locked/other/slim:1"
  "$OCISLIM" slim -q "${there[@]:0:4}" "docker://$locked/other/slim:1" oci:out
  "$OCISLIM" slim -q "oci:$source" oci:expected
  equal "$(slim_of out | jq -r '.[0]')" "$(slim_of expected | jq -r '.[0]')"
  with_status 1 "$OCISLIM" slim -q "${there[@]:0:4}" --dest-cert-dir "$ca" "docker://$locked/some/source:1" "docker://$locked/denied:1"
  stderr_has "access denied by '$locked'"
}

@test "an index of platforms, pulled, slimmed and pushed as one" {
  for platform in linux/amd64 linux/arm64; do
    image oci "${platform#*/}" <<END
platform $platform
entrypoint /app
layer gzip
copy /app $BATS_FILE_TMPDIR/static
file /etc/left 0644 "${platform#*/}"
END
  done
  index several v1 amd64 linux/amd64 arm64 linux/arm64
  skopeo copy -q --all --dest-tls-verify=false oci:several:v1 "docker://$plain/several/app:build"
  "$OCISLIM" slim -q --all "${both[@]}" "docker://$plain/several/app:build" "docker://$plain/several/app:slim" -t "$plain/several/app:other"
  skopeo copy -q --all --src-tls-verify=false "docker://$plain/several/app:slim" oci:back # which checks all digests
  equal "$(platforms back)" '["linux/amd64","linux/arm64"]'
  "$OCISLIM" slim -q --all oci:several:v1 oci:expected
  for position in 0 1; do
    equal "$(layer_of back $position)" "$(layer_of expected $position)"
  done
  equal "$(skopeo inspect --raw --tls-verify=false "docker://$plain/several/app:other" | sha256sum)" \
    "$(skopeo inspect --raw --tls-verify=false "docker://$plain/several/app:slim" | sha256sum)"
  "$OCISLIM" slim -q --platform linux/arm64 "${http[@]}" "docker://$plain/several/app:slim" oci:one
  equal "$(jq -r '.manifests[0].platform.architecture' one/index.json)" arm64
}
