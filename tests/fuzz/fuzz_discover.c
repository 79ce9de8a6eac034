/* SPDX-License-Identifier: BSD-2-Clause */
/* What daotp discover reads of others: answers of a name server, and values of a directory. */
#include "fuzz.h"

#include "../../examples/daotp/ad_descriptor.h"
#include "../../examples/daotp/ad_values.h"
#include "../../examples/daotp/srv.h"

static void read_answer(const uint8_t *data, size_t size)
{
    srv_record found[SRV_MAX];
    size_t count = srv_read(data, size, found);

    HOLDS(count <= SRV_MAX);
    for (size_t i = 0; i < count; i++) {
        HOLDS(found[i].port != 0 && strlen(found[i].host) < SRV_HOST && found[i].host[0] != '\0');
        HOLDS(strpbrk(found[i].host, " /@\\\n\"[]#:") == NULL);
        HOLDS(i == 0 || found[i - 1].priority <= found[i].priority);
    }
}

static void read_descriptor(const char *octets, size_t size)
{
    ad_access access;
    const char *why;

    if (!ad_read_access(octets, size, &access, &why)) {
        HOLDS(why != NULL);
        return;
    }
    HOLDS(access.count <= AD_MAX_TRUSTEES && (!access.is_open || access.count == 0));
    for (size_t i = 0; i < access.count; i++) {
        HOLDS(strncmp(access.list[i].sid, "S-1-", 4) == 0);
        HOLDS((access.list[i].allowed | access.list[i].denied) != 0);
        HOLDS((ad_rights_of(&access.list[i]) & access.list[i].denied) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char oid[] = "1.3.6.1.4.1.311.81.1.1";
    char *text = fuzz_text(data, size);
    ces_url url;

    read_answer(data, size);
    read_descriptor((const char *)data, size);
    if (ad_read_ces_url(text, size, &url)) {
        HOLDS(strncmp(url.url, "https://", 8) == 0);
        for (const char *c = url.url; *c != '\0'; c++)
            HOLDS(*c > ' ' && *c < 0x7F);
        HOLDS(strstr(text, url.url) != NULL);
    }
    if (ad_holds_oid(text, oid))
        HOLDS(strstr(text, oid) != NULL);
    free(text);
    return 0;
}
