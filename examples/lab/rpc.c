/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <openssl/crypto.h>

#include "log.h"
#include "policy.h"

enum {
    REQUEST = 0,
    RESPONSE = 2,
    FAULT = 3,
    BIND = 11,
    BIND_ACK = 12,
    BIND_NAK = 13,
    ALTER = 14,
    ALTER_RESPONSE = 15,
    AUTH3 = 16,
    FIRST_LAST = 3,
    SIGNING = 4,
    OBJECT = 0x80,
    MAX_FRAGMENT = 5840,
    MAX_REQUEST = 128 * 1024,
    PRIVACY = 6,
};

struct rpc {
    struct event_base *base;
    struct rpc_config config;
    struct evconnlistener *mapper, *service;
    gss_cred_id_t credential;
    struct conn *conns;
};

struct conn {
    struct rpc *rpc;
    struct bufferevent *bev;
    struct conn *next, **link;
    bool is_mapper, signs;
    enum rpc_interface interface;
    uint8_t auth_type, auth_level;
    uint32_t auth_context;
    gss_ctx_id_t context;
    bool complete;
    uint8_t *stub; /* of the request so far */
    size_t stub_len;
};

/* One PDU of a client. */
struct pdu {
    uint8_t *data;
    size_t len, token_len, trailer; /* trailer: where, or len */
    uint32_t call_id;
};

static uint16_t u16_at(const uint8_t *o)
{
    return (uint16_t)(o[0] | o[1] << 8);
}

static uint32_t u32_at(const uint8_t *o)
{
    return u16_at(o) | (uint32_t)u16_at(o + 2) << 16;
}

static void set_u16(uint8_t *o, size_t value)
{
    o[0] = (uint8_t)value;
    o[1] = (uint8_t)(value >> 8);
}

static void set_u32(uint8_t *o, uint32_t value)
{
    set_u16(o, value & 0xffff);
    set_u16(o + 2, value >> 16);
}

static void conn_free(struct conn *c)
{
    OM_uint32 minor;

    *c->link = c->next;
    if (c->next != NULL)
        c->next->link = c->link;
    (void)gss_delete_sec_context(&minor, &c->context, GSS_C_NO_BUFFER);
    bufferevent_free(c->bev);
    free(c->stub);
    free(c);
}

static bool has_policy(const struct conn *c, enum policy_key key, const char *value)
{
    struct policy policy;

    return policy_read(lab_dir_path(c->rpc->config.lab, "ca/policy").s, &policy) == LAB_OK &&
           policy_is(&policy, key, value);
}

/* ---- sending ---- */

static void set_header(uint8_t *pdu, uint8_t type, uint8_t flags, uint32_t call_id, size_t len,
                       size_t token_len)
{
    const uint8_t start[8] = {5, 0, type, flags, 0x10, 0, 0, 0};

    memcpy(pdu, start, sizeof(start));
    set_u16(pdu + 8, len);
    set_u16(pdu + 10, token_len);
    set_u32(pdu + 12, call_id);
}

static void set_trailer(const struct conn *c, uint8_t *at, size_t padding)
{
    const uint8_t start[4] = {c->auth_type, c->auth_level, (uint8_t)padding, 0};

    memcpy(at, start, sizeof(start));
    set_u32(at + 4, c->auth_context);
}

static void send_fault(struct conn *c, uint32_t call_id, uint32_t code, bool executed)
{
    uint8_t out[32] = {0};

    set_header(out, FAULT, (uint8_t)(FIRST_LAST | (executed ? 0 : 0x20)), call_id, sizeof(out), 0);
    set_u32(out + 24, code);
    bufferevent_write(c->bev, out, sizeof(out));
}

static void send_nak(struct conn *c, uint32_t call_id, unsigned reason)
{
    uint8_t out[24] = {0};

    set_header(out, BIND_NAK, FIRST_LAST, call_id, sizeof(out), 0);
    set_u16(out + 16, reason);
    out[18] = 1;
    out[19] = 5;
    bufferevent_write(c->bev, out, sizeof(out));
}

