/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file responder.h
 * The server end (MS-OTPCE 3.2), without a socket of its own: an HTTP request goes in, an answer
 * comes out. What it needs to know, it asks: who is this user, is this code right; either may be
 * answered later, and a code is asked about once.
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

/** A responder: what all exchanges share. Opaque. */
typedef struct daotp_responder daotp_responder;
/** One request and its answer. Opaque. */
typedef struct daotp_exchange daotp_exchange;

/** What the directory answers. */
typedef enum daotp_user_answer {
    DAOTP_USER_FOUND = 1,   /**< and daotp_exchange_get_account() was filled in */
    DAOTP_USER_UNKNOWN = 2, /**< AuthenticationError, once the code was asked about as for others */
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
 * @param user       the pointer given with it
 * @param exchange   to be answered
 * @param user_name  as the client sent it; borrowed until the exchange ends
 */
typedef void (*daotp_user_fn)(void *user, daotp_exchange *exchange, const char *user_name);
/**
 * Asks whether a code is right. Answer with daotp_exchange_answer_code(), during the call or
 * later. Called at most once for each exchange, and not while a budget is spent. Called for a user
 * whom the directory does not know too, so that neither answer nor time tells who exists: do the
 * same work, with a token that nobody has; whatever is answered, such a user never gets Success.
 * DAOTP_CODE_UNAVAILABLE only when nobody looked at the code.
 * @param user       the pointer given with it
 * @param exchange   to be answered
 * @param user_name  as the client sent it; borrowed until the exchange ends
 * @param code       the code with its PIN, borrowed during the call only; wiped after it
 * @param len        its length in bytes
 */
typedef void (*daotp_code_fn)(void *user, daotp_exchange *exchange, const char *user_name,
                              const char *code, size_t len);

/**
 * Make a responder. No I/O.
 * @param context         counted
 * @param[out] responder  to be freed with daotp_responder_free(); NULL unless the call succeeds
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY
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
 * Set the only template that is accepted.
 * @param responder  the responder; not NULL
 * @param oid        its object identifier, dotted; copied
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL, or when it is no object identifier;
 *         DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_template(daotp_responder *responder, const char *oid);
/**
 * Set the signing certificate (registration authority) with its key.
 * @param responder  the responder; not NULL
 * @param signer     counted
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_signer(daotp_responder *responder,
                                                  daotp_credential *signer);
/**
 * Take the signing certificate from files, and again whenever they change: it lives for two days.
 * A new pair that cannot be read, or that no CA would take for a registration authority's, leaves
 * the old one in use. Without a usable one the exchange ends before the code is asked about.
 * @param responder         the responder
 * @param certificate_path  copied
 * @param key_path          copied; the file must be closed to others
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. The files are read when they are first needed.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_signer_files(daotp_responder *responder,
                                                        const char *certificate_path,
                                                        const char *key_path);
/**
 * Add a certification authority to be named in answers, in order of rank.
 * @param responder  the responder; not NULL
 * @param config     "host\\name", copied
 * @return DAOTP_OK; DAOTP_USAGE when @p responder is NULL, or when it has no backslash;
 *         DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_add_issuing_ca(daotp_responder *responder,
                                                      const char *config);
/**
 * Judge certificates: the client's, and the signing one before it signs (RFC 5280 6). A client's
 * that does not hold is answered with 403. Without, the TLS server's judgement stands. Nothing is
 * fetched; for newer CRLs set a new trust.
 * @param responder   the responder
 * @param trust       anchors, intermediates and CRLs; counted. NULL: not judged
 * @param revocation  of the client's certificate; that of the signing one is the CA's business
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_trust(daotp_responder *responder, daotp_trust *trust,
                                                 daotp_revocation revocation);
/**
 * Refuse requests for the keys of these certificates: those of the TLS server, and of whatever else
 * stands on this machine. Keys of the signing certificate, of its chain and of the certificates of
 * daotp_responder_set_trust() are refused without this. Such a request shows that its sender has
 * the private half of a server's key (finding `CSR-KEY-SHARED`). May be called several times.
 * @param responder     the responder
 * @param certificates  PEM with any number of certificates, one in DER, or a PKCS#7; copied
 * @param len           its length in bytes
 * @return DAOTP_OK; DAOTP_USAGE for NULL; DAOTP_PEER if this cannot be read, and then none of it is
 *         taken; DAOTP_MEMORY.
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
 * Add a rule for names: who sends DOMAIN\\user, or user\@suffix, must ask for the UPN user\@suffix
 * and no other. A request that does not fit is refused before directory and code are asked
 * (OtherError, MS-OTPCE 3.2.5.1 1a). Names of other domains are compared with the account only,
 * after a right code. Not for domains where a UPN may differ from the account's name.
 * @param responder  the responder
 * @param domain     the NetBIOS name, "CORP"; compared without case, copied
 * @param suffix     what stands behind the @ of its UPNs, "corp.example"; copied
 * @return DAOTP_OK; DAOTP_MEMORY; DAOTP_USAGE, when an argument is NULL, empty, longer than 255
 * bytes, has a backslash or an @, or when there are 16 rules.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_add_domain(daotp_responder *responder, const char *domain,
                                                  const char *suffix);
/**
 * Set where wrong codes are counted. While a budget is spent the code callback is not called, and
 * the client gets the answer of a wrong code.
 * @param responder  the responder
 * @param budget     counted; several responders may share one. NULL, or never set: one in memory of
 * this responder alone, and a warning SERVE-BUDGET-MEMORY in the first exchange
 * @return DAOTP_OK; DAOTP_USAGE, when responder is NULL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_responder_set_budget(daotp_responder *responder, daotp_budget *budget);
/**
 * Must the client have shown a certificate?
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
 * @param responder      the responder; must outlive the exchange
 * @param method         the HTTP method
 * @param body           the body as received; copied into memory that is wiped, the caller wipes
 *                       its own
 * @param body_len       its length in bytes
 * @param[out] exchange  to be freed with daotp_exchange_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
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
 * Add a header of the request. Only X-OTPCEP-version and Content-Type matter.
 * @param exchange  the exchange; not NULL
 * @param name      copied, compared without case
 * @param value     copied
 * @return DAOTP_OK; DAOTP_USAGE when @p exchange is NULL, or when another argument is NULL, or
 *         after the first step; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_add_header(daotp_exchange *exchange, const char *name,
                                                 const char *value);
/**
 * Set the certificate that the client proved to hold. Whether to trust it was the TLS server's
 * decision.
 * @param exchange  the exchange, before its first step
 * @param der       one certificate in DER, copied
 * @param len       its length in bytes
 * @return DAOTP_OK; DAOTP_MEMORY; DAOTP_USAGE, when exchange or der is NULL, or when these bytes
 * are no certificate in strict DER: then the exchange ends as after
 *         daotp_exchange_refuse_peer_certificate().
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_set_peer_certificate(daotp_exchange *exchange,
                                                           const void *der, size_t len);
/**
 * Say that a client certificate was there, but cannot be used: a front passed on what cannot be
 * read, say. The exchange ends with 403 and the finding SERVE-CLIENT-CERT-READ, also where clients
 * without a certificate are let in.
 * @param exchange  the exchange, before its first step
 * @param why       shown in the finding, copied
 * @return DAOTP_OK; DAOTP_MEMORY; DAOTP_USAGE, when exchange or why is NULL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_refuse_peer_certificate(daotp_exchange *exchange,
                                                              const char *why);
/**
 * Go on.
 * @param exchange  the exchange; not NULL
 * @return DAOTP_AGAIN: wait for an answer, then step again. Anything else: the answer is ready to
 *         be sent, and this is the verdict: DAOTP_OK for Success, else what the report explains.
 *         DAOTP_USAGE, when the exchange is NULL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_step(daotp_exchange *exchange);
/**
 * How long to wait at most before the next step.
 * @param exchange  the exchange; NULL is fine
 * @return milliseconds; 0 until the first step, which is due at once; -1 for ever: the answer is
 *         ready, or @p exchange is NULL
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
 * @return DAOTP_OK; DAOTP_USAGE when it was not asked, was answered already, or there is no such
 *         answer
 * @since 0.1
 */
DAOTP_API daotp_status daotp_exchange_answer_user(daotp_exchange *exchange,
                                                  daotp_user_answer answer);
/**
 * Answer whether the code is right; then step.
 * @param exchange  the exchange; not NULL
 * @param answer    one of ::daotp_code_answer
 * @return DAOTP_OK; DAOTP_USAGE when it was not asked, was answered already, or there is no such
 *         answer
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
 * The HTTP status to answer with.
 * @param exchange  the exchange; NULL is fine
 * @return the status; 0 before it is ready
 * @since 0.1
 */
DAOTP_API uint32_t daotp_exchange_get_status(const daotp_exchange *exchange);
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
