/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses a stranger's certificate must not lead to, and networks as text. */
#include "testing.h"

#include "core/network.h"

#include <arpa/inet.h>
#include <daotp/fetcher.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

typedef struct address {
    int family;
    uint8_t octets[16];
} address;

static address parse(const char *text)
{
    address made;

    if (!daotp__address_parse(text, &made.family, made.octets))
        fail_msg("%s is no address", text);
    return made;
}

static void expect_special(const char *text, bool special)
{
    address one = parse(text);

    if (daotp__address_is_special(one.family, one.octets) != special)
        fail_msg("%s is %s", text, special ? "taken for a public one" : "refused");
}

/* The first and the last of each block of the IANA special-purpose registries (RFC 6890, RFC 5736)
 * that may not be reached. */
static void special_blocks_end_where_they_should(void **state)
{
    static const char *const special[] = {
        /* IPv4 */
        "0.0.0.0", "0.255.255.255",       /* this network */
        "10.0.0.0", "10.255.255.255",     /* private */
        "100.64.0.0", "100.127.255.255",  /* shared, RFC 6598 */
        "127.0.0.0", "127.255.255.255",   /* loopback */
        "169.254.0.0", "169.254.255.255", /* link-local; the clouds' metadata */
        "172.16.0.0", "172.31.255.255",   /* private */
        "192.0.0.0", "192.0.0.255",       /* protocol assignments */
        "192.168.0.0", "192.168.255.255", /* private */
        "198.18.0.0", "198.19.255.255",   /* benchmarks */
        "224.0.0.0", "239.255.255.255",   /* multicast */
        "240.0.0.0", "255.255.255.255",   /* reserved, broadcast */
        /* IPv6 */
        "::", "::1",                        /* unspecified, loopback */
        "::127.0.0.1", "::8.8.8.8",         /* IPv4-compatible */
        "::ffff:0.0.0.0", "::ffff:8.8.8.8", /* mapped, whatever is in it */
        "::ffff:127.0.0.1", "::ffff:255.255.255.255", "64:ff9b::8.8.8.8", "64:ff9b::7f00:1",
        "64:ff9b:1::1",                                                        /* NAT64 */
        "100::", "100::ffff:ffff:ffff:ffff",                                   /* discard */
        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",                             /* below 2000::/3 */
        "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",                      /* Teredo */
        "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",                /* documentation */
        "2002::", "2002:7f00:1::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", /* 6to4 */
        "4000::", "5f00::1",                                                   /* above 2000::/3 */
        "fc00::", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",        /* unique local */
        "fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",        /* link-local */
        "fec0::1",                                                     /* site-local, RFC 3879 */
        "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" /* multicast */
    };
    static const char *const public[] = {
        "1.0.0.0",          "8.8.8.8",         "9.255.255.255",
        "11.0.0.0",         "100.63.255.255",  "100.128.0.0",
        "126.255.255.255",  "128.0.0.0",       "169.253.255.255",
        "169.255.0.0",      "172.15.255.255",  "172.32.0.0",
        "191.255.255.255",  "192.0.1.0",       "192.167.255.255",
        "192.169.0.0",      "198.17.255.255",  "198.20.0.0",
        "223.255.255.255",  "2000::1",         "2001:4860:4860::8888",
        "2001:db7:ffff::1", "2001:db9::1",     "2001:ffff::1",
        "2003::1",          "2606:4700::1111", "3ffe:ffff::1"};

    (void)state;
    for (size_t i = 0; i < COUNT(special); i++)
        expect_special(special[i], true);
    for (size_t i = 0; i < COUNT(public); i++)
        expect_special(public[i], false);
}

