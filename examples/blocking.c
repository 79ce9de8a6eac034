/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrol in one go, and show what happened. The deployment comes by the environment that
 * `daotp lab up DIR` writes (. DIR/env); the code is read from standard input.
 *
 *   daotp lab totp DIR alice | example-blocking 'LAB\alice' alice@LAB.EXAMPLE alice-password
 */
#include <daotp/daotp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static daotp_status give_password(void *user, const char *host, daotp_host_origin origin,
                                  uint32_t attempt, daotp_domain_credential *answer)
{
    char **argv = user; /* an example: a program takes no password from its arguments */

    fprintf(stderr, "password for %s\n", host);
    if (origin != DAOTP_HOST_CONFIGURED || attempt > 1)
        return DAOTP_CONFIGURATION; /* another host than that of LAB_CES, or it was refused there */
    return daotp_domain_credential_set(answer, argv[1], argv[3], strlen(argv[3]));
}

static daotp_status set_up(daotp_context *context, daotp_client *client, char **argv)
{
    daotp_credential *machine = NULL;
    daotp_trust *trust = NULL;
    daotp_store *store = NULL;
    daotp_ca *ca = NULL;
    daotp_status rc = daotp_trust_new(context, &trust);

    rc = rc ? rc : daotp_trust_add_file(trust, getenv("LAB_TRUST"), NULL);
    rc = rc ? rc
            : daotp_credential_load(context, getenv("LAB_MACHINE_CERT"), getenv("LAB_MACHINE_KEY"),
                                    NULL, &machine);
    rc = rc ? rc : daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca);
    rc = rc ? rc : daotp_ca_set_url(ca, getenv("LAB_CES"));
    rc = rc ? rc : daotp_store_new_memory(context, &store);
    rc = rc ? rc : daotp_client_add_server(client, getenv("LAB_URL"));
    rc = rc ? rc : daotp_client_set_trust(client, trust);
    rc = rc ? rc : daotp_client_set_identity(client, machine);
    rc = rc ? rc : daotp_client_set_ca(client, ca);
    rc = rc ? rc : daotp_client_set_store(client, store, NULL);
    rc = rc ? rc : daotp_client_set_template(client, getenv("LAB_TEMPLATE"), -1, -1);
    rc = rc ? rc : daotp_client_set_upn(client, argv[2]);
    rc = rc ? rc : daotp_client_set_domain_callback(client, give_password, argv);
    daotp_credential_unref(machine); /* the client holds what it needs */
    daotp_trust_unref(trust);
    daotp_store_unref(store);
    daotp_ca_unref(ca);
    return rc;
}

int main(int argc, char **argv)
{
    daotp_credential *credential = NULL;
    daotp_context *context = NULL;
    daotp_client *client = NULL;
    char otp[64] = "";
    daotp_status rc = argc == 4 ? daotp_context_new(&context) : DAOTP_USAGE;

    rc = rc ? rc : daotp_client_new(context, &client);
    rc = rc ? rc : set_up(context, client, argv);
    rc = rc ? rc : daotp_client_prepare(client, argv[1]); /* before the user types */
    if (rc == DAOTP_OK && fgets(otp, sizeof otp, stdin) == NULL)
        rc = DAOTP_USAGE;
    rc = rc ? rc : daotp_client_enroll(client, otp, strcspn(otp, "\r\n"), &credential);
    explicit_bzero(otp, sizeof otp);
    if (rc == DAOTP_OK)
        printf("%s, serial %s\n", daotp_credential_get_upn(credential),
               daotp_credential_get_serial(credential));
    else
        fputs(daotp_report_get_text(daotp_client_get_report(client)), stderr);
    daotp_credential_unref(credential);
    daotp_client_free(client);
    daotp_context_unref(context);
    return rc == DAOTP_OK ? 0 : 1;
}
