/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/http_response.h"

#include "core/limits.h"
#include "core/utf8.h"

#include <string.h>

static bool fields_fit(daotp__http_response *response)
{
    response->too_large = response->fields.failed == DAOTP_PEER;
    return response->fields.failed == DAOTP_OK;
}

static bool begin_answer(void *user)
{
    daotp__http_response *response = user;

    daotp__buffer_clear(&response->fields);
    response->in_value = false;
    return true;
}

static bool add_field(void *user, const char *bytes, size_t len)
{
    daotp__http_response *response = user;

    if (response->in_value)
        daotp__buffer_byte(&response->fields, '\0');
    response->in_value = false;
    daotp__buffer_add(&response->fields, bytes, len);
    return fields_fit(response);
}

static bool add_value(void *user, const char *bytes, size_t len)
{
    daotp__http_response *response = user;

    if (!response->in_value)
        daotp__buffer_byte(&response->fields, '\0');
    response->in_value = true;
    daotp__buffer_add(&response->fields, bytes, len);
    return fields_fit(response);
}

static bool end_fields(void *user, unsigned status)
{
    daotp__http_response *response = user;

    daotp__buffer_byte(&response->fields, '\0');
    response->in_value = false;
    response->bad_status = status < 100 || status > 999; /* RFC 9112 4: three digits */
    return fields_fit(response) && !response->bad_status;
}

/* RFC 9112 6.3 */
static bool has_body(void *user, unsigned status)
{
    const daotp__http_response *response = user;

    return !response->head && status >= 200 && status != 204 && status != 304;
}

static bool add_body(void *user, const char *bytes, size_t len)
{
    daotp__http_response *response = user;

    daotp__buffer_add(&response->body, bytes, len);
    response->too_large = response->body.failed == DAOTP_PEER;
    return response->body.failed == DAOTP_OK;
}

static bool end_answer(void *user, unsigned status, bool keeps_alive)
{
    daotp__http_response *response = user;

    if (status < 200) /* an interim response, also 101, is not the final response */
        return ++response->interim <= DAOTP__MAX_HTTP_INTERIM;
    response->whole = true;
    response->keeps_alive = keeps_alive;
    return true;
}

static const daotp__http_events events = {
    .on_begin = begin_answer,
    .on_field = add_field,
    .on_value = add_value,
    .on_head = end_fields,
    .has_body = has_body,
    .on_body = add_body,
    .on_end = end_answer,
};

void daotp__http_response_init(daotp__http_response *response, bool head, size_t max_body)
{
    *response = (daotp__http_response){.head = head};
    daotp__http_syntax_init(&response->syntax);
    daotp__buffer_init(&response->fields, DAOTP__MAX_HTTP_HEAD);
    daotp__buffer_init(&response->body, max_body);
}

void daotp__http_response_free(daotp__http_response *response)
{
    daotp__buffer_free(&response->fields);
    daotp__buffer_free(&response->body);
}

/* The parser does not store chunk extensions, trailers and interim responses, so no buffer limit
 * bounds them. */
static bool has_too_much_around_the_body(const daotp__http_response *response)
{
    return response->read - response->body.len > DAOTP__MAX_HTTP_OVERHEAD;
}

static daotp_status answer_status_of(const daotp__http_response *response,
                                     daotp__http_outcome outcome, bool used_all)
{
    switch (outcome) {
    case DAOTP__HTTP_MORE:
        return DAOTP_AGAIN;
    case DAOTP__HTTP_WHOLE:
        return used_all ? DAOTP_OK : DAOTP_PEER;
    case DAOTP__HTTP_CUT:
        return DAOTP_NETWORK;
    default:
        if (response->fields.failed == DAOTP_MEMORY || response->body.failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        return DAOTP_PEER;
    }
}

daotp_status daotp__http_response_feed(daotp__http_response *response, const uint8_t *bytes,
                                       size_t len)
{
    size_t used;
    daotp__http_outcome outcome =
        daotp__http_syntax_feed(&response->syntax, &events, response, bytes, len, &used);

    response->read += used;
    if (has_too_much_around_the_body(response)) {
        response->too_large = true;
        return DAOTP_PEER;
    }
    return answer_status_of(response, outcome, used == len);
}

const char *daotp__http_response_header(const daotp__http_response *response, const char *name)
{
    const char *at = (const char *)response->fields.data, *end;

    if (at == NULL)
        return NULL;
    end = at + response->fields.len;
    while (at < end) {
        const char *value = at + strlen(at) + 1;

        if (value >= end)
            break;
        if (daotp__text_equal_nocase(at, name))
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *daotp__http_response_error(const daotp__http_response *response)
{
    if (response->too_large)
        return "more than the limit";
    if (response->bad_status)
        return "a status that has not three digits";
    return daotp__http_syntax_error(&response->syntax);
}

unsigned daotp__http_response_status(const daotp__http_response *response)
{
    return daotp__http_syntax_status(&response->syntax);
}
