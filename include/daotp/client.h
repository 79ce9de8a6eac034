/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file client.h
 * The enrolment: a user name and a one-time password become a credential (MS-OTPCE 3.1).
 *
 * The work is a fixed row of stages (::daotp_stage, prepare to logon), in two parts: what can
 * happen before the user types the code, and the rest. Either part can be one blocking call, or a
 * flow: begin, then step while it answers DAOTP_AGAIN, waiting on the descriptor for at most the
 * time-out; then finish. After a begin the time-out is 0: the first step is due at once.
 *
 * A code is sent once. What can be known wrong without it is checked before it leaves; a reply
 * that is lost is never made up for by sending it again.
 *
 * Settings are made before a run, or between two: while one lasts they answer DAOTP_USAGE, and so
 * does every call that does not fit what was called before. The report then holds CALL-ORDER: of a
 * run that is under way as a warning beside it, for the run goes on; else alone, as an error. What
 * was prepared is for servers, identity, trust, proxy, template, key, request, account, CA and
 * store as they were: after one of these is set anew, daotp_client_prepare() is to be called again.
 * What a setting refuses is a finding in the report.
 *
 * Threads: a client belongs to one thread at a time; only daotp_client_cancel() may be called from
 * any. Findings are in daotp_client_get_report().
 */
#ifndef DAOTP_CLIENT_H
#define DAOTP_CLIENT_H

#include <daotp/account.h>
#include <daotp/ca.h>
#include <daotp/domain.h>
#include <daotp/store.h>
#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A client. Opaque. */
typedef struct daotp_client daotp_client;

/**
 * Looks a user up in a directory: who is this. Runs in the thread of the step; may block if the
 * application can.
 * @param user       the pointer given with it
 * @param user_name  as given to prepare
 * @param account    to be filled in: UPN, distinguished name, SID, as far as they are known
 * @return DAOTP_OK, DAOTP_CANCELLED, or anything else for "cannot say". DAOTP_AGAIN: it is being
 *         looked up; then @p account stays valid, for the client's thread, until
 *         daotp_client_answer_account() or the end of the run. In a blocking call nobody could
 *         answer later, so DAOTP_AGAIN is "cannot say" there
 */
typedef daotp_status (*daotp_account_fn)(void *user, const char *user_name, daotp_account *account);

/**
 * Called when a stage begins and when it ends.
 * @param user   the pointer given with it
 * @param stage  the stage
 * @param state  DAOTP_STAGE_RUNNING, then DAOTP_STAGE_PASSED, _FAILED or _SKIPPED
 */
typedef void (*daotp_progress_fn)(void *user, daotp_stage stage, daotp_stage_state state);

