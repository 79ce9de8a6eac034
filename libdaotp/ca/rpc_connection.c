/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_connection.h"

#include "core/alloc.h"
#include "net/stream.h"
#include "net/url.h"

#include <string.h>

enum {
    MAX_FRAGMENT = 5840, /* offered for both directions, as Windows does */
    MIN_FRAGMENT = 1432, /* C706: every implementation must accept this size */
    AUTH_CONTEXT = 1     /* auth_context_id: our choice, the same in each PDU */
};

struct daotp__rpc_connection {
    daotp__stream *stream;
    daotp__rpc_security *security; /* NULL: without */
    uint8_t auth_type;
    const daotp__rpc_syntax *interface;
    char *label; /* for findings */
    daotp__buffer out, in, reply;
    size_t sent;
    uint16_t max_send;
    uint32_t call_id, assoc_group;
    unsigned legs, fragments; /* fragments: of this response so far */
    bool has_begun, is_bound, is_calling, was_open, has_first;
    bool is_altering; /* the current PDU is an alter_context, not a bind */
    daotp__rpc_refusal refusal;
    uint32_t number;
    bool did_not_execute;
};

/* ---- setting up ------------------------------------------------------------------------------ */

daotp_status daotp__rpc_connection_new(const daotp__rpc_connection_spec *spec, daotp_report *report,
                                       daotp__rpc_connection **out)
{
    daotp__rpc_connection *connection = daotp__new(sizeof *connection);
    daotp_status status;

    *out = NULL;
    if (connection == NULL)
        return DAOTP_MEMORY;
    connection->interface = spec->interface;
    daotp__buffer_init(&connection->out, 2 * DAOTP__MAX_CMC);
    daotp__buffer_init(&connection->in, MAX_FRAGMENT);
    daotp__buffer_init(&connection->reply, DAOTP__MAX_RPC_REPLY);
    connection->label = daotp__url_label(spec->host, spec->port);
    status = connection->label != NULL ? DAOTP_OK : DAOTP_MEMORY;
    if (status == DAOTP_OK && spec->security != NULL) {
        connection->auth_type = spec->security->type;
        status = daotp__rpc_security_new(spec->security, report, &connection->security);
    }
    if (status == DAOTP_OK)
        status = daotp__stream_new(spec->loop, spec->host, spec->port, NULL, spec->connect_ms,
                                   &connection->stream);
    if (status != DAOTP_OK) {
        daotp__rpc_connection_free(connection);
        return status;
    }
    *out = connection;
    return DAOTP_OK;
}

void daotp__rpc_connection_free(daotp__rpc_connection *connection)
{
    if (connection == NULL)
        return;
    daotp__stream_free(connection->stream);
    daotp__rpc_security_free(connection->security);
    daotp__buffer_free(&connection->out);
    daotp__buffer_free(&connection->in);
    daotp__buffer_free(&connection->reply);
    daotp__delete(connection->label);
    daotp__delete(connection);
}

/* ---- bytes there and back -------------------------------------------------------------------- */

static daotp_status flush_out(daotp__rpc_connection *connection)
{
    daotp_status status = connection->out.failed;
    size_t n;

    while (status == DAOTP_OK && connection->sent < connection->out.len) {
        status = daotp__stream_write(connection->stream, connection->out.data + connection->sent,
                                     connection->out.len - connection->sent, &n);
        connection->sent += n;
    }
    return status;
}

static daotp_status refuse_message(const daotp__rpc_connection *connection, const char *why,
                                   daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_CA_RPC_MESSAGE, 0, connection->label, "%s", why);
}

/* Receive one complete PDU, and not an octet more. */
static daotp_status receive_pdu(daotp__rpc_connection *connection, daotp_report *report)
{
    const char *why;
    size_t missing, n;
    daotp_status status;
    uint8_t *room;

    while (daotp__rpc_missing(daotp__buffer_bytes(&connection->in), MAX_FRAGMENT, &missing, &why)) {
        if (missing == 0)
            return DAOTP_OK;
        room = daotp__buffer_room(&connection->in, missing);
        if (room == NULL)
            return connection->in.failed;
        status = daotp__stream_read(connection->stream, room, missing, &n);
        if (status != DAOTP_OK)
            return status;
        daotp__buffer_wrote(&connection->in, n);
    }
    return refuse_message(connection, why, report);
}

