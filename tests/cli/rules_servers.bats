# What the rules for servers add: in the layouts of Debian, Alpine, the RPM distributions and the vendors' own images.
load common

# tree PROGRAM...: static programs in the place of the real ones.
tree()
{
  root=$PWD/tree
  rm -rf "$root"
  mkdir -p "$root"
  local program
  for program; do
    mkdir -p "$root${program%/*}"
    cp "$static" "$root$program"
  done
  first=$1
}

# files PATH...: files whose content says nothing; text PATH CONTENT: one line after the other.
files()
{
  local path
  for path; do
    mkdir -p "$root${path%/*}"
    echo x >"$root$path"
  done
}

text()
{
  mkdir -p "$root${1%/*}"
  printf '%b\n' "$2" >"$root$1"
}

symlink()
{
  mkdir -p "$root${1%/*}"
  ln -s "$2" "$root$1"
}

# added [OPTION...]: the files that rules add for the first program of the tree, one line.
added()
{
  "$OCISLIM" slim -q "rootfs:$root" oci:out --entrypoint "$first" --allow-missing --report report.json "$@" || { echo "status $?"; return; }
  rm -rf out
  jq -r --arg first "$first" '.kept[] | select(.type != "directory" and .path != $first) | .path' report.json | paste -sd ' '
}

folders() { jq -r '.kept[] | select(.type == "directory" and .reason.kind == "rule") | .path' report.json | paste -sd ' '; }

@test "nginx of its vendor: the loaded module through the link, what the configuration names, and the folders to write to" {
  tree /usr/sbin/nginx
  symlink /etc/nginx/modules /usr/lib/nginx/modules
  files /usr/lib/nginx/modules/{one,two,unused}.so /etc/nginx/mime.types /srv/{a,b}/page /srv/none/page /opt/site.conf /opt/cert.pem
  mkdir -p "$root/var/cache/nginx" "$root/var/log/nginx" "$root/var/spool/cache/x"
  symlink /var/log/nginx/access.log /dev/stdout
  text /etc/nginx/nginx.conf 'load_module modules/one.so;\n  load_module "/usr/lib/nginx/modules/two.so";\n#load_module modules/unused.so;\nhttp { include /opt/*.conf; }'
  text /etc/nginx/conf.d/a.conf 'server { root /srv/a; ssl_certificate /opt/cert.pem;\n  location /srv/none { alias /srv/b/; }\n  proxy_cache_path /var/spool/cache/x keys;\n}'
  equal "$(added)" "/etc/nginx/conf.d/a.conf /etc/nginx/mime.types /etc/nginx/modules /etc/nginx/nginx.conf /opt/cert.pem /opt/site.conf\
 /srv/a/page /srv/b/page /usr/lib/nginx/modules/one.so /usr/lib/nginx/modules/two.so /var/log/nginx/access.log"
  equal "$(folders | tr ' ' '\n' | grep ^/var | paste -sd ' ')" "/var/cache/nginx /var/log/nginx /var/spool/cache /var/spool/cache/x"
  equal "$(added --keep strict)" ""
}

@test "nginx: what the templates of its configuration name" {
  tree /usr/sbin/nginx
  files /srv/{a,b,unused}/page /opt/{cert.pem,key.pem}
  text /etc/nginx/templates/site.conf.template 'server {\n  server_name ${NAME};\n  root /srv/a;\n  ssl_certificate /opt/cert.pem;\n}'
  text /etc/nginx/templates/more/b.conf.template 'location /b/ { alias /srv/b/; }'
  equal "$(added)" "/etc/nginx/templates/more/b.conf.template /etc/nginx/templates/site.conf.template /opt/cert.pem /srv/a/page /srv/b/page"
}

@test "nginx of Alpine: links below its own folder" {
  tree /usr/sbin/nginx
  symlink /var/lib/nginx/modules /usr/lib/nginx/modules
  symlink /var/lib/nginx/logs /var/log/nginx
  mkdir -p "$root/var/log/nginx" "$root/var/lib/nginx/tmp/proxy"
  files /usr/lib/nginx/modules/{one,unused}.so /var/lib/nginx/html/index.html
  text /etc/nginx/nginx.conf 'include /etc/nginx/modules/*.conf;'
  text /etc/nginx/modules/10_one.conf 'load_module "modules/one.so";'
  equal "$(added)" "/etc/nginx/modules/10_one.conf /etc/nginx/nginx.conf /usr/lib/nginx/modules/one.so /var/lib/nginx/html/index.html\
 /var/lib/nginx/logs /var/lib/nginx/modules"
}

