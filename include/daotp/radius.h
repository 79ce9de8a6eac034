/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file radius.h
 * The RADIUS client: asks an OTP server whether a code is right (RFC 2865, RFC 3579, RFC 5080,
 * RFC 5997). Every reply is verified, RFC 2865 section 3 and RFC 3579 section 3.2; what does not
 * verify is not seen.
 *
 * One client carries thousands of exchanges at once over few sockets, without threads: begin any
 * number, step the client while exchanges are pending, waiting on its descriptor for at most its
 * time-out. Or make one exchange with a blocking call.
 *
 * Threads: a client and its exchanges belong to one thread at a time.
 */
#ifndef DAOTP_RADIUS_H
#define DAOTP_RADIUS_H

#include <daotp/credential.h>
#include <daotp/trust.h>
#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A RADIUS client: servers, policy, what to send. Opaque. */
typedef struct daotp_radius daotp_radius;
/** One login, with all its rounds. Opaque. */
typedef struct daotp_radius_exchange daotp_radius_exchange;

/** Must replies carry a Message-Authenticator (RFC 3579 3.2)? One that is there must verify. */
typedef enum daotp_radius_policy {
    DAOTP_RADIUS_REQUIRE = 1,  /**< yes; the default */
    DAOTP_RADIUS_AUTO = 2,     /**< once this server has sent one; a warning before that */
    DAOTP_RADIUS_OPTIONAL = 3, /**< no; the path to the server must then be safe (CVE-2024-3596) */
    DAOTP_RADIUS_FIRST = 4     /**< yes, and as the first attribute */
} daotp_radius_policy;

/** How patient an exchange is, and when another server may be asked. */
typedef enum daotp_radius_profile {
    DAOTP_RADIUS_CODE = 1, /**< a code in the password: 15 s; another server after 6 s */
    DAOTP_RADIUS_PUSH = 2, /**< a human looks at a prompt: 65 s; no other server on silence */
    DAOTP_RADIUS_PROBE = 3 /**< is the server alive: 3 s, one transmission */
} daotp_radius_profile;

/** What came of an exchange. */
typedef enum daotp_radius_answer {
    DAOTP_RADIUS_PENDING = 0,    /**< under way, or not begun */
    DAOTP_RADIUS_ACCEPTED = 1,   /**< Access-Accept */
    DAOTP_RADIUS_REJECTED = 2,   /**< Access-Reject */
    DAOTP_RADIUS_CHALLENGED = 3, /**< Access-Challenge: may be answered */
    DAOTP_RADIUS_UNDECIDED = 4   /**< no answer that counts; the report says why */
} daotp_radius_answer;

/** How the user name is sent. */
typedef enum daotp_radius_user_form {
    DAOTP_RADIUS_USER_AS_GIVEN = 1, /**< unchanged */
    DAOTP_RADIUS_USER_STRIPPED = 2  /**< without DOMAIN\\ in front or \@suffix behind */
} daotp_radius_user_form;

/**
 * Told when an exchange has come to an answer (not PENDING), once for each round that was begun; of
 * one that could not begin the call itself tells. Runs inside daotp_radius_step() or
 * daotp_radius_exchange_cancel(); may begin, answer or free exchanges, this one too.
 */
typedef void (*daotp_radius_fn)(void *user, daotp_radius_exchange *exchange);

