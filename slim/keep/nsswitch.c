/* "database: service [STATUS=action] service" lines. */
#include "slim/keep/nsswitch.h"

#include <string.h>

#define SERVICES_MAX      64u
#define SERVICE_MAX_BYTES 64u

static gboolean is_service(const char *word)
{
  gsize length = strlen(word);
  return length > 0 && length <= SERVICE_MAX_BYTES &&
         strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

/* An action may stand close to a service: "files[NOTFOUND=return]dns". */
static void blank_actions(char *text)
{
  gboolean in_action = FALSE;
  for (char *p = text; *p != '\0'; p++)
  {
    gboolean closes = in_action && *p == ']';
    in_action = (in_action || *p == '[') && !closes;
    if (in_action || closes)
      *p = ' ';
  }
}

/* As glibc reads it: the database ends at a colon or at white space. */
static void read_line(char *line, GPtrArray *services)
{
  line[strcspn(line, "#")] = '\0';
  g_strchug(line);
  char *rest = line + strcspn(line, ": \t\r\v\f");
  if (rest == line)
    return;
  blank_actions(rest);
  g_auto(GStrv) words = g_strsplit_set(rest, ": \t\r\v\f", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (is_service(words[i]) && services->len < SERVICES_MAX && !g_ptr_array_find_with_equal_func(services, words[i], g_str_equal, NULL))
      g_ptr_array_add(services, g_strdup(words[i]));
}

GPtrArray *keep_nsswitch_services(const char *text, gsize length)
{
  GPtrArray *services = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) copy = g_string_new_len(text, (gssize)length);
  for (gsize i = 0; i < copy->len; i++)
    if (copy->str[i] == '\0')
      copy->str[i] = '#'; /* it ends a line's meaning, not the file's */
  g_auto(GStrv) lines = g_strsplit(copy->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line(lines[i], services);
  return services;
}
