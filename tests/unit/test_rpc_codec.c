/* SPDX-License-Identifier: BSD-2-Clause */
/* RPC and DCOM as bytes: what is sent is what Windows clients and impacket send, octet by octet;
 * what is read gives the values it was made of, and everything cut short or contradictory is
 * refused. */
#include "rpc_stubs.h"
#include "testing.h"

#include "ca/cert_call.h"
#include "ca/create_instance.h"
#include "ca/endpoint_map.h"
#include "ca/rpc_explain.h"
#include "ca/spnego.h"
#include "core/alloc.h"

#include <string.h>

static const uint8_t causality[] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
                                    0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f};
static const uint8_t request_octets[] = {0x30, 0x03, 0x02, 0x01, 0x00};
static const daotp__bytes request = {request_octets, sizeof request_octets};

static void expect(const daotp__buffer *got, const char *hex)
{
    octets wanted = unhex(hex);

    assert_int_equal(got->failed, DAOTP_OK);
    assert_int_equal(got->len, wanted.len);
    assert_memory_equal(got->data, wanted.data, wanted.len);
}

static daotp__cert_call golden_call(uint32_t flags)
{
    return (daotp__cert_call){
        .flags = flags, .authority = "Lab Issuing CA", .request = request, .causality = causality};
}

static void golden_requests(void **state)
{
    daotp__cert_call call = golden_call(DAOTP__CERT_CMC);
    daotp__cert_call call2 = golden_call(DAOTP__CERT_CMC | DAOTP__CERT_FULL_RESPONSE);
    daotp__buffer stub;

    (void)state;
    daotp__buffer_init(&stub, 4096);
    daotp__icpr_request_write(&call, &stub);
    expect(&stub, icpr_request);
    daotp__buffer_clear(&stub);
    daotp__dcom_request_write(&call, &stub);
    expect(&stub, dcom_request);
    daotp__buffer_clear(&stub);
    daotp__dcom_request2_write(&call2, &stub);
    expect(&stub, dcom_request2);
    daotp__buffer_clear(&stub);
    daotp__activation_write(causality, daotp__cert_request_class,
                            daotp__cert_request_interface.uuid, &stub);
    expect(&stub, activation_request);
    daotp__buffer_clear(&stub);
    daotp__ept_map_write(&daotp__icpr_interface, &stub);
    expect(&stub, map_request);
    daotp__buffer_free(&stub);
}

/* The number of an earlier request in the place of a request: no form is named, and the blob is a
 * NULL pointer (MS-WCCE 3.2.1.4.2.1). */
static void earlier_requests(void **state)
{
    static const uint8_t no_request[8] = {0};
    daotp__cert_call call = golden_call(0);
    daotp__buffer stub;

    (void)state;
    call.request = (daotp__bytes){NULL, 0};
    call.request_id = 0x04030201;
    daotp__buffer_init(&stub, 4096);
    for (unsigned way = 0; way < 3; way++) {
        daotp__buffer_clear(&stub);
        if (way == 0)
            daotp__icpr_request_write(&call, &stub);
        else if (way == 1)
            daotp__dcom_request_write(&call, &stub);
        else
            daotp__dcom_request2_write(&call, &stub);
        assert_int_equal(stub.failed, DAOTP_OK);
        assert_non_null(memmem(stub.data, stub.len, "\1\2\3\4", 4));
        assert_memory_equal(stub.data + stub.len - sizeof no_request, no_request,
                            sizeof no_request);
    }
    daotp__buffer_free(&stub);
}

static void golden_answers(void **state)
{
    octets issued = unhex(issued_answer), denied = unhex(denied_answer);
    daotp__cert_answer answer;
    const char *why;
    char *text;

    (void)state;
    assert_true(daotp__cert_answer_read(view(&issued), false, &answer, &why));
    assert_int_equal(answer.request_id, 7);
    assert_int_equal(answer.disposition, DAOTP__CERT_ISSUED);
    assert_int_equal(answer.chain.len, 5);
    assert_int_equal(answer.chain.data[1], 0x82);
    assert_int_equal(answer.certificate.data[4], 0x0a);
    assert_int_equal(answer.result, 0);
    text = daotp__ndr_text(answer.message, 100);
    assert_string_equal(text, "Issued");
    daotp__delete(text);
    assert_true(daotp__cert_answer_read(view(&denied), false, &answer, &why));
    assert_int_equal(answer.disposition, 0x80094012);
    assert_int_equal(answer.chain.len, 0);
    assert_int_equal(answer.certificate.len, 0);
}

