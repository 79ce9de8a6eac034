/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the certificate templates that a policy service offers (MS-XCEP 3.1.4.1). No I/O. */
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
    char *text[DAOTP__TEMPLATE_TEXTS]; /* NULL: absent */
    int64_t number[DAOTP__TEMPLATE_NUMBERS];
    size_t cas[DAOTP__MAX_TEMPLATE_CAS], ca_count; /* indexes into the CAs of the answer */
} daotp__offered_template;

/* One URL of a CA. The list is sorted by priority. */
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

/* Read a GetPoliciesResponse. DAOTP_OK; DAOTP_MEMORY; DAOTP_PEER: *fault says where it is
 * malformed and why. */
daotp_status daotp__templates_read(const daotp__xml_node *response, daotp_templates **templates,
                                   daotp__xml_fault *fault);
/* Where the submission stores the templates of the policy service; NULL: it does not ask for
 * templates. */
daotp_templates **daotp__submission_templates(const daotp_submission *submission);

#endif
