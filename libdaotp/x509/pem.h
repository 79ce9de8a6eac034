/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes PEM (RFC 7468). */
#ifndef DAOTP_X509_PEM_H
#define DAOTP_X509_PEM_H

#include "core/buffer.h"
#include "core/report.h"

/*
 * Reads a text block by block, with any labels. Nothing is skipped silently: these are faults: a
 * block that is cut off, an END line without a BEGIN line, octets that are not text, and a last
 * line that is the start of a BEGIN line.
 */
typedef struct daotp__pem_reader {
    daotp__bytes in;
    size_t at;          /* the offset at which the search for the next block starts */
    size_t number;      /* the number of the last block read, from 1 */
    size_t begin;       /* the offset of its BEGIN line */
    daotp__bytes label; /* its label, a view into in */
    const char *fault;  /* after DAOTP_PEER: what is wrong, with the rule */
    size_t fault_at;    /* the offset of that octet in in */
} daotp__pem_reader;

void daotp__pem_begin(daotp__pem_reader *reader, daotp__bytes in);
/* Read the next block, and decode it into out, which is cleared first. out NULL: the content is
 * not decoded. DAOTP_OK; DAOTP_REJECTED when there is no further block; DAOTP_PEER with
 * reader->fault; DAOTP_MEMORY. */
daotp_status daotp__pem_read(daotp__pem_reader *reader, daotp__buffer *out);
bool daotp__pem_has_label(const daotp__pem_reader *reader, const char *label);
/* Whether the label ends with this text; the labels of all private keys end with "PRIVATE KEY". */
bool daotp__pem_has_label_end(const daotp__pem_reader *reader, const char *end);
/* The place of the last block read: "block 2, line 14". Returns place. */
enum { DAOTP__PEM_PLACE = 64, DAOTP__PEM_LABEL = 65 };
const char *daotp__pem_place(const daotp__pem_reader *reader, char place[DAOTP__PEM_PLACE]);
/* Its label, safe for a terminal; "" when no label could be read. Returns text. */
const char *daotp__pem_label_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_LABEL]);
/* The reader's fault: "octet 104 of 733 octets: its base64 is malformed (RFC 4648 4)". Returns
 * text. */
enum { DAOTP__PEM_FAULT = 160 };
const char *daotp__pem_fault_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_FAULT]);
/* Report a finding about the last block read, beginning with its place. fault: what is wrong
 * with its content; NULL: the label and the reader's fault are reported. Returns the status of
 * the finding. */
daotp_status daotp__pem_refuse(const daotp__pem_reader *reader, daotp_finding_number number,
                               const char *subject, const char *fault, daotp_report *report);

/* Whether the input holds a line that begins like a BEGIN line. */
bool daotp__pem_is(daotp__bytes in);
void daotp__pem_write(daotp__buffer *out, const char *label, daotp__bytes der);

#endif
