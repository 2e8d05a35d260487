/*
 * The builtins of shells, and the programs whose arguments are a command.
 * Both tables are sorted by name.
 */
#include "slim/keep/shell_tables.h"

#include <stdlib.h>
#include <string.h>

/* Of POSIX sh, dash, busybox ash and bash: none of these names is a program that only one of them would start. */
static const KeepShellProgram BUILTINS[] = {
    {.name = ".", .act = KEEP_SHELL_ACT_SOURCE},
    {.name = ":"},
    {.name = "["},
    {.name = "alias"},
    {.name = "bg"},
    {.name = "bind"},
    {.name = "break"},
    {.name = "builtin", .act = KEEP_SHELL_ACT_BUILTIN},
    {.name = "caller"},
    {.name = "cd"},
    {.name = "command", .act = KEEP_SHELL_ACT_COMMAND},
    {.name = "compgen"},
    {.name = "complete"},
    {.name = "compopt"},
    {.name = "continue"},
    {.name = "declare", .act = KEEP_SHELL_ACT_ASSIGN},
    {.name = "dirs"},
    {.name = "disown"},
    {.name = "echo"},
    {.name = "enable"},
    {.name = "eval", .act = KEEP_SHELL_ACT_EVAL},
    {.name = "exec", .act = KEEP_SHELL_ACT_WRAP, .letters = "a"},
    {.name = "exit"},
    {.name = "export", .act = KEEP_SHELL_ACT_ASSIGN},
    {.name = "false"},
    {.name = "fc"},
    {.name = "fg"},
    {.name = "getopts", .act = KEEP_SHELL_ACT_READ},
    {.name = "hash", .act = KEEP_SHELL_ACT_ASK},
    {.name = "help"},
    {.name = "history"},
    {.name = "jobs"},
    {.name = "kill"},
    {.name = "let"},
    {.name = "local", .act = KEEP_SHELL_ACT_ASSIGN},
    {.name = "logout"},
    {.name = "mapfile", .act = KEEP_SHELL_ACT_READ},
    {.name = "popd"},
    {.name = "printf"},
    {.name = "pushd"},
    {.name = "pwd"},
    {.name = "read", .act = KEEP_SHELL_ACT_READ},
    {.name = "readarray", .act = KEEP_SHELL_ACT_READ},
    {.name = "readonly", .act = KEEP_SHELL_ACT_ASSIGN},
    {.name = "return"},
    {.name = "set", .act = KEEP_SHELL_ACT_SET},
    {.name = "shift", .act = KEEP_SHELL_ACT_SHIFT},
    {.name = "shopt"},
    {.name = "source", .act = KEEP_SHELL_ACT_SOURCE},
    {.name = "suspend"},
    {.name = "test"},
    {.name = "times"},
    {.name = "trap", .act = KEEP_SHELL_ACT_TRAP},
    {.name = "true"},
    {.name = "type", .act = KEEP_SHELL_ACT_ASK},
    {.name = "typeset", .act = KEEP_SHELL_ACT_ASSIGN},
    {.name = "ulimit"},
    {.name = "umask"},
    {.name = "unalias"},
    {.name = "unset"},
    {.name = "wait"},
};

#define WRAP(program)  .name = program, .act = KEEP_SHELL_ACT_WRAP
#define SHELL(program) .name = program, .act = KEEP_SHELL_ACT_SHELL

