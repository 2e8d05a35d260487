# What Apache httpd is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

probe_options_apache=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --publish 127.0.0.1::8443
  --tmpfs /run --tmpfs /var/lock --tmpfs /var/log/apache2 --tmpfs /tmp)

probe_apache()
{
  local container plain secure
  container=$(probe_start "$1" 8080 "${probe_options_apache[@]}") || return 1
  plain=http://$(docker port "$container" 8080) secure=https://$(docker port "$container" 8443)
  probe_finish "$container" probe_ask_apache "$container" "$plain" "$secure"
}

probe_ask_apache()
{
  local container=$1 plain=$2 secure=$3
  probe_wait curl --silent --fail --output /dev/null "$plain/part.html" || return 1
  echo "-- a page that a module puts together, and over TLS"
  curl --silent --show-error --fail --header 'Host: localhost:8080' "$plain/page.shtml" || return 1
  curl --silent --show-error --fail --insecure --header 'Host: localhost:8443' "$secure/page.shtml" || return 1
  echo "-- .htaccess"
  curl --silent --show-error --include --header 'Host: localhost' "$plain/old/index.php" | probe_headers location x-from || return 1
  curl --silent --show-error --fail --include "$plain/old/file.txt" | probe_headers content-type x-from || return 1
  echo "-- types, negotiation, compression"
  curl --silent --show-error --fail --include "$plain/list/map.geojson" | probe_headers content-type || return 1
  curl --silent --show-error --fail --header 'Accept-Language: cs' "$plain/greet" || return 1
  curl --silent --show-error --fail --include --header 'Accept-Encoding: gzip' --output /dev/stdout "$plain/part.html" |
    probe_headers content-encoding || return 1
  echo "-- an index with icons, and an error page in a language"
  curl --silent --show-error --fail "$plain/list/" | grep -o 'icons/[a-z]*\.gif' | sort -u || return 1
  curl --silent --show-error --fail --output /dev/null --write-out '%{http_code} %{content_type}\n' "$plain/icons/compressed.gif" || return 1
  curl --silent --show-error --header 'Accept-Language: de' "$plain/none" | grep -o '<title>.*</title>' || return 1
  echo "-- the workers' user"
  docker top "$container" -eo pid,uid,comm | awk '$3 == "apache2" { print $2 }' | sort -u | paste -sd ' ' || return 1
  probe_health "$container"
}
