/* SPDX-License-Identifier: BSD-2-Clause */
/* A RADIUS socket alone: it hands out identifiers, and hands up what happens as events. No exchange
 * is behind it, and no client: the waiters are names of the test's. */
#include "radius_peer.h"
#include "test_clock.h"
#include "testing.h"

#include "radius/socket.h"

enum { MAX_EVENTS = 600 };

typedef struct told {
    const void *exchange;
    daotp__radius_event_kind kind;
    size_t len;
    daotp_status status;
} told;

typedef struct fixture {
    daotp__radius_wire wire;
    daotp__radius_socket *socket;
    int peer;
    int64_t now_ms;
} fixture;

static char waiters[DAOTP__RADIUS_IDS]; /* their addresses are the exchanges */
static told events[MAX_EVENTS];
static size_t event_count;

static daotp_radius_exchange *waiter(unsigned which)
{
    return (daotp_radius_exchange *)(void *)&waiters[which];
}

static bool keep_event(daotp_radius_exchange *exchange, const daotp__radius_event *event)
{
    assert_true(event_count < MAX_EVENTS);
    events[event_count++] = (told){exchange, event->kind, event->packet.len, event->status};
    return false;
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    uint16_t port;

    assert_non_null(f);
    f->now_ms = 1000;
    f->peer = radius_peer_open(AF_INET, &port);
    assert_int_equal(daotp_context_new(&f->wire.context), DAOTP_OK);
    assert_int_equal(
        daotp_context_set_monotonic_clock(f->wire.context, test_clock_stands, &f->now_ms),
        DAOTP_OK);
    assert_int_equal(daotp__loop_new(f->wire.context, &f->wire.loop), DAOTP_OK);
    f->wire.tell = keep_event;
    f->wire.datagrams = calloc(DAOTP__RADIUS_BATCH, sizeof *f->wire.datagrams);
    assert_non_null(f->wire.datagrams);
    f->socket = daotp__radius_socket_new(&f->wire);
    assert_non_null(f->socket);
    f->socket->fd = daotp__udp_open("127.0.0.1", port);
    assert_true(f->socket->fd >= 0);
    event_count = 0;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    daotp__radius_socket_free(f->socket);
    free(f->wire.datagrams);
    daotp__loop_free(f->wire.loop);
    daotp_context_unref(f->wire.context);
    (void)close(f->peer);
    free(f);
    return 0;
}

/* Our packet under this identifier arrives at the peer, who answers it with as many octets. */
static void answer(fixture *f, uint8_t id, size_t len)
{
    uint8_t octets[64] = {2, id};
    daotp__buffer packet;
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;

    daotp__buffer_init(&packet, sizeof octets);
    daotp__buffer_add(&packet, octets, DAOTP__RADIUS_HEAD);
    assert_int_equal(daotp__radius_socket_send(f->socket, id, &packet), DAOTP_OK);
    daotp__buffer_free(&packet);
    assert_int_equal(
        recvfrom(f->peer, octets, sizeof octets, 0, (struct sockaddr *)(void *)&from, &from_len),
        DAOTP__RADIUS_HEAD);
    assert_int_equal(sendto(f->peer, octets, len, 0, (struct sockaddr *)(void *)&from, from_len),
                     len);
}

static uint8_t take(fixture *f, unsigned which)
{
    uint8_t id;

    assert_true(daotp__radius_socket_take_id(f->socket, waiter(which), f->now_ms, &id));
    return id;
}

static void a_packet_goes_to_who_waits_for_its_identifier(void **state)
{
    fixture *f = *state;
    uint8_t first = take(f, 0), second = take(f, 1);

    assert_int_not_equal(first, second);
    answer(f, second, DAOTP__RADIUS_HEAD + 7);
    daotp__radius_socket_receive(f->socket);
    assert_int_equal(event_count, 1);
    assert_ptr_equal(events[0].exchange, waiter(1));
    assert_int_equal(events[0].kind, DAOTP__RADIUS_CAME);
    assert_int_equal(events[0].len, DAOTP__RADIUS_HEAD + 7);
    assert_false(daotp__radius_socket_is_idle(f->socket)); /* the exchange decides, and did not */
}

static void what_is_too_short_goes_to_all_that_wait(void **state)
{
    fixture *f = *state;
    uint8_t id = take(f, 0);

    (void)take(f, 1);
    answer(f, id, DAOTP__RADIUS_HEAD - 1);
    daotp__radius_socket_receive(f->socket);
    assert_int_equal(event_count, 2);
    for (size_t i = 0; i < event_count; i++)
        assert_int_equal(events[i].kind, DAOTP__RADIUS_SHORT);
}

