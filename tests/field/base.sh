# Root file systems from Debian packages, made by mmdebstrap: no public image is pulled. Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=cache.sh
. "${BASH_SOURCE[0]%/*}/cache.sh"

# base_mirror CODENAME: the archive that this machine's APT uses for Debian; nothing where it has none, and mmdebstrap's default serves.
# The packages of every release lie in the same archive.
base_mirror()
{
  # shellcheck disable=SC2016 # the variables are APT's
  apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(SITE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '$1 == "Debian" && $2 == "main" && $NF ~ /\/debian\/?$/ { print $NF; exit }'
}

# base_bootstrap CODENAME OUTPUT [OPTION...]: a minimal Debian in OUTPUT (a .tar, or a folder).
base_bootstrap()
{
  local codename=$1 output=$2 mirror
  shift 2
  mirror=$(base_mirror)
  # What is installed later need not survive a power cut, and each fsync can take long.
  # shellcheck disable=SC2016 # $1 is mmdebstrap's
  mmdebstrap --quiet --variant=minbase --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin' \
    --customize-hook='echo force-unsafe-io >"$1"/etc/dpkg/dpkg.cfg.d/unsafe-io' "$@" \
    "$codename" "$output" ${mirror:+"$mirror"}
}

base_make_tar() { base_bootstrap bookworm "$1" --format=tar; }

# base_tar: prints the name of the tar file of the base system, made when it is not there.
base_tar()
{
  cache_make "$ocislim_cache/field/base.tar" base_make_tar >&2 && echo "$ocislim_cache/field/base.tar"
}
