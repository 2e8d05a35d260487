#!/bin/sh
set -e

# The first argument is an option of the server, or its configuration.
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi

# Root gives the data to the server's user, and becomes it.
if [ "$1" = 'redis-server' ] && [ "$(id -u)" = '0' ]; then
  find . \! -user redis -exec chown redis '{}' +
  if command -v gosu >/dev/null; then
    exec gosu redis "$0" "$@"
  fi
  exec setpriv --reuid redis --regid redis --clear-groups -- "$0" "$@"
fi

# Nobody else reads what the server writes, unless that was asked for.
if [ "$(umask)" = '0022' ]; then
  umask 0077
fi

exec "$@"
