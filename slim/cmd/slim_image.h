/*
 * One image of a source, made slim: its closure, its plan, and the finished
 * image.
 */
#ifndef SLIM_CMD_SLIM_IMAGE_H
#define SLIM_CMD_SLIM_IMAGE_H

#include "slim/cmd/metadata_options.h"
#include "slim/cmd/slim_run.h"
#include "slim/emit/plan.h"
#include "slim/keep/closure.h"

typedef struct
{
  OciImage *source;
  KeepRules *rules;
  KeepClosure *closure;
  KeepPackages *packages; /* borrowed from the closure; NULL unless the report or the level asks for them */
  GHashTable *contents;   /* of files that are written otherwise than they are */
  EmitPlan *plan;
  GPtrArray *warnings; /* char* */
  OciResult *result;   /* NULL until slim_image_pack() */
} SlimImage;

/*
 * Up to the plan.
 *
 * source: taken, also on failure.
 * Errors: as slim_closure_new() and slim_closure_check().
 */
SlimImage *slim_image_new(const SlimOptions *options, OciImage *source, GError **error);
void slim_image_free(SlimImage *image);

/* Whether the new image is as small as the options say. Errors: SLIM_ERROR_POLICY. */
gboolean slim_image_check_size(const SlimImage *image, const SlimOptions *options, GError **error);

/* The layer, the config and the manifest. */
gboolean slim_image_pack(SlimImage *image, const SlimOptions *options, const OciLayerWriteOptions *layer, const Metadata *metadata,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlimImage, slim_image_free)

#endif