/* A server that refuses may close at once. Then sending fails, but its PDU can still be read. */
static daotp_status exchange_pdu(daotp__rpc_connection *connection, daotp__rpc_pdu *pdu,
                                 daotp_report *report)
{
    daotp_status status = flush_out(connection);
    const char *why = "";

    if (status == DAOTP_OK || status == DAOTP_NETWORK)
        status = receive_pdu(connection, report);
    if (status != DAOTP_OK)
        return status;
    if (!daotp__rpc_pdu_read(daotp__buffer_bytes(&connection->in), pdu, &why))
        return refuse_message(connection, why, report);
    if (pdu->call_id != connection->call_id)
        return refuse_message(connection, "an answer to another call", report);
    if (connection->sent < connection->out.len && pdu->type != DAOTP__RPC_FAULT)
        return refuse_message(connection, "an answer before the question was sent", report);
    return DAOTP_OK;
}

static daotp_status take_fault(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                               daotp_report *report)
{
    const char *why;

    if (!daotp__rpc_fault_read(pdu, &connection->number, &why))
        return refuse_message(connection, why, report);
    connection->refusal = DAOTP__RPC_FAULTED;
    connection->did_not_execute = (pdu->flags & DAOTP__RPC_DID_NOT_EXECUTE) != 0;
    return DAOTP_REJECTED;
}

/* ---- bind ------------------------------------------------------------------------------------ */

static daotp__rpc_auth auth_of(const daotp__rpc_connection *connection, daotp__bytes token)
{
    if (connection->security == NULL)
        return (daotp__rpc_auth){.type = 0};
    return (daotp__rpc_auth){.type = connection->auth_type,
                             .level = DAOTP__RPC_PRIVACY,
                             .context_id = AUTH_CONTEXT,
                             .token = token};
}

static void write_bind(daotp__rpc_connection *connection, uint8_t type, daotp__bytes token)
{
    daotp__rpc_bind bind = {.type = type,
                            .call_id = connection->call_id,
                            .assoc_group = connection->assoc_group,
                            .interface = connection->interface,
                            .max_fragment = MAX_FRAGMENT,
                            .auth = auth_of(connection, token)};

    daotp__buffer_clear(&connection->out);
    connection->sent = 0;
    daotp__rpc_bind_write(&bind, &connection->out);
    connection->is_altering = type == DAOTP__RPC_ALTER;
}

static void write_auth3(daotp__rpc_connection *connection, daotp__bytes token)
{
    daotp__rpc_auth auth = auth_of(connection, token);

    daotp__buffer_clear(&connection->out);
    connection->sent = 0;
    daotp__rpc_auth3_write(connection->call_id, &auth, &connection->out);
    connection->is_bound =
        true; /* the server does not answer auth3, so requests can follow at once */
}

/* Send the next message of the handshake: first a bind, then alter_context, both of which are
 * answered; the last one of Kerberos without SPNEGO is auth3, which is not. */
static daotp_status advance_handshake(daotp__rpc_connection *connection, daotp__bytes token,
                                      daotp_report *report)
{
    daotp__buffer made;
    daotp_status status = DAOTP_OK;
    uint8_t type = connection->legs == 0 ? DAOTP__RPC_BIND : DAOTP__RPC_ALTER;
    bool is_complete;

    daotp__buffer_init(&made, UINT16_MAX);
    if (connection->security != NULL)
        status = daotp__rpc_security_advance(connection->security, token, &made, report);
    is_complete =
        connection->security != NULL && daotp__rpc_security_is_complete(connection->security);
    if (status == DAOTP_OK && ++connection->legs > DAOTP__MAX_RPC_LEGS)
        status = refuse_message(connection, "a handshake without an end", report);
    if (status == DAOTP_OK && is_complete && made.len == 0)
        connection->is_bound = true;
    else if (status == DAOTP_OK && is_complete && connection->auth_type == DAOTP__RPC_AUTH_KERBEROS)
        write_auth3(connection, daotp__buffer_bytes(&made));
    else if (status == DAOTP_OK)
        write_bind(connection, type, daotp__buffer_bytes(&made));
    daotp__buffer_free(&made);
    return status == DAOTP_OK ? connection->out.failed : status;
}

