#!/bin/bash
# shellcheck disable=SC1090,SC2119,SC2120 # as such scripts are
set -eo pipefail
shopt -s nullglob

log() { printf '%s [%s] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$1" "$2" >&2; }
error() { log ERROR "$@"; exit 1; }

get_config()
{
  local conf="$1"
  shift
  "$@" --verbose --help --log-bin-index="$(mktemp -u)" 2>/dev/null |
    awk -v conf="$conf" '$1 == conf && /^[^ \t]/ { sub(/^[^ \t]+[ \t]+/, ""); print; exit }'
}

temp_server_start()
{
  "$@" --skip-networking --default-time-zone=SYSTEM --socket="$SOCKET" --wsrep_on=OFF --expire-logs-days=0 --loose-innodb_buffer_pool_load_at_startup=0 &
  declare -g SERVER_PID
  SERVER_PID=$!
  local i
  for i in {30..0}; do
    if process_sql --database=mysql <<< 'SELECT 1' &>/dev/null; then
      break
    fi
    sleep 1
  done
  if [ "$i" = 0 ]; then
    error "unable to start the server"
  fi
}

temp_server_stop() { kill "$SERVER_PID"; wait "$SERVER_PID"; }

process_sql() { mariadb --protocol=socket -uroot -hlocalhost --socket="$SOCKET" "$@"; }

process_init_files()
{
  local f
  for f; do
    case "$f" in
      *.sh) if [ -x "$f" ]; then "$f"; else . "$f"; fi ;;
      *.sql) process_sql --database=test <"$f" ;;
      *.sql.gz) gunzip -c "$f" | process_sql ;;
      *.sql.zst) zstd -dc "$f" | process_sql ;;
      *) log Warn "ignoring $f" ;;
    esac
  done
}

setup_db()
{
  mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null | process_sql --database=mysql
  if [ -n "$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
    MARIADB_ROOT_PASSWORD="$(pwgen --numerals --capitalize --symbols -1 32)"
  fi
  process_sql --database=mysql --binary-mode <<-EOSQL
		SET @orig_sql_log_bin= @@SESSION.SQL_LOG_BIN;
		DELETE FROM mysql.global_priv WHERE user NOT IN ('mysql.sys', 'mariadb.sys', 'root', 'mysql') OR host NOT IN ('localhost');
		CREATE USER 'app'@'%' IDENTIFIED BY '${MARIADB_ROOT_PASSWORD}';
		GRANT ALL ON *.* TO 'app'@'%' WITH GRANT OPTION;
		CREATE DATABASE IF NOT EXISTS test;
		FLUSH PRIVILEGES;
	EOSQL
}

main()
{
  if [ "${1:0:1}" = '-' ]; then
    set -- mariadbd "$@"
  fi
  if [ "$1" = 'mariadbd' ]; then
    DATADIR="$(get_config 'datadir' "$@")"
    SOCKET="$(get_config 'socket' "$@")"
    if [ "$(id -u)" = "0" ]; then
      mkdir -p "$DATADIR" "${SOCKET%/*}"
      find "$DATADIR" \! -user mysql -exec chown mysql: '{}' +
      find "${SOCKET%/*}" -maxdepth 0 \! -user mysql -exec chown mysql: '{}' \;
      exec gosu mysql "${BASH_SOURCE[0]}" "$@"
    fi
    if [ ! -d "$DATADIR/mysql" ]; then
      mariadb-install-db --datadir="$DATADIR" --rpm --auth-root-authentication-method=normal --skip-test-db \
        --old-mode='UTF8_IS_UTF8MB3' --default-time-zone=SYSTEM --enforce-storage-engine= --skip-log-bin --expire-logs-days=0 \
        --loose-innodb_buffer_pool_load_at_startup=0 --loose-innodb_buffer_pool_dump_at_shutdown=0
      temp_server_start "$@"
      setup_db
      process_init_files /docker-entrypoint-initdb.d/*
      temp_server_stop
    fi
  fi
  exec "$@"
}

main "$@"
