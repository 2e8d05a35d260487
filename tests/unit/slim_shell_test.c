/*
 * What shell texts may run. Each case compares all that was found:
 * [commands] [sourced] [paths], as word:line, with ? before what is not determined.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "slim/keep/shell.h"

static void print_commands(GString *result, const GPtrArray *list)
{
  g_string_append_c(result, '[');
  for (guint i = 0; i < list->len; i++)
  {
    const KeepShellCommand *command = list->pdata[i];
    g_string_append_printf(result, "%s%s%s:%u", i > 0 ? " " : "", command->determined ? "" : "?", command->word, command->line);
  }
  g_string_append_c(result, ']');
}

static char *print(const KeepShellText *text)
{
  GString *result = g_string_new(NULL);
  print_commands(result, text->commands);
  g_string_append_c(result, ' ');
  print_commands(result, text->sourced);
  g_string_append(result, " [");
  for (guint i = 0; i < text->paths->len; i++)
    g_string_append_printf(result, "%s%s", i > 0 ? " " : "", (const char *)text->paths->pdata[i]);
  g_string_append(result, text->truncated ? "] truncated" : "]");
  return g_string_free(result, FALSE);
}

/* Read twice: the result must be the same. */
static char *read_and_print(const char *text, gsize length, const char *const *environment)
{
  g_autoptr(KeepShellText) first = keep_shell_read_in(text, length, environment);
  g_autoptr(KeepShellText) second = keep_shell_read_in(text, length, environment);
  char *result = print(first);
  g_autofree char *again = print(second);
  assert_string_equal(result, again);
  return result;
}

typedef struct
{
  const char *text;
  const char *expected;
} Case;

static void check(const Case *cases, gsize count)
{
  gboolean failed = FALSE;
  for (gsize i = 0; i < count; i++)
  {
    g_autofree char *found = read_and_print(cases[i].text, strlen(cases[i].text), NULL);
    if (strcmp(found, cases[i].expected) == 0)
      continue;
    print_error("expected: %s\nfound:    %s\ntext:     %s\n", cases[i].expected, found, cases[i].text);
    failed = TRUE;
  }
  assert_false(failed);
}

