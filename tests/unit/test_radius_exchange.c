/* SPDX-License-Identifier: BSD-2-Clause */
/* One login as time goes by: transmissions, other servers, the health of servers, challenges,
 * identifiers, callbacks. The clock is the test's, so that every moment is exact. */
#include "radius_scene.h"
#include "tls_peer.h"

#include "radius/exchange.h"

#include <string.h>

/* A port where nothing listens, that is nobody's else: its socket hears the discard port only. */
static void fall_deaf(radius_scene *s, size_t server)
{
    const struct sockaddr_in discard = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};

    assert_int_equal(
        connect(s->fds[server], (const struct sockaddr *)(const void *)&discard, sizeof discard),
        0);
}

/* Another socket takes the port over, at no time is it free. */
static void hear_again(radius_scene *s, size_t server)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(s->ports[server]),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

    (void)setsockopt(s->fds[server], SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    radius_scene_close_server(s, server);
    s->fds[server] = fd;
}

/* ---- timers, RFC 5080 2.2.1 ------------------------------------------------------------------ */

/* When a server got requests in so much time: milliseconds since now; all of them alike. */
static size_t arrivals(radius_scene *s, size_t server, int64_t ms, int64_t *at, size_t room)
{
    radius_scene_request first, next;
    int64_t began = s->now_ms;
    size_t count = 0;

    while (s->now_ms - began <= ms) {
        while (radius_scene_take(s, server, count == 0 ? &first : &next)) {
            assert_true(count < room);
            if (count > 0) {
                assert_int_equal(next.packet.len, first.packet.len);
                assert_memory_equal(next.octets, first.octets, first.packet.len);
                assert_int_equal(next.from.sin_port, first.from.sin_port);
            }
            at[count++] = s->now_ms - began;
        }
        radius_scene_advance(s, 10);
    }
    return count;
}

static void expect_about(int64_t found, int64_t wanted)
{
    if (found < wanted * 9 / 10 || found > wanted * 11 / 10 + 10)
        fail_msg("wanted about %lld ms, found %lld", (long long)wanted, (long long)found);
}