/**
 * Make a client.
 * @param context      the context
 * @param[out] client  to be freed with daotp_client_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_INTERNAL (no descriptor left).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_new(daotp_context *context, daotp_client **client);
/**
 * Free a client. A run that is under way is cancelled, and every secret is wiped.
 * @param client  the client; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_client_free(daotp_client *client);
/**
 * What happened in the last run or setting.
 * @param client  the client; NULL is fine
 * @return the report, borrowed until the next call on @p client; NULL only when @p client is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_client_get_report(daotp_client *client);

/**
 * Add a server, tried in the order added (MS-OTPCE 3.1.1).
 * @param client  the client
 * @param url     the whole https URL, path included: none is guessed. Copied
 * @return DAOTP_OK, DAOTP_USAGE (also: no https URL, too many), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_add_server(daotp_client *client, const char *url);
/**
 * Set the TLS client certificate: the machine's, or any other.
 * @param client    the client; not NULL
 * @param identity  counted; NULL for none
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_identity(daotp_client *client, daotp_credential *identity);
/**
 * Set the anchors for the servers' certificates.
 * @param client  the client; not NULL
 * @param trust   counted; NULL for none, and then prepare ends with CLIENT-NO-TRUST
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_trust(daotp_client *client, daotp_trust *trust);
/**
 * Judge what is issued: the path of the server's signing certificate, and path and revocation of
 * the issued one (RFC 5280 6), the stages `chain` and `revocation`. Without, these are skipped, and
 * it is the KDC that judges.
 * @param client      the client
 * @param trust       anchors, intermediates and CRLs of the logon PKI; counted. NULL: not judged
 * @param revocation  require: a certificate whose revocation cannot be told is not kept
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_issuer_trust(daotp_client *client, daotp_trust *trust,
                                                     daotp_revocation revocation);
/**
 * Add CAs that may issue for logon, as a forest's NTAuthCertificates lists them (MS-WCCE
 * 2.2.2.11.3): the direct issuer of what is issued must be one of them, octet by octet. It is asked
 * where daotp_client_set_issuer_trust() is set. Without any it is not asked.
 * @param client     the client; not NULL
 * @param bytes      PEM (any number) or one certificate in DER; copied. NULL forgets all
 * @param len        its length in bytes
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way; DAOTP_MEMORY;
 *         DAOTP_PEER (CERT-DER), with none of them added
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_add_ntauth(daotp_client *client, const void *bytes, size_t len);
/**
 * Fetch CRLs, issuer certificates and OCSP answers that are missing when the issued certificate is
 * judged, and the KDC's in a logon proof. Without a fetcher nothing is fetched.
 * @param client   the client
 * @param fetcher  from where, and within which bounds; counted. NULL: fetch nothing
 * @return DAOTP_OK, DAOTP_USAGE (a NULL client, or a run is under way).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_fetcher(daotp_client *client, daotp_fetcher *fetcher);
/**
 * Set how the signed request reaches the certification authority.
 * @param client  the client; not NULL
 * @param ca      counted; NULL for none, and then prepare ends with CLIENT-NO-CA
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_ca(daotp_client *client, daotp_ca *ca);
/**
 * Set where the credential is kept. Without a store it is only handed out.
 * @param client  the client
 * @param store   counted; NULL for none
 * @param label   copied; NULL for the user's UPN
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_store(daotp_client *client, daotp_store *store,
                                              const char *label);
/**
 * Set the OTP logon template (MS-WCCE 2.2.2.7.7.2).
 * @param client  the client
 * @param oid     its object identifier, dotted
 * @param major   its major version; negative: not sent, which is the safest
 * @param minor   its minor version; negative: not sent
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_template(daotp_client *client, const char *oid,
                                                 int64_t major, int64_t minor);
/**
 * Set the kind of key that prepare makes; DAOTP_KEY_RSA_2048 unless set.
 * @param client  the client; not NULL
 * @param kind    one of ::daotp_key_kind
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or when there is no
 *         such kind
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_key_kind(daotp_client *client, daotp_key_kind kind);
/**
 * Set the key to be certified, instead of a new one that a step of prepare makes: for keys that
 * exist, and for those that were made ahead, in another thread, so that no step takes long.
 * @code
 * daotp_key_generate(context, DAOTP_KEY_RSA_2048, NULL, &key); // in any thread
 * daotp_client_set_key(client, key);                           // in the client's
 * @endcode
 * @param client  the client; not NULL
 * @param key     counted; NULL for a new one
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_key(daotp_client *client, daotp_key *key);
/**
 * Set a ready request instead of one made here.
 * @param client   the client
 * @param csr      PKCS#10 in DER, PEM or base64, copied; NULL for one made here
 * @param len      its length in bytes
 * @param key      its private key; counted
 * @return DAOTP_OK, DAOTP_USAGE (also: not a PKCS#10, or of another key), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_request(daotp_client *client, const void *csr, size_t len,
                                                daotp_key *key);
/**
 * Set the userPrincipalName that the directory has for the user.
 * @param client  the client; not NULL
 * @param upn     the userPrincipalName (UTF-8), copied; NULL when it is not known
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or @p upn is malformed;
 *         DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_upn(daotp_client *client, const char *upn);
/**
 * Set the distinguishedName that the directory has for the user.
 * @param client  the client; not NULL
 * @param dn      the distinguishedName (RFC 4514), copied; NULL when it is not known
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or @p dn is malformed;
 *         DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_dn(daotp_client *client, const char *dn);
/**
 * Set the objectSid that the directory has for the user.
 * @param client  the client; not NULL
 * @param sid     the objectSid ("S-1-5-21-..."), copied; NULL when it is not known
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or @p sid is malformed;
 *         DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_sid(daotp_client *client, const char *sid);
/**
 * Set the function that is asked what the directory says, when it was not set.
 * @param client   the client; not NULL
 * @param look_up  called by prepare, in its thread; NULL for none
 * @param user     given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_account_callback(daotp_client *client,
                                                         daotp_account_fn look_up, void *user);
/**
 * How the CA will be asked, as it was decided when prepare looked at the way to it: so that a
 * program can ask the person for a password before the code, or leave it out.
 * @param client  the client, prepared; NULL is fine
 * @return DAOTP_CA_USERNAME, DAOTP_CA_NEGOTIATE or DAOTP_CA_CERTIFICATE; 0 when nothing is
 * prepared, or the CA is no enrolment web service. After DAOTP_CA_ANY has chosen Negotiate, the
 * user's name and password may be asked for all the same, if the service does not take the ticket.
 * @since 0.1
 */