static void command_positions(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"", "[] [] []"},
      {"a", "[a:1] [] []"},
      {"a\nb;c&d|e|&f&&g||h", "[a:1 b:2 c:2 d:2 e:2 f:2 g:2 h:2] [] []"},
      {"a a\na", "[a:1] [] []"},
      {"(a); { b; }; c", "[a:1 b:1 c:1] [] []"},
      {"((a); b)", "[a:1 b:1] [] []"},
      {"( (a) )", "[a:1] [] []"},
      {"x $(a) \"$(b \"$(c)\")\" y", "[x:1 a:1 b:1 c:1] [] []"},
      {"x `a` \"`b \\`c\\``\"", "[x:1 a:1 b:1 c:1] [] []"},
      {"x <(a) >(b) y<(c)", "[x:1 a:1 b:1 c:1] [] []"},
      {"if a; then b; elif c\nthen d; else e; fi", "[a:1 b:1 c:1 d:2 e:2] [] []"},
      {"while a; do b; done; until c; do d; done", "[a:1 b:1 c:1 d:1] [] []"},
      {"while a; do while b; do c; done done", "[a:1 b:1 c:1] [] []"},
      {"! a; time b; time -p c; coproc d; coproc NAME { e; }", "[a:1 b:1 c:1 d:1 e:1] [] []"},
      {"if a; then { b; } fi", "[a:1 b:1] [] []"},
      {"echo if a; echo then b", "[] [] []"},
      {"a if; b done", "[a:1 b:1] [] []"},
      {"'if' a", "[if:1] [] []"},
      {"a 2>&1 >/dev/null b; >x c; 2>/y d <<<e", "[a:1 c:1 d:1] [] []"},
      {"<in a; a >|o b", "[a:1] [] []"},
      {"{fd}>x a; 3<y b", "[a:1 b:1] [] []"},
      {"X=1 Y=2 a; Z=3; Q=", "[a:1] [] []"},
      {"X+=1 a; Y[0]=2 b", "[a:1 b:1] [] []"},
      {"a=b=c d", "[d:1] [] []"},
      {"1a=b", "[1a=b:1] [] []"},
      {"a \\\n b\nc", "[a:1 c:3] [] []"},
      {"a\\\nb", "[ab:1] [] []"},
      {"a # b; c\n#d\ne#f", "[a:1 e#f:3] [] []"},
      {"#!/bin/sh\n# it's\na", "[a:3] [] []"},
      {"a;# b\nc", "[a:1 c:2] [] []"},
      {"'a b' c; \"d\"e; \\f; $'g\\x41\\n'; $'h\\x41\\101'; $\"i\"", "[a b:1 de:1 f:1 hAA:1 i:1] [] []"},
      {"\"a\nb\"; c", "[c:2] [] []"},
      {"./a; ../b/c; /d/e f", "[./a:1 ../b/c:1 /d/e:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void cases_loops_and_conditions(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"case $x in a) b;; (c|d) e;; *) f; esac; g", "[b:1 e:1 f:1 g:1] [] []"},
      {"case x in\n a | b)\n c ;&\n d) e ;;&\n f) ;;\nesac\ng", "[c:3 e:4 g:7] [] []"},
      {"case x in esac; a", "[a:1] [] []"},
      {"case $(a) in b) c;; esac", "[a:1 c:1] [] []"},
      {"x $(case a in b) c;; esac) d", "[x:1 c:1] [] []"},
      {"x $(case a in (b) c;; esac; d) e", "[x:1 c:1 d:1] [] []"},
      {"case x in @(a|b)) c;; +([0-9])) d;; esac", "[c:1 d:1] [] []"},
      {"case x in if) a;; \"b\"*) c;; esac", "[a:1 c:1] [] []"},
      {"case x in a) case y in b) c;; esac;; d) e;; esac; f", "[c:1 e:1 f:1] [] []"},
      {"case \"$1\" in\nstart) { a; ;;\nesac\nb", "[a:2 b:4] [] []"},
      {"for x in a b; do c $x; done", "[c:1] [] []"},
      {"for x in a b\ndo $x; done", "[a:2 b:2] [] []"},
      {"for x; do $x; done", "[] [] []"},
      {"for x\ndo c; done", "[c:2] [] []"},
      {"for x\nin a; do $x; done", "[a:2] [] []"},
      {"for x in /etc/a.d/*.sh; do . \"$x\"; done", "[] [/etc/a.d/*.sh:1] [/etc/a.d/*.sh]"},
      {"for x in /a/*; do case $x in *.sh) \"$x\";; esac; done; f() { for y; do $y; done; }; f /b/[0-9]*", "[/a/*:1] [] [/a/* /b/[0-9]*]"},
      {"D=/a; for x in \"$D\"/*; do \"$x\"; done; for y in $Z/*; do $y; done; for z in /a/{b,c}; do $z; done",
       "[/a/*:1 ?$y:1 ?$z:1] [] [/a /a/*]"},
      {"for x in $(a); do $x; done", "[a:1 ?$x:1] [] []"},
      {"for ((i = 0; i < 3; i++)); do a; done; for ((;;))\ndo b; done", "[a:1 b:2] [] []"},
      {"select x in a b; do c; done", "[c:1] [] []"},
      {"for x do a; done; b", "[a:1 b:1] [] []"},
      {"[[ a && b || ( c < d ) ]] && e", "[e:1] [] []"},
      {"[[ $x =~ ^(a|b)$ ]]; c\n[[ a\n&& b ]]\nd", "[c:1 d:4] [] []"},
      {"if [[ -x /a ]]; then /a; fi", "[/a:1] [] [/a]"},
      {"[[ $(a) == b ]]", "[a:1] [] []"},
      {"[ -x /a ] && test -f /b", "[] [] [/a /b]"},
      {"(( x = 1 << 2, y )) && a; (( z > (1) ))", "[a:1] [] []"},
      {"x $((1 << 2)) $(( (a) )) $(( $(b) + 1 )); c", "[x:1 b:1 c:1] [] []"},
      {"x $((a) | b)", "[x:1 a:1 b:1] [] []"},
      {"ls !(a|b) c; d", "[ls:1 d:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void functions(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"f() { a; }; f; g", "[a:1 g:1] [] []"},
      {"f; f() { a; }", "[a:1] [] []"},
      {"f () ( a )\nfunction g { b; }\nfunction h() { c; }\nfunction i () { d; }\nf; g; h; i", "[a:1 b:2 c:3 d:4] [] []"},
      {"f()\n{\n a\n}\nf b", "[a:3] [] []"},
      {"f() if a; then b; fi\nf", "[a:1 b:1] [] []"},
      {"my-f.x() { a; }; my-f.x", "[a:1] [] []"},
      {"ls() { command ls \"$@\"; }; ls", "[ls:1] [] []"},
      {"f() { :; }; exec f; env f", "[f:1 env:1] [] []"},
      {"f() { :; }; command -v f; command f", "[f:1] [] []"},
      {"f() { \"$@\"; }; f a b", "[a:1] [] []"},
      {"f() { n=$1; shift; while ! \"$@\"; do b; done; }; f 5 a", "[b:1 a:1] [] []"},
      {"f() { shift 2; exec \"$1\"; }; f x y a", "[a:1] [] []"},
      {"f() { gosu u \"$@\"; }; f a", "[gosu:1 a:1] [] []"},
      {"f() { echo \"$@\"; }; f a", "[] [] []"},
      {"f() { g() { \"$@\"; }; b; }; f a; g c", "[b:1 c:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void variables(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"PG=/usr/lib/postgresql/15/bin; \"$PG/postgres\"", "[/usr/lib/postgresql/15/bin/postgres:1] [] [/usr/lib/postgresql/15/bin]"},
      {"X=a; $X; ${X}b; \"${X}\" c", "[a:1 ab:1] [] []"},
      {"$X; \"$X\" a; ${X}; b$X", "[?$X:1 ?\"$X\":1 ?${X}:1 ?b$X:1] [] []"},
      {"${X:-a}; ${Y-b}", "[a:1 b:1] [] []"},
      {"X=b; ${X:-a}", "[b:1 a:1] [] []"},
      {"X=a; X=b; $X", "[a:1 b:1] [] []"},
      {"f() { $X; }; X=a; f", "[a:1] [] []"},
      {"X=$(a); $X", "[a:1 ?$X:1] [] []"},
      {"X=a; X=$(b); $X", "[b:1 a:1 ?$X:1] [] []"},
      {"X=$(command -v a); $X; \"$(which b 2>/dev/null)\" c; $(command -v d || true)", "[a:1 b:1 which:1 d:1] [] []"},
      {": ${X:=a}; $X", "[a:1] [] []"},
      {"a <<E\n${X:=b}\nE\n$X", "[a:1 b:4] [] []"},
      {"${X:+a b} c", "[a:1 c:1] [] []"},
      {"X=; $X a", "[a:1] [] []"},
      {"X=; [ y ] && X='gosu u'; $X a", "[gosu:1 a:1] [] []"},
      {"X=\"sudo -u www\"; $X a; \"$X\"", "[sudo:1 a:1 sudo -u www:1] [] []"},
      {"export X=a Y=b; local Z=c; readonly Q=d; declare -x R=e; $X $Y; $Z; $Q; $R", "[a:1 c:1 d:1 e:1] [] []"},
      {"X=a; read X; $X", "[a:1 ?$X:1] [] []"},
      {"X=a; X+=b; $X", "[a:1 ?$X:1] [] []"},
      {"X=a; Y=$X/b; $Y; ${Y%/b}", "[a/b:1 ?${Y%/b}:1] [] []"},
      {"${X%a}; ${#X}; ${!X}; ${X//a/b}", "[?${X%a}:1 ?${#X}:1 ?${!X}:1 ?${X//a/b}:1] [] []"},
      {"x \"${X%'}'}\"; \"${Y:-'}\"; a", "[x:1 ':1 a:1] [] []"},
      {"A=(a b); \"${A[@]}\"; ${A[0]} c; \"${A[*]}\"", "[a:1] [] []"},
      {"A=(gosu u); A+=(-x); \"${A[@]}\" a", "[gosu:1 a:1] [] []"},
      {"A=(); A+=(a b); \"${A[@]}\" c", "[a:1 c:1] [] []"},
      {"f() { local A=( a\n /b ); \"${A[@]}\"; }", "[a:2] [] [/b]"},
      {"A=([x]=/y [z]=w); a", "[a:1] [] []"},
      {"PATH=$PATH:/x; a", "[a:1] [] []"},
      {"~/a; X=~/b; $X; ~u/c; d~e", "[?~/a:1 ?$X:1 ?~u/c:1 d~e:1] [] []"},
      {"HOME=/h; ~/a; X=~/b; $X; ls ~", "[/h/a:1 /h/b:1 ls:1] [] [/h /h/b]"},
      {"*/a; [ab]; {a,b}/c; {}", "[?*/a:1 ?[ab]:1 ?{a,b}/c:1 {}:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void arguments(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"exec \"$@\"", "[] [] []"},
      {"\"$@\"; $@; $*; \"$1\"; ${2}; \"$0\" x; \"$BASH_SOURCE\"; ${BASH_SOURCE[0]}", "[] [] []"},
      {"${1:-a}; ${1#-}", "[a:1] [] []"},
      {"\"$1/b\"; x$1", "[?\"$1/b\":1 ?x$1:1] [] []"},
      {"X=$1; $X", "[] [] []"},
      {"set -- a \"$@\"\nexec \"$@\"", "[a:2] [] []"},
      {"set -- gosu u a \"$@\"; exec \"$@\"", "[gosu:1 a:1] [] []"},
      {"set a b; \"$1\" \"$2\"; $2", "[a:1 b:1] [] []"},
      {"set -eu; set -o pipefail; set +x; \"$@\"", "[] [] []"},
      {"set -- \"$@\" -x; exec \"$@\"", "[] [] []"},
      {"set -- -x; exec a \"$@\"", "[a:1] [] []"},
      {"f() { set -- --x=$(a) \"$@\"; b \"$@\"; }; f; exec \"$@\"", "[a:1 b:1] [] []"},
      {"f() { set -- a \"$@\"; X=$1; $X; }; set -- b; f; g() { \"$1\"; }; g; $1", "[a:1 b:1] [] []"},
      {"f() { set -- \"$X\"; \"$@\"; }; \"$@\"", "[?\"$@\":1] [] []"},
      {"exec gosu u \"$0\" \"$@\"", "[gosu:1] [] []"},
      {"exec gosu u \"$@\"; exec su-exec u:g \"$1\"", "[gosu:1 su-exec:1] [] []"},
      {". \"$1\"; sh \"$@\"", "[sh:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void wrappers(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"exec a b; exec -a n -c c; exec -l -- d; exec 2>&1; exec", "[a:1 c:1 d:1] [] []"},
      {"exec echo; echo; command echo", "[echo:1] [] []"},
      {"command a; command -p b; command -v c >/dev/null; command -V d e; command cd", "[a:1 b:1 c:1 d:1 e:1] [] []"},
      {"type a b; which -a c; hash d; hash -r; command -v cd \"$1\"", "[a:1 b:1 which:1 c:1 d:1] [] []"},
      {"builtin cd x; builtin eval a", "[a:1] [] []"},
      {"eval a; eval 'b; c'; eval d 'e; f'; eval \"g $X\"; eval \"$X\"; eval \"$(h)\"",
       "[a:1 b:1 c:1 d:1 f:1 g:1 ?$X:1 ?$(h):1 h:1] [] []"},
      {"X=Y=1; eval $X 'a b'; eval \"$X $Z c\"", "[a:1 ?$Z:1] [] []"},
      {"X='a; b'; eval \"$X\"; eval \"c && $X\"; eval \"$@\"", "[a:1 b:1 c:1] [] []"},
      {"env; env a; env -i b; env -u X -C /d Y=1 Z=2 c; env -S 'd e'; env -- f; /usr/bin/env g",
       "[env:1 a:1 b:1 c:1 d:1 f:1 /usr/bin/env:1 g:1] [] [/d]"},
      {"nohup a; nice b; nice -n 5 c; nice -10 d; setsid -w e; ionice -c 3 f",
       "[nohup:1 a:1 nice:1 b:1 c:1 d:1 setsid:1 e:1 ionice:1 f:1] [] []"},
      {"timeout 5 a; timeout -s KILL -k 5 1m b; timeout --signal=TERM 3 c; timeout --signal TERM 3 d", "[timeout:1 a:1 b:1 c:1 d:1] [] []"},
      {"sudo a; sudo -E -u www b; doas -u x c; sudo X=1 d", "[sudo:1 a:1 b:1 doas:1 c:1 d:1] [] []"},
      {"gosu u a; su-exec u:g b; s6-setuidgid u c; chroot --userspec=u /r d; chroot /r",
       "[gosu:1 a:1 su-exec:1 b:1 s6-setuidgid:1 c:1 chroot:1 d:1] [] [/r]"},
      {"setpriv --reuid=1 --regid 2 --clear-groups a; setpriv --reuid u -- b", "[setpriv:1 a:1 b:1] [] []"},
      {"runuser -u u -- a; runuser u -c 'b; c'; runuser -l u -s /bin/sh --command 'd'", "[runuser:1 a:1 b:1 c:1 d:1] [] [/bin/sh]"},
      {"su u -c a; su - u -s /bin/sh -c 'b \"$1\"'; su u", "[su:1 a:1 b:1] [] [/bin/sh]"},
      {"xargs a; xargs -0 -n 1 -I {} b {}; xargs -r --max-args 1 c; xargs", "[xargs:1 a:1 b:1 c:1] [] []"},
      {"find /d -name x -exec a {} \\; -ok b {} \\; -execdir c {} +; find . -print", "[find:1 a:1 b:1 c:1] [] [/d]"},
      {"find . -exec sh -c 'a \"$1\"; b' _ {} \\;", "[find:1 sh:1 a:1 b:1] [] []"},
      {"trap 'a; b' EXIT; trap c INT; trap - TERM; trap '' HUP; trap", "[a:1 b:1 c:1] [] []"},
      {"trap \"a $X\" EXIT", "[a:1] [] []"},
      {"sh -c 'a; b'; bash -ec \"c\" x; dash -o errexit -c d; /bin/sh -x -c e; bash -c",
       "[sh:1 a:1 b:1 bash:1 c:1 dash:1 d:1 /bin/sh:1 e:1] [] []"},
      {"sh -c 'x\ny' \nz", "[sh:1 x:1 y:2 z:3] [] []"},
      {"bash -c \"a $X; $Y\"", "[bash:1 a:1 ?$Y:1] [] []"},
      {"sh /a.sh b; bash -e ./c.sh; sh -s; sh -- d; sh \"$X\"", "[sh:1 bash:1] [/a.sh:1 ./c.sh:1 d:1 ?\"$X\":1] []"},
      {". /a; source b c; . \"$X\"; . ${Y:-/d}", "[] [/a:1 b:1 ?\"$X\":1 /d:1] []"},
      {"X=/l; . $X/a.sh; . \"$(dirname \"$0\")/b.sh\"", "[dirname:1] [/l/a.sh:1 ?\"$(dirname \"$0\")/b.sh\":1] [/l]"},
      {"tini -- a; exec dumb-init -r 15:3 b; numactl --interleave=all c; flock -x /l d; flock /l -c 'e; f'",
       "[tini:1 a:1 dumb-init:1 b:1 numactl:1 c:1 flock:1 d:1 e:1 f:1] [] [/l]"},
      {"start-stop-daemon --start --exec /a -- -x b", "[start-stop-daemon:1 /a:1 b:1] [] []"},
      {"busybox sh -c a; busybox wget b", "[busybox:1 a:1] [] []"},
      {"env -i nice gosu u sh -c 'exec a'", "[env:1 nice:1 gosu:1 sh:1 a:1] [] []"},
      {"xargs echo; time a; exec time b", "[xargs:1 echo:1 a:1 time:1 b:1] [] []"},
      {"gosu \"$U\" \"$X\"; gosu $U a", "[gosu:1 ?\"$X\":1 a:1] [] []"},
      {"alias x='y'; cd /d; kill -9 1; printf /a; export /b", "[] [] [/d /a /b]"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void here_documents(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"a <<EOF\nb\n$(c)\n`d` 'e' \"\nEOF\nf", "[a:1 c:3 d:4 f:6] [] []"},
      {"a <<'EOF'\n$(b)\nEOF\nc", "[a:1 c:4] [] []"},
      {"a <<\\EOF\n$(b)\nEOF\nc", "[a:1 c:4] [] []"},
      {"a <<\"E F\"\n$(b)\nE F\nc", "[a:1 c:4] [] []"},
      {"a <<-EOF\n\tb\n\t$(c)\n\tEOF\nd", "[a:1 c:3 d:5] [] []"},
      {"a <<EOF\n\tEOF\nEOF\nb", "[a:1 b:4] [] []"},
      {"a <<A; b <<B\n$(c)\nA\n$(d)\nB\ne", "[a:1 b:1 c:2 d:4 e:6] [] []"},
      {"a <<EOF | b && c\nx\nEOF\nd", "[a:1 b:1 c:1 d:4] [] []"},
      {"x $(a <<EOF\nb\nEOF\n) c\nd", "[x:1 a:1 d:5] [] []"},
      {"a <<EOF\n\\$(b) \\`c\\` $((1+$(d)))\nEOF", "[a:1 d:2] [] []"},
      {"a <<<$(b); c", "[a:1 b:1 c:1] [] []"},
      {"a <<EOF\r\nb\r\nEOF\r\nc", "[a:1 c:4] [] []"},
      {"a <<EOF\n$(b <<X\n$(c)\nX\n)\nEOF\nd", "[a:1 b:2 c:3 d:7] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void paths(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"a /b '/c d' x/y --e=/f < /g > /h 2>> /i /b", "[a:1] [] [/b /c d /g]"},
      {"X=/a/b; a $X \"$X/c\" ${X}d", "[a:1] [] [/a/b /a/b/c /a/bd]"},
      {"for x in /a /b; do c $x; done; case /d in /e) ;; esac", "[c:1] [] [/a /b /d]"},
      {"a / /x* /y", "[a:1] [] [/x* /y]"},
      {"$(< /a) b", "[?$(< /a):1] [] [/a]"},
      {"sh -c '/a /b'; eval /c /d; trap '/e' EXIT", "[sh:1 /a:1 /c:1 /e:1] [] [/b /d]"},
      {"A=(/x /y); export B=/z", "[] [] [/x /y /z]"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

/* Which command a path is an argument of. */
static void files_of_commands(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"python3 /a.py /b && node /c.js </d", "python3:/a.py python3:/b node:/c.js"},
      {"exec tini -- java -jar /x.jar", "java:/x.jar"},
      {"bundle exec puma /a.ru; opentelemetry-instrument python3 /b.py", "puma:/a.ru python3:/b.py"},
      {"f() { echo /no; }; cd /srv; X=/y; $X /z; perl /p; perl /p", "/y:/z perl:/p"},
      {"sh -c 'ruby /r.rb' /s; ${UNKNOWN} /t", "ruby:/r.rb sh:/s"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(CASES); i++)
  {
    g_autoptr(KeepShellText) text = keep_shell_read(CASES[i].text, strlen(CASES[i].text));
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint j = 0; j < text->arguments->len; j++)
    {
      const KeepShellArgument *argument = text->arguments->pdata[j];
      g_string_append_printf(found, "%s%s:%s", j > 0 ? " " : "", argument->program, argument->path);
    }
    assert_string_equal(found->str, CASES[i].expected);
  }
}

static void broken_text(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"a 'b\nc", "[a:1] [] [] truncated"},
      {"a \"b\nc", "[a:1] [] [] truncated"},
      {"a `b\nc", "[a:1] [] [] truncated"},
      {"a ${b\nc", "[a:1] [] [] truncated"},
      {"a $(b\nc", "[a:1 b:1 c:2] [] []"},
      {"a $'b\nc", "[a:1] [] [] truncated"},
      {"a \"$(b", "[a:1 b:1] [] []"},
      {"a <<EOF\n$(b)\nc", "[a:1 b:2] [] []"},
      {"a <<\nb", "[a:1 b:2] [] []"},
      {"a; (b", "[a:1 b:1] [] []"},
      {"a ) b; } c; fi; esac; d;; e", "[a:1 b:1 d:1 e:1] [] []"},
      {"((a", "[a:1] [] []"},
      {"$((a", "[a:1] [] []"},
      {"[[ a; b", "[b:1] [] []"},
      {"case x in a) b", "[b:1] [] []"},
      {"case", "[] [] []"},
      {"for; a", "[a:1] [] []"},
      {"function\na", "[a:2] [] []"},
      {"f(a); b", "[b:1] [] []"},
      {"A=(a", "[] [] []"},
      {"a \\", "[a:1] [] []"},
      {"$", "[$:1] [] []"},
      {"a $ b \"$\"", "[a:1] [] []"},
      {"|| && ; | a", "[a:1] [] []"},
      {"a\r\nb c\r\nif d\r\nthen e\r\nfi\r\n", "[a:1 b:2 d:3 e:4] [] []"},
      {"\001\002\nb", "[b:2] [] []"},
      {"caf\xc3\xa9; \xff", "[caf\xc3\xa9:1 \xff:1] [] []"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

static void zero_bytes_are_dropped(void **state)
{
  (void)state;
  static const char TEXT[] = "a\0b; c\0\nd";
  g_autofree char *found = read_and_print(TEXT, sizeof(TEXT) - 1, NULL);
  assert_string_equal(found, "[ab:1 c:1 d:2] [] []");
}

static void environment_is_known(void **state)
{
  (void)state;
  static const char *const ENVIRONMENT[] = {"JAVA_HOME=/opt/java", "OPTS=-x y", "broken", "=x", NULL};
  static const char TEXT[] = "\"$JAVA_HOME/bin/java\" $OPTS; ${JAVA_HOME:-/usr}/x; $broken";
  g_autofree char *found = read_and_print(TEXT, strlen(TEXT), ENVIRONMENT);
  assert_string_equal(found, "[/opt/java/bin/java:1 /opt/java/x:1 /usr/x:1 ?$broken:1] [] []");
}

/* Entrypoints as images have them: a database that becomes another user and runs init scripts. */
static void entrypoint_of_a_database(void **state)
{
  (void)state;
  static const Case CASES[] = {{
      "#!/usr/bin/env bash\n"
      "set -Eeo pipefail\n"
      "# usage: from_file VAR [DEFAULT], \"don't use $(secrets) here\"\n"
      "from_file() {\n"
      "\tlocal var=\"$1\"; local file=\"${var}_FILE\"\n"
      "\tlocal val=\"${2:-}\"\n"
      "\tif [ \"${!var:-}\" ]; then val=\"${!var}\"; elif [ \"${!file:-}\" ]; then val=\"$(< \"${!file}\")\"; fi\n"
      "\texport \"$var\"=\"$val\"\n"
      "\tunset \"$file\"\n"
      "}\n"
      "make_folders() {\n"
      "\tlocal user; user=\"$(id -u)\"\n"
      "\tmkdir -p \"$DATA\" && chmod 00700 \"$DATA\" || :\n"
      "\tif [ \"$user\" = '0' ]; then\n"
      "\t\tfind \"$DATA\" \\! -user postgres -exec chown postgres '{}' +\n"
      "\t\tfind /var/run/postgresql \\! -user postgres -exec chown postgres '{}' +\n"
      "\tfi\n"
      "}\n"
      "run_files() {\n"
      "\tlocal f\n"
      "\tfor f; do\n"
      "\t\tcase \"$f\" in\n"
      "\t\t\t*.sh) if [ -x \"$f\" ]; then \"$f\"; else . \"$f\"; fi ;;\n"
      "\t\t\t*.sql) run_sql -f \"$f\"; printf '\\n' ;;\n"
      "\t\t\t*.sql.gz) gunzip -c \"$f\" | run_sql ;;\n"
      "\t\t\t*.sql.zst) zstd -dc \"$f\" | run_sql ;;\n"
      "\t\t\t*) printf >&2 '%s: ignoring %s\\n' \"$0\" \"$f\" ;;\n"
      "\t\tesac\n"
      "\tdone\n"
      "}\n"
      "run_sql() {\n"
      "\tlocal client=( psql -v ON_ERROR_STOP=1 --username \"$DB_USER\" --no-password )\n"
      "\tif [ -n \"$DB_NAME\" ]; then client+=( --dbname \"$DB_NAME\" ); fi\n"
      "\tPGHOST= PGHOSTADDR= \"${client[@]}\" \"$@\"\n"
      "}\n"
      "first_start() {\n"
      "\teval 'initdb --username=\"$DB_USER\" --pwfile=<(printf \"%s\\n\" \"$DB_PASSWORD\") '\"$INITDB_ARGS\"' \"$@\"'\n"
      "\tcat >&2 <<-'EOT'\n"
      "\t\tWARNING: $(not run) `nor this` \"\n"
      "\tEOT\n"
      "\tlocal found\n"
      "\tfound=\"$(DB_NAME= run_sql --tuples-only <<-'EOSQL'\n"
      "\t\tSELECT 1 FROM pg_database WHERE datname = :'db' ;\n"
      "\tEOSQL\n"
      "\t)\"\n"
      "\t[ -n \"$found\" ] || createdb \"$DB_NAME\"\n"
      "}\n"
      "main() {\n"
      "\tif [ \"${1:0:1}\" = '-' ]; then set -- postgres \"$@\"; fi\n"
      "\tif [ \"$1\" = 'postgres' ]; then\n"
      "\t\tmake_folders\n"
      "\t\tif [ \"$(id -u)\" = '0' ]; then exec gosu postgres \"$BASH_SOURCE\" \"$@\"; fi\n"
      "\t\tif [ ! -s \"$DATA/PG_VERSION\" ]; then\n"
      "\t\t\tls /docker-entrypoint-initdb.d/ > /dev/null\n"
      "\t\t\tfirst_start\n"
      "\t\t\trun_files /docker-entrypoint-initdb.d/*\n"
      "\t\t\tPGUSER=\"${PGUSER:-$DB_USER}\" pg_ctl -D \"$DATA\" -o \"$(printf '%q ' \"$@\")\" -w start\n"
      "\t\t\tunset PGPASSWORD\n"
      "\t\tfi\n"
      "\tfi\n"
      "\texec \"$@\"\n"
      "}\n"
      "[ \"${#FUNCNAME[@]}\" -ge 2 ] || main \"$@\"\n",
      "[id:12 mkdir:13 chmod:13 find:15 chown:15 gunzip:25 zstd:26 psql:34 initdb:37 cat:38 createdb:46 gosu:52 ls:54 pg_ctl:57 "
      "postgres:61]"
      " [] [/var/run/postgresql /docker-entrypoint-initdb.d/ /docker-entrypoint-initdb.d/*]",
  }};
  check(CASES, G_N_ELEMENTS(CASES));
}

static void entrypoint_of_a_database_with_temporary_server(void **state)
{
  (void)state;
  static const Case CASES[] = {{
      "#!/bin/bash\n"
      "set -eo pipefail\n"
      "shopt -s nullglob\n"
      "note() { printf '%s [%s]: %s\\n' \"$(date --rfc-3339=seconds)\" \"$1\" \"$2\"; }\n"
      "mysql_config() {\n"
      "\t\"$@\" --verbose --help --log-bin-index=\"$(mktemp -u)\" 2>/dev/null \\\n"
      "\t\t| awk -v conf=\"$1\" '$1 == conf && /^[^ \\t]/ { sub(/^[^ \\t]+[ \\t]+/, \"\"); print; exit }'\n"
      "}\n"
      "if echo \"$1\" | grep -q '^-'; then\n"
      "\tset -- mysqld \"$@\"\n"
      "fi\n"
      "if [ \"$1\" = mysqld ] && [ \"$(id -u)\" = 0 ]; then\n"
      "\tDATADIR=\"$(mysql_config mysqld)\"\n"
      "\tmkdir -p \"$DATADIR\"; chown -R mysql:mysql \"$DATADIR\"\n"
      "\texec gosu mysql \"$BASH_SOURCE\" \"$@\"\n"
      "fi\n"
      "SOCKET=/var/run/mysqld/mysqld.sock\n"
      "\"$@\" --skip-networking --socket=\"${SOCKET}\" &\n"
      "pid=\"$!\"\n"
      "mysql=( mysql --protocol=socket -uroot -hlocalhost --socket=\"$SOCKET\" )\n"
      "for i in {30..0}; do\n"
      "\tif echo 'SELECT 1' | \"${mysql[@]}\" &> /dev/null; then break; fi\n"
      "\tsleep 1\n"
      "done\n"
      "if ! mysqladmin shutdown -uroot --socket=\"$SOCKET\" || ! wait \"$pid\"; then exit 1; fi\n"
      "\"${mysql[@]}\" <<-EOSQL\n"
      "\tSET PASSWORD = '${ROOT_PASSWORD//\\'/\\\\\\'}' ;\n"
      "\t-- $(pwgen -1 32)\n"
      "EOSQL\n"
      "mysql_tzinfo_to_sql /usr/share/zoneinfo | sed 's/Local time zone must be set--see zic manual page/FCTY/' | \"${mysql[@]}\" mysql\n"
      "exec \"$@\"\n",
      "[date:4 mktemp:6 awk:7 grep:9 id:12 mysqld:13 mkdir:14 chown:14 gosu:15 mysql:22 sleep:23 mysqladmin:25 pwgen:28"
      " mysql_tzinfo_to_sql:30 sed:30]"
      " [] [/var/run/mysqld/mysqld.sock /usr/share/zoneinfo]",
  }};
  check(CASES, G_N_ELEMENTS(CASES));
}

static void entrypoints_of_servers(void **state)
{
  (void)state;
  static const Case CASES[] = {
      {"#!/bin/sh\nset -e\n"
       "if [ \"${1#-}\" != \"$1\" ] || [ \"${1%.conf}\" != \"$1\" ]; then\n\tset -- redis-server \"$@\"\nfi\n"
       "if [ \"$1\" = 'redis-server' -a \"$(id -u)\" = '0' ]; then\n"
       "\tfind . \\! -user redis -exec chown redis '{}' +\n\texec gosu redis \"$0\" \"$@\"\nfi\n"
       "um=\"$(umask)\"\nif [ \"$um\" = '0022' ]; then umask 0077; fi\nexec \"$@\"\n",
       "[id:6 find:7 chown:7 gosu:8 redis-server:12] [] []"},
      {"#!/bin/sh\n# vim:sw=4\nset -e\n"
       "say() {\n    if [ -z \"${QUIET_LOGS:-}\" ]; then echo \"$@\"; fi\n}\n"
       "if [ \"$1\" = \"nginx\" ] || [ \"$1\" = \"nginx-debug\" ]; then\n"
       "    if /usr/bin/find \"/docker-entrypoint.d/\" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read v; then\n"
       "        find \"/docker-entrypoint.d/\" -follow -type f -print | sort -V | while read -r f; do\n"
       "            case \"$f\" in\n"
       "                *.envsh)\n                    if [ -x \"$f\" ]; then . \"$f\"; else say \"$0: ignoring $f\"; fi\n                  "
       "  ;;\n"
       "                *.sh)\n                    \"$f\";;\n"
       "                *) say \"$0: Ignoring $f\";;\n            esac\n        done\n    fi\nfi\nexec \"$@\"\n",
       "[/usr/bin/find:8 find:9 sort:9 ?\"$f\":15] [?\"$f\":12] [/docker-entrypoint.d/]"},
      {"#!/bin/sh\nset -eu\n"
       "defined=$(printf '${%s} ' $(awk \"END { for (name in ENVIRON) { print ( name ~ /${FILTER:-}/ ) ? name : \\\"\\\" } }\" < "
       "/dev/null))\n"
       "find \"${TEMPLATES:-/etc/nginx/templates}\" -follow -type f -name '*.template' -print | while read -r t; do\n"
       "  mkdir -p \"/etc/nginx/conf.d/$(dirname \"$t\")\"\n"
       "  envsubst \"$defined\" < \"$t\" > \"/etc/nginx/conf.d/out\"\ndone\n",
       "[awk:3 find:4 mkdir:5 dirname:5 envsubst:6] [] [/dev/null /etc/nginx/templates]"},
      {"#!/usr/bin/env bash\nset -Eeuo pipefail\n"
       "if [[ \"$1\" == apache2* ]] || [ \"$1\" = 'php-fpm' ]; then\n"
       "\tuid=\"$(id -u)\"\n\tcase \"$1\" in\n\t\tapache2*)\n\t\t\tuser=\"${APACHE_RUN_USER:-www-data}\"\n"
       "\t\t\t# strip off any '#' symbol\n\t\t\tpound='#'\n\t\t\tuser=\"${user#$pound}\"\n\t\t\t;;\n"
       "\t\t*) user='www-data' ;;\n\tesac\n"
       "\tif [ ! -e index.php ]; then\n"
       "\t\tif [ -n \"$(find -mindepth 1 -maxdepth 1 -not -name wp-content)\" ]; then echo >&2 \"WARNING: $PWD is not empty! (copying "
       "anyhow)\"; fi\n"
       "\t\tsourceTarArgs=(\n\t\t\t--create\n\t\t\t--directory /usr/src/wordpress\n\t\t\t--owner \"$user\" # not --group\n\t\t)\n"
       "\t\ttar \"${sourceTarArgs[@]}\" . | tar --extract --file -\n\tfi\n"
       "\tif [ -s wp-config-docker.php ]; then\n"
       "\t\tawk '\n\t\t\t/put your unique phrase here/ {\n\t\t\t\tcmd = \"head -c1m /dev/urandom | sha1sum | cut -d\\\\  "
       "-f1\"\n\t\t\t}\n\t\t\t{ print }\n"
       "\t\t' wp-config-docker.php > wp-config.php\n\tfi\nfi\nexec \"$@\"\n",
       "[id:4 find:15 tar:21 awk:24] [] [/usr/src/wordpress]"},
      {"#!/bin/sh\nJAVA=\"${JAVA_HOME:-/opt/java}/bin/java\"\nCP=/app/lib/a.jar\n"
       "[ -f /app/env.sh ] && . /app/env.sh\n"
       "if command -v tini >/dev/null 2>&1; then init=\"tini --\"; else init=; fi\n"
       "exec $init \"$JAVA\" $JAVA_OPTS -cp \"$CP\" Main \"$@\"\n",
       "[tini:5 /opt/java/bin/java:6] [/app/env.sh:4] [/opt/java/bin/java /app/lib/a.jar /app/env.sh]"},
  };
  check(CASES, G_N_ELEMENTS(CASES));
}

/* Texts of 48 KiB that take long or the whole stack when anything is quadratic or recursive. */
static void hostile_texts_are_bounded(void **state)
{
  (void)state;
  enum
  {
    BYTES = 48 * 1024
  };
  static const char *const PIECES[] = {
      "(",    "$(",   "\"$(", "${a:-",     "$((",  "((",    "`",           "`\\`",        "<<A ",       "a <<A\n$(", "case a in b) ",
      "{ ",   "a",    "b ",   "a'b'\"c\"", "env ", "eval ", "sh -c 'a;' ", "-exec find ", "A=$A$A;",    "A=(",       "f() { \"$@\"; };f ",
      "${A[", "X[a ", "~",    "$A",        "[[ ",  ")",     ";;",          "\\\n",        "$(which a ", "'"};
  for (gsize i = 0; i < G_N_ELEMENTS(PIECES); i++)
  {
    g_autoptr(GString) text = g_string_new("A=aaaaaaaaaaaaaaaa;A=b;find x ");
    while (text->len < BYTES)
      g_string_append(text, PIECES[i]);
    g_autoptr(KeepShellText) result = keep_shell_read(text->str, text->len);
    assert_true(result->commands->len <= KEEP_SHELL_RESULTS);
    assert_string_equal(((const KeepShellCommand *)result->commands->pdata[0])->word, "find");
  }
}

static char *nest(const char *open, const char *middle, const char *close, guint depth, const char *after)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < depth; i++)
    g_string_append(text, open);
  g_string_append(text, middle);
  for (guint i = 0; i < depth; i++)
    g_string_append(text, close);
  g_string_append(text, after);
  return g_string_free(text, FALSE);
}

static void nesting_has_a_limit(void **state)
{
  (void)state;
  static const struct
  {
    const char *open, *close;
    guint depth;
    const char *expected;
  } CASES[] = {
      {"( ", " )", 200, "[a:1 b:1] [] []"},  {"x $(", ")", 100, "[x:1 a:1 b:1] [] []"},
      {"{ ", "; }", 500, "[a:1 b:1] [] []"}, {"{ ", "; }", 10000, "[a:1 b:1] [] [] truncated"},
      {"eval '", "'", 1, "[a:1 b:1] [] []"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
  {
    g_autofree char *text = nest(CASES[i].open, "a", CASES[i].close, CASES[i].depth, "; b");
    g_autofree char *found = read_and_print(text, strlen(text), NULL);
    assert_string_equal(found, CASES[i].expected);
  }
}

static void deep_texts_are_named(void **state)
{
  (void)state;
  static const char *const OPEN[] = {"(", "$(", "x $(", "x \"$(", "${a:-", "case x in y) "};
  for (gsize i = 0; i < G_N_ELEMENTS(OPEN); i++)
  {
    g_autofree char *text = nest(OPEN[i], "a", "", 10000, "");
    g_autofree char *flat = g_strconcat("first\n", text, NULL);
    g_autoptr(KeepShellText) result = keep_shell_read(flat, strlen(flat));
    assert_string_equal(((const KeepShellCommand *)result->commands->pdata[0])->word, "first");
    assert_true(result->truncated);
  }
}

static void limits_are_named(void **state)
{
  (void)state;
  g_autoptr(GString) many = g_string_new(NULL), large = g_string_new("a\n#");
  for (guint i = 0; i < KEEP_SHELL_RESULTS + 1; i++)
    g_string_append_printf(many, "c%u;", i);
  g_autoptr(KeepShellText) result = keep_shell_read(many->str, many->len);
  assert_int_equal(result->commands->len, KEEP_SHELL_RESULTS);
  assert_string_equal(((const KeepShellCommand *)result->commands->pdata[KEEP_SHELL_RESULTS - 1])->word, "c4095");
  assert_true(result->truncated);

  while (large->len < KEEP_SHELL_TEXT_BYTES)
    g_string_append_c(large, '#');
  g_string_append(large, "\nb");
  g_autofree char *found = read_and_print(large->str, large->len, NULL);
  assert_string_equal(found, "[a:1] [] [] truncated");

  g_autofree char *word = g_strnfill(KEEP_SHELL_WORD_BYTES + 1, 'x');
  g_autofree char *text = g_strdup_printf("a; %s; b", word);
  g_autofree char *without = read_and_print(text, strlen(text), NULL);
  assert_string_equal(without, "[a:1 b:1] [] [] truncated");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(command_positions),
      cmocka_unit_test(cases_loops_and_conditions),
      cmocka_unit_test(functions),
      cmocka_unit_test(variables),
      cmocka_unit_test(arguments),
      cmocka_unit_test(wrappers),
      cmocka_unit_test(here_documents),
      cmocka_unit_test(paths),
      cmocka_unit_test(files_of_commands),
      cmocka_unit_test(broken_text),
      cmocka_unit_test(zero_bytes_are_dropped),
      cmocka_unit_test(environment_is_known),
      cmocka_unit_test(entrypoint_of_a_database),
      cmocka_unit_test(entrypoint_of_a_database_with_temporary_server),
      cmocka_unit_test(entrypoints_of_servers),
      cmocka_unit_test(hostile_texts_are_bounded),
      cmocka_unit_test(nesting_has_a_limit),
      cmocka_unit_test(deep_texts_are_named),
      cmocka_unit_test(limits_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
