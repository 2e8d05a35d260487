# Registries of the tests' own: Debian's docker-registry on loopback. Source this file behind cli/common.bash.
# shellcheck shell=bash

# registry_begin: what every file of these tests does first: no credentials of the user, a program to put into images, a registry in plain/.
registry_begin()
{
  export LC_ALL=C.UTF-8
  unset SOURCE_DATE_EPOCH NO_COLOR REGISTRY_AUTH_FILE
  export HOME=$BATS_FILE_TMPDIR XDG_RUNTIME_DIR=$BATS_FILE_TMPDIR/runtime DOCKER_CONFIG=$BATS_FILE_TMPDIR/docker
  cc -O1 -static -o "$BATS_FILE_TMPDIR/static" "$tools/program.c"
  registry_start "$BATS_FILE_TMPDIR/plain"
}

# registry_free_port: prints a port that nobody listens at.
registry_free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# registry_start DIR [YAML]: a registry with its state in DIR and more configuration of "http:" and "auth:"; DIR/host says where.
registry_start()
{
  local dir=$1 port waited
  mkdir -p "$dir/data"
  port=$(registry_free_port)
  cat >"$dir/config.yml" <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: "$dir/data"}, delete: {enabled: true}}
${2:-}
http:
  addr: "127.0.0.1:$port"
${3:-}
END
  docker-registry serve "$dir/config.yml" >"$dir/log" 2>&1 </dev/null 3>&- 4>&- 5>&- &
  echo $! >"$dir/pid"
  echo "127.0.0.1:$port" >"$dir/host"
  for ((waited = 0; waited < 300; waited++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      return 0
    fi
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  cat "$dir/log"
  return 1
}

# registry_stop DIR: ends what registry_start or faults_start began.
registry_stop()
{
  [[ ! -s $1/pid ]] || kill "$(cat "$1/pid")" 2>/dev/null || true
}

# registry_certificates DIR: an authority in DIR/ca and a certificate of it for 127.0.0.1 and localhost, DIR/tls.crt and DIR/tls.key.
registry_certificates()
{
  local dir=$1
  mkdir -p "$dir/ca"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -subj "/CN=authority of a test" \
    -addext basicConstraints=critical,CA:TRUE -keyout "$dir/ca.key" -out "$dir/ca/ca.crt" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=registry" -keyout "$dir/tls.key" -out "$dir/tls.csr" 2>/dev/null
  openssl x509 -req -in "$dir/tls.csr" -CA "$dir/ca/ca.crt" -CAkey "$dir/ca.key" -set_serial 1 -days 30 -out "$dir/tls.crt" \
    -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost") 2>/dev/null
}

# faults_start DIR UPSTREAM [CERTIFICATE KEY]: see faults.py; DIR/host says where.
faults_start()
{
  local dir=$1 waited
  mkdir -p "$dir"
  : >"$dir/mode"
  python3 "$BATS_TEST_DIRNAME/faults.py" "$@" >"$dir/errors" 2>&1 </dev/null 3>&- 4>&- 5>&- &
  echo $! >"$dir/pid"
  for ((waited = 0; waited < 300; waited++)); do
    if [[ -s $dir/port ]]; then
      echo "127.0.0.1:$(cat "$dir/port")" >"$dir/host"
      return 0
    fi
    sleep 0.1
  done
  cat "$dir/errors"
  return 1
}

# faults DIR MODE...: from now on, and forgets what was logged.
faults()
{
  local dir=$1
  shift
  rm -f "$dir/left"
  : >"$dir/log"
  echo "$*" >"$dir/mode"
}

# put LAYOUT NAME [OPTION...]: pushes with skopeo, as somebody else would.
put()
{
  local layout=$1 name=$2
  shift 2
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false "$@" "oci:$layout" "docker://$name"
}

# slim_of IMAGE: the layer's and the config's digest, which do not depend on where an image came from.
slim_of() { show manifest "$1" | jq --compact-output '[.layers[0].digest, .config.digest]'; }
