/* SPDX-License-Identifier: BSD-2-Clause */
/* A CA transport of our own, through the extenders' interface alone: it does what its script says
 * for each CA, and counts what was done with it. */
#ifndef FAKE_CA_H
#define FAKE_CA_H

#include "forge.h"

#include <daotp/sys/ca_transport.h>

typedef enum fake_act {
    FAKE_END = 0,
    FAKE_ISSUE,      /* certificate and chain as set */
    FAKE_ISSUE_JUNK, /* bytes that are no certificate */
    FAKE_NOTHING,    /* says OK and sets no outcome */
    FAKE_PEND,
    FAKE_DENY,              /* with number and message */
    FAKE_FAIL,              /* ends with status, no finding */
    FAKE_REFUSE,            /* begin itself ends with status */
    FAKE_REFUSE_CREDENTIAL, /* with the finding that WSTEP has for it */
} fake_act;

typedef struct fake_line {
    const char *host; /* for which CA; NULL: for any */
    fake_act act;
    uint32_t hresult;
    daotp_status status;
    const char *text; /* message, or request id */
} fake_line;

typedef struct fake_ca {
    fake_line script[8];
    daotp__buffer certificate; /* what FAKE_ISSUE hands over */
    unsigned again;            /* steps before the act */
    bool asks;                 /* for the domain credential, in each begin */
    /* seen */
    unsigned begun, refused, ended, freed, steps, asked;
    daotp_status ask_status;
    char user_name[64], password[64];
    size_t password_len;
    char hosts[256]; /* of those begun, in order, each followed by a blank */
    daotp__buffer request;
    unsigned left; /* steps of AGAIN still to go */
} fake_ca;

daotp_status fake_step(void *given, void *state, daotp_submission *submission);

extern const daotp_ca_transport fake_transport;

/* What the transport leaves behind; the test owns the fake itself. */
void fake_ca_clear(fake_ca *self);

#endif
