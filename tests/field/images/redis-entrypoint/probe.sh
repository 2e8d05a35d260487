# What redis behind its script is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name
# shellcheck source-path=SCRIPTDIR/../redis source=../redis/probe.sh
. "$field_dir/images/redis/probe.sh"

# Root, who gives the data to the server's user and becomes it.
probe_options_redis_entrypoint=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --publish 127.0.0.1::6380)

probe_redis_entrypoint()
{
  local container plain secure
  container=$(probe_start "$1" 6379 "${probe_options_redis_entrypoint[@]}") || return 1
  plain=$(docker port "$container" 6379) secure=$(docker port "$container" 6380)
  probe_finish "$container" probe_ask_redis_entrypoint "$container" "${plain##*:}" "$secure"
}

probe_ask_redis_entrypoint()
{
  local container=$1 port=$2 secure=$3
  probe_ask_redis "$container" 127.0.0.1 "$port" || return 1
  echo "-- the access list, TLS"
  probe_redis_command 127.0.0.1 "$port" 'AUTH reader secret' 'GET greeting' 'SET greeting none' || return 1
  printf 'PING\r\nACL WHOAMI\r\nQUIT\r\n' | openssl s_client -quiet -connect "$secure" 2>/dev/null | tr -d '\r' || return 1
  echo "-- the server's user, who alone reads what it writes"
  docker top "$container" -eo pid,uid,comm | awk '$3 == "redis-server" { print ($2 != 0) ? "not root" : "root" }' || return 1
  docker exec "$container" redis-cli CONFIG GET dir || return 1
  docker cp "$container:/data/dump.rdb" - | tar --list --verbose | awk '{ print $1 }' || return 1
  echo "-- a restart"
  docker restart "$container" >/dev/null || return 1
  port=$(docker port "$container" 6379)
  probe_wait probe_redis_command 127.0.0.1 "${port##*:}" PING || return 1
  probe_redis_command 127.0.0.1 "${port##*:}" 'GET greeting'
}
