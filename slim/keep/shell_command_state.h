/*
 * What the two halves of the command reader share: shell_command.c walks over the slots of a
 * simple command, shell_act.c knows what builtins and programs do with their arguments.
 *
 * A slot that may be a command has marks. Marks move to the right only, so that one walk sees them all.
 */
#ifndef SLIM_KEEP_SHELL_COMMAND_STATE_H
#define SLIM_KEEP_SHELL_COMMAND_STATE_H

#include "slim/keep/shell_command.h"
#include "slim/keep/shell_tables.h"

/* As what a slot may be a command. */
enum
{
  KEEP_SHELL_MARK_DIRECT = 1,   /* functions and builtins come first */
  KEEP_SHELL_MARK_COMMAND = 2,  /* builtins come first */
  KEEP_SHELL_MARK_EXTERNAL = 4, /* a program starts it */
  KEEP_SHELL_MARK_APPLET = 8,   /* a program that is kept anyway has it inside */
  KEEP_SHELL_MARK_NO_PATH = 16  /* no command, and noted in another list than the paths */
};

typedef struct
{
  KeepShellReading *reading;
  GPtrArray *slots;
  guint8 *marks;     /* one more than there are slots */
  gboolean searched; /* the options that have a command as argument were looked for up to the end */
} KeepShellSimple;

/*
 * The slot at index, or NULL after the last.
 */
const KeepShellSlot *keep_shell_simple_get_slot(const KeepShellSimple *command, guint index);

/*
 * The first value of the slot at index, or NULL.
 */
const char *keep_shell_simple_get_value(const KeepShellSimple *command, guint index);

/*
 * Marks a slot; one that does not exist may be marked.
 */
void keep_shell_simple_mark(KeepShellSimple *command, guint index, guint8 marks);

/*
 * Reports text, which is word's or a value of it.
 */
void keep_shell_reading_note(KeepShellReading *reading, KeepShellFindingKind kind, const char *text, const KeepShellWord *word,
                             gboolean determined);

/*
 * Reports a word whose value is not known.
 */
void keep_shell_reading_note_undetermined(KeepShellReading *reading, KeepShellFindingKind kind, const KeepShellWord *word);

/*
 * Whether a text may be the name of a file: one with control characters is text that was taken for a name.
 */
gboolean keep_shell_is_name(const char *text);

/*
 * Does what program does with the arguments from index on.
 */
void keep_shell_act(KeepShellSimple *command, const KeepShellProgram *program, guint index);

#endif
