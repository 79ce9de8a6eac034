/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes CRLs, and OCSP requests and responses. */
#include "describe/parts.h"

#include "x509/crl_handle.h"
#include "x509/crl_scan.h"
#include "x509/ocsp.h"
#include "x509/ocsp_request.h"

#include <daotp/describe.h>

enum { MAX_SHOWN = 20 }; /* entries of a CRL, answers of an OCSP response */

static void describe_point(daotp__describer *to, const char *label, const daotp__crl_dp_name *name)
{
    daotp__bytes names = name->full;
    daotp__general_name one;

    if (name->full.len + name->relative.len == 0)
        return;
    daotp__outline_open(to->out, label);
    if (name->relative.len > 0)
        daotp__outline_line(to->out, "name", "relative to the issuer");
    while (names.len > 0 && daotp__san_next(&names, &one))
        daotp__describe_general_name(to, &one);
    daotp__outline_close(to->out);
}

static void describe_scope(daotp__describer *to, const daotp__crl *crl)
{
    daotp__outline_open(to->out, "scope (issuingDistributionPoint)");
    describe_point(to, "distribution point", &crl->scope);
    if (crl->only_users)
        daotp__outline_line(to->out, "certificates", "of users only");
    if (crl->only_cas)
        daotp__outline_line(to->out, "certificates", "of CAs only");
    if (crl->only_attributes)
        daotp__outline_line(to->out, "certificates", "attribute certificates only");
    if (crl->reasons != DAOTP__REASONS_ALL)
        daotp__outline_line(to->out, "reasons", "some only");
    if (crl->is_indirect)
        daotp__outline_line(to->out, "indirect", "yes, entries may be another issuer's");
    daotp__outline_close(to->out);
}

static void describe_freshest(daotp__describer *to, const daotp__extension *freshest)
{
    daotp__crl_dp point;
    daotp__bytes in;

    if (freshest == NULL || !daotp__crl_dps_begin(freshest, &in))
        return;
    while (in.len > 0 && daotp__crl_dps_next(&in, &point))
        describe_point(to, "delta CRL at (freshestCRL)", &point.name);
}

/* 1.3.6.1.4.1.311.21.4, which AD CS writes: the time of the next CRL, which is before
 * nextUpdate. */
static void describe_next_publish(daotp__describer *to, const daotp__crl *crl)
{
    const daotp__extension *extension =
        daotp__extensions_find(&crl->extensions, DAOTP__OID_NEXT_PUBLISH);
    daotp__bytes in;
    int64_t seconds;

    if (extension == NULL)
        return;
    in = extension->value;
    if (daotp__der_read_time(&in, &seconds) && in.len == 0)
        daotp__describe_time(to, "next publish", seconds);
    else
        daotp__describe_hex(to, "next publish, not readable", extension->value);
}

static void describe_crl_extensions(daotp__describer *to, const daotp__crl *crl)
{
    char text[DAOTP__OID_TEXT];

    if (crl->number.len > 0)
        daotp__describe_hex(to, "number", crl->number);
    if (crl->base_number.len > 0)
        daotp__describe_hex(to, "delta CRL on base number", crl->base_number);
    if (crl->authority_key_id.len > 0)
        daotp__describe_hex(to, "authority key identifier", crl->authority_key_id);
    if (crl->has_scope)
        describe_scope(to, crl);
    describe_freshest(to, crl->freshest);
    describe_next_publish(to, crl);
    if (crl->unknown != NULL)
        daotp__outline_line(to->out, "critical and not known", "%s",
                            daotp__oid_describe(crl->unknown->oid, text));
}

static void describe_entry(daotp__describer *to, const daotp__crl_entry *entry)
{
    daotp__outline_open(to->out, "entry");
    daotp__describe_hex(to, "serial", entry->serial);
    daotp__describe_time(to, "revoked", entry->date);
    if (entry->reason != DAOTP__REASON_UNSPECIFIED)
        daotp__outline_line(to->out, "reason", "%d", entry->reason);
    if (entry->issuer.len > 0)
        daotp__describe_name(to, "certificate issuer", entry->issuer);
    daotp__outline_close(to->out);
}

static void describe_entries(daotp__describer *to, const daotp__crl *crl)
{
    daotp__bytes in = crl->entries;
    daotp__crl_entry entry;
    size_t count = 0;

    while (in.len > 0 && daotp__crl_entry_read(&in, &entry))
        if (count++ < MAX_SHOWN)
            describe_entry(to, &entry);
    daotp__outline_line(to->out, "entries", "%zu", count);
    if (count > MAX_SHOWN)
        daotp__outline_line(to->out, "shown", "the first %d", MAX_SHOWN);
    if (crl->has_empty_list)
        daotp__outline_line(to->out, "revokedCertificates", "present and empty");
}

static void describe_list(daotp__describer *to, const daotp__crl *crl, bool with_entries)
{
    daotp__outline_open(to->out, crl->base_number.len > 0 ? "delta CRL" : "CRL");
    daotp__outline_line(to->out, "size", "%zu bytes", crl->der.len);
    daotp__describe_name(to, "issuer", crl->issuer);
    daotp__outline_line(to->out, "version", "%u", (unsigned)crl->version);
    daotp__describe_time(to, "this update", crl->this_update);
    if (crl->has_next_update)
        daotp__describe_time(to, "next update", crl->next_update);
    daotp__describe_algorithm(to, "signed with", &crl->signature_algorithm);
    describe_crl_extensions(to, crl);
    if (with_entries)
        describe_entries(to, crl);
    daotp__outline_close(to->out);
}

