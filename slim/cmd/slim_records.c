/* Small files, written when the image is. */
#include "slim/cmd/slim_records.h"

#include "oci/pending.h"
#include "slim/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct slim_records
{
  OciPending *id; /* each may be NULL */
  OciPending *digest;
  OciPending *metadata;
};

void slim_records_free(SlimRecords *records)
{
  if (records == NULL)
    return;
  oci_pending_free(records->id);
  oci_pending_free(records->digest);
  oci_pending_free(records->metadata);
  g_free(records);
}

static gboolean begin(const char *path, OciPending **file, GError **error)
{
  if (path == NULL)
    return TRUE;
  *file = oci_pending_new_file(path, error);
  return *file != NULL;
}

SlimRecords *slim_records_new(const MetadataOptions *options, GError **error)
{
  g_autoptr(SlimRecords) records = g_new0(SlimRecords, 1);
  if (!begin(options->iidfile, &records->id, error) || !begin(options->digestfile, &records->digest, error) ||
      !begin(options->metadata_file, &records->metadata, error))
    return NULL;
  return g_steal_pointer(&records);
}

static gboolean finish(OciPending *file, const char *text, GError **error)
{
  gsize length = strlen(text);
  if (file == NULL)
    return TRUE;
  if (write(oci_pending_fd(file), text, length) == (gssize)length)
    return oci_pending_commit(file, error);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_FAILED, "writing a file failed: %s", g_strerror(errno));
  return FALSE;
}

/* tags: "NAME,NAME", as buildx has it. config: NULL for several. */
static char *format_metadata(const OciDescriptor *written, const char *config, const GPtrArray *tags)
{
  g_autofree char *digest = oci_digest_format(&written->digest);
  g_autoptr(json_t) json = json_object();
  if (config != NULL)
    json_object_set_new(json, "containerimage.config.digest", json_string(config));
  json_object_set_new(json, "containerimage.descriptor", oci_descriptor_format(written));
  json_object_set_new(json, "containerimage.digest", json_string(digest));
  if (tags->len > 0)
  {
    g_autoptr(GString) names = g_string_new(tags->pdata[0]);
    for (guint i = 1; i < tags->len; i++)
      g_string_append_printf(names, ",%s", (const char *)tags->pdata[i]);
    json_object_set_new(json, "image.name", json_string(names->str));
  }
  g_autofree char *text = json_dumps(json, JSON_INDENT(2));
  return g_strconcat(text, "\n", NULL);
}

gboolean slim_records_write(SlimRecords *records, const GPtrArray *results, const OciDescriptor *written, const GPtrArray *tags,
                            GError **error)
{
  const OciResult *first = results->pdata[0];
  gboolean several = results->len > 1;
  g_autofree char *digest = oci_digest_format(&written->digest);
  g_autofree char *config = oci_digest_format(&first->config_digest);
  g_autofree char *metadata = format_metadata(written, several ? NULL : config, tags);
  return finish(records->id, several ? digest : config, error) && finish(records->digest, digest, error) &&
         finish(records->metadata, metadata, error);
}
