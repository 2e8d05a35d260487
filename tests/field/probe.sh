# What each image of the tests is asked: the answers go to standard output, in a form that is the same for every correct image.
# A probe asks for what is loaded late, never only for a version. Each image has its own, in images/NAME/probe.sh, which defines
# probe_NAME, with _ for -. An engine has to run (engine.sh). Source this file.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR source=images.sh
. "${BASH_SOURCE[0]%/*}/images.sh"

# The hardening that every container of the probes runs under; images/NAME/probe.sh adds what its program needs in spite of it.
probe_hardening=(--read-only --cap-drop ALL --security-opt no-new-privileges)
# probe NAME IMAGE: the answers of IMAGE, which is NAME's image or what was made of it.
# Fails, with the container's own words on standard error, where one is missing.
probe()
{
  # shellcheck source=/dev/null
  . "$field_dir/images/$1/probe.sh" && "probe_${1//-/_}" "$2"
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

# probe_two_routes IMAGE PORT OPTION...: a server with a route that works as soon as it is up, and one, /late, that loads what it did not yet need.
probe_two_routes()
{
  local image=$1 port=$2 container address
  container=$(probe_start "$@") || return 1
  address=http://$(docker port "$container" "$port")
  probe_finish "$container" probe_ask_two_routes "$container" "$image" "$address"
}

probe_ask_two_routes()
{
  local container=$1 image=$2 address=$3
  probe_wait curl --silent --fail --max-time 5 --output /dev/null "$address/" || return 1
  curl --silent --show-error --fail --include "$address/" | probe_headers content-type content-length || return 1
  curl --silent --show-error --fail "$address/" || return 1
  echo "-- what is loaded late"
  curl --silent --show-error "$address/late" || return 1
  [[ $(docker image inspect --format '{{json .Config.Healthcheck}}' "$image") == null ]] || probe_health "$container"
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
