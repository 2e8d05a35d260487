# The rules that speak of the system's own parts: each on a small tree, in the layouts of Debian, RPM distributions and Alpine.
load common

setup()
{
  root=$BATS_TEST_TMPDIR/root
  mkdir -p "$root"/{etc,usr/bin,usr/lib,usr/share}
  cd "$BATS_TEST_TMPDIR" || return 1
}

# app IMPORT...: /usr/bin/app asks for these functions; TEXT= stands in its data, NEEDS= is a library that it is linked with.
app()
{
  local word source='' libraries=() number=0
  for word; do
    case $word in
      TEXT=*) source+="const char t$((number++))[] = \"${word#*=}\";" ;;
      NEEDS=*) library "${word#*=}" && libraries+=("$root/usr/lib/${word#*=}") ;;
      *) source+="void $word(void); void call$((number++))(void) { $word(); }" ;;
    esac
  done
  cc -x c - -x none -O1 -w -fPIC -shared -nostdlib -fno-builtin -o "$root/usr/bin/app" -Wl,--no-as-needed "${libraries[@]}" <<<"$source"
}

# library NAME: a shared object of that soname.
library() { cc -x c - -fPIC -shared -nostdlib -o "$root/usr/lib/$1" "-Wl,-soname,$1" <<<'int f(void) { return 1; }'; }

# put PATH...: files with one line.
put()
{
  local path
  for path; do
    mkdir -p "$root${path%/*}"
    echo x >"$root$path"
  done
}

# text PATH <CONTENT
text()
{
  mkdir -p "$root${1%/*}"
  cat >"$root$1"
}

# adds VARIABLE... <EXPECTED: the files that rules add with these variables in the environment, sorted; and without rules none of them.
# The folder $own, where it is set, has rules beside those that are built in.
adds()
{
  local variable
  {
    printf 'entrypoint /usr/bin/app\n'
    for variable; do
      printf 'env %s\n' "$variable"
    done
    printf 'layer none\n'
    (cd "$root" && find . -mindepth 1 -type f -printf 'copy /%P '"$root"'/%P\n' -o -type l -printf 'link /%P %l\n') | LC_ALL=C sort
  } | image oci source
  "$OCISLIM" slim -q oci:source oci:dest --allow-missing --report report.json ${own:+--rules "$own"}
  equal "$(jq -r '.kept[] | select(.type != "directory" and .reason.kind == "rule") | .path' report.json)" "$(cat)"
  "$OCISLIM" slim -q oci:source oci:strict --allow-missing --report report.json --keep strict
  equal "$(jq -r '.kept[] | select(.reason.kind == "rule") | .path' report.json)" ""
}

@test "accounts, hosts and the lesser databases" {
  put /etc/{passwd,group,shadow,hosts,services,networks,netgroup,rpc,ethers,subuid}
  app getpwnam getspnam getaddrinfo innetgr
  adds <<'END'
/etc/ethers
/etc/group
/etc/hosts
/etc/netgroup
/etc/networks
/etc/passwd
/etc/rpc
/etc/services
/etc/shadow
END
}

@test "homes of those that a program becomes, without what is in them" {
  printf 'amy:x:1000:1000:Amy:/home/amy:/bin/sh\nbob:x:1001:1001::/srv/bob:/bin/sh\nmail:x:8:8::/var/mail:/bin/false\n' | text /etc/passwd
  put /home/amy/letter /srv/bob/letter
  app initgroups
  adds <<'END'
/etc/passwd
END
  rm -rf dest
  "$OCISLIM" slim -q oci:source oci:dest --allow-missing --report report.json
  equal "$(jq -r '.kept[] | select(.reason.detail // "" | startswith("homes")) | .path' report.json)" "/home/amy
/srv/bob"
}

@test "iconv: the usual encodings, with those of documents for what reads these" {
  local gconv=/usr/lib/x86_64-linux-gnu/gconv
  text $gconv/gconv-modules <<'END'
module	UTF-16//		INTERNAL	UTF-16		1
module	ISO-8859-1//	INTERNAL	ISO8859-1	1
END
  text $gconv/gconv-modules.d/gconv-modules-extra.conf <<'END'
module	EUC-JP//	INTERNAL	EUC-JP		1
module	IBM037//	INTERNAL	IBM037		1
END
  put $gconv/{UTF-16,ISO8859-1,EUC-JP,IBM037}.so
  app iconv_open
  adds <<END
$gconv/ISO8859-1.so
$gconv/UTF-16.so
$gconv/gconv-modules
$gconv/gconv-modules.d/gconv-modules-extra.conf
END
  app iconv_open NEEDS=libxml2.so.2
  adds <<END
$gconv/EUC-JP.so
$gconv/ISO8859-1.so
$gconv/UTF-16.so
$gconv/gconv-modules
$gconv/gconv-modules.d/gconv-modules-extra.conf
END
}

