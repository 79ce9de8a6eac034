/* SPDX-License-Identifier: BSD-2-Clause */
/* What an AD CS enterprise CA decides about a request: bytes in, decision out. No I/O. */
#ifndef LAB_ADCS_H
#define LAB_ADCS_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "policy.h"
#include "users.h"

struct adcs_ca {
    X509 *cert;
    EVP_PKEY *key;
    X509 *root;
    EVP_PKEY *other_key; /* for the policy that certifies another key; may be NULL */
    const char *revoked; /* serials in hex, one a line */
    const char *where;   /* CDP and AIA of the issued certificates, as extension text */
};

struct adcs_question {
    const struct adcs_ca *ca;
    const struct policy *policy;
    const struct users *users; /* the directory */
    const struct user *caller; /* the authenticated caller, whatever names the request has */
    const unsigned char *blob;
    size_t len;
    int64_t now;
};

enum adcs_outcome { ADCS_ISSUED, ADCS_PENDING, ADCS_DENIED };

struct adcs_answer {
    enum adcs_outcome outcome;
    uint32_t hresult; /* of a denial */
    const char *why;  /* for the CA's log; static */
    X509 *cert;       /* issued; adcs_answer_clear() */
};

/* 0 with an answer, or an exit code when the CA itself failed. */
int adcs_decide(const struct adcs_question *question, struct adcs_answer *answer);
void adcs_answer_clear(struct adcs_answer *answer);

#endif
