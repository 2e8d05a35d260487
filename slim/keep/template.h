/*
 * Placeholders in a rule's texts.
 *
 *   {path}      the path that is the evidence
 *   {dir}       its directory
 *   {prefix}    the directory of that
 *   {name}      its last component
 *   {appdir}    the folder of the application that the evidence is part of: the
 *               working directory when it stands below, else {dir}; not a
 *               folder of the system, nor where programs are looked up
 *   {nearest:NAME}  the directory of the evidence, or the closest above it, that
 *               has a file of this name; not the root, nor where programs are
 *               looked up
 *   {workdir}   the image's working directory, with the same exceptions
 *   {env:NAME}  a variable of the image's environment; one with colons stands
 *               for each of its parts
 *   {locale:NAME}
 *               the names that the C library tries for the locale of such a
 *               variable: "de_DE.UTF-8", "de_DE.utf8", "de_DE", "de.utf8", "de"
 *   {own}       names that the package of the evidence goes by: its own, its
 *               source's, and those of its folders below /etc and /var that are
 *               much like these
 *   {1} to {9}  what the groups of a "match" found
 */
#ifndef SLIM_KEEP_TEMPLATE_H
#define SLIM_KEEP_TEMPLATE_H

#include "oci/config.h"
#include "oci/rootfs.h"

/* What placeholders stand for. */
typedef struct
{
  const char *subject; /* the path that is the evidence, or NULL */
  const OciConfig *config;
  OciRootfs *rootfs;
  char *const *program_dirs; /* the directories of PATH */
  char *const *groups;       /* {1} and following, ends with NULL; or NULL */
  const char *own;           /* {own}, one name a line; or NULL */
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
