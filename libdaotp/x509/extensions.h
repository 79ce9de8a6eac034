/* SPDX-License-Identifier: BSD-2-Clause */
/* X.509 extensions, as certificates and certificate requests carry them: a list of views, and
 * readers for those that matter here. Every reader answers false for a malformed value. */
#ifndef DAOTP_X509_EXTENSIONS_H
#define DAOTP_X509_EXTENSIONS_H

#include "core/limits.h"
#include "x509/der.h"
#include "x509/fault.h"
#include "x509/oid.h"

typedef struct daotp__extension {
    daotp__bytes oid, value; /* value: what is inside the OCTET STRING */
    bool critical;
} daotp__extension;

typedef struct daotp__extensions {
    daotp__extension list[DAOTP__MAX_EXTENSIONS];
    size_t count;
    daotp__bytes repeated; /* the type of the one that stands twice, where that made reading fail */
} daotp__extensions;

/* Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension, RFC 5280 4.1: the content of that SEQUENCE.
 * No extension may stand twice. */
bool daotp__extensions_read(daotp__bytes content, daotp__extensions *extensions);
/* The same, with what is wrong; fault may be NULL. */
bool daotp__extensions_read_why(daotp__bytes content, daotp__extensions *extensions,
                                daotp__fault *fault);
const daotp__extension *daotp__extensions_find(const daotp__extensions *extensions,
                                               enum daotp__oid oid);

/* Key usage bits, RFC 5280 4.2.1.3, bit 0 being the first. */
enum {
    DAOTP__KU_DIGITAL_SIGNATURE = 1 << 0,
    DAOTP__KU_KEY_ENCIPHERMENT = 1 << 2,
    DAOTP__KU_CERT_SIGN = 1 << 5,
    DAOTP__KU_CRL_SIGN = 1 << 6
};
bool daotp__key_usage_read(const daotp__extension *extension, unsigned *bits);

/* Extended key usage or application policies: is purpose in it, and how many are there? */
typedef struct daotp__purposes {
    size_t count;
    bool has;
} daotp__purposes;
bool daotp__eku_read(const daotp__extension *extension, enum daotp__oid purpose,
                     daotp__purposes *purposes);
bool daotp__policies_read(const daotp__extension *extension, enum daotp__oid purpose,
                          daotp__purposes *purposes);
/* The purposes of an extended key usage: begin, then one after the other until false. */
bool daotp__eku_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__eku_next(daotp__bytes *cursor, daotp__bytes *oid);

bool daotp__basic_constraints_read(const daotp__extension *extension, bool *ca);
/* Is it a CA's certificate? One whose basic constraints cannot be read counts as one. */
bool daotp__extensions_are_of_ca(const daotp__extensions *extensions);

/* Authority key identifier, RFC 5280 4.2.1.1: key identifier, GeneralNames and serial number, each
 * empty when it is not there. */
bool daotp__aki_read(const daotp__extension *extension, daotp__bytes *key_id, daotp__bytes *issuer,
                     daotp__bytes *serial);

/* Certificate template, MS-WCCE 2.2.2.7.7.2. */
typedef struct daotp__template {
    daotp__bytes oid;
    uint32_t major, minor;
    bool has_major, has_minor;
} daotp__template;
bool daotp__template_read(const daotp__extension *extension, daotp__template *template);

/* The forms of GeneralName and their tags (RFC 5280 4.2.1.6). */
enum {
    DAOTP__GENERAL_NAME_OTHER = DAOTP__DER_CONTEXT_CONSTRUCTED(0),
    DAOTP__GENERAL_NAME_EMAIL = DAOTP__DER_CONTEXT(1),
    DAOTP__GENERAL_NAME_DNS = DAOTP__DER_CONTEXT(2),
    DAOTP__GENERAL_NAME_X400 = DAOTP__DER_CONTEXT_CONSTRUCTED(3),
    DAOTP__GENERAL_NAME_DIRECTORY = DAOTP__DER_CONTEXT_CONSTRUCTED(4),
    DAOTP__GENERAL_NAME_EDI = DAOTP__DER_CONTEXT_CONSTRUCTED(5),
    DAOTP__GENERAL_NAME_URI = DAOTP__DER_CONTEXT(6),
    DAOTP__GENERAL_NAME_ADDRESS = DAOTP__DER_CONTEXT(7),
    DAOTP__GENERAL_NAME_REGISTERED = DAOTP__DER_CONTEXT(8)
};
/* Subject alternative names: one after the other, tag as in GeneralName. For an otherName type is
 * its type and content the value inside [0]; else content is the name's. */
typedef struct daotp__general_name {
    uint8_t tag;
    daotp__bytes type, content;
} daotp__general_name;
bool daotp__san_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__san_next(daotp__bytes *cursor, daotp__general_name *name);
/* Is this a UPN otherName with a UTF8String? Then upn is its text. */
bool daotp__san_is_upn(const daotp__general_name *name, daotp__bytes *upn);
/* Is this an otherName KRB5PrincipalName (RFC 4556 3.2.2)? Then realm is its text, and parts is a
 * row of GeneralStrings, the parts of its name. */
bool daotp__san_is_principal(const daotp__general_name *name, daotp__bytes *realm,
                             daotp__bytes *parts);
/* Is it the name krbtgt/REALM in this realm? */
bool daotp__san_is_krbtgt(const daotp__general_name *name, daotp__bytes realm);

/* Authority information access, RFC 5280 4.2.2.1: all that is in it, empty when there is none or it
 * cannot be read; then the location (a GeneralName) of each access method of this kind, until
 * false. */
daotp__bytes daotp__aia_read(const daotp__extension *extension);
bool daotp__aia_next(daotp__bytes *cursor, enum daotp__oid method, daotp__bytes *location);

/* The SID of 1.3.6.1.4.1.311.25.2, MS-WCCE 2.2.2.7.7.4: ASCII text. */
bool daotp__sid_read(const daotp__extension *extension, daotp__bytes *sid);
/* Is this name a URI that holds a SID, "tag:microsoft.com,2022-09-14:sid:S-1-..." (MS KB5014754)?
 * Then sid is the text behind the tag. */
bool daotp__san_is_sid(const daotp__general_name *name, daotp__bytes *sid);
/* Is it written as a SID is: S-1-5-21-..., in decimal (MS-DTYP 2.4.2.1)? */
bool daotp__sid_is_valid(daotp__bytes sid);

/* Where the SID stands by which a domain controller finds the account. The extension goes before
 * the URI, which is read by Windows Server 2019 and later (MS-PKCA 3.1.5.2.1.6). */
typedef enum daotp__sid_place {
    DAOTP__SID_NONE,
    DAOTP__SID_UNREADABLE, /* the extension is there, and cannot be read */
    DAOTP__SID_EXTENSION,
    DAOTP__SID_URI
} daotp__sid_place;
daotp__sid_place daotp__sid_find(const daotp__extensions *extensions, daotp__bytes *sid);

#endif