@test "apache of Debian: what is enabled, and programs that the configuration runs" {
  tree /usr/sbin/apache2
  files /usr/lib/apache2/modules/mod_{one,two}.so /usr/share/apache2/{icons/a.gif,error/404.html,ask,unused} /srv/www/page /etc/mime.types
  chmod 755 "$root/usr/share/apache2/ask"
  text /etc/apache2/mods-available/one.load 'LoadModule one_module /usr/lib/apache2/modules/mod_one.so'
  text /etc/apache2/mods-available/two.load 'LoadModule two_module /usr/lib/apache2/modules/mod_two.so'
  symlink /etc/apache2/mods-enabled/one.load ../mods-available/one.load
  text /etc/apache2/sites-enabled/site.conf '<VirtualHost *:80>\n  DocumentRoot "/srv/www"\n  SSLPassPhraseDialog exec:/usr/share/apache2/ask\n</VirtualHost>'
  equal "$(added)" "/etc/apache2/mods-available/one.load /etc/apache2/mods-available/two.load /etc/apache2/mods-enabled/one.load\
 /etc/apache2/sites-enabled/site.conf /etc/mime.types /srv/www/page /usr/lib/apache2/modules/mod_one.so /usr/share/apache2/ask\
 /usr/share/apache2/error/404.html /usr/share/apache2/icons/a.gif"
  equal "$(added --keep strict)" ""
}

@test "apache of the RPM distributions, and of its vendor: names relative to the server's root" {
  tree /usr/sbin/httpd
  symlink /etc/httpd/modules ../../usr/lib64/httpd/modules
  files /usr/lib64/httpd/modules/mod_{one,unused}.so /usr/share/httpd/icons/a.gif /var/www/html/page /run/httpd/x
  symlink /etc/httpd/run /run/httpd
  text /etc/httpd/conf.modules.d/00-one.conf 'LoadModule one_module modules/mod_one.so'
  equal "$(added)" "/etc/httpd/conf.modules.d/00-one.conf /etc/httpd/modules /etc/httpd/run /usr/lib64/httpd/modules/mod_one.so\
 /usr/share/httpd/icons/a.gif /var/www/html/page"
  tree /usr/local/apache2/bin/httpd
  files /usr/local/apache2/modules/mod_{one,two,unused}.so /usr/local/apache2/{htdocs/page,icons/a.gif,error/x,include/httpd.h,man/x}
  text /usr/local/apache2/conf/httpd.conf '  LoadModule one_module modules/mod_one.so\n# LoadModule unused_module modules/mod_unused.so'
  text /usr/local/apache2/conf/extra/two.conf 'loadmodule two_module modules/mod_two.so'
  equal "$(added)" "/usr/local/apache2/conf/extra/two.conf /usr/local/apache2/conf/httpd.conf /usr/local/apache2/error/x\
 /usr/local/apache2/htdocs/page /usr/local/apache2/icons/a.gif /usr/local/apache2/modules/mod_one.so /usr/local/apache2/modules/mod_two.so"
}

@test "postgresql: extensions, dictionaries, modules, the tools beside it" {
  tree /usr/lib/postgresql/15/bin/initdb /usr/lib/postgresql/15/bin/postgres /usr/bin/locale /bin/sh
  files /usr/lib/postgresql/15/lib/{plpgsql.so,bitcode/postgres.index.bc,pgxs/x} /usr/share/postgresql/15/{extension/a.control,tsearch_data/a.stop,man/x} \
    /usr/share/locale/de/LC_MESSAGES/postgres-15.mo /usr/share/zoneinfo/{Europe/Prague,posix/UTC}
  equal "$(added)" "/bin/sh /usr/bin/locale /usr/lib/postgresql/15/bin/postgres /usr/lib/postgresql/15/lib/plpgsql.so\
 /usr/share/postgresql/15/extension/a.control /usr/share/postgresql/15/tsearch_data/a.stop /usr/share/zoneinfo/Europe/Prague"
  files /usr/lib/postgresql/15/lib/llvmjit.so
  added | grep -q '/usr/lib/postgresql/15/lib/bitcode/postgres.index.bc'
  tree /usr/local/bin/postgres
  files /usr/local/lib/{libother.so,postgresql/plpgsql.so,postgresql/pgxs/x} /usr/local/share/postgresql/{extension/a.control,timezonesets/Default}
  equal "$(added)" "/usr/local/lib/postgresql/plpgsql.so /usr/local/share/postgresql/extension/a.control /usr/local/share/postgresql/timezonesets/Default"
  tree /usr/pgsql-16/bin/postgres
  files /usr/pgsql-16/{lib/plpgsql.so,share/extension/a.control,share/postgres.bki,share/man/x}
  equal "$(added)" "/usr/pgsql-16/lib/plpgsql.so /usr/pgsql-16/share/extension/a.control /usr/pgsql-16/share/postgres.bki"
}

