/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * x509-limbo: one JSON file. Settings that a case leaves open are set as upstream's harnesses do:
 * its OpenSSL asks for no purpose when extended_key_usage is empty, and Go and pyca, which judge
 * servers of the public web, ask for serverAuth; so do we, under the webpki rules alone.
 */
#include "suite.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 16 }; /* the most that daotp_verifier_set_max_depth() takes */

#define SERVER_AUTH "1.3.6.1.5.5.7.3.1"

/* The ids of bettertls-soft.txt, sorted. */
struct soft {
    char *text;
    char **ids;
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load_soft(struct soft *soft, const char *limbo_path)
{
    const char *slash = strrchr(limbo_path, '/');
    int folder = slash != NULL ? (int)(slash - limbo_path + 1) : 0;
    char path[4096], *line, *rest;
    size_t len;
    FILE *file;

    *soft = (struct soft){0};
    (void)snprintf(path, sizeof path, "%.*sbettertls-soft.txt", folder, limbo_path);
    file = fopen(path, "r");
    if (file == NULL)
        return;
    (void)fclose(file);
    soft->text = suite_read(path, &len);
    if (soft->text == NULL)
        suite_give_up("%s cannot be read", path);
    soft->ids = calloc(len / 2 + 1, sizeof *soft->ids);
    if (soft->ids == NULL)
        suite_give_up("out of memory");
    for (line = strtok_r(soft->text, " \r\n", &rest); line != NULL;
         line = strtok_r(NULL, " \r\n", &rest))
        soft->ids[soft->count++] = line;
    qsort(soft->ids, soft->count, sizeof *soft->ids, by_text);
}

static bool is_soft(const struct soft *soft, const char *id)
{
    return soft->count > 0 &&
           bsearch(&id, soft->ids, soft->count, sizeof *soft->ids, by_text) != NULL;
}

/* ---- one case -------------------------------------------------------------------------------- */

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value != NULL && strcmp(value, text) == 0;
}

static bool is_in(const char *id, const char *namespace)
{
    size_t len = strlen(namespace);

    return strncmp(id, namespace, len) == 0 && strncmp(id + len, "::", 2) == 0;
}

static bool has_feature(const json_t *test, const char *feature)
{
    const json_t *value;
    size_t i;

    json_array_foreach(json_object_get(test, "features"), i, value)
    {
        if (json_is_string(value) && strcmp(json_string_value(value), feature) == 0)
            return true;
    }
    return false;
}

static void take_pem(struct suite_case *one, struct chunks *chunks, const json_t *pem,
                     const char *key)
{
    if (json_is_string(pem))
        chunks_add(chunks, (void *)(uintptr_t)json_string_value(pem), json_string_length(pem));
    else
        case_break(one, "%s: missing, or no text", key);
}

/* A list that is not there is an empty one. */
static void take_pems(struct suite_case *one, struct chunks *chunks, const json_t *test,
                      const char *key)
{
    const json_t *list = json_object_get(test, key);

    if (list != NULL && !json_is_null(list) && !json_is_array(list))
        case_break(one, "%s: no list", key);
    for (size_t i = 0; i < json_array_size(list); i++)
        take_pem(one, chunks, json_array_get(list, i), key);
}

static void take_name(struct suite_case *one, const json_t *name)
{
    const json_t *value = json_object_get(name, "value");
    const char *text = json_string_value(value);
    daotp_name_kind kind = is_text(name, "kind", "DNS")      ? DAOTP_NAME_DNS
                           : is_text(name, "kind", "IP")     ? DAOTP_NAME_IP
                           : is_text(name, "kind", "RFC822") ? DAOTP_NAME_EMAIL
                                                             : 0;

    if (name == NULL || json_is_null(name))
        return;
    if (kind == 0 || text == NULL || json_string_length(value) != strlen(text))
        case_break(one, "a name that no call of ours can say");
    else if (one->name_count == CASE_NAMES)
        case_break(one, "more than %d names", CASE_NAMES);
    else
        one->names[one->name_count++] = (struct case_name){kind, text};
}

static void take_names(struct suite_case *one, const json_t *test)
{
    const json_t *more = json_object_get(test, "expected_peer_names");

    take_name(one, json_object_get(test, "expected_peer_name"));
    for (size_t i = 0; i < json_array_size(more); i++)
        take_name(one, json_array_get(more, i));
}

