/* SPDX-License-Identifier: BSD-2-Clause */
/* The public calls that need the dictionary. */
#include "core/alloc.h"
#include "radius/dictionary.h"
#include "radius/exchange.h"

#include <string.h>

static daotp_status refuse_text(daotp_radius *radius, daotp_status status, const char *found)
{
    if (status == DAOTP_CONFIGURATION)
        status = daotp__report_add(&radius->report, DAOTP_FINDING_BUILD_WITHOUT, 0,
                                   "RADIUS dictionary", "DAOTP_WITH_RADCLI is off");
    else if (status == DAOTP_USAGE && daotp_report_get_error(&radius->report) == NULL)
        status = daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_ATTRIBUTE, 0, "call", "%s",
                                   found);
    return daotp__report_status(&radius->report, status);
}

static daotp_status add_text_attribute(void *user, uint8_t type, uint32_t vendor,
                                       daotp__bytes value)
{
    return daotp_radius_add_attribute(user, type, vendor, value.data, value.len);
}

daotp_status daotp_radius_add_attributes(daotp_radius *radius, const char *text)
{
    daotp_status status;
    size_t extra, all;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (text == NULL || *text == '\0' || strlen(text) > DAOTP__RADIUS_MAX / 2)
        return refuse_text(radius, DAOTP_USAGE, "no text, or too long");
    extra = radius->extra.len;
    all = radius->attributes.len;
    status = daotp__radius_text_parse(text, add_text_attribute, radius);
    if (status != DAOTP_OK) { /* all of it, or nothing */
        radius->extra.len = extra;
        radius->attributes.len = all;
    }
    return refuse_text(radius, status, "not understood");
}

static daotp_status add_imported_server(void *user, const char *host, uint16_t port,
                                        const char *secret)
{
    return daotp_radius_add_server(user, host, port != 0 ? port : 1812, secret, strlen(secret),
                                   DAOTP_RADIUS_POLICY_REQUIRE);
}

daotp_status daotp_radius_import(daotp_radius *radius, const char *path)
{
    daotp_status status;
    size_t count;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (path == NULL)
        return daotp__report_status(&radius->report, DAOTP_USAGE);
    count = radius->server_count;
    status = daotp__radius_import(path, add_imported_server, radius, &radius->report);
    while (status != DAOTP_OK && radius->server_count > count) /* all of them, or none */
        daotp__radius_server_free(radius->servers[--radius->server_count]);
    return daotp__report_status(&radius->report, status);
}

daotp_status daotp_radius_exchange_copy_text(const daotp_radius_exchange *exchange, char **text)
{
    daotp__buffer out;
    daotp_status status;

    if (text == NULL)
        return DAOTP_USAGE;
    *text = NULL;
    if (exchange == NULL)
        return DAOTP_USAGE;
    daotp__buffer_init(&out, DAOTP__MAX_OUTLINE);
    status = daotp__radius_text_write(daotp__buffer_bytes(&exchange->reply), &out);
    if (status == DAOTP_OK && (*text = (char *)daotp__buffer_take(&out, NULL)) == NULL)
        status = DAOTP_MEMORY;
    daotp__buffer_free(&out);
    return status;
}
