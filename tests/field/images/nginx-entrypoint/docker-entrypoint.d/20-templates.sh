#!/bin/sh
# Each template below /etc/nginx/templates becomes a file of conf.d, with the variables of the environment filled in.
set -e

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}

if [ ! -d "$templates" ] || [ ! -w "$output" ]; then
  echo "$0: no templates, or $output is read-only" >&2
  exit 0
fi
# Only what is set; nginx has variables of its own that look the same.
names=$(env | cut -d= -f1 | grep -E '^[A-Za-z_][A-Za-z0-9_]*$' | sed 's/.*/${&}/' | tr '\n' ' ')
find "$templates" -follow -type f -name '*.template' -print | while read -r template; do
  relative=${template#"$templates/"}
  mkdir -p "$output/$(dirname "$relative")"
  envsubst "$names" <"$template" >"$output/${relative%.template}"
done
