/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/proxy.h"

#include "core/alloc.h"
#include "core/report.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *first_set(const char *const *names)
{
    for (; *names != NULL; names++) {
        const char *value = getenv(*names);

        if (value != NULL && *value != '\0')
            return value;
    }
    return NULL;
}

/* Whether host equals the word or is below it. A leading dot of the word is ignored. */
static bool proxy_covers(const char *word, size_t len, const char *host)
{
    size_t host_len = strlen(host);

    if (len > 0 && *word == '.') {
        word++;
        len--;
    }
    return len > 0 && host_len >= len && strncasecmp(host + host_len - len, word, len) == 0 &&
           (host_len == len || host[host_len - len - 1] == '.');
}

static bool is_exempt(const char *list, const char *host)
{
    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ", ");

        if ((len == 1 && *list == '*') || proxy_covers(list, len, host))
            return true;
        list += len;
        list += strspn(list, ", ");
    }
    return false;
}

const char *daotp__proxy_for(const daotp__peer *peer)
{
    static const char *const proxies[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                          NULL};
    static const char *const exempt[] = {"no_proxy", "NO_PROXY", NULL};

    if (peer->proxy != NULL || !peer->proxy_from_environment)
        return peer->proxy;
    return is_exempt(first_set(exempt), peer->url->host) ? NULL : first_set(proxies);
}

daotp_status daotp__proxy_check(const daotp__peer *peer, daotp_report *report)
{
    const char *proxy = daotp__proxy_for(peer);
    daotp_status status = DAOTP_OK;
    uint16_t port;
    char *host;

    if (proxy == NULL)
        return DAOTP_OK;
    status = daotp__url_parse_proxy(proxy, &host, &port);
    daotp__delete(host);
    if (status != DAOTP_USAGE)
        return status;
    /* not shown: it may hold a password */
    return daotp__report_add(report, DAOTP_FINDING_PROXY_ADDRESS, 0, "https_proxy",
                             "no address of a proxy");
}
