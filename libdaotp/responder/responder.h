/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_RESPONDER_RESPONDER_H
#define DAOTP_RESPONDER_RESPONDER_H

#include "core/buffer.h"
#include "core/file.h"
#include "core/report.h"
#include "x509/credential.h"

#include <daotp/responder.h>

struct daotp_responder {
    daotp_context *context;
    daotp__buffer template_oid;
    daotp_credential *signer;
    char *certificate_path, *key_path;
    daotp__file_mark certificate_mark, key_mark;
    char *issuing_cas[DAOTP__MAX_ISSUING_CAS];
    size_t issuing_ca_count;
    daotp_user_fn ask_user;
    void *ask_user_user;
    daotp_code_fn ask_code;
    void *ask_code_user;
    bool any_client;
    daotp_verifier *verifier; /* NULL: certificates are not judged here */
    daotp_revocation revocation;
    int64_t timeout_ms;
};

/* The signing credential, read again if its files changed. Borrowed; NULL when there is none. */
daotp_credential *daotp__responder_signer(daotp_responder *responder, daotp_report *report);

#endif
