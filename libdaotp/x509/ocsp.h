/* SPDX-License-Identifier: BSD-2-Clause */
/* OCSP (RFC 6960 4): writing a request, reading an answer strictly, as views. */
#ifndef DAOTP_X509_OCSP_H
#define DAOTP_X509_OCSP_H

#include "x509/derw.h"
#include "x509/fault.h"
#include "x509/node.h"

enum { DAOTP__OCSP_NONCE = 16, DAOTP__OCSP_CERTIFICATES = 8 };

/* The DER of a request for one certificate; a nonce of no bytes is left out. */
bool daotp__ocsp_request_write(const daotp__node *node, const daotp__node *issuer,
                               daotp__bytes nonce, daotp__buffer *out);

typedef enum daotp__ocsp_status {
    DAOTP__OCSP_GOOD,
    DAOTP__OCSP_REVOKED,
    DAOTP__OCSP_NOT_KNOWN
} daotp__ocsp_status;

typedef struct daotp__ocsp {
    unsigned response_status; /* OCSPResponseStatus; the rest only if it is 0 */
    daotp__bytes tbs;
    daotp__bytes responder_name, responder_key_hash; /* one of the two */
    int64_t produced_at;
    daotp__bytes answers; /* SingleResponses, one after the other */
    daotp__bytes nonce;
    bool unknown_critical;
    daotp__algorithm signature_algorithm;
    daotp__bytes signature;
    daotp__bytes certificates[DAOTP__OCSP_CERTIFICATES];
    size_t certificate_count;
} daotp__ocsp;
bool daotp__ocsp_read(daotp__bytes der, daotp__ocsp *ocsp);
/* What is wrong with one that cannot be read, each answer in it too; false: nothing is. */
bool daotp__ocsp_find_fault(daotp__bytes der, daotp__fault *fault);

typedef struct daotp__ocsp_answer {
    daotp__ocsp_status status;
    int reason;
    int64_t revoked_at, this_update, next_update;
    bool has_next_update, unknown_critical;
} daotp__ocsp_answer;
/* One SingleResponse: which certificate it is about, and what it says. */
bool daotp__ocsp_answer_read(daotp__bytes in, daotp__bytes *serial, daotp__ocsp_answer *answer);
/*
 * The answers about one certificate, in any order. "unknown" is kept apart: one that is as new as
 * "good" or newer overrides it, but it ends no hold, so that one order of all three statuses would
 * not exist. Of the others, a revocation that is no hold never ends; else the newest counts, and of
 * two of the same time the worse.
 */
typedef struct daotp__ocsp_answers {
    bool has_known, has_unknown;
    daotp__ocsp_answer known, unknown;
} daotp__ocsp_answers;
/* Whether the answer takes the place of the others of its side. */
bool daotp__ocsp_answers_add(daotp__ocsp_answers *answers, const daotp__ocsp_answer *answer);
/* The answer that counts, a view; NULL when there is none. */
const daotp__ocsp_answer *daotp__ocsp_answers_decisive(const daotp__ocsp_answers *answers);
/* Of all answers for this certificate, whatever hash their CertIDs use, the one that counts; false
 * when there is none, or one of them cannot be read. */
bool daotp__ocsp_find(const daotp__ocsp *ocsp, const daotp__node *node, const daotp__node *issuer,
                      daotp__ocsp_answer *answer);
/* Is the responder the one with this certificate? */
bool daotp__ocsp_is_by(const daotp__ocsp *ocsp, const daotp__node *node);

#endif
