/* References: what is understood can be written and understood again. */
#include "oci/reference.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(OciReference) reference = oci_reference_parse(text, NULL);
  if (reference == NULL)
    return 0;
  g_autofree char *formatted = oci_reference_format(reference);
  g_autoptr(OciReference) again = oci_reference_parse(formatted, NULL);
  g_assert_nonnull(again);
  g_assert_cmpint(again->transport, ==, reference->transport);
  g_assert_cmpstr(again->path, ==, reference->path);
  g_assert_cmpstr(again->ref, ==, reference->ref);
  return 0;
}
