/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/radsec.h"

#include "core/limits.h"
#include "radius/packet.h"
#include "radius/radsec_frame.h"

enum { MAX_QUEUED = 1024 * 1024 };

daotp_status daotp__radsec_open(daotp__radsec *connection, daotp__loop *loop, const char *host,
                                uint16_t port, daotp__tls *tls)
{
    connection->loop = loop;
    /* the secret that hides User-Password inside RadSec is a published constant, RFC 6614 2.3 (5)
     */
    daotp__buffer_init_secret(&connection->out, MAX_QUEUED);
    daotp__buffer_init(&connection->in, DAOTP__RADIUS_MAX);
    daotp__tls_reset(tls);
    return daotp__stream_new(loop, host, port, tls, DAOTP__CONNECT_MS, &connection->stream);
}

void daotp__radsec_close(daotp__radsec *connection)
{
    daotp__stream_free(connection->stream);
    connection->stream = NULL;
    daotp__buffer_free(&connection->out);
    daotp__buffer_free(&connection->in);
}

daotp_status daotp__radsec_queue(daotp__radsec *connection, daotp__bytes packet)
{
    daotp__buffer_add(&connection->out, packet.data, packet.len);
    daotp__loop_wake_in(connection->loop, 0);
    return connection->out.failed;
}

/* Each packet in a record of its own: FreeRADIUS 3 closes a connection that does otherwise. */
static daotp_status write_queued(daotp__radsec *connection)
{
    daotp_status status = DAOTP_OK;
    size_t n;

    while (status == DAOTP_OK && connection->sent < connection->out.len) {
        const uint8_t *packet = connection->out.data + connection->sent;

        status =
            daotp__stream_write(connection->stream, packet, daotp__radsec_packet_len(packet), &n);
        connection->sent += n; /* all of it, or nothing: it is less than a record */
    }
    if (connection->sent == connection->out.len) {
        daotp__buffer_clear(&connection->out);
        connection->sent = 0;
    }
    return status;
}

/* RFC 6614 2.5: a connection that carries anything else is closed. */
static daotp_status read_packets(daotp__radsec *connection, daotp__radsec_packet_fn tell,
                                 void *user)
{
    daotp__buffer *in = &connection->in;
    daotp_status status = DAOTP_OK;

    while (status == DAOTP_OK) {
        size_t missing, n;
        uint8_t *room;

        if (!daotp__radsec_missing(daotp__buffer_bytes(in), &missing))
            return DAOTP_PEER;
        if (missing == 0) {
            if (!tell(user, daotp__buffer_bytes(in)))
                return DAOTP_PEER;
            daotp__buffer_clear(in);
            continue;
        }
        room = daotp__buffer_room(in, missing);
        if (room == NULL)
            return in->failed;
        status = daotp__stream_read(connection->stream, room, missing, &n);
        daotp__buffer_wrote(in, n);
    }
    return status;
}

/* Read first: a server whose replies are not read may stop reading too. */
daotp_status daotp__radsec_step(daotp__radsec *connection, daotp__radsec_packet_fn tell, void *user,
                                daotp_report *report)
{
    daotp_status status = daotp__stream_open(connection->stream, report);

    if (status == DAOTP_OK)
        status = read_packets(connection, tell, user);
    if (status == DAOTP_AGAIN && daotp__stream_is_open(connection->stream))
        status = write_queued(connection);
    return status;
}

bool daotp__radsec_is_open(const daotp__radsec *connection)
{
    return connection->stream != NULL && daotp__stream_is_open(connection->stream);
}

/* RFC 6614 3.4: a server that cannot verify a request closes the connection, or drops the request.
 */
static daotp_status explain_closing(const char *label, bool is_unanswered, daotp_report *report)
{
    size_t since = report->count;

    if (is_unanswered)
        (void)daotp__report_add(report, DAOTP_FINDING_RADIUS_RADSEC_UNANSWERED, 0, label,
                                "the handshake succeeded, then the connection was closed");
    return daotp__report_conclude(report, since, DAOTP_FINDING_RADIUS_CONNECTION_LOST, label,
                                  "the connection was closed");
}

daotp_status daotp__radsec_explain(daotp__tls *tls, const char *label, daotp_status status,
                                   bool is_unanswered, daotp_report *report)
{
    if (daotp_report_get_error(report) != NULL) /* reported by the connection itself */
        return status;
    if (status == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_MALFORMED, 0, label,
                                 "a packet that is no reply of ours");
    if (status != DAOTP_NETWORK)
        return status;
    /* with TLS 1.3 a certificate of ours is refused when the handshake is over */
    status = daotp__tls_explain_alert(tls, label, report);
    return status != DAOTP_OK ? status : explain_closing(label, is_unanswered, report);
}
