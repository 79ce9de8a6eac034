/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One submission by ICPR, from the ticket in the user's cache to the CA's answer, beside one by the
 * web service of the same CA, and beside the same bytes over bare sockets with the same calls of
 * GSSAPI. The request is one that the CA refuses at once, so that the way is measured and not the
 * CA.
 *
 *   bench-rpc [ROUNDS]
 *
 * It starts a lab of its own. Last line: wstep_ratio and floor_ratio, the time by ICPR divided by
 * that of the other; medians of runs in shuffled order.
 */
#include "sample.h"

#include "ca/ca.h"
#include "ca/cert_call.h"
#include "ca/endpoint_map.h"
#include "core/alloc.h"

#include <daotp/daotp.h>

#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BY_ICPR, BY_WSTEP, BY_FLOOR, KINDS, REQUEST = 3400, ROOM = 65536 };

static uint8_t request_octets[REQUEST];
static const daotp__bytes request = {request_octets, REQUEST};

/* ---- ours ------------------------------------------------------------------------------------ */

static daotp_status give_password(void *user, const char *host, daotp_host_origin origin,
                                  uint32_t attempt, daotp_domain_credential *answer)
{
    static const char password[] = "alice-password";

    (void)user, (void)host, (void)origin, (void)attempt;
    return daotp_domain_credential_set(answer, "LAB\\alice", password, sizeof password - 1);
}

static void wait_for(daotp_submission *submission)
{
    struct pollfd fd = {.fd = daotp__submission_fd(submission), .events = POLLIN};

    (void)poll(&fd, 1, daotp__submission_timeout_ms(submission));
}

static void submit(daotp_context *context, daotp_ca *ca, daotp_trust *trust)
{
    daotp__submission_spec spec = {.context = context,
                                   .request = request,
                                   .config = "localhost\\Lab Issuing CA",
                                   .trust = trust,
                                   .server_rules = DAOTP_RULES_PATH,
                                   .connect_ms = 5000,
                                   .ask = give_password,
                                   .user = "LAB\\alice"};
    daotp_submission *submission = NULL;
    daotp_status status;

    if (daotp_report_new(context, &spec.report) != DAOTP_OK ||
        daotp__refusals_new(&spec.refusals) != DAOTP_OK)
        give_up("out of memory");
    status = daotp__submission_new(ca, &spec, &submission);
    if (status == DAOTP_OK)
        while ((status = daotp__submission_step(submission)) == DAOTP_AGAIN)
            wait_for(submission);
    if (submission == NULL || daotp__submission_outcome(submission) != DAOTP__OUTCOME_DENIED)
        give_up("the CA did not refuse: %s", daotp_report_get_text(spec.report));
    daotp__submission_free(submission);
    daotp__refusals_free(spec.refusals);
    daotp_report_free(spec.report);
}

/* ---- the floor ------------------------------------------------------------------------------- */

static gss_OID_desc krb5 = {9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_desc spnego = {6, "\x2b\x06\x01\x05\x05\x02"};

typedef struct floor_side {
    gss_cred_id_t credential;
    gss_ctx_id_t context;
    gss_name_t target;
    bool is_complete;
} floor_side;

static int connect_to(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) != 0)
        give_up("no connection to port %d", port);
    return fd;
}

static size_t exchange(int fd, const daotp__buffer *out, uint8_t *in)
{
    size_t len = 0, wanted = 16;

    if (send(fd, out->data, out->len, MSG_NOSIGNAL) != (ssize_t)out->len)
        give_up("cannot send");
    while (len < wanted) {
        ssize_t n = recv(fd, in + len, wanted - len, 0);

        if (n <= 0)
            give_up("the CA closed the connection");
        len += (size_t)n;
        if (len >= 16)
            wanted = (size_t)(in[8] | in[9] << 8);
    }
    return len;
}

static void floor_new(floor_side *side, const char *cache)
{
    gss_key_value_element_desc element = {"ccache", cache};
    gss_key_value_set_desc store = {1, &element};
    gss_OID_set_desc wanted = {1, &spnego}, inner = {1, &krb5};
    gss_buffer_desc name = {26, "host/localhost@LAB.EXAMPLE"};
    OM_uint32 minor;

    *side = (floor_side){.is_complete = false};
    if (gss_import_name(&minor, &name, GSS_KRB5_NT_PRINCIPAL_NAME, &side->target) !=
            GSS_S_COMPLETE ||
        gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted, GSS_C_INITIATE,
                              &store, &side->credential, NULL, NULL) != GSS_S_COMPLETE ||
        gss_set_neg_mechs(&minor, side->credential, &inner) != GSS_S_COMPLETE)
        give_up("no credential in %s", cache);
}

static void floor_free(floor_side *side)
{
    OM_uint32 minor;

    (void)gss_delete_sec_context(&minor, &side->context, GSS_C_NO_BUFFER);
    (void)gss_release_name(&minor, &side->target);
    (void)gss_release_cred(&minor, &side->credential);
}

