/* argv → table of commands → exit code. */
#include "slim/cmd/command.h"
#include "slim/error.h"
#include "slim/interrupt.h"

#include "oci/error.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const Command commands[] = {
    {"slim", "make a minimal image of an image", cmd_slim},
    {"deps", "show what the dynamic loader would load", cmd_deps},
    {"diff", "show what went, changed and came between two images", cmd_diff},
    {"rules", "list the rules, or those that an image makes fire", cmd_rules},
    {"sbom", "list the software of an image", cmd_sbom},
    {"why", "show why a path is kept, or was left out", cmd_why},
};

static void print_help(FILE *out)
{
  fputs("Usage: ocislim COMMAND [OPTION...] ...\n"
        "\n"
        "Makes container images small: the entrypoint, what its loader would load, what\n"
        "it needs at run time and what you declare, in one layer from scratch.\n"
        "\n"
        "Commands:\n",
        out);
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
  fputs("\n"
        "Options:\n"
        "  -h, --help     show this help; 'ocislim COMMAND --help' for a command\n"
        "  --version      show the version\n"
        "\n"
        "Exit codes:\n"
        "  0 done   1 failed   2 usage   3 the input image is invalid\n"
        "  4 a policy or size gate says no   5 something needed is not in the image\n"
        "\n"
        "Examples:\n"
        "  docker save app | ocislim slim - - | docker load\n"
        "  ocislim slim oci:build oci-archive:app.tar --report slim.json --max-size 30MB\n",
        out);
}

static const Command *find_command(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static int fail(GError *error)
{
  fprintf(stderr, "ocislim: %s\n", error->message);
  int code = (int)slim_exit_code(error);
  g_error_free(error);
  return code;
}

static int run(const Command *command, char **words)
{
  GError *error = NULL;
  g_auto(GStrv) arguments = g_strdupv(words);
  if (!command->run(&arguments, &error))
    return fail(error);
  if (fflush(stdout) != 0 || ferror(stdout))
    return fail(g_error_new(SLIM_ERROR, SLIM_ERROR_FAILED, "writing standard output: %s", g_strerror(errno)));
  return SLIM_EXIT_DONE;
}

int main(int argc, char **argv)
{
  setlocale(LC_CTYPE, "");
  slim_interrupt_start();
  if (argc < 2)
  {
    print_help(stderr);
    return SLIM_EXIT_USAGE;
  }
  gboolean wants_help = strcmp(argv[1], "help") == 0;
  if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 || (wants_help && argc == 2))
  {
    print_help(stdout);
    return SLIM_EXIT_DONE;
  }
  if (strcmp(argv[1], "--version") == 0)
  {
    puts("ocislim " OCISLIM_VERSION);
    return SLIM_EXIT_DONE;
  }
  const Command *command = find_command(argv[wants_help ? 2 : 1]);
  if (command == NULL)
  {
    g_autofree char *quoted = oci_quote(argv[wants_help ? 2 : 1]);
    return fail(g_error_new(SLIM_ERROR, SLIM_ERROR_USAGE, "there is no command %s\nhint: see 'ocislim --help'", quoted));
  }
  char *help_words[] = {argv[0], (char[]){"--help"}, NULL};
  return run(command, wants_help ? help_words : argv + 1);
}
