/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A RADIUS client with servers that the test itself plays, in one thread: loopback delivers at
 * once, and the clock stands until the test moves it, so nothing sleeps and nothing is by chance.
 */
#ifndef RADIUS_SCENE_H
#define RADIUS_SCENE_H

#include "radius_peer.h"
#include "testing.h"

#include <daotp/daotp.h>

#include <errno.h>

enum { SCENE_SERVERS = 4, SCENE_BEGAN_MS = 1000000 };

static const char scene_secret[] = "scene\0secret of 24 octets";
#define SCENE_SECRET_LEN (sizeof scene_secret - 1)

typedef struct scene {
    daotp_context *context;
    daotp_radius *radius;
    int fds[SCENE_SERVERS];
    uint16_t ports[SCENE_SERVERS];
    size_t count;
    int64_t now_ms;
} scene;

/* A request as a server got it. */
typedef struct scene_request {
    uint8_t octets[RADIUS_PEER_ROOM];
    radius_peer_bytes packet; /* data is NULL when there was none */
    struct sockaddr_in from;
} scene_request;

static inline int64_t scene_clock(void *user)
{
    return ((const scene *)user)->now_ms;
}

/* A client of `count` servers that are listened at; 0: of none. */
static inline void scene_set_up(scene *s, size_t count, daotp_radius_policy policy)
{
    *s = (scene){.count = count, .now_ms = SCENE_BEGAN_MS};
    assert_int_equal(daotp_context_new(&s->context), DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(s->context, scene_clock, s), DAOTP_OK);
    assert_int_equal(daotp_radius_new(s->context, &s->radius), DAOTP_OK);
    for (size_t i = 0; i < count; i++) {
        s->fds[i] = radius_peer_open(AF_INET, &s->ports[i]);
        assert_int_equal(daotp_radius_add_server(s->radius, "127.0.0.1", s->ports[i], scene_secret,
                                                 SCENE_SECRET_LEN, policy),
                         DAOTP_OK);
    }
}

static inline void scene_close_server(scene *s, size_t server)
{
    if (s->fds[server] >= 0)
        (void)close(s->fds[server]);
    s->fds[server] = -1;
}

static inline void scene_tear_down(scene *s)
{
    daotp_radius_free(s->radius);
    daotp_context_free(s->context);
    for (size_t i = 0; i < s->count; i++)
        scene_close_server(s, i);
}

static inline daotp_radius_exchange *scene_exchange(scene *s, const char *user)
{
    daotp_radius_exchange *x;

    assert_int_equal(daotp_radius_exchange_new(s->radius, user, &x), DAOTP_OK);
    return x;
}

static inline daotp_radius_exchange *scene_begin(scene *s, const char *user, const char *password)
{
    daotp_radius_exchange *x = scene_exchange(s, user);

    assert_int_equal(daotp_radius_exchange_begin(x, password, strlen(password)), DAOTP_OK);
    return x;
}

/* Move the clock by steps of 10 ms, as a caller who waits would. */
static inline void scene_advance(scene *s, int64_t ms)
{
    int64_t until = s->now_ms + ms;

    (void)daotp_radius_step(s->radius);
    while (s->now_ms < until) {
        s->now_ms = s->now_ms + 10 < until ? s->now_ms + 10 : until;
        (void)daotp_radius_step(s->radius);
    }
}

/* The next request that a server got; false when there is none. */
static inline bool scene_take(scene *s, size_t server, scene_request *request)
{
    socklen_t len = sizeof request->from;
    ssize_t n = recvfrom(s->fds[server], request->octets, sizeof request->octets, MSG_DONTWAIT,
                         (struct sockaddr *)(void *)&request->from, &len);

    request->packet = (radius_peer_bytes){n >= 0 ? request->octets : NULL, n >= 0 ? (size_t)n : 0};
    return n >= 0;
}

static inline size_t scene_count(scene *s, size_t server)
{
    scene_request ignored;
    size_t count = 0;

    while (scene_take(s, server, &ignored))
        count++;
    return count;
}

static inline void scene_answer_as(scene *s, size_t server, const scene_request *request,
                                   uint8_t code, radius_peer_bytes attributes,
                                   radius_peer_place place)
{
    const radius_peer_reply reply = {.code = code,
                                     .id = request->octets[1],
                                     .authenticator = request->octets + 4,
                                     .secret = {(const uint8_t *)scene_secret, SCENE_SECRET_LEN},
                                     .attributes = attributes,
                                     .place = place};
    uint8_t out[RADIUS_PEER_ROOM];
    size_t len = radius_peer_write(&reply, out);

    assert_int_equal(sendto(s->fds[server], out, len, 0,
                            (const struct sockaddr *)(const void *)&request->from,
                            sizeof request->from),
                     (ssize_t)len);
}

#define SCENE_BYTES(text) ((radius_peer_bytes){(const uint8_t *)(text), sizeof(text) - 1})

static inline void scene_answer(scene *s, size_t server, const scene_request *request, uint8_t code)
{
    scene_answer_as(s, server, request, code, (radius_peer_bytes){NULL, 0}, RADIUS_PEER_FIRST);
}

/* Take the next request of a server, answer it, and let the client see that. */
static inline void scene_serve(scene *s, size_t server, uint8_t code, radius_peer_bytes attributes)
{
    scene_request request;

    assert_true(scene_take(s, server, &request));
    scene_answer_as(s, server, &request, code, attributes, RADIUS_PEER_FIRST);
    (void)daotp_radius_step(s->radius);
}

static inline daotp_finding_number scene_error(daotp_radius_exchange *x)
{
    const daotp_finding *error = daotp_report_error(daotp_radius_exchange_report(x));

    return error != NULL ? daotp_finding_get_number(error) : DAOTP_FINDING_NONE;
}

static inline bool scene_found(const daotp_report *report, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_report_count(report); i++)
        if (daotp_finding_get_number(daotp_report_finding(report, i)) == number)
            return true;
    return false;
}

static inline void scene_expect(daotp_radius_exchange *x, daotp_radius_answer answer,
                                daotp_finding_number error)
{
    if (daotp_radius_exchange_get_answer(x) != answer || scene_error(x) != error)
        fail_msg("answer %d (wanted %d), error %s (wanted %s)", daotp_radius_exchange_get_answer(x),
                 answer, daotp_catalogue_id(scene_error(x)), daotp_catalogue_id(error));
    assert_int_equal(daotp_radius_exchange_get_status(x) == DAOTP_OK,
                     answer == DAOTP_RADIUS_ACCEPTED);
    assert_int_equal(daotp_radius_exchange_get_status(x) == DAOTP_AGAIN,
                     answer == DAOTP_RADIUS_PENDING);
}

/* In a process of its own, for ten seconds at the most: one that may crash or turn for ever. */
static inline void scene_survives(void (*run)(void))
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)alarm(10);
        run();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("it ended with wait status %#x", (unsigned)status);
}

#endif