static void floor_bind(floor_side *side, int fd, daotp__buffer *out, uint8_t *in)
{
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER, made;
    const OM_uint32 flags = GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG |
                            GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    OM_uint32 minor, major;

    for (uint8_t type = DAOTP__RPC_BIND; !side->is_complete; type = DAOTP__RPC_ALTER) {
        daotp__rpc_bind bind = {.type = type, .call_id = 1, .interface = &daotp__icpr_interface};
        size_t len;

        made = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
        major = gss_init_sec_context(&minor, side->credential, &side->context, side->target,
                                     &spnego, flags, 0, GSS_C_NO_CHANNEL_BINDINGS, &token, NULL,
                                     &made, NULL, NULL);
        if (GSS_ERROR(major))
            give_up("GSSAPI: %u %u", (unsigned)major, (unsigned)minor);
        side->is_complete = major == GSS_S_COMPLETE;
        bind.max_fragment = 5840;
        bind.auth = (daotp__rpc_auth){
            .type = 9, .level = 6, .context_id = 1, .token = {made.value, made.length}};
        daotp__buffer_clear(out);
        if (made.length > 0) {
            daotp__rpc_bind_write(&bind, out);
            len = exchange(fd, out, in);
            token.length = (size_t)(in[10] | in[11] << 8);
            token.value = in + len - token.length;
        }
        (void)gss_release_buffer(&minor, &made);
    }
}

static void lay_out(gss_iov_buffer_desc *iov, uint8_t *pdu, size_t header, size_t stub,
                    size_t token)
{
    iov[0] = (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_HEADER, {token, pdu + header + stub + 8}};
    iov[1] = (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_SIGN_ONLY, {header, pdu}};
    iov[2] = (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_DATA, {stub, pdu + header}};
    iov[3] = (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_SIGN_ONLY, {8, pdu + header + stub}};
}

static void floor_call(floor_side *side, int fd, daotp__bytes stub, daotp__buffer *out, uint8_t *in)
{
    gss_iov_buffer_desc iov[4] = {
        {.type = GSS_IOV_BUFFER_TYPE_HEADER},
        {.type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = {(stub.len + 15) / 16 * 16, NULL}}};
    daotp__rpc_request fragment = {.call_id = 2, .flags = 3, .stub = stub};
    daotp__rpc_layout layout;
    OM_uint32 minor;
    size_t len, token;
    int sealed;

    (void)gss_wrap_iov_length(&minor, side->context, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2);
    fragment.auth = (daotp__rpc_auth){
        .type = 9, .level = 6, .context_id = 1, .token = {NULL, iov[0].buffer.length}};
    daotp__buffer_clear(out);
    daotp__rpc_request_write(&fragment, out, &layout);
    lay_out(iov, out->data, layout.header, layout.stub, layout.token);
    if (gss_wrap_iov(&minor, side->context, 1, GSS_C_QOP_DEFAULT, &sealed, iov, 4) !=
        GSS_S_COMPLETE)
        give_up("cannot seal");
    len = exchange(fd, out, in);
    token = (size_t)(in[10] | in[11] << 8);
    lay_out(iov, in, 24, len - 24 - 8 - token, token);
    if (token == 0 ||
        gss_unwrap_iov(&minor, side->context, &sealed, NULL, iov, 4) != GSS_S_COMPLETE)
        give_up("cannot unseal");
}

/* Two connections, as ours. */
static void run_floor(const char *cache, int mapper_port)
{
    daotp__cert_call call = {
        .flags = DAOTP__CERT_CMC, .authority = "Lab Issuing CA", .request = request};
    daotp__rpc_bind bind = {.type = DAOTP__RPC_BIND,
                            .call_id = 1,
                            .interface = &daotp__ept_interface,
                            .max_fragment = 5840};
    static uint8_t in[ROOM];
    daotp__rpc_layout layout;
    daotp__rpc_request question = {.call_id = 2, .flags = 3, .opnum = DAOTP__EPT_MAP_OPNUM};
    daotp__ept_answer answer;
    daotp__buffer out, stub;
    floor_side side;
    const char *why;
    int fd = connect_to(mapper_port);
    size_t len;

    daotp__buffer_init(&out, ROOM);
    daotp__buffer_init(&stub, ROOM);
    daotp__rpc_bind_write(&bind, &out);
    (void)exchange(fd, &out, in);
    daotp__ept_map_write(&daotp__icpr_interface, &stub);
    question.stub = daotp__buffer_bytes(&stub);
    daotp__buffer_clear(&out);
    daotp__rpc_request_write(&question, &out, &layout);
    len = exchange(fd, &out, in);
    if (!daotp__ept_map_read((daotp__bytes){in + 24, len - 24}, &daotp__icpr_interface, &answer,
                             &why))
        give_up("%s", why);
    (void)close(fd);
    fd = connect_to(answer.port);
    floor_new(&side, cache);
    floor_bind(&side, fd, &out, in);
    daotp__buffer_clear(&stub);
    daotp__icpr_request_write(&call, &stub);
    floor_call(&side, fd, daotp__buffer_bytes(&stub), &out, in);
    (void)close(fd);
    floor_free(&side);
    daotp__buffer_free(&out);
    daotp__buffer_free(&stub);
}

