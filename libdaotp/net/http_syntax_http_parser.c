/* SPDX-License-Identifier: BSD-2-Clause */
/* Uses http-parser, the predecessor of llhttp, on systems without llhttp (Debian 12). */
#include "net/http_syntax.h"

#include <http_parser.h>

typedef struct reader {
    http_parser parser;
    const daotp__http_events *events;
    void *user;
} reader;

_Static_assert(sizeof(reader) <= sizeof(((daotp__http_syntax *)0)->state), "room for the parser");

static reader *reader_of(http_parser *parser)
{
    return parser->data;
}

static int begin_message(http_parser *parser)
{
    reader *r = reader_of(parser);

    return r->events->on_begin(r->user) ? 0 : -1;
}

static int take_field(http_parser *parser, const char *at, size_t len)
{
    reader *r = reader_of(parser);

    return r->events->on_field(r->user, at, len) ? 0 : -1;
}

static int take_value(http_parser *parser, const char *at, size_t len)
{
    reader *r = reader_of(parser);

    return r->events->on_value(r->user, at, len) ? 0 : -1;
}

/* returns 1 if there is no body, whatever the header fields say */
static int end_head(http_parser *parser)
{
    reader *r = reader_of(parser);

    if (!r->events->on_head(r->user, parser->status_code))
        return -1;
    return r->events->has_body(r->user, parser->status_code) ? 0 : 1;
}

static int take_body(http_parser *parser, const char *at, size_t len)
{
    reader *r = reader_of(parser);

    return r->events->on_body(r->user, at, len) ? 0 : -1;
}

static int end_message(http_parser *parser)
{
    reader *r = reader_of(parser);

    if (!r->events->on_end(r->user, parser->status_code, http_should_keep_alive(parser) != 0))
        return -1;
    if (parser->status_code >= 200)
        http_parser_pause(parser, 1);
    return 0;
}

static const http_parser_settings callbacks = {
    .on_message_begin = begin_message,
    .on_header_field = take_field,
    .on_header_value = take_value,
    .on_headers_complete = end_head,
    .on_body = take_body,
    .on_message_complete = end_message,
};

void daotp__http_syntax_init(daotp__http_syntax *syntax)
{
    reader *r = (reader *)(void *)syntax->state;

    *r = (reader){0};
    http_parser_init(&r->parser, HTTP_RESPONSE);
}

static bool is_stopped(enum http_errno code)
{
    return code == HPE_CB_message_begin || code == HPE_CB_header_field ||
           code == HPE_CB_header_value || code == HPE_CB_headers_complete || code == HPE_CB_body ||
           code == HPE_CB_message_complete;
}

daotp__http_outcome daotp__http_syntax_feed(daotp__http_syntax *syntax,
                                            const daotp__http_events *events, void *user,
                                            const uint8_t *bytes, size_t len, size_t *used)
{
    reader *r = (reader *)(void *)syntax->state;
    enum http_errno code;

    r->events = events;
    r->user = user;
    r->parser.data = r; /* the struct may have been moved */
    *used = http_parser_execute(&r->parser, &callbacks, (const char *)bytes, len);
    code = HTTP_PARSER_ERRNO(&r->parser);
    if (code == HPE_PAUSED)
        return DAOTP__HTTP_WHOLE;
    if (is_stopped(code))
        return DAOTP__HTTP_STOPPED;
    if (code == HPE_INVALID_EOF_STATE)
        return DAOTP__HTTP_CUT;
    if (code != HPE_OK || *used != len || r->parser.upgrade)
        return DAOTP__HTTP_MALFORMED;
    return len > 0 ? DAOTP__HTTP_MORE : DAOTP__HTTP_CUT;
}

unsigned daotp__http_syntax_status(const daotp__http_syntax *syntax)
{
    return ((const reader *)(const void *)syntax->state)->parser.status_code;
}

const char *daotp__http_syntax_error(const daotp__http_syntax *syntax)
{
    const reader *r = (const reader *)(const void *)syntax->state;

    return http_errno_description(HTTP_PARSER_ERRNO(&r->parser));
}
