/* SPDX-License-Identifier: BSD-2-Clause */
#include "ces.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/http.h>
#include <openssl/x509v3.h>

#include "adcs.h"
#include "cmc.h"
#include "https.h"
#include "log.h"
#include "loop.h"
#include "pki.h"
#include "policy.h"
#include "rpc.h"
#include "soap.h"
#include "users.h"

#define SOAP_TYPE "application/soap+xml; charset=utf-8"
#define UPN_OID   "1.3.6.1.4.1.311.20.2.3"

/* How the caller authenticates: each way has an endpoint of its own, as in CES. */
enum endpoint { NONE, PASSWORD, CERTIFICATE, KERBEROS };

/* A pending request. When its caller asks for it, the CA decides again, by the policy of that
 * moment. */
enum { WAITING_MAX = 16 };
struct waiting {
    uint32_t id; /* 0: none */
    char *account;
    unsigned char *blob;
    size_t len;
};

struct ces {
    const struct lab *lab;
    struct users *users;
    struct adcs_ca ca;
    uint8_t *told; /* the last property that was returned, by OPENSSL_malloc() */
    STACK_OF(X509) * chain;
    char where[300];
    uint32_t last_request;
    struct waiting waiting[WAITING_MAX]; /* the index of a request is its number */
};

/* One request under way, with everything that its answer needs. */
struct call {
    struct ces *ces;
    struct https_request *http;
    struct policy policy;
    struct soap_request soap;
    struct soap_answer answer;
    const struct user *caller;
    bool is_cep; /* at the endpoint of the policy service (MS-XCEP) */
};

/* ---- answers ---- */

/* Sends and frees a message that a soap_write_...() function made. */
static void send_text(struct call *call, int status, char *text, const size_t *len)
{
    if (text == NULL)
        https_reply(call->http, 503, "text/plain", "no memory\n", 10);
    else
        https_reply(call->http, status, SOAP_TYPE, text, *len);
    free(text);
}

static void send_bare(struct call *call, bool sender, const char *subcode, const char *ns,
                      const char *message)
{
    size_t len = 0;
    char *text;

    printf("ces: fault %s: %s\n", subcode, message);
    call->answer.message = message;
    text = soap_write_fault(&call->answer, sender, subcode, ns, &len);
    send_text(call, 500, text, &len);
}

static bool is_german(const struct call *call)
{
    return strncmp(call->answer.language, "de", 2) == 0;
}

static enum cmc_status cmc_status(enum adcs_outcome outcome)
{
    if (outcome == ADCS_ISSUED)
        return CMC_OK;
    return outcome == ADCS_PENDING ? CMC_PENDING : CMC_FAILED;
}

static int write_cmc(struct call *call, const struct adcs_answer *decided, unsigned char **der)
{
    struct ces *ces = call->ces;
    struct cmc_response response = {
        .status = cmc_status(decided->outcome),
        .message = call->answer.message,
        .request_id = call->answer.request_id,
        .issued = decided->cert,
        .ca = ces->ca.cert,
        .ca_key = ces->ca.key,
        .chain = ces->chain,
    };
    int end = cmc_write(&response, der, &call->answer.cmc_len);

    call->answer.cmc = *der;
    return end;
}

static void send_granted(struct call *call, const struct adcs_answer *decided)
{
    unsigned char *cmc = NULL;
    unsigned char *cert = NULL;
    int cert_len = decided->cert != NULL ? i2d_X509(decided->cert, &cert) : 0;
    size_t len = 0;

    if (decided->outcome == ADCS_ISSUED)
        call->answer.message = is_german(call) ? "Ausgestellt" : "Issued";
    else
        call->answer.message =
            is_german(call) ? "In Bearbeitung genommen" : "Taken Under Submission";
    call->answer.cert = cert;
    call->answer.cert_len = cert_len > 0 ? (size_t)cert_len : 0;
    if (cert_len < 0 || write_cmc(call, decided, &cmc) != LAB_OK)
        send_bare(call, false, "InternalServiceFault", SOAP_WCF, "The CA cannot write its answer.");
    else
        send_text(call, 200, soap_write_answer(&call->answer, &len), &len);
    OPENSSL_free(cmc);
    OPENSSL_free(cert);
}

