/* By purl in a table; the tree once for what languages leave. */
#include "slim/emit/software.h"

#include "oci/error.h"
#include "slim/emit/language.h"

#include <string.h>

#define RELEASE_MAX_BYTES (64u << 10)
#define SOFTWARE_MAX      200000u

void emit_software_free(EmitSoftware *software)
{
  if (software == NULL)
    return;
  g_free(software->name);
  g_free(software->version);
  g_free(software->purl);
  g_ptr_array_unref(software->paths);
  g_free(software);
}

void emit_distribution_clear(EmitDistribution *distribution)
{
  g_clear_pointer(&distribution->id, g_free);
  g_clear_pointer(&distribution->version, g_free);
  g_clear_pointer(&distribution->name, g_free);
}

/* The value of a line of os-release, without its quotes; NULL where it is no text. */
static char *release_value(const char *text)
{
  g_autofree char *value = g_shell_unquote(text, NULL);
  return value != NULL && *value != '\0' && g_utf8_validate(value, -1, NULL) ? g_steal_pointer(&value) : NULL;
}

static void take_release_line(EmitDistribution *distribution, const char *line)
{
  static const char *const names[] = {"ID=", "VERSION_ID=", "PRETTY_NAME="};
  char **const members[] = {&distribution->id, &distribution->version, &distribution->name};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_has_prefix(line, names[i]))
    {
      g_free(*members[i]);
      *members[i] = release_value(line + strlen(names[i]));
    }
}

gboolean emit_distribution_read(OciRootfs *rootfs, EmitDistribution *distribution, GError **error)
{
  static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
  const OciNode *node = NULL;
  for (guint i = 0; node == NULL && i < G_N_ELEMENTS(paths); i++)
    node = oci_rootfs_find(rootfs, paths[i]);
  if (node == NULL || node->inode->metadata.type != OCI_FILE_REGULAR || node->inode->metadata.size > RELEASE_MAX_BYTES)
    return TRUE;
  g_autoptr(GBytes) bytes = oci_rootfs_read(rootfs, node->inode, RELEASE_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  gsize size = 0;
  const char *data = g_bytes_get_data(bytes, &size);
  g_autofree char *text = g_strndup(data, size);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    take_release_line(distribution, lines[i]);
  return TRUE;
}

/* Every byte that a purl's component does not hold as it is becomes "%XX". */
static void append_escaped(GString *purl, const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_isalnum(*text) || strchr(".-_~:", *text) != NULL)
      g_string_append_c(purl, *text);
    else
      g_string_append_printf(purl, "%%%02X", (guint8)*text);
}

static void append_qualifier(GString *purl, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_string_append_printf(purl, "%c%s=", strchr(purl->str, '?') == NULL ? '?' : '&', name);
  append_escaped(purl, value);
}

/* "3:1.2-4" of rpm: the epoch is a qualifier. Returns: the version; epoch: set to a new string, or NULL. */
static const char *split_epoch(const KeepPackage *package, char **epoch)
{
  const char *colon = package->kind == KEEP_PACKAGE_RPM ? strchr(package->version, ':') : NULL;
  *epoch = colon == NULL ? NULL : g_strndup(package->version, (gsize)(colon - package->version));
  return colon == NULL ? package->version : colon + 1;
}

static char *package_purl(const KeepPackage *package, const EmitDistribution *distribution)
{
  static const char *const types[] = {[KEEP_PACKAGE_DPKG] = "deb", [KEEP_PACKAGE_APK] = "apk", [KEEP_PACKAGE_RPM] = "rpm"};
  g_autofree char *epoch = NULL;
  g_autofree char *lower = g_ascii_strdown(package->name, -1);
  const char *version = split_epoch(package, &epoch);
  GString *purl = g_string_new(NULL);
  g_string_printf(purl, "pkg:%s/", types[package->kind]);
  if (distribution->id != NULL)
  {
    append_escaped(purl, distribution->id);
    g_string_append_c(purl, '/');
  }
  append_escaped(purl, package->kind == KEEP_PACKAGE_RPM ? package->name : lower);
  g_string_append_c(purl, '@');
  append_escaped(purl, version);
  append_qualifier(purl, "arch", package->architecture);
  if (distribution->id != NULL && distribution->version != NULL)
  {
    g_autofree char *distro = g_strconcat(distribution->id, "-", distribution->version, NULL);
    append_qualifier(purl, "distro", distro);
  }
  append_qualifier(purl, "epoch", epoch);
  return g_string_free(purl, FALSE);
}