@test "iconv in the folder of RPM distributions, and for a locale that is not in UTF-8" {
  text /usr/lib64/gconv/gconv-modules <<'END'
module	KOI8-R//	INTERNAL	KOI8-R		1
END
  put /usr/lib64/gconv/{KOI8-R,KOI8-T}.so
  app setlocale
  adds LANG=C </dev/null
  adds LANG=ru_RU.KOI8-R <<'END'
/usr/lib64/gconv/KOI8-R.so
/usr/lib64/gconv/gconv-modules
END
}

@test "the locale of the environment, and C.UTF-8" {
  put /usr/lib/locale/{C.utf8,de_DE.utf8,fr_FR.utf8,sr_RS.utf8@latin}/LC_CTYPE /usr/lib/locale/locale-archive
  put /usr/share/locale/{de,fr}/LC_MESSAGES/{app,other}.mo
  app setlocale bindtextdomain
  adds <<'END'
/usr/lib/locale/C.utf8/LC_CTYPE
END
  adds LANG=de_DE.UTF-8 LC_TIME=sr_RS.UTF-8@latin <<'END'
/usr/lib/locale/C.utf8/LC_CTYPE
/usr/lib/locale/de_DE.utf8/LC_CTYPE
/usr/lib/locale/locale-archive
/usr/lib/locale/sr_RS.utf8@latin/LC_CTYPE
/usr/share/locale/de/LC_MESSAGES/app.mo
END
}

@test "time zones: the image's own, or all for what asks by name" {
  put /usr/share/zoneinfo/{UTC,Asia/Kathmandu,Europe/Berlin,right/UTC}
  ln -s /usr/share/zoneinfo/Europe/Berlin "$root/etc/localtime"
  app localtime_r
  adds TZ=:Asia/Kathmandu <<'END'
/usr/share/zoneinfo/Asia/Kathmandu
/usr/share/zoneinfo/Europe/Berlin
/usr/share/zoneinfo/UTC
END
  app NEEDS=libpython3.11.so.1.0
  adds <<'END'
/usr/share/zoneinfo/Asia/Kathmandu
/usr/share/zoneinfo/Europe/Berlin
/usr/share/zoneinfo/UTC
END
}

@test "terminals: the usual ones and the environment's" {
  put /usr/share/terminfo/{x/xterm,x/xterm+osc104,v/vt100,v/vt520,a/att5410} /etc/terminfo/README
  app NEEDS=libtinfo.so.6
  adds TERM=vt520 <<'END'
/etc/terminfo/README
/usr/share/terminfo/v/vt100
/usr/share/terminfo/v/vt520
/usr/share/terminfo/x/xterm
END
}

@test "PAM: the service that the program names, its includes and its modules" {
  text /etc/pam.d/door <<'END'
#%PAM-1.0
auth       required   pam_deny.so
@include common
-session   optional   pam_gone.so
account    substack   stack
auth [success=1 default=ignore] pam_unix.so nullok
auth required pam_listfile.so onerr=fail file=/etc/door.users
# auth required pam_commented.so
END
  echo 'session required /opt/pam_own.so' | text /etc/pam.d/common
  echo 'account required pam_time.so' | text /etc/pam.d/stack
  put /etc/pam.d/{other,window} /etc/security/time.conf /etc/shadow /etc/door.users /opt/pam_own.so
  put /usr/lib/x86_64-linux-gnu/security/pam_{deny,commented}.so /usr/lib64/security/pam_time.so /lib/security/pam_unix.so
  app pam_start TEXT=door
  adds <<'END'
/etc/door.users
/etc/pam.d/common
/etc/pam.d/door
/etc/pam.d/other
/etc/pam.d/stack
/etc/security/time.conf
/etc/shadow
/lib/security/pam_unix.so
/opt/pam_own.so
/usr/lib/x86_64-linux-gnu/security/pam_deny.so
/usr/lib64/security/pam_time.so
END
}

