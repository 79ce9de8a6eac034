/* SPDX-License-Identifier: BSD-2-Clause */
/* SRV records: which are taken from an answer, and in which order; and that nobody waits for a name
 * server without an end. */
#include "test_clock.h"
#include "testing.h"

#include "net/kdc_exchange.h"
#include "net/srv_lookup.h"

#include <stdlib.h>
#include <string.h>

/* An answer about the name "s", each record as its priority, weight, port and target. */
typedef struct answer {
    uint8_t octets[4096];
    size_t len;
} answer;

static void add_octets(answer *a, const void *octets, size_t len)
{
    memcpy(a->octets + a->len, octets, len);
    a->len += len;
}

static void add_u16(answer *a, unsigned value)
{
    const uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)value};

    add_octets(a, octets, sizeof octets);
}

static answer begin_answer(unsigned count)
{
    static const uint8_t head[] = {0, 1, 0x85, 0x80, 0, 1}, question[] = {1, 's', 0, 0, 33, 0, 1};
    answer a = {.len = 0};

    add_octets(&a, head, sizeof head);
    add_u16(&a, count);
    add_u16(&a, 0);
    add_u16(&a, 0);
    add_octets(&a, question, sizeof question);
    return a;
}

/* target: labels with a dot behind each. */
static void add_record(answer *a, unsigned priority, unsigned weight, unsigned port,
                       const char *target)
{
    static const uint8_t head[] = {0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60};

    add_octets(a, head, sizeof head);
    add_u16(a, (unsigned)(6 + strlen(target) + 1));
    add_u16(a, priority);
    add_u16(a, weight);
    add_u16(a, port);
    while (*target != '\0') {
        size_t len = strcspn(target, ".");
        uint8_t octet = (uint8_t)len;

        add_octets(a, &octet, 1);
        add_octets(a, target, len);
        target += len + 1;
    }
    add_octets(a, "", 1);
}

static size_t read_answer(const answer *a, daotp__srv_record records[DAOTP__MAX_SRV_RECORDS])
{
    size_t count;

    assert_int_equal(daotp__srv_read(a->octets, a->len, records, &count), DAOTP_OK);
    return count;
}

static void records_stand_in_their_order(void **state)
{
    static const char *const wanted[] = {"c.example", "b.example", "a.example", "d.example"};
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];
    answer a = begin_answer(4);

    (void)state;
    add_record(&a, 10, 1, 88, "a.example.");
    add_record(&a, 10, 7, 88, "B.EXAMPLE.");
    add_record(&a, 0, 0, 8888, "c.example.");
    add_record(&a, 65535, 65535, 65535, "d.example.");
    assert_int_equal(read_answer(&a, records), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(records[i].host, wanted[i]);
    assert_int_equal(records[0].port, 8888);
    assert_int_equal(records[3].port, 65535);
}

/* A target is a host name: no address, no text that could be read as another part of a URL. */
static void what_is_no_host_is_left_out(void **state)
{
    static const char *const targets[] = {"", "10.0.0.1.", "a@b.", "a b.", "a/b.", "a:88.", "::1."};
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        answer a = begin_answer(3);

        add_record(&a, 0, 0, 88, targets[i]);
        add_record(&a, 0, 0, 0, "port.example.");
        add_record(&a, 1, 0, 88, "good.example.");
        assert_int_equal(read_answer(&a, records), 1);
        assert_string_equal(records[0].host, "good.example");
    }
}

/* The best are kept, wherever they stand in the answer. */
static void records_are_bounded(void **state)
{
    enum { MORE = DAOTP__MAX_SRV_RECORDS + 3 };
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];

    (void)state;
    for (unsigned first = 0; first < 2; first++) {
        answer a = begin_answer(MORE);

        for (unsigned i = 0; i < MORE; i++)
            add_record(&a, first == 0 ? i : MORE - 1 - i, 0, 88, "kdc.example.");
        assert_int_equal(read_answer(&a, records), DAOTP__MAX_SRV_RECORDS);
        for (unsigned i = 0; i < DAOTP__MAX_SRV_RECORDS; i++)
            assert_int_equal(records[i].priority, i);
    }
}

static void a_cut_answer_has_no_records(void **state)
{
    daotp__srv_record records[DAOTP__MAX_SRV_RECORDS];
    answer a = begin_answer(1), cut;

    (void)state;
    add_record(&a, 0, 0, 88, "kdc.example.");
    assert_int_equal(read_answer(&a, records), 1);
    cut = a;
    for (cut.len = 0; cut.len < a.len; cut.len++)
        assert_int_equal(read_answer(&cut, records), 0);
}

/* Whether a name server is there or not: when the time has passed it is over. The clock is ours. */
static void no_name_server_is_waited_for_without_an_end(void **state)
{
    test_report report = test_report_new();
    int64_t now_ms = 5000;
    daotp__srv_lookup *lookup;
    daotp__loop *loop;
    size_t count;

    (void)state;
    assert_int_equal(daotp_context_set_monotonic_clock(report.context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp__loop_new(report.context, &loop), DAOTP_OK);
    daotp__loop_begin(loop, 60000);
    assert_int_equal(daotp__srv_lookup_new(loop, "_kerberos._tcp.invalid", 1000, &lookup),
                     DAOTP_OK);
    (void)daotp__srv_lookup_step(lookup);
    now_ms += 1000;
    assert_int_equal(daotp__srv_lookup_step(lookup), DAOTP_OK);
    (void)daotp__srv_lookup_records(lookup, &count);
    assert_int_equal(count, 0);
    daotp__srv_lookup_free(lookup);
    daotp__srv_lookup_free(NULL);
    daotp__loop_free(loop);
    test_report_free(&report);
}

/* A realm can come from a KDC, so it can be longer than any name of DNS. */
static void a_realm_that_is_no_name_of_dns_is_tried_as_a_host(void **state)
{
    test_report report = test_report_new();
    daotp__kdc_exchange *exchange;
    daotp__loop *loop;
    char realm[1000];

    (void)state;
    memset(realm, 'A', sizeof realm - 1);
    realm[sizeof realm - 1] = '\0';
    assert_int_equal(daotp__loop_new(report.context, &loop), DAOTP_OK);
    assert_int_equal(daotp__kdc_exchange_new(loop, realm, 1000, &exchange), DAOTP_OK);
    assert_int_equal(daotp__kdc_exchange_look_up(exchange, true), DAOTP_OK);
    assert_int_equal(daotp__kdc_exchange_count(exchange), 1);
    daotp__kdc_exchange_free(exchange);
    daotp__loop_free(loop);
    test_report_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_stand_in_their_order),
        cmocka_unit_test(what_is_no_host_is_left_out),
        cmocka_unit_test(records_are_bounded),
        cmocka_unit_test(a_cut_answer_has_no_records),
        cmocka_unit_test(no_name_server_is_waited_for_without_an_end),
        cmocka_unit_test(a_realm_that_is_no_name_of_dns_is_tried_as_a_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
