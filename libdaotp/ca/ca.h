/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a CA and of a submission. */
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
    char *user_name, *host; /* host: for whom it was given */
    daotp__buffer password;
};

/* What a submission needs of the flow that makes it; borrowed for its time. */
typedef struct daotp__submission_spec {
    daotp_context *context;
    daotp__bytes request;
    const char *resumed_id;      /* of a request that was put aside; NULL for a new one */
    const char *config;          /* "host\name" */
    daotp_templates **templates; /* not NULL: the policy service is asked, and they come here */
    daotp_ca_info *info;         /* not NULL: the CA is asked about itself, and its answers are
                                    stored here; config may then name the host alone */
    daotp__bytes spki;           /* of the requested key */
    daotp_trust *trust;
    const char *proxy;
    bool proxy_from_environment, tls12_only;
    daotp_rules server_rules; /* by which the TLS server is judged */
    int64_t connect_ms;
    daotp_domain_fn ask;
    void *ask_user;
    bool can_wait; /* an answer of DAOTP_AGAIN can be made up for later */
    const struct daotp_domain_credential *early; /* asked for ahead, for its host; NULL: was not */
    const char *user;                            /* whose enrolment it is */
    bool has_ticket;                             /* of that user, for certain */
    daotp__refusals *refusals;                   /* of the client */
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
/* Could one begin, as far as that is known before there are a request and a CA? */
daotp_status daotp__submission_check(daotp_ca *ca, const daotp__submission_spec *spec);
void daotp__submission_free(daotp_submission *submission);
daotp_status daotp__submission_step(daotp_submission *submission);
int daotp__submission_fd(daotp_submission *submission);
int daotp__submission_timeout_ms(daotp_submission *submission);
daotp__outcome daotp__submission_outcome(const daotp_submission *submission);
size_t daotp__submission_unread(const daotp_submission *submission);
uint32_t daotp__submission_hresult(const daotp_submission *submission);
/* The leaf and its chain, after an outcome of issued. */
daotp__chain *daotp__submission_chain(daotp_submission *submission);
/* Is the application still to answer whom it was asked for? */
bool daotp__submission_is_asking(const daotp_submission *submission);
/* It answers: DAOTP_OK, DAOTP_USAGE (malformed, or it was not asked), DAOTP_MEMORY. Without a name:
 * it has none. */
daotp_status daotp__submission_answer(daotp_submission *submission, const char *user_name,
                                      const char *password, size_t len);
void daotp__domain_credential_clear(daotp_domain_credential *credential);

const daotp_ca_transport *daotp__ca_transport(const daotp_ca *ca);
void *daotp__ca_own(const daotp_ca *ca); /* what its transport calls self */
/* The hosts that an OTP server may name. */
const daotp__host_list *daotp__ca_hosts(const daotp_ca *ca);
/* Has it this need? */
bool daotp__ca_has_need(const daotp_ca *ca, daotp_ca_need need);

daotp_context *daotp__ca_context(const daotp_ca *ca);

#endif
