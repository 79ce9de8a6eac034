/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file client.h
 * The enrolment: a user name and a one-time password become a credential (MS-OTPCE 3.1).
 *
 * An enrolment runs through a fixed sequence of stages (::daotp_stage, prepare to logon), in two
 * parts: prepare is everything that is possible before the user types the code, enroll is the rest.
 * Each part can be one blocking call, or a flow: call begin, then step while it returns
 * DAOTP_AGAIN, waiting on the descriptor for at most the time-out in between; then finish. After a
 * begin the time-out is 0: the first step is due at once.
 *
 * A code is sent once. Every error that can be found without the code is found before it is sent,
 * and it is not sent again if the response is lost.
 *
 * Make settings before a run or between runs. During a run a setting returns DAOTP_USAGE, and so
 * does every call that is made out of order. The report then has CALL-ORDER: during a run as a
 * warning, because the run goes on; otherwise as the only finding. Changing servers, identity,
 * trust, proxy, template, key, request, account, CA or store invalidates the preparation: call
 * daotp_client_prepare() again. If a setting is refused, the report says why.
 *
 * Threads: a client belongs to one thread at a time; only daotp_client_cancel() may be called from
 * any thread. Findings are in daotp_client_get_report().
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
 * Looks a user up in a directory. Runs in the thread that calls daotp_client_step(); it may block
 * if the application allows that.
 * @param user       the pointer given with the callback
 * @param user_name  the user name given to prepare; borrowed during the call
 * @param account    to be filled in with UPN, distinguished name and SID, as far as they are known
 * @return DAOTP_OK when the account was filled in; DAOTP_CANCELLED to end the run; DAOTP_AGAIN when
 *         the answer comes later: @p account then stays valid, in the client's thread, until
 *         daotp_client_answer_account() is called or the run ends. Any other value says that
 *         nothing is known of the user; so does DAOTP_AGAIN in a blocking call, where nobody could
 *         answer later
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
 * Make a client. No network I/O.
 * @param context      the context; referenced
 * @param[out] client  to be freed with daotp_client_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_INTERNAL when no
 *         file descriptor is left; DAOTP_MEMORY when memory ran out
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
 * @param client  the client; not NULL
 * @param url     the whole https URL with its path, which is never guessed; copied
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p client is NULL, a run is under way, @p
 *         url is no https URL, or there are 16 servers already; DAOTP_MEMORY when memory ran out
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
 * Validate what is issued: the path of the OTP server's signing certificate, and the path and
 * revocation of the issued certificate (RFC 5280 6; stages `chain` and `revocation`). Unless this
 * is set, both stages are skipped and only the KDC validates the certificate.
 * @param client      the client; not NULL
 * @param trust       anchors, intermediate certificates and CRLs of the logon PKI; referenced,
 *                    immutable from here on. NULL: not validated
 * @param revocation  with DAOTP_REVOCATION_REQUIRE a certificate whose revocation status is unknown
 *                    is not stored
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         revocation is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_issuer_trust(daotp_client *client, daotp_trust *trust,
                                                     daotp_revocation revocation);
