/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts that an OTP server names: what is taken has one form, which a URL keeps, and is below a
 * suffix only where that suffix is its end. */
#include "fuzz.h"

#include "core/alloc.h"
#include "core/host.h"
#include "net/url.h"

#include <stdio.h>

/* The first line is the host, the others are patterns. */
static void read_list(char *text, daotp__host_list *list)
{
    char *line = strchr(text, '\n');

    while (line != NULL) {
        char *next = strchr(line + 1, '\n');

        *line++ = '\0';
        if (next != NULL)
            *next = '\0';
        HOLDS(daotp__host_list_add(list, line) != DAOTP_MEMORY);
        if (next != NULL)
            *next = '\n';
        line = next;
    }
}

/* libcurl's parser must find the same host in a URL made of it: no other, and no port. */
static void keeps_in_url(const daotp__host *host)
{
    char text[DAOTP__MAX_HOST + 32];
    daotp__url url;

    (void)snprintf(text, sizeof text,
                   strchr(host->text, ':') != NULL ? "https://[%s]/x" : "https://%s/x", host->text);
    if (daotp__url_parse(text, &url) != DAOTP_OK)
        return;
    HOLDS(daotp__host_equal(url.host, host->text));
    HOLDS(url.port == 443);
    daotp__url_free(&url);
}

static void is_covered(const daotp__host_list *list, const daotp__host *host)
{
    size_t len = strlen(host->text);
    bool covered = false;

    for (size_t i = 0; i < list->count; i++) {
        size_t end = strlen(list->patterns[i]);

        covered |= len >= end && strcmp(host->text + len - end, list->patterns[i]) == 0 &&
                   (len == end || list->patterns[i][0] == '.');
    }
    HOLDS(covered);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    daotp__host_list list = {.count = 0};
    daotp__host host, again;
    bool is_host;

    read_list(text, &list);
    is_host = daotp__host_parse(text, &host);
    if (is_host) {
        HOLDS(strpbrk(host.text, "/@#?%\\[] ") == NULL);
        HOLDS(daotp__host_parse(host.text, &again) && strcmp(host.text, again.text) == 0);
        HOLDS(daotp__host_equal(text, host.text));
        keeps_in_url(&host);
    }
    (void)daotp__host_has_port(text);
    if (daotp__host_list_allows(&list, text)) {
        HOLDS(is_host);
        is_covered(&list, &host);
    }
    daotp__host_list_free(&list);
    free(text);
    return 0;
}
