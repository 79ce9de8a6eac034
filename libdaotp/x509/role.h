/* SPDX-License-Identifier: BSD-2-Clause */
/* Is a certificate fit for its part? A checklist for each part, as data: a finding, what must hold,
 * and with what. What depends on a user or a request is not in here. */
#ifndef DAOTP_X509_ROLE_H
#define DAOTP_X509_ROLE_H

#include "core/checklist.h"
#include "x509/certificate.h"

#include <daotp/verify.h>

/* Told of each rule in turn; found is NULL when it holds, and else what was found. */
typedef void daotp__role_rule_fn(void *user, daotp_finding_number number, const char *found);
void daotp__role_walk(daotp_role role, const daotp__certificate *certificate, int64_t now_s,
                      daotp__role_rule_fn *tell, void *user);
/* Every row is looked at; the first error is the answer. */
daotp_status daotp__role_check(daotp_role role, const daotp__certificate *certificate,
                               int64_t now_s, const char *subject, daotp_report *report);

#endif