@test "OpenSSL: what its configuration includes, and its providers; no private key" {
  text /etc/pki/tls/openssl.cnf <<'END'
.include = /etc/crypto-policies/back-ends/opensslcnf.config
.include local.cnf
[own]
module = /opt/own.so
# module = /opt/no.so
END
  put /etc/pki/tls/local.cnf /opt/{own,no}.so /usr/lib64/ossl-modules/legacy.so /etc/pki/tls/private/key.pem /etc/ssl/private/key.pem
  put /usr/share/crypto-policies/DEFAULT/opensslcnf.txt
  mkdir -p "$root/etc/crypto-policies/back-ends"
  ln -s /usr/share/crypto-policies/DEFAULT/opensslcnf.txt "$root/etc/crypto-policies/back-ends/opensslcnf.config"
  app NEEDS=libcrypto.so.3
  adds <<'END'
/etc/pki/tls/local.cnf
/etc/pki/tls/openssl.cnf
/opt/own.so
/usr/lib64/ossl-modules/legacy.so
/usr/share/crypto-policies/DEFAULT/opensslcnf.txt
END
}

@test "trust: Debian's links with their targets, and the bundles of others" {
  put /usr/share/ca-certificates/mozilla/a.crt /etc/ssl/certs/{ca-certificates.crt,java/cacerts} /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
    /etc/pki/ca-trust/extracted/java/cacerts /opt/own.pem
  ln -s /usr/share/ca-certificates/mozilla/a.crt "$root/etc/ssl/certs/a.pem"
  ln -s a.pem "$root/etc/ssl/certs/0a1b2c3d.0"
  app NEEDS=libssl.so.3
  adds SSL_CERT_FILE=/opt/own.pem <<'END'
/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
/etc/ssl/certs/0a1b2c3d.0
/etc/ssl/certs/a.pem
/etc/ssl/certs/ca-certificates.crt
/opt/own.pem
/usr/share/ca-certificates/mozilla/a.crt
END
}

@test "GnuTLS, p11-kit and NSS" {
  put /etc/gnutls/config /usr/lib64/pkcs11/{p11-kit-trust,unregistered}.so /usr/lib/{libsoftokn3.so,libfreeblpriv3.so,libnssckbi.so}
  echo 'module: p11-kit-trust.so' | text /usr/share/p11-kit/modules/p11-kit-trust.module
  app NEEDS=libgnutls.so.30 NEEDS=libp11-kit.so.0 NEEDS=libnss3.so
  adds <<'END'
/etc/gnutls/config
/usr/lib/libfreeblpriv3.so
/usr/lib/libnssckbi.so
/usr/lib/libsoftokn3.so
/usr/lib64/pkcs11/p11-kit-trust.so
/usr/share/p11-kit/modules/p11-kit-trust.module
END
}

@test "Kerberos and SASL" {
  printf '[libdefaults]\nincludedir /etc/own.d\n' | text /etc/krb5.conf
  put /etc/own.d/realm /usr/lib/x86_64-linux-gnu/krb5/plugins/{preauth/spake,kdb/db2}.so /usr/lib/sasl2/lib{plain,sasldb}.so /etc/sasl2/app.conf \
    /etc/krb5.keytab
  app NEEDS=libkrb5.so.3 NEEDS=libsasl2.so.3
  adds <<'END'
/etc/krb5.conf
/etc/own.d/realm
/etc/sasl2/app.conf
/usr/lib/sasl2/libplain.so
/usr/lib/x86_64-linux-gnu/krb5/plugins/preauth/spake.so
END
  app sasl_server_init NEEDS=libsasl2.so.3
  adds <<'END'
/etc/sasl2/app.conf
/usr/lib/sasl2/libplain.so
/usr/lib/sasl2/libsasldb.so
END
}

@test "ODBC: the drivers that are registered" {
  printf '[one]\nDriver = /opt/one.so\nSetup=two.so\n;Driver = /opt/no.so\n' | text /etc/odbcinst.ini
  put /opt/{one,no}.so /usr/lib/x86_64-linux-gnu/odbc/{two,three}.so
  app NEEDS=libodbc.so.2
  adds <<'END'
/etc/odbcinst.ini
/opt/one.so
/usr/lib/x86_64-linux-gnu/odbc/two.so
END
}

@test "spelling: dictionaries, and modules of Aspell" {
  put /usr/lib/aspell/{en.multi,x86_64-linux-gnu/nroff-filter.so} /usr/lib64/aspell-0.60/de.dat /usr/share/hunspell/en_US.{aff,dic} /usr/share/mythes/de.idx
  app NEEDS=libaspell.so.15 NEEDS=libhunspell-1.7.so.0
  adds <<'END'
/usr/lib/aspell/en.multi
/usr/lib/aspell/x86_64-linux-gnu/nroff-filter.so
/usr/lib64/aspell-0.60/de.dat
/usr/share/hunspell/en_US.aff
/usr/share/hunspell/en_US.dic
/usr/share/mythes/de.idx
END
}

