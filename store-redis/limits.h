/* SPDX-License-Identifier: BSD-2-Clause */
/* Every limit of the store redis:, in one place. Sizes in bytes, times in milliseconds. */
#ifndef REDIS_LIMITS_H
#define REDIS_LIMITS_H

enum {
    /* what a server may send */
    MAX_REPLY = 4 * 1024 * 1024,  /* one reply, as RESP */
    MAX_REPLY_LINE = 4096,        /* one line of it that is no bulk string */
    MAX_REPLY_DEPTH = 2,          /* arrays within one another */
    MAX_REPLY_ELEMENTS = 20000,   /* in all arrays of one reply together */
    MAX_READ_STEP = 16 * 1024,    /* from the socket, in one step */
    MAX_RECEIVED = 2 * MAX_REPLY, /* from the socket for one command, TLS records included */
    MAX_RECORD = 1024 * 1024,     /* one sealed record */
    MAX_LABELS = 16384,           /* of one list */
    MAX_SENTINEL_HOST = 253,      /* a host name in the answer of a Sentinel */

    /* what the configuration may hold */
    MAX_SERVERS = 16,
    MAX_SEAL_KEYS = 16,
    MAX_SEAL_KEY_ID = 32,
    MAX_SECRET_FILE = 4096,
    MAX_SERVER_PASSWORD = 1024,
    MAX_URI_VALUE = 4095,
    MAX_PREFIX = 64,

    /* what one store remembers */
    MAX_HELD_LOCKS = 64,

    /* times */
    DEFAULT_TIMEOUT_MS = 5000, /* of one call, from the connection to the reply */
    MAX_TIMEOUT_S = 600,
    DEFAULT_LOCK_S = 120, /* from the check of a store to the put: a user types a code meanwhile */
    MAX_LOCK_S = 3600,
    PUT_LOCK_MS = 10000, /* for a put that no check came before */
    LOCK_POLL_MS = 50,   /* between two attempts to get a lock that another host holds */
    RELEASE_MS = 1000,   /* to give locks back when the store is freed */
    FENCE_DAYS = 2       /* how long the last token of a label is remembered by the server */
};

#endif
