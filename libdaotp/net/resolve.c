/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/resolve.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/url.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

struct daotp__resolver {
    daotp__loop *loop;
    int slot;
    ares_channel channel;
    bool has_channel, done;
    int answer; /* ARES_... */
    char *host;
    char addresses[DAOTP__MAX_ADDRESSES][INET6_ADDRSTRLEN];
    size_t count;
};

static void on_resolve_ready(void *user, int fd, uint32_t events)
{
    daotp__resolver *resolver = user;
    bool in = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0, out = (events & EPOLLOUT) != 0;
    ares_socket_t in_fd = in ? fd : ARES_SOCKET_BAD;
    ares_socket_t out_fd = out ? fd : ARES_SOCKET_BAD;

    ares_process_fd(resolver->channel, in_fd, out_fd);
}

static void on_resolve_socket(void *user, ares_socket_t fd, int readable, int writable)
{
    daotp__resolver *resolver = user;
    uint32_t events = readable ? EPOLLIN : 0u;

    if (writable)
        events |= EPOLLOUT;

    /* A socket that cannot be watched is found dead by c-ares' own time-out. */
    (void)daotp__loop_watch(resolver->loop, resolver->slot, fd, events);
}

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

/* The name is queried as given, without search suffixes. Everything that LOCALDOMAIN and
 * RES_OPTIONS could set is set here, and HOSTALIASES is ignored, so that the environment does not
 * choose the host. */
static bool resolve_begin(daotp__resolver *resolver)
{
    struct ares_options options = {.flags = ARES_FLAG_NOALIASES | ARES_FLAG_NOSEARCH,
                                   .timeout = 2000,
                                   .tries = 3,
                                   .ndots = 0,
                                   .ndomains = 0,
                                   .sock_state_cb = on_resolve_socket,
                                   .sock_state_cb_data = resolver};
    const int set = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                    ARES_OPT_DOMAINS | ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    if (ares_init_options(&resolver->channel, &options, set) != ARES_SUCCESS)
        return false;
    resolver->has_channel = true;
    ares_getaddrinfo(resolver->channel, resolver->host, NULL, &hints, on_answer, resolver);
    return true;
}

/* RFC 6761 6.3: never asked for in the DNS, whatever /etc/hosts says. */
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

    *out = NULL;
    if (resolver == NULL)
        return DAOTP_MEMORY;
    resolver->loop = loop;
    resolver->slot = daotp__loop_join(loop, on_resolve_ready, resolver);
    resolver->host = daotp__text_copy(host);
    if (resolver->host == NULL || resolver->slot < 0) {
        daotp__resolver_free(resolver);
        return DAOTP_MEMORY;
    }
    if (is_localhost(host)) {
        add_loopback(resolver);
    } else if (daotp__url_is_address(host) && strlen(host) < INET6_ADDRSTRLEN) {
        memcpy(resolver->addresses[resolver->count++], host, strlen(host) + 1);
        resolver->done = true;
    } else if (!resolve_begin(resolver)) {
        daotp__resolver_free(resolver);
        return DAOTP_INTERNAL;
    }
    *out = resolver;
    return DAOTP_OK;
}

void daotp__resolver_free(daotp__resolver *resolver)
{
    if (resolver == NULL)
        return;
    if (resolver->has_channel)
        ares_destroy(resolver->channel); /* answers what is open, and closes its sockets */
    daotp__loop_leave(resolver->loop, resolver->slot);
    daotp__delete(resolver->host);
    daotp__delete(resolver);
}

daotp_status daotp__resolver_step(daotp__resolver *resolver, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_DNS_FAILED;
    struct timeval left;

    if (!resolver->done) {
        ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
        if (!resolver->done && ares_timeout(resolver->channel, NULL, &left) != NULL)
            daotp__loop_wake_in(resolver->loop, left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
    }
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
