# What the scenarios share: a root full of small objects, what ocislim says about it, and what the loader says. OCISLIM names the program.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0

tests=${BATS_TEST_DIRNAME%/*}
ld64=/lib64/ld-linux-x86-64.so.2
ld32=/lib/ld-linux.so.2

setup_file()
{
  [[ -x ${OCISLIM:?} ]]
  export LC_ALL=C.UTF-8
  unset LD_LIBRARY_PATH LD_PRELOAD LD_AUDIT
  echo 'void start(void) {}' | cc -x c -c -fPIC -m64 -o "$BATS_FILE_TMPDIR/64.o" -
  echo 'void start(void) {}' | cc -x c -c -fPIC -m32 -o "$BATS_FILE_TMPDIR/32.o" -
}

setup()
{
  root=$BATS_TEST_TMPDIR/root
  mkdir -p "$root/lib64" "$root/etc" "$root/bin"
  cp --dereference "$ld64" "$root$ld64"
}

# stub NAME CLASS: prints the path of an object that exists so that the linker writes NAME as a dependency.
stub()
{
  local file
  file=$BATS_TEST_TMPDIR/stub-$2-$(printf %s "$1" | sha256sum | cut -c1-16)
  [[ -e $file ]] || link "$2" -shared "-soname=$1" -o "$file"
  echo "$file"
}

# link CLASS OPTION...
link()
{
  local class=$1 emulation=elf_x86_64
  shift
  [[ $class == 64 ]] || emulation=elf_i386
  ld -m "$emulation" --no-as-needed --allow-shlib-undefined "$BATS_FILE_TMPDIR/$class.o" "$@"
}

# library PATH [WORD...]: a shared object in the root. WORD: soname=, needed=, rpath= or runpath=TEXT, class=32, or an option of the linker.
library() { object -shared "$@"; }

# program PATH [WORD...]: the same with an interpreter.
program()
{
  local word interpreter=$ld64
  for word; do
    [[ $word != class=32 ]] || interpreter=$ld32
  done
  object "-pie -e start --dynamic-linker=$interpreter" "$@"
}

object()
{
  local kind path=$root$2 word class=64 options=() needed=()
  read -ra kind <<<"$1"
  shift 2
  mkdir -p "${path%/*}"
  for word; do
    case $word in
      class=*) class=${word#*=} ;;
      needed=*) needed+=("${word#*=}") ;;
      soname=*) options+=("-soname=${word#*=}") ;;
      rpath=*) options+=(--disable-new-dtags "-rpath=${word#*=}") ;;
      runpath=*) options+=(--enable-new-dtags "-rpath=${word#*=}") ;;
      *) options+=("$word") ;;
    esac
  done
  for word in "${needed[@]}"; do
    options+=("$(stub "$word" "$class")")
  done
  link "$class" "${kind[@]}" -o "$path" "${options[@]}"
}

# text PATH CONTENT, symlink PATH TARGET: in the root.
text()
{
  mkdir -p "$root${1%/*}"
  printf '%b' "$2" >"$root$1"
}

symlink()
{
  mkdir -p "$root${1%/*}"
  ln -s "$2" "$root$1"
}

# cache: the root's ld.so.cache, by ldconfig; links are left as they are.
cache() { /sbin/ldconfig -X -r "$root"; }

# image NAME=VALUE...: the root as an image with this environment, in $source.
image()
{
  local variable path
  source=oci:$BATS_TEST_TMPDIR/image
  {
    for variable; do
      printf 'env %s\n' "$variable"
    done
    echo 'layer none'
    while read -r path; do
      printf 'copy %s %s 755\n' "$path" "$root$path"
    done < <(find "$root" -type f -printf '/%P\n')
  } >"$BATS_TEST_TMPDIR/description"
  rm -rf "${source#oci:}"
  python3 "$tests/cli/mkimage.py" oci "$BATS_TEST_TMPDIR/description" "${source#oci:}"
}

# shows STATUS PATH <EXPECTED: both outputs of `ocislim deps`, whole.
shows()
{
  run "$OCISLIM" deps "${source:-rootfs:$root}" "$2"
  [[ $status == "$1" ]] || { printf 'status %s instead of %s:\n%s\n' "$status" "$1" "$output"; return 1; }
  diff -u - <(printf '%s\n' "$output")
}

# shows_json STATUS PATH <EXPECTED: the same with --json, each document on one line with its members in order.
shows_json()
{
  run --separate-stderr "$OCISLIM" deps --json "${source:-rootfs:$root}" "$2"
  [[ $status == "$1" ]] || { printf 'status %s instead of %s:\n%s\n' "$status" "$1" "$output"; return 1; }
  diff -u <(jq --sort-keys .) <(jq --sort-keys . <<<"$output")
}

# same_as_loader PATH [NAME=VALUE...]: the loader, in the root, opens and misses the same. It needs root, or a name space of its own.
same_as_loader()
{
  local path=$1 enter=()
  shift
  ((EUID == 0)) || enter=(unshare --user --map-root-user)
  "${enter[@]}" env "$@" python3 "$tests/field/oracle.py" --path "$path" --source "${source:-rootfs:$root}" "$root" "$OCISLIM"
}
