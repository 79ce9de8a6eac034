/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of a certificate for each role (daotp_role). They are a table: a finding, a
 * condition, and its argument. Checks that depend on a user or a request are in other files. */
#ifndef DAOTP_X509_ROLE_H
#define DAOTP_X509_ROLE_H

#include "core/checklist.h"
#include "x509/certificate.h"

#include <daotp/verify.h>

/* Called for each rule. found: NULL when the certificate obeys it, else the value that breaks
 * it. */
typedef void daotp__role_rule_fn(void *user, daotp_finding_number number, const char *found);
void daotp__role_scan(daotp_role role, const daotp__certificate *certificate, int64_t now_s,
                      daotp__role_rule_fn *tell, void *user);
/* Check all rules of the role, and report each that is broken. Returns the status of the first
 * error. */
daotp_status daotp__role_check(daotp_role role, const daotp__certificate *certificate,
                               int64_t now_s, const char *subject, daotp_report *report);

#endif
