/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer of a CA as CMC full response (RFC 5272), and any message in BER. */
#ifndef CMC_ANSWER_H
#define CMC_ANSWER_H

#include "testing.h"

#include "core/buffer.h"
#include "x509/oid.h"

typedef struct ber_style {
    bool indefinite, long_lengths, pieces, nested_pieces;
    bool certificates_too; /* else what begins as a certificate stays DER */
} ber_style;

/* Append these items in that style. */
void cmc_answer_ber(daotp__buffer *out, daotp__bytes in, const ber_style *style);

typedef struct cmc_answer {
    enum daotp__oid content_type; /* 0: id-cct-PKIResponse */
    bool has_success_before;      /* a further control, of success */
    bool is_v2, is_pending_tagged;
    int status;       /* -1: no control */
    const char *text; /* NULL: none */
    int fail_info;    /* -1: none */
    const char *pend_token;
    const char *extended;          /* value of extendedFailInfo, octets below 128; NULL: none */
    unsigned extended_tag;         /* 0: a SEQUENCE */
    daotp__bytes fail_info_octets; /* of an INTEGER; none: fail_info */
    daotp__bytes certificates;     /* one after the other */
} cmc_answer;

/* Append the ContentInfo. */
void cmc_answer_write(daotp__buffer *out, const cmc_answer *answer);

#endif