static void a_code_is_sent_with_growing_patience(void **state)
{
    daotp_radius_exchange *x;
    int64_t at[8];
    size_t count;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    count = arrivals(&s, 0, 14980, at, 8);
    radius_scene_expect(x, DAOTP_RADIUS_PENDING, DAOTP_FINDING_NONE);
    assert_between(count, 3, 4); /* the fourth may be due past the deadline */
    assert_int_equal(at[0], 0);
    expect_about(at[1], 2000);
    expect_about(at[2] - at[1], 4000);
    if (count == 4)
        expect_about(at[3] - at[2], 8000);
    radius_scene_advance(&s, 15000 - (s.now_ms - SCENE_BEGAN_MS));
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    assert_int_equal(daotp_radius_exchange_get_status(x), DAOTP_TIMEOUT);
    assert_int_equal(daotp_radius_exchange_get_transmissions(x), count);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_push_waits_longer(void **state)
{
    daotp_radius_exchange *x;
    int64_t at[8];
    size_t count;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timers(s.radius, DAOTP_RADIUS_TIMERS_PUSH), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    count = arrivals(&s, 0, 64980, at, 8);
    assert_between(count, 5, 6);
    expect_about(at[1], 5000);
    expect_about(at[2] - at[1], 10000);
    expect_about(at[3] - at[2], 15000);
    assert_int_equal(radius_scene_count(&s, 1),
                     0); /* silence is no reason to prompt a second time */
    radius_scene_advance(&s, 65000 - (s.now_ms - SCENE_BEGAN_MS));
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_probe_is_sent_once(void **state)
{
    daotp_radius_exchange *x;
    int64_t at[8];
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timers(s.radius, DAOTP_RADIUS_TIMERS_PROBE), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(arrivals(&s, 0, 2980, at, 8), 1);
    radius_scene_advance(&s, 3000 - (s.now_ms - SCENE_BEGAN_MS));
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_timeout_may_be_changed_back(void **state)
{
    daotp_radius_exchange *x;
    int64_t at[8];
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 1500), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    (void)arrivals(&s, 0, 1490, at, 8);
    expect_about(at[1], 200); /* a tenth of the profile's */
    radius_scene_advance(&s, 1500 - (s.now_ms - SCENE_BEGAN_MS));
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 15000), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    (void)arrivals(&s, 0, 14900, at, 8);
    expect_about(at[1], 2000);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void the_shortest_timeout(void)
{
    daotp_radius_exchange *x;
    radius_scene s;

    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 1), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    (void)daotp_radius_step(s.radius);
    s.now_ms++;
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_step_ends_though_the_clock_stands(void **state)
{
    (void)state;
    radius_scene_survives(the_shortest_timeout);
}

/* ---- other servers --------------------------------------------------------------------------- */

static void silence_leads_to_the_next_server(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request first, second;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 3, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "123456");
    assert_true(radius_scene_take(&s, 0, &first));
    radius_scene_advance(&s, 5900);
    assert_int_equal(radius_scene_count(&s, 1), 0);
    radius_scene_advance(&s, 200);
    assert_true(radius_scene_take(&s, 1, &second));
    assert_memory_not_equal(first.octets + 4, second.octets + 4, 16);
    assert_string_equal(daotp_radius_exchange_get_server(x), daotp_radius_get_server(s.radius, 1));
    radius_scene_answer(&s, 0, &first, 2); /* too late: the second has been asked */
    radius_scene_answer_as(&s, 1, &second, 2, SCENE_BYTES("\x12\x07hello"), RADIUS_PEER_FIRST);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_true(
        radius_scene_found(daotp_radius_exchange_get_report(x), DAOTP_FINDING_RADIUS_FAILOVER));
    assert_string_equal(daotp_radius_exchange_get_server(x), daotp_radius_get_server(s.radius, 1));
    assert_int_equal(radius_scene_count(&s, 2), 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Nobody is asked twice, and the last one is asked like the first. */
static void every_server_is_asked_once(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 3, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 15000);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    for (size_t i = 0; i < 3; i++)
        assert_between(radius_scene_count(&s, i), 1, 3);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* 255.255.255.255: the kernel refuses at once, as it does where there is no route. */
static void add_unreachable(radius_scene *s)
{
    assert_int_equal(daotp_radius_add_server(s->radius, "255.255.255.255", 1812,
                                             radius_scene_secret, SCENE_SECRET_LEN,
                                             DAOTP_RADIUS_POLICY_REQUIRE),
                     DAOTP_OK);
}

/* The next one that the test plays, wherever it stands in the client's list. */
static void add_listening(radius_scene *s)
{
    s->fds[s->count] = radius_peer_open(AF_INET, &s->ports[s->count]);
    assert_int_equal(daotp_radius_add_server(s->radius, "127.0.0.1", s->ports[s->count],
                                             radius_scene_secret, SCENE_SECRET_LEN,
                                             DAOTP_RADIUS_POLICY_REQUIRE),
                     DAOTP_OK);
    s->count++;
}

static void an_unreachable_first_server_is_no_error(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    add_unreachable(&s);
    add_listening(&s);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_true(
        radius_scene_found(daotp_radius_exchange_get_report(x), DAOTP_FINDING_RADIUS_FAILOVER));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* The first may still answer where nobody else can be asked. */
static void second_server_unreachable(void)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    add_unreachable(&s);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    radius_scene_advance(&s, 10000);
    radius_scene_expect(x, DAOTP_RADIUS_PENDING, DAOTP_FINDING_NONE);
    radius_scene_answer(&s, 0, &request, 2);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void an_unreachable_second_server_costs_nothing(void **state)
{
    (void)state;
    radius_scene_survives(second_server_unreachable);
}

static void nobody_can_be_reached(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    add_unreachable(&s);
    add_unreachable(&s);
    x = radius_scene_exchange(&s, "alice");
    assert_int_equal(daotp_radius_exchange_begin(x, "1", 1), DAOTP_NETWORK);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_REFUSED);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Nor is it a transmission: what was sent is what servers got. */
static void an_unreachable_one_in_between_is_not_counted(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    size_t first;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    add_unreachable(&s);
    add_listening(&s);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 6100);
    assert_false(daotp_radius_is_server_alive(s.radius, 1));
    first = radius_scene_count(&s, 0);
    assert_true(radius_scene_take(&s, 1, &request));
    radius_scene_answer(&s, 1, &request, 2);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_radius_exchange_get_transmissions(x), first + 1);
    assert_false(radius_scene_found(daotp_radius_exchange_get_report(x),
                                    DAOTP_FINDING_RADIUS_RETRANSMITTED));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void answer_with_another_secret(radius_scene *s, size_t server,
                                       const radius_scene_request *request)
{
    const radius_peer_reply reply = {.code = 2,
                                     .id = request->octets[1],
                                     .authenticator = request->octets + 4,
                                     .secret = SCENE_BYTES("set once, long ago")};
    uint8_t out[RADIUS_PEER_ROOM];
    size_t len = radius_peer_write(&reply, out);

    assert_int_equal(sendto(s->fds[server], out, len, 0,
                            (const struct sockaddr *)(const void *)&request->from,
                            sizeof request->from),
                     (ssize_t)len);
}

static const char *subject_of(daotp_radius_exchange *x, daotp_finding_number number)
{
    const daotp_report *report = daotp_radius_exchange_get_report(x);

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return daotp_finding_get_subject(daotp_report_get_finding(report, i));
    return "not found";
}

/* Which server has the wrong secret is what somebody has to know; the other one is but silent. */
static void replies_that_do_not_count_are_laid_to_their_server(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    answer_with_another_secret(&s, 0, &request);
    radius_scene_advance(&s, 15000);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    assert_string_equal(subject_of(x, DAOTP_FINDING_RADIUS_TIMEOUT),
                        daotp_radius_get_server(s.radius, 1));
    assert_string_equal(subject_of(x, DAOTP_FINDING_RADIUS_SECRET),
                        daotp_radius_get_server(s.radius, 0));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* However late another server is turned to, the deadline is the deadline. */
static void a_late_failover_keeps_the_deadline(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 4, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 19000), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 18900); /* 6 s for each */
    assert_int_equal(radius_scene_count(&s, 3), 1);
    radius_scene_advance(&s, 100);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* A refusal shortly before the deadline does not put it off either. */
static void a_late_refusal_keeps_the_deadline(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 150), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 100);
    fall_deaf(&s, 0);
    radius_scene_advance(&s, 50);
    assert_int_equal(daotp_radius_exchange_get_answer(x), DAOTP_RADIUS_UNDECIDED);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Another program takes the port, and is silent: one refusal is no leave to send without end. */
static void a_refusal_lifts_no_limit(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 120000), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    fall_deaf(&s, 0);
    while (daotp_radius_exchange_get_transmissions(x) < 2)
        radius_scene_advance(&s, 10);
    hear_again(&s, 0);
    radius_scene_advance(&s, 110000);
    assert_int_equal(daotp_radius_exchange_get_answer(x), DAOTP_RADIUS_PENDING);
    assert_between(daotp_radius_exchange_get_transmissions(x), 2, 5);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* What one exchange hears, all on its socket hear; but none of them has heard it twice. */
static void a_refusal_is_not_counted_for_others(void **state)
{
    enum { COUNT = 3 };
    daotp_radius_exchange *x[COUNT];
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    fall_deaf(&s, 0);
    for (int i = 0; i < COUNT; i++) { /* each one's packet is refused, and all hear of it */
        x[i] = radius_scene_begin(&s, "alice", "1");
        radius_scene_advance(&s, 20);
    }
    hear_again(&s, 0);
    radius_scene_advance(&s, 100); /* each is sent a second time */
    for (int i = 0; i < COUNT; i++)
        radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    for (int i = 0; i < COUNT; i++) {
        radius_scene_expect(x[i], DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
        daotp_radius_exchange_free(x[i]);
    }
    radius_scene_tear_down(&s);
}

static void what_is_refused_twice_is_believed(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    fall_deaf(&s, 0);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 90);
    radius_scene_expect(x, DAOTP_RADIUS_PENDING, DAOTP_FINDING_NONE);
    radius_scene_advance(&s, 30);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_REFUSED);
    assert_int_equal(daotp_radius_exchange_get_transmissions(x), 2);
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* The kernel tells a sender of the refusal of an earlier packet, and then has not sent this one. */
static void the_refusal_of_another_loses_nothing(void **state)
{
    daotp_radius_exchange *refused, *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    fall_deaf(&s, 0);
    refused = radius_scene_begin(&s, "alice", "1");
    hear_again(&s, 0);
    x = radius_scene_begin(&s, "bob", "1");
    assert_int_equal(radius_scene_count(&s, 0), 1); /* bob's, and at once */
    daotp_radius_exchange_free(refused);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- health ---------------------------------------------------------------------------------- */

static void time_out(radius_scene *s, unsigned at_once)
{
    daotp_radius_exchange *x[8];

    assert_true(at_once <= 8);
    for (unsigned i = 0; i < at_once; i++)
        x[i] = radius_scene_begin(s, "alice", "1");
    radius_scene_advance(s, 15000);
    for (unsigned i = 0; i < at_once; i++) {
        assert_int_equal(daotp_radius_exchange_get_answer(x[i]), DAOTP_RADIUS_UNDECIDED);
        daotp_radius_exchange_free(x[i]);
    }
}

static void a_silent_server_is_asked_last_for_a_while(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 6100);
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    radius_scene_serve(&s, 1, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    (void)radius_scene_count(&s, 0);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(radius_scene_count(&s, 0), 0);
    radius_scene_serve(&s, 1, 2, (radius_peer_bytes){NULL, 0});
    daotp_radius_exchange_free(x);
    radius_scene_advance(&s, 30000);
    assert_true(daotp_radius_is_server_alive(s.radius, 0));
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* A code that one server refused is neither repeated there nor tried at the next. */
static void a_rejected_code_is_not_sent_again(void **state)
{
    radius_scene_request request;
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    radius_scene_answer(&s, 0, &request, 3);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED);
    radius_scene_advance(&s, 60000);
    assert_int_equal(radius_scene_count(&s, 0), 0);
    assert_int_equal(radius_scene_count(&s, 1), 0);
    assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), DAOTP_USAGE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void one_that_answers_others_is_not_dead(void **state)
{
    daotp_radius_exchange *silent, *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    silent = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(radius_scene_count(&s, 0), 1);
    radius_scene_advance(&s, 100);
    x = radius_scene_begin(&s, "bob", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    radius_scene_answer(&s, 0, &request, 3);
    radius_scene_advance(&s, 15000);
    radius_scene_expect(silent, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    radius_scene_expect(x, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED);
    assert_true(daotp_radius_is_server_alive(s.radius, 0));
    daotp_radius_exchange_free(silent);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Thirty seconds, then twice as long each time it was tried again; many logins at once are one try.
 */
static void it_is_left_alone_longer_each_time(void **state)
{
    static const int64_t pauses_ms[] = {30000, 60000, 120000, 240000, 300000, 300000};
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        time_out(&s, 5);
        assert_false(daotp_radius_is_server_alive(s.radius, 0));
        s.now_ms += pauses_ms[i] - 100;
        if (daotp_radius_is_server_alive(s.radius, 0))
            fail_msg("try %zu: alive too early", i);
        s.now_ms += 200;
        if (!daotp_radius_is_server_alive(s.radius, 0))
            fail_msg("try %zu: not alive after %lld ms", i, (long long)pauses_ms[i]);
    }
    radius_scene_tear_down(&s);
}

/* What a reply lends may be the next password; it is not cleared before it was read. */
static void a_message_may_be_given_back(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    const uint8_t *message;
    size_t len;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, SCENE_BYTES("\x12\x12sixteen octets.."));
    message = daotp_radius_exchange_get_message(x, 0, &len);
    assert_int_equal(len, 16);
    assert_int_equal(daotp_radius_exchange_begin(x, (const char *)message, len), DAOTP_OK);
    assert_true(
        radius_scene_take(&s, 0, &request)); /* a password of zeros would have been refused */
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Any origin of the clock does; the last ends while it still waits, and no sum overflows. */
static void health_and_timers_work_by_any_clock(void **state)
{
    static const int64_t origins[] = {INT64_MIN, -16000, -15000, -100, 0, INT64_MAX - 60000};
    daotp_radius_exchange *x, *silent;
    radius_scene s;

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
        s.now_ms = origins[i];
        assert_true(daotp_radius_is_server_alive(s.radius, 0));
        silent = radius_scene_begin(&s, "alice", "1");
        (void)radius_scene_count(&s, 0);
        x = radius_scene_begin(&s, "bob", "1");
        radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
        radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
        radius_scene_advance(&s, 15000);
        radius_scene_expect(silent, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
        assert_true(daotp_radius_is_server_alive(s.radius, 0)); /* it answered bob meanwhile */
        daotp_radius_exchange_free(silent);
        daotp_radius_exchange_free(x);
        time_out(&s, 1);
        assert_false(daotp_radius_is_server_alive(s.radius, 0));
        s.now_ms += 29000;
        assert_false(daotp_radius_is_server_alive(s.radius, 0));
        radius_scene_tear_down(&s);
    }
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    s.now_ms = INT64_MAX - 10;
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 10);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* What was silent once and then answered is left alone no longer than one that never was. */
static void an_answer_makes_up_for_the_silence(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    time_out(&s, 1);
    (void)radius_scene_count(&s, 0);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    radius_scene_advance(&s, 10);
    time_out(&s, 1);
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    s.now_ms += 30100;
    assert_true(daotp_radius_is_server_alive(s.radius, 0));
    radius_scene_tear_down(&s);
}

/* One that is known to be dead is passed over when a living one stands behind it. */
static void a_dead_server_is_passed_over(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 3, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_exchange(&s, "nobody");
    assert_int_equal(daotp_radius_exchange_probe(x, 1, DAOTP_RADIUS_PROBE_STATUS_SERVER), DAOTP_OK);
    radius_scene_advance(&s, 15000);
    daotp_radius_exchange_free(x);
    assert_false(daotp_radius_is_server_alive(s.radius, 1));
    (void)radius_scene_count(&s, 1);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(radius_scene_count(&s, 0), 1);
    radius_scene_advance(&s, 6100);
    assert_int_equal(radius_scene_count(&s, 1), 0);
    radius_scene_serve(&s, 2, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void the_only_server_is_asked_though_it_is_dead(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    time_out(&s, 1);
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    (void)radius_scene_count(&s, 0);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_true(daotp_radius_is_server_alive(s.radius, 0));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Where all are dead the first is asked, then the others, each once. */
static void of_the_dead_the_first_is_asked(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    time_out(&s, 1);
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    assert_false(daotp_radius_is_server_alive(s.radius, 1));
    (void)radius_scene_count(&s, 0);
    (void)radius_scene_count(&s, 1);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(radius_scene_count(&s, 0), 1);
    assert_int_equal(radius_scene_count(&s, 1), 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void probes_tell_who_lives(void **state)
{
    static const uint8_t codes[] = {2, 3, 5, 11};
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    for (size_t i = 0; i < sizeof codes; i++)
        for (daotp_radius_probe probe = DAOTP_RADIUS_PROBE_STATUS_SERVER;
             probe <= DAOTP_RADIUS_PROBE_USER; probe++) {
            bool status_server = probe == DAOTP_RADIUS_PROBE_STATUS_SERVER;

            daotp_radius_exchange *x = radius_scene_exchange(&s, "nobody");

            if (codes[i] == 5 && !status_server) {
                daotp_radius_exchange_free(x);
                continue;
            }
            assert_int_equal(daotp_radius_exchange_probe(x, 1, probe), DAOTP_OK);
            assert_true(radius_scene_take(&s, 1, &request));
            assert_int_equal(request.octets[0], status_server ? 12 : 1);
            assert_true(radius_peer_is_signed(
                request.packet,
                (radius_peer_bytes){(const uint8_t *)radius_scene_secret, SCENE_SECRET_LEN}));
            assert_int_equal(radius_peer_find(request.packet, 1, 0).len, status_server ? 0 : 11);
            assert_int_equal(radius_peer_find(request.packet, 2, 0).len, status_server ? 0 : 16);
            radius_scene_answer_as(&s, 1, &request, codes[i], (radius_peer_bytes){NULL, 0},
                                   status_server ? RADIUS_PEER_NOWHERE : RADIUS_PEER_FIRST);
            (void)daotp_radius_step(s.radius);
            radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
            assert_true(radius_scene_found(daotp_radius_exchange_get_report(x),
                                           DAOTP_FINDING_RADIUS_ALIVE));
            assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), DAOTP_USAGE);
            daotp_radius_exchange_free(x);
        }
    assert_int_equal(radius_scene_count(&s, 0), 0);
    radius_scene_tear_down(&s);
}

static void a_probe_asks_nobody_else(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    for (daotp_radius_probe probe = DAOTP_RADIUS_PROBE_STATUS_SERVER;
         probe <= DAOTP_RADIUS_PROBE_USER; probe++) {
        bool status_server = probe == DAOTP_RADIUS_PROBE_STATUS_SERVER;

        x = radius_scene_exchange(&s, "nobody");
        assert_int_equal(daotp_radius_exchange_probe(x, 0, probe), DAOTP_OK);
        radius_scene_advance(&s, 15000);
        radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
        if (status_server) /* RFC 5997 4.1 */
            assert_int_equal(radius_scene_count(&s, 0), 1);
        else
            (void)radius_scene_count(&s, 0);
        assert_int_equal(radius_scene_count(&s, 1), 0);
        assert_false(daotp_radius_is_server_alive(s.radius, 0));
        daotp_radius_exchange_free(x);
    }
    radius_scene_tear_down(&s);
}

/* It may be sent but once: then what was heard once must do, or a dead server would be "silent". */
static void a_probe_that_is_refused_is_over(void **state)
{
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_timers(s.radius, DAOTP_RADIUS_TIMERS_PROBE), DAOTP_OK);
    fall_deaf(&s, 0);
    for (daotp_radius_probe probe = DAOTP_RADIUS_PROBE_STATUS_SERVER;
         probe <= DAOTP_RADIUS_PROBE_USER; probe++) {

        daotp_radius_exchange *x = radius_scene_exchange(&s, "nobody");

        assert_int_equal(daotp_radius_exchange_probe(x, 0, probe), DAOTP_OK);
        radius_scene_advance(&s, 200);
        radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_REFUSED);
        assert_int_equal(daotp_radius_exchange_get_transmissions(x), 1);
        assert_false(daotp_radius_is_server_alive(s.radius, 0));
        daotp_radius_exchange_free(x);
    }
    radius_scene_tear_down(&s);
}

/* ---- Message-Authenticator, policy auto ------------------------------------------------------ */

static void auto_requires_it_once_it_was_seen(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_AUTO);
    for (int signed_before = 0; signed_before < 2; signed_before++) {
        x = radius_scene_begin(&s, "alice", "1");
        assert_true(radius_scene_take(&s, 0, &request));
        radius_scene_answer_as(&s, 0, &request, 2, (radius_peer_bytes){NULL, 0},
                               RADIUS_PEER_NOWHERE);
        radius_scene_advance(&s, 15000);
        if (signed_before)
            radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_UNSIGNED);
        else
            radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
        daotp_radius_exchange_free(x);
        (void)radius_scene_count(&s, 0);
        x = radius_scene_begin(&s, "alice", "1");
        assert_true(radius_scene_take(&s, 0, &request));
        radius_scene_answer_as(&s, 0, &request, 3, (radius_peer_bytes){NULL, 0}, RADIUS_PEER_LAST);
        (void)daotp_radius_step(s.radius);
        radius_scene_expect(x, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED);
        daotp_radius_exchange_free(x);
    }
    radius_scene_tear_down(&s);
}

/* ---- challenges ------------------------------------------------------------------------------ */

#define CHALLENGE_MORE SCENE_BYTES("\x18\x05\0s\xff\x12\x06more")

static void a_challenge_is_answered_where_it_came_from(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request first, second;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "pin");
    assert_true(radius_scene_take(&s, 0, &first));
    radius_scene_answer_as(&s, 0, &first, 11, CHALLENGE_MORE, RADIUS_PEER_FIRST);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_radius_exchange_get_status(x), DAOTP_CHALLENGE);
    assert_false(daotp_radius_exchange_may_echo(x));
    assert_int_equal(daotp_radius_exchange_respond(x, "654321", 6), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_get_round(x), 2);
    assert_true(radius_scene_take(&s, 0, &second));
    assert_memory_not_equal(first.octets + 4, second.octets + 4, 16);
    assert_int_equal(radius_peer_find(second.packet, 24, 0).len, 3);
    assert_memory_equal(radius_peer_find(second.packet, 24, 0).data, "\0s\xff", 3);
    assert_int_equal(radius_peer_find(second.packet, 1, 0).len, 5);
    assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), DAOTP_USAGE); /* it is answered */
    radius_scene_advance(&s, 14000);
    assert_int_equal(radius_scene_count(&s, 1), 0); /* and nobody else has that State */
    radius_scene_answer_as(&s, 0, &second, 2, (radius_peer_bytes){NULL, 0}, RADIUS_PEER_FIRST);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    (void)radius_scene_count(&s, 0);
    assert_int_equal(daotp_radius_exchange_begin(x, "pin", 3), DAOTP_OK);
    assert_true(radius_scene_take(&s, 0, &first));
    assert_null(radius_peer_find(first.packet, 24, 0).data); /* another login, no State */
    assert_int_equal(daotp_radius_exchange_get_round(x), 1);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* A State belongs to its login: one whose challenge was left without an answer takes it along. */
static void a_challenge_that_is_left_is_forgotten(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "pin");
    radius_scene_serve(&s, 0, 11, CHALLENGE_MORE);
    radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_radius_exchange_begin(x, "pin", 3), DAOTP_OK);
    assert_true(radius_scene_take(&s, 0, &request));
    assert_null(radius_peer_find(request.packet, 24, 0).data);
    assert_null(daotp_radius_exchange_get_message(x, 0, NULL)); /* nor what was said then */
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* What was dropped in one round says nothing of the silence in the next. */
static void each_round_has_its_own_silence(void **state)
{
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "pin");
    assert_true(radius_scene_take(&s, 0, &request));
    radius_scene_answer_as(&s, 0, &request, 2, (radius_peer_bytes){NULL, 0}, RADIUS_PEER_NOWHERE);
    radius_scene_answer(&s, 0, &request, 11);
    (void)daotp_radius_step(s.radius);
    radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_radius_exchange_respond(x, "654321", 6), DAOTP_OK);
    radius_scene_advance(&s, 15100);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_bad_answer_leaves_the_challenge(void **state)
{
    char word[129] = "";
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    memset(word, 'w', sizeof word);
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "pin");
    radius_scene_serve(&s, 0, 11, CHALLENGE_MORE);
    assert_int_equal(daotp_radius_exchange_respond(x, word, sizeof word), DAOTP_USAGE);
    assert_int_equal(radius_scene_error(x), DAOTP_FINDING_RADIUS_PASSWORD);
    assert_int_equal(daotp_radius_exchange_respond(x, "654321", 6), DAOTP_OK);
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void rounds_have_an_end(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "pin");
    for (unsigned round = 1; round <= 5; round++) {
        assert_int_equal(daotp_radius_exchange_get_round(x), round);
        radius_scene_serve(&s, 0, 11, CHALLENGE_MORE);
        radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
        assert_int_equal(daotp_radius_exchange_respond(x, "1", 1),
                         round < 5 ? DAOTP_OK : DAOTP_USAGE);
    }
    assert_int_equal(radius_scene_count(&s, 0), 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void challenges_grow_old(void **state)
{
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    for (int late = 0; late < 2; late++) {
        daotp_radius_exchange *x = radius_scene_begin(&s, "alice", "pin");

        radius_scene_serve(&s, 0, 11, CHALLENGE_MORE);
        s.now_ms += 5 * 60 * 1000 + late;
        assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), late ? DAOTP_USAGE : DAOTP_OK);
        daotp_radius_exchange_free(x);
        (void)radius_scene_count(&s, 0);
    }
    radius_scene_tear_down(&s);
}

