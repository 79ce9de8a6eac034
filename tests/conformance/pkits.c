/* SPDX-License-Identifier: BSD-2-Clause */
/* NIST PKITS: manifest.json, and beside it the files that it names. */
#include "suite.h"

#include <jansson.h>

#include <stdio.h>
#include <string.h>

static void add_file(struct suite_case *one, struct chunks *chunks, const char *folder,
                     const json_t *name)
{
    char path[4096];
    size_t len;
    void *bytes;

    if (!json_is_string(name) ||
        snprintf(path, sizeof path, "%s/%s", folder, json_string_value(name)) >= (int)sizeof path) {
        case_break(one, "the name of a file is missing or too long");
        return;
    }
    bytes = suite_read(path, &len);
    if (bytes != NULL)
        chunks_add(chunks, bytes, len);
    else
        case_break(one, "%s cannot be read", path);
}

/* The first `count` files of a list. */
static void add_files(struct suite_case *one, struct chunks *chunks, const char *folder,
                      const json_t *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_file(one, chunks, folder, json_array_get(names, i));
}

static void take_oids(struct suite_case *one, struct oids *oids, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!oids_add(oids, json_string_value(json_array_get(list, i))))
            case_break(one, "a policy is no text, or there are more than %d", CASE_POLICIES);
}

static void take_expected(struct suite_case *one, const json_t *test)
{
    const json_t *policies = json_object_get(test, "expected_user_constrained_policy_set");
    const char *expected = json_string_value(json_object_get(test, "expected"));

    if (expected == NULL || (strcmp(expected, "pass") != 0 && strcmp(expected, "fail") != 0)) {
        case_break(one, "expected is neither pass nor fail");
        return;
    }
    one->accept = strcmp(expected, "pass") == 0;
    one->has_user_policies = one->accept && json_is_array(policies);
    take_oids(one, &one->user_policies, policies);
}

static void take_settings(struct suite_case *one, const json_t *settings)
{
    take_oids(one, &one->policies, json_object_get(settings, "initial_policy_set"));
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

    if (count == 0) {
        case_break(one, "no chain");
        return;
    }
    take_expected(one, test);
    take_settings(one, json_object_get(test, "settings"));
    add_file(one, &one->anchors, folder, json_object_get(test, "trust_anchor"));
    add_files(one, &one->intermediates, folder, chain, count - 1);
    add_files(one, &one->intermediates, folder, extra, json_array_size(extra));
    add_files(one, &one->crls, folder, crls, json_array_size(crls));
    add_file(one, &one->leaf, folder, json_array_get(chain, count - 1));
}

static json_t *load_manifest(const char *folder, int64_t *at)
{
    char path[4096];
    json_error_t error;
    json_t *manifest;

    (void)snprintf(path, sizeof path, "%s/manifest.json", folder);
    manifest = json_load_file(path, 0, &error);
    if (manifest == NULL)
        suite_give_up("%s: %s", path, error.text);
    if (!json_is_array(json_object_get(manifest, "tests")))
        suite_give_up("%s has no list of tests", path);
    if (!suite_time(json_string_value(json_object_get(manifest, "validation_time")), at))
        suite_give_up("%s has no validation_time", path);
    return manifest;
}

void pkits_run(struct suite *suite, const char *folder)
{
    struct suite_case one = {
        .anchors.owned = true, .intermediates.owned = true, .crls.owned = true, .leaf.owned = true};
    int64_t at;
    json_t *manifest = load_manifest(folder, &at), *test;
    char number[32];
    size_t i;

    json_array_foreach(json_object_get(manifest, "tests"), i, test)
    {
        case_clear(&one);
        one.id = suite_id(&one, json_string_value(json_object_get(test, "id")), i, number);
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