static void golden_activation(void **state)
{
    octets stub = unhex(activation_answer);
    const uint8_t *iid = daotp__cert_request_interface.uuid;
    daotp__activation activation;
    const char *why;

    (void)state;
    assert_true(daotp__activation_read(view(&stub), iid, &activation, &why));
    assert_int_equal(activation.result, 0);
    assert_int_equal(activation.port, 49700);
    assert_int_equal(activation.ipid[0], 0x40);
    assert_int_equal(activation.ipid[15], 0x4f);
    /* an object of another interface */
    assert_false(daotp__activation_read(view(&stub), daotp__cert_request2_interface.uuid,
                                        &activation, &why));
    /* an object of another exporter: OXID in STDOBJREF */
    stub.data[144] ^= 1;
    assert_false(daotp__activation_read(view(&stub), iid, &activation, &why));
}

/* The question is what Windows takes from other clients, but for octets that nobody reads; the
 * answer was made with impacket's classes. */
static void golden_creation(void **state)
{
    octets stub = unhex(creation_answer);
    octets refused = unhex("00000000 00000000 00000000 05000780");
    const uint8_t *iid = daotp__cert_request2_interface.uuid;
    daotp__activation activation;
    daotp__buffer question;
    const char *why;

    (void)state;
    daotp__buffer_init(&question, 4096);
    daotp__create_instance_write(causality, daotp__cert_request_class,
                                 daotp__cert_request_interface.uuid, &question);
    expect(&question, creation_request);
    daotp__buffer_free(&question);
    assert_true(daotp__create_instance_read(view(&stub), iid, &activation, &why));
    assert_int_equal(activation.result, 0);
    assert_int_equal(activation.port, 49700);
    assert_int_equal(activation.ipid[0], 0x40);
    assert_int_equal(activation.ipid[15], 0x4f);
    assert_false(daotp__create_instance_read(view(&stub), daotp__cert_request_interface.uuid,
                                             &activation, &why));
    assert_true(daotp__create_instance_read(view(&refused), iid, &activation, &why));
    assert_int_equal(activation.result, 0x80070005);
}

/* Each octet of the answer changed in three ways: it is read or refused, and a port is never 0
 * without being told. */
static void changed_creations(void **state)
{
    static const uint8_t masks[] = {0x01, 0x80, 0xFF};
    const uint8_t *iid = daotp__cert_request2_interface.uuid;
    octets whole = unhex(creation_answer);
    daotp__activation activation;
    const char *why;
    size_t refused = 0;

    (void)state;
    for (size_t at = 0; at < whole.len; at++)
        for (size_t i = 0; i < sizeof masks; i++) {
            uint8_t *exact = daotp__bytes_copy(whole.data, whole.len);

            exact[at] ^= masks[i];
            if (!daotp__create_instance_read((daotp__bytes){exact, whole.len}, iid, &activation,
                                             &why))
                refused++;
            daotp__delete(exact);
        }
    assert_true(refused > whole.len); /* more than a third */
}

static void properties(void **state)
{
    static const daotp__property_question question = {0x1D, 0, DAOTP__PROPERTY_STRING};
    daotp__cert_call call = golden_call(0);
    octets answer = unhex(property_answer);
    daotp__buffer stub;
    daotp__bytes value;
    const char *why;
    uint32_t result;

    (void)state;
    daotp__buffer_init(&stub, 4096);
    daotp__property_write(&call, &question, &stub);
    expect(&stub, property_request);
    daotp__buffer_free(&stub);
    assert_true(daotp__property_read(view(&answer), &value, &result, &why));
    assert_int_equal(result, 0);
    assert_int_equal(value.len, 6);
    assert_int_equal(value.data[0], 'C');
}

