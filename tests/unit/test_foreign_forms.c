/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms in which other makers' tools write what they wrote rightly: text in UTF-16, base64
 * without lines around it, and PKCS#7 in BER. */
#include "builders.h"
#include "cmc_answer.h"

#include "core/base64.h"
#include "core/plain_text.h"
#include "core/utf16.h"
#include "request/csr.h"
#include "x509/ber.h"
#include "x509/chain.h"
#include "x509/cms.h"
#include "x509/derw.h"
#include "x509/indexed_crl.h"
#include "x509/pem.h"
#include "x509/text_form.h"

static daotp_context *context;
static daotp_key *key;
static daotp__buffer certificates[2], pkcs7;

/* ---- text ------------------------------------------------------------------------------------ */

/* Plain ASCII and one character beyond the basic plane. */
static void put_utf16_units(daotp__buffer *out, const char *text, size_t len, bool is_big)
{
    for (size_t i = 0; i < len; i++) {
        daotp__buffer_byte(out, is_big ? 0 : (uint8_t)text[i]);
        daotp__buffer_byte(out, is_big ? (uint8_t)text[i] : 0);
    }
}

/* Secrets and configuration files. */
static void plain_text_is_utf8_without_a_mark(void **state)
{
    static const struct {
        daotp__bytes in;
        const char *text; /* NULL: refused */
        const char *why;
        size_t fault_at;
    } cases[] = {
        {BYTES("plain\r\n"), "plain\r\n", NULL, 0},
        {BYTES("\xEF\xBB\xBFx"), "x", NULL, 0},
        {BYTES("\xEF\xBB"), "\xEF\xBB", NULL, 0},
        {BYTES(""), "", NULL, 0},
        {BYTES("\xFF\xFE"), "", NULL, 0},
        {BYTES("\xFF\xFE\xE4\0"), "\xC3\xA4", NULL, 0},
        {BYTES("\xFE\xFF\x20\xAC"), "\xE2\x82\xAC", NULL, 0},
        {BYTES("\xFF\xFE\x3D\xD8\x11\xDD"), "\xF0\x9F\x94\x91", NULL, 0},
        {BYTES("\xFF\xFE\x41"), NULL, "cut", 2},
        {BYTES("\xFF\xFE\x3D\xD8"), NULL, "cut", 2},
        {BYTES("\xFF\xFE\x11\xDD"), NULL, "malformed", 2},
        {BYTES("a\0b\0"), NULL, "without a byte order mark", 1},
        {BYTES("\xFF\xFE\0\0"), NULL, "NUL", 2},
        {BYTES("\xFE\xFF\0a\0b\xD8\x3D\0c"), NULL, "malformed", 6},
        {BYTES("\xFF\xFE\x3D\xD8\x11\xDD\x11\xDD"), NULL, "malformed", 6},
        {BYTES("\xEF\xBB\xBFxy\0"), NULL, "NUL", 5},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len, fault_at;
        const char *why =
            daotp__plain_text_read(cases[i].in.data, cases[i].in.len, out, &len, &fault_at);

        assert_true(len < daotp__plain_text_room(cases[i].in.len));
        if (cases[i].text != NULL) {
            assert_null(why);
            assert_string_equal(out, cases[i].text);
        } else {
            assert_non_null(strstr(why, cases[i].why));
            assert_int_equal(fault_at, cases[i].fault_at);
        }
    }
}

static void put_utf16(daotp__buffer *out, const char *text, size_t len, bool is_big)
{
    daotp__buffer_byte(out, is_big ? 0xFE : 0xFF);
    daotp__buffer_byte(out, is_big ? 0xFF : 0xFE);
    put_utf16_units(out, text, len, is_big);
}

typedef enum text_form {
    DER,
    PEM,
    PEM_CRLF,
    PEM_BOM,
    PEM_16LE,
    PEM_16BE,
    BARE,
    BARE_ONE_LINE,
    BARE_16LE,
    PEM_16LE_UNMARKED,
    PEM_16BE_UNMARKED,
    BARE_16LE_UNMARKED,
    FORMS
} text_form;

static void put_with_line_ends(daotp__buffer *out, daotp__bytes text, const char *end)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\n')
            daotp__buffer_text(out, end);
        else
            daotp__buffer_byte(out, text.data[i]);
}