/**
 * Add CAs that may issue logon certificates, as the forest's NTAuthCertificates object lists them
 * (MS-WCCE 2.2.2.11.3): the certificate of the direct issuer of the issued certificate must equal
 * one of them, octet by octet. Checked only if daotp_client_set_issuer_trust() is set, and only if
 * at least one CA was added.
 * @param client     the client; not NULL
 * @param bytes   PEM (any number) or one certificate in DER; copied. NULL removes all
 * @param len     its length in bytes
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p client is NULL, or a run is under way;
 *         DAOTP_PEER (CERT-DER) when a certificate cannot be read, and DAOTP_CONFIGURATION
 *         (TRUST-EMPTY) when there is none: then none of them is added; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_add_ntauth(daotp_client *client, const void *bytes, size_t len);
/**
 * Set the fetcher that gets missing CRLs, issuer certificates and OCSP responses when the issued
 * certificate is validated, and when a logon proof validates the KDC's certificate.
 * @param client   the client; not NULL
 * @param fetcher  says from where and within which limits; referenced, its settings are immutable
 *                 from here on. NULL, the default: fetch nothing
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, or a run is under way
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
 * Set the store that keeps the credential. Without a store the credential is only returned to the
 * caller.
 * @param client  the client; not NULL
 * @param store   referenced; NULL: the credential is only returned
 * @param label   the entry's label, copied; NULL for the user's UPN
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         label cannot be a label (daotp_store_is_label()); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_store(daotp_client *client, daotp_store *store,
                                              const char *label);
/**
 * Set the OTP logon template (MS-WCCE 2.2.2.7.7.2).
 * @param client  the client; not NULL
 * @param oid     its object identifier, dotted; copied
 * @param major   its major version, 0 to 4294967295; negative: not sent, which every CA accepts
 * @param minor   its minor version, 0 to 4294967295; negative: not sent
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, @p oid
 *         is NULL or no object identifier, or a version is above 4294967295; DAOTP_MEMORY when
 *         memory ran out
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
 * Set a PKCS#10 request that was made elsewhere, to be sent instead of one that prepare makes.
 * @param client  the client; not NULL
 * @param csr     PKCS#10 in DER, PEM or base64, copied; NULL: prepare makes the request
 * @param len      its length in bytes
 * @param key     the private key of the request; referenced; NULL with a NULL @p csr
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p client is NULL, a run is under
 *         way, only one of @p csr and @p key is NULL, @p csr is no PKCS#10, or it is for another
 *         key; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_request(daotp_client *client, const void *csr, size_t len,
                                                daotp_key *key);
/**
 * Set the userPrincipalName that the directory has for the user.
 * @param client  the client; not NULL
 * @param upn     the userPrincipalName (UTF-8), copied; NULL when it is not known
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         upn is empty, longer than 512 bytes or holds control characters; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_upn(daotp_client *client, const char *upn);
/**
 * Set the distinguishedName that the directory has for the user.
 * @param client  the client; not NULL
 * @param dn      the distinguishedName (RFC 4514), copied; NULL when it is not known
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         dn is longer than 2048 bytes or no distinguished name; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_dn(daotp_client *client, const char *dn);
/**
 * Set the objectSid that the directory has for the user.
 * @param client  the client; not NULL
 * @param sid     the objectSid ("S-1-5-21-..."), copied; NULL when it is not known
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         sid is not of the form "S-1-..."; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_sid(daotp_client *client, const char *sid);
/**
 * Set the function that looks the user up in a directory; it is called for what
 * daotp_client_set_upn() and its siblings did not set.
 * @param client   the client; not NULL
 * @param look_up  called in prepare, in the thread of the step; NULL for none
 * @param user     given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_account_callback(daotp_client *client,
                                                         daotp_account_fn look_up, void *user);
/**
 * How the client will authenticate to the CA, as prepare decided it. A program can then ask the
 * person for a password before it asks for the code, or not ask at all.
 * @param client  the client, prepared; NULL is fine
 * @return DAOTP_CA_USERNAME, DAOTP_CA_NEGOTIATE or DAOTP_CA_CERTIFICATE; 0 when @p client is NULL
 *         or not prepared, or the CA is no enrolment web service. After DAOTP_CA_ANY has chosen
 *         Negotiate, the user's name and password may still be asked for, if the service refuses
 *         the ticket
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
 * Ask for the domain credential during prepare, before the user types the code, instead of after
 * the code was sent. This happens only if the settings alone tell where the password will be sent:
 * to the host of daotp_ca_set_url(), to that of a URL template without {host}, or, with RPC, to the
 * KDCs of the realm. If the OTP server will name the host, or a ticket is used, prepare does not
 * ask. The answer is kept in memory that is wiped, until the enrolment succeeds or another
 * preparation begins. A host that refuses it does not get it again, and the callback is asked once
 * more.
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
 * Set the HTTP or SOCKS proxy, in the form that libcurl accepts. Unless this or
 * daotp_client_set_environment_proxy() is called, no proxy is used.
 * @param client  the client; not NULL
 * @param proxy   [scheme://]host[:port], copied; NULL for none
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p client is NULL, a run is under
 *         way, or @p proxy is no proxy URL; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_proxy(daotp_client *client, const char *proxy);
/**
 * Use the proxy that the environment names (https_proxy, all_proxy, no_proxy).
 * @param client  the client; not NULL
 * @param use     on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_environment_proxy(daotp_client *client, bool use);
/**
 * Set the deadline of each part: prepare, and enroll. It runs from the begin call on, and includes
 * the time in which the program did not step.
 * @param client      the client; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 60000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or the time is less
 *         than 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_timeout_ms(daotp_client *client, int64_t timeout_ms);
/**
 * Set one deadline for prepare and enroll together, in addition to the deadline of each part. The
 * time between the parts, in which a person types the code, does not count. Each new enroll after a
 * refused code may use what prepare left of it. A part that this deadline ends has the finding
 * CALL-TIMEOUT.
 * @param client       the client; not NULL
 * @param deadline_ms  milliseconds; 0, the default, for none
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way (CALL-ORDER), or the
 * time is negative
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_deadline_ms(daotp_client *client, int64_t deadline_ms);
/**
 * Set how long the name resolution, TCP and TLS of one server may take before the next server is
 * tried. Time in which a step was due and the program did not step does not count.
 * @param client      the client; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 10000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL, a run is under way, or the time is less
 *         than 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_connect_timeout_ms(daotp_client *client,
                                                           int64_t timeout_ms);
/**
 * In prepare, connect and send a HEAD request, so that a certificate request after the handshake
 * (TLS 1.2 renegotiation, TLS 1.3 post-handshake authentication) is finished before the user types
 * the code.
 * @param client  the client; not NULL
 * @param use     on or off; on unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_preflight(daotp_client *client, bool use);
/**
 * Send the HEAD request of daotp_client_set_preflight(), but ignore how it is answered. Unless this
 * is set, an answer without the header X-OTPCEP-version is followed by a test: a POST whose
 * certRequest no server accepts, so that neither user nor code is checked (MS-OTPCE 3.2.5.1). The
 * run ends if the answer to it is no message of the protocol.
 * @param client  the client; not NULL
 * @param ignore  on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_ignore_head(daotp_client *client, bool ignore);
/**
 * Use TLS 1.2 only: for servers that cannot request a client certificate after the handshake over
 * TLS 1.3.
 * @param client  the client; not NULL
 * @param only    on or off; off unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p client is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_tls12_only(daotp_client *client, bool only);
/**
 * Set the rules by which the TLS certificates of the OTP server and of the enrolment web service
 * are validated (::daotp_rules); DAOTP_RULES_PATH unless set. With all of them, the host must be in
 * the subjectAltName. Invalidates a preparation.
 * @param client  the client; not NULL
 * @param rules   DAOTP_RULES_PATH, DAOTP_RULES_STRICT or DAOTP_RULES_WEBPKI
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         rules is none of the values
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
 * Prove the certificate at a KDC: after the enrolment, get a ticket by PKINIT (RFC 4556) and
 * discard it. libkrb5 reads its usual configuration (KRB5_CONFIG, krb5.conf).
 * @param client  the client; not NULL
 * @param use     on or off; off unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_logon_proof(daotp_client *client, bool use);
/**
 * Set the realm of the logon proof, and its KDC.
 * @param client  the client; not NULL
 * @param realm   copied; NULL: the UPN's suffix in upper case, as unless set
 * @param kdc     host[:port], copied; NULL: those that krb5.conf lists for the realm, as unless set
 * @return DAOTP_OK when they were set; DAOTP_USAGE when @p client is NULL, or a run is under way;
 *         DAOTP_MEMORY when memory ran out, with nothing changed
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_logon_realm(daotp_client *client, const char *realm,
                                                    const char *kdc);
/**
 * Set the anchors of the logon proof.
 * @param client  the client; not NULL
 * @param path    file with the roots for the KDC's certificate, and with every CA certificate
 *                between a root and the user's certificate, because libkrb5 builds that path too;
 *                copied. NULL: as krb5.conf says, as unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, or a run is under way;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_logon_anchors(daotp_client *client, const char *path);

/**
 * The private key of the prepared request. Keep it if the CA puts the request aside (CA-PENDING).
 * @param client  the client; NULL is fine
 * @return the key, borrowed until the next prepare or resume; NULL when nothing was prepared
 * @since 0.1
 */
