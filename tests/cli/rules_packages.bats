# What the image's package database says of a program: the data that came with it, and folders by the name of its package.
load common
load trees

# package NAME SOURCE DEPENDS PATH...: one of dpkg's, with these files and folders (a slash at the end).
package()
{
  local name=$1 path
  mkdir -p "$root/var/lib/dpkg/info"
  printf 'Package: %s\nSource: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nDepends: %s\n\n' "$1" "$2" "$3" >>"$root/var/lib/dpkg/status"
  shift 3
  for path; do
    if [[ $path == */ ]]; then
      mkdir -p "$root$path"
    elif [[ ! -e $root$path ]]; then
      put "$path"
    fi
    echo "${path%/}" >>"$root/var/lib/dpkg/info/$name.list"
  done
}

# put PATH...: files with one line.
put()
{
  local path
  for path; do
    mkdir -p "$root${path%/*}"
    echo x >"$root$path"
  done
}

# program PATH...: static ones.
program()
{
  local path
  for path; do
    mkdir -p "$root${path%/*}"
    cp "$static" "$root$path"
  done
}

@test "the data that came with a program, and with what it depends on of its source or of data only" {
  tree a
  program /usr/bin/{app,app-helper,other}
  package app app 'app-common (>= 1), app-texts, tool, libthing' /usr/bin/app /usr/bin/app-helper /usr/share/things/a /usr/lib/things/x.so /usr/share/doc/app/b
  package app-common app '' /usr/share/things/common /usr/share/things/header.h
  package app-texts texts 'more-texts' /usr/share/texts/a
  package more-texts texts '' /usr/share/texts/b
  package tool tool '' /usr/bin/other /usr/share/tool/a
  package libthing thing '' /usr/lib/things/y.so.1 /usr/share/thing/a
  package unasked unasked '' /usr/share/things/unasked
  added "/usr/share/texts/a own-package
/usr/share/texts/b own-package
/usr/share/things/a own-package
/usr/share/things/common own-package"
  added "" --keep strict
}

@test "the data that the package of a Python module depends on" {
  tree a
  program /usr/bin/{app,python3.11}
  package python3-plot plot 'plot-data' /usr/lib/python3/dist-packages/plot/__init__.py /usr/share/plots/own
  package plot-data plot-data '' /usr/share/plots/font.ttf /usr/share/doc/plot-data/x
  "$OCISLIM" slim -q "rootfs:$root" oci:out --entrypoint /usr/bin/app --exec /usr/bin/python3.11 --report report.json
  equal "$(jq -r '.kept[].path' report.json | grep ^/usr/share/)" "/usr/share/plots
/usr/share/plots/font.ttf
/usr/share/plots/own"
}

@test "folders by the name of a package: settings and state whole, logs without what is in them, data of others" {
  tree a
  program /usr/bin/app
  package rabbit-server rabbit '' /usr/bin/app /etc/rabbit.d/ /etc/rab/ /etc/cellar/ /var/lib/rabbit/ /var/log/rabbit/ /srv/rabbit/ /etc/init.d/rabbit
  put /etc/rabbit.d/mine /etc/rab/no /etc/rabbit.conf /etc/rabbits/no /etc/cellar/no /var/lib/rabbit/mine /var/log/rabbit/no /var/cache/rabbit/deep/no /var/lib/rabbits/no
  put /usr/share/rabbit/theirs /usr/share/rabbits/no
  program /usr/share/rabbit/program /etc/rabbit.d/program
  added "/etc/cellar own-package
/etc/rab own-package
/etc/rabbit.conf own-folders
/etc/rabbit.d own-package
/etc/rabbit.d/mine own-folders
/etc/rabbit.d/program own-folders
/srv/rabbit own-package
/usr/share/rabbit own-folders
/usr/share/rabbit/theirs own-folders
/var/cache/rabbit own-folders
/var/cache/rabbit/deep own-folders
/var/lib/rabbit own-package
/var/lib/rabbit/mine own-folders
/var/log/rabbit own-package"
}

@test "what a program's own settings name, and no folder of the system" {
  tree a
  program /usr/bin/app /usr/lib/helpers/check /usr/lib/helpers/none
  package app app '' /usr/bin/app
  put /etc/{names,v.pem,ssl/x} /bin/perl /srv/{page/a,hosts,none} /usr/share/{one,two}/x /opt/x.pem /var/www/site/index /home/amy/x /var/lib/other/file
  mkdir -p "$root/etc/app"
  cat >"$root/etc/app/main.conf" <<'END'
# root /srv/none
root = "/srv/page"; hosts=/srv/hosts
  ;ignored /srv/none
check exec:/usr/lib/helpers/check -x /usr/bin, /usr/share /etc /home/amy /usr/lib/x86_64-linux-gnu
<file>/opt/x.pem</file> (/var/www/site/) /srv/nowhere/x http://example.com/srv/none
log /var/lib/other/new.log
${lookup{x}lsearch{/etc/names}} cert=/etc/v.pem /etc/ssl #!/bin/perl
END
  added "/etc/app own-folders
/etc/app/main.conf own-folders
/etc/names own-settings
/etc/v.pem own-settings
/opt own-settings
/opt/x.pem own-settings
/srv own-settings
/srv/hosts own-settings
/srv/page own-settings
/srv/page/a own-settings
/usr/lib/helpers/check own-settings
/var/lib/other own-settings
/var/www own-settings
/var/www/site own-settings
/var/www/site/index own-settings"
}

@test "folders that programs write to: /run by both its names" {
  tree a
  mkdir -p "$root"/run/lock "$root/var/log" "$root/var/tmp"
  ln -s /run "$root/var/run"
  compile 'const char *a[] = {"/var/run/app.pid", "/var/tmp/app"}; int main(int c, char **v) { return a[c % 2][0]; }' -o "$root/usr/bin/app"
  added "/run run-folders
/var/tmp temporary-folder"
  grep -q '"/var/run"' report.json
  compile 'const char *a[] = {"/run/lock/app", "/var/log/app.log"}; int main(int c, char **v) { return a[c % 2][0]; }' -o "$root/usr/bin/app"
  added "/run run-folders
/run/lock lock-folders
/var/log log-folder"
}

@test "translations by the name of the package" {
  tree a
  compile 'int main(void) { return bindtextdomain("suite", 0) != 0; }' -o "$root/usr/bin/app"
  package suite-bin suite '' /usr/bin/app
  put /usr/share/locale/{de,fr}/LC_MESSAGES/{suite,other}.mo
  {
    printf 'entrypoint /usr/bin/app\nenv LANG=de_DE.UTF-8\nlayer none\n'
    (cd "$root" && find . -mindepth 1 -type f -printf 'copy /%P '"$root"'/%P\n')
  } | image oci source
  "$OCISLIM" slim -q oci:source oci:out --allow-missing --report report.json
  equal "$(jq -r '.kept[] | select(.type == "file") | .path' report.json | grep ^/usr/share)" "/usr/share/locale/de/LC_MESSAGES/suite.mo"
}
