/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads an OCSPRequest (RFC 6960 4.1.1). The results are views into the input. */
#ifndef DAOTP_X509_OCSP_REQUEST_H
#define DAOTP_X509_OCSP_REQUEST_H

#include "x509/fault.h"

typedef struct daotp__ocsp_request {
    daotp__bytes requestor;  /* requestorName, a GeneralName; empty: absent */
    daotp__bytes requests;   /* Requests, one after the other */
    daotp__bytes extensions; /* requestExtensions, the content of [2]; empty: absent */
    bool is_signed;
} daotp__ocsp_request;

bool daotp__ocsp_request_read(daotp__bytes der, daotp__ocsp_request *request);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__ocsp_request_find_fault(daotp__bytes der, daotp__fault *fault);

/* The CertID of a Request. */
typedef struct daotp__ocsp_cert_id {
    daotp__bytes hash; /* OID of the hash algorithm */
    daotp__bytes issuer_name_hash, issuer_key_hash, serial;
} daotp__ocsp_cert_id;
/* Read the Request at the front. */
bool daotp__ocsp_cert_id_read(daotp__bytes *requests, daotp__ocsp_cert_id *asked);

#endif
