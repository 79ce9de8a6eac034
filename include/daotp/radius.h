/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file radius.h
 * The RADIUS client: asks an OTP server whether a code is right (RFC 2865, RFC 3579, RFC 5080,
 * RFC 5997). Every reply is verified (RFC 2865 section 3, RFC 3579 section 3.2); one that does not
 * verify is discarded.
 *
 * One client handles thousands of concurrent exchanges over a few sockets, without threads: begin
 * any number, then step the client while exchanges are pending, waiting on its descriptor for at
 * most its time-out in between. Or use daotp_radius_exchange_wait(), which blocks.
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

/** Whether replies must have a Message-Authenticator (RFC 3579 3.2). If present, it must verify. */
typedef enum daotp_radius_policy {
    DAOTP_RADIUS_POLICY_REQUIRE = 1,  /**< yes; the default */
    DAOTP_RADIUS_POLICY_AUTO = 2,     /**< yes, once this server has sent one; until then a warning */
    DAOTP_RADIUS_POLICY_OPTIONAL = 3, /**< no; then nobody may be able to change packets on the path
                                           (CVE-2024-3596) */
    DAOTP_RADIUS_POLICY_FIRST = 4     /**< yes, and as the first attribute */
} daotp_radius_policy;

/** The timers of an exchange: its deadline, and when another server is asked. */
typedef enum daotp_radius_timers {
    DAOTP_RADIUS_TIMERS_CODE = 1, /**< a code in the password: 15 s; another server after 6 s */
    DAOTP_RADIUS_TIMERS_PUSH = 2, /**< a person confirms a prompt: 65 s; never another server */
    DAOTP_RADIUS_TIMERS_PROBE = 3 /**< is the server alive: 3 s, one transmission */
} daotp_radius_timers;

/** The request that tests whether a server is alive. */
typedef enum daotp_radius_probe {
    DAOTP_RADIUS_PROBE_STATUS_SERVER = 1, /**< Status-Server (RFC 5997) */
    DAOTP_RADIUS_PROBE_USER = 2 /**< an Access-Request for DAProbeUser, as DirectAccess sends it */
} daotp_radius_probe;

/** The outcome of an exchange. */
typedef enum daotp_radius_answer {
    DAOTP_RADIUS_PENDING = 0,    /**< under way, or not begun */
    DAOTP_RADIUS_ACCEPTED = 1,   /**< Access-Accept */
    DAOTP_RADIUS_REJECTED = 2,   /**< Access-Reject */
    DAOTP_RADIUS_CHALLENGED = 3, /**< Access-Challenge: may be answered */
    DAOTP_RADIUS_UNDECIDED = 4   /**< no authentic answer; the report says why */
} daotp_radius_answer;

/** How the user name is sent. */
typedef enum daotp_radius_user_form {
    DAOTP_RADIUS_USER_AS_GIVEN = 1, /**< unchanged */
    DAOTP_RADIUS_USER_STRIPPED = 2  /**< without DOMAIN\\ in front or \@suffix behind */
} daotp_radius_user_form;

/**
 * Called when an exchange has got an answer (other than DAOTP_RADIUS_PENDING), once for each round
 * that was begun. If a round could not begin, the call that begins it returns the error instead.
 * Runs inside daotp_radius_step() or daotp_radius_exchange_cancel(). It may begin, answer or free
 * exchanges, this one too.
 * @param user      the pointer given with the callback
 * @param exchange  the exchange
 */
typedef void (*daotp_radius_fn)(void *user, daotp_radius_exchange *exchange);

