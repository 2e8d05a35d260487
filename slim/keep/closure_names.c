/* Names in files of the image: modules that a configuration loads, files that it includes. */
#include "slim/keep/closure_private.h"

#include "slim/keep/nsswitch.h"

#include <string.h>

#define NAMES_FILE_MAX_BYTES (1u << 20)
#define NAMES_LINE_MAX_BYTES 4096u
#define NAMES_FILES_MAX      4096u  /* that one rule reads */
#define NAMES_MAX            65536u /* that are taken from all files of an image */

/* One file that is read. */
typedef struct
{
  KeepClosure *closure;
  const KeepFired *fired;
  const KeepAdd *add;
  GPtrArray *except;
  const char *file;
} Names;

/* Modules of glibc's name service switch: "dns" is libnss_dns.so.2. */
static void add_nsswitch_modules(const Names *names, const char *text, gsize length)
{
  g_autoptr(GPtrArray) services = keep_nsswitch_services(text, length);
  for (guint i = 0; i < services->len; i++)
  {
    const char *service = services->pdata[i];
    g_autofree char *soname = g_strdup_printf("libnss_%s.so.2", service);
    g_autofree char *detail = g_strdup_printf("%s: %s names %s", names->fired->rule->id, names->file, service);
    KeepReason reason = {.kind = KEEP_REASON_RULE, .from = names->fired->subject, .detail = detail};
    closure_dlopen(names->closure, names->fired->data, soname, &reason);
  }
}

/* An image is not trusted: each name may be looked for in a whole folder. */
static gboolean may_take(const Names *names)
{
  KeepClosure *closure = names->closure;
  if (closure->names_taken == NAMES_MAX)
    closure_warn(closure, "%s: more than %u names in files are not followed", names->file, NAMES_MAX);
  closure->names_taken++;
  return closure->names_taken <= NAMES_MAX;
}

/* No configuration has "**", and each would walk the whole tree. */
static gboolean has_any_depth(char *const *groups)
{
  for (guint i = 1; groups[0] != NULL && groups[i] != NULL; i++)
    if (strstr(groups[i], "**") != NULL)
      return TRUE;
  return FALSE;
}

/* Each match of a line, with its groups. */
static void read_line(Names *names, const char *line)
{
  g_autoptr(GMatchInfo) match = NULL;
  for (gboolean found = g_regex_match(names->add->match, line, 0, &match); found && may_take(names); found = g_match_info_next(match, NULL))
  {
    g_auto(GStrv) all = g_match_info_fetch_all(match);
    if (has_any_depth(all))
      continue;
    g_autofree char *detail = g_strdup_printf("%s: %s names %s", names->fired->rule->id, names->file, all[1] != NULL ? all[1] : all[0]);
    KeepReason reason = {.kind = KEEP_REASON_RULE, .from = names->file, .detail = detail};
    for (guint i = 0; i < names->add->then->len; i++)
      closure_add_plain(names->closure, names->fired, names->add->then->pdata[i], all + 1, names->except, &reason);
  }
}

static void read_lines(Names *names, const char *text, gsize length)
{
  const char *end = text + length;
  g_autoptr(GString) line = g_string_new(NULL);
  while (text < end)
  {
    const char *newline = memchr(text, '\n', (gsize)(end - text));
    gsize bytes = (gsize)((newline != NULL ? newline : end) - text);
    g_string_truncate(line, 0);
    if (bytes <= NAMES_LINE_MAX_BYTES && memchr(text, '\0', bytes) == NULL)
    {
      g_string_append_len(line, text, (gssize)bytes);
      read_line(names, line->str);
    }
    text += bytes + 1;
  }
}

static gboolean read_file(Names *names, const OciNode *node, GError **error)
{
  if (node->inode->metadata.type != OCI_FILE_REGULAR)
    return TRUE;
  if (node->inode->metadata.size > NAMES_FILE_MAX_BYTES)
  {
    closure_warn(names->closure, "%s is longer than %u bytes: rule %s does not look for names in it", names->file, NAMES_FILE_MAX_BYTES,
                 names->fired->rule->id);
    return TRUE;
  }
  g_autoptr(GBytes) bytes = oci_rootfs_read(names->closure->rootfs, node->inode, NAMES_FILE_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  if (names->add->reader != NULL)
    add_nsswitch_modules(names, text, length);
  else
    read_lines(names, text, length);
  return TRUE;
}

gboolean closure_add_names_in(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GPtrArray *except, GError **error)
{
  g_autoptr(GPtrArray) globs = closure_fill_globs(closure, fired, add->texts, NULL);
  g_autoptr(GPtrArray) files = g_ptr_array_new();
  for (guint i = 0; i < globs->len; i++)
    closure_find_glob(closure, globs->pdata[i], files);
  if (files->len > NAMES_FILES_MAX)
    closure_warn(closure, "rule %s reads names in the first %u of %u files only", fired->rule->id, NAMES_FILES_MAX, files->len);
  for (guint i = 0; i < MIN(files->len, NAMES_FILES_MAX); i++)
  {
    g_autofree char *path = oci_node_path(files->pdata[i]);
    Names names = {.closure = closure, .fired = fired, .add = add, .except = except, .file = keep_set_intern(closure->set, path)};
    if (!read_file(&names, files->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}
