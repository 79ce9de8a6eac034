/* SPDX-License-Identifier: BSD-2-Clause */
/* Drive the first part of an enrolment from a loop of one's own: one descriptor, one time-out.
 * With a server that does not answer, this ends after two seconds, and says why.
 *
 *   example-event_loop URL ROOTS.pem TEMPLATE-OID alice@corp.example
 */
#include <daotp/daotp.h>

#include <poll.h>
#include <stdio.h>

static void on_progress(void *user, daotp_stage stage, daotp_stage_state state)
{
    (void)user;
    printf("%s: %s\n", daotp_stage_name(stage), daotp_stage_state_name(state));
}

static daotp_status set_up(daotp_context *context, daotp_client *client, char **argv)
{
    daotp_trust *trust = NULL;
    daotp_ca *ca = NULL;
    daotp_status rc = daotp_trust_new(context, &trust);

    rc = rc ? rc : daotp_trust_add_file(trust, argv[2], NULL);
    rc = rc ? rc : daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca);
    rc = rc ? rc : daotp_ca_allow_host(ca, ".corp.example"); /* where the CAs are */
    rc = rc ? rc : daotp_client_add_server(client, argv[1]);
    rc = rc ? rc : daotp_client_set_trust(client, trust);
    rc = rc ? rc : daotp_client_set_ca(client, ca);
    rc = rc ? rc : daotp_client_set_template(client, argv[3], -1, -1);
    rc = rc ? rc : daotp_client_set_timeout_ms(client, 2000);
    rc = rc ? rc : daotp_client_set_progress_callback(client, on_progress, NULL);
    daotp_trust_unref(trust);
    daotp_ca_unref(ca);
    return rc;
}

/* A real program has other descriptors here too, and a user who types. It waits first, as an event
 * loop does: the time-out is 0 until the first step. */
static daotp_status run_loop(daotp_client *client)
{
    struct pollfd wait = {.fd = daotp_client_get_fd(client), .events = POLLIN};
    daotp_status rc;

    do {
        poll(&wait, 1, daotp_client_get_timeout_ms(client));
        rc = daotp_client_step(client);
    } while (rc == DAOTP_AGAIN);
    return rc;
}

int main(int argc, char **argv)
{
    daotp_context *context = NULL;
    daotp_client *client = NULL;
    daotp_status rc = argc == 5 ? daotp_context_new(&context) : DAOTP_USAGE;

    rc = rc ? rc : daotp_client_new(context, &client);
    rc = rc ? rc : set_up(context, client, argv);
    rc = rc ? rc : daotp_client_prepare_begin(client, argv[4]);
    rc = rc ? rc : run_loop(client);
    if (client != NULL)
        fputs(daotp_report_get_text(daotp_client_get_report(client)), stdout);
    daotp_client_free(client);
    daotp_context_unref(context);
    return rc == DAOTP_OK ? 0 : 1;
}
