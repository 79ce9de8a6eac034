/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc_peer.h"

/* ---- the toy --------------------------------------------------------------------------------- */

static uint64_t rpc_peer_sum(const daotp__rpc_parts *parts, uint32_t sequence)
{
    const uint8_t *at[] = {parts->header, parts->stub, parts->trailer};
    const size_t len[] = {parts->header_len, parts->stub_len, parts->trailer_len};
    uint64_t sum = 0xCBF29CE484222325u ^ sequence;

    for (size_t part = 0; part < 3; part++)
        for (size_t i = 0; i < len[part]; i++)
            sum = (sum ^ at[part][i]) * 0x100000001B3u;
    return sum;
}

static void rpc_peer_seal(const daotp__rpc_parts *parts, uint32_t sequence)
{
    uint64_t sum = rpc_peer_sum(parts, sequence);

    memset(parts->token, 0xEE, parts->token_len);
    memcpy(parts->token, &sum, sizeof sum);
    for (size_t i = 0; i < parts->stub_len; i++)
        parts->stub[i] ^= 0x5A;
}

static bool rpc_peer_unseal(const daotp__rpc_parts *parts, uint32_t sequence)
{
    uint64_t sum;

    if (parts->token_len != RPC_PEER_TOKEN)
        return false;
    for (size_t i = 0; i < parts->stub_len; i++)
        parts->stub[i] ^= 0x5A;
    sum = rpc_peer_sum(parts, sequence);
    return memcmp(parts->token, &sum, sizeof sum) == 0;
}

struct daotp__rpc_security {
    uint8_t type;
    unsigned legs;
    bool is_complete;
    uint32_t sent, received;
};

daotp_status daotp__rpc_security_new(const daotp__rpc_security_spec *spec, daotp_report *report,
                                     daotp__rpc_security **security)
{
    (void)report;
    *security = daotp__new(sizeof **security);
    if (*security != NULL)
        (*security)->type = spec->type;
    return *security != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

void daotp__rpc_security_free(daotp__rpc_security *security)
{
    daotp__delete(security);
}

daotp_status daotp__rpc_security_advance(daotp__rpc_security *security, daotp__bytes token,
                                         daotp__buffer *out, daotp_report *report)
{
    security->legs++;
    if (security->legs == 1) {
        daotp__buffer_text(out, "hello");
        return out->failed;
    }
    if (token.len == 6 && memcmp(token.data, "longer", 6) == 0) {
        daotp__buffer_text(out, "more");
        return out->failed;
    }
    if (token.len != 6 || memcmp(token.data, "server", 6) != 0)
        return daotp__report_add(report, DAOTP_FINDING_CA_KERBEROS, 0, "toy", "no such token");
    daotp__buffer_text(out, "done");
    security->is_complete = true;
    return out->failed;
}

bool daotp__rpc_security_is_complete(const daotp__rpc_security *security)
{
    return security->is_complete;
}

size_t daotp__rpc_security_token_len(const daotp__rpc_security *security, size_t stub_len)
{
    (void)security, (void)stub_len;
    return RPC_PEER_TOKEN;
}

bool daotp__rpc_security_seal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    rpc_peer_seal(parts, security->sent++);
    return true;
}

bool daotp__rpc_security_unseal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    return rpc_peer_unseal(parts, security->received++);
}

/* ---- the server ------------------------------------------------------------------------------ */

void rpc_peer_open(rpc_peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    memset(peer, 0, sizeof *peer);
    peer->fd = -1;
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(peer->listener, (struct sockaddr *)&address, len) != 0 ||
        listen(peer->listener, 4) != 0 ||
        getsockname(peer->listener, (struct sockaddr *)&address, &len) != 0)
        abort();
    peer->port = ntohs(address.sin_port);
}

void rpc_peer_hang_up(rpc_peer *peer)
{
    if (peer->fd >= 0)
        (void)close(peer->fd);
    peer->fd = -1;
    peer->in_len = peer->out_len = peer->out_sent = peer->stub_len = 0;
    peer->answers = peer->sent = peer->received = 0;
    peer->is_sealed = peer->is_done = false;
}

