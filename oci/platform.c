/* Platforms: other spellings are turned into Go's words, then compared. */
#include "oci/platform.h"

#include "oci/error.h"

#include <string.h>
#include <sys/utsname.h>

typedef struct
{
  const char *name;
  const char *architecture;
  const char *variant;
} Alias;

static const Alias aliases[] = {
    {"x86_64", "amd64", ""},    {"x86-64", "amd64", ""},
    {"i386", "386", ""},        {"i486", "386", ""},
    {"i586", "386", ""},        {"i686", "386", ""},
    {"aarch64", "arm64", ""},   {"armhf", "arm", "v7"},
    {"armel", "arm", "v6"},     {"armv5l", "arm", "v5"},
    {"armv6l", "arm", "v6"},    {"armv7l", "arm", "v7"},
    {"armv8l", "arm", "v7"},    {"loongarch64", "loong64", ""},
    {"ppc64el", "ppc64le", ""},
};

static const char *const systems[] = {"linux", "windows", "freebsd", "darwin", "netbsd", "openbsd", "solaris", "illumos", "wasip1"};

static gboolean is_word(const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && strchr("._-", *c) == NULL)
      return FALSE;
  return g_ascii_isalnum(*text);
}

static gboolean is_system(const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
    if (g_ascii_strcasecmp(systems[i], text) == 0)
      return TRUE;
  return FALSE;
}

static const char *normalise_variant(const char *architecture, const char *variant)
{
  if (strcmp(architecture, "arm64") == 0 && (strcmp(variant, "v8") == 0 || strcmp(variant, "8") == 0))
    return "";
  if (strcmp(architecture, "amd64") == 0 && strcmp(variant, "v1") == 0)
    return "";
  if (strcmp(architecture, "arm") == 0 && strlen(variant) == 1 && g_ascii_isdigit(*variant))
    return *variant == '5' ? "v5" : *variant == '6' ? "v6" : *variant == '7' ? "v7" : *variant == '8' ? "v8" : variant;
  return variant;
}

OciPlatform *oci_platform_new(const char *os, const char *architecture, const char *variant)
{
  OciPlatform *platform = g_new0(OciPlatform, 1);
  g_autofree char *lower = g_ascii_strdown(architecture, -1);
  g_autofree char *lower_variant = g_ascii_strdown(variant == NULL ? "" : variant, -1);
  const char *name = lower;
  const char *kind = lower_variant;
  for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
  {
    if (strcmp(aliases[i].name, lower) != 0)
      continue;
    name = aliases[i].architecture;
    kind = *kind == '\0' ? aliases[i].variant : kind;
    break;
  }
  platform->os = g_ascii_strdown(os, -1);
  platform->architecture = g_strdup(name);
  platform->variant = g_strdup(normalise_variant(name, kind));
  return platform;
}

OciPlatform *oci_platform_new_host(void)
{
  struct utsname host;
  if (uname(&host) != 0) /* cannot fail with a valid buffer */
    g_error("uname failed");
  return oci_platform_new("linux", host.machine, "");
}

OciPlatform *oci_platform_parse(const char *text, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text, "/", 4);
  guint count = g_strv_length(parts);
  gboolean valid = count >= 1 && count <= 3;
  for (guint i = 0; valid && i < count; i++)
    valid = is_word(parts[i]);
  if (!valid)
  {
    g_autofree char *quoted = oci_quote(text);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE,
                "%s is not a platform\nhint: os/architecture[/variant], e.g. linux/arm64 or linux/arm/v7", quoted);
    return NULL;
  }
  if (count > 1)
    return oci_platform_new(parts[0], parts[1], count == 3 ? parts[2] : "");
  if (!is_system(parts[0]))
    return oci_platform_new("linux", parts[0], "");
  g_autoptr(OciPlatform) host = oci_platform_new_host();
  return oci_platform_new(parts[0], host->architecture, "");
}

char *oci_platform_format(const OciPlatform *platform)
{
  if (*platform->variant == '\0')
    return g_strconcat(platform->os, "/", platform->architecture, NULL);
  return g_strconcat(platform->os, "/", platform->architecture, "/", platform->variant, NULL);
}

/* A 32-bit ARM without a variant means v7, as everywhere in the field. */
static const char *effective_variant(const OciPlatform *platform)
{
  if (strcmp(platform->architecture, "arm") == 0 && *platform->variant == '\0')
    return "v7";
  return platform->variant;
}

gboolean oci_platform_match(const OciPlatform *wanted, const OciPlatform *offered)
{
  return strcmp(wanted->os, offered->os) == 0 && strcmp(wanted->architecture, offered->architecture) == 0 &&
         strcmp(effective_variant(wanted), effective_variant(offered)) == 0;
}

gboolean oci_platform_is_in(const GPtrArray *platforms, const OciPlatform *platform)
{
  for (guint i = 0; i < platforms->len; i++)
    if (oci_platform_match(platforms->pdata[i], platform))
      return TRUE;
  return FALSE;
}

void oci_platform_free(OciPlatform *platform)
{
  if (platform == NULL)
    return;
  g_free(platform->os);
  g_free(platform->architecture);
  g_free(platform->variant);
  g_free(platform);
}
