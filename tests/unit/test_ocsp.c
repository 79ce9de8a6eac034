/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OCSP on bytes alone: a request is what OpenSSL would write, octet for octet; an answer is read
 * whole or not at all. Who may sign it is another test's matter.
 */
#include "fetch_ocsp.h"

#include "core/limits.h"
#include "x509/ocsp.h"

#include <openssl/ocsp.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const pki_cert *root, *leaf, *other;
static daotp__node *root_node, *leaf_node, *other_node;
static ocsp_spec spec;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = pki_leaf(pki_key(1), root);
    other = pki_leaf(pki_key(2), root);
    spec = ocsp_spec_of(leaf, root, FORGE_NOW);
    assert_int_equal(daotp__node_new(root->der, true, &root_node), DAOTP_OK);
    assert_int_equal(daotp__node_new(leaf->der, false, &leaf_node), DAOTP_OK);
    assert_int_equal(daotp__node_new(other->der, false, &other_node), DAOTP_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    daotp__node_free(root_node);
    daotp__node_free(leaf_node);
    daotp__node_free(other_node);
    pki_forget();
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    pki_forget_keys();
    return 0;
}

/* ---- requests -------------------------------------------------------------------------------- */

static X509 *x509_of(const pki_cert *cert)
{
    const unsigned char *at = cert->der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)cert->der.len);

    assert_non_null(x509);
    return x509;
}

static daotp__bytes request_of_openssl(const pki_cert *cert, const pki_cert *issuer,
                                       daotp__bytes nonce)
{
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    X509 *subject = x509_of(cert), *ca = x509_of(issuer);
    unsigned char *der = NULL;
    daotp__bytes out;
    int len;

    assert_non_null(OCSP_request_add0_id(request, OCSP_cert_to_id(NULL, subject, ca)));
    if (nonce.len > 0)
        assert_int_equal(OCSP_request_add1_nonce(request, (unsigned char *)(uintptr_t)nonce.data,
                                                 (int)nonce.len),
                         1);
    len = i2d_OCSP_REQUEST(request, &der);
    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    X509_free(subject);
    X509_free(ca);
    OCSP_REQUEST_free(request);
    return out;
}

static void expect_same_request(const pki_cert *cert, const pki_cert *issuer, daotp__bytes nonce)
{
    daotp__bytes wanted = request_of_openssl(cert, issuer, nonce);
    daotp__node *node, *above;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    assert_int_equal(daotp__node_new(cert->der, false, &node), DAOTP_OK);
    assert_int_equal(daotp__node_new(issuer->der, true, &above), DAOTP_OK);
    assert_true(daotp__ocsp_request_write(node, above, nonce, &out));
    assert_int_equal(out.len, wanted.len);
    assert_memory_equal(out.data, wanted.data, wanted.len);
    daotp__node_free(node);
    daotp__node_free(above);
    daotp__buffer_free(&out);
}

static void requests_are_openssl_s(void **state)
{
    const daotp__bytes nonces[] = {PKI_NOTHING, PKI_BYTES("0123456789abcdef"),
                                   PKI_BYTES("\0\xFF\0\0\0\0\0\0\0\0\0\0\0\0\0\x80"),
                                   PKI_BYTES("n")};
    const daotp__bytes serials[] = {
        PKI_BYTES("\0"),
        PKI_BYTES("\x7F"),
        PKI_BYTES("\0\x80"),
        PKI_BYTES("\0\xFF\xFF"),
        PKI_BYTES("\x80"), /* negative; some CAs did */
        PKI_BYTES(
            "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")};

    (void)state;
    for (size_t i = 0; i < COUNT(nonces); i++)
        expect_same_request(leaf, root, nonces[i]);
    for (size_t i = 0; i < COUNT(serials); i++) {
        pki_spec odd = pki_leaf_spec(pki_key(1), root);

        odd.serial = serials[i];
        expect_same_request(pki_make(&odd), root, nonces[1]);
    }
}

/* An RSA issuer's key is another BIT STRING, and a long name another length of length. */
static void requests_about_other_issuers(void **state)
{
    pki_spec rsa = pki_ca_spec("CN=Root", pki_rsa(0, 2048), NULL);
    char name[400] = "O=";
    const pki_cert *ca;

    (void)state;
    ca = pki_make(&rsa);
    expect_same_request(pki_leaf(pki_key(1), ca), ca, PKI_BYTES("0123456789abcdef"));
    for (unsigned i = 0; i < 5; i++)
        (void)snprintf(name + strlen(name), sizeof name - strlen(name),
                       "%sthis is a long name of an organisation %u", i > 0 ? ",O=" : "", i);
    ca = pki_ca(name, pki_key(3), NULL);
    expect_same_request(pki_leaf(pki_key(1), ca), ca, PKI_NOTHING);
}

