/* /etc/passwd, bounded and line by line. */
#include "slim/keep/account.h"

#include <string.h>

#define PASSWD_MAX_BYTES (16u << 20)

static gboolean is_number(const char *text)
{
  return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

gboolean keep_account_is_named(const char *user)
{
  if (user == NULL || *user == '\0')
    return FALSE;
  g_auto(GStrv) parts = g_strsplit(user, ":", 2);
  return !is_number(parts[0]) || (parts[1] != NULL && !is_number(parts[1]));
}

char *keep_account_home(OciRootfs *rootfs, const char *user)
{
  OciNode *passwd = oci_rootfs_find(rootfs, "/etc/passwd");
  if (passwd == NULL || passwd->inode->metadata.type != OCI_FILE_REGULAR)
    return NULL;
  g_autoptr(GBytes) bytes = oci_rootfs_read(rootfs, passwd->inode, PASSWD_MAX_BYTES, NULL);
  if (bytes == NULL)
    return NULL;
  gsize length = 0;
  const char *data = g_bytes_get_data(bytes, &length);
  g_autofree char *text = g_strndup(data, length);
  g_autofree char *name = g_strdup(user == NULL || *user == '\0' ? "0" : user);
  name[strcspn(name, ":")] = '\0';
  guint field = is_number(name) ? 2 : 0;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
  {
    g_auto(GStrv) fields = g_strsplit(lines[i], ":", 8);
    if (g_strv_length(fields) >= 7 && strcmp(fields[field], name) == 0 && fields[5][0] == '/')
      return g_strdup(fields[5]);
  }
  return NULL;
}