/* The rest of RFC 6890's tables, where nobody publishes a CRL either. */
static void the_other_blocks_of_rfc_6890(void **state)
{
    static const char *const special[] = {
        "192.0.2.1",       "198.51.100.1",
        "203.0.113.1", /* documentation */
        "192.88.99.1", /* 6to4 relays, RFC 7526 */
        "192.31.196.0",    "192.31.196.255",
        "192.175.48.0",    "192.175.48.255", /* AS112, RFC 7534 */
        "192.52.193.0",    "192.52.193.255", /* AMT, RFC 7450 */
        "192.0.0.9",       "192.0.0.10",
        "192.0.0.170",     /* PCP, TURN, NAT64 */
        "168.63.129.16",   /* Azure: the host of the machine */
        "100.100.100.200", /* Alibaba: the same, in a block of RFC 6598 */
        "2001:1::1",       "2001:3::1",
        "2001:4:112::1",                           /* PCP, AMT, AS112 */
        "2001:30::1",      "2001:1ff:ffff::1",     /* DET; the last of the protocols' block */
        "2620:4f:8000::",  "2620:4f:8000:ffff::1", /* AS112 */
        "100:0:0:1::1",    "5f00:ffff::1",         /* dummy prefix; SRv6 */
        "fd00:ec2::254",                           /* Amazon: metadata */
        "2001:2::1",                               /* benchmarks */
        "2001:10::1",      "2001:20::1",           /* ORCHID */
        "3fff::1",         "3fff:fff:ffff::1"      /* documentation, RFC 9637 */
    };
    static const char *const public[] = {"168.63.129.15",  "168.63.129.17",   "192.31.195.255",
                                         "192.31.197.0",   "192.52.192.255",  "192.52.194.0",
                                         "192.175.47.255", "192.175.49.0",    "2001:200::1",
                                         "2620:4f:8001::", "2620:4f:7fff::1", "3fff:1000::1"};

    (void)state;
    for (size_t i = 0; i < COUNT(special); i++)
        expect_special(special[i], true);
    for (size_t i = 0; i < COUNT(public); i++)
        expect_special(public[i], false);
}

static void what_is_no_address(void **state)
{
    static const char *const texts[] = {"",
                                        ".",
                                        "1",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "256.1.1.1",
                                        "0x7f.0.0.1",
                                        "0177.0.0.1",
                                        "2130706433",
                                        "127.1",
                                        "127.0.0.1 ",
                                        " 127.0.0.1",
                                        "127.0.0.1/8",
                                        ":",
                                        ":::",
                                        "1::2::3",
                                        "fe80::1%lo",
                                        "[::1]",
                                        "::1]",
                                        "12345::",
                                        "::ffff:1.2.3",
                                        "localhost",
                                        "1.2.3.4\n"};
    uint8_t octets[16];
    int family;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (daotp__address_parse(texts[i], &family, octets))
            fail_msg("\"%s\" is taken for an address", texts[i]);
}

/* ---- networks -------------------------------------------------------------------------------- */

static void networks_have_their_addresses(void **state)
{
    static const struct {
        const char *network, *in[4], *out[4];
    } rows[] = {
        {"10.0.0.0/8", {"10.0.0.0", "10.255.255.255"}, {"9.255.255.255", "11.0.0.0", "::a00:1"}},
        {"10.1.2.3/8",
         {"10.0.0.0", "10.255.255.255"},
         {"11.1.2.3"}}, /* what is behind is not read */
        {"192.168.4.0/22", {"192.168.4.0", "192.168.7.255"}, {"192.168.3.255", "192.168.8.0"}},
        {"127.0.0.1/31", {"127.0.0.0", "127.0.0.1"}, {"127.0.0.2"}},
        {"127.0.0.1/32", {"127.0.0.1"}, {"127.0.0.0", "127.0.0.2"}},
        {"127.0.0.1", {"127.0.0.1"}, {"127.0.0.0", "127.0.0.2", "::ffff:127.0.0.1", "::1"}},
        {"0.0.0.0/0", {"0.0.0.0", "255.255.255.255", "127.0.0.1"}, {"::", "::1"}},
        {"128.0.0.0/1", {"128.0.0.0", "255.255.255.255"}, {"127.255.255.255"}},
        {"fd00::/8", {"fd00::", "fdff:ffff::1"}, {"fc00::1", "fe00::", "127.0.0.1"}},
        {"fe80::/10", {"fe80::1", "febf::1"}, {"fe7f::1", "fec0::1"}},
        {"2001:db8::1", {"2001:db8::1"}, {"2001:db8::", "2001:db8::2"}},
        {"2001:db8::1/127", {"2001:db8::", "2001:db8::1"}, {"2001:db8::2"}},
        {"2001:db8::1/128", {"2001:db8::1"}, {"2001:db8::"}},
        {"::/0", {"::", "ffff::"}, {"0.0.0.0", "127.0.0.1"}},
        {"::ffff:0:0/96", {"::ffff:127.0.0.1"}, {"127.0.0.1", "::1"}}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__network network;

        if (!daotp__network_parse(rows[i].network, &network))
            fail_msg("%s is no network", rows[i].network);
        for (size_t k = 0; k < 4 && rows[i].in[k] != NULL; k++) {
            address one = parse(rows[i].in[k]);

            if (!daotp__network_has(&network, one.family, one.octets))
                fail_msg("%s is not in %s", rows[i].in[k], rows[i].network);
        }
        for (size_t k = 0; k < 4 && rows[i].out[k] != NULL; k++) {
            address one = parse(rows[i].out[k]);

            if (daotp__network_has(&network, one.family, one.octets))
                fail_msg("%s is in %s", rows[i].out[k], rows[i].network);
        }
    }
}

