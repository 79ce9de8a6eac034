/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP answers. The first byte says how: a HEAD or not, and how many bytes at a time. */
#include "fuzz.h"

#include "net/http_response.h"

enum { MAX_BODY = 1024 };

static daotp_status feed(daotp__http_response *answer, const uint8_t *bytes, size_t len,
                         size_t step)
{
    daotp_status status = DAOTP_AGAIN;

    for (size_t at = 0; at < len && status == DAOTP_AGAIN; at += step)
        status = daotp__http_response_feed(answer, bytes + at, len - at < step ? len - at : step);
    return status == DAOTP_AGAIN ? daotp__http_response_feed(answer, NULL, 0) : status;
}

static void look(const daotp__http_response *answer, daotp_status status)
{
    const char *value = daotp__http_response_header(answer, "X-OTPCEP-version");

    HOLDS(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_NETWORK);
    HOLDS(answer->body.len <= MAX_BODY);
    if (value != NULL) /* a view into what was kept, with an end */
        HOLDS((const uint8_t *)value + strlen(value) <= answer->fields.data + answer->fields.len);
    (void)daotp__http_response_header(answer, "");
    (void)daotp__http_response_error(answer);
    if (status == DAOTP_OK)
        HOLDS(answer->whole && daotp__http_response_status(answer) >= 200);
    if (status == DAOTP_OK && answer->head)
        HOLDS(answer->body.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__http_response whole, pieces;
    daotp_status a, b;
    bool head;
    size_t step;

    if (size == 0)
        return 0;
    head = (data[0] & 1) != 0;
    step = 1 + (data[0] >> 1);
    daotp__http_response_init(&whole, head, MAX_BODY);
    daotp__http_response_init(&pieces, head, MAX_BODY);
    a = feed(&whole, data + 1, size - 1, size);
    b = feed(&pieces, data + 1, size - 1, step);
    look(&whole, a);
    look(&pieces, b);
    if (a == DAOTP_OK) { /* however it came, it is the same answer */
        HOLDS(b == DAOTP_OK &&
              daotp__http_response_status(&whole) == daotp__http_response_status(&pieces));
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&whole.body),
                                 daotp__buffer_bytes(&pieces.body)));
        HOLDS(whole.keeps_alive == pieces.keeps_alive);
    }
    daotp__http_response_free(&whole);
    daotp__http_response_free(&pieces);
    return 0;
}
