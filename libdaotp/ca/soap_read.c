/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/soap.h"

#include "ca/issued.h"
#include "core/alloc.h"
#include "core/base64.h"
#include "core/limits.h"
#include "xml/xml.h"

#include <stdlib.h>
#include <string.h>

#define SOAP   "http://www.w3.org/2003/05/soap-envelope"
#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define WST    "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define WSSE   "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

void daotp__wstep_answer_init(daotp__wstep_answer *answer)
{
    *answer = (daotp__wstep_answer){.kind = DAOTP__WSTEP_FAULT};
    daotp__buffer_init(&answer->certificate, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&answer->cmc, DAOTP__MAX_SOAP_MESSAGE);
    daotp__cmc_response_init(&answer->response);
}

void daotp__wstep_answer_free(daotp__wstep_answer *answer)
{
    daotp__buffer_free(&answer->certificate);
    daotp__buffer_free(&answer->cmc);
    daotp__cmc_response_free(&answer->response);
    daotp__delete(answer->message);
    daotp__delete(answer->request_id);
    daotp__wstep_answer_init(answer);
}

static daotp_status take_text(const daotp__xml_node *node, char **out)
{
    daotp__bytes text = daotp__xml_text(node);

    *out = daotp__text_copy_n((const char *)text.data, text.len);
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status take_base64(const daotp__xml_node *node, daotp__buffer *out)
{
    if (node == NULL)
        return DAOTP_OK;
    if (daotp__base64_read((const char *)node->text.data, node->text.len, out))
        return DAOTP_OK;
    return out->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_PEER;
}

/* A signed decimal, as xs:int: -2146877422 is 0x80094012. Zero gives no reason. */
static bool take_hresult(const daotp__xml_node *node, uint32_t *hresult)
{
    daotp__bytes text = daotp__xml_text(node);
    char digits[16], *end;
    long long value;

    if (text.len == 0 || text.len >= sizeof digits)
        return false;
    memcpy(digits, text.data, text.len);
    digits[text.len] = '\0';
    value = strtoll(digits, &end, 10);
    *hresult = (uint32_t)value;
    return *end == '\0' && value != 0 && value >= INT32_MIN && value <= UINT32_MAX;
}

/* Whether the local name of the fault's subcode is one of these. The prefix is the server's
 * choice. */
static bool has_subcode(const daotp__xml_node *fault, const char *const *names)
{
    const daotp__xml_node *subcode =
        daotp__xml_find(daotp__xml_child(fault, SOAP, "Code"), SOAP, "Subcode");
    daotp__bytes value = daotp__xml_text(daotp__xml_child(subcode, SOAP, "Value"));

    for (unsigned i = 0; names[i] != NULL; i++) {
        size_t len = strlen(names[i]);

        if (value.len >= len && memcmp(value.data + value.len - len, names[i], len) == 0)
            return true;
    }
    return false;
}

/* The fault codes of WS-Security and WCF for a refused credential. */
static const char *const authentication_faults[] = {"FailedAuthentication", "InvalidSecurity",
                                                    "InvalidSecurityToken", NULL};
/* WS-Addressing 1.0 SOAP Binding 6.4.2: this is another service, or the service has another URL. */
static const char *const addressing_faults[] = {"ActionNotSupported", "DestinationUnreachable",
                                                "EndpointUnavailable", NULL};

/* The CMC full response or PKCS#7 beside the certificate (MS-WSTEP 3.1.4.1.3.2). If it cannot be
 * read, the certificate still counts, because the code was used up for it. */
static daotp_status take_cmc_response(const daotp__xml_node *node, daotp__wstep_answer *answer)
{
    daotp_status status = take_base64(node, &answer->cmc);

    answer->is_response_broken = status == DAOTP_PEER;
    if (answer->is_response_broken) {
        daotp__buffer_free(&answer->cmc);
        return DAOTP_OK;
    }
    if (status == DAOTP_OK && answer->cmc.len > 0)
        status = daotp__cmc_response_read(daotp__buffer_bytes(&answer->cmc), &answer->response);
    return status;
}

/* Read the CA's message in the detail of a SOAP fault, of either SOAP version. */
static daotp_status read_detail(const daotp__xml_node *detail, daotp__wstep_answer *answer)
{
    daotp_status status =
        take_text(daotp__xml_child(detail, DAOTP__NS_ENROL, "RequestID"), &answer->request_id);

    if (status == DAOTP_OK)
        status =
            take_cmc_response(daotp__xml_child(detail, DAOTP__NS_ENROL, "BinaryResponse"), answer);
    answer->kind = DAOTP__WSTEP_FAULT;
    if (take_hresult(daotp__xml_child(detail, DAOTP__NS_ENROL, "ErrorCode"), &answer->hresult))
        answer->kind = DAOTP__WSTEP_DENIED;
    else if (daotp__cmc_is_refused(&answer->response))
        answer->kind = DAOTP__WSTEP_REFUSED;
    else if (daotp__cmc_is_pending(&answer->response))
        answer->kind = DAOTP__WSTEP_PENDING;
    return status;
}

static daotp_status read_fault(const daotp__xml_node *fault, daotp__wstep_answer *answer)
{
    const daotp__xml_node *detail = daotp__xml_find(
        daotp__xml_child(fault, SOAP, "Detail"), DAOTP__NS_ENROL, "CertificateEnrollmentWSDetail");
    const daotp__xml_node *text =
        daotp__xml_child(daotp__xml_child(fault, SOAP, "Reason"), SOAP, "Text");
    daotp_status status = take_text(text, &answer->message);

    answer->is_authentication = has_subcode(fault, authentication_faults);
    answer->is_addressing = has_subcode(fault, addressing_faults);
    return status == DAOTP_OK ? read_detail(detail, answer) : status;
}

/* SOAP 1.1 4.4: the children of a fault have no namespace. */
static daotp_status read_fault11(const daotp__xml_node *fault, daotp__wstep_answer *answer)
{
    const daotp__xml_node *detail = daotp__xml_find(
        daotp__xml_child(fault, "", "detail"), DAOTP__NS_ENROL, "CertificateEnrollmentWSDetail");
    daotp_status status = take_text(daotp__xml_child(fault, "", "faultstring"), &answer->message);

    return status == DAOTP_OK ? read_detail(detail, answer) : status;
}

/* Whether the CMC has a certificate. A message with neither a CMC status nor a certificate is
 * malformed. */
static bool holds_certificates(daotp__bytes cmc, daotp_status *status)
{
    daotp__chain pool;
    bool found;

    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    *status = daotp__issued_collect(cmc, &pool, NULL, "", NULL);
    found = *status == DAOTP_OK && pool.count > 0;
    daotp__chain_free(&pool);
    return found;
}

/* Choose the kind of the answer, never by its message, which is localised. */
static daotp_status choose_kind(const daotp__xml_node *response, daotp__wstep_answer *answer,
                                daotp__xml_fault *fault)
{
    daotp_status status;

    if (answer->certificate.len > 0 ||
        holds_certificates(daotp__buffer_bytes(&answer->cmc), &status)) {
        answer->kind = DAOTP__WSTEP_ISSUED; /* the caller checks whether it is for our key */
    } else if (status == DAOTP_MEMORY) {
        return status;
    } else if (daotp__cmc_is_refused(&answer->response)) {
        answer->kind = DAOTP__WSTEP_REFUSED;
    } else if (daotp__cmc_is_pending(&answer->response) || answer->has_reference) {
        answer->kind = DAOTP__WSTEP_PENDING;
    } else {
        return daotp__xml_fault_set(
            fault, response, "RequestSecurityTokenResponse",
            answer->is_response_broken
                ? "RFC 4648 4: a token that is not base64"
                : "MS-WSTEP 3.1.4.1.3.4: neither a certificate nor a pending request");
    }
    return DAOTP_OK;
}

static daotp_status read_token(const daotp__xml_node *response, daotp__wstep_answer *answer,
                               daotp__xml_fault *fault)
{
    const daotp__xml_node *requested = daotp__xml_child(response, WST, "RequestedSecurityToken");
    daotp_status status;

    status = take_text(daotp__xml_child(response, DAOTP__NS_ENROL, "DispositionMessage"),
                       &answer->message);
    if (status == DAOTP_OK)
        status = take_text(daotp__xml_child(response, DAOTP__NS_ENROL, "RequestID"),
                           &answer->request_id);
    if (status == DAOTP_OK)
        status = take_cmc_response(daotp__xml_child(response, WSSE, "BinarySecurityToken"), answer);
    if (status == DAOTP_OK)
        status = take_base64(daotp__xml_child(requested, WSSE, "BinarySecurityToken"),
                             &answer->certificate);
    if (status == DAOTP_PEER) { /* the PKCS#7 token may hold the certificate too */
        answer->is_response_broken = true;
        daotp__buffer_free(&answer->certificate);
        status = DAOTP_OK;
    }
    if (status != DAOTP_OK)
        return status;
    answer->has_reference = daotp__xml_child(requested, WSSE, "SecurityTokenReference") != NULL;
    return choose_kind(response, answer, fault);
}

/* Find the body of the envelope. If it is a fault, the fault is read, kind is set, and *body is
 * NULL. */
static daotp_status open_envelope(const daotp__xml_node *root, daotp__wstep_answer *answer,
                                  const daotp__xml_node **body, daotp__xml_fault *fault)
{
    const daotp__xml_node *failure;

    *body = daotp__xml_child(root, SOAP, "Body");
    if (daotp__xml_is(root, SOAP11, "Envelope")) {
        answer->is_soap11 = true;
        failure = daotp__xml_child(daotp__xml_child(root, SOAP11, "Body"), SOAP11, "Fault");
        if (failure != NULL)
            return read_fault11(failure, answer);
        return daotp__xml_fault_set(fault, root, "Envelope",
                                    "MS-WSTEP 2.1: a SOAP 1.1 envelope without a fault");
    }
    if (!daotp__xml_is(root, SOAP, "Envelope") || *body == NULL)
        return daotp__xml_fault_set(fault, root, "Envelope", "MS-WSTEP 2.1: no SOAP 1.2 envelope");
    failure = daotp__xml_child(*body, SOAP, "Fault");
    if (failure == NULL)
        return DAOTP_OK;
    *body = NULL;
    return read_fault(failure, answer);
}

static daotp_status read_envelope(const daotp__xml_node *root, daotp__wstep_answer *answer,
                                  daotp__xml_fault *fault)
{
    const daotp__xml_node *body, *list;
    daotp_status status = open_envelope(root, answer, &body, fault);

    if (status != DAOTP_OK || body == NULL)
        return status;
    list = daotp__xml_child(body, WST, "RequestSecurityTokenResponseCollection");
    list = daotp__xml_child(list, WST, "RequestSecurityTokenResponse");
    if (list == NULL || daotp__xml_sibling(list, WST, "RequestSecurityTokenResponse") != NULL)
        return daotp__xml_fault_set(
            fault, body, "RequestSecurityTokenResponseCollection",
            "MS-WSTEP 3.1.4.1.3.3: not exactly one RequestSecurityTokenResponse");
    return read_token(list, answer, fault);
}

daotp_status daotp__wstep_answer_read(daotp__bytes in, daotp__wstep_answer *answer,
                                      daotp__xml_fault *fault)
{
    daotp__xml_node *root;
    daotp_status status = daotp__xml_read(in, DAOTP__MAX_SOAP_MESSAGE, &root, fault);

    if (status == DAOTP_OK)
        status = read_envelope(root, answer, fault);
    daotp__xml_free(root);
    return status;
}

static daotp_status read_policies_envelope(const daotp__xml_node *root, daotp__wstep_answer *answer,
                                           daotp_templates **templates, daotp__xml_fault *fault)
{
    const daotp__xml_node *body, *response;
    daotp_status status = open_envelope(root, answer, &body, fault);

    if (status != DAOTP_OK || body == NULL)
        return status;
    response = daotp__xml_child(body, DAOTP__NS_XCEP, "GetPoliciesResponse");
    if (response == NULL)
        return daotp__xml_fault_set(fault, body, "GetPoliciesResponse",
                                    "MS-XCEP 3.1.4.1.1.2: it must be there");
    return daotp__templates_read(response, templates, fault);
}

daotp_status daotp__policies_answer_read(daotp__bytes in, daotp__wstep_answer *answer,
                                         daotp_templates **templates, daotp__xml_fault *fault)
{
    daotp__xml_node *root;
    daotp_status status =
        daotp__xml_read_large(in, DAOTP__MAX_XCEP_MESSAGE, DAOTP__MAX_XCEP_NODES, &root, fault);

    *templates = NULL;
    if (status == DAOTP_OK)
        status = read_policies_envelope(root, answer, templates, fault);
    daotp__xml_free(root);
    return status;
}
