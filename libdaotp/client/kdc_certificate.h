/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks whether the certificate with which a KDC signed its PKINIT reply is one of a KDC of this
 * realm. Purpose, key usage and names are checked here (RFC 4556 3.2.4, MS-PKCA 3.1.5.2) instead of
 * in libkrb5, which refuses the certificate of every default domain controller. The validator
 * checks path, dates, key, hash and revocation. libkrb5 checks that the key of the certificate made
 * the signature.
 */
#ifndef DAOTP_CLIENT_KDC_CERTIFICATE_H
#define DAOTP_CLIENT_KDC_CERTIFICATE_H

#include "core/buffer.h"
#include "net/loop.h"

#include <daotp/credential.h>
#include <daotp/verify.h>

typedef struct daotp__kdc_check daotp__kdc_check;

typedef struct daotp__kdc_spec {
    daotp__loop *loop;
    daotp_trust *trust; /* NULL: the path is not verified; counted */
    daotp_revocation revocation;
    daotp_fetcher *fetcher; /* NULL: nothing is fetched */
    const char *realm;
    const char *host; /* host of the KDC as the caller set it; may be NULL or an address */
    const daotp_credential *credential; /* its CAs may be on the path too */
} daotp__kdc_spec;

/* Checks only purpose, key usage and names. Returns the status of the finding. */
daotp_status daotp__kdc_certificate_check(daotp__bytes certificate, const char *realm,
                                          const char *host, daotp_report *report);

/* signed_data: the ContentInfo of the reply; copied. */
daotp_status daotp__kdc_check_new(const daotp__kdc_spec *spec, daotp__bytes signed_data,
                                  daotp_report *report, daotp__kdc_check **check);
void daotp__kdc_check_free(daotp__kdc_check *check);
/* DAOTP_AGAIN while a CRL, an issuer or an OCSP response is fetched. */
daotp_status daotp__kdc_check_step(daotp__kdc_check *check, daotp_report *report);

#endif