/**
 * Make a client. No I/O.
 * @param context      the context; referenced
 * @param[out] radius  to be freed with daotp_radius_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_INTERNAL when no
 *         file descriptor is left; DAOTP_MEMORY when memory ran out
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
 * @param radius      the client; not NULL
 * @param host        an address, or a name, which is resolved at first use; copied. If an address
 *                    refuses or does not answer, later exchanges use the next address of the name
 * @param port        UDP port, 1 to 65535; 1812 is usual
 * @param secret             the shared secret, 1 to 255 octets of any kind; copied into memory that
 *                           is wiped
 * @param secret_len         its length in bytes
 * @param policy      whether replies must have a Message-Authenticator
 * @return DAOTP_OK when it was added; the report then warns of a short secret (RADIUS-SECRET-SHORT)
 *         and of a weak policy (RADIUS-POLICY-WEAK). DAOTP_USAGE when @p radius is NULL, @p host is
 *         no name or address, @p port is 0, @p secret is NULL or of another length, @p policy is
 *         none of the values, or there are 16 servers already; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_server(daotp_radius *radius, const char *host,
                                               uint16_t port, const void *secret, size_t secret_len,
                                               daotp_radius_policy policy);
/**
 * Add a server that is reached by RadSec (RFC 6614), RADIUS over TLS, in order of preference.
 * Requests are not retransmitted on the connection, and replies are protected by TLS.
 * @param radius    the client; not NULL
 * @param host      an address or name, which the server's certificate must have in its
 *                  subjectAltName; copied
 * @param port      TCP port, 1 to 65535; 2083 is usual
 * @param trust     the anchors for the server's certificate; referenced
 * @param identity  our client certificate; referenced
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p radius, @p trust or @p identity is NULL,
 *         @p host is no name or address, @p port is 0, or there are 16 servers already;
 *         DAOTP_INTERNAL when TLS cannot be set up; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_radsec_server(daotp_radius *radius, const char *host,
                                                      uint16_t port, daotp_trust *trust,
                                                      daotp_credential *identity);
/**
 * Set the rules by which the TLS certificates of RadSec servers are validated (::daotp_rules), for
 * servers added before and after this call; DAOTP_RULES_PATH unless set. With all of them, the host
 * must be in the subjectAltName. A connection that is open stays open.
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
 * Whether a server is considered alive.
 * @param radius  the client; NULL is fine
 * @param index   from 0, in the order added
 * @return true until the server does not answer a request, and again once it answers; false past
 *         the end
 * @since 0.1
 */