void rpc_peer_close(rpc_peer *peer)
{
    rpc_peer_hang_up(peer);
    (void)close(peer->listener);
}

static size_t rpc_peer_u16(const uint8_t *at)
{
    return (size_t)(at[0] | at[1] << 8);
}

static void rpc_peer_set_u16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void rpc_peer_head(uint8_t *pdu, uint8_t type, uint8_t flags, const uint8_t *call_id,
                          size_t len, size_t token_len)
{
    const uint8_t start[8] = {5, 0, type, flags, 0x10, 0, 0, 0};

    memcpy(pdu, start, sizeof start);
    rpc_peer_set_u16(pdu + 8, len);
    rpc_peer_set_u16(pdu + 10, token_len);
    memcpy(pdu + 12, call_id, 4);
}

static void rpc_peer_queue(rpc_peer *peer, uint8_t *pdu, size_t len, size_t room)
{
    if (peer->change != NULL)
        peer->change(peer, peer->answers, pdu, &len, room);
    peer->answers++;
    if (peer->out_len + len > sizeof peer->out)
        abort();
    memcpy(peer->out + peer->out_len, pdu, len);
    peer->out_len += len;
}

static void rpc_peer_ack(rpc_peer *peer, const uint8_t *pdu, bool has_token)
{
    uint8_t out[256] = {0};
    bool is_alter = pdu[2] == DAOTP__RPC_ALTER;
    uint8_t flags = DAOTP__RPC_FIRST | DAOTP__RPC_LAST;
    size_t len = 60, token_len = 0;

    rpc_peer_set_u16(out + 16, 5840);
    rpc_peer_set_u16(out + 18, 5840);
    rpc_peer_set_u16(out + 20, 0x1234);
    rpc_peer_set_u16(out + 24, 4);
    memcpy(out + 26, "135", 4);
    out[32] = 1;
    memcpy(out + 40, daotp__rpc_ndr32.uuid, DAOTP__UUID_OCTETS);
    out[56] = 2;
    if (has_token) {
        out[60] = peer->auth_type;
        out[61] = 6;
        out[64] = 1;
        token_len = 6;
        memcpy(out + 68, is_alter ? "last.." : "server", token_len);
        len += DAOTP__RPC_TRAILER + token_len;
        flags |= DAOTP__RPC_HEADER_SIGNING;
    }
    rpc_peer_head(out, is_alter ? DAOTP__RPC_ALTER_RESPONSE : DAOTP__RPC_BIND_ACK, flags, pdu + 12,
                  len, token_len);
    rpc_peer_queue(peer, out, len, sizeof out);
}

static void rpc_peer_respond(rpc_peer *peer, const uint8_t *call_id)
{
    size_t part = peer->reply_part != 0 ? peer->reply_part : 1024, at = 0, len, padded;
    uint8_t out[8192];

    do {
        daotp__rpc_parts parts = {.header = out, .header_len = 24, .stub = out + 24};
        size_t token_len = peer->is_sealed ? RPC_PEER_TOKEN : 0;
        size_t trailer_len = peer->is_sealed ? DAOTP__RPC_TRAILER : 0;
        uint8_t flags = 0;

        len = peer->reply.len - at < part ? peer->reply.len - at : part;
        padded = peer->is_sealed ? (len + 15) / 16 * 16 : len;
        memset(out, 0, sizeof out);
        flags |= at == 0 ? 1 : 0;
        flags |= at + len == peer->reply.len ? 2 : 0;
        if (len > 0)
            memcpy(out + 24, peer->reply.data + at, len);
        rpc_peer_head(out, DAOTP__RPC_RESPONSE, flags, call_id,
                      24 + padded + trailer_len + token_len, token_len);
        if (peer->is_sealed) {
            const uint8_t trailer[8] = {peer->auth_type, 6, (uint8_t)(padded - len), 0, 1, 0, 0, 0};

            parts.stub_len = padded;
            parts.trailer = out + 24 + padded;
            parts.trailer_len = 8;
            parts.token = parts.trailer + 8;
            parts.token_len = RPC_PEER_TOKEN;
            memcpy(parts.trailer, trailer, sizeof trailer);
            rpc_peer_seal(&parts, peer->sent++);
        }
        rpc_peer_queue(peer, out, rpc_peer_u16(out + 8), sizeof out);
        at += len;
    } while (at < peer->reply.len);
}

