/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl.h"

#include "x509/name_match.h"
#include "x509/uri_match.h"

#include <string.h>

/* ---- the frame ------------------------------------------------------------------------------- */

static bool crl_read_number(const daotp__extension *extension, daotp__bytes *number)
{
    daotp__bytes in = extension->value;

    /* RFC 5280 5.2.3: not negative, at most 20 octets */
    return daotp__der_read_integer(&in, number) && in.len == 0 && number->data[0] < 0x80 &&
           number->len <= 20;
}

static bool read_authority(const daotp__extension *extension, daotp__crl *crl)
{
    crl->has_authority = true;
    return daotp__aki_read(extension, &crl->authority_key_id, &crl->authority_issuer,
                           &crl->authority_serial);
}

/* An implicitly tagged BOOLEAN DEFAULT FALSE: DER writes it only when it is TRUE. */
static bool read_flag(daotp__bytes *in, unsigned tag, bool *flag)
{
    daotp__bytes value;

    *flag = daotp__der_peek(in, (uint8_t)DAOTP__DER_CONTEXT(tag));
    return !*flag || (daotp__der_read(in, (uint8_t)DAOTP__DER_CONTEXT(tag), &value) &&
                      value.len == 1 && value.data[0] == 0xFF);
}

static bool read_scope(const daotp__extension *extension, daotp__crl *crl)
{
    daotp__bytes in, part;

    crl->has_scope = true;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return false;
    crl->is_scope_empty = in.len == 0;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &part) ||
         !daotp__crl_dp_name_read(part, &crl->scope)))
        return false;
    if (!read_flag(&in, 1, &crl->only_users) || !read_flag(&in, 2, &crl->only_cas))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT(3)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT(3), &part) ||
         !daotp__reasons_read(part, &crl->reasons)))
        return false;
    return read_flag(&in, 4, &crl->is_indirect) && read_flag(&in, 5, &crl->only_attributes) &&
           in.len == 0 &&
           crl->only_users + crl->only_cas + crl->only_attributes <= 1; /* RFC 5280 5.2.5 */
}

/* Read an extension that does not decide whether a certificate is revoked: a malformed one is
 * only recorded. */
static void read_or_mark(const daotp__extension *extension, daotp__crl *crl)
{
    if (daotp__oid_is(extension->oid, DAOTP__OID_CRL_NUMBER)) {
        crl->number_is_critical = extension->critical;
        if (crl_read_number(extension, &crl->number))
            return;
        crl->number = (daotp__bytes){NULL, 0};
    } else {
        if (read_authority(extension, crl))
            return;
        crl->has_authority = false;
        crl->authority_key_id = crl->authority_issuer = crl->authority_serial =
            (daotp__bytes){NULL, 0};
    }
    crl->malformed = extension;
}

static bool read_extension(const daotp__extension *extension, daotp__crl *crl)
{
    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_CRL_NUMBER:
    case DAOTP__OID_AKI:
        read_or_mark(extension, crl);
        return true;
    case DAOTP__OID_DELTA_CRL:
        return crl_read_number(extension, &crl->base_number);
    case DAOTP__OID_CRL_SCOPE:
        return read_scope(extension, crl);
    case DAOTP__OID_FRESHEST_CRL:
        crl->freshest = extension;
        return true;
    default:
        if (extension->critical)
            crl->unknown = extension;
        return true;
    }
}

/* The state of reading a CRL. */
typedef struct crl_reading {
    daotp__crl *crl;
    daotp__fault *fault; /* NULL: not needed */
    daotp__bytes inner;  /* the signature field of tbsCertList */
} crl_reading;

/* The required form of each known extension, for a fault. */
static const char *extension_rule(const daotp__extension *extension)
{
    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_CRL_NUMBER:
        return "RFC 5280 5.2.3: cRLNumber is not negative, of at most 20 octets";
    case DAOTP__OID_DELTA_CRL:
        return "RFC 5280 5.2.4: deltaCRLIndicator is not negative, of at most 20 octets";
    case DAOTP__OID_AKI:
        return "RFC 5280 4.2.1.1: authorityKeyIdentifier is a key identifier, or an issuer with a "
               "serial number, or both";
    default:
        return "RFC 5280 5.2.5: issuingDistributionPoint leaves defaults out, and is for one kind "
               "of certificates at most";
    }
}

static bool refuse_crl_extension(const daotp__crl *crl, const daotp__extension *one,
                                 daotp__fault *fault)
{
    (void)daotp__fault_set(fault, "crlExtension", one->value, extension_rule(one));
    if (fault != NULL)
        fault->element = 1 + (size_t)(one - crl->extensions.list);
    return false;
}

static bool read_known_extensions(crl_reading *r)
{
    const daotp__extensions *extensions = &r->crl->extensions;

    for (size_t i = 0; i < extensions->count; i++)
        if (!read_extension(&extensions->list[i], r->crl))
            return refuse_crl_extension(r->crl, &extensions->list[i], r->fault);
    return true;
}

