/*
 * Destinations in the words of docker buildx: --output, --push and --load.
 */
#ifndef SLIM_CMD_OUTPUT_OPTION_H
#define SLIM_CMD_OUTPUT_OPTION_H

#include <glib.h>

typedef struct
{
  char *output; /* "type=oci,dest=FILE", or NULL */
  gboolean push;
  gboolean load;
} OutputOptions;

/* Whether one of them says where the image goes. */
gboolean cmd_output_is_given(const OutputOptions *options);

/*
 * The destination that they mean, as the operand DEST would be written.
 *
 * tags: names of --tag, may be NULL; name= adds to them.
 * compression, level: set to what the output says of them, else left alone.
 *
 * Returns: a new string.
 * Errors: SLIM_ERROR_USAGE.
 */
char *cmd_output_read(const OutputOptions *options, char ***tags, char **compression, int *level, GError **error);

#endif
