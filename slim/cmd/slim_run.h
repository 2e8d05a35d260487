/*
 * One run of slim: from a source to a destination.
 */
#ifndef SLIM_CMD_SLIM_RUN_H
#define SLIM_CMD_SLIM_RUN_H

#include "elfdeps/dlopen.h"
#include "slim/cmd/metadata_options.h"
#include "slim/cmd/options.h"
#include "slim/emit/package_db.h"
#include "slim/keep/level.h"

typedef struct
{
  SourceOptions source;
  RegistryOptions destination;
  MetadataOptions metadata;
  gboolean all; /* platforms of an index */
  char **tags;
  char **entrypoints;
  char **execs;
  char **includes;
  char **excludes;
  char **include_files;
  char **rules; /* folders */
  char *dlopen;
  ElfdepsPriority dlopen_priority; /* what dlopen says */
  char *keep;
  KeepLevel keep_level; /* what keep says */
  char *package_db;
  EmitPackageDb package_db_mode; /* what package_db says */
  gboolean allow_missing;
  char *compression;
  int level;
  char *max_size;
  char *report;
  gboolean json;
  gboolean quiet;
  gboolean verbose;
} SlimOptions;

/*
 * Errors: of every domain; the destination is untouched then.
 */
gboolean slim_run(const SlimOptions *options, const char *source, const char *destination, GError **error);

#endif