bool daotp__describe_crl(daotp__describer *to, daotp__bytes der)
{
    daotp__fault fault;
    daotp__crl crl;

    if (daotp__crl_find_fault(der, &fault) || !daotp__crl_read(der, &crl))
        return false;
    describe_list(to, &crl, true);
    return true;
}

daotp_status daotp_describe_crl(const daotp_crl *crl, daotp_format format, char **text)
{
    daotp__describer to = {0};
    daotp_status status;
    daotp__outline out;

    if (text == NULL)
        return DAOTP_USAGE;
    *text = NULL;
    if (crl == NULL || format < DAOTP_FORMAT_TEXT || format > DAOTP_FORMAT_JSON)
        return DAOTP_USAGE;
    daotp__outline_init(&out, format == DAOTP_FORMAT_JSON);
    to.out = &out;
    describe_list(&to, daotp__crl_handle_view(crl), false);
    *text = daotp__outline_take(&out);
    status = *text != NULL ? DAOTP_OK : out.out.failed;
    daotp__outline_free(&out);
    return status;
}

/* ---- OCSP ------------------------------------------------------------------------------------ */

static void describe_single(daotp__describer *to, daotp__bytes in)
{
    static const char *const words[] = {"good", "revoked", "unknown"};
    daotp__ocsp_answer answer;
    daotp__bytes serial;

    daotp__outline_open(to->out, "answer");
    if (!daotp__ocsp_answer_read(in, &serial, &answer)) {
        daotp__outline_line(to->out, "content", "not well-formed");
    } else {
        daotp__describe_hex(to, "serial", serial);
        daotp__outline_line(to->out, "status", "%s", words[answer.status]);
        if (answer.status == DAOTP__OCSP_REVOKED)
            daotp__describe_time(to, "revoked", answer.revoked_at);
        daotp__describe_time(to, "this update", answer.this_update);
        if (answer.has_next_update)
            daotp__describe_time(to, "next update", answer.next_update);
    }
    daotp__outline_close(to->out);
}

static void describe_answers(daotp__describer *to, const daotp__ocsp *ocsp)
{
    daotp__bytes in = ocsp->answers, one;

    if (ocsp->responder_name.len > 0)
        daotp__describe_name(to, "responder", ocsp->responder_name);
    else
        daotp__describe_hex(to, "responder's key hash", ocsp->responder_key_hash);
    daotp__describe_time(to, "produced at", ocsp->produced_at);
    if (ocsp->nonce.len > 0)
        daotp__describe_hex(to, "nonce", ocsp->nonce);
    daotp__describe_algorithm(to, "signed with", &ocsp->signature_algorithm);
    for (size_t i = 0; i < MAX_SHOWN && daotp__der_read(&in, DAOTP__DER_SEQUENCE, &one); i++)
        describe_single(to, one);
    for (size_t i = 0; i < ocsp->certificate_count; i++)
        if (!daotp__describe_certificate(to, ocsp->certificates[i]))
            daotp__outline_line(to->out, "certificate", "malformed");
}

bool daotp__describe_ocsp(daotp__describer *to, daotp__bytes der)
{
    static const char *const statuses[] = {
        "successful", "malformedRequest", "internalError", "tryLater",
        "4",          "sigRequired",      "unauthorized"};
    daotp__ocsp ocsp;

    if (!daotp__ocsp_read(der, &ocsp))
        return false;
    daotp__outline_open(to->out, "OCSP response");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__outline_line(to->out, "response status", "%s",
                        ocsp.response_status < 7 ? statuses[ocsp.response_status] : "unknown");
    if (ocsp.response_status == 0)
        describe_answers(to, &ocsp);
    daotp__outline_close(to->out);
    return true;
}

static void describe_asked(daotp__describer *to, const daotp__ocsp_cert_id *asked)
{
    char text[DAOTP__OID_TEXT];

    daotp__outline_open(to->out, "certificate asked about");
    daotp__describe_hex(to, "serial", asked->serial);
    daotp__outline_line(to->out, "hash", "%s", daotp__oid_describe(asked->hash, text));
    daotp__describe_hex(to, "issuer name hash", asked->issuer_name_hash);
    daotp__describe_hex(to, "issuer key hash", asked->issuer_key_hash);
    daotp__outline_close(to->out);
}

bool daotp__describe_ocsp_request(daotp__describer *to, daotp__bytes der)
{
    daotp__ocsp_request request;
    daotp__ocsp_cert_id asked;
    daotp__bytes in, name;
    size_t count = 0;

    if (!daotp__ocsp_request_read(der, &request))
        return false;
    in = request.requests;
    daotp__outline_open(to->out, "OCSP request");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__outline_line(to->out, "signed", "%s", request.is_signed ? "yes" : "no");
    if (daotp__der_read(&request.requestor, DAOTP__DER_CONTEXT_CONSTRUCTED(4), &name))
        daotp__describe_name(to, "requestor", name);
    while (in.len > 0 && daotp__ocsp_cert_id_read(&in, &asked))
        if (count++ < MAX_SHOWN)
            describe_asked(to, &asked);
    daotp__outline_line(to->out, "certificates", "%zu", count);
    if (count > MAX_SHOWN)
        daotp__outline_line(to->out, "shown", "the first %d", MAX_SHOWN);
    if (request.extensions.len > 0)
        daotp__outline_line(to->out, "extensions", "%zu bytes, as a nonce", request.extensions.len);
    daotp__outline_close(to->out);
    return true;
}
