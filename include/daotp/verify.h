/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file verify.h
 * The validator: is this chain good, is anything in it revoked, is the certificate fit for its
 * part. It answers strictly and says all that is wrong, not the first thing only.
 *
 * A verifier is used by one thread at a time; many share one trust. Accepted is DAOTP_OK alone:
 * DAOTP_REJECTED means that something is wrong, DAOTP_UNDECIDED that something could not be found
 * out (no fresh CRL, a name form that cannot be judged, a budget that ran out), and neither is
 * success. Settings are made between runs: while one is under way they answer DAOTP_USAGE, with
 * CALL-ORDER in the report as a warning beside the run; any other call out of order has it alone.
 * What a setting refuses is a finding in the report.
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
    DAOTP_REVOCATION_REQUIRE = 1, /**< unknown is undecided; the default */
    DAOTP_REVOCATION_PREFER = 2,  /**< unknown is a warning, once all that may be fetched was */
    DAOTP_REVOCATION_IGNORE = 3   /**< not looked at */
} daotp_revocation;

/** The part that a certificate is to play. */
typedef enum daotp_role {
    DAOTP_ROLE_ANY = 0,       /**< none in particular; the default */
    DAOTP_ROLE_RA = 1,        /**< signs requests for the OTP server */
    DAOTP_ROLE_OTP_LOGON = 2, /**< what the enrolment yields: smart-card logon */
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

/** What else may be set, by daotp_verifier_set_flag(). */
typedef enum daotp_verify_flag {
    DAOTP_VERIFY_EXPLICIT_POLICY = 1,    /**< RFC 5280 6.1.1 (f) */
    DAOTP_VERIFY_INHIBIT_MAPPING = 2,    /**< RFC 5280 6.1.1 (e) */
    DAOTP_VERIFY_INHIBIT_ANY_POLICY = 3, /**< RFC 5280 6.1.1 (g) */
    DAOTP_VERIFY_FORGET = 4,             /**< remember no proven signature of a certificate */
    DAOTP_VERIFY_EXPLAIN = 5             /**< report what holds too, certificate by certificate */
} daotp_verify_flag;

/**
 * Make a verifier: strict rules, revocation required, the context's clock, no role. No I/O.
 * @param context        the context
 * @param trust          what is believed; referenced, immutable from here on
 * @param[out] verifier  to be freed with daotp_verifier_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
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
 * @return DAOTP_OK; DAOTP_USAGE when @p verifier is NULL, a run is under way, or when there is none
 *         such
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_rules(daotp_verifier *verifier, daotp_rules rules);
/**
 * Set what must be known about revocation.
 * @param verifier  the verifier; not NULL
 * @param mode      one of ::daotp_revocation
 * @return DAOTP_OK; DAOTP_USAGE when @p verifier is NULL, a run is under way, or when there is none
 *         such
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_revocation(daotp_verifier *verifier,
                                                     daotp_revocation mode);
/**
 * Fetch CRLs, issuer certificates and OCSP answers that are missing. Without a fetcher nothing is
 * fetched. With one a run waits for the network: begin and step it, unless it may block.
 * @param verifier  the verifier
 * @param fetcher   from where, within which bounds, and what was fetched before; counted, its
 *                  settings are immutable from here on. NULL, the default: fetch nothing
 * @return DAOTP_OK, DAOTP_USAGE (a NULL verifier, or a run is under way).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_fetcher(daotp_verifier *verifier, daotp_fetcher *fetcher);
/**
 * Take a CRL or an OCSP answer for so long after its nextUpdate, with a warning; where fetching is
 * allowed, only if no fresh one can be had.
 * @param verifier  the verifier
 * @param seconds   0, the default, to 30 days
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_stale_s(daotp_verifier *verifier, int64_t seconds);
/**
 * Judge as of this time instead of now.
 * @param verifier  the verifier
 * @param seconds   since 1970-01-01 UTC; each value is a time, and what lies beyond the years that
 * a certificate can name is taken as their end
 * @return DAOTP_OK, DAOTP_USAGE (NULL, or while a run is under way).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_time_s(daotp_verifier *verifier, int64_t seconds);
/**
 * Judge as of the context's wall clock again, as a new verifier does.
 * @param verifier  the verifier
 * @return DAOTP_OK, DAOTP_USAGE (NULL, or while a run is under way).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_clear_time(daotp_verifier *verifier);
/**
 * Set the role of the certificate: its checklist is gone through too.
 * @param verifier  the verifier; not NULL
 * @param role      one of ::daotp_role; DAOTP_ROLE_ANY for none
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_role(daotp_verifier *verifier, daotp_role role);
/**
 * Add CAs that may issue for logon, as a forest's NTAuthCertificates lists them (MS-WCCE
 * 2.2.2.11.3): with the roles OTP_LOGON and KDC the direct issuer must be one of them, octet by
 * octet. Without any, that is not asked.
 * @param verifier   the verifier
 * @param bytes      PEM (any number) or one certificate in DER; copied. NULL forgets all
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (CERT-DER).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_ntauth(daotp_verifier *verifier, const void *bytes,
                                                 size_t len);
/**
 * Set a flag, or take it back.
 * @param verifier  the verifier; not NULL
 * @param flag      one of ::daotp_verify_flag
 * @param on        on or off
 * @return DAOTP_OK; DAOTP_USAGE when @p verifier is NULL, a run is under way, or when there is none
 *         such
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_flag(daotp_verifier *verifier, daotp_verify_flag flag,
                                               bool on);
/**
 * The extended key usage that the certificate must allow (RFC 5280 4.2.1.12).
 * @param verifier  the verifier
 * @param oid       dotted; NULL for none in particular
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_purpose(daotp_verifier *verifier, const char *oid);
/**
 * One more name that the certificate must have; of several, each must be there.
 * @param verifier  the verifier
 * @param kind      of the name
 * @param name      the name; NULL forgets all names of all kinds
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_name(daotp_verifier *verifier, daotp_name_kind kind,
                                               const char *name);
/**
 * One more member of the user's initial policy set (RFC 5280 6.1.1 (c)); empty means any-policy.
 * @param verifier  the verifier
 * @param oid       dotted; NULL empties the set
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_policy(daotp_verifier *verifier, const char *oid);
/**
 * How many intermediate certificates a path may have, those that are self-issued not counted.
 * @param verifier  the verifier
 * @param depth     0 to 16; the default is 8
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_max_depth(daotp_verifier *verifier, unsigned depth);
/**
 * Add certificates that may help to build a path; they are not believed.
 * @param verifier   the verifier
 * @param bytes      PEM (any number) or one certificate in DER; copied. NULL forgets all
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (CERT-DER).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_intermediates(daotp_verifier *verifier, const void *bytes,
                                                        size_t len);
/**
 * Add CRLs to those that the trust has.
 * @param verifier   the verifier
 * @param bytes      PEM (any number) or one CRL in DER; copied. NULL forgets all
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (CRL-DER).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_crls(daotp_verifier *verifier, const void *bytes,
                                               size_t len);

/**
 * Add an OCSP answer, as a TLS server staples it. Where fetching is allowed, "good" of such an
 * answer is looked at again with what the certificate says can be had: a peer staples the answer
 * that it likes best.
 * @param verifier   the verifier
 * @param bytes      OCSPResponse in DER (RFC 6960 4.2.1); copied. NULL forgets all
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (over 64 KiB).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_add_ocsp(daotp_verifier *verifier, const void *bytes,
                                               size_t len);
/**
 * The total time of a run that fetches. When it is over, a certificate that is accepted without
 * what is still being fetched (see DAOTP_REVOCATION_PREFER) stays accepted.
 * @param verifier    the verifier
 * @param timeout_ms  milliseconds; 60 s unless set
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_set_timeout_ms(daotp_verifier *verifier, int64_t timeout_ms);

/**
 * Judge a certificate. Blocks while something is fetched, and only then.
 * @param verifier   the verifier
 * @param bytes      the certificate in DER, or PEM: the certificate first, then any that may help
 * @param len        its length in bytes
 * @return DAOTP_OK (accepted), DAOTP_REJECTED, DAOTP_UNDECIDED, DAOTP_PEER (it cannot be read),
 *         DAOTP_USAGE, DAOTP_MEMORY, DAOTP_TIMEOUT, DAOTP_CANCELLED.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_verify(daotp_verifier *verifier, const void *bytes,
                                             size_t len);

/**
 * Begin to judge a certificate step by step, for who must not wait.
 * @param verifier   the verifier, idle
 * @param bytes      as for daotp_verifier_verify(); copied
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_verifier_begin(daotp_verifier *verifier, const void *bytes,
                                            size_t len);
/**
 * Go on. Never blocks, but for the disk of a cache. Time in which steps are late does not count
 * against a host, but it does for daotp_verifier_set_timeout_ms(); a second or more in all is a
 * finding, CALL-LATE.
 * @param verifier  the verifier; not NULL
 * @return DAOTP_AGAIN: wait for the descriptor or the time, then step again. Else as
 *         daotp_verifier_verify().
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
 * @return milliseconds; 0 after daotp_verifier_begin(), for the first step is due at once; at most
 *         100 while a run is under way; -1 for ever: none is, or @p verifier is NULL
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
 * A certificate of the path found, the one judged first, the anchor last.
 * @param verifier  the verifier
 * @param index     from 0
 * @param[out] len  octets
 * @return DER, valid until the next call on the verifier; NULL past the end.
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