/* ---- answers that are read ------------------------------------------------------------------- */

static daotp__ocsp ocsp;
static daotp__ocsp_answer said;

/* In memory of its own size, so that AddressSanitizer sees a read past the end. */
static bool reads(daotp__bytes der)
{
    static uint8_t *block;
    bool ok;

    free(block);
    block = malloc(der.len > 0 ? der.len : 1);
    if (der.len > 0)
        memcpy(block, der.data, der.len);
    ocsp = (daotp__ocsp){0};
    ok = daotp__ocsp_read((daotp__bytes){block, der.len}, &ocsp);
    if (der.len == 0) {
        free(block);
        block = NULL;
    }
    return ok;
}

static void expect_found(const ocsp_spec *from, daotp__ocsp_status status)
{
    assert_true(reads(ocsp_answer(from)));
    assert_int_equal(ocsp.response_status, 0);
    assert_true(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
    assert_int_equal(said.status, status);
    assert_int_equal(said.this_update, from->this_update);
    assert_int_equal(said.has_next_update, from->next_update != 0);
    if (from->next_update != 0)
        assert_int_equal(said.next_update, from->next_update);
}

static void good_revoked_and_unknown(void **state)
{
    (void)state;
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_int_equal(ocsp.produced_at, FORGE_NOW - 60);
    assert_int_equal(ocsp.nonce.len, 0);
    assert_int_equal(ocsp.certificate_count, 0);
    assert_true(daotp__ocsp_has_responder(&ocsp, root_node));
    assert_false(daotp__ocsp_has_responder(&ocsp, leaf_node));
    spec.status = OCSP_UNKNOWN;
    expect_found(&spec, DAOTP__OCSP_NOT_KNOWN);
    spec.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, 4);
    expect_found(&spec, DAOTP__OCSP_REVOKED);
    assert_int_equal(said.reason, 4);
    assert_int_equal(said.revoked_at, FORGE_NOW - FORGE_HOUR);
    spec.status = ocsp_revoked(FORGE_NOW - 7, -1);
    expect_found(&spec, DAOTP__OCSP_REVOKED);
    assert_int_equal(said.revoked_at, FORGE_NOW - 7);
    spec.next_update = 0;
    expect_found(&spec, DAOTP__OCSP_REVOKED);
}

static void who_answers_by_name_or_by_key(void **state)
{
    (void)state;
    spec.by_name = true;
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_true(daotp__ocsp_has_responder(&ocsp, root_node));
    assert_false(daotp__ocsp_has_responder(&ocsp, leaf_node));
    spec.by = leaf;
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_false(daotp__ocsp_has_responder(&ocsp, root_node));
    assert_true(daotp__ocsp_has_responder(&ocsp, leaf_node));
    spec.by_name = false;
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_false(daotp__ocsp_has_responder(&ocsp, root_node));
    assert_true(daotp__ocsp_has_responder(&ocsp, leaf_node));
}

/* A hash of nothing, or of the wrong length, is nobody's. */
static void a_short_key_hash_is_nobody_s(void **state)
{
    (void)state;
    spec.responder = pki_tlv(0xA2, pki_octets(PKI_NOTHING));
    if (reads(ocsp_answer(&spec)))
        assert_false(daotp__ocsp_has_responder(&ocsp, root_node));
    spec.responder = pki_tlv(0xA2, pki_octets(pki_copy(ocsp_key_hash(EVP_sha1(), root).data, 8)));
    if (reads(ocsp_answer(&spec)))
        assert_false(daotp__ocsp_has_responder(&ocsp, root_node));
}

static void nonce_and_certificates_are_handed_out(void **state)
{
    (void)state;
    spec.nonce = PKI_BYTES("0123456789abcdef");
    spec.certificates = PKI_JOIN(leaf->der, other->der);
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_int_equal(ocsp.nonce.len, 16);
    assert_memory_equal(ocsp.nonce.data, "0123456789abcdef", 16);
    assert_int_equal(ocsp.certificate_count, 2);
    assert_int_equal(ocsp.certificates[0].len, leaf->der.len);
    assert_memory_equal(ocsp.certificates[0].data, leaf->der.data, leaf->der.len);
    assert_memory_equal(ocsp.certificates[1].data, other->der.data, other->der.len);
    assert_false(ocsp.unknown_critical);
}

