/* Trees without recursion: a graph may be ten thousand objects deep. */
#include "slim/report/deps.h"

#include "slim/report/values.h"

#include <string.h>

/* An object whose edges are being printed. */
typedef struct
{
  const ElfdepsNode *node;
  guint next; /* edge */
} Level;

static void append_text(GString *out, const char *text)
{
  g_autofree char *word = report_word(text);
  g_string_append(out, word);
}

static void append_indent(GString *out, const GArray *levels, gboolean last)
{
  for (guint i = 0; i + 1 < levels->len; i++)
  {
    const Level *level = &g_array_index(levels, Level, i);
    g_string_append(out, level->next < level->node->edges->len ? "│   " : "    ");
  }
  g_string_append(out, last ? "└── " : "├── ");
}

static void append_how(GString *out, const ElfdepsEdge *edge)
{
  g_string_append_printf(out, " [%s", elfdeps_found_name(edge->found));
  if (edge->origin != NULL)
  {
    g_string_append(out, " of ");
    append_text(out, edge->origin);
  }
  if (edge->kind != ELFDEPS_EDGE_NEEDED)
    g_string_append_printf(out, ", %s", elfdeps_edge_kind_name(edge->kind));
  if (edge->variant)
    g_string_append(out, ", variant");
  g_string_append_c(out, ']');
}

static void append_edge(GString *out, const GArray *levels, const ElfdepsEdge *edge, gboolean last)
{
  append_indent(out, levels, last);
  append_text(out, edge->name);
  if (!edge->missing)
  {
    if (edge->opened != NULL && strcmp(edge->opened, edge->name) != 0)
    {
      g_string_append(out, " => ");
      append_text(out, edge->opened);
    }
    append_how(out, edge);
  }
  else
    g_string_append(out, edge->optional ? " not found (optional)" : " not found");
  if (edge->target != NULL && edge->target->problem != NULL)
    g_string_append_printf(out, " (a loader stops here: %s)", edge->target->problem);
  g_string_append_c(out, '\n');
  for (guint i = 0; edge->tried != NULL && i < edge->tried->len; i++)
  {
    append_indent(out, levels, last);
    g_string_truncate(out, out->len - strlen("└── "));
    g_string_append(out, last ? "      tried " : "│     tried ");
    append_text(out, edge->tried->pdata[i]);
    g_string_append_c(out, '\n');
  }
}

static void push(GArray *levels, const ElfdepsNode *node)
{
  Level level = {.node = node};
  g_array_append_val(levels, level);
}

void report_deps_text(const ElfdepsClosure *graph, GString *out)
{
  g_autoptr(GArray) levels = g_array_new(FALSE, FALSE, sizeof(Level));
  g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
  append_text(out, graph->root->path);
  if (graph->root->problem != NULL)
    g_string_append_printf(out, " (%s)", graph->root->problem);
  g_string_append_c(out, '\n');
  g_hash_table_add(shown, graph->root);
  push(levels, graph->root);
  while (levels->len > 0)
  {
    Level *level = &g_array_index(levels, Level, levels->len - 1);
    if (level->next == level->node->edges->len)
    {
      g_array_set_size(levels, levels->len - 1);
      continue;
    }
    const ElfdepsEdge *edge = level->node->edges->pdata[level->next++];
    append_edge(out, levels, edge, level->next == level->node->edges->len);
    if (edge->target != NULL && edge->found != ELFDEPS_FOUND_LOADED && g_hash_table_add(shown, edge->target))
      push(levels, edge->target);
  }
}

static json_t *texts_json(GPtrArray *texts)
{
  json_t *array = json_array();
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    json_array_append_new(array, report_text_json(texts->pdata[i]));
  return array;
}

static json_t *edge_json(const ElfdepsEdge *edge)
{
  json_t *object = json_object();
  json_object_set_new(object, "kind", report_text_json(elfdeps_edge_kind_name(edge->kind)));
  json_object_set_new(object, "name", report_text_json(edge->name));
  json_object_set_new(object, "missing", json_boolean(edge->missing));
  json_object_set_new(object, "optional", json_boolean(edge->optional));
  json_object_set_new(object, "variant", json_boolean(edge->variant));
  if (edge->missing)
  {
    json_object_set_new(object, "tried", texts_json(edge->tried));
    return object;
  }
  json_object_set_new(object, "found", report_text_json(elfdeps_found_name(edge->found)));
  json_object_set_new(object, "origin", report_text_json(edge->origin));
  json_object_set_new(object, "opened", report_text_json(edge->opened));
  json_object_set_new(object, "target", report_text_json(edge->target != NULL ? edge->target->path : NULL));
  return object;
}

static json_t *node_json(const ElfdepsNode *node)
{
  json_t *object = json_object();
  json_object_set_new(object, "path", report_text_json(node->path));
  json_object_set_new(object, "real", report_text_json(node->file.real_path));
  json_object_set_new(object, "soname", report_text_json(node->object != NULL ? node->object->soname : NULL));
  json_object_set_new(object, "problem", report_text_json(node->problem));
  json_t *edges = json_array();
  for (guint i = 0; i < node->edges->len; i++)
    json_array_append_new(edges, edge_json(node->edges->pdata[i]));
  json_object_set_new(object, "edges", edges);
  return object;
}

json_t *report_deps_json(const ElfdepsClosure *graph)
{
  json_t *object = json_object();
  json_object_set_new(object, "path", report_text_json(graph->root->path));
  json_t *objects = json_array();
  for (guint i = 0; i < graph->nodes->len; i++)
    json_array_append_new(objects, node_json(graph->nodes->pdata[i]));
  json_object_set_new(object, "objects", objects);
  json_object_set_new(object, "files", texts_json(graph->data_files));
  json_object_set_new(object, "missing", json_integer(graph->missing));
  json_object_set_new(object, "warnings", texts_json(graph->warnings));
  return object;
}
