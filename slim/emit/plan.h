/*
 * What the new layer holds, in tar order.
 */
#ifndef SLIM_EMIT_PLAN_H
#define SLIM_EMIT_PLAN_H

#include "oci/layer_write.h"
#include "slim/keep/set.h"

typedef struct
{
  const KeepEntry *kept;
  GBytes *content;          /* in the place of the file's own bytes, or NULL; borrowed */
  guint64 size;             /* of a regular file; 0 of all else, and of what is another name */
  const KeepEntry *link_to; /* another kept name of the same file that stands earlier, or NULL */
} EmitEntry;

typedef struct emit_plan EmitPlan;

/*
 * Devices are left out: an engine makes its own.
 *
 * set, rootfs: must outlive the plan.
 * contents: OciNode* → GBytes*, other bytes for regular files; a reference is kept.
 * warnings: gets char* for what is left out.
 */
EmitPlan *emit_plan_new(KeepSet *set, OciRootfs *rootfs, GHashTable *contents, GPtrArray *warnings);
void emit_plan_free(EmitPlan *plan);

guint emit_plan_count(const EmitPlan *plan);
const EmitEntry *emit_plan_get(const EmitPlan *plan, guint index); /* borrowed; sorted by path, the root first */
guint64 emit_plan_bytes(const EmitPlan *plan);                     /* of all regular files, each once */

/*
 * Sends the plan, with the files' bytes, into a layer or a directory.
 *
 * clamp_mtime: times after it (seconds since 1970) become it; G_MAXINT64: none.
 */
gboolean emit_plan_send(const EmitPlan *plan, gint64 clamp_mtime, OciEntrySink *sink, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EmitPlan, emit_plan_free)

#endif
