# What BIND is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, who binds the port of a name server and then becomes the server's user.
probe_options_bind=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add NET_BIND_SERVICE --cap-add DAC_OVERRIDE --tmpfs /run
  --tmpfs /var/cache/bind --publish 127.0.0.1::53/udp)

probe_bind()
{
  local container tcp udp
  container=$(probe_start "$1" 53/tcp "${probe_options_bind[@]}") || return 1
  tcp=$(docker port "$container" 53/tcp) udp=$(docker port "$container" 53/udp)
  probe_finish "$container" probe_ask_bind "$container" "${tcp##*:}" "${udp##*:}"
}

probe_dig() { dig @127.0.0.1 -p "$1" +time=2 +tries=2 +nocookie "${@:2}"; }

probe_ask_bind()
{
  local container=$1 tcp=$2 udp=$3
  probe_wait eval "probe_dig $tcp +tcp +short ns.zone.example | grep -q 192" || return 1
  echo "-- a zone, over both"
  probe_dig "$udp" +short zone.example MX || return 1
  probe_dig "$tcp" +tcp +short text.zone.example TXT || return 1
  echo "-- a transfer of the zone"
  probe_dig "$tcp" +tcp +noall +answer zone.example AXFR | awk '{ $1 = $1; print }' || return 1
  echo "-- the plugin leaves out what it has to"
  probe_dig "$tcp" +tcp +noall +comments mail.zone.example AAAA | grep -o 'ANSWER: [0-9]*' || return 1
  echo "-- the zones of the package, and a root hint"
  probe_dig "$udp" +short -x 127.0.0.1 || return 1
  docker exec "$container" named -V | head -n 1 || return 1
  docker top "$container" -eo pid,uid,comm | awk '$3 ~ /^(named|isc)/ { print "uid", $2 }' | sort -u || return 1
  probe_health "$container"
}