/* ---- the measurement ------------------------------------------------------------------------- */

typedef struct bench {
    daotp_context *context;
    daotp_trust *trust;
    daotp_ca *icpr, *wstep;
    const char *cache;
    int mapper_port;
} bench;

static void must(daotp_status status, const char *what)
{
    if (status != DAOTP_OK)
        give_up("%s: %s", what, daotp_status_name(status));
}

static void set_up(bench *b)
{
    b->cache = getenv("BENCH_CACHE");
    b->mapper_port = atoi(getenv("LAB_CA_MAPPER_PORT"));
    must(daotp_context_new(&b->context), "context");
    must(daotp_trust_new(b->context, &b->trust), "trust");
    must(daotp_trust_add_file(b->trust, getenv("LAB_TRUST"), NULL), "anchors");
    must(daotp_ca_new_rpc(b->context, DAOTP_CA_WAY_ICPR, &b->icpr), "CA");
    must(daotp_ca_allow_host(b->icpr, "localhost"), "host");
    must(daotp_ca_set_ticket_cache(b->icpr, b->cache), "cache");
    must(daotp_ca_set_mapper_port(b->icpr, (uint16_t)b->mapper_port), "port");
    must(daotp_ca_new_wstep(b->context, DAOTP_CA_USERNAME, &b->wstep), "CA");
    must(daotp_ca_set_url(b->wstep, getenv("LAB_CES")), "URL");
}

static double run_once(const bench *b, int kind)
{
    double began = sample_wall_us();

    if (kind == BY_ICPR)
        submit(b->context, b->icpr, b->trust);
    else if (kind == BY_WSTEP)
        submit(b->context, b->wstep, b->trust);
    else
        run_floor(b->cache, b->mapper_port);
    return sample_wall_us() - began;
}

static void measure(const bench *b, size_t rounds)
{
    static const char *const names[KINDS] = {"ICPR", "WSTEP", "bare sockets and GSSAPI"};
    const size_t counts[KINDS] = {rounds, rounds, rounds};
    struct sample samples[KINDS] = {{0}};
    double medians[KINDS];
    struct deck deck;

    deck_make(&deck, counts, KINDS);
    deck_shuffle(&deck);
    for (int kind = 0; kind < KINDS; kind++)
        (void)run_once(b, kind); /* what is made once */
    for (size_t i = 0; i < deck.count; i++)
        sample_add(&samples[deck.cards[i]], run_once(b, deck.cards[i]));
    for (int kind = 0; kind < KINDS; kind++) {
        medians[kind] = sample_at(&samples[kind], 0.5);
        printf("%-24s %8.0f us, 90 %% within %.0f us\n", names[kind], medians[kind],
               sample_at(&samples[kind], 0.9));
        sample_free(&samples[kind]);
    }
    deck_free(&deck);
    printf("wstep_ratio=%.2f floor_ratio=%.2f\n", medians[BY_ICPR] / medians[BY_WSTEP],
           medians[BY_ICPR] / medians[BY_FLOOR]);
}

/* A lab, tickets of alice and for the CA, and this program again in its surroundings. */
static int run_in_lab(const char *self, const char *rounds)
{
    static const char script[] =
        "dir=$(mktemp -d) || exit 70\n"
        "trap '\"$TOOL\" lab down \"$dir/lab\"; rm -rf \"$dir\"' EXIT\n"
        "\"$TOOL\" lab up --kdc --no-radius \"$dir/lab\" >&2 && . \"$dir/lab/env\" || exit 2\n"
        "export BENCH_CACHE=FILE:$dir/cache\n"
        "echo alice-password | kinit -c \"$BENCH_CACHE\" \"alice@$LAB_REALM\" >/dev/null &&\n"
        "kvno -q -c \"$BENCH_CACHE\" \"host/localhost@$LAB_REALM\" || exit 2\n"
        "\"$SELF\" \"$ROUNDS\"\n";

    if (setenv("TOOL", BENCH_TOOL, 1) != 0 || setenv("SELF", self, 1) != 0 ||
        setenv("ROUNDS", rounds, 1) != 0)
        return 71;
    execl("/bin/sh", "sh", "-c", script, (char *)NULL);
    return 70;
}

int main(int argc, char **argv)
{
    const char *rounds = argc > 1 ? argv[1] : "100";
    bench b = {.context = NULL};

    if (getenv("BENCH_CACHE") == NULL)
        return run_in_lab(argv[0], rounds);
    for (size_t i = 0; i < REQUEST; i++)
        request_octets[i] = (uint8_t)(i * 7);
    set_up(&b);
    measure(&b, (size_t)atol(rounds));
    daotp_ca_unref(b.icpr);
    daotp_ca_unref(b.wstep);
    daotp_trust_unref(b.trust);
    daotp_context_unref(b.context);
    return 0;
}