bool daotp__crl_find_extension_fault(const daotp__crl *crl, daotp__fault *fault)
{
    return crl->malformed != NULL && !refuse_crl_extension(crl, crl->malformed, fault);
}

static bool crl_read_extensions(daotp__bytes *in, void *into)
{
    crl_reading *r = into;
    daotp__bytes explicit, list;

    if (in->len == 0)
        return true;
    return r->crl->version == 2 &&
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) &&
           daotp__der_only(explicit, DAOTP__DER_SEQUENCE, &list) &&
           daotp__extensions_read_why(list, &r->crl->extensions, r->fault) &&
           read_known_extensions(r);
}

static bool crl_read_version(daotp__bytes *in, void *into)
{
    uint32_t *version = &((crl_reading *)into)->crl->version;

    *version = 1;
    if (!daotp__der_peek(in, DAOTP__DER_INTEGER))
        return true;
    if (!daotp__der_read_unsigned(in, version) || *version != 1)
        return false;
    *version = 2;
    return true;
}

static bool crl_read_inner_algorithm(daotp__bytes *in, void *into)
{
    crl_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->inner);
}

static bool crl_read_issuer(daotp__bytes *in, void *into)
{
    crl_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->crl->issuer);
}

static bool read_this_update(daotp__bytes *in, void *into)
{
    crl_reading *r = into;

    return daotp__der_read_time(in, &r->crl->this_update);
}

static bool read_next_update(daotp__bytes *in, void *into)
{
    daotp__crl *crl = ((crl_reading *)into)->crl;

    crl->has_next_update = daotp__der_peek(in, DAOTP__DER_UTC_TIME) ||
                           daotp__der_peek(in, DAOTP__DER_GENERALIZED_TIME);
    return !crl->has_next_update || daotp__der_read_time(in, &crl->next_update);
}

static bool read_entries(daotp__bytes *in, void *into)
{
    daotp__crl *crl = ((crl_reading *)into)->crl;

    if (!daotp__der_peek(in, DAOTP__DER_SEQUENCE))
        return true;
    if (!daotp__der_read(in, DAOTP__DER_SEQUENCE, &crl->entries))
        return false;
    crl->has_empty_list = crl->entries.len == 0;
    return true;
}

static const daotp__field tbs_fields[] = {
    {"tbsCertList.version", crl_read_version, "RFC 5280 5.1.2.1: absent, or 1 for version 2"},
    {"tbsCertList.signature", crl_read_inner_algorithm, "RFC 5280 5.1.2.2: an AlgorithmIdentifier"},
    {"tbsCertList.issuer", crl_read_issuer, "RFC 5280 5.1.2.3: a Name"},
    {"tbsCertList.thisUpdate", read_this_update, "RFC 5280 5.1.2.4: a time in seconds and in UTC"},
    {"tbsCertList.nextUpdate", read_next_update, "RFC 5280 5.1.2.5: a time in seconds and in UTC"},
    {"tbsCertList.revokedCertificates", read_entries, "RFC 5280 5.1.2.6: a SEQUENCE of entries"},
    {"tbsCertList.crlExtensions", crl_read_extensions,
     "RFC 5280 5.1.2.7: [0] with a SEQUENCE of extensions, in version 2 only"}};

static bool crl_read_tbs(daotp__bytes *in, void *into)
{
    crl_reading *r = into;
    daotp__bytes tbs;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->crl->tbs) &&
           daotp__der_only(r->crl->tbs, DAOTP__DER_SEQUENCE, &tbs) &&
           daotp__fields_read(tbs_fields, sizeof tbs_fields / sizeof tbs_fields[0], &tbs, r,
                              r->fault);
}

static bool crl_read_outer_algorithm(daotp__bytes *in, void *into)
{
    crl_reading *r = into;
    daotp__bytes outer = *in;

    if (!daotp__algorithm_read(in, &r->crl->signature_algorithm))
        return false;
    outer.len -= in->len;
    return daotp__bytes_equal(r->inner, outer);
}

static bool crl_read_signature_value(daotp__bytes *in, void *into)
{
    crl_reading *r = into;
    unsigned unused;

    return daotp__der_read_bits(in, &r->crl->signature, &unused) && unused == 0;
}

static const daotp__field crl_fields[] = {
    {"tbsCertList", crl_read_tbs, "RFC 5280 5.1.1.1: a SEQUENCE"},
    {"signatureAlgorithm", crl_read_outer_algorithm,
     "RFC 5280 5.1.1.2: an AlgorithmIdentifier, the same as tbsCertList.signature"},
    {"signatureValue", crl_read_signature_value,
     "RFC 5280 5.1.1.3: a BIT STRING without unused bits"}};

