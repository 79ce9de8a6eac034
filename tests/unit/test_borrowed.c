/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a handle lends is given back to each call of the same handle that takes such a value: a call
 * that drops its results before it reads its arguments would read what it has freed. The calls and
 * the getters are those of the public headers (borrowed.py). Under AddressSanitizer such a read
 * ends the test; in any build the answer must be that of the same call with a copy of the value.
 */
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "ca/ca.h"
#include "ca/refusals.h"
#include "ca/soap.h"
#include "core/report.h"
#include "request/account.h"
#include "store/item.h"
#include "store/store.h"
#include "validate/verifier.h"
#include "x509/key.h"

#include <daotp/daotp.h>
#include <daotp/sys/key_backend.h>
#include <daotp/sys/probe.h>
#include <daotp/sys/store_plugin.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LENT = 64 };

/* A value as it is lent: octets, and a text if it is one. */
typedef struct lent {
    const char *text;
    const void *data;
    size_t len;
} lent;

typedef struct lents {
    lent list[MAX_LENT];
    size_t count;
} lents;

typedef struct row {
    const char *handle, *call;
    void (*lend)(void *handle, size_t at, lents *out);
    daotp_status (*give)(void *handle, const lent *given);
} row;

static void lend_text(lents *out, const char *text)
{
    if (text != NULL && out->count < MAX_LENT)
        out->list[out->count++] = (lent){text, text, strlen(text)};
}

static void lend_octets(lents *out, const void *data, size_t len)
{
    if (data != NULL && out->count < MAX_LENT)
        out->list[out->count++] = (lent){"not a text", data, len};
}

static void lend_findings(lents *out, daotp_report *report)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        lend_text(out, daotp_finding_get_subject(daotp_report_get_finding(report, i)));
        lend_text(out, daotp_finding_get_found(daotp_report_get_finding(report, i)));
    }
}

static void lend_report(lents *out, daotp_report *report)
{
    lend_findings(out, report);
    lend_text(out, daotp_report_get_text(report));
    lend_text(out, daotp_report_get_json(report));
}

/* ---- what the calls take besides --------------------------------------------------------------
 */

static forge_world world;
static daotp_context *context;
static daotp_key *key;
static daotp_credential *credential;
static daotp_trust *trust;
static daotp_store *spare_store;
static daotp_ca *spare_ca;
static daotp_client *spare_client;
static daotp_radius *spare_radius;
static daotp_budget *budget;
static daotp_profile *spare_profile;

#define WORLD(type, object)                                                                        \
    static type *world_##type(void)                                                                \
    {                                                                                              \
        return object;                                                                             \
    }
WORLD(daotp_context, context)
WORLD(daotp_key, key)
WORLD(daotp_credential, credential)
WORLD(daotp_trust, trust)
WORLD(daotp_store, spare_store)
WORLD(daotp_ca, spare_ca)
WORLD(daotp_client, spare_client)
WORLD(daotp_radius, spare_radius)
WORLD(daotp_profile, spare_profile)

/* It remembers what was spent: a new one for each call. */
static daotp_budget *world_daotp_budget(void)
{
    daotp_budget_unref(budget);
    assert_int_equal(daotp_budget_new(context, NULL, &budget), DAOTP_OK);
    return budget;
}

#include "borrowed_calls.h"

static int set_up(void **state)
{
    daotp__buffer root;

    (void)state;
    world = forge_world_new();
    context = forge_context();
    key = forge_key(context, world.user_key);
    credential = forge_credential(context, world.user, world.root, world.user_key);
    root = forge_der(world.root);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, root.data, root.len, NULL), DAOTP_OK);
    daotp__buffer_free(&root);
    assert_int_equal(daotp_store_new_memory(context, &spare_store), DAOTP_OK);
    assert_int_equal(daotp_ca_new_rpc(context, DAOTP_CA_WAY_AUTO, &spare_ca), DAOTP_OK);
    assert_int_equal(daotp_client_new(context, &spare_client), DAOTP_OK);
    assert_int_equal(daotp_radius_new(context, &spare_radius), DAOTP_OK);
    assert_int_equal(daotp_profile_new(context, NULL, &spare_profile), DAOTP_OK);
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    daotp_profile_free(spare_profile);
    daotp_radius_free(spare_radius);
    daotp_client_free(spare_client);
    daotp_store_unref(spare_store);
    daotp_ca_unref(spare_ca);
    daotp_trust_unref(trust);
    daotp_credential_unref(credential);
    daotp_key_unref(key);
    daotp_budget_unref(budget);
    daotp_context_unref(context);
    forge_world_free(&world);
    return scratch_end();
}