/* ---- identifiers ----------------------------------------------------------------------------- */

enum { IDS = 256 };

static void more_than_256_take_another_port(void **state)
{
    daotp_radius_exchange *x[IDS + 1];
    bool seen[IDS] = {false};
    in_port_t port = 0;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    for (int i = 0; i <= IDS; i++) {
        x[i] = radius_scene_begin(&s, "alice", "1");
        assert_true(radius_scene_take(&s, 0, &request));
        if (i == 0)
            port = request.from.sin_port;
        assert_int_equal(request.from.sin_port == port, i < IDS);
        if (i < IDS)
            assert_false(seen[request.octets[1]]);
        seen[request.octets[1]] = true;
    }
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_AGAIN);
    for (int i = 0; i <= IDS; i++)
        daotp_radius_exchange_free(x[i]);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    radius_scene_tear_down(&s);
}

/* The one longest unused is next; one that was given up is kept until nobody can answer it, and
 * does not hold up those behind it. */
static void use_identifiers_again(bool by_freeing)
{
    radius_scene_request request;
    daotp_radius_exchange *x;
    uint8_t given_up;
    in_port_t port;
    radius_scene s;

    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    given_up = request.octets[1];
    port = request.from.sin_port;
    if (!by_freeing)
        daotp_radius_exchange_cancel(x);
    daotp_radius_exchange_free(x);
    for (int i = 0; i < 2 * IDS; i++) {
        x = radius_scene_begin(&s, "alice", "1");
        assert_true(radius_scene_take(&s, 0, &request));
        if (request.octets[1] == given_up && request.from.sin_port == port)
            fail_msg("exchange %d: the identifier may still be answered", i);
        if (request.from.sin_port != port)
            fail_msg("exchange %d: another port, with %d identifiers free", i, IDS - 1);
        radius_scene_answer(&s, 0, &request, 3);
        (void)daotp_radius_step(s.radius);
        daotp_radius_exchange_free(x);
    }
    s.now_ms += 15000;
    for (int i = 0; i < IDS && request.octets[1] != given_up; i++) {
        x = radius_scene_begin(&s, "alice", "1");
        assert_true(radius_scene_take(&s, 0, &request));
        daotp_radius_exchange_free(x);
    }
    assert_int_equal(request.octets[1], given_up); /* its time has come */
    radius_scene_tear_down(&s);
}