/**
 * Make a client. No I/O.
 * @param context      counted
 * @param[out] radius  to be freed with daotp_radius_free(); NULL unless the call succeeds
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY; DAOTP_INTERNAL when no
 *         descriptor is left
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_new(daotp_context *context, daotp_radius **radius);
/**
 * Free a client. Its exchanges must have been freed before.
 * @param radius  the client; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_radius_free(daotp_radius *radius);
/**
 * The report of the last setter.
 * @param radius  the client; NULL is fine
 * @return the report, borrowed until the next call on @p radius; NULL only when @p radius is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_radius_get_report(daotp_radius *radius);

/**
 * Add a server, in order of preference.
 * @param radius             the client
 * @param host               an address, or a name: resolved when it is first needed; when one of its
 *                           addresses refuses or is silent, the next is for exchanges to come
 * @param port               UDP port; 1812 is usual
 * @param secret             the shared secret, 1 to 255 octets of any kind; copied into memory that
 *                           is wiped
 * @param secret_len         its length in bytes
 * @param policy             about Message-Authenticator in replies
 * @return DAOTP_OK; findings warn of short secrets and weak policies. DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_server(daotp_radius *radius, const char *host,
                                               uint16_t port, const void *secret, size_t secret_len,
                                               daotp_radius_policy policy);
/**
 * Add a server that is reached by RadSec (RFC 6614): RADIUS over TLS, in order of preference.
 * Nothing is sent twice over it, and TLS vouches for the replies.
 * @param radius    the client
 * @param host      an address or name, for which the server's certificate must be
 * @param port      TCP port; 2083 is usual
 * @param trust     the anchors for the server's certificate; counted
 * @param identity  our certificate; counted
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_radsec_server(daotp_radius *radius, const char *host,
                                                      uint16_t port, daotp_trust *trust,
                                                      daotp_credential *identity);
/**
 * Set the rules by which the TLS certificates of RadSec servers are judged, of those added before
 * and after: as daotp_verifier_set_rules() has them. DAOTP_RULES_PATH unless set. The host must be
 * in the subjectAltName under each. A connection that is open stays open.
 * @param radius  the client; not NULL
 * @param rules   DAOTP_RULES_PATH, DAOTP_RULES_STRICT or DAOTP_RULES_WEBPKI
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when there are no such rules
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_server_rules(daotp_radius *radius, daotp_rules rules);
/**
 * How many servers there are.
 * @param radius  the client; NULL is fine
 * @return the count; 0 when @p radius is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_radius_get_server_count(const daotp_radius *radius);
/**
 * A server as "host:port".
 * @param radius  the client; NULL is fine
 * @param index   from 0, in the order added
 * @return the text, borrowed as long as the client; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_radius_get_server(const daotp_radius *radius, size_t index);
/**
 * Is a server thought to be alive?
 * @param radius  the client; NULL is fine
 * @param index   from 0, in the order added
 * @return true until the server is silent, and again once it answers; false past the end
 * @since 0.1
 */
