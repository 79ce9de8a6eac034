/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of an exchange. */
#include "radius/exchange.h"
#include "radius/message.h"

daotp_radius_answer daotp_radius_exchange_get_answer(const daotp_radius_exchange *x)
{
    return x != NULL ? x->answer : DAOTP_RADIUS_UNDECIDED;
}

daotp_status daotp_radius_exchange_get_status(const daotp_radius_exchange *x)
{
    return x != NULL ? x->status : DAOTP_USAGE;
}

const void *daotp_radius_exchange_get_attribute(const daotp_radius_exchange *x, size_t index,
                                                uint8_t *type, size_t *len)
{
    daotp__bytes cursor = {NULL, 0}, value;
    uint8_t found;

    if (len != NULL)
        *len = 0;
    if (x != NULL)
        cursor = daotp__buffer_bytes(&x->reply);
    while (daotp__radius_attribute_next(&cursor, &found, &value)) {
        if (index-- > 0)
            continue;
        if (type != NULL)
            *type = found;
        if (len != NULL)
            *len = value.len;
        return value.data;
    }
    return NULL;
}

const void *daotp_radius_exchange_get_message(const daotp_radius_exchange *x, size_t index,
                                              size_t *len)
{
    const uint8_t *value;
    uint8_t type;

    for (size_t i = 0; (value = daotp_radius_exchange_get_attribute(x, i, &type, len)) != NULL; i++)
        if (type == DAOTP__RADIUS_REPLY_MESSAGE && index-- == 0)
            return value;
    return NULL;
}

daotp_status daotp_radius_exchange_copy_message(const daotp_radius_exchange *x, size_t index,
                                                char **text)
{
    daotp__bytes value;
    daotp__buffer out;

    if (text == NULL)
        return DAOTP_USAGE;
    *text = NULL;
    value.data = daotp_radius_exchange_get_message(x, index, &value.len);
    if (value.data == NULL)
        return DAOTP_USAGE;
    daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
    (void)daotp__radius_message_read(value, &out);
    *text = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return *text != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

bool daotp_radius_exchange_may_echo(const daotp_radius_exchange *x)
{
    return x != NULL && x->may_echo;
}

uint32_t daotp_radius_exchange_get_round(const daotp_radius_exchange *x)
{
    return x != NULL ? x->round : 0;
}

uint32_t daotp_radius_exchange_get_transmissions(const daotp_radius_exchange *x)
{
    return x != NULL ? x->transmissions : 0;
}

const char *daotp_radius_exchange_get_server(const daotp_radius_exchange *x)
{
    return x != NULL && x->attempt.server != NULL ? x->attempt.server->endpoint.label : "";
}

daotp_report *daotp_radius_exchange_get_report(daotp_radius_exchange *x)
{
    return x != NULL ? &x->report : NULL;
}
