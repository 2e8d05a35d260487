# What curl is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

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