static void send_ack(struct conn *c, const struct pdu *pdu, const gss_buffer_desc *token)
{
    uint8_t flags = FIRST_LAST;
    static const uint8_t ndr32[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
                                      0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00};
    bool is_alter = pdu->data[2] == ALTER;
    uint8_t out[68 + 0x4000] = {0};
    size_t len = 60;
    bool known = c->interface != RPC_NONE;

    set_u16(out + 16, MAX_FRAGMENT);
    set_u16(out + 18, MAX_FRAGMENT);
    set_u32(out + 20, 0x4c4142);
    set_u16(out + 24, 4);
    memcpy(out + 26, "135", 4);
    out[32] = 1;
    set_u16(out + 36, known ? 0 : 2);
    set_u16(out + 38, known ? 0 : 1);
    if (known)
        memcpy(out + 40, ndr32, sizeof(ndr32));
    if (token->length > 0 && token->length < 0x4000) {
        set_trailer(c, out + len, 0);
        memcpy(out + len + 8, token->value, token->length);
        len += 8 + token->length;
    }
    if (c->signs)
        flags |= SIGNING;
    set_header(out, is_alter ? ALTER_RESPONSE : BIND_ACK, flags, pdu->call_id, len, token->length);
    bufferevent_write(c->bev, out, len);
}

/* Header and trailer are signed only where both sides agreed on it. */
static void lay_out(const struct conn *c, gss_iov_buffer_desc iov[4], uint8_t *pdu, size_t header,
                    size_t stub, size_t token_len)
{
    memset(iov, 0, 4 * sizeof(*iov));
    iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
    iov[1].type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY;
    iov[2].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[3].type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY;
    iov[1].buffer = (gss_buffer_desc){header, pdu};
    iov[2].buffer = (gss_buffer_desc){stub, pdu + header};
    iov[3].buffer = (gss_buffer_desc){8, pdu + header + stub};
    iov[0].buffer = (gss_buffer_desc){token_len, pdu + header + stub + 8};
    if (!c->signs)
        iov[1].type = iov[3].type = GSS_IOV_BUFFER_TYPE_EMPTY;
}

static size_t token_len_of(const struct conn *c, size_t stub)
{
    gss_iov_buffer_desc iov[2] = {{.type = GSS_IOV_BUFFER_TYPE_HEADER},
                                  {.type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = {stub, NULL}}};
    OM_uint32 minor;

    if (gss_wrap_iov_length(&minor, c->context, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2) !=
        GSS_S_COMPLETE)
        return 0;
    return iov[0].buffer.length;
}

/* Sends one fragment, sealed if the connection is sealed, except under the fault that leaves the
 * seal out. */
static void send_fragment(struct conn *c, uint32_t call_id, uint8_t flags, struct rpc_bytes part)
{
    bool seal = c->complete && !has_policy(c, POLICY_RPC, "clear");
    size_t padding = seal ? (16 - part.len % 16) % 16 : 0;
    size_t stub = part.len + padding;
    size_t token = seal ? token_len_of(c, stub) : 0;
    size_t len = 24 + stub + (seal ? 8 + token : 0);
    uint8_t *out = calloc(1, len);
    gss_iov_buffer_desc iov[4];
    OM_uint32 minor;
    int sealed = 0;

    if (out == NULL)
        return;
    set_header(out, RESPONSE, flags, call_id, len, token);
    set_u32(out + 16, (uint32_t)part.len);
    if (part.len > 0)
        memcpy(out + 24, part.data, part.len);
    if (seal) {
        set_trailer(c, out + 24 + stub, padding);
        lay_out(c, iov, out, 24, stub, token);
        (void)gss_wrap_iov(&minor, c->context, 1, GSS_C_QOP_DEFAULT, &sealed, iov, 4);
    }
    bufferevent_write(c->bev, out, len);
    free(out);
}

static void send_stub(struct conn *c, uint32_t call_id, struct rpc_stub *stub)
{
    const size_t room = 5728; /* 5840 - 24 - 8 - 76, a multiple of 16 */
    size_t at = 0;

    if (stub->data == NULL) {
        send_fault(c, call_id, 14, true);
        return;
    }
    do {
        size_t len = stub->len - at < room ? stub->len - at : room;
        bool is_last = at + len == stub->len;
        uint8_t flags = (uint8_t)((at == 0) | is_last << 1); /* PFC_FIRST_FRAG, PFC_LAST_FRAG */

        send_fragment(c, call_id, flags, (struct rpc_bytes){stub->data + at, len});
        at += len;
    } while (at < stub->len);
}

