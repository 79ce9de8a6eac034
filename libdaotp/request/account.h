/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_REQUEST_ACCOUNT_H
#define DAOTP_REQUEST_ACCOUNT_H

#include <daotp/account.h>

struct daotp_account {
    char *upn, *dn, *sid;
};

void daotp__account_clear(daotp_account *account);

#endif
