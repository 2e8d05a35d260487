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
 */
#ifndef SLIM_KEEP_TEMPLATE_H
#define SLIM_KEEP_TEMPLATE_H

#include "oci/config.h"

/*
 * subject: the path that is the evidence, or NULL.
 * program_dirs: the directories of PATH.
 * as_glob: what is filled in is escaped, so that it stands for itself in a
 * glob.
 *
 * Returns: array of char*, owned by the caller; empty when a placeholder has
 * no value or is unknown.
 */
GPtrArray *keep_template_expand(const char *text, const char *subject, const OciConfig *config, char *const *program_dirs,
                                gboolean as_glob);

#endif
