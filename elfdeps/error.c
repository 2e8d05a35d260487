/* The error domain, and how bytes of an image are quoted. */
#include "elfdeps/error.h"

G_DEFINE_QUARK(elfdeps - error - quark, elfdeps_error)

char *elfdeps_quote(const char *bytes)
{
  GString *quoted = g_string_new("'");
  for (const char *at = bytes; *at != '\0';)
  {
    gunichar character = g_utf8_get_char_validated(at, -1);
    if (character == (gunichar)-1 || character == (gunichar)-2 || !g_unichar_isprint(character))
    {
      g_string_append_printf(quoted, "\\x%02x", (guint)(guint8)*at);
      at++;
      continue;
    }
    if (*at == '\'' || *at == '\\')
      g_string_append_c(quoted, '\\');
    g_string_append_unichar(quoted, character);
    at += g_unichar_to_utf8(character, NULL);
  }
  g_string_append_c(quoted, '\'');
  return g_string_free(quoted, FALSE);
}
