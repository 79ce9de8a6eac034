/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius_scene.h"

#include "test_clock.h"

void radius_scene_set_up(radius_scene *s, size_t count, daotp_radius_policy policy)
{
    *s = (radius_scene){.count = count, .now_ms = SCENE_BEGAN_MS};
    assert_int_equal(daotp_context_new(&s->context), DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(s->context, test_clock_stands, &s->now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_radius_new(s->context, &s->radius), DAOTP_OK);
    for (size_t i = 0; i < count; i++) {
        s->fds[i] = radius_peer_open(AF_INET, &s->ports[i]);
        assert_int_equal(daotp_radius_add_server(s->radius, "127.0.0.1", s->ports[i],
                                                 radius_scene_secret, SCENE_SECRET_LEN, policy),
                         DAOTP_OK);
    }
}

void radius_scene_close_server(radius_scene *s, size_t server)
{
    if (s->fds[server] >= 0)
        (void)close(s->fds[server]);
    s->fds[server] = -1;
}

void radius_scene_tear_down(radius_scene *s)
{
    daotp_radius_free(s->radius);
    daotp_context_unref(s->context);
    for (size_t i = 0; i < s->count; i++)
        radius_scene_close_server(s, i);
}

daotp_radius_exchange *radius_scene_exchange(radius_scene *s, const char *user)
{
    daotp_radius_exchange *x;

    assert_int_equal(daotp_radius_exchange_new(s->radius, user, &x), DAOTP_OK);
    return x;
}

daotp_radius_exchange *radius_scene_begin(radius_scene *s, const char *user, const char *password)
{
    daotp_radius_exchange *x = radius_scene_exchange(s, user);

    assert_int_equal(daotp_radius_exchange_begin(x, password, strlen(password)), DAOTP_OK);
    return x;
}

void radius_scene_advance(radius_scene *s, int64_t ms)
{
    int64_t until = s->now_ms + ms;

    (void)daotp_radius_step(s->radius);
    while (s->now_ms < until) {
        s->now_ms = s->now_ms + 10 < until ? s->now_ms + 10 : until;
        (void)daotp_radius_step(s->radius);
    }
}

bool radius_scene_take(radius_scene *s, size_t server, radius_scene_request *request)
{
    socklen_t len = sizeof request->from;
    ssize_t n = recvfrom(s->fds[server], request->octets, sizeof request->octets, MSG_DONTWAIT,
                         (struct sockaddr *)(void *)&request->from, &len);

    request->packet = (radius_peer_bytes){n >= 0 ? request->octets : NULL, n >= 0 ? (size_t)n : 0};
    return n >= 0;
}

size_t radius_scene_count(radius_scene *s, size_t server)
{
    radius_scene_request ignored;
    size_t count = 0;

    while (radius_scene_take(s, server, &ignored))
        count++;
    return count;
}

void radius_scene_answer_as(radius_scene *s, size_t server, const radius_scene_request *request,
                            uint8_t code, radius_peer_bytes attributes, radius_peer_place place)
{
    const radius_peer_reply reply = {
        .code = code,
        .id = request->octets[1],
        .authenticator = request->octets + 4,
        .secret = {(const uint8_t *)radius_scene_secret, SCENE_SECRET_LEN},
        .attributes = attributes,
        .place = place};
    uint8_t out[RADIUS_PEER_ROOM];
    size_t len = radius_peer_write(&reply, out);

    assert_int_equal(sendto(s->fds[server], out, len, 0,
                            (const struct sockaddr *)(const void *)&request->from,
                            sizeof request->from),
                     (ssize_t)len);
}

void radius_scene_answer(radius_scene *s, size_t server, const radius_scene_request *request,
                         uint8_t code)
{
    radius_scene_answer_as(s, server, request, code, (radius_peer_bytes){NULL, 0},
                           RADIUS_PEER_FIRST);
}

void radius_scene_serve(radius_scene *s, size_t server, uint8_t code, radius_peer_bytes attributes)
{
    radius_scene_request request;

    assert_true(radius_scene_take(s, server, &request));
    radius_scene_answer_as(s, server, &request, code, attributes, RADIUS_PEER_FIRST);
    (void)daotp_radius_step(s->radius);
}

daotp_finding_number radius_scene_error(daotp_radius_exchange *x)
{
    const daotp_finding *error = daotp_report_get_error(daotp_radius_exchange_get_report(x));

    return error != NULL ? daotp_finding_get_number(error) : DAOTP_FINDING_NONE;
}

bool radius_scene_found(const daotp_report *report, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return true;
    return false;
}

void radius_scene_expect(daotp_radius_exchange *x, daotp_radius_answer answer,
                         daotp_finding_number error)
{
    if (daotp_radius_exchange_get_answer(x) != answer || radius_scene_error(x) != error)
        fail_msg("answer %d (wanted %d), error %s (wanted %s)", daotp_radius_exchange_get_answer(x),
                 answer, daotp_catalogue_get_id(radius_scene_error(x)),
                 daotp_catalogue_get_id(error));
    assert_int_equal(daotp_radius_exchange_get_status(x) == DAOTP_OK,
                     answer == DAOTP_RADIUS_ACCEPTED);
    assert_int_equal(daotp_radius_exchange_get_status(x) == DAOTP_AGAIN,
                     answer == DAOTP_RADIUS_PENDING);
}

void radius_scene_survives(void (*run)(void))
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