/* The peer's security trailer must repeat ours. */
static bool is_our_auth(const daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu)
{
    return pdu->has_auth && pdu->auth.type == connection->auth_type &&
           pdu->auth.level == DAOTP__RPC_PRIVACY && pdu->auth.context_id == AUTH_CONTEXT;
}

static daotp_status take_ack_limits(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                                    const daotp__rpc_ack *ack, daotp_report *report)
{
    bool signs = (pdu->flags & DAOTP__RPC_HEADER_SIGNING) != 0;

    if (ack->max_receive < MIN_FRAGMENT)
        return refuse_message(connection, "fragments that are too short", report);
    /* without it a changed opnum in a sealed fragment would not be noticed */
    if (connection->security != NULL && !signs)
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_SEAL, 0, connection->label,
                                 "the server does not sign headers");
    connection->max_send = ack->max_receive < MAX_FRAGMENT ? ack->max_receive : MAX_FRAGMENT;
    connection->assoc_group = ack->assoc_group;
    return DAOTP_OK;
}

static daotp_status take_ack(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                             daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__rpc_ack ack;
    const char *why;

    if (!daotp__rpc_ack_read(pdu, &ack, &why))
        return refuse_message(connection, why, report);
    if (ack.result != 0) {
        connection->refusal = DAOTP__RPC_INTERFACE_REFUSED;
        connection->number = (uint32_t)ack.result << 16 | ack.reason;
        return DAOTP_REJECTED;
    }
    if (!ack.is_ndr32)
        return refuse_message(connection, "another transfer syntax than was offered", report);
    if (!connection->is_altering)
        status = take_ack_limits(connection, pdu, &ack, report);
    if (status != DAOTP_OK)
        return status;
    if (connection->security == NULL || daotp__rpc_security_is_complete(connection->security)) {
        connection->is_bound = true; /* a token that is left is not part of the handshake */
        return DAOTP_OK;
    }
    if (!is_our_auth(connection, pdu))
        return refuse_message(connection, "a bind answered without the security trailer", report);
    return advance_handshake(connection, pdu->auth.token, report);
}

static daotp_status take_bind_answer(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                                     daotp_report *report)
{
    uint8_t wanted = connection->is_altering ? DAOTP__RPC_ALTER_RESPONSE : DAOTP__RPC_BIND_ACK;

    if (pdu->type == DAOTP__RPC_FAULT)
        return take_fault(connection, pdu, report);
    if (pdu->type == DAOTP__RPC_BIND_NAK) {
        connection->refusal = DAOTP__RPC_BIND_REFUSED;
        connection->number = daotp__rpc_nak_reason(pdu);
        return DAOTP_REJECTED;
    }
    if (pdu->type != wanted)
        return refuse_message(connection, "something else in the place of an answer to bind",
                              report);
    return take_ack(connection, pdu, report);
}

static daotp_status step_bind(daotp__rpc_connection *connection, daotp_report *report)
{
    daotp__rpc_pdu pdu;
    daotp_status status = exchange_pdu(connection, &pdu, report);

    if (status == DAOTP_OK)
        status = take_bind_answer(connection, &pdu, report);
    if (status != DAOTP_AGAIN)
        daotp__buffer_clear(&connection->in);
    return status;
}

daotp_status daotp__rpc_connection_open(daotp__rpc_connection *connection, daotp_report *report)
{
    daotp_status status = daotp__stream_open(connection->stream, report);

    if (status == DAOTP_OK && !connection->has_begun) {
        connection->was_open = connection->has_begun = true;
        connection->call_id = 1;
        status = advance_handshake(connection, (daotp__bytes){NULL, 0}, report);
    }
    while (status == DAOTP_OK && !connection->is_bound)
        status = step_bind(connection, report);
    return status;
}

