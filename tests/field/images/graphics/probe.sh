# What ImageMagick and Ghostscript are asked: text in a font, formats whose modules are loaded late, and a page of PostScript.
# shellcheck shell=bash

probe_graphics()
{
  probe_run "$1" --tmpfs "/tmp:mode=1777" --env XDG_CACHE_HOME=/tmp -- 2>&1
}
