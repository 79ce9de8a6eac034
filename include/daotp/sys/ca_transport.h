/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca_transport.h
 * For extenders: a way to a certification authority that the library does not have. A transport
 * is a table of functions and a pointer of its own.
 */
#ifndef DAOTP_SYS_CA_TRANSPORT_H
#define DAOTP_SYS_CA_TRANSPORT_H

#include <daotp/ca.h>
#include <daotp/domain.h>
#include <daotp/sys/report.h>
#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One signed request on its way to one CA. Opaque; lives from begin to end. */
typedef struct daotp_submission daotp_submission;

/** What a transport uses of the user's, for the client to look for before a code is spent. */
typedef enum daotp_ca_need {
    DAOTP_CA_TAKES_TICKET = 1, /**< a Kerberos ticket of the user, if there is a valid one:
                                    daotp_submission_has_ticket() */
    DAOTP_CA_NEEDS_TICKET = 2, /**< a valid Kerberos ticket: without one prepare ends with
                                    DOMAIN-CREDENTIAL */
    DAOTP_CA_RESUMES = 4       /**< nothing; it can ask what became of a request that was put
                                    aside: daotp_submission_get_resumed_id() */
} daotp_ca_need;

/**
 * A transport. What goes wrong is reported with daotp_report_add(), then answered with a status. An
 * error without a finding becomes CA-UNEXPLAINED, a status that there is not DAOTP_INTERNAL.
 * All run in the client's thread. `size` is sizeof the table, so that it can grow;
 * it is pinned for ever up to its present members.
 */
typedef struct daotp_ca_transport {
    size_t size; /**< sizeof(daotp_ca_transport) */
    /** Begin; state is whatever the others shall get. No waiting. */
    daotp_status (*begin)(void *self, daotp_submission *submission, void **state);
    /** Go on: DAOTP_AGAIN to wait, DAOTP_OK when an outcome was set, else what went wrong.
     *  DAOTP_UNDECIDED when a certificate may have been issued: then, as after an outcome of
     * pending, no other CA is tried. */
    daotp_status (*step)(void *self, void *state, daotp_submission *submission);
    /** A descriptor that becomes readable when step can go on; -1 for none. */
    int (*descriptor)(void *self, void *state);
    /** Step again after this long, in milliseconds, though nothing is ready; -1 for never. */
    int (*timeout_ms)(void *self, void *state);
    /** End, whatever happened; called once for each begin that was not refused. */
    void (*end)(void *self, void *state);
    /** Let go of self. */
    void (*free)(void *self);
    /** Could a submission begin, as far as that can be known before there is one? Asked before a
     *  one-time code is spent, with a submission that holds no request, and in the place of a CA
     * the stand-in "host\\name". No waiting, and nobody is asked for a credential. DAOTP_OK, or
     * what begin would answer. NULL if nothing can be known before. */
    daotp_status (*check)(void *self, daotp_submission *submission);
    /** Which daotp_ca_need it has, added up. Asked before `check`. NULL for none. */
    uint32_t (*needs)(void *self);
} daotp_ca_transport;

/**
 * Make a CA of a transport.
 * @param context    the context
 * @param transport  the table; copied
 * @param self       given to each function; `free` gets it in the end, also when this call fails
 * @param[out] ca    to be let go with daotp_ca_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new(daotp_context *context, const daotp_ca_transport *transport,
                                    void *self, daotp_ca **ca);

/**
 * What was given to daotp_ca_new() as self: for setters of your own.
 * @param ca         the CA; NULL is fine
 * @param transport  the table that it must have been made of, as that call was given it
 * @return self, borrowed; NULL when the CA was made of another table
 * @since 0.1
 */
DAOTP_API void *daotp_ca_get_self(const daotp_ca *ca, const daotp_ca_transport *transport);
/**
 * The table that a CA was made of: for a transport that hands its submission on to another CA.
 * @param ca         the CA; NULL is fine
 * @param[out] self  what each function of the table is to be given; NULL when nobody wants to know
 * @return the table, borrowed as long as the CA, with a NULL for each function that its maker did
 *         not know; NULL when @p ca is NULL
 * @since 0.1
 */