bool daotp__rpc_connection_was_open(const daotp__rpc_connection *connection)
{
    return connection->was_open;
}

/* ---- call ------------------------------------------------------------------------------------ */

static daotp_status seal_fragment(daotp__rpc_connection *connection, size_t begin,
                                  const daotp__rpc_layout *layout)
{
    uint8_t *header = connection->out.data + begin;
    daotp__rpc_parts parts = {.header = header,
                              .header_len = layout->header,
                              .stub = header + layout->header,
                              .stub_len = layout->stub,
                              .trailer_len = layout->trailer,
                              .token_len = layout->token};

    parts.trailer = parts.stub + parts.stub_len;
    parts.token = parts.trailer + parts.trailer_len;
    return daotp__rpc_security_seal(connection->security, &parts) ? DAOTP_OK : DAOTP_INTERNAL;
}

static daotp_status write_fragment(daotp__rpc_connection *connection,
                                   const daotp__rpc_request *request)
{
    size_t begin = connection->out.len;
    daotp__rpc_layout layout;
    daotp__buffer fragment;
    daotp_status status;

    daotp__buffer_init(&fragment, UINT16_MAX + 1);
    daotp__rpc_request_write(request, &fragment, &layout);
    daotp__buffer_add(&connection->out, fragment.data, fragment.len);
    status = fragment.failed != DAOTP_OK ? fragment.failed : connection->out.failed;
    daotp__buffer_free(&fragment);
    if (status == DAOTP_OK && connection->security != NULL)
        status = seal_fragment(connection, begin, &layout);
    return status;
}

/* The length of the token for a stub of this length with its padding. */
static size_t token_len_for(const daotp__rpc_connection *connection, size_t stub_len)
{
    size_t padded = (stub_len + DAOTP__RPC_PADDING - 1) / DAOTP__RPC_PADDING * DAOTP__RPC_PADDING;

    if (connection->security == NULL)
        return 0;
    return daotp__rpc_security_token_len(connection->security, padded);
}

static daotp_status write_fragments(daotp__rpc_connection *connection, uint16_t opnum,
                                    const uint8_t *object, daotp__bytes stub)
{
    size_t token_len = token_len_for(connection, DAOTP__RPC_PADDING), at = 0, len;
    size_t room = daotp__rpc_request_room(connection->max_send, object != NULL, token_len);
    daotp_status status = DAOTP_OK;

    if (room == 0 || (connection->security != NULL && token_len == 0))
        return DAOTP_INTERNAL;
    do {
        len = stub.len - at < room ? stub.len - at : room;
        daotp__rpc_request request = {.call_id = connection->call_id,
                                      .alloc_hint = (uint32_t)(stub.len - at),
                                      .opnum = opnum,
                                      .object = object,
                                      .stub = {stub.data + at, len}};

        request.auth = auth_of(connection, (daotp__bytes){NULL, token_len_for(connection, len)});
        if (at == 0)
            request.flags |= DAOTP__RPC_FIRST;
        if (at + len == stub.len)
            request.flags |= DAOTP__RPC_LAST;
        status = write_fragment(connection, &request);
        at += len;
    } while (status == DAOTP_OK && at < stub.len);
    return status;
}

daotp_status daotp__rpc_connection_call(daotp__rpc_connection *connection, uint16_t opnum,
                                        const uint8_t *object, daotp__bytes stub)
{
    size_t pending = connection->out.len - connection->sent; /* an auth3 that is not sent yet */
    daotp_status status;

    if (pending > 0)
        memmove(connection->out.data, connection->out.data + connection->sent, pending);
    connection->out.len = pending;
    connection->sent = 0;
    connection->call_id++;
    connection->is_calling = true;
    connection->has_first = false;
    connection->fragments = 0;
    daotp__buffer_clear(&connection->reply);
    status = write_fragments(connection, opnum, object, stub);
    return status == DAOTP_OK ? connection->out.failed : status;
}

