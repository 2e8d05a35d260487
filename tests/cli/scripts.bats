# Shell scripts: what an entrypoint script runs, sources and names is kept; what cannot be told is told with its line.
load common

# tree: programs that do nothing in the usual places, and a shell.
tree()
{
  root=$PWD/tree
  mkdir -p "$root"/{etc,tmp,usr/bin,usr/local/bin,docker-entrypoint.d}
  ln -s usr/bin "$root/bin"
  local program
  for program in sh bash "$@"; do
    cp "$static" "$root/usr/bin/$program"
  done
}

# script PATH [MODE]: its text is standard input.
script()
{
  mkdir -p "$(dirname "$root$1")"
  cat >"$root$1"
  chmod "${2:-755}" "$root$1"
}

# kept [OPTION...]: the files that are kept, without those that every tree has; the warnings are in $stderr.
kept()
{
  with_status 0 "$OCISLIM" slim "rootfs:$root" oci:out --report report.json "$@" || return 1
  rm -rf out
  output=$(jq -r '.kept[] | select(.type != "directory") | .path' report.json | paste -sd ' ')
  stderr=$(grep -E '^(warning|hint|error): ' <<<"$stderr" || true)
}

@test "an entrypoint script in the style of a database's image" {
  tree gosu server id chown find makedb client gunzip sleep unused
  script /docker-entrypoint.d/10-first.sh 644 <<<'sleep 1'
  script /docker-entrypoint.d/20-second.sql 644 <<<'SELECT 1'
  script /entrypoint.sh <<'END'
#!/bin/bash
set -eo pipefail
file_env() { local var="$1"; local fileVar="${var}_FILE"; export "$var"="${!var:-$2}"; unset "$fileVar"; }
query() { client --quiet "$@"; }
init_files()
{
  local f
  for f; do
    case "$f" in
      *.sh) if [ -x "$f" ]; then "$f"; else . "$f"; fi ;;
      *.sql.gz) gunzip -c "$f" | query ;;
      *) echo "ignoring $f" ;;
    esac
  done
}
main()
{
  if [ "${1:0:1}" = '-' ]; then
    set -- server "$@"
  fi
  if [ "$(id -u)" = 0 ]; then
    find "$DATA" \! -user server -exec chown server '{}' +
    exec gosu server "$BASH_SOURCE" "$@"
  fi
  eval 'makedb --pwfile=<(printf "%s\n" "$PASSWORD") "$@"'
  init_files /docker-entrypoint.d/*
  query <<-'EOSQL'
	unused "$(unused)";
	EOSQL
  exec "$@"
}
main "$@"
END
  kept --entrypoint '["/entrypoint.sh", "server"]'
  equal "$output" "/bin /docker-entrypoint.d/10-first.sh /docker-entrypoint.d/20-second.sql /entrypoint.sh /usr/bin/bash /usr/bin/chown\
 /usr/bin/client /usr/bin/find /usr/bin/gosu /usr/bin/gunzip /usr/bin/id /usr/bin/makedb /usr/bin/server /usr/bin/sleep"
  equal "$stderr" ""
}

@test "the image's environment has values for what a script runs" {
  tree one two
  mkdir -p "$root/opt/app/bin" "$root/opt/app/conf.d"
  cp "$static" "$root/opt/app/bin/run"
  script /opt/app/lib.sh 644 <<<'one'
  script /opt/app/conf.d/x 644 <<<'x'
  script /entrypoint.sh <<'END'
#!/bin/sh
. "$APP_HOME/lib.sh"
ls "$APP_HOME"/conf.d/*
$HELPER
exec "$APP_HOME/bin/run" "$@"
END
  printf 'entrypoint /entrypoint.sh\nenv APP_HOME=/opt/app HELPER=two\nlayer gzip\n' >description
  (cd "$root" && find . -mindepth 1 -type d -printf 'dir /%P\n' -o -type l -printf 'link /%P %l\n' -o -type f -printf "copy /%P $root/%P %m\n") >>description
  image oci fat <description
  with_status 0 "$OCISLIM" slim -q oci:fat oci:out --report report.json
  equal "$(jq -r '.kept[] | select(.type != "directory") | .path' report.json | paste -sd ' ')" "/bin /entrypoint.sh /opt/app/bin/run\
 /opt/app/conf.d/x /opt/app/lib.sh /usr/bin/one /usr/bin/sh /usr/bin/two"
  equal "$stderr" ""
}

@test "a command of a literal folder and a name that is not known: each of the folder, unless it is one of the system" {
  tree basename
  mkdir -p "$root/usr/lib/app/tools/deep"
  cp "$static" "$root/usr/lib/app/tools/one"
  cp "$static" "$root/usr/lib/app/tools/deep/no"
  script /usr/lib/app/tools/two <<<'#!/bin/sh'
  script /entrypoint.sh <<'END'
#!/bin/sh
TOOL=`basename $0`
exec "/usr/lib/app/tools/$TOOL" "$@"
/usr/bin/$TOOL
END
  kept --entrypoint /entrypoint.sh
  equal "$output" "/bin /entrypoint.sh /usr/bin/basename /usr/bin/sh /usr/lib/app/tools/one /usr/lib/app/tools/two"
  equal "$stderr" "warning: /entrypoint.sh, line 4: the command '/usr/bin/\$TOOL' cannot be determined
hint: name what it runs with --exec or --include"
}

@test "what cannot be determined is told with its line, once for each" {
  tree
  script /entrypoint.sh <<'END'
#!/bin/sh
"$COMMAND" --flag
. "$LIBRARY"
for f in *.x; do $f; done
END
  kept --entrypoint /entrypoint.sh
  equal "$stderr" "warning: /entrypoint.sh, line 2: the command '\"\$COMMAND\"' cannot be determined
hint: name what it runs with --exec or --include
warning: /entrypoint.sh, line 4: the command '\$f' cannot be determined
hint: name what it runs with --exec or --include
warning: /entrypoint.sh, line 3: the file '\"\$LIBRARY\"' cannot be determined
hint: name what it reads with --include"
}

@test "a folder of parts is kept with what they run" {
  tree find sort one two
  script /docker-entrypoint.d/10-run.sh <<<$'#!/bin/sh\none'
  script /docker-entrypoint.d/20-read.envsh 644 <<<'two'
  script /docker-entrypoint.d/README 644 <<<'text'
  script /entrypoint.sh <<'END'
#!/bin/sh
if find "/docker-entrypoint.d/" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read v; then
  echo "there are parts"
fi
exec "$@"
END
  kept --entrypoint /entrypoint.sh
  equal "$output" "/bin /docker-entrypoint.d/10-run.sh /docker-entrypoint.d/20-read.envsh /docker-entrypoint.d/README /entrypoint.sh\
 /usr/bin/find /usr/bin/one /usr/bin/sh /usr/bin/two"
  equal "$stderr" ""
}

@test "a module with a #! is no program, and its interpreter no need" {
  tree
  cp "$static" "$root/usr/bin/app"
  script /opt/lib/module.py <<<'#!/usr/local/bin/python'
  script /opt/lib/tool <<<'#!/usr/local/bin/python'
  script /opt/lib/bin/program <<<'#!/usr/local/bin/python'
  mkdir rules
  echo '{"rules": [{"id": "app", "why": "w", "when": [{"path": "/usr/bin/app"}], "add": [{"files": ["/opt/lib/*.py", "/opt/lib/tool"]}]},
    {"id": "more", "why": "w", "when": [{"path": "/entrypoint.sh"}], "add": [{"files": ["/opt/lib/bin"]}]}]}' >rules/user.json
  kept --entrypoint /usr/bin/app --rules rules
  equal "$output" "/opt/lib/module.py /opt/lib/tool /usr/bin/app"
  equal "$stderr" ""
  script /entrypoint.sh <<<$'#!/bin/sh\n/usr/bin/app\nexec /opt/lib/module.py'
  with_status 0 "$OCISLIM" slim "rootfs:$root" oci:out --allow-missing --entrypoint /entrypoint.sh --rules rules
  stderr_has "'/usr/local/bin/python', needed by /opt/lib/module.py, is not in the image"
  stderr_has "'/usr/local/bin/python', needed by /opt/lib/bin/program, is not in the image"
}

@test "a folder that a script makes: the links on the way stay" {
  tree mkdir
  mkdir -p "$root/run" "$root/var/lib/app"
  ln -s /run "$root/var/run"
  script /entrypoint.sh <<<$'#!/bin/sh\nmkdir -p /var/run/app/x /var/lib/app/data'
  kept --entrypoint /entrypoint.sh
  equal "$output" "/bin /entrypoint.sh /usr/bin/mkdir /usr/bin/sh /var/run"
  equal "$(jq -r '.kept[] | select(.type == "directory") | .path' report.json | paste -sd ' ')" "/ /run /tmp /usr /usr/bin /var /var/lib /var/lib/app"
}