static void golden_map(void **state)
{
    octets nothing = unhex(map_nothing), hit = unhex(map_hit);
    daotp__ept_answer answer;
    const char *why;

    (void)state;
    assert_true(daotp__ept_map_read(view(&nothing), &daotp__icpr_interface, &answer, &why));
    assert_int_equal(answer.port, 0);
    assert_true(daotp__ept_is_not_registered(answer.status));
    assert_true(daotp__ept_map_read(view(&hit), &daotp__icpr_interface, &answer, &why));
    assert_int_equal(answer.status, 0);
    assert_int_equal(answer.port, 49154);
    /* a tower of another interface is passed over */
    assert_true(daotp__ept_map_read(view(&hit), &daotp__cert_request_interface, &answer, &why));
    assert_int_equal(answer.port, 0);
}

/* ORPCTHIS and the CA's name; ORPCTHAT and an HRESULT. */
static void pings(void **state)
{
    daotp__cert_call call = golden_call(0);
    octets answer = unhex("00000000 00000000 57000780");
    const char *why;
    daotp__buffer stub;
    uint32_t result;

    (void)state;
    daotp__buffer_init(&stub, 4096);
    daotp__dcom_ping_write(&call, &stub);
    expect(&stub,
           "05000700 00000000 00000000 10111213 14151617 18191a1b 1c1d1e1f 00000000 00000200 "
           "0f000000 00000000 0f000000 4c006100 62002000 49007300 73007500 69006e00 67002000 "
           "43004100 0000");
    daotp__buffer_free(&stub);
    assert_true(daotp__dcom_ping_read(view(&answer), &result, &why));
    assert_int_equal(result, 0x80070057);
    assert_false(daotp__dcom_ping_read((daotp__bytes){answer.data, 11}, &result, &why));
}

/* ---- cut and contradictory ------------------------------------------------------------------- */

static bool reads_answer(daotp__bytes in)
{
    daotp__cert_answer answer;
    const char *why;

    return daotp__cert_answer_read(in, false, &answer, &why);
}

static bool reads_activation(daotp__bytes in)
{
    daotp__activation activation;
    const char *why;

    return daotp__activation_read(in, daotp__cert_request_interface.uuid, &activation, &why);
}

static bool reads_map(daotp__bytes in)
{
    daotp__ept_answer answer;
    const char *why;

    return daotp__ept_map_read(in, &daotp__icpr_interface, &answer, &why);
}

static bool reads_creation(daotp__bytes in)
{
    daotp__activation activation;
    const char *why;

    return daotp__create_instance_read(in, daotp__cert_request2_interface.uuid, &activation, &why);
}

static bool reads_property(daotp__bytes in)
{
    daotp__bytes value;
    uint32_t result;
    const char *why;

    return daotp__property_read(in, &value, &result, &why);
}

static void cut_everywhere(void **state)
{
    static const struct {
        const char *hex;
        bool (*reads)(daotp__bytes in);
    } rows[] = {{issued_answer, reads_answer},
                {denied_answer, reads_answer},
                {activation_answer, reads_activation},
                {creation_answer, reads_creation},
                {property_answer, reads_property},
                {map_nothing, reads_map},
                {map_hit, reads_map}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        octets whole = unhex(rows[i].hex);

        for (size_t len = 0; len < whole.len; len++) {
            uint8_t *exact = daotp__bytes_copy(whole.data, len); /* so that asan sees a step over */

            assert_false(rows[i].reads((daotp__bytes){exact, len}));
            daotp__delete(exact);
        }
        assert_true(rows[i].reads(view(&whole)));
    }
}