static void write_form(text_form which, const char *label, daotp__bytes der, daotp__buffer *out)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_FILE);
    if (which == BARE_ONE_LINE)
        daotp__base64_write(&text, der.data, der.len);
    else if (which == BARE || which == BARE_16LE || which == BARE_16LE_UNMARKED)
        daotp__base64_write_lines(&text, der.data, der.len, 76);
    else
        daotp__pem_write(&text, label, der);
    switch (which) {
    case DER:
        daotp__buffer_add(out, der.data, der.len);
        break;
    case PEM_CRLF:
        put_with_line_ends(out, daotp__buffer_bytes(&text), "\r\n");
        break;
    case PEM_BOM:
        daotp__buffer_text(out, "\xEF\xBB\xBF");
        daotp__buffer_add(out, text.data, text.len);
        break;
    case PEM_16LE:
    case BARE_16LE:
        put_utf16(out, (const char *)text.data, text.len, false);
        break;
    case PEM_16BE:
        put_utf16(out, (const char *)text.data, text.len, true);
        break;
    case PEM_16LE_UNMARKED:
    case BARE_16LE_UNMARKED:
        put_utf16_units(out, (const char *)text.data, text.len, false);
        break;
    case PEM_16BE_UNMARKED:
        put_utf16_units(out, (const char *)text.data, text.len, true);
        break;
    default:
        daotp__buffer_add(out, text.data, text.len);
    }
    daotp__buffer_free(&text);
}

static void certificates_are_read_in_every_form(void **state)
{
    static const char *const labels[] = {"CERTIFICATE", "X509 CERTIFICATE"};

    (void)state;
    for (unsigned which = DER; which < FORMS; which++)
        for (size_t label = 0; label < COUNT(labels); label++) {
            daotp__chain chain;
            daotp__buffer out;

            daotp__buffer_init(&out, DAOTP__MAX_FILE);
            daotp__chain_init(&chain, 4);
            write_form((text_form)which, labels[label], daotp__buffer_bytes(&certificates[0]),
                       &out);
            if (daotp__chain_read(&chain, daotp__buffer_bytes(&out), "test", NULL) != DAOTP_OK)
                fail_msg("form %u, %s", which, labels[label]);
            assert_int_equal(chain.count, 1);
            assert_bytes_equal(chain.list[0], daotp__buffer_bytes(&certificates[0]));
            daotp__chain_free(&chain);
            daotp__buffer_free(&out);
        }
}

static void requests_are_read_in_every_form(void **state)
{
    static const char *const labels[] = {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"};
    daotp__csr_spec spec = {.upn = BYTES("alice@corp.example")};
    daotp__buffer der;

    (void)state;
    daotp__buffer_init(&der, DAOTP__MAX_CSR);
    assert_int_equal(daotp__csr_write(&spec, key, &der), DAOTP_OK);
    for (unsigned which = DER; which < FORMS; which++)
        for (size_t label = 0; label < COUNT(labels); label++) {
            char fault[DAOTP__FAULT_TEXT] = "";
            daotp__buffer out, read;

            daotp__buffer_init(&out, DAOTP__MAX_FILE);
            daotp__buffer_init(&read, DAOTP__MAX_CSR);
            write_form((text_form)which, labels[label], daotp__buffer_bytes(&der), &out);
            if (daotp__csr_load(daotp__buffer_bytes(&out), &read, fault) != DAOTP_OK)
                fail_msg("form %u, %s: %s", which, labels[label], fault);
            assert_bytes_equal(daotp__buffer_bytes(&read), daotp__buffer_bytes(&der));
            if (which == PEM) { /* twice: which one is meant? */
                write_form(PEM, labels[label], daotp__buffer_bytes(&der), &out);
                assert_int_equal(daotp__csr_load(daotp__buffer_bytes(&out), &read, fault),
                                 DAOTP_PEER);
                assert_non_null(strstr(fault, "more than one block"));
            }
            daotp__buffer_free(&out);
            daotp__buffer_free(&read);
        }
    daotp__buffer_free(&der);
}

static void a_request_that_is_none_tells_why(void **state)
{
#define BEGIN_REQUEST "-----BEGIN CERTIFICATE REQUEST-----\n"
#define END_REQUEST   "-----END CERTIFICATE REQUEST-----\n"
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {BEGIN_REQUEST "MAAA\n",
         "block 1, line 1: octet 41 of 41 octets: its END line is missing (RFC 7468 3)"},
        {BEGIN_REQUEST "!!!!\n" END_REQUEST,
         "block 1, line 1: octet 36 of 75 octets: its base64 is malformed (RFC 4648 4)"},
        {END_REQUEST BEGIN_REQUEST "MAAA\n" END_REQUEST,
         "block 1, line 1: octet 0 of 109 octets: an END line without its BEGIN line (RFC 7468 3)"},
        {"-----BEGIN CERTIFICATE REQUEST\n",
         "block 1, line 1: octet 0 of 31 octets: its BEGIN line is cut (RFC 7468 3)"},
        {"-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
         "block 1, line 1: octet 0 of 59 octets: the block is labelled as no certificate request "
         "(RFC 7468 7)"}};
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char fault[DAOTP__FAULT_TEXT];
        daotp__bytes in = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};

        assert_int_equal(daotp__csr_load(in, &out, fault), DAOTP_PEER);
        assert_string_equal(fault, rows[i].fault);
    }
    daotp__buffer_free(&out);
}

