/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/entry_facts.h"

#include "core/alloc.h"
#include "x509/chain.h"
#include "x509/key.h"
#include "x509/key_form.h"
#include "x509/key_rules.h"
#include "x509/oid.h"

/* ---- the key --------------------------------------------------------------------------------- */

/* A block of PKCS#8, and nothing behind it: the form in which the library writes a key. */
static daotp_status decode_own_form(const daotp_store_item *item, daotp__buffer *der)
{
    daotp__pem_reader reader;
    daotp_status status;

    daotp__pem_begin(&reader, (daotp__bytes){item->key.data, item->key.len});
    status = daotp__pem_read(&reader, der);
    if (status != DAOTP_OK)
        return status;
    if (!daotp__pem_has_label(&reader, "PRIVATE KEY"))
        return DAOTP_REJECTED;
    status = daotp__pem_read(&reader, NULL);
    return status == DAOTP_REJECTED ? DAOTP_OK : DAOTP_REJECTED;
}

/* DAOTP_REJECTED: this key must be loaded to know. */
static daotp_status compare_unloaded(const daotp_store_item *item, daotp__bytes spki)
{
    char fault[DAOTP__KEY_FAULT_TEXT];
    daotp__public_key public_key;
    daotp__buffer der;
    daotp_status status;

    if (!daotp__public_key_read(spki, &public_key) || public_key.is_pss ||
        daotp__key_shape_check(&public_key, DAOTP__KEY_USE_OWN, fault) != DAOTP_OK)
        return DAOTP_REJECTED;
    daotp__buffer_init_secret(&der, DAOTP__MAX_KEY_FILE);
    status = decode_own_form(item, &der);
    if (status == DAOTP_OK && !daotp__key_holds_public(daotp__buffer_bytes(&der), spki))
        status = DAOTP_REJECTED;
    daotp__buffer_free(&der);
    return status == DAOTP_OK || status == DAOTP_MEMORY ? status : DAOTP_REJECTED;
}

static daotp_status compare_key(const daotp_key *key, daotp__bytes spki)
{
    return daotp__bytes_equal(spki, daotp__key_spki(key)) ? DAOTP_OK : DAOTP_CONFIGURATION;
}

static daotp_status compare_loaded(daotp_context *context, const daotp_store_item *item,
                                   daotp__bytes spki)
{
    daotp_key *key = NULL;
    daotp_status status =
        daotp_key_read(context, item->key.data, item->key.len, NULL, 0, NULL, &key);

    if (status == DAOTP_OK)
        status = compare_key(key, spki);
    daotp_key_unref(key);
    return status;
}

/* Whether the item's key is that of its certificate. */
static daotp_status match_item_key(daotp_context *context, const daotp_store_item *item,
                                   daotp__bytes spki)
{
    daotp_status status;

    if (item->held != NULL)
        return compare_key(item->held, spki);
    status = compare_unloaded(item, spki);
    return status == DAOTP_REJECTED ? compare_loaded(context, item, spki) : status;
}

/* ---- the certificate ------------------------------------------------------------------------- */

/* The OID of the certificate template (MS-WCCE 2.2.2.7.7.2); "" when the leaf names none. */
static char *copy_template_oid(const daotp__certificate *leaf)
{
    const daotp__extension *extension =
        daotp__extensions_find(&leaf->extensions, DAOTP__OID_TEMPLATE);
    char text[DAOTP__OID_TEXT] = "";
    daotp__template template;

    if (extension != NULL && daotp__template_read(extension, &template))
        (void)daotp__oid_text(template.oid, text);
    return daotp__text_copy(text);
}

static daotp_status copy_leaf_facts(const daotp__certificate *leaf, daotp__entry_facts *facts)
{
    daotp__bytes upn = {NULL, 0};

    (void)daotp__certificate_upn(leaf, &upn); /* no UPN is "" */
    facts->not_after = leaf->not_after;
    facts->upn = daotp__text_copy_n((const char *)upn.data, upn.len);
    facts->template_oid = copy_template_oid(leaf);
    if (facts->upn != NULL && facts->template_oid != NULL)
        return DAOTP_OK;
    daotp__entry_facts_free(facts);
    return DAOTP_MEMORY;
}

static daotp_status read_leaf_facts(daotp_context *context, const daotp_store_item *item,
                                    const daotp__chain *chain, daotp__entry_facts *facts)
{
    daotp__certificate leaf;
    daotp_status status;

    if (chain->count == 0 || !daotp__certificate_read(chain->list[0], &leaf))
        return DAOTP_CONFIGURATION;
    status = match_item_key(context, item, leaf.spki);
    return status == DAOTP_OK ? copy_leaf_facts(&leaf, facts) : status;
}

daotp_status daotp__entry_facts_read(daotp_context *context, const daotp_store_item *item,
                                     daotp__entry_facts *facts)
{
    daotp__chain chain;
    daotp_status status;

    *facts = (daotp__entry_facts){.not_after = 0};
    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status =
        daotp__chain_read(&chain, (daotp__bytes){item->certificates.data, item->certificates.len},
                          "certificates", NULL);
    if (status == DAOTP_OK)
        status = read_leaf_facts(context, item, &chain, facts);
    daotp__chain_free(&chain);
    return status;
}

void daotp__entry_facts_free(daotp__entry_facts *facts)
{
    daotp__delete(facts->upn);
    daotp__delete(facts->template_oid);
    *facts = (daotp__entry_facts){.not_after = 0};
}
