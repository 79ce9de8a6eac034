/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_CREDENTIAL_H
#define DAOTP_X509_CREDENTIAL_H

#include "x509/chain.h"
#include "x509/key.h"

#include <daotp/credential.h>

/* Take a chain over (it is empty afterwards, whatever the outcome), leaf first. */
daotp_status daotp__credential_make(daotp_context *context, daotp__chain *chain, daotp_key *key,
                                    daotp_report *report, daotp_credential **credential);
const daotp__chain *daotp__credential_chain(const daotp_credential *credential);
const daotp__certificate *daotp__credential_leaf(const daotp_credential *credential);

#endif
