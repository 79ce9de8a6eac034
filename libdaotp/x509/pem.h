/* SPDX-License-Identifier: BSD-2-Clause */
/* PEM, RFC 7468: finding blocks, and writing them. */
#ifndef DAOTP_X509_PEM_H
#define DAOTP_X509_PEM_H

#include "core/buffer.h"
#include "core/report.h"

/*
 * Reads a text block by block, whatever their labels, and passes nothing over in silence: a block
 * that is cut, an END line without its BEGIN line and octets of no text are faults, as is a last
 * line that was to become a BEGIN line.
 */
typedef struct daotp__pem_reader {
    daotp__bytes in;
    size_t at;          /* where the next block is looked for */
    size_t number;      /* of the block read last, from 1 */
    size_t begin;       /* where its BEGIN line stands */
    daotp__bytes label; /* of that block; a view */
    const char *fault;  /* what was wrong, when DAOTP_PEER was answered, and by which rule */
    size_t fault_at;    /* the octet of the text where that stands */
} daotp__pem_reader;

void daotp__pem_begin(daotp__pem_reader *reader, daotp__bytes in);
/* The next block: its DER into out, which is cleared first; out may be NULL, then the content is
 * not looked at. DAOTP_REJECTED when there is no further one, DAOTP_PEER with a fault,
 * DAOTP_MEMORY. */
daotp_status daotp__pem_read(daotp__pem_reader *reader, daotp__buffer *out);
bool daotp__pem_has_label(const daotp__pem_reader *reader, const char *label);
/* A label that ends so, as all private keys' do. */
bool daotp__pem_has_label_end(const daotp__pem_reader *reader, const char *end);
/* Where the block stands that was read last: "block 2, line 14". */
enum { DAOTP__PEM_PLACE = 64, DAOTP__PEM_LABEL = 65 };
const char *daotp__pem_place(const daotp__pem_reader *reader, char place[DAOTP__PEM_PLACE]);
/* Its label for a terminal; "" when it has none that could be read. */
const char *daotp__pem_label_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_LABEL]);
/* The reader's fault in words: "octet 104 of 733 octets: its base64 is malformed (RFC 4648 4)". */
enum { DAOTP__PEM_FAULT = 160 };
const char *daotp__pem_fault_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_FAULT]);
/* A finding about that block, its place first; label and reader's fault are added if there is no
 * other fault (NULL). */
daotp_status daotp__pem_refuse(const daotp__pem_reader *reader, daotp_finding_number number,
                               const char *subject, const char *fault, daotp_report *report);

/* Does it look like PEM at all? */
bool daotp__pem_is(daotp__bytes in);
void daotp__pem_write(daotp__buffer *out, const char *label, daotp__bytes der);

#endif
