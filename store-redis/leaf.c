/* SPDX-License-Identifier: BSD-2-Clause */
#include "leaf.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

/* The UPN: an otherName of type 1.3.6.1.4.1.311.20.2.3, a UTF8String. */
static bool is_upn(const GENERAL_NAME *name)
{
    return name->type == GEN_OTHERNAME && OBJ_obj2nid(name->d.otherName->type_id) == NID_ms_upn &&
           name->d.otherName->value->type == V_ASN1_UTF8STRING;
}

static bool copy_upn(const X509 *leaf, char upn[LEAF_TEXT])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    bool ok = true;

    *upn = '\0';
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && *upn == '\0' && ok; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        int len;

        if (!is_upn(name))
            continue;
        len = ASN1_STRING_length(name->d.otherName->value->value.utf8string);
        ok = len > 0 && len < LEAF_TEXT;
        if (ok) {
            memcpy(upn, ASN1_STRING_get0_data(name->d.otherName->value->value.utf8string),
                   (size_t)len);
            upn[len] = '\0';
        }
    }
    GENERAL_NAMES_free(names);
    return ok;
}

/* CertificateTemplate, MS-WCCE 2.2.2.7.7.2: a SEQUENCE that begins with an OBJECT IDENTIFIER. */
static bool copy_template(const X509 *leaf, char oid[LEAF_TEXT])
{
    ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.4.1.311.21.7", 1);
    int at = type != NULL ? X509_get_ext_by_OBJ(leaf, type, -1) : -1;
    X509_EXTENSION *extension = at >= 0 ? X509_get_ext(leaf, at) : NULL;
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    ASN1_SEQUENCE_ANY *parts = NULL;
    int len = 0;

    *oid = '\0';
    if (value != NULL) {
        const unsigned char *der = ASN1_STRING_get0_data(value);

        parts = d2i_ASN1_SEQUENCE_ANY(NULL, &der, ASN1_STRING_length(value));
    }
    if (sk_ASN1_TYPE_num(parts) > 0 && sk_ASN1_TYPE_value(parts, 0)->type == V_ASN1_OBJECT)
        len = OBJ_obj2txt(oid, LEAF_TEXT, sk_ASN1_TYPE_value(parts, 0)->value.object, 1);
    sk_ASN1_TYPE_pop_free(parts, ASN1_TYPE_free);
    ASN1_OBJECT_free(type);
    return len < LEAF_TEXT;
}

bool leaf_names_read(const void *pem, size_t len, leaf_names *names)
{
    BIO *bio;
    X509 *leaf;
    bool ok;

    (void)ERR_set_mark();
    bio = BIO_new_mem_buf(pem, (int)len);
    leaf = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    ok = leaf != NULL && copy_upn(leaf, names->upn) && copy_template(leaf, names->template_oid);
    X509_free(leaf);
    BIO_free(bio);
    (void)ERR_pop_to_mark();
    return ok;
}
