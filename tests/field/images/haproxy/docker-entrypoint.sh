#!/bin/sh
set -e

# The first argument is an option: options of haproxy.
if [ "${1#-}" != "$1" ]; then
  set -- haproxy "$@"
fi

if [ "$1" = 'haproxy' ]; then
  shift
  # -W: a master with workers, -db: in the foreground
  set -- haproxy -W -db "$@"
fi

exec "$@"
