/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy of the CA: DIR/ca/policy, "key = value" lines, read again for each request. */
#ifndef LAB_POLICY_H
#define LAB_POLICY_H

#include <stdbool.h>

enum policy_key {
    POLICY_CES,
    POLICY_ICPR,
    POLICY_DCOM,
    POLICY_RPC,
    POLICY_FRONT,
    POLICY_HTTP,
    POLICY_ANSWER,
    POLICY_LANGUAGE,
    POLICY_TEMPLATE,
    POLICY_ENROLL,
    POLICY_FORM,
    POLICY_MINIMUM_KEY,
    POLICY_SHA1,
    POLICY_RA_SIGNATURES,
    POLICY_RA_POLICY,
    POLICY_REVOCATION,
    POLICY_MACHINE_USER,
    POLICY_LIFETIME_S,
    POLICY_CERT_UPN,
    POLICY_CERT_USER,
    POLICY_CERT_EKU,
    POLICY_CERT_SID,
    POLICY_CERT_CDP,
    POLICY_CERT_KEY,
    POLICY_CERT_KU,
    POLICY_CERT_DATES,
    POLICY_CERT_DIGEST,
    POLICY_CERT_AIA,
    POLICY_CERT_TEMPLATE,
    POLICY_KEYS,
};

struct policy {
    char value[POLICY_KEYS][80];
};

void policy_default(struct policy *policy);
int policy_read(const char *path, struct policy *policy);
int policy_write(const char *path, const struct policy *policy);
/* Sets one key of the file; NULL restores the default. */
int policy_set(const char *path, enum policy_key key, const char *value);

bool policy_is(const struct policy *policy, enum policy_key key, const char *value);
int policy_number(const struct policy *policy, enum policy_key key);

#endif