DAOTP_API daotp_ca_authentication daotp_client_get_ca_authentication(const daotp_client *client);
/**
 * Set the function that is asked for the user's domain credential.
 * @param client  the client; not NULL
 * @param ask     called in the thread of the step, when the host is known; NULL for none
 * @param user    given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_domain_callback(daotp_client *client, daotp_domain_fn ask,
                                                        void *user);
/**
 * Ask for the domain credential in prepare, before the user types the code, and not when the code
 * is spent: where the settings alone say who will get it, the host of daotp_ca_set_url() or of a
 * URL template without {host}, or the realm of a CA that is reached by RPC. Where the OTP server
 * will name the host, or a ticket serves, nothing is asked in prepare. What is given is kept, in
 * memory that is wiped, until the enrolment has succeeded or another preparation begins; a host
 * that refuses it is not given it again, and the function is asked as before.
 * @param client  the client; not NULL
 * @param use     on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way (CALL-ORDER)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_ask_early(daotp_client *client, bool use);
/**
 * Set the function that is called when a stage begins and when it ends.
 * @param client  the client; not NULL
 * @param tell    called in the thread of the step; NULL for none
 * @param user    given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_progress_callback(daotp_client *client,
                                                          daotp_progress_fn tell, void *user);
/**
 * Set the HTTP or SOCKS proxy, as libcurl takes one. Unless set, and unless
 * daotp_client_set_environment_proxy() was called, there is none.
 * @param client  the client
 * @param proxy   [scheme://]host[:port], copied; NULL for none
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_proxy(daotp_client *client, const char *proxy);
/**
 * Take https_proxy, all_proxy and no_proxy from the environment.
 * @param client  the client; not NULL
 * @param use     on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_environment_proxy(daotp_client *client, bool use);
/**
 * Set the deadline of each part, prepare and enroll. It counts all time since the begin, also that
 * in which the program did not step.
 * @param client      the client; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 60000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or the time is less
 *         than 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_timeout_ms(daotp_client *client, int64_t timeout_ms);
/**
 * Set one deadline for both parts together, prepare and enroll, beside that of each part. The time
 * between the parts, in which a person types the code, does not count; that of each enroll after a
 * refused code does, beside that of prepare. A part that ends by it ends with CALL-TIMEOUT.
 * @param client       the client; not NULL
 * @param deadline_ms  milliseconds; 0 for none, which holds unless it is set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way (CALL-ORDER), or the
 * time is negative
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_deadline_ms(daotp_client *client, int64_t deadline_ms);
/**
 * Set how long one server may take for name, TCP and TLS before the next is tried. Time in which
 * the program did not step though a step was due is not counted.
 * @param client      the client; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 10000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or the time is less
 *         than 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_connect_timeout_ms(daotp_client *client,
                                                           int64_t timeout_ms);
/**
 * Connect, and send a HEAD, before the code exists, so that late certificate requests are over by
 * then.
 * @param client  the client; not NULL
 * @param use     on or off; on unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_preflight(daotp_client *client, bool use);
/**
 * Send the HEAD of daotp_client_set_preflight(), so that a late certificate request happens, and
 * take no notice of how it is answered. Unless this is set, an answer without the protocol's header
 * leads to a POST that no server can fulfil (MS-OTPCE 3.2.5.1 refuses its certRequest before it
 * looks at user or code), and the run stops when that is not answered by the protocol.
 * @param client  the client; not NULL
 * @param ignore  on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_ignore_head(daotp_client *client, bool ignore);
/**
 * Use TLS 1.2 only: for servers that cannot ask for a certificate late over TLS 1.3.
 * @param client  the client; not NULL
 * @param only    on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_tls12_only(daotp_client *client, bool only);
/**
 * Set the rules by which the TLS certificates of the OTP server and of the enrolment web service
 * are judged: as daotp_verifier_set_rules() has them. DAOTP_RULES_PATH unless set. The host must be
 * in the subjectAltName under each.
 * @param client  the client
 * @param rules   DAOTP_RULES_PATH, DAOTP_RULES_STRICT or DAOTP_RULES_WEBPKI
 * @return DAOTP_OK; DAOTP_USAGE when there are no such rules, or while a run is under way. What was
 *         prepared is prepared again.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_server_rules(daotp_client *client, daotp_rules rules);
/**
 * Set what must be known about revocation of the OTP server's TLS certificate, before anything is
 * sent to it. What is missing is fetched by the client's fetcher, if one is set; CRLs may be in the
 * client's trust. Unless set it is not checked, and the report says so
 * (TLS-SERVER-REVOCATION-SKIPPED).
 * @param client  the client; not NULL
 * @param mode    DAOTP_REVOCATION_REQUIRE (unknown ends the run: TLS-SERVER-REVOCATION),
 *                DAOTP_REVOCATION_PREFER (unknown is a warning) or DAOTP_REVOCATION_IGNORE, the
 *                default
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or there is no such
 *         mode. What was prepared is prepared again.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_server_revocation(daotp_client *client,
                                                          daotp_revocation mode);
/**
 * Set the longest lifetime of an issued certificate that is accepted.
 * @param client   the client; not NULL
 * @param seconds  1 or more; 4 hours unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or the time is less
 *         than 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_max_lifetime_s(daotp_client *client, int64_t seconds);
/**
 * Have the certificate proven at a KDC: a ticket by PKINIT (RFC 4556), thrown away. Off unless set.
 * libkrb5 reads its configuration as ever (KRB5_CONFIG, krb5.conf).
 * @param client   the client
 * @param prove    on or off
 * @param kdc      host[:port], copied; NULL for those that krb5.conf lists for the realm
 * @param realm    copied; NULL for the UPN's suffix in upper case
 * @param anchors  file of the roots for the KDC's certificate, and of every CA between a root and
 *                 the user's certificate, for libkrb5 builds that path too; copied. NULL for
 *                 krb5.conf's
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_logon(daotp_client *client, bool prove, const char *kdc,
                                              const char *realm, const char *anchors);

/**
 * The key of the request that was prepared: to be kept when the CA puts the request aside.
 * @param client  the client; NULL is fine
 * @return the key, borrowed until the next prepare or resume; NULL when nothing was prepared
 * @since 0.1
 */
