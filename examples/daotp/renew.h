/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RENEW_H
#define RENEW_H

#include <daotp/daotp.h>

/* Which certificate is meant: that of a label, or else of a UPN and, unless NULL, a template. */
typedef struct renewal {
    const char *label, *upn, *template;
    int64_t renew_before_s;
    bool json;
} renewal;

/* Is there none in the store that is good for longer than renew_before_s? When there is nothing to
 * do, it is said; so is what is wrong. */
daotp_status renewal_check(daotp_store *store, const renewal *what, bool *is_due);

#endif
