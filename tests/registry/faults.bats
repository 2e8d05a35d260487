# What networks and registries do on a bad day: the right image, or a clear error, and nothing left behind.
load ../cli/common
load registry

tools=$BATS_TEST_DIRNAME/../cli

setup_file()
{
  registry_begin
  registry_certificates "$BATS_FILE_TMPDIR/tls"
  upstream=$(cat "$BATS_FILE_TMPDIR/plain/host")
  faults_start "$BATS_FILE_TMPDIR/proxy" "$upstream"
  faults_start "$BATS_FILE_TMPDIR/secure" "$upstream" "$BATS_FILE_TMPDIR/tls/tls.crt" "$BATS_FILE_TMPDIR/tls/tls.key"
  cd "$BATS_FILE_TMPDIR" || return 1
  printf 'entrypoint /app\nlayer gzip\ncopy /app %s\nlayer gzip\nfile /etc/a 644 a\n' "$BATS_FILE_TMPDIR/static" |
    python3 "$tools/mkimage.py" oci - source
  put source "$upstream/app:1"
  "$OCISLIM" slim -q --include /etc/a oci:source oci:expected
}

teardown_file()
{
  local name
  for name in plain proxy secure; do
    registry_stop "$BATS_FILE_TMPDIR/$name"
  done
}

setup()
{
  mkdir "$BATS_TEST_TMPDIR/here"
  cd "$BATS_TEST_TMPDIR/here" || return 1
  proxy=$BATS_FILE_TMPDIR/proxy secure=$BATS_FILE_TMPDIR/secure
  expected=$(slim_of "$BATS_FILE_TMPDIR/expected")
  spool=$BATS_TEST_TMPDIR/spool
  mkdir "$spool"
  export TMPDIR=$spool
}

# No file of ours stays anywhere, whatever happened.
teardown() { [[ -z $(find "$spool" -mindepth 1) ]]; }

# pull DIR [OPTION...]: slims the image behind that proxy into oci:out.
pull()
{
  local dir=$1
  shift
  "$OCISLIM" slim -q --include /etc/a --src-tls-verify=false "$@" "docker://$(cat "$dir/host")/app:1" oci:out
}

pulled() { equal "$(slim_of out)" "$expected"; }

# logged DIR REGEX: how many requests match.
logged() { grep -cE "$2" "$1/log" || true; }

@test "a layer that is cut goes on where it was" {
  faults "$proxy" cut 100000 2
  pull "$proxy"
  pulled
  equal "$(logged "$proxy" 'GET .*/blobs/.* range=bytes=100000-')" 1
  equal "$(logged "$proxy" 'GET .*/blobs/.* range=bytes=200000-')" 1
}

@test "a registry that knows no ranges begins anew" {
  faults "$proxy" forget 100000 2
  pull "$proxy"
  pulled
  equal "$(logged "$proxy" 'GET .*/blobs/.* range=bytes=100000-')" 2
}

@test "a layer that is always cut at its beginning is given up" {
  faults "$proxy" cut 0 1000
  with_status 1 pull "$proxy" --retry-times 1
  stderr_has "ocislim: 'docker://127.0.0.1:$(cat "$proxy/port")/app:1': "
  stderr_has "the connection failed to '127.0.0.1:$(cat "$proxy/port")'"
  equal "$(names)" ""
}

@test "a wrong Content-Length" {
  faults "$proxy" long 2
  pull "$proxy"
  pulled
  rm -r out
  faults "$proxy" short 1
  pull "$proxy"
  pulled
  equal "$(logged "$proxy" 'GET .*/blobs/.* range=')" 1
}

@test "429 with Retry-After, and 500, are waited for" {
  faults "$proxy" busy 2
  start=$SECONDS
  pull "$proxy"
  pulled
  ((SECONDS - start >= 2))
  rm -r out
  faults "$proxy" broken 3
  pull "$proxy"
  pulled
  rm -r out
  faults "$proxy" gone 3
  pull "$proxy"
  pulled
}

@test "a registry that is always busy or broken is given up" {
  faults "$proxy" busy 1000
  with_status 1 pull "$proxy" --retry-times 1
  stderr_has "the registry '127.0.0.1:$(cat "$proxy/port")' says 429"
  stderr_has "hint: try again later, or more often with --retry-times"
  equal "$(wc -l <"$proxy/log")" 2
  faults "$proxy" gone 1000
  with_status 1 pull "$proxy" --retry-times 0
  stderr_has "says 500"
  equal "$(names)" ""
}

