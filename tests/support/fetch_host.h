/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A web server for lists and answers that can misbehave in every way that is known: threads of this
 * process, on the loopback and a port that is free. It counts who asked for what.
 */
#ifndef FETCH_HOST_H
#define FETCH_HOST_H

#include "test_clock.h"
#include "testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef enum host_manner {
    HOST_PLAIN,       /* status, fields, body, as it should be */
    HOST_RAW,         /* the body alone: whatever it is */
    HOST_ENDLESS,     /* the body again and again, without a length */
    HOST_CHUNKS,      /* the same in chunks */
    HOST_FIELDS,      /* header fields without an end */
    HOST_INTERIM,     /* 103, and again 103 */
    HOST_LINE,        /* one header field without an end */
    HOST_TRAILERS,    /* a chunk of the body, the last chunk, and trailers without an end */
    HOST_EXTENSION,   /* a chunk extension without an end */
    HOST_DRIP,        /* an octet of the body every so often */
    HOST_DRIP_FIELDS, /* the same in the header */
    HOST_SILENT,      /* reads the question and says nothing */
    HOST_HALF,        /* half of the body, then the end */
    HOST_RESET,       /* a reset at once */
    HOST_RESET_HALF   /* half of the body, then a reset */
} host_manner;

typedef struct host_page {
    host_manner manner;
    int status;         /* 0: 200 */
    const char *fields; /* more header fields, each with its CRLF */
    daotp__bytes body;
    unsigned delay_ms, pause_ms; /* before the answer; between two octets of a drip */
    /* or: who makes the answer, into memory that the host frees. Called under the host's lock. */
    daotp__bytes (*answer)(void *user, daotp__bytes asked);
    void *user;
} host_page;

typedef struct host_place {
    char path[128];
    host_page page;
    unsigned asked;
    uint64_t sent; /* octets of the longest answer */
    char head[2048];
} host_place;

enum { HOST_PLACES = 128, HOST_LINES = 256 };

typedef struct fetch_host {
    int listener;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    bool stops;
    host_place places[HOST_PLACES];
    unsigned place_count, connections, open;
    int lines[HOST_LINES]; /* -1: free */
    pthread_t threads[HOST_LINES];
    bool has_thread[HOST_LINES]; /* which is to be joined, though the line is over */
    pthread_cond_t closed;
} fetch_host;

typedef struct host_line {
    fetch_host *host;
    int fd;
    unsigned slot;
    uint64_t sent;
} host_line;

/* ---- a question ------------------------------------------------------------------------------ */

typedef struct host_question {
    char text[65536];
    size_t len;
    char *body;
    size_t body_len;
} host_question;

/* ---- the host -------------------------------------------------------------------------------- */

/* On all of 127.0.0.0/8, and on no other interface. */
int host_listen(int family, unsigned *port);

/* NULL when this machine has no such family. */
fetch_host *host_new_of(int family);

fetch_host *host_new(void);

/* Ends what is being served, and waits for that: until then a body is still looked at. */
void host_rest(fetch_host *host);

/* Ends what it began, and waits for that. */
void host_free(fetch_host *host);

/* Serve this there from now on; what the page points to lives longer than the host asks for it. */
void host_put(fetch_host *host, const char *path, host_page page);

void host_put_body(fetch_host *host, const char *path, daotp__bytes body);

unsigned host_asked(fetch_host *host, const char *path);

/* Octets of the longest answer, once all lines are closed. */
uint64_t host_sent(fetch_host *host, const char *path);

/* How many came at all. */
unsigned host_connections(fetch_host *host);

/* The request line and the fields of the last question. */
void host_head(fetch_host *host, const char *path, char *head, size_t size);

/* Where it is, in one of a few blocks of memory. */
const char *host_url(const fetch_host *host, const char *path);

/* A port on which nobody listens: it was free a moment ago. */
unsigned host_free_port(void);

#endif