static void send_denied(struct call *call, const struct adcs_answer *decided)
{
    unsigned char *cmc = NULL;
    char message[300];
    size_t len = 0;

    snprintf(message, sizeof(message), "%s  0x%08x (%d): %s",
             is_german(call) ? "Verweigert vom Richtlinienmodul" : "Denied by Policy Module",
             decided->hresult, (int32_t)decided->hresult, decided->why);
    call->answer.message = message;
    if (write_cmc(call, decided, &cmc) != LAB_OK)
        send_bare(call, false, "InternalServiceFault", SOAP_WCF, "The CA cannot write its answer.");
    else
        send_text(call, 500, soap_write_denial(&call->answer, decided->hresult, &len), &len);
    OPENSSL_free(cmc);
}

/* ---- the decision ---- */

static int decide_request(struct ces *ces, const struct policy *policy, const struct user *caller,
                          struct rpc_bytes blob, struct adcs_answer *decided)
{
    struct lab_dir_path path = lab_dir_path(ces->lab, "ca/issuing.revoked");
    unsigned char *revoked = NULL;
    size_t len = 0;
    struct adcs_question question = {
        .ca = &ces->ca,
        .policy = policy,
        .users = ces->users,
        .caller = caller,
        .blob = blob.data,
        .len = blob.len,
        .now = time(NULL),
    };
    int end = lab_dir_exists(path.s) ? lab_dir_read(path.s, &revoked, &len) : LAB_OK;

    ces->ca.revoked = revoked != NULL ? (char *)revoked : "";
    if (end == LAB_OK)
        end = adcs_decide(&question, decided);
    ces->ca.revoked = NULL;
    free(revoked);
    return end;
}

static void log_decision(uint32_t id, const struct user *caller, const struct adcs_answer *decided)
{
    static const char *const outcome[] = {"issued", "pending", "denied"};

    printf("ces: request %u of %s\\%s: %s 0x%08x, %s\n", id, caller->domain, caller->name,
           outcome[decided->outcome], decided->hresult, decided->why);
}

static void forget_waiting(struct waiting *waiting)
{
    free(waiting->account);
    free(waiting->blob);
    memset(waiting, 0, sizeof(*waiting));
}

static struct waiting *place_of(struct ces *ces, uint32_t id)
{
    return &ces->waiting[id % WAITING_MAX];
}

/* The pending request with this number if it belongs to the caller; else NULL. */
static struct waiting *find_waiting(struct ces *ces, uint32_t id, const struct user *caller)
{
    struct waiting *waiting = place_of(ces, id);

    if (id == 0 || waiting->id != id || strcmp(waiting->account, caller->name) != 0)
        return NULL;
    return waiting;
}

/* The oldest pending request is dropped. Without memory the request cannot be asked for later,
 * as if the CA had lost it. */
static void keep_waiting(struct ces *ces, uint32_t id, const struct user *caller,
                         struct rpc_bytes blob)
{
    struct waiting *waiting = place_of(ces, id);

    if (waiting->blob == blob.data)
        return; /* the request stays pending */
    forget_waiting(waiting);
    waiting->account = strdup(caller->name);
    waiting->blob = malloc(blob.len);
    if (waiting->account == NULL || waiting->blob == NULL) {
        forget_waiting(waiting);
        return;
    }
    memcpy(waiting->blob, blob.data, blob.len);
    waiting->len = blob.len;
    waiting->id = id;
}

static void answer_request(struct call *call, struct rpc_bytes blob)
{
    struct adcs_answer decided;
    int end;

    end = decide_request(call->ces, &call->policy, call->caller, blob, &decided);
    if (end != LAB_OK) {
        send_bare(call, false, "InternalServiceFault", SOAP_WCF, "The CA failed.");
        return;
    }
    log_decision(call->answer.request_id, call->caller, &decided);
    if (decided.outcome == ADCS_PENDING)
        keep_waiting(call->ces, call->answer.request_id, call->caller, blob);
    if (decided.outcome == ADCS_DENIED)
        send_denied(call, &decided);
    else
        send_granted(call, &decided);
    adcs_answer_clear(&decided);
}

