/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_RESPONDER_RESPONDER_H
#define DAOTP_RESPONDER_RESPONDER_H

#include "core/buffer.h"
#include "core/file.h"
#include "core/report.h"
#include "responder/budget.h"
#include "x509/credential.h"
#include "x509/trust.h"

#include <daotp/responder.h>

struct daotp_responder {
    daotp_context *context;
    daotp_report report; /* of settings */
    daotp__buffer template_oid;
    daotp_credential *signer;
    char *certificate_path, *key_path;
    daotp__file_mark certificate_mark, key_mark;
    char *issuing_cas[DAOTP__MAX_ISSUING_CAS];
    size_t issuing_ca_count;
    struct {
        char *domain, *suffix;
    } domains[DAOTP__MAX_DOMAINS];
    size_t domain_count;
    daotp_user_fn ask_user;
    void *ask_user_user;
    daotp_code_fn ask_code;
    void *ask_code_user;
    bool any_client;
    daotp_verifier *verifier; /* NULL: certificates are not validated here */
    daotp_revocation revocation;
    daotp_trust *trust; /* of the verifier; NULL without */
    daotp__chain
        reserved; /* certificates of servers; no request with one of their keys is signed */
    int64_t timeout_ms;
    daotp__buffer spare_body, spare_code; /* wiped blocks of finished exchanges, for reuse */
    daotp_budget *budget;                 /* NULL until the first code, unless set */
    bool memory_told;                     /* whether SERVE-BUDGET-MEMORY was reported */
};

/* Whether this is the key of the signer, of its chain, of a reserved certificate or of one in the
 * trust. Returns that certificate, or no bytes. */
daotp__bytes daotp__responder_key_owner(const daotp_responder *responder,
                                        const daotp_credential *signer, daotp__bytes spki);

/* The budget; if none was set, one in memory is made. Borrowed; NULL without memory. */
daotp_budget *daotp__responder_budget(daotp_responder *responder, daotp_report *report);

/* Appends to upn the UPN for a user name from a request, by the rules for names; appends nothing
 * if no rule applies. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__responder_name_rule(const daotp_responder *responder, const char *name,
                                        daotp__buffer *upn);

/* The signing credential, read again if its files changed. Borrowed; NULL if there is none. */
daotp_credential *daotp__responder_signer(daotp_responder *responder, daotp_report *report);

#endif
