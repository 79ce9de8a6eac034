/* SPDX-License-Identifier: BSD-2-Clause */
/* A program of an application that was linked against the published library, and never since. It
 * uses each header a little and judges what it gets. old.py builds and runs it.
 *
 *   old FOLDER   with root.pem, root.key (self-signed, CN=old) and request.der (a PKCS#10)
 */
#include <daotp/daotp.h>
#include <daotp/sys/ca_transport.h>
#include <daotp/sys/store_backend.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "published.h"

#define CHECK(what) check((what), #what, __LINE__)

static int failures;
static char path_a[4096], path_b[4096]; /* of files in the folder */
static const char *folder;

static void check(bool holds, const char *what, int line)
{
    if (!holds) {
        printf("%s:%d: not so: %s\n", __FILE__, line, what);
        failures++;
    }
}

static const char *at(char *path, const char *name)
{
    (void)snprintf(path, sizeof path_a, "%s/%s", folder, name);
    return path;
}

static bool has_error(daotp_report *report, daotp_finding_number number)
{
    const daotp_finding *error = daotp_report_get_error(report);

    return error != NULL && daotp_finding_get_number(error) == number &&
           strstr(daotp_report_get_text(report), daotp_catalogue_get_id(number)) != NULL;
}

/* ---- version.h, status.h, catalogue.h ------------------------------------------------------ */

static void numbers(void)
{
    CHECK(daotp_version_number() >= DAOTP_VERSION_NUMBER);
    CHECK(strcmp(daotp_status_name(DAOTP_UNDECIDED), "undecided") == 0);
    CHECK(strcmp(daotp_stage_name(DAOTP_STAGE_REVOCATION), "revocation") == 0);
    for (size_t i = 0; i < sizeof published_findings / sizeof *published_findings; i++) {
        const char *wanted = published_findings[i].id;
        const char *found = daotp_catalogue_get_id(published_findings[i].number);

        if (strcmp(found, wanted) != 0) {
            printf("finding %d was %s, and is %s\n", (int)published_findings[i].number, wanted,
                   found);
            failures++;
        }
    }
}

/* ---- context.h, report.h, key.h, credential.h, describe.h, crl.h --------------------------- */

static int64_t long_ago(void *user)
{
    return *(const int64_t *)user;
}

static void keys(daotp_context *context)
{
    daotp_key *key, *copy;
    char *pem;
    size_t len;

    CHECK(daotp_key_generate(context, DAOTP_KEY_P256, NULL, &key) == DAOTP_OK);
    CHECK(daotp_key_get_kind(key) == DAOTP_KEY_P256);
    CHECK(daotp_key_copy_pem(key, &pem, &len) == DAOTP_OK && strlen(pem) == len);
    CHECK(daotp_key_read(context, pem, len, NULL, 0, NULL, &copy) == DAOTP_OK);
    daotp_free(pem);
    daotp_key_unref(copy);
    daotp_key_unref(key);
}

static void descriptions(daotp_context *context)
{
    uint8_t der[4096];
    FILE *file = fopen(at(path_a, "request.der"), "rb");
    size_t len = file != NULL ? fread(der, 1, sizeof der, file) : 0;
    char *text;

    CHECK(file != NULL && fclose(file) == 0);
    CHECK(daotp_describe(context, der, len, DAOTP_FORMAT_JSON, NULL, &text) == DAOTP_OK);
    CHECK(text != NULL && text[0] == '[' && strstr(text, "PKCS#10") != NULL);
    daotp_free(text);
    CHECK(daotp_describe(context, "?", 1, DAOTP_FORMAT_TEXT, NULL, &text) == DAOTP_PEER);
}

static void lists(daotp_context *context, daotp_report *report)
{
    daotp_crl *crl;

    CHECK(daotp_crl_open(context, at(path_a, "none"), report, &crl) == DAOTP_CONFIGURATION);
    CHECK(crl == NULL && daotp_report_get_status(report) == DAOTP_CONFIGURATION);
    CHECK(has_error(report, DAOTP_FINDING_FILE_READ));
}

/* ---- trust.h, verify.h, prefetch.h --------------------------------------------------------- */

static void judge(daotp_verifier *verifier, daotp_credential *root)
{
    size_t len;
    const uint8_t *der = daotp_credential_get_certificate(root, 0, &len);

    CHECK(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH) == DAOTP_OK);
    CHECK(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE) == DAOTP_OK);
    CHECK(daotp_verifier_verify(verifier, der, len) == DAOTP_OK);
    CHECK(daotp_verifier_get_chain_count(verifier) == 2); /* the anchor, twice */
    CHECK(strncmp(daotp_verifier_get_subject(verifier, 0), "CN=old, serial ", 15) == 0);
    CHECK(daotp_verifier_set_time_s(verifier, daotp_credential_get_not_after(root) + 1) ==
          DAOTP_OK);
    CHECK(daotp_verifier_verify(verifier, der, len) == DAOTP_REJECTED);
    CHECK(has_error(daotp_verifier_get_report(verifier), DAOTP_FINDING_CHAIN_EXPIRED));
}