/* A name of limbo's, or an object identifier as it is. */
static const char *purpose_oid(const char *name)
{
    static const char *const known[][2] = {
        {"anyExtendedKeyUsage", "2.5.29.37.0"},   {"serverAuth", SERVER_AUTH},
        {"clientAuth", "1.3.6.1.5.5.7.3.2"},      {"codeSigning", "1.3.6.1.5.5.7.3.3"},
        {"emailProtection", "1.3.6.1.5.5.7.3.4"}, {"timeStamping", "1.3.6.1.5.5.7.3.8"},
        {"OCSPSigning", "1.3.6.1.5.5.7.3.9"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i][0], name) == 0)
            return known[i][1];
    return name;
}

static void take_purposes(struct suite_case *one, const json_t *test)
{
    const json_t *value;
    size_t i;

    json_array_foreach(json_object_get(test, "extended_key_usage"), i, value)
    {
        if (!json_is_string(value) || one->purpose_count == CASE_PURPOSES)
            case_break(one, "a purpose is no text, or there are more than %d", CASE_PURPOSES);
        else
            one->purposes[one->purpose_count++] = purpose_oid(json_string_value(value));
    }
    if (one->purpose_count == 0 && one->rules == DAOTP_RULES_WEBPKI &&
        is_text(test, "validation_kind", "SERVER"))
        one->purposes[one->purpose_count++] = SERVER_AUTH;
}

static void take_settings(struct suite_case *one, const json_t *test)
{
    const json_t *depth = json_object_get(test, "max_chain_depth");
    const json_t *at = json_object_get(test, "validation_time");
    bool is_webpki = is_in(one->id, "webpki") || is_in(one->id, "online");

    one->rules = is_webpki ? DAOTP_RULES_WEBPKI : DAOTP_RULES_STRICT;
    one->revocation = is_in(one->id, "crl") ? DAOTP_REVOCATION_REQUIRE : DAOTP_REVOCATION_IGNORE;
    if (at != NULL && !json_is_null(at) && !suite_time(json_string_value(at), &one->at))
        case_break(one, "validation_time: no time");
    if (json_is_integer(depth))
        one->max_depth =
            json_integer_value(depth) < MAX_DEPTH ? (int)json_integer_value(depth) : MAX_DEPTH;
    take_purposes(one, test);
    take_names(one, test);
    if (json_array_size(json_object_get(test, "signature_algorithms")) > 0 ||
        json_array_size(json_object_get(test, "key_usage")) > 0)
        one->optional = true; /* limits that neither upstream nor we have a setting for */
}

static void take_case(struct suite_case *one, const json_t *test)
{
    one->accept = is_text(test, "expected_result", "SUCCESS");
    if (!one->accept && !is_text(test, "expected_result", "FAILURE"))
        case_break(one, "expected_result is neither SUCCESS nor FAILURE");
    one->optional = has_feature(test, "pedantic-public-suffix-wildcard");
    take_settings(one, test);
    take_pems(one, &one->anchors, test, "trusted_certs");
    take_pems(one, &one->intermediates, test, "untrusted_intermediates");
    take_pems(one, &one->crls, test, "crls");
    take_pem(one, &one->leaf, json_object_get(test, "peer_certificate"), "peer_certificate");
}

static json_t *load_limbo(const char *path)
{
    json_error_t error;
    json_t *limbo = json_load_file(path, JSON_ALLOW_NUL, &error);

    if (limbo == NULL)
        suite_give_up("%s: %s", path, error.text);
    if (!json_is_array(json_object_get(limbo, "testcases")))
        suite_give_up("%s has no list of testcases", path);
    return limbo;
}

void limbo_run(struct suite *suite, const char *path)
{
    struct suite_case one = {0};
    json_t *limbo = load_limbo(path), *test;
    struct soft soft;
    char number[32];
    size_t i;

    load_soft(&soft, path);
    suite->has_soft = suite->has_soft || soft.count > 0;
    json_array_foreach(json_object_get(limbo, "testcases"), i, test)
    {
        case_clear(&one);
        one.id = suite_id(&one, json_string_value(json_object_get(test, "id")), i, number);
        if (!suite_wants(suite, one.id))
            continue;
        one.soft = is_soft(&soft, one.id);
        take_case(&one, test);
        suite_try(suite, &one);
    }
    case_free(&one);
    free(soft.ids);
    free(soft.text);
    json_decref(limbo);
}
