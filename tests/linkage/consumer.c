/* SPDX-License-Identifier: BSD-2-Clause */
#include <daotp/daotp.h>
#include <daotp/sys/ca_transport.h>
#include <daotp/sys/store_backend.h>

#include <stdio.h>

int main(void)
{
    daotp_context *context = NULL;
    daotp_client *client = NULL;
    daotp_status rc = daotp_context_new(&context);

    if (rc == DAOTP_OK)
        rc = daotp_client_new(context, &client);
    if (rc == DAOTP_OK && daotp_client_prepare(client, "CORP\\alice") != DAOTP_CONFIGURATION)
        rc = DAOTP_INTERNAL; /* nothing is set: it must say so */
    if (daotp_version_number() != DAOTP_VERSION_NUMBER)
        rc = DAOTP_INTERNAL;
    daotp_client_free(client);
    daotp_context_unref(context);
    return rc == DAOTP_OK ? 0 : 1;
}
