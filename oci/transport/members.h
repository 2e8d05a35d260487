/*
 * The members of a tar archive by name, links between them followed by name
 * only.
 */
#ifndef OCI_TRANSPORT_MEMBERS_H
#define OCI_TRANSPORT_MEMBERS_H

#include "oci/layer.h"
#include "oci/tar_read.h"

typedef struct oci_members OciMembers;

typedef struct
{
  guint64 offset;  /* of the bytes, in the archive */
  guint64 size;    /* in bytes */
  OciLayer *layer; /* that is being indexed, or NULL */
  char *target;    /* of a symbolic or hard link, as a member's name; otherwise NULL */
} OciMember;

OciMembers *oci_members_new(void);
void oci_members_free(OciMembers *members);

/*
 * Adds what can be read by name: a regular file, or a link to one. A later
 * member replaces an earlier one of the same name.
 *
 * member: set to what is borrowed; NULL for a directory.
 * Errors: OCI_ERROR_UNSUPPORTED for a sparse file, OCI_ERROR_LIMIT.
 */
gboolean oci_members_add(OciMembers *members, const OciTarEntry *entry, OciMember **member, GError **error);

/*
 * The regular file of a name. Returns: borrowed, or NULL.
 */
OciMember *oci_members_find(const OciMembers *members, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciMembers, oci_members_free)

#endif
