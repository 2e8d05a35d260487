# What went, changed and came between two images.
load common

two_images()
{
  simple_image oci one <<'END'
file /etc/old 644 "12345"
file /etc/same 644 "1"
file /etc/text 644 "abc"
mtime 5
file /etc/later 644 "same"
END
  simple_image docker-archive two.tar <<'END'
file /etc/same 644 "1"
mtime 7
file /etc/text 644 "abd"
file /etc/later 644 "same"
file /usr/new 600 "12"
END
}

@test "diff, for people" {
  two_images
  equal "$("$OCISLIM" diff oci:one docker-archive:two.tar)" "  went            -5 B         1 paths
  changed          0 B         1 paths
  came            +2 B         2 paths
by package
                  -3 B         4 paths  of no package
by folder
                  -5 B         2 paths  /etc
                  +2 B         1 paths  /usr
                   0 B         1 paths  /"
}

@test "diff, for machines" {
  two_images
  "$OCISLIM" diff --json oci:one docker-archive:two.tar >diff.json
  equal "$(jq -c '.changes[]' diff.json)" '{"path":"/etc/old","change":"went","type":"file","before":5,"after":0,"package":null}
{"path":"/etc/text","change":"changed","type":"file","before":3,"after":3,"package":null}
{"path":"/usr","change":"came","type":"directory","before":0,"after":0,"package":null}
{"path":"/usr/new","change":"came","type":"file","before":0,"after":2,"package":null}'
  equal "$(jq -c '[.schema, .packages, .folders]' diff.json)" '[1,[{"name":null,"paths":4,"bytes":-3}],[{"name":"/etc","paths":2,"bytes":-5},{"name":"/usr","paths":1,"bytes":2},{"name":"/","paths":1,"bytes":0}]]'
  "$OCISLIM" diff --json oci:one docker-archive:two.tar | cmp - diff.json
}

@test "an image does not differ from itself, nor from what keeps all of it" {
  two_images
  expected="  went             0 B         0 paths
  changed          0 B         0 paths
  came             0 B         0 paths"
  equal "$("$OCISLIM" diff oci:one oci:one)" "$expected"
  "$OCISLIM" slim -q oci:one oci:all --include '/**'
  equal "$("$OCISLIM" diff oci:one oci:all)" "$expected"
}

@test "diff says what it cannot open" {
  two_images
  with_status 1 "$OCISLIM" diff oci:one oci:none
  with_status 2 "$OCISLIM" diff oci:one
  stderr_has "an operand is missing"
}
