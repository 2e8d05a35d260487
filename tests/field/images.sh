# The images of the field tests: built by `docker build` from tests/field/images/NAME, kept as `docker save` wrote them.
# An engine has to run (engine.sh). Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=cache.sh
. "${BASH_SOURCE[0]%/*}/cache.sh"
# shellcheck source-path=SCRIPTDIR source=base.sh
. "${BASH_SOURCE[0]%/*}/base.sh"
# shellcheck source-path=SCRIPTDIR source=engine.sh
. "${BASH_SOURCE[0]%/*}/engine.sh"

field_dir=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# Those that every run needs; the others are made when a test asks for one.
field_images=(nginx redis curl flask)

# images_prepare: the engine has the images that every run needs; prints what it has to build.
images_prepare()
{
  local name
  images_authority || return 1
  for name in "${field_images[@]}"; do
    images_load "$name" || return 1
  done
}

# images_tar NAME: prints the name of the file that `docker save` wrote. Its name follows what it was built from.
images_tar()
{
  local key
  key=$(images_key "$1") && echo "$ocislim_cache/field/$1-$key.tar"
}

# images_load NAME: the engine knows the image as ocislim-test/NAME.
images_load()
{
  local name=$1 tar
  docker image inspect "ocislim-test/$name" >/dev/null 2>&1 && return
  tar=$(images_tar "$name") || return 1
  if [[ -e $tar ]]; then
    docker load --quiet --input "$tar" >/dev/null
  else
    echo "building the test image $name"
    rm -f "$ocislim_cache/field/$name"-????????????????.tar # not those of NAME-MORE
    cache_make "$tar" images_build "$name"
  fi
}

images_build()
{
  local name=$1 output=$2 context proxy
  images_base || return 1
  context=$(mktemp -d) || return 1
  cp --recursive "$field_dir/images/$name"/. "$context/"
  rm "$context/probe.sh"
  cp "$ocislim_cache/field/authority/ca.crt" "$context/"
  proxy=$(apt-config shell proxy Acquire::http::Proxy | sed -n "s/^proxy='\(.*\)'$/\1/p")
  DOCKER_BUILDKIT=0 docker build --network host --quiet ${proxy:+--build-arg http_proxy="$proxy"} \
    --tag "ocislim-test/$name" "$context" >"$context/log" 2>&1 || { cat "$context/log" >&2; rm -rf "$context"; return 1; }
  rm -rf "$context"
  docker save --output "$output" "ocislim-test/$name"
}

images_base()
{
  local tar
  docker image inspect ocislim-base >/dev/null 2>&1 && return
  tar=$(base_tar) && docker import "$tar" ocislim-base >/dev/null
}

images_key()
{
  local tar
  tar=$(base_tar) || return 1
  {
    (cd "$field_dir/images/$1" && find . -type f ! -name probe.sh -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    sha256sum <"$ocislim_cache/field/authority/ca.crt"
    stat --format %Y "$tar"
  } | sha256sum | cut -c1-16
}

# A certificate authority of the tests' own, which the curl image trusts.
images_authority() { cache_make "$ocislim_cache/field/authority" images_make_authority; }

images_make_authority()
{
  mkdir "$1" &&
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -subj "/CN=ocislim test authority" \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout "$1/ca.key" -out "$1/ca.crt" 2>/dev/null
}

# images_leaf DIR: a certificate of that authority for the names that the probes use, in DIR/tls.crt and DIR/tls.key.
images_leaf()
{
  local dir=$1 authority=$ocislim_cache/field/authority
  images_authority &&
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=asked.ocislim.test" \
      -keyout "$dir/tls.key" -out "$dir/tls.csr" 2>/dev/null &&
    openssl x509 -req -in "$dir/tls.csr" -CA "$authority/ca.crt" -CAkey "$authority/ca.key" -set_serial 1 -days 30 -out "$dir/tls.crt" \
      -extfile <(echo "subjectAltName=DNS:asked.ocislim.test,DNS:listed.ocislim.test") 2>/dev/null
}
