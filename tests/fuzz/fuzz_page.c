/* SPDX-License-Identifier: BSD-2-Clause */
/* A web page where a message was to come: its title lies in it, and fits. */
#include "fuzz.h"

#include "net/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes body = {data, size};
    char title[DAOTP__PAGE_TITLE];

    memset(title, 'x', sizeof title);
    daotp__page_title(body, title);
    HOLDS(memchr(title, '\0', sizeof title) != NULL);
    HOLDS(strlen(title) < size || title[0] == '\0');
    HOLDS(title[0] == '\0' || daotp__page_holds(body, title));
    (void)daotp__page_is_html(NULL, body);
    return 0;
}