/* QueryTokenStatus (MS-WSTEP 3.1.4.1.2.7). The request of another caller is answered like an
 * unknown number. */
static void answer_query(struct call *call)
{
    unsigned long id = strtoul(call->soap.request_id, NULL, 10);
    struct waiting *waiting = find_waiting(call->ces, (uint32_t)id, call->caller);

    call->answer.request_id = (uint32_t)id;
    if (waiting == NULL)
        send_bare(call, true, "InvalidRequest", SOAP_WSSE, "There is no such request.");
    else
        answer_request(call, (struct rpc_bytes){waiting->blob, waiting->len});
}

static void answer_caller(struct call *call)
{
    call->answer.request_id = ++call->ces->last_request;
    answer_request(call, (struct rpc_bytes){call->soap.token, call->soap.token_len});
}

/* ---- the policy service ---- */

/* The template extension; NULL if there is none. */
static X509_EXTENSION *make_eku(const struct policy *policy)
{
    if (policy_is(policy, POLICY_CERT_EKU, "none"))
        return NULL;
    return X509V3_EXT_nconf_nid(NULL, NULL, NID_ext_key_usage, policy->value[POLICY_CERT_EKU]);
}

static void send_policies(struct call *call)
{
    const struct policy *policy = &call->policy;
    const char *host = https_header(call->http, "Host");
    X509_EXTENSION *eku = make_eku(policy);
    const ASN1_OCTET_STRING *value = eku != NULL ? X509_EXTENSION_get_data(eku) : NULL;
    unsigned char *ca = NULL;
    int ca_len = i2d_X509(call->ces->ca.cert, &ca);
    struct soap_policies policies = {
        .template_name = LAB_TEMPLATE_NAME,
        .template_oid = LAB_TEMPLATE,
        .ra_policy = policy->value[POLICY_RA_POLICY],
        .major = LAB_TEMPLATE_MAJOR,
        .minor = LAB_TEMPLATE_MINOR,
        .minimal_key = policy_number(policy, POLICY_MINIMUM_KEY),
        .ra_signatures = policy_number(policy, POLICY_RA_SIGNATURES),
        .lifetime_s = policy_number(policy, POLICY_LIFETIME_S),
        .may_enroll = policy_is(policy, POLICY_ENROLL, "allowed") && !call->caller->no_enroll,
        .is_pended = policy_is(policy, POLICY_ANSWER, "pending"),
        .ca = ca,
        .ca_len = (size_t)ca_len,
        .authority = host != NULL ? host : "localhost",
        .ca_path = "/" LAB_CA_URL_NAME "_CES_",
    };
    size_t len = 0;

    if (value != NULL) {
        policies.eku = ASN1_STRING_get0_data(value);
        policies.eku_len = (size_t)ASN1_STRING_length(value);
    }
    printf("cep: policies for %s\\%s\n", call->caller->domain, call->caller->name);
    if (ca_len <= 0)
        send_bare(call, false, "InternalServiceFault", SOAP_WCF, "The CA's certificate is lost.");
    else
        send_text(call, 200, soap_write_policies(&call->answer, &policies, &len), &len);
    OPENSSL_free(ca);
    X509_EXTENSION_free(eku);
}

/* ---- who calls ---- */

static bool copy_text(const ASN1_STRING *string, char *out, size_t size)
{
    size_t len = (size_t)ASN1_STRING_length(string);
    const unsigned char *text = ASN1_STRING_get0_data(string);

    if (len >= size || memchr(text, '\0', len) != NULL)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

static bool upn_of(X509 *cert, char *out, size_t size)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    char oid[64];
    bool found = false;

    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        if (name->type != GEN_OTHERNAME ||
            OBJ_obj2txt(oid, sizeof(oid), name->d.otherName->type_id, 1) <= 0 ||
            strcmp(oid, UPN_OID) != 0 || name->d.otherName->value->type != V_ASN1_UTF8STRING)
            continue;
        found = copy_text(name->d.otherName->value->value.utf8string, out, size);
    }
    GENERAL_NAMES_free(names);
    return found;
}

