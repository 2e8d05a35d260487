# What rules add: texts in objects, names in files, packages; on small trees that are compiled here.
load common
load trees

@test "a path in the data is a file that can be opened" {
  tree a
  echo x >"$root/etc/app.conf"
  echo x >"$root/etc/other.conf"
  echo x >"$root/usr/share/data"
  mkdir -p "$root/usr/share/doc/app"
  echo x >"$root/usr/share/doc/app/README"
  compile 'const char *a[] = {"/etc/app.conf", "file:///usr/share/data", "/usr/share/doc/app/README", "/etc/none", "x/etc/other.conf y"};
           int main(int c, char **v) { return a[c % 5][0]; }' -o "$root/usr/bin/app"
  added "/etc/app.conf literal-files
/usr/share/data literal-files"
  added "" --keep strict
}

@test "a folder of its own below /etc is kept whole" {
  tree a
  mkdir -p "$root"/etc/{app/conf.d,systemd,ssl/private}
  echo x | tee "$root"/etc/{app/conf.d/x,systemd/y,ssl/private/key} >/dev/null
  compile 'const char *a[] = {"/etc/app/", "/etc/systemd", "/etc/ssl", "/etc/", "/etc"}; int main(int c, char **v) { return a[c % 5][0]; }' -o "$root/usr/bin/app"
  added "/etc/app literal-settings
/etc/app/conf.d literal-settings
/etc/app/conf.d/x literal-settings"
}

@test "modules of a folder that an object names, when it can load them" {
  tree a
  mkdir -p "$root/usr/lib/app"
  compile 'int f(void) { return 1; }' -shared -o "$root/usr/lib/libneeded.so.1" -Wl,-soname,libneeded.so.1
  compile 'int f(void); int g(void) { return f(); }' -shared -o "$root/usr/lib/app/late.so" "$root/usr/lib/libneeded.so.1"
  echo x >"$root/usr/lib/app/late.conf"
  compile 'int f(void) { return 1; }' -shared -o "$root/usr/lib/liblate.so.2" -Wl,-soname,liblate.so.2
  # libmount of every program with GLib names libcryptsetup, for volumes that no container mounts
  compile 'int f(void) { return 1; }' -shared -o "$root/usr/lib/libcryptsetup.so.12" -Wl,-soname,libcryptsetup.so.12
  local main='int main(int c, char **v) { return dlopen(a[c % 3], 1) != 0; }'
  compile "const char *a[] = {\"/usr/lib/app\", \"liblate.so.2\", \"libcryptsetup.so.12\"}; $main" -o "$root/usr/bin/app" -ldl
  added "/usr/lib/app/late.conf literal-modules
/usr/lib/app/late.so literal-modules
/usr/lib/liblate.so.2 literal-libraries"
  grep -q '"/usr/lib/libneeded.so.1"' report.json
  compile "const char *a[] = {\"/usr/lib/app\", \"liblate.so.2\"}; int main(int c, char **v) { return a[c % 2][0]; }" -o "$root/usr/bin/app"
  added "/usr/lib/app/late.conf literal-data" # which is of no package, as the program, and no module
}

@test "programs that an object names, when it can start them; and the shell of system()" {
  tree a
  mkdir -p "$root/usr/lib/app" "$root/bin"
  cp "$static" "$root/usr/lib/app/helper"
  cp "$static" "$root/bin/sh"
  compile 'const char *a[] = {"/usr/lib/app/helper"}; int main(int c, char **v) { return execv(a[c % 1], v); }' -o "$root/usr/bin/app"
  added "/usr/lib/app/helper literal-programs"
  compile 'int main(int c, char **v) { return system(v[0]); }' -o "$root/usr/bin/app"
  added "/bin/sh shell"
}

@test "a user's rule: names in files, with the groups of the match" {
  tree a
  mkdir -p "$root"/{etc/app.d,usr/lib/app}
  cp "$static" "$root/usr/bin/app"
  printf '# load /usr/lib/app/no\nload one\n load /usr/lib/app/two\nuse three\nload ../../../etc/passwd\nload /**/deep\n' >"$root/etc/app.d/a.conf"
  mkdir -p "$root/srv/x"
  echo x >"$root/srv/x/deep"
  echo x | tee "$root"/usr/lib/app/{no,one.mod,two,three.mod} >/dev/null
  with_rules '{"id": "app", "why": "its configuration names modules", "when": [{"path": "/usr/bin/app"}],
    "add": [{"names-in": ["/etc/app.d/*.conf"], "match": "^\\s*load (\\S+)", "files": ["{1}", "/usr/lib/app/{1}.mod"]}]}'
  added "/usr/lib/app/one.mod app
/usr/lib/app/two app" --rules rules
}

