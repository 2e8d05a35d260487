# The images of the benchmark, as OCI layouts in the cache: five layers, and the same content in a single one. Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=../field/images.sh
. "${BASH_SOURCE[0]%/*}/../field/images.sh"

bench_dir=$(cd "${BASH_SOURCE[0]%/*}" && pwd)

# bench_image KIND: prints the folder of the layout, of the image 'single' or 'five'; made when it is not there, which takes minutes.
bench_image()
{
  local layouts=$ocislim_cache/bench/images
  cache_make "$layouts" bench_make_images >&2 && echo "$layouts/$1"
}

bench_make_images()
{
  local output=$1 work status
  mkdir "$output" && work=$(mktemp -d "$ocislim_cache/bench/work.XXXXXX") || return 1
  (
    trap 'engine_stop "$work/engine"' EXIT
    engine_start "$work/engine" && images_base && bench_build "$output" "$work"
  )
  status=$?
  rm -rf "$work"
  return "$status"
}

# Built and compressed by other people's programs: the engine and skopeo.
bench_build()
{
  local output=$1 work=$2 container
  echo "building the images of the benchmark"
  DOCKER_BUILDKIT=0 docker build --network host --quiet --tag bench:five "$bench_dir/image" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
  container=$(docker create bench:five) && docker export "$container" | docker import --change 'ENTRYPOINT ["python3"]' - bench:single &&
    docker save --output "$work/five.tar" bench:five && skopeo --insecure-policy copy --quiet "docker-archive:$work/five.tar" "oci:$output/five:five" &&
    docker save --output "$work/single.tar" bench:single &&
    skopeo --insecure-policy copy --quiet "docker-archive:$work/single.tar" "oci:$output/single:single"
}
