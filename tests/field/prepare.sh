#!/usr/bin/env bash
# prepare.sh DIR: what the field tests need, made with its progress shown, and an engine with the images in it that stays up, in DIR/engine.
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

mkdir -p "$1" && engine_start "$1/engine" && images_prepare