@test "a user's rule: packages, and what is in none" {
  tree a
  mkdir -p "$root/var/lib/dpkg/info"
  cp "$static" "$root/usr/bin/app"
  echo x | tee "$root"/usr/share/{one,two} >/dev/null
  printf 'Package: data\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >"$root/var/lib/dpkg/status"
  printf '/.\n/usr\n/usr/share\n/usr/share/one\n' >"$root/var/lib/dpkg/info/data.list"
  with_rules '{"id": "app", "why": "w", "when": [{"package": "dat?"}], "add": [{"packages": ["data"]}]}'
  added "/usr app
/usr/share app
/usr/share/one app" --rules rules
}

@test "data below a folder that the program names: what came with the same source package" {
  tree a
  mkdir -p "$root/var/lib/dpkg/info" "$root"/usr/share/{things/deep,doc/app}
  echo x | tee "$root"/usr/share/{things/deep/mine,things/foreign,things/nobody,doc/app/text} >/dev/null
  printf 'Package: %s\nSource: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' \
    app app app-data app other other >"$root/var/lib/dpkg/status"
  printf '/usr/bin/app\n/usr/share/doc/app/text\n' >"$root/var/lib/dpkg/info/app.list"
  printf '/usr/share/things/deep/mine\n' >"$root/var/lib/dpkg/info/app-data.list"
  printf '/usr/share/things/foreign\n' >"$root/var/lib/dpkg/info/other.list"
  compile 'const char *a[] = {"/usr/share/things", "/usr/share/doc"}; int main(int c, char **v) { return a[c % 2][0]; }' -o "$root/usr/bin/app"
  added "/usr/share/things/deep/mine literal-data"
}

@test "data below a folder that the program names: what is of no package, as the program" {
  tree a
  mkdir -p "$root/usr/share/app" "$root/var/lib/dpkg/info"
  echo x | tee "$root"/usr/share/app/{mine,foreign} >/dev/null
  cp "$static" "$root/usr/share/app/program"
  compile 'const char *a[] = {"/usr/share/app", "/usr/share"}; int main(int c, char **v) { return a[c % 2][0]; }' -o "$root/usr/bin/app"
  printf 'Package: other\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >"$root/var/lib/dpkg/status"
  printf '/usr/share/app/foreign\n' >"$root/var/lib/dpkg/info/other.list"
  added "/usr/share/app/mine literal-data"
}

@test "a folder of the loader says nothing about what is in it" {
  tree a
  mkdir -p "$root/usr/lib/x86_64-linux-gnu"
  echo x | tee "$root"/usr/lib/{big.dat,x86_64-linux-gnu/big.dat} >/dev/null
  compile 'int f(void) { return 1; }' -shared -o "$root/usr/lib/x86_64-linux-gnu/other.so"
  cp "$root/usr/lib/x86_64-linux-gnu/other.so" "$root/usr/lib/other.so"
  compile 'const char *a[] = {"/usr/lib", "/usr/lib/x86_64-linux-gnu"}; int main(int c, char **v) { return dlopen(a[c % 2], 1) != 0; }' \
    -o "$root/usr/bin/app"
  added ""
}

@test "a user's rule: directories, and nothing else that the glob matches" {
  tree a
  cp "$static" "$root/usr/bin/app"
  mkdir -p "$root/var/x/folder/below"
  echo x | tee "$root"/var/x/{file,folder/y} >/dev/null
  ln -s folder "$root/var/x/link"
  with_rules '{"id": "app", "why": "w", "when": [{"path": "/usr/bin/app"}], "add": [{"directories": ["/var/x/*"]}]}'
  added "/var/x/folder app" --rules rules
  grep -q '"/var/x/link"' report.json
}

@test "--rules: mistakes are told with their place" {
  tree a
  cp "$static" "$root/usr/bin/app"
  with_rules '{"id": "app", "why": "w", "when": [{"path": "/x"}], "add": [{"literals": "all"}]}'
  with_status 2 "$OCISLIM" slim "rootfs:$root" oci:out --entrypoint /usr/bin/app --rules rules
  stderr_has "rules/user.json: rule 'app': literals is files, trees, own-trees, modules, programs or libraries, perhaps with within"
  with_status 2 "$OCISLIM" slim "rootfs:$root" oci:out --entrypoint /usr/bin/app --rules nowhere
  stderr_has "nowhere"
  with_rules '{"id": "app", "why": "w", "when": [{"rule": "none"}], "add": [{"files": ["/x"]}]}'
  with_status 2 "$OCISLIM" rules --rules rules
  stderr_has "rule 'app' waits for rule 'none', which there is not"
  with_rules '{"id": "shell", "why": "w", "when": [{"env": "X"}], "add": [{"files": ["/x"]}]}'
  with_status 2 "$OCISLIM" rules --rules rules
  stderr_has "there is a rule 'shell' already"
  echo '{' >rules/user.json
  with_status 2 "$OCISLIM" rules --rules rules
  stderr_has "rules/user.json"
}
