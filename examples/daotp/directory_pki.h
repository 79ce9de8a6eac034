/* SPDX-License-Identifier: BSD-2-Clause */
/* What the directory of a forest says of its PKI: the OTP logon templates, the CAs and what they
 * issue, NTAuth, and the certificates in AIA. No pointers: a child process can hand it over in
 * shared memory. */
#ifndef DIRECTORY_PKI_H
#define DIRECTORY_PKI_H

#include "discovery.h"

enum { PKI_CERTIFICATES = 256, PKI_DIGEST = 32 };

typedef enum pki_place { PKI_NTAUTH, PKI_AIA, PKI_SERVICE, PKI_PLACES } pki_place;

/* A certificate, and where it stands. */
typedef struct pki_certificate {
    pki_place place;
    char entry[MAX_NAME], subject[2 * MAX_NAME];
    unsigned char digest[PKI_DIGEST], subject_digest[PKI_DIGEST]; /* SHA-256 */
    int64_t begin_s, end_s;
} pki_certificate;

typedef struct pki_service {
    char name[MAX_NAME];
    bool issues; /* by one of the templates */
} pki_service;

typedef struct directory_pki {
    char configuration[MAX_LINE];
    template_facts templates[MAX_TEMPLATES];
    size_t template_count;
    pki_service services[MAX_CAS];
    size_t service_count;
    pki_certificate certificates[PKI_CERTIFICATES];
    size_t certificate_count;
    size_t unreadable[PKI_PLACES]; /* values of cACertificate that are no certificate */
    bool is_cut;                   /* there is more than fits */
} directory_pki;

/* oid: of the template; NULL for all that require the application policy DA OTP RA. False when the
 * directory failed, which it said itself, or is none of Active Directory: then configuration is
 * empty. */
bool directory_pki_read(directory *from, const char *oid, directory_pki *pki);

#endif
