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

static const char radius_scene_secret[] = "scene\0secret of 24 octets";
#define SCENE_SECRET_LEN (sizeof radius_scene_secret - 1)

typedef struct radius_scene {
    daotp_context *context;
    daotp_radius *radius;
    int fds[SCENE_SERVERS];
    uint16_t ports[SCENE_SERVERS];
    size_t count;
    int64_t now_ms;
} radius_scene;

/* A request as a server got it. */
typedef struct radius_scene_request {
    uint8_t octets[RADIUS_PEER_ROOM];
    radius_peer_bytes packet; /* data is NULL when there was none */
    struct sockaddr_in from;
} radius_scene_request;

/* A client of `count` servers that are listened at; 0: of none. */
void radius_scene_set_up(radius_scene *s, size_t count, daotp_radius_policy policy);

void radius_scene_close_server(radius_scene *s, size_t server);

void radius_scene_tear_down(radius_scene *s);

daotp_radius_exchange *radius_scene_exchange(radius_scene *s, const char *user);

daotp_radius_exchange *radius_scene_begin(radius_scene *s, const char *user, const char *password);

/* Move the clock by steps of 10 ms, as a caller who waits would. */
void radius_scene_advance(radius_scene *s, int64_t ms);

/* The next request that a server got; false when there is none. */
bool radius_scene_take(radius_scene *s, size_t server, radius_scene_request *request);

size_t radius_scene_count(radius_scene *s, size_t server);

void radius_scene_answer_as(radius_scene *s, size_t server, const radius_scene_request *request,
                            uint8_t code, radius_peer_bytes attributes, radius_peer_place place);

#define SCENE_BYTES(text) ((radius_peer_bytes){(const uint8_t *)(text), sizeof(text) - 1})

void radius_scene_answer(radius_scene *s, size_t server, const radius_scene_request *request,
                         uint8_t code);

/* Take the next request of a server, answer it, and let the client see that. */
void radius_scene_serve(radius_scene *s, size_t server, uint8_t code, radius_peer_bytes attributes);

daotp_finding_number radius_scene_error(daotp_radius_exchange *x);

bool radius_scene_found(const daotp_report *report, daotp_finding_number number);

void radius_scene_expect(daotp_radius_exchange *x, daotp_radius_answer answer,
                         daotp_finding_number error);

/* In a process of its own, for ten seconds at the most: one that may crash or turn for ever. */
void radius_scene_survives(void (*run)(void));

#endif