static void counts_that_lie(void **state)
{
    octets in = unhex(issued_answer);

    (void)state;
    in.data[11] = 0x80; /* cb of the chain: 2^31 and more */
    assert_false(reads_answer(view(&in)));
    in = unhex(issued_answer);
    in.data[16] = 6; /* max_count other than cb */
    assert_false(reads_answer(view(&in)));
    in = unhex(denied_answer);
    in.data[8] = 1; /* a count without a pointer */
    assert_false(reads_answer(view(&in)));
    in = unhex(map_hit);
    in.data[39 - 4] = 0x80; /* 2^31 towers */
    assert_false(reads_map(view(&in)));
    in = unhex(activation_answer);
    in.data[26] = 0x15; /* wSecurityOffset behind the array */
    assert_false(reads_activation(view(&in)));
}

/* What an activation that gives no object is called (MS-DCOM 3.1.2.5.2.3.2, MS-ERREF 2.1). */
static void refused_activations(void **state)
{
    static const struct {
        uint32_t hresult;
        daotp_finding_number number;
    } rows[] = {
        {0x80040154, DAOTP_FINDING_CA_DCOM_CLASS}, {0x80070424, DAOTP_FINDING_CA_DCOM_CLASS},
        {0x80070005, DAOTP_FINDING_CA_RPC_ACCESS}, {0x8001011D, DAOTP_FINDING_CA_RPC_ACCESS},
        {0x800706BA, DAOTP_FINDING_CA_RPC_BUSY},   {0x80080005, DAOTP_FINDING_CA_RPC_BUSY},
        {0x8007041D, DAOTP_FINDING_CA_RPC_BUSY},   {0x80070420, DAOTP_FINDING_CA_RPC_BUSY},
        {0x80070422, DAOTP_FINDING_CA_RPC_BUSY},   {0x80010108, DAOTP_FINDING_CA_RPC_BUSY},
        {0x80004002, DAOTP_FINDING_CA_RPC_FAULT},  {0x8000FFFF, DAOTP_FINDING_CA_RPC_FAULT}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_report report = test_report_new();

        assert_int_not_equal(daotp__rpc_explain_activation(rows[i].hresult, "h\\CA", report.report),
                             DAOTP_OK);
        assert_true(test_report_has(&report, rows[i].number));
        assert_int_equal(daotp_report_get_count(report.report), 1);
        assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(report.report)),
                         rows[i].hresult);
        test_report_free(&report);
    }
}

/* ORPCTHAT with extensions (MS-DCOM 2.2.21): skipped, within bounds. */
static void orpc_extensions(void **state)
{
    octets good = unhex("00000000 00000200 01000000 00000000 04000200 02000000 08000200 00000000 "
                        "08000000 00010203 04050607 08090a0b 0c0d0e0f 03000000 01020300 00000000 "
                        "2a000000");
    octets bomb = unhex("00000000 00000200 01000000 00000000 04000200 ffffff7f 08000200");
    octets long_one = unhex("00000000 00000200 01000000 00000000 04000200 02000000 08000200 "
                            "00000000 ffffff7f 00010203 04050607 08090a0b 0c0d0e0f ffffff7f");
    daotp__ndr ndr = {.in = view(&good)};

    (void)state;
    daotp__orpc_that_skip(&ndr);
    assert_int_equal(daotp__ndr_u32(&ndr), 42);
    assert_false(ndr.failed);
    ndr = (daotp__ndr){.in = view(&bomb)};
    daotp__orpc_that_skip(&ndr);
    assert_true(ndr.failed);
    ndr = (daotp__ndr){.in = view(&long_one)};
    daotp__orpc_that_skip(&ndr);
    assert_true(ndr.failed);
}

/* Only the port of the first TCP binding counts, and only a whole one. */
static void binding_ports(void **state)
{
    static const struct {
        size_t at; /* of a UTF-16 unit in the text "CA1[49700]" */
        char unit;
        uint16_t port;
    } rows[] = {{30, 'x', 49700}, {36, 'x', 0}, {38, '9', 0}, {48, 'x', 0}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        octets in = unhex(activation_answer);
        daotp__activation activation;
        const char *why;

        in.data[rows[i].at] = (uint8_t)rows[i].unit;
        assert_true(daotp__activation_read(view(&in), daotp__cert_request_interface.uuid,
                                           &activation, &why));
        assert_int_equal(activation.port, rows[i].port);
    }
}

/* ---- PDUs ------------------------------------------------------------------------------------ */

