/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the certificate with which a KDC signed its PKINIT reply one of a KDC of this realm? Read from
 * the reply itself: purpose, key usage and names (RFC 4556 3.2.4, MS-PKCA 3.1.5.2), in place of
 * libkrb5's own checks, which take no certificate of a stock domain controller; and path, dates,
 * key, hash and revocation by the validator. That the certificate's key made the signature is
 * checked by libkrb5.
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
    daotp_trust *trust; /* NULL: the path is not looked at; counted */
    daotp_revocation revocation;
    daotp_fetcher *fetcher; /* NULL: nothing is fetched */
    const char *realm;
    const char *host; /* of the KDC, as the caller set it; may be NULL or an address */
    const daotp_credential *credential; /* whose CAs may stand on the path too */
} daotp__kdc_spec;

/* Purpose, key usage and names alone; the finding's status. */
daotp_status daotp__kdc_certificate_check(daotp__bytes certificate, const char *realm,
                                          const char *host, daotp_report *report);

/* signed_data: the ContentInfo of the reply; copied. */
daotp_status daotp__kdc_check_new(const daotp__kdc_spec *spec, daotp__bytes signed_data,
                                  daotp_report *report, daotp__kdc_check **check);
void daotp__kdc_check_free(daotp__kdc_check *check);
/* DAOTP_AGAIN while something is fetched. */
daotp_status daotp__kdc_check_step(daotp__kdc_check *check, daotp_report *report);

#endif