static void identifiers_are_used_again_late(void **state)
{
    (void)state;
    use_identifiers_again(false);
    use_identifiers_again(true);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

struct told {
    radius_scene *scene;
    daotp_radius_exchange *last;
    unsigned count, again;
    daotp_radius_answer answer;
};

static void note(void *user, daotp_radius_exchange *x)
{
    struct told *told = user;

    told->count++;
    told->last = x;
    told->answer = daotp_radius_exchange_get_answer(x);
    if (told->again > 0 && told->again-- > 0)
        assert_int_equal(daotp_radius_exchange_begin(x, "1", 1), DAOTP_OK);
    else
        daotp_radius_exchange_free(x);
}

static void a_callback_may_begin_again_and_free(void **state)
{
    struct told told = {.again = 2};
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    told.scene = &s;
    assert_int_equal(daotp_radius_set_callback(s.radius, note, &told), DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    for (unsigned i = 1; i <= 3; i++) {
        radius_scene_serve(&s, 0, i % 2 == 0 ? 3 : 2, (radius_peer_bytes){NULL, 0});
        assert_int_equal(told.count, i);
        assert_ptr_equal(told.last, x);
        assert_int_equal(told.answer, i % 2 == 0 ? DAOTP_RADIUS_REJECTED : DAOTP_RADIUS_ACCEPTED);
    }
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK); /* it is freed */
    radius_scene_tear_down(&s);
}

/* localhost is 127.0.0.1 and ::1: who listens at the second only is found by the second try. */
static void a_name_s_addresses_are_taken_in_turn(void **state)
{
    radius_scene_request request;
    daotp_radius_exchange *x;
    uint16_t port = 0;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    s.fds[0] = radius_peer_open(AF_INET6, &port);
    if (s.fds[0] < 0)
        skip();
    s.ports[0] = port;
    s.count = 1;
    assert_int_equal(daotp_radius_add_server(s.radius, "localhost", port, radius_scene_secret,
                                             SCENE_SECRET_LEN, DAOTP_RADIUS_POLICY_REQUIRE),
                     DAOTP_OK);
    x = radius_scene_begin(&s, "alice", "1");
    for (int i = 0; i < 10 && daotp_radius_exchange_get_status(x) == DAOTP_AGAIN; i++)
        radius_scene_advance(&s, 500);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_REFUSED);
    daotp_radius_exchange_free(x);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Who waits learns what came, though the callback freed what he waits for. */
static void a_callback_may_free_what_is_waited_for(void **state)
{
    static const struct {
        uint8_t code;
        daotp_status status;
    } rows[] = {{2, DAOTP_OK}, {3, DAOTP_REJECTED}};
    struct told told = {.again = 0};
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_callback(s.radius, note, &told), DAOTP_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp_radius_exchange *x = radius_scene_begin(&s, "alice", "1");

        assert_true(radius_scene_take(&s, 0, &request));
        radius_scene_answer(&s, 0, &request, rows[i].code);
        assert_int_equal(daotp_radius_exchange_wait(x), rows[i].status);
        assert_int_equal(told.count, i + 1);
    }
    radius_scene_tear_down(&s);
}

