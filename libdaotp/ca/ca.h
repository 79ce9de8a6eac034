/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public objects daotp_ca and daotp_submission. */
#ifndef DAOTP_CA_CA_H
#define DAOTP_CA_CA_H

#include "ca/refusals.h"
#include "core/host.h"
#include "core/report.h"
#include "x509/chain.h"

#include <daotp/ca_info.h>
#include <daotp/domain.h>
#include <daotp/sys/ca_transport.h>
#include <daotp/templates.h>
#include <daotp/verify.h>

struct daotp_domain_credential {
    char *user_name, *host; /* host: the host that may receive it */
    daotp__buffer password;
};

/* The input of a submission. Everything is borrowed until the submission is freed. */
typedef struct daotp__submission_spec {
    daotp_context *context;
    daotp__bytes request;
    const char *resumed_id; /* the number of a pending request; NULL: a new request */
    const char *config;     /* "host\name" */
    daotp_templates *
        *templates;      /* not NULL: ask the policy service, and store its templates here */
    daotp_ca_info *info; /* not NULL: ask the CA about itself, and store its answers here; config
                            may then be only the host */
    daotp__bytes spki;   /* SubjectPublicKeyInfo of the requested key */
    daotp_trust *trust;
    const char *proxy;
    bool proxy_from_environment, tls12_only;
    daotp_rules server_rules; /* the rules for the certificate of the TLS server */
    int64_t connect_ms;
    daotp_domain_fn ask;
    void *ask_user;
    bool can_wait; /* ask may return DAOTP_AGAIN: its answer can come later */
    const struct daotp_domain_credential
        *early;       /* a credential for a host that was asked for in advance; NULL: none */
    const char *user; /* the user who is enrolled */
    bool has_ticket;  /* there is certainly a ticket of that user */
    daotp__refusals *refusals; /* shared by all submissions of the client */
    daotp_report *report;
} daotp__submission_spec;

typedef enum daotp__outcome {
    DAOTP__OUTCOME_NONE,
    DAOTP__OUTCOME_ISSUED,
    DAOTP__OUTCOME_PENDING,
    DAOTP__OUTCOME_DENIED
} daotp__outcome;

daotp_status daotp__submission_new(daotp_ca *ca, const daotp__submission_spec *spec,
                                   daotp_submission **submission);
/* Check, without a request and a CA, whether a submission could begin. */
daotp_status daotp__submission_check(daotp_ca *ca, const daotp__submission_spec *spec);
void daotp__submission_free(daotp_submission *submission);
daotp_status daotp__submission_step(daotp_submission *submission);
int daotp__submission_fd(daotp_submission *submission);
int daotp__submission_timeout_ms(daotp_submission *submission);
daotp__outcome daotp__submission_outcome(const daotp_submission *submission);
size_t daotp__submission_unread(const daotp_submission *submission);
uint32_t daotp__submission_hresult(const daotp_submission *submission);
/* The issued certificate and its chain, leaf first, after DAOTP__OUTCOME_ISSUED; borrowed. */
daotp__chain *daotp__submission_chain(daotp_submission *submission);
/* Whether the submission waits for the application's answer about a credential. */
bool daotp__submission_is_asking(const daotp_submission *submission);
/* The application's answer to that question. user_name NULL: it has no credential. DAOTP_OK;
 * DAOTP_USAGE when the answer is malformed or there was no question; DAOTP_MEMORY. */
daotp_status daotp__submission_answer(daotp_submission *submission, const char *user_name,
                                      const char *password, size_t len);
void daotp__domain_credential_clear(daotp_domain_credential *credential);

const daotp_ca_transport *daotp__ca_transport(const daotp_ca *ca);
void *daotp__ca_own(const daotp_ca *ca); /* the argument self of its transport's functions */
/* The hosts that an OTP server may name as the host of the CA. */
const daotp__host_list *daotp__ca_hosts(const daotp_ca *ca);
/* Whether the transport has this need. */
bool daotp__ca_has_need(const daotp_ca *ca, daotp_ca_need need);

daotp_context *daotp__ca_context(const daotp_ca *ca);

#endif
