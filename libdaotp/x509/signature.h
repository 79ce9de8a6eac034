/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking a signature with a public key, by libcrypto. */
#ifndef DAOTP_X509_SIGNATURE_H
#define DAOTP_X509_SIGNATURE_H

#include "x509/certificate.h"

/* Does signature verify over signed_bytes by the key in spki, the algorithm as an X.509 or PKCS#10
 * signature names it? PKCS#1 v1.5 for RSA, ECDSA for EC. What cannot be understood is false. */
bool daotp__signature_verify(daotp__bytes spki, const daotp__algorithm *algorithm,
                             daotp__bytes signed_bytes, daotp__bytes signature);
/* The same over two parts, the algorithm as a CMS signer names it, beside its digest. */
bool daotp__signature_verify_cms(daotp__bytes spki, const daotp__algorithm *algorithm,
                                 daotp__hash hash, daotp__bytes a, daotp__bytes b,
                                 daotp__bytes signature);

#endif
