/* Key by key, as BuildKit's exporters read them. */
#include "slim/cmd/output_option.h"

#include "oci/error.h"
#include "slim/error.h"

#include <string.h>

/* What --output says; borrowed from its words. */
typedef struct
{
  const char *type;
  const char *dest;
  const char *compression;
  const char *level;
  GPtrArray *names;
  gboolean is_folder; /* tar=false */
  gboolean push;
} Output;

gboolean cmd_output_is_given(const OutputOptions *options)
{
  return options->output != NULL || options->push || options->load;
}

static gboolean fail(const char *what, const char *text, GError **error)
{
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--output: %s %s\nhint: type=oci|docker|registry|local with dest=PATH or name=NAME",
              what, quoted);
  return FALSE;
}

static gboolean read_bool(const char *key, const char *value, gboolean *is_true, GError **error)
{
  *is_true = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
  return *is_true || strcmp(value, "false") == 0 || strcmp(value, "0") == 0 || fail(key, value, error);
}

static gboolean read_pair(Output *output, const char *key, const char *value, GError **error)
{
  gboolean is_true = FALSE;
  if (strcmp(key, "type") == 0)
    output->type = value;
  else if (strcmp(key, "dest") == 0)
    output->dest = value;
  else if (strcmp(key, "name") == 0)
    g_ptr_array_add(output->names, (gpointer)(guintptr)value);
  else if (strcmp(key, "compression") == 0)
    output->compression = strcmp(value, "uncompressed") == 0 ? "none" : value;
  else if (strcmp(key, "compression-level") == 0)
    output->level = value;
  else if (strcmp(key, "push") == 0)
    return read_bool("push is", value, &output->push, error);
  else if (strcmp(key, "tar") == 0)
  {
    if (!read_bool("tar is", value, &is_true, error))
      return FALSE;
    output->is_folder = !is_true;
  }
  else
    return fail("what is not understood is", key, error);
  return TRUE;
}

/* words: "key=value"; a single one without "=" is a folder. */
static gboolean read_words(Output *output, char **words, GError **error)
{
  if (g_strv_length(words) == 1 && strchr(words[0], '=') == NULL)
  {
    output->type = "local";
    output->dest = words[0];
    return TRUE;
  }
  for (guint i = 0; words[i] != NULL; i++)
  {
    char *value = strchr(words[i], '=');
    if (value == NULL)
      return fail("no KEY=VALUE is", words[i], error);
    *value = '\0';
    if (!read_pair(output, words[i], value + 1, error))
      return FALSE;
  }
  return TRUE;
}

static char *with_name(const char *transport, const GPtrArray *names, GError **error)
{
  if (names->len > 0)
    return g_strconcat(transport, names->pdata[0], NULL);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "the image has no name to be put there under\nhint: --tag NAME");
  return NULL;
}

static char *with_path(const Output *output, const char *transport, GError **error)
{
  if (output->dest == NULL)
  {
    fail("there is no dest= for the type", output->type, error);
    return NULL;
  }
  return strcmp(output->dest, "-") == 0 && strcmp(transport, "rootfs:") != 0 ? g_strdup("-") : g_strconcat(transport, output->dest, NULL);
}

static char *find_destination(const Output *output, GError **error)
{
  const char *type = output->type != NULL ? output->type : "";
  if (strcmp(type, "oci") == 0)
    return with_path(output, output->is_folder ? "oci:" : "oci-archive:", error);
  if (strcmp(type, "docker") == 0)
    return output->dest == NULL ? with_name("docker-daemon:", output->names, error) : with_path(output, "docker-archive:", error);
  if (strcmp(type, "registry") == 0 || (strcmp(type, "image") == 0 && output->push))
    return with_name("docker://", output->names, error);
  if (strcmp(type, "local") == 0)
    return with_path(output, "rootfs:", error);
  fail("there is no type", type, error);
  return NULL;
}

static void set_tags(char ***tags, const GPtrArray *names)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (guint i = 0; i < names->len; i++)
    g_strv_builder_add(builder, names->pdata[i]);
  char **all = g_strv_builder_end(builder);
  g_strfreev(*tags);
  *tags = all;
}

static gboolean set_compression(const Output *output, char **compression, int *level, GError **error)
{
  guint64 number = 0;
  if (output->level != NULL && !g_ascii_string_to_unsigned(output->level, 10, 0, 100, &number, NULL))
    return fail("compression-level is", output->level, error);
  if (output->level != NULL)
    *level = (int)number;
  if (output->compression == NULL)
    return TRUE;
  g_free(*compression);
  *compression = g_strdup(output->compression);
  return TRUE;
}

char *cmd_output_read(const OutputOptions *options, char ***tags, char **compression, int *level, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  Output output = {.names = names, .type = options->load ? "docker" : "registry"};
  g_auto(GStrv) words = g_strsplit(options->output != NULL ? options->output : "", ",", -1);
  if ((options->output != NULL) + (options->push ? 1 : 0) + (options->load ? 1 : 0) > 1)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--output, --push and --load each name a destination: only one can be given");
    return NULL;
  }
  for (guint i = 0; *tags != NULL && (*tags)[i] != NULL; i++)
    g_ptr_array_add(names, (*tags)[i]);
  if (options->output != NULL)
  {
    output.type = NULL;
    if (!read_words(&output, words, error) || !set_compression(&output, compression, level, error))
      return NULL;
  }
  char *destination = find_destination(&output, error);
  if (destination != NULL)
    set_tags(tags, names);
  return destination;
}
