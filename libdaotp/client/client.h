/* SPDX-License-Identifier: BSD-2-Clause */
/* The private parts of a client: its settings, and the current run. */
#ifndef DAOTP_CLIENT_CLIENT_H
#define DAOTP_CLIENT_CLIENT_H

#include "ca/ca.h"
#include "core/report.h"
#include "net/https_exchange.h"
#include "otpce/message.h"
#include "request/account.h"
#include "request/csr.h"

#include <daotp/client.h>
#include <daotp/verify.h>

typedef struct daotp__logon daotp__logon;

typedef enum daotp__client_state {
    DAOTP__CLIENT_IDLE,      /* nothing is prepared */
    DAOTP__CLIENT_PREPARING, /* the first part is under way */
    DAOTP__CLIENT_PREPARED,
    DAOTP__CLIENT_ENROLLING, /* the second part is under way */
    DAOTP__CLIENT_ENROLLED
} daotp__client_state;

/* The question to which the application's callback returned DAOTP_AGAIN. */
typedef enum daotp__client_asked {
    DAOTP__NOT_ASKED,
    DAOTP__ASKED,
    DAOTP__ANSWERED
} daotp__client_asked;

/* The state of the HEAD request that goes to a server before the code. */
typedef enum daotp__preflight {
    DAOTP__PREFLIGHT_HEAD, /* to be sent, or under way */
    DAOTP__PREFLIGHT_PROBE,
    DAOTP__PREFLIGHT_OVER
} daotp__preflight;

struct daotp_client {
    daotp_context *context;
    daotp__loop *loop;
    daotp_report report;

    /* what is set */
    daotp__url servers[DAOTP__MAX_SERVERS];
    size_t server_count;
    daotp_credential *identity;
    daotp_trust *trust;
    daotp_trust *issuer_trust; /* anchors for the issued certificate; NULL: it is not validated */
    daotp_revocation revocation;
    daotp__chain ntauth;    /* the CAs that may issue for logon (NTAuth); none: not checked */
    daotp_fetcher *fetcher; /* NULL: nothing is fetched */
    daotp_ca *ca;
    daotp_store *store;
    char *label;
    daotp__buffer template_oid;
    daotp__template template;
    daotp_key_kind key_kind;
    daotp_key *supplied_key;
    daotp__buffer supplied_csr;
    daotp_account supplied_account;
    bool asks_early; /* for the domain credential in prepare, if the host is known by then */
    daotp_account_fn look_up;
    void *look_up_user;
    daotp_domain_fn ask;
    void *ask_user;
    daotp_progress_fn tell;
    void *tell_user;
    char *proxy;
    bool proxy_from_environment, no_preflight, ignore_head, tls12_only;
    daotp_revocation server_revocation;
    daotp_rules server_rules;
    int64_t timeout_ms, connect_ms, max_lifetime_s;
    int64_t deadline_ms; /* of both parts together; 0 for none */
    bool prove_logon;
    char *kdc, *realm, *kdc_anchors;
    char *pending_config, *pending_id; /* the pending request that resume asks for; both or none */

    daotp__refusals *refusals; /* of passwords, for the lifetime of the client */

    /* the doctor's, client/probe.h */
    bool is_probe;            /* as a user who does not exist, up to the stage signature */
    bool is_tls_probe;        /* of the connection alone: without template, CA and request */
    size_t probed_server;     /* the only server that a probe tries */
    daotp__chain probe_chain; /* what the probed server sent in the handshake */
    bool has_server_time;
    int64_t server_ahead_s; /* the server's clock minus the local one, by the last answer */

    /* the run */
    daotp__client_state state;
    size_t stage;              /* index into the table of stages */
    int64_t began_ms, part_ms; /* when the part was begun, and how long it may last */
    int64_t prepare_took_ms;
    bool skipped; /* the stage under way was */
    char *user_name;
    bool has_ticket;               /* of this user, when the submission was last checked */
    daotp_account account, found;  /* found: the account that the application looks up */
    daotp_domain_credential early; /* the credential that was given in prepare, for its host */
    daotp__client_asked asked_account, asked_early;
    daotp_status account_answer; /* to the question for the account */
    bool is_blocking;            /* the question cannot be answered later */
    size_t prepare_step;         /* index into the steps of the stage prepare */
    bool has_new_key;            /* made by the last step, which ended after it */
    daotp_key *key;
    daotp__buffer csr;
    size_t prepared_findings; /* those of the first part */
    size_t server;            /* index of the one in use */
    daotp__https_exchange *http;
    int64_t connect_deadline_ms; /* of the open connection, or of the one that is being opened */
    bool request_begun;
    daotp__preflight preflight;
    unsigned head_status;    /* HTTP */
    bool head_closed;        /* the server ended the connection after HEAD */
    bool is_server_checked;  /* revocation, of this connection's server */
    bool is_handshake_noted; /* in the report, of this connection */
    bool server_closes;      /* the server ends each connection after one answer */
    unsigned reopened, reopened_late;
    int64_t late_at_open_ms; /* how late the steps had been in all when the connection was begun */
    daotp__buffer otp;
    bool otp_sent;
    daotp__otpce_response response;
    size_t issuing_ca;
    char *resumed_id; /* of a pending request: submit follows prepare */
    daotp_submission *submission;
    int submission_slot, submission_fd;
    daotp__chain issued;
    daotp_verifier *verifier; /* of the issued certificate, while its stages run */
    daotp_credential *credential;
    daotp__logon *logon;
};