static void free_the_last(void *user, daotp_radius_exchange *x)
{
    struct told *told = user;

    daotp_radius_exchange_free(x);
    daotp_radius_exchange_free(told->last);
}

static void what_is_waited_for_may_be_freed_before_its_answer(void **state)
{
    struct told told = {.again = 0};
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_callback(s.radius, free_the_last, &told), DAOTP_OK);
    (void)radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    told.last = radius_scene_begin(&s, "bob", "1");
    radius_scene_answer(&s, 0, &request, 2);
    assert_int_equal(daotp_radius_exchange_wait(told.last), DAOTP_CANCELLED);
    radius_scene_tear_down(&s);
}

/* By a deadline, by a refusal, and while others wait on the same socket. */
static void all_that_end_are_told_of(void **state)
{
    struct told told = {.again = 0};
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_callback(s.radius, note, &told), DAOTP_OK);
    for (int i = 0; i < 10; i++)
        (void)radius_scene_begin(&s, "alice", "1");
    radius_scene_advance(&s, 15000);
    assert_int_equal(told.count, 10);
    for (int i = 0; i < 10; i++)
        (void)radius_scene_begin(&s, "alice", "1");
    fall_deaf(&s, 0);
    radius_scene_advance(&s, 15000);
    assert_int_equal(told.count, 20);
    assert_int_equal(told.answer, DAOTP_RADIUS_UNDECIDED);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    radius_scene_tear_down(&s);
}

