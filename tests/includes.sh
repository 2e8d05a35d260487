#!/bin/sh
# Who may include whom: oci and elfdeps never meet, neither knows slim; foreign
# libraries are seen by the files that are named here only.
# usage: includes.sh SOURCE_FOLDER
set -eu
cd "$1"
status=0

# forbid PATTERN WHERE EXCEPT(ERE of files) WHY
forbid() {
  # shellcheck disable=SC2086 # $2 is a list of folders
  found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]$1" $2 --include='*.c' --include='*.h' | grep -vE "^($3):" || true)
  if [ -n "$found" ]; then
    printf 'forbidden include (%s):\n%s\n' "$4" "$found"
    status=1
  fi
}

forbid '(slim|elfdeps)/' oci 'none' 'oci knows neither slim nor elfdeps'
forbid '(slim|oci)/' elfdeps 'none' 'elfdeps knows neither slim nor oci'
forbid '(libelf|gelf|elf)\.h' 'oci slim' 'none' 'ELF is for elfdeps'
forbid '(libelf|gelf)\.h' elfdeps 'elfdeps/object[a-z_]*\.c' 'libelf is for the object reader'
forbid 'archive(_entry)?\.h' 'oci slim elfdeps' 'oci/layer_write\.c|oci/transport/archive[a-z_]*\.c' 'libarchive is for tar'
forbid 'curl/' 'oci slim elfdeps' 'oci/transport/http[a-z_]*\.c' 'libcurl is for HTTP'
forbid 'openssl/' 'oci slim elfdeps' 'oci/digest\.c' 'digests are in one place'
forbid 'jansson\.h' 'oci slim' 'oci/json\.h' 'JSON comes through oci/json.h'
forbid 'sqlite3?\.h' 'oci slim elfdeps' 'slim/keep/packages_rpm[a-z_]*\.c' 'sqlite is for rpm databases'
forbid '(isa-l|igzip_lib|zlib|zstd|libdeflate)' 'oci slim elfdeps' 'oci/codec[a-z_]*\.c' 'codecs are in oci/codec*.c'
forbid 'slim/cmd/' 'slim/keep slim/emit slim/report' 'none' 'commands are the top'
forbid 'slim/(emit|report)/' 'slim/keep' 'none' 'keep knows neither emit nor report'
forbid 'slim/report/' 'slim/emit' 'none' 'emit does not report'
exit $status
