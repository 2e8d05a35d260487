/* JSON documents: the first byte picks which one. What a config is parsed from can be written and parsed again. */
#include "oci/config.h"
#include "oci/index.h"
#include "oci/manifest.h"
#include "tests/fuzz/target.h"

static void read_config(const void *bytes, gsize length, const OciLimits *limits)
{
  g_autoptr(OciConfig) config = oci_config_parse(bytes, length, limits, NULL);
  if (config == NULL)
    return;
  gboolean shell = FALSE;
  g_ptr_array_unref(oci_config_entrypoint(config));
  g_ptr_array_unref(oci_config_cmd(config));
  g_ptr_array_unref(oci_config_env(config));
  g_ptr_array_unref(oci_config_volumes(config));
  g_ptr_array_unref(oci_config_healthcheck(config, &shell));
  g_ptr_array_unref(oci_config_shell(config));
  oci_config_getenv(config, "PATH");
  g_autoptr(GBytes) formatted = oci_config_format(config);
  g_autoptr(OciConfig) again = oci_config_parse(g_bytes_get_data(formatted, NULL), g_bytes_get_size(formatted), limits, NULL);
  g_assert_nonnull(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  OciLimits limits;
  oci_limits_init(&limits);
  if (size == 0)
    return 0;
  if (data[0] == 'c')
    read_config(data + 1, size - 1, &limits);
  else if (data[0] == 'm')
    oci_manifest_free(oci_manifest_parse(data + 1, size - 1, NULL, &limits, NULL));
  else if (data[0] == 'i')
    oci_index_free(oci_index_parse(data + 1, size - 1, NULL, &limits, NULL));
  return 0;
}
