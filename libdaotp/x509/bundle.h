/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a file that may hold several structures of one kind, certificates or CRLs: PEM with any
 * number of blocks, or one structure in DER; each also as x509/text_form.h brings it to these.
 */
#ifndef DAOTP_X509_BUNDLE_H
#define DAOTP_X509_BUNDLE_H

#include "core/report.h"
#include "x509/fault.h"
#include "x509/pem.h"

typedef struct daotp__bundle_kind {
    daotp_finding_number number; /* of a bundle that cannot be read */
    size_t max;                  /* octets of one structure that is decoded from text */
    /* A block of other use, a private key perhaps: its content is not decoded. NULL: no block is
     * skipped. */
    bool (*is_skipped)(const daotp__pem_reader *reader);
    /* Takes one structure. reader: the block it stands in, or NULL for DER. */
    daotp_status (*add)(void *list, daotp__bytes der, const daotp__pem_reader *reader,
                        const char *subject, daotp_report *report);
} daotp__bundle_kind;

/* DAOTP_OK, or the first status of add that is not, or that of the finding; what was added before
 * stays added. */
daotp_status daotp__bundle_read(const daotp__bundle_kind *kind, void *list, daotp__bytes in,
                                const char *subject, daotp_report *report);

/* The finding about a structure that cannot be read: its field, octet and rule. Of one that is
 * larger than its limit it is LIMIT-SIZE. reader: as in add. */
daotp_status daotp__bundle_refuse(const daotp__fault *fault, const daotp__pem_reader *reader,
                                  daotp_finding_number number, const char *subject,
                                  daotp_report *report);

#endif