DAOTP_API bool daotp_radius_is_server_alive(const daotp_radius *radius, size_t index);
/**
 * Choose timers and failover; DAOTP_RADIUS_CODE unless set.
 * @param radius   the client; not NULL
 * @param profile  one of ::daotp_radius_profile
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when there is no such profile
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_profile(daotp_radius *radius, daotp_radius_profile profile);
/**
 * Set the deadline of an exchange's round, in the place of the profile's. It is what servers are
 * given: time in which the program did not step though a step was due is not counted, and a second
 * or more of it is a finding, CALL-LATE.
 * @param radius      the client; not NULL
 * @param timeout_ms  milliseconds, 1 to 600000
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when the time is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_timeout_ms(daotp_radius *radius, int64_t timeout_ms);
/**
 * Set how the user name is sent; as given unless set.
 * @param radius  the client; not NULL
 * @param form    one of ::daotp_radius_user_form
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when there is no such form
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_user_form(daotp_radius *radius,
                                                  daotp_radius_user_form form);
/**
 * Set NAS-Identifier; the host's name unless set.
 * @param radius  the client; not NULL
 * @param name    1 to 253 octets, copied
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when the name is NULL, empty or too
 *         long; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_nas_identifier(daotp_radius *radius, const char *name);
/**
 * Add an attribute to all requests.
 * @param radius  the client
 * @param type    its number; not 1, 2, 3, 6, 24, 33, 79 or 80
 * @param vendor  0, or the vendor's number: then it goes as Vendor-Specific
 * @param value   its octets
 * @param len     at most 253, or 247 with a vendor
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_attribute(daotp_radius *radius, uint8_t type,
                                                  uint32_t vendor, const void *value, size_t len);
/**
 * Add attributes by name to all requests, as libradcli reads them.
 * @param radius  the client
 * @param text    "NAS-Port-Type = Virtual Calling-Station-Id = \"198.51.100.7\"", separated by
 *                blanks
 * @return DAOTP_OK, DAOTP_USAGE when any of it is not understood, DAOTP_CONFIGURATION
 *         (BUILD-WITHOUT), DAOTP_MEMORY, DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_attributes(daotp_radius *radius, const char *text);
/**
 * Add the servers of an existing radcli installation: authserver of a radiusclient.conf, with the
 * secrets of its servers file. Their policy is DAOTP_RADIUS_REQUIRE.
 * @param radius  the client
 * @param path    the radiusclient.conf
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION (FILE-READ, FILE-OPEN-TO-OTHERS,
 *         BUILD-WITHOUT), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_import(daotp_radius *radius, const char *path);
/**
 * Set the function that is called when an exchange has come to an answer.
 * @param radius  the client; not NULL
 * @param tell    called in the thread of the step; NULL for none
 * @param user    given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_callback(daotp_radius *radius, daotp_radius_fn tell,
                                                 void *user);

/**
 * Make an exchange; nothing is sent yet.
 * @param radius         the client
 * @param user_name      UTF-8, 1 to 253 octets
 * @param[out] exchange  to be freed with daotp_radius_exchange_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_new(daotp_radius *radius, const char *user_name,
                                                 daotp_radius_exchange **exchange);
/**
 * Free an exchange. One that is pending is forgotten.
 * @param exchange  the exchange; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_radius_exchange_free(daotp_radius_exchange *exchange);
/**
 * Send the first round.
 * @param exchange      the exchange
 * @param password      PIN and code as the server wants them: at most 128 octets, UTF-8 as it
 *                      stands, no NUL. Kept, for another server may have to be asked, in memory
 *                      that is wiped when the answer is there
 * @param len           its length in bytes
 * @return DAOTP_OK: step the client. DAOTP_USAGE, DAOTP_CONFIGURATION (no server), DAOTP_MEMORY,
 *         DAOTP_NETWORK.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_begin(daotp_radius_exchange *exchange,
                                                   const char *password, size_t len);
/**
 * Answer a challenge: another round, to the same server, with its State.
 * @param exchange  the exchange; not NULL
 * @param response  the user's answer, at most 128 octets, UTF-8, no NUL; copied into memory that is
 *                  wiped
 * @param len       its length in bytes
 * @return DAOTP_OK: step the client. DAOTP_USAGE when @p exchange is NULL, when there is no
 *         challenge, when too many rounds were made, or when the challenge is too old;
 *         DAOTP_MEMORY, DAOTP_NETWORK
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_respond(daotp_radius_exchange *exchange,
                                                     const char *response, size_t len);
/**
 * Ask whether a server is alive: Status-Server, or an Access-Request as DAProbeUser, to which any
 * authentic reply is a yes.
 * @param exchange       an exchange; its user name and password are the probe's own then
 * @param server         index of the server
 * @param status_server  true for Status-Server (RFC 5997), false for the DirectAccess probe
 * @return as daotp_radius_exchange_begin(); the answer is ACCEPTED or UNDECIDED.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_probe(daotp_radius_exchange *exchange, size_t server,
                                                   bool status_server);
/**
 * End an exchange: its answer is DAOTP_RADIUS_UNDECIDED, and nothing more is sent for it.
 * @param exchange  the exchange; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_radius_exchange_cancel(daotp_radius_exchange *exchange);

/**
 * What came of an exchange.
 * @param exchange  the exchange; NULL is fine
 * @return one of ::daotp_radius_answer; DAOTP_RADIUS_UNDECIDED when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_radius_answer
daotp_radius_exchange_get_answer(const daotp_radius_exchange *exchange);
/**
 * How an exchange ended, as a status.
 * @param exchange  the exchange; NULL is fine
 * @return DAOTP_AGAIN while it is pending; DAOTP_OK when accepted; DAOTP_REJECTED; DAOTP_CHALLENGE;
 *         else what the report explains
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_get_status(const daotp_radius_exchange *exchange);
/**
 * A Reply-Message of the last reply, octets as they came: untrusted, not to be parsed.
 * @param exchange  the exchange
 * @param index     0, 1, ...
 * @param[out] len  its length in bytes
 * @return its octets, borrowed until the next round; NULL past the end.
 * @since 0.1
 */
