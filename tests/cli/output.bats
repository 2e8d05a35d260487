# Where an image goes in buildx's words, what it is told to say of itself, and files that say which image it is.
load common
load index

setup_image() { simple_image oci source <<<'label kept=yes'; }

# told JQ LAYOUT: of the only manifest.
told() { jq -c "$1" "$(blob "$2" "$(jq -r '.manifests[0].digest' "$2/index.json")")"; }

config() { jq -c "$1" "$(blob "$2" "$(told .config.digest "$2" | tr -d '"')")"; }

@test "--output: the same as the reference that it means" {
  setup_image
  "$OCISLIM" slim -q oci:source oci-archive:expected.tar -t app:1
  "$OCISLIM" slim -q oci:source -o type=oci,dest=a.tar -t app:1
  "$OCISLIM" slim -q oci:source --output=type=docker,name=app:1,dest=b.tar
  "$OCISLIM" slim -q oci:source -o type=oci,dest=- -t app:1 >c.tar
  for archive in a b c; do
    cmp "$archive.tar" expected.tar
  done
  "$OCISLIM" slim -q oci:source oci:expected
  "$OCISLIM" slim -q oci:source -o type=oci,tar=false,dest=folder
  diff -r folder expected
  "$OCISLIM" slim -q oci:source -o type=local,dest=root
  "$OCISLIM" slim -q oci:source -o root2
  cmp root/app "$static"
  diff -r root root2
  "$OCISLIM" slim -q oci:source -o type=oci,dest=z.tar,compression=zstd,compression-level=9
  "$OCISLIM" slim -q oci:source oci-archive:z2.tar --compression zstd --level 9
  cmp z.tar z2.tar
  "$OCISLIM" slim -q oci:source -o type=oci,dest=n.tar,compression=uncompressed
  [[ $(tar -xOf n.tar manifest.json | jq -r '.[0].Layers[0]') == "blobs/sha256/$(tar -xOf n.tar manifest.json | jq -r '.[0].Layers[0]' |
    xargs tar -xOf n.tar | sha256sum | cut -d ' ' -f 1)" ]]
  tar -xOf n.tar "$(tar -xOf n.tar manifest.json | jq -r '.[0].Layers[0]')" | tar -t | grep -qx app
}

@test "--output, --push, --load: what is not understood, and what does not go together" {
  setup_image
  while IFS='|' read -r words message; do
    # shellcheck disable=SC2086 # several words
    with_status 2 "$OCISLIM" slim -q oci:source $words
    stderr_has "$message"
  done <<'END'
-o type=nix,dest=x|there is no type 'nix'
-o dest=x|there is no type ''
-o type=oci|there is no dest= for the type 'oci'
-o type=oci,dest=x,unpack=true|what is not understood is 'unpack'
-o type=oci,dest=x,tar=perhaps|tar is 'perhaps'
-o type=oci,x|no KEY=VALUE is 'x'
-o type=oci,dest=x,compression=lzma|--compression 'lzma' is none of
-o type=oci,dest=x,compression-level=much|compression-level is 'much'
-o type=registry|the image has no name
-o type=image,name=x|there is no type 'image'
--push|the image has no name
--load|the image has no name
--load --push -t x|only one can be given
--push -o type=oci,dest=x|only one can be given
-o type=oci,dest=x oci:y|DEST and an option both say
-q|an operand is missing: where the image goes
END
  [[ ! -e x && ! -e y ]]
  DOCKER_HOST=unix:///nowhere/docker.sock with_status 1 "$OCISLIM" slim -q oci:source --load -t app:1
  stderr_has /nowhere/docker.sock
  with_status 1 "$OCISLIM" slim -q oci:source --push -t 127.0.0.1:1/app:1 --retry-times 0
  stderr_has 127.0.0.1:1
}

@test "--label and --annotation: added, replaced, empty; others stay" {
  setup_image
  "$OCISLIM" slim -q oci:source oci:out --label b=2 --label a=1 --label kept=no --label empty= --label eq=x=y \
    --annotation manifest:org.example.m=1 --annotation org.example.n=2 --annotation index:org.example.i=3 \
    --annotation io.ocislim.source.config=mine
  equal "$(config .config.Labels out)" '{"kept":"no","a":"1","b":"2","empty":"","eq":"x=y"}'
  equal "$(told '.annotations | [.["org.example.m", "org.example.n", "org.example.i", "io.ocislim.source.config"]]' out)" '["1","2",null,"mine"]'
  "$OCISLIM" slim -q oci:source oci:other --label eq=x=y --label empty= --label kept=no --label a=1 --label b=2 \
    --annotation io.ocislim.source.config=mine --annotation org.example.n=2 --annotation org.example.m=1
  equal "$(told .config.digest other)" "$(told .config.digest out)"
  while read -r words; do
    # shellcheck disable=SC2086 # several words
    with_status 2 "$OCISLIM" slim -q oci:source oci:no $words
    [[ ! -e no ]]
  done <<'END'
--label x
--label =x
--annotation x
--annotation index:=x
--annotation index-descriptor:x=y
--annotation manifest[linux/amd64]:x=y
END
}

@test "--annotation: of an index, over what the source's says" {
  for platform in linux/amd64 linux/386; do
    image oci "${platform#*/}" <<END
platform $platform
entrypoint /app
layer gzip
copy /app $static
END
  done
  index both v1 amd64 linux/amd64 386 linux/386
  "$OCISLIM" slim -q --all oci:both:v1 oci:out --annotation index:org.example.i=3 --annotation org.example.m=1 --digestfile digest --iidfile id \
    --metadata-file metadata.json
  equal "$(of out | jq -cS .annotations)" '{"org.example.all":"yes","org.example.i":"3"}'
  for position in 0 1; do
    equal "$(jq -r '.annotations["org.example.m"]' "$(blob out "$(of out | jq -r ".manifests[$position].digest")")")" 1
  done
  "$OCISLIM" slim -q --all oci:both:v1 oci:over --annotation index:org.example.all=no
  equal "$(of over | jq -c .annotations)" '{"org.example.all":"no"}'
  digest=$(jq -r '.manifests[0].digest' out/index.json)
  equal "$(cat digest)" "$digest"
  equal "$(cat id)" "$digest"
  equal "$(jq -c . metadata.json)" "{\"containerimage.descriptor\":{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"$digest\",\"size\":$(of out |
    wc -c)},\"containerimage.digest\":\"$digest\"}"
}

