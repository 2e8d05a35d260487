/* Where a document wants something unique, it is made of the document's own digest. */
#include "slim/emit/sbom.h"

#include "oci/digest.h"
#include "oci/error.h"
#include "slim/error.h"

#include <string.h>

#define PROGRAM   "ocislim"
#define NAMESPACE "https://spdx.org/spdxdocs/" PROGRAM "-"
#define UNKNOWN   "NOASSERTION"

const char *emit_sbom_format_name(EmitSbomFormat format)
{
  switch (format)
  {
  case EMIT_SBOM_SPDX:
    return "spdx";
  case EMIT_SBOM_CYCLONEDX:
    return "cyclonedx";
  }
  g_assert_not_reached();
}

gboolean emit_sbom_format_parse(const char *text, EmitSbomFormat *format, GError **error)
{
  static const EmitSbomFormat all[] = {EMIT_SBOM_SPDX, EMIT_SBOM_CYCLONEDX};
  for (guint i = 0; i < G_N_ELEMENTS(all); i++)
    if (strcmp(text, emit_sbom_format_name(all[i])) == 0)
    {
      *format = all[i];
      return TRUE;
    }
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--format %s is none of spdx, cyclonedx", quoted);
  return FALSE;
}

static void put(json_t *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_set_new(object, key, json_string(text));
}

/* The hexadecimal digest of a document; owned by the caller. */
static char *document_hex(const json_t *document)
{
  OciDigest digest;
  g_autoptr(GBytes) bytes = oci_json_format(document);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);
  oci_digest_compute(OCI_DIGEST_SHA256, data, size, &digest);
  return oci_digest_hex(&digest);
}

/* --- SPDX --- */

static json_t *spdx_package(const char *id, const char *name, const char *version, const char *purl)
{
  json_t *package = json_object();
  put(package, "SPDXID", id);
  put(package, "name", name);
  put(package, "versionInfo", version);
  put(package, "downloadLocation", UNKNOWN);
  json_object_set_new(package, "filesAnalyzed", json_false());
  put(package, "licenseConcluded", UNKNOWN);
  put(package, "licenseDeclared", UNKNOWN);
  put(package, "copyrightText", UNKNOWN);
  put(package, "supplier", UNKNOWN);
  if (purl != NULL)
  {
    json_t *reference = json_object();
    put(reference, "referenceCategory", "PACKAGE-MANAGER");
    put(reference, "referenceType", "purl");
    put(reference, "referenceLocator", purl);
    json_t *references = json_array();
    json_array_append_new(references, reference);
    json_object_set_new(package, "externalRefs", references);
  }
  return package;
}

static void relate(json_t *relationships, const char *from, const char *type, const char *to)
{
  json_t *relationship = json_object();
  put(relationship, "spdxElementId", from);
  put(relationship, "relationshipType", type);
  put(relationship, "relatedSpdxElement", to);
  json_array_append_new(relationships, relationship);
}

static char *joined_paths(const EmitSoftware *software)
{
  if (software->paths->len == 0)
    return g_strdup("named by the image's package database");
  GString *text = g_string_new("found in ");
  for (guint i = 0; i < software->paths->len; i++)
    g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", (const char *)software->paths->pdata[i]);
  return g_string_free(text, FALSE);
}

static void spdx_packages(const EmitSbom *sbom, json_t *packages, json_t *relationships)
{
  json_t *image = spdx_package("SPDXRef-Image", sbom->name, sbom->version, NULL);
  put(image, "primaryPackagePurpose", "CONTAINER");
  json_array_append_new(packages, image);
  relate(relationships, "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image");
  if (sbom->distribution->id != NULL)
  {
    json_t *system = spdx_package("SPDXRef-OperatingSystem", sbom->distribution->id, sbom->distribution->version, NULL);
    put(system, "primaryPackagePurpose", "OPERATING-SYSTEM");
    json_array_append_new(packages, system);
    relate(relationships, "SPDXRef-Image", "CONTAINS", "SPDXRef-OperatingSystem");
  }
  for (guint i = 0; i < sbom->software->len; i++)
  {
    const EmitSoftware *software = sbom->software->pdata[i];
    g_autofree char *id = g_strdup_printf("SPDXRef-Package-%u", i + 1);
    g_autofree char *source = joined_paths(software);
    json_t *package = spdx_package(id, software->name, software->version, software->purl);
    put(package, "sourceInfo", source);
    json_array_append_new(packages, package);
    relate(relationships, "SPDXRef-Image", "CONTAINS", id);
  }
}

