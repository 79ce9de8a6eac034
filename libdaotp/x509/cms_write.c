/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes SignedData as MS-WCCE 3.1.1.4.3.3.3 requires it: the no-signature signer, then the RA. */
#include "x509/cms.h"
#include "x509/derw.h"

static void write_attribute(daotp__buffer *out, enum daotp__oid oid, uint8_t tag,
                            daotp__bytes value)
{
    size_t attribute = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), set;

    daotp__derw_oid(out, daotp__oid(oid));
    set = daotp__derw_begin(out, DAOTP__DER_SET);
    daotp__derw_item(out, tag, value.data, value.len);
    daotp__derw_end(out, set);
    daotp__derw_end(out, attribute);
}

/* Write the signed attributes of both signers, with the tag of a SET and without signingTime, as
 * Windows does. DER sorts a SET: contentType comes before messageDigest, because it is shorter
 * for all content types that we write. */
static bool cms_write_attributes(daotp__bytes content_type, daotp__bytes content, daotp__hash hash,
                                 daotp__buffer *out)
{
    uint8_t digest[DAOTP__HASH_MAX];
    size_t set;

    if (!daotp__hash_bytes(hash, content, digest))
        return false;
    set = daotp__derw_begin(out, DAOTP__DER_SET);
    write_attribute(out, DAOTP__OID_CONTENT_TYPE, DAOTP__DER_OID, content_type);
    write_attribute(out, DAOTP__OID_MESSAGE_DIGEST, DAOTP__DER_OCTET_STRING,
                    (daotp__bytes){digest, daotp__hash_len(hash)});
    daotp__derw_end(out, set);
    return true;
}

static void write_implicit_attributes(daotp__buffer *out, daotp__bytes attributes)
{
    daotp__buffer_byte(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__buffer_add(out, attributes.data + 1, attributes.len - 1);
}

/* issuer: one RDN, dummy signer = "Dummy Signer"; serial 0 */
static void write_dummy_sid(daotp__buffer *out)
{
    size_t sid = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t name = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t rdn = daotp__derw_begin(out, DAOTP__DER_SET);
    size_t pair = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_DUMMY_SIGNER));
    daotp__derw_text(out, DAOTP__DER_PRINTABLE_STRING, "Dummy Signer");
    daotp__derw_end(out, pair);
    daotp__derw_end(out, rdn);
    daotp__derw_end(out, name);
    daotp__derw_unsigned(out, 0);
    daotp__derw_end(out, sid);
}

static bool write_dummy(daotp__hash hash, daotp__bytes attributes, daotp__buffer *out)
{
    size_t info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), algorithm;
    uint8_t digest[DAOTP__HASH_MAX];

    if (!daotp__hash_bytes(hash, attributes, digest))
        return false;
    daotp__derw_unsigned(out, 1);
    write_dummy_sid(out);
    daotp__algorithm_write_hash(out, hash);
    write_implicit_attributes(out, attributes);
    algorithm = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_oid(out, daotp__oid(DAOTP__OID_NO_SIGNATURE));
    daotp__derw_null(out);
    daotp__derw_end(out, algorithm);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, digest, daotp__hash_len(hash));
    daotp__derw_end(out, info);
    return true;
}

static daotp_status write_signer(daotp__hash hash, daotp__bytes attributes, const daotp_key *key,
                                 const daotp__certificate *leaf, daotp__buffer *out)
{
    size_t info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), sid, octets;
    daotp_status status;

    daotp__derw_unsigned(out, 1);
    sid = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_raw(out, leaf->issuer);
    daotp__derw_item(out, DAOTP__DER_INTEGER, leaf->serial.data, leaf->serial.len);
    daotp__derw_end(out, sid);
    daotp__algorithm_write_hash(out, hash);
    write_implicit_attributes(out, attributes);
    daotp__key_write_cms_algorithm(key, hash, out);
    octets = daotp__derw_begin(out, DAOTP__DER_OCTET_STRING);
    status = daotp__key_sign(key, hash, attributes, out);
    daotp__derw_end(out, octets);
    daotp__derw_end(out, info);
    return status;
}

/* X.690 11.6: the elements of a SET OF are in ascending order of their encodings. Whether the
 * no-signature signer comes first in that order too. */
static bool in_der_order(const daotp__buffer *signers, size_t split)
{
    size_t left = split, right = signers->len - split, common = left < right ? left : right;

    for (size_t i = 0; i < common; i++)
        if (signers->data[i] != signers->data[split + i])
            return signers->data[i] < signers->data[split + i];
    return left < right;
}

static daotp_status write_signers(daotp__bytes content_type, daotp__bytes content, daotp__hash hash,
                                  const daotp_key *key, const daotp__certificate *leaf,
                                  daotp__buffer *signers, daotp_report *report)
{
    daotp__buffer attributes;
    daotp_status status = DAOTP_INTERNAL;
    size_t split = 0;

    daotp__buffer_init(&attributes, DAOTP__MAX_TEXT);
    if (cms_write_attributes(content_type, content, hash, &attributes) &&
        attributes.failed == DAOTP_OK &&
        write_dummy(hash, daotp__buffer_bytes(&attributes), signers)) {
        split = signers->len;
        status = write_signer(hash, daotp__buffer_bytes(&attributes), key, leaf, signers);
    }
    if (attributes.failed != DAOTP_OK || signers->failed != DAOTP_OK)
        status = attributes.failed != DAOTP_OK ? attributes.failed : signers->failed;
    daotp__buffer_free(&attributes);
    if (status == DAOTP_OK && !in_der_order(signers, split))
        return daotp__report_add(report, DAOTP_FINDING_CMC_ORDER, 0, "signed request",
                                 "%zu and %zu bytes", split, signers->len - split);
    return status;
}

static void write_encap(daotp__buffer *out, daotp__bytes content_type, daotp__bytes content)
{
    size_t encap = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), explicit;

    daotp__derw_oid(out, content_type);
    explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, content.data, content.len);
    daotp__derw_end(out, explicit);
    daotp__derw_end(out, encap);
}

static void write_signed_data(daotp__bytes content_type, daotp__bytes content, daotp__hash hash,
                              const daotp__certificate *leaf, const daotp__buffer *signers,
                              daotp__buffer *out)
{
    size_t data = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), mark;

    daotp__derw_unsigned(out, 3); /* RFC 5652 5.1: eContentType is not id-data */
    mark = daotp__derw_begin(out, DAOTP__DER_SET);
    daotp__algorithm_write_hash(out, hash);
    daotp__derw_end(out, mark);
    write_encap(out, content_type, content);
    daotp__derw_item(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0), leaf->der.data, leaf->der.len);
    daotp__derw_item(out, DAOTP__DER_SET, signers->data, signers->len);
    daotp__derw_end(out, data);
}

daotp_status daotp__cms_sign(daotp__bytes content_type, daotp__bytes content, daotp__hash hash,
                             const daotp_key *key, const daotp__certificate *leaf,
                             daotp__buffer *out, daotp_report *report)
{
    size_t info, explicit;
    daotp__buffer signers;
    daotp_status status;

    daotp__buffer_init(&signers, DAOTP__MAX_CMC);
    status = write_signers(content_type, content, hash, key, leaf, &signers, report);
    if (status == DAOTP_OK) {
        info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
        daotp__derw_oid(out, daotp__oid(DAOTP__OID_SIGNED_DATA));
        explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
        write_signed_data(content_type, content, hash, leaf, &signers, out);
        daotp__derw_end(out, explicit);
        daotp__derw_end(out, info);
        status = out->failed;
    }
    daotp__buffer_free(&signers);
    return status;
}
