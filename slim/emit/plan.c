/* Sorted entries; the first name of a file carries its bytes, the others are hard links. */
#include "slim/emit/plan.h"

#include "oci/error.h"

#define COPY_BYTES (256u << 10)

struct emit_plan
{
  OciRootfs *rootfs;
  GHashTable *contents; /* OciNode* → GBytes* */
  GArray *entries;      /* EmitEntry */
  guint64 bytes;
};

static gboolean is_device(const OciInode *inode)
{
  return inode->metadata.type == OCI_FILE_CHARACTER || inode->metadata.type == OCI_FILE_BLOCK;
}

static void add_entry(EmitPlan *plan, GHashTable *first_names, const KeepEntry *kept)
{
  const OciInode *inode = kept->node->inode;
  EmitEntry entry = {.kept = kept, .content = g_hash_table_lookup(plan->contents, kept->node)};
  if (inode->metadata.type != OCI_FILE_DIRECTORY && inode->links > 1 && entry.content == NULL)
  {
    entry.link_to = g_hash_table_lookup(first_names, inode);
    if (entry.link_to == NULL)
      g_hash_table_insert(first_names, (gpointer)(guintptr)inode, (gpointer)(guintptr)kept);
  }
  if (entry.content != NULL)
    entry.size = g_bytes_get_size(entry.content);
  else if (entry.link_to == NULL && inode->metadata.type == OCI_FILE_REGULAR)
    entry.size = inode->metadata.size;
  plan->bytes += entry.size;
  g_array_append_val(plan->entries, entry);
}

EmitPlan *emit_plan_new(KeepSet *set, OciRootfs *rootfs, GHashTable *contents, GPtrArray *warnings)
{
  EmitPlan *plan = g_new0(EmitPlan, 1);
  plan->rootfs = rootfs;
  plan->contents = g_hash_table_ref(contents);
  plan->entries = g_array_new(FALSE, FALSE, sizeof(EmitEntry));
  g_autoptr(GHashTable) first_names = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) kept = keep_set_entries(set);
  for (guint i = 0; i < kept->len; i++)
  {
    const KeepEntry *entry = kept->pdata[i];
    if (!is_device(entry->node->inode))
    {
      add_entry(plan, first_names, entry);
      continue;
    }
    g_autofree char *quoted = oci_quote(entry->path);
    g_ptr_array_add(warnings, g_strdup_printf("%s is a device and left out", quoted));
  }
  return plan;
}

void emit_plan_free(EmitPlan *plan)
{
  if (plan == NULL)
    return;
  g_array_unref(plan->entries);
  g_hash_table_unref(plan->contents);
  g_free(plan);
}

guint emit_plan_count(const EmitPlan *plan)
{
  return plan->entries->len;
}

const EmitEntry *emit_plan_get(const EmitPlan *plan, guint index)
{
  return &g_array_index(plan->entries, EmitEntry, index);
}

guint64 emit_plan_bytes(const EmitPlan *plan)
{
  return plan->bytes;
}

static gboolean send_content(const EmitPlan *plan, const OciInode *inode, guint8 *buffer, OciEntrySink *sink, GError **error)
{
  guint64 offset = 0;
  while (offset < inode->metadata.size)
  {
    gsize wanted = (gsize)MIN((guint64)COPY_BYTES, inode->metadata.size - offset);
    gssize got = oci_rootfs_pread(plan->rootfs, inode, buffer, wanted, offset, error);
    if (got < 0)
      return FALSE;
    if (got == 0)
    {
      g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the file ends after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes", offset,
                  inode->metadata.size);
      return FALSE;
    }
    if (!sink->data(sink, buffer, (gsize)got, error))
      return FALSE;
    offset += (guint64)got;
  }
  return TRUE;
}

/* Mode, owner and time are the file's; its extended attributes may be about its bytes. */
static gboolean send_bytes(GBytes *content, OciEntry *entry, OciEntrySink *sink, GError **error)
{
  gsize size = 0;
  const void *bytes = g_bytes_get_data(content, &size);
  entry->metadata.size = size;
  entry->metadata.xattrs = (OciXattrs){0};
  return sink->add(sink, entry, error) && (size == 0 || sink->data(sink, bytes, size, error));
}

static gboolean send_entry(const EmitPlan *plan, const EmitEntry *planned, gint64 clamp_mtime, guint8 *buffer, OciEntrySink *sink,
                           GError **error)
{
  const OciInode *inode = planned->kept->node->inode;
  OciEntry entry = {.path = planned->kept->path + 1, .metadata = inode->metadata};
  if (entry.metadata.mtime >= clamp_mtime)
  {
    entry.metadata.mtime = clamp_mtime;
    entry.metadata.mtime_ns = 0;
  }
  if (planned->link_to != NULL)
  {
    entry.metadata.type = OCI_FILE_HARDLINK;
    entry.metadata.target = planned->link_to->path + 1;
    entry.metadata.size = 0;
    entry.metadata.xattrs = (OciXattrs){0};
    return sink->add(sink, &entry, error);
  }
  if (planned->content != NULL)
    return send_bytes(planned->content, &entry, sink, error);
  if (!oci_rootfs_xattrs(plan->rootfs, inode, &entry.metadata.xattrs, error) || !sink->add(sink, &entry, error))
    return FALSE;
  return inode->metadata.type != OCI_FILE_REGULAR || send_content(plan, inode, buffer, sink, error);
}

gboolean emit_plan_send(const EmitPlan *plan, gint64 clamp_mtime, OciEntrySink *sink, GError **error)
{
  g_autofree guint8 *buffer = g_malloc(COPY_BYTES);
  for (guint i = 0; i < plan->entries->len; i++)
  {
    const EmitEntry *entry = emit_plan_get(plan, i);
    if (!send_entry(plan, entry, clamp_mtime, buffer, sink, error))
    {
      g_autofree char *quoted = oci_quote(entry->kept->path);
      g_prefix_error(error, "%s: ", quoted);
      return FALSE;
    }
  }
  return TRUE;
}
