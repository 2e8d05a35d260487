/* Opens an image: the place, the choice, the layers, the tree. */
#include "oci/image.h"

#include "oci/error.h"
#include "oci/image_layers.h"
#include "oci/select.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct oci_image
{
  OciSelection *selection; /* NULL for a directory */
  OciConfig *config;       /* the selection's, or a new one */
  OciRootfs *rootfs;
  GHashTable *annotations;
  GPtrArray *warnings;
  guint layer_count;
  guint64 stored_bytes;
};

struct oci_place
{
  const OciReference *reference;
  OciOpenOptions options; /* limits are read from here */
  OciTransport transport; /* what the reference means, by content where it does not say */
  OciIndexer *indexer;
  OciSourceContext context;
  OciSource *source; /* NULL for a directory */
};

void oci_image_free(OciImage *image)
{
  if (image == NULL)
    return;
  oci_rootfs_free(image->rootfs);
  oci_config_free(image->config);
  oci_selection_free(image->selection);
  g_hash_table_unref(image->annotations);
  g_ptr_array_unref(image->warnings);
  g_free(image);
}

static OciImage *image_new(void)
{
  OciImage *image = g_new0(OciImage, 1);
  image->annotations = oci_string_map_new();
  image->warnings = g_ptr_array_new_with_free_func(g_free);
  return image;
}

static OciPlace *fail_path(const char *path, GError **error)
{
  g_autofree char *quoted = oci_quote(path);
  const char *hint = strchr(path, ':') == NULL
                         ? "\nhint: an image's name goes behind docker:// for a registry, behind docker-daemon: for the engine"
                         : "\nhint: only a transport takes a reference behind the path, e.g. oci:DIR:REF";
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "cannot open %s: no such file or directory%s", quoted, hint);
  return NULL;
}

/* A bare path is what it looks like. Returns: FALSE when nothing is there. */
static gboolean recognise_path(const char *path, OciTransport *transport)
{
  struct stat status;
  if (stat(path, &status) != 0)
    return FALSE;
  g_autofree char *layout = g_build_filename(path, "oci-layout", NULL);
  if (!S_ISDIR(status.st_mode))
    *transport = OCI_TRANSPORT_PATH;
  else if (access(layout, F_OK) == 0)
    *transport = OCI_TRANSPORT_OCI;
  else
    *transport = OCI_TRANSPORT_ROOTFS;
  return TRUE;
}

static OciSource *open_source(OciTransport transport, const char *path, const OciSourceContext *context, GError **error)
{
  switch (transport)
  {
  case OCI_TRANSPORT_OCI:
    return oci_layout_open(path, error);
  case OCI_TRANSPORT_DIR:
    return oci_dir_open(path, context->limits, error);
  case OCI_TRANSPORT_STREAM:
    return oci_stream_open(STDIN_FILENO, "standard input", context, error);
  case OCI_TRANSPORT_DAEMON:
    return oci_daemon_source_open(path, context, error);
  case OCI_TRANSPORT_REGISTRY:
    return oci_registry_source_open(path, context, error);
  case OCI_TRANSPORT_OCI_ARCHIVE:
  case OCI_TRANSPORT_DOCKER_ARCHIVE:
  case OCI_TRANSPORT_PATH:
    return oci_archive_open(path, context, error);
  case OCI_TRANSPORT_ROOTFS:
    break; /* has no files by name */
  }
  g_assert_not_reached();
}

/* An archive that is both is an OCI one: that names its blobs by digest. */
static gboolean recognise_archive(OciSource *source, gboolean *is_oci, GError **error)
{
  g_autoptr(OciBlob) index = NULL;
  g_autoptr(OciBlob) layout = NULL;
  g_autoptr(OciBlob) manifest = NULL;
  if (!source->ops->find(source, "index.json", &index, error) || !source->ops->find(source, "oci-layout", &layout, error) ||
      !source->ops->find(source, "manifest.json", &manifest, error))
    return FALSE;
  *is_oci = index != NULL && layout != NULL;
  if (*is_oci || manifest != NULL)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED,
              "neither an OCI archive nor a docker archive: there is no oci-layout with index.json, and no manifest.json");
  return FALSE;
}

/* Whether an index.json says what is there. */
static gboolean find_form(const OciPlace *place, gboolean *is_oci, GError **error)
{
  *is_oci = FALSE;
  switch (place->transport)
  {
  case OCI_TRANSPORT_OCI:
  case OCI_TRANSPORT_OCI_ARCHIVE:
  case OCI_TRANSPORT_REGISTRY:
  case OCI_TRANSPORT_DIR:
    *is_oci = TRUE;
    return TRUE;
  case OCI_TRANSPORT_DOCKER_ARCHIVE:
  case OCI_TRANSPORT_ROOTFS:
    return TRUE;
  case OCI_TRANSPORT_DAEMON:
  case OCI_TRANSPORT_STREAM:
  case OCI_TRANSPORT_PATH:
    return recognise_archive(place->source, is_oci, error);
  }
  g_assert_not_reached();
}

static void add_warnings(OciImage *image, const GPtrArray *warnings)
{
  for (guint i = 0; i < warnings->len; i++)
    g_ptr_array_add(image->warnings, g_strdup(g_ptr_array_index(warnings, i)));
}