static void rpc_peer_take_request(rpc_peer *peer, uint8_t *pdu, size_t len)
{
    size_t header = (pdu[3] & DAOTP__RPC_OBJECT) != 0 ? 40 : 24, token = rpc_peer_u16(pdu + 10);
    size_t trailer = token > 0 ? len - token - DAOTP__RPC_TRAILER : len;
    size_t padding = token > 0 ? pdu[trailer + 2] : 0;
    daotp__rpc_parts parts = {.header = pdu,
                              .header_len = header,
                              .stub = pdu + header,
                              .stub_len = trailer - header,
                              .trailer = pdu + trailer,
                              .trailer_len = 8,
                              .token = pdu + trailer + 8,
                              .token_len = token};

    if (peer->is_sealed && !rpc_peer_unseal(&parts, peer->received++))
        peer->is_wrong = true;
    if (peer->is_sealed && (parts.stub_len % 16 != 0 || padding > 15))
        peer->is_wrong = true;
    if (((pdu[3] & DAOTP__RPC_FIRST) != 0) != (peer->stub_len == 0) || len > 5840)
        peer->is_wrong = true;
    memcpy(peer->stub + peer->stub_len, parts.stub, parts.stub_len - padding);
    peer->stub_len += parts.stub_len - padding;
    peer->is_done = (pdu[3] & DAOTP__RPC_LAST) != 0;
    if (peer->is_done)
        rpc_peer_respond(peer, pdu + 12);
}

static void rpc_peer_take(rpc_peer *peer, uint8_t *pdu, size_t len)
{
    size_t token = rpc_peer_u16(pdu + 10);

    if (token > 0 && pdu[2] != DAOTP__RPC_REQUEST)
        peer->auth_type = pdu[len - token - 8];
    if (pdu[2] == DAOTP__RPC_BIND || pdu[2] == DAOTP__RPC_ALTER)
        rpc_peer_ack(peer, pdu, token > 0);
    if (pdu[2] == DAOTP__RPC_ALTER || pdu[2] == DAOTP__RPC_AUTH3)
        peer->is_sealed = true;
    if (pdu[2] == DAOTP__RPC_REQUEST)
        rpc_peer_take_request(peer, pdu, len);
}

static bool rpc_peer_receive(rpc_peer *peer)
{
    ssize_t n = recv(peer->fd, peer->in + peer->in_len, sizeof peer->in - peer->in_len, 0);
    size_t len;

    if (n <= 0)
        return false;
    peer->in_len += (size_t)n;
    while (peer->in_len >= 16 && (len = rpc_peer_u16(peer->in + 8)) <= peer->in_len) {
        rpc_peer_take(peer, peer->in, len);
        peer->in_len -= len;
        memmove(peer->in, peer->in + len, peer->in_len);
    }
    return true;
}

static bool rpc_peer_send(rpc_peer *peer)
{
    size_t end = peer->out_len;
    ssize_t n;

    if (peer->cut > 0 && end > peer->cut)
        end = peer->cut;
    if (peer->gulp > 0 && end > peer->out_sent + peer->gulp)
        end = peer->out_sent + peer->gulp;
    if (end == peer->out_sent)
        return false;
    n = send(peer->fd, peer->out + peer->out_sent, end - peer->out_sent, MSG_NOSIGNAL);
    if (n > 0)
        peer->out_sent += (size_t)n;
    return n > 0;
}

bool rpc_peer_turn(rpc_peer *peer)
{
    const int on = 1;
    bool did = false;

    if (peer->fd < 0) {
        peer->fd = accept4(peer->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer->fd < 0)
            return false;
        (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        did = true;
    }
    did = rpc_peer_receive(peer) || did;
    did = rpc_peer_send(peer) || did;
    if (peer->cut > 0 && peer->out_sent >= peer->cut && peer->closes) {
        (void)shutdown(peer->fd, SHUT_WR);
        peer->closes = false;
        did = true;
    }
    return did;
}