@test "mariadb: plugins, messages, and what its scripts start" {
  tree /usr/libexec/mariadbd
  files /etc/my.cnf.d/server.cnf /usr/lib64/mariadb/plugin/{ha_a.so,debug/ha_a.so} /usr/share/mariadb/{german/errmsg.sys,charsets/Index.xml,mysql-test/x}
  equal "$(added)" "/etc/my.cnf.d/server.cnf /usr/lib64/mariadb/plugin/ha_a.so /usr/share/mariadb/charsets/Index.xml\
 /usr/share/mariadb/german/errmsg.sys"
  tree /usr/bin/mariadb-install-db /usr/bin/my_print_defaults /usr/sbin/mariadbd /usr/bin/unused
  files /usr/share/mysql/system.sql
  equal "$(added)" "/usr/bin/my_print_defaults /usr/sbin/mariadbd /usr/share/mysql/system.sql"
}

@test "haproxy, redis: what a configuration names, wherever it stands" {
  tree /usr/local/sbin/haproxy
  files /srv/{a.map,b.pem,c.lua,d.http,unused}
  text /usr/local/etc/haproxy/haproxy.cfg 'global\n  lua-load /srv/c.lua\nfrontend x\n  errorfile 503 /srv/d.http\n  bind :443 ssl crt /srv/b.pem\n  http-request return lf-string %%[hdr(host),map_beg(/srv/a.map,x)]\n  acl a path_beg /srv/unused'
  equal "$(added)" "/srv/a.map /srv/b.pem /srv/c.lua /srv/d.http /usr/local/etc/haproxy/haproxy.cfg"
  equal "$(added --keep strict)" ""
  tree /usr/local/bin/redis-server
  files /usr/local/lib/redis/modules/a.so /opt/{m.so,users.acl,more.conf,unused} /var/lib/data/x
  text /etc/redis/redis.conf 'loadmodule /opt/m.so arg\naclfile /opt/users.acl\ninclude /opt/more.conf\n# include /opt/unused\ndir /var/lib/data'
  equal "$(added --include /etc/redis/redis.conf)" "/etc/redis/redis.conf /opt/m.so /opt/more.conf /opt/users.acl /usr/local/lib/redis/modules/a.so"
}

@test "named: zones relative to its folder, plugins, root hints" {
  tree /usr/sbin/named
  files /usr/lib64/bind/filter-a.so /var/named/{named.ca,slaves/x} /usr/share/dns/root.hints /opt/zones/a /srv/zone
  text /etc/named.conf 'options { directory "/var/named"; };\nzone "a" { type primary; file "/srv/zone"; };\ninclude "/etc/named.zones";'
  text /etc/named.zones 'zone "." { file "named.ca"; };'
  equal "$(added)" "/etc/named.conf /etc/named.zones /srv/zone /usr/lib64/bind/filter-a.so /usr/share/dns/root.hints /var/named/named.ca\
 /var/named/slaves/x"
}

@test "sshd: sftp, the shells of those who log in, and no key that nobody asked for" {
  tree /usr/sbin/sshd /usr/lib/ssh/sftp-server /usr/libexec/openssh/sshd-session /bin/zsh /bin/fish /opt/command
  text /etc/passwd 'root:x:0:0::/root:/bin/zsh\nwww:x:33:33::/var/www:/bin/fish\nuser:x:1000:1000::/home/user:/bin/zsh'
  files /home/user/.ssh/{authorized_keys,id_rsa} /etc/ssh/{moduli,ssh_host_rsa_key} /etc/motd
  text /etc/ssh/sshd_config.d/a.conf 'ForceCommand /opt/command'
  equal "$(added)" "/bin/zsh /etc/motd /etc/ssh/moduli /etc/ssh/sshd_config.d/a.conf /home/user/.ssh/authorized_keys /opt/command\
 /usr/lib/ssh/sftp-server /usr/libexec/openssh/sshd-session"
}

@test "postfix: daemons, tools, tables, and the folders of the queue" {
  tree /usr/sbin/postfix /usr/sbin/postconf /usr/sbin/unused /usr/libexec/postfix/master
  mkdir -p "$root/var/spool/postfix/"{active,pid}
  files /var/spool/postfix/etc/hosts /etc/aliases.db /srv/table.db
  text /etc/postfix/main.cf 'virtual_alias_maps = hash:/srv/table, regexp:/srv/none\ncommand_directory = /usr/sbin'
  equal "$(added)" "/etc/aliases.db /etc/postfix/main.cf /srv/table.db /usr/libexec/postfix/master /usr/sbin/postconf"
  equal "$(folders | tr ' ' '\n' | grep ^/var/spool | paste -sd ' ')" "/var/spool/postfix /var/spool/postfix/active /var/spool/postfix/etc /var/spool/postfix/pid"
}

