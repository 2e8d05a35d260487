#!/bin/sh
set -e

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*" >&2; }

case "$1" in
  nginx | nginx-debug)
    if find /docker-entrypoint.d/ -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read -r _; then
      log "the parts of /docker-entrypoint.d run first"
      find /docker-entrypoint.d/ -follow -type f -print | sort -V | while read -r part; do
        case "$part" in
          *.envsh)
            if [ -x "$part" ]; then
              log "reading $part"
              # shellcheck disable=SC1090 # as such scripts are
              . "$part"
            fi
            ;;
          *.sh)
            if [ -x "$part" ]; then
              log "running $part"
              "$part"
            else
              log "$part may not be executed"
            fi
            ;;
          *) log "ignoring $part" ;;
        esac
      done
    else
      log "there is nothing in /docker-entrypoint.d"
    fi
    ;;
esac

exec "$@"
