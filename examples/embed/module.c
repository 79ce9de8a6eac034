/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A module like one of PAM: a host opens it with dlopen(), calls it once, and closes it. It asks
 * for nothing but what its one function is given, and leaves nothing behind: no thread, no
 * descriptor, no handler. It is linked with the library, which goes with it.
 */
#include "enrolment.h"

/* 0 when the user's code has won a certificate. The conversation is the host's, over its standard
 * streams. */
__attribute__((visibility("default"))) int module_authenticate(void)
{
    deployment d = {.kind = DAOTP_KEY_P256};
    enrolment e = {.is_over = true};
    char code[64];
    daotp_status rc = deployment_open(&d);
    bool is_good;

    rc = rc ? rc : enrolment_open(&e, &d);
    rc = rc ? rc : daotp_client_prepare(e.client, e.name); /* this host may wait */
    if (rc == DAOTP_OK)
        rc = daotp_client_enroll(e.client, code, enrolment_ask_code(&e, code, sizeof code), NULL);
    e.status = rc;
    is_good = enrolment_end(&e);
    deployment_close(&d);
    return is_good ? 0 : 1;
}
