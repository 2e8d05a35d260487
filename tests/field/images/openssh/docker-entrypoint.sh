#!/usr/bin/env bash
# shellcheck disable=SC1090,SC1091 # as such scripts are
set -e

[ "$DEBUG" == 'true' ] && set -x

DAEMON=sshd

log() { echo "> $(date '+%H:%M:%S') $*" >&2; }

# Keys are made where none are mounted.
generate_host_keys()
{
  local type
  mkdir -p /etc/ssh/keys
  for type in ed25519 ecdsa; do
    if [ ! -e "/etc/ssh/keys/ssh_host_${type}_key" ]; then
      ssh-keygen -q -N '' -t "$type" -f "/etc/ssh/keys/ssh_host_${type}_key" </dev/null
    fi
  done
}

if [ -w /etc/ssh/keys ]; then
  generate_host_keys
fi
mkdir -p /run/sshd && chmod 0755 /run/sshd

for file in /etc/entrypoint.d/*.sh; do
  [ -f "$file" ] && . "$file"
done

stop()
{
  log "stopping $DAEMON"
  kill -TERM "$(cat "/var/run/$DAEMON/$DAEMON.pid")"
}

if [ "$(basename "$1")" == "$DAEMON" ]; then
  trap stop SIGINT SIGTERM
  "$@" &
  pid="$!"
  mkdir -p "/var/run/$DAEMON" && echo "$pid" >"/var/run/$DAEMON/$DAEMON.pid"
  wait "$pid"
else
  exec "$@"
fi
