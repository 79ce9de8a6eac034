/* SPDX-License-Identifier: BSD-2-Clause */
/* One RPC connection against a server that does all it can: cut and silent at every octet, an octet
 * at a time, each answer changed; and requests of every length around the fragments'. */
#include "high_water.h"
#include "rpc_peer.h"
#include "test_clock.h"
#include "testing.h"

#include "ca/cert_call.h"
#include "ca/rpc_connection.h"

#include <stdlib.h>

enum { OPNUM = 3, IDLE_TURNS = 3 };

static const uint8_t object[DAOTP__UUID_OCTETS] = {1, 2, 3};
static rpc_peer peer; /* large */

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp__loop *loop;
    daotp__rpc_connection *connection;
    daotp__bytes stub;
    bool is_calling;
} fixture;

/* ---- helpers --------------------------------------------------------------------------------- */

static void fixture_open(fixture *f, uint8_t auth_type, daotp__bytes stub)
{
    daotp__rpc_security_spec security = {.type = auth_type};
    daotp__rpc_connection_spec spec = {.host = "127.0.0.1",
                                       .port = peer.port,
                                       .connect_ms = 5000,
                                       .interface = &daotp__icpr_interface,
                                       .security = auth_type != 0 ? &security : NULL};

    *f = (fixture){.stub = stub};
    assert_int_equal(daotp_context_new(&f->context), DAOTP_OK);
    assert_int_equal(daotp_report_new(f->context, &f->report), DAOTP_OK);
    assert_int_equal(daotp__loop_new(f->context, &f->loop), DAOTP_OK);
    daotp__loop_begin(f->loop, -1);
    spec.loop = f->loop;
    assert_int_equal(daotp__rpc_connection_new(&spec, f->report, &f->connection), DAOTP_OK);
}

static void fixture_close(fixture *f)
{
    daotp__rpc_connection_free(f->connection);
    daotp__loop_free(f->loop);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
    rpc_peer_hang_up(&peer);
}

static daotp_status library_turn(fixture *f)
{
    daotp_status status = daotp__loop_dispatch(f->loop);

    if (status == DAOTP_OK && !f->is_calling) {
        status = daotp__rpc_connection_open(f->connection, f->report);
        if (status == DAOTP_OK)
            status = daotp__rpc_connection_call(f->connection, OPNUM, object, f->stub);
        f->is_calling = status == DAOTP_OK;
    }
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_step(f->connection, f->report);
    return status;
}

static size_t reply_len(const fixture *f)
{
    return daotp__rpc_connection_reply(f->connection).len;
}

/* Each has its turn until the library is done, or neither has anything to do: then DAOTP_AGAIN. */
static daotp_status take_turns(fixture *f)
{
    unsigned idle = 0;
    daotp_status status = DAOTP_AGAIN;

    while (status == DAOTP_AGAIN && idle < IDLE_TURNS) {
        size_t before = reply_len(f);

        status = library_turn(f);
        if (rpc_peer_turn(&peer) || reply_len(f) != before)
            idle = 0;
        else
            idle++;
    }
    return status;
}

static daotp_finding_number last_finding(const fixture *f)
{
    size_t count = daotp_report_get_count(f->report);

    return count > 0 ? daotp_finding_get_number(daotp_report_get_finding(f->report, count - 1))
                     : DAOTP_FINDING_NONE;
}

static uint8_t *pattern(size_t len)
{
    uint8_t *bytes = malloc(len + 1);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    return bytes;
}

