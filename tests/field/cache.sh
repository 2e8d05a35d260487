# Where the tests keep what takes long to make: outside the checkout, so that the second run is quick. Source this file.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for those who source this
ocislim_cache=${OCISLIM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ocislim}

# cache_make FILE COMMAND ...: runs COMMAND with a temporary name as its last argument when FILE is not there, and puts the result in place.
# FILE appears whole or not at all; of two that start at the same time one makes it.
cache_make()
{
  local file=$1
  shift
  [[ -e $file ]] && return 0
  mkdir -p "${file%/*}"
  (
    flock 9
    [[ -e $file ]] && exit 0
    rm -rf "$file.new"
    "$@" "$file.new" && mv "$file.new" "$file"
  ) 9>"$file.lock"
}
