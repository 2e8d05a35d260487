/*
 * Finds where commands stand in a shell text.
 */
#ifndef SLIM_KEEP_SHELL_PARSER_H
#define SLIM_KEEP_SHELL_PARSER_H

#include "slim/keep/shell_command.h"

/*
 * Reads a text and the texts inside it; findings are added to the reading, in order of appearance.
 * text: zero-terminated; line: of its first character; here_document: text is the body of one;
 * depth: 0, or of the text around it plus 1.
 */
void keep_shell_parser_read(KeepShellReading *reading, const char *text, guint line, gboolean here_document, guint depth);

#endif
