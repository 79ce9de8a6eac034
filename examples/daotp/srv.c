/* SPDX-License-Identifier: BSD-2-Clause */
#include "srv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ANSWER = 65535, SRV_HEAD = 6 };

/* A host as a server may name one: no name with an escape in it. */
static bool is_plain_host(const char *host)
{
    return *host != '\0' && *host != '.' && *host != '-' &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
               strlen(host);
}

static bool read_record(const ns_msg *message, const ns_rr *rr, srv_record *record)
{
    const uint8_t *data = ns_rr_rdata(*rr);

    if (ns_rr_type(*rr) != ns_t_srv || ns_rr_rdlen(*rr) <= SRV_HEAD)
        return false;
    record->priority = ns_get16(data);
    record->weight = ns_get16(data + 2);
    record->port = ns_get16(data + 4);
    return dn_expand(ns_msg_base(*message), ns_msg_end(*message), data + SRV_HEAD, record->host,
                     sizeof record->host) > 0 &&
           is_plain_host(record->host) && record->port != 0;
}

/* By priority, then the heavier first (the draw of RFC 2782 is for many clients, not for one). */
static int compare_records(const void *a, const void *b)
{
    const srv_record *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority - y->priority;
    if (x->weight != y->weight)
        return y->weight - x->weight;
    return strcmp(x->host, y->host);
}

size_t srv_read(const uint8_t *answer, size_t len, srv_record found[SRV_MAX])
{
    ns_msg message;
    size_t count = 0;

    if (len > MAX_ANSWER || ns_initparse(answer, (int)len, &message) != 0)
        return 0;
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && count < SRV_MAX; i++) {
        ns_rr rr;

        if (ns_parserr(&message, ns_s_an, i, &rr) != 0)
            break;
        count += read_record(&message, &rr, &found[count]);
    }
    qsort(found, count, sizeof found[0], compare_records);
    return count;
}

static bool set_name_server(struct __res_state *state, const char *dns)
{
    char address[64];
    const char *colon = strrchr(dns, ':');
    size_t len = colon != NULL ? (size_t)(colon - dns) : strlen(dns);
    struct sockaddr_in *server = &state->nsaddr_list[0];
    long port = colon != NULL ? strtol(colon + 1, NULL, 10) : 53;

    if (len >= sizeof address || port < 1 || port > 65535)
        return false;
    memcpy(address, dns, len);
    address[len] = '\0';
    *server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    state->nscount = 1;
    return inet_pton(AF_INET, address, &server->sin_addr) == 1;
}

/* How a query ended that gave no record (netdb.h). */
static const char *explain_no_record(int h_error)
{
    switch (h_error) {
    case HOST_NOT_FOUND:
        return "the name does not exist";
    case NETDB_SUCCESS:
    case NO_DATA:
        return "the name has no SRV record that can be used";
    default:
        return "no name server answered";
    }
}

size_t srv_look_up(const char *name, const char *dns, int timeout_s, srv_record found[SRV_MAX],
                   const char **why)
{
    struct __res_state state;
    uint8_t *answer = calloc(1, MAX_ANSWER);
    size_t count = 0;
    int len = -1;

    memset(&state, 0, sizeof state);
    *why = "the resolver cannot be used";
    if (answer == NULL || res_ninit(&state) != 0) {
        free(answer);
        return 0;
    }
    state.retrans = timeout_s < 5 ? timeout_s : 5;
    state.retry = 2;
    if (dns == NULL || set_name_server(&state, dns))
        len = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, MAX_ANSWER);
    if (len > 0)
        count = srv_read(answer, (size_t)len, found);
    *why = explain_no_record(len > 0 ? NETDB_SUCCESS : state.res_h_errno);
    res_nclose(&state);
    free(answer);
    return count;
}
