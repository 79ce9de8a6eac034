/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/csr.h"
#include "x509/derw.h"

#include <string.h>

static size_t begin_extension(daotp__buffer *out, size_t *octets, enum daotp__oid oid,
                              bool critical)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(oid));
    if (critical)
        daotp__derw_item(out, DAOTP__DER_BOOLEAN, "\xFF", 1);
    *octets = daotp__derw_begin(out, DAOTP__DER_OCTET_STRING);
    return mark;
}

static void end_extension(daotp__buffer *out, size_t octets, size_t mark)
{
    daotp__derw_end(out, octets);
    daotp__derw_end(out, mark);
}

static void write_template(daotp__buffer *out, const daotp__template *template)
{
    size_t octets, extension = begin_extension(out, &octets, DAOTP__OID_TEMPLATE, false);
    size_t sequence = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, template->oid);
    if (template->has_major)
        daotp__derw_unsigned(out, template->major);
    if (template->has_major && template->has_minor)
        daotp__derw_unsigned(out, template->minor);
    daotp__derw_end(out, sequence);
    end_extension(out, octets, extension);
}

static daotp__bytes purpose_of(const daotp__csr_spec *spec)
{
    return daotp__oid(spec->is_ra ? DAOTP__OID_OTP_RA : DAOTP__OID_SMART_CARD_LOGON);
}

static void write_eku(daotp__buffer *out, const daotp__csr_spec *spec)
{
    size_t octets, extension = begin_extension(out, &octets, DAOTP__OID_EKU, false);
    size_t sequence = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, purpose_of(spec));
    daotp__derw_end(out, sequence);
    end_extension(out, octets, extension);
}

/* digitalSignature, and for a user keyEncipherment */
static void write_key_usage(daotp__buffer *out, const daotp__csr_spec *spec)
{
    static const uint8_t signs[] = {0x80}, both[] = {0xA0};
    size_t octets, extension = begin_extension(out, &octets, DAOTP__OID_KEY_USAGE, true);

    if (spec->is_ra)
        daotp__derw_bits(out, (daotp__bytes){signs, 1}, 7);
    else
        daotp__derw_bits(out, (daotp__bytes){both, 1}, 5);
    end_extension(out, octets, extension);
}

static void write_policies(daotp__buffer *out, const daotp__csr_spec *spec)
{
    size_t octets,
        extension = begin_extension(out, &octets, DAOTP__OID_APPLICATION_POLICIES, false);
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t policy = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, purpose_of(spec));
    daotp__derw_end(out, policy);
    daotp__derw_end(out, list);
    end_extension(out, octets, extension);
}

static void write_upn(daotp__buffer *out, daotp__bytes upn)
{
    size_t other = daotp__derw_begin(out, DAOTP__GENERAL_NAME_OTHER), value;

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_UPN));
    value = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_item(out, DAOTP__DER_UTF8_STRING, upn.data, upn.len);
    daotp__derw_end(out, value);
    daotp__derw_end(out, other);
}

static void write_san(daotp__buffer *out, const daotp__csr_spec *spec)
{
    size_t octets, extension = begin_extension(out, &octets, DAOTP__OID_SAN, false);
    size_t names = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    if (spec->upn.len > 0)
        write_upn(out, spec->upn);
    if (spec->dns_name.len > 0)
        daotp__derw_item(out, DAOTP__GENERAL_NAME_DNS, spec->dns_name.data, spec->dns_name.len);
    daotp__derw_end(out, names);
    end_extension(out, octets, extension);
}

/* RFC 5280 4.2.1.2 (1): SHA-1 of the subjectPublicKey's content */
static bool write_key_id(daotp__buffer *out, daotp__bytes spki)
{
    size_t octets, extension = begin_extension(out, &octets, DAOTP__OID_SKI, false);
    uint8_t digest[DAOTP__HASH_MAX];
    daotp__public_key key;

    if (!daotp__public_key_read(spki, &key) ||
        !daotp__hash_bytes(DAOTP__HASH_SHA1, key.string, digest))
        return false;
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, digest, 20);
    end_extension(out, octets, extension);
    return true;
}

/* The extensions in the order of the Windows client. */
bool daotp__csr_write_extensions(daotp__buffer *out, const daotp__csr_spec *spec, daotp__bytes spki)
{
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    bool ok;

    if (spec->template.oid.len > 0)
        write_template(out, &spec->template);
    write_eku(out, spec);
    write_key_usage(out, spec);
    write_policies(out, spec);
    if (spec->upn.len > 0 || spec->dns_name.len > 0)
        write_san(out, spec);
    ok = write_key_id(out, spki);
    daotp__derw_end(out, list);
    return ok;
}

void daotp__client_info_write(daotp__buffer *out, const daotp__client_info *info)
{
    size_t sequence = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_unsigned(out, info->id);
    daotp__derw_item(out, DAOTP__DER_UTF8_STRING, info->machine.data, info->machine.len);
    daotp__derw_item(out, DAOTP__DER_UTF8_STRING, info->user.data, info->user.len);
    daotp__derw_item(out, DAOTP__DER_UTF8_STRING, info->process.data, info->process.len);
    daotp__derw_end(out, sequence);
}

/* MS-WCCE 2.2.2.7.2: keySpec 0, the provider's name, no signature */
static void write_csp(daotp__buffer *out, daotp__bytes provider)
{
    size_t sequence = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), text;

    daotp__derw_unsigned(out, 0);
    text = daotp__derw_begin(out, DAOTP__DER_BMP_STRING);
    for (size_t i = 0; i < provider.len; i++) {
        daotp__buffer_byte(out, 0);
        daotp__buffer_byte(out, provider.data[i]);
    }
    daotp__derw_end(out, text);
    daotp__derw_bits(out, (daotp__bytes){NULL, 0}, 0);
    daotp__derw_end(out, sequence);
}

