#!/usr/bin/env bash
# literals.sh OCISLIM [NAME...]: what slim/rules/literals.json brings, on packages as different as possible. Each program does some real work in the fat
# root under strace; a file that it opens, and that the loader's closure does not have, is needed. It runs as root.
set -euo pipefail
export LC_ALL=C
# shellcheck source-path=SCRIPTDIR source=../field/base.sh
. "${BASH_SOURCE[0]%/*}/../field/base.sh"

ocislim=$(realpath "$1") here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/ocislim-literals.XXXXXX")
trap 'rm -rf "$work"' EXIT

packages=(git curl openssl imagemagick gnupg rsyslog vim-tiny ffmpeg smbclient dnsmasq tcpdump sqlite3 graphviz poppler-utils ghostscript
  fonts-dejavu-core ca-certificates locales tzdata login sudo unixodbc krb5-user libsasl2-modules sasl2-bin p11-kit p11-kit-modules gnutls-bin
  libnss3-tools file fontconfig ncurses-base ncurses-bin libgdk-pixbuf2.0-bin glib-networking strace librsvg2-common ldap-utils nano
  libpam-modules python3-minimal)

literals_make_root() { base_bootstrap bookworm "$1" --include="$(IFS=,; echo "${packages[*]}")"; }

# NAME PATH: a program, and what it is to do, as a shell text that runs in the root.
programs=(
  git /usr/bin/git 'git init -q /tmp/g; cd /tmp/g; git config user.name a; git config user.email a@b.example; echo x >x; git add x; git commit -qm x; git log; git gc -q; git stash list; git ls-remote https://127.0.0.1:1/x'
  curl /usr/bin/curl 'curl -s https://localhost:1/; curl -s ftp://localhost:1/; curl -s file:///etc/hostname; curl -sn ldap://localhost:1/'
  openssl /usr/bin/openssl 'echo x | openssl enc -des-cbc -provider legacy -provider default -k x -pbkdf2; openssl req -x509 -newkey ed25519 -noenc -subj /CN=x -keyout /tmp/k; openssl s_client localhost:1'
  imagemagick /usr/bin/convert 'convert -size 99x40 xc:white -font DejaVu-Sans -draw "text 9,30 x" /tmp/a.png; for f in webp tiff jp2 gif svg bmp; do convert /tmp/a.png /tmp/a.$f; convert /tmp/a.$f info:; done'
  gnupg /usr/bin/gpg 'export HOME=/tmp; gpg --batch --pinentry-mode loopback --passphrase "" --quick-gen-key a@b.example; echo x | gpg --batch -ear a@b.example >/tmp/m; gpg --batch -d /tmp/m; gpgconf --kill all'
  rsyslog /usr/sbin/rsyslogd 'rsyslogd -N1; timeout 2 rsyslogd -n -i /tmp/pid'
  vim /usr/bin/vim.tiny 'export TERM=tmux-256color; echo x >/tmp/t; vim.tiny -e -s -c "s/x/y/" -c "syntax on" -c wq /tmp/t; printf ":q\n" | vim.tiny /tmp/t'
  ffmpeg /usr/bin/ffmpeg 'ffmpeg -v error -f lavfi -i testsrc=d=0.2 -vf drawtext=text=x /tmp/a.mp4; ffmpeg -v error -i /tmp/a.mp4 /tmp/a.webm; ffmpeg -v error -i https://localhost:1/x'
  samba /usr/bin/smbclient 'smbclient -N -L localhost; smbclient -U a%b -L localhost --use-kerberos=desired'
  dnsmasq /usr/sbin/dnsmasq 'dnsmasq --test; timeout 2 dnsmasq -k -p 5399 --user=dnsmasq'
  tcpdump /usr/bin/tcpdump 'timeout 2 tcpdump -c 1 -i lo -w /tmp/p; tcpdump -r /tmp/p; tcpdump -d port http and proto igmp'
  sqlite /usr/bin/sqlite3 'sqlite3 /tmp/d "create table t(x); insert into t values(datetime(0,\"unixepoch\",\"localtime\")); select * from t;"; echo .quit | sqlite3'
  graphviz /usr/bin/dot 'for f in png svg pdf gif; do echo "digraph{a->b}" | dot -T$f >/tmp/o; done; echo "digraph{a->b}" | dot -Kneato -Tps'
  poppler /usr/bin/pdftoppm 'printf "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj 4 0 obj<</Length 28>>stream\nBT /F 20 Tf 9 9 Td (x) Tj ET\nendstream endobj 5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj trailer<</Root 1 0 R>>\n" >/tmp/a.pdf; pdftoppm -r 50 /tmp/a.pdf /tmp/o'
)