/* ---- the calls ---- */

static bool principal_of(const struct conn *c, char *out, size_t size)
{
    gss_name_t name = GSS_C_NO_NAME;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    bool ok = gss_inquire_context(&minor, c->context, &name, NULL, NULL, NULL, NULL, NULL, NULL) ==
                  GSS_S_COMPLETE &&
              gss_display_name(&minor, name, &text, NULL) == GSS_S_COMPLETE && text.length < size;

    if (ok) {
        memcpy(out, text.value, text.length);
        out[text.length] = '\0';
    }
    (void)gss_release_buffer(&minor, &text);
    (void)gss_release_name(&minor, &name);
    return ok;
}

static void answer_map(struct conn *c, uint32_t call_id, struct rpc_bytes in)
{
    struct rpc_stub out = {NULL, 0, 0};
    int port = c->rpc->config.lab->rpc_port;

    if (rpc_read_map(in) != RPC_ICPR || has_policy(c, POLICY_ICPR, "off"))
        port = 0;
    else if (has_policy(c, POLICY_RPC, "firewall"))
        port = 1;
    rpc_write_map(&out, in, port);
    send_stub(c, call_id, &out);
    rpc_stub_free(&out);
}

static void answer_activation(struct conn *c, uint32_t call_id, struct rpc_bytes in)
{
    struct rpc_stub out = {NULL, 0, 0};
    bool creates = c->interface == RPC_ACTIVATOR;
    enum rpc_interface interface = creates ? rpc_read_creation(in) : rpc_read_activation(in);
    int port = c->rpc->config.lab->rpc_port;
    uint32_t hresult = 0;

    if (has_policy(c, POLICY_RPC, "firewall"))
        port = 1;
    if (interface == RPC_NONE || has_policy(c, POLICY_DCOM, "class"))
        hresult = 0x80040154;
    else if (has_policy(c, POLICY_DCOM, "access") ||
             (!creates && has_policy(c, POLICY_DCOM, "create")))
        hresult = 0x80070005;
    else if (interface == RPC_CERT_D2 && has_policy(c, POLICY_DCOM, "first"))
        hresult = 0x80004002;
    else if (has_policy(c, POLICY_DCOM, "stopped"))
        hresult = 0x80080005;
    printf("rpc: %s\n", creates ? "RemoteCreateInstance" : "RemoteActivation");
    if (creates)
        rpc_write_creation(&out, interface, port, hresult);
    else
        rpc_write_activation(&out, interface, port, hresult);
    send_stub(c, call_id, &out);
    rpc_stub_free(&out);
}

static void answer_request(struct conn *c, uint32_t call_id, unsigned opnum, struct rpc_bytes in)
{
    struct rpc_stub out = {NULL, 0, 0};
    struct rpc_request request;
    struct rpc_answer answer = {.result = 0};
    char principal[256] = "";
    bool ok = rpc_read_request(in, c->interface, opnum, &request) &&
              principal_of(c, principal, sizeof(principal));

    if (!ok) {
        send_fault(c, call_id, 0x6f7, true);
        return;
    }
    printf("rpc: %s asks %s by %s\n", principal, request.authority,
           c->interface == RPC_ICPR ? "ICPR" : "DCOM");
    if (c->interface != RPC_ICPR && has_policy(c, POLICY_DCOM, "off"))
        answer.result = 0x80094011;
    else if (c->interface != RPC_ICPR && has_policy(c, POLICY_DCOM, "rights"))
        answer.result = 0x80070005;
    else if (strcasecmp(request.authority, LAB_CA_NAME) != 0)
        answer.result = 0x80070057;
    else
        ok = c->rpc->config.decide(c->rpc->config.user, principal, &request, &answer);
    if (ok)
        rpc_write_answer(&out, c->interface, &answer);
    OPENSSL_free(answer.chain);
    OPENSSL_free(answer.cert);
    send_stub(c, call_id, &out);
    rpc_stub_free(&out);
}

