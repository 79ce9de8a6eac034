/* SPDX-License-Identifier: BSD-2-Clause */
/* NIST PKITS: manifest.json, and beside it the files that it names. */
#include "suite.h"

#include <jansson.h>

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        suite_give_up("the manifest has a test without %s", key);
    return text;
}

static void add_file(struct chunks *chunks, const char *folder, const char *name)
{
    char path[4096];
    size_t len;
    void *bytes;

    if (name == NULL || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        suite_give_up("a name of a file is missing or too long");
    bytes = suite_read(path, &len);
    chunks_add(chunks, bytes, len);
}

/* The first `count` files of a list. */
static void add_files(struct chunks *chunks, const char *folder, const json_t *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_file(chunks, folder, json_string_value(json_array_get(names, i)));
}

static void take_oids(struct oids *oids, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        oids_add(oids, json_string_value(json_array_get(list, i)));
}

static void take_settings(struct suite_case *one, const json_t *settings)
{
    take_oids(&one->policies, json_object_get(settings, "initial_policy_set"));
    one->explicit_policy = json_is_true(json_object_get(settings, "initial_explicit_policy"));
    one->inhibit_mapping =
        json_is_true(json_object_get(settings, "initial_policy_mapping_inhibit"));
    one->inhibit_any_policy = json_is_true(json_object_get(settings, "initial_inhibit_any_policy"));
}

/* The chain comes with the certificate that the anchor issued first. */
static void take_case(struct suite_case *one, const json_t *test, const char *folder)
{
    const json_t *chain = json_object_get(test, "chain");
    const json_t *extra = json_object_get(test, "extra_certs");
    const json_t *crls = json_object_get(test, "crls");
    size_t count = json_array_size(chain);

    if (count == 0)
        suite_give_up("%s has no chain", one->id);
    one->accept = strcmp(text_of(test, "expected"), "pass") == 0;
    one->has_user_policies = one->accept;
    take_oids(&one->user_policies, json_object_get(test, "expected_user_constrained_policy_set"));
    take_settings(one, json_object_get(test, "settings"));
    add_file(&one->anchors, folder, text_of(test, "trust_anchor"));
    add_files(&one->intermediates, folder, chain, count - 1);
    add_files(&one->intermediates, folder, extra, json_array_size(extra));
    add_files(&one->crls, folder, crls, json_array_size(crls));
    add_file(&one->leaf, folder, json_string_value(json_array_get(chain, count - 1)));
}

void pkits_run(struct suite *suite, const char *folder)
{
    struct suite_case one = {
        .anchors.owned = true, .intermediates.owned = true, .crls.owned = true, .leaf.owned = true};
    char path[4096];
    json_error_t error;
    json_t *manifest, *test;
    int64_t at;
    size_t i;

    (void)snprintf(path, sizeof path, "%s/manifest.json", folder);
    manifest = json_load_file(path, 0, &error);
    if (manifest == NULL)
        suite_give_up("%s: %s", path, error.text);
    at = suite_time(text_of(manifest, "validation_time"));
    json_array_foreach(json_object_get(manifest, "tests"), i, test)
    {
        case_clear(&one);
        one.id = text_of(test, "id");
        if (!suite_wants(suite, one.id))
            continue;
        one.rules = DAOTP_RULES_PATH;
        one.revocation = DAOTP_REVOCATION_REQUIRE;
        one.at = at;
        take_case(&one, test, folder);
        suite_try(suite, &one);
    }
    case_free(&one);
    json_decref(manifest);
}
