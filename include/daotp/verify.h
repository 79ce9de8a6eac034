/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file verify.h
 * The validator: checks the path of a certificate, its revocation, and whether it is fit for its
 * role. It is strict, and reports everything that is wrong, not only the first fault.
 *
 * Only DAOTP_OK means accepted. DAOTP_REJECTED means that something is wrong, DAOTP_UNDECIDED that
 * something could not be determined (no fresh CRL, a form of name that cannot be compared, a limit
 * on the work for one validation); neither is success. Make settings between runs: during a run
 * they return DAOTP_USAGE, with CALL-ORDER in the report as a warning. If a setting is refused, the
 * report says why.
 *
 * Threads: a verifier belongs to one thread at a time; only daotp_verifier_cancel() may be called
 * from any thread. Any number of verifiers may share a trust and a fetcher.
 */
#ifndef DAOTP_VERIFY_H
#define DAOTP_VERIFY_H

#include <daotp/fetcher.h>
#include <daotp/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A validator with its settings, and the outcome of its last run. Opaque. */
typedef struct daotp_verifier daotp_verifier;

/** Which rules apply; strict and webpki accept a subset of what path accepts. */
typedef enum daotp_rules {
    DAOTP_RULES_PATH = 1,   /**< RFC 5280 section 6 */
    DAOTP_RULES_STRICT = 2, /**< the profile of RFC 5280 sections 4 and 5 too; the default */
    DAOTP_RULES_WEBPKI = 3  /**< the rules of the public web (CA/Browser Forum BR) */
} daotp_rules;

/** How much must be known about revocation. */
typedef enum daotp_revocation {
    DAOTP_REVOCATION_REQUIRE = 1, /**< if it is unknown, the verdict is undecided; the default */
    DAOTP_REVOCATION_PREFER = 2,  /**< if it is unknown, after all permitted fetches, there is a
                                       warning; undecided if CRLs or OCSP responses could not all be
                                       fetched or checked within the limits (CHAIN-BUDGET) */
    DAOTP_REVOCATION_IGNORE = 3   /**< not checked */
} daotp_revocation;

/** The role for which a certificate is validated. */
typedef enum daotp_role {
    DAOTP_ROLE_ANY = 0,       /**< none in particular; the default */
    DAOTP_ROLE_RA = 1,        /**< signs requests for the OTP server */
    DAOTP_ROLE_OTP_LOGON = 2, /**< the issued certificate: smart-card logon */
    DAOTP_ROLE_CLIENT = 3,    /**< the machine's TLS client certificate */
    DAOTP_ROLE_SERVER = 4,    /**< the DirectAccess server's TLS certificate */
    DAOTP_ROLE_KDC = 5,       /**< a domain controller's, for PKINIT */
    DAOTP_ROLE_ISSUING_CA = 6 /**< the CA that issues logon certificates */
} daotp_role;

/** The kind of a name that the certificate must have. */
typedef enum daotp_name_kind {
    DAOTP_NAME_DNS = 1,   /**< a host name, matched as RFC 6125 6.4 says */
    DAOTP_NAME_IP = 2,    /**< an IPv4 or IPv6 address in text */
    DAOTP_NAME_EMAIL = 3, /**< a mailbox, RFC 5280 4.2.1.6 */
    DAOTP_NAME_UPN = 4,   /**< a user principal name */
    DAOTP_NAME_REALM = 5  /**< the realm of a KDC: krbtgt/REALM as KRB5PrincipalName (RFC
                             4556 3.2.4),  or its DNS name as dNSName (MS-PKCA 3.1.5.1) */
} daotp_name_kind;

/** Flags for daotp_verifier_set_flag(). */
typedef enum daotp_verify_flag {
    DAOTP_VERIFY_EXPLICIT_POLICY = 1,    /**< RFC 5280 6.1.1 (f) */
    DAOTP_VERIFY_INHIBIT_MAPPING = 2,    /**< RFC 5280 6.1.1 (e) */
    DAOTP_VERIFY_INHIBIT_ANY_POLICY = 3, /**< RFC 5280 6.1.1 (g) */
    DAOTP_VERIFY_FORGET = 4,             /**< do not cache verified signatures of certificates */
    DAOTP_VERIFY_EXPLAIN = 5 /**< also report what is right, certificate by certificate */
} daotp_verify_flag;

