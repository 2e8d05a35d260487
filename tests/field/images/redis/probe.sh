# What redis is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Its data folder is a volume of the image, which the engine fills with what the image has there, the owner included.
probe_options_redis=()

probe_redis()
{
  local container address
  container=$(probe_start "$1" 6379 "${probe_options_redis[@]}") || return 1
  address=$(docker port "$container" 6379)
  probe_finish "$container" probe_ask_redis "$container" "${address%:*}" "${address##*:}"
}

probe_ask_redis()
{
  local container=$1 host=$2 port=$3
  probe_wait probe_redis_command "$host" "$port" PING || return 1
  probe_redis_command "$host" "$port" 'SET greeting Grüße' 'GET greeting' 'INCR counter' 'INCR counter' || return 1
  echo "-- Lua, and its libraries"
  probe_redis_command "$host" "$port" \
    'EVAL "redis.call(\"rpush\",KEYS[1],ARGV[1]) return redis.sha1hex(ARGV[1])" 1 list value' \
    'EVAL "return cjson.encode({cmsgpack.unpack(cmsgpack.pack(struct.unpack(\"<I2\",ARGV[1])))})" 0 AB' 'LRANGE list 0 -1' || return 1
  echo "-- a dump, written by a child process"
  probe_redis_command "$host" "$port" SAVE 'ACL WHOAMI' || return 1
  probe_health "$container"
}

# The commands one after the other over one connection, and what comes back until the server hangs up. In a shell of its own, which ends where
# nobody answers.
probe_redis_command()
(
  host=$1 port=$2
  shift 2
  exec 8<>"/dev/tcp/$host/$port" || exit 1
  printf '%s\r\n' "$@" QUIT >&8
  tr -d '\r' <&8
)