@test "a redirect to another host does not get the token" {
  faults "$secure" token someone secret
  pull "$secure" --src-creds someone:secret
  pulled
  rm -r out
  (($(logged "$secure" 'GET .*/blobs/.* authorization=Bearer') >= 3))
  for dir in "$proxy" "$secure"; do
    faults "$dir" redirect
    pull "$dir" --src-creds someone:secret
    pulled
    rm -r out
    equal "$(logged "$dir" '^GET /elsewhere.* localhost:')" 3
    equal "$(logged "$dir" '^GET /elsewhere.*authorization')" 0
  done
}

@test "a redirect to less protection, and one without end" {
  faults "$secure" downgrade
  with_status 1 pull "$secure"
  stderr_has "which is http, from https"
  faults "$secure" loop
  with_status 1 pull "$secure"
  stderr_has "the server redirects more than 10 times"
  equal "$(names)" ""
}

@test "a token service" {
  faults "$proxy" token someone secret
  pull "$proxy" --src-creds someone:secret
  pulled
  (($(logged "$proxy" '^GET /token.*scope=repository%3Aapp%3Apull') >= 2)) # it is good for 3 requests
  with_status 1 pull "$proxy" --src-creds someone:wrong
  stderr_has "wrong user or password"
  with_status 1 pull "$proxy"
  stderr_has "it wants a user"
}

@test "a token service without TLS gets no password of a registry with it" {
  faults "$proxy" token someone secret
  faults "$secure" realm "http://$(cat "$proxy/host")/token"
  with_status 1 pull "$secure" --src-creds someone:secret
  stderr_has "the token service cannot be used: "
  stderr_has "which is http, from https"
  equal "$(logged "$proxy" .)" 0
  faults "$secure" realm "file:///etc/passwd"
  with_status 1 pull "$secure" --src-creds someone:secret
  stderr_has "it names no token service"
}

@test "a manifest that is not what its digest says, or of another type" {
  faults "$proxy" manifest
  with_status 3 pull "$proxy"
  stderr_has "the manifest has the digest sha256:"
  stderr_has ", the registry says sha256:"
  faults "$proxy" type application/vnd.oci.image.index.v1+json
  with_status 3 pull "$proxy"
  faults "$proxy" type 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  with_status 3 pull "$proxy"
  equal "$(names)" ""
}

# push MODE...: to the proxy, and what arrived is what was meant.
push()
{
  faults "$proxy" "$@"
  "$OCISLIM" slim -q --include /etc/a --dest-tls-verify=false "oci:$BATS_FILE_TMPDIR/source" "docker://$(cat "$proxy/host")/push/$1:1"
  "$OCISLIM" slim -q --include '**' --src-tls-verify=false "docker://$(cat "$BATS_FILE_TMPDIR/plain/host")/push/$1:1" oci:out
  equal "$(slim_of out | jq -r '.[0]')" "$(jq -r '.[0]' <<<"$expected")"
  rm -r out
}

@test "a push: relative Location, limits of a body, cuts, failures" {
  push relative
  push large 100000
  (($(logged "$proxy" '^PATCH .* content-range=[1-9]') >= 2))
  push refuse 2
  push busy 2
  push broken 3
}

@test "a push that fails leaves no name" {
  faults "$proxy" refuse 1000
  with_status 1 "$OCISLIM" slim -q --retry-times 1 --dest-tls-verify=false "oci:$BATS_FILE_TMPDIR/source" "docker://$(cat "$proxy/host")/failed:1"
  stderr_has "the connection failed to '127.0.0.1:$(cat "$proxy/port")'"
  faults "$proxy" large 10
  with_status 1 "$OCISLIM" slim -q --dest-tls-verify=false "oci:$BATS_FILE_TMPDIR/source" "docker://$(cat "$proxy/host")/failed:1"
  stderr_has "says 413"
  with_status 1 "$OCISLIM" slim -q --src-tls-verify=false "docker://$(cat "$BATS_FILE_TMPDIR/plain/host")/failed:1" oci:out
  stderr_has "is not in the registry"
}

@test "a registry that drips is given up" {
  faults "$proxy" drip
  with_status 1 timeout 200 "$OCISLIM" slim -q --retry-times 0 --src-tls-verify=false "docker://$(cat "$proxy/host")/app:1" oci:out
  stderr_has "the connection failed to '127.0.0.1:$(cat "$proxy/port")'"
}
