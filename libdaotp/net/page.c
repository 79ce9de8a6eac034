/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/page.h"

#include <string.h>
#include <strings.h>

/* Find the text in the body, ignoring case; NULL: not found. */
static const char *find_in_body(daotp__bytes body, const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i + len <= body.len; i++)
        if (strncasecmp((const char *)body.data + i, text, len) == 0)
            return (const char *)body.data + i;
    return NULL;
}

bool daotp__page_holds(daotp__bytes body, const char *text)
{
    return find_in_body(body, text) != NULL;
}

bool daotp__page_is_html(const char *content_type, daotp__bytes body)
{
    static const char html[] = "text/html", xhtml[] = "application/xhtml";

    if (content_type != NULL && (strncasecmp(content_type, html, sizeof html - 1) == 0 ||
                                 strncasecmp(content_type, xhtml, sizeof xhtml - 1) == 0))
        return true;
    return find_in_body(body, "<html") != NULL || find_in_body(body, "<!doctype html") != NULL;
}

void daotp__page_title(daotp__bytes body, char title[DAOTP__PAGE_TITLE])
{
    const char *end = (const char *)body.data + body.len;
    const char *at = find_in_body(body, "<title");
    size_t len = 0;

    title[0] = '\0';
    if (at != NULL)
        at = memchr(at, '>', (size_t)(end - at));
    if (at == NULL)
        return;
    for (at++; at < end && *at != '<' && len + 1 < DAOTP__PAGE_TITLE; at++)
        title[len++] = *at;
    title[len] = '\0';
}
