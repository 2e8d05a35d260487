# What each image of the tests is asked: the answers go to standard output, in a form that is the same for every correct image.
# A probe asks for what is loaded late, never only for a version. An engine has to run (engine.sh). Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

# The hardening that every container of the probes runs under, and what each program needs in spite of it.
probe_hardening=(--read-only --cap-drop ALL --security-opt no-new-privileges)
# Root, who makes the folders and hands them to the workers' user, and then becomes it.
probe_options_nginx=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --tmpfs /run --tmpfs /var/lib/nginx:mode=755)
# Its data folder is a volume of the image, which the engine fills with what the image has there, the owner included.
probe_options_redis=()
probe_options_flask=(--tmpfs "/tmp:mode=1777")

# probe NAME IMAGE: the answers of IMAGE, which is NAME's image or what was made of it.
# Fails, with the container's own words on standard error, where one is missing.
probe() { "probe_$1" "$2"; }

probe_nginx()
{
  local container address
  container=$(probe_start "$1" 8080 "${probe_options_nginx[@]}") || return 1
  address=http://$(docker port "$container" 8080)
  probe_finish "$container" probe_ask_nginx "$container" "$address"
}

probe_ask_nginx()
{
  local container=$1 address=$2
  probe_wait curl --silent --fail --output /dev/null "$address/late" || return 1
  echo "-- a type from mime.types, and the content"
  curl --silent --show-error --fail --include "$address/feed.atom" | probe_headers content-type content-length || return 1
  curl --silent --show-error --fail "$address/feed.atom" | sha256sum || return 1
  echo "-- a page that is compressed on the way"
  curl --silent --show-error --fail --include --header 'Accept-Encoding: gzip' --output "/dev/stdout" "$address/long.txt" |
    probe_headers content-type content-encoding || return 1
  curl --silent --show-error --fail --compressed "$address/long.txt" | sha256sum || return 1
  echo "-- a missing page"
  curl --silent --show-error --output /dev/null --write-out '%{http_code} %{content_type}\n' "$address/none" || return 1
  echo "-- the workers' user"
  probe_worker_user "$container" || return 1
  probe_health "$container"
}

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

# The commands one after the other over one connection, and what comes back until the server hangs up.
probe_redis_command()
{
  local host=$1 port=$2
  shift 2
  exec 8<>"/dev/tcp/$host/$port" || return 1
  printf '%s\r\n' "$@" QUIT >&8
  tr -d '\r' <&8
  exec 8>&-
}

# A TLS handshake with a certificate check, by a name that a server has to be asked for, and by one from /etc/hosts.
probe_curl()
{
  local servers status=0
  servers=$(mktemp -d) || return 1
  probe_servers_start "$servers" || return 1
  probe_ask_curl "$1" "$servers" || status=$?
  kill "$(cat "$servers/pid")"
  rm -rf "$servers"
  return "$status"
}

probe_ask_curl()
{
  local image=$1 port
  port=$(cat "$2/port")
  echo "-- a name that DNS knows"
  probe_run "$image" --network host --dns 127.53.53.53 -- "https://asked.ocislim.test:$port/greeting" || return 1
  echo "-- a name that /etc/hosts knows"
  probe_run "$image" --network host --add-host listed.ocislim.test:127.0.0.1 -- "https://listed.ocislim.test:$port/greeting" || return 1
  echo "-- a certificate for another name"
  probe_run "$image" --network host --add-host other.ocislim.test:127.0.0.1 -- "https://other.ocislim.test:$port/greeting" 2>&1 || echo "status $?"
  echo "-- a name that nobody knows"
  probe_run "$image" --network host --dns 127.53.53.53 -- "https://nobody.ocislim.test:$port/greeting" 2>&1 || echo "status $?"
  echo "-- a compressed answer"
  probe_run "$image" --network host --dns 127.53.53.53 -- --compressed "https://asked.ocislim.test:$port/long" | sha256sum || return 1
  echo "-- the image's own command"
  docker run --rm "${probe_hardening[@]}" "$image"
}

probe_flask()
{
  local container address
  container=$(probe_start "$1" 8000 "${probe_options_flask[@]}") || return 1
  address=http://$(docker port "$container" 8000)
  probe_finish "$container" probe_ask_flask "$container" "$address"
}

probe_ask_flask()
{
  local container=$1 address=$2
  probe_wait curl --silent --fail --output /dev/null "$address/" || return 1
  curl --silent --show-error --fail --include "$address/" | probe_headers content-type content-length || return 1
  curl --silent --show-error --fail "$address/" || return 1
  echo "-- what is loaded late"
  curl --silent --show-error --fail "$address/late" || return 1
  probe_health "$container"
}

# probe_start IMAGE PORT OPTION...: prints the container's id. The port is published on 127.0.0.1 only.
probe_start()
{
  local image=$1 port=$2
  shift 2
  docker run --detach --publish "127.0.0.1::$port" "${probe_hardening[@]}" "$@" "$image"
}

# probe_run IMAGE OPTION... -- ARGUMENT...: one container that runs to its end.
probe_run()
{
  local image=$1 options=()
  shift
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  docker run --rm "${probe_hardening[@]}" "${options[@]}" "$image" "$@"
}

# probe_finish CONTAINER COMMAND...: runs COMMAND, tells the container's log where it fails, and removes the container.
probe_finish()
{
  local container=$1 status=0
  shift
  "$@" || status=$?
  if ((status != 0)); then
    echo "probe: the container's log:" >&2
    docker logs "$container" >&2
  fi
  docker rm --force --volumes "$container" >/dev/null
  return "$status"
}

# The server is up when COMMAND succeeds; 20 seconds at most.
probe_wait()
{
  local waited
  for ((waited = 0; waited < 200; waited++)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  echo "probe: no answer within 20 seconds: $*" >&2
  return 1
}

# Only the named headers, in the order of their names.
probe_headers()
{
  local pattern
  pattern=$(printf '|%s' "$@")
  tr -d '\r' | LC_ALL=C grep --text --ignore-case --extended-regexp "^(${pattern#|}):" | LC_ALL=C sort
}

# The image's health check runs inside the image, so its program and all that it needs has to be there.
probe_health()
{
  local container=$1 waited state
  for ((waited = 0; waited < 200; waited++)); do
    state=$(docker inspect --format '{{.State.Health.Status}}' "$container")
    [[ $state == healthy ]] && break
    sleep 0.1
  done
  echo "health: $state"
  [[ $state == healthy ]] || { docker inspect --format '{{json .State.Health}}' "$container" >&2; return 1; }
}

# By number: the container's own names are the container's business.
probe_worker_user()
{
  docker top "$1" -eo pid,uid,comm | awk '$3 == "nginx" { print $2 }' | sort -u | paste -sd ' '
}

probe_servers_start()
{
  local dir=$1 waited
  images_leaf "$dir" || return 1
  /usr/bin/python3 "${BASH_SOURCE[0]%/*}/servers.py" "$dir" >"$dir/log" 2>&1 </dev/null 3>&- 4>&- 5>&- &
  echo $! >"$dir/pid"
  for ((waited = 0; waited < 100; waited++)); do
    [[ -s $dir/port ]] && return 0
    sleep 0.1
  done
  cat "$dir/log" >&2
  return 1
}
