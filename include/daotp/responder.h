/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file responder.h
 * The server end of MS-OTPCE (3.2), without a socket of its own: an HTTP request goes in, an HTTP
 * response comes out. It asks the application, by callbacks, who the user is and whether the code
 * is right. Either may be answered later; a code is asked about once.
 *
 * Threads: a responder and its exchanges belong to one thread at a time. A server with several
 * threads makes a responder for each.
 */
#ifndef DAOTP_RESPONDER_H
#define DAOTP_RESPONDER_H

#include <daotp/account.h>
#include <daotp/budget.h>
#include <daotp/credential.h>
#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A responder: the settings that all exchanges share. Opaque. */
typedef struct daotp_responder daotp_responder;
/** One request and its answer. Opaque. */
typedef struct daotp_exchange daotp_exchange;

/** What the directory answers. */
typedef enum daotp_user_answer {
    DAOTP_USER_FOUND = 1, /**< daotp_exchange_get_account() was filled in */
    DAOTP_USER_UNKNOWN =
        2, /**< AuthenticationError, after the code was asked about as for others */
    DAOTP_USER_UNAVAILABLE = 3 /**< the directory could not be asked: OtherError */
} daotp_user_answer;

/** What the OTP back end answers (MS-OTPCE 3.2.5.1). */
typedef enum daotp_code_answer {
    DAOTP_CODE_ACCEPTED = 1,   /**< Access-Accept */
    DAOTP_CODE_REJECTED = 2,   /**< Access-Reject: AuthenticationError */
    DAOTP_CODE_CHALLENGE = 3,  /**< Access-Challenge: ChallengeResponseRequired */
    DAOTP_CODE_UNAVAILABLE = 4 /**< no answer: OtherError */
} daotp_code_answer;

/**
 * Asks who a user is. Answer with daotp_exchange_answer_user(), during the call or later.
 * @param user       the pointer given with the callback
 * @param exchange   the exchange to be answered
 * @param user_name  as the client sent it; borrowed until the exchange ends
 */
typedef void (*daotp_user_fn)(void *user, daotp_exchange *exchange, const char *user_name);
/**
 * Asks whether a code is right. Answer with daotp_exchange_answer_code(), during the call or later.
 * Called at most once for each exchange, and not while a wrong-code budget is exhausted.
 *
 * It is also called for a user that the directory does not know, so that neither the answer nor the
 * time tells the client which users exist: do the same work, with a token that nobody has. Such a
 * user never gets Success, whatever is answered. Answer DAOTP_CODE_UNAVAILABLE only if nothing
 * checked the code.
 * @param user       the pointer given with the callback
 * @param exchange   the exchange to be answered
 * @param user_name  as the client sent it; borrowed until the exchange ends
 * @param code       the code with its PIN, borrowed during the call only and wiped after it
 * @param len        its length in bytes
 */
typedef void (*daotp_code_fn)(void *user, daotp_exchange *exchange, const char *user_name,
                              const char *code, size_t len);

