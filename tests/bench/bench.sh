#!/usr/bin/env bash
# bench.sh OCISLIM ELF_CLOSURES: time and memory of slimming a large image, as ratio to `igzip -dc` of the same layers in alternating runs, and of
# finding what programs load, beside ld.so, libtree and lddtree.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

ocislim=$1 closures=$2 runs=5
work=$(mktemp -d "${TMPDIR:-/tmp}/ocislim-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# seconds COMMAND...: the wall clock's, in seconds with three digits.
seconds()
{
  local began ended
  began=$(date +%s%N)
  "$@" >/dev/null
  ended=$(date +%s%N)
  awk -v ns="$((ended - began))" 'BEGIN { printf "%.3f\n", ns / 1e9 }'
}

median() { sort --numeric-sort | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

layers_of()
{
  local layout=$1 manifest
  manifest=$(jq --raw-output '.manifests[0].digest' "$layout/index.json")
  jq --raw-output '.layers[].digest' "$layout/blobs/${manifest/:/\/}" | sed "s|^|$layout/blobs/|; s|:|/|"
}

# One after the other: the sum over the layers.
inflate()
{
  local layer
  for layer in "$@"; do
    igzip -dc "$layer" >/dev/null
  done
}

slim() { "$ocislim" slim --quiet "oci:$1" "oci-archive:$work/out.tar" --entrypoint /usr/bin/python3 2>"$work/log" || { cat "$work/log" >&2; false; }; }

slim_piped() { tar --create --directory "$1" . | "$ocislim" slim --quiet - "oci-archive:$work/out.tar" --entrypoint /usr/bin/python3; }

# bench_image_kind KIND LIMIT: the ratio's median, and the largest resident set.
bench_image_kind()
{
  local kind=$1 limit=$2 layout layers run reference ours
  layout=$(bench_image "$kind")
  mapfile -t layers < <(layers_of "$layout")
  cat "${layers[@]}" >/dev/null # into the page cache
  rm -f "$work"/{reference,ours,ratio}
  for ((run = 0; run < runs; run++)); do
    reference=$(seconds inflate "${layers[@]}")
    ours=$(seconds slim "$layout")
    echo "$reference" >>"$work/reference"
    echo "$ours" >>"$work/ours"
    awk -v a="$ours" -v b="$reference" 'BEGIN { printf "%.3f\n", a / b }' >>"$work/ratio"
  done
  /usr/bin/time --format %M --output "$work/memory" "$ocislim" slim --quiet "oci:$layout" "oci-archive:$work/out.tar" --entrypoint /usr/bin/python3
  printf '%-8s %6d layers  igzip %6.2f s  ocislim %6.2f s  ratio %5.2f (%s)  at most %s  memory %5.0f MB\n' "$kind" "${#layers[@]}" \
    "$(median <"$work/reference")" "$(median <"$work/ours")" "$(median <"$work/ratio")" "$(sort -n "$work/ratio" | paste -sd ' ')" "$limit" \
    "$(awk 'END { print $1 / 1024 }' "$work/memory")"
}

# The same through a pipe, as buildx and docker save give it.
bench_pipe()
{
  local layout
  layout=$(bench_image "$1")
  printf '%-8s from a pipe: %6.2f s\n' "$1" "$(for ((run = 0; run < 3; run++)); do seconds slim_piped "$layout"; done | median)"
}

# Each program of the root /usr/bin of this machine, whose files all of the other programs can read as well.
bench_closures()
{
  local programs
  mapfile -t programs < <(find /usr/bin /usr/sbin -maxdepth 1 -type f -perm -100 -exec sh -c 'head -c 4 "$1" | grep -q ELF' - {} \; -print | sort | head -n 765)
  echo "what ${#programs[@]} programs load, median of 3:"
  printf '  %-22s %8.3f s\n' ocislim "$(bench_three "$closures" --time / "${programs[@]}")"
  printf '  %-22s %8.3f s\n' 'ld.so --list' "$(bench_three each_by_loader "${programs[@]}")"
  bench_other libtree "${programs[@]}"
  bench_sampled lddtree "${programs[@]}"
}

bench_three()
{
  local run
  for ((run = 0; run < 3; run++)); do
    seconds "$@" 2>/dev/null
  done | median
}

each_by_loader()
{
  local program loader
  loader=$(echo /lib64/ld-linux-*.so.2 /lib/ld-linux-*.so.1 | tr ' ' '\n' | grep -v '\*' | head -n 1)
  for program in "$@"; do
    "$loader" --list "$program" >/dev/null 2>&1 || true
  done
}

each_by_tool()
{
  local tool=$1 program
  shift
  for program in "$@"; do
    "$tool" "$program" >/dev/null 2>&1 || true
  done
}

bench_other()
{
  if command -v "$1" >/dev/null; then
    printf '  %-22s %8.3f s\n' "$1" "$(bench_three each_by_tool "$@")"
  else
    echo "  $1: skipped, it is not installed"
  fi
}

# For what takes minutes: every 25th program, once, and the time scaled to all of them.
bench_sampled()
{
  local tool=$1 program sample=() index=0
  shift
  command -v "$tool" >/dev/null || { echo "  $tool: skipped, it is not installed"; return; }
  for program in "$@"; do
    ((index++ % 25 != 0)) || sample+=("$program")
  done
  printf '  %-22s %8.3f s  (scaled from %d of %d programs, one run)\n' "$tool" \
    "$(seconds each_by_tool "$tool" "${sample[@]}" | awk -v all="$#" -v some="${#sample[@]}" '{ print $1 * all / some }')" "${#sample[@]}" "$#"
}

bench_image_kind single 1.15
bench_image_kind five 0.75
bench_pipe single
bench_closures
