/*
 * Placeholders in a rule's texts.
 *
 *   {path}      the path that is the evidence
 *   {dir}       its directory
 *   {prefix}    the directory of that
 *   {name}      its last component
 *   {appdir}    {dir}, unless programs are looked up there
 *   {workdir}   the image's working directory, unless it is "/" or programs
 *               are looked up there
 *   {env:NAME}  a variable of the image's environment; one with colons stands
 *               for each of its parts
 *   {locale:NAME}
 *               the names that the C library tries for the locale of such a
 *               variable: "de_DE.UTF-8", "de_DE.utf8", "de_DE", "de.utf8", "de"
 *   {1} to {9}  what the groups of a "match" found
 */
#ifndef SLIM_KEEP_TEMPLATE_H
#define SLIM_KEEP_TEMPLATE_H

#include "oci/config.h"

/* What placeholders stand for. */
typedef struct
{
  const char *subject; /* the path that is the evidence, or NULL */
  const OciConfig *config;
  char *const *program_dirs; /* the directories of PATH */
  char *const *groups;       /* {1} and following, ends with NULL; or NULL */
} KeepValues;

/*
 * as_glob: what is filled in is escaped, so that it stands for itself in a
 * glob; groups are not, and may be globs themselves: "include conf.d/x.conf"
 * is often one.
 *
 * Returns: array of char*, owned by the caller; empty when a placeholder has
 * no value or is unknown.
 */
GPtrArray *keep_template_expand(const char *text, const KeepValues *values, gboolean as_glob);

#endif