static void nobody_is_told_of_what_nobody_waits_for(void **state)
{
    fixture *f = *state;
    uint8_t id = take(f, 0);

    daotp__radius_socket_release_id(f->socket, id, f->now_ms + 1000);
    answer(f, id, DAOTP__RADIUS_HEAD);
    daotp__radius_socket_receive(f->socket);
    assert_int_equal(event_count, 0);
}

static void a_refusal_goes_to_all_that_wait(void **state)
{
    fixture *f = *state;
    uint8_t octets[DAOTP__RADIUS_HEAD] = {1};

    (void)take(f, 0);
    (void)take(f, 1);
    (void)close(f->peer);
    f->peer = -1;
    assert_int_equal(send(f->socket->fd, octets, sizeof octets, MSG_NOSIGNAL), sizeof octets);
    daotp__radius_socket_receive(f->socket); /* loopback tells at once */
    assert_int_equal(event_count, 2);
    for (size_t i = 0; i < event_count; i++)
        assert_int_equal(events[i].kind, DAOTP__RADIUS_REFUSED);
}

static void a_loss_goes_to_all_that_wait_with_its_status(void **state)
{
    fixture *f = *state;

    (void)take(f, 0);
    daotp__radius_socket_tell_lost(f->socket, NULL, DAOTP_PEER);
    assert_int_equal(event_count, 1);
    assert_int_equal(events[0].kind, DAOTP__RADIUS_LOST);
    assert_int_equal(events[0].status, DAOTP_PEER);
}

/* Least recently used first, and not while a reply to the last one may still come. */
static void an_identifier_rests_before_it_serves_again(void **state)
{
    fixture *f = *state;
    uint8_t id;

    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++)
        assert_int_equal(take(f, i), i);
    assert_false(daotp__radius_socket_take_id(f->socket, waiter(0), f->now_ms, &id));
    daotp__radius_socket_release_id(f->socket, 9, f->now_ms + 500);
    daotp__radius_socket_release_id(f->socket, 4, f->now_ms);
    assert_int_equal(take(f, 4), 4); /* 9 stands before it, and must wait */
    assert_false(daotp__radius_socket_take_id(f->socket, waiter(9), f->now_ms, &id));
    f->now_ms += 500;
    assert_int_equal(take(f, 9), 9);
}

/* What is sent while a batch is taken waits for its end; what is released meanwhile is not sent. */
static bool send_another(daotp_radius_exchange *exchange, const daotp__radius_event *event)
{
    static uint8_t octets[DAOTP__RADIUS_HEAD] = {1};
    static daotp__buffer packet = {.data = octets, .len = sizeof octets};
    fixture *f = *(fixture **)(void *)exchange;
    uint8_t kept, released;

    (void)event;
    kept = take(f, 1);
    released = take(f, 2);
    assert_int_equal(daotp__radius_socket_send(f->socket, kept, &packet), DAOTP_OK);
    assert_int_equal(daotp__radius_socket_send(f->socket, released, &packet), DAOTP_OK);
    assert_int_equal(f->wire.batch.unsent_count, 2);
    daotp__radius_socket_release_id(f->socket, released, f->now_ms);
    event_count++;
    return true;
}

static void a_batch_is_sent_at_its_end(void **state)
{
    fixture *f = *state;
    uint8_t id, octets[64];

    f->wire.tell = send_another;
    assert_true(daotp__radius_socket_take_id(f->socket, (daotp_radius_exchange *)(void *)&f,
                                             f->now_ms, &id));
    answer(f, id, DAOTP__RADIUS_HEAD);
    daotp__radius_socket_receive(f->socket);
    assert_int_equal(event_count, 1);
    assert_int_equal(f->wire.batch.unsent_count, 0);
    assert_null(f->wire.batch.socket);
    assert_int_equal(recv(f->peer, octets, sizeof octets, MSG_DONTWAIT), DAOTP__RADIUS_HEAD);
    assert_int_equal(recv(f->peer, octets, sizeof octets, MSG_DONTWAIT), -1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_packet_goes_to_who_waits_for_its_identifier),
        TEST(what_is_too_short_goes_to_all_that_wait),
        TEST(nobody_is_told_of_what_nobody_waits_for),
        TEST(a_refusal_goes_to_all_that_wait),
        TEST(a_loss_goes_to_all_that_wait_with_its_status),
        TEST(an_identifier_rests_before_it_serves_again),
        TEST(a_batch_is_sent_at_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
