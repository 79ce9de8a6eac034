/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RADIUS packets: what is written, beside octets computed elsewhere (radius_golden.py, RFC 2865 7,
 * OpenSSL), and which datagrams count as replies. The numbers are those of the hostile cases that
 * flow_radius_hostile plays on a wire.
 */
#include "testing.h"

#include "radius/packet.h"
#include "radius_golden.h"
#include "radius_peer.h"

#include <string.h>

static const uint8_t secret_octets[] = "\xF0\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9\xFA\xFB\xFC\xFD"
                                       "\xFE\xFF\0, a secret\t";
static const uint8_t authenticator[] = {0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
                                        0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a};
static const uint8_t another[16] = {1, 2, 3};

#define SECRET                                                                                     \
    {                                                                                              \
        secret_octets, sizeof secret_octets - 1                                                    \
    }
#define BYTES(text) ((daotp__bytes){(const uint8_t *)(text), sizeof(text) - 1})

/* ---- writing --------------------------------------------------------------------------------- */

static daotp__buffer write_request(const daotp__radius_request *request)
{
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
    assert_int_equal(daotp__radius_request_write(request, &out), DAOTP_OK);
    return out;
}

static daotp__radius_request request_for(uint8_t code, uint8_t id, daotp__bytes name,
                                         const daotp__bytes *password)
{
    static const uint8_t nas[] = {32, 6, 'd', 'a', ' ', '1'};
    daotp__radius_request request = {.code = code,
                                     .id = id,
                                     .user_name = name,
                                     .password = password,
                                     .attributes = {nas, sizeof nas},
                                     .secret = SECRET};

    memcpy(request.authenticator, authenticator, sizeof authenticator);
    return request;
}

static void expect_packet(const daotp__radius_request *request, const uint8_t *wanted, size_t len)
{
    daotp__buffer out = write_request(request);

    assert_int_equal(out.len, len);
    assert_memory_equal(out.data, wanted, len);
    daotp__buffer_free(&out);
}

static void requests_are_as_another_writes_them(void **state)
{
    char euros[128];
    daotp__bytes code = BYTES("1234123456"), empty = {NULL, 0};
    daotp__bytes longest = {(const uint8_t *)euros, sizeof euros};
    daotp__radius_request request = request_for(1, 7, BYTES("CORP\\bob"), &code);

    (void)state;
    for (size_t i = 0; i < 42; i++)
        memcpy(euros + 3 * i, "\xE2\x82\xAC", 3);
    memcpy(euros + 126, "ab", 2);
    expect_packet(&request, golden_login, sizeof golden_login);
    request = request_for(1, 255, BYTES("zo\xC3\xAB"), &longest);
    request.state = BYTES("\0STATE-1\xFF");
    expect_packet(&request, golden_long, sizeof golden_long);
    request = request_for(1, 0, BYTES("u"), &empty);
    expect_packet(&request, golden_empty, sizeof golden_empty);
    request = request_for(12, 1, (daotp__bytes){NULL, 0}, NULL);
    expect_packet(&request, golden_status, sizeof golden_status);
}