/* ---- each handle, with as much to lend as it can have -----------------------------------------
 */

static void *make_account(void)
{
    static daotp_account account;

    memset(&account, 0, sizeof account);
    assert_int_equal(daotp_account_set_upn(&account, FORGE_UPN), DAOTP_OK);
    assert_int_equal(daotp_account_set_dn(&account, "CN=alice,DC=corp"), DAOTP_OK);
    assert_int_equal(daotp_account_set_sid(&account, "S-1-5-21-1-2-3-4"), DAOTP_OK);
    return &account;
}

static void end_account(void *account)
{
    daotp__account_clear(account);
}

static void *make_client(void)
{
    daotp_client *client;

    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    (void)daotp_client_prepare(client, "alice@corp.example");
    assert_true(daotp_report_get_count(daotp_client_get_report(client)) > 0);
    return client;
}

static void end_client(void *client)
{
    daotp_client_free(client);
}

static void *make_credential(void)
{
    return forge_credential(context, world.user, world.root, world.user_key);
}

static void end_credential(void *made)
{
    daotp_credential_unref(made);
}

static daotp_responder *responder;

static void *make_exchange(void)
{
    daotp_exchange *x;

    assert_int_equal(daotp_responder_new(context, &responder), DAOTP_OK);
    assert_int_equal(daotp_responder_set_template(responder, FORGE_TEMPLATE), DAOTP_OK);
    assert_int_equal(daotp_exchange_new(responder, "POST", "<junk", 5, &x), DAOTP_OK);
    (void)daotp_exchange_step(x);
    return x;
}

static void end_exchange(void *x)
{
    daotp_exchange_free(x);
    daotp_responder_free(responder);
}

static void *make_radius(void)
{
    daotp_radius *radius;

    assert_int_equal(daotp_radius_new(context, &radius), DAOTP_OK);
    assert_int_equal(daotp_radius_add_server(radius, "127.0.0.1", 1812, "short", 5,
                                             DAOTP_RADIUS_POLICY_OPTIONAL),
                     DAOTP_OK);
    return radius;
}

static void end_radius(void *radius)
{
    daotp_radius_free(radius);
}

/* A client without settings: its first row fails. */
static void *make_doctor(void)
{
    daotp_doctor *doctor;

    assert_int_equal(daotp_doctor_new(context, &doctor), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_client(doctor, spare_client), DAOTP_OK);
    (void)daotp_doctor_run(doctor);
    assert_true(daotp_doctor_get_count(doctor) > 0);
    return doctor;
}

static void end_doctor(void *doctor)
{
    daotp_doctor_free(doctor);
}

static daotp_radius *exchange_radius;

static void *make_radius_exchange(void)
{
    daotp_radius_exchange *x;

    exchange_radius = make_radius();
    assert_int_equal(daotp_radius_exchange_new(exchange_radius, "alice", &x), DAOTP_OK);
    (void)daotp_radius_exchange_begin(x, "a\0b", 3);
    assert_true(daotp_report_get_count(daotp_radius_exchange_get_report(x)) > 0);
    return x;
}

static void end_radius_exchange(void *x)
{
    daotp_radius_exchange_free(x);
    daotp_radius_free(exchange_radius);
}

static void *make_report(void)
{
    daotp_report *report;
    daotp_key *none;

    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    (void)daotp_key_load(context, "/no/such/file", NULL, 0, report, &none);
    assert_true(daotp_report_get_count(report) > 0);
    return report;
}

static void end_report(void *report)
{
    daotp_report_free(report);
}

static char store_folder[64];

/* With an entry that its list tells to be damaged, under the entry's label. */
static void *make_store(void)
{
    daotp_store *store;
    daotp_store_list *list;
    char path[128];

    scratch_folder(store_folder, sizeof store_folder);
    assert_int_equal(daotp_store_new_directory(context, store_folder, &store), DAOTP_OK);
    assert_int_equal(daotp_store_put(store, "alice", credential), DAOTP_OK);
    (void)snprintf(path, sizeof path, "%s/alice/key.pem", store_folder);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(daotp_store_list_new(store, &list), DAOTP_OK);
    daotp_store_list_free(list);
    assert_string_equal(
        daotp_finding_get_subject(daotp_report_get_finding(daotp_store_get_report(store), 0)),
        "alice");
    return store;
}

