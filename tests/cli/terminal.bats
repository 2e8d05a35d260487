# With a terminal and without one.
load common

# on_terminal COMMAND: with a pseudo terminal in the place of the three streams; its output goes to standard output.
on_terminal() { script -qefc "$1" /dev/null </dev/null; }

@test "without a terminal there is no control character" {
  simple_image oci source </dev/null
  with_status 0 "$OCISLIM" slim -v oci:source oci:dest
  [[ $stderr == *"  saved "* ]]
  with_status 0 "$OCISLIM" deps oci:source
  equal "$(LC_ALL=C grep '[[:cntrl:]]' <<<"$output")" ""
}

@test "a terminal gets one word in bold, unless NO_COLOR or TERM say no" {
  simple_image oci source </dev/null
  TERM=xterm run -0 on_terminal "$OCISLIM slim oci:source oci:dest"
  [[ $output == *$'saved '*$'\033[1m'*$'\033[0m'* ]]
  NO_COLOR=1 TERM=xterm run -0 on_terminal "$OCISLIM slim oci:source oci:dest"
  [[ $output == *"saved "* && $output != *$'\033[1m'* ]]
  TERM=dumb run -0 on_terminal "$OCISLIM slim oci:source oci:dest"
  [[ $output == *"saved "* && $output != *$'\033'* ]]
}

@test "-q and --json print no table" {
  simple_image oci source </dev/null
  with_status 0 "$OCISLIM" slim -q oci:source oci:dest
  equal "$output$stderr" ""
  with_status 0 "$OCISLIM" slim --json oci:source oci:dest
  equal "$stderr" ""
  jq -e '.schema == 1' <<<"$output"
}

@test "the table" {
  echo 'zeros /big 1000000' | simple_image oci source
  with_status 0 "$OCISLIM" slim --include /big oci:source oci:dest
  equal "$output" ""
  equal "$(sed -E 's/ +/ /g; s/[0-9]+\.?[0-9]*/N/g; s/^ //' <<<"$stderr")" "before N MB N paths N layer, N kB stored
after N MB N paths N layer, N kB stored
removed N B N paths
saved N%
largest
N MB /big
N kB /app"
}

@test "standard input that is a terminal is refused" {
  run -2 on_terminal "$OCISLIM slim - oci:dest"
  [[ $output == *"standard input is a terminal, not an image"*"hint: "* ]]
  run -2 on_terminal "$OCISLIM deps -"
  [[ $output == *"standard input is a terminal, not an image"* ]]
}

@test "standard output that is a terminal is refused" {
  simple_image oci source </dev/null
  run -2 on_terminal "$OCISLIM slim oci:source -"
  [[ $output == *"standard output is a terminal, not a place for an image"*"hint: "* ]]
}

@test "--json and an image do not share standard output" {
  simple_image oci source </dev/null
  with_status 2 "$OCISLIM" slim --json oci:source -
  equal "$output" ""
  stderr_has "hint: use --report FILE"
}

@test "names with control characters and odd bytes are escaped" {
  printf 'file "/odd/\033[1m" 644 x\nfile "/odd/\xff" 644 x\n' | simple_image oci source
  with_status 0 "$OCISLIM" slim -v --include '/odd/**' oci:source oci:dest
  stderr_has '\x1b[1m'
  stderr_has '\xff'
}
