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

static void read_line(char *line, GPtrArray *services)
{
  line[strcspn(line, "#")] = '\0';
  char *colon = strchr(line, ':');
  if (colon == NULL)
    return;
  gboolean in_action = FALSE;
  g_auto(GStrv) words = g_strsplit_set(colon + 1, " \t\r", -1);
  for (guint i = 0; words[i] != NULL; i++)
  {
    if (words[i][0] == '[')
      in_action = TRUE;
    if (!in_action && is_service(words[i]) && services->len < SERVICES_MAX &&
        !g_ptr_array_find_with_equal_func(services, words[i], g_str_equal, NULL))
      g_ptr_array_add(services, g_strdup(words[i]));
    if (strchr(words[i], ']') != NULL)
      in_action = FALSE;
  }
}

GPtrArray *keep_nsswitch_services(const char *text, gsize length)
{
  GPtrArray *services = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *copy = g_strndup(text, length);
  g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line(lines[i], services);
  return services;
}