/**
 * Make a responder. No I/O.
 * @param context         the context; referenced
 * @param[out] responder  to be freed with daotp_responder_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_new(daotp_context *context, daotp_responder **responder);
/**
 * Free a responder. Its exchanges must have been freed before.
 * @param responder  the responder; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_responder_free(daotp_responder *responder);
/**
 * Why the last setting, or daotp_exchange_new(), was refused: CALL-ARGUMENT, or CALL-ORDER.
 * @param responder  the responder; NULL is fine
 * @return the report, borrowed until the next call on @p responder; NULL only when @p responder is
 *         NULL. What becomes of an exchange is in daotp_exchange_get_report()
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_responder_get_report(daotp_responder *responder);
/**
 * Set the certificate template; requests for any other are refused.
 * @param responder  the responder; not NULL
 * @param oid        its object identifier, dotted; copied
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p responder is NULL, or @p oid is NULL or no
 *         object identifier; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_template(daotp_responder *responder, const char *oid);
/**
 * Set the signing certificate (registration authority) with its key.
 * @param responder  the responder; not NULL
 * @param signer     referenced; NULL for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_signer(daotp_responder *responder,
                                                  daotp_credential *signer);
/**
 * Read the signing certificate from files: now; if that fails, when it is needed; and again
 * whenever the files change, because the certificate is valid for a few days only. A new pair that
 * cannot be read, or that is not fit for a registration authority, is ignored and the old one stays
 * in use. If there is no usable one, the exchange ends before the code is asked about.
 * @param responder         the responder; not NULL
 * @param certificate_path  copied
 * @param key_path          copied; the file must be closed to others
 * @return DAOTP_OK when the names were set, also when the files cannot be read now; DAOTP_USAGE
 *         when an argument is NULL; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_signer_files(daotp_responder *responder,
                                                        const char *certificate_path,
                                                        const char *key_path);
/**
 * Add a certification authority for IssuingCA in responses, in order of preference.
 * @param responder  the responder; not NULL
 * @param config     "host\\name", copied
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p responder is NULL, @p config is not of
 *         the form host\\name, longer than 2048 bytes or holds control characters, or there are 16
 *         already; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_add_issuing_ca(daotp_responder *responder,
                                                      const char *config);
/**
 * Validate certificates (RFC 5280 6): the client's, and the signing certificate before it signs. A
 * client whose certificate is not valid is answered with 403. Unless this is set, the TLS server's
 * decision about the client certificate holds. Nothing is fetched; to use newer CRLs, set a new
 * trust.
 * @param responder   the responder; not NULL
 * @param trust       anchors, intermediate certificates and CRLs; referenced, immutable from here
 *                    on. NULL: not validated
 * @param revocation  for the client's certificate; the revocation of the signing certificate is
 *                    checked by the CA
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p responder is NULL, or @p revocation is none
 *         of the values; DAOTP_INTERNAL when no file descriptor is left; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_trust(daotp_responder *responder, daotp_trust *trust,
                                                 daotp_revocation revocation);
/**
 * Refuse requests for the keys of these certificates (CSR-KEY-SHARED): those of the TLS server and
 * of other services on this machine. Keys of the signing certificate, of its chain, and of the
 * certificates of daotp_responder_set_trust() are always refused. A request with such a key shows
 * that its sender has the private key of a server. May be called several times.
 * @param responder     the responder; not NULL
 * @param certificates  PEM with any number of certificates, one in DER, or a PKCS#7; copied
 * @param len           its length in bytes
 * @return DAOTP_OK when they were added; DAOTP_USAGE when an argument is NULL; DAOTP_PEER
 *         (CERT-DER) when one cannot be read, and DAOTP_CONFIGURATION (TRUST-EMPTY) when there is
 *         none: then none is added; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_add_reserved(daotp_responder *responder,
                                                    const void *certificates, size_t len);
/**
 * Set the function that is asked who a user is.
 * @param responder  the responder; not NULL
 * @param ask        called in the thread of the step; NULL for none
 * @param user       given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_user_callback(daotp_responder *responder,
                                                         daotp_user_fn ask, void *user);
/**
 * Set the function that is asked whether a code is right.
 * @param responder  the responder; not NULL
 * @param ask        called in the thread of the step; NULL for none
 * @param user       given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_code_callback(daotp_responder *responder,
                                                         daotp_code_fn ask, void *user);
/**
 * Add a rule for names: a client that sends DOMAIN\\user or user\@suffix must request the UPN
 * user\@suffix. Other requests are refused before directory and code are asked (OtherError,
 * MS-OTPCE 3.2.5.1 1a). Names of domains without a rule are compared with the account only, after a
 * right code. Not for domains where a UPN may differ from the account's name.
 * @param responder  the responder; not NULL
 * @param domain     the NetBIOS name, "CORP"; compared ignoring case, copied
 * @param suffix     the part of its UPNs after the @, "corp.example"; copied
 * @return DAOTP_OK when it was added; DAOTP_USAGE when an argument is NULL, a name is empty, longer
 *         than 255 bytes, or has a backslash or an @, or there are 16 rules already; DAOTP_MEMORY
 *         when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_add_domain(daotp_responder *responder, const char *domain,
                                                  const char *suffix);
/**
 * Set where wrong codes are counted. While a budget is exhausted the code callback is not called,
 * and the client gets the same answer as for a wrong code.
 * @param responder  the responder; not NULL
 * @param budget     referenced; several responders may share one. NULL, or never set: the responder
 *                   counts in memory, and the first exchange has the warning SERVE-BUDGET-MEMORY
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_budget(daotp_responder *responder, daotp_budget *budget);
/**
 * Whether the client must present a certificate.
 * @param responder  the responder; not NULL
 * @param require    on or off; on unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_require_certificate(daotp_responder *responder,
                                                           bool require);
/**
 * Set how long an exchange may wait for answers.
 * @param responder   the responder; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 120000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL, or when the time is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_timeout_ms(daotp_responder *responder,
                                                      int64_t timeout_ms);

/**
 * Begin an exchange.
 * @param responder      the responder; not NULL; must outlive the exchange
 * @param method         the HTTP method; copied
 * @param body           the body as received; copied into memory that is wiped, the caller wipes
 *                       its own copy
 * @param body_len       its length in bytes
 * @param[out] exchange  to be freed with daotp_exchange_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p responder, @p method or @p exchange is
 *         NULL, @p body is NULL with a length above 0 (CALL-ARGUMENT), or the responder has no
 *         template yet (CALL-ORDER); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_new(daotp_responder *responder, const char *method,
                                          const void *body, size_t body_len,
                                          daotp_exchange **exchange);
/**
 * Free an exchange, answered or not.
 * @param exchange  the exchange; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_exchange_free(daotp_exchange *exchange);
/**
 * Add a header of the request. Only X-OTPCEP-version and Content-Type are used; others are ignored.
 * @param exchange  the exchange; not NULL
 * @param name      copied; compared ignoring case
 * @param value     copied
 * @return DAOTP_OK when it was taken or does not matter; DAOTP_USAGE when an argument is NULL, or
 *         after the first step (CALL-ORDER); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_add_header(daotp_exchange *exchange, const char *name,
                                                 const char *value);
/**
 * Set the client certificate that the TLS server verified: the client proved to have its key.
 * Whether its issuer is trusted was decided by the TLS server, unless daotp_responder_set_trust()
 * is set.
 * @param exchange  the exchange, before its first step; not NULL
 * @param der       one certificate in DER, copied
 * @param len       its length in bytes
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p exchange or @p der is NULL, after the first
 *         step (CALL-ORDER), or when the bytes are no certificate in DER: then the exchange ends
 *         like after daotp_exchange_refuse_peer_certificate(); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_set_peer_certificate(daotp_exchange *exchange,
                                                           const void *der, size_t len);
/**
 * Say that the client presented a certificate that cannot be used, for example because a front
 * passed on something that cannot be read. The exchange ends with 403 and the finding
 * SERVE-CLIENT-CERT-READ, also if clients without a certificate are allowed.
 * @param exchange  the exchange, before its first step; not NULL
 * @param why       shown in the finding, copied
 * @return DAOTP_OK when it was noted; DAOTP_USAGE when @p exchange or @p why is NULL, or after the
 *         first step (CALL-ORDER); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_refuse_peer_certificate(daotp_exchange *exchange,
                                                              const char *why);
/**
 * Continue the exchange.
 * @param exchange  the exchange; not NULL
 * @return DAOTP_AGAIN: wait for an answer from a callback, then step again. Anything else is the
 *         verdict, and the HTTP response is ready: DAOTP_OK for Success; DAOTP_PEER when the
 *         message is not of the protocol; DAOTP_REJECTED when the request, the client certificate,
 *         the user or the code was refused; DAOTP_CHALLENGE when the back end wants another round;
 *         DAOTP_UNDECIDED when the directory or the back end did not answer; DAOTP_TIMEOUT when the
 *         answers took too long; DAOTP_CONFIGURATION when a setting is missing, the signing
 *         certificate is unusable, or the budget's state cannot be read; DAOTP_INTERNAL when
 *         libcrypto failed; DAOTP_MEMORY when memory ran out; DAOTP_USAGE when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_step(daotp_exchange *exchange);
/**
 * How long to wait at most before the next step.
 * @param exchange  the exchange; NULL is fine
 * @return milliseconds; 0 until the first step, which is due at once; -1 (wait without limit) when
 *         the answer is ready, or @p exchange is NULL
 * @since 0.1
 */
