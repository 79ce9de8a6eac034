/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca.h
 * How the signed request reaches the certification authority. The request is submitted as the user
 * who will own the certificate, because the CA puts the names of the caller into the certificate
 * (MS-WCCE 3.2.2.6.2.1.4.5.9). A CA object is reference counted: configure it, then give it to
 * clients.
 *
 * Threads: a CA belongs to one thread at a time. Any number of clients of that thread may share it,
 * also with enrolments under way; another thread needs a CA of its own.
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

/** A certification authority and the way to reach it. Opaque, reference counted. */
typedef struct daotp_ca daotp_ca;

/** How to authenticate to an enrolment web service (MS-WSTEP 3.1.1.1). */
typedef enum daotp_ca_authentication {
    DAOTP_CA_USERNAME = 1,  /**< WS-Security UsernameToken: the user's domain name and password */
    DAOTP_CA_NEGOTIATE = 2, /**< HTTP Negotiate (RFC 4559) with the ticket in the default credential
                                 cache. The Kerberos library blocks here, and no deadline of
                                 ours ends that */
    DAOTP_CA_CERTIFICATE = 3, /**< TLS client certificate, set by daotp_ca_set_identity() */
    DAOTP_CA_ANY = 4 /**< The one that the URL names ("_CES_Kerberos/", "_CES_UsernamePassword/",
                          "_CES_Certificate/"). If it names none: Negotiate if the default
                          credential cache has a valid ticket of the user, because no
                          password is sent then; otherwise, and if the service answers
                          Negotiate with HTTP 401 or 404, the user's name and password */
} daotp_ca_authentication;

/**
 * Make a CA that is reached through the Certificate Enrollment Web Service, MS-WSTEP. No I/O.
 * @param context         the context; referenced
 * @param authentication  how to authenticate
 * @param[out] ca         to be released with daotp_ca_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p ca is NULL, or @p
 *         authentication is none of the values; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new_wstep(daotp_context *context,
                                          daotp_ca_authentication authentication, daotp_ca **ca);
/**
 * Set the URL of the service itself: the IssuingCA of the OTP server then does not choose the host.
 * Only for WSTEP.
 * @param ca   the CA; not NULL
 * @param url  an https URL, copied; NULL: the URL is made from the template again
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p ca is NULL or not of
 *         daotp_ca_new_wstep(), or @p url is no https URL; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_url(daotp_ca *ca, const char *url);
/**
 * Set how the URL is made from an IssuingCA "host\\name". Only for WSTEP. Unless set it is
 * `https://{host}/{ca}_CES_{method}/service.svc/CES`. Before the path only {host} may be used: the
 * OTP server then chooses the host, among those that daotp_ca_allow_host() allows. A port comes
 * from the template, never from the OTP server.
 * @param ca            the CA; not NULL
 * @param url_template  copied; holds {host} and {ca}, which are replaced by the two parts of the
 *                      IssuingCA, percent-encoded behind the host, and {method}, which is replaced
 *                      by UsernamePassword, Kerberos or Certificate. NULL for the default
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p ca is NULL or not of
 *         daotp_ca_new_wstep(), or @p url_template is longer than 2048 bytes; DAOTP_MEMORY when
 *         memory ran out. Whether a URL can be made of it is checked by prepare (CA-URL)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_url_template(daotp_ca *ca, const char *url_template);
/**
 * Allow the OTP server to name this host, or the hosts below this DNS suffix, as the CA's host. The
 * signed request, and with it the user's password, is sent to no other host that a server names.
 * May be called several times; an allowed host cannot be removed. If no host is allowed and no URL
 * is set, prepare returns DAOTP_CONFIGURATION (CA-HOST-LIST) before the user is asked for a code.
 *
 * Names are compared label by label, ignoring case and a trailing dot. An internationalized name is
 * given as its A-labels ("xn--..."). An IP address matches only itself.
 * @param ca    the CA; not NULL
 * @param host  "ca1.corp.example", or ".corp.example" for every name below it (not for
 *              corp.example itself), or an IP address; copied
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p ca or @p host is NULL, @p host is neither
 *         a host nor a suffix, or 64 hosts are allowed already; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_allow_host(daotp_ca *ca, const char *host);
/**
 * Set the anchors for the service's own certificate. Only for WSTEP. Unless set they are those of
 * the client.
 * @param ca     the CA; not NULL
 * @param trust  referenced, immutable from here on; NULL for the client's
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_wstep()
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_trust(daotp_ca *ca, daotp_trust *trust);
/**
 * Set the TLS client certificate for DAOTP_CA_CERTIFICATE.
 * @param ca        the CA; not NULL
 * @param identity  referenced; NULL for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_wstep()
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_identity(daotp_ca *ca, daotp_credential *identity);

/** Which RPC interface carries a submission. */
typedef enum daotp_ca_way {
    DAOTP_CA_WAY_AUTO = 1, /**< ICPR; if the CA does not offer it, DCOM; if the CA refuses that too
                              and a web service was set, the web service. Each change is reported
                              (CA-WAY). Once a request was sent, the interface is changed only if
                              the server's answer proves that the request was not executed */
    DAOTP_CA_WAY_ICPR = 2, /**< MS-ICPR only */
    DAOTP_CA_WAY_DCOM = 3  /**< MS-WCCE (DCOM) only, as Windows does */
} daotp_ca_way;