static void bind_octets(void **state)
{
    static const uint8_t token[] = {0xaa, 0xbb, 0xcc};
    daotp__rpc_bind bind = {.type = DAOTP__RPC_BIND,
                            .call_id = 1,
                            .interface = &daotp__icpr_interface,
                            .max_fragment = 5840,
                            .auth = {.type = 9, .level = 6, .token = {token, 3}, .context_id = 7}};
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 4096);
    daotp__rpc_bind_write(&bind, &out);
    expect(&out, "05000b07 10000000 53000300 01000000 d016d016 00000000 01000000 00000100 2060ae91 "
                 "3c9ecf11 8d7c00aa 00c091be 00000000 045d888a eb1cc911 9fe80800 2b104860 02000000 "
                 "09060000 07000000 aabbcc");
    daotp__buffer_clear(&out);
    daotp__rpc_auth3_write(1, &bind.auth, &out);
    expect(&out, "05001003 10000000 1f000300 01000000 00000000 09060000 07000000 aabbcc");
    daotp__buffer_clear(&out);
    bind.auth = (daotp__rpc_auth){.type = 0};
    daotp__rpc_bind_write(&bind, &out);
    assert_int_equal(out.len, 72);
    assert_int_equal(out.data[3], 3); /* nothing to sign with */
    daotp__buffer_free(&out);
}

/* Each length of a stub up to a fragment's: padding to 16 from the begin of the stub, which counts
 * in pad_length; the trailer directly in front of the token. */
static void request_layout(void **state)
{
    uint8_t stub[64] = {0};

    (void)state;
    for (size_t len = 0; len <= sizeof stub; len++) {
        daotp__rpc_request fragment = {.call_id = 2,
                                       .flags = 3,
                                       .opnum = 3,
                                       .object = len % 2 == 0 ? causality : NULL,
                                       .stub = {stub, len},
                                       .auth = {.type = 9, .level = 6, .token = {NULL, 76}}};
        size_t header = len % 2 == 0 ? 40 : 24;
        daotp__rpc_layout layout;
        daotp__buffer out;

        daotp__buffer_init(&out, 4096);
        daotp__rpc_request_write(&fragment, &out, &layout);
        assert_int_equal(layout.header, header);
        assert_int_equal(layout.stub, (len + 15) / 16 * 16);
        assert_int_equal(layout.header + layout.stub + layout.trailer + layout.token, out.len);
        assert_int_equal(out.data[8] | out.data[9] << 8, out.len);
        assert_int_equal(out.data[10], 76);
        assert_int_equal(out.data[header + layout.stub + 2], layout.stub - len);
        daotp__buffer_free(&out);
    }
}

/* MS-RPCE: with AES-SHA1 of Kerberos the token is 76 octets. */
static void fragment_room(void **state)
{
    (void)state;
    assert_int_equal(daotp__rpc_request_room(5840, false, 76), 5728);
    assert_int_equal(daotp__rpc_request_room(5840, true, 76), 5712);
    assert_int_equal(daotp__rpc_request_room(100, false, 76), 0);
    assert_int_equal(daotp__rpc_request_room(124, false, 76), 16);
}

static bool reads_pdu(const char *hex)
{
    octets in = unhex(hex);
    daotp__rpc_pdu pdu;
    const char *why = NULL;
    bool reads = daotp__rpc_pdu_read(view(&in), &pdu, &why);

    assert_true(reads || why != NULL);
    return reads;
}