/**
 * Make a verifier, with strict rules, revocation required, the context's clock, and no role. No
 * I/O.
 * @param context        the context; referenced
 * @param trust          the anchors; referenced, immutable from here on
 * @param[out] verifier  to be freed with daotp_verifier_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_INTERNAL when no
 *         file descriptor is left; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_new(daotp_context *context, daotp_trust *trust,
                                          daotp_verifier **verifier);
/**
 * Free a verifier. A run that is under way ends.
 * @param verifier  the verifier; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_verifier_free(daotp_verifier *verifier);

/**
 * Set the rules.
 * @param verifier  the verifier; not NULL
 * @param rules     one of ::daotp_rules
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         rules is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_rules(daotp_verifier *verifier, daotp_rules rules);
/**
 * Set how much must be known about revocation.
 * @param verifier  the verifier; not NULL
 * @param mode      one of ::daotp_revocation
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         mode is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_revocation(daotp_verifier *verifier,
                                                     daotp_revocation mode);
/**
 * Set the fetcher that gets missing CRLs, issuer certificates and OCSP responses. Without one
 * nothing is fetched. With one a run waits for the network: use daotp_verifier_begin() and
 * daotp_verifier_step() unless the thread may block.
 * @param verifier  the verifier; not NULL
 * @param fetcher   says from where and within which limits, and has the cache; referenced, its
 *                  settings are immutable from here on. NULL, the default: fetch nothing
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_fetcher(daotp_verifier *verifier, daotp_fetcher *fetcher);
/**
 * Accept a CRL or an OCSP response for this long after its nextUpdate, with a warning. If fetching
 * is allowed, a fresh one is tried first.
 * @param verifier  the verifier; not NULL
 * @param seconds   0, the default, to 2592000 (30 days)
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         seconds is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_stale_s(daotp_verifier *verifier, int64_t seconds);
/**
 * Validate for this time instead of now.
 * @param verifier  the verifier; not NULL
 * @param seconds   seconds since 1970-01-01T00:00:00Z; any value. A time outside the years that a
 *                  certificate can hold counts as the nearest one inside
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_time_s(daotp_verifier *verifier, int64_t seconds);
/**
 * Validate for the time of the context's wall clock again, as a new verifier does.
 * @param verifier  the verifier; not NULL
 * @return DAOTP_OK when it was cleared; DAOTP_USAGE when @p verifier is NULL, or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_clear_time(daotp_verifier *verifier);
/**
 * Set the role of the certificate: the checklist of that role is applied too.
 * @param verifier  the verifier; not NULL
 * @param role      one of ::daotp_role; DAOTP_ROLE_ANY for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         role is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_role(daotp_verifier *verifier, daotp_role role);
/**
 * Add CAs that may issue logon certificates, as the forest's NTAuthCertificates object lists them
 * (MS-WCCE 2.2.2.11.3). With the roles OTP_LOGON and KDC the certificate of the direct issuer must
 * equal one of them, octet by octet. Not checked if none was added.
 * @param verifier  the verifier; not NULL
 * @param bytes     PEM (any number) or one certificate in DER; copied. NULL removes all
 * @param len        its length in bytes
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p verifier is NULL, or a run is under
 *         way; DAOTP_PEER (CERT-DER) when one cannot be read; DAOTP_CONFIGURATION (TRUST-EMPTY)
 *         when there is none; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_ntauth(daotp_verifier *verifier, const void *bytes,
                                                 size_t len);
/**
 * Set or clear a flag.
 * @param verifier  the verifier; not NULL
 * @param flag      one of ::daotp_verify_flag
 * @param on        on or off
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         flag is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_flag(daotp_verifier *verifier, daotp_verify_flag flag,
                                               bool on);
/**
 * Set the extended key usage that the certificate must allow (RFC 5280 4.2.1.12).
 * @param verifier  the verifier; not NULL
 * @param oid       dotted; copied. NULL: any
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         oid is no object identifier; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_purpose(daotp_verifier *verifier, const char *oid);
/**
 * Add a name that the certificate must have; if several are added, it must have all of them.
 * @param verifier  the verifier; not NULL
 * @param kind      one of ::daotp_name_kind
 * @param name      the name; copied. NULL removes all names of all kinds
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p verifier is NULL, a run is under way, @p
 *         name is no name of this kind, or there are 64 already; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_name(daotp_verifier *verifier, daotp_name_kind kind,
                                               const char *name);
/**
 * Add a policy to the user-initial-policy-set (RFC 5280 6.1.1 (c)); while the set is empty, any
 * policy is accepted.
 * @param verifier  the verifier; not NULL
 * @param oid       dotted; copied. NULL empties the set
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p verifier is NULL, a run is under way, @p
 *         oid is no object identifier, or there are 64 already; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_policy(daotp_verifier *verifier, const char *oid);
/**
 * Set how many intermediate certificates a path may have, not counting self-issued ones.
 * @param verifier  the verifier; not NULL
 * @param depth     0 to 16; 8 unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         depth is above 16
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_max_depth(daotp_verifier *verifier, uint32_t depth);
/**
 * Add intermediate certificates, which may be used to build a path but are not trusted themselves.
 * @param verifier  the verifier; not NULL
 * @param bytes     PEM (any number) or one certificate in DER; copied. NULL removes all
 * @param len        its length in bytes
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p verifier is NULL, or a run is under
 *         way; DAOTP_PEER when one cannot be read (CERT-DER) or there are more than 4096
 *         (LIMIT-SIZE); DAOTP_CONFIGURATION (TRUST-EMPTY) when there is none; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_intermediates(daotp_verifier *verifier, const void *bytes,
                                                        size_t len);
/**
 * Add CRLs, in addition to those of the trust.
 * @param verifier  the verifier; not NULL
 * @param bytes     PEM (any number) or one CRL in DER; copied. NULL removes all
 * @param len        its length in bytes
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p verifier is NULL, or a run is under
 *         way; DAOTP_PEER when a CRL cannot be read (CRL-DER) or is too large (LIMIT-SIZE);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_crls(daotp_verifier *verifier, const void *bytes,
                                               size_t len);

/**
 * Add an OCSP response, for example one that a TLS server stapled. If fetching is allowed, a "good"
 * in it is checked again with the CRLs and responders that the certificate names: a revoked server
 * can staple an old response.
 * @param verifier  the verifier; not NULL
 * @param bytes     OCSPResponse (RFC 6960 4.2.1) in DER, PEM (one block) or base64; copied. NULL
 *                  removes all
 * @param len       its length in bytes
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p verifier is NULL, a run is under way, or
 *         there are 16 already; DAOTP_PEER when it is larger than 64 KiB; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_ocsp(daotp_verifier *verifier, const void *bytes,
                                               size_t len);
/**
 * Set the total time of a run that fetches. If it passes while the certificate is already accepted
 * and only an optional fetch is under way (DAOTP_REVOCATION_PREFER), the certificate stays
 * accepted.
 * @param verifier    the verifier; not NULL
 * @param timeout_ms  milliseconds, 1 or more; 60000 unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p verifier is NULL, a run is under way, or @p
 *         timeout_ms is below 1
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_timeout_ms(daotp_verifier *verifier, int64_t timeout_ms);

/**
 * Validate a certificate. Blocks only while something is fetched.
 * @param verifier  the verifier; not NULL
 * @param bytes     the certificate in DER, or PEM: the certificate first, then others that may be
 *                  needed for the path
 * @param len        its length in bytes
 * @return DAOTP_OK when accepted; DAOTP_REJECTED when something is wrong; DAOTP_UNDECIDED when
 *         something could not be determined; DAOTP_PEER when a certificate cannot be read
 *         (CERT-DER); DAOTP_CONFIGURATION (TRUST-EMPTY) when there is none; DAOTP_USAGE when @p
 *         verifier is NULL, @p bytes is NULL, or a run is under way (CALL-ORDER); DAOTP_TIMEOUT
 *         when the total time passed; DAOTP_CANCELLED when it was cancelled; DAOTP_INTERNAL when
 *         libcrypto failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_verify(daotp_verifier *verifier, const void *bytes,
                                             size_t len);

/**
 * Begin to validate a certificate in steps, for a thread that must not block.
 * @param verifier  the verifier, without a run under way
 * @param bytes     as for daotp_verifier_verify(); copied
 * @param len        its length in bytes
 * @return DAOTP_OK: begun, call daotp_verifier_step(). DAOTP_USAGE when @p verifier is NULL, @p
 *         bytes is NULL, or a run is under way (CALL-ORDER); DAOTP_PEER when a certificate cannot
 *         be read (CERT-DER); DAOTP_CONFIGURATION (TRUST-EMPTY) when there is none; DAOTP_MEMORY
 *         when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_begin(daotp_verifier *verifier, const void *bytes,
                                            size_t len);
/**
 * Continue the run. Never blocks, except for disk I/O of a cache. If the program steps late, the
 * time-outs of the hosts are extended by the delay, but not the total time of
 * daotp_verifier_set_timeout_ms(); a delay of a second or more in all is reported as CALL-LATE.
 * @param verifier  the verifier; not NULL
 * @return DAOTP_AGAIN: wait for the descriptor or the time-out, then step again. DAOTP_OK when
 *         accepted; DAOTP_REJECTED when something is wrong; DAOTP_UNDECIDED when something could
 *         not be determined; DAOTP_USAGE when @p verifier is NULL, or no run is under way
 *         (CALL-ORDER); DAOTP_TIMEOUT when the total time passed; DAOTP_CANCELLED when it was
 *         cancelled; DAOTP_INTERNAL when libcrypto failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_step(daotp_verifier *verifier);
/**
 * End the run that is under way: the next step answers DAOTP_CANCELLED. May be called from any
 * thread.
 * @param verifier  the verifier; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_verifier_cancel(daotp_verifier *verifier);
/**
 * The descriptor to wait on, readable when a step can go on.
 * @param verifier  the verifier; NULL is fine
 * @return the descriptor, not to be closed; -1 when @p verifier is NULL
 * @since 0.1
 */
