/*
 * The table of commands. Each file in this folder is one of them.
 */
#ifndef SLIM_CMD_COMMAND_H
#define SLIM_CMD_COMMAND_H

#include <glib.h>

typedef struct
{
  const char *name;
  const char *summary; /* one line for --help */
  /*
   * arguments: words behind the command, NULL-terminated, owned by the
   * caller; the function may take from them.
   */
  gboolean (*run)(char ***arguments, GError **error);
} Command;

gboolean cmd_slim(char ***arguments, GError **error);
gboolean cmd_deps(char ***arguments, GError **error);
gboolean cmd_diff(char ***arguments, GError **error);
gboolean cmd_rules(char ***arguments, GError **error);
gboolean cmd_sbom(char ***arguments, GError **error);
gboolean cmd_why(char ***arguments, GError **error);

#endif
