# Runtimes, in the layouts of several systems, on small trees that are made here: what rules add for them, and that nothing does without.
load common

# tree PATH...: files in $root; one that ends with / is a folder, one with " -> " is a link.
tree()
{
  root=$PWD/root
  local path
  for path in "$@"; do
    if [[ $path == *' -> '* ]]; then
      mkdir -p "$root/$(dirname "${path%% -> *}")"
      ln -s "${path##* -> }" "$root${path%% -> *}"
    elif [[ $path == */ ]]; then
      mkdir -p "$root$path"
    else
      mkdir -p "$root/$(dirname "$path")"
      echo "$path" >"$root$path"
    fi
  done
}

# program PATH...: static programs.
program()
{
  local path
  for path in "$@"; do
    mkdir -p "$root/$(dirname "$path")"
    cp "$static" "$root$path"
  done
}

# script PATH FIRST-LINE
script()
{
  mkdir -p "$root/$(dirname "$1")"
  printf '%s\n' "#!$2" "${@:3}" >"$root$1"
  chmod 755 "$root$1"
}

# kept ENTRYPOINT [OPTION...]: the files and links that are kept, but for the command's own program.
kept()
{
  "$OCISLIM" slim -q "rootfs:$root" oci:out --entrypoint "$1" --allow-missing --report report.json "${@:2}" || return 1
  rm -rf out
  jq -r '.kept[] | select(.reason.kind == "rule" and .type != "directory") | .path' report.json | LC_ALL=C sort
}

# same_kept ENTRYPOINT EXPECTED [OPTION...]: exactly these; and nothing of them without rules.
same_kept()
{
  equal "$(kept "$1" "${@:3}")" "$2"
  equal "$(kept "$1" --keep strict "${@:3}")" ""
}

@test "python: the vendor's prefix, with an application that a module runs" {
  tree /usr/local/lib/python3.12/{os.py,test/x.py,sqlite3/test/x.py,idlelib/a.py,__pycache__/os.cpython-312.pyc,__pycache__/os.cpython-312.opt-1.pyc} \
    /usr/local/lib/python3.12/{turtle.py,lib-dynload/_json.so,lib-dynload/_testcapi.so,config-3.12/x} \
    /usr/local/lib/python3.12/site-packages/{pip/a.py,flask/app.py,flask/app.pyi,flask/tests/test_app.py,flask/tests/helper.py,flask-1.dist-info/METADATA} \
    '/usr/local/bin/python3 -> python3.12' '/usr/local/bin/python -> python3' /usr/share/doc/x
  program /usr/local/bin/python3.12
  same_kept python "/usr/local/lib/python3.12/__pycache__/os.cpython-312.pyc
/usr/local/lib/python3.12/lib-dynload/_json.so
/usr/local/lib/python3.12/os.py
/usr/local/lib/python3.12/site-packages/flask-1.dist-info/METADATA
/usr/local/lib/python3.12/site-packages/flask/app.py
/usr/local/lib/python3.12/site-packages/flask/tests/helper.py"
}

@test "python: a virtual environment with a copy of the interpreter, an editable package and a folder from .pth" {
  tree /usr/lib64/python3.9/os.py /usr/lib/python3.9/site-packages/six.py /opt/venv/lib/python3.9/site-packages/{a.py,more.pth,__editable___own_finder.py} \
    /src/more/x.py /src/own/own/__init__.py '/usr/bin/python3 -> python3.9' /opt/venv/bin/other
  program /usr/bin/python3.9 /opt/venv/bin/python3
  printf 'home = /usr/bin\ninclude-system-site-packages = false\n' >"$root/opt/venv/pyvenv.cfg"
  printf 'import something\n/src/more\n' >"$root/opt/venv/lib/python3.9/site-packages/more.pth"
  printf "MAPPING: dict[str, str] = {'own': '/src/own/own'}\n" >"$root/opt/venv/lib/python3.9/site-packages/__editable___own_finder.py"
  script /opt/venv/bin/serve /opt/venv/bin/python3
  same_kept /opt/venv/bin/serve "/opt/venv/lib/python3.9/site-packages/__editable___own_finder.py
/opt/venv/lib/python3.9/site-packages/a.py
/opt/venv/lib/python3.9/site-packages/more.pth
/opt/venv/pyvenv.cfg
/src/more/x.py
/src/own/own/__init__.py
/usr/bin/python3.9
/usr/lib/python3.9/site-packages/six.py
/usr/lib64/python3.9/os.py"
}

