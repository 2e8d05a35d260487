/* Files of credentials: somebody, nobody or an error. Helpers that they name are not found. */
#include "oci/transport/credentials.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_setenv("PATH", "/nonexistent", TRUE);
  g_autoptr(OciCredentials) credentials = NULL;
  g_autoptr(GError) error = NULL;
  gboolean done = oci_credentials_find_in((const char *)data, size, "file", "r.example", "a/b", &credentials, &error);
  g_assert_true(done == (error == NULL));
  if (credentials != NULL)
  {
    g_autofree char *basic = oci_credentials_basic(credentials);
    g_assert_true((credentials->username != NULL && credentials->password != NULL) || credentials->token != NULL);
    g_assert_true((basic != NULL) == (credentials->username != NULL));
  }
  return 0;
}