static const KeepShellProgram PROGRAMS[] = {
    {SHELL("ash")},
    {SHELL("bash")},
    {WRAP("bundle"), .options = " --gemfile ", .positional = 1},
    {.name = "busybox", .act = KEEP_SHELL_ACT_APPLET},
    {WRAP("catatonit")},
    {WRAP("chpst"), .letters = "/CPbcdeflmnoprtu"},
    {WRAP("chroot"), .options = " --userspec --groups ", .positional = 1},
    {WRAP("chrt"), .letters = "DPT", .positional = 1},
    {SHELL("dash")},
    {WRAP("dbus-run-session"), .options = " --config-file --dbus-daemon "},
    {WRAP("ddtrace-run")},
    {WRAP("doas"), .letters = "Cu"},
    {WRAP("dumb-init"), .letters = "r", .options = " --rewrite "},
    {WRAP("env"), .letters = "CSu", .options = " --chdir --split-string --unset ", .assignments = TRUE, .text_letter = 'S'},
    {.name = "find", .act = KEEP_SHELL_ACT_OPTION_ARGS, .options = " -exec -execdir -ok -okdir "},
    {WRAP("flock"), .letters = "Ecw", .options = " --command --conflict-exit-code --timeout ", .positional = 1, .text_letter = 'c'},
    {WRAP("gosu"), .positional = 1},
    {WRAP("ionice"), .letters = "Pcnpu", .options = " --class --classdata "},
    {SHELL("ksh")},
    {WRAP("linux32")},
    {WRAP("linux64")},
    {SHELL("mksh")},
    {WRAP("newrelic-admin"), .positional = 1},
    {WRAP("nice"), .letters = "n", .options = " --adjustment "},
    {WRAP("nohup")},
    {WRAP("numactl"), .letters = "CNimpw", .options = " --cpunodebind --interleave --membind --physcpubind --preferred "},
    {WRAP("opentelemetry-instrument")},
    {WRAP("pdm"), .positional = 1},
    {WRAP("pipenv"), .positional = 1},
    {WRAP("poetry"), .positional = 1},
    {WRAP("runuser"), .letters = "Ggcsuw", .options = " --command --group --session-command --shell --supp-group --user ",
     .positional = G_MAXUINT, .text_letter = 'c'},
    {WRAP("s6-envdir"), .positional = 1},
    {WRAP("s6-setuidgid"), .positional = 1},
    {WRAP("setpriv"), .options = " --ambient-caps --apparmor-profile --bounding-set --egid --euid --gid --groups --inh-caps --pdeathsig"
                                 " --regid --reuid --rgid --ruid --securebits --selinux-label --uid "},
    {WRAP("setsid")},
    {WRAP("setuidgid"), .positional = 1},
    {SHELL("sh")},
    {.name = "start-stop-daemon", .act = KEEP_SHELL_ACT_OPTION_ARGS, .options = " -a -x --exec --startas "},
    {WRAP("stdbuf"), .letters = "eio", .options = " --error --input --output "},
    {WRAP("su"), .letters = "Ggcsw", .options = " --command --group --session-command --shell --supp-group ", .positional = G_MAXUINT,
     .text_letter = 'c'},
    {WRAP("su-exec"), .positional = 1},
    {WRAP("sudo"), .letters = "CDRTUghprtu", .options = " --chdir --chroot --group --host --prompt --role --type --user ",
     .assignments = TRUE},
    {WRAP("taskset"), .positional = 1},
    {WRAP("time"), .letters = "fo", .options = " --format --output "},
    {WRAP("timeout"), .letters = "ks", .options = " --kill-after --signal ", .positional = 1},
    {WRAP("tini"), .letters = "ep"},
    {WRAP("tini-static"), .letters = "ep"},
    {WRAP("unshare"), .letters = "GRSw"},
    {WRAP("uv"), .options = " --directory --project ", .positional = 1},
    {.name = "which", .act = KEEP_SHELL_ACT_ASK},
    {WRAP("with-contenv")},
    {WRAP("xargs"), .letters = "EILPadns", .options = " --arg-file --delimiter --max-args --max-chars --max-procs "},
    {WRAP("xvfb-run"), .letters = "efnpsw", .options = " --auth-file --error-file --server-args --server-num --wait --xauth-protocol "},
    {SHELL("zsh")},
};

static int compare(const void *key, const void *element)
{
  const KeepShellProgram *program = element;
  return strcmp(key, program->name);
}

const KeepShellProgram *keep_shell_tables_find_builtin(const char *name)
{
  return bsearch(name, BUILTINS, G_N_ELEMENTS(BUILTINS), sizeof(BUILTINS[0]), compare);
}

const KeepShellProgram *keep_shell_tables_find_program(const char *name)
{
  const char *slash = strrchr(name, '/');
  return bsearch(slash != NULL ? slash + 1 : name, PROGRAMS, G_N_ELEMENTS(PROGRAMS), sizeof(PROGRAMS[0]), compare);
}

gboolean keep_shell_program_has_option(const KeepShellProgram *program, const char *option)
{
  const char *at = program->options;
  gsize length = strlen(option);
  while (at != NULL && length > 0 && (at = strstr(at, option)) != NULL)
  {
    if (at > program->options && at[-1] == ' ' && at[length] == ' ')
      return TRUE;
    at++;
  }
  return FALSE;
}

gboolean keep_shell_program_takes_argument(const KeepShellProgram *program, const char *option)
{
  if (option[0] == '-' && option[1] == '-')
    return keep_shell_program_has_option(program, option);
  const char *letter = program->letters != NULL ? strpbrk(option + 1, program->letters) : NULL;
  return letter != NULL && letter[1] == '\0';
}
