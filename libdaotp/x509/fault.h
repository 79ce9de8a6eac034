/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a structure cannot be read: which field, at which octet, by which rule. A structure is a
 * table of fields, which one function reads; the same table serves the reading and the telling.
 */
#ifndef DAOTP_X509_FAULT_H
#define DAOTP_X509_FAULT_H

#include "x509/der.h"

typedef struct daotp__fault {
    const char *field;  /* as its RFC names it; NULL: nothing is wrong */
    const char *rule;   /* what must be, and which clause says so */
    const uint8_t *at;  /* where the octets stand that break it */
    size_t element;     /* of a list, from 1; 0: none */
    size_t limit;       /* octets, when the whole is larger than that; else 0 */
    daotp__bytes whole; /* what is read */
} daotp__fault;

/* One field: reads it off the front. into is what the caller of daotp__fields_read() gave. */
typedef struct daotp__field {
    const char *name;
    bool (*read)(daotp__bytes *in, void *into);
    const char *rule;
} daotp__field;

/* Read the fields in their order, then nothing may be left. fault may be NULL; it is filled by the
 * first field that cannot be read, unless its reader did so. */
bool daotp__fields_read(const daotp__field *fields, size_t count, daotp__bytes *in, void *into,
                        daotp__fault *fault);
/* Put a fault down, unless one is there or fault is NULL. Answers false. in: from the field on;
 * what breaks DER in it goes before the rule. */
bool daotp__fault_set(daotp__fault *fault, const char *field, daotp__bytes in, const char *rule);

/* The same where the whole is larger than its limit. */
bool daotp__fault_limit(daotp__fault *fault, const char *field, size_t limit);

/* The first place in these bytes that is not DER (X.690 10, 11), and the rule; false: there is
 * none. */
bool daotp__der_find_fault(daotp__bytes in, unsigned depth, const uint8_t **at, const char **rule);

/* "tbsCertificate.validity, octet 87: X.690 10.1: ..." into text of DAOTP__FAULT_TEXT; answers it.
 */
enum { DAOTP__FAULT_TEXT = 320 };
const char *daotp__fault_describe(const daotp__fault *fault, char text[DAOTP__FAULT_TEXT]);

#endif
