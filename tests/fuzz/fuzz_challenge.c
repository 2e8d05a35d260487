/* WWW-Authenticate of any server: bounded, and what it names is text. */
#include "oci/transport/challenge.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(GPtrArray) challenges = oci_challenges_parse(text);
  g_assert_cmpuint(challenges->len, <=, 16);
  for (guint i = 0; i < challenges->len; i++)
  {
    const OciChallenge *challenge = g_ptr_array_index(challenges, i);
    g_assert_cmpuint(g_hash_table_size(challenge->parameters), <=, 32);
    g_assert_cmpint(*challenge->scheme, !=, '\0');
    g_assert_nonnull(oci_challenges_find(challenges, challenge->scheme));
  }
  return 0;
}
