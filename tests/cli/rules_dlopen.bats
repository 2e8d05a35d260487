# What programs load while they run: notes in objects, modules by folder and by name, and what glibc loads to end a thread.
load common

setup()
{
  root=$BATS_TEST_TMPDIR/root
  mkdir -p "$root"/{etc,tmp,usr/bin,usr/lib}
  cd "$BATS_TEST_TMPDIR" || return 1
}

# compile COMPILER TEXT OPTION...
compile()
{
  local compiler=$1 text=$2
  shift 2
  "$compiler" -x "$([[ $compiler == g++ ]] && echo c++ || echo c)" - -x none -O1 -w "$@" <<<"$text"
}

# library NAME...: shared objects of these sonames.
library()
{
  local name
  for name; do
    compile cc 'int f(void) { return 1; }' -fPIC -shared -nostdlib -o "$root/usr/lib/$name" "-Wl,-soname,$name"
  done
}

# noted JSON: /usr/bin/app says this in .note.dlopen.
noted()
{
  printf '%s\0' "$1" >note
  compile cc '__asm__(".pushsection .note.dlopen, \"a\"; .balign 4; .long 4, 1f - 0f, 0x407c0c0a; .asciz \"FDO\";"
    "0: .incbin \"note\"; 1: .balign 4; .popsection"); void f(void) {}' -fPIC -shared -nostdlib -o "$root/usr/bin/app"
}

# loads OPTION...: the files beside the entrypoint that are kept, on one line.
loads()
{
  "$OCISLIM" slim -q "rootfs:$root" oci:out --entrypoint /usr/bin/app --allow-missing --report report.json "$@" || return 1
  rm -rf out
  jq -r '[.kept[] | select(.type == "file" and .path != "/usr/bin/app").path | sub(".*/"; "")] | join(" ")' report.json
}

@test ".note.dlopen: by priority, and the first of alternatives that there is" {
  library lib{must,rather,maybe,second,third}.so.1
  noted '[{"soname":["libmust.so.1"],"priority":"required"},{"soname":["libfirst.so.1","libsecond.so.1","libthird.so.1"]},{"soname":["librather.so.1"],"priority":"recommended"},{"soname":["libmaybe.so.1"],"priority":"suggested"}]'
  equal "$(loads --dlopen required)" "libmust.so.1"
  equal "$(loads)" "libmust.so.1 librather.so.1 libsecond.so.1"
  equal "$(jq -r '.kept[] | select(.path == "/usr/lib/libsecond.so.1").reason | [.kind, .from, .detail] | join("|")' report.json)" \
    "dlopen|/usr/bin/app|.note.dlopen, recommended"
  equal "$(loads --dlopen suggested)" "libmaybe.so.1 libmust.so.1 librather.so.1 libsecond.so.1"
  equal "$(loads --keep strict)" ""
}

@test ".note.dlopen: one that is required and is not in the image is told" {
  noted '[{"soname":["libmust.so.1"],"priority":"required","feature":"doors"},{"soname":["librather.so.1"]}]'
  equal "$(loads)" ""
  equal "$(jq -c '[.missing[] | [.name, .from, .required]]' report.json)" '[["libmust.so.1","/usr/bin/app",false]]'
}

@test "modules of libltdl: a folder with their descriptions, as the program names it" {
  mkdir -p "$root/usr/lib/app/modules"
  library libcodec.so.1
  compile cc 'int f(void); int g(void) { return f(); }' -fPIC -shared -nostdlib -o "$root/usr/lib/app/modules/png.so" "$root/usr/lib/libcodec.so.1"
  printf "dlname='png.so'\nlibdir='/usr/lib/app/modules'\n" >"$root/usr/lib/app/modules/png.la"
  compile cc 'const char folder[] = "/usr/lib/app/modules"; void lt_dlopenext(const char *); void f(void) { lt_dlopenext(folder); }' \
    -fPIC -shared -nostdlib -o "$root/usr/bin/app"
  equal "$(loads)" "png.la png.so libcodec.so.1"
  equal "$(loads --keep strict)" ""
}

# root_of PROGRAM: the root has what the loader says, and the library that only a running thread asks for.
root_of()
{
  local file
  ldd "$1" | grep -o '/[^ ]*' | while read -r file; do
    mkdir -p "$root${file%/*}"
    cp --dereference "$file" "$root$file"
  done
  file=$(cc -print-file-name=libgcc_s.so.1)
  mkdir -p "$root/usr/lib/x86_64-linux-gnu"
  cp --dereference "$file" "$root$(dirname "$(ldd "$1" | grep -o '/[^ ]*libc.so.6')")/libgcc_s.so.1"
}

# in_image LEVEL: what the program says in the image that is made of the root.
in_image()
{
  rm -rf image
  "$OCISLIM" slim -q "rootfs:$root" rootfs:image --entrypoint /usr/bin/app --keep "$1" && chroot image /usr/bin/app 2>&1
}

@test "a thread that is cancelled needs libgcc_s" {
  compile cc '#include <pthread.h>
    #include <stdio.h>
    #include <unistd.h>
    static void clean(void *p) { puts("cleaned up"); }
    static void *wait(void *p) { pthread_cleanup_push(clean, 0); for (;;) pause(); pthread_cleanup_pop(0); }
    int main() { pthread_t t; pthread_create(&t, 0, wait, 0); pthread_cancel(t); pthread_join(t, 0); puts("done"); }' \
    -pthread -o "$root/usr/bin/app"
  root_of "$root/usr/bin/app"
  equal "$(in_image safe)" "cleaned up
done"
  run in_image strict
  ((status != 0))
  [[ $output == *"libgcc_s.so.1 must be installed for pthread_cancel to work"* ]]
}

@test "an exception in a thread that is cancelled" {
  compile g++ '#include <pthread.h>
    #include <cstdio>
    #include <stdexcept>
    #include <unistd.h>
    struct Guard { ~Guard() { try { throw std::runtime_error("thrown"); } catch (const std::exception &e) { puts(e.what()); } } };
    static void *wait(void *) { Guard guard; for (;;) pause(); }
    int main() { pthread_t t; pthread_create(&t, 0, wait, 0); pthread_cancel(t); pthread_join(t, 0); puts("done"); }' \
    -pthread -o "$root/usr/bin/app"
  root_of "$root/usr/bin/app"
  equal "$(in_image safe)" "thrown
done"
}
