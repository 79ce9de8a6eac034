/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/attempt.h"

enum { LATE_MS = 60 * 1000 }; /* how late after the deadline a reply may come over TLS */

void daotp__radius_attempt_restart(daotp__radius_attempt *attempt, daotp__radius_server *server)
{
    daotp__buffer packet = attempt->packet;

    daotp__buffer_clear(&packet);
    *attempt =
        (daotp__radius_attempt){.server = server, .packet = packet, .resend_ms = DAOTP__ALWAYS};
}

void daotp__radius_attempt_release(daotp__radius_attempt *attempt, int64_t free_at_ms)
{
    if (attempt->socket != NULL)
        daotp__radius_socket_release_id(attempt->socket, attempt->id, free_at_ms);
    attempt->socket = NULL;
}

int64_t daotp__radius_attempt_reply_until_ms(const daotp__radius_attempt *attempt,
                                             int64_t deadline_ms)
{
    return daotp__time_add(deadline_ms, attempt->server->endpoint.tls != NULL ? LATE_MS : 0);
}

daotp_status daotp__radius_attempt_send(daotp__radius_attempt *attempt)
{
    daotp_status status = daotp__radius_socket_send(attempt->socket, attempt->id, &attempt->packet);

    if (status == DAOTP_OK)
        attempt->sent++;
    return status;
}

/* Status-Server tests only whether the server is alive, and the Response Authenticator proves that.
 */
static daotp__radius_policy reply_policy(const daotp__radius_attempt *attempt,
                                         bool is_status_server)
{
    return is_status_server || attempt->server->endpoint.tls != NULL /* TLS protects it */
               ? DAOTP__RADIUS_OPTIONAL
               : daotp__radius_server_policy(attempt->server);
}

bool daotp__radius_attempt_read(daotp__radius_attempt *attempt, bool is_status_server,
                                daotp__bytes packet, daotp__radius_reply *reply)
{
    const daotp__radius_server *server = attempt->server;
    daotp__radius_verdict verdict = daotp__radius_reply_read_keyed(
        packet, is_status_server, attempt->authenticator, daotp__buffer_bytes(&server->secret),
        &server->key, reply_policy(attempt, is_status_server), reply);

    if (verdict == DAOTP__RADIUS_GOOD)
        return true;
    attempt->dropped[verdict]++;
    return false;
}

bool daotp__radius_attempt_has_dropped(const daotp__radius_attempt *attempt)
{
    for (int i = 0; i < DAOTP__RADIUS_VERDICTS; i++)
        if (attempt->dropped[i] > 0)
            return true;
    return false;
}

bool daotp__radius_attempt_has_other_secret(const daotp__radius_attempt *attempt)
{
    return attempt->server->endpoint.tls != NULL &&
           attempt->dropped[DAOTP__RADIUS_BAD_AUTHENTICATOR] > 0;
}

static daotp_status explain_no_reply(const daotp__radius_attempt *attempt, unsigned transmissions,
                                     const char *subject, daotp_report *report)
{
    const daotp__radius_socket *socket = attempt->socket;
    size_t since = report->count;

    if (socket != NULL && daotp__radsec_is_open(&socket->radsec))
        (void)daotp__report_add(report, DAOTP_FINDING_RADIUS_RADSEC_UNANSWERED, 0, subject,
                                "the handshake succeeded, then nothing came");
    return daotp__report_conclude(report, since, DAOTP_FINDING_RADIUS_TIMEOUT, subject,
                                  "nothing after %u transmissions", transmissions);
}

daotp_status daotp__radius_attempt_explain(const daotp__radius_attempt *attempt,
                                           unsigned transmissions, const char *subject,
                                           daotp_report *report)
{
    const unsigned *dropped = attempt->dropped;
    unsigned forged =
        dropped[DAOTP__RADIUS_BAD_AUTHENTICATOR] + dropped[DAOTP__RADIUS_BAD_SIGNATURE];
    unsigned malformed = dropped[DAOTP__RADIUS_BAD_LENGTH] + dropped[DAOTP__RADIUS_BAD_CODE] +
                         dropped[DAOTP__RADIUS_BAD_ATTRIBUTES];

    if (dropped[DAOTP__RADIUS_UNSIGNED] > 0)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_UNSIGNED, 0, subject,
                                 "%u replies without it", dropped[DAOTP__RADIUS_UNSIGNED]);
    if (dropped[DAOTP__RADIUS_NOT_FIRST] > 0)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_NOT_FIRST, 0, subject,
                                 "%u replies with it behind other attributes",
                                 dropped[DAOTP__RADIUS_NOT_FIRST]);
    if (daotp__radius_attempt_has_other_secret(attempt))
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_RADSEC_SECRET, 0, subject,
                                 "a reply whose Response Authenticator does not verify");
    if (forged > 0)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_SECRET, 0, subject,
                                 "%u replies that do not verify", forged);
    if (malformed > 0)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_MALFORMED, 0, subject, "%u datagrams",
                                 malformed);
    return explain_no_reply(attempt, transmissions, subject, report);
}
