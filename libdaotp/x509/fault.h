/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Says why a structure cannot be read: which field, at which octet, by which rule. A structure is
 * described by a table of fields, from which one function both reads it and describes a fault.
 */
#ifndef DAOTP_X509_FAULT_H
#define DAOTP_X509_FAULT_H

#include "x509/der.h"

typedef struct daotp__fault {
    const char *field;  /* its name in the RFC; NULL: there is no fault */
    const char *rule;   /* the rule that is broken, with its clause */
    const uint8_t *at;  /* the first octet that breaks the rule */
    size_t element;     /* the number of a list element, from 1; 0: not in a list */
    size_t limit;       /* octets; if not 0, the whole is larger than this */
    daotp__bytes whole; /* the structure that was read */
} daotp__fault;

/* One field. read takes it from the front of in; `into` is the argument of daotp__fields_read(). */
typedef struct daotp__field {
    const char *name;
    bool (*read)(daotp__bytes *in, void *into);
    const char *rule;
} daotp__field;

/* Read the fields in order; trailing bytes are a fault. fault, if it is not NULL, is filled for
 * the first field that cannot be read, unless the field's reader has filled it. */
bool daotp__fields_read(const daotp__field *fields, size_t count, daotp__bytes *in, void *into,
                        daotp__fault *fault);
/* Fill the fault, unless fault is NULL or filled already. in: the bytes from the field on. If
 * they are not valid DER, that rule is recorded in place of `rule`. Returns false, so that a
 * reader can return the call. */
bool daotp__fault_set(daotp__fault *fault, const char *field, daotp__bytes in, const char *rule);

/* Fill the fault for a structure that is larger than limit octets. Returns false. */
bool daotp__fault_limit(daotp__fault *fault, const char *field, size_t limit);

/* Find the first octet that breaks DER (X.690 10, 11), and the rule. depth: how many levels of
 * constructed items are checked. Returns false when the bytes are valid. */
bool daotp__der_find_fault(daotp__bytes in, unsigned depth, const uint8_t **at, const char **rule);

/* Write the fault as "tbsCertificate.validity, octet 87: X.690 10.1: ...". Returns text. */
enum { DAOTP__FAULT_TEXT = 320 };
const char *daotp__fault_describe(const daotp__fault *fault, char text[DAOTP__FAULT_TEXT]);

#endif