static void answer_ping(struct conn *c, uint32_t call_id, struct rpc_bytes in)
{
    struct rpc_stub out = {NULL, 0, 0};
    struct rpc_request request;
    uint32_t result = 0;

    if (!rpc_read_ping(in, &request)) {
        send_fault(c, call_id, 0x6f7, true);
        return;
    }
    if (has_policy(c, POLICY_DCOM, "rights"))
        result = 0x80070005;
    else if (strcasecmp(request.authority, LAB_CA_NAME) != 0)
        result = 0x80070057;
    rpc_write_pong(&out, result);
    send_stub(c, call_id, &out);
    rpc_stub_free(&out);
}

static void answer_property(struct conn *c, uint32_t call_id, struct rpc_bytes in)
{
    struct rpc_stub out = {NULL, 0, 0};
    struct rpc_bytes octets = {NULL, 0};
    const char *text = NULL;
    struct rpc_property asked;
    uint32_t result = 0;
    bool is_ours;

    if (!rpc_read_property(in, &asked)) {
        send_fault(c, call_id, 0x6f7, true);
        return;
    }
    is_ours = asked.authority[0] == '\0' || strcasecmp(asked.authority, LAB_CA_NAME) == 0;
    is_ours = is_ours && c->rpc->config.tell(c->rpc->config.user, &asked, &text, &octets);
    if (has_policy(c, POLICY_DCOM, "rights"))
        result = 0x80070005;
    else if (!is_ours)
        result = 0x80070057;
    rpc_write_property(&out, text, octets, result);
    send_stub(c, call_id, &out);
    rpc_stub_free(&out);
}

/* Is the call for the object that the client got? If not, answer with a fault. */
static bool is_our_object(struct conn *c, uint32_t call_id, const uint8_t *object)
{
    if (c->interface == RPC_ICPR || (object != NULL && memcmp(object, rpc_ipid, RPC_UUID) == 0))
        return true;
    send_fault(c, call_id, 0x80010108, false);
    return false;
}

static bool is_request(enum rpc_interface interface, unsigned opnum)
{
    return (interface == RPC_ICPR && opnum == 0) || (interface == RPC_CERT_D && opnum == 3) ||
           (interface == RPC_CERT_D2 && (opnum == 3 || opnum == 6));
}

/* false: the connection is to be dropped. */
static bool answer_call(struct conn *c, uint32_t call_id, unsigned opnum, const uint8_t *object)
{
    struct rpc_bytes in = {c->stub, c->stub_len};

    if (c->is_mapper && has_policy(c, POLICY_RPC, "stalled"))
        return true;
    if (c->interface == RPC_MAPPER && opnum == 3) {
        answer_map(c, call_id, in);
    } else if (!c->complete || c->auth_level != PRIVACY || has_policy(c, POLICY_RPC, "access")) {
        send_fault(c, call_id, 5, false);
    } else if ((c->interface == RPC_ACTIVATION && opnum == 0) ||
               (c->interface == RPC_ACTIVATOR && opnum == 4)) {
        answer_activation(c, call_id, in);
    } else if (!is_our_object(c, call_id, object)) {
        printf("rpc: a call of another object\n"); /* refused by is_our_object() */
    } else if (c->interface != RPC_ICPR && opnum == 5) {
        answer_ping(c, call_id, in);
    } else if (c->interface == RPC_CERT_D2 && opnum == 7) {
        answer_property(c, call_id, in);
    } else if (is_request(c->interface, opnum)) {
        answer_request(c, call_id, opnum, in);
        return !has_policy(c, POLICY_RPC, "drop");
    } else {
        send_fault(c, call_id, 0x1c010002, false);
    }
    return true;
}

/* ---- receiving ---- */

static bool unseal_request(const struct conn *c, const struct pdu *pdu, size_t header, size_t stub)
{
    gss_iov_buffer_desc iov[4];
    OM_uint32 minor;
    int sealed = 0;

    lay_out(c, iov, pdu->data, header, stub, pdu->token_len);
    return gss_unwrap_iov(&minor, c->context, &sealed, NULL, iov, 4) == GSS_S_COMPLETE &&
           sealed != 0;
}

