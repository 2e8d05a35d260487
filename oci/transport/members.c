/* A table of names; links are resolved when they are asked for, by text alone. */
#include "oci/transport/members.h"

#include "oci/error.h"

#include <string.h>

#define MEMBERS_MAX 100000 /* an archive of images has a few for each layer */
#define LINKS_MAX   4      /* docker writes one */

struct oci_members
{
  GHashTable *by_name; /* char* → OciMember* */
};

static void member_free(gpointer data)
{
  OciMember *member = data;
  oci_layer_unref(member->layer);
  g_free(member->target);
  g_free(member);
}

OciMembers *oci_members_new(void)
{
  OciMembers *members = g_new0(OciMembers, 1);
  members->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_free);
  return members;
}

void oci_members_free(OciMembers *members)
{
  if (members == NULL)
    return;
  g_hash_table_unref(members->by_name);
  g_free(members);
}

/*
 * The name that a link's text means, seen from the link. Returns: a new
 * string, or NULL when it leads out of the archive.
 */
static char *resolve(const char *name, const char *text)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new();
  g_autofree char *joined = NULL;
  const char *slash = strrchr(name, '/');
  if (*text == '/')
    return NULL;
  joined = slash == NULL ? g_strdup(text) : g_strdup_printf("%.*s/%s", (int)(slash - name), name, text);
  g_auto(GStrv) steps = g_strsplit(joined, "/", -1);
  for (guint i = 0; steps[i] != NULL; i++)
  {
    if (*steps[i] == '\0' || strcmp(steps[i], ".") == 0)
      continue;
    if (strcmp(steps[i], "..") != 0)
      g_ptr_array_add(parts, steps[i]);
    else if (parts->len == 0)
      return NULL;
    else
      g_ptr_array_set_size(parts, (gint)parts->len - 1);
  }
  g_ptr_array_add(parts, NULL);
  return g_strjoinv("/", (char **)parts->pdata);
}

static OciMember *member_new(const OciTarEntry *entry)
{
  OciMember *member = g_new0(OciMember, 1);
  member->offset = entry->data_offset;
  member->size = entry->data_size;
  return member;
}

gboolean oci_members_add(OciMembers *members, const OciTarEntry *entry, OciMember **added, GError **error)
{
  const OciMetadata *metadata = &entry->entry.metadata;
  const char *path = entry->entry.path;
  *added = NULL;
  g_autofree char *target = NULL;
  if (metadata->type == OCI_FILE_SYMLINK)
    target = resolve(path, metadata->target);
  else if (metadata->type == OCI_FILE_HARDLINK)
    target = g_strdup(metadata->target);
  else if (metadata->type != OCI_FILE_REGULAR)
    return TRUE;
  if (entry->segments != NULL)
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, "member %s is a sparse file", quoted);
    return FALSE;
  }
  if (g_hash_table_size(members->by_name) >= MEMBERS_MAX)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "the archive has more than members (%d)", MEMBERS_MAX);
    return FALSE;
  }
  if (metadata->type != OCI_FILE_REGULAR && target == NULL)
  {
    g_hash_table_remove(members->by_name, path); /* a link out of the archive is no member */
    return TRUE;
  }
  OciMember *member = member_new(entry);
  member->target = g_steal_pointer(&target);
  g_hash_table_replace(members->by_name, g_strdup(path), member);
  *added = member;
  return TRUE;
}

OciMember *oci_members_find(const OciMembers *members, const char *name)
{
  for (guint i = 0; i <= LINKS_MAX; i++)
  {
    OciMember *member = g_hash_table_lookup(members->by_name, name);
    if (member == NULL || member->target == NULL)
      return member;
    name = member->target;
  }
  return NULL;
}
