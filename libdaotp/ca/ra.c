/* SPDX-License-Identifier: BSD-2-Clause */
/* The registration authority's own certificate: enrolled as the machine, renewed with the old key.
 */
#include "ca/run.h"
#include "ca/ticket.h"
#include "core/alloc.h"
#include "request/cmc.h"
#include "x509/credential.h"
#include "x509/derw.h"

#include <daotp/ra.h>

#include <string.h>

/* One enrolment, while its call lasts. */
typedef struct ra_wish {
    daotp_ca *ca;
    const char *config, *machine;
    daotp_key *key;
    daotp_credential *renewed; /* NULL: a new one */
    daotp__csr_spec csr;
    daotp__buffer oid, subject, request;
    int64_t timeout_ms;
    daotp_report *report;
} ra_wish;

/* ---- the request ----------------------------------------------------------------------------- */

/* CN=NAME: the CA takes its own from the directory, and must not find an empty one. */
static void write_subject(daotp__buffer *out, daotp__bytes name)
{
    size_t names = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t set = daotp__derw_begin(out, DAOTP__DER_SET);
    size_t pair = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_CN));
    daotp__derw_item(out, DAOTP__DER_UTF8_STRING, name.data, name.len);
    daotp__derw_end(out, pair);
    daotp__derw_end(out, set);
    daotp__derw_end(out, names);
}

/* A PKCS#10; for a renewal it is wrapped into a CMC that the old key signs. */
static daotp_status write_ra_request(ra_wish *wish)
{
    const daotp__certificate *old = NULL;
    daotp_status status;
    daotp__buffer csr;

    if (wish->csr.subject.len == 0 && wish->csr.dns_name.len > 0) {
        write_subject(&wish->subject, wish->csr.dns_name);
        wish->csr.subject = daotp__buffer_bytes(&wish->subject);
    }
    daotp__buffer_init(&csr, DAOTP__MAX_CSR);
    status = daotp__csr_write(&wish->csr, wish->key, &csr);
    if (status == DAOTP_OK && wish->renewed == NULL)
        daotp__buffer_add(&wish->request, csr.data, csr.len);
    if (status == DAOTP_OK && wish->renewed != NULL) {
        old = daotp__credential_leaf(wish->renewed);
        status = daotp__cmc_write(daotp__buffer_bytes(&csr), NULL, DAOTP__HASH_SHA256,
                                  daotp_credential_get_key(wish->renewed), old, &wish->request,
                                  wish->report);
    }
    daotp__buffer_free(&csr);
    return status == DAOTP_OK ? wish->request.failed : status;
}

/* Template and name of the old certificate. */
static daotp_status read_old(ra_wish *wish)
{
    const daotp__certificate *old = daotp__credential_leaf(wish->renewed);
    const daotp__extension *extension =
        daotp__extensions_find(&old->extensions, DAOTP__OID_TEMPLATE);
    daotp__general_name name;
    daotp__bytes cursor;

    if (extension == NULL || !daotp__template_read(extension, &wish->csr.template))
        return daotp__report_add(wish->report, DAOTP_FINDING_RA_TEMPLATE, 0,
                                 daotp_credential_get_subject(wish->renewed),
                                 "no extension 1.3.6.1.4.1.311.21.7");
    wish->csr.subject = old->subject;
    wish->csr.renewed = old->der;
    extension = daotp__extensions_find(&old->extensions, DAOTP__OID_SAN);
    if (extension == NULL || !daotp__san_begin(extension, &cursor))
        return DAOTP_OK;
    while (wish->csr.dns_name.len == 0 && daotp__san_next(&cursor, &name))
        if (name.tag == DAOTP__GENERAL_NAME_DNS)
            wish->csr.dns_name = name.content;
    return DAOTP_OK;
}

/* ---- the run --------------------------------------------------------------------------------- */

static daotp_status submit_ra_request(const ra_wish *wish, daotp_credential **credential)
{
    daotp_context *context = daotp__ca_context(wish->ca);
    daotp__submission_spec spec = {
        .request = daotp__buffer_bytes(&wish->request),
        .config = wish->config,
        .spki = daotp__key_spki(wish->key),
        .user = wish->machine,
        .has_ticket = daotp__ticket_is_there(NULL, wish->machine, daotp__context_now_s(context)),
        .report = wish->report};
    daotp_status status;
    daotp__chain chain;

    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status = daotp__submission_run(wish->ca, &spec, wish->timeout_ms, &chain);
    if (status == DAOTP_OK)
        status = daotp__credential_make(context, &chain, wish->key, wish->report, credential);
    daotp__chain_free(&chain);
    return status;
}

static daotp_status grant_wish(ra_wish *wish, daotp_credential **credential)
{
    daotp_status status;

    wish->csr.is_ra = true;
    status = write_ra_request(wish);
    if (status == DAOTP_OK)
        status = submit_ra_request(wish, credential);
    return status;
}

/* NULL where the call cannot be made of what was given. */
static bool is_wish_complete(const ra_wish *wish)
{
    return wish->ca != NULL && wish->config != NULL && wish->machine != NULL && wish->key != NULL &&
           wish->timeout_ms > 0 && wish->report != NULL;
}

static void begin_wish(ra_wish *wish)
{
    daotp__report_enter(wish->report);
    daotp__buffer_init(&wish->oid, DAOTP__MAX_TEXT);
    daotp__buffer_init(&wish->subject, DAOTP__MAX_TEXT);
    daotp__buffer_init(&wish->request, DAOTP__MAX_CMC);
}

static daotp_status end_wish(ra_wish *wish, daotp_status status)
{
    daotp__buffer_free(&wish->oid);
    daotp__buffer_free(&wish->subject);
    daotp__buffer_free(&wish->request);
    return daotp__report_status(wish->report, status);
}

/* ---- the public calls ------------------------------------------------------------------------ */

daotp_status daotp_ra_enroll(daotp_ca *ca, const char *config, const char *machine,
                             const char *template_oid, const char *dns_name, daotp_key *key,
                             int64_t timeout_ms, daotp_report *report,
                             daotp_credential **credential)
{
    ra_wish wish = {.ca = ca,
                    .config = config,
                    .machine = machine,
                    .key = key,
                    .timeout_ms = timeout_ms,
                    .report = report};
    daotp_status status = DAOTP_OK;
    daotp__host host;

    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    begin_wish(&wish);
    if (!is_wish_complete(&wish) || template_oid == NULL || dns_name == NULL ||
        !daotp__host_parse(dns_name, &host) || host.is_address ||
        !daotp__oid_parse(template_oid, &wish.oid))
        status = wish.oid.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;
    if (status == DAOTP_OK) {
        wish.csr.template.oid = daotp__buffer_bytes(&wish.oid);
        wish.csr.dns_name = (daotp__bytes){(const uint8_t *)host.text, strlen(host.text)};
        status = grant_wish(&wish, credential);
    }
    return end_wish(&wish, status);
}

daotp_status daotp_ra_renew(daotp_ca *ca, const char *config, const char *machine,
                            daotp_credential *renewed, daotp_key *key, int64_t timeout_ms,
                            daotp_report *report, daotp_credential **credential)
{
    ra_wish wish = {.ca = ca,
                    .config = config,
                    .machine = machine,
                    .key = key,
                    .renewed = renewed,
                    .timeout_ms = timeout_ms,
                    .report = report};
    daotp_status status = DAOTP_USAGE;

    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    begin_wish(&wish);
    if (is_wish_complete(&wish) && renewed != NULL)
        status = read_old(&wish);
    if (status == DAOTP_OK)
        status = grant_wish(&wish, credential);
    return end_wish(&wish, status);
}
