#!/bin/sh
set -e

# The first argument is an option: options of php-fpm.
if [ "${1#-}" != "$1" ]; then
  set -- php-fpm8.2 "$@"
fi

case "$1" in
  php-fpm*)
    command="$1"
    shift
    set -- "$command" --nodaemonize --force-stderr "$@"
    ;;
esac

exec "$@"
