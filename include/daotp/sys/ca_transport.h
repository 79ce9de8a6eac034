/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca_transport.h
 * For extenders: a CA transport, that is a way to submit requests to a certification authority that
 * the library does not have. A transport is a table of functions and a pointer of its own (self).
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

/** The submission of one signed request to one CA. Opaque; valid from `begin` to `end`. */
typedef struct daotp_submission daotp_submission;

/** What a transport needs or offers; the client checks it before a code is used up. Bits. */
typedef enum daotp_ca_need {
    DAOTP_CA_TAKES_TICKET = 1, /**< uses a Kerberos ticket of the user if there is a valid one
                                    (daotp_submission_has_ticket()) */
    DAOTP_CA_NEEDS_TICKET = 2, /**< needs a valid Kerberos ticket: without one prepare ends with
                                    DOMAIN-CREDENTIAL */
    DAOTP_CA_RESUMES = 4       /**< can ask for the certificate of a request that was put aside
                                    (daotp_submission_get_resumed_id()) */
} daotp_ca_need;

/**
 * The functions of a transport. All run in the client's thread. A function that fails reports why
 * with daotp_report_add() and returns a status. An error without a finding is reported as
 * CA-UNEXPLAINED, and an unknown status is treated as DAOTP_INTERNAL. `size` is the size of the
 * table, so that later versions can add members; the present members never change.
 */
typedef struct daotp_ca_transport {
    size_t size; /**< sizeof(daotp_ca_transport) */
    /** Begin a submission; *state is passed to the other functions. Must not block. */
    daotp_status (*begin)(void *self, daotp_submission *submission, void **state);
    /** Continue. Returns DAOTP_AGAIN to be called again, DAOTP_OK when the outcome "issued" was
     * set, otherwise what went wrong. DAOTP_UNDECIDED when a certificate may have been issued;
     * then, and after the outcome "pending", the client tries no other CA. */
    daotp_status (*step)(void *self, void *state, daotp_submission *submission);
    /** The descriptor that becomes readable when `step` can continue; -1 for none. */
    int (*descriptor)(void *self, void *state);
    /** Milliseconds after which to call `step` even if the descriptor is not ready; -1 for never.
     */
    int (*timeout_ms)(void *self, void *state);
    /** Free the state; called once for each `begin` that returned DAOTP_OK. */
    void (*end)(void *self, void *state);
    /** Free self. */
    void (*free)(void *self);
    /** Whether a submission could begin, as far as that can be known in advance. Called before a
     * one-time code is used up, with a submission that has no request and the placeholder
     * "host\\name" as CA. Must not block, and must not ask for a credential. Returns DAOTP_OK, or
     * the status that `begin` would return. NULL if nothing can be known in advance. */
    daotp_status (*check)(void *self, daotp_submission *submission);
    /** The bits of ::daotp_ca_need. Called before `check`. NULL for none. */
    uint32_t (*needs)(void *self);
} daotp_ca_transport;

/**
 * Make a CA of a transport.
 * @param context    the context; referenced
 * @param transport  the table; copied
 * @param self       passed to each function; `free` gets it in the end, also when this call fails
 *                   and the table has a `free`
 * @param[out] ca    to be released with daotp_ca_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p ca is NULL, or the table is
 *         NULL, too small or lacks a function that is required; DAOTP_MEMORY when memory ran out.
 *         In each case @p self belongs to the library from then on
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new(daotp_context *context, const daotp_ca_transport *transport,
                                    void *self, daotp_ca **ca);

/**
 * The self pointer that was given to daotp_ca_new(): for setters of your own transport.
 * @param ca         the CA; NULL is fine
 * @param transport  the table that must have been given to daotp_ca_new()
 * @return self, borrowed; NULL when @p ca is NULL or was made with another table
 * @since 0.1
 */
DAOTP_API void *daotp_ca_get_self(const daotp_ca *ca, const daotp_ca_transport *transport);
/**
 * The table of a CA: for a transport that hands its submission on to another CA.
 * @param ca         the CA; NULL is fine
 * @param[out] self  what each function of the table must be given; may be NULL
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
 * The number of a request that the CA put aside, when the submission asks for its certificate;
 * there is no CMC request then.
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
 * Whether the proxy may be taken from the environment if none is set.
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_uses_environment_proxy(const daotp_submission *submission);
/**
 * Whether the client may use TLS 1.2 only.
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_is_tls12_only(const daotp_submission *submission);
/**
 * The rules by which the client validates the certificate of a TLS server.
 * @param submission  the submission; NULL is fine
 * @return the rules; DAOTP_RULES_PATH when @p submission is NULL
 * @since 0.1
 */
