/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca.h
 * How the signed request reaches the certification authority. The submission is made as the user
 * whose certificate it is to be: the CA puts the caller's names into it (MS-WCCE
 * 3.2.2.6.2.1.4.5.9). Counted; configure it, then hand it to clients. One thread at a time uses a CA:
 * any number of clients of that thread may share one, with enrolments under way at once; another
 * thread has a CA of its own.
 */
#ifndef DAOTP_CA_H
#define DAOTP_CA_H

#include <daotp/credential.h>
#include <daotp/domain.h>
#include <daotp/report.h>
#include <daotp/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A way to a certification authority. Opaque, counted. */
typedef struct daotp_ca daotp_ca;

/** How to authenticate to an enrolment web service (MS-WSTEP 3.1.1.1). */
typedef enum daotp_ca_authentication {
    DAOTP_CA_USERNAME = 1,  /**< WS-Security UsernameToken: the user's domain name and password */
    DAOTP_CA_NEGOTIATE = 2, /**< HTTP Negotiate with the ticket in the environment's cache. This is
                                 the one wait that no deadline can bound: it happens inside the
                                 Kerberos library */
    DAOTP_CA_CERTIFICATE = 3, /**< TLS client certificate, set by daotp_ca_set_identity() */
    DAOTP_CA_ANY = 4          /**< As the URL says ("_CES_Kerberos/", "_CES_UsernamePassword/",
                                   "_CES_Certificate/"). Where it does not say: Negotiate if the
                                   default credential cache holds a valid ticket of the user, for
                                   that hands out no password; else, and where the service then
                                   answers HTTP 401 or 404, the user's name and password */
} daotp_ca_authentication;

/**
 * The Certificate Enrollment Web Service, MS-WSTEP.
 * @param context         the context
 * @param authentication  how to authenticate
 * @param[out] ca         to be let go with daotp_ca_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new_wstep(daotp_context *context,
                                          daotp_ca_authentication authentication, daotp_ca **ca);
/**
 * Set the URL of the service outright, whatever IssuingCA says. Only for WSTEP.
 * @param ca   the CA
 * @param url  an https URL, copied; NULL to go by the template again
 * @return DAOTP_OK, DAOTP_USAGE (also when it is no https URL), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_url(daotp_ca *ca, const char *url);
/**
 * Set how the URL is made from an IssuingCA "host\\name". Only for WSTEP. Unless set it is
 * `https://{host}/{ca}_CES_{method}/service.svc/CES`. In the host of the URL only {host} may stand;
 * then the OTP server chooses the host, among those that daotp_ca_allow_host() allows. A port is
 * the template's, never the server's.
 * @param ca            the CA
 * @param url_template  copied; holds {host} and {ca}, which are replaced by the two parts of the
 *                      IssuingCA, percent-encoded behind the host, and {method}, which is replaced
 *                      by UsernamePassword, Kerberos or Certificate. NULL for the default
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_url_template(daotp_ca *ca, const char *url_template);
/**
 * Allow the OTP server to name this host, or the hosts below this DNS suffix, as the CA's. The
 * signed request, and with it the user's password, goes to no other host that a server names. May
 * be called for several; none is ever taken back. Without any, and without a URL of your own,
 * prepare answers DAOTP_CONFIGURATION (CA-HOST-LIST), before a code is asked for.
 *
 * Names are compared as whole labels, without regard to case or to a trailing dot. An
 * internationalized name is given as its A-labels ("xn--..."). An address is allowed by itself
 * only.
 * @param ca    the CA
 * @param host  "ca1.corp.example", or ".corp.example" for every name below it (not for
 *              corp.example itself), or an IP address; copied
 * @return DAOTP_OK, DAOTP_USAGE (also: neither a host nor a suffix, or over 64 of them),
 *         DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_allow_host(daotp_ca *ca, const char *host);
/**
 * Set the anchors for the service's own certificate. Only for WSTEP. Unless set they are those of
 * the client.
 * @param ca     the CA
 * @param trust  counted, not copied
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_trust(daotp_ca *ca, daotp_trust *trust);
/**
 * Set the TLS client certificate for DAOTP_CA_CERTIFICATE.
 * @param ca        the CA
 * @param identity  counted, not copied
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_identity(daotp_ca *ca, daotp_credential *identity);

/** Which way a submission by RPC takes. */
typedef enum daotp_ca_way {
    DAOTP_CA_WAY_AUTO = 1, /**< ICPR; where the CA does not offer it, DCOM; where that is switched
                                off too and a web service was set, that. Each change is told
                                (CA-WAY), and none is made once a request has left, unless the
                                server proved that it was not carried out */
    DAOTP_CA_WAY_ICPR = 2, /**< MS-ICPR alone */
    DAOTP_CA_WAY_DCOM = 3  /**< MS-WCCE alone, as Windows does */
} daotp_ca_way;

/** How the security context of RPC is negotiated. Both are Kerberos, sealed. */
typedef enum daotp_ca_rpc_mechanism {
    DAOTP_CA_RPC_SPNEGO = 1,  /**< authentication type 9, which MS-WCCE 2.1 names */
    DAOTP_CA_RPC_KERBEROS = 2 /**< authentication type 16: one round trip less */
} daotp_ca_rpc_mechanism;