@test "node: the package around the script, and packages above it" {
  tree /srv/app/{package.json,dist/server.js,lib/a.mjs,types/a.d.ts,.git/config} /srv/node_modules/x/{index.js,index.d.ts,index.js.map} /srv/other/file \
    /usr/local/lib/node_modules/npm/index.js
  program /usr/local/bin/node
  same_kept '["node","/srv/app/dist/server.js"]' "/srv/app/lib/a.mjs
/srv/app/package.json
/srv/node_modules/x/index.js"
}

@test "node: started by another program, and by a script" {
  tree /srv/app/{package.json,server.js}
  program /usr/local/bin/node /sbin/tini
  equal "$(kept '["tini","--","node","/srv/app/server.js"]')" "/srv/app/package.json"
  script /start.sh /bin/sh 'exec node --enable-source-maps /srv/app/server.js "$@"'
  program /bin/sh
  equal "$(kept /start.sh)" "/srv/app/package.json"
}

@test "node: a program of a global package, and what npm needs to run scripts" {
  tree '/usr/local/bin/npm -> ../lib/node_modules/npm/bin/npm-cli.js' /usr/local/lib/node_modules/{npm/package.json,npm/lib/a.js,corepack/a.js}
  program /usr/local/bin/node /bin/sh
  script /usr/local/lib/node_modules/npm/bin/npm-cli.js '/usr/bin/env node'
  program /usr/bin/env
  equal "$(kept '["npm","start"]')" "/bin/sh
/usr/local/lib/node_modules/npm/lib/a.js
/usr/local/lib/node_modules/npm/package.json"
}

# jdk HOME: as it is unpacked by its vendor
jdk()
{
  tree "$1"/{release,lib/jvm.cfg,lib/modules,lib/src.zip,lib/ct.sym,lib/security/cacerts,conf/security/java.security,jmods/a,legal/x,bin/javac,lib/libawt_xawt.so}
  mkdir -p "$root$1/lib/server"
  cc -x c -shared -o "$root$1/lib/libjli.so" -Wl,-soname,libjli.so - <<<'int f(void) { return 1; }'
  cc -x c -shared -o "$root$1/lib/server/libjvm.so" - <<<'int g(void) { return 1; }'
  cc -x c -o "$root$1/bin/java" - -x none -Wl,-rpath,'$ORIGIN/../lib' "$root$1/lib/libjli.so" <<<'int f(void); int main(void) { return f(); }'
}

@test "java: the vendor's layout, with a class path and an agent" {
  jdk /opt/java/openjdk
  tree /app/{libs/a.jar,classes/A.class,resources/x.properties} /opt/agent/agent.jar '/usr/bin/java -> /opt/java/openjdk/bin/java'
  local expected="/opt/java/openjdk/conf/security/java.security
/opt/java/openjdk/lib/jvm.cfg
/opt/java/openjdk/lib/modules
/opt/java/openjdk/lib/security/cacerts
/opt/java/openjdk/lib/server/libjvm.so
/opt/java/openjdk/release"
  same_kept '["java","-javaagent:/opt/agent/agent.jar=x","-cp","/app/resources:/app/classes:/app/libs/*","A"]' "$expected"
  local argument
  for argument in /app/libs/a.jar /app/classes/A.class /app/resources/x.properties /opt/agent/agent.jar; do
    jq -e --arg path "$argument" 'any(.kept[]; .path == $path and .reason.kind == "argument")' report.json
  done
}

