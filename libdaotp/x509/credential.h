/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_CREDENTIAL_H
#define DAOTP_X509_CREDENTIAL_H

#include "x509/chain.h"
#include "x509/key.h"

#include <daotp/credential.h>

/* Make a credential of a chain, leaf first, and a reference to its key. The certificates of the
 * chain are taken over: it is empty afterwards, also when this fails. */
daotp_status daotp__credential_make(daotp_context *context, daotp__chain *chain, daotp_key *key,
                                    daotp_report *report, daotp_credential **credential);
const daotp__chain *daotp__credential_chain(const daotp_credential *credential);
const daotp__certificate *daotp__credential_leaf(const daotp_credential *credential);

#endif