/**
 * The certification authority itself, by RPC, as Windows does: nothing has to be added to a stock
 * AD CS. The host is that of IssuingCA, TCP port 135 and one that the endpoint mapper names; allow
 * it by daotp_ca_allow_host(). The caller is the user: by a ticket of a credential cache, else by
 * the name and password that the callback of daotp_client_set_domain_credential() gives for the
 * realm. The password goes to KDCs only, the ticket to host/FQDN of the CA; NTLM is never used.
 *
 * libkrb5 reads its configuration (krb5.conf, KRB5_CONFIG); its default credential cache is used
 * unless daotp_ca_set_ticket_cache() names one.
 * @param context  the context
 * @param way      which way
 * @param[out] ca  to be let go with daotp_ca_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O. In a build without libkrb5 the submission
 *         ends with DAOTP_CONFIGURATION (BUILD-WITHOUT).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new_rpc(daotp_context *context, daotp_ca_way way, daotp_ca **ca);
/**
 * Set the credential cache that holds the user's tickets. Only for RPC.
 * @param ca    the CA
 * @param name  as libkrb5 writes it ("FILE:/tmp/krb5cc_1000"), copied; NULL for the default cache
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_ticket_cache(daotp_ca *ca, const char *name);
/**
 * Set the realm in which the user's password is good, and its KDC. Only for RPC.
 * @param ca     the CA
 * @param realm  copied; NULL: the suffix of a UPN in upper case, else the default realm of
 *               krb5.conf
 * @param kdc    "host", "host:port" or "[address]:port", copied; NULL: as krb5.conf says, else the
 *               DNS name that the realm is, which in Active Directory has the addresses of the
 *               domain controllers
 * @return DAOTP_OK, DAOTP_USAGE (also: a KDC without a realm, or with a port that is not 1 to
 * 65535), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_realm(daotp_ca *ca, const char *realm, const char *kdc);
/**
 * Set the cache with the machine's ticket that armours the exchange with the password (FAST, RFC
 * 6113). Only for RPC.
 * @param ca    the CA
 * @param name  as libkrb5 writes it, copied; NULL for none
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_armor_cache(daotp_ca *ca, const char *name);
/**
 * Set the TCP port of the endpoint mapper. Only for RPC. Windows has it at 135.
 * @param ca    the CA
 * @param port  1 to 65535
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_mapper_port(daotp_ca *ca, uint32_t port);
/**
 * Set how the security context is negotiated. Only for RPC; DAOTP_CA_RPC_SPNEGO unless set.
 * @param ca         the CA
 * @param mechanism  which
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_rpc_mechanism(daotp_ca *ca, daotp_ca_rpc_mechanism mechanism);
/**
 * Set the web service that DAOTP_CA_WAY_AUTO takes where both ways by RPC are switched off. Only
 * for RPC. Hosts that the OTP server names are allowed by daotp_ca_allow_host() of @p ca.
 * @param ca           the CA
 * @param web_service  of daotp_ca_new_wstep(); counted, not copied; NULL for none
 * @return DAOTP_OK, DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_web_service(daotp_ca *ca, daotp_ca *web_service);

/**
 * Ask whether a CA answers by RPC, without a request being made: ticket, endpoint mapper or
 * activation, connection and seal, and by DCOM whether a CA of this name is there. Each way of @p
 * ca that answers is a finding (CA-ANSWERS). Under DAOTP_CA_WAY_AUTO one way that answers is
 * enough, and what is wrong with the other is a warning; but where DCOM has no CA of this name, the
 * ping fails. A web service of @p ca is not asked. Blocks.
 * @param ca          of daotp_ca_new_rpc(), with the host allowed; serves no client in the meantime
 * @param config      "host\\name"
 * @param user_name   DOMAIN\\user or UPN: as whom
 * @param ask         for the password, where there is no ticket of the user; or NULL
 * @param user        given to @p ask
 * @param timeout_ms  until all must be done, above 0
 * @param report      gets the findings and the status
 * @return DAOTP_OK when the CA answers; DAOTP_USAGE; DAOTP_TIMEOUT, else as a submission ends:
 *         DAOTP_NETWORK, DAOTP_PEER, DAOTP_REJECTED, DAOTP_CONFIGURATION, DAOTP_CANCELLED,
 *         DAOTP_MEMORY, DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_ping(daotp_ca *ca, const char *config, const char *user_name,
                                     daotp_domain_fn ask, void *user, int64_t timeout_ms,
                                     daotp_report *report);

/**
 * By hand: the signed request is written to a file, and the certificate is awaited in another, as
 * `certreq -submit -config "host\\name" request certificate` makes it.
 * @param context           the context
 * @param request_path      where the CMC goes, in DER. A regular file that is there is replaced;
 *                          anything else (a link, a FIFO, a device) is left alone, and the
 *                          submission fails with FILE-WRITE
 * @param certificate_path  awaited until the client's deadline; certificate, chain or CMC answer,
 *                          in DER or PEM. It may be written slowly: what cannot be read is looked
 *                          at again until then. A file that stands there before stays, and is not
 *                          taken for the answer until it is written again; what is no file fails
 *                          the submission with FILE-WRITE
 * @param[out] ca           to be let go with daotp_ca_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new_file(daotp_context *context, const char *request_path,
                                         const char *certificate_path, daotp_ca **ca);

/**
 * Why the last setting of this CA was refused. What happens in a run is in the client's report.
 * @param ca  the CA; NULL is fine
 * @return the report, borrowed as long as the CA, and cleared by the next setting that is refused;
 *         NULL only when @p ca is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_ca_get_report(daotp_ca *ca);
/**
 * Take one more reference.
 * @param ca  the CA; NULL is fine
 * @return @p ca
 * @since 0.1
 */
DAOTP_API daotp_ca *daotp_ca_ref(daotp_ca *ca);
/**
 * Let go of a reference; with the last one the CA is freed.
 * @param ca  the CA; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_ca_unref(daotp_ca *ca);

#ifdef __cplusplus
}
#endif
#endif