@test "java: settings that are links to /etc, and archives beside the one that is started" {
  jdk /usr/lib/jvm/java-17-openjdk-amd64
  local home=/usr/lib/jvm/java-17-openjdk-amd64
  rm -r "$root$home/release" "$root$home/lib/jvm.cfg" "$root$home/conf"
  tree /etc/java-17-openjdk/{jvm-amd64.cfg,security/java.security,logging.properties} "$home/lib/jvm.cfg -> /etc/java-17-openjdk/jvm-amd64.cfg" \
    "$home/conf/security/java.security -> /etc/java-17-openjdk/security/java.security" /srv/app/server.jar /srv/app/lib/late.jar
  same_kept "[\"$home/bin/java\",\"-jar\",\"/srv/app/server.jar\"]" "/etc/java-17-openjdk/jvm-amd64.cfg
/etc/java-17-openjdk/security/java.security
/srv/app/lib/late.jar
$home/conf/security/java.security
$home/lib/jvm.cfg
$home/lib/modules
$home/lib/security/cacerts
$home/lib/server/libjvm.so"
}

@test "ruby: the vendor's layout with Bundler, and RPM's" {
  tree /usr/local/lib/ruby/{3.3.0/json.rb,gems/3.3.0/doc/x,gems/3.3.0/gems/rake-13.0/lib/rake.rb} \
    /usr/local/bundle/{gems/rack-3.0/lib/rack.rb,gems/rack-3.0/test/x.rb,gems/rack-3.0/ext/a.c,specifications/rack-3.0.gemspec,cache/rack.gem} \
    /srv/app/{Gemfile,Gemfile.lock,config.ru,lib/a.rb}
  program /usr/local/bin/ruby /usr/bin/env
  script /usr/local/bin/bundle '/usr/bin/env ruby'
  script /srv/app/bin/serve '/usr/bin/env ruby'
  same_kept /srv/app/bin/serve "/srv/app/Gemfile
/srv/app/Gemfile.lock
/srv/app/config.ru
/srv/app/lib/a.rb
/usr/local/bundle/gems/rack-3.0/lib/rack.rb
/usr/local/bundle/specifications/rack-3.0.gemspec
/usr/local/lib/ruby/3.3.0/json.rb
/usr/local/lib/ruby/gems/3.3.0/gems/rake-13.0/lib/rake.rb"
  rm -rf "$root"
  tree /usr/share/ruby/json.rb /usr/lib64/ruby/json.so /usr/share/gems/gems/rack-3.0/lib/rack.rb /usr/lib64/gems/ruby/json/x /usr/share/rubygems/rubygems.rb
  program /usr/bin/ruby
  same_kept /usr/bin/ruby "/usr/lib64/gems/ruby/json/x
/usr/lib64/ruby/json.so
/usr/share/gems/gems/rack-3.0/lib/rack.rb
/usr/share/ruby/json.rb
/usr/share/rubygems/rubygems.rb"
}

@test "perl: the folders of @INC, without documentation, and lib beside the script" {
  tree /usr/lib/x86_64-linux-gnu/{perl-base/strict.pm,perl/5.36/CORE/perl.h,perl/5.36/POSIX.pm,perl5/5.36/DBI.pm} /usr/share/perl/5.36/{CPAN.pm,pod/perl.pod} \
    /usr/share/perl5/JSON.pm /usr/local/share/perl/5.36/Own.pm /srv/app/lib/App.pm /srv/app/other/x
  program /usr/bin/perl
  script /srv/app/bin/serve /usr/bin/perl
  same_kept /srv/app/bin/serve "/srv/app/lib/App.pm
/usr/lib/x86_64-linux-gnu/perl-base/strict.pm
/usr/lib/x86_64-linux-gnu/perl/5.36/POSIX.pm
/usr/lib/x86_64-linux-gnu/perl5/5.36/DBI.pm
/usr/local/share/perl/5.36/Own.pm
/usr/share/perl/5.36/CPAN.pm
/usr/share/perl5/JSON.pm"
}