static void count_it(void *user, daotp_radius_exchange *x)
{
    struct told *told = user;

    told->count++;
    told->answer = daotp_radius_exchange_get_answer(x);
}

/* A call that fails says so by itself: who frees in the callback would free twice. */
static void what_cannot_begin_is_not_told_of(void **state)
{
    struct told told = {.again = 0};
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    add_unreachable(&s);
    add_unreachable(&s);
    assert_int_equal(daotp_radius_set_callback(s.radius, count_it, &told), DAOTP_OK);
    x = radius_scene_exchange(&s, "alice");
    assert_int_equal(daotp_radius_exchange_begin(x, "1", 1), DAOTP_NETWORK);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_REFUSED);
    assert_int_equal(daotp_radius_exchange_probe(x, 0, DAOTP_RADIUS_PROBE_STATUS_SERVER),
                     DAOTP_NETWORK);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    assert_int_equal(told.count, 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* One that was freed is not told of, and its reply meets nobody. */
static void what_is_freed_is_forgotten(void **state)
{
    struct told told = {.again = 0};
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_callback(s.radius, note, &told), DAOTP_OK);
    daotp_radius_exchange_free(radius_scene_begin(&s, "alice", "1"));
    assert_true(radius_scene_take(&s, 0, &request));
    radius_scene_answer(&s, 0, &request, 2);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    radius_scene_advance(&s, 15000);
    assert_int_equal(told.count, 0);
    radius_scene_tear_down(&s);
}