static void keys_are_read_in_every_form(void **state)
{
    char *pem;
    size_t len;

    (void)state;
    assert_int_equal(daotp_key_copy_pem(key, &pem, &len), DAOTP_OK);
    for (int is_big = 0; is_big < 3; is_big++) {
        daotp_key *read;
        daotp__buffer out;

        daotp__buffer_init(&out, DAOTP__MAX_KEY_FILE);
        if (is_big < 2) {
            put_utf16(&out, pem, len, is_big == 1);
        } else {
            daotp__buffer_text(&out, "\xEF\xBB\xBF");
            daotp__buffer_add(&out, pem, len);
        }
        assert_int_equal(daotp_key_read(context, out.data, out.len, NULL, 0, NULL, &read),
                         DAOTP_OK);
        assert_bytes_equal(daotp__key_spki(read), daotp__key_spki(key));
        daotp_key_unref(read);
        daotp__buffer_free(&out);
    }
    daotp_free(pem);
}

static void what_is_no_text_is_refused_with_its_reason(void **state)
{
    static const struct {
        daotp__bytes in;
        const char *fault;
    } rows[] = {
        {BYTES("\xFF\xFEM\0I"), "octet 4 of 5 octets: UTF-16 text that is cut"}, /* half a unit */
        {BYTES("\xFF\xFEM\0\0\xD8"), "octet 4 of 6"},                            /* half a pair */
        {BYTES("\xFF\xFEM\0\0\xDCM\0"), "octet 4 of 8"}, /* its other half alone */
        {BYTES("\xFE\xFF\xD8\0\0M"), "octet 2 of 6"},    /* a half, and a letter */
        {BYTES("MIIB!this is no certificate"),
         "octet 4 of 27 octets: text that is neither"}, /* armourless, and damaged */
        {BYTES("\xEF\xBB\xBFMIIB!"), "octet 7 of 8 octets: text that is neither"},
        {BYTES("\xFF\xFEM\0I\0I\0B\0!\0"), "octet 10 of 12 octets: text that is neither"},
        {BYTES("MIIBqq==q"), "octet 8 of 9 octets: text that is neither"},
        {BYTES("3082025A30820100"), "octet 0 of 16 octets: text that is neither"},
        {BYTES("----BEGIN CERTIFICATE----"), "octet 0 of 25 octets: text that is neither"},
        {BYTES("# nothing yet\n"), "octet 0 of 14 octets: text that is neither"},
        {BYTES("M\0I\0I\0B\0!\0"), "octet 8 of 10 octets: text that is neither"},
        {BYTES("\0M\0I\xD8\0\0M"), "octet 4 of 8 octets: UTF-16 text that is cut"},
        {BYTES("MIIBqqqqq"), "octet 9 of 9 octets: text that is neither"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__text_form form;

        assert_int_equal(daotp__text_form_read(&form, rows[i].in, 1000, i % 2 == 1), DAOTP_PEER);
        assert_non_null(strstr(form.fault, rows[i].fault));
        daotp__text_form_free(&form);
    }
}

/* Where the text stands that is larger than the limit: an octet of the input, not of what is made
 * of it. */
static void what_is_larger_than_the_limit_says_where(void **state)
{
    static const struct {
        daotp__bytes in;
        const char *fault;
    } rows[] = {{BYTES("\xFF\xFE-\0-\0-\0-\0-\0-\0\0\xD8"),
                 "octet 10 of 16 octets: UTF-16 text that is larger"},
                {BYTES("-\0-\0-\0-\0-\0-\0"), "octet 8 of 12 octets: UTF-16 text that is larger"},
                {BYTES("  MIIBqqqqqqqq"), "octet 0 of 14 octets: base64"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__text_form form;

        assert_int_equal(daotp__text_form_read(&form, rows[i].in, 4, i % 2 == 1), DAOTP_PEER);
        if (strstr(form.fault, rows[i].fault) == NULL)
            fail_msg("row %zu: %s", i, form.fault);
        daotp__text_form_free(&form);
    }
}

static void utf16_becomes_utf8(void **state)
{
    daotp__buffer out;
    size_t at = 2;

    (void)state;
    daotp__buffer_init(&out, 100);
    assert_true(daotp__utf16_read(BYTES("\xFF\xFE"
                                        "a\0\xE4\0\xAC\x20\x3D\xD8\x00\xDE"),
                                  false, &out, &at));
    assert_int_equal(at, 12);
    assert_bytes_equal(daotp__buffer_bytes(&out), BYTES("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
    daotp__buffer_clear(&out);
    at = 0;
    assert_true(daotp__utf16_read(BYTES("\0a\xD8\x3D\xDE\x00"), true, &out, &at));
    assert_bytes_equal(daotp__buffer_bytes(&out), BYTES("a\xF0\x9F\x98\x80"));
    daotp__buffer_free(&out);
}

/* RFC 5652 10.2.2: the other choices than a certificate stand beside it, and are skipped. */
static void other_choices_of_pkcs7_are_skipped(void **state)
{
    static const uint8_t choices[] = {0xA0, 0xA1, 0xA2, 0xA3};
    const uint8_t *root = certificates[0].data;

    (void)state;
    for (size_t i = 0; i < COUNT(choices); i++) {
        daotp__signed_data read;
        daotp__buffer out;
        daotp__chain chain;
        size_t marks[4];

        daotp__buffer_init(&out, DAOTP__MAX_FILE);
        daotp__chain_init(&chain, 4);
        marks[0] = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        daotp__derw_oid(&out, daotp__oid(DAOTP__OID_SIGNED_DATA));
        marks[1] = daotp__derw_begin(&out, 0xA0);
        marks[2] = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        daotp__buffer_add(&out, "\x02\x01\x03\x31\x00", 5);
        marks[3] = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        daotp__derw_oid(&out, daotp__oid(DAOTP__OID_DATA));
        daotp__derw_end(&out, marks[3]);
        marks[3] = daotp__derw_begin(&out, 0xA0);
        daotp__derw_item(&out, choices[i], (const uint8_t *)"\x05\x00", 2);
        daotp__buffer_add(&out, root, certificates[0].len);
        daotp__derw_item(&out, choices[i], (const uint8_t *)"\x05\x00", 2);
        daotp__derw_end(&out, marks[3]);
        daotp__buffer_add(&out, "\x31\x00", 2);
        for (int k = 2; k >= 0; k--)
            daotp__derw_end(&out, marks[k]);
        assert_int_equal(daotp__chain_read(&chain, daotp__buffer_bytes(&out), "test", NULL),
                         DAOTP_OK);
        assert_int_equal(chain.count, 1);
        assert_bytes_equal(chain.list[0], daotp__buffer_bytes(&certificates[0]));
        assert_true(daotp__signed_data_read(daotp__buffer_bytes(&out), &read));
        assert_int_equal(read.certificate_count, 1);
        daotp__chain_free(&chain);
        daotp__buffer_free(&out);
    }
}

/* ---- BER ------------------------------------------------------------------------------------- */

/* degenerate, certs-only: RFC 5652 5.1 */
static void put_pkcs7(daotp__buffer *out, daotp__bytes content)
{
    size_t info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), explicit, data, part, octets;

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_SIGNED_DATA));
    explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    data = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, 1);
    daotp__derw_item(out, DAOTP__DER_SET, NULL, 0);
    part = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_oid(out, daotp__oid(DAOTP__OID_DATA));
    octets = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, content.data, content.len);
    daotp__derw_end(out, octets);
    daotp__derw_end(out, part);
    part = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    for (size_t i = 0; i < COUNT(certificates); i++)
        daotp__derw_raw(out, daotp__buffer_bytes(&certificates[i]));
    daotp__derw_end(out, part);
    daotp__derw_item(out, DAOTP__DER_SET, NULL, 0);
    daotp__derw_end(out, data);
    daotp__derw_end(out, explicit);
    daotp__derw_end(out, info);
}