/* RFC 2865 7.1 and 7.3 */
static void hidden_passwords_of_the_rfc(void **state)
{
    static const struct {
        const char *authenticator, *password, *hidden;
    } rows[] = {
        {"\x0f\x40\x3f\x94\x73\x97\x80\x57\xbd\x83\xd5\xcb\x98\xf4\x22\x7a", "arctangent",
         "\x0d\xbe\x70\x8d\x93\xd4\x13\xce\x31\x96\xe4\x3f\x78\x2a\x0a\xee"},
        {"\xf3\xa4\x7a\x1f\x6a\x6d\x76\x71\x0b\x94\x7a\xb9\x30\x41\xa0\x39", "challenge",
         "\x33\x65\x75\x73\x77\x82\x89\xb5\x70\x88\x5e\x15\x08\x48\x25\xc5"},
        {"\xb1\x22\x55\x6d\x42\x8a\x13\xd0\xd6\x25\x38\x07\xc4\x57\xec\xf0", "99101462",
         "\x69\x2c\x1f\x20\x5f\xc0\x81\xb9\x19\xb9\x51\x95\xf5\x61\xa5\x81"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp__bytes password = {(const uint8_t *)rows[i].password, strlen(rows[i].password)};
        daotp__radius_request request = request_for(1, 0, BYTES("nemo"), &password);
        daotp__buffer out;
        radius_peer_bytes hidden;

        request.secret = BYTES("xyzzy5461");
        memcpy(request.authenticator, rows[i].authenticator, 16);
        out = write_request(&request);
        hidden = radius_peer_find((radius_peer_bytes){out.data, out.len}, 2, 0);
        assert_int_equal(hidden.len, 16);
        assert_memory_equal(hidden.data, rows[i].hidden, 16);
        daotp__buffer_free(&out);
    }
}

static void every_length_of_password_is_hidden_whole(void **state)
{
    uint8_t octets[DAOTP__RADIUS_MAX_PASSWORD + 1], revealed[256];
    static const uint8_t zeros[16];

    (void)state;
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i % 255 + 1);
    for (size_t len = 0; len <= DAOTP__RADIUS_MAX_PASSWORD; len++) {
        daotp__bytes password = {octets, len};
        daotp__radius_request request = request_for(1, (uint8_t)len, BYTES("u"), &password);
        daotp__buffer out = write_request(&request);
        radius_peer_bytes packet = {out.data, out.len};
        size_t padded = len == 0 ? 16 : (len + 15) / 16 * 16;

        assert_true(radius_peer_is_whole(packet));
        assert_true(radius_peer_is_signed(packet, (radius_peer_bytes)SECRET));
        assert_int_equal(radius_peer_reveal(packet, (radius_peer_bytes)SECRET, revealed), padded);
        assert_memory_equal(revealed, octets, len);
        assert_memory_equal(revealed + len, zeros, padded - len);
        daotp__buffer_free(&out);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    uint8_t octets[DAOTP__RADIUS_MAX] = {0};
    daotp__bytes password = {octets, DAOTP__RADIUS_MAX_PASSWORD + 1};
    daotp__radius_request request = request_for(1, 0, BYTES("u"), &password);
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
    assert_int_equal(daotp__radius_request_write(&request, &out), DAOTP_USAGE);
    assert_int_equal(out.len, 0);
    password.len = 1;
    for (size_t len = 4096 - 20 - 18 - 3 - 18; len <= 4096 - 20 - 18 - 3 - 18 + 1; len++) {
        request.attributes = (daotp__bytes){octets, len};
        daotp__buffer_clear(&out);
        assert_int_equal(daotp__radius_request_write(&request, &out),
                         len == 4037 ? DAOTP_OK : DAOTP_USAGE);
    }
    daotp__buffer_free(&out);
}

/* ---- reading: the cases ---------------------------------------------------------------------- */

enum {
    GOOD = DAOTP__RADIUS_GOOD,
    LENGTH = DAOTP__RADIUS_BAD_LENGTH,
    CODE = DAOTP__RADIUS_BAD_CODE,
    ATTRIBUTES = DAOTP__RADIUS_BAD_ATTRIBUTES,
    AUTHENTICATOR = DAOTP__RADIUS_BAD_AUTHENTICATOR,
    SIGNATURE = DAOTP__RADIUS_BAD_SIGNATURE,
    UNSIGNED = DAOTP__RADIUS_UNSIGNED,
    NOT_FIRST = DAOTP__RADIUS_NOT_FIRST
};

static uint8_t messages[15 * 255], two_octets[2038 * 2], nul_state[255] = {24, 255};
static uint8_t two_hundred[200 * 2], proxy_state[80] = {33, 80};

typedef struct reply_case {
    unsigned number;
    const char *what;
    uint8_t code;
    radius_peer_bytes attributes;
    radius_peer_place place;
    int require, optional, first; /* the verdict under each policy */
    /* how it is spoiled */
    const uint8_t *instead, *signed_for, *answers;
    bool flip, foreign;
    uint16_t length;
    int resize; /* octets cut off (negative) or put behind */
} reply_case;

#define ATTR(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define WHOLE(array)                                                                               \
    {                                                                                              \
        array, sizeof(array)                                                                       \
    }
#define NONE                                                                                       \
    {                                                                                              \
        NULL, 0                                                                                    \
    }
#define PART(array, len)                                                                           \
    {                                                                                              \
        array, len                                                                                 \
    }
#define ALL(verdict)  EACH(verdict, verdict, verdict)
#define EACH(r, o, f) .require = (r), .optional = (o), .first = (f)
#define CASE(number_, what_, code_, attributes_, place_, ...)                                      \
    {                                                                                              \
        .number = (number_), .what = (what_), .code = (code_), .attributes = attributes_,          \
        .place = (place_), __VA_ARGS__                                                             \
    }
#define HELLO "\x12\x07hello"
#define TWO_MA                                                                                     \
    "\x50\x12"                                                                                     \
    "0123456789abcdef"

static const reply_case cases[] = {
    CASE(1, "all correct", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(2, "signature last", 2, ATTR(HELLO), RADIUS_PEER_LAST, EACH(GOOD, GOOD, NOT_FIRST)),
    CASE(2, "signature last, nothing else", 2, NONE, RADIUS_PEER_LAST, ALL(GOOD)),
    CASE(3, "unsigned", 2, ATTR(HELLO), RADIUS_PEER_NOWHERE, EACH(UNSIGNED, GOOD, UNSIGNED)),
    CASE(3, "unsigned, empty", 3, NONE, RADIUS_PEER_NOWHERE, EACH(UNSIGNED, GOOD, UNSIGNED)),
    CASE(4, "random authenticator", 2, ATTR(HELLO), RADIUS_PEER_NOWHERE, ALL(AUTHENTICATOR),
         .instead = another),
    CASE(4, "random authenticator, good signature", 2, ATTR(HELLO), RADIUS_PEER_FIRST,
         ALL(AUTHENTICATOR), .instead = another),
    CASE(5, "another secret", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(AUTHENTICATOR),
         .foreign = true),
    CASE(7, "signature with a bit turned", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(SIGNATURE),
         .flip = true),
    CASE(7, "signature with a bit turned, last", 11, ATTR(HELLO), RADIUS_PEER_LAST, ALL(SIGNATURE),
         .flip = true),
    CASE(8, "two signatures", 2, ATTR(TWO_MA), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(9, "signature of 8 octets", 2,
         ATTR("\x50\x0a"
              "01234567"),
         RADIUS_PEER_NOWHERE, ALL(ATTRIBUTES)),
    CASE(9, "signature of 0 octets", 2, ATTR("\x50\x02"), RADIUS_PEER_NOWHERE, ALL(ATTRIBUTES)),
    CASE(10, "signed for another request", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(SIGNATURE),
         .signed_for = another),
    CASE(16, "12 octets", 2, NONE, RADIUS_PEER_FIRST, ALL(LENGTH), .resize = 12 - 38),
    CASE(17, "1 octet", 2, NONE, RADIUS_PEER_FIRST, ALL(LENGTH), .resize = 1 - 38),
    CASE(18, "nothing", 2, NONE, RADIUS_PEER_FIRST, ALL(LENGTH), .resize = -38),
    CASE(19, "shorter than it says", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(LENGTH), .resize = -7),
    CASE(20, "padding behind", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(GOOD), .resize = 9),
    CASE(21, "Length 19", 2, NONE, RADIUS_PEER_FIRST, ALL(LENGTH), .length = 19),
    CASE(22, "Length 4097", 2, NONE, RADIUS_PEER_FIRST, ALL(LENGTH), .length = 4097,
         .resize = 4097 - 38),
    CASE(23, "3863 octets", 2, WHOLE(messages), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(24, "type 0", 2, ATTR("\0\x03x"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(25, "length 0", 2, ATTR(HELLO "\x12\0"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(26, "length 1", 2, ATTR(HELLO "\x12\x01"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(26, "length 1, and what would make it two", 2, ATTR(HELLO "\x12\x01\x02"),
         RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(27, "past the end", 2, ATTR("\x12\x08hello"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(28, "a stray octet", 2, ATTR(HELLO "\x12"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(29, "short Vendor-Specific", 2, ATTR("\x1a\x04\0\0" HELLO), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(30, "inner length 0", 2, ATTR("\x1a\x0c\0\0\x01\x37\x0a\0zzzz" HELLO), RADIUS_PEER_FIRST,
         ALL(GOOD)),
    CASE(31, "unknown vendor", 2, ATTR("\x1a\x0a\0\xff\xff\xff\x01\x04zz" HELLO), RADIUS_PEER_FIRST,
         ALL(GOOD)),
    CASE(32, "code 5", 5, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(33, "code 8", 8, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(34, "code 1", 1, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(35, "code 13", 13, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(36, "code 52", 52, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(37, "code 255", 255, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(37, "code 0", 0, NONE, RADIUS_PEER_FIRST, ALL(CODE)),
    CASE(40, "challenge without State", 11, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(41, "two States", 11,
         ATTR("\x18\x03"
              "a"
              "\x18\x03"
              "b"),
         RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(42, "State of 253 NULs", 11, WHOLE(nul_state), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(43, "State of nothing", 11, ATTR("\x18\x02"), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(44, "reject with State", 3,
         ATTR("\x18\x03"
              "a"),
         RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(45, "ugly Reply-Message", 3,
         ATTR("\x12\x09"
              "a\0\xff\x1b[2J"),
         RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(47, "an old reply", 2, ATTR(HELLO), RADIUS_PEER_FIRST, ALL(AUTHENTICATOR),
         .answers = another),
    CASE(49, "2029 attributes, signed", 2, PART(two_octets, 2029 * 2), RADIUS_PEER_FIRST,
         ALL(ATTRIBUTES)),
    CASE(50, "2038 attributes, forged", 2, WHOLE(two_octets), RADIUS_PEER_NOWHERE, ALL(ATTRIBUTES),
         .instead = another),
    CASE(50, "200 attributes", 2, WHOLE(two_hundred), RADIUS_PEER_NOWHERE,
         EACH(UNSIGNED, GOOD, UNSIGNED)),
    CASE(50, "201 attributes", 2, WHOLE(two_hundred), RADIUS_PEER_FIRST, ALL(ATTRIBUTES)),
    CASE(51, "Proxy-State", 2, WHOLE(proxy_state), RADIUS_PEER_FIRST, ALL(GOOD)),
    CASE(52, "EAP-Message, unsigned", 11, ATTR("\x4f\x06\x01\x01\0\x04"), RADIUS_PEER_NOWHERE,
         ALL(UNSIGNED)),
    CASE(52, "EAP-Message, signed", 11, ATTR("\x4f\x06\x01\x01\0\x04"), RADIUS_PEER_FIRST,
         ALL(GOOD)),
    CASE(52, "EAP-Message, forged", 11, ATTR("\x4f\x06\x01\x01\0\x04"), RADIUS_PEER_NOWHERE,
         ALL(AUTHENTICATOR), .instead = another),
};

static int fill_arrays(void **state)
{
    (void)state;
    for (size_t i = 0; i < 15; i++) {
        messages[255 * i] = 18;
        messages[255 * i + 1] = 255;
        memset(messages + 255 * i + 2, 'a' + (int)i, 253);
    }
    for (size_t i = 0; i < sizeof two_octets; i += 2) {
        two_octets[i] = 18;
        two_octets[i + 1] = 2;
    }
    memcpy(two_hundred, two_octets, sizeof two_hundred);
    return 0;
}

/* The datagram of a case, on the heap, to the octet: a sanitizer sees who reads behind it. */
static daotp__bytes make(const reply_case *c, uint8_t **block)
{
    static uint8_t out[RADIUS_PEER_ROOM];
    radius_peer_reply reply = {.code = c->code,
                               .id = 7,
                               .authenticator = c->answers != NULL ? c->answers : authenticator,
                               .secret = SECRET,
                               .attributes = c->attributes,
                               .place = c->place,
                               .length = c->length,
                               .signed_for = c->signed_for,
                               .flip = c->flip,
                               .instead = c->instead};
    size_t len;

    memset(out, 0, sizeof out);
    if (c->foreign)
        reply.secret = (radius_peer_bytes){(const uint8_t *)"guess", 5};
    len = radius_peer_write(&reply, out) + (size_t)c->resize;
    *block = test_malloc(len > 0 ? len : 1);
    memcpy(*block, out, len);
    return (daotp__bytes){*block, len};
}

static daotp__radius_verdict read_reply(daotp__bytes datagram, bool to_status_server,
                                        daotp__radius_policy policy, daotp__radius_reply *reply)
{
    return daotp__radius_reply_read(datagram, to_status_server, authenticator, (daotp__bytes)SECRET,
                                    policy, reply);
}

static void each_case_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const reply_case *c = &cases[i];
        const int wanted[] = {[DAOTP__RADIUS_REQUIRE] = c->require,
                              [DAOTP__RADIUS_AUTO] =
                                  c->optional, /* of a server that has never signed */
                              [DAOTP__RADIUS_OPTIONAL] = c->optional,
                              [DAOTP__RADIUS_FIRST] = c->first};
        uint8_t *block;
        daotp__bytes datagram = make(c, &block);

        for (int policy = DAOTP__RADIUS_REQUIRE; policy <= DAOTP__RADIUS_FIRST; policy++) {
            daotp__radius_reply reply;
            int found = read_reply(datagram, false, (daotp__radius_policy)policy, &reply);

            if (found != wanted[policy])
                fail_msg("case %u (%s), policy %d: wanted verdict %d, found %d", c->number, c->what,
                         policy, wanted[policy], found);
            if (found == DAOTP__RADIUS_GOOD)
                assert_int_equal(reply.is_signed, c->place != RADIUS_PEER_NOWHERE);
        }
        test_free(block);
    }
}

/* ---- reading: properties --------------------------------------------------------------------- */

static void every_bit_counts(void **state)
{
    (void)state;
    for (int place = RADIUS_PEER_FIRST; place <= RADIUS_PEER_NOWHERE; place++) {
        const reply_case c = {.code = 2,
                              .attributes = ATTR(HELLO "\x18\x03"
                                                       "a"),
                              .place = place};
        daotp__radius_reply reply;
        uint8_t *block;
        daotp__bytes datagram = make(&c, &block);

        assert_int_equal(read_reply(datagram, false, DAOTP__RADIUS_OPTIONAL, &reply), GOOD);
        for (size_t bit = 0; bit < 8 * datagram.len; bit++) {
            block[bit / 8] ^= (uint8_t)(1 << bit % 8);
            for (int to_status = 0; to_status < 2; to_status++)
                assert_int_not_equal(
                    read_reply(datagram, to_status != 0, DAOTP__RADIUS_OPTIONAL, &reply), GOOD);
            block[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t len = 0; len < datagram.len; len++)
            assert_int_equal(
                read_reply((daotp__bytes){block, len}, false, DAOTP__RADIUS_OPTIONAL, &reply),
                LENGTH);
        test_free(block);
    }
}

/* What is cheap is looked at first, so that a flood costs little. */
static void the_cheapest_check_decides(void **state)
{
    static const reply_case rows[] = {
        CASE(0, "length, code, attributes, authenticator", 1, ATTR("\x12\x01"), RADIUS_PEER_FIRST,
             ALL(LENGTH), .length = 19, .instead = another),
        CASE(0, "code, attributes, authenticator", 1, ATTR("\x12\x01"), RADIUS_PEER_FIRST,
             ALL(CODE), .instead = another),
        CASE(0, "attributes, authenticator", 2, ATTR("\x12\x01"), RADIUS_PEER_FIRST,
             ALL(ATTRIBUTES), .instead = another),
        CASE(0, "authenticator, signature", 2, NONE, RADIUS_PEER_FIRST, ALL(AUTHENTICATOR),
             .instead = another, .flip = true),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp__radius_reply reply;
        uint8_t *block;
        daotp__bytes datagram = make(&rows[i], &block);

        assert_int_equal(read_reply(datagram, false, DAOTP__RADIUS_REQUIRE, &reply),
                         rows[i].require);
        test_free(block);
    }
}

static void status_server_takes_any_sign_of_life(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        const reply_case c = {.code = (uint8_t)code, .place = RADIUS_PEER_FIRST};
        bool login = code == 2 || code == 3 || code == 11, status = login || code == 5;
        daotp__radius_reply reply;
        uint8_t *block;
        daotp__bytes datagram = make(&c, &block);

        assert_int_equal(read_reply(datagram, false, DAOTP__RADIUS_REQUIRE, &reply),
                         login ? GOOD : CODE);
        assert_int_equal(read_reply(datagram, true, DAOTP__RADIUS_OPTIONAL, &reply),
                         status ? GOOD : CODE);
        test_free(block);
    }
}

/* RFC 2865 7.1 and 7.3: before Message-Authenticator was */
static void replies_of_the_rfc(void **state)
{
    static const uint8_t first[] = {0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
                                    0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a};
    static const uint8_t second[] = {0xf3, 0xa4, 0x7a, 0x1f, 0x6a, 0x6d, 0x76, 0x71,
                                     0x0b, 0x94, 0x7a, 0xb9, 0x30, 0x41, 0xa0, 0x39};
    static const char accept[] = "\x02\x00\x00\x26\x86\xfe\x22\x0e\x76\x24\xba\x2a\x10\x05\xf6\xbf"
                                 "\x9b\x55\xe0\xb2\x06\x06\x00\x00\x00\x01\x0f\x06\x00\x00\x00\x00"
                                 "\x0e\x06\xc0\xa8\x01\x03";
    static const char challenge[] =
        "\x0b\x02\x00\x4e\x36\xf3\xc8\x76\x4a\xe8\xc7\x11\x57\x40\x3c\x0c\x71\xff\x9c\x45"
        "\x12\x30"
        "Challenge 32769430.  Enter response at prompt."
        "\x18\x0a"
        "32769430";
    daotp__radius_reply reply;

    (void)state;
    assert_int_equal(daotp__radius_reply_read(BYTES(accept), false, first, BYTES("xyzzy5461"),
                                              DAOTP__RADIUS_OPTIONAL, &reply),
                     GOOD);
    assert_int_equal(reply.code, 2);
    assert_int_equal(reply.id, 0);
    assert_false(reply.is_signed);
    assert_int_equal(reply.attributes.len, 18);
    assert_null(reply.state.data);
    assert_int_equal(daotp__radius_reply_read(BYTES(challenge), false, second, BYTES("xyzzy5461"),
                                              DAOTP__RADIUS_OPTIONAL, &reply),
                     GOOD);
    assert_int_equal(reply.code, 11);
    assert_int_equal(reply.id, 2);
    assert_int_equal(reply.state.len, 8);
    assert_memory_equal(reply.state.data, "32769430", 8);
    assert_int_equal(daotp__radius_reply_read(BYTES(challenge), false, second, BYTES("xyzzy5461"),
                                              DAOTP__RADIUS_REQUIRE, &reply),
                     UNSIGNED);
}

static void prompt_says_whether_to_echo(void **state)
{
    static const reply_case rows[] = {
        {.code = 11, .attributes = ATTR("\x4c\x06\0\0\0\x01"), .flip = true},
        {.code = 11, .attributes = ATTR("\x4c\x06\0\0\0\0")},
        {.code = 11, .attributes = ATTR("\x4c\x06\0\0\0\x02")},
        {.code = 11, .attributes = ATTR("\x4c\x06\0\0\x01\x01")},
        {.code = 11, .attributes = ATTR("\x4c\x03\x01")},
        {.code = 11, .attributes = ATTR("\x4c\x07\0\0\0\x01x")}, /* four octets, RFC 2869 5.10 */
        {.code = 11, .attributes = ATTR("\x4c\x02")},
        {.code = 11, .attributes = NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reply_case c = rows[i];
        bool echo = c.flip;
        daotp__radius_reply reply;
        daotp__bytes datagram;
        uint8_t *block;

        c.flip = false;
        datagram = make(&c, &block);
        assert_int_equal(read_reply(datagram, false, DAOTP__RADIUS_REQUIRE, &reply), GOOD);
        if (reply.prompt_is_echo != echo)
            fail_msg("row %zu: prompt_is_echo is %d", i, reply.prompt_is_echo);
        test_free(block);
    }
}

static void attributes_come_in_order(void **state)
{
    daotp__bytes cursor = BYTES("\x12\x02\x18\x05"
                                "abc"
                                "\x1a\x04\0\0"),
                 value;
    uint8_t type;

    (void)state;
    assert_true(daotp__radius_attribute_next(&cursor, &type, &value));
    assert_int_equal(type, 18);
    assert_int_equal(value.len, 0);
    assert_true(daotp__radius_attribute_next(&cursor, &type, &value));
    assert_int_equal(type, 24);
    assert_true(daotp__bytes_equal(value, BYTES("abc")));
    assert_true(daotp__radius_attribute_next(&cursor, &type, &value));
    assert_int_equal(type, 26);
    assert_false(daotp__radius_attribute_next(&cursor, &type, &value));
    cursor = (daotp__bytes){NULL, 0};
    assert_false(daotp__radius_attribute_next(&cursor, &type, &value));
}

static void an_identifier_needs_a_head(void **state)
{
    static const uint8_t octets[21] = {2, 0xA5};
    uint8_t id = 0;

    (void)state;
    for (size_t len = 0; len < 20; len++)
        assert_false(daotp__radius_peek_id((daotp__bytes){octets, len}, &id));
    assert_true(daotp__radius_peek_id((daotp__bytes){octets, 20}, &id));
    assert_int_equal(id, 0xA5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_as_another_writes_them),
        cmocka_unit_test(hidden_passwords_of_the_rfc),
        cmocka_unit_test(every_length_of_password_is_hidden_whole),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(each_case_has_its_verdict),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(the_cheapest_check_decides),
        cmocka_unit_test(status_server_takes_any_sign_of_life),
        cmocka_unit_test(replies_of_the_rfc),
        cmocka_unit_test(prompt_says_whether_to_echo),
        cmocka_unit_test(attributes_come_in_order),
        cmocka_unit_test(an_identifier_needs_a_head),
    };

    return cmocka_run_group_tests(tests, fill_arrays, NULL);
}
