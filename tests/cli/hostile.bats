# Images that are broken or mean harm: a clear message and the right exit code, in bounded time and memory.
load common

# refused CODE WORD IMAGE [OPTION...]: within a minute, with the word in the message, nothing written.
refused()
{
  local code=$1 word=$2 source=$3
  shift 3
  with_status "$code" timeout 60 "$OCISLIM" slim "$@" "$source" oci:dest
  stderr_has "$word"
  [[ ! -e dest ]]
}

broken() { echo "break $1" | simple_image oci source; }

@test "a layer that is not what its digest says: both digests are named" {
  broken layer-digest
  blob=$(jq -r '.manifests[0].digest' source/index.json | tr : /)
  declared=$(jq -r '.layers[0].digest' "source/blobs/$blob")
  refused 3 "$declared" oci:source
  stderr_has "sha256:$(sha256sum "source/blobs/${declared/:/\/}" | cut -d' ' -f1)"
}

@test "a layer that is not what its diff_id says: both are named" {
  broken diff-id
  refused 3 "$(show_raw config | jq -r '.rootfs.diff_ids[0]')" oci:source
  (($(grep -o 'sha256:[0-9a-f]*' <<<"$stderr" | sort -u | wc -l) >= 2))
}

# The config of a layout that show.py would not read.
show_raw()
{
  local manifest
  manifest=source/blobs/$(jq -r '.manifests[0].digest' source/index.json | tr : /)
  cat "source/blobs/$(jq -r .config.digest "$manifest" | tr : /)"
}

@test "a layer of another size" {
  broken layer-size
  refused 3 "bytes, its descriptor says" oci:source
}

@test "a truncated layer" {
  broken truncate
  refused 3 "" oci:source
  printf 'entrypoint /app\nbreak truncate\nlayer zstd\ncopy /app %s\n' "$static" | image oci zstd
  refused 3 "" oci:zstd
  printf 'entrypoint /app\nbreak truncate\nlayer none\ncopy /app %s\n' "$static" | image oci none
  refused 3 "" oci:none
}

@test "a truncated archive, from a file and from a pipe" {
  simple_image oci-archive whole.tar </dev/null
  size=$(stat -c %s whole.tar)
  for part in 0 1 100 511 512 513 2000 $((size / 2)) $((size - 15000)); do
    head -c "$part" whole.tar >cut.tar
    run -3 --separate-stderr timeout 60 "$OCISLIM" slim oci-archive:cut.tar oci:dest
    run -3 --separate-stderr timeout 60 "$OCISLIM" slim - oci:dest <cut.tar
    [[ ! -e dest ]]
  done
}

@test "malformed documents" {
  broken config-json
  refused 3 "" oci:source
  for text in '' '{' '[]' 'null' '{"manifests": 1}' '{"schemaVersion": 2, "manifests": [{}]}' '{"schemaVersion": 2, "manifests": [{"digest": "sha256:../../../etc/passwd", "size": 1}]}' \
    "$(printf '[%.0s' {1..100000})" '{"a": 1, "a": 2}' $'{"schemaVersion": 2, "manifests": "\xff"}'; do
    printf '%s' "$text" >source/index.json
    refused 3 "" oci:source
  done
}

@test "a config with fields of the wrong type" {
  for config in '{"config": []}' '{"config": {"Env": "A=b"}}' '{"config": {"Entrypoint": [1]}}' '{"config": {"User": {}}}' '{"config": {"Labels": {"a": 1}}}'; do
    rm -rf source
    echo "config '$config'" | simple_image oci source
    refused 3 "" oci:source
  done
}

@test "a bomb, by ratio and by size" {
  printf 'layer gzip\nzeros /bomb 120000000\n' | simple_image oci source
  refused 3 --max-ratio oci:source
  with_status 0 "$OCISLIM" slim -q --max-ratio 2000 oci:source oci:high
  refused 3 --max-uncompressed oci:source --max-ratio 2000 --max-uncompressed 1MB
}

@test "a bomb of zstd" {
  printf 'layer zstd\nzeros /bomb 120000000\n' | simple_image oci source
  refused 3 --max-ratio oci:source
}

