/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/ocsp.h"

#include "x509/crl_scan.h"
#include "x509/name_match.h"

#include <string.h>

/* ---- CertID (RFC 6960 4.1.1) ----------------------------------------------------------------- */

static void write_octets(daotp__buffer *out, daotp__hash hash, daotp__bytes in)
{
    uint8_t digest[DAOTP__HASH_MAX];

    if (daotp__hash_bytes(hash, in, digest))
        daotp__derw_item(out, DAOTP__DER_OCTET_STRING, digest, daotp__hash_len(hash));
    else
        out->failed = DAOTP_MEMORY;
}

/* SHA-1 only identifies the issuer here, so its weakness does not matter; every responder
 * supports it. */
static void write_cert_id(const daotp__node *node, const daotp__node *issuer, daotp__buffer *out)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__algorithm_write_hash(out, DAOTP__HASH_SHA1);
    write_octets(out, DAOTP__HASH_SHA1, node->certificate.issuer);
    write_octets(out, DAOTP__HASH_SHA1, issuer->public_key.string);
    daotp__derw_item(out, DAOTP__DER_INTEGER, node->certificate.serial.data,
                     node->certificate.serial.len);
    daotp__derw_end(out, mark);
}

static bool equals_hash(daotp__hash hash, daotp__bytes in, daotp__bytes wanted)
{
    uint8_t digest[DAOTP__HASH_MAX];

    return hash != DAOTP__HASH_NONE && daotp__hash_bytes(hash, in, digest) &&
           daotp__bytes_equal((daotp__bytes){digest, daotp__hash_len(hash)}, wanted);
}

static bool is_for(daotp__bytes in, const daotp__node *node, const daotp__node *issuer)
{
    daotp__bytes name_hash, key_hash, serial;
    daotp__algorithm algorithm;
    daotp__hash hash;

    if (!daotp__algorithm_read(&in, &algorithm) ||
        !daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &name_hash) ||
        !daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &key_hash) ||
        !daotp__der_read_integer(&in, &serial) || in.len > 0)
        return false;
    hash = daotp__algorithm_hash(&algorithm);
    return daotp__bytes_equal(serial, node->certificate.serial) &&
           equals_hash(hash, node->certificate.issuer, name_hash) &&
           equals_hash(hash, issuer->public_key.string, key_hash);
}

/* ---- request --------------------------------------------------------------------------------- */

static void write_nonce(daotp__bytes nonce, daotp__buffer *out)
{
    size_t explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(2));
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t one = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t value;

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_OCSP_NONCE));
    value = daotp__derw_begin(out, DAOTP__DER_OCTET_STRING);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, nonce.data, nonce.len);
    daotp__derw_end(out, value);
    daotp__derw_end(out, one);
    daotp__derw_end(out, list);
    daotp__derw_end(out, explicit);
}

bool daotp__ocsp_request_write(const daotp__node *node, const daotp__node *issuer,
                               daotp__bytes nonce, daotp__buffer *out)
{
    size_t request = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t tbs = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t one = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    write_cert_id(node, issuer, out);
    daotp__derw_end(out, one);
    daotp__derw_end(out, list);
    if (nonce.len > 0)
        write_nonce(nonce, out);
    daotp__derw_end(out, tbs);
    daotp__derw_end(out, request);
    return issuer->has_public_key && out->failed == DAOTP_OK;
}

/* ---- answer ---------------------------------------------------------------------------------- */

/* An OCTET STRING since RFC 6960 4.4.1. In RFC 2560 4.4.1 the extnValue is the nonce itself, and
 * responders of that time still write it so. */
static void read_nonce(daotp__bytes value, daotp__bytes *nonce)
{
    if (!daotp__der_only(value, DAOTP__DER_OCTET_STRING, nonce))
        *nonce = value;
}

static bool ocsp_take_extensions(daotp__bytes in, daotp__ocsp *ocsp)
{
    daotp__extensions extensions;
    daotp__bytes list;

    if (!daotp__der_only(in, DAOTP__DER_SEQUENCE, &list) ||
        !daotp__extensions_read(list, &extensions))
        return false;
    for (size_t i = 0; i < extensions.count; i++) {
        const daotp__extension *one = &extensions.list[i];

        if (daotp__oid_is(one->oid, DAOTP__OID_OCSP_NONCE))
            read_nonce(one->value, &ocsp->nonce);
        else if (one->critical)
            ocsp->unknown_critical = true;
    }
    return true;
}