DAOTP_API bool daotp_radius_is_server_alive(const daotp_radius *radius, size_t index);
/**
 * Choose timers and failover; DAOTP_RADIUS_TIMERS_CODE unless set.
 * @param radius  the client; not NULL
 * @param timers  one of ::daotp_radius_timers
 * @return DAOTP_OK; DAOTP_USAGE when @p radius is NULL, or when there are no such timers
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_timers(daotp_radius *radius, daotp_radius_timers timers);
/**
 * Set the deadline of one round of an exchange, instead of that of the timers. Time in which
 * a step was due and the program did not step does not count; a second or more of it in all is
 * reported as CALL-LATE.
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
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p radius or @p name is NULL, or @p name is
 *         empty or longer than 253 octets; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_set_nas_identifier(daotp_radius *radius, const char *name);
/**
 * Add an attribute to all requests.
 * @param radius  the client; not NULL
 * @param type    its number, 1 to 255; not 1, 2, 3, 6, 24, 26, 32, 33, 79 or 80, which the client
 *                sets itself
 * @param vendor  0, or the vendor's number: then it is sent as Vendor-Specific (RFC 2865 5.26)
 * @param value   its octets; copied
 * @param len     1 to 253, or 1 to 247 with a vendor
 * @return DAOTP_OK when it was added; DAOTP_USAGE (RADIUS-ATTRIBUTE) when @p radius or @p value is
 *         NULL, the type is one of those or 0, @p len is 0 or too large, or all attributes together
 *         exceed 2048 octets; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_attribute(daotp_radius *radius, uint8_t type,
                                                  uint32_t vendor, const void *value, size_t len);
/**
 * Add attributes by name to all requests, in the syntax of libradcli.
 * @param radius  the client; not NULL
 * @param text    "NAS-Port-Type = Virtual Calling-Station-Id = \"198.51.100.7\"", separated by
 *                blanks
 * @return DAOTP_OK when all were added; DAOTP_USAGE (RADIUS-ATTRIBUTE) when @p radius is NULL, @p
 *         text is NULL, empty or too long, or any of it is not understood: then none is added;
 *         DAOTP_CONFIGURATION (BUILD-WITHOUT) in a build without libradcli; DAOTP_INTERNAL when
 *         libradcli failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_add_attributes(daotp_radius *radius, const char *text);
/**
 * Add the servers of an existing radcli installation: authserver of a radiusclient.conf, with the
 * secrets of its servers file. Their policy is DAOTP_RADIUS_POLICY_REQUIRE.
 * @param radius  the client; not NULL
 * @param path    the radiusclient.conf
 * @return DAOTP_OK when all were added; DAOTP_USAGE when an argument is NULL, or a server or secret
 *         of the file cannot be used; DAOTP_CONFIGURATION when a file cannot be read or has no
 *         server (FILE-READ), the secrets can be read by others (FILE-OPEN-TO-OTHERS), or the build
 *         has no libradcli (BUILD-WITHOUT); DAOTP_MEMORY when memory ran out. Unless it returns
 *         DAOTP_OK, none is added
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_import(daotp_radius *radius, const char *path);
/**
 * Set the function that is called when an exchange has got an answer.
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
 * @param radius         the client; not NULL; must outlive the exchange
 * @param user_name      UTF-8, 1 to 253 octets; copied
 * @param[out] exchange  to be freed with daotp_radius_exchange_free(); NULL unless the call
 *                       succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p radius or @p exchange is NULL, or @p
 *         user_name is NULL, empty, longer than 253 octets or not UTF-8; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_new(daotp_radius *radius, const char *user_name,
                                                 daotp_radius_exchange **exchange);
/**
 * Free an exchange. If it is pending, its reply is ignored.
 * @param exchange  the exchange; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_radius_exchange_free(daotp_radius_exchange *exchange);
/**
 * Begin the first round: send the Access-Request.
 * @param exchange  the exchange; not NULL, not pending
 * @param password  PIN and code as the server wants them: at most 128 octets, UTF-8, no NUL. A copy
 *                  is kept in memory that is wiped, until there is an answer, because another
 *                  server may have to be asked
 * @param len           its length in bytes
 * @return DAOTP_OK: begun, call daotp_radius_step(). DAOTP_USAGE when @p exchange is NULL or
 *         pending (CALL-ORDER), the password is NULL, too long or holds a NUL (RADIUS-PASSWORD), or
 *         nothing is left of the user name without its domain (RADIUS-USER); DAOTP_CONFIGURATION
 *         (RADIUS-NO-SERVER) when the client has no server; DAOTP_NETWORK when no request could be
 *         sent to any server; DAOTP_INTERNAL when no socket or random number is to be had;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_begin(daotp_radius_exchange *exchange,
                                                   const char *password, size_t len);
/**
 * Answer an Access-Challenge: begin another round, with the same server and with its State
 * attribute.
 * @param exchange  the exchange; not NULL
 * @param response  the user's answer, at most 128 octets, UTF-8, no NUL; copied into memory that is
 *                  wiped
 * @param len       its length in bytes
 * @return DAOTP_OK: begun, call daotp_radius_step(). DAOTP_USAGE when @p exchange is NULL, there is
 *         no challenge to answer, 5 rounds were made, the challenge is older than 5 minutes
 *         (CALL-ORDER), or the answer is NULL, too long or holds a NUL (RADIUS-PASSWORD);
 *         DAOTP_NETWORK when no request could be sent to any server; DAOTP_INTERNAL when no socket
 *         or random number is to be had; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_respond(daotp_radius_exchange *exchange,
                                                     const char *response, size_t len);
/**
 * Test whether a server is alive. Any authentic reply makes the answer DAOTP_RADIUS_ACCEPTED;
 * otherwise it is DAOTP_RADIUS_UNDECIDED.
 * @param exchange  an exchange, not pending; user name and password are replaced by those of the
 *                  probe
 * @param server    index of the server, from 0
 * @param probe     what is sent: one of ::daotp_radius_probe
 * @return DAOTP_OK: begun, call daotp_radius_step(). DAOTP_USAGE when @p exchange is NULL or
 *         pending (CALL-ORDER), or there is no such server or no such probe (CALL-ARGUMENT);
 *         DAOTP_NETWORK when no request could be sent to any server; DAOTP_INTERNAL when no socket
 *         or random number is to be had; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_probe(daotp_radius_exchange *exchange, size_t server,
                                                   daotp_radius_probe probe);
/**
 * End an exchange: its answer is DAOTP_RADIUS_UNDECIDED, and nothing more is sent for it.
 * @param exchange  the exchange; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_radius_exchange_cancel(daotp_radius_exchange *exchange);

/**
 * The outcome of an exchange.
 * @param exchange  the exchange; NULL is fine
 * @return one of ::daotp_radius_answer; DAOTP_RADIUS_UNDECIDED when @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_radius_answer
daotp_radius_exchange_get_answer(const daotp_radius_exchange *exchange);
/**
 * How an exchange ended, as a status.
 * @param exchange  the exchange; NULL is fine
 * @return DAOTP_AGAIN while it is pending; DAOTP_OK when accepted; DAOTP_REJECTED when rejected;
 *         DAOTP_CHALLENGE when there is a challenge to answer; DAOTP_TIMEOUT when no server
 *         answered; DAOTP_NETWORK when no server could be reached; DAOTP_UNDECIDED when no reply
 *         was authentic; DAOTP_CANCELLED when it was cancelled; DAOTP_USAGE when @p exchange is
 *         NULL or was never begun; otherwise what the call that began it returned
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_get_status(const daotp_radius_exchange *exchange);
/**
 * A Reply-Message of the last reply, as received: untrusted text, not to be parsed.
 * @param exchange  the exchange
 * @param index     which one, from 0
 * @param[out] len  its length in bytes
 * @return its octets, borrowed until the next round; NULL past the end.
 * @since 0.1
 */