@test "a file that claims to be huge" {
  python3 - huge.tar <<'END'
import sys, tarfile
info = tarfile.TarInfo("huge")
info.size = 1 << 60
with open(sys.argv[1], "wb") as file:
    file.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
END
  printf 'entrypoint /huge\nlayer gzip\nraw huge.tar\n' | image oci source
  refused 3 "" oci:source
  with_status 3 bash -c 'ulimit -f 100000; timeout 60 "$OCISLIM" slim - oci:dest <huge.tar'
}

@test "names that would leave the tree" {
  for name in ../escape a/../../escape /../escape; do
    python3 - evil.tar "$name" <<'END'
import sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    tar.addfile(tarfile.TarInfo(sys.argv[2]))
END
    printf 'layer gzip\nraw evil.tar\n' | image oci source
    run --separate-stderr timeout 60 "$OCISLIM" slim --include '/**' oci:source rootfs:inside/dest
    [[ ! -e escape && ! -e ../escape && ! -e inside/escape ]]
    rm -rf inside
  done
}

@test "links that lead outside are kept, and never followed on the host" {
  echo secret >"$BATS_TEST_TMPDIR/secret"
  printf 'link /out /..%s/secret\nlink /up ../../../../..%s\n' "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" | simple_image oci source
  with_status 0 "$OCISLIM" slim --include /out --include /up oci:source rootfs:dest
  equal "$(find dest -type f)" dest/app
}

@test "links in a circle" {
  printf 'link /a b\nlink /b a\nlink /self self\ndir /d\nlink /d/up ..\n' | simple_image oci source
  with_status 0 timeout 60 "$OCISLIM" slim -q --include '/**' oci:source oci:dest
  printf 'entrypoint /a\nlayer gzip\nlink /a b\nlink /b a\n' | image oci circle
  rm -r dest
  refused 5 "'/a'" oci:circle
}

@test "scripts that interpret each other" {
  printf 'entrypoint /a\nlayer gzip\nfile /a 755 "#!/b\\n"\nfile /b 755 "#!/a\\n"\n' | image oci source
  run --separate-stderr timeout 60 "$OCISLIM" slim oci:source oci:dest
  ((status == 0 || status == 5))
  run --separate-stderr timeout 60 "$OCISLIM" deps oci:source
  ((status != 0 && status < 6))
}

@test "ELF files with broken headers" {
  python3 - "$dynamic" <<'END'
import random, sys
data = open(sys.argv[1], "rb").read()
random.seed(1)
for number in range(30):
    broken = bytearray(data)
    if number < 10:
        broken = broken[: [4, 5, 16, 20, 52, 63, 64, 65, 120, 1000][number]]
    else:
        for _ in range(random.choice([1, 3, 10])):
            broken[random.randrange(4, 1200)] = random.choice([0, 1, 0x7F, 0xFF, random.randrange(256)])
    open(f"elf{number}", "wb").write(broken)
END
  {
    echo 'layer gzip'
    for ((number = 0; number < 30; number++)); do echo "copy /elf$number elf$number"; done
  } | image oci source
  for ((number = 0; number < 30; number++)); do
    run --separate-stderr timeout 60 "$OCISLIM" slim -q --entrypoint "/elf$number" oci:source oci:dest
    ((status == 0 || status == 3 || status == 5)) || { echo "elf$number: $status $stderr"; false; }
    run --separate-stderr timeout 60 "$OCISLIM" deps oci:source "/elf$number"
    ((status == 0 || status == 3 || status == 5)) || { echo "deps elf$number: $status $stderr"; false; }
  done
  # as mere content they are kept as they are
  with_status 0 timeout 60 "$OCISLIM" slim --include '/elf*' oci:source oci:all
  show cat:elf29 all | cmp - elf29
}

@test "a label and globs that would take for ever" {
  stars=$(printf '*a%.0s' {1..2000})
  name=$(printf 'a%.0s' {1..250})
  printf 'label "io.ocislim.include=%s"\nfile /%sb 644 x\n' "$stars" "$name" | simple_image oci source
  with_status 0 timeout 20 "$OCISLIM" slim -q oci:source oci:dest
}