DAOTP_API const daotp_ca_transport *daotp_ca_get_transport(const daotp_ca *ca, void **self);

/**
 * The CMC full request.
 * @param submission  the submission; NULL is fine
 * @param[out] len    its length in bytes
 * @return DER, borrowed as long as the submission; NULL when there is none (in `check`)
 * @since 0.1
 */
DAOTP_API const void *daotp_submission_get_request(const daotp_submission *submission, size_t *len);
/**
 * The number of a request that was put aside, of which is asked what became of it; then there is no
 * CMC full request.
 * @param submission  the submission; NULL is fine
 * @return the number as the CA gave it, borrowed as long as the submission; NULL when a new request
 *         is submitted
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_resumed_id(const daotp_submission *submission);
/**
 * The CA as the server named it.
 * @param submission  the submission; NULL is fine
 * @return "host\\name", borrowed as long as the submission; "" when @p submission is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_config(const daotp_submission *submission);
/**
 * The host of the CA.
 * @param submission  the submission; NULL is fine
 * @return the host, borrowed as long as the submission; "" when @p submission is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_host(const daotp_submission *submission);
/**
 * The name of the CA, without its host.
 * @param submission  the submission; NULL is fine
 * @return the name, borrowed as long as the submission; "" when @p submission is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_ca_name(const daotp_submission *submission);
/**
 * The report for findings.
 * @param submission  the submission; NULL is fine
 * @return the report, borrowed as long as the submission; NULL only when @p submission is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_submission_get_report(const daotp_submission *submission);
/**
 * The anchors of the client.
 * @param submission  the submission; NULL is fine
 * @return the trust, borrowed as long as the submission; NULL when the client has none
 * @since 0.1
 */
DAOTP_API daotp_trust *daotp_submission_get_trust(const daotp_submission *submission);
/**
 * The user whose enrolment it is, as given to prepare.
 * @param submission  the submission; NULL is fine
 * @return the name, borrowed as long as the submission; "" when @p submission is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_user_name(const daotp_submission *submission);
/**
 * The client's proxy.
 * @param submission  the submission; NULL is fine
 * @return a URL, borrowed as long as the submission; NULL for none
 * @since 0.1
 */
DAOTP_API const char *daotp_submission_get_proxy(const daotp_submission *submission);
/**
 * May the proxy be taken from the environment where none is set?
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_uses_environment_proxy(const daotp_submission *submission);
/**
 * Is TLS 1.2 the newest that the client may speak?
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_is_tls12_only(const daotp_submission *submission);
/**
 * By which rules the client judges the certificate of a TLS server.
 * @param submission  the submission; NULL is fine
 * @return the rules; DAOTP_RULES_PATH when @p submission is NULL
 * @since 0.1
 */
