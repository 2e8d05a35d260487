# What memcached is asked.
# shellcheck shell=bash

probe_memcached()
{
  local container address
  container=$(probe_start "$1" 11211) || return 1
  address=$(docker port "$container" 11211)
  probe_finish "$container" probe_ask_memcached "${address%:*}" "${address##*:}"
}

probe_ask_memcached()
{
  local host=$1 port=$2
  probe_wait probe_memcached_command "$host" "$port" version || return 1
  probe_memcached_command "$host" "$port" 'set key 0 0 7' 'Grüße' 'get key' 'incr none 1' 'mg key v' || return 1
}

# In a shell of its own, which ends where nobody answers.
probe_memcached_command()
(
  host=$1 port=$2
  shift 2
  exec 8<>"/dev/tcp/$host/$port" || exit 1
  printf '%s\r\n' "$@" quit >&8
  tr -d '\r' <&8
)