static void what_is_no_network(void **state)
{
    static const char *const texts[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/128",
        "::/129",
        "::/",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0.0/ 8",
        "10.0.0.0/8x",
        "10.0.0.0/0x8",
        "10.0.0.0/8/8",
        "10/8",
        "10.0.0/24",
        "10.0.0.0.0/8",
        "fe80::1%lo/64",
        "[::1]/128",
        "localhost",
        "localhost/8",
        "example.com",
        "*",
        "10.0.0.0/18446744073709551624", /* 8, in 64 bits */
        "10.0.0.0/4294967304",           /* 8, in 32 bits */
        "10.0.0.0/99999999999999999999999999999999999999999999999",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999/8",
        "0000000000000000000000000000000000000000000000000000000000127.0.0.1/8"};
    daotp__network network;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (daotp__network_parse(texts[i], &network))
            fail_msg("\"%s\" is taken for a network", texts[i]);
}

/* ---- in the fetcher -------------------------------------------------------------------------- */

static daotp_fetcher *new_fetcher(daotp_context **context)
{
    daotp_fetcher *fetcher;

    assert_int_equal(daotp_context_new(context), DAOTP_OK);
    assert_int_equal(daotp_fetcher_new(*context, &fetcher), DAOTP_OK);
    return fetcher;
}

static void sixteen_networks_and_no_more(void **state)
{
    daotp_context *context;
    daotp_fetcher *fetcher = new_fetcher(&context);

    (void)state;
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "no network"), DAOTP_USAGE);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(daotp_fetcher_allow_network(fetcher, "10.0.0.0/8"), DAOTP_OK);
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "10.0.0.0/8"), DAOTP_USAGE);
    daotp_fetcher_unref(fetcher);
    daotp_context_unref(context);
}

static void limits_have_limits(void **state)
{
    daotp_context *context;
    daotp_fetcher *fetcher = new_fetcher(&context);
    const int64_t gib = INT64_C(1) << 30;

    (void)state;
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, 0), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, -1), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, gib + 1), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 0), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, -1), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 3600001), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, 1), DAOTP_OK);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, gib), DAOTP_OK);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 1), DAOTP_OK);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 3600000), DAOTP_OK);
    daotp_fetcher_unref(fetcher);
    daotp_context_unref(context);
}

/* What others fetch by already does not change under them. */
static void in_use_it_is_closed(void **state)
{
    daotp_context *context;
    daotp_fetcher *fetcher = new_fetcher(&context), *other = daotp_fetcher_ref(fetcher);

    (void)state;
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "10.0.0.0/8"), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, 1), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 1), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_cache(fetcher, "/nowhere"), DAOTP_USAGE);
    daotp_fetcher_unref(other);
    daotp_fetcher_unref(fetcher);
    daotp_context_unref(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_blocks_end_where_they_should),
        cmocka_unit_test(the_other_blocks_of_rfc_6890),
        cmocka_unit_test(what_is_no_address),
        cmocka_unit_test(networks_have_their_addresses),
        cmocka_unit_test(what_is_no_network),
        cmocka_unit_test(sixteen_networks_and_no_more),
        cmocka_unit_test(limits_have_limits),
        cmocka_unit_test(in_use_it_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