static const ber_style styles[] = {
    {.indefinite = true},
    {.long_lengths = true},
    {.indefinite = true, .long_lengths = true},
    {.pieces = true},
    {.indefinite = true, .pieces = true, .nested_pieces = true},
};

static void pkcs7_in_ber_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(styles); i++) {
        daotp__buffer ber, der;
        daotp__chain chain;

        daotp__buffer_init(&ber, DAOTP__MAX_FILE);
        daotp__buffer_init(&der, DAOTP__MAX_FILE);
        daotp__chain_init(&chain, 4);
        cmc_answer_ber(&ber, daotp__buffer_bytes(&pkcs7), &styles[i]);
        assert_false(daotp__bytes_equal(daotp__buffer_bytes(&ber), daotp__buffer_bytes(&pkcs7)));
        assert_true(daotp__ber_cms_read(daotp__buffer_bytes(&ber), &der));
        assert_bytes_equal(daotp__buffer_bytes(&der), daotp__buffer_bytes(&pkcs7));
        assert_int_equal(daotp__chain_read(&chain, daotp__buffer_bytes(&ber), "test", NULL),
                         DAOTP_OK);
        assert_int_equal(chain.count, COUNT(certificates));
        for (size_t k = 0; k < chain.count; k++)
            assert_bytes_equal(chain.list[k], daotp__buffer_bytes(&certificates[k]));
        daotp__chain_free(&chain);
        /* cut anywhere, it is none */
        for (size_t len = 0; len < ber.len; len += 7) {
            daotp__buffer_clear(&der);
            assert_false(daotp__ber_cms_read((daotp__bytes){ber.data, len}, &der));
        }
        daotp__buffer_free(&ber);
        daotp__buffer_free(&der);
    }
}