static void pdu_headers(void **state)
{
    (void)state;
    assert_true(reads_pdu("05000203 10000000 10000000 01000000"));
    assert_true(reads_pdu("05010203 10000000 10000000 01000000"));
    assert_false(reads_pdu("04000203 10000000 10000000 01000000"));
    assert_false(reads_pdu("05020203 10000000 10000000 01000000"));
    assert_false(reads_pdu("05000203 00000000 10000000 01000000")); /* big-endian */
    assert_false(reads_pdu("05000203 10010000 10000000 01000000"));
    assert_false(reads_pdu("05000203 10000000 11000000 01000000")); /* another length */
    assert_false(reads_pdu("05000203 10000000 10000100 01000000")); /* a token, no trailer */
    assert_false(reads_pdu("05000203 10000000 1800ffff 01000000 09060000 00000000"));
    assert_true(reads_pdu("05000203 10000000 19000100 01000000 09060000 00000000 aa"));
    assert_false(reads_pdu("05000203 10000000 1900ff00 01000000 09060000 00000000 aa"));
    /* padding of 255 in a body of 8 */
    assert_false(reads_pdu("05000203 10000000 21000100 01000000 00000000 00000000 0906ff00 "
                           "00000000 aa"));
}

static void framing(void **state)
{
    octets in = unhex("05000203 10000000 18000000 01000000 00000000 00000000");
    const char *why = NULL;
    size_t missing;

    (void)state;
    for (size_t len = 0; len <= in.len; len++) {
        assert_true(daotp__rpc_missing((daotp__bytes){in.data, len}, 5840, &missing, &why));
        assert_int_equal(missing, len < 16 ? 16 - len : 24 - len);
    }
    assert_false(daotp__rpc_missing(view(&in), 23, &missing, &why));
    in.data[8] = 15;
    assert_false(daotp__rpc_missing(view(&in), 5840, &missing, &why));
}

static bool reads_ack(const char *hex, daotp__rpc_ack *ack)
{
    octets in = unhex(hex);
    daotp__rpc_pdu pdu;
    const char *why;

    assert_true(daotp__rpc_pdu_read(view(&in), &pdu, &why));
    return daotp__rpc_ack_read(&pdu, ack, &why);
}

static void acks(void **state)
{
    daotp__rpc_ack ack;

    (void)state;
    assert_true(reads_ack("05000c03 10000000 3c000000 01000000 d016d016 12340000 04003133 35000000 "
                          "01000000 00000000 045d888a eb1cc911 9fe80800 2b104860 02000000",
                          &ack));
    assert_int_equal(ack.max_receive, 5840);
    assert_int_equal(ack.assoc_group, 0x3412);
    assert_int_equal(ack.result, 0);
    assert_true(ack.is_ndr32);
    /* no result, 255 of them, and an address longer than all */
    assert_false(
        reads_ack("05000c03 10000000 24000000 01000000 d016d016 12340000 04003133 35000000 "
                  "00000000",
                  &ack));
    assert_false(
        reads_ack("05000c03 10000000 3c000000 01000000 d016d016 12340000 04003133 35000000 "
                  "ff000000 00000000 045d888a eb1cc911 9fe80800 2b104860 02000000",
                  &ack));
    assert_false(
        reads_ack("05000c03 10000000 3c000000 01000000 d016d016 12340000 ffff3133 35000000 "
                  "01000000 00000000 045d888a eb1cc911 9fe80800 2b104860 02000000",
                  &ack));
}

/* Text of a peer: surrogates in pairs and alone, and a NUL in the middle. */
static void utf16_texts(void **state)
{
    octets in = unhex("4100e900ac2034d81edd00d842000000 5a00");
    char *text = daotp__ndr_text(view(&in), 100);

    (void)state;
    assert_string_equal(text, "A\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\xef\xbf\xbd"
                              "B");
    daotp__delete(text);
    text = daotp__ndr_text((daotp__bytes){in.data, 3}, 100); /* half a unit at the end */
    assert_string_equal(text, "A");
    daotp__delete(text);
}

/* A name outside ASCII is counted in UTF-16 units, and comes out as it went in. */
static void utf16_names(void **state)
{
    static const char name[] = "\xc3\x84rzte \xf0\x9d\x84\x9e";
    daotp__buffer stub;
    uint32_t last = 0;
    char *text;

    (void)state;
    daotp__buffer_init(&stub, 4096);
    daotp__ndr_add_string(&stub, &last, name);
    assert_int_equal(stub.failed, DAOTP_OK);
    assert_int_equal(stub.data[4], 9);
    assert_int_equal(stub.data[12], 9);
    assert_int_equal(stub.len, 16 + 18);
    text = daotp__ndr_text((daotp__bytes){stub.data + 16, 18}, 100);
    assert_string_equal(text, name);
    daotp__delete(text);
    daotp__ndr_add_string(&stub, &last, "\xff");
    assert_int_equal(stub.failed, DAOTP_PEER);
    daotp__buffer_free(&stub);
}

