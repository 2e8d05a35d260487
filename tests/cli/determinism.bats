# The same input gives the same bytes.
load common

# Enough files that threads have something to mix up.
many_files()
{
  local i
  for ((i = 0; i < 40; i++)); do
    printf 'file /srv/%s 644 "%s"\n' "$RANDOM$i" "$(head -c 3000 /dev/urandom | base64 -w 0)"
  done
  printf 'layer zstd\nfile /srv/second 644 y\nlayer none\nfile /srv/third 644 z\n'
}

slim() { "$OCISLIM" slim -q --include '/srv/**' "$@"; }

@test "two runs, one and four threads, from a pipe and from a folder" {
  many_files | simple_image oci-archive source.tar
  for compression in gzip zstd none; do
    slim --compression $compression oci-archive:source.tar oci-archive:one.tar
    slim --compression $compression oci-archive:source.tar oci-archive:two.tar
    cmp one.tar two.tar
    slim --compression $compression --threads 1 oci-archive:source.tar oci-archive:two.tar
    cmp one.tar two.tar
    slim --compression $compression --threads 4 oci-archive:source.tar oci-archive:two.tar
    cmp one.tar two.tar
    slim --compression $compression oci-archive:source.tar - >two.tar
    cmp one.tar two.tar
  done
}

@test "a pipe gives the same image as a file" {
  many_files | simple_image oci-archive source.tar
  slim oci-archive:source.tar oci:one
  slim - oci:two <source.tar
  equal "$(jq -r '.manifests[0].digest' one/index.json)" "$(jq -r '.manifests[0].digest' two/index.json)"
}

@test "two reports are the same, and name no path of the host" {
  many_files | simple_image oci source
  slim --report one.json oci:source oci:one
  cp -r source elsewhere
  slim --report two.json oci:elsewhere oci:two
  equal "$(jq 'del(.source.name)' two.json)" "$(jq 'del(.source.name)' one.json)"
  run -1 grep -q "$PWD" one.json
}

@test "the time of the run does not matter, and SOURCE_DATE_EPOCH does" {
  printf 'mtime 1600000000\nfile /srv/old 644 x\nmtime 1700000000.5\nfile /srv/new 644 x\n' | simple_image oci source
  slim oci:source oci:one
  equal "$(show config one | jq -r .created)" 2020-01-02T03:04:05Z
  equal "$(show entries one | awk '/^srv\// { print $1, $5 }')" $'srv/new 1700000000.5\nsrv/old 1600000000'
  SOURCE_DATE_EPOCH=1650000000 slim oci:source oci:two
  equal "$(show config two | jq -r .created)" 2022-04-15T05:20:00Z
  equal "$(show entries two | awk '/^srv\// { print $1, $5 }')" $'srv/new 1650000000\nsrv/old 1600000000'
}

@test "a slim image of a slim image is the same layer" {
  many_files | simple_image oci source
  slim oci:source oci:one
  slim oci:one oci:two
  equal "$(show manifest two | jq -r '.layers[0].digest')" "$(show manifest one | jq -r '.layers[0].digest')"
}
