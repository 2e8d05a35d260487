# What an image says of its files and of itself comes through.
load common

# name.value of security.capability for cap_net_bind_service=ep
capability=0100000200040000000000000000000000000000

entries() { show entries "$1" | grep -v '^\(\./\)\? ' | grep "$2"; }

@test "owners, modes, times, extended attributes, links" {
  simple_image oci source <<END
mtime 1500000000
owner 10 20
dir /data 1777
owner 3000000 4000000
mtime 1500000001.25
file /data/owned 640 abc
owner 0 0
xattr security.capability $capability
file /data/cap 755 x
xattr user.note 6869
file /data/note 644 x
file /data/setuid 4755 x
file /data/setgid 2755 x
hard /data/second /data/setuid
link /data/one two
link /data/two ../data/three
link /data/three /data/owned
link /data/dangling /no/where
fifo /data/fifo
END
  "$OCISLIM" slim -q --include '/data' oci:source oci:dest
  equal "$(entries dest '^data/\? \|^data/.* ' | sed 's,^data/ ,data ,')" "data dir 1777 10:20 1500000000 -
data/cap file 755 0:0 1500000001.25 1 security.capability=$capability
data/dangling link 777 0:0 1500000001.25 /no/where
data/fifo fifo 644 0:0 1500000001.25 -
data/note file 644 0:0 1500000001.25 1 user.note=6869
data/one link 777 0:0 1500000001.25 two
data/owned file 640 3000000:4000000 1500000001.25 3
data/second file 4755 0:0 1500000001.25 1
data/setgid file 2755 0:0 1500000001.25 1
data/setuid hard 4755 0:0 1500000001.25 data/second
data/three link 777 0:0 1500000001.25 /data/owned
data/two link 777 0:0 1500000001.25 ../data/three"
}

@test "a link is kept with everything on the way to its target" {
  simple_image oci source <<'END'
dir /etc
link /etc/app.conf ../srv/conf
dir /srv
link /srv/conf real/conf
link /srv/real version1
dir /srv/version1
file /srv/version1/conf 644 yes
file /srv/version1/other 644 no
END
  "$OCISLIM" slim -q --include /etc/app.conf oci:source oci:dest
  equal "$(show paths dest | sed 's,/$,,' | grep -v '^\.\?$')" "app
etc
etc/app.conf
srv
srv/conf
srv/real
srv/version1
srv/version1/conf"
}

@test "a file of which one name is kept is no hard link" {
  printf 'file /one 644 abc\nhard /two /one\n' | simple_image oci source
  "$OCISLIM" slim -q --include /two oci:source oci:dest
  equal "$(show entries dest | grep two)" "two file 644 0:0 0 3"
}

@test "devices are left out, and said so" {
  echo 'device /dev/null' | simple_image oci source
  with_status 0 "$OCISLIM" slim --include '/dev/*' oci:source oci:dest
  stderr_has "'/dev/null' is a device and left out"
  equal "$(show paths dest | grep null)" ""
}

@test "the config's fields come through, known or not" {
  simple_image oci source <<'END'
config '{"author": "somebody", "variant": "v8", "x-unknown": {"a": [1, 2]}, "config": {"StopSignal": "SIGQUIT", "ExposedPorts": {"80/tcp": {}}, "Healthcheck": {"Test": ["NONE"]}, "x-more": true}}'
env A=b PATH=/bin
label org.example=1
user 1000:1000
workdir /
annotation org.example.kept=yes
annotation org.opencontainers.image.base.name=gone
END
  "$OCISLIM" slim -q oci:source oci:dest
  config=$(show config dest)
  equal "$(jq -c '[.author, .variant, ."x-unknown", .config.StopSignal, .config.ExposedPorts, .config."x-more"]' <<<"$config")" \
    '["somebody","v8",{"a":[1,2]},"SIGQUIT",{"80/tcp":{}},true]'
  equal "$(jq -c '[.config.Env, .config.Labels, .config.User, .config.WorkingDir, .config.Entrypoint]' <<<"$config")" \
    '[["A=b","PATH=/bin"],{"org.example":"1"},"1000:1000","/",["/app"]]'
  equal "$(jq -c '[(.history | length), (.rootfs.diff_ids | length)]' <<<"$config")" "[1,1]"
  manifest=$(show manifest dest)
  equal "$(jq -r '.annotations["org.example.kept"]' <<<"$manifest")" yes
  equal "$(jq -r '.annotations | has("org.opencontainers.image.base.name")' <<<"$manifest")" false
  equal "$(jq -r '.annotations["io.ocislim.source.digest"]' <<<"$manifest")" "$(jq -r '.manifests[0].digest' source/index.json)"
}

@test "working directory, volumes, home and /tmp are kept" {
  simple_image oci source <<'END'
config '{"config": {"Volumes": {"/data": {}}}}'
workdir /srv/app
user app
dir /etc
file /etc/passwd 644 "root:x:0:0::/root:/bin/sh\napp:x:5:5::/home/app:/bin/sh\n"
file /etc/group 644 "app:x:5:\n"
file /etc/other 644 x
dir /tmp 1777
dir /srv
dir /srv/app 700
file /srv/app/data 644 x
dir /data
dir /home
owner 5 5
dir /home/app 750
END
  "$OCISLIM" slim -q oci:source oci:dest
  equal "$(show entries dest | sed 's,/ , ,' | awk '$1 != "" && $1 != "." { print $1, $3, $4 }')" "app 755 0:0
data 755 0:0
etc 755 0:0
etc/group 644 0:0
etc/passwd 644 0:0
home 755 0:0
home/app 750 5:5
srv 755 0:0
srv/app 700 0:0
tmp 1777 0:0"
}

@test "compressions" {
  simple_image oci source </dev/null
  for compression in gzip zstd none; do
    "$OCISLIM" slim -q --compression $compression oci:source oci:$compression
    show cat:app $compression | cmp - "$static"
  done
  equal "$(show manifest gzip | jq -r '.layers[0].mediaType')" application/vnd.oci.image.layer.v1.tar+gzip
  equal "$(show manifest zstd | jq -r '.layers[0].mediaType')" application/vnd.oci.image.layer.v1.tar+zstd
  equal "$(show manifest none | jq -r '.layers[0].mediaType')" application/vnd.oci.image.layer.v1.tar
  equal "$(show config gzip | jq -c .rootfs.diff_ids)" "$(show config none | jq -c .rootfs.diff_ids)"
}
