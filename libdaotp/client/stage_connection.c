/* SPDX-License-Identifier: BSD-2-Clause */
/* The stages resolve, connect and tls: open the connection, validate the server's certificate, and
 * check what can be checked without a code. */
#include "client/client.h"

daotp_status daotp__client_stage_resolve(daotp_client *client)
{
    return daotp__client_pass_phase(client, DAOTP__PHASE_NAMES);
}

daotp_status daotp__client_stage_connect(daotp_client *client)
{
    return daotp__client_pass_phase(client, DAOTP__PHASE_TCP);
}

daotp_status daotp__client_stage_tls(daotp_client *client)
{
    daotp_status status = daotp__client_secure_connection(client);

    if (status != DAOTP_OK || daotp__client_is_preflight_done(client))
        return status;
    return daotp__client_preflight(client);
}
