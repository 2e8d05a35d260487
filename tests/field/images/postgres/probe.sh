# What PostgreSQL is asked.
# shellcheck shell=bash disable=SC2034 # the probe reads the options by name

# Root, who makes the data folder the server's and becomes the server's user.
probe_options_postgres=(--cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --cap-add FOWNER
  --tmpfs /var/run/postgresql --tmpfs /tmp --env POSTGRES_PASSWORD=secret)

probe_postgres()
{
  local container
  container=$(probe_start "$1" 5432 "${probe_options_postgres[@]}") || return 1
  probe_finish "$container" probe_ask_postgres "$container"
}

probe_sql_postgres() { docker exec "$1" psql -U postgres -h 127.0.0.1 -AtX -v ON_ERROR_STOP=1 -c "$2" "postgresql://postgres:secret@127.0.0.1/postgres"; }

probe_ask_postgres()
{
  local container=$1
  probe_wait probe_sql_postgres "$container" 'SELECT 1' || return 1
  echo "-- what the first start made of a compressed script, sorted by the C library and by ICU"
  probe_sql_postgres "$container" 'SELECT string_agg(word, $$ $$ ORDER BY word) FROM words' || return 1
  probe_sql_postgres "$container" 'SELECT string_agg(word, $$ $$ ORDER BY word COLLATE "en_US.utf8") FROM words' || return 1
  probe_sql_postgres "$container" 'SELECT string_agg(word, $$ $$ ORDER BY word COLLATE "sv-x-icu") FROM words' || return 1
  probe_sql_postgres "$container" 'SELECT count(*) > 100, bool_or(collname = $$en_US.utf8$$) FROM pg_collation' || return 1
  echo "-- a procedural language, a dictionary, time zones, encodings"
  probe_sql_postgres "$container" 'SELECT shout(word) FROM words LIMIT 1' || return 1
  probe_sql_postgres "$container" "SELECT to_tsvector('german', 'Die Häuser standen leer'), to_tsvector('russian', 'дома стояли')" || return 1
  probe_sql_postgres "$container" "SELECT timestamptz '2024-03-31 00:59:00+00' AT TIME ZONE 'Europe/Prague', timestamptz '2024-07-01 12:00 IST'" || return 1
  probe_sql_postgres "$container" "SET timezone_abbreviations = 'Australia'; SELECT timestamptz '2024-07-01 12:00 AEST'" || return 1
  probe_sql_postgres "$container" "SELECT convert('Grüße', 'UTF8', 'LATIN1'), convert_from('\\x8367', 'SJIS')" || return 1
  echo "-- an extension, a cursor over a hash join, XML"
  probe_sql_postgres "$container" "CREATE EXTENSION pg_trgm; SELECT round(similarity('postgres', 'postgras')::numeric, 3)" || return 1
  probe_sql_postgres "$container" "CREATE EXTENSION pgcrypto; SELECT encode(digest('x', 'sha256'), 'hex')" || return 1
  probe_sql_postgres "$container" "SELECT xpath('/a/b/text()', '<a><b>text</b></a>')" || return 1
  echo "-- what is compiled while it runs, where that is"
  probe_sql_postgres "$container" "SET jit_above_cost = 0; SELECT sum(i) FROM generate_series(1, 1000) AS i" || return 1
  echo "-- a restart"
  docker restart "$container" >/dev/null || return 1
  probe_wait probe_sql_postgres "$container" 'SELECT 1' || return 1
  probe_sql_postgres "$container" 'SELECT count(*) FROM words'
}