/* What was signed is DER, and stays as strict as it was. */
static void certificates_in_ber_are_refused(void **state)
{
    static const ber_style whole = {.indefinite = true, .certificates_too = true};
    daotp__chain chain;
    daotp__buffer ber;

    (void)state;
    daotp__buffer_init(&ber, DAOTP__MAX_FILE);
    daotp__chain_init(&chain, 4);
    cmc_answer_ber(&ber, daotp__buffer_bytes(&pkcs7), &whole);
    assert_int_equal(daotp__chain_read(&chain, daotp__buffer_bytes(&ber), "test", NULL),
                     DAOTP_PEER);
    daotp__chain_free(&chain);
    daotp__buffer_free(&ber);
}

static void nesting_has_its_limit(void **state)
{
    daotp__buffer deep, out;

    (void)state;
    daotp__buffer_init(&deep, DAOTP__MAX_FILE);
    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    daotp__buffer_text(&deep, "\x30\x80");
    daotp__derw_oid(&deep, daotp__oid(DAOTP__OID_SIGNED_DATA));
    for (int i = 0; i < 100000; i++)
        daotp__buffer_text(&deep, i % 2 == 0 ? "\x24\x80" : "\x30\x80");
    assert_false(daotp__ber_cms_read(daotp__buffer_bytes(&deep), &out));
    daotp__buffer_free(&deep);
    daotp__buffer_free(&out);
}

/* ---- the SID --------------------------------------------------------------------------------- */

static void sids_are_written_in_one_way(void **state)
{
    static const char *const good[] = {"S-1-5-21-1-2-3-1001", "S-1-0-0", "S-1-5-18"};
    static const char *const bad[] = {"",         "S-1",
                                      "S-1-5",    "S-1-5-",
                                      "s-1-5-1",  "S-1-5-1a",
                                      "S-1--5-1", "S-2-5-1",
                                      "S-1-5-1 ", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(daotp__sid_is_valid(text_bytes(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (daotp__sid_is_valid(text_bytes(bad[i])))
            fail_msg("%s", bad[i]);
}

static int set_up(void **state)
{
    const certificate_plan ca = {.ca = true, .subject = "CN=CA"}, leaf = {.subject = "CN=leaf"};

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    key = test_key(context, "p256");
    for (size_t i = 0; i < COUNT(certificates); i++) {
        daotp__buffer_init(&certificates[i], DAOTP__MAX_CERTIFICATE);
        make_certificate(i == 0 ? &ca : &leaf, key, key, &certificates[i]);
    }
    daotp__buffer_init(&pkcs7, DAOTP__MAX_FILE);
    put_pkcs7(&pkcs7, BYTES("some content, in pieces"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(certificates); i++)
        daotp__buffer_free(&certificates[i]);
    daotp__buffer_free(&pkcs7);
    daotp_key_unref(key);
    daotp_context_unref(context);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_utf8_without_a_mark),
        cmocka_unit_test(certificates_are_read_in_every_form),
        cmocka_unit_test(requests_are_read_in_every_form),
        cmocka_unit_test(a_request_that_is_none_tells_why),
        cmocka_unit_test(keys_are_read_in_every_form),
        cmocka_unit_test(what_is_no_text_is_refused_with_its_reason),
        cmocka_unit_test(what_is_larger_than_the_limit_says_where),
        cmocka_unit_test(utf16_becomes_utf8),
        cmocka_unit_test(pkcs7_in_ber_is_read),
        cmocka_unit_test(other_choices_of_pkcs7_are_skipped),
        cmocka_unit_test(certificates_in_ber_are_refused),
        cmocka_unit_test(nesting_has_its_limit),
        cmocka_unit_test(sids_are_written_in_one_way),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
