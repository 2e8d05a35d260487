/* Every rule with what made it fire. */
#include "slim/report/rules.h"

#include "oci/error.h"
#include "slim/report/values.h"

#define EVIDENCE_SHOWN 5u

static json_t *fired_json(const KeepRule *rule, KeepClosure *closure)
{
  json_t *list = json_array();
  GPtrArray *fired = keep_closure_fired(closure);
  for (guint i = 0; i < fired->len; i++)
  {
    const KeepFiredRule *entry = fired->pdata[i];
    if (entry->rule == rule)
      json_array_append_new(
          list, json_pack("{s:o,s:o}", "path", report_text_json(entry->subject), "evidence", report_text_json(entry->evidence)));
  }
  return list;
}

json_t *report_rules_json(const KeepRules *rules, KeepClosure *closure)
{
  json_t *list = json_array();
  for (guint i = 0; i < keep_rules_count(rules); i++)
  {
    const KeepRule *rule = keep_rules_get(rules, i);
    json_t *item = json_pack("{s:s,s:s,s:s}", "id", rule->id, "origin", keep_rules_origin(rules, i), "why", rule->why);
    json_t *fired = closure == NULL ? NULL : fired_json(rule, closure);
    if (fired != NULL)
      json_object_set_new(item, "fired", fired);
    if (closure == NULL || json_array_size(fired) > 0)
      json_array_append(list, item);
    json_decref(item);
  }
  return json_pack("{s:o}", "rules", list);
}

static void append_evidence(GString *text, const json_t *fired)
{
  for (gsize i = 0; i < MIN(json_array_size(fired), EVIDENCE_SHOWN); i++)
  {
    const json_t *entry = json_array_get(fired, i);
    const char *path = json_string_value(json_object_get(entry, "path"));
    g_autofree char *where = path == NULL ? g_strdup("the image") : oci_quote(path);
    g_autofree char *evidence = oci_quote(json_string_value(json_object_get(entry, "evidence")));
    g_string_append_printf(text, "  %s: %s\n", where, evidence);
  }
  if (json_array_size(fired) > EVIDENCE_SHOWN)
    g_string_append_printf(text, "  and %u more\n", (guint)(json_array_size(fired) - EVIDENCE_SHOWN));
}

char *report_rules_text(const json_t *document)
{
  GString *text = g_string_new(NULL);
  const json_t *list = json_object_get(document, "rules");
  for (gsize i = 0; i < json_array_size(list); i++)
  {
    const json_t *item = json_array_get(list, i);
    g_string_append_printf(text, "%s (%s): %s\n", json_string_value(json_object_get(item, "id")),
                           json_string_value(json_object_get(item, "origin")), json_string_value(json_object_get(item, "why")));
    append_evidence(text, json_object_get(item, "fired"));
  }
  return g_string_free(text, FALSE);
}
