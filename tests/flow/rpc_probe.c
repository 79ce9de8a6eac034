/* SPDX-License-Identifier: BSD-2-Clause */
/* One sealed call of SAMR on a domain controller, as the library makes it: endpoint mapper, ticket
 * by the password, bind, request in as many fragments as wanted.
 *
 *   rpc_probe HOST MAPPER-PORT TYPE USER REALM KDC PADDING <<<PASSWORD
 *
 * MAPPER-PORT 0: the ticket alone, and its principal is printed. KDC -: nobody names it.
 * Prints the length of the reply, or the refusal, and the findings; ends 0 when a reply came. */
#include "ca/endpoint_map.h"
#include "ca/rpc_connection.h"
#include "ca/ticket.h"
#include "core/alloc.h"

#include <daotp/daotp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST = 1, MAPPER, TYPE, USER, REALM, KDC, PADDING, ARGUMENTS, CONNECT_MS = 5000 };

static const daotp__rpc_syntax samr = {{0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00,
                                        0x01, 0x23, 0x45, 0x67, 0x89, 0xac},
                                       1,
                                       0};

typedef struct probe {
    daotp_context *context;
    daotp_report *report;
    daotp__loop *loop;
    daotp__ticket *ticket;
    char **argv;
} probe;

static bool is_waiting(const probe *p, daotp_status status)
{
    if (status != DAOTP_AGAIN)
        return false;
    daotp__loop_wait(p->loop);
    return daotp__loop_dispatch(p->loop) == DAOTP_OK;
}

static daotp_status get_ticket(probe *p, const char *password)
{
    daotp__ticket_spec spec = {.loop = p->loop,
                               .connect_ms = CONNECT_MS,
                               .host = p->argv[HOST],
                               .user_name = p->argv[USER],
                               .password = {(const uint8_t *)password, strlen(password)},
                               .realm = p->argv[REALM]};
    daotp_status status;

    if (strcmp(p->argv[KDC], "-") != 0)
        spec.kdc = p->argv[KDC];
    status = daotp__ticket_new(&spec, p->report, &p->ticket);

    while (status == DAOTP_OK || is_waiting(p, status)) {
        status = daotp__ticket_step(p->ticket, p->report);
        if (status == DAOTP_OK)
            break;
    }
    return status;
}

/* One call on a connection of its own. */
static daotp_status call(probe *p, const daotp__rpc_connection_spec *spec, uint16_t opnum,
                         daotp__bytes stub, daotp__buffer *reply)
{
    daotp__rpc_connection *connection;
    daotp_status status = daotp__rpc_connection_new(spec, p->report, &connection);
    uint32_t number;

    if (status != DAOTP_OK)
        return status;
    do {
        status = daotp__rpc_connection_open(connection, p->report);
    } while (is_waiting(p, status));
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_call(connection, opnum, NULL, stub);
    if (status == DAOTP_OK)
        do {
            status = daotp__rpc_connection_step(connection, p->report);
        } while (is_waiting(p, status));
    if (daotp__rpc_connection_refusal(connection, &number) != DAOTP__RPC_NOT_REFUSED)
        printf("refusal %d 0x%08X\n", (int)daotp__rpc_connection_refusal(connection, &number),
               (unsigned)number);
    if (status == DAOTP_OK)
        daotp__buffer_add(reply, daotp__rpc_connection_reply(connection).data,
                          daotp__rpc_connection_reply(connection).len);
    daotp__rpc_connection_free(connection);
    return status;
}

static daotp_status find_samr(probe *p, daotp__rpc_connection_spec *spec)
{
    daotp__buffer stub, reply;
    daotp__ept_answer answer;
    const char *why;
    daotp_status status;

    daotp__buffer_init(&stub, 4096);
    daotp__buffer_init(&reply, 4096);
    daotp__ept_map_write(&samr, &stub);
    status = call(p, spec, DAOTP__EPT_MAP_OPNUM, daotp__buffer_bytes(&stub), &reply);
    if (status == DAOTP_OK &&
        !daotp__ept_map_read(daotp__buffer_bytes(&reply), &samr, &answer, &why))
        status = DAOTP_PEER;
    if (status == DAOTP_OK) {
        printf("samr at port %u, status 0x%08X\n", (unsigned)answer.port, (unsigned)answer.status);
        spec->port = answer.port;
    }
    daotp__buffer_free(&stub);
    daotp__buffer_free(&reply);
    return status;
}

/* SamrConnect: what stands behind its arguments is not read by the server, and fills fragments. */
static daotp_status connect_samr(probe *p, daotp__rpc_connection_spec *spec)
{
    daotp__rpc_security_spec security = {.type = (uint8_t)atoi(p->argv[TYPE]),
                                         .cache = daotp__ticket_cache(p->ticket),
                                         .principal = daotp__ticket_principal(p->ticket),
                                         .subject = p->argv[HOST]};
    size_t padding = (size_t)atol(p->argv[PADDING]);
    daotp__buffer stub, reply;
    daotp_status status;

    daotp__buffer_init(&stub, 1 << 20);
    daotp__buffer_init(&reply, 1 << 20);
    daotp__ndr_add_u32(&stub, 0);
    daotp__ndr_add_u32(&stub, 0x02000000);
    for (size_t i = 0; i < padding; i++)
        daotp__buffer_byte(&stub, 0);
    spec->interface = &samr;
    spec->security = &security;
    status = call(p, spec, 0, daotp__buffer_bytes(&stub), &reply);
    if (status == DAOTP_OK)
        printf("reply of %zu octets\n", reply.len);
    daotp__buffer_free(&stub);
    daotp__buffer_free(&reply);
    return status;
}

int main(int argc, char **argv)
{
    probe p = {.argv = argv};
    char password[256] = "";
    daotp__rpc_connection_spec spec = {.connect_ms = CONNECT_MS,
                                       .interface = &daotp__ept_interface};
    daotp_status status;

    if (argc != ARGUMENTS || fgets(password, sizeof password, stdin) == NULL ||
        daotp_context_new(&p.context) != DAOTP_OK ||
        daotp_report_new(p.context, &p.report) != DAOTP_OK ||
        daotp__loop_new(p.context, &p.loop) != DAOTP_OK)
        return 64;
    password[strcspn(password, "\n")] = '\0';
    daotp__loop_begin(p.loop, 20000);
    spec.loop = p.loop;
    spec.host = argv[HOST];
    spec.port = (uint16_t)atoi(argv[MAPPER]);
    status = get_ticket(&p, password);
    if (status == DAOTP_OK)
        printf("ticket for %s\n", daotp__ticket_principal(p.ticket));
    if (status == DAOTP_OK && spec.port != 0)
        status = find_samr(&p, &spec);
    if (status == DAOTP_OK && spec.port != 0)
        status = connect_samr(&p, &spec);
    for (size_t i = 0; i < daotp_report_get_count(p.report); i++)
        printf("finding %s: %s\n", daotp_finding_get_id(daotp_report_get_finding(p.report, i)),
               daotp_finding_get_found(daotp_report_get_finding(p.report, i)));
    daotp__ticket_free(p.ticket);
    daotp__loop_free(p.loop);
    daotp_report_free(p.report);
    daotp_context_unref(p.context);
    return status == DAOTP_OK ? 0 : 1;
}
