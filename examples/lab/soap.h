/* SPDX-License-Identifier: BSD-2-Clause */
/* The envelopes of MS-WSTEP and MS-XCEP: the request read, the kinds of answer written. */
#ifndef LAB_SOAP_H
#define LAB_SOAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct soap_request {
    char *action;
    char *message_id;
    char *request_type;
    char *value_type; /* of the token */
    char *username;   /* NULL: no UsernameToken */
    char *password;
    unsigned char *token; /* decoded; NULL in a query for the state of a request */
    size_t token_len;
    char *request_id; /* NULL: none */
};

/* False if the envelope is not accepted; one with a DOCTYPE never is. The request is cleared in
 * either case. */
bool soap_read(const unsigned char *body, size_t len, struct soap_request *request);
void soap_clear(struct soap_request *request);
bool soap_is_issue(const struct soap_request *request); /* Action and RequestType */
bool soap_is_query(const struct soap_request *request); /* QueryTokenStatus, with a RequestID */
bool soap_asks_policies(const struct soap_request *request); /* MS-XCEP GetPolicies */

struct soap_answer {
    const char *relates_to; /* message id of the request; may be NULL */
    const char *language;   /* "en-US" */
    const char *message;    /* disposition message, or the reason of a fault */
    uint32_t request_id;
    const unsigned char *cmc; /* the full CMC response; NULL: none */
    size_t cmc_len;
    const unsigned char *cert; /* the issued certificate; NULL: pending */
    size_t cert_len;
    const char *url; /* where to ask again, when pending */
};

/* Each returns a text to free() and its length; NULL without memory. */
char *soap_write_answer(const struct soap_answer *answer, size_t *len);
/* With CertificateEnrollmentWSDetail. */
char *soap_write_denial(const struct soap_answer *answer, uint32_t hresult, size_t *len);
/* Without that detail: a fault of WCF itself. `subcode` is a name in the namespace `ns`. */
char *soap_write_fault(const struct soap_answer *answer, bool sender, const char *subcode,
                       const char *ns, size_t *len);

/* The one template that the CA has. */
struct soap_policies {
    const char *template_name, *template_oid, *ra_policy;
    int major, minor, minimal_key, ra_signatures;
    long lifetime_s;
    bool may_enroll, is_pended;
    const unsigned char *eku; /* the DER of the extension's value; NULL: it has none */
    size_t eku_len;
    const unsigned char *ca; /* the CA's certificate */
    size_t ca_len;
    const char *authority; /* of the URLs: "host:port" */
    const char *ca_path;   /* "/NAME_CES_": of its addresses for requests */
};
char *soap_write_policies(const struct soap_answer *answer, const struct soap_policies *policies,
                          size_t *len);

#define SOAP_WCF                                                                                   \
    "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
#define SOAP_ADDRESSING "http://www.w3.org/2005/08/addressing"
#define SOAP_WSSE                                                                                  \
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

#endif