static bool read_responder(daotp__bytes *in, void *into)
{
    daotp__ocsp *ocsp = into;
    daotp__bytes part;

    if (daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1))) {
        if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &part))
            return false;
        ocsp->responder_name = part;
        return daotp__name_is_valid(part);
    }
    return daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(2), &part) &&
           daotp__der_only(part, DAOTP__DER_OCTET_STRING, &ocsp->responder_key_hash);
}

static bool read_generalized(daotp__bytes *in, int64_t *seconds)
{
    return daotp__der_peek(in, DAOTP__DER_GENERALIZED_TIME) && daotp__der_read_time(in, seconds);
}

static bool read_produced_at(daotp__bytes *in, void *into)
{
    return read_generalized(in, &((daotp__ocsp *)into)->produced_at);
}

static bool read_ocsp_answers(daotp__bytes *in, void *into)
{
    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &((daotp__ocsp *)into)->answers);
}

static bool read_ocsp_extensions(daotp__bytes *in, void *into)
{
    daotp__bytes part;

    return in->len == 0 || (daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &part) &&
                            ocsp_take_extensions(part, into));
}

static bool read_ocsp_tbs(daotp__bytes *in, void *into)
{
    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &((daotp__ocsp *)into)->tbs);
}

static bool read_ocsp_algorithm(daotp__bytes *in, void *into)
{
    return daotp__algorithm_read(in, &((daotp__ocsp *)into)->signature_algorithm);
}

static bool read_ocsp_signature(daotp__bytes *in, void *into)
{
    unsigned unused;

    return daotp__der_read_bits(in, &((daotp__ocsp *)into)->signature, &unused) && unused == 0;
}

static bool read_ocsp_certificates(daotp__bytes *in, void *into)
{
    daotp__ocsp *ocsp = into;
    daotp__bytes list;

    if (in->len == 0)
        return true;
    if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &list) ||
        !daotp__der_only(list, DAOTP__DER_SEQUENCE, &list))
        return false;
    while (list.len > 0)
        if (ocsp->certificate_count == DAOTP__OCSP_CERTIFICATES ||
            !daotp__der_read_whole(&list, DAOTP__DER_SEQUENCE,
                                   &ocsp->certificates[ocsp->certificate_count++]))
            return false;
    return true;
}

/* DEFAULT v1; there is no other version. */
static bool read_ocsp_version(daotp__bytes *in, void *into)
{
    (void)into;
    return !daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
}

static const daotp__field data_fields[] = {
    {"tbsResponseData.version", read_ocsp_version,
     "X.690 11.5, RFC 6960 4.2.1: v1 is the default, and is left out; there is no other"},
    {"tbsResponseData.responderID", read_responder,
     "RFC 6960 4.2.1: [1] with a Name, or [2] with an OCTET STRING"},
    {"tbsResponseData.producedAt", read_produced_at,
     "RFC 6960 4.2.1: a GeneralizedTime, YYYYMMDDHHMMSSZ"},
    {"tbsResponseData.responses", read_ocsp_answers, "RFC 6960 4.2.1: a SEQUENCE"},
    {"tbsResponseData.responseExtensions", read_ocsp_extensions,
     "RFC 6960 4.2.1: [1] with Extensions"}};

static const daotp__field basic_fields[] = {
    {"BasicOCSPResponse.tbsResponseData", read_ocsp_tbs, "RFC 6960 4.2.1: a SEQUENCE"},
    {"BasicOCSPResponse.signatureAlgorithm", read_ocsp_algorithm,
     "RFC 6960 4.2.1: an AlgorithmIdentifier"},
    {"BasicOCSPResponse.signature", read_ocsp_signature,
     "RFC 6960 4.2.1: a BIT STRING of whole octets"},
    {"BasicOCSPResponse.certs", read_ocsp_certificates,
     "RFC 6960 4.2.1: [0] with SEQUENCEs, not more than the limit of them"}};

static bool ocsp_read_basic(daotp__bytes der, daotp__ocsp *ocsp, daotp__fault *fault)
{
    daotp__bytes in, data;

    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(fault, "BasicOCSPResponse", der, "RFC 6960 4.2.1: a SEQUENCE");
    return daotp__fields_read(basic_fields, sizeof basic_fields / sizeof basic_fields[0], &in, ocsp,
                              fault) &&
           daotp__der_only(ocsp->tbs, DAOTP__DER_SEQUENCE, &data) &&
           daotp__fields_read(data_fields, sizeof data_fields / sizeof data_fields[0], &data, ocsp,
                              fault);
}