DAOTP_API daotp_key *daotp_client_get_key(const daotp_client *client);
/**
 * Ask a CA for the certificate of a request that it put aside (CA-PENDING), and judge and store
 * what it issued: without a code, for the OTP server signed the request before. By MS-WSTEP or RPC.
 * The key is that of the request: of daotp_client_set_key() or daotp_client_set_request(), or of
 * the run of this client that ended with CA-PENDING. Neither server nor template need be set. Goes
 * on with daotp_client_step() and daotp_client_finish().
 * @param client      the client; not NULL
 * @param user_name   whose request it is, as it was given to prepare; copied
 * @param config      the CA, "host\\name", as CA-PENDING names it; copied
 * @param request_id  the number of the request, as CA-PENDING shows it; by RPC 1 to 4294967295 in
 *                    decimal; copied
 * @return DAOTP_OK; DAOTP_USAGE (CALL-ARGUMENT, CALL-ORDER, USER-NAME); DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_resume_begin(daotp_client *client, const char *user_name,
                                                 const char *config, const char *request_id);
/**
 * The same, blocking.
 * @param client           the client; not NULL
 * @param user_name        as for daotp_client_resume_begin()
 * @param config           as for daotp_client_resume_begin()
 * @param request_id       as for daotp_client_resume_begin()
 * @param[out] credential  to be let go with daotp_credential_unref(); NULL unless the answer is
 *                         DAOTP_OK. May be NULL
 * @return DAOTP_OK; DAOTP_REJECTED with CA-PENDING while the request waits, with CA-DENIED when it
 * was refused; else as daotp_client_step(), never DAOTP_AGAIN.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_resume(daotp_client *client, const char *user_name,
                                           const char *config, const char *request_id,
                                           daotp_credential **credential);
/**
 * First part, blocking: key, request, connection. See daotp_client_prepare_begin().
 * @param client     the client; not NULL
 * @param user_name  DOMAIN\\user or UPN, as it is to be sent; copied
 * @return as daotp_client_step(), never DAOTP_AGAIN.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_prepare(daotp_client *client, const char *user_name);
/**
 * Second part, blocking: the code is sent, the certificate fetched, judged and stored.
 * @param client           the client, prepared
 * @param otp              the code with its PIN, UTF-8; copied into memory that is wiped. The
 *                         caller wipes its own
 * @param otp_len          its length in bytes
 * @param[out] credential  to be let go with daotp_credential_unref(); NULL unless the answer is
 *                         DAOTP_OK. May be NULL
 * @return as daotp_client_step(), never DAOTP_AGAIN.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_enroll(daotp_client *client, const char *otp, size_t otp_len,
                                           daotp_credential **credential);

/**
 * Begin the first part. It may be done again whenever no part is under way, which makes a new key.
 * @param client     the client
 * @param user_name  DOMAIN\\user or UPN, as it is to be sent; copied
 * @return DAOTP_OK, then step; DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_prepare_begin(daotp_client *client, const char *user_name);
/**
 * Begin the second part. After a refusal it may be begun again with a new code.
 * @param client   the client, prepared
 * @param otp      the code with its PIN, copied into memory that is wiped
 * @param otp_len  its length in bytes
 * @return DAOTP_OK, then step; DAOTP_USAGE (OTP-FORM, CALL-ORDER), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_enroll_begin(daotp_client *client, const char *otp,
                                                 size_t otp_len);
/**
 * Go on with the part that was begun. Never blocks, but for callbacks, the disk, and the first step
 * of prepare, which makes a key unless one was set: RSA of 2048 bits takes about 0.3 s, of 4096
 * bits about 4 s, now and then three times as long; a key on P-256 or P-384 takes less than a
 * millisecond. All else in the program's loop waits meanwhile. A program with a loop makes RSA keys
 * ahead, in any thread, with daotp_key_generate(), and gives each to daotp_client_set_key().
 *
 * A step that has made an RSA key ends there, so that no connection waits while other clients of
 * the loop make theirs.
 *
 * Steps may come late: then the deadlines of peers (daotp_client_set_connect_timeout_ms()) are
 * extended by that time, and a second or more in all is a finding, CALL-LATE; a connection that the
 * server gave up meanwhile is made again, before the code has left. The deadline of the part is not
 * extended.
 * @param client  the client; not NULL
 * @return DAOTP_AGAIN: wait, then step again. DAOTP_OK: done. Else the part has failed, and the
 *         report says why: DAOTP_CHALLENGE, DAOTP_USAGE, DAOTP_CONFIGURATION, DAOTP_MEMORY,
 *         DAOTP_NETWORK, DAOTP_PEER, DAOTP_TIMEOUT, DAOTP_REJECTED, DAOTP_UNDECIDED,
 *         DAOTP_CANCELLED, DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_step(daotp_client *client);
/**
 * Answer for the domain credential, after the function of daotp_client_set_domain_callback() said
 * DAOTP_AGAIN; then step. Until then steps answer DAOTP_AGAIN, and the deadlines of the run count.
 * @param client     the client; not NULL
 * @param user_name  DOMAIN\\user or UPN, copied; NULL: there is none to give
 * @param password   copied into memory that is wiped; the caller wipes its own
 * @param len        its length in bytes
 * @return DAOTP_OK; DAOTP_MEMORY; DAOTP_USAGE: nobody asked, or there was an answer already
 *         (CALL-ORDER), or it is malformed (CALL-ARGUMENT, a warning beside the run): then it may
 * be answered again
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_answer_domain(daotp_client *client, const char *user_name,
                                                  const char *password, size_t len);
/**
 * Answer what the directory says, after the function of daotp_client_set_account_callback() said
 * DAOTP_AGAIN; then step. The account that it was given is to be filled in before.
 * @param client    the client; not NULL
 * @param is_found  false: it cannot be said
 * @return DAOTP_OK; DAOTP_USAGE: nobody asked, or there was an answer already (CALL-ORDER)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_answer_account(daotp_client *client, bool is_found);
/**
 * Take what the second part won.
 * @param client           the client, after step answered DAOTP_OK for the second part
 * @param[out] credential  to be let go with daotp_credential_unref()
 * @return DAOTP_OK, DAOTP_USAGE when there is none.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_finish(daotp_client *client, daotp_credential **credential);
/**
 * End the run that is under way: the next step answers DAOTP_CANCELLED. May be called from any
 * thread.
 * @param client  the client; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_client_cancel(daotp_client *client);
/**
 * The descriptor to wait on: readable when a step can go on. It is an epoll descriptor, the same
 * for the life of the client.
 * @param client  the client; NULL is fine
 * @return the descriptor, not to be closed or changed; -1 when @p client is NULL
 * @since 0.1
 */
DAOTP_API int daotp_client_get_fd(const daotp_client *client);
/**
 * How long to wait at most. Ask after each begin and after each step.
 * @param client  the client; NULL is fine
 * @return milliseconds; 0 after a begin, for the first step is due at once; at most 100 while a
 * part is under way; -1 for ever: no part is under way, or @p client is NULL
 * @since 0.1
 */
DAOTP_API int daotp_client_get_timeout_ms(const daotp_client *client);

#ifdef __cplusplus
}
#endif
#endif
