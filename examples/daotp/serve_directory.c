/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that search, the queue before them, and what they remember. */
#include "serve_directory.h"

#include "directory_user.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, MAX_WAITING = 256, SLOTS = 4096, END_S = 2 };

struct serve_answers {
    _Atomic unsigned references; /* of the worker, and of each search that was begun */
    pthread_mutex_t lock;
    serve_lookup *first;
    int wake_fd;
};

struct serve_lookup {
    serve_lookup *next;
    serve_answers *answers;
    char name[SERVE_NAME];
    serve_found_fn tell; /* NULL: nobody waits; the worker's thread alone reads and sets it */
    void *user;
    serve_account account;
};

/* One name that was searched for. */
typedef struct slot {
    char *name; /* NULL: none */
    serve_account account;
    int64_t until_ms;
} slot;

struct serve_directory {
    _Atomic unsigned owners;     /* without one the threads end */
    _Atomic unsigned references; /* of owners and threads */
    serve_directory_config config;
    tool_secret password;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    serve_counts *counts; /* the owners': NULL when the last one is gone */
    serve_lookup *first, *last;
    size_t waiting;
    bool must_end;
    int64_t down_until_ms[SERVE_CONTROLLERS];
    slot slots[SLOTS];
};

/* The threads of all directories. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned count;
} searchers = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

static int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_BOOTTIME, &now); /* what a sleep takes is counted */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- what is remembered ---------------------------------------------------------------------- */

/* A name has one place. Upper and lower case of ASCII are equal, as in the directory. */
static slot *slot_of(serve_directory *d, const char *name)
{
    uint64_t hash = 1469598103934665603u;

    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;

        c = c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
        hash = (hash ^ c) * 1099511628211u;
    }
    return &d->slots[hash % SLOTS];
}

static bool is_remembered(serve_directory *d, const char *name, serve_account *account)
{
    slot *s = slot_of(d, name);
    bool is_there;

    pthread_mutex_lock(&d->lock);
    is_there = s->name != NULL && strcasecmp(s->name, name) == 0 && clock_ms() < s->until_ms;
    if (is_there)
        *account = s->account;
    pthread_mutex_unlock(&d->lock);
    return is_there;
}

/* began_ms: before the search, so that nothing is older than was promised. */
static void remember_account(serve_directory *d, const char *name, const serve_account *account,
                             int64_t began_ms)
{
    slot *s = slot_of(d, name);
    char *copy = strdup(name);

    pthread_mutex_lock(&d->lock);
    free(s->name);
    s->name = copy;
    s->account = *account;
    s->until_ms = began_ms + (int64_t)(d->config.cache_s * 1000);
    pthread_mutex_unlock(&d->lock);
}

/* ---- searching ------------------------------------------------------------------------------- */

enum { DOWN_MS = 30 * 1000 };

/* Of the controllers that this search has not tried: the first one that is not known to be down;
 * else the one that has been for longest. */
static size_t choose_controller(serve_directory *d, const bool *was_tried)
{
    int64_t now = clock_ms();
    size_t count = d->config.controller_count, best = count;

    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < count; i++) {
        if (was_tried[i])
            continue;
        if (d->down_until_ms[i] <= now) {
            best = i;
            break;
        }
        if (best == count || d->down_until_ms[i] < d->down_until_ms[best])
            best = i;
    }
    pthread_mutex_unlock(&d->lock);
    return best;
}

static void mark_down(serve_directory *d, size_t controller)
{
    pthread_mutex_lock(&d->lock);
    d->down_until_ms[controller] = clock_ms() + DOWN_MS;
    pthread_mutex_unlock(&d->lock);
}

/* A connection that fails is closed. */
static bool search_connection(serve_directory *d, directory_user **connection, const char *name,
                              serve_account *account)
{
    if (directory_user_find(*connection, name, account))
        return true;
    mark_down(d, directory_user_controller(*connection));
    directory_user_close(*connection);
    *connection = NULL;
    return false;
}

/* By the connection of the search before, if there is one; then each controller is tried once. That
 * connection is no try: its controller may have ended and come back since. */
static void search_controllers(serve_directory *d, directory_user **connection, const char *name,
                               serve_account *account)
{
    bool was_tried[SERVE_CONTROLLERS] = {false};

    if (*connection != NULL && search_connection(d, connection, name, account))
        return;
    for (size_t i = 0; i < d->config.controller_count; i++) {
        size_t which = choose_controller(d, was_tried);

        was_tried[which] = true;
        *connection = directory_user_open(&d->config, which, account);
        if (*connection == NULL)
            mark_down(d, which);
        else if (search_connection(d, connection, name, account))
            return;
    }
    account->found = SERVE_UNAVAILABLE;
}

/* A search may end after the server that began it. */
static void count_search(serve_directory *d, bool was_answered)
{
    pthread_mutex_lock(&d->lock);
    if (d->counts != NULL)
        serve_count_peer(&d->counts->directory, was_answered);
    pthread_mutex_unlock(&d->lock);
}