/* Names as each type wants them: of PyPI in lower case with "-", of npm with the scope in front. */
static char *language_purl(EmitLanguage language, const char *name, const char *version)
{
  GString *purl = g_string_new(NULL);
  g_autofree char *plain = language == EMIT_LANGUAGE_PYTHON ? g_ascii_strdown(name, -1) : g_strdup(name);
  if (language == EMIT_LANGUAGE_PYTHON)
    g_strdelimit(plain, "_", '-');
  const char *slash = language == EMIT_LANGUAGE_NODE && plain[0] == '@' ? strchr(plain, '/') : NULL;
  g_string_printf(purl, "pkg:%s/", emit_language_type(language));
  if (slash != NULL)
  {
    g_autofree char *scope = g_strndup(plain, (gsize)(slash - plain));
    append_escaped(purl, scope);
    g_string_append_c(purl, '/');
  }
  append_escaped(purl, slash != NULL ? slash + 1 : plain);
  g_string_append_c(purl, '@');
  append_escaped(purl, version);
  return g_string_free(purl, FALSE);
}

typedef struct
{
  OciRootfs *rootfs;
  KeepPackages *packages;
  GHashTable *found; /* purl → EmitSoftware*, which owns it */
  GPtrArray *warnings;
} Search;

/* JSON wants UTF-8, and names of a database may be anything. */
static char *plain_text(const char *text)
{
  return g_utf8_validate(text, -1, NULL) ? g_strdup(text) : oci_quote(text);
}

/* purl: taken. path: NULL for a package of the databases. */
static void add(Search *search, char *purl, const char *name, const char *version, const char *path)
{
  EmitSoftware *software = g_hash_table_lookup(search->found, purl);
  if (software == NULL && g_hash_table_size(search->found) < SOFTWARE_MAX)
  {
    software = g_new0(EmitSoftware, 1);
    software->name = plain_text(name);
    software->version = plain_text(version);
    software->purl = g_steal_pointer(&purl);
    software->paths = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(search->found, software->purl, software);
  }
  if (software != NULL && path != NULL)
    g_ptr_array_add(software->paths, plain_text(path));
  g_free(purl);
}

static gboolean read_description(Search *search, const OciNode *node, const char *path, EmitLanguage language, GError **error)
{
  if (node->inode->metadata.size > EMIT_LANGUAGE_MAX_BYTES)
  {
    g_autofree char *quoted = oci_quote(path);
    g_ptr_array_add(search->warnings, g_strdup_printf("%s is larger than 1 MiB and was not read", quoted));
    return TRUE;
  }
  g_autoptr(GBytes) bytes = oci_rootfs_read(search->rootfs, node->inode, EMIT_LANGUAGE_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  gsize size = 0;
  const char *text = g_bytes_get_data(bytes, &size);
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  if (size > 0 && emit_language_parse(language, text, size, &name, &version))
    add(search, language_purl(language, name, version), name, version, path);
  return TRUE;
}

static gboolean search_tree(Search *search, GError **error)
{
  GQueue folders = G_QUEUE_INIT;
  gboolean ok = TRUE;
  g_queue_push_tail(&folders, oci_rootfs_root(search->rootfs));
  for (OciNode *folder = g_queue_pop_head(&folders); ok && folder != NULL; folder = g_queue_pop_head(&folders))
  {
    g_autoptr(GPtrArray) children = oci_node_children(folder);
    for (guint i = 0; ok && i < children->len; i++)
    {
      OciNode *node = children->pdata[i];
      if (node->inode->metadata.type == OCI_FILE_DIRECTORY)
        g_queue_push_tail(&folders, node);
      if (node->inode->metadata.type != OCI_FILE_REGULAR)
        continue;
      g_autofree char *path = oci_node_path(node);
      EmitLanguage language = emit_language_of(path);
      if (language != EMIT_LANGUAGE_NONE && keep_packages_owner(search->packages, node) == NULL)
        ok = read_description(search, node, path, language, error);
    }
  }
  g_queue_clear(&folders);
  return ok;
}

static gint compare_purls(gconstpointer a, gconstpointer b)
{
  return strcmp((*(EmitSoftware *const *)a)->purl, (*(EmitSoftware *const *)b)->purl);
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes what was found out of the table. */
static GPtrArray *sorted(GHashTable *found)
{
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)emit_software_free);
  GHashTableIter iter;
  gpointer software;
  g_hash_table_iter_init(&iter, found);
  while (g_hash_table_iter_next(&iter, NULL, &software))
  {
    g_ptr_array_sort(((EmitSoftware *)software)->paths, compare_texts);
    g_ptr_array_add(list, software);
  }
  g_hash_table_steal_all(found);
  g_ptr_array_sort(list, compare_purls);
  return list;
}

GPtrArray *emit_software_new(OciRootfs *rootfs, KeepPackages *packages, const EmitDistribution *distribution, GPtrArray *warnings,
                             GError **error)
{
  g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)emit_software_free);
  Search search = {.rootfs = rootfs, .packages = packages, .found = found, .warnings = warnings};
  for (guint i = 0; i < keep_packages_count(packages); i++)
  {
    const KeepPackage *package = keep_packages_get(packages, i);
    add(&search, package_purl(package, distribution), package->name, package->version, NULL);
  }
  return search_tree(&search, error) ? sorted(found) : NULL;
}
