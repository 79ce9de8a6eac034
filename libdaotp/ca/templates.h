/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy service offers (MS-XCEP 3.1.4.1): bytes in, templates out. */
#ifndef DAOTP_CA_TEMPLATES_H
#define DAOTP_CA_TEMPLATES_H

#include "core/buffer.h"
#include "core/limits.h"
#include "xml/xml.h"

#include <daotp/sys/ca_transport.h>
#include <daotp/templates.h>

/* The namespaces of MS-XCEP and MS-WSTEP. */
#define DAOTP__NS_XCEP  "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"
#define DAOTP__NS_ENROL "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"

enum {
    DAOTP__TEMPLATE_TEXTS = DAOTP_TEMPLATE_RA_PURPOSES + 1,
    DAOTP__TEMPLATE_NUMBERS = DAOTP_TEMPLATE_GENERAL_FLAGS + 1
};

typedef struct daotp__offered_template {
    char *text[DAOTP__TEMPLATE_TEXTS]; /* NULL: not there */
    int64_t number[DAOTP__TEMPLATE_NUMBERS];
    size_t cas[DAOTP__MAX_TEMPLATE_CAS], ca_count; /* places among those of the answer */
} daotp__offered_template;

/* One address of a CA; a list in the order of its priorities. */
typedef struct daotp__template_url {
    daotp_ca_authentication how;
    int64_t priority;
    char *url;
} daotp__template_url;

typedef struct daotp__template_ca {
    int64_t id;
    char *subject;
    daotp__buffer certificate;
    daotp__template_url urls[DAOTP__MAX_CA_URLS];
    size_t url_count;
} daotp__template_ca;

struct daotp_templates {
    daotp__offered_template *list;
    daotp__template_ca *cas;
    size_t count, ca_count;
};

/* response: GetPoliciesResponse. DAOTP_OK, DAOTP_MEMORY, or DAOTP_PEER: fault then says where and
 * why. */
daotp_status daotp__templates_read(const daotp__xml_node *response, daotp_templates **templates,
                                   daotp__xml_fault *fault);
/* Where the templates go that the policy service is asked for; NULL: a certificate is asked for. */
daotp_templates **daotp__submission_templates(const daotp_submission *submission);

#endif