DAOTP_API daotp_rules daotp_submission_get_server_rules(const daotp_submission *submission);
/**
 * How long a connection may take to be made.
 * @param submission  the submission; NULL is fine
 * @return milliseconds; 0 when @p submission is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_submission_get_connect_timeout_ms(const daotp_submission *submission);
/**
 * Is there a valid Kerberos ticket of the user? Known only to a transport that has
 * DAOTP_CA_TAKES_TICKET among its needs.
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_has_ticket(const daotp_submission *submission);
/**
 * Is there somebody to ask for the domain credential?
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_can_ask_credential(const daotp_submission *submission);

/**
 * May this host, which the OTP server named, get the request? To be called before anything is sent
 * to daotp_submission_get_host(), or to a host that is made of it; and in `check`, where it tells
 * whether any host is allowed at all.
 * @param submission  the submission
 * @param host        the host, without a port
 * @return DAOTP_OK; DAOTP_REJECTED (CA-HOST) when daotp_ca_allow_host() does not allow it;
 * DAOTP_PEER when it has a port (CA-PORT) or is no host (CA-CONFIG); DAOTP_CONFIGURATION
 * (CA-HOST-LIST) in `check`, when none is allowed; DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_check_host(daotp_submission *submission, const char *host);

/**
 * Is this the name or address of a host, and no more? For what is made into a URL before it is
 * known whether that host is allowed.
 * @param submission  the submission
 * @param host        the host, without a port
 * @return DAOTP_OK; DAOTP_PEER when it has a port (CA-PORT) or is no host (CA-CONFIG);
 *         DAOTP_USAGE when an argument is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_check_host_form(daotp_submission *submission,
                                                        const char *host);

/**
 * Ask the application for the user's domain credential, for this host alone. To ask again for the
 * same host says that it refused what was given before; so does a step that ends with the finding
 * CA-CREDENTIAL. A password that the host has refused is not handed out again.
 * @param submission         the submission
 * @param host               the host that will get it
 * @param origin             DAOTP_HOST_CONFIGURED only if the application gave this host to your
 *                           transport; DAOTP_HOST_FROM_SERVER if it is made of the IssuingCA: then
 *                           it must be allowed, as daotp_submission_check_host() has it
 * @param[out] user_name     borrowed until the submission ends, or asks again
 * @param[out] password      borrowed until the submission ends, or asks again; not terminated
 * @param[out] password_len  its length in bytes
 * @return DAOTP_OK; DAOTP_AGAIN when the application will answer later: undo what was begun and
 * return it, from `begin`, which is then called again when there is an answer, or from `step`; and
 * ask again there; DAOTP_CONFIGURATION (DOMAIN-CREDENTIAL) when none was given; DAOTP_REJECTED
 * when the host is not allowed (CA-HOST), or has refused this password before (DOMAIN-REPEATED);
 * DAOTP_PEER as daotp_submission_check_host(); DAOTP_CANCELLED, DAOTP_USAGE, DAOTP_MEMORY,
 * DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_ask_credential(daotp_submission *submission,
                                                       const char *host, daotp_host_origin origin,
                                                       const char **user_name,
                                                       const char **password, size_t *password_len);

/**
 * Outcome: issued.
 * @param submission  the submission
 * @param bytes       certificate, chain or CMC answer, in DER, BER or PEM; may be called again with
 *                    more. Together they must hold a certificate for the requested key; where they
 *                    hold none, the status of the CMC answer (RFC 5272 6.1) decides: the outcome is
 *                    then refused or pending
 * @param len         its length in bytes
 * @return DAOTP_OK, DAOTP_PEER (CA-RESPONSE), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_issued(daotp_submission *submission, const void *bytes,
                                               size_t len);
/**
 * Do these bytes hold a certificate for the requested key? For an answer that says otherwise, and
 * of which the certificate is to be taken nevertheless.
 * @param submission  the submission; NULL is fine
 * @param bytes       as for daotp_submission_issued(); NULL is fine
 * @param len         its length in bytes
 * @return true if so; false too when memory runs out
 * @since 0.1
 */
DAOTP_API bool daotp_submission_holds_certificate(const daotp_submission *submission,
                                                  const void *bytes, size_t len);
/**
 * The number of the request and the CA's own words: shown in the finding about its outcome,
 * whichever it is. To be called before the outcome.
 * @param submission  the submission
 * @param request_id  under which the CA keeps the request; copied. NULL or "": it gave none
 * @param message     what the CA says, in its language; copied. NULL or "": it says nothing
 * @return DAOTP_OK, DAOTP_USAGE when @p submission is NULL, DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_set_disposition(daotp_submission *submission,
                                                        const char *request_id,
                                                        const char *message);
/**
 * An answer is there that cannot be read yet, and is waited for: this is told when the deadline
 * comes first.
 * @param submission  the submission
 * @param len         how many bytes of it there are
 * @since 0.1
 */
DAOTP_API void daotp_submission_set_unread(daotp_submission *submission, size_t len);
/**
 * Outcome: put aside for the CA's manager.
 * @param submission  the submission
 * @param request_id  under which; may be NULL
 * @return what step is to return.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_pending(daotp_submission *submission,
                                                const char *request_id);
/**
 * Outcome: refused.
 * @param submission  the submission
 * @param hresult     why (MS-WCCE 2.2.4)
 * @param message     the CA's own words; may be NULL
 * @return what step is to return.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_denied(daotp_submission *submission, uint32_t hresult,
                                               const char *message);

#ifdef __cplusplus
}
#endif
#endif
