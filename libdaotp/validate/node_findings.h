/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths, and findings about their certificates. */
#ifndef DAOTP_VALIDATE_NODE_FINDINGS_H
#define DAOTP_VALIDATE_NODE_FINDINGS_H

#include "core/checklist.h"
#include "core/limits.h"
#include "x509/node.h"

#include <daotp/verify.h>

/* A path, from the certificate that is validated to an anchor. */
typedef struct daotp__path {
    daotp__node *list[DAOTP__MAX_PATH];
    size_t count;
} daotp__path;

/* Append the subject and the serial number, because the old and the new certificate of a CA have
 * the same name. Only the serial number if the subject is empty. */
void daotp__node_name(const daotp__node *node, daotp__buffer *out);

/* Report a finding about a certificate of the path. */
void daotp__checklist_report_node(daotp__checklist *check, const daotp__node *node,
                                  daotp_finding_number number, const char *found, ...)
    __attribute__((format(printf, 4, 5)));
/* Report each rule of the role that the certificate breaks. */
void daotp__checklist_report_role(daotp__checklist *check, const daotp__node *node, daotp_role role,
                                  int64_t now_s);

#endif