@test "php: settings and extensions in three layouts, and the project around the script" {
  tree '/etc/php/8.2/cli/conf.d/20-own.ini -> /etc/php/8.2/mods-available/own.ini' /etc/php/8.2/mods-available/own.ini /usr/lib/php/20220829/intl.so /opt/ext/own.so \
    /usr/local/etc/php/{php.ini-production,conf.d/a.ini} /usr/local/lib/php/extensions/no-debug-non-zts-20220829/sodium.so /usr/local/lib/php/build/x \
    /etc/php83/php.ini /srv/app/{composer.json,vendor/autoload.php,src/A.php} /usr/share/zoneinfo/{UTC,right/UTC}
  echo 'extension=/opt/ext/own.so' >"$root/etc/php/8.2/mods-available/own.ini"
  mkdir -p "$root/srv/app/public"
  echo x >"$root/srv/app/public/index.php"
  program /usr/bin/php /usr/local/bin/php
  same_kept '["/usr/bin/php","-S","0:80","/srv/app/public/index.php"]' "/etc/php/8.2/cli/conf.d/20-own.ini
/etc/php/8.2/mods-available/own.ini
/etc/php83/php.ini
/opt/ext/own.so
/srv/app/composer.json
/srv/app/src/A.php
/srv/app/vendor/autoload.php
/usr/lib/php/20220829/intl.so
/usr/local/lib/php/extensions/no-debug-non-zts-20220829/sodium.so
/usr/share/zoneinfo/UTC"
  equal "$(kept /usr/local/bin/php | grep ^/usr/local)" "/usr/local/etc/php/conf.d/a.ini
/usr/local/lib/php/extensions/no-debug-non-zts-20220829/sodium.so"
}

@test "go: by the functions that a program has" {
  tree /etc/{passwd,group,hosts,nsswitch.conf,services} /etc/ssl/certs/{ca-certificates.crt,one.pem} /usr/share/zoneinfo/{Europe/Berlin,posix/UTC} /etc/mime.types
  mkdir -p "$root/app"
  cc -x c -static -O1 -o "$root/app/server" - <<'END'
const char *names[] = {"os/user.Current", "net.goLookupIPFiles", "crypto/x509.loadSystemRoots", "time.LoadLocation"};
int main(int count, char **words) { return names[count % 4][0] + (int)words[0][0]; }
END
  same_kept /app/server "/etc/group
/etc/hosts
/etc/nsswitch.conf
/etc/passwd
/etc/services
/etc/ssl/certs/ca-certificates.crt
/etc/ssl/certs/one.pem
/usr/share/zoneinfo/Europe/Berlin"
}

@test "a program in a folder of its own, and in the working directory" {
  tree /app/templates/a.html /app/.git/config /app/bin/other /usr/bin/x
  program /app/server
  same_kept /app/server "/app/bin/other
/app/templates/a.html"
  program /app/bin/server
  equal "$(kept /app/bin/server)" ""
  image docker-archive in.tar <<END
entrypoint /app/bin/server
workdir /app
layer gzip
copy /app/bin/server $static
file /app/templates/a.html 644 a
file /etc/x 644 x
END
  "$OCISLIM" slim -q docker-archive:in.tar oci:out --report report.json
  equal "$(jq -r '.kept[] | select(.reason.kind == "rule" and .type != "directory") | .path' report.json)" "/app/templates/a.html"
}

@test "erlang: the emulator below one folder, and a release with its own" {
  tree /usr/lib/erlang/{bin/start.boot,erts-13.1/bin/beam.smp,erts-13.1/bin/erlc,releases/25/start_clean.boot,lib/kernel-8/ebin/kernel.beam,lib/kernel-8/src/kernel.erl} \
    '/usr/bin/erl -> ../lib/erlang/bin/erl' /usr/lib/erlang/lib/kernel-8/include/file.hrl
  script /usr/lib/erlang/bin/erl /bin/sh
  program /bin/sh
  same_kept erl "/usr/lib/erlang/bin/start.boot
/usr/lib/erlang/erts-13.1/bin/beam.smp
/usr/lib/erlang/lib/kernel-8/ebin/kernel.beam
/usr/lib/erlang/releases/25/start_clean.boot"
  tree /opt/shop/{releases/start_erl.data,releases/1/sys.config,lib/shop-1/ebin/shop.app,erts-14/bin/beam.smp}
  script /opt/shop/bin/shop /bin/sh
  same_kept '["/opt/shop/bin/shop","start"]' "/opt/shop/erts-14/bin/beam.smp
/opt/shop/lib/shop-1/ebin/shop.app
/opt/shop/releases/1/sys.config
/opt/shop/releases/start_erl.data"
}