/* The machine of the RA is no user and stands in no user list. */
static const struct user *find_caller(const struct ces *ces, const char *name)
{
    static char account[] = LAB_RA_MACHINE, domain[] = "LAB", none[] = "";
    static const struct user machine = {
        .name = account, .domain = domain, .dn = none, .sid = none, .password = none};

    if (strcasecmp(name, LAB_RA_MACHINE) == 0 ||
        strcasecmp(name, LAB_RA_MACHINE "@" LAB_REALM) == 0)
        return &machine;
    return users_find(ces->users, name);
}

/* By the UPN of the TLS certificate. A machine certificate has no UPN; the policy maps it to one
 * user. */
static const struct user *caller_by_cert(struct call *call)
{
    size_t len;
    const unsigned char *der = https_peer_cert(call->http, &len);
    X509 *cert = der != NULL ? d2i_X509(NULL, &der, (long)len) : NULL;
    const struct user *user = NULL;
    char upn[256];

    if (cert != NULL && upn_of(cert, upn, sizeof(upn)))
        user = users_find(call->ces->users, upn);
    else if (cert != NULL)
        user = strcmp(call->policy.value[POLICY_MACHINE_USER], LAB_RA_MACHINE) == 0
                   ? find_caller(call->ces, LAB_RA_MACHINE)
                   : users_find_account(call->ces->users, call->policy.value[POLICY_MACHINE_USER]);
    X509_free(cert);
    return user != NULL && !user->disabled ? user : NULL;
}

static const struct user *caller_by_password(struct call *call)
{
    const struct user *user = NULL;

    if (call->soap.username != NULL && call->soap.password != NULL)
        user = users_find(call->ces->users, call->soap.username);
    return user != NULL && users_check_password(user, call->soap.password) ? user : NULL;
}

/* By a reverse proxy that did HTTP Negotiate: it passes the principal, which is also the UPN. */
static const struct user *caller_by_front(struct call *call)
{
    const char *name = https_header(call->http, "X-Remote-User");
    const struct user *user = name != NULL ? users_find(call->ces->users, name) : NULL;

    return user != NULL && !user->disabled ? user : NULL;
}

static const struct user *caller_by(struct call *call, enum endpoint endpoint)
{
    if (endpoint == KERBEROS)
        return caller_by_front(call);
    return endpoint == CERTIFICATE ? caller_by_cert(call) : caller_by_password(call);
}

/* ---- one call ---- */

static void take_call(struct call *call, enum endpoint endpoint)
{
    size_t len;
    const unsigned char *body = https_body(call->http, &len);

    if (!soap_read(body, len, &call->soap)) {
        https_reply(call->http, 400, NULL, "", 0); /* WCF: Bad Request, no envelope */
        return;
    }
    call->answer.relates_to = call->soap.message_id;
    call->caller = caller_by(call, endpoint);
    if (call->caller == NULL)
        send_bare(call, true, "FailedAuthentication", SOAP_WSSE,
                  "At least one security token in the message could not be validated.");
    else if (policy_is(&call->policy, POLICY_ANSWER, "bare-fault"))
        send_bare(call, false, "InternalServiceFault", SOAP_WCF,
                  "The server was unable to process the request due to an internal error.");
    else if (call->is_cep && soap_asks_policies(&call->soap))
        send_policies(call);
    else if (!call->is_cep && soap_is_query(&call->soap))
        answer_query(call);
    else if (call->is_cep || !soap_is_issue(&call->soap))
        send_bare(call, true, "ActionNotSupported", SOAP_ADDRESSING,
                  "The action or the request type is not one of this endpoint.");
    else
        answer_caller(call);
    soap_clear(&call->soap);
}