static void anchors(daotp_context *context, daotp_credential *root)
{
    daotp_trust *trust;
    daotp_verifier *verifier;
    daotp_prefetch *prefetch;
    daotp_fetcher *fetcher;

    CHECK(daotp_trust_new(context, &trust) == DAOTP_OK);
    CHECK(daotp_trust_add_file(trust, at(path_a, "root.pem"), NULL) == DAOTP_OK);
    CHECK(daotp_trust_get_count(trust) == 1);
    CHECK(daotp_verifier_new(context, trust, &verifier) == DAOTP_OK);
    judge(verifier, root);
    CHECK(daotp_fetcher_new(context, &fetcher) == DAOTP_OK);
    CHECK(daotp_prefetch_new(context, fetcher, &prefetch) == DAOTP_OK);
    CHECK(daotp_prefetch_get_fd(prefetch) >= 0);
    daotp_prefetch_free(prefetch);
    daotp_fetcher_unref(fetcher);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
}

/* ---- store.h and sys/store_backend.h ------------------------------------------------------- */

static daotp_status put_nothing(void *self, const char *label, const daotp_store_item *item,
                                daotp_report *report)
{
    (void)self, (void)label, (void)item, (void)report;
    return DAOTP_CONFIGURATION;
}

static daotp_status get_nothing(void *self, const char *label, daotp_store_item *item,
                                daotp_report *report)
{
    (void)self, (void)label, (void)item, (void)report;
    return DAOTP_REJECTED;
}

static daotp_status remove_nothing(void *self, const char *label, daotp_report *report)
{
    (void)self, (void)label, (void)report;
    return DAOTP_REJECTED;
}

static daotp_status list_two(void *self, daotp_store_label_fn tell, void *user,
                             daotp_report *report)
{
    (void)self, (void)report;
    return tell(user, "b") == DAOTP_OK ? tell(user, "a") : DAOTP_INTERNAL;
}

static void count(void *self)
{
    ++*(int *)self;
}

static void backends(daotp_context *context)
{
    const daotp_store_backend table = {.size = PUBLISHED_SIZE_daotp_store_backend,
                                       .put = put_nothing,
                                       .get = get_nothing,
                                       .remove = remove_nothing,
                                       .list = list_two,
                                       .free = count};
    daotp_store *store;
    daotp_store_list *list;
    int freed = 0;

    CHECK(daotp_store_new(context, &table, &freed, &store) == DAOTP_OK);
    CHECK(daotp_store_list_new(store, &list) == DAOTP_OK);
    CHECK(daotp_store_list_get_count(list) == 2);
    CHECK(strcmp(daotp_store_list_get_label(list, 0), "a") == 0);
    daotp_store_list_free(list);
    daotp_store_unref(store);
    CHECK(freed == 1);
}

static void stores(daotp_context *context, daotp_credential *root)
{
    daotp_store *store;
    daotp_credential *kept;

    CHECK(daotp_store_new_memory(context, &store) == DAOTP_OK);
    CHECK(daotp_store_put(store, "root", root) == DAOTP_OK);
    CHECK(daotp_store_get(store, "root", &kept) == DAOTP_OK);
    CHECK(strcmp(daotp_credential_get_serial(kept), daotp_credential_get_serial(root)) == 0);
    daotp_credential_unref(kept);
    CHECK(daotp_store_remove(store, "root") == DAOTP_OK);
    CHECK(daotp_store_get(store, "root", &kept) == DAOTP_REJECTED && kept == NULL);
    CHECK(has_error(daotp_store_get_report(store), DAOTP_FINDING_STORE_MISSING));
    daotp_store_unref(store);
    backends(context);
}

/* ---- radius.h ------------------------------------------------------------------------------ */

static void logins(daotp_context *context)
{
    daotp_radius *radius;
    daotp_radius_exchange *exchange;

    CHECK(daotp_radius_new(context, &radius) == DAOTP_OK);
    CHECK(daotp_radius_exchange_new(radius, "alice", &exchange) == DAOTP_OK);
    CHECK(daotp_radius_exchange_begin(exchange, "123456", 6) == DAOTP_CONFIGURATION);
    CHECK(has_error(daotp_radius_exchange_get_report(exchange), DAOTP_FINDING_RADIUS_NO_SERVER));
    daotp_radius_exchange_free(exchange);
    CHECK(daotp_radius_add_server(radius, "127.0.0.1", 1812, "a longer secret", 15,
                                  DAOTP_RADIUS_POLICY_REQUIRE) == DAOTP_OK);
    CHECK(strcmp(daotp_radius_get_server(radius, 0), "127.0.0.1:1812") == 0);
    daotp_radius_free(radius);
}