DAOTP_API daotp_rules daotp_submission_get_server_rules(const daotp_submission *submission);
/**
 * How long name resolution, TCP and TLS may take together.
 * @param submission  the submission; NULL is fine
 * @return milliseconds; 0 when @p submission is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_submission_get_connect_timeout_ms(const daotp_submission *submission);
/**
 * Whether the user has a valid Kerberos ticket. Looked up only for a transport that has
 * DAOTP_CA_TAKES_TICKET or DAOTP_CA_NEEDS_TICKET among its needs.
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_has_ticket(const daotp_submission *submission);
/**
 * Whether the application has a callback for the domain credential.
 * @param submission  the submission; NULL is fine
 * @return true if so; false when @p submission is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_submission_can_ask_credential(const daotp_submission *submission);

/**
 * Check whether a host that the OTP server named may get the request. Call it before anything is
 * sent to daotp_submission_get_host() or to a host derived from it; and in `check`, where it tells
 * whether any host is allowed at all.
 * @param submission  the submission; not NULL
 * @param host        the host, without a port; not NULL
 * @return DAOTP_OK when it may; DAOTP_REJECTED (CA-HOST) when daotp_ca_allow_host() does not allow
 *         it; DAOTP_PEER when it has a port (CA-PORT) or is no host (CA-CONFIG);
 *         DAOTP_CONFIGURATION (CA-HOST-LIST) in `check`, when no host is allowed; DAOTP_USAGE when
 *         an argument is NULL; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_check_host(daotp_submission *submission, const char *host);

/**
 * Check whether a text is the name or address of a host and nothing else. For a text that becomes
 * part of a URL before it is known whether the host is allowed.
 * @param submission  the submission; not NULL
 * @param host        the host, without a port
 * @return DAOTP_OK when it is; DAOTP_PEER when it has a port (CA-PORT) or is no host (CA-CONFIG);
 *         DAOTP_USAGE when an argument is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_check_host_form(daotp_submission *submission,
                                                        const char *host);

/**
 * Ask the application for the user's domain credential, for this host alone. Asking again for the
 * same host means that the host refused the credential given before; so does a step that ends with
 * the finding CA-CREDENTIAL. A password that the host has refused is not given again.
 * @param submission         the submission; not NULL
 * @param host               the host that will get it
 * @param origin             DAOTP_HOST_CONFIGURED only if the application gave this host to your
 *                           transport; DAOTP_HOST_FROM_SERVER if it is derived from IssuingCA: then
 *                           it must be allowed (daotp_submission_check_host())
 * @param[out] user_name     borrowed until the submission ends, or asks again
 * @param[out] password      UTF-8, not terminated; borrowed until the submission ends, or asks
 *                           again
 * @param[out] password_len  its length in bytes
 * @return DAOTP_OK when there is one; DAOTP_AGAIN when the application will answer later: clean up,
 *         return DAOTP_AGAIN from `begin` or `step`, and ask again in the next call (`begin` is
 *         called again when there is an answer); DAOTP_CONFIGURATION (DOMAIN-CREDENTIAL) when the
 *         application has none; DAOTP_REJECTED when the host is not allowed (CA-HOST) or has
 *         refused this password before (DOMAIN-REPEATED); DAOTP_PEER when the host has a port
 *         (CA-PORT) or is no host (CA-CONFIG); DAOTP_CANCELLED when the application cancelled;
 *         DAOTP_USAGE when an argument is NULL or @p origin is none of the values; DAOTP_INTERNAL
 *         when the random generator failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_ask_credential(daotp_submission *submission,
                                                       const char *host, daotp_host_origin origin,
                                                       const char **user_name,
                                                       const char **password, size_t *password_len);

/**
 * Set the outcome: issued.
 * @param submission  the submission; not NULL
 * @param bytes       certificate, chain or CMC response, in DER, BER or PEM. May be called again
 *                    with more; together they must hold a certificate for the requested key. If
 *                    they hold none, the status of the CMC response (RFC 5272 6.1) decides: refused
 *                    or pending
 * @param len         its length in bytes
 * @return DAOTP_OK when the bytes were taken: return it from `step` as well; DAOTP_PEER
 *         (CA-RESPONSE) when they hold neither a certificate nor a CMC response; DAOTP_USAGE when
 *         @p submission or @p bytes is NULL; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_issued(daotp_submission *submission, const void *bytes,
                                               size_t len);
/**
 * Whether bytes hold a certificate for the requested key: for a response whose status says that
 * nothing was issued although the certificate is in it.
 * @param submission  the submission; NULL is fine
 * @param bytes       as for daotp_submission_issued(); NULL is fine
 * @param len         its length in bytes
 * @return true when they do; false also when memory ran out
 * @since 0.1
 */
DAOTP_API bool daotp_submission_holds_certificate(const daotp_submission *submission,
                                                  const void *bytes, size_t len);
/**
 * Set the number of the request and the message of the CA. Both are shown in the finding about the
 * outcome. Call it before the outcome is set.
 * @param submission  the submission; not NULL
 * @param request_id  the number under which the CA keeps the request; copied. NULL or "": the CA
 *                    gave none
 * @param message     the message of the CA, in its language; copied. NULL or "": there is none
 * @return DAOTP_OK when they were set; DAOTP_USAGE when @p submission is NULL; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_set_disposition(daotp_submission *submission,
                                                        const char *request_id,
                                                        const char *message);
/**
 * Note that a response is there that cannot be read yet, so that the transport still waits. If the
 * deadline passes, the finding says so.
 * @param submission  the submission; NULL is fine
 * @param len         its length in bytes so far
 * @since 0.1
 */
DAOTP_API void daotp_submission_set_unread(daotp_submission *submission, size_t len);
/**
 * Set the outcome: the CA put the request aside for its manager.
 * @param submission  the submission; not NULL
 * @param request_id  the number under which the CA keeps it; NULL: none
 * @return DAOTP_REJECTED (CA-PENDING): return it from `step`; DAOTP_USAGE when @p submission is
 *         NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_pending(daotp_submission *submission,
                                                const char *request_id);
/**
 * Set the outcome: refused.
 * @param submission  the submission; not NULL
 * @param hresult     the reason as an HRESULT (MS-WCCE 2.2.4)
 * @param message     the message of the CA; may be NULL
 * @return the status of the finding, as a rule DAOTP_REJECTED: return it from `step`; DAOTP_USAGE
 *         when @p submission is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_denied(daotp_submission *submission, uint32_t hresult,
                                               const char *message);

#ifdef __cplusplus
}
#endif
#endif