static enum endpoint endpoint_of(const char *path, bool *is_cep)
{
    static const char *const name[] = {
        [PASSWORD] = "/" LAB_CA_NAME "_CES_UsernamePassword/service.svc/CES",
        [CERTIFICATE] = "/" LAB_CA_NAME "_CES_Certificate/service.svc/CES",
        [KERBEROS] = "/" LAB_CA_NAME "_CES_Kerberos/service.svc/CES",
    };
    static const char *const policy_name[] = {
        [PASSWORD] = "/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP",
        [CERTIFICATE] = "/ADPolicyProvider_CEP_Certificate/service.svc/CEP",
        [KERBEROS] = "/ADPolicyProvider_CEP_Kerberos/service.svc/CEP",
    };
    char *decoded = evhttp_uridecode(path, 0, NULL);
    enum endpoint found = NONE;

    *is_cep = false;
    for (enum endpoint i = PASSWORD; decoded != NULL && i <= KERBEROS; i++) {
        *is_cep = *is_cep || strcasecmp(decoded, policy_name[i]) == 0;
        if (strcasecmp(decoded, name[i]) == 0 || strcasecmp(decoded, policy_name[i]) == 0)
            found = i;
    }
    free(decoded);
    return found;
}

static bool is_soap(const struct https_request *http)
{
    const char *type = https_header(http, "Content-Type");

    return type != NULL && strncasecmp(type, "application/soap+xml", 20) == 0;
}

/* Not SOAP: an answer of the web server itself. */
static void send_http(struct https_request *http, const char *what)
{
    static const char page[] = "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>";
    int status = atoi(what);

    if (strcmp(what, "negotiate") == 0) {
        status = 401;
        (void)https_add_header(http, "WWW-Authenticate", "Negotiate");
    }
    https_reply(http, status > 0 ? status : 200, "text/html", page, strlen(page));
}

/* Where the client asks again: a URI, in the form of a WS-Security Reference. */
static const char *own_url(const struct https_request *http, char *url, size_t size)
{
    const char *host = https_header(http, "Host");

    snprintf(url, size, "https://%s%s", host != NULL ? host : "localhost", https_path(http));
    return url;
}

static void answer_http(struct ces *ces, struct https_request *http, enum endpoint endpoint,
                        bool is_cep)
{
    struct call call = {.ces = ces, .http = http, .is_cep = is_cep};
    char url[1024];
    size_t len;

    call.answer.language = call.policy.value[POLICY_LANGUAGE];
    call.answer.url = own_url(http, url, sizeof(url));
    if (policy_read(lab_dir_path(ces->lab, "ca/policy").s, &call.policy) != LAB_OK ||
        users_refresh(ces->users) != LAB_OK)
        https_reply(http, 503, NULL, "", 0);
    else if (endpoint == NONE)
        https_reply(http, 404, NULL, "", 0);
    else if (!policy_is(&call.policy, POLICY_HTTP, "soap"))
        send_http(http, call.policy.value[POLICY_HTTP]);
    else if (strcmp(https_method(http), "POST") != 0)
        https_reply(http, 405, NULL, "", 0);
    else if (!is_soap(http))
        https_reply(http, 415, NULL, "", 0);
    else if (endpoint == CERTIFICATE && https_peer_cert(http, &len) == NULL)
        https_reply(http, 403, NULL, "", 0);
    else
        take_call(&call, endpoint);
    fflush(stdout);
}

/* A client on the network could send any name in this header, the proxy does not: each has a
 * server of its own. */
static void on_ces(struct https_request *http, void *user)
{
    bool is_cep;
    enum endpoint endpoint = endpoint_of(https_path(http), &is_cep);

    answer_http(user, http, endpoint != KERBEROS ? endpoint : NONE, is_cep);
}

static void on_front(struct https_request *http, void *user)
{
    bool is_cep;
    enum endpoint endpoint = endpoint_of(https_path(http), &is_cep);

    answer_http(user, http, endpoint == KERBEROS ? KERBEROS : NONE, is_cep);
}

