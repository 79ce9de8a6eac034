/* SPDX-License-Identifier: BSD-2-Clause */
#define CARES_NO_DEPRECATED /* the replacement of ares_query() is not in c-ares 1.18 */
#include "net/srv_lookup.h"

#include "core/alloc.h"
#include "core/host.h"
#include "core/time_sum.h"
#include "net/dns_channel.h"

#include <arpa/nameser.h>
#include <limits.h>
#include <string.h>

struct daotp__srv_lookup {
    daotp__dns_channel channel;
    int64_t until_ms;
    bool is_done, lacks_memory;
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];
    size_t count;
};

/* Sort by priority, then by larger weight. The random choice of RFC 2782 is not made: it
 * balances the load of many clients. */
static int compare_srv_records(const daotp__srv_record *x, const daotp__srv_record *y)
{
    if (x->priority != y->priority)
        return x->priority - y->priority;
    return y->weight - x->weight;
}

/* The target "." means that the service is not offered. A target is a name, never an address. */
static bool take_srv_reply(const struct ares_srv_reply *reply, daotp__srv_record *record)
{
    daotp__host host;

    if (reply->port == 0 || reply->host == NULL || !daotp__host_parse(reply->host, &host) ||
        host.is_address)
        return false;
    *record = (daotp__srv_record){reply->priority, reply->weight, reply->port, ""};
    memcpy(record->host, host.text, strlen(host.text) + 1);
    return true;
}

/* Insert the record in sorted order. If there are too many, the last ones are left out. */
static void put_srv_record(const daotp__srv_record *record,
                           daotp__srv_record records[DAOTP__MAX_SRV_RECORDS], size_t *count)
{
    size_t at = *count;

    while (at > 0 && compare_srv_records(record, &records[at - 1]) < 0)
        at--;
    if (at == DAOTP__MAX_SRV_RECORDS)
        return;
    if (*count < DAOTP__MAX_SRV_RECORDS)
        ++*count;
    memmove(&records[at + 1], &records[at], (*count - 1 - at) * sizeof records[0]);
    records[at] = *record;
}

daotp_status daotp__srv_read(const uint8_t *answer, size_t len,
                             daotp__srv_record records[DAOTP__MAX_SRV_RECORDS], size_t *count)
{
    struct ares_srv_reply *replies = NULL;
    int rc = len <= INT_MAX ? ares_parse_srv_reply(answer, (int)len, &replies) : ARES_EBADRESP;
    daotp__srv_record record;

    *count = 0;
    for (const struct ares_srv_reply *reply = replies; reply != NULL; reply = reply->next)
        if (take_srv_reply(reply, &record))
            put_srv_record(&record, records, count);
    if (replies != NULL)
        ares_free_data(replies);
    return rc == ARES_ENOMEM ? DAOTP_MEMORY : DAOTP_OK;
}

static void on_srv_answer(void *user, int rc, int timeouts, unsigned char *answer, int len)
{
    daotp__srv_lookup *lookup = user;

    (void)timeouts;
    lookup->is_done = true;
    lookup->lacks_memory = rc == ARES_ENOMEM;
    if (rc == ARES_SUCCESS &&
        daotp__srv_read(answer, (size_t)len, lookup->records, &lookup->count) != DAOTP_OK)
        lookup->lacks_memory = true;
}

daotp_status daotp__srv_lookup_new(daotp__loop *loop, const char *name, int64_t wait_ms,
                                   daotp__srv_lookup **out)
{
    daotp__srv_lookup *lookup = daotp__new(sizeof *lookup);
    daotp_status status;

    *out = NULL;
    if (lookup == NULL)
        return DAOTP_MEMORY;
    lookup->until_ms = daotp__loop_in_ms(loop, wait_ms);
    status = daotp__dns_channel_open(&lookup->channel, loop);
    if (status != DAOTP_OK) {
        daotp__srv_lookup_free(lookup);
        return status;
    }
    ares_query(lookup->channel.ares, name, ns_c_in, ns_t_srv, on_srv_answer, lookup);
    *out = lookup;
    return DAOTP_OK;
}

void daotp__srv_lookup_free(daotp__srv_lookup *lookup)
{
    if (lookup == NULL)
        return;
    daotp__dns_channel_close(&lookup->channel);
    daotp__delete(lookup);
}

daotp_status daotp__srv_lookup_step(daotp__srv_lookup *lookup)
{
    int64_t now_ms = daotp__loop_now_ms(lookup->channel.loop);

    if (!lookup->is_done)
        daotp__dns_channel_turn(&lookup->channel);
    if (lookup->lacks_memory)
        return DAOTP_MEMORY;
    if (lookup->is_done || now_ms >= lookup->until_ms)
        return DAOTP_OK;
    daotp__loop_wake_in(lookup->channel.loop, daotp__time_sub(lookup->until_ms, now_ms));
    return DAOTP_AGAIN;
}

const daotp__srv_record *daotp__srv_lookup_records(const daotp__srv_lookup *lookup, size_t *count)
{
    *count = lookup->count;
    return lookup->records;
}
