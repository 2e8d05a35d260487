# What PHP-FPM is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, whose workers become another user.
probe_options_php_fpm=(--cap-add SETUID --cap-add SETGID --cap-add CHOWN --tmpfs /run/php --tmpfs "/tmp:mode=1777")

probe_php_fpm()
{
  local container address
  container=$(probe_start "$1" 9000 "${probe_options_php_fpm[@]}") || return 1
  address=$(docker port "$container" 9000)
  probe_finish "$container" probe_ask_php_fpm "$container" "$address"
}

# probe_fastcgi ADDRESS SCRIPT: as a web server in front would ask.
probe_fastcgi() { /usr/bin/python3 "$field_dir/fastcgi.py" "$1" "/var/www/app/public/$2"; }

probe_ask_php_fpm()
{
  local container=$1 address=$2
  probe_wait probe_fastcgi "$address" index.php || return 1
  probe_fastcgi "$address" index.php || return 1
  echo "-- what is loaded late"
  probe_fastcgi "$address" late.php || return 1
  echo "-- what is not there"
  probe_fastcgi "$address" none.php 2>/dev/null || return 1
  docker top "$container" -eo pid,uid,comm | awk '$3 ~ /^php-fpm/ { print "uid", $2 }' | sort -u || return 1
  probe_health "$container"
}
