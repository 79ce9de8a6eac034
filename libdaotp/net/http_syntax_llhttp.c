/* SPDX-License-Identifier: BSD-2-Clause */
/* Uses llhttp. One lenient flag is on: a line may end with LF alone (RFC 9112 2.2), as with
 * http-parser. */
#include "net/http_syntax.h"

#include <llhttp.h>

typedef struct reader {
    llhttp_t parser;
    const daotp__http_events *events;
    void *user;
} reader;

_Static_assert(sizeof(reader) <= sizeof(((daotp__http_syntax *)0)->state), "room for the parser");

static reader *reader_behind(llhttp_t *parser)
{
    return parser->data;
}

static int pass_message_begin(llhttp_t *parser)
{
    reader *r = reader_behind(parser);

    return r->events->on_begin(r->user) ? 0 : HPE_USER;
}

static int pass_field(llhttp_t *parser, const char *at, size_t len)
{
    reader *r = reader_behind(parser);

    return r->events->on_field(r->user, at, len) ? 0 : HPE_USER;
}

static int pass_value(llhttp_t *parser, const char *at, size_t len)
{
    reader *r = reader_behind(parser);

    return r->events->on_value(r->user, at, len) ? 0 : HPE_USER;
}

/* returns 1 if there is no body, whatever the header fields say */
static int pass_head_end(llhttp_t *parser)
{
    reader *r = reader_behind(parser);

    if (!r->events->on_head(r->user, parser->status_code))
        return -1;
    return r->events->has_body(r->user, parser->status_code) ? 0 : 1;
}

static int pass_body(llhttp_t *parser, const char *at, size_t len)
{
    reader *r = reader_behind(parser);

    return r->events->on_body(r->user, at, len) ? 0 : HPE_USER;
}

static int pass_message_end(llhttp_t *parser)
{
    reader *r = reader_behind(parser);

    if (!r->events->on_end(r->user, parser->status_code, llhttp_should_keep_alive(parser) != 0))
        return -1;
    return parser->status_code >= 200 ? HPE_PAUSED : HPE_OK;
}

static const llhttp_settings_t callbacks = {
    .on_message_begin = pass_message_begin,
    .on_header_field = pass_field,
    .on_header_value = pass_value,
    .on_headers_complete = pass_head_end,
    .on_body = pass_body,
    .on_message_complete = pass_message_end,
};

void daotp__http_syntax_init(daotp__http_syntax *syntax)
{
    reader *r = (reader *)syntax->state;

    *r = (reader){0};
    llhttp_init(&r->parser, HTTP_RESPONSE, &callbacks);
    llhttp_set_lenient_optional_cr_before_lf(&r->parser, 1);
}

/* For some callbacks llhttp returns their value, for others it returns its own error code. */
static bool is_stop_code(llhttp_errno_t code)
{
    return code == HPE_USER || code == HPE_CB_MESSAGE_BEGIN || code == HPE_CB_HEADERS_COMPLETE ||
           code == HPE_CB_MESSAGE_COMPLETE;
}

static daotp__http_outcome end_of_connection(reader *r)
{
    llhttp_errno_t code = llhttp_finish(&r->parser);

    if (code == HPE_PAUSED) /* the end of the connection delimits this body */
        return DAOTP__HTTP_WHOLE;
    return is_stop_code(code) ? DAOTP__HTTP_STOPPED : DAOTP__HTTP_CUT;
}

daotp__http_outcome daotp__http_syntax_feed(daotp__http_syntax *syntax,
                                            const daotp__http_events *events, void *user,
                                            const uint8_t *bytes, size_t len, size_t *used)
{
    reader *r = (reader *)syntax->state;
    const uint8_t *at;
    llhttp_errno_t code;

    r->events = events;
    r->user = user;
    r->parser.data = r; /* the struct may have been moved */
    r->parser.settings = (void *)(uintptr_t)&callbacks;
    *used = len;
    if (len == 0)
        return end_of_connection(r);
    code = llhttp_execute(&r->parser, (const char *)bytes, len);
    if (code == HPE_OK)
        return DAOTP__HTTP_MORE;
    at = (const uint8_t *)llhttp_get_error_pos(&r->parser);
    *used = at != NULL ? (size_t)(at - bytes) : len;
    if (code == HPE_PAUSED)
        return DAOTP__HTTP_WHOLE;
    return is_stop_code(code) ? DAOTP__HTTP_STOPPED : DAOTP__HTTP_MALFORMED;
}

unsigned daotp__http_syntax_status(const daotp__http_syntax *syntax)
{
    return ((const reader *)syntax->state)->parser.status_code;
}

const char *daotp__http_syntax_error(const daotp__http_syntax *syntax)
{
    const reader *r = (const reader *)syntax->state;
    const char *reason = llhttp_get_error_reason(&r->parser);

    return reason != NULL ? reason : "";
}
