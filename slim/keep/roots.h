/*
 * Where a closure begins: what the image's config and the user declare.
 */
#ifndef SLIM_KEEP_ROOTS_H
#define SLIM_KEEP_ROOTS_H

#include "oci/config.h"
#include "slim/keep/reason.h"

/* One command line. */
typedef struct
{
  KeepReasonKind kind;
  GPtrArray *argv;   /* char*, at least one */
  guint command;     /* index of the first word of the image's Cmd when it follows an Entrypoint, else 0 */
  gboolean shell;    /* the last word is a shell text: the config's SHELL runs it */
  gboolean required; /* its program must be in the image */
} KeepRoot;

/*
 * entrypoints: what --entrypoint gave (the first replaces the image's
 * entrypoint and command), execs: what --exec gave; arrays of char*, each a
 * path, a name, or a JSON array of words. May be NULL.
 *
 * Returns: array of KeepRoot*, owned by the caller.
 * Errors: SLIM_ERROR_USAGE for a JSON array that is none.
 */
GPtrArray *keep_roots_new(const OciConfig *config, char *const *entrypoints, char *const *execs, GError **error);

/*
 * The words of one --entrypoint or --exec value.
 *
 * Returns: array of char*, owned by the caller.
 */
GPtrArray *keep_command_words(const char *text, GError **error);

#endif
