/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMS and PKCS #7 may be sent in BER (RFC 5652 1, RFC 5280 4.2.2.1): with indefinite lengths, octet
 * strings in pieces, lengths in more octets than needed. Brought to DER here. What a message holds
 * as certificates and CRLs is copied octet by octet, so that a strict reader sees what was signed.
 */
#ifndef DAOTP_X509_BER_H
#define DAOTP_X509_BER_H

#include "core/buffer.h"

/* Append the DER of a ContentInfo of SignedData. false when it is none, or malformed, or nested too
 * deeply; or out has no room. */
bool daotp__ber_cms_read(daotp__bytes in, daotp__buffer *out);

/* Append the DER of one structure of any kind, nothing of it copied as it is: of the content of a
 * CMS message, which may be in BER too. false as above. */
bool daotp__ber_read(daotp__bytes in, daotp__buffer *out);

#endif
