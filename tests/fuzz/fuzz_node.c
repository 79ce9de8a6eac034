/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate that is kept. What we read of it is what OpenSSL reads, wherever both can. */
#include "fuzz.h"

#include "x509/name_match.h"
#include "x509/node.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

static bool is_within(daotp__bytes part, daotp__bytes whole)
{
    return part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

/* All views point into the node's own copy. */
static void check_views(const daotp__node *node)
{
    daotp__bytes own = {node->der, node->certificate.der.len};

    HOLDS(is_within(node->certificate.tbs, own) && is_within(node->certificate.spki, own));
    HOLDS(is_within(node->certificate.subject, own) && is_within(node->certificate.issuer, own));
    HOLDS(is_within(node->key_id, own) && is_within(node->authority_key_id, own));
    HOLDS(is_within(node->authority_issuer, own) && is_within(node->authority_serial, own));
    HOLDS(is_within(node->public_key.string, own));
}

static void check_facts(const daotp__node *node)
{
    bool same = daotp__name_equal(node->certificate.subject, node->certificate.issuer);

    HOLDS(node->is_self_issued == same);
    HOLDS(!same || node->subject_hash == node->issuer_hash);
    HOLDS(!node->is_ca || node->basic_constraints != NULL);
    HOLDS(node->path_length < 0 || node->basic_constraints != NULL);
    HOLDS(node->unknown == NULL || node->unknown->critical);
    HOLDS(node->usage == 0 || node->key_usage != NULL);
}

static bool equals(const ASN1_OCTET_STRING *theirs, daotp__bytes ours)
{
    if (theirs == NULL)
        return ours.len == 0;
    return daotp__bytes_equal(
        ours, (daotp__bytes){ASN1_STRING_get0_data(theirs), (size_t)ASN1_STRING_length(theirs)});
}

/* Bit 0 is the top bit of the first octet there, and the lowest here. */
static unsigned usage_of(X509 *x509)
{
    uint32_t theirs = X509_get_key_usage(x509);
    unsigned ours = 0;

    for (unsigned bit = 0; bit < 9; bit++)
        if ((theirs & (bit < 8 ? 0x80u >> bit : 0x8000u)) != 0)
            ours |= 1u << bit;
    return ours;
}

static long path_length_of(X509 *x509)
{
    long length = X509_get_pathlen(x509);

    return length > 16 ? -1 : length; /* longer than any path of ours */
}

static void compare_extensions(const daotp__node *node, X509 *x509)
{
    uint32_t flags = X509_get_extension_flags(x509);

    if (node->malformed != NULL || (flags & (EXFLAG_INVALID | EXFLAG_NO_FINGERPRINT)) != 0)
        return;
    HOLDS(node->is_ca == ((flags & EXFLAG_CA) != 0));
    HOLDS((node->basic_constraints != NULL) == ((flags & EXFLAG_BCONS) != 0));
    HOLDS((node->key_usage != NULL) == ((flags & EXFLAG_KUSAGE) != 0));
    if (node->key_usage != NULL)
        HOLDS((node->usage & 0x1FF) == usage_of(x509));
    if (node->is_ca)
        HOLDS(node->path_length == path_length_of(x509));
    HOLDS(equals(X509_get0_subject_key_id(x509), node->key_id));
    HOLDS(equals(X509_get0_authority_key_id(x509), node->authority_key_id));
}

/* A key that both can use is the same key; one that only we could use would be a hole. */
static void compare_keys(daotp__node *node, X509 *x509)
{
    bool no_memory = false;
    const daotp__verify_key *key = daotp__node_key(node, &no_memory);

    HOLDS(!no_memory && key == daotp__node_key(node, &no_memory));
    if (key == NULL)
        return;
    HOLDS(node->has_public_key && X509_get0_pubkey(x509) != NULL);
    HOLDS(EVP_PKEY_eq(X509_get0_pubkey(x509), key->pkey) == 1);
}

static void compare_serial(daotp__bytes ours, const ASN1_INTEGER *serial)
{
    BIGNUM *theirs = ASN1_INTEGER_to_BN(serial, NULL);
    BIGNUM *bytes = BN_bin2bn(ours.data, (int)ours.len, NULL);

    HOLDS(BN_is_negative(theirs) == (ours.data[0] >= 0x80));
    HOLDS(BN_is_negative(theirs) || BN_cmp(theirs, bytes) == 0);
    BN_free(theirs);
    BN_free(bytes);
}

static void compare(daotp__node *node)
{
    const unsigned char *at = node->der;
    X509 *x509 = d2i_X509(NULL, &at, (long)node->certificate.der.len);

    if (x509 != NULL) {
        compare_serial(node->certificate.serial, X509_get0_serialNumber(x509));
        compare_extensions(node, x509);
        compare_keys(node, x509);
    }
    X509_free(x509);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__certificate certificate;
    daotp__nodes nodes;
    daotp__node *node;
    daotp_status status = daotp__node_new(in, (size & 1) != 0, &node);

    HOLDS(status == DAOTP_OK || status == DAOTP_PEER);
    HOLDS((status == DAOTP_OK) == (node != NULL));
    HOLDS(status != DAOTP_OK || daotp__certificate_read(in, &certificate));
    daotp__nodes_init(&nodes, 2);
    HOLDS(daotp__nodes_add(&nodes, in, false) == status);
    HOLDS(daotp__nodes_add(&nodes, in, true) == status);
    HOLDS(daotp__nodes_add(&nodes, in, true) == DAOTP_PEER); /* it is full, or never was one */
    HOLDS(nodes.count == (status == DAOTP_OK ? 2 : 0));
    if (node != NULL) {
        check_views(node);
        check_facts(node);
        compare(node);
    }
    daotp__node_free(node);
    daotp__nodes_free(&nodes);
    return 0;
}