static int set_up(void **state)
{
    (void)state;
    rpc_peer_open(&peer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rpc_peer_close(&peer);
    return 0;
}

/* What a run of its own needs of the peer. */
static void peer_forget(void)
{
    peer.change = NULL;
    peer.cut = peer.gulp = peer.reply_part = 0;
    peer.closes = peer.is_wrong = false;
    peer.reply = (daotp__bytes){NULL, 0};
}

/* ---- good ones ------------------------------------------------------------------------------- */

static void expect_round_trip(uint8_t auth_type, size_t asked, size_t answered)
{
    uint8_t *question = pattern(asked), *answer = pattern(answered);
    daotp__bytes reply;
    fixture f;

    peer.reply = (daotp__bytes){answer, answered};
    fixture_open(&f, auth_type, (daotp__bytes){question, asked});
    assert_int_equal(take_turns(&f), DAOTP_OK);
    assert_false(peer.is_wrong);
    assert_int_equal(peer.stub_len, asked);
    assert_memory_equal(peer.stub, question, asked);
    reply = daotp__rpc_connection_reply(f.connection);
    assert_int_equal(reply.len, answered);
    if (answered > 0)
        assert_memory_equal(reply.data, answer, answered);
    fixture_close(&f);
    free(question);
    free(answer);
}

/* With the toy's token of 16 a fragment with an object UUID holds 5776 octets. */
static void requests_of_every_length(void **state)
{
    static const uint8_t types[] = {0, 9, 16};

    (void)state;
    peer_forget();
    for (size_t type = 0; type < sizeof types; type++) {
        for (size_t len = 0; len <= 40; len++)
            expect_round_trip(types[type], len, 40 - len);
        for (size_t len = 5740; len <= 5810; len++)
            expect_round_trip(types[type], len, 8);
        expect_round_trip(types[type], 2 * 5776 - 1, 8);
        expect_round_trip(types[type], 2 * 5776 + 1, 8);
        expect_round_trip(types[type], 40000, 8);
    }
}

static void responses_of_every_fragmentation(void **state)
{
    (void)state;
    peer_forget();
    for (size_t part = 1; part <= 33; part++) {
        peer.reply_part = part;
        expect_round_trip(9, 20, 64);
    }
    peer.reply_part = 0;
    for (size_t len = 1020; len <= 1030; len++)
        expect_round_trip(9, 20, len);
    peer.reply_part = 5728;
    expect_round_trip(9, 20, 60000);
}

static void an_octet_at_a_time(void **state)
{
    (void)state;
    peer_forget();
    peer.gulp = 1;
    expect_round_trip(9, 20, 100);
    expect_round_trip(16, 20, 100);
}

/* ---- cut and silent -------------------------------------------------------------------------- */

static size_t count_answer(uint8_t auth_type)
{
    fixture f;
    size_t len;

    fixture_open(&f, auth_type, (daotp__bytes){object, 5});
    assert_int_equal(take_turns(&f), DAOTP_OK);
    len = peer.out_len;
    fixture_close(&f);
    return len;
}

static void cut_everywhere(bool closes)
{
    static const uint8_t types[] = {0, 9, 16};

    for (size_t type = 0; type < sizeof types; type++) {
        uint8_t *answer = pattern(40);
        size_t whole;

        peer_forget();
        peer.reply = (daotp__bytes){answer, 40};
        peer.reply_part = 24;
        whole = count_answer(types[type]);
        for (size_t cut = 1; cut < whole; cut++) {
            fixture f;

            peer.cut = cut;
            peer.closes = closes;
            fixture_open(&f, types[type], (daotp__bytes){object, 5});
            assert_int_equal(take_turns(&f), closes ? DAOTP_NETWORK : DAOTP_AGAIN);
            assert_int_equal(daotp__rpc_connection_reply(f.connection).len % 24, 0);
            fixture_close(&f);
        }
        free(answer);
    }
}

static void closed_at_every_octet(void **state)
{
    (void)state;
    cut_everywhere(true);
}

static void silent_at_every_octet(void **state)
{
    (void)state;
    cut_everywhere(false);
}

/* ---- changed --------------------------------------------------------------------------------- */

typedef struct change_row {
    const char *what;
    unsigned answer; /* 0 bind_ack, 1 alter_context_resp, 2 the response, 3 its second fragment */
    size_t at;
    int value; /* -1: the octet's bits are turned */
    daotp_finding_number number;
} change_row;

#define MESSAGE DAOTP_FINDING_CA_RPC_MESSAGE
#define SEAL    DAOTP_FINDING_CA_RPC_SEAL

static const change_row rows[] = {
    {"version", 0, 0, 4, MESSAGE},
    {"representation", 0, 4, 0, MESSAGE},
    {"call id of a bind_ack", 0, 12, 9, MESSAGE},
    {"fragment shorter than a header", 0, 8, 8, MESSAGE},
    {"fragment longer than offered", 0, 9, 0x7F, MESSAGE},
    {"token longer than the fragment", 0, 10, 200, MESSAGE},
    {"no result", 0, 32, 0, MESSAGE},
    {"255 results", 0, 32, 255, MESSAGE},
    {"address past the end", 0, 25, 0xFF, MESSAGE},
    {"another transfer syntax", 0, 40, 1, MESSAGE},
    {"fragments too short", 0, 19, 1, MESSAGE},
    {"headers are not signed", 0, 3, 3, SEAL},
    {"another authentication type", 0, 60, 10, MESSAGE},
    {"another level", 0, 61, 5, MESSAGE},
    {"another security context", 0, 64, 2, MESSAGE},
    {"padding of 255", 0, 62, 255, MESSAGE},
    {"another token", 0, 68, 'S', DAOTP_FINDING_CA_KERBEROS},
    {"bind_ack for alter_context_resp", 1, 2, 12, MESSAGE},
    {"response for bind_ack", 0, 2, 2, MESSAGE},
    {"alter_context_resp for a response", 2, 2, 15, MESSAGE},
    {"call id of a response", 2, 12, 1, MESSAGE},
    {"presentation context", 2, 20, 1, MESSAGE},
    {"not the first fragment", 2, 3, 0, MESSAGE},
    {"first again", 3, 3, 3, MESSAGE},
    {"stub", 2, 24, -1, SEAL},
    {"stub of the second fragment", 3, 24, -1, SEAL},
    {"alloc_hint, which the seal covers", 2, 16, -1, SEAL},
    {"flags, which the seal covers", 3, 3, 0x42, SEAL},
    {"token", 2, 24 + 32 + 8, -1, SEAL},
    {"padding of a response", 2, 24 + 32 + 2, 255, MESSAGE},
    {"level of a response", 2, 24 + 32 + 1, 5, SEAL},
    {"security context of a response", 2, 24 + 32 + 4, 2, SEAL},
    {"no token in a response", 2, 10, 0, SEAL},
};

static void change_octet(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    const change_row *row = &rows[of->what];

    (void)room;
    if (number != row->answer || row->at >= *len)
        return;
    if (row->value < 0)
        pdu[row->at] = (uint8_t)~pdu[row->at];
    else
        pdu[row->at] = (uint8_t)row->value;
}

static void each_change_is_a_finding(void **state)
{
    uint8_t *answer = pattern(64);

    (void)state;
    peer_forget();
    peer.reply = (daotp__bytes){answer, 64};
    peer.reply_part = 32;
    peer.change = change_octet;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp_status status;
        fixture f;

        peer.what = (int)i;
        fixture_open(&f, 9, (daotp__bytes){object, 5});
        status = take_turns(&f);
        if (last_finding(&f) != rows[i].number)
            fail_msg("%s: status %d, finding %d", rows[i].what, (int)status, (int)last_finding(&f));
        assert_true(status == DAOTP_PEER || status == DAOTP_REJECTED);
        assert_int_equal(daotp__rpc_connection_has_sent(f.connection), rows[i].answer >= 2);
        fixture_close(&f);
    }
    free(answer);
}

