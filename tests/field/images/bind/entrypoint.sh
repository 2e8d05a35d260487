#!/bin/bash
# shellcheck disable=SC2174 # as such scripts are
set -e

create_pid_dir()
{
  mkdir -m 0775 -p /var/run/named
  chown root:"${BIND_USER}" /var/run/named
}

create_cache_dir()
{
  mkdir -m 0775 -p /var/cache/bind
  chown root:"${BIND_USER}" /var/cache/bind
}

create_key()
{
  if [ ! -f /var/run/named/rndc.key ]; then
    rndc-confgen -a -c /var/run/named/rndc.key -u "${BIND_USER}" 2>/dev/null
  fi
}

create_pid_dir
create_cache_dir
create_key

# Arguments of named may come first.
if [[ ${1:0:1} = '-' ]]; then
  EXTRA_ARGS="$*"
  set --
elif [[ ${1} == named || ${1} == "$(command -v named)" ]]; then
  EXTRA_ARGS="${*:2}"
  set --
fi

if [[ -z ${1} ]]; then
  echo "starting named"
  # shellcheck disable=SC2086 # they are several
  exec "$(command -v named)" -u "${BIND_USER}" -g ${EXTRA_ARGS}
else
  exec "$@"
fi
