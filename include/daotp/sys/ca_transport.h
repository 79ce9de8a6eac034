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

#ifdef __cplusplus
extern "C" {
#endif

/** One signed request on its way to one CA. Opaque; lives from begin to end. */
typedef struct daotp_submission daotp_submission;

/**
 * A transport. All run in the client's thread. `size` is sizeof the table, so that it can grow;
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
} daotp_ca_transport;

/**
 * Make a CA of a transport.
 * @param context    the context
 * @param transport  the table; copied
 * @param self       given to each function; `free` gets it in the end, also when this call fails
 * @param[out] ca    to be let go with daotp_ca_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new(daotp_context *context, const daotp_ca_transport *transport,
                                    void *self, daotp_ca **ca);

/**
 * The CMC full request.
 * @param submission  the submission; NULL is fine
 * @param[out] len    its length in bytes
 * @return DER, borrowed as long as the submission; NULL when there is none (in `check`)
 * @since 0.1
 */
DAOTP_API const uint8_t *daotp_submission_get_request(const daotp_submission *submission,
                                                      size_t *len);
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
 * @return DAOTP_OK; DAOTP_CONFIGURATION (DOMAIN-CREDENTIAL) when none was given; DAOTP_REJECTED
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
 * @param bytes,len   certificate, chain or CMC answer, in DER or PEM; may be called again with
 *                    more. It must hold a certificate for the requested key
 * @return DAOTP_OK, DAOTP_PEER (CA-RESPONSE), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_submission_issued(daotp_submission *submission, const void *bytes,
                                               size_t len);
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