static void search_name(serve_directory *d, directory_user **connection, const char *name,
                        serve_account *account)
{
    int64_t began_ms = clock_ms();

    *account = (serve_account){.found = SERVE_UNAVAILABLE};
    search_controllers(d, connection, name, account);
    count_search(d, account->found != SERVE_UNAVAILABLE);
    if (account->found != SERVE_UNAVAILABLE)
        remember_account(d, name, account, began_ms);
}

/* ---- the answers for a worker ---------------------------------------------------------------- */

serve_answers *serve_answers_new(int wake_fd)
{
    serve_answers *answers = calloc(1, sizeof *answers);

    if (answers == NULL)
        return NULL;
    answers->references = 1;
    answers->wake_fd = wake_fd;
    (void)pthread_mutex_init(&answers->lock, NULL);
    return answers;
}

static void release_answers(serve_answers *answers)
{
    if (--answers->references > 0)
        return;
    (void)pthread_mutex_destroy(&answers->lock);
    free(answers);
}

static serve_lookup *take_answers(serve_answers *answers)
{
    serve_lookup *first;

    pthread_mutex_lock(&answers->lock);
    first = answers->first;
    answers->first = NULL;
    pthread_mutex_unlock(&answers->lock);
    return first;
}

static void free_lookup(serve_lookup *lookup)
{
    release_answers(lookup->answers);
    free(lookup);
}

void serve_answers_free(serve_answers *answers)
{
    serve_lookup *next;

    if (answers == NULL)
        return;
    pthread_mutex_lock(&answers->lock);
    answers->wake_fd = -1;
    pthread_mutex_unlock(&answers->lock);
    for (serve_lookup *lookup = take_answers(answers); lookup != NULL; lookup = next) {
        next = lookup->next;
        free_lookup(lookup);
    }
    release_answers(answers);
}

void serve_answers_give(serve_answers *answers)
{
    serve_lookup *next;

    for (serve_lookup *lookup = take_answers(answers); lookup != NULL; lookup = next) {
        next = lookup->next;
        if (lookup->tell != NULL)
            lookup->tell(lookup->user, &lookup->account);
        free_lookup(lookup);
    }
}

static void put_answer(serve_lookup *lookup)
{
    serve_answers *answers = lookup->answers;

    pthread_mutex_lock(&answers->lock);
    if (answers->wake_fd < 0) {
        pthread_mutex_unlock(&answers->lock);
        free_lookup(lookup);
        return;
    }
    lookup->next = answers->first;
    answers->first = lookup;
    (void)eventfd_write(answers->wake_fd, 1);
    pthread_mutex_unlock(&answers->lock);
}

/* ---- the threads ----------------------------------------------------------------------------- */

static void release_directory(serve_directory *d)
{
    if (--d->references > 0)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        free(d->slots[i].name);
    for (size_t i = 0; i < d->config.controller_count; i++)
        free(d->config.controllers[i]);
    tool_secret_free(&d->password);
    free((void *)d->config.user);
    free((void *)d->config.password_file);
    free((void *)d->config.trust);
    free((void *)d->config.base);
    free((void *)d->config.group);
    (void)pthread_mutex_destroy(&d->lock);
    (void)pthread_cond_destroy(&d->changed);
    free(d);
}

static serve_lookup *take_lookup(serve_directory *d)
{
    serve_lookup *lookup;

    pthread_mutex_lock(&d->lock);
    while (d->first == NULL && !d->must_end)
        pthread_cond_wait(&d->changed, &d->lock);
    lookup = d->first;
    if (lookup != NULL) {
        d->first = lookup->next;
        d->last = d->first != NULL ? d->last : NULL;
        d->waiting--;
    }
    pthread_mutex_unlock(&d->lock);
    return lookup;
}

static void count_searcher(bool begins)
{
    pthread_mutex_lock(&searchers.lock);
    if (begins)
        searchers.count++;
    else
        searchers.count--;
    pthread_cond_broadcast(&searchers.changed);
    pthread_mutex_unlock(&searchers.lock);
}

static void *run_searches(void *user)
{
    serve_directory *d = user;
    directory_user *connection = NULL;
    serve_lookup *lookup;

    while ((lookup = take_lookup(d)) != NULL) {
        search_name(d, &connection, lookup->name, &lookup->account);
        put_answer(lookup);
    }
    directory_user_close(connection);
    release_directory(d);
    count_searcher(false);
    return NULL;
}

/* ---- the interface --------------------------------------------------------------------------- */

static bool copy_text(const char **text)
{
    if (*text == NULL)
        return true;
    *text = strdup(*text);
    return *text != NULL;
}

