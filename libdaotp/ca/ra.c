/* SPDX-License-Identifier: BSD-2-Clause */
/* Gets the certificate of the registration authority itself: the first one as the machine
 * account, a renewal with the old key. */
#include "ca/run.h"
#include "core/alloc.h"
#include "request/cmc.h"
#include "x509/credential.h"
#include "x509/derw.h"

#include <daotp/ra.h>

#include <string.h>

/* The state of one enrolment during its call. */
typedef struct ra_enrolment {
    daotp_ca *ca;
    const char *config, *machine;
    daotp_key *key;
    daotp_credential *renewed; /* NULL: a new one */
    daotp__csr_spec csr;
    daotp__buffer oid, subject, request;
    int64_t timeout_ms;
    daotp_report *report;
} ra_enrolment;

/* ---- the request ----------------------------------------------------------------------------- */

/* CN=NAME. The CA replaces the subject with that of the directory, but refuses an empty one. */
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

/* Write a PKCS#10; for a renewal inside a CMC that the old key signs. */
static daotp_status write_ra_request(ra_enrolment *enrolment)
{
    daotp_status status;
    daotp__buffer csr;

    daotp__buffer_init(&csr, DAOTP__MAX_CSR);
    status = daotp__csr_write(&enrolment->csr, enrolment->key, &csr);
    if (status == DAOTP_OK && enrolment->renewed == NULL)
        daotp__buffer_add(&enrolment->request, csr.data, csr.len);
    else if (status == DAOTP_OK)
        status = daotp__cmc_write(daotp__buffer_bytes(&csr), NULL, DAOTP__HASH_SHA256,
                                  daotp_credential_get_key(enrolment->renewed),
                                  daotp__credential_leaf(enrolment->renewed), &enrolment->request,
                                  enrolment->report);
    daotp__buffer_free(&csr);
    return status == DAOTP_OK ? enrolment->request.failed : status;
}