@test "dovecot: modules below its own folder, and the place of the mail" {
  tree /usr/sbin/dovecot /usr/lib/dovecot/auth
  files /usr/lib/dovecot/modules/{lib10_x.so,auth/libauthdb_y.so} /etc/dovecot/conf.d/10-mail.conf
  text /etc/dovecot/dovecot.conf 'mail_location = maildir:/srv/mail/%u'
  mkdir -p "$root/srv/mail"
  equal "$(added)" "/etc/dovecot/conf.d/10-mail.conf /etc/dovecot/dovecot.conf /usr/lib/dovecot/auth\
 /usr/lib/dovecot/modules/auth/libauthdb_y.so /usr/lib/dovecot/modules/lib10_x.so"
  equal "$(folders | tr ' ' '\n' | grep ^/srv | paste -sd ' ')" "/srv/mail"
}

@test "varnish: the compiler that makes its configuration a shared object" {
  tree /usr/sbin/varnishd /usr/bin/{gcc,as,ld,rm,x86_64-linux-gnu-gcc} /usr/lib/gcc/x86_64-linux-gnu/12/{cc1,cc1plus,collect2}
  files /usr/lib/gcc/x86_64-linux-gnu/12/{crtbeginS.o,libgcc.a,libasan.a,include/stdint.h} /usr/include/{stdint.h,c++/12/vector,x86_64-linux-gnu/bits/types.h}
  files /usr/lib/x86_64-linux-gnu/{crti.o,libc.so,libc.a,libc_nonshared.a,libpthread.a,varnish/vmods/libvmod_std.so} /etc/varnish/default.vcl
  mkdir -p "$root/var/lib/varnish/varnishd"
  equal "$(added)" "/etc/varnish/default.vcl /usr/bin/as /usr/bin/gcc /usr/bin/ld /usr/bin/rm /usr/bin/x86_64-linux-gnu-gcc /usr/include/stdint.h\
 /usr/include/x86_64-linux-gnu/bits/types.h /usr/lib/gcc/x86_64-linux-gnu/12/cc1 /usr/lib/gcc/x86_64-linux-gnu/12/collect2\
 /usr/lib/gcc/x86_64-linux-gnu/12/crtbeginS.o /usr/lib/gcc/x86_64-linux-gnu/12/include/stdint.h /usr/lib/gcc/x86_64-linux-gnu/12/libgcc.a\
 /usr/lib/x86_64-linux-gnu/crti.o /usr/lib/x86_64-linux-gnu/libc.so /usr/lib/x86_64-linux-gnu/libc_nonshared.a /usr/lib/x86_64-linux-gnu/libpthread.a\
 /usr/lib/x86_64-linux-gnu/varnish/vmods/libvmod_std.so"
  equal "$(folders | tr ' ' '\n' | grep ^/var | paste -sd ' ')" "/var/lib/varnish /var/lib/varnish/varnishd"
}

@test "rabbitmq: its scripts and its server" {
  tree /usr/sbin/rabbitmq-server /usr/lib/rabbitmq/lib/rabbitmq_server-3/sbin/rabbitmq-env
  files /usr/lib/rabbitmq/lib/rabbitmq_server-3/{ebin/rabbit.beam,include/rabbit.hrl} /etc/rabbitmq/enabled_plugins
  mkdir -p "$root/var/lib/rabbitmq/mnesia/x"
  equal "$(added)" "/etc/rabbitmq/enabled_plugins /usr/lib/rabbitmq/lib/rabbitmq_server-3/ebin/rabbit.beam\
 /usr/lib/rabbitmq/lib/rabbitmq_server-3/sbin/rabbitmq-env"
  equal "$(folders | tr ' ' '\n' | grep ^/var | paste -sd ' ')" "/var/lib/rabbitmq /var/lib/rabbitmq/mnesia"
}

@test "programs that reach other machines through ssh" {
  tree /usr/bin/rsync /usr/bin/{ssh,scp,telnet}
  equal "$(added)" "/usr/bin/scp /usr/bin/ssh"
}

@test "supervisor: the programs that its configuration starts" {
  tree /usr/bin/supervisord /usr/bin/{bash,worker,other}
  text /etc/supervisor/supervisord.conf '[include]\nfiles = /srv/programs/*.conf'
  text /etc/supervisor/conf.d/a.conf '[program:a]\ncommand=bash -c "echo"\n;command=other\n[program:b]\ncommand = /usr/bin/worker --now'
  text /srv/programs/c.conf '[program:c]'
  equal "$(added)" "/etc/supervisor/conf.d/a.conf /etc/supervisor/supervisord.conf /srv/programs/c.conf /usr/bin/bash /usr/bin/worker"
}