static bool read_response_status(daotp__bytes *in, void *into)
{
    daotp__bytes status;

    if (!daotp__der_read(in, DAOTP__DER_ENUMERATED, &status) || status.len != 1)
        return false;
    ((daotp__ocsp *)into)->response_status = status.data[0];
    return true;
}

static bool read_response_bytes(daotp__bytes in, daotp__ocsp *ocsp, daotp__fault *fault)
{
    daotp__bytes bytes, oid, basic;

    if (!daotp__der_only(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &bytes) ||
        !daotp__der_only(bytes, DAOTP__DER_SEQUENCE, &bytes) ||
        !daotp__der_read_oid(&bytes, &oid) || !daotp__oid_is(oid, DAOTP__OID_OCSP_BASIC) ||
        !daotp__der_only(bytes, DAOTP__DER_OCTET_STRING, &basic))
        return daotp__fault_set(fault, "OCSPResponse.responseBytes", in,
                                "RFC 6960 4.2.1: [0] with id-pkix-ocsp-basic and an OCTET STRING");
    return ocsp_read_basic(basic, ocsp, fault);
}

static bool read_ocsp_response(daotp__bytes der, daotp__ocsp *ocsp, daotp__fault *fault)
{
    daotp__bytes in, whole;

    *ocsp = (daotp__ocsp){0};
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(fault, "OCSPResponse", der,
                                "RFC 6960 4.2.1: a SEQUENCE, and nothing behind it");
    whole = in;
    if (!read_response_status(&in, ocsp))
        return daotp__fault_set(fault, "OCSPResponse.responseStatus", whole,
                                "RFC 6960 4.2.1: an ENUMERATED of one octet");
    if (ocsp->response_status == 0)
        return read_response_bytes(in, ocsp, fault);
    return in.len == 0 || daotp__fault_set(fault, "OCSPResponse.responseBytes", in,
                                           "RFC 6960 4.2.1: none beside a status of failure");
}

bool daotp__ocsp_read(daotp__bytes der, daotp__ocsp *ocsp)
{
    return read_ocsp_response(der, ocsp, NULL);
}

/* Check each SingleResponse, to find a fault. The values are read later, by daotp__ocsp_find(). */
static bool are_answers_good(daotp__bytes in, daotp__fault *fault)
{
    daotp__ocsp_answer ignored;
    daotp__bytes serial;
    daotp__der_item item;

    for (size_t i = 1; in.len > 0; i++) {
        daotp__bytes before = in;

        if (daotp__der_next(&in, &item) && item.tag == DAOTP__DER_SEQUENCE &&
            daotp__ocsp_answer_read(item.content, &serial, &ignored))
            continue;
        (void)daotp__fault_set(fault, "SingleResponse", before,
                               "RFC 6960 4.2.1: certID, certStatus, thisUpdate, and where they are "
                               "there nextUpdate and singleExtensions");
        fault->element = i;
        return false;
    }
    return true;
}

bool daotp__ocsp_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__ocsp ocsp;

    *fault = (daotp__fault){.whole = der};
    return !read_ocsp_response(der, &ocsp, fault) || !are_answers_good(ocsp.answers, fault);
}

static bool read_revoked(daotp__bytes in, daotp__ocsp_answer *answer)
{
    daotp__bytes reason, code;

    if (!read_generalized(&in, &answer->revoked_at))
        return false;
    if (in.len == 0)
        return true;
    if (!daotp__der_only(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &reason) ||
        !daotp__der_only(reason, DAOTP__DER_ENUMERATED, &code) || code.len != 1)
        return false;
    answer->reason = code.data[0];
    return true;
}

static bool read_status(daotp__bytes *in, daotp__ocsp_answer *answer)
{
    daotp__der_item item;

    if (!daotp__der_next(in, &item))
        return false;
    switch (item.tag) {
    case DAOTP__DER_CONTEXT(0):
        answer->status = DAOTP__OCSP_GOOD;
        return item.content.len == 0;
    case DAOTP__DER_CONTEXT_CONSTRUCTED(1):
        answer->status = DAOTP__OCSP_REVOKED;
        return read_revoked(item.content, answer);
    case DAOTP__DER_CONTEXT(2):
        answer->status = DAOTP__OCSP_NOT_KNOWN;
        return item.content.len == 0;
    default:
        return false;
    }
}

/* singleExtensions: none is known here, so with a critical one the answer cannot be understood
 * completely. */
