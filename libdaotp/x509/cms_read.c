/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/cms.h"
#include "x509/name_match.h"
#include "x509/signature.h"

#include <openssl/crypto.h>

static bool read_encap(daotp__bytes *in, void *into)
{
    daotp__signed_data *out = into;
    daotp__bytes encap, explicit;

    out->content = (daotp__bytes){NULL, 0};
    if (!daotp__der_read(in, DAOTP__DER_SEQUENCE, &encap) ||
        !daotp__der_read_oid(&encap, &out->content_type))
        return false;
    if (encap.len == 0)
        return true;
    return daotp__der_only(encap, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) &&
           daotp__der_only(explicit, DAOTP__DER_OCTET_STRING, &out->content);
}

bool daotp__cms_is_other_certificate(const daotp__der_item *item)
{
    return item->tag >= DAOTP__DER_CONTEXT_CONSTRUCTED(0) &&
           item->tag <= DAOTP__DER_CONTEXT_CONSTRUCTED(3);
}

static bool read_certificates(daotp__bytes *in, void *into)
{
    daotp__signed_data *out = into;
    daotp__bytes set, look;
    daotp__der_item one;

    out->certificate_count = 0;
    out->has_other_certificates = false;
    if (!daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return true;
    if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &set))
        return false;
    while (set.len > 0) {
        look = set;
        if (daotp__der_next(&look, &one) && daotp__cms_is_other_certificate(&one)) {
            set = look;
            out->has_other_certificates = true;
            continue;
        }
        if (out->certificate_count == DAOTP__MAX_CHAIN ||
            !daotp__der_read_whole(&set, DAOTP__DER_SEQUENCE,
                                   &out->certificates[out->certificate_count++]))
            return false;
    }
    return true;
}

/* Read a signed attribute that must have exactly one value and must not occur twice. */
static bool one_value(daotp__bytes values, daotp__bytes *slot, uint8_t tag)
{
    return slot->data == NULL && daotp__der_only(values, tag, slot);
}

static bool cms_read_attributes(daotp__signer *signer)
{
    daotp__bytes set, attribute, oid, values;

    if (!daotp__der_only(signer->attributes, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &set) ||
        set.len == 0)
        return false;
    while (set.len > 0) {
        if (!daotp__der_read(&set, DAOTP__DER_SEQUENCE, &attribute) ||
            !daotp__der_read_oid(&attribute, &oid) ||
            !daotp__der_only(attribute, DAOTP__DER_SET, &values))
            return false;
        if (daotp__oid_is(oid, DAOTP__OID_CONTENT_TYPE) &&
            !one_value(values, &signer->content_type, DAOTP__DER_OID))
            return false;
        if (daotp__oid_is(oid, DAOTP__OID_MESSAGE_DIGEST) &&
            !one_value(values, &signer->message_digest, DAOTP__DER_OCTET_STRING))
            return false;
    }
    return true;
}

static bool read_sid(daotp__bytes *in, daotp__signer *signer)
{
    daotp__bytes pair;

    if (daotp__der_peek(in, DAOTP__DER_CONTEXT(0)))
        return daotp__der_read(in, DAOTP__DER_CONTEXT(0), &signer->key_id);
    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &pair) &&
           daotp__der_read_whole(&pair, DAOTP__DER_SEQUENCE, &signer->issuer) &&
           daotp__der_read_integer(&pair, &signer->serial) && pair.len == 0;
}

static bool read_signer(daotp__bytes in, daotp__signer *signer)
{
    if (!daotp__der_read_unsigned(&in, &signer->version) || !read_sid(&in, signer) ||
        !daotp__algorithm_read(&in, &signer->digest))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
        (!daotp__der_read_whole(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &signer->attributes) ||
         !cms_read_attributes(signer)))
        return false;
    if (!daotp__algorithm_read(&in, &signer->signature_algorithm) ||
        !daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &signer->signature))
        return false;
    return in.len == 0 ||
           (daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &signer->unsigned_attributes) &&
            in.len == 0);
}

static bool read_signers(daotp__bytes *in, void *into)
{
    daotp__signed_data *out = into;
    daotp__der_item item;
    daotp__bytes set;

    out->signer_count = 0;
    if (!daotp__der_read(in, DAOTP__DER_SET, &set))
        return false;
    while (set.len > 0) {
        daotp__signer *signer = &out->signers[out->signer_count];

        if (out->signer_count == DAOTP__MAX_SIGNERS || !daotp__der_next(&set, &item) ||
            item.tag != DAOTP__DER_SEQUENCE)
            return false;
        *signer = (daotp__signer){.whole = item.whole};
        if (!read_signer(item.content, signer))
            return false;
        out->signer_count++;
    }
    return true;
}

static bool read_cms_version(daotp__bytes *in, void *into)
{
    return daotp__der_read_unsigned(in, &((daotp__signed_data *)into)->version);
}

/* The list is only a hint: each SignerInfo names its own digest algorithm. */
static bool skip_digest_algorithms(daotp__bytes *in, void *into)
{
    daotp__bytes ignored;

    (void)into;
    return daotp__der_read(in, DAOTP__DER_SET, &ignored);
}

static bool skip_crls(daotp__bytes *in, void *into)
{
    daotp__signed_data *out = into;
    daotp__bytes ignored;

    out->has_crls = daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1));
    return !out->has_crls || daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &ignored);
}