@test "lua and tcl: packages by their version" {
  tree /usr/share/lua/5.4/socket.lua /usr/lib/x86_64-linux-gnu/lua/5.4/cjson.so /usr/share/tcltk/tcl8.6/{init.tcl,clock.tcl,tzdata/UTC} /usr/share/tcltk/tcllib1.21/json/json.tcl /usr/share/tcltk/tk8.6/tk.tcl \
    /srv/app/own.lua
  program /usr/bin/lua5.4 /usr/bin/tclsh8.6
  script /srv/app/serve.lua /usr/bin/lua5.4
  same_kept /srv/app/serve.lua "/srv/app/own.lua
/usr/lib/x86_64-linux-gnu/lua/5.4/cjson.so
/usr/share/lua/5.4/socket.lua"
  same_kept /usr/bin/tclsh8.6 "/usr/share/tcltk/tcl8.6/clock.tcl
/usr/share/tcltk/tcl8.6/init.tcl
/usr/share/tcltk/tcl8.6/tzdata/UTC
/usr/share/tcltk/tcllib1.21/json/json.tcl"
}

@test "dotnet: the shared runtime with ICU and OpenSSL, and the assemblies beside the one that is started" {
  local dotnet=/usr/share/dotnet
  tree $dotnet/{host/fxr/8.0.0/libhostfxr.so,sdk/8.0.100/dotnet.dll} "/usr/bin/dotnet -> $dotnet/dotnet" \
    $dotnet/shared/Microsoft.NETCore.App/8.0.0/{System.dll,System.pdb,libcoreclrtraceptprovider.so} /app/{app.dll,app.deps.json,app.runtimeconfig.json,appsettings.json} \
    /usr/share/zoneinfo/UTC
  local shared=$dotnet/shared/Microsoft.NETCore.App/8.0.0
  mkdir -p "$root$dotnet" "$root/lib64"
  cp "$dynamic" "$root$dotnet/dotnet"
  cp /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
  mkdir -p "$root/usr/lib/x86_64-linux-gnu"
  local name
  for name in libicuuc.so.72 libicui18n.so.72 libssl.so.3; do
    cc -x c -shared -o "$root/usr/lib/x86_64-linux-gnu/$name" -Wl,-soname,$name - <<<'int f(void) { return 1; }'
  done
  for name in Globalization.Native Security.Cryptography.Native.OpenSsl Native; do
    cc -x c -shared -o "$root$shared/libSystem.$name.so" - <<<'int f(void) { return 1; }'
  done
  same_kept '["dotnet","/app/app.dll"]' "/app/app.deps.json
/app/app.runtimeconfig.json
/app/appsettings.json
/usr/lib/x86_64-linux-gnu/libicui18n.so.72
/usr/lib/x86_64-linux-gnu/libicuuc.so.72
/usr/lib/x86_64-linux-gnu/libssl.so.3
$dotnet/host/fxr/8.0.0/libhostfxr.so
$shared/System.dll
$shared/libSystem.Globalization.Native.so
$shared/libSystem.Native.so
$shared/libSystem.Security.Cryptography.Native.OpenSsl.so
/usr/share/zoneinfo/UTC"
}

@test "R: its own folder with modules and data of packages, and what its starter calls" {
  tree /usr/lib/R/library/stats/{R/stats.rdb,libs/stats.so,html/00Index.html,doc/index.html} /usr/lib/R/{modules/lapack.so,include/R.h,etc/Renviron} \
    /etc/R/Rprofile.site /usr/local/lib/R/site-library/mine/DESCRIPTION /srv/app/{a.R,b.R}
  program /usr/bin/{Rscript,R,sed,sh,tac} /usr/lib/R/bin/R
  sed -i '1i#!/usr/bin/Rscript' "$root/srv/app/a.R"
  chmod 755 "$root/srv/app/a.R"
  same_kept /srv/app/a.R "/etc/R/Rprofile.site
/srv/app/b.R
/usr/bin/sed
/usr/bin/sh
/usr/lib/R/bin/R
/usr/lib/R/etc/Renviron
/usr/lib/R/library/stats/R/stats.rdb
/usr/lib/R/library/stats/libs/stats.so
/usr/lib/R/modules/lapack.so
/usr/local/lib/R/site-library/mine/DESCRIPTION"
}