static void a_callers_wait_is_as_long_as_it_may_be(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), -1);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), 0); /* the first step is due */
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_AGAIN);
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), DAOTP__LOOP_BEAT_MS);
    radius_scene_advance(&s, 14990);
    assert_between(daotp_radius_get_timeout_ms(s.radius), 1, 10);
    s.now_ms += 10;
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), 0);
    assert_int_equal(daotp_radius_exchange_wait(x), DAOTP_TIMEOUT);
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), -1);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- late steps ------------------------------------------------------------------------------ */

/* The caller was away when the reply came: neither is the server dead, nor asked another. */
static void a_late_step_finds_the_reply(void **state)
{
    radius_scene_request request;
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_AGAIN);
    assert_true(radius_scene_take(&s, 0, &request));
    s.now_ms += 60000; /* and nothing is there yet */
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_AGAIN);
    assert_true(daotp_radius_is_server_alive(s.radius, 0));
    assert_int_equal(radius_scene_count(&s, 1), 0);
    radius_scene_answer(&s, 0, &request, 2);
    s.now_ms += 60000;
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_true(radius_scene_found(daotp_radius_exchange_get_report(x), DAOTP_FINDING_CALL_LATE));
    daotp_radius_exchange_free(x);
    x = radius_scene_begin(&s, "alice", "1"); /* in time: what was before is not its own */
    radius_scene_serve(&s, 0, 2, (radius_peer_bytes){NULL, 0});
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_false(radius_scene_found(daotp_radius_exchange_get_report(x), DAOTP_FINDING_CALL_LATE));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* But one that stays silent is found out, by as many looks as it takes. */
static void late_steps_end_with_a_dead_server_too(void **state)
{
    daotp_radius_exchange *x;
    unsigned steps = 0;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    while (daotp_radius_step(s.radius) == DAOTP_AGAIN && steps++ < 1000)
        s.now_ms += 5000;
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT);
    assert_true(radius_scene_found(daotp_radius_exchange_get_report(x), DAOTP_FINDING_CALL_LATE));
    assert_false(daotp_radius_is_server_alive(s.radius, 0));
    assert_between(steps, 15000 / DAOTP__LOOP_BEAT_MS, 2 * 15000 / DAOTP__LOOP_BEAT_MS);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void expect_secret(const daotp__buffer *buffer)
{
    assert_true(buffer->len > 0);
    assert_true(test_mapping_has_flag(buffer->data, " dd")); /* in no core dump */
}

