#!/usr/bin/env bats
# Servers with their usual entrypoint scripts, slimmed without one option: the same answers as the original's, under the same hardening.

setup() { load same.sh; }

@test "nginx-entrypoint: parts, templates, a module, TLS" { same_answers nginx-entrypoint; }

@test "redis-entrypoint: the data's owner, an access list, TLS, Lua, a restart" { same_answers redis-entrypoint; }

@test "apache: modules, .htaccess, TLS, negotiation, an index, error pages" { same_answers apache; }

@test "haproxy: Lua, maps, error files, TLS" { same_answers haproxy; }

@test "mariadb: the first start, collations, time zones, messages, plugins" { same_answers mariadb; }

@test "openssh: a login with a key, the user's shell, sftp" { same_answers openssh; }

@test "postgres: the first start, collations, languages, dictionaries, time zones, extensions" { same_answers postgres; }

@test "bind: a zone, its transfer, a plugin" { same_answers bind; }

@test "memcached: values, counters, the meta commands" { same_answers memcached; }

@test "php-fpm: collations, encodings, TLS, a picture, a time zone, the opcache" { same_answers php-fpm; }

@test "postfix: STARTTLS, aliases, tables, a header check, delivery, a sender outside ASCII" { same_answers postfix; }

@test "nginx-entrypoint: the configuration stays" { same_config nginx-entrypoint; }

@test "redis-entrypoint: the configuration stays" { same_config redis-entrypoint; }

@test "apache: the configuration stays" { same_config apache; }

@test "mariadb: the configuration stays" { same_config mariadb; }

@test "php-fpm: the configuration stays" { same_config php-fpm; }

@test "postfix: the configuration stays" { same_config postfix; }