/* Adds the stub of this fragment to the earlier ones. */
static bool add_fragment(struct conn *c, const struct pdu *pdu, size_t header)
{
    size_t stub = pdu->trailer - header;
    size_t padding = 0;
    uint8_t *larger;

    if (pdu->token_len > 0) {
        padding = pdu->data[pdu->trailer + 2];
        if (!c->complete || padding > stub || !unseal_request(c, pdu, header, stub))
            return false;
    } else if (c->complete) {
        return false; /* on a sealed connection every fragment is sealed */
    }
    stub -= padding;
    if (c->stub_len + stub > MAX_REQUEST)
        return false;
    larger = realloc(c->stub, c->stub_len + stub + 1);
    if (larger == NULL)
        return false;
    c->stub = larger;
    memcpy(c->stub + c->stub_len, pdu->data + header, stub);
    c->stub_len += stub;
    return true;
}

static bool take_request(struct conn *c, const struct pdu *pdu)
{
    bool has_object = (pdu->data[3] & OBJECT) != 0;
    size_t header = has_object ? 40 : 24;
    bool go_on;

    if (pdu->trailer < header)
        return false;
    if ((pdu->data[3] & 1) != 0)
        c->stub_len = 0;
    if (!add_fragment(c, pdu, header)) {
        send_fault(c, pdu->call_id, 0x721, false);
        return true;
    }
    if ((pdu->data[3] & 2) == 0)
        return true;
    go_on =
        answer_call(c, pdu->call_id, u16_at(pdu->data + 22), has_object ? pdu->data + 24 : NULL);
    fflush(stdout);
    return go_on;
}

static OM_uint32 accept_token(struct conn *c, const struct pdu *pdu, gss_buffer_desc *out)
{
    gss_buffer_desc in = {pdu->token_len, pdu->data + pdu->trailer + 8};
    OM_uint32 minor;
    OM_uint32 major;

    if (c->complete)
        return GSS_S_COMPLETE;
    major = gss_accept_sec_context(&minor, &c->context, c->rpc->credential, &in,
                                   GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, out, NULL, NULL, NULL);
    c->complete = major == GSS_S_COMPLETE;
    return major;
}

/* The interface that a bind asks for; only the first presentation context is read. */
static enum rpc_interface find_served_interface(const struct conn *c, const struct pdu *pdu)
{
    enum rpc_interface found = rpc_find_interface(pdu->data + 32);
    bool is_for_mapper = found == RPC_MAPPER || found == RPC_ACTIVATION || found == RPC_ACTIVATOR;

    if (is_for_mapper != c->is_mapper || (found == RPC_ICPR && has_policy(c, POLICY_ICPR, "off")))
        return RPC_NONE;
    return found;
}

static bool take_bind(struct conn *c, const struct pdu *pdu)
{
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;

    if (pdu->len < 72)
        return false;
    c->interface = find_served_interface(c, pdu);
    if (pdu->token_len > 0) {
        c->signs = (pdu->data[3] & SIGNING) != 0;
        c->auth_type = pdu->data[pdu->trailer];
        c->auth_level = pdu->data[pdu->trailer + 1];
        c->auth_context = u32_at(pdu->data + pdu->trailer + 4);
        if (GSS_ERROR(accept_token(c, pdu, &out))) {
            (void)gss_release_buffer(&minor, &out);
            send_nak(c, pdu->call_id, 9);
            return true;
        }
    }
    send_ack(c, pdu, &out);
    (void)gss_release_buffer(&minor, &out);
    return true;
}

static bool take_auth3(struct conn *c, const struct pdu *pdu)
{
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    bool ok = pdu->token_len > 0 && !GSS_ERROR(accept_token(c, pdu, &out));

    (void)gss_release_buffer(&minor, &out);
    return ok;
}

static bool take_pdu(struct conn *c, const struct pdu *pdu)
{
    switch (pdu->data[2]) {
    case BIND:
    case ALTER:
        return take_bind(c, pdu);
    case AUTH3:
        return take_auth3(c, pdu);
    case REQUEST:
        return take_request(c, pdu);
    default:
        return false;
    }
}

static bool read_pdu(uint8_t *data, size_t len, struct pdu *pdu)
{
    pdu->data = data;
    pdu->len = len;
    pdu->token_len = u16_at(data + 10);
    pdu->call_id = u32_at(data + 12);
    pdu->trailer = len;
    if (data[0] != 5 || data[4] != 0x10)
        return false;
    if (pdu->token_len == 0)
        return true;
    if (pdu->token_len + 8 > len - 16)
        return false;
    pdu->trailer = len - pdu->token_len - 8;
    return true;
}

