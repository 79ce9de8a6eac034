/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include "limits.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if HIREDIS_MAJOR >= 1
typedef size_t array_length;
#else
typedef int array_length;
#endif

struct reply_reader {
    redisReader *reader;
    redisReplyObjectFunctions functions; /* those of hiredis, with a bounded createArray */
    void *(*create_array)(const redisReadTask *task, array_length elements);
    size_t fed, elements; /* of this reply */
    const char *why;
};

static unsigned count_parents(const redisReadTask *task)
{
    unsigned count = 0;

    for (const redisReadTask *at = task->parent; at != NULL; at = at->parent)
        count++;
    return count;
}

/* hiredis allocates a pointer for each element that an array announces: a server could ask for
 * gigabytes with one line. */
static void *create_bounded_array(const redisReadTask *task, array_length elements)
{
    reply_reader *self = task->privdata;

    self->elements += (size_t)elements;
    if ((size_t)elements > MAX_REPLY_ELEMENTS || self->elements > MAX_REPLY_ELEMENTS)
        self->why = "an array of too many elements";
    else if (count_parents(task) >= MAX_REPLY_DEPTH)
        self->why = "arrays nested too deeply";
    return self->why == NULL ? self->create_array(task, elements) : NULL;
}

reply_reader *reply_reader_new(void)
{
    reply_reader *self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    self->reader = redisReaderCreate();
    if (self->reader == NULL) {
        free(self);
        return NULL;
    }
    self->functions = *self->reader->fn;
    self->create_array = self->functions.createArray;
    self->functions.createArray = create_bounded_array;
    self->reader->fn = &self->functions;
    self->reader->privdata = self;
    return self;
}

void reply_reader_free(reply_reader *self)
{
    if (self == NULL)
        return;
    redisReaderFree(self->reader);
    free(self);
}

const char *reply_reader_why(const reply_reader *self)
{
    if (self->why != NULL)
        return self->why;
    return self->reader->err != 0 ? self->reader->errstr : "";
}

/* hiredis looks for the end of a line from its beginning each time that octets arrive. */
static bool has_endless_line(const redisReader *reader)
{
    size_t rest = reader->len - reader->pos;

    return rest > MAX_REPLY_LINE && memchr(reader->buf + reader->pos, '\n', MAX_REPLY_LINE) == NULL;
}

static daotp_status refuse_reply(reply_reader *self, const char *why)
{
    self->why = why;
    return DAOTP_PEER;
}

static daotp_status finish_reply(reply_reader *self, void *object, redisReply **reply)
{
    if (self->reader->pos != self->reader->len) {
        freeReplyObject(object);
        return refuse_reply(self, "octets behind the reply");
    }
    self->fed = self->elements = 0;
    *reply = object;
    return DAOTP_OK;
}

daotp_status reply_reader_feed(reply_reader *self, const char *octets, size_t len,
                               redisReply **reply)
{
    void *object = NULL;

    *reply = NULL;
    if (self->why != NULL)
        return DAOTP_PEER;
    if (len > MAX_REPLY - self->fed)
        return refuse_reply(self, "a reply that is too large");
    self->fed += len;
    if (redisReaderFeed(self->reader, octets, len) != REDIS_OK ||
        redisReaderGetReply(self->reader, &object) != REDIS_OK) {
        if (self->why == NULL && self->reader->err == REDIS_ERR_OOM)
            return DAOTP_MEMORY;
        return DAOTP_PEER;
    }
    if (object != NULL)
        return finish_reply(self, object, reply);
    if (has_endless_line(self->reader))
        return refuse_reply(self, "a line without an end");
    return DAOTP_AGAIN;
}
