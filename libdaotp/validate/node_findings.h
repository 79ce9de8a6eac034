/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths, and findings about their certificates. */
#ifndef DAOTP_VALIDATE_NODE_FINDINGS_H
#define DAOTP_VALIDATE_NODE_FINDINGS_H

#include "core/checklist.h"
#include "core/limits.h"
#include "x509/node.h"

#include <daotp/verify.h>

/* From the certificate judged up to an anchor. */
typedef struct daotp__path {
    daotp__node *list[DAOTP__MAX_PATH];
    size_t count;
} daotp__path;

/* The subject and the serial number: a CA's old and new certificate bear one name. The serial
 * number alone, of a certificate that has no name. */
void daotp__node_name(const daotp__node *node, daotp__buffer *out);

/* A finding about a certificate of the path that the list is of. */
void daotp__check_find(daotp__checklist *check, const daotp__node *node,
                       daotp_finding_number number, const char *found, ...)
    __attribute__((format(printf, 4, 5)));
/* The checklist of a role, into the same. */
void daotp__check_role(daotp__checklist *check, const daotp__node *node, daotp_role role,
                       int64_t now_s);

#endif
