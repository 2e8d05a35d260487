# Rules and the loader together: each program loads in its own way, modules as the program that loads them.
load common
load trees

# library PATH SONAME [FLAG...]: one that has f().
library()
{
  local path=$1 soname=$2
  shift 2
  mkdir -p "$root${path%/*}"
  compile 'int f(void) { return 1; }' -shared -fPIC -o "$root$path" -Wl,-soname,"$soname" "$@"
}

# kept PATH: whether the last report has it.
kept() { jq -e --arg path "$1" 'any(.kept[]; .path == $path)' report.json >/dev/null; }

slim() { "$OCISLIM" slim -q "rootfs:$root" rootfs:out --report report.json "$@" && rm -rf out; }

@test "a library that a rule names is looked for by each program" {
  tree a
  library /opt/b/libx.so.1 libx.so.1
  compile 'int main(void) { return 0; }' -o "$root/usr/bin/a"
  compile 'int main(void) { return 0; }' -o "$root/usr/bin/b" -Wl,--disable-new-dtags,-rpath,/opt/b
  with_rules '{"id": "x", "why": "w", "when": [{"import": "__libc_start_main"}], "add": [{"libraries": ["libx.so.1"]}]}'
  slim --allow-missing --rules rules --entrypoint /usr/bin/a --exec /usr/bin/b
  kept /opt/b/libx.so.1
}

@test "what a shared library loads is looked for by each program" {
  tree a
  library /opt/b/liblate.so.1 liblate.so.1
  compile 'void *dlopen(const char *, int); void *g(void) { return dlopen("liblate.so.1", 1); }' -shared -fPIC -o "$root/usr/lib/libplug.so.1" \
    -Wl,-soname,libplug.so.1
  compile 'void *g(void); int main(void) { return g() != 0; }' -o "$root/usr/bin/a" "$root/usr/lib/libplug.so.1"
  compile 'void *g(void); int main(void) { return g() != 0; }' -o "$root/usr/bin/b" "$root/usr/lib/libplug.so.1" \
    -Wl,--disable-new-dtags,-rpath,/opt/b
  slim --allow-missing --entrypoint /usr/bin/a --exec /usr/bin/b
  kept /opt/b/liblate.so.1
}

@test "a module that misses something does not stop a program that may never load it" {
  tree a
  library /usr/lib/libneeded.so.1 libneeded.so.1
  mkdir "$root/usr/lib/app"
  compile 'int f(void); int g(void) { return f(); }' -shared -fPIC -o "$root/usr/lib/app/late.so" "$root/usr/lib/libneeded.so.1"
  rm "$root/usr/lib/libneeded.so.1"
  mkdir -p "$root/lib64" "$root/lib/x86_64-linux-gnu"
  cp /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
  cp /lib/x86_64-linux-gnu/libc.so.6 "$root/lib/x86_64-linux-gnu/"
  compile 'void *dlopen(const char *, int); int main(void) { return dlopen("/usr/lib/app", 1) != 0; }' -o "$root/usr/bin/app"
  with_status 0 "$OCISLIM" slim -q "rootfs:$root" rootfs:out --entrypoint /usr/bin/app --report report.json
  kept /usr/lib/app/late.so
  jq -e 'any(.warnings[]; contains("libneeded.so.1"))' report.json
}

@test "a module finds its libraries by the RPATH of the program that loads it" {
  tree a
  library /opt/app/lib/libdep.so.1 libdep.so.1
  mkdir "$root/usr/lib/mods"
  compile 'int f(void); int g(void) { return f(); }' -shared -fPIC -o "$root/usr/lib/mods/m.so" "$root/opt/app/lib/libdep.so.1"
  compile 'int main(void) { return 0; }' -o "$root/usr/bin/app" -Wl,--disable-new-dtags,-rpath,/opt/app/lib
  with_rules '{"id": "m", "why": "w", "when": [{"path": "/usr/bin/app"}], "add": [{"files": ["/usr/lib/mods"]}]}'
  slim --allow-missing --rules rules --entrypoint /usr/bin/app
  kept /opt/app/lib/libdep.so.1
}

@test "the cache is kept when only a later library is found by it" {
  tree a
  library /opt/x/libx.so.1 libx.so.1
  echo /opt/x >"$root/etc/ld.so.conf"
  ldconfig -r "$root"
  compile 'void *dlopen(const char *, int); int main(void) { return dlopen("libx.so.1", 1) != 0; }' -o "$root/usr/bin/app"
  slim --allow-missing --entrypoint /usr/bin/app
  kept /opt/x/libx.so.1
  kept /etc/ld.so.cache
}