/* The stages, one function each: DAOTP_OK to go on, DAOTP_AGAIN to wait, else the run stops. */
daotp_status daotp__client_stage_prepare(daotp_client *client);
daotp_status daotp__client_stage_resolve(daotp_client *client);
daotp_status daotp__client_stage_connect(daotp_client *client);
daotp_status daotp__client_stage_tls(daotp_client *client);
daotp_status daotp__client_stage_otp(daotp_client *client);
daotp_status daotp__client_stage_signature(daotp_client *client);
daotp_status daotp__client_stage_submit(daotp_client *client);
daotp_status daotp__client_stage_profile(daotp_client *client);
daotp_status daotp__client_stage_chain(daotp_client *client);
daotp_status daotp__client_stage_revocation(daotp_client *client);
daotp_status daotp__client_stage_store(daotp_client *client);
daotp_status daotp__client_stage_logon(daotp_client *client);
/* The finding for a deadline that passes in this stage. DAOTP_OK if the stage adds none. */
daotp_status daotp__client_otp_timed_out(daotp_client *client);
daotp_status daotp__client_submit_timed_out(daotp_client *client);
daotp_status daotp__client_logon_timed_out(daotp_client *client);

bool daotp__client_is_running(const daotp_client *client);
/* The call does not fit what was called before: CALL-ORDER. DAOTP_USAGE, also for NULL. */
daotp_status daotp__client_refuse_order(daotp_client *client, const char *call);
/* Whether a submission to the CA can succeed, as far as is known before there is a request. */
daotp_status daotp__client_check_submission(daotp_client *client);
/* The parameters of a submission, without request and CA. */
daotp__submission_spec daotp__client_submission_spec(daotp_client *client);
/* The label of the entry that will be put into the store; the caller frees it. NULL without
 * memory. */
char *daotp__client_label(const daotp_client *client);
/* Whether the open connection can carry the code. */
bool daotp__client_has_connection(daotp_client *client);
/* Open the connection if there is none, and step it until the phase is complete. */
daotp_status daotp__client_pass_phase(daotp_client *client, daotp__phase phase);
/* Open the connection up to TLS, and check which server it leads to. */
daotp_status daotp__client_secure_connection(daotp_client *client);
/* Revocation of the server's certificate, once a connection. */
daotp_status daotp__client_check_server(daotp_client *client);
/* Send HEAD and evaluate the answer; opens and checks the connection first. */
daotp_status daotp__client_preflight(daotp_client *client);
/* Report what the handshake shows about our certificate, once a connection. */
void daotp__client_note_handshake(daotp_client *client);
/* Whether nothing remains to be asked of this server before the code. */
bool daotp__client_is_preflight_done(const daotp_client *client);
void daotp__client_drop_connection(daotp_client *client);
/* For a probe: keep the certificates that the server has sent. */
void daotp__client_keep_probe_chain(daotp_client *client);
void daotp__client_drop_early(daotp_client *client);
void daotp__client_drop_submission(daotp_client *client);
void daotp__client_drop_code(daotp_client *client);
/* Free everything that the second part made. */
void daotp__client_drop_enrolment(daotp_client *client);
/* Whether the signer of the returned request has a path to the anchors. */
daotp_status daotp__client_verify_signer(daotp_client *client);
/* Step the running verifier, and set the wake-up that it asks for. */
daotp_status daotp__client_step_verifier(daotp_client *client);
void daotp__client_drop_verifier(daotp_client *client);
/* Set the cause of the verdict from earlier findings, if it has no cause of its own. */
void daotp__client_name_cause(daotp_client *client, daotp_status status);

#endif
