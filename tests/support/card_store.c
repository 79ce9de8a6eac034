/* SPDX-License-Identifier: BSD-2-Clause */
#include "card_store.h"

#include "x509/pem.h"

const char card_store_pin[] = "a long passphrase";

static daotp_status give_passphrase(void *user, daotp_secret_kind kind, const char *subject,
                                    uint32_t warnings, void *answer, size_t room, size_t *len)
{
    (void)user, (void)kind, (void)subject, (void)warnings;
    *len = strlen(card_store_pin);
    assert_true(*len <= room);
    memcpy(answer, card_store_pin, *len);
    return DAOTP_OK;
}

static daotp_store *open_store(daotp_context *context, const char *uri)
{
    daotp_store *store;

    assert_int_equal(daotp_context_set_secret(context, give_passphrase, NULL), DAOTP_OK);
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, NULL), DAOTP_OK);
    assert_int_equal(daotp_store_open(context, uri, &store), DAOTP_OK);
    return store;
}

static void add_pem(daotp__bytes der, daotp__buffer *pem)
{
    daotp__pem_write(pem, "CERTIFICATE", der);
}

static daotp_credential *make_credential(daotp_context *context, const card_entry_plan *plan)
{
    daotp_key *key = test_key(context, plan->key), *ca = test_key(context, "other-p256");
    daotp__buffer leaf, root, pem;
    daotp_credential *credential;

    daotp__buffer_init(&leaf, 8192);
    daotp__buffer_init(&root, 8192);
    daotp__buffer_init(&pem, 32768);
    make_certificate(&(certificate_plan){.subject = "CN=Alice,DC=corp,DC=example",
                                         .upn = "alice@corp.example",
                                         .until = plan->until,
                                         .key_usage = plan->key_usage,
                                         .serial = plan->serial},
                     key, ca, &leaf);
    make_certificate(&(certificate_plan){.subject = "CN=Test CA,DC=corp,DC=example",
                                         .ca = true,
                                         .key_usage = 0x06},
                     ca, ca, &root);
    add_pem(daotp__buffer_bytes(&leaf), &pem);
    add_pem(daotp__buffer_bytes(&root), &pem);
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, key, NULL, &credential),
                     DAOTP_OK);
    daotp__buffer_free(&leaf);
    daotp__buffer_free(&root);
    daotp__buffer_free(&pem);
    daotp_key_unref(key);
    daotp_key_unref(ca);
    return credential;
}

void card_store_put(const char *uri, const card_entry_plan *plan)
{
    daotp_credential *credential;
    daotp_context *context;
    daotp_store *store;

    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    store = open_store(context, uri);
    credential = make_credential(context, plan);
    if (daotp_store_put(store, plan->label, credential) != DAOTP_OK)
        fail_msg("%s", daotp_report_get_text(daotp_store_get_report(store)));
    daotp_credential_unref(credential);
    daotp_store_unref(store);
    daotp_context_unref(context);
}

void card_store_remove(const char *uri, const char *label)
{
    daotp_context *context;
    daotp_store *store;

    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    store = open_store(context, uri);
    assert_int_equal(daotp_store_remove(store, label), DAOTP_OK);
    daotp_store_unref(store);
    daotp_context_unref(context);
}