/* ---- by RPC ---- */

/* SignedData with the chain and no signer (MS-WCCE 3.2.1.4.2.1.4.8.1). */
static bool write_chain(const struct ces *ces, X509 *cert, struct rpc_answer *answer)
{
    PKCS7 *bag = PKCS7_new();
    bool ok = bag != NULL && PKCS7_set_type(bag, NID_pkcs7_signed) == 1 &&
              PKCS7_content_new(bag, NID_pkcs7_data) == 1 && PKCS7_set_detached(bag, 1) >= 0 &&
              PKCS7_add_certificate(bag, cert) == 1;
    int len;

    for (int i = 0; ok && i < sk_X509_num(ces->chain); i++)
        ok = PKCS7_add_certificate(bag, sk_X509_value(ces->chain, i)) == 1;
    len = ok ? i2d_PKCS7(bag, &answer->chain) : -1;
    answer->chain_len = len > 0 ? (size_t)len : 0;
    PKCS7_free(bag);
    return len > 0;
}

static bool write_granted(const struct ces *ces, const struct adcs_answer *decided,
                          struct rpc_answer *answer)
{
    int len;

    answer->disposition = decided->outcome == ADCS_ISSUED ? 3 : 5;
    snprintf(answer->message, sizeof(answer->message), "%s",
             decided->outcome == ADCS_ISSUED ? "Issued" : "Taken Under Submission");
    if (decided->outcome != ADCS_ISSUED)
        return true;
    len = i2d_X509(decided->cert, &answer->cert);
    answer->cert_len = len > 0 ? (size_t)len : 0;
    return len > 0 && write_chain(ces, decided->cert, answer);
}

/* The request itself, or the earlier request with that number. false: no request has that
 * number. */
static bool find_request(struct ces *ces, const struct rpc_request *request,
                         const struct user *caller, struct rpc_bytes *blob,
                         struct rpc_answer *answer)
{
    const struct waiting *waiting = find_waiting(ces, request->id, caller);

    *blob = request->blob;
    answer->request_id = request->id;
    if (request->id == 0) {
        answer->request_id = ++ces->last_request;
        return true;
    }
    if (waiting == NULL) {
        answer->result = 0x80094004; /* CERTSRV_E_PROPERTY_EMPTY */
        return false;
    }
    *blob = (struct rpc_bytes){waiting->blob, waiting->len};
    return true;
}

/* The user that the ticket names must be in the directory; the principal is also the UPN. */
static bool on_rpc(void *given, const char *principal, const struct rpc_request *request,
                   struct rpc_answer *answer)
{
    struct ces *ces = given;
    struct policy policy;
    struct adcs_answer decided;
    const struct user *caller;
    struct rpc_bytes blob;
    bool ok = true;

    if (policy_read(lab_dir_path(ces->lab, "ca/policy").s, &policy) != LAB_OK ||
        users_refresh(ces->users) != LAB_OK)
        return false;
    caller = find_caller(ces, principal);
    if (caller == NULL || caller->disabled) {
        answer->result = 0x80070005;
        return true;
    }
    if (!find_request(ces, request, caller, &blob, answer))
        return true;
    if (decide_request(ces, &policy, caller, blob, &decided) != LAB_OK)
        return false;
    log_decision(answer->request_id, caller, &decided);
    if (decided.outcome == ADCS_PENDING)
        keep_waiting(ces, answer->request_id, caller, blob);
    if (decided.outcome != ADCS_DENIED) {
        ok = write_granted(ces, &decided, answer);
    } else {
        answer->disposition = decided.hresult;
        snprintf(answer->message, sizeof(answer->message), "Denied by Policy Module  0x%08x: %s",
                 decided.hresult, decided.why);
    }
    adcs_answer_clear(&decided);
    return ok;
}