DAOTP_API int daotp_exchange_get_timeout_ms(const daotp_exchange *exchange);
/**
 * The account to be filled in before DAOTP_USER_FOUND is answered.
 * @param exchange  the exchange; NULL is fine
 * @return the account, borrowed as long as the exchange; NULL only when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_account *daotp_exchange_get_account(daotp_exchange *exchange);
/**
 * Answer who the user is; then step.
 * @param exchange  the exchange; not NULL
 * @param answer    one of ::daotp_user_answer
 * @return DAOTP_OK when it was taken; DAOTP_USAGE when @p exchange is NULL, the user was not asked
 *         about or was answered already (CALL-ORDER), or @p answer is none of the values
 *         (CALL-ARGUMENT)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_answer_user(daotp_exchange *exchange,
                                                  daotp_user_answer answer);
/**
 * Answer whether the code is right; then step. Why it is not, or what the back end wants, can be
 * added before with daotp_report_add() to daotp_exchange_get_report(): the first of these findings
 * is the cause of SERVE-CODE-*. With DAOTP_CODE_ACCEPTED they are warnings.
 * @param exchange  the exchange; not NULL
 * @param answer    one of ::daotp_code_answer
 * @return DAOTP_OK when it was taken; DAOTP_USAGE when @p exchange is NULL, the code was not asked
 *         about or was answered already (CALL-ORDER), or @p answer is none of the values
 *         (CALL-ARGUMENT)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_answer_code(daotp_exchange *exchange,
                                                  daotp_code_answer answer);
/**
 * What happened in an exchange: for the server's log, never for the client.
 * @param exchange  the exchange; NULL is fine
 * @return the report, borrowed as long as the exchange; NULL only when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_exchange_get_report(daotp_exchange *exchange);
/**
 * The signing certificate that the exchange uses, for the server's log: which registration
 * authority vouched for the request.
 * @param exchange  the exchange; NULL is fine
 * @return the credential, borrowed as long as the exchange; NULL while the exchange has not
 *         chosen a signing certificate (it does so before it checks the code), and when @p
 *         exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_credential *daotp_exchange_get_signer(const daotp_exchange *exchange);

/**
 * The HTTP status to answer with.
 * @param exchange  the exchange; NULL is fine
 * @return the status; 0 before it is ready
 * @since 0.1
 */
DAOTP_API uint32_t daotp_exchange_get_http_status(const daotp_exchange *exchange);
/**
 * A header to answer with.
 * @param exchange    the exchange
 * @param index       0, 1, ...
 * @param[out] value  its value, borrowed
 * @return its name, borrowed; NULL past the end.
 * @since 0.1
 */
DAOTP_API const char *daotp_exchange_get_header(const daotp_exchange *exchange, size_t index,
                                                const char **value);
/**
 * The body to answer with.
 * @param exchange  the exchange; NULL is fine
 * @param[out] len  its length in bytes
 * @return the octets, borrowed as long as the exchange; NULL before the answer is ready
 * @since 0.1
 */
DAOTP_API const void *daotp_exchange_get_body(const daotp_exchange *exchange, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