@test "variants for other processors of what is loaded later" {
  tree a
  library /usr/lib/x86_64-linux-gnu/libx.so.1 libx.so.1
  library /usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libx.so.1 libx.so.1
  mkdir -p "$root/lib64"
  cp /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
  compile 'void *dlopen(const char *, int); int main(void) { return dlopen("libx.so.1", 1) != 0; }' -o "$root/usr/bin/app"
  slim --allow-missing --entrypoint /usr/bin/app
  kept /usr/lib/x86_64-linux-gnu/libx.so.1
  kept /usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libx.so.1
}

@test "a script that an object starts comes with its interpreter" {
  tree a
  mkdir "$root/usr/lib/app"
  cp "$static" "$root/usr/bin/lang"
  printf '#!/usr/bin/lang\n' >"$root/usr/lib/app/helper.x"
  chmod 755 "$root/usr/lib/app/helper.x"
  compile 'int main(int c, char **v) { return execv("/usr/lib/app/helper.x", v); }' -o "$root/usr/bin/app"
  slim --allow-missing --entrypoint /usr/bin/app
  kept /usr/lib/app/helper.x
  kept /usr/bin/lang
}

@test "conditions about files hold for one file, in whichever order they become known" {
  tree a
  mkdir -p "$root"/usr/share/{a,b} "$root/var/lib/dpkg"
  echo x | tee "$root"/usr/share/{a,b}/data >/dev/null
  printf 'Package: app\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >"$root/var/lib/dpkg/status"
  compile 'int main(void) { return (long)dlopen("x", 1); }' -o "$root/usr/bin/a"
  compile 'int main(void) { return (long)getpwuid(0) + (long)dlopen("x", 1); }' -o "$root/usr/bin/b"
  with_rules '{"id": "all", "why": "w", "when": [{"all": [{"path": "/usr/bin/*"}, {"import": "dlopen"}, {"import": "getpwuid"}, {"package": "app"}]}],
    "add": [{"files": ["/usr/share/{name}"]}]}'
  for order in 'a b' 'b a'; do
    slim --allow-missing --rules rules --entrypoint "/usr/bin/${order% *}" --exec "/usr/bin/${order#* }"
    kept /usr/share/b/data
    ! kept /usr/share/a/data || false
  done
}

@test "a text with dots or another spelling reaches nothing that the rule does not speak of" {
  tree a
  mkdir -p "$root"/{srv/secret,etc/X11/xkb,usr/share/app}
  echo x | tee "$root"/{srv/secret/key,etc/app.conf,etc/X11/xkb/y,usr/share/app/x} >/dev/null
  compile 'const char *a[] = {"/etc/X11/../../usr", "/etc/.", "/etc//.//", "/etc/X11/xkb", "/srv/secret"}; int main(int c, char **v) { return a[c % 5][0]; }' \
    -o "$root/usr/bin/app"
  added ""
  with_rules '{"id": "home", "why": "w", "when": [{"string": "/*"}], "add": [{"literals": "trees", "within": ["{env:APP_HOME}/**"]}]}'
  added "" --rules rules
}

@test "the names of a soname need not be text" {
  tree a
  compile 'int f(void) { return 1; }' -shared -fPIC -o "$root/usr/lib/libx.so" -Wl,-soname,"$(printf 'libldapxxxxxxxxxxxxx\375')"
  compile 'int f(void); int main(void) { return f(); }' -o "$root/usr/bin/app" "$root/usr/lib/libx.so"
  with_rules '{"id": "x", "why": "w", "when": [{"soname": "*lib*_module.so.1"}], "add": [{"files": ["/x"]}]}'
  added "" --rules rules
}

@test "a name with wildcards, among folders of the loader that lead nowhere or are none" {
  tree a
  library /usr/lib/x86_64-linux-gnu/libicuuc.so.72 libicuuc.so.72
  mkdir -p "$root/lib64"
  cp /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
  ln -s /nowhere "$root/usr/lib/a-linux-b"
  ln -s c-linux-d "$root/usr/lib/c-linux-d"
  echo x >"$root/usr/lib/e-linux-f"
  ln -s x86_64-linux-gnu "$root/usr/lib/g-linux-h"
  compile 'int main(void) { return 0; }' -o "$root/usr/bin/app"
  with_rules '{"id": "icu", "why": "w", "when": [{"path": "/usr/bin/app"}], "add": [{"libraries": ["libicuuc.so.*"]}]}'
  slim --allow-missing --rules rules --entrypoint /usr/bin/app
  kept /usr/lib/x86_64-linux-gnu/libicuuc.so.72
}
