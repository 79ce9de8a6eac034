/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/http_response.h"

#include "core/limits.h"
#include "core/utf8.h"

#include <string.h>

static bool fields_fit(daotp__http_response *answer)
{
    answer->too_large = answer->fields.failed == DAOTP_PEER;
    return answer->fields.failed == DAOTP_OK;
}

static bool begin_answer(void *user)
{
    daotp__http_response *answer = user;

    daotp__buffer_clear(&answer->fields);
    answer->in_value = false;
    return true;
}

static bool add_field(void *user, const char *bytes, size_t len)
{
    daotp__http_response *answer = user;

    if (answer->in_value)
        daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = false;
    daotp__buffer_add(&answer->fields, bytes, len);
    return fields_fit(answer);
}

static bool add_value(void *user, const char *bytes, size_t len)
{
    daotp__http_response *answer = user;

    if (!answer->in_value)
        daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = true;
    daotp__buffer_add(&answer->fields, bytes, len);
    return fields_fit(answer);
}

static bool end_fields(void *user, unsigned status)
{
    daotp__http_response *answer = user;

    daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = false;
    answer->bad_status = status < 100 || status > 999; /* RFC 9112 4: three digits */
    return fields_fit(answer) && !answer->bad_status;
}

/* RFC 9112 6.3 */
static bool has_body(void *user, unsigned status)
{
    const daotp__http_response *answer = user;

    return !answer->head && status >= 200 && status != 204 && status != 304;
}

static bool add_body(void *user, const char *bytes, size_t len)
{
    daotp__http_response *answer = user;

    daotp__buffer_add(&answer->body, bytes, len);
    answer->too_large = answer->body.failed == DAOTP_PEER;
    return answer->body.failed == DAOTP_OK;
}

static bool end_answer(void *user, unsigned status, bool keeps_alive)
{
    daotp__http_response *answer = user;

    if (status < 200) /* an interim one, 101 included: not the answer */
        return ++answer->interim <= DAOTP__MAX_HTTP_INTERIM;
    answer->whole = true;
    answer->keeps_alive = keeps_alive;
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

void daotp__http_response_init(daotp__http_response *answer, bool head, size_t max_body)
{
    *answer = (daotp__http_response){.head = head};
    daotp__http_syntax_init(&answer->syntax);
    daotp__buffer_init(&answer->fields, DAOTP__MAX_HTTP_HEAD);
    daotp__buffer_init(&answer->body, max_body);
}

void daotp__http_response_free(daotp__http_response *answer)
{
    daotp__buffer_free(&answer->fields);
    daotp__buffer_free(&answer->body);
}

/* The parser stores no chunk extensions, trailers and interim responses, so no buffer's limit would
 * bound them. */
static bool has_too_much_around_the_body(const daotp__http_response *answer)
{
    return answer->read - answer->body.len > DAOTP__MAX_HTTP_OVERHEAD;
}

static daotp_status answer_status_of(const daotp__http_response *answer,
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
        if (answer->fields.failed == DAOTP_MEMORY || answer->body.failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        return DAOTP_PEER;
    }
}

daotp_status daotp__http_response_feed(daotp__http_response *answer, const uint8_t *bytes,
                                       size_t len)
{
    size_t used;
    daotp__http_outcome outcome =
        daotp__http_syntax_feed(&answer->syntax, &events, answer, bytes, len, &used);

    answer->read += used;
    if (has_too_much_around_the_body(answer)) {
        answer->too_large = true;
        return DAOTP_PEER;
    }
    return answer_status_of(answer, outcome, used == len);
}

const char *daotp__http_response_header(const daotp__http_response *answer, const char *name)
{
    const char *at = (const char *)answer->fields.data, *end;

    if (at == NULL)
        return NULL;
    end = at + answer->fields.len;
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

const char *daotp__http_response_error(const daotp__http_response *answer)
{
    if (answer->too_large)
        return "more than the limit";
    if (answer->bad_status)
        return "a status that has not three digits";
    return daotp__http_syntax_error(&answer->syntax);
}

unsigned daotp__http_response_status(const daotp__http_response *answer)
{
    return daotp__http_syntax_status(&answer->syntax);
}
