/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs, and proxies: what is taken can stand in a request, and means the same when put together. */
#include "fuzz.h"

#include "core/alloc.h"
#include "net/proxy.h"

#include <stdio.h>

static void put_together(const daotp__url *url)
{
    size_t len = strlen(url->authority) + strlen(url->target) + 16;
    char *text = malloc(len);
    daotp__url again;

    (void)snprintf(text, len, "https://%s%s", url->authority, url->target);
    HOLDS(daotp__url_parse(text, &again) == DAOTP_OK);
    HOLDS(strcmp(again.host, url->host) == 0 && again.port == url->port);
    HOLDS(strcmp(again.authority, url->authority) == 0);
    HOLDS(strcmp(again.target, url->target) == 0);
    daotp__url_free(&again);
    free(text);
}

static void look(const char *text, const daotp__url *url)
{
    HOLDS(strcmp(url->text, text) == 0);
    HOLDS(*url->host != '\0' && *url->target == '/' && url->port > 0);
    /* neither another line nor another word in the request */
    HOLDS(strpbrk(url->target, " \r\n\t") == NULL);
    HOLDS(strpbrk(url->authority, " \r\n\t/@") == NULL);
    HOLDS(strpbrk(url->host, " \r\n\t/@[]") == NULL);
    if (strlen(text) < 1024)
        put_together(url);
}

/* The text as a list of exempt hosts. setenv() would keep every value that ever was. */
static void exempt(const char *text)
{
    static char entry[4096] = "no_proxy=";
    daotp__peer peer = {.proxy_from_environment = true};
    daotp__url url;

    if (strlen(text) + 10 > sizeof entry)
        return;
    (void)strcpy(entry + 9, text);
    HOLDS(putenv(entry) == 0);
    HOLDS(daotp__url_parse("https://da.example.com/", &url) == DAOTP_OK);
    peer.url = &url;
    (void)daotp__proxy_for(&peer);
    daotp__url_free(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *host;
    daotp__url url;
    daotp_status status = daotp__url_parse(text, &url);
    uint16_t port = 0;

    HOLDS(status == DAOTP_OK || status == DAOTP_USAGE);
    if (status == DAOTP_OK)
        look(text, &url);
    else
        HOLDS(url.text == NULL && url.host == NULL);
    daotp__url_free(&url);
    status = daotp__url_parse_proxy(text, &host, &port);
    HOLDS(status == DAOTP_OK || status == DAOTP_USAGE);
    HOLDS((status == DAOTP_OK) == (host != NULL) && (host == NULL || port > 0));
    daotp__delete(host);
    exempt(text);
    free(text);
    return 0;
}
