# What flask under gunicorn is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_flask=(--tmpfs "/tmp:mode=1777")

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