/* ---- the attributes, in DER order ------------------------------------------------------------ */

enum { MAX_ATTRIBUTES = 5 };

typedef struct attributes {
    daotp__buffer out;
    size_t ends[MAX_ATTRIBUTES]; /* where each one ends */
    size_t count;
    size_t marks[2];
} attributes;

static void begin_attribute(attributes *list, enum daotp__oid oid)
{
    list->marks[0] = daotp__derw_begin(&list->out, DAOTP__DER_SEQUENCE);
    daotp__derw_oid(&list->out, daotp__oid(oid));
    list->marks[1] = daotp__derw_begin(&list->out, DAOTP__DER_SET);
}

static void end_attribute(attributes *list)
{
    daotp__derw_end(&list->out, list->marks[1]);
    daotp__derw_end(&list->out, list->marks[0]);
    list->ends[list->count++] = list->out.len;
}

static bool collect_attributes(attributes *list, const daotp__csr_spec *spec, daotp__bytes spki)
{
    bool ok;

    if (spec->os_version.len > 0) {
        begin_attribute(list, DAOTP__OID_OS_VERSION);
        daotp__derw_item(&list->out, DAOTP__DER_IA5_STRING, spec->os_version.data,
                         spec->os_version.len);
        end_attribute(list);
    }
    if (spec->client_info != NULL) {
        begin_attribute(list, DAOTP__OID_CLIENT_INFO);
        daotp__client_info_write(&list->out, spec->client_info);
        end_attribute(list);
    }
    if (spec->csp_provider.len > 0) {
        begin_attribute(list, DAOTP__OID_CSP_PROVIDER);
        write_csp(&list->out, spec->csp_provider);
        end_attribute(list);
    }
    if (spec->renewed.len > 0) {
        begin_attribute(list, DAOTP__OID_RENEWAL_CERTIFICATE);
        daotp__derw_raw(&list->out, spec->renewed);
        end_attribute(list);
    }
    begin_attribute(list, DAOTP__OID_EXTENSION_REQUEST);
    ok = daotp__csr_write_extensions(&list->out, spec, spki);
    end_attribute(list);
    return ok;
}

static daotp__bytes attribute_at(const attributes *list, size_t i)
{
    size_t begin = i > 0 ? list->ends[i - 1] : 0;

    return (daotp__bytes){list->out.data + begin, list->ends[i] - begin};
}

static bool comes_before(daotp__bytes a, daotp__bytes b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order < 0 || (order == 0 && a.len < b.len);
}

static void write_sorted(daotp__buffer *out, const attributes *list)
{
    daotp__bytes sorted[MAX_ATTRIBUTES];

    for (size_t i = 0; i < list->count; i++) {
        daotp__bytes one = attribute_at(list, i);
        size_t at = i;

        for (; at > 0 && comes_before(one, sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = one;
    }
    for (size_t i = 0; i < list->count; i++)
        daotp__derw_raw(out, sorted[i]);
}

static daotp_status write_attributes(const daotp__csr_spec *spec, daotp__bytes spki,
                                     daotp__buffer *out)
{
    attributes list = {.count = 0};
    daotp_status status = DAOTP_OK;
    size_t set;

    daotp__buffer_init(&list.out, DAOTP__MAX_CSR);
    if (!collect_attributes(&list, spec, spki))
        status = DAOTP_INTERNAL;
    else if (list.out.failed != DAOTP_OK)
        status = list.out.failed;
    if (status == DAOTP_OK) {
        set = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
        write_sorted(out, &list);
        daotp__derw_end(out, set);
        status = out->failed;
    }
    daotp__buffer_free(&list.out);
    return status;
}

daotp_status daotp__csr_write_info(const daotp__csr_spec *spec, daotp__bytes spki,
                                   daotp__buffer *out)
{
    size_t info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp_status status;

    daotp__derw_unsigned(out, 0);
    if (spec->subject.len > 0)
        daotp__derw_raw(out, spec->subject);
    else
        daotp__derw_item(out, DAOTP__DER_SEQUENCE, NULL, 0);
    daotp__derw_raw(out, spki);
    status = write_attributes(spec, spki, out);
    daotp__derw_end(out, info);
    return status != DAOTP_OK ? status : out->failed;
}

static daotp__hash hash_for(const daotp_key *key)
{
    return daotp_key_get_kind(key) == DAOTP_KEY_P384 ? DAOTP__HASH_SHA384 : DAOTP__HASH_SHA256;
}

static daotp_status write_signature(const daotp_key *key, daotp__bytes info, daotp__buffer *out)
{
    daotp_status status;
    size_t bits;

    daotp__key_write_algorithm(key, hash_for(key), out);
    bits = daotp__derw_begin(out, DAOTP__DER_BIT_STRING);
    daotp__buffer_byte(out, 0);
    status = daotp__key_sign(key, hash_for(key), info, out);
    daotp__derw_end(out, bits);
    return status;
}

daotp_status daotp__csr_write(const daotp__csr_spec *spec, const daotp_key *key, daotp__buffer *out)
{
    daotp__buffer info;
    daotp_status status;
    size_t whole;

    daotp__buffer_init(&info, DAOTP__MAX_CSR);
    status = daotp__csr_write_info(spec, daotp__key_spki(key), &info);
    if (status == DAOTP_OK) {
        whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
        daotp__derw_raw(out, daotp__buffer_bytes(&info));
        status = write_signature(key, daotp__buffer_bytes(&info), out);
        daotp__derw_end(out, whole);
    }
    daotp__buffer_free(&info);
    return status != DAOTP_OK ? status : out->failed;
}
