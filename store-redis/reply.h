/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads one reply of RESP (the protocol of Redis) from octets, by the reader of hiredis, within the
 * bounds of limits.h. No input or output.
 */
#ifndef REDIS_REPLY_H
#define REDIS_REPLY_H

#include <daotp/status.h>
#include <hiredis/hiredis.h>

typedef struct reply_reader reply_reader;

/* NULL when memory ran out. */
reply_reader *reply_reader_new(void);
void reply_reader_free(reply_reader *self);
/* Takes octets. DAOTP_OK with *reply, which freeReplyObject() frees; DAOTP_AGAIN while it is not
 * whole; DAOTP_PEER when it is no reply or exceeds a bound, or octets follow it; DAOTP_MEMORY.
 * After anything but DAOTP_OK and DAOTP_AGAIN the reader cannot be used again. */
daotp_status reply_reader_feed(reply_reader *self, const char *octets, size_t len,
                               redisReply **reply);
/* What was wrong; static or owned by the reader. */
const char *reply_reader_why(const reply_reader *self);

#endif
