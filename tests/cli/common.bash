# What the command line tests share. OCISLIM names the program.
bats_require_minimum_version 1.5.0

tools=$BATS_TEST_DIRNAME
PATH=/usr/bin:/bin:$PATH # the distribution's python3, which has jsonschema, whatever else is installed

setup_file()
{
  [[ -x ${OCISLIM:?} ]]
  unset SOURCE_DATE_EPOCH NO_COLOR
  export LC_ALL=C.UTF-8
  cc -O1 -static -o "$BATS_FILE_TMPDIR/static" "$BATS_TEST_DIRNAME/program.c"
  strip "$BATS_FILE_TMPDIR/static"
  cc -O1 -o "$BATS_FILE_TMPDIR/dynamic" "$BATS_TEST_DIRNAME/program.c"
}

setup()
{
  mkdir "$BATS_TEST_TMPDIR/here"
  cd "$BATS_TEST_TMPDIR/here" || return 1
  static=$BATS_FILE_TMPDIR/static
  dynamic=$BATS_FILE_TMPDIR/dynamic
}

# image KIND DEST <DESCRIPTION: see mkimage.py
image() { python3 "$tools/mkimage.py" "$1" - "$2"; }

# show WHAT IMAGE: see show.py
show() { python3 "$tools/show.py" "$@"; }

# The simplest image that there is: one static program. What follows on standard input is added.
simple_image()
{
  {
    printf 'entrypoint /app\nlayer gzip\ncopy /app %s\n' "$static"
    [[ -t 0 ]] || cat
  } | image "$1" "$2"
}

# with_status CODE COMMAND...: runs it; standard error is in $stderr, and no line of it is empty or holds a control character.
with_status()
{
  local expected=$1
  shift
  run --separate-stderr "$@"
  if [[ $status != "$expected" ]]; then
    printf 'status %s instead of %s: %s\n%s\n%s\n' "$status" "$expected" "$*" "$output" "$stderr"
    return 1
  fi
  if LC_ALL=C grep -q '[[:cntrl:]]' <<<"$stderr"; then
    printf 'control characters: %q\n' "$stderr"
    return 1
  fi
}

# stderr_has TEXT
stderr_has()
{
  [[ $stderr == *"$1"* ]] || {
    printf 'no "%s" in:\n%s\n' "$1" "$stderr"
    return 1
  }
}

# equal ACTUAL EXPECTED
equal()
{
  [[ $1 == "$2" ]] || {
    diff -u <(printf '%s\n' "$2") <(printf '%s\n' "$1")
    return 1
  }
}

# The names in a folder, on one line.
names() { find "${1:-.}" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | tr '\n' ' '; }
