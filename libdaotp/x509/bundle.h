/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a file that may hold several structures of one kind, certificates or CRLs: PEM with any
 * number of blocks, or one structure in DER. Text forms that x509/text_form.h converts to PEM or
 * DER are read too.
 */
#ifndef DAOTP_X509_BUNDLE_H
#define DAOTP_X509_BUNDLE_H

#include "core/report.h"
#include "x509/fault.h"
#include "x509/pem.h"

typedef struct daotp__bundle_kind {
    daotp_finding_number number; /* of the finding when the file cannot be read */
    size_t max;                  /* octets of one structure that is decoded from text */
    /* Whether a PEM block is of another kind, for example a private key: its content is then not
     * decoded. NULL: no block is skipped. */
    bool (*is_skipped)(const daotp__pem_reader *reader);
    /* Adds one structure to the list. reader: at the PEM block that holds it, or NULL for DER. */
    daotp_status (*add)(void *list, daotp__bytes der, const daotp__pem_reader *reader,
                        const char *subject, daotp_report *report);
} daotp__bundle_kind;

/* Read in and call add for each structure. Returns DAOTP_OK, the first other status that add
 * returned, or the status of the reported finding. Structures added before a failure stay in the
 * list. */
daotp_status daotp__bundle_read(const daotp__bundle_kind *kind, void *list, daotp__bytes in,
                                const char *subject, daotp_report *report);

/* Report a structure that cannot be read, with its field, octet and rule, as finding `number`,
 * or as LIMIT-SIZE if it is larger than its limit. reader: as in add. Returns the status of the
 * finding. */
daotp_status daotp__bundle_refuse(const daotp__fault *fault, const daotp__pem_reader *reader,
                                  daotp_finding_number number, const char *subject,
                                  daotp_report *report);

#endif
