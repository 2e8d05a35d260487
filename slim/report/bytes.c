/* Sizes for people. */
#include "slim/report/bytes.h"

#include "oci/error.h"
#include "slim/error.h"

char *report_bytes_format(guint64 bytes)
{
  static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000)
    return g_strdup_printf("%" G_GUINT64_FORMAT " B", bytes);
  double value = (double)bytes;
  guint unit = 0;
  for (value /= 1000; value >= 999.95 && unit + 1 < G_N_ELEMENTS(units); value /= 1000)
    unit++;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(number, sizeof number, value < 9.995 ? "%.2f" : "%.1f", value);
  return g_strdup_printf("%s %s", number, units[unit]);
}

static gboolean find_unit(const char *unit, double *factor)
{
  static const struct
  {
    const char *name;
    double factor;
  } units[] = {
      {"", 1},     {"b", 1},    {"k", 1e3},   {"kb", 1e3},     {"m", 1e6},         {"mb", 1e6},           {"g", 1e9},
      {"gb", 1e9}, {"t", 1e12}, {"tb", 1e12}, {"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}, {"tib", 1099511627776.0}};
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
    if (g_ascii_strcasecmp(unit, units[i].name) == 0)
    {
      *factor = units[i].factor;
      return TRUE;
    }
  return FALSE;
}

gboolean report_bytes_parse(const char *text, guint64 *bytes, GError **error)
{
  char *end = NULL;
  double factor = 1;
  double value = g_ascii_isdigit(text[0]) ? g_ascii_strtod(text, &end) : -1;
  if (value >= 0)
    end += *end == ' ';
  if (value < 0 || text[1] == 'x' || text[1] == 'X' || !find_unit(end, &factor) || value * factor >= 9e18)
  {
    g_autofree char *quoted = oci_quote(text);
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s is no size\nhint: write 30MB, 1.5GiB or a number of bytes", quoted);
    return FALSE;
  }
  *bytes = (guint64)(value * factor + 0.5);
  return TRUE;
}