/* Set the names of a new certificate. host: the memory that the name points into. */
static daotp_status set_ra_names(ra_enrolment *enrolment, const char *template_oid,
                                 const char *dns_name, daotp__host *host)
{
    if (!daotp__oid_parse(template_oid, &enrolment->oid)) {
        if (enrolment->oid.failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        return daotp__report_add(enrolment->report, DAOTP_FINDING_CALL_ARGUMENT, 0,
                                 "template of the registration authority",
                                 "%s: no object identifier in dotted form", template_oid);
    }
    if (!daotp__host_parse(dns_name, host) || host->is_address)
        return daotp__report_add(enrolment->report, DAOTP_FINDING_CALL_ARGUMENT, 0,
                                 "DNS name of this host", "%s: no DNS name", dns_name);
    enrolment->csr.template.oid = daotp__buffer_bytes(&enrolment->oid);
    enrolment->csr.dns_name = (daotp__bytes){(const uint8_t *)host->text, strlen(host->text)};
    write_subject(&enrolment->subject, enrolment->csr.dns_name);
    enrolment->csr.subject = daotp__buffer_bytes(&enrolment->subject);
    return enrolment->subject.failed;
}

/* Read the template and the name from the old certificate. */
static daotp_status read_renewed(ra_enrolment *enrolment)
{
    const daotp__certificate *old = daotp__credential_leaf(enrolment->renewed);
    const daotp__extension *extension =
        daotp__extensions_find(&old->extensions, DAOTP__OID_TEMPLATE);
    daotp__general_name name;
    daotp__bytes cursor;

    if (extension == NULL || !daotp__template_read(extension, &enrolment->csr.template))
        return daotp__report_add(enrolment->report, DAOTP_FINDING_RA_TEMPLATE, 0,
                                 daotp_credential_get_subject(enrolment->renewed),
                                 "no extension 1.3.6.1.4.1.311.21.7");
    enrolment->csr.subject = old->subject;
    enrolment->csr.renewed = old->der;
    extension = daotp__extensions_find(&old->extensions, DAOTP__OID_SAN);
    if (extension == NULL || !daotp__san_begin(extension, &cursor))
        return DAOTP_OK;
    while (enrolment->csr.dns_name.len == 0 && daotp__san_next(&cursor, &name))
        if (name.tag == DAOTP__GENERAL_NAME_DNS)
            enrolment->csr.dns_name = name.content;
    return DAOTP_OK;
}

/* ---- the run --------------------------------------------------------------------------------- */

static daotp_status submit_ra_request(const ra_enrolment *enrolment, daotp_credential **credential)
{
    daotp_context *context = daotp__ca_context(enrolment->ca);
    daotp__submission_spec spec = {.request = daotp__buffer_bytes(&enrolment->request),
                                   .config = enrolment->config,
                                   .spki = daotp__key_spki(enrolment->key),
                                   .user = enrolment->machine,
                                   .report = enrolment->report};
    daotp_status status;
    daotp__chain chain;

    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status = daotp__submission_run(enrolment->ca, &spec, enrolment->timeout_ms, &chain);
    if (status == DAOTP_OK)
        status =
            daotp__credential_make(context, &chain, enrolment->key, enrolment->report, credential);
    daotp__chain_free(&chain);
    return status;
}

static daotp_status run_enrolment(ra_enrolment *enrolment, daotp_credential **credential)
{
    daotp_status status;

    enrolment->csr.is_ra = true;
    status = write_ra_request(enrolment);
    if (status == DAOTP_OK)
        status = submit_ra_request(enrolment, credential);
    return status;
}

static bool has_arguments(const ra_enrolment *enrolment)
{
    return enrolment->ca != NULL && enrolment->config != NULL && enrolment->machine != NULL &&
           enrolment->key != NULL && enrolment->timeout_ms > 0 && enrolment->report != NULL;
}

static void begin_enrolment(ra_enrolment *enrolment)
{
    daotp__report_enter(enrolment->report);
    daotp__buffer_init(&enrolment->oid, DAOTP__MAX_TEXT);
    daotp__buffer_init(&enrolment->subject, DAOTP__MAX_TEXT);
    daotp__buffer_init(&enrolment->request, DAOTP__MAX_CMC);
}

static daotp_status end_enrolment(ra_enrolment *enrolment, daotp_status status)
{
    daotp__buffer_free(&enrolment->oid);
    daotp__buffer_free(&enrolment->subject);
    daotp__buffer_free(&enrolment->request);
    return daotp__report_status(enrolment->report, status);
}

/* ---- the public calls ------------------------------------------------------------------------ */

daotp_status daotp_ra_enroll(daotp_ca *ca, const char *config, const char *machine,
                             const char *template_oid, const char *dns_name, daotp_key *key,
                             int64_t timeout_ms, daotp_report *report,
                             daotp_credential **credential)
{
    ra_enrolment enrolment = {.ca = ca,
                              .config = config,
                              .machine = machine,
                              .key = key,
                              .timeout_ms = timeout_ms,
                              .report = report};
    daotp_status status = DAOTP_USAGE;
    daotp__host host;

    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    begin_enrolment(&enrolment);
    if (has_arguments(&enrolment) && template_oid != NULL && dns_name != NULL)
        status = set_ra_names(&enrolment, template_oid, dns_name, &host);
    if (status == DAOTP_OK)
        status = run_enrolment(&enrolment, credential);
    return end_enrolment(&enrolment, status);
}

daotp_status daotp_ra_renew(daotp_ca *ca, const char *config, const char *machine,
                            daotp_credential *renewed, daotp_key *key, int64_t timeout_ms,
                            daotp_report *report, daotp_credential **credential)
{
    ra_enrolment enrolment = {.ca = ca,
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
    begin_enrolment(&enrolment);
    if (has_arguments(&enrolment) && renewed != NULL)
        status = read_renewed(&enrolment);
    if (status == DAOTP_OK)
        status = run_enrolment(&enrolment, credential);
    return end_enrolment(&enrolment, status);
}
