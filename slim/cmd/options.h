/*
 * What commands share: how an option table is parsed and shown, and how a
 * source is opened.
 */
#ifndef SLIM_CMD_OPTIONS_H
#define SLIM_CMD_OPTIONS_H

#include "oci/image.h"
#include "slim/report/progress.h"

/*
 * Parses options and sees to the number of operands.
 *
 * synopsis: what follows the command's name in --help, and a sentence below it.
 * description: stands behind the options; ends with two examples.
 * Errors: SLIM_ERROR_USAGE or G_OPTION_ERROR, with a hint.
 */
gboolean cmd_options_parse(const char *command, const char *synopsis, const char *description, const GOptionEntry *const *tables,
                           guint least, guint most, char ***arguments, GError **error);

/* Options about one side's registry, as strings of the command line. */
typedef struct
{
  char *credentials;
  char *tls_verify;
  char *cert_dir;
} RegistryOptions;

/* Options about reading the source; a table to be put beside a command's own. */
typedef struct
{
  char *authfile;
  RegistryOptions registry;
  char *retry_times;
  char **platforms; /* may be NULL; each may be several, with commas between them */
  int threads;
  char *max_uncompressed;
  int max_ratio;
} SourceOptions;

void cmd_source_options_clear(SourceOptions *options);

/* entries: storage for the table; cmd_source_options_entries() fills it. */
#define CMD_SOURCE_OPTION_COUNT 10
void cmd_source_options_entries(SourceOptions *options, GOptionEntry entries[CMD_SOURCE_OPTION_COUNT]);

/* A source that is open, and what it borrows. */
typedef struct
{
  OciReference *reference;
  OciAccess access;
  ReportProgress *progress;
  OciPlace *place;
} CmdPlace;

/*
 * Opens text, with a progress line when progress is set and standard error
 * is a terminal. Borrows from the options.
 */
CmdPlace *cmd_place_open(const char *text, const SourceOptions *options, gboolean progress, GError **error);
void cmd_place_free(CmdPlace *place);

/* What --platform says: OciPlatform*, each once, owned by the caller; empty when it is absent. Errors: SLIM_ERROR_USAGE. */
GPtrArray *cmd_source_platforms(const SourceOptions *options, GError **error);

/* Opens text and its one image, for the one platform that the options name or as a rule. */
OciImage *cmd_source_open(const char *text, const SourceOptions *options, gboolean progress, GError **error);

/*
 * What the options say about reaching one side.
 *
 * access: borrows from the options.
 * Errors: SLIM_ERROR_USAGE.
 */
gboolean cmd_source_access(const SourceOptions *options, const RegistryOptions *side, const char *name, OciAccess *access, GError **error);

void cmd_registry_options_clear(RegistryOptions *options);

/* As many as --threads says, else as there are processors. */
guint cmd_source_threads(const SourceOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SourceOptions, cmd_source_options_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmdPlace, cmd_place_free)

#endif
