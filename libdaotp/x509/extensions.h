/* SPDX-License-Identifier: BSD-2-Clause */
/* X.509 extensions of certificates, CRLs and certificate requests: a list of views into the
 * input, and readers for the extensions that the library uses. Every reader returns false for a
 * malformed value. */
#ifndef DAOTP_X509_EXTENSIONS_H
#define DAOTP_X509_EXTENSIONS_H

#include "core/limits.h"
#include "x509/der.h"
#include "x509/fault.h"
#include "x509/oid.h"

typedef struct daotp__extension {
    daotp__bytes oid, value; /* value: the content of the OCTET STRING */
    bool critical;
} daotp__extension;

typedef struct daotp__extensions {
    daotp__extension list[DAOTP__MAX_EXTENSIONS];
    size_t count;
    daotp__bytes repeated; /* the OID that occurs twice, if that is why reading failed */
} daotp__extensions;

/* Read the content of the SEQUENCE Extensions (RFC 5280 4.1). An extension that occurs twice is
 * a fault (RFC 5280 4.2). */
bool daotp__extensions_read(daotp__bytes content, daotp__extensions *extensions);
/* The same; on failure fault, if it is not NULL, says what is malformed. */
bool daotp__extensions_read_why(daotp__bytes content, daotp__extensions *extensions,
                                daotp__fault *fault);
const daotp__extension *daotp__extensions_find(const daotp__extensions *extensions,
                                               enum daotp__oid oid);

/* Key usage bits (RFC 5280 4.2.1.3): 1 << n is the named bit n. */
enum {
    DAOTP__KU_DIGITAL_SIGNATURE = 1 << 0,
    DAOTP__KU_KEY_ENCIPHERMENT = 1 << 2,
    DAOTP__KU_CERT_SIGN = 1 << 5,
    DAOTP__KU_CRL_SIGN = 1 << 6
};
bool daotp__key_usage_read(const daotp__extension *extension, unsigned *bits);

/* The result of looking for a purpose in extended key usage or application policies. */
typedef struct daotp__purposes {
    size_t count;
    bool has;
} daotp__purposes;
bool daotp__eku_read(const daotp__extension *extension, enum daotp__oid purpose,
                     daotp__purposes *purposes);
bool daotp__policies_read(const daotp__extension *extension, enum daotp__oid purpose,
                          daotp__purposes *purposes);
/* Read the purposes of an extended key usage: call begin, then next until it returns false. */
bool daotp__eku_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__eku_next(daotp__bytes *cursor, daotp__bytes *oid);

bool daotp__basic_constraints_read(const daotp__extension *extension, bool *ca);
/* Whether the certificate is a CA certificate. Malformed basic constraints count as those of a
 * CA. */
bool daotp__extensions_are_of_ca(const daotp__extensions *extensions);

/* Authority key identifier (RFC 5280 4.2.1.1): key identifier, GeneralNames and serial number,
 * each empty when it is absent. */
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
/* One GeneralName of a subjectAltName. tag: its form, as above. content: the value; for an
 * otherName the value inside [0]. type: the type-id of an otherName, else empty. */
typedef struct daotp__general_name {
    uint8_t tag;
    daotp__bytes type, content;
} daotp__general_name;
bool daotp__san_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__san_next(daotp__bytes *cursor, daotp__general_name *name);
/* Whether the name is an otherName with a UPN in a UTF8String; then *upn is its text. */
bool daotp__san_is_upn(const daotp__general_name *name, daotp__bytes *upn);
/* Whether the name is an otherName with a KRB5PrincipalName (RFC 4556 3.2.2); then *realm is its
 * realm, and *parts its name-string: GeneralStrings, one after the other. */
bool daotp__san_is_principal(const daotp__general_name *name, daotp__bytes *realm,
                             daotp__bytes *parts);
/* Whether the name is the KRB5PrincipalName krbtgt/REALM in this realm. */
bool daotp__san_is_krbtgt(const daotp__general_name *name, daotp__bytes realm);

/* Authority information access (RFC 5280 4.2.2.1). read returns its AccessDescriptions; empty
 * when the extension is NULL or malformed. next returns the accessLocation (a GeneralName) of
 * the next one with this access method, or false. */
daotp__bytes daotp__aia_read(const daotp__extension *extension);
bool daotp__aia_next(daotp__bytes *cursor, enum daotp__oid method, daotp__bytes *location);

/* The SID in the extension 1.3.6.1.4.1.311.25.2 (MS-WCCE 2.2.2.7.7.4), as ASCII text. */
bool daotp__sid_read(const daotp__extension *extension, daotp__bytes *sid);
/* Whether the name is the URI "tag:microsoft.com,2022-09-14:sid:S-1-..." (MS KB5014754); then
 * *sid is its SID. */
bool daotp__san_is_sid(const daotp__general_name *name, daotp__bytes *sid);
/* Whether the text has the form of a SID: S-1-5-21-..., in decimal (MS-DTYP 2.4.2.1). */
bool daotp__sid_is_valid(daotp__bytes sid);

/* Which part of the certificate holds the SID by which a domain controller finds the account.
 * The extension is used before the URI; only Windows Server 2019 and later reads the URI
 * (MS-PKCA 3.1.5.2.1.6). */
typedef enum daotp__sid_place {
    DAOTP__SID_NONE,
    DAOTP__SID_UNREADABLE, /* the extension is present and malformed */
    DAOTP__SID_EXTENSION,
    DAOTP__SID_URI
} daotp__sid_place;
daotp__sid_place daotp__sid_find(const daotp__extensions *extensions, daotp__bytes *sid);

#endif
