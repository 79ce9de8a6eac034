/* SPDX-License-Identifier: BSD-2-Clause */
/* OCSP answers (RFC 6960 4.2.1) written by hand, so that each piece of them can be a lie. */
#ifndef FETCH_OCSP_H
#define FETCH_OCSP_H

#include "verify_pki.h"

#define OCSP_OID_BASIC   "1.3.6.1.5.5.7.48.1.1"
#define OCSP_OID_NONCE   "1.3.6.1.5.5.7.48.1.2"
#define OCSP_OID_NOCHECK "1.3.6.1.5.5.7.48.1.5"
#define OCSP_OID_SIGNING "1.3.6.1.5.5.7.3.9"
#define OCSP_OID_AIA     "1.3.6.1.5.5.7.1.1"

#define OCSP_GOOD    PKI_BYTES("\x80\x00")
#define OCSP_UNKNOWN PKI_BYTES("\x82\x00")

typedef struct ocsp_spec {
    const pki_cert *about, *issuer;                /* of the certificate asked about */
    const EVP_MD *id_md;                           /* SHA-1, unless set */
    daotp__bytes id, status;                       /* status: good, unless set */
    int64_t this_update, next_update, produced_at; /* next_update 0: none */
    const pki_cert *by;                            /* who answers; NULL: the issuer */
    bool by_name;                                  /* named so, not by the hash of its key */
    EVP_PKEY *key;                                 /* that signs; NULL: of who answers */
    const EVP_MD *md;
    daotp__bytes nonce;                       /* no bytes: none */
    daotp__bytes certificates, extensions;    /* one after the other */
    daotp__bytes single_extensions;           /* the same, of the one answer */
    daotp__bytes before_responder, responder; /* version; instead of the right one */
    daotp__bytes singles, more_singles;       /* instead of the one answer; after it */
    daotp__bytes signature, after;            /* instead; behind all */
} ocsp_spec;

daotp__bytes ocsp_time(int64_t seconds);

daotp__bytes ocsp_revoked(int64_t when, int reason);

daotp__bytes ocsp_hash(const EVP_MD *md, daotp__bytes in);

/* Of the BIT STRING's content, as CertID and ResponderID want it. */
daotp__bytes ocsp_key_hash(const EVP_MD *md, const pki_cert *cert);

daotp__bytes ocsp_id(const pki_cert *about, const pki_cert *issuer, const EVP_MD *md);

daotp__bytes ocsp_single(const ocsp_spec *spec);

/* Around a BasicOCSPResponse, or whatever is in its place. */
daotp__bytes ocsp_wrap(daotp__bytes basic);

daotp__bytes ocsp_answer(const ocsp_spec *spec);

daotp__bytes ocsp_error(unsigned status);

/* An answer of the issuer's own about this certificate: good, a minute old, for a day. */
ocsp_spec ocsp_spec_of(const pki_cert *about, const pki_cert *issuer, int64_t now);

/* A certificate that the issuer gave for OCSP signing; nocheck: it need not be asked about. */
pki_spec ocsp_delegate_spec(EVP_PKEY *key, const pki_cert *issuer, bool nocheck);

#endif
