# Every source to every sink, once: the same image by its ID and its layer, and the same tree.
load ../cli/common
load registry

tools=$BATS_TEST_DIRNAME/../cli

setup_file()
{
  registry_begin
}

teardown_file() { registry_stop "$BATS_FILE_TMPDIR/plain"; }

setup()
{
  mkdir "$BATS_TEST_TMPDIR/here"
  cd "$BATS_TEST_TMPDIR/here" || return 1
  plain=$(cat "$BATS_FILE_TMPDIR/plain/host")
}

# put SINK NAME [INPUT]: slims $source to a sink, with what goes into the program.
put()
{
  local sink=$1 name=$2 input=${3:-/dev/null}
  case $sink in
    oci) set -- "oci:$name" ;;
    dir) set -- "dir:$name" ;;
    oci-archive) set -- "oci-archive:$name" ;;
    docker-archive) set -- "docker-archive:$name" ;;
    rootfs) set -- "rootfs:$name" ;;
    stream) set -- - ;;
    registry) set -- "docker://$plain/$name:1" ;;
  esac
  "$OCISLIM" slim -q --src-tls-verify=false --dest-tls-verify=false --entrypoint /app --include /etc/kept "$source" "$1" <"$input" >stdout || return 1
  [[ $sink != stream ]] || mv stdout "$name"
}

# identity SINK NAME: the digests of the config and of the layer, or of the tree.
identity()
{
  local sink=$1 name=$2 manifest
  case $sink in
    oci) manifest=$(skopeo inspect --raw "oci:$name") ;;
    dir) manifest=$(skopeo inspect --raw "dir:$name") ;;
    oci-archive | stream) manifest=$(skopeo inspect --raw "oci-archive:$name") ;;
    docker-archive) tar -xOf "$name" manifest.json | jq -r '.[0] | .Config, .Layers[]' | sed 's|blobs/sha256/|sha256:|' && return ;;
    registry) manifest=$(skopeo inspect --raw --tls-verify=false "docker://$plain/$name:1") ;;
    rootfs)
      (cd "$name" && find . -printf '%P %m %U %G %T@ %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
      return
      ;;
  esac
  jq -r '.config.digest, .layers[].digest' <<<"$manifest"
}

@test "source x sink" {
  local reference source sink input count=0
  image oci oci <<END
entrypoint /app
env A=b
label a=b
layer gzip
copy /app $BATS_FILE_TMPDIR/static
file /etc/kept 0640 kept
file /etc/gone 0644 gone
layer none
dir /tmp 01777
END
  skopeo copy -q oci:oci oci-archive:oci-archive
  skopeo copy -q oci:oci dir:dir
  skopeo copy -q oci:oci docker-archive:docker-archive:app:1
  skopeo copy -q --dest-tls-verify=false oci:oci "docker://$plain/source:1"
  mkdir rootfs
  for layer in $(jq -r '.layers[].digest' "oci/blobs/$(jq -r '.manifests[0].digest' oci/index.json | tr : /)"); do
    tar --extract --preserve-permissions --directory rootfs --file "oci/blobs/${layer/://}"
  done
  touch --date @0 rootfs rootfs/etc # which no layer has
  for reference in oci:oci dir:dir oci-archive:oci-archive docker-archive:docker-archive "docker://$plain/source:1" rootfs:rootfs \
    '- oci-archive' '- docker-archive'; do
    source=${reference% *} input=/dev/null
    [[ $source != - ]] || input=${reference#* }
    for sink in oci dir oci-archive docker-archive stream registry rootfs; do
      name=$((++count))-$sink
      put $sink $name "$input"
      identity $sink $name >$name.id
      case $sink in
        rootfs) expected=tree.id ;;
        *) expected=image.id ;;
      esac
      [[ $source != rootfs:* || $sink == rootfs ]] || expected=bare.id # a directory has no config
      [[ -e $expected ]] || cp $name.id $expected
      echo "$reference to $sink"
      diff $expected $name.id
    done
  done
  ((count == 56))
  (($(sort -u image.id bare.id | wc -l) == 3)) # one layer, two configs
}
