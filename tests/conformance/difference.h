/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What we say of a case by the rules path, beside what OpenSSL says of it, set as
 * shared/reference/validation.md 1 has it. Where one accepts and the other refuses, a row of
 * difference.c says why.
 */
#ifndef CONFORMANCE_DIFFERENCE_H
#define CONFORMANCE_DIFFERENCE_H

#include "suite.h"

/* Not one of X509_V_ERR_*: the certificate cannot be read at all. */
enum { OPENSSL_UNREADABLE = -1 };

/* What OpenSSL says. */
struct other {
    int error;             /* X509_V_OK, X509_V_ERR_*, or OPENSSL_UNREADABLE */
    bool at_anchor;        /* it is about a certificate that was given as an anchor */
    bool reads_all;        /* it can read all that is around the certificate judged */
    const char *extension; /* the critical one that it does not know; else NULL */
};
struct other openssl_verify(const struct suite_case *one);
const char *openssl_error(int error);
/* Does it accept the path that we take, with nothing else to choose from? If it is a signature that
 * it misses: does each hold? */
bool openssl_takes_our_path(daotp_context *context, const struct suite_case *one,
                            const struct other *said);
/* Does the one certificate verify by the other's key? DER. */
bool openssl_verifies(const void *one, size_t one_len, const void *above, size_t above_len);
/* Can we read all certificates and CRLs around the one that is judged? */
bool ours_reads_all(daotp_context *context, const struct suite_case *one);

/* Judge a case both ways and count it. how: what was changed in it, "" for nothing. */
void difference_try(const struct suite_case *one, const char *how);
/* Do both accept it? Why not is said on standard error. */
bool difference_accepts(const struct suite_case *one);

/* Numbers that are the same each time. */
typedef struct dice {
    uint64_t state;
} dice;
dice dice_for(const char *id, unsigned number);
unsigned dice_roll(dice *from, unsigned sides);

/* A case of a suite with this and that changed. */
void mutants_try(const struct suite_case *one);
/* Chains of our own, changed within and signed again. */
void forged_try(unsigned count);

#endif
