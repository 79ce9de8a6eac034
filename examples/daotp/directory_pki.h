/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the PKI of a forest from its directory: the OTP logon templates, the CAs and the templates
 * that they issue, and the certificates in NTAuth and AIA. The result has no pointers, so that a
 * child process can pass it in shared memory. */
#ifndef DIRECTORY_PKI_H
#define DIRECTORY_PKI_H

#include "discovery.h"

enum { PKI_CERTIFICATES = 256, PKI_DIGEST = 32 };

typedef enum pki_place { PKI_NTAUTH, PKI_AIA, PKI_SERVICE, PKI_PLACES } pki_place;

/* A certificate, and the place in the directory that has it. */
typedef struct pki_certificate {
    pki_place place;
    char entry[MAX_NAME], subject[2 * MAX_NAME];
    unsigned char digest[PKI_DIGEST], subject_digest[PKI_DIGEST]; /* SHA-256 */
    int64_t begin_s, end_s;
} pki_certificate;

typedef struct pki_service {
    char name[MAX_NAME];
    bool issues; /* the CA issues by at least one of the templates */
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
    bool is_cut;                   /* the directory has more than fits here */
} directory_pki;

/* oid: the object identifier of the template; NULL: all templates that require the application
 * policy DA OTP RA. Returns false if a search failed, which was reported by the directory's `say`,
 * or if it is not the directory of Active Directory: configuration is then empty. */
bool directory_pki_read(directory *from, const char *oid, directory_pki *pki);

#endif