/** How the security context of RPC is negotiated. Both are Kerberos, sealed. */
typedef enum daotp_ca_rpc_mechanism {
    DAOTP_CA_RPC_SPNEGO = 1,  /**< authentication type 9, which MS-WCCE 2.1 names */
    DAOTP_CA_RPC_KERBEROS = 2 /**< authentication type 16: one round trip less */
} daotp_ca_rpc_mechanism;

/**
 * Make a CA that is reached by RPC, as Windows does: nothing has to be added to a stock AD CS. The
 * host is the one that IssuingCA names, at TCP port 135 and at a port that its endpoint mapper
 * gives; allow the host with daotp_ca_allow_host(). The call is authenticated as the user: with a
 * ticket from a credential cache, or else with the name and password that the callback of
 * daotp_client_set_domain_callback() gives for the realm. The password is sent to KDCs only, the
 * service ticket is for host/FQDN of the CA; NTLM is never used. No I/O.
 *
 * libkrb5 reads its configuration (krb5.conf, KRB5_CONFIG). Its default credential cache is used
 * unless daotp_ca_set_ticket_cache() names another one.
 * @param context  the context; referenced
 * @param way      one of ::daotp_ca_way
 * @param[out] ca  to be released with daotp_ca_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p ca is NULL, or @p way is
 *         none of the values; DAOTP_MEMORY when memory ran out. A build without libkrb5 returns
 *         DAOTP_OK too; its submissions end with the finding BUILD-WITHOUT
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_new_rpc(daotp_context *context, daotp_ca_way way, daotp_ca **ca);
/**
 * Set the credential cache that holds the user's tickets. Only for RPC.
 * @param ca    the CA; not NULL
 * @param name  as libkrb5 writes it ("FILE:/tmp/krb5cc_1000"), copied; NULL for the default cache
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc();
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_ticket_cache(daotp_ca *ca, const char *name);
/**
 * Set a keytab that holds the key of the user, for services and machines: where the credential
 * cache has no ticket of this user, the key gets one, and nobody is asked for a password. Only for
 * RPC.
 * @param ca    the CA; not NULL
 * @param name  as libkrb5 writes it ("FILE:/etc/krb5.keytab"), copied; NULL for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc();
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_keytab(daotp_ca *ca, const char *name);
/**
 * Set the realm for which the user's password is valid, and its KDC. Only for RPC.
 * @param ca     the CA; not NULL
 * @param realm  copied; NULL: the suffix of the user's UPN in upper case, or else the default realm
 *               of krb5.conf
 * @param kdc    "host", "host:port" or "[address]:port", copied; NULL: the KDCs that krb5.conf
 *               names, or else those that DNS names (SRV records _kerberos._tcp of the realm,
 *               unless krb5.conf says dns_lookup_kdc = false), or else the realm as a DNS name,
 *               which in Active Directory resolves to the domain controllers. Set it if the DNS can
 *               be forged: a false KDC can try passwords on the request
 * @return DAOTP_OK when both were set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc(),
 *         or @p kdc is given without @p realm, is no host, or has a port that is not 1 to 65535;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_realm(daotp_ca *ca, const char *realm, const char *kdc);
/**
 * Set the credential cache with the machine's ticket. It armours the Kerberos exchange that uses
 * the password (FAST, RFC 6113). Only for RPC.
 * @param ca    the CA; not NULL
 * @param name  as libkrb5 writes it, copied; NULL: the exchange is not armoured
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc();
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_armor_cache(daotp_ca *ca, const char *name);
/**
 * Set the TCP port of the endpoint mapper; 135 unless set, as in Windows. Only for RPC.
 * @param ca    the CA; not NULL
 * @param port  1 to 65535
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc(), or
 *         @p port is 0 or above 65535
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_mapper_port(daotp_ca *ca, uint16_t port);
/**
 * Set how the security context is negotiated. Only for RPC; DAOTP_CA_RPC_SPNEGO unless set.
 * @param ca         the CA; not NULL
 * @param mechanism  one of ::daotp_ca_rpc_mechanism
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc(), or
 *         @p mechanism is none of the values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_rpc_mechanism(daotp_ca *ca, daotp_ca_rpc_mechanism mechanism);
/**
 * Set the web service that DAOTP_CA_WAY_AUTO uses when the CA refuses both ICPR and DCOM. Only for
 * RPC. The hosts that daotp_ca_allow_host() allowed for @p ca hold for it too.
 * @param ca           the CA; not NULL
 * @param web_service  made with daotp_ca_new_wstep(); referenced; NULL for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p ca is NULL or not of daotp_ca_new_rpc(), or
 *         @p web_service is not of daotp_ca_new_wstep()
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_set_web_service(daotp_ca *ca, daotp_ca *web_service);

/**
 * Test whether a CA answers by RPC, without submitting a request. Checks the ticket, the endpoint
 * mapper or the DCOM activation, the connection and its protection; with DCOM also that a CA of
 * this name exists on the host. Each way that answers is a finding (CA-ANSWERS). With
 * DAOTP_CA_WAY_AUTO one way that answers is enough, and a fault of the other is a warning; but if
 * DCOM has no CA of this name, the call fails. The web service of @p ca is not tested. Blocks.
 * @param ca          made with daotp_ca_new_rpc(), with the host allowed; no client may use it
 *                    during the call
 * @param config      "host\\name"
 * @param user_name   DOMAIN\\user or UPN: the user as whom the call is made
 * @param ask         asked for the password if there is no ticket of the user; NULL: not asked
 * @param user        given to @p ask
 * @param timeout_ms  milliseconds for the whole call, 1 or more
 * @param report      gets the findings and the status; not NULL
 * @return DAOTP_OK when the CA answers; DAOTP_USAGE when @p ca is not of daotp_ca_new_rpc(),
 *         a pointer other than @p ask and @p user is NULL, or @p timeout_ms is below 1;
 *         DAOTP_TIMEOUT when the time passed; DAOTP_NETWORK when the host, its ports or a KDC
 *         cannot be reached; DAOTP_PEER when an answer is malformed, unprotected or a fault;
 *         DAOTP_REJECTED when the host is not allowed, or the CA or the KDC refuses the user;
 *         DAOTP_CONFIGURATION when there is no ticket and no password, or the build has no libkrb5;
 *         DAOTP_CANCELLED when @p ask cancelled; DAOTP_INTERNAL when no descriptor is left or the
 *         Kerberos library failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_ping(daotp_ca *ca, const char *config, const char *user_name,
                                     daotp_domain_fn ask, void *user, int64_t timeout_ms,
                                     daotp_report *report);

/**
 * Make a CA whose requests are submitted by hand: the signed request is written to one file, and
 * the library waits for the certificate in another, as `certreq -submit -config "host\\name"
 * request certificate` makes it. No I/O in this call.
 * @param context           the context; referenced
 * @param request_path      where the CMC request is written, in DER; copied. An existing regular
 *                          file is replaced. Anything else (a link, a FIFO, a device) is not
 *                          touched, and the submission fails with FILE-WRITE
 * @param certificate_path  where the certificate, its chain or the CMC response is expected, in DER
 *                          or PEM; copied. The library waits for it until the client's deadline,
 *                          and reads it again while its content is incomplete. A file that existed
 *                          before the submission is ignored until it is written again. If something
 *                          that is no file has this name, the submission fails with FILE-WRITE
 * @param[out] ca           to be released with daotp_ca_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
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
 * Release a reference; the last one frees the CA.
 * @param ca  the CA; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_ca_unref(daotp_ca *ca);

#ifdef __cplusplus
}
#endif
#endif