static void end_store(void *store)
{
    daotp_store_unref(store);
    assert_int_equal(scratch_remove(store_folder), 0);
}

static void *make_store_item(void)
{
    static daotp_store_item item;

    daotp__store_item_init(&item);
    assert_int_equal(daotp_store_item_set(&item, "certificates", 12, "key", 3), DAOTP_OK);
    return &item;
}

static void end_store_item(void *item)
{
    daotp__store_item_end(item);
}

/* With the finding of a setting that was refused. */
static void *make_ca(void)
{
    daotp_ca *ca;

    assert_int_equal(daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_set_url(ca, "http://x/"), DAOTP_USAGE);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_finding(daotp_ca_get_report(ca), 0)), "http://x/");
    return ca;
}

static void end_ca(void *ca)
{
    daotp_ca_unref(ca);
}

static void *make_fetcher(void)
{
    daotp_fetcher *fetcher;

    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "no network"), DAOTP_USAGE);
    return fetcher;
}

static void end_fetcher(void *fetcher)
{
    daotp_fetcher_unref(fetcher);
}

static void *make_responder(void)
{
    daotp_responder *made;

    assert_int_equal(daotp_responder_new(context, &made), DAOTP_OK);
    assert_int_equal(daotp_responder_set_template(made, "no oid"), DAOTP_USAGE);
    return made;
}

static void end_responder(void *made)
{
    daotp_responder_free(made);
}

static daotp_report *submission_report;
static daotp_ca *submission_ca;
static daotp__refusals *refusals;
static char submission_folder[64];

static void *make_submission(void)
{
    static const uint8_t cmc[] = "a signed request in DER";
    char request[96], certificate[96];
    daotp__submission_spec spec;
    daotp_submission *submission;

    scratch_folder(submission_folder, sizeof submission_folder);
    (void)snprintf(request, sizeof request, "%s/request", submission_folder);
    (void)snprintf(certificate, sizeof certificate, "%s/certificate", submission_folder);
    assert_int_equal(daotp_report_new(context, &submission_report), DAOTP_OK);
    assert_int_equal(daotp_ca_new_file(context, request, certificate, &submission_ca), DAOTP_OK);
    assert_int_equal(daotp__refusals_new(&refusals), DAOTP_OK);
    spec = (daotp__submission_spec){.context = context,
                                    .request = {cmc, sizeof cmc},
                                    .config = "host\\ca",
                                    .spki = daotp__key_spki(key),
                                    .user = "alice",
                                    .refusals = refusals,
                                    .report = submission_report};
    assert_int_equal(daotp__submission_new(submission_ca, &spec, &submission), DAOTP_OK);
    return submission;
}

static void end_submission(void *submission)
{
    daotp__submission_free(submission);
    daotp__refusals_free(refusals);
    daotp_ca_unref(submission_ca);
    daotp_report_free(submission_report);
    assert_int_equal(scratch_remove(submission_folder), 0);
}

/* After a run: a path of two, and what was found on the way. */
static void *make_verifier(void)
{
    daotp__buffer leaf = forge_der(world.user);
    daotp_verifier *verifier;

    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_PREFER), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, true), DAOTP_OK);
    (void)daotp_verifier_verify(verifier, leaf.data, leaf.len);
    assert_int_equal(daotp_verifier_get_chain_count(verifier), 2);
    assert_true(daotp_report_get_count(daotp_verifier_get_report(verifier)) > 0);
    daotp__buffer_free(&leaf);
    return verifier;
}

static void end_verifier(void *verifier)
{
    daotp_verifier_free(verifier);
}

/* With a certificate that was looked at, so that each state has its text. */
static void *make_requirements(void)
{
    daotp__buffer leaf = forge_der(world.user);
    daotp_requirements *requirements;

    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_OTP_LOGON, &requirements),
                     DAOTP_OK);
    assert_int_equal(daotp_requirements_check(requirements, leaf.data, leaf.len), DAOTP_OK);
    assert_true(daotp_requirements_get_count(requirements) > 0);
    daotp__buffer_free(&leaf);
    return requirements;
}

static void end_requirements(void *requirements)
{
    daotp_requirements_free(requirements);
}

/* With options, of which a setter may replace one by itself. */
static void *make_profile(void)
{
    daotp_profile *profile;

    assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "url", "https://a.example/otp"), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "timeout", "5"), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "tickets", "x"), DAOTP_USAGE);
    return profile;
}

static void end_profile(void *profile)
{
    daotp_profile_free(profile);
}

