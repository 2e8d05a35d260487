/* Credentials: which entry of a file is meant, which file, and what helpers say. */
#include "tests/unit/expect.h"
#include "tests/unit/scratch_folder.h"

#include "oci/error.h"
#include "oci/transport/credentials.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

/* "user/password/token", "-" for what is not there; "nobody". Returns: owned by the caller. */
static char *shown(const OciCredentials *credentials)
{
  if (credentials == NULL)
    return g_strdup("nobody");
  return g_strdup_printf("%s/%s/%s", credentials->username != NULL ? credentials->username : "-",
                         credentials->password != NULL ? credentials->password : "-",
                         credentials->token != NULL ? credentials->token : "-");
}

static void expect_in(const char *json, const char *host, const char *repository, const char *expected)
{
  GError *error = NULL;
  g_autoptr(OciCredentials) credentials = NULL;
  g_autofree char *text = json_text("%s", json);
  assert_true(oci_credentials_find_in(text, strlen(text), "file", host, repository, &credentials, &error));
  assert_null(error);
  g_autofree char *found = shown(credentials);
  assert_string_equal(found, expected);
}

static void the_longest_key_is_meant(void **state)
{
  (void)state;
  /* u:host, u:ns, u:repo */
  static const char json[] = "{'auths': {'r.example': {'auth': 'dTpob3N0'}, 'r.example/a': {'auth': 'dTpucw=='}, "
                             "'r.example/a/b': {'auth': 'dTpyZXBv'}}}";
  expect_in(json, "r.example", "a/b", "u/repo/-");
  expect_in(json, "r.example", "a/c", "u/ns/-");
  expect_in(json, "r.example", "ab", "u/host/-");
  expect_in(json, "r.example:5000", "a/b", "nobody");
}

static void keys_may_be_urls_of_the_past(void **state)
{
  (void)state;
  expect_in("{'auths': {'https://index.docker.io/v1/': {'auth': 'dTpodWI='}}}", "docker.io", "library/app", "u/hub/-");
  expect_in("{'auths': {'https://r.example/v2/': {'auth': 'dTpw'}}}", "r.example", "app", "u/p/-");
  expect_in("{'auths': {'http://r.example:5000': {'auth': 'dTpw'}}}", "r.example:5000", "app", "u/p/-");
}

static void an_entry_has_a_pair_or_a_token(void **state)
{
  (void)state;
  expect_in("{'auths': {'r': {'username': 'u', 'password': 'p:q'}}}", "r", "a", "u/p:q/-");
  expect_in("{'auths': {'r': {'auth': 'dTpwOnE='}}}", "r", "a", "u/p:q/-");
  expect_in("{'auths': {'r': {'identitytoken': 't'}}}", "r", "a", "-/-/t");
  expect_in("{'auths': {'r': {'auth': 'dTpw', 'identitytoken': 't'}}}", "r", "a", "u/p/t");
  expect_in("{'auths': {'r': {}}}", "r", "a", "nobody");
  expect_in("{}", "r", "a", "nobody");
}

static void a_broken_file_is_an_error(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"{'auths': {'r': {'auth': '####'}}}", "file: an \"auth\" is not the base64 of USER:PASSWORD"},
      {"{'auths': {'r': {'auth': 'dQ=='}}}", "file: an \"auth\" is not the base64 of USER:PASSWORD"},
      {"{'auths': {'r': 1}}", "file.auths has an entry that is no object"},
      {"{'auths': []}", "file: .auths is not an object"},
      {"{'credHelpers': {'r': '../x'}}", "'docker-credential-../x' is no name of a credential helper"},
      {"{'credsStore': 'a b'}", "'docker-credential-a b' is no name of a credential helper"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    OciCredentials *credentials = NULL;
    g_autofree char *text = json_text("%s", cases[i][0]);
    assert_false(oci_credentials_find_in(text, strlen(text), "file", "r", "a", &credentials, &error));
    assert_null(credentials);
    expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, cases[i][1]);
  }
}

static void write_helper(const char *folder, const char *name, const char *script)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);
  assert_true(g_file_set_contents(path, text, -1, NULL));
  assert_int_equal(chmod(path, 0755), 0);
}

static void a_helper_is_asked(void **state)
{
  const char *folder = *state;
  g_autofree char *old = g_strdup(g_getenv("PATH"));
  g_autofree char *path = g_strconcat(folder, ":", old, NULL);
  g_setenv("PATH", path, TRUE);
  write_helper(folder, "docker-credential-says",
               "[ \"$1\" = get ] && printf '{\"ServerURL\":\"x\",\"Username\":\"%s\",\"Secret\":\"s\"}' \"$(cat)\"");
  write_helper(folder, "docker-credential-token", "printf '{\"Username\":\"<token>\",\"Secret\":\"s\"}'");
  write_helper(folder, "docker-credential-none", "echo credentials not found in native keychain; exit 1");
  expect_in("{'credHelpers': {'r.example': 'says'}}", "r.example", "a", "r.example/s/-");
  expect_in("{'credHelpers': {'docker.io': 'says'}}", "docker.io", "library/a", "https://index.docker.io/v1//s/-");
  expect_in("{'credsStore': 'token'}", "r.example", "a", "-/-/s");
  expect_in("{'credHelpers': {'r': 'none'}, 'credsStore': 'says', 'auths': {'r': {}}}", "r", "a", "nobody");
  expect_in("{'credsStore': 'says', 'auths': {'r': {}}}", "r", "a", "r/s/-");
  g_setenv("PATH", old, TRUE);
}

