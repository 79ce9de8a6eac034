/* SPDX-License-Identifier: BSD-2-Clause */
/* The finding for an HTTP answer that is not an answer of MS-OTPCE. */
#ifndef DAOTP_CLIENT_HTTP_VERDICT_H
#define DAOTP_CLIENT_HTTP_VERDICT_H

#include "client/client.h"

/* For any request: DAOTP_OK if the status is 200, else a finding. */
daotp_status daotp__http_verdict_status(daotp_client *client);
/* For a POST: DAOTP_OK if the answer comes from an OTP service, else a finding. */
daotp_status daotp__http_verdict_service(daotp_client *client);
/* Whether the answer to HEAD stops the run: a redirect, or a refused client certificate. */
bool daotp__http_verdict_is_final(const daotp_client *client);

#endif
