# Help, version, mistyped words; and that help, manual page and completions say the same.
load common

source_folder=$BATS_TEST_DIRNAME/../..
manual=$source_folder/slim/man/ocislim.1
completion=$source_folder/slim/completion

# The long options that the help of a command lists, a line each.
help_options() { "$OCISLIM" "$1" --help | sed -nE 's/^  (-[a-z], )?(--[a-z-]+).*/\2/p' | LC_ALL=C sort -u; }

# Those of the manual page's section about the command, and those of every command.
manual_options()
{
  {
    sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" "$manual"
    printf '.Fl -help\n'
  } | grep -oE 'Fl -[a-z-]+' | sed 's/^Fl /-/' | LC_ALL=C sort -u
}

# What bash offers behind "ocislim COMMAND --".
bash_options()
{
  bash -c '
    source "$1/ocislim.bash"
    COMP_WORDS=(ocislim "$2" --) COMP_CWORD=2 COMP_LINE="ocislim $2 --" COMP_POINT=$((${#2} + 11))
    _ocislim
    printf "%s\n" "${COMPREPLY[@]}"' bash "$completion" "$1" | LC_ALL=C sort -u
}

# The groups of options that a command has in the completions.
groups()
{
  case $1 in
    slim) echo 'slim|keep' ;;
    *) echo "$1" ;;
  esac
}

zsh_options()
{
  sed -nE "/^  ($(groups "$1")|source)_options=\(/,/^  \)/p" "$completion/_ocislim" | grep -oE -- '(^|[^a-z-])--[a-z-]+' |
    grep -oE -- '--[a-z-]+' | LC_ALL=C sort -u
}

fish_options()
{
  grep -E "^complete -c ocislim (-n \\\$($(groups "$1")|both)|-s h) .*-l " "$completion/ocislim.fish" |
    sed -E 's/.* -l ([a-z-]+).*/--\1/' | LC_ALL=C sort -u
}

@test "help fits 80 columns, ends with two examples and goes to standard output" {
  for command in "" slim deps diff rules sbom why; do
    # shellcheck disable=SC2086 # no command is no word
    with_status 0 "$OCISLIM" $command --help
    equal "$stderr" ""
    longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' <<<"$output")
    ((longest <= 80))
    equal "$(tail -n 3 <<<"$output" | sed -E 's/^  .*ocislim (slim|deps|diff|rules|sbom|why).*/example/')" $'Examples:\nexample\nexample'
  done
}

@test "help for a command has three spellings" {
  expected=$("$OCISLIM" slim --help)
  equal "$("$OCISLIM" help slim)" "$expected"
  equal "$("$OCISLIM" slim -h)" "$expected"
  equal "$("$OCISLIM" help)" "$("$OCISLIM" --help)"
  equal "$("$OCISLIM" -h)" "$("$OCISLIM" --help)"
}

@test "help lists every command" {
  equal "$("$OCISLIM" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')" $'slim\ndeps\ndiff\nrules\nsbom\nwhy'
}

@test "help, manual page and completions name the same options" {
  for command in slim deps; do
    expected=$(help_options $command)
    (($(wc -l <<<"$expected") > 5))
    equal "$(manual_options $command)" "$expected"
    equal "$(bash_options $command)" "$expected"
    equal "$(zsh_options $command)" "$expected"
    equal "$(fish_options $command)" "$expected"
  done
}

@test "bash offers what help lists, for the other commands too" {
  for command in diff rules sbom why; do
    equal "$(bash_options $command)" "$(help_options $command)"
  done
}

@test "the manual page has no mistake that its checker knows" {
  command -v mandoc || skip "no mandoc"
  mandoc -T lint -W warning "$manual" >&2
}

@test "the manual page names every exit code and every reason" {
  for code in 0 1 2 3 4 5; do
    grep -qx "\.It $code" "$manual"
  done
}

@test "--version" {
  with_status 0 "$OCISLIM" --version
  [[ $output =~ ^ocislim\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "without a command the help goes to standard error" {
  with_status 2 "$OCISLIM"
  equal "$output" ""
  equal "$stderr" "$("$OCISLIM" --help)"
}

@test "an unknown command" {
  with_status 2 "$OCISLIM" slum
  equal "$stderr" $'ocislim: there is no command \'slum\'\nhint: see \'ocislim --help\''
  with_status 2 "$OCISLIM" $'a\033[1mb'
  stderr_has 'a\x1b[1mb'
}

@test "an unknown option" {
  with_status 2 "$OCISLIM" slim --fast a b
  equal "$stderr" $'ocislim: slim: Unknown option --fast\nhint: see \'ocislim slim --help\''
}

@test "too few and too many operands" {
  with_status 2 "$OCISLIM" slim
  equal "$stderr" $'ocislim: an operand is missing\nhint: see \'ocislim slim --help\''
  with_status 2 "$OCISLIM" slim oci:a
  with_status 2 "$OCISLIM" slim oci:a oci:b oci:c
  equal "$stderr" $'ocislim: there are too many operands\nhint: see \'ocislim slim --help\''
  with_status 2 "$OCISLIM" deps
}

@test "an unknown transport" {
  with_status 2 "$OCISLIM" slim oic:a oci:b
  stderr_has "no transport 'oic'"
  stderr_has "hint: did you mean 'oci:'?"
  with_status 2 "$OCISLIM" slim oci:a containers-storage:x
  stderr_has "no transport 'containers-storage'"
}

@test "values that cannot be" {
  simple_image oci source </dev/null
  with_status 2 "$OCISLIM" slim --max-size lots oci:source oci:dest
  stderr_has "'lots' is no size"
  with_status 2 "$OCISLIM" slim --compression xz oci:source oci:dest
  stderr_has "--compression 'xz' is none of gzip, zstd, none"
  with_status 2 "$OCISLIM" slim --threads -1 oci:source oci:dest
  with_status 2 "$OCISLIM" slim --threads 100000 oci:source oci:dest
  with_status 2 "$OCISLIM" slim --level 99 oci:source oci:dest
  with_status 2 "$OCISLIM" slim --include '/a[' oci:source oci:dest
  stderr_has "has an open '['"
  with_status 2 "$OCISLIM" slim --exec '["sh",]' oci:source oci:dest
  with_status 2 "$OCISLIM" slim --platform linux/a/b/c oci:source oci:dest
  with_status 2 env SOURCE_DATE_EPOCH=yesterday "$OCISLIM" slim oci:source oci:dest
  stderr_has "SOURCE_DATE_EPOCH is 'yesterday'"
  equal "$(names)" "source "
}