@test "XML: catalogs, the catalogs that they name, and what stands beside these" {
  echo '<delegatePublic publicIdStartString="x" catalog="file:///etc/xml/book.xml"/>' | text /etc/xml/catalog
  echo '<nextCatalog  catalog="file:///usr/share/xml/book/schema/catalog.xml"/> <uri name="x" uri="/usr/share/xml/style/x.xsl"/>' | text /etc/xml/book.xml
  put /usr/share/xml/book/schema/{catalog.xml,book.dtd} /usr/share/xml/book/other.dtd /usr/share/xml/style/{x,y}.xsl
  app xmlLoadCatalogs
  adds <<'END'
/etc/xml/book.xml
/etc/xml/catalog
/usr/share/xml/book/schema/book.dtd
/usr/share/xml/book/schema/catalog.xml
/usr/share/xml/style/x.xsl
END
}

@test "fonts, images and documents" {
  put /etc/fonts/{fonts.conf,conf.avail/20.conf} /usr/share/fontconfig/conf.avail/10.conf /usr/share/fonts/a.ttf /var/cache/fontconfig/x.cache-8
  mkdir -p "$root/etc/fonts/conf.d"
  ln -s /usr/share/fontconfig/conf.avail/10.conf "$root/etc/fonts/conf.d/10.conf"
  echo '"/usr/lib/loaders/svg.so"' | text /usr/lib/gdk-pixbuf-2.0/2.10.0/loaders.cache
  put /usr/lib/loaders/{svg,unlisted}.so /usr/lib/ImageMagick-6.9.11/modules-Q16/coders/png.{so,la} /etc/ImageMagick-6/policy.xml
  put /usr/share/ghostscript/10.0/Resource/Init/gs_init.ps /usr/share/ghostscript/10.0/doc/x.htm /usr/share/poppler/cMap/H /usr/lib/graphviz/{config6a,x.so.6}
  app NEEDS=libfontconfig.so.1 NEEDS=libgdk_pixbuf-2.0.so.0 NEEDS=libMagickCore-6.Q16.so.6 NEEDS=libgs.so.10 NEEDS=libpoppler.so.126 NEEDS=libgvc.so.6
  adds <<'END'
/etc/ImageMagick-6/policy.xml
/etc/fonts/conf.d/10.conf
/etc/fonts/fonts.conf
/usr/lib/ImageMagick-6.9.11/modules-Q16/coders/png.so
/usr/lib/gdk-pixbuf-2.0/2.10.0/loaders.cache
/usr/lib/graphviz/config6a
/usr/lib/graphviz/x.so.6
/usr/lib/loaders/svg.so
/usr/share/fontconfig/conf.avail/10.conf
/usr/share/fonts/a.ttf
/usr/share/ghostscript/10.0/Resource/Init/gs_init.ps
/usr/share/poppler/cMap/H
/var/cache/fontconfig/x.cache-8
END
}

@test "data: libmagic, ICU, GIO" {
  put /usr/lib/file/magic.mgc /usr/share/icu/74.2/icudt74l.dat /usr/lib/gio/modules/{giomodule.cache,libtls.so} /usr/share/mime/{mime.cache,globs2}
  app g_content_type_guess NEEDS=libmagic.so.1 NEEDS=libicuuc.so.74 NEEDS=libgio-2.0.so.0
  adds <<'END'
/usr/lib/file/magic.mgc
/usr/lib/gio/modules/giomodule.cache
/usr/lib/gio/modules/libtls.so
/usr/share/icu/74.2/icudt74l.dat
/usr/share/mime/mime.cache
END
}

@test "the example of CONTRIBUTING.md" {
  own=$PWD/own
  mkdir "$own"
  sed -n '/^   ```json$/,/^   ```$/p' "$tools/../../CONTRIBUTING.md" | sed '/```/d' >"$own/door.json"
  echo 'lock brass' | text /etc/door/front.conf
  put /etc/door/examples/back.conf /usr/lib64/door/{brass,iron}.so
  app NEEDS=libdoor.so.1
  adds <<'END'
/etc/door/front.conf
/usr/lib64/door/brass.so
END
}