static void critical_extensions_are_seen(void **state)
{
    (void)state;
    spec.extensions = pki_extension_der(PKI_OID_NOBODY_KNOWS, false, pki_octets(PKI_NOTHING));
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_false(ocsp.unknown_critical);
    spec.extensions = pki_extension_der(PKI_OID_NOBODY_KNOWS, true, pki_octets(PKI_NOTHING));
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_true(ocsp.unknown_critical);
}

/* RFC 6960 4.4 and RFC 5280 4.2: what is critical and not known is not passed over, in the one
 * answer no less than around it. */
static void critical_extensions_of_one_answer_are_seen(void **state)
{
    (void)state;
    spec.single_extensions =
        pki_extension_der(PKI_OID_NOBODY_KNOWS, false, pki_octets(PKI_NOTHING));
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_false(ocsp.unknown_critical);
    spec.single_extensions = pki_extension_der(PKI_OID_NOBODY_KNOWS, true, pki_octets(PKI_NOTHING));
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_true(said.unknown_critical);
}

/* ---- which answer ---------------------------------------------------------------------------- */

static void ids_of_any_hash_we_know(void **state)
{
    const EVP_MD *const hashes[] = {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};

    (void)state;
    for (size_t i = 0; i < COUNT(hashes); i++) {
        spec.id_md = hashes[i];
        expect_found(&spec, DAOTP__OCSP_GOOD);
        assert_false(daotp__ocsp_find(&ocsp, other_node, root_node, &said));
    }
    spec.id_md = EVP_md5();
    assert_true(reads(ocsp_answer(&spec)));
    assert_false(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
}

static void expect_not_found(const char *what, daotp__bytes id)
{
    spec.id = id;
    if (reads(ocsp_answer(&spec)) && daotp__ocsp_find(&ocsp, leaf_node, root_node, &said))
        fail_msg("%s: taken for an answer", what);
}

static void an_answer_to_another_question(void **state)
{
    const pki_cert *namesake = pki_ca("CN=Root", pki_key(3), NULL);
    daotp__bytes algorithm = PKI_SEQ(pki_oid("1.3.14.3.2.26"), PKI_BYTES("\x05\x00")), name, key,
                 serial = pki_tlv(0x02, leaf->serial);

    (void)state;
    name = pki_octets(ocsp_hash(EVP_sha1(), root->name));
    key = pki_octets(ocsp_key_hash(EVP_sha1(), root));
    spec.id = PKI_SEQ(algorithm, name, key, serial);
    expect_found(&spec, DAOTP__OCSP_GOOD); /* so that the rest is not refused for another reason */
    spec.id = PKI_SEQ(PKI_SEQ(pki_oid("1.3.14.3.2.26")), name, key, serial); /* parameters absent */
    expect_found(&spec, DAOTP__OCSP_GOOD);

    expect_not_found("serial", ocsp_id(other, root, EVP_sha1()));
    expect_not_found("key", ocsp_id(leaf, namesake, EVP_sha1()));
    expect_not_found(
        "name", PKI_SEQ(algorithm, pki_octets(ocsp_hash(EVP_sha1(), leaf->name)), key, serial));
    expect_not_found("swapped", PKI_SEQ(algorithm, key, name, serial));
    expect_not_found("short",
                     PKI_SEQ(algorithm, pki_octets(pki_copy(name.data + 2, 19)), key, serial));
    expect_not_found("empty",
                     PKI_SEQ(algorithm, pki_octets(PKI_NOTHING), pki_octets(PKI_NOTHING), serial));
    expect_not_found("long",
                     PKI_SEQ(algorithm,
                             pki_octets(PKI_JOIN(pki_copy(name.data + 2, 20), PKI_BYTES("\0"))),
                             key, serial));
    expect_not_found(
        "serial padded",
        PKI_SEQ(algorithm, name, key, pki_tlv(0x02, PKI_JOIN(PKI_BYTES("\0\0"), leaf->serial))));
    expect_not_found("no serial", PKI_SEQ(algorithm, name, key));
    expect_not_found("more behind", PKI_SEQ(algorithm, name, key, serial, PKI_BYTES("\x05\x00")));
    expect_not_found("nothing", PKI_SEQ(PKI_NOTHING));
}

/* Of several, the one that is ours, wherever it stands. */
static void one_among_others(void **state)
{
    ocsp_spec not_ours = ocsp_spec_of(other, root, FORGE_NOW);

    (void)state;
    not_ours.status = ocsp_revoked(FORGE_NOW - 9, 1);
    spec.singles = PKI_JOIN(ocsp_single(&not_ours), ocsp_single(&spec));
    expect_found(&spec, DAOTP__OCSP_GOOD);
    assert_true(daotp__ocsp_find(&ocsp, other_node, root_node, &said));
    assert_int_equal(said.status, DAOTP__OCSP_REVOKED);
    spec.singles = ocsp_single(&not_ours);
    assert_true(reads(ocsp_answer(&spec)));
    assert_false(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
}

/* An answer about the leaf, of this age in seconds. */
static daotp__bytes single_of(daotp__bytes status, int64_t age, const EVP_MD *md)
{
    ocsp_spec one = ocsp_spec_of(leaf, root, FORGE_NOW);

    one.status = status;
    one.this_update = FORGE_NOW - age;
    one.id_md = md;
    return ocsp_single(&one);
}

/* All that are ours count, whatever hash names us: the newest, of two alike the worse, and never
 * "unknown" before "revoked". */
static void several_that_are_ours(void **state)
{
    const daotp__bytes good = OCSP_GOOD, unknown = OCSP_UNKNOWN, held = ocsp_revoked(FORGE_NOW, 6),
                       final = ocsp_revoked(FORGE_NOW, 1);
    const struct {
        daotp__bytes status[2];
        int64_t age[2];
        const EVP_MD *md[2];
        daotp__ocsp_status wanted;
    } rows[] = {
        {{good, final}, {9, 9}, {NULL, NULL}, DAOTP__OCSP_REVOKED},
        {{good, held}, {9, 9}, {NULL, NULL}, DAOTP__OCSP_REVOKED},
        {{good, final}, {9, 9}, {EVP_sha1(), EVP_sha256()}, DAOTP__OCSP_REVOKED},
        {{good, held}, {9, 9}, {EVP_sha512(), EVP_sha1()}, DAOTP__OCSP_REVOKED},
        {{good, held}, {900, 9}, {NULL, NULL}, DAOTP__OCSP_REVOKED},
        {{good, held}, {9, 900}, {NULL, NULL}, DAOTP__OCSP_GOOD},
        {{good, final}, {9, 900}, {NULL, NULL}, DAOTP__OCSP_REVOKED}, /* it never ends */
        {{good, unknown}, {9, 9}, {NULL, NULL}, DAOTP__OCSP_NOT_KNOWN},
        {{good, unknown}, {900, 9}, {NULL, NULL}, DAOTP__OCSP_NOT_KNOWN},
        {{unknown, held}, {9, 9}, {NULL, NULL}, DAOTP__OCSP_REVOKED},
        {{unknown, held}, {9, 900}, {NULL, NULL}, DAOTP__OCSP_REVOKED}, /* it takes nothing back */
        {{unknown, held}, {900, 9}, {NULL, NULL}, DAOTP__OCSP_REVOKED},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        size_t row = i / 2, first = i % 2;
        daotp__bytes list[2];

        for (size_t k = 0; k < 2; k++)
            list[k] = single_of(rows[row].status[k], rows[row].age[k], rows[row].md[k]);
        spec.singles = PKI_JOIN(list[first], list[1 - first]);
        assert_true(reads(ocsp_answer(&spec)));
        assert_true(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
        if (said.status != rows[row].wanted)
            fail_msg("row %zu, order %zu: %d", row, first, (int)said.status);
    }
}

/* What three answers say together does not depend on their order in the response. */
static void three_that_are_ours_in_every_order(void **state)
{
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const daotp__bytes held = ocsp_revoked(FORGE_NOW, 6),
                       status[] = {held, OCSP_GOOD, OCSP_UNKNOWN};
    const struct {
        int64_t age[3]; /* of the hold, of "good", of "unknown" */
        daotp__ocsp_status wanted;
    } rows[] = {
        {{900, 90, 9}, DAOTP__OCSP_NOT_KNOWN}, /* released, and then not known */
        {{900, 9, 9}, DAOTP__OCSP_NOT_KNOWN},  {{900, 9, 90}, DAOTP__OCSP_GOOD},
        {{90, 9, 900}, DAOTP__OCSP_GOOD},      {{90, 900, 9}, DAOTP__OCSP_REVOKED},
        {{9, 900, 90}, DAOTP__OCSP_REVOKED},   {{9, 90, 900}, DAOTP__OCSP_REVOKED},
        {{9, 9, 9}, DAOTP__OCSP_REVOKED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows) * COUNT(orders); i++) {
        size_t row = i / COUNT(orders), order = i % COUNT(orders);
        daotp__bytes list[3];

        for (size_t k = 0; k < 3; k++)
            list[k] = single_of(status[orders[order][k]], rows[row].age[orders[order][k]], NULL);
        spec.singles = PKI_JOIN(list[0], list[1], list[2]);
        assert_true(reads(ocsp_answer(&spec)));
        assert_true(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
        if (said.status != rows[row].wanted)
            fail_msg("row %zu, order %zu: %d", row, order, (int)said.status);
    }
}

/* One of ours that cannot be read, beside one that can. */
static void one_that_is_ours_and_broken(void **state)
{
    (void)state;
    spec.singles =
        PKI_JOIN(single_of(OCSP_GOOD, 9, NULL), single_of(PKI_BYTES("\x83\x00"), 9, NULL));
    assert_true(reads(ocsp_answer(&spec)));
    assert_false(daotp__ocsp_find(&ocsp, leaf_node, root_node, &said));
}

/* ---- status codes ---------------------------------------------------------------------------- */

static void errors_have_numbers(void **state)
{
    static const unsigned numbers[] = {1, 2, 3, 5, 6};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_true(reads(ocsp_error(numbers[i])));
        assert_int_equal(ocsp.response_status, numbers[i]);
    }
    assert_false(reads(ocsp_error(0)));   /* success, and nothing behind it */
    assert_false(reads(ocsp_error(256))); /* two octets */
    assert_false(reads(PKI_SEQ(PKI_BYTES("\x0A\x00"))));
    assert_false(reads(PKI_SEQ(PKI_BYTES("\x02\x01\x06")))); /* INTEGER */
    /* an error that brings an answer all the same */
    assert_false(
        reads(PKI_SEQ(PKI_BYTES("\x0A\x01\x06"),
                      pki_tlv(0xA0, PKI_SEQ(pki_oid(OCSP_OID_BASIC), pki_octets(PKI_NOTHING))))));
}

/* ---- what is not read ------------------------------------------------------------------------ */

/* Cut anywhere, it is refused; one octet more, too. */
static void every_truncation_is_refused(void **state)
{
    daotp__bytes whole;

    (void)state;
    spec.nonce = PKI_BYTES("0123456789abcdef");
    spec.certificates = leaf->der;
    whole = ocsp_answer(&spec);
    assert_true(reads(whole));
    for (size_t len = 0; len < whole.len; len++)
        if (reads((daotp__bytes){whole.data, len}))
            fail_msg("%zu of %zu octets are read", len, whole.len);
    spec.after = PKI_BYTES("\0");
    assert_false(reads(ocsp_answer(&spec)));
}

/* Any octet changed: it is refused, or is another answer; it is never read past its end. */
static void every_changed_octet_is_harmless(void **state)
{
    static const uint8_t flips[] = {0x01, 0x20, 0x80, 0xFF};
    daotp__bytes whole;
    uint8_t *changed;

    (void)state;
    spec.nonce = PKI_BYTES("0123456789abcdef");
    spec.certificates = leaf->der;
    spec.status = ocsp_revoked(FORGE_NOW, 1);
    whole = ocsp_answer(&spec);
    changed = pki_get(whole.len);
    for (size_t i = 0; i < whole.len; i++)
        for (size_t k = 0; k < sizeof flips; k++) {
            memcpy(changed, whole.data, whole.len);
            changed[i] ^= flips[k];
            if (reads((daotp__bytes){changed, whole.len})) {
                (void)daotp__ocsp_find(&ocsp, leaf_node, root_node, &said);
                (void)daotp__ocsp_has_responder(&ocsp, root_node);
            }
        }
}

static void expect_unread(const char *what)
{
    if (reads(ocsp_answer(&spec)) && daotp__ocsp_find(&ocsp, leaf_node, root_node, &said))
        fail_msg("%s: read", what);
    spec = ocsp_spec_of(leaf, root, FORGE_NOW);
}

static void expect_fault(const char *field, const char *rule)
{
    daotp__fault fault;

    assert_true(daotp__ocsp_find_fault(ocsp_answer(&spec), &fault));
    assert_string_equal(fault.field, field);
    assert_non_null(strstr(fault.rule, rule));
}

/* BER that is no DER, and DER that is no OCSP. */
static void what_is_not_der_is_not_read(void **state)
{
    daotp__bytes whole = ocsp_answer(&spec), data, single;
    uint8_t *ber = pki_get(whole.len + 8);

    (void)state;
    assert_int_equal(whole.data[1], 0x82);
    ber[0] = 0x30; /* a length with an octet too many */
    ber[1] = 0x83;
    ber[2] = 0;
    memcpy(ber + 3, whole.data + 2, whole.len - 2);
    assert_false(reads((daotp__bytes){ber, whole.len + 1}));
    ber[1] = 0x80; /* an indefinite length */
    memcpy(ber + 2, whole.data + 4, whole.len - 4);
    memset(ber + whole.len - 2, 0, 2);
    assert_false(reads((daotp__bytes){ber, whole.len}));

    spec.before_responder = PKI_BYTES("\xA0\x03\x02\x01\x00"); /* a default that is written */
    expect_fault("tbsResponseData.version", "X.690 11.5");
    expect_unread("version 1");
    spec.before_responder = PKI_BYTES("\xA0\x03\x02\x01\x01");
    expect_unread("version 2");
    spec.responder = pki_tlv(0xA2, pki_tlv(0x24, pki_octets(ocsp_key_hash(EVP_sha1(), root))));
    expect_unread("constructed OCTET STRING");
    spec.responder = pki_tlv(0xA3, root->name);
    expect_unread("responder of no kind");
    spec.responder = PKI_BYTES("\xA1\x00");
    expect_unread("responder's empty bytes");
    spec.responder = pki_tlv(0xA1, PKI_BYTES("\x31\x00"));
    expect_unread("responder's name a SET");
    spec.status = PKI_BYTES("\x80\x01\x00");
    expect_unread("good with content");
    spec.status = PKI_BYTES("\x82\x01\x00");
    expect_unread("unknown with content");
    spec.status = PKI_BYTES("\xA0\x00");
    expect_unread("good, constructed");
    spec.status = PKI_BYTES("\x83\x00");
    expect_unread("a fourth status");
    spec.status = PKI_BYTES("\xA1\x00");
    expect_unread("revoked at no time");
    spec.status = pki_tlv(0xA1, pki_time(FORGE_NOW));
    expect_unread("revoked at a UTCTime");
    spec.status = pki_tlv(0xA1, PKI_JOIN(ocsp_time(FORGE_NOW), PKI_BYTES("\xA0\x03\x02\x01\x01")));
    expect_unread("reason an INTEGER");
    spec.status =
        pki_tlv(0xA1, PKI_JOIN(ocsp_time(FORGE_NOW), PKI_BYTES("\xA0\x04\x0A\x02\x01\x01")));
    expect_unread("reason of two octets");
    spec.status = pki_tlv(0xA1, PKI_JOIN(ocsp_time(FORGE_NOW), PKI_BYTES("\x05\x00")));
    expect_unread("revoked, and more behind");

    data = ocsp_id(leaf, root, EVP_sha1());
    single = PKI_SEQ(data, OCSP_GOOD, pki_time(FORGE_NOW));
    spec.singles = single;
    expect_unread("thisUpdate a UTCTime");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, pki_text(0x18, "20270115080000.5Z"));
    expect_unread("a fraction of a second");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, pki_text(0x18, "20270115080000"));
    expect_unread("local time");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, pki_text(0x18, "20270115080000+0100"));
    expect_unread("a time with a zone");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, pki_text(0x18, "20271315080000Z"));
    expect_unread("the thirteenth month");
    spec.singles = PKI_SEQ(data, OCSP_GOOD);
    expect_unread("no thisUpdate");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, ocsp_time(FORGE_NOW), pki_tlv(0xA0, PKI_NOTHING));
    expect_unread("an empty nextUpdate");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, ocsp_time(FORGE_NOW),
                           pki_tlv(0xA0, PKI_JOIN(ocsp_time(FORGE_NOW), PKI_BYTES("\x05\x00"))));
    expect_unread("more in nextUpdate");
    spec.singles = PKI_SEQ(data, OCSP_GOOD, ocsp_time(FORGE_NOW), PKI_BYTES("\x05\x00"));
    expect_unread("more in the answer");
    spec.singles = PKI_BYTES("\x05\x00");
    expect_unread("no answer, but a NULL");
}

