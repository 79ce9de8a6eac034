/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca.h
 * How the signed request reaches the certification authority. The submission is made as the user
 * whose certificate it is to be: the CA puts the caller's names into it (MS-WCCE
 * 3.2.2.6.2.1.4.5.9). Counted; configure it, then hand it to a client, which uses it in its own
 * thread. One CA object serves one client at a time.
 */
#ifndef DAOTP_CA_H
#define DAOTP_CA_H

#include <daotp/credential.h>
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
 * @param[out] ca         to be let go with daotp_ca_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_new_wstep(daotp_context *context,
                                          daotp_ca_authentication authentication, daotp_ca **ca);
/**
 * Set the URL of the service outright, whatever IssuingCA says. Only for WSTEP.
 * @param ca   the CA
 * @param url  https://..., copied; NULL to go by the template again
 * @return DAOTP_OK, DAOTP_USAGE (also when it is no https URL), DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_set_url(daotp_ca *ca, const char *url);
/**
 * Set how the URL is made from an IssuingCA "host\\name". Only for WSTEP. Unless set it is
 * https://{host}/{ca}_CES_{method}/service.svc/CES. In the host of the URL only {host} may stand;
 * then the OTP server chooses the host, among those that daotp_ca_allow_host() allows. A port is
 * the template's, never the server's.
 * @param ca            the CA
 * @param url_template  copied; holds {host} and {ca}, which are replaced by the two parts of the
 *                      IssuingCA, percent-encoded behind the host, and {method}, which is replaced
 *                      by UsernamePassword, Kerberos or Certificate. NULL for the default
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. Since 0.1.
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
 *         DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_allow_host(daotp_ca *ca, const char *host);
/**
 * Set the anchors for the service's own certificate. Only for WSTEP. Unless set they are those of
 * the client.
 * @param ca     the CA
 * @param trust  counted, not copied
 * @return DAOTP_OK, DAOTP_USAGE. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_set_trust(daotp_ca *ca, daotp_trust *trust);
/**
 * Set the TLS client certificate for DAOTP_CA_CERTIFICATE.
 * @param ca        the CA
 * @param identity  counted, not copied
 * @return DAOTP_OK, DAOTP_USAGE. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_set_identity(daotp_ca *ca, daotp_credential *identity);

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
 * @param[out] ca           to be let go with daotp_ca_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O. Since 0.1.
 */
DAOTP_API daotp_status daotp_ca_new_file(daotp_context *context, const char *request_path,
                                         const char *certificate_path, daotp_ca **ca);

/** One reference more; answers @p ca. Since 0.1. */
DAOTP_API daotp_ca *daotp_ca_ref(daotp_ca *ca);
/** Let go of a CA. NULL is fine. Since 0.1. */
DAOTP_API void daotp_ca_free(daotp_ca *ca);

#ifdef __cplusplus
}
#endif
#endif
