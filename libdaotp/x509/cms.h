/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS SignedData (RFC 5652 5): read strictly as views, and written signer by signer. */
#ifndef DAOTP_X509_CMS_H
#define DAOTP_X509_CMS_H

#include "core/report.h"
#include "x509/certificate.h"
#include "x509/key.h"

typedef struct daotp__signer {
    daotp__bytes whole;
    daotp__bytes issuer, serial; /* issuerAndSerialNumber ... */
    daotp__bytes key_id;         /* ... or subjectKeyIdentifier */
    daotp__algorithm digest, signature_algorithm;
    daotp__bytes attributes;                   /* whole signedAttrs, tag [0]; empty when absent */
    daotp__bytes content_type, message_digest; /* from the signed attributes */
    daotp__bytes unsigned_attributes;          /* content of the SET, not looked at */
    uint32_t version;
    daotp__bytes signature;
} daotp__signer;

typedef struct daotp__signed_data {
    daotp__bytes content_type; /* eContentType */
    daotp__bytes content;      /* eContent; data is NULL when absent */
    daotp__bytes certificates[DAOTP__MAX_CHAIN];
    size_t certificate_count;
    daotp__signer signers[DAOTP__MAX_SIGNERS];
    size_t signer_count;
    uint32_t version;
    bool has_crls;
    bool has_other_certificates; /* of another format, skipped */
} daotp__signed_data;

/* RFC 5652 10.2.2: a choice of CertificateChoices that is no certificate as X.509 has them: an
 * extended or attribute certificate, or of another format. Such are skipped. */
bool daotp__cms_is_other_certificate(const daotp__der_item *item);

/* A ContentInfo of SignedData. Answers false when it is anything else, or malformed. */
bool daotp__signed_data_read(daotp__bytes der, daotp__signed_data *out);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__signed_data_find_fault(daotp__bytes der, daotp__fault *fault);

/* Does it begin as a ContentInfo does, with an OBJECT IDENTIFIER? */
bool daotp__cms_is_content_info(daotp__bytes in);

/* The embedded certificate that a signer points to; false when there is none, or two. */
bool daotp__signer_certificate(const daotp__signed_data *from, const daotp__signer *signer,
                               daotp__certificate *certificate);
/* Do the signed attributes name this content, by type and digest? */
bool daotp__signer_attributes_fit(const daotp__signed_data *from, const daotp__signer *signer);
bool daotp__signer_verify(const daotp__signer *signer, daotp__bytes spki);
/* A no-signature signer (RFC 2797 3.3.3.1): is its value the digest of what it would sign? */
bool daotp__signer_is_no_signature(const daotp__signer *signer);

/* Append the SignedData of content, signed by the no-signature signer and then by key, whose
 * certificate (leaf) is embedded with the others of the chain. */
daotp_status daotp__cms_sign(daotp__bytes content_type_oid, daotp__bytes content, daotp__hash hash,
                             const daotp_key *key, const daotp__certificate *leaf,
                             daotp__buffer *out, daotp_report *report);

#endif
