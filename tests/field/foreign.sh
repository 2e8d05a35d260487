#!/usr/bin/env bash
# foreign.sh: prints the folder with ARCHITECTURE.tar, a root file system with sqlite3, of two architectures, made when it is not there. Packages of
# a machine that is not this one are unpacked, not configured: nothing of them runs. Not from within bats, as large.sh.
# shellcheck source-path=SCRIPTDIR source=base.sh
. "${BASH_SOURCE[0]%/*}/base.sh"

foreign_make()
{
  local folder=$1 architecture
  mkdir "$folder" || return 1
  for architecture in amd64 arm64; do
    # shellcheck disable=SC2016 # $1 is mmdebstrap's
    base_bootstrap bookworm "$folder/$architecture.tar" --format=tar --variant=extract --architectures="$architecture" --include=sqlite3 \
      --extract-hook='mkdir -p "$1/etc/dpkg/dpkg.cfg.d"' || return 1
  done
}

cache_make "$ocislim_cache/field/foreign" foreign_make >&2 && echo "$ocislim_cache/field/foreign"
