#!/usr/bin/env bash
# sizes.sh OCISLIM: for every image of the field tests that is in the cache, one row of a table: megabytes of the files of the original and of
# what each level keeps, and the seconds that the default takes. Images come into the cache with ./dev field --full.
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

ocislim=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# report NAME TAR LEVEL: the bytes before and after, and the seconds it took.
report()
{
  local began ended
  began=$(date +%s%N)
  "$ocislim" slim --quiet --keep "$3" --report "$scratch/report.json" "docker-archive:$2" "docker-archive:$scratch/slim.tar" 2>/dev/null || return 1
  ended=$(date +%s%N)
  echo "$(jq --raw-output '"\(.source.bytes) \(.result.bytes)"' "$scratch/report.json") $((ended - began))"
}

echo "| application | fat | strict | safe | package | seconds |"
echo "|---|---|---|---|---|---|"
for folder in "$field_dir"/images/*/; do
  name=$(basename "$folder")
  tar=$(images_tar "$name") || exit 1
  [[ -e $tar ]] || continue
  read -r fat strict _ < <(report "$name" "$tar" strict) || exit 1
  read -r fat package _ < <(report "$name" "$tar" package) || exit 1
  read -r fat safe ns < <(report "$name" "$tar" safe) || exit 1
  awk -v name="$name" -v fat="$fat" -v strict="$strict" -v safe="$safe" -v package="$package" -v ns="$ns" \
    'BEGIN { printf "| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, fat / 1e6, strict / 1e6, safe / 1e6, package / 1e6, ns / 1e9 }'
done