static const daotp__field signed_data_fields[] = {
    {"SignedData.version", read_cms_version, "RFC 5652 5.1: an INTEGER"},
    {"SignedData.digestAlgorithms", skip_digest_algorithms, "RFC 5652 5.1: a SET"},
    {"SignedData.encapContentInfo", read_encap,
     "RFC 5652 5.2: a content type, and [0] with an OCTET STRING where the content is there"},
    {"SignedData.certificates", read_certificates,
     "RFC 5652 5.1: [0] with SEQUENCEs, not more than the limit for a chain"},
    {"SignedData.crls", skip_crls, "RFC 5652 5.1: [1]"},
    {"SignedData.signerInfos", read_signers,
     "RFC 5652 5.3: a SET of SignerInfo, not more than the limit for signers"}};

static bool read_signed_data(daotp__bytes der, daotp__signed_data *out, daotp__fault *fault)
{
    daotp__bytes info, oid, explicit, in;

    if (fault != NULL)
        *fault = (daotp__fault){.whole = der};
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &info) || !daotp__der_read_oid(&info, &oid) ||
        !daotp__oid_is(oid, DAOTP__OID_SIGNED_DATA) ||
        !daotp__der_only(info, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) ||
        !daotp__der_only(explicit, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(fault, "ContentInfo", der,
                                "RFC 5652 3, 5.1: a SEQUENCE of id-signedData and [0] with a "
                                "SEQUENCE, and nothing behind it");
    return daotp__fields_read(signed_data_fields,
                              sizeof signed_data_fields / sizeof signed_data_fields[0], &in, out,
                              fault);
}

bool daotp__cms_is_content_info(daotp__bytes in)
{
    daotp__bytes info;

    return daotp__der_read(&in, DAOTP__DER_SEQUENCE, &info) &&
           daotp__der_peek(&info, DAOTP__DER_OID);
}

bool daotp__signed_data_read(daotp__bytes der, daotp__signed_data *out)
{
    return read_signed_data(der, out, NULL);
}

bool daotp__signed_data_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__signed_data ignored;

    return !read_signed_data(der, &ignored, fault);
}

static bool has_key_id(const daotp__certificate *certificate, daotp__bytes key_id)
{
    const daotp__extension *ski = daotp__extensions_find(&certificate->extensions, DAOTP__OID_SKI);
    daotp__bytes value;

    return ski != NULL && daotp__der_only(ski->value, DAOTP__DER_OCTET_STRING, &value) &&
           daotp__bytes_equal(value, key_id);
}

static bool is_of(const daotp__signer *signer, const daotp__certificate *certificate)
{
    if (signer->key_id.data != NULL)
        return has_key_id(certificate, signer->key_id);
    return daotp__name_equal(signer->issuer, certificate->issuer) &&
           daotp__bytes_equal(signer->serial, certificate->serial);
}

bool daotp__signer_certificate(const daotp__signed_data *from, const daotp__signer *signer,
                               daotp__certificate *certificate)
{
    daotp__certificate candidate;
    unsigned found = 0;

    for (size_t i = 0; i < from->certificate_count; i++)
        if (daotp__certificate_read(from->certificates[i], &candidate) &&
            is_of(signer, &candidate)) {
            *certificate = candidate;
            found++;
        }
    return found == 1;
}

bool daotp__signer_attributes_fit(const daotp__signed_data *from, const daotp__signer *signer)
{
    daotp__hash hash = daotp__algorithm_hash(&signer->digest);
    uint8_t digest[DAOTP__HASH_MAX];

    return hash != DAOTP__HASH_NONE && from->content.data != NULL &&
           daotp__bytes_equal(signer->content_type, from->content_type) &&
           daotp__hash_bytes(hash, from->content, digest) &&
           daotp__bytes_equal(signer->message_digest,
                              (daotp__bytes){digest, daotp__hash_len(hash)});
}

/* The signature covers the attributes with the tag of a SET in place of [0] (RFC 5652 5.4). */
static const uint8_t set_tag[] = {DAOTP__DER_SET};
static const daotp__bytes set_tag_bytes = {set_tag, sizeof set_tag};

static daotp__bytes behind_tag(const daotp__signer *signer)
{
    return (daotp__bytes){signer->attributes.data + 1, signer->attributes.len - 1};
}

bool daotp__signer_verify(const daotp__signer *signer, daotp__bytes spki)
{
    return signer->attributes.len > 0 &&
           daotp__signature_verify_cms(spki, &signer->signature_algorithm,
                                       daotp__algorithm_hash(&signer->digest), set_tag_bytes,
                                       behind_tag(signer), signer->signature);
}

bool daotp__signer_is_no_signature(const daotp__signer *signer)
{
    daotp__hash hash = daotp__algorithm_hash(&signer->digest);
    uint8_t digest[DAOTP__HASH_MAX];

    return signer->signature_algorithm.known == DAOTP__OID_NO_SIGNATURE &&
           hash != DAOTP__HASH_NONE && signer->attributes.len > 0 &&
           daotp__hash_parts(hash, set_tag_bytes, behind_tag(signer), digest) &&
           signer->signature.len == daotp__hash_len(hash) &&
           CRYPTO_memcmp(signer->signature.data, digest, signer->signature.len) == 0;
}