/* The CA's certificate, or its chain. */
static bool tell_certificate(struct ces *ces, bool is_chain, struct rpc_bytes *octets)
{
    struct rpc_answer bag = {.result = 0};
    int len;

    OPENSSL_free(ces->told);
    ces->told = NULL;
    if (is_chain && write_chain(ces, ces->ca.cert, &bag)) {
        ces->told = bag.chain;
        octets->len = bag.chain_len;
    } else if (!is_chain) {
        len = i2d_X509(ces->ca.cert, &ces->told);
        octets->len = len > 0 ? (size_t)len : 0;
    }
    octets->data = ces->told;
    return ces->told != NULL;
}

/* MS-WCCE 3.2.1.4.3.2: the properties that a client asks for. */
static bool on_tell(void *given, const struct rpc_property *asked, const char **text,
                    struct rpc_bytes *octets)
{
    static const uint8_t one[4] = {1, 0, 0, 0};

    switch (asked->id) {
    case 0x06:
    case 0x07:
        *text = LAB_CA_NAME;
        return asked->type == 4;
    case 0x16:
        *text = "localhost";
        return asked->type == 4;
    case 0x1d:
        *text =
            LAB_TEMPLATE_NAME "\n" LAB_TEMPLATE "\n" LAB_RA_TEMPLATE_NAME "\n" LAB_RA_TEMPLATE "\n"
                              "Machine\n\n";
        return asked->type == 4;
    case 0x0b:
        *octets = (struct rpc_bytes){one, sizeof(one)};
        return asked->type == 1;
    case 0x0c:
    case 0x0d:
        return asked->type == 3 && asked->index == 0 &&
               tell_certificate(given, asked->id == 0x0d, octets);
    default:
        return false;
    }
}

/* ---- CRLs and CA certificates ---- */

static void on_www(struct https_request *http, void *user)
{
    static const char *const names[] = {"root.crl", "issuing.crl", "root.crt", "issuing.crt"};
    const struct ces *ces = user;
    unsigned char *data = NULL;
    size_t len = 0;
    const char *name = NULL;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(https_path(http) + 1, names[i]) == 0)
            name = names[i];
    printf("www: %s %s\n", https_method(http), https_path(http));
    fflush(stdout);
    if (name == NULL || !lab_dir_exists(lab_dir_path(ces->lab, "ca/www/%s", name).s) ||
        lab_dir_read(lab_dir_path(ces->lab, "ca/www/%s", name).s, &data, &len) != LAB_OK)
        https_reply(http, 404, NULL, "", 0);
    else
        https_reply(http, 200,
                    strstr(name, ".crl") != NULL ? "application/pkix-crl" : "application/pkix-cert",
                    data, len);
    free(data);
}

/* ---- the process ---- */

static int load_chain(struct ces *ces)
{
    ces->chain = sk_X509_new_null();
    if (ces->chain == NULL || X509_add_cert(ces->chain, ces->ca.cert, X509_ADD_FLAG_UP_REF) != 1 ||
        X509_add_cert(ces->chain, ces->ca.root, X509_ADD_FLAG_UP_REF) != 1)
        return lab_log_openssl("the CA's chain");
    return LAB_OK;
}

static int load_ca(struct ces *ces)
{
    const struct lab *lab = ces->lab;
    int end = users_load(lab_dir_path(lab, "users.txt").s, &ces->users);

    if (end == LAB_OK)
        end = pki_load_cert(lab, "root", &ces->ca.root);
    if (end == LAB_OK)
        end = pki_load_cert(lab, "issuing", &ces->ca.cert);
    if (end == LAB_OK)
        end = pki_load_key(lab, "issuing", &ces->ca.key);
    if (end == LAB_OK)
        end = pki_new_ec(&ces->ca.other_key);
    if (end == LAB_OK)
        end = load_chain(ces);
    snprintf(ces->where, sizeof(ces->where),
             "crlDistributionPoints = URI:http://127.0.0.1:%d/issuing.crl\n"
             "authorityInfoAccess = caIssuers;URI:http://127.0.0.1:%d/issuing.crt\n",
             lab->crl_port, lab->crl_port);
    ces->ca.where = ces->where;
    return end;
}