bool daotp__rpc_connection_has_sent(const daotp__rpc_connection *connection)
{
    return connection->is_calling && connection->sent > 0;
}

/* ---- response -------------------------------------------------------------------------------- */

/* Unseal the stub in place: the buffer belongs to this connection. */
static bool unseal_fragment(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                            daotp__bytes stub)
{
    uint8_t *start = connection->in.data;
    size_t header_len = (size_t)(stub.data - start);
    daotp__rpc_parts parts = {.header = start,
                              .header_len = header_len,
                              .stub = start + header_len,
                              .stub_len = stub.len,
                              .trailer = start + pdu->trailer,
                              .trailer_len = DAOTP__RPC_TRAILER,
                              .token = start + pdu->trailer + DAOTP__RPC_TRAILER,
                              .token_len = pdu->auth.token.len};

    return daotp__rpc_security_unseal(connection->security, &parts);
}

static const char *check_response(const daotp__rpc_connection *connection,
                                  const daotp__rpc_pdu *pdu, uint16_t context, size_t len)
{
    bool is_first = (pdu->flags & DAOTP__RPC_FIRST) != 0;
    bool is_last = (pdu->flags & DAOTP__RPC_LAST) != 0;

    if (len == pdu->auth.padding && !is_last) /* otherwise fragments could follow without end */
        return "an empty fragment with others to follow";
    if (is_first == connection->has_first)
        return "fragments out of order";
    if (connection->fragments > DAOTP__MAX_RPC_FRAGMENTS)
        return "a response in too many fragments";
    if (context != 0)
        return "a response of another presentation context";
    if (connection->security == NULL && pdu->has_auth)
        return "a seal that was not agreed upon";
    return NULL;
}

static daotp_status take_response(daotp__rpc_connection *connection, const daotp__rpc_pdu *pdu,
                                  daotp_report *report)
{
    const char *why;
    uint16_t context;
    daotp__bytes stub;

    connection->fragments++;
    if (!daotp__rpc_response_read(pdu, &context, &stub, &why))
        return refuse_message(connection, why, report);
    why = check_response(connection, pdu, context, stub.len);
    if (why != NULL)
        return refuse_message(connection, why, report);
    if (connection->security != NULL && !is_our_auth(connection, pdu))
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_SEAL, 0, connection->label,
                                 "a response that is not sealed");
    if (connection->security != NULL && !unseal_fragment(connection, pdu, stub))
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_SEAL, 0, connection->label,
                                 "a response whose seal is wrong");
    connection->has_first = true;
    daotp__buffer_add(&connection->reply, stub.data, stub.len - pdu->auth.padding);
    if (connection->reply.failed == DAOTP_PEER)
        return refuse_message(connection, "a response of more than a mebibyte", report);
    return connection->reply.failed;
}

daotp_status daotp__rpc_connection_step(daotp__rpc_connection *connection, daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__rpc_pdu pdu = {.flags = 0};

    while (status == DAOTP_OK && (pdu.flags & DAOTP__RPC_LAST) == 0) {
        status = exchange_pdu(connection, &pdu, report);
        if (status == DAOTP_AGAIN)
            return status;
        if (status == DAOTP_OK && pdu.type == DAOTP__RPC_FAULT)
            status = take_fault(connection, &pdu, report);
        else if (status == DAOTP_OK && pdu.type != DAOTP__RPC_RESPONSE)
            status =
                refuse_message(connection, "something else in the place of a response", report);
        else if (status == DAOTP_OK)
            status = take_response(connection, &pdu, report);
        daotp__buffer_clear(&connection->in);
    }
    return status;
}

daotp__bytes daotp__rpc_connection_reply(const daotp__rpc_connection *connection)
{
    return daotp__buffer_bytes(&connection->reply);
}

daotp__rpc_refusal daotp__rpc_connection_refusal(const daotp__rpc_connection *connection,
                                                 uint32_t *number)
{
    *number = connection->number;
    return connection->refusal;
}

bool daotp__rpc_connection_did_not_execute(const daotp__rpc_connection *connection)
{
    return connection->did_not_execute;
}
