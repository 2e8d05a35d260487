# What MariaDB is asked.
# shellcheck shell=bash disable=SC2034,SC2016 # the probe reads the options by name; back quotes are SQL's

# Root, who makes the data folder the server's and becomes the server's user.
probe_options_mariadb=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --cap-add FOWNER
  --tmpfs /run --tmpfs /tmp --env MARIADB_ROOT_PASSWORD=secret)

probe_mariadb()
{
  local container
  container=$(probe_start "$1" 3306 "${probe_options_mariadb[@]}") || return 1
  probe_finish "$container" probe_ask_mariadb "$container"
}

probe_sql_mariadb() { docker exec "$1" mariadb -h 127.0.0.1 -u app -psecret -BN --default-character-set=utf8mb4 test -e "$2"; }

# The first start takes longer than other servers'.
probe_up_mariadb() { probe_wait probe_sql_mariadb "$1" 'SELECT 1 FROM words' || probe_wait probe_sql_mariadb "$1" 'SELECT 1 FROM words'; }

probe_ask_mariadb()
{
  local container=$1
  probe_up_mariadb "$container" || return 1
  echo "-- collations"
  probe_sql_mariadb "$container" "SELECT GROUP_CONCAT(word ORDER BY word COLLATE utf8mb4_swedish_ci SEPARATOR ' ') FROM words" || return 1
  probe_sql_mariadb "$container" "SELECT GROUP_CONCAT(word ORDER BY word COLLATE utf8mb4_unicode_520_ci SEPARATOR ' ') FROM words" || return 1
  probe_sql_mariadb "$container" "SELECT COUNT(*) > 300 FROM information_schema.collations" || return 1
  probe_sql_mariadb "$container" "SELECT HEX(CONVERT('Grüße' USING cp1250)), HEX(CONVERT('ž' USING latin2))" || return 1
  echo "-- time zones, messages in a language"
  probe_sql_mariadb "$container" "SELECT CONVERT_TZ('2024-07-01 12:00:00', 'UTC', 'Europe/Prague')" || return 1
  probe_sql_mariadb "$container" "SET lc_messages = 'de_DE'; SELECT * FROM none" 2>&1 | grep -v '^--' | grep -o "Tabelle.*"
  echo "-- a plugin, the engines that it brings"
  probe_sql_mariadb "$container" "INSTALL SONAME 'ha_archive'; CREATE TABLE a (i int) ENGINE=ARCHIVE; INSERT INTO a VALUES (1), (2); SELECT SUM(i) FROM a" || return 1
  probe_sql_mariadb "$container" "INSTALL SONAME 'metadata_lock_info'; SELECT COUNT(*) >= 0 FROM information_schema.metadata_lock_info" || return 1
  probe_sql_mariadb "$container" "CREATE USER 'key'@'%' IDENTIFIED VIA unix_socket; SELECT JSON_EXTRACT('{\"a\": [1, 2]}', '\$.a[1]')" || return 1
  echo "-- a restart"
  docker restart "$container" >/dev/null || return 1
  probe_up_mariadb "$container" || return 1
  probe_sql_mariadb "$container" 'SELECT COUNT(*) FROM words'
}