/* 1: one was taken, 0: it is not whole yet, -1: the end of the connection. */
static int take_one(struct conn *c, struct evbuffer *in)
{
    uint8_t head[16];
    uint8_t *data;
    struct pdu pdu;
    size_t len;
    bool ok;

    if (evbuffer_copyout(in, head, sizeof(head)) < (ev_ssize_t)sizeof(head))
        return 0;
    len = u16_at(head + 8);
    if (len < sizeof(head) || len > MAX_FRAGMENT)
        return -1;
    if (evbuffer_get_length(in) < len)
        return 0;
    data = malloc(len);
    if (data == NULL)
        return -1;
    evbuffer_remove(in, data, len);
    ok = read_pdu(data, len, &pdu) && take_pdu(c, &pdu);
    free(data);
    return ok ? 1 : -1;
}

static void on_readable(struct bufferevent *bev, void *user)
{
    int taken = 1;

    while (taken == 1)
        taken = take_one(user, bufferevent_get_input(bev));
    if (taken < 0)
        conn_free(user);
}

static void on_event(struct bufferevent *bev, short what, void *user)
{
    (void)bev;
    if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) != 0)
        conn_free(user);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int len, void *user)
{
    const struct timeval patience = {30, 0};
    struct rpc *rpc = user;
    struct conn *c = calloc(1, sizeof(*c));

    (void)from;
    (void)len;
    if (c != NULL)
        c->bev = bufferevent_socket_new(rpc->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (c == NULL || c->bev == NULL) {
        free(c);
        close(fd);
        return;
    }
    c->rpc = rpc;
    c->is_mapper = listener == rpc->mapper;
    c->next = rpc->conns;
    c->link = &rpc->conns;
    if (c->next != NULL)
        c->next->link = &c->next;
    rpc->conns = c;
    bufferevent_setcb(c->bev, on_readable, NULL, on_event, c);
    bufferevent_set_timeouts(c->bev, &patience, &patience);
    bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* ---- the process ---- */

/* The keytab exists only after the KDC has been made, which is later than the CA. */
static void on_first(struct rpc *rpc)
{
    struct lab_dir_path keytab = lab_dir_path(rpc->config.lab, "kdc/ca.keytab");
    gss_key_value_element_desc element = {"keytab", keytab.s};
    gss_key_value_set_desc store = {1, &element};
    OM_uint32 minor;

    if (rpc->credential != GSS_C_NO_CREDENTIAL)
        return;
    (void)gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET,
                                GSS_C_ACCEPT, &store, &rpc->credential, NULL, NULL);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
                          struct sockaddr *from, int len, void *user)
{
    on_first(user);
    on_accept(listener, fd, from, len, user);
}

int rpc_start(struct event_base *base, const struct rpc_config *config, struct rpc **out)
{
    const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    struct rpc *rpc = calloc(1, sizeof(*rpc));

    *out = rpc;
    if (rpc == NULL)
        return LAB_MEMORY;
    rpc->base = base;
    rpc->config = *config;
    evutil_make_socket_nonblocking(config->mapper_fd);
    evutil_make_socket_nonblocking(config->service_fd);
    rpc->mapper = evconnlistener_new(base, on_connection, rpc, flags, 0, config->mapper_fd);
    rpc->service = evconnlistener_new(base, on_connection, rpc, flags, 0, config->service_fd);
    return rpc->mapper != NULL && rpc->service != NULL ? LAB_OK : LAB_MEMORY;
}

void rpc_stop(struct rpc *rpc)
{
    OM_uint32 minor;

    if (rpc == NULL)
        return;
    for (struct conn *c = rpc->conns, *next; c != NULL; c = next) {
        next = c->next;
        conn_free(c);
    }
    if (rpc->mapper != NULL)
        evconnlistener_free(rpc->mapper);
    if (rpc->service != NULL)
        evconnlistener_free(rpc->service);
    (void)gss_release_cred(&minor, &rpc->credential);
    free(rpc);
}
