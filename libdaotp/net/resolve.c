/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/resolve.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/dns_channel.h"
#include "net/url.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>

struct daotp__resolver {
    daotp__dns_channel channel;
    bool done;
    int answer; /* ARES_... */
    char *host;
    char addresses[DAOTP__MAX_ADDRESSES][INET6_ADDRSTRLEN];
    size_t count;
};

static void add_address(daotp__resolver *resolver, const struct ares_addrinfo_node *node)
{
    const void *address =
        node->ai_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr
            : (const void *)&((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr;

    if (resolver->count < DAOTP__MAX_ADDRESSES &&
        inet_ntop(node->ai_family, address, resolver->addresses[resolver->count],
                  INET6_ADDRSTRLEN) != NULL)
        resolver->count++;
}

static void on_answer(void *user, int status, int timeouts, struct ares_addrinfo *info)
{
    daotp__resolver *resolver = user;

    (void)timeouts;
    resolver->done = true;
    resolver->answer = status;
    for (const struct ares_addrinfo_node *node = info != NULL ? info->nodes : NULL; node != NULL;
         node = node->ai_next)
        if (node->ai_family == AF_INET || node->ai_family == AF_INET6)
            add_address(resolver, node);
    ares_freeaddrinfo(info);
}

static daotp_status resolve_begin(daotp__resolver *resolver, daotp__loop *loop)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    daotp_status status = daotp__dns_channel_open(&resolver->channel, loop);

    if (status == DAOTP_OK)
        ares_getaddrinfo(resolver->channel.ares, resolver->host, NULL, &hints, on_answer, resolver);
    return status;
}

/* RFC 6761 6.3: localhost names are never looked up in the DNS. */
static bool is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t len = strlen(host);

    if (len > 0 && host[len - 1] == '.')
        len--;
    if (len < sizeof name - 1 ||
        strncasecmp(host + len - (sizeof name - 1), name, sizeof name - 1) != 0)
        return false;
    return len == sizeof name - 1 || host[len - sizeof name] == '.';
}

static void add_loopback(daotp__resolver *resolver)
{
    memcpy(resolver->addresses[resolver->count++], "127.0.0.1", sizeof "127.0.0.1");
    memcpy(resolver->addresses[resolver->count++], "::1", sizeof "::1");
    resolver->done = true;
}

daotp_status daotp__resolver_new(daotp__loop *loop, const char *host, daotp__resolver **out)
{
    daotp__resolver *resolver = daotp__new(sizeof *resolver);
    daotp_status status = DAOTP_OK;

    *out = NULL;
    if (resolver == NULL)
        return DAOTP_MEMORY;
    resolver->host = daotp__text_copy(host);
    if (resolver->host == NULL) {
        status = DAOTP_MEMORY;
    } else if (is_localhost(host)) {
        add_loopback(resolver);
    } else if (daotp__url_is_address(host) && strlen(host) < INET6_ADDRSTRLEN) {
        memcpy(resolver->addresses[resolver->count++], host, strlen(host) + 1);
        resolver->done = true;
    } else {
        status = resolve_begin(resolver, loop);
    }
    if (status != DAOTP_OK) {
        daotp__resolver_free(resolver);
        return status;
    }
    *out = resolver;
    return DAOTP_OK;
}

void daotp__resolver_free(daotp__resolver *resolver)
{
    if (resolver == NULL)
        return;
    daotp__dns_channel_close(&resolver->channel);
    daotp__delete(resolver->host);
    daotp__delete(resolver);
}

daotp_status daotp__resolver_step(daotp__resolver *resolver, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_DNS_FAILED;

    if (!resolver->done)
        daotp__dns_channel_turn(&resolver->channel);
    if (!resolver->done)
        return DAOTP_AGAIN;
    if (resolver->count > 0)
        return DAOTP_OK;
    if (resolver->answer == ARES_ENOMEM)
        return DAOTP_MEMORY;
    if (resolver->answer == ARES_ETIMEOUT)
        number = DAOTP_FINDING_DNS_TIMEOUT;
    return daotp__report_add(report, number, resolver->answer, resolver->host, "%s",
                             resolver->answer == ARES_SUCCESS ? "no address"
                                                              : ares_strerror(resolver->answer));
}

size_t daotp__resolver_count(const daotp__resolver *resolver)
{
    return resolver->count;
}

const char *daotp__resolver_address(const daotp__resolver *resolver, size_t index)
{
    return resolver->addresses[index];
}
