/*
 * Nodes of a world. Private to the library.
 */
#ifndef ELFDEPS_WORLD_NODE_H
#define ELFDEPS_WORLD_NODE_H

#include "elfdeps/world.h"

/*
 * Makes a node and works out where it will look for what it needs.
 *
 * opened: interned. parent: what caused it to be loaded, or NULL. problem:
 * static or interned; such an object needs nothing.
 * Returns: in world->nodes; NULL when ELFDEPS_LIMIT_OBJECTS is reached.
 */
ElfdepsObjectNode *elfdeps_world_node_add(ElfdepsWorld *world, const char *opened, const ElfdepsFile *file, ElfdepsObjectNode *parent,
                                          const char *problem);
void elfdeps_world_node_free(gpointer node);

/* What tokens stand for in the strings of this object. */
void elfdeps_world_tokens(const ElfdepsWorld *world, const ElfdepsObjectNode *node, ElfdepsTokens *tokens);

#endif