/* Another PDU in the place of one of the server's. */
static const struct {
    const char *what;
    unsigned answer;
    uint8_t pdu[64];
    daotp__rpc_refusal refusal;
    uint32_t number;
    bool did_not_execute;
} refusals[] = {
    {"bind_nak",
     0,
     {5, 0, 13, 3, 0x10, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0, 8, 0, 1, 5},
     DAOTP__RPC_BIND_REFUSED,
     8,
     false},
    {"fault for bind_ack",
     0,
     {5, 0, 3, 3, 0x10, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5},
     DAOTP__RPC_FAULTED,
     5,
     false},
    {"fault",
     2,
     {5, 0, 3, 3, 0x10, 0, 0, 0, 32, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 7},
     DAOTP__RPC_FAULTED,
     0x721,
     false},
    {"fault, not executed",
     2,
     {5, 0, 3, 0x23, 0x10, 0, 0, 0, 32, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0x1c},
     DAOTP__RPC_FAULTED,
     0x1c010003,
     true},
};

static void change_pdu(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    (void)room;
    if (number != refusals[of->what].answer)
        return;
    *len = refusals[of->what].pdu[8];
    memcpy(pdu, refusals[of->what].pdu, *len);
}

static void refusals_are_told(void **state)
{
    (void)state;
    peer_forget();
    peer.change = change_pdu;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        uint32_t number;
        fixture f;

        peer.what = (int)i;
        fixture_open(&f, 9, (daotp__bytes){object, 5});
        assert_int_equal(take_turns(&f), DAOTP_REJECTED);
        assert_int_equal(daotp__rpc_connection_refusal(f.connection, &number), refusals[i].refusal);
        assert_int_equal(number, refusals[i].number);
        assert_int_equal(daotp__rpc_connection_did_not_execute(f.connection),
                         refusals[i].did_not_execute);
        assert_int_equal(daotp_report_get_count(f.report),
                         0); /* whoever asked says what it means */
        fixture_close(&f);
    }
}

/* ---- responses of a wrong form --------------------------------------------------------------- */

