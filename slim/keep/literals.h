/*
 * What the texts in an object's data name: paths that are in the image, and
 * libraries that dlopen() could be asked for.
 *
 * A text of C counts as a path when it, or what follows one of its slashes to
 * its end, is one: linkers store "/etc/x.conf" within "file:///etc/x.conf".
 * Where texts are not ended, as in Go and Rust, the longest path that is in
 * the image counts.
 */
#ifndef SLIM_KEEP_LITERALS_H
#define SLIM_KEEP_LITERALS_H

#include "elfdeps/object_texts.h"
#include "oci/rootfs.h"

typedef struct
{
  GPtrArray *paths;     /* char*: absolute, in the image, each once, in the order of the file */
  GPtrArray *libraries; /* char*: "libz.so.1", "dns_plugin.so"; without a slash, each once */
  GPtrArray *texts;     /* char*: for the caller's own use; NULL at first */
  gboolean cut;         /* a limit was reached: there are more */
} KeepLiterals;

/*
 * found: called for each whole text as well; NULL for none.
 * Errors: as elfdeps_object_texts().
 */
KeepLiterals *keep_literals_read(ElfdepsFs *fs, const ElfdepsFile *file, OciRootfs *rootfs, void (*found)(const char *text, gpointer data),
                                 gpointer data, GError **error);
void keep_literals_free(KeepLiterals *literals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepLiterals, keep_literals_free)

#endif