DAOTP_API const void *daotp_radius_exchange_get_message(const daotp_radius_exchange *exchange,
                                                        size_t index, size_t *len);
/**
 * Any attribute of the last reply, in order.
 * @param exchange   the exchange
 * @param index      0, 1, ...
 * @param[out] type  its number; may be NULL
 * @param[out] len   its length in bytes
 * @return its octets, borrowed until the next round; NULL past the end.
 * @since 0.1
 */
DAOTP_API const void *daotp_radius_exchange_get_attribute(const daotp_radius_exchange *exchange,
                                                          size_t index, uint8_t *type, size_t *len);
/**
 * The attributes of the last reply in words, a line each, as libradcli prints them; what its
 * dictionary does not know is shown by number.
 * @param exchange   the exchange
 * @param[out] text  to be freed with daotp_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION (BUILD-WITHOUT), DAOTP_MEMORY,
 *         DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_copy_text(const daotp_radius_exchange *exchange,
                                                       char **text);
/**
 * May the answer to the challenge be shown as it is typed (Prompt, RFC 2869 5.10)?
 * @param exchange  the exchange; NULL is fine
 * @return true when the server allows it; false when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_radius_exchange_may_echo(const daotp_radius_exchange *exchange);
/**
 * Which round this is.
 * @param exchange  the exchange; NULL is fine
 * @return 1 for the first; 0 when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API uint32_t daotp_radius_exchange_get_round(const daotp_radius_exchange *exchange);
/**
 * How often the request was sent, all servers together.
 * @param exchange  the exchange; NULL is fine
 * @return the count; 0 when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API uint32_t daotp_radius_exchange_get_transmissions(const daotp_radius_exchange *exchange);
/**
 * The server that answered, or was asked last.
 * @param exchange  the exchange; NULL is fine
 * @return "host:port", borrowed until the next round; "" before the first
 * @since 0.1
 */
DAOTP_API const char *daotp_radius_exchange_get_server(const daotp_radius_exchange *exchange);
/**
 * What happened in an exchange.
 * @param exchange  the exchange; NULL is fine
 * @return the report, borrowed as long as the exchange; NULL only when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_radius_exchange_get_report(daotp_radius_exchange *exchange);

/**
 * Go on with all exchanges. Never blocks.
 * @param radius  the client; not NULL
 * @return DAOTP_AGAIN while exchanges are pending; DAOTP_OK when none is; DAOTP_USAGE when @p
 *         radius is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_step(daotp_radius *radius);
/**
 * The descriptor to wait on, the same for the life of the client.
 * @param radius  the client; NULL is fine
 * @return the descriptor, not to be closed; -1 when @p radius is NULL
 * @since 0.1
 */
DAOTP_API int daotp_radius_get_fd(const daotp_radius *radius);
/**
 * How long to wait at most before the next step.
 * @param radius  the client; NULL is fine
 * @return milliseconds; 0 after an exchange was begun, for a step is due at once; at most 100 while
 *         one waits; -1 for ever: none does, or @p radius is NULL
 * @since 0.1
 */
DAOTP_API int daotp_radius_get_timeout_ms(const daotp_radius *radius);
/**
 * Step and wait until this exchange has come to an answer.
 * @param exchange  the exchange; not NULL
 * @return daotp_radius_exchange_get_status() of it, also when the callback freed it;
 *         DAOTP_CANCELLED when it was freed before there was an answer
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_wait(daotp_radius_exchange *exchange);

#ifdef __cplusplus
}
#endif
#endif