#define HEAD(flags, len, token) 5, 0, 2, flags, 0x10, 0, 0, 0, len, 0, token, 0, 2, 0, 0, 0

/* Shorter than their parts need; all of them are of the right call. */
static const struct {
    const char *what;
    uint8_t len, pdu[64];
    daotp_finding_number number;
} short_rows[] = {
    {"a header alone", 16, {HEAD(3, 16, 0)}, MESSAGE},
    {"a header and a part of the response's", 23, {HEAD(3, 23, 0)}, MESSAGE},
    {"no stub, no seal", 24, {HEAD(3, 24, 0)}, SEAL},
    {"a stub without a seal", 40, {HEAD(3, 40, 0)}, SEAL},
    {"a trailer where the header should be", 40, {HEAD(3, 40, 16), 9, 6, 0, 0, 1}, MESSAGE},
    {"a token as long as the rest", 40, {HEAD(3, 40, 24), 9, 6, 0, 0, 1}, MESSAGE},
    {"a token that begins in the header", 40, {HEAD(3, 40, 25)}, MESSAGE},
    {"padding that is longer than the stub",
     64,
     {HEAD(3, 64, 16),
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      9,
      6,
      17,
      0,
      1},
     MESSAGE},
    {"no end, no beginning", 24, {HEAD(0, 24, 0)}, MESSAGE},
};

static void change_to_short(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    (void)room;
    if (number != 2)
        return;
    *len = short_rows[of->what].len;
    memcpy(pdu, short_rows[of->what].pdu, *len);
}

static void short_responses_are_refused(void **state)
{
    (void)state;
    peer_forget();
    peer.change = change_to_short;
    for (size_t i = 0; i < sizeof short_rows / sizeof short_rows[0]; i++) {
        fixture f;

        peer.what = (int)i;
        fixture_open(&f, 9, (daotp__bytes){object, 5});
        assert_int_equal(take_turns(&f), DAOTP_PEER);
        if (last_finding(&f) != short_rows[i].number)
            fail_msg("%s: finding %d", short_rows[i].what, (int)last_finding(&f));
        assert_int_equal(reply_len(&f), 0);
        fixture_close(&f);
    }
}

/* Behind the end of the handshake there is a response already, to the call that is yet to come. */
static void change_to_early(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    static const uint8_t response[24] = {HEAD(3, 24, 0)};

    (void)of;
    if (number != 1 || *len + sizeof response > room)
        return;
    memcpy(pdu + *len, response, sizeof response);
    *len += sizeof response;
}

static void a_response_before_the_request_is_refused(void **state)
{
    fixture f;

    (void)state;
    peer_forget();
    peer.change = change_to_early;
    peer.reply = (daotp__bytes){object, 8};
    fixture_open(&f, 9, (daotp__bytes){object, 5});
    assert_int_equal(take_turns(&f), DAOTP_PEER);
    assert_int_equal(last_finding(&f), SEAL);
    assert_int_equal(reply_len(&f), 0);
    fixture_close(&f);
}

/* A mebibyte is taken, and not an octet more. */
static void responses_end(void **state)
{
    const size_t limit = 1024 * 1024;
    uint8_t *answer = pattern(limit + 1);
    fixture f;

    (void)state;
    peer_forget();
    peer.reply_part = 4096;
    expect_round_trip(9, 5, limit);
    peer.reply = (daotp__bytes){answer, limit + 1};
    fixture_open(&f, 9, (daotp__bytes){object, 5});
    assert_int_equal(take_turns(&f), DAOTP_PEER);
    assert_int_equal(last_finding(&f), MESSAGE);
    fixture_close(&f);
    free(answer);
}

/* ---- without a pause ------------------------------------------------------------------------- */

enum { OCTETS = 1500, READS_OF_FRAGMENT = 2 }; /* its header, and the rest */

/* A response in fragments of an octet, all there at once. */
static void fixture_open_to_octets(fixture *f, size_t count)
{
    static uint8_t answer[2 * DAOTP__MAX_RPC_FRAGMENTS];

    peer_forget();
    peer.reply = (daotp__bytes){answer, count};
    peer.reply_part = 1;
    fixture_open(f, 9, (daotp__bytes){object, 5});
}