@test "--source-date-epoch: as the variable, and before it" {
  setup_image
  SOURCE_DATE_EPOCH=1000000000 "$OCISLIM" slim -q oci:source oci:variable
  SOURCE_DATE_EPOCH=5 "$OCISLIM" slim -q oci:source oci:option --source-date-epoch 1000000000
  diff -r variable option
  equal "$(config .created option)" '"2001-09-09T01:46:40Z"'
  for wrong in '' x -1 1e3 253402300800; do
    with_status 2 "$OCISLIM" slim -q oci:source oci:no "--source-date-epoch=$wrong"
    stderr_has "--source-date-epoch is"
  done
}

@test "files that say which image it is, whole or not at all" {
  setup_image
  "$OCISLIM" slim -q oci:source oci-archive:out.tar -t app:1 -t other/app:2 --iidfile id --digestfile digest --metadata-file metadata.json
  equal "$(cat digest)" "$(skopeo inspect --raw oci-archive:out.tar:1 | sha256sum | sed 's/^/sha256:/; s/ .*//')"
  equal "$(cat id)" "$(skopeo inspect --raw oci-archive:out.tar:1 | jq -r .config.digest)"
  equal "$(jq -cS 'del(.["containerimage.descriptor"])' metadata.json)" \
    "{\"containerimage.config.digest\":\"$(cat id)\",\"containerimage.digest\":\"$(cat digest)\",\"image.name\":\"app:1,other/app:2\"}"
  equal "$(jq -cS '.["containerimage.descriptor"] | [.digest, .mediaType, .platform.architecture]' metadata.json)" \
    "[\"$(cat digest)\",\"application/vnd.oci.image.manifest.v1+json\",\"amd64\"]"
  rm id digest metadata.json
  with_status 4 "$OCISLIM" slim -q oci:source oci:no --max-size 1 --iidfile id --digestfile digest --metadata-file metadata.json
  with_status 1 "$OCISLIM" slim -q oci:source oci:no --iidfile id --digestfile nowhere/digest
  equal "$(find . -mindepth 1 -maxdepth 1 | sort | tr '\n' ' ')" "./out.tar ./source "
  for option in --iidfile=id --digestfile=id --metadata-file=id --label=a=b --annotation=a=b; do
    with_status 2 "$OCISLIM" slim -q oci:source rootfs:no "$option"
    stderr_has "a directory is no image"
  done
  [[ ! -e no && ! -e id ]]
}
