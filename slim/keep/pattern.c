/* Only the last "*" is ever gone back to: what an earlier one could match more, the later one can as well. */
#include "slim/keep/pattern.h"

gboolean keep_pattern_match(const char *pattern, const char *text)
{
  const char *star = NULL; /* behind the last "*" */
  const char *from = NULL; /* where in the text what follows it was tried */
  while (*text != '\0')
  {
    if (*pattern == '*')
    {
      star = ++pattern;
      from = text;
    }
    else if (*pattern == *text || *pattern == '?')
    {
      pattern++;
      text++;
    }
    else if (star != NULL)
    {
      pattern = star;
      text = ++from;
    }
    else
      return FALSE;
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