static void unload_ca(struct ces *ces)
{
    for (uint32_t i = 0; i < WAITING_MAX; i++)
        forget_waiting(&ces->waiting[i]);
    OPENSSL_free(ces->told);
    users_free(ces->users);
    sk_X509_pop_free(ces->chain, X509_free);
    X509_free(ces->ca.root);
    X509_free(ces->ca.cert);
    EVP_PKEY_free(ces->ca.key);
    EVP_PKEY_free(ces->ca.other_key);
}

static int start_ces(struct event_base *base, struct ces *ces, int fd, struct https **out)
{
    struct lab_dir_path cert = lab_dir_path(ces->lab, "pki/ces.pem");
    struct lab_dir_path key = lab_dir_path(ces->lab, "pki/ces.key");
    struct lab_dir_path root = lab_dir_path(ces->lab, "pki/root.pem");
    struct https_config config = {
        .fd = fd,
        .cert = cert.s,
        .key = key.s,
        .client = HTTPS_CLIENT_OPTIONAL,
        .client_ca = root.s,
    };

    return https_start(base, &config, on_ces, ces, out);
}

/* If the policy names a Unix socket: only a process that may open it connects, as with `daotp
 * serve --unix`. */
static int start_front(struct event_base *base, struct ces *ces, const struct policy *policy,
                       struct https **out)
{
    struct https_config config = {.unix_path = policy->value[POLICY_FRONT]};

    return policy_is(policy, POLICY_FRONT, "none") ? LAB_OK
                                                   : https_start(base, &config, on_front, ces, out);
}

static int start_all(struct event_base *base, struct ces *ces, const struct peers_sockets *sockets,
                     struct https *server[3])
{
    struct https_config www = {.fd = sockets->crl, .max_body = 1024};
    struct policy policy;
    int end = policy_read(lab_dir_path(ces->lab, "ca/policy").s, &policy);

    if (end != LAB_OK)
        return end;
    if (policy_is(&policy, POLICY_CES, "up"))
        end = start_ces(base, ces, sockets->ces, &server[0]);
    else
        close(sockets->ces);
    if (end == LAB_OK)
        end = https_start(base, &www, on_www, ces, &server[1]);
    if (end == LAB_OK)
        end = start_front(base, ces, &policy, &server[2]);
    if (end == LAB_OK)
        end = lab_dir_print(lab_dir_path(ces->lab, "run/ces.port").s, "%d\n", ces->lab->ces_port);
    /* last: a program that waits for the CA waits for this port */
    if (end == LAB_OK)
        end = lab_dir_print(lab_dir_path(ces->lab, "run/crl.port").s, "%d\n", ces->lab->crl_port);
    return end;
}

/* Without a KDC no client can have a ticket. */
static int start_rpc(struct event_base *base, struct ces *ces, const struct peers_sockets *sockets,
                     struct rpc **out)
{
    struct rpc_config config = {.lab = ces->lab,
                                .mapper_fd = sockets->mapper,
                                .service_fd = sockets->rpc,
                                .decide = on_rpc,
                                .tell = on_tell,
                                .user = ces};

    if (ces->lab->kdc)
        return rpc_start(base, &config, out);
    close(sockets->mapper);
    close(sockets->rpc);
    return LAB_OK;
}

int ces_run(const struct lab *lab, const struct peers_sockets *sockets)
{
    struct rpc *rpc = NULL;
    struct ces ces = {.lab = lab};
    struct https *server[3] = {NULL, NULL, NULL};
    struct event_base *base = event_base_new();
    int end = base != NULL ? load_ca(&ces) : LAB_MEMORY;

    if (end == LAB_OK)
        end = start_rpc(base, &ces, sockets, &rpc);
    if (end == LAB_OK)
        end = start_all(base, &ces, sockets, server);
    if (end == LAB_OK)
        end = loop_run(base);
    rpc_stop(rpc);
    https_stop(server[0]);
    https_stop(server[1]);
    https_stop(server[2]);
    if (base != NULL)
        event_base_free(base);
    unload_ca(&ces);
    return end;
}
