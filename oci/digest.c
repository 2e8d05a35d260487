/* Digests by OpenSSL's EVP, which uses the processor's SHA instructions. */
#include "oci/digest.h"

#include "oci/error.h"

#include <openssl/evp.h>
#include <string.h>

struct oci_hasher
{
  EVP_MD_CTX *context;
  OciDigestAlgorithm algorithm;
};

static const char *algorithm_name(OciDigestAlgorithm algorithm)
{
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    return "sha256";
  case OCI_DIGEST_SHA512:
    return "sha512";
  }
  g_assert_not_reached();
}

static gsize algorithm_length(OciDigestAlgorithm algorithm)
{
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    return 32;
  case OCI_DIGEST_SHA512:
    return 64;
  }
  g_assert_not_reached();
}

static const EVP_MD *algorithm_evp(OciDigestAlgorithm algorithm)
{
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    return EVP_sha256();
  case OCI_DIGEST_SHA512:
    return EVP_sha512();
  }
  g_assert_not_reached();
}

/* component [separator component]… of image-spec's grammar. */
static gboolean is_algorithm(const char *text, gsize length)
{
  gboolean component = FALSE;
  for (gsize i = 0; i < length; i++)
  {
    if (g_ascii_islower(text[i]) || g_ascii_isdigit(text[i]))
      component = TRUE;
    else if (component && strchr("+._-", text[i]) != NULL && text[i] != '\0')
      component = FALSE;
    else
      return FALSE;
  }
  return component;
}

static gboolean is_encoded(const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && strchr("=_-", *c) == NULL)
      return FALSE;
  return *text != '\0';
}

static gboolean parse_hex(const char *text, gsize length, guint8 *bytes)
{
  if (strlen(text) != length * 2)
    return FALSE;
  for (gsize i = 0; i < length * 2; i++)
    if (!g_ascii_isdigit(text[i]) && (text[i] < 'a' || text[i] > 'f'))
      return FALSE;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 | g_ascii_xdigit_value(text[2 * i + 1]));
  return TRUE;
}

static gboolean fail_digest(const char *text, int code, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, OCI_ERROR, code, "digest %s %s", quoted, why);
  return FALSE;
}

gboolean oci_digest_parse(const char *text, OciDigest *digest, GError **error)
{
  const char *colon = strchr(text, ':');
  if (colon == NULL || !is_algorithm(text, (gsize)(colon - text)) || !is_encoded(colon + 1))
    return fail_digest(text, OCI_ERROR_MALFORMED, "is not of the form algorithm:digits", error);
  static const OciDigestAlgorithm known[] = {OCI_DIGEST_SHA256, OCI_DIGEST_SHA512};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
  {
    const char *name = algorithm_name(known[i]);
    if (strlen(name) != (gsize)(colon - text) || strncmp(text, name, strlen(name)) != 0)
      continue;
    OciDigest parsed = {.algorithm = known[i]};
    if (!parse_hex(colon + 1, algorithm_length(known[i]), parsed.bytes))
      return fail_digest(text, OCI_ERROR_MALFORMED, "has not the right number of lower-case hexadecimal digits", error);
    *digest = parsed;
    return TRUE;
  }
  return fail_digest(text, OCI_ERROR_UNSUPPORTED, "uses an algorithm other than sha256 and sha512", error);
}

char *oci_digest_hex(const OciDigest *digest)
{
  gsize length = algorithm_length(digest->algorithm);
  GString *hex = g_string_sized_new(2 * length + 1);
  for (gsize i = 0; i < length; i++)
  {
    g_string_append_c(hex, "0123456789abcdef"[digest->bytes[i] >> 4]);
    g_string_append_c(hex, "0123456789abcdef"[digest->bytes[i] & 15]);
  }
  return g_string_free(hex, FALSE);
}

char *oci_digest_format(const OciDigest *digest)
{
  g_autofree char *hex = oci_digest_hex(digest);
  return g_strconcat(algorithm_name(digest->algorithm), ":", hex, NULL);
}

gboolean oci_digest_equal(const OciDigest *a, const OciDigest *b)
{
  return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, algorithm_length(a->algorithm)) == 0;
}

/* OpenSSL fails here only without memory or without the algorithm: like GLib, stop. */
static void expect(int result, const char *what)
{
  if (result != 1)
    g_error("libcrypto: %s failed", what);
}

OciHasher *oci_hasher_new(OciDigestAlgorithm algorithm)
{
  OciHasher *hasher = g_new0(OciHasher, 1);
  hasher->algorithm = algorithm;
  hasher->context = EVP_MD_CTX_new();
  expect(hasher->context != NULL, "EVP_MD_CTX_new");
  expect(EVP_DigestInit_ex(hasher->context, algorithm_evp(algorithm), NULL), "EVP_DigestInit_ex");
  return hasher;
}

void oci_hasher_update(OciHasher *hasher, const void *bytes, gsize length)
{
  expect(EVP_DigestUpdate(hasher->context, bytes, length), "EVP_DigestUpdate");
}

void oci_hasher_finish(OciHasher *hasher, OciDigest *digest)
{
  *digest = (OciDigest){.algorithm = hasher->algorithm};
  expect(EVP_DigestFinal_ex(hasher->context, digest->bytes, NULL), "EVP_DigestFinal_ex");
}

void oci_hasher_free(OciHasher *hasher)
{
  if (hasher == NULL)
    return;
  EVP_MD_CTX_free(hasher->context);
  g_free(hasher);
}

void oci_digest_compute(OciDigestAlgorithm algorithm, const void *bytes, gsize length, OciDigest *digest)
{
  g_autoptr(OciHasher) hasher = oci_hasher_new(algorithm);
  oci_hasher_update(hasher, bytes, length);
  oci_hasher_finish(hasher, digest);
}
