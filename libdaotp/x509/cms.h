/* SPDX-License-Identifier: BSD-2-Clause */
/* CMS SignedData (RFC 5652 5). Reading is strict, and its results are views into the input. */
#ifndef DAOTP_X509_CMS_H
#define DAOTP_X509_CMS_H

#include "core/report.h"
#include "x509/certificate.h"
#include "x509/key.h"

typedef struct daotp__signer {
    daotp__bytes whole;
    daotp__bytes issuer, serial; /* issuerAndSerialNumber, or empty */
    daotp__bytes key_id;         /* subjectKeyIdentifier, or empty */
    daotp__algorithm digest, signature_algorithm;
    daotp__bytes attributes;                   /* whole signedAttrs, tag [0]; empty when absent */
    daotp__bytes content_type, message_digest; /* from the signed attributes */
    daotp__bytes unsigned_attributes;          /* content of the SET, not checked */
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
    bool has_other_certificates; /* certificates of another format were skipped */
} daotp__signed_data;

/* Whether this choice of CertificateChoices (RFC 5652 10.2.2) is not an X.509 certificate: an
 * extended certificate, an attribute certificate, or another format. These are skipped. */
bool daotp__cms_is_other_certificate(const daotp__der_item *item);

/* Read a ContentInfo that holds SignedData. Returns false when it holds another type or is
 * malformed. */
bool daotp__signed_data_read(daotp__bytes der, daotp__signed_data *out);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__signed_data_find_fault(daotp__bytes der, daotp__fault *fault);

/* Whether the input begins like a ContentInfo: a SEQUENCE whose first item is an OBJECT
 * IDENTIFIER. */
bool daotp__cms_is_content_info(daotp__bytes in);

/* Find the embedded certificate that the signer identifies. Returns false when there is none, or
 * more than one. */
bool daotp__signer_certificate(const daotp__signed_data *from, const daotp__signer *signer,
                               daotp__certificate *certificate);
/* Whether the signed attributes hold the type and the digest of this content (RFC 5652 5.4). */
bool daotp__signer_attributes_fit(const daotp__signed_data *from, const daotp__signer *signer);
bool daotp__signer_verify(const daotp__signer *signer, daotp__bytes spki);
/* Whether this is a valid no-signature signer (RFC 2797 3.3.3.1): its signature value is the
 * digest of the bytes that a signature would cover. */
bool daotp__signer_is_no_signature(const daotp__signer *signer);

/* Append SignedData over content with two signers: first the no-signature signer, then key.
 * leaf, the certificate of key, is embedded. */
daotp_status daotp__cms_sign(daotp__bytes content_type_oid, daotp__bytes content, daotp__hash hash,
                             const daotp_key *key, const daotp__certificate *leaf,
                             daotp__buffer *out, daotp_report *report);

#endif