# opened NAME TEXT: the regular files of the root that the work opens or runs, by their real paths, save those that any shell opens.
opened()
{
  # shellcheck disable=SC2016 # the text is for the inner shell
  unshare --mount bash -c 'mount --bind "$1" "$1" && cd "$1" && mount -t tmpfs tmpfs tmp && mount -t tmpfs tmpfs root && mount -t proc proc proc &&
    mount --bind /dev dev && timeout 120 strace -f -qq -e trace=open,openat,execve,execveat -o "$3" \
    chroot "$1" /bin/sh -c "PATH=/usr/sbin:/usr/bin LC_ALL= LANG=C.UTF-8; export PATH LC_ALL LANG; $2"' - "$root" "$2" "$work/$1.trace" \
    >"$work/$1.log" 2>&1 </dev/null || true
  sed -nE '/= (-1|\?)/d; /O_DIRECTORY/d; s/^[0-9]+ +(open\(|openat\(AT_FDCWD, |execve\()"(\/[^"]*)".*/\2/p' "$work/$1.trace" | grep -Ev '^/(proc|sys|dev|tmp|run|root)(/|$)' |
    sort -u | while read -r path; do chroot "$root" /usr/bin/realpath -qe "$path" || true; done | sort -u |
    while read -r path; do [[ ! -f $root$path ]] || echo "$path"; done
}

# kept NAME PATH OPTION...: the files that the image gets.
kept()
{
  "$ocislim" slim --quiet "rootfs:$root" "oci-archive:$work/out.tar" --compression none --allow-missing --entrypoint "$2" --report "$work/report.json" \
    "${@:3}" 2>/dev/null
  jq -r '.kept[] | select(.type == "file") | "\(.size) \(.path)"' "$work/report.json" | sort
}

megabytes() { awk '{ sum += $1 } END { printf "%.1f", sum / 1e6 }' "$1"; }

# row NAME PATH TEXT
row()
{
  local name=$1 set found
  kept "$name" "$2" --keep strict >"$work/strict"
  kept "$name" "$2" --keep strict --rules "$work/rules" >"$work/literals"
  kept "$name" "$2" >"$work/safe"
  for set in strict literals safe; do
    cut -d ' ' -f 2- "$work/$set" | sort >"$work/$set.paths"
  done
  opened "$name" "$3" | grep -vxF -e /usr/sbin/chroot -e /usr/bin/timeout -e /usr/bin/dash -e /usr/bin/bash -e /etc/ld.so.cache >"$work/opened" || true
  comm -23 "$work/opened" "$work/strict.paths" >"$work/needed"
  printf '| %s | %s | %d | %d | %d | %s | %d | %s |\n' "$name" "$(megabytes "$work/strict")" "$(wc -l <"$work/needed")" \
    "$(comm -12 "$work/needed" "$work/literals.paths" | wc -l)" "$(comm -12 "$work/needed" "$work/safe.paths" | wc -l)" \
    "$(comm -13 "$work/strict" "$work/literals" | megabytes /dev/stdin)" "$(comm -13 "$work/strict.paths" "$work/literals.paths" | wc -l)" \
    "$(comm -13 "$work/strict" "$work/safe" | megabytes /dev/stdin)"
  found=$(comm -23 "$work/needed" "$work/safe.paths" | awk -v most="${LITERALS_MISSED:-0}" 'NR <= most')
  [[ -z $found ]] || printf '%s\n' "$found" | sed 's/^/    missed: /'
}

cache_make "$ocislim_cache/bench/literals" literals_make_root >&2
root=$ocislim_cache/bench/literals
mkdir "$work/rules"
cp "$here/../../slim/rules/literals.json" "$work/rules/"
echo '| program | strict, MB | needed beyond it | by literals | by all rules | literals bring, MB | files | all rules bring, MB |'
echo '|---|---|---|---|---|---|---|---|'
for ((i = 0; i < ${#programs[@]}; i += 3)); do
  if (($# == 1)) || [[ " ${*:2} " == *" ${programs[i]} "* ]]; then
    row "${programs[@]:i:3}"
  fi
done
