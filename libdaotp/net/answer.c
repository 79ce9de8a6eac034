/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/answer.h"

#include "core/limits.h"
#include "core/utf8.h"

#include <string.h>

static daotp__answer *self(http_parser *parser)
{
    return parser->data;
}

static int fields_grew(daotp__answer *answer)
{
    answer->too_large = answer->fields.failed == DAOTP_PEER;
    return answer->fields.failed == DAOTP_OK ? 0 : -1;
}

static int on_begin(http_parser *parser)
{
    daotp__answer *answer = self(parser);

    daotp__buffer_clear(&answer->fields);
    answer->in_value = false;
    return 0;
}

static int on_field(http_parser *parser, const char *at, size_t len)
{
    daotp__answer *answer = self(parser);

    if (answer->in_value)
        daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = false;
    daotp__buffer_add(&answer->fields, at, len);
    return fields_grew(answer);
}

static int on_value(http_parser *parser, const char *at, size_t len)
{
    daotp__answer *answer = self(parser);

    if (!answer->in_value)
        daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = true;
    daotp__buffer_add(&answer->fields, at, len);
    return fields_grew(answer);
}

static bool never_has_a_body(unsigned code)
{
    return code < 200 || code == 204 || code == 304;
}

/* 1: there is no body, whatever the headers say (RFC 9112 6.3) */
static int on_head(http_parser *parser)
{
    daotp__answer *answer = self(parser);

    daotp__buffer_byte(&answer->fields, '\0');
    answer->in_value = false;
    if (fields_grew(answer) != 0 || parser->status_code < 100) /* RFC 9112 4: three digits */
        return -1;
    return answer->head || never_has_a_body(parser->status_code) ? 1 : 0;
}

static int on_body(http_parser *parser, const char *at, size_t len)
{
    daotp__answer *answer = self(parser);

    daotp__buffer_add(&answer->body, at, len);
    answer->too_large = answer->body.failed == DAOTP_PEER;
    return answer->body.failed == DAOTP_OK ? 0 : -1;
}

static int on_whole(http_parser *parser)
{
    daotp__answer *answer = self(parser);

    if (parser->status_code < 200) /* an interim one, 101 included: not the answer */
        return ++answer->interim > DAOTP__MAX_HTTP_INTERIM ? -1 : 0;
    answer->whole = true;
    answer->keeps_alive = http_should_keep_alive(parser) != 0;
    http_parser_pause(parser, 1);
    return 0;
}

static const http_parser_settings settings = {
    .on_message_begin = on_begin,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

void daotp__answer_init(daotp__answer *answer, bool head, size_t max_body)
{
    *answer = (daotp__answer){.head = head};
    http_parser_init(&answer->parser, HTTP_RESPONSE);
    answer->parser.data = answer;
    daotp__buffer_init(&answer->fields, DAOTP__MAX_HTTP_HEAD);
    daotp__buffer_init(&answer->body, max_body);
}

void daotp__answer_free(daotp__answer *answer)
{
    daotp__buffer_free(&answer->fields);
    daotp__buffer_free(&answer->body);
}

static daotp_status failed(const daotp__answer *answer)
{
    if (answer->fields.failed == DAOTP_MEMORY || answer->body.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    if (HTTP_PARSER_ERRNO(&answer->parser) == HPE_INVALID_EOF_STATE)
        return DAOTP_NETWORK;
    return DAOTP_PEER;
}

/* The parser keeps nothing of chunk extensions, trailers and interim answers, so that no buffer's
 * limit would ever meet them. */
static bool has_too_much_around_the_body(const daotp__answer *answer)
{
    return answer->read - answer->body.len > DAOTP__MAX_HTTP_OVERHEAD;
}

daotp_status daotp__answer_feed(daotp__answer *answer, const uint8_t *bytes, size_t len)
{
    size_t used;

    answer->parser.data = answer; /* the answer may have moved */
    used = http_parser_execute(&answer->parser, &settings, (const char *)bytes, len);
    answer->read += used;
    if (has_too_much_around_the_body(answer)) {
        answer->too_large = true;
        return DAOTP_PEER;
    }
    if (answer->whole)
        return used == len ? DAOTP_OK : DAOTP_PEER;
    if (HTTP_PARSER_ERRNO(&answer->parser) != HPE_OK || used != len || answer->parser.upgrade)
        return failed(answer);
    return len > 0 ? DAOTP_AGAIN : DAOTP_NETWORK;
}

const char *daotp__answer_header(const daotp__answer *answer, const char *name)
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

const char *daotp__answer_error(const daotp__answer *answer)
{
    if (answer->too_large)
        return "more than the limit";
    if (HTTP_PARSER_ERRNO(&answer->parser) == HPE_CB_headers_complete)
        return "a status below 100";
    return http_errno_description(HTTP_PARSER_ERRNO(&answer->parser));
}
