/* SPDX-License-Identifier: BSD-2-Clause */
/* A request for OCSP (RFC 6960 4.1.1), read as views: what is asked about. */
#ifndef DAOTP_X509_OCSP_REQUEST_H
#define DAOTP_X509_OCSP_REQUEST_H

#include "x509/fault.h"

typedef struct daotp__ocsp_request {
    daotp__bytes requestor;  /* the GeneralName; empty: none */
    daotp__bytes requests;   /* Requests, one after the other */
    daotp__bytes extensions; /* the content of [2]; empty: none */
    bool is_signed;
} daotp__ocsp_request;

bool daotp__ocsp_request_read(daotp__bytes der, daotp__ocsp_request *request);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__ocsp_request_find_fault(daotp__bytes der, daotp__fault *fault);

/* CertID: the certificate that is asked about. */
typedef struct daotp__ocsp_asked {
    daotp__bytes hash; /* the OID */
    daotp__bytes issuer_name_hash, issuer_key_hash, serial;
} daotp__ocsp_asked;
/* One Request off the front. */
bool daotp__ocsp_asked_read(daotp__bytes *requests, daotp__ocsp_asked *asked);

#endif
