#!/usr/bin/env bash
# large.sh: prints the name of the tar file of a Debian of more than 300 packages, made when it is not there. Not from within bats, whose open
# files mmdebstrap's APT takes for its own.
# shellcheck source-path=SCRIPTDIR source=base.sh
. "${BASH_SOURCE[0]%/*}/base.sh"

large_make()
{
  base_bootstrap bookworm "$1" --format=tar --variant=apt --include=apache2,ffmpeg,gcc,gdb,ghostscript,git,imagemagick,libgtk-3-bin \
    --include=libqt5widgets5,mariadb-server,nodejs,openjdk-17-jre-headless,openssh-server,perl,php-cli,postgresql,python3,python3-numpy,ruby \
    --include=samba-common-bin,vim
}

cache_make "$ocislim_cache/field/large.tar" large_make >&2 && echo "$ocislim_cache/field/large.tar"
