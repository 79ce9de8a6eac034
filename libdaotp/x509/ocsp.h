/* SPDX-License-Identifier: BSD-2-Clause */
/* OCSP (RFC 6960 4): writes requests and reads responses. Reading is strict, and its results are
 * views into the input. */
#ifndef DAOTP_X509_OCSP_H
#define DAOTP_X509_OCSP_H

#include "x509/derw.h"
#include "x509/fault.h"
#include "x509/node.h"

enum { DAOTP__OCSP_NONCE = 16, DAOTP__OCSP_CERTIFICATES = 8 };

/* Append an OCSPRequest for one certificate. nonce: empty for none. Returns false when libcrypto
 * fails or out has no room. */
bool daotp__ocsp_request_write(const daotp__node *node, const daotp__node *issuer,
                               daotp__bytes nonce, daotp__buffer *out);

typedef enum daotp__ocsp_status {
    DAOTP__OCSP_GOOD,
    DAOTP__OCSP_REVOKED,
    DAOTP__OCSP_NOT_KNOWN
} daotp__ocsp_status;

typedef struct daotp__ocsp {
    unsigned response_status; /* OCSPResponseStatus; the other fields are set only if it is 0 */
    daotp__bytes tbs;
    daotp__bytes responder_name, responder_key_hash; /* one of the two is set */
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
/* Find what is malformed in a response, its SingleResponses included. Returns false when nothing
 * is. */
bool daotp__ocsp_find_fault(daotp__bytes der, daotp__fault *fault);

typedef struct daotp__ocsp_answer {
    daotp__ocsp_status status;
    int reason;
    int64_t revoked_at, this_update, next_update;
    bool has_next_update, unknown_critical;
} daotp__ocsp_answer;
/* Read one SingleResponse: the serial number in its CertID, and the status. */
bool daotp__ocsp_answer_read(daotp__bytes in, daotp__bytes *serial, daotp__ocsp_answer *answer);
/*
 * Chooses among several answers about one certificate, added in any order. Among "good" and
 * "revoked", a revocation that is not a hold is final; otherwise the newest answer counts, and of
 * two with the same thisUpdate the worse one. The newest "unknown" is kept separately: it overrides
 * a "good" that is not newer, but never a hold, so the three statuses cannot be put in one order.
 */
typedef struct daotp__ocsp_answers {
    bool has_known, has_unknown;
    daotp__ocsp_answer known, unknown;
} daotp__ocsp_answers;
/* Add an answer. Returns whether it replaces the earlier ones of its group (known or unknown). */
bool daotp__ocsp_answers_add(daotp__ocsp_answers *answers, const daotp__ocsp_answer *answer);
/* The answer that counts, borrowed; NULL when none was added. */
const daotp__ocsp_answer *daotp__ocsp_answers_decisive(const daotp__ocsp_answers *answers);
/* Find the answer that counts among all SingleResponses for this certificate, with any hash in
 * their CertIDs. Returns false when there is none, or one is malformed. */
bool daotp__ocsp_find(const daotp__ocsp *ocsp, const daotp__node *node, const daotp__node *issuer,
                      daotp__ocsp_answer *answer);
/* Whether the ResponderID is the name or the key hash of this certificate. */
bool daotp__ocsp_has_responder(const daotp__ocsp *ocsp, const daotp__node *node);

#endif