static bool read_single_extensions(daotp__bytes in, bool *unknown_critical)
{
    daotp__extensions extensions;
    daotp__bytes list;

    if (!daotp__der_only(in, DAOTP__DER_SEQUENCE, &list) ||
        !daotp__extensions_read(list, &extensions))
        return false;
    for (size_t i = 0; i < extensions.count; i++)
        *unknown_critical = *unknown_critical || extensions.list[i].critical;
    return true;
}

static bool read_answer(daotp__bytes in, daotp__ocsp_answer *answer)
{
    daotp__bytes part;

    *answer = (daotp__ocsp_answer){0};
    if (!read_status(&in, answer) || !read_generalized(&in, &answer->this_update))
        return false;
    answer->has_next_update = daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    if (answer->has_next_update &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &part) ||
         !read_generalized(&part, &answer->next_update) || part.len > 0))
        return false;
    return in.len == 0 || (daotp__der_only(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &part) &&
                           read_single_extensions(part, &answer->unknown_critical));
}

bool daotp__ocsp_answer_read(daotp__bytes in, daotp__bytes *serial, daotp__ocsp_answer *answer)
{
    daotp__algorithm hash;
    daotp__bytes id, ignored;

    return daotp__der_read(&in, DAOTP__DER_SEQUENCE, &id) && daotp__algorithm_read(&id, &hash) &&
           daotp__der_read(&id, DAOTP__DER_OCTET_STRING, &ignored) &&
           daotp__der_read(&id, DAOTP__DER_OCTET_STRING, &ignored) &&
           daotp__der_read_integer(&id, serial) && id.len == 0 && read_answer(in, answer);
}

static bool is_final_answer(const daotp__ocsp_answer *answer)
{
    return answer->status == DAOTP__OCSP_REVOKED && daotp__crl_reason_is_final(answer->reason);
}

/* Whether the answer counts before the other. Both are in the same group of daotp__ocsp_answers. */
static bool outranks_answer(const daotp__ocsp_answer *answer, const daotp__ocsp_answer *other)
{
    if (is_final_answer(answer) != is_final_answer(other))
        return is_final_answer(answer);
    if (answer->this_update != other->this_update)
        return answer->this_update > other->this_update;
    if (answer->status != other->status)
        return answer->status == DAOTP__OCSP_REVOKED;
    return answer->unknown_critical && !other->unknown_critical; /* the worse of the two */
}

bool daotp__ocsp_answers_add(daotp__ocsp_answers *answers, const daotp__ocsp_answer *answer)
{
    bool is_unknown = answer->status == DAOTP__OCSP_NOT_KNOWN;
    daotp__ocsp_answer *kept = is_unknown ? &answers->unknown : &answers->known;
    bool *has = is_unknown ? &answers->has_unknown : &answers->has_known;

    if (*has && !outranks_answer(answer, kept))
        return false;
    *kept = *answer;
    *has = true;
    return true;
}

const daotp__ocsp_answer *daotp__ocsp_answers_decisive(const daotp__ocsp_answers *answers)
{
    const daotp__ocsp_answer *known = &answers->known, *unknown = &answers->unknown;

    if (!answers->has_known)
        return answers->has_unknown ? unknown : NULL;
    if (answers->has_unknown && known->status == DAOTP__OCSP_GOOD &&
        unknown->this_update >= known->this_update)
        return unknown;
    return known;
}

bool daotp__ocsp_find(const daotp__ocsp *ocsp, const daotp__node *node, const daotp__node *issuer,
                      daotp__ocsp_answer *answer)
{
    daotp__bytes in = ocsp->answers, one, id;
    const daotp__ocsp_answer *decisive;
    daotp__ocsp_answers all = {0};
    daotp__ocsp_answer next;

    while (in.len > 0) {
        if (!daotp__der_read(&in, DAOTP__DER_SEQUENCE, &one) ||
            !daotp__der_read(&one, DAOTP__DER_SEQUENCE, &id))
            return false;
        if (!is_for(id, node, issuer))
            continue;
        if (!read_answer(one, &next))
            return false;
        (void)daotp__ocsp_answers_add(&all, &next);
    }
    decisive = daotp__ocsp_answers_decisive(&all);
    if (decisive != NULL)
        *answer = *decisive;
    return decisive != NULL;
}

bool daotp__ocsp_has_responder(const daotp__ocsp *ocsp, const daotp__node *node)
{
    if (ocsp->responder_name.len > 0)
        return daotp__name_equal(ocsp->responder_name, node->certificate.subject);
    return node->has_public_key &&
           equals_hash(DAOTP__HASH_SHA1, node->public_key.string, ocsp->responder_key_hash);
}
