# What nginx is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, who makes the folders and hands them to the workers' user, and then becomes it.
probe_options_nginx=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --tmpfs /run --tmpfs /var/lib/nginx:mode=755)

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

# By number: the container's own names are the container's business.
probe_worker_user()
{
  docker top "$1" -eo pid,uid,comm | awk '$3 == "nginx" { print $2 }' | sort -u | paste -sd ' '
}