static void what_is_no_basic_answer(void **state)
{
    daotp__bytes basic = PKI_SEQ(PKI_SEQ(PKI_NOTHING), pki_algorithm(pki_key(0), EVP_sha256()),
                                 pki_bits(PKI_BYTES("x")));

    (void)state;
    assert_false(reads(PKI_NOTHING));
    assert_false(reads(PKI_SEQ(PKI_NOTHING)));
    assert_false(reads(PKI_BYTES("<html>not found</html>")));
    assert_false(reads(ocsp_wrap(PKI_NOTHING)));
    assert_false(reads(ocsp_wrap(basic)));
    /* responseType of another kind */
    assert_false(
        reads(PKI_SEQ(PKI_BYTES("\x0A\x01\x00"),
                      pki_tlv(0xA0, PKI_SEQ(pki_oid(PKI_OID_NOBODY_KNOWS), pki_octets(basic))))));
    /* a signature that is not whole octets */
    spec.certificates = PKI_BYTES("\x05\x00");
    expect_unread("a certificate that is a NULL");
    spec.extensions = PKI_BYTES("\x05\x00");
    expect_unread("an extension that is a NULL");
    spec.extensions =
        PKI_JOIN(pki_extension_der(OCSP_OID_NONCE, false, pki_octets(PKI_BYTES("a"))),
                 pki_extension_der(OCSP_OID_NONCE, false, pki_octets(PKI_BYTES("b"))));
    expect_unread("two nonces");
    spec.extensions = PKI_SEQ(PKI_NOTHING);
    expect_fault("tbsResponseData.responseExtensions", "RFC 6960 4.2.1");
}

