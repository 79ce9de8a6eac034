/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS#10 request that a Windows client builds (MS-WCCE 2.2.2.6.1, RFC 2986), written and
 * read. */
#ifndef DAOTP_REQUEST_CSR_H
#define DAOTP_REQUEST_CSR_H

#include "core/report.h"
#include "x509/certificate.h"
#include "x509/key.h"

/* MS-WCCE 2.2.2.7.4: the program that makes the request. 1001 and up are free for programs other
 * than Windows. */
typedef struct daotp__client_info {
    uint32_t id;
    daotp__bytes machine, user, process; /* UTF-8 */
} daotp__client_info;

/* The content of a request. Members that are empty or NULL are left out. */
typedef struct daotp__csr_spec {
    daotp__bytes subject; /* a Name in DER; empty: the empty name */
    daotp__template template;
    daotp__bytes upn;        /* UTF-8 */
    daotp__bytes os_version; /* "major.minor.build.platform" */
    const daotp__client_info *client_info;
    daotp__bytes csp_provider; /* ASCII */
    bool is_ra;                /* for the certificate of a registration authority, which signs */
    daotp__bytes dns_name;
    daotp__bytes renewed; /* a certificate in DER that is to be renewed (MS-WCCE 2.2.2.7.3) */
} daotp__csr_spec;

/* Append the Extensions that a request asks for; false when libcrypto fails. */
bool daotp__csr_write_extensions(daotp__buffer *out, const daotp__csr_spec *spec,
                                 daotp__bytes spki);
/* Append CertificationRequestInfo, and a whole request signed with the key's own hash. */
daotp_status daotp__csr_write_info(const daotp__csr_spec *spec, daotp__bytes spki,
                                   daotp__buffer *out);
daotp_status daotp__csr_write(const daotp__csr_spec *spec, const daotp_key *key,
                              daotp__buffer *out);

typedef struct daotp__csr {
    daotp__bytes der, info;
    daotp__bytes subject, spki; /* whole */
    daotp__extensions extensions;
    daotp__bytes os_version, csp_provider; /* content; the provider in UTF-16BE */
    daotp__client_info client_info;
    bool has_client_info, has_renewal, has_name_value_pair;
    daotp__bytes unknown_attribute; /* the type of the first attribute that is not allowed */
    daotp__bytes repeated; /* the type of the attribute that occurs twice, if reading failed for
                              that reason */
    daotp__algorithm algorithm;
    daotp__bytes signature;
} daotp__csr;

bool daotp__csr_read(daotp__bytes der, daotp__csr *csr);
/* Describe the fault of a request that cannot be read; false: there is none. */
bool daotp__csr_find_fault(daotp__bytes der, daotp__fault *fault);
/* Read a PKCS#10 in the forms that tools write: DER, PEM, base64 without PEM lines, UTF-16.
 * Appends its DER to out. DAOTP_MEMORY, or DAOTP_PEER with *fault if it is not exactly one PKCS#10.
 * */
daotp_status daotp__csr_load(daotp__bytes in, daotp__buffer *out, char fault[DAOTP__FAULT_TEXT]);
bool daotp__csr_verify(const daotp__csr *csr); /* proof of possession */
bool daotp__client_info_read(daotp__bytes value, daotp__client_info *info);
void daotp__client_info_write(daotp__buffer *out, const daotp__client_info *info);

#endif
