/* The error domain, and how untrusted text is shown in a message. */
#include "oci/error.h"

#include <string.h>

G_DEFINE_QUARK(oci - error - quark, oci_error)

/* Longer text is shown by its beginning and its end. */
#define QUOTE_MAX  200
#define QUOTE_HEAD 120
#define QUOTE_TAIL 60

static void append_escaped(GString *out, const char *bytes, gsize length)
{
  const char *end = bytes + length;
  while (bytes < end)
  {
    gunichar c = g_utf8_get_char_validated(bytes, end - bytes);
    if (c == (gunichar)-1 || c == (gunichar)-2 || c == '\'' || c == '\\' || !g_unichar_isprint(c))
    {
      g_string_append_printf(out, "\\x%02x", (guchar)*bytes);
      bytes++;
      continue;
    }
    g_string_append_unichar(out, c);
    bytes += g_utf8_skip[(guchar)*bytes]; /* the macro for it casts const away */
  }
}

char *oci_quote_bytes(const void *bytes, gsize length)
{
  const char *text = bytes;
  GString *out = g_string_new("'");
  if (length <= QUOTE_MAX)
    append_escaped(out, text, length);
  else
  {
    append_escaped(out, text, QUOTE_HEAD);
    g_string_append(out, "[...]");
    append_escaped(out, text + length - QUOTE_TAIL, QUOTE_TAIL);
  }
  g_string_append_c(out, '\'');
  return g_string_free(out, FALSE);
}

char *oci_quote(const char *text)
{
  return oci_quote_bytes(text, strlen(text));
}