/* RFC 2560 4.4.1: "the extnValue is the value of the nonce". */
static void a_nonce_of_old_responders_is_read(void **state)
{
    const daotp__bytes values[] = {PKI_BYTES("raw"), PKI_BYTES("\x04\x03raw"),
                                   PKI_BYTES("\x04\x09raw")};
    const daotp__bytes nonces[] = {values[0], values[0], values[2]};

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        spec.extensions = pki_extension_der(OCSP_OID_NONCE, false, values[i]);
        assert_true(reads(ocsp_answer(&spec)));
        assert_true(daotp__bytes_equal(ocsp.nonce, nonces[i]));
    }
}

/* More certificates than anybody needs are no reason to read them all. */
static void at_most_eight_certificates(void **state)
{
    daotp__bytes eight = PKI_NOTHING;

    (void)state;
    for (unsigned i = 0; i < DAOTP__OCSP_CERTIFICATES; i++)
        eight = PKI_JOIN(eight, leaf->der);
    spec.certificates = eight;
    assert_true(reads(ocsp_answer(&spec)));
    assert_int_equal(ocsp.certificate_count, DAOTP__OCSP_CERTIFICATES);
    spec.certificates = PKI_JOIN(eight, leaf->der);
    assert_false(reads(ocsp_answer(&spec)));
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(requests_are_openssl_s),
        ROW(requests_about_other_issuers),
        ROW(good_revoked_and_unknown),
        ROW(who_answers_by_name_or_by_key),
        ROW(a_short_key_hash_is_nobody_s),
        ROW(nonce_and_certificates_are_handed_out),
        ROW(a_nonce_of_old_responders_is_read),
        ROW(critical_extensions_are_seen),
        ROW(critical_extensions_of_one_answer_are_seen),
        ROW(ids_of_any_hash_we_know),
        ROW(an_answer_to_another_question),
        ROW(one_among_others),
        ROW(several_that_are_ours),
        ROW(three_that_are_ours_in_every_order),
        ROW(one_that_is_ours_and_broken),
        ROW(errors_have_numbers),
        ROW(every_truncation_is_refused),
        ROW(every_changed_octet_is_harmless),
        ROW(what_is_not_der_is_not_read),
        ROW(what_is_no_basic_answer),
        ROW(at_most_eight_certificates),
    };
    int failed = cmocka_run_group_tests(tests, NULL, end_group);

    (void)reads(PKI_NOTHING); /* lets go of the last one */
    return failed;
}