static json_t *spdx_json(const EmitSbom *sbom)
{
  json_t *document = json_object();
  put(document, "spdxVersion", "SPDX-2.3");
  put(document, "dataLicense", "CC0-1.0");
  put(document, "SPDXID", "SPDXRef-DOCUMENT");
  put(document, "name", sbom->name);
  json_t *creators = json_array();
  json_array_append_new(creators, json_string("Tool: " PROGRAM "-" OCISLIM_VERSION));
  json_t *creation = json_object();
  put(creation, "created", sbom->created);
  json_object_set_new(creation, "creators", creators);
  json_object_set_new(document, "creationInfo", creation);
  json_t *packages = json_array();
  json_t *relationships = json_array();
  spdx_packages(sbom, packages, relationships);
  json_object_set_new(document, "packages", packages);
  json_object_set_new(document, "relationships", relationships);
  g_autofree char *hex = document_hex(document);
  g_autofree char *name = g_strconcat(NAMESPACE, hex, NULL);
  put(document, "documentNamespace", name);
  return document;
}

/* --- CycloneDX --- */

static json_t *component(const char *type, const char *reference, const char *name, const char *version)
{
  json_t *object = json_object();
  put(object, "type", type);
  put(object, "bom-ref", reference);
  put(object, "name", name);
  put(object, "version", version);
  return object;
}

static json_t *cyclonedx_metadata(const EmitSbom *sbom)
{
  json_t *components = json_array();
  json_array_append_new(components, component("application", NULL, PROGRAM, OCISLIM_VERSION));
  json_t *tools = json_object();
  json_object_set_new(tools, "components", components);
  json_t *metadata = json_object();
  put(metadata, "timestamp", sbom->created);
  json_object_set_new(metadata, "tools", tools);
  json_object_set_new(metadata, "component", component("container", "image", sbom->name, sbom->version));
  return metadata;
}

static json_t *occurrences(const EmitSoftware *software)
{
  json_t *array = json_array();
  for (guint i = 0; i < software->paths->len; i++)
  {
    json_t *occurrence = json_object();
    put(occurrence, "location", software->paths->pdata[i]);
    json_array_append_new(array, occurrence);
  }
  json_t *evidence = json_object();
  json_object_set_new(evidence, "occurrences", array);
  return evidence;
}

static json_t *cyclonedx_components(const EmitSbom *sbom)
{
  json_t *array = json_array();
  if (sbom->distribution->id != NULL)
    json_array_append_new(array, component("operating-system", "os", sbom->distribution->id, sbom->distribution->version));
  for (guint i = 0; i < sbom->software->len; i++)
  {
    const EmitSoftware *software = sbom->software->pdata[i];
    json_t *library = component("library", software->purl, software->name, software->version);
    put(library, "purl", software->purl);
    if (software->paths->len > 0)
      json_object_set_new(library, "evidence", occurrences(software));
    json_array_append_new(array, library);
  }
  return array;
}

/* Spec: RFC 9562, version 8. hex: at least 32 digits. */
static char *serial_number(const char *hex)
{
  static const char variants[] = "89ab";
  return g_strdup_printf("urn:uuid:%.8s-%.4s-8%.3s-%c%.3s-%.12s", hex, hex + 8, hex + 13, variants[g_ascii_xdigit_value(hex[16]) & 3],
                         hex + 17, hex + 20);
}

static json_t *cyclonedx_json(const EmitSbom *sbom)
{
  json_t *document = json_object();
  put(document, "bomFormat", "CycloneDX");
  put(document, "specVersion", "1.6");
  json_object_set_new(document, "version", json_integer(1));
  json_object_set_new(document, "metadata", cyclonedx_metadata(sbom));
  json_object_set_new(document, "components", cyclonedx_components(sbom));
  g_autofree char *hex = document_hex(document);
  g_autofree char *serial = serial_number(hex);
  put(document, "serialNumber", serial);
  return document;
}

json_t *emit_sbom_json(const EmitSbom *sbom, EmitSbomFormat format)
{
  switch (format)
  {
  case EMIT_SBOM_SPDX:
    return spdx_json(sbom);
  case EMIT_SBOM_CYCLONEDX:
    return cyclonedx_json(sbom);
  }
  g_assert_not_reached();
}