DAOTP_API const void *daotp_radius_exchange_get_message(const daotp_radius_exchange *exchange,
                                                        size_t index, size_t *len);
/**
 * A Reply-Message of the last reply as text for people: UTF-8 without control characters. A message
 * in UTF-16 or Windows-1252, which RFC 2865 does not allow, is translated; the report says so
 * (RADIUS-CHARSET).
 * @param exchange   the exchange; NULL is fine
 * @param index      0, 1, ...
 * @param[out] text  to be freed with daotp_free(); untrusted, not to be parsed; NULL when there is
 *                   no such message
 * @return DAOTP_OK; DAOTP_USAGE past the last message, or when an argument is NULL; DAOTP_MEMORY
 *         when there is no memory for the text
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_copy_message(const daotp_radius_exchange *exchange,
                                                          size_t index, char **text);
/**
 * An attribute of the last reply, in the order received.
 * @param exchange   the exchange
 * @param index      which one, from 0
 * @param[out] type  its number; may be NULL
 * @param[out] len   its length in bytes
 * @return its octets, borrowed until the next round; NULL past the end.
 * @since 0.1
 */
DAOTP_API const void *daotp_radius_exchange_get_attribute(const daotp_radius_exchange *exchange,
                                                          size_t index, uint8_t *type, size_t *len);
/**
 * Describe the attributes of the last reply, one line each, as libradcli prints them; attributes
 * that its dictionary does not have are shown by number.
 * @param exchange   the exchange; not NULL
 * @param[out] text  to be freed with daotp_free(); NULL unless the call succeeds
 * @return DAOTP_OK when they were written; DAOTP_USAGE when an argument is NULL;
 *         DAOTP_CONFIGURATION (BUILD-WITHOUT) in a build without libradcli; DAOTP_INTERNAL when
 *         libradcli failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_copy_text(const daotp_radius_exchange *exchange,
                                                       char **text);
/**
 * Whether the user's answer to the challenge may be shown while it is typed (Prompt, RFC 2869
 * 5.10).
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
 * Continue all exchanges. Never blocks.
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
 * @return milliseconds; 0 after an exchange was begun, because a step is due at once; at most 100
 *         while an exchange is pending; -1 (wait without limit) when none is, or @p radius is NULL
 * @since 0.1
 */
DAOTP_API int daotp_radius_get_timeout_ms(const daotp_radius *radius);
/**
 * Step and wait until this exchange has got an answer. Blocks; other exchanges of the client go on
 * meanwhile.
 * @param exchange  the exchange; not NULL
 * @return what daotp_radius_exchange_get_status() gives for the exchange, also if the callback
 *         freed it; DAOTP_CANCELLED when it was freed before there was an answer; DAOTP_USAGE when
 *         @p exchange is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_radius_exchange_wait(daotp_radius_exchange *exchange);

#ifdef __cplusplus
}
#endif
#endif