/* Going on as nobody would reach another repository than the user has set up. */
static void a_helper_that_fails_is_an_error(void **state)
{
  const char *folder = *state;
  g_autofree char *old = g_strdup(g_getenv("PATH"));
  g_autofree char *path = g_strconcat(folder, ":", old, NULL);
  g_setenv("PATH", path, TRUE);
  write_helper(folder, "docker-credential-bad", "echo no bus; exit 127");
  write_helper(folder, "docker-credential-empty", "echo '{}'");
  static const char *const cases[][2] = {
      {"{'credsStore': 'bad'}", "the credential helper 'docker-credential-bad' failed: 'no bus'"},
      {"{'credsStore': 'empty'}", "the answer of 'docker-credential-empty' has no Username and Secret"},
      {"{'credsStore': 'absent'}", "the credential helper cannot be run: Failed to execute child process "
                                   "\xe2\x80\x9c"
                                   "docker-credential-absent"
                                   "\xe2\x80\x9d (No such file or directory)"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(GError) error = NULL;
    OciCredentials *credentials = NULL;
    g_autofree char *text = json_text("%s", cases[i][0]);
    assert_false(oci_credentials_find_in(text, strlen(text), "file", "r", "a", &credentials, &error));
    assert_string_equal(error->message, cases[i][1]);
  }
  g_setenv("PATH", old, TRUE);
}

static void write_file(const char *folder, const char *name, const char *password)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  g_autofree char *text = json_text("{'auths': {'r': {'username': 'u', 'password': '%s'}}}", password);
  g_mkdir_with_parents(parent, 0700);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void expect_found(const OciAccess *access, const char *expected)
{
  GError *error = NULL;
  g_autoptr(OciCredentials) credentials = NULL;
  assert_true(oci_credentials_find(access, "r", "a", &credentials, &error));
  g_autofree char *found = shown(credentials);
  assert_string_equal(found, expected);
}

static void the_files_have_an_order(void **state)
{
  const char *folder = *state;
  g_autofree char *runtime = g_build_filename(folder, "runtime", NULL);
  g_autofree char *config = g_build_filename(folder, "config", NULL);
  g_autofree char *docker = g_build_filename(folder, "docker", NULL);
  g_autofree char *named = g_build_filename(folder, "named.json", NULL);
  OciAccess access = {0};
  g_setenv("XDG_RUNTIME_DIR", runtime, TRUE);
  g_setenv("XDG_CONFIG_HOME", config, TRUE);
  g_setenv("DOCKER_CONFIG", docker, TRUE);
  g_unsetenv("REGISTRY_AUTH_FILE");
  expect_found(&access, "nobody");
  write_file(folder, "docker/config.json", "docker");
  expect_found(&access, "u/docker/-");
  write_file(folder, "config/containers/auth.json", "config");
  expect_found(&access, "u/config/-");
  write_file(folder, "runtime/containers/auth.json", "runtime");
  expect_found(&access, "u/runtime/-");
  g_setenv("REGISTRY_AUTH_FILE", named, TRUE);
  expect_found(&access, "nobody");
  write_file(folder, "named.json", "named");
  expect_found(&access, "u/named/-");
  write_file(folder, "authfile.json", "authfile");
  g_autofree char *authfile = g_build_filename(folder, "authfile.json", NULL);
  access.authfile = authfile;
  expect_found(&access, "u/authfile/-");
  access.credentials = "me:mine";
  expect_found(&access, "me/mine/-");
  g_unsetenv("REGISTRY_AUTH_FILE");
}

static void a_named_file_must_be_there(void **state)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(*state, "absent.json", NULL);
  OciAccess access = {.authfile = path};
  OciCredentials *credentials = NULL;
  assert_false(oci_credentials_find(&access, "r", "a", &credentials, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  assert_true(g_str_has_prefix(error->message, "reading credentials: "));
}

static void basic_is_base64(void **state)
{
  (void)state;
  g_autoptr(OciCredentials) credentials = oci_credentials_parse("user:pass:word", NULL);
  g_autofree char *basic = oci_credentials_basic(credentials);
  assert_string_equal(basic, "Basic dXNlcjpwYXNzOndvcmQ=");
  g_autoptr(OciCredentials) alone = oci_credentials_parse("user", NULL);
  assert_string_equal(alone->password, "");
  GError *error = NULL;
  assert_null(oci_credentials_parse(":pass", &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, "credentials have no user\nhint: USER:PASSWORD");
  assert_null(oci_credentials_basic(NULL));
}

int main(void)
{
  signal(SIGPIPE, SIG_IGN); /* as the program does: a helper may end before it is asked */
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_longest_key_is_meant),
      cmocka_unit_test(keys_may_be_urls_of_the_past),
      cmocka_unit_test(an_entry_has_a_pair_or_a_token),
      cmocka_unit_test(a_broken_file_is_an_error),
      scratch_test(a_helper_is_asked),
      scratch_test(a_helper_that_fails_is_an_error),
      scratch_test(the_files_have_an_order),
      scratch_test(a_named_file_must_be_there),
      cmocka_unit_test(basic_is_base64),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