DAOTP_API daotp_key *daotp_client_get_key(const daotp_client *client);
/**
 * Set which request daotp_client_resume() asks for: one that a CA put aside (CA-PENDING).
 * @param client      the client; not NULL
 * @param config      the CA, "host\\name", as CA-PENDING names it; copied
 * @param request_id  the number of the request, as CA-PENDING shows it; with RPC 1 to 4294967295 in
 *                    decimal; copied
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p client is NULL, a run is under way, or @p
 *         config or @p request_id is NULL, empty, too long or not printable; DAOTP_MEMORY when
 *         memory ran out. Unless it is DAOTP_OK nothing changed
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_set_pending_request(daotp_client *client, const char *config,
                                                        const char *request_id);
/**
 * Ask a CA for the certificate of the request that daotp_client_set_pending_request() names, then
 * validate and store the certificate. No code is needed: the OTP server signed the request before.
 * With MS-WSTEP or RPC. The key must be that of the request: set it with daotp_client_set_key() or
 * daotp_client_set_request(), or use the client whose run ended with CA-PENDING. Neither server nor
 * template need be set. Continue with daotp_client_step() and daotp_client_finish().
 * @param client     the client; not NULL
 * @param user_name  the user whose request it is, as it was given to prepare; copied
 * @return DAOTP_OK: begun, call daotp_client_step(). DAOTP_USAGE when @p client is NULL, a run is
 *         under way (CALL-ORDER), @p user_name cannot be a user name (USER-NAME), the request or its
 *         key is not set, or the CA cannot be asked for it (CALL-ARGUMENT); DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_resume_begin(daotp_client *client, const char *user_name);
/**
 * Ask for the certificate of a request that was put aside, like daotp_client_resume_begin(), and
 * block until there is a result.
 * @param client           the client; not NULL
 * @param user_name        the user whose request it is, as it was given to prepare; copied
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         returns DAOTP_OK. May be NULL
 * @return DAOTP_OK when the certificate was issued and stored; DAOTP_REJECTED when the request
 *         still waits (CA-PENDING), was refused (CA-DENIED), or the certificate is unfit;
 *         DAOTP_USAGE when @p client is NULL, a run is under way (CALL-ORDER), @p user_name cannot
 *         be a user name (USER-NAME), or the request or its key is not set (CALL-ARGUMENT);
 *         DAOTP_CONFIGURATION when a setting is missing or cannot work, or the store cannot be
 *         written; DAOTP_NETWORK when the CA cannot be reached or the connection broke; DAOTP_PEER
 *         when its answer is malformed; DAOTP_TIMEOUT when the deadline passed; DAOTP_UNDECIDED
 *         when its answer was lost, or revocation is unknown; DAOTP_CANCELLED when it was
 *         cancelled; DAOTP_INTERNAL when a library below failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_resume(daotp_client *client, const char *user_name,
                                           daotp_credential **credential);
/**
 * First part, blocking: make the key and the request, check the settings, connect to the server.
 * @param client     the client; not NULL
 * @param user_name  DOMAIN\\user or UPN, as it is to be sent; copied
 * @return DAOTP_OK when prepared; DAOTP_USAGE when @p client is NULL, a run is under way
 *         (CALL-ORDER), or @p user_name cannot be a user name (USER-NAME); DAOTP_CONFIGURATION when
 *         a setting is missing or cannot work; DAOTP_NETWORK when no server can be reached;
 *         DAOTP_PEER when the server does not speak the protocol; DAOTP_REJECTED when its
 *         certificate or ours is refused; DAOTP_UNDECIDED when the revocation of its certificate is
 *         unknown and required; DAOTP_TIMEOUT when a deadline passed; DAOTP_CANCELLED when it was
 *         cancelled; DAOTP_INTERNAL when a library below failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_prepare(daotp_client *client, const char *user_name);
/**
 * Second part, blocking: send the code, submit the signed request, validate and store the
 * certificate.
 * @param client           the client, prepared
 * @param otp              the code with its PIN, UTF-8, 1 to 512 bytes; copied into memory that is
 *                         wiped. The caller wipes its own copy
 * @param otp_len          its length in bytes
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         returns DAOTP_OK. May be NULL
 * @return DAOTP_OK when the certificate was issued, validated and stored; DAOTP_USAGE when @p
 *         client is NULL, not prepared or a run is under way (CALL-ORDER), or the code cannot be
 *         sent (OTP-FORM); DAOTP_CHALLENGE when the OTP server wants a second round
 *         (OTP-CHALLENGE); DAOTP_CONFIGURATION when a setting is missing or cannot work, or a store
 *         cannot be written; DAOTP_NETWORK when a peer cannot be reached or the connection broke;
 *         DAOTP_PEER when a peer sent what the protocol does not allow; DAOTP_TIMEOUT when a
 *         deadline passed; DAOTP_REJECTED when the OTP server refused the code, the CA refused the
 *         request or put it aside, or a certificate was found unfit; DAOTP_UNDECIDED when the code
 *         or the request was sent and the outcome is not known, or revocation is unknown;
 *         DAOTP_CANCELLED when it was cancelled; DAOTP_INTERNAL when a library below failed;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_enroll(daotp_client *client, const char *otp, size_t otp_len,
                                           daotp_credential **credential);

/**
 * Begin the first part. It may be repeated whenever no part is under way; each time a new key is
 * made, unless one was set.
 * @param client     the client; not NULL
 * @param user_name  DOMAIN\\user or UPN, as it is to be sent; copied
 * @return DAOTP_OK: begun, call daotp_client_step(). DAOTP_USAGE when @p client is NULL, a run is
 *         under way (CALL-ORDER), or @p user_name is NULL, empty, longer than 512 bytes or holds
 *         control characters (USER-NAME); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_prepare_begin(daotp_client *client, const char *user_name);
/**
 * Begin the second part. After a refused code it may be begun again with a new code, without
 * another prepare.
 * @param client   the client, prepared
 * @param otp      the code with its PIN, UTF-8, 1 to 512 bytes; copied into memory that is wiped
 * @param otp_len  its length in bytes
 * @return DAOTP_OK: begun, call daotp_client_step(). DAOTP_USAGE when @p client is NULL, not
 *         prepared or a run is under way (CALL-ORDER), or @p otp is NULL, empty, longer than 512
 *         bytes, not UTF-8 or holds control characters (OTP-FORM); DAOTP_CONFIGURATION when the
 *         CA's settings no longer work, for example because a ticket has expired since prepare;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_enroll_begin(daotp_client *client, const char *otp,
                                                 size_t otp_len);
/**
 * Continue the part that was begun. Never blocks, except in callbacks, on disk I/O, and in the
 * first step of prepare, which makes a key unless one was set: RSA of 2048 bits takes about 0.3 s,
 * of 4096 bits about 4 s, now and then three times as long; a key on P-256 or P-384 takes less than
 * a millisecond. Everything else in the program's loop waits meanwhile. So a program with an event
 * loop makes RSA keys in advance, in any thread, with daotp_key_generate(), and gives each to
 * daotp_client_set_key().
 *
 * A step that has made an RSA key returns right after it, so that other clients of the same loop
 * get their turn.
 *
 * If the program steps late, the time-outs of peers (daotp_client_set_connect_timeout_ms()) are
 * extended by the delay; a delay of a second or more in all is reported as CALL-LATE. A connection
 * that the server closed meanwhile is opened again, as long as the code has not been sent. The
 * deadline of the part is not extended.
 * @param client  the client; not NULL
 * @return DAOTP_AGAIN: wait for the descriptor or the time-out, then step again. DAOTP_OK when the
 *         part is done. Any other status ends the part, and the report has the findings:
 *         DAOTP_USAGE when @p client is NULL, or no part is under way; DAOTP_CHALLENGE when the OTP
 *         server wants a second round (OTP-CHALLENGE); DAOTP_CONFIGURATION when a setting is
 *         missing or cannot work, or a store cannot be written; DAOTP_NETWORK when a peer cannot be
 *         reached or the connection broke; DAOTP_PEER when a peer sent what the protocol does not
 *         allow; DAOTP_TIMEOUT when a deadline passed; DAOTP_REJECTED when the OTP server refused
 *         the code, the CA refused the request or put it aside, or a certificate was found unfit;
 *         DAOTP_UNDECIDED when the code or the request was sent and the outcome is not known, or
 *         revocation is unknown; DAOTP_CANCELLED when it was cancelled; DAOTP_INTERNAL when a
 *         library below failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_step(daotp_client *client);
/**
 * Give the domain credential after the callback of daotp_client_set_domain_callback() returned
 * DAOTP_AGAIN; then step. Until then each step returns DAOTP_AGAIN, and the deadlines keep running.
 * @param client     the client; not NULL
 * @param user_name  DOMAIN\\user or UPN, copied; NULL: there is no credential
 * @param password   copied into memory that is wiped; the caller wipes its own copy
 * @param len        its length in bytes
 * @return DAOTP_OK when the answer was taken; DAOTP_USAGE when @p client is NULL, nobody asked or
 *         it was answered already (CALL-ORDER), or the name or password is malformed
 *         (CALL-ARGUMENT, a warning in the report of the run): then answer again; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_answer_domain(daotp_client *client, const char *user_name,
                                                  const char *password, size_t len);
/**
 * Finish the look-up after the callback of daotp_client_set_account_callback() returned
 * DAOTP_AGAIN; then step. Fill in the account that the callback was given before this call.
 * @param client  the client; not NULL
 * @param answer  what the callback would have returned: DAOTP_OK, DAOTP_CANCELLED to end the run,
 *                or anything else when nothing is known of the user
 * @return DAOTP_OK when the answer was taken; DAOTP_USAGE when @p client is NULL, nobody asked, it
 *         was answered already (CALL-ORDER), or @p answer is DAOTP_AGAIN (CALL-ARGUMENT, a warning
 *         beside the run)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_answer_account(daotp_client *client, daotp_status answer);
/**
 * Take the credential that the second part obtained.
 * @param client           the client, after daotp_client_step() returned DAOTP_OK for the second
 *                         part
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         succeeds; not NULL
 * @return DAOTP_OK when it was handed out; DAOTP_USAGE when an argument is NULL, the second part
 *         did not end with DAOTP_OK, or the credential was taken already (CALL-ORDER)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_client_finish(daotp_client *client, daotp_credential **credential);
/**
 * Cancel the run that is under way: the next step returns DAOTP_CANCELLED. Any thread.
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
 * How long to wait for the descriptor at most. Ask again after each begin and each step.
 * @param client  the client; NULL is fine
 * @return milliseconds; 0 right after a begin, because the first step is due at once; at most 100
 *         while a part is under way; -1 (wait without limit) when no part is under way or @p client
 *         is NULL
 * @since 0.1
 */
DAOTP_API int daotp_client_get_timeout_ms(const daotp_client *client);

#ifdef __cplusplus
}
#endif
#endif