static void a_code_under_way_is_in_no_core_dump(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "123456");
    expect_secret(&x->password);
    expect_secret(&x->attempt.packet);
    assert_true(test_mapping_has_flag(&x->attempt.server->key, " dd")); /* made of the secret */
    assert_false(test_mapping_has_flag(x->user_name.data, " dd"));
    daotp_radius_exchange_free(x);
    x = radius_scene_begin(&s, "alice", "654321"); /* in the place of the one that was freed */
    expect_secret(&x->password);
    expect_secret(&x->attempt.packet);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* Each server has a request of its own, and an exchange that serves again keeps the last one's. */
static void a_code_for_the_next_server_is_in_no_core_dump(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "123456");
    while (daotp_radius_exchange_get_server(x) == daotp_radius_get_server(s.radius, 0))
        radius_scene_advance(&s, 100);
    assert_int_equal(daotp_radius_exchange_get_answer(x), DAOTP_RADIUS_PENDING);
    expect_secret(&x->attempt.packet);
    daotp_radius_exchange_free(x);
    x = radius_scene_begin(&s, "alice", "654321");
    expect_secret(&x->attempt.packet);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* RFC 6614 2.3 (5): with a shared secret that all know User-Password is as good as in clear. */
static void what_waits_for_radsec_is_in_no_core_dump(void **state)
{
    forge_world world = forge_world_new();
    daotp_context *context = forge_context();
    daotp_credential *identity = forge_credential(context, world.machine, NULL, world.machine_key);
    daotp__buffer der = forge_der(world.root);
    daotp_radius_exchange *x;
    daotp_radius *radius;
    daotp_trust *trust;

    (void)state;
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, der.data, der.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_radius_new(context, &radius), DAOTP_OK);
    assert_int_equal(daotp_radius_add_radsec_server(radius, "127.0.0.1", tls_peer_closed_port(),
                                                    trust, identity),
                     DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_new(radius, "alice", &x), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_begin(x, "123456", 6), DAOTP_OK);
    assert_non_null(x->attempt.socket);
    expect_secret(&x->attempt.socket->radsec.out);
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
    daotp_trust_unref(trust);
    daotp_credential_unref(identity);
    daotp__buffer_free(&der);
    daotp_context_unref(context);
    forge_world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_sent_with_growing_patience),
        cmocka_unit_test(a_push_waits_longer),
        cmocka_unit_test(a_probe_is_sent_once),
        cmocka_unit_test(a_timeout_may_be_changed_back),
        cmocka_unit_test(a_step_ends_though_the_clock_stands),
        cmocka_unit_test(silence_leads_to_the_next_server),
        cmocka_unit_test(every_server_is_asked_once),
        cmocka_unit_test(an_unreachable_first_server_is_no_error),
        cmocka_unit_test(an_unreachable_second_server_costs_nothing),
        cmocka_unit_test(an_unreachable_one_in_between_is_not_counted),
        cmocka_unit_test(replies_that_do_not_count_are_laid_to_their_server),
        cmocka_unit_test(nobody_can_be_reached),
        cmocka_unit_test(a_late_failover_keeps_the_deadline),
        cmocka_unit_test(a_late_refusal_keeps_the_deadline),
        cmocka_unit_test(a_refusal_lifts_no_limit),
        cmocka_unit_test(a_refusal_is_not_counted_for_others),
        cmocka_unit_test(what_is_refused_twice_is_believed),
        cmocka_unit_test(the_refusal_of_another_loses_nothing),
        cmocka_unit_test(a_silent_server_is_asked_last_for_a_while),
        cmocka_unit_test(one_that_answers_others_is_not_dead),
        cmocka_unit_test(it_is_left_alone_longer_each_time),
        cmocka_unit_test(a_rejected_code_is_not_sent_again),
        cmocka_unit_test(a_message_may_be_given_back),
        cmocka_unit_test(health_and_timers_work_by_any_clock),
        cmocka_unit_test(an_answer_makes_up_for_the_silence),
        cmocka_unit_test(a_dead_server_is_passed_over),
        cmocka_unit_test(the_only_server_is_asked_though_it_is_dead),
        cmocka_unit_test(of_the_dead_the_first_is_asked),
        cmocka_unit_test(probes_tell_who_lives),
        cmocka_unit_test(a_probe_asks_nobody_else),
        cmocka_unit_test(a_probe_that_is_refused_is_over),
        cmocka_unit_test(auto_requires_it_once_it_was_seen),
        cmocka_unit_test(a_challenge_is_answered_where_it_came_from),
        cmocka_unit_test(a_challenge_that_is_left_is_forgotten),
        cmocka_unit_test(each_round_has_its_own_silence),
        cmocka_unit_test(a_bad_answer_leaves_the_challenge),
        cmocka_unit_test(rounds_have_an_end),
        cmocka_unit_test(challenges_grow_old),
        cmocka_unit_test(more_than_256_take_another_port),
        cmocka_unit_test(identifiers_are_used_again_late),
        cmocka_unit_test(a_callback_may_begin_again_and_free),
        cmocka_unit_test(a_name_s_addresses_are_taken_in_turn),
        cmocka_unit_test(a_callback_may_free_what_is_waited_for),
        cmocka_unit_test(what_is_waited_for_may_be_freed_before_its_answer),
        cmocka_unit_test(all_that_end_are_told_of),
        cmocka_unit_test(what_cannot_begin_is_not_told_of),
        cmocka_unit_test(what_is_freed_is_forgotten),
        cmocka_unit_test(a_callers_wait_is_as_long_as_it_may_be),
        cmocka_unit_test(a_late_step_finds_the_reply),
        cmocka_unit_test(late_steps_end_with_a_dead_server_too),
        cmocka_unit_test(a_code_under_way_is_in_no_core_dump),
        cmocka_unit_test(a_code_for_the_next_server_is_in_no_core_dump),
        cmocka_unit_test(what_waits_for_radsec_is_in_no_core_dump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
