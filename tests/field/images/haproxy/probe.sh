# What HAProxy is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_haproxy=(--publish 127.0.0.1::8443)

probe_haproxy()
{
  local container plain secure
  container=$(probe_start "$1" 8080 "${probe_options_haproxy[@]}") || return 1
  plain=http://$(docker port "$container" 8080) secure=https://$(docker port "$container" 8443)
  probe_finish "$container" probe_ask_haproxy "$container" "$plain" "$secure"
}

probe_ask_haproxy()
{
  local container=$1 plain=$2 secure=$3
  probe_wait curl --silent --fail --output /dev/null "$plain/late" || return 1
  echo "-- Lua, a map, error files"
  curl --silent --show-error --fail "$plain/late" || return 1
  curl --silent --show-error --fail --header 'Host: two.test' "$plain/map" || return 1
  curl --silent --show-error --header 'Host: two.test' --write-out '%{http_code}\n' "$plain/denied" || return 1
  curl --silent --show-error --write-out '%{http_code}\n' "$plain/gone" || return 1
  echo "-- TLS"
  curl --silent --show-error --fail --insecure --tls-max 1.2 "$secure/tls" || return 1
  curl --silent --show-error --fail --insecure "$secure/tls" || return 1
  probe_health "$container"
}