/* ---- responder.h, account.h ---------------------------------------------------------------- */

static void answers(daotp_context *context)
{
    daotp_responder *responder;
    daotp_exchange *exchange;

    CHECK(daotp_responder_new(context, &responder) == DAOTP_OK);
    CHECK(daotp_responder_set_template(responder, "1.3.6.1.4.1.311.21.8.1") == DAOTP_OK);
    CHECK(daotp_responder_require_certificate(responder, false) == DAOTP_OK);
    CHECK(daotp_exchange_new(responder, "GET", "", 0, &exchange) == DAOTP_OK);
    CHECK(daotp_account_set_upn(daotp_exchange_get_account(exchange), "a@b") == DAOTP_OK);
    CHECK(strcmp(daotp_account_get_upn(daotp_exchange_get_account(exchange)), "a@b") == 0);
    CHECK(daotp_exchange_step(exchange) == DAOTP_PEER);
    CHECK(daotp_exchange_get_http_status(exchange) == 405);
    CHECK(has_error(daotp_exchange_get_report(exchange), DAOTP_FINDING_SERVE_METHOD));
    daotp_exchange_free(exchange);
    daotp_responder_free(responder);
}

/* ---- client.h, ca.h and sys/ca_transport.h ------------------------------------------------- */

static daotp_status begin(void *self, daotp_submission *submission, void **state)
{
    (void)self, (void)submission, (void)state;
    return DAOTP_CONFIGURATION;
}

static daotp_status step(void *self, void *state, daotp_submission *submission)
{
    (void)self, (void)state, (void)submission;
    return DAOTP_INTERNAL;
}

static int none(void *self, void *state)
{
    (void)self, (void)state;
    return -1;
}

static void end(void *self, void *state)
{
    (void)self, (void)state;
}

static void transports(daotp_context *context)
{
    const daotp_ca_transport table = {.size = PUBLISHED_SIZE_daotp_ca_transport,
                                      .begin = begin,
                                      .step = step,
                                      .descriptor = none,
                                      .timeout_ms = none,
                                      .end = end,
                                      .free = count};
    daotp_ca *ca;
    int freed = 0;

    CHECK(daotp_ca_new(context, &table, &freed, &ca) == DAOTP_OK);
    CHECK(daotp_ca_set_url(ca, "https://ca.example/CES") == DAOTP_USAGE); /* only for WSTEP */
    daotp_ca_unref(ca);
    CHECK(freed == 1);
}

static void enrolments(daotp_context *context)
{
    daotp_client *client;
    daotp_ca *ca;

    CHECK(daotp_ca_new_wstep(context, DAOTP_CA_NEGOTIATE, &ca) == DAOTP_OK);
    CHECK(daotp_ca_set_url(ca, "https://ca.example/CES") == DAOTP_OK);
    CHECK(daotp_client_new(context, &client) == DAOTP_OK);
    CHECK(daotp_client_set_ca(client, ca) == DAOTP_OK);
    CHECK(daotp_client_set_key_kind(client, DAOTP_KEY_P384) == DAOTP_OK);
    CHECK(daotp_client_add_server(client, "ftp://da.example") == DAOTP_USAGE);
    CHECK(daotp_client_prepare(client, "alice") == DAOTP_CONFIGURATION); /* no server is set */
    CHECK(daotp_report_get_stage_state(daotp_client_get_report(client), DAOTP_STAGE_PREPARE) ==
          DAOTP_STAGE_FAILED);
    daotp_client_free(client);
    daotp_ca_unref(ca);
}

int main(int argc, char **argv)
{
    int64_t now = 1;
    daotp_context *context;
    daotp_report *report;
    daotp_credential *root;

    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* what was said before a crash counts */
    folder = argc == 2 ? argv[1] : ".";
    numbers();
    CHECK(daotp_context_new(&context) == DAOTP_OK);
    CHECK(daotp_report_new(context, &report) == DAOTP_OK);
    CHECK(daotp_credential_load(context, at(path_a, "root.pem"), at(path_b, "root.key"), report,
                                &root) == DAOTP_OK);
    keys(context);
    descriptions(context);
    lists(context, report);
    anchors(context, root);
    stores(context, root);
    logins(context);
    answers(context);
    transports(context);
    enrolments(context);
    CHECK(daotp_context_set_wall_clock(context, long_ago, &now) == DAOTP_OK);
    daotp_credential_unref(root);
    daotp_report_free(report);
    daotp_context_unref(context);
    puts(failures == 0 ? "the old program is content" : "the old program is not content");
    return failures != 0;
}