/* As the policy service gives them. */
static void *make_templates(void)
{
    daotp_templates *templates;
    daotp__wstep_answer answer;
    daotp__xml_fault fault;
    daotp__buffer text;

    daotp__buffer_init(&text, 64 * 1024);
    daotp__wstep_answer_init(&answer);
    load_file("getpolicies.xml", &text);
    assert_int_equal(
        daotp__policies_answer_read(daotp__buffer_bytes(&text), &answer, &templates, &fault),
        DAOTP_OK);
    daotp__wstep_answer_free(&answer);
    daotp__buffer_free(&text);
    return templates;
}

static void end_templates(void *templates)
{
    daotp_templates_free(templates);
}

typedef struct scene {
    const char *handle;
    void *(*make)(void);
    void (*end)(void *);
} scene;

/* NULL: nothing that such a handle lends can be given to a call of its own. */
static const scene scenes[] = {
    {"daotp_account", make_account, end_account},
    {"daotp_ca", make_ca, end_ca},
    {"daotp_client", make_client, end_client},
    {"daotp_credential", make_credential, end_credential},
    {"daotp_crl", NULL, NULL}, /* holds a file; its texts are in it, and no call drops them */
    {"daotp_doctor", make_doctor, end_doctor},
    {"daotp_exchange", make_exchange, end_exchange},
    {"daotp_fetcher", make_fetcher, end_fetcher},
    {"daotp_key", NULL, NULL}, /* immutable */
    {"daotp_profile", make_profile, end_profile},
    {"daotp_radius", make_radius, end_radius},
    {"daotp_radius_exchange", make_radius_exchange, end_radius_exchange},
    {"daotp_report", make_report, end_report},
    {"daotp_requirements", make_requirements, end_requirements},
    {"daotp_responder", make_responder, end_responder},
    {"daotp_store", make_store, end_store},
    {"daotp_store_item", make_store_item, end_store_item},
    {"daotp_submission", make_submission, end_submission},
    {"daotp_templates", make_templates, end_templates},
    {"daotp_verifier", make_verifier, end_verifier},
};

static const scene *find_scene(const char *handle)
{
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        if (strcmp(scenes[i].handle, handle) == 0)
            return &scenes[i];
    fail_msg("%s lends values and takes values: give it a scene here", handle);
    return NULL;
}

/* The answer of one call to the value of this number, of those that are lent at this place. What is
 * lent at another place may take its room, so it is not asked for. *count: how many there are. */
static daotp_status give_one(const row *one, const scene *from, size_t at, size_t number,
                             bool copied, size_t *count)
{
    void *handle = from->make();
    daotp_status status = DAOTP_OK;
    lents all = {.count = 0};
    lent given;

    one->lend(handle, at, &all);
    *count = all.count;
    assert_true(number < all.count);
    given = all.list[number];
    if (copied) {
        given.data = memcpy(calloc(1, given.len + 1), given.data, given.len);
        if (given.text == all.list[number].data)
            given.text = given.data;
    }
    status = one->give(handle, &given);
    from->end(handle);
    if (copied)
        free((void *)given.data);
    return status;
}

static void give_all(const row *one, const scene *from, size_t at)
{
    size_t count = 1;

    for (size_t number = 0; number < count; number++) {
        daotp_status lent_status = give_one(one, from, at, number, false, &count);
        daotp_status copy_status = give_one(one, from, at, number, true, &count);

        if (lent_status != copy_status)
            fail_msg("%s: value %zu: %s, and of a copy %s", one->call, number,
                     daotp_status_name(lent_status), daotp_status_name(copy_status));
    }
}

static void what_is_lent_may_be_given_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const scene *from = find_scene(rows[i].handle);

        for (size_t at = 0; from->make != NULL && at < 2; at++)
            give_all(&rows[i], from, at);
    }
}

/* An object is not copied: the call must end, and read nothing that it has freed. */
static void an_object_that_is_lent_may_be_given_back(void **state)
{
    static const lent given = {"given", "given", 5};

    (void)state;
    for (size_t i = 0; i < sizeof object_rows / sizeof object_rows[0]; i++) {
        const scene *from = find_scene(object_rows[i].handle);
        void *handle;

        if (from->make == NULL)
            continue;
        handle = from->make();
        (void)object_rows[i].give(handle, &given);
        (void)object_rows[i].give(handle, &given); /* what the first call left */
        from->end(handle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_lent_may_be_given_back),
        cmocka_unit_test(an_object_that_is_lent_may_be_given_back),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