static OciImage *image_from_layers(OciSelection *selection, GPtrArray *layers, const OciLimits *limits, GError **error)
{
  g_autoptr(OciImage) image = image_new();
  g_autoptr(GError) range = NULL;
  image->selection = selection;
  image->config = g_steal_pointer(&selection->config);
  image->rootfs = oci_rootfs_new_layers(layers, limits, error);
  if (image->rootfs == NULL)
    return NULL;
  image->layer_count = layers->len;
  for (guint i = 0; i < layers->len; i++)
    image->stored_bytes += oci_layer_size(g_ptr_array_index(layers, i));
  if (selection->manifest != NULL)
    oci_string_map_merge(image->annotations, selection->manifest->annotations);
  add_warnings(image, selection->warnings);
  add_warnings(image, oci_rootfs_warnings(image->rootfs));
  if (!oci_config_check_user(image->config, &range))
    g_ptr_array_add(image->warnings, g_strdup(range->message));
  return g_steal_pointer(&image);
}

static void prefix_reference(const OciReference *reference, GError **error)
{
  g_autofree char *text = oci_reference_format(reference);
  g_autofree char *quoted = oci_quote(text);
  g_prefix_error(error, "%s: ", reference->path == NULL ? "standard input" : quoted);
}

static OciImage *open_layers(OciPlace *place, const OciPlatform *platform, GError **error)
{
  OciWanted wanted = {.ref = place->reference->ref, .platform = platform, .limits = &place->options.limits};
  gboolean is_oci = FALSE;
  g_autoptr(OciSelection) selection = NULL;
  if (find_form(place, &is_oci, error))
    selection = is_oci ? oci_select_oci(place->source, &wanted, error) : oci_select_docker(place->source, &wanted, error);
  g_autoptr(GPtrArray) layers = selection == NULL ? NULL : oci_image_index_layers(place->source, selection, place->indexer, error);
  if (layers == NULL)
  {
    prefix_reference(place->reference, error);
    return NULL;
  }
  return image_from_layers(g_steal_pointer(&selection), layers, &place->options.limits, error);
}

static OciImage *open_directory(const char *path, const OciPlatform *platform, const OciLimits *limits, GError **error)
{
  g_autoptr(OciImage) image = image_new();
  g_autoptr(OciPlatform) host = oci_platform_new_host();
  image->config = oci_config_new(platform == NULL ? host : platform);
  image->rootfs = oci_directory_open(path, limits, error);
  if (image->rootfs == NULL)
    return NULL;
  add_warnings(image, oci_rootfs_warnings(image->rootfs));
  return g_steal_pointer(&image);
}

void oci_place_free(OciPlace *place)
{
  if (place == NULL)
    return;
  oci_source_free(place->source);
  oci_indexer_free(place->indexer);
  g_free(place);
}

OciPlace *oci_place_open(const OciReference *reference, const OciOpenOptions *options, GError **error)
{
  g_autoptr(OciPlace) place = g_new0(OciPlace, 1);
  place->reference = reference;
  place->options = *options;
  place->transport = reference->transport;
  if (place->transport == OCI_TRANSPORT_PATH && !recognise_path(reference->path, &place->transport))
    return fail_path(reference->path, error);
  if (place->transport == OCI_TRANSPORT_ROOTFS)
    return g_steal_pointer(&place);
  const OciLimits *limits = &place->options.limits;
  guint threads = options->threads == 0 ? g_get_num_processors() : options->threads;
  place->indexer = oci_indexer_new(threads, limits, options->progress, options->progress_data, options->cancelled);
  place->context = (OciSourceContext){.indexer = place->indexer,
                                      .limits = limits,
                                      .spool_directory = options->spool_directory,
                                      .cancelled = options->cancelled,
                                      .access = options->access};
  place->source = open_source(place->transport, reference->path, &place->context, error);
  return place->source == NULL ? NULL : g_steal_pointer(&place);
}

GPtrArray *oci_place_platforms(OciPlace *place, GError **error)
{
  gboolean is_oci = FALSE;
  GPtrArray *platforms = NULL;
  OciWanted wanted = {.ref = place->reference->ref, .limits = &place->options.limits};
  if (find_form(place, &is_oci, error))
    platforms =
        is_oci ? oci_select_platforms(place->source, &wanted, error) : g_ptr_array_new_with_free_func((GDestroyNotify)oci_platform_free);
  if (platforms == NULL)
    prefix_reference(place->reference, error);
  return platforms;
}

OciImage *oci_place_image(OciPlace *place, const OciPlatform *platform, GError **error)
{
  if (place->transport == OCI_TRANSPORT_ROOTFS)
    return open_directory(place->reference->path, platform, &place->options.limits, error);
  return open_layers(place, platform, error);
}

OciRootfs *oci_image_rootfs(OciImage *image)
{
  return image->rootfs;
}

OciConfig *oci_image_config(OciImage *image)
{
  return image->config;
}

GHashTable *oci_image_index_annotations(OciImage *image)
{
  return image->selection == NULL ? NULL : image->selection->index_annotations;
}

const char *oci_image_name(OciImage *image)
{
  return image->selection == NULL ? NULL : image->selection->name;
}

const OciDigest *oci_image_digest(OciImage *image)
{
  return image->selection == NULL || image->selection->manifest == NULL ? NULL : &image->selection->manifest_digest;
}

const OciDigest *oci_image_config_digest(OciImage *image)
{
  return image->selection == NULL ? NULL : &image->selection->config_digest;
}

GHashTable *oci_image_annotations(OciImage *image)
{
  return image->annotations;
}

GPtrArray *oci_image_warnings(OciImage *image)
{
  return image->warnings;
}

guint oci_image_layer_count(OciImage *image)
{
  return image->layer_count;
}

guint64 oci_image_stored_bytes(OciImage *image)
{
  return image->stored_bytes;
}