/* NegTokenInit of MIT krb5 with Kerberos alone; the mechToken is cut down to two octets. */
static const char neg_token_init[] =
    "601f06062b0601050502a0153013a00d300b06092a864886f712010202a2020400";
/* The last but one answer of Samba 4.22: accept-incomplete, supportedMech, mechListMIC. */
static const char neg_token_resp[] = "a1343032a0030a0101a10b06092a864886f712010202a31e041c"
                                     "040405ffffffffff000000002388d4ec4cb054b1a85d5a1968fc1d70";

static void spnego_offers(void **state)
{
    octets token = unhex(neg_token_init), list = unhex("300b06092a864886f712010202");
    daotp__bytes in = {token.data, token.len}, mechanisms;

    (void)state;
    assert_true(daotp__spnego_read_mechanisms(in, &mechanisms));
    assert_int_equal(mechanisms.len, list.len);
    assert_memory_equal(mechanisms.data, list.data, list.len);
    for (size_t cut = 0; cut < in.len; cut++)
        assert_false(daotp__spnego_read_mechanisms((daotp__bytes){in.data, cut}, &mechanisms));
    token.data[4]++; /* another OID than that of SPNEGO */
    assert_false(daotp__spnego_read_mechanisms(in, &mechanisms));
}

static void spnego_responses(void **state)
{
    static const char *const refused[] = {"a1023000", "a1083006a0040a020001",
                                          "a1093007a0030a0101a300",
                                          "a10d300ba0030a0101a2040402ffff00"};
    octets token = unhex(neg_token_resp);
    daotp__spnego_response response;

    (void)state;
    assert_true(daotp__spnego_read_response(view(&token), &response));
    assert_int_equal(response.state, DAOTP__SPNEGO_ACCEPT_INCOMPLETE);
    assert_int_equal(response.mic.len, 28);
    assert_ptr_equal(response.mic.data, token.data + token.len - 28);
    for (size_t cut = 0; cut < token.len; cut++)
        assert_false(daotp__spnego_read_response((daotp__bytes){token.data, cut}, &response));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        token = unhex(refused[i]);
        assert_false(daotp__spnego_read_response(view(&token), &response));
    }
    token = unhex("a1073005a0030a0101");
    assert_true(daotp__spnego_read_response(view(&token), &response));
    assert_int_equal(response.mic.len, 0);
}

static void spnego_mic(void **state)
{
    static const uint8_t mic[] = {0x04, 0x04, 0xff};
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 100);
    daotp__spnego_write_mic((daotp__bytes){mic, sizeof mic}, &out);
    expect(&out, "a10e300ca0030a0100a30504030404ff");
    daotp__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_requests),
        cmocka_unit_test(earlier_requests),
        cmocka_unit_test(golden_answers),
        cmocka_unit_test(golden_activation),
        cmocka_unit_test(golden_creation),
        cmocka_unit_test(changed_creations),
        cmocka_unit_test(properties),
        cmocka_unit_test(golden_map),
        cmocka_unit_test(pings),
        cmocka_unit_test(cut_everywhere),
        cmocka_unit_test(counts_that_lie),
        cmocka_unit_test(refused_activations),
        cmocka_unit_test(orpc_extensions),
        cmocka_unit_test(binding_ports),
        cmocka_unit_test(bind_octets),
        cmocka_unit_test(request_layout),
        cmocka_unit_test(fragment_room),
        cmocka_unit_test(pdu_headers),
        cmocka_unit_test(framing),
        cmocka_unit_test(acks),
        cmocka_unit_test(utf16_texts),
        cmocka_unit_test(utf16_names),
        cmocka_unit_test(spnego_offers),
        cmocka_unit_test(spnego_responses),
        cmocka_unit_test(spnego_mic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