static bool read_crl(daotp__bytes der, crl_reading *r)
{
    daotp__crl *crl = r->crl;
    daotp__bytes in;

    memset(crl, 0, offsetof(daotp__crl, extensions));
    crl->extensions.count = 0;
    crl->der = der;
    crl->reasons = DAOTP__REASONS_ALL;
    if (r->fault != NULL)
        *r->fault = (daotp__fault){.whole = der};
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(r->fault, "CertificateList", der,
                                "RFC 5280 5.1: one SEQUENCE, and nothing behind it");
    if (!daotp__fields_read(crl_fields, sizeof crl_fields / sizeof crl_fields[0], &in, r, r->fault))
        return false;
    return der.len <= DAOTP__MAX_CRL ||
           daotp__fault_limit(r->fault, "CertificateList", DAOTP__MAX_CRL);
}

bool daotp__crl_read(daotp__bytes der, daotp__crl *crl)
{
    crl_reading r = {.crl = crl};

    return read_crl(der, &r);
}

int daotp__crl_number_compare(daotp__bytes a, daotp__bytes b)
{
    while (a.len > 0 && a.data[0] == 0)
        a = (daotp__bytes){a.data + 1, a.len - 1};
    while (b.len > 0 && b.data[0] == 0)
        b = (daotp__bytes){b.data + 1, b.len - 1};
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}

static int compare_numbers(const daotp__crl *a, const daotp__crl *b)
{
    return a->number.len > 0 && b->number.len > 0 ? daotp__crl_number_compare(a->number, b->number)
                                                  : 0;
}

static int compare_dates(const daotp__crl *a, const daotp__crl *b)
{
    return (a->this_update > b->this_update) - (a->this_update < b->this_update);
}

int daotp__crl_compare_age(const daotp__crl *a, const daotp__crl *b)
{
    int order = compare_numbers(a, b);

    return order != 0 ? order : compare_dates(a, b);
}

bool daotp__crl_is_surely_newer(const daotp__crl *a, const daotp__crl *b)
{
    int by_number = compare_numbers(a, b), by_date = compare_dates(a, b);

    return by_number >= 0 && by_date >= 0 && (by_number > 0 || by_date > 0);
}

bool daotp__crl_has_wrong_criticality(const daotp__crl *crl, enum daotp__oid oid, bool wanted)
{
    const daotp__extension *extension = daotp__extensions_find(&crl->extensions, oid);

    return extension != NULL && extension->critical != wanted;
}

static bool is_among(const daotp__general_name *name, daotp__bytes names)
{
    daotp__general_name other;

    while (names.len > 0 && daotp__san_next(&names, &other))
        if (daotp__general_name_equal(name, &other))
            return true;
    return false;
}

/* Whether each GeneralName of names is in others. false for lists longer than the limit, because
 * the work is the product of both lengths. */
static bool are_all_among(daotp__bytes names, daotp__bytes others)
{
    daotp__general_name name;

    for (unsigned i = 0; names.len > 0; i++)
        if (i == DAOTP__MAX_SCOPE_NAMES || !daotp__san_next(&names, &name) ||
            !is_among(&name, others))
            return false;
    return true;
}

/* RFC 5280 7.1 and 7.4: one name may be written in several ways. */
static bool is_same_point(const daotp__crl_dp_name *a, const daotp__crl_dp_name *b)
{
    if ((a->relative.len > 0) != (b->relative.len > 0))
        return false;
    if (a->relative.len > 0)
        return daotp__relative_name_equal(a->relative, b->relative);
    return are_all_among(a->full, b->full) && are_all_among(b->full, a->full);
}

static bool has_same_limits(const daotp__crl *a, const daotp__crl *b)
{
    return a->only_users == b->only_users && a->only_cas == b->only_cas &&
           a->only_attributes == b->only_attributes && a->is_indirect == b->is_indirect &&
           a->reasons == b->reasons;
}

bool daotp__crl_is_same_scope(const daotp__crl *a, const daotp__crl *b)
{
    const daotp__extension *left = daotp__extensions_find(&a->extensions, DAOTP__OID_CRL_SCOPE);
    const daotp__extension *right = daotp__extensions_find(&b->extensions, DAOTP__OID_CRL_SCOPE);

    if ((left == NULL) != (right == NULL) || !daotp__name_equal(a->issuer, b->issuer))
        return false;
    return left == NULL || daotp__bytes_equal(left->value, right->value) ||
           (has_same_limits(a, b) && is_same_point(&a->scope, &b->scope));
}

bool daotp__crl_find_frame_fault(daotp__bytes der, daotp__crl *crl, daotp__fault *fault)
{
    crl_reading r = {.crl = crl, .fault = fault};

    return !read_crl(der, &r) || (!daotp__name_is_valid(crl->issuer) &&
                                  !daotp__fault_set(fault, "tbsCertList.issuer", crl->issuer,
                                                    "RFC 5280 4.1.2.4: RDNs of attributes, each a "
                                                    "type and a value, within the limits"));
}
