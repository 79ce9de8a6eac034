/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Converts BER to DER. CMS and PKCS #7 may be sent in BER (RFC 5652 1, RFC 5280 4.2.2.1): with
 * indefinite lengths, constructed octet strings, and lengths in more octets than needed.
 * Certificates and CRLs inside a message are copied unchanged, so that a strict reader sees the
 * bytes that were signed.
 */
#ifndef DAOTP_X509_BER_H
#define DAOTP_X509_BER_H

#include "core/buffer.h"

/* Append the DER of a ContentInfo that holds SignedData. Returns false when the input is no such
 * ContentInfo, is malformed or is nested too deeply, or when out has no room. */
bool daotp__ber_cms_read(daotp__bytes in, daotp__buffer *out);

/* Append the DER of one structure of any type, for example of the content of a CMS message.
 * Every part is converted, certificates too. Returns false as above. */
bool daotp__ber_read(daotp__bytes in, daotp__buffer *out);

#endif
