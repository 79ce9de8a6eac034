/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes and reads the messages of MS-WSTEP 3.1.4.1 (SOAP 1.2). No I/O. */
#ifndef DAOTP_CA_SOAP_H
#define DAOTP_CA_SOAP_H

#include "ca/templates.h"
#include "core/buffer.h"
#include "request/cmc_response.h"
#include "xml/xml.h"

/* The content of a RequestSecurityToken. user_name NULL: no UsernameToken. */
typedef struct daotp__wstep_request {
    const char *url, *message_id; /* a UUID */
    const char *user_name;
    daotp__bytes password;
    daotp__bytes cmc;
    const char
        *request_id; /* not NULL: query the status of this pending request (MS-WSTEP 3.1.4.1.2.7) */
} daotp__wstep_request;

daotp_status daotp__wstep_request_write(const daotp__wstep_request *request, daotp__buffer *out);
/* Write GetPolicies (MS-XCEP 3.1.4.1.1.1). Only url, message_id, user_name and password are
 * used. */
daotp_status daotp__policies_request_write(const daotp__wstep_request *request, daotp__buffer *out);

typedef enum daotp__wstep_kind {
    DAOTP__WSTEP_ISSUED,
    DAOTP__WSTEP_PENDING,
    DAOTP__WSTEP_DENIED,  /* a fault with an HRESULT */
    DAOTP__WSTEP_REFUSED, /* a CMC full response whose status is neither success nor pending */
    DAOTP__WSTEP_FAULT    /* another fault */
} daotp__wstep_kind;

typedef struct daotp__wstep_answer {
    daotp__wstep_kind kind;
    daotp__buffer certificate, cmc; /* the issued certificate; the CMC full response */
    daotp__cmc_response response; /* the status in the CMC full response, also in that of a fault */
    char *message;                /* disposition message or fault reason, localised */
    char *request_id;
    uint32_t hresult;
    bool has_reference;      /* to a token that will be issued later (MS-WSTEP 3.1.4.1.3.3) */
    bool is_response_broken; /* one of the two tokens is not base64 */
    bool is_soap11;          /* a fault of SOAP 1.1, which MS-WSTEP does not have */
    bool is_authentication;  /* the fault is about the credential, not the request */
    bool is_addressing;      /* the service does not know the URL or the operation */
} daotp__wstep_answer;

void daotp__wstep_answer_init(daotp__wstep_answer *answer);
void daotp__wstep_answer_free(daotp__wstep_answer *answer);
/* Read the answer to a RequestSecurityToken. DAOTP_OK; DAOTP_MEMORY; DAOTP_PEER: *fault says
 * where it is malformed and why. */
daotp_status daotp__wstep_answer_read(daotp__bytes in, daotp__wstep_answer *answer,
                                      daotp__xml_fault *fault);
/* Read the answer to GetPolicies into *templates. If it is a SOAP fault, that is in answer and
 * *templates is NULL. Returns as above. */
daotp_status daotp__policies_answer_read(daotp__bytes in, daotp__wstep_answer *answer,
                                         daotp_templates **templates, daotp__xml_fault *fault);

#endif