/* The library reads its share, and then its caller has a turn: there the deadline is looked at. */
static void octets_without_a_pause_are_read_in_shares(void **state)
{
    daotp_status status = DAOTP_AGAIN;
    size_t before = 0, most = 0;
    fixture f;

    (void)state;
    fixture_open_to_octets(&f, OCTETS);
    for (unsigned turn = 0; status == DAOTP_AGAIN && turn < OCTETS; turn++) {
        status = library_turn(&f);
        (void)rpc_peer_turn(&peer);
        if (f.is_calling) {
            most = reply_len(&f) - before > most ? reply_len(&f) - before : most;
            before = reply_len(&f);
        }
    }
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(before, OCTETS);
    assert_true(most > 0 && most <= DAOTP__PLAIN_READS / READS_OF_FRAGMENT + 1);
    fixture_close(&f);
}

/* Half of the response is read when the time is over, or the caller cancels. */
static void interrupt_half_way(bool by_cancelling, daotp_status wanted)
{
    daotp_status status = DAOTP_AGAIN;
    int64_t now_ms = 0;
    fixture f;

    fixture_open_to_octets(&f, OCTETS);
    assert_int_equal(daotp_context_set_monotonic_clock(f.context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    daotp__loop_begin(f.loop, 1000);
    while (status == DAOTP_AGAIN && (!f.is_calling || reply_len(&f) < OCTETS / 2)) {
        status = library_turn(&f);
        (void)rpc_peer_turn(&peer);
    }
    assert_int_equal(status, DAOTP_AGAIN);
    if (by_cancelling)
        daotp__loop_cancel(f.loop);
    else
        now_ms = 1001;
    assert_int_equal(library_turn(&f), wanted);
    assert_true(reply_len(&f) < OCTETS);
    fixture_close(&f);
}

static void the_deadline_and_a_cancellation_work_at_once(void **state)
{
    (void)state;
    interrupt_half_way(false, DAOTP_TIMEOUT);
    interrupt_half_way(true, DAOTP_CANCELLED);
}

static void fragments_end(void **state)
{
    fixture f;

    (void)state;
    fixture_open_to_octets(&f, DAOTP__MAX_RPC_FRAGMENTS);
    assert_int_equal(take_turns(&f), DAOTP_OK);
    fixture_close(&f);
    fixture_open_to_octets(&f, DAOTP__MAX_RPC_FRAGMENTS + 1);
    assert_int_equal(take_turns(&f), DAOTP_PEER);
    assert_int_equal(last_finding(&f), MESSAGE);
    fixture_close(&f);
}

/* Each answer of the handshake asks for one more. */
static void change_to_longer(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    static const uint8_t token[] = {'l', 'o', 'n', 'g', 'e', 'r'};

    (void)of, (void)number, (void)room;
    memcpy(pdu + *len - sizeof token, token, sizeof token);
}

static void handshakes_end(void **state)
{
    fixture f;

    (void)state;
    peer_forget();
    peer.change = change_to_longer;
    fixture_open(&f, 9, (daotp__bytes){object, 5});
    assert_int_equal(take_turns(&f), DAOTP_PEER);
    assert_int_equal(last_finding(&f), MESSAGE);
    assert_int_equal(peer.answers, DAOTP__MAX_RPC_LEGS);
    fixture_close(&f);
}

/* VmHWM after all of it; six mebibytes are the peer's own. */
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_high_water(48 * 1024);
}

static void change_to_empty(rpc_peer *of, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    (void)of, (void)room;
    if (number != 1)
        return;
    *len = 24;
    pdu[3] = DAOTP__RPC_FIRST;
    pdu[8] = 24;
    pdu[9] = 0;
}

static void empty_fragments_end_a_response(void **state)
{
    fixture f;

    (void)state;
    peer_forget();
    peer.reply = (daotp__bytes){object, 8};
    peer.change = change_to_empty;
    fixture_open(&f, 0, (daotp__bytes){object, 5});
    assert_int_equal(take_turns(&f), DAOTP_PEER);
    assert_int_equal(last_finding(&f), MESSAGE);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_every_length),
        cmocka_unit_test(responses_of_every_fragmentation),
        cmocka_unit_test(an_octet_at_a_time),
        cmocka_unit_test(closed_at_every_octet),
        cmocka_unit_test(silent_at_every_octet),
        cmocka_unit_test(each_change_is_a_finding),
        cmocka_unit_test(refusals_are_told),
        cmocka_unit_test(short_responses_are_refused),
        cmocka_unit_test(a_response_before_the_request_is_refused),
        cmocka_unit_test(responses_end),
        cmocka_unit_test(empty_fragments_end_a_response),
        cmocka_unit_test(octets_without_a_pause_are_read_in_shares),
        cmocka_unit_test(the_deadline_and_a_cancellation_work_at_once),
        cmocka_unit_test(fragments_end),
        cmocka_unit_test(handshakes_end),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