DAOTP_API int daotp_verifier_get_fd(const daotp_verifier *verifier);
/**
 * How long to wait at most before the next step.
 * @param verifier  the verifier; NULL is fine
 * @return milliseconds; 0 after daotp_verifier_begin(), because the first step is due at once; at
 *         most 100 while a run is under way; -1 (wait without limit) when none is, or @p verifier
 *         is NULL
 * @since 0.1
 */
DAOTP_API int daotp_verifier_get_timeout_ms(const daotp_verifier *verifier);

/**
 * The report of the last run.
 * @param verifier  the verifier; NULL is fine
 * @return the report, borrowed until the next call on @p verifier; NULL only when @p verifier is
 *         NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_verifier_get_report(daotp_verifier *verifier);
/**
 * How many certificates the path has, the anchor included.
 * @param verifier  the verifier; NULL is fine
 * @return the count; 0 when no path was found
 * @since 0.1
 */
DAOTP_API size_t daotp_verifier_get_chain_count(const daotp_verifier *verifier);
/**
 * A certificate of the path that was found: first the validated certificate, last the anchor.
 * @param verifier  the verifier; NULL is fine
 * @param index     from 0
 * @param[out] len  its length in bytes; 0 past the end
 * @return the certificate in DER, borrowed until the next call on @p verifier; NULL past the end
 * @since 0.1
 */
DAOTP_API const void *daotp_verifier_get_certificate(const daotp_verifier *verifier, size_t index,
                                                     size_t *len);
/**
 * The subject (RFC 4514) and the serial number of a certificate of the path, as findings name it:
 * "CN=www.example.com, serial 4a01"; "serial 4a01" if it has no subject.
 * @param verifier  the verifier; NULL is fine
 * @param index     from 0, the certificate that was verified first
 * @return the text, borrowed until the next call on @p verifier; "" past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_verifier_get_subject(const daotp_verifier *verifier, size_t index);
/**
 * How many policies the user-constrained-policy-set has (RFC 5280 6.1.6).
 * @param verifier  the verifier; NULL is fine
 * @return the count; 0 when @p verifier is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_verifier_get_policy_count(const daotp_verifier *verifier);
/**
 * A policy of the user-constrained-policy-set.
 * @param verifier  the verifier; NULL is fine
 * @param index     from 0
 * @return the object identifier, dotted, borrowed until the next call on @p verifier; NULL past the
 *         end
 * @since 0.1
 */
DAOTP_API const char *daotp_verifier_get_policy(const daotp_verifier *verifier, size_t index);

#ifdef __cplusplus
}
#endif
#endif