static bool copy_config(serve_directory *d, const serve_directory_config *config)
{
    bool is_copied;

    d->config = *config;
    d->config.password = &d->password;
    is_copied = copy_text(&d->config.user);
    is_copied = copy_text(&d->config.password_file) && is_copied;
    is_copied = copy_text(&d->config.trust) && is_copied;
    is_copied = copy_text(&d->config.base) && is_copied;
    is_copied = copy_text(&d->config.group) && is_copied;
    for (size_t i = 0; i < config->controller_count; i++) {
        d->config.controllers[i] = strdup(config->controllers[i]);
        is_copied = is_copied && d->config.controllers[i] != NULL;
    }
    return is_copied;
}

static int start_searches(serve_directory *d)
{
    for (size_t i = 0; i < THREADS; i++) {
        pthread_t thread;

        d->references++;
        count_searcher(true);
        if (pthread_create(&thread, NULL, run_searches, d) != 0) {
            d->references--;
            count_searcher(false);
            tool_say("daotp serve: no thread for the directory can be started");
            return TOOL_INTERNAL;
        }
        (void)pthread_detach(thread);
    }
    return 0;
}

int serve_directory_new(const serve_directory_config *config, serve_counts *counts,
                        serve_directory **out)
{
    serve_directory *d = calloc(1, sizeof *d);
    int status = TOOL_MEMORY;

    *out = NULL;
    if (d == NULL)
        return TOOL_MEMORY;
    d->references = d->owners = 1;
    d->counts = counts;
    (void)pthread_mutex_init(&d->lock, NULL);
    (void)pthread_cond_init(&d->changed, NULL);
    if (directory_set_environment() && copy_config(d, config))
        status = config->user == NULL || tool_secret_load(config->password_file, &d->password)
                     ? start_searches(d)
                     : TOOL_CONFIGURATION;
    if (status == 0)
        *out = d;
    else
        serve_directory_unref(d);
    return status;
}

serve_directory *serve_directory_ref(serve_directory *d)
{
    if (d != NULL) {
        d->owners++;
        d->references++;
    }
    return d;
}

void serve_directory_unref(serve_directory *d)
{
    if (d == NULL)
        return;
    if (--d->owners == 0) {
        pthread_mutex_lock(&d->lock);
        d->must_end = true;
        d->counts = NULL;
        pthread_cond_broadcast(&d->changed);
        pthread_mutex_unlock(&d->lock);
    }
    release_directory(d);
}

bool serve_directory_await_threads(void)
{
    struct timespec until;
    bool have_ended;
    int rc = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += END_S;
    pthread_mutex_lock(&searchers.lock);
    while (searchers.count > 0 && rc == 0)
        rc = pthread_cond_timedwait(&searchers.changed, &searchers.lock, &until);
    have_ended = searchers.count == 0;
    pthread_mutex_unlock(&searchers.lock);
    return have_ended;
}

void serve_directory_ask_now(serve_directory *d, const char *name, serve_account *account)
{
    directory_user *connection = NULL;

    search_name(d, &connection, name, account);
    directory_user_close(connection);
}

bool serve_directory_try(serve_directory *d, char *why, size_t room)
{
    serve_account account = {.found = SERVE_UNAVAILABLE};
    bool is_there = false;

    for (size_t i = 0; i < d->config.controller_count && !is_there; i++) {
        directory_user *connection = directory_user_open(&d->config, i, &account);

        is_there = connection != NULL;
        directory_user_close(connection);
    }
    (void)snprintf(why, room, "%s", account.why);
    return is_there;
}

static serve_lookup *new_lookup(serve_answers *answers, const char *name, serve_found_fn tell,
                                void *user)
{
    serve_lookup *lookup = calloc(1, sizeof *lookup);

    if (lookup == NULL)
        return NULL;
    (void)snprintf(lookup->name, sizeof lookup->name, "%s", name);
    lookup->tell = tell;
    lookup->user = user;
    lookup->answers = answers;
    answers->references++;
    return lookup;
}

serve_lookup *serve_directory_ask(serve_directory *d, serve_answers *answers, const char *name,
                                  serve_found_fn tell, void *user, serve_account *account)
{
    serve_lookup *lookup;
    bool is_full;

    *account = (serve_account){.found = SERVE_UNKNOWN, .why = "the name is too long"};
    if (strlen(name) >= SERVE_NAME)
        return NULL;
    if (is_remembered(d, name, account)) {
        d->counts->cache_hits++;
        return NULL;
    }
    *account = (serve_account){.found = SERVE_UNAVAILABLE, .why = "memory ran out"};
    lookup = new_lookup(answers, name, tell, user);
    if (lookup == NULL)
        return NULL;
    *account = (serve_account){.found = SERVE_BUSY, .why = "too many searches wait"};
    pthread_mutex_lock(&d->lock);
    is_full = d->waiting >= MAX_WAITING;
    if (!is_full) {
        if (d->last != NULL)
            d->last->next = lookup;
        else
            d->first = lookup;
        d->last = lookup;
        d->waiting++;
        pthread_cond_signal(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    if (!is_full)
        return lookup;
    free_lookup(lookup);
    return NULL;
}

void serve_lookup_forget(serve_lookup *lookup)
{
    lookup->tell = NULL;
}
