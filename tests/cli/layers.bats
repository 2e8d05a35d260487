# Layers become one tree.
load common

# layered DESCRIPTION-LINE...: an image of them, all of it kept; the paths below /d on one line.
layered()
{
  printf '%s\n' "entrypoint /app" "layer gzip" "copy /app $static" "dir /d" "$@" | image oci source
  "$OCISLIM" slim -q --include '/**' oci:source oci:dest
  show paths dest | sed 's,/$,,' | grep '^d/' | tr '\n' ' '
}

@test "a whiteout removes a file and a tree of the layers below" {
  equal "$(layered 'file /d/a 644 1' 'file /d/b 644 1' 'dir /d/t' 'file /d/t/x 644 1' 'layer zstd' 'whiteout /d/a' 'whiteout /d/t')" "d/b "
}

@test "a whiteout does not touch its own layer, in whichever order" {
  equal "$(layered 'file /d/a 644 1' 'layer none' 'file /d/a 644 22' 'whiteout /d/a')" "d/a "
  rm -r source dest
  equal "$(layered 'file /d/a 644 1' 'layer none' 'whiteout /d/a' 'file /d/a 644 22')" "d/a "
  equal "$(show cat:d/a dest)" 22
}

@test "an opaque directory hides what is below it, wherever the mark stands" {
  equal "$(layered 'dir /d/o' 'file /d/o/old 644 1' 'layer gzip' 'dir /d/o' 'opaque /d/o' 'file /d/o/new 644 1')" "d/o d/o/new "
  rm -r source dest
  equal "$(layered 'dir /d/o' 'file /d/o/old 644 1' 'layer gzip' 'file /d/o/new 644 1' 'opaque /d/o')" "d/o d/o/new "
}

@test "a directory becomes a file, a link, and a directory again" {
  equal "$(layered 'dir /d/x' 'file /d/x/old 644 1' 'layer gzip' 'file /d/x 644 f')" "d/x "
  rm -r source dest
  equal "$(layered 'dir /d/x' 'file /d/x/old 644 1' 'layer gzip' 'link /d/x /app' 'layer none' 'dir /d/x' 'file /d/x/new 644 1')" "d/x d/x/new "
}

@test "the last of two entries with one name counts" {
  equal "$(layered 'file /d/a 644 first' 'file /d/a 600 second')" "d/a "
  equal "$(show cat:d/a dest)" second
}

@test "a hard link to a file of a layer below" {
  equal "$(layered 'file /d/a 644 abc' 'layer gzip' 'hard /d/b /d/a')" "d/a d/b "
  equal "$(show cat:d/b dest)" abc
}

@test "gzip, zstd and plain layers, layouts and archives" {
  printf '%s\n' 'entrypoint /app' 'tag app:v1' 'layer gzip' "copy /app $static" 'layer zstd' 'file /two 644 2' 'layer none' 'file /three 644 3' >description
  for kind in oci oci-archive docker-archive; do
    image $kind source.$kind <description
    "$OCISLIM" slim -q --include '/**' $kind:source.$kind oci:dest.$kind
    equal "$(show paths dest.$kind | sed 's,/$,,' | grep -v '^\.\?$' | tr '\n' ' ')" "app three two "
    "$OCISLIM" slim -q --include '/**' source.$kind oci:bare.$kind
    equal "$(show config bare.$kind)" "$(show config dest.$kind)"
    [[ $kind == oci ]] && continue
    "$OCISLIM" slim -q --include '/**' - oci:stream.$kind <source.$kind
    equal "$(show config stream.$kind)" "$(show config dest.$kind)"
  done
}

@test "an image is chosen by its name" {
  printf '%s\n' 'entrypoint /app' 'tag v1' 'tag v2' 'layer gzip' "copy /app $static" | image oci source
  "$OCISLIM" slim -q oci:source:v2 oci:dest
  with_status 1 "$OCISLIM" slim oci:source:v3 oci:two
  stderr_has v1
  stderr_has v2
}

@test "a platform that the index has not" {
  simple_image oci source </dev/null
  with_status 1 "$OCISLIM" slim --platform linux/s390x oci:source oci:dest
  stderr_has "linux/amd64"
}
