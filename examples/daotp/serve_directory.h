/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is this user, asked of Active Directory, for `daotp serve`. The searches of libldap block, so
 * threads of its own carry them out; what they found is remembered for a stated time. A name is
 * taken as DOMAIN\name, as a UPN, or bare.
 */
#ifndef SERVE_DIRECTORY_H
#define SERVE_DIRECTORY_H

#include "serve_counts.h"

#include "tool.h"

typedef struct serve_directory serve_directory;
typedef struct serve_lookup serve_lookup;
/* The answers for one worker. */
typedef struct serve_answers serve_answers;

enum { SERVE_CONTROLLERS = 8, SERVE_NAME = 512, SERVE_DN = 2048, SERVE_SID = 192 };

typedef enum serve_directory_tls {
    SERVE_DIRECTORY_LDAPS = 1,
    SERVE_DIRECTORY_STARTTLS = 2,
    SERVE_DIRECTORY_SEALED = 3 /* by Kerberos alone */
} serve_directory_tls;

typedef struct serve_directory_config {
    char *controllers[SERVE_CONTROLLERS]; /* HOST, HOST:PORT or [ADDRESS]:PORT */
    size_t controller_count;
    int tls;                                  /* one of the above; 0: LDAPS */
    const char *user, *password_file, *trust; /* user: NULL for Kerberos */
    const char *base;                         /* NULL: the domain of the controller */
    const char *group;                        /* the DN of the one whose members may; NULL: all */
    const tool_secret *password;              /* of password_file; serve_directory_new() reads it */
    double cache_s, timeout_s;
} serve_directory_config;

/* What became of a search. */
typedef enum serve_found {
    SERVE_FOUND = 1,
    SERVE_UNKNOWN,     /* there is no such account */
    SERVE_CLOSED,      /* it is disabled, or has expired */
    SERVE_NOT_MEMBER,  /* it is not in the group */
    SERVE_AMBIGUOUS,   /* more than one has the name */
    SERVE_UNAVAILABLE, /* no controller answers */
    SERVE_BUSY         /* too many searches wait */
} serve_found;

typedef struct serve_account {
    serve_found found;
    char upn[SERVE_NAME], dn[SERVE_DN], sid[SERVE_SID];
    char why[256]; /* of what is not FOUND */
} serve_account;

/* In the worker's thread. */
typedef void (*serve_found_fn)(void *user, const serve_account *account);

/* Threads begin, and no connection is opened yet. 0, or an exit code after it was said what is
 * wrong. The texts of config are copied. */
int serve_directory_new(const serve_directory_config *config, serve_counts *counts,
                        serve_directory **directory);
serve_directory *serve_directory_ref(serve_directory *directory);
void serve_directory_unref(serve_directory *directory);
/* Wait for the threads of directories without an owner, two seconds at most. False: one is in a
 * search, which cannot be stopped. */
bool serve_directory_await_threads(void);
/* Search now, in this thread: for --check. */
void serve_directory_ask_now(serve_directory *directory, const char *name, serve_account *account);
/* Whether a controller can be reached and searched; else why not. */
bool serve_directory_try(serve_directory *directory, char *why, size_t room);

serve_answers *serve_answers_new(int wake_fd);
void serve_answers_free(serve_answers *answers);
/* Give the answers that are there to those who asked. */
void serve_answers_give(serve_answers *answers);

/* Begin to search; the answer comes by serve_answers_give(). NULL when it was not begun, or is
 * known already: then *account says it. */
serve_lookup *serve_directory_ask(serve_directory *directory, serve_answers *answers,
                                  const char *name, serve_found_fn tell, void *user,
                                  serve_account *account);
/* Nobody waits for it any more. */
void serve_lookup_forget(serve_lookup *lookup);

#endif
