/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Kerberos messages of a logon by PKINIT, as far as they say why it failed: KRB-ERROR with its
 * e-data (RFC 4120 5.9.1, RFC 4556 3.1.3, MS-KILE 2.2.1), and the certificates that the KDC signed
 * its answer with (RFC 4556 3.2.3). Bytes in, views out: no input or output, and no libkrb5, which
 * hides most of this from its caller.
 */
#ifndef DAOTP_CLIENT_KRB_MESSAGE_H
#define DAOTP_CLIENT_KRB_MESSAGE_H

#include "core/limits.h"
#include "x509/der.h"

enum {
    DAOTP__KRB_PREAUTH_REQUIRED = 25, /* KRB-ERROR codes that this library treats specially */
    DAOTP__KRB_SKEW = 37,
    DAOTP__KRB_WRONG_REALM = 68,
    DAOTP__PA_PK_AS_REQ = 16, /* pre-authentication types */
    DAOTP__PA_PK_AS_REP = 17
};

typedef struct daotp__krb_error {
    int32_t code;          /* RFC 4120 7.5.9 */
    int64_t server_time_s; /* the KDC's clock, since 1970 */
    daotp__bytes realm, text;
    daotp__bytes client_realm; /* under KDC_ERR_WRONG_REALM: where to ask instead (RFC 6806 7) */
    bool has_list;             /* e-data is a METHOD-DATA or a TYPED-DATA */
    size_t type_count;
    int32_t types[DAOTP__MAX_PADATA]; /* of that list, in its order */
    bool has_ntstatus;
    uint32_t ntstatus;
    /* the values of TD-TRUSTED-CERTIFIERS, TD-INVALID-CERTIFICATES, TD-DH-PARAMETERS and
     * TD-CMS-DIGEST-ALGORITHMS; empty when absent */
    daotp__bytes certifiers, invalid_certificates, dh_parameters, digests;
} daotp__krb_error;

/* Whether this is a KRB-ERROR. Views into message. e-data that cannot be read is ignored,
 * because the code is enough. */
bool daotp__krb_error_read(daotp__bytes message, daotp__krb_error *error);
/* Whether the list in e-data has this type. */
bool daotp__krb_error_has_type(const daotp__krb_error *error, int32_t type);

/* ExternalPrincipalIdentifier (RFC 4556 3.2.1), one after the other until false. Each view is empty
 * when it is absent; issuer and serial are those of issuerAndSerialNumber. */
typedef struct daotp__krb_principal_id {
    daotp__bytes subject; /* whole Name */
    daotp__bytes issuer;  /* whole Name */
    daotp__bytes serial;  /* content octets */
    daotp__bytes key_id;
} daotp__krb_principal_id;
bool daotp__krb_ids_begin(daotp__bytes value, daotp__bytes *cursor);
bool daotp__krb_ids_next(daotp__bytes *cursor, daotp__krb_principal_id *id);

/* The group of one AlgorithmIdentifier of TD-DH-PARAMETERS, one after the other until false: bits
 * of the prime, or 0 where it is another kind of group; oid is the algorithm's, or the curve's. */
bool daotp__krb_groups_next(daotp__bytes *cursor, unsigned *bits, daotp__bytes *oid);

/* Whether this AS-REQ has a PA-PK-AS-REQ. */
bool daotp__krb_as_req_has_pkinit(daotp__bytes message);
/* The ContentInfo that the KDC signed, from the PA-PK-AS-REP of an AS-REP. false when there is
 * none, as where the key travels encrypted under the user's certificate (RFC 4556 3.2.3.2). */
bool daotp__krb_as_rep_signed_data(daotp__bytes message, daotp__bytes *content_info);

/* The name, like "KDC_ERR_PADATA_TYPE_NOSUPP"; "" for a code that no specification names. */
const char *daotp__krb_error_name(int32_t code);
/* The name and Windows' text of an NTSTATUS; "" for one that is not in the table. */
const char *daotp__ntstatus_text(uint32_t status);

#endif
