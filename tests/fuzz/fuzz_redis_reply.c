/* SPDX-License-Identifier: BSD-2-Clause */
/* The first octet says in what steps the rest arrives; a reply stays within its limits. */
#include "fuzz.h"

#include "limits.h"
#include "reply.h"

static size_t count_elements(const redisReply *reply, unsigned depth)
{
    size_t count = reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;

    HOLDS(depth <= MAX_REPLY_DEPTH);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        count += count_elements(reply->element[i], depth + 1);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reply_reader *reader = reply_reader_new();
    size_t step = size > 0 ? (size_t)data[0] + 1 : 1;
    daotp_status status = DAOTP_AGAIN;

    for (size_t at = 1; reader != NULL && at < size && status == DAOTP_AGAIN; at += step) {
        size_t len = size - at < step ? size - at : step;
        redisReply *reply;

        status = reply_reader_feed(reader, (const char *)data + at, len, &reply);
        HOLDS((reply != NULL) == (status == DAOTP_OK));
        HOLDS(reply == NULL || count_elements(reply, 0) <= MAX_REPLY_ELEMENTS);
        freeReplyObject(reply);
    }
    reply_reader_free(reader);
    return 0;
}
