/*
 * Options about what a new image says of itself, and about files that say
 * which image it is; the names are those of docker buildx and skopeo.
 */
#ifndef SLIM_CMD_METADATA_OPTIONS_H
#define SLIM_CMD_METADATA_OPTIONS_H

#include <glib.h>

/* Strings of the command line; each may be NULL. */
typedef struct
{
  char **labels;
  char **annotations;
  char *source_date_epoch;
  char *iidfile;
  char *digestfile;
  char *metadata_file;
} MetadataOptions;

/* entries: storage for the table; cmd_metadata_options_entries() fills it. */
#define CMD_METADATA_OPTION_COUNT 7
void cmd_metadata_options_entries(MetadataOptions *options, GOptionEntry entries[CMD_METADATA_OPTION_COUNT]);
void cmd_metadata_options_clear(MetadataOptions *options);

/* What the options say, understood. */
typedef struct
{
  GHashTable *labels;            /* char* → char* */
  GHashTable *annotations;       /* of each manifest */
  GHashTable *index_annotations; /* of the index */
  gint64 epoch;                  /* --source-date-epoch, else SOURCE_DATE_EPOCH; G_MAXINT64 without */
} Metadata;

/* Errors: SLIM_ERROR_USAGE. */
gboolean cmd_metadata_options_read(const MetadataOptions *options, Metadata *metadata, GError **error);
void metadata_clear(Metadata *metadata);

#endif
