/* SPDX-License-Identifier: BSD-2-Clause */
/* What an HTTP answer says that is not the protocol's: which finding it is. */
#ifndef DAOTP_CLIENT_HTTP_VERDICT_H
#define DAOTP_CLIENT_HTTP_VERDICT_H

#include "client/client.h"

/* Of any request: DAOTP_OK when the answer is HTTP 200, else its finding. */
daotp_status daotp__http_verdict_status(daotp_client *client);
/* Of a POST: does the answer come from an OTP service? DAOTP_OK, else its finding. */
daotp_status daotp__http_verdict_service(daotp_client *client);
/* Does the answer to a HEAD alone stop the run: a redirect, or a refused client certificate? */
bool daotp__http_verdict_is_final(const daotp_client *client);

#endif
