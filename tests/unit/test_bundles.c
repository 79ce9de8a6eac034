/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that hold more than one thing. Where many are meant all are read, in whatever order they
 * stand; what cannot be read refuses the file, by its place. Where one is meant, a second one is
 * refused.
 */
#include "pki_ask.h"
#include "scratch.h"

#include "ca/issued.h"
#include "core/limits.h"
#include "x509/crl.h"
#include "x509/pem.h"

#include <daotp/crl.h>
#include <daotp/key.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const pki_cert *root, *leaf;
static daotp__bytes clean, revoking;
static daotp_report *report;
static daotp_context *context;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = pki_leaf(pki_key(1), root);
    clean = pki_crl(root, 1, PKI_NOTHING);
    revoking = pki_crl(root, 2, pki_revoke(leaf, 1));
    context = forge_context();
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    return 0;
}

static int end(void **state)
{
    daotp_report_free(report);
    daotp_context_unref(context);
    return pki_end_test(state);
}

static int begin_group(void **state)
{
    (void)state;
    return scratch_begin();
}

static int end_group(void **state)
{
    return pki_end_group(state) | scratch_end();
}

/* ---- texts ----------------------------------------------------------------------------------- */

static daotp__bytes block(const char *label, daotp__bytes der)
{
    daotp__buffer out;
    daotp__bytes copy;

    daotp__buffer_init(&out, 1 << 20);
    daotp__pem_write(&out, label, der);
    copy = pki_copy(out.data, out.len);
    daotp__buffer_free(&out);
    return copy;
}

static daotp__bytes crl_block(daotp__bytes der)
{
    return block("X509 CRL", der);
}

#define TEXT(literal) PKI_BYTES(literal)

/* Without its last octets. */
static daotp__bytes cut_by(daotp__bytes in, size_t octets)
{
    return (daotp__bytes){in.data, in.len - octets};
}

/* With this in it, once, changed to something as long. */
static daotp__bytes changed(daotp__bytes in, const char *from, const char *to)
{
    uint8_t *copy = (uint8_t *)(uintptr_t)pki_copy(in.data, in.len).data, *at;

    at = memmem(copy, in.len, from, strlen(from));
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    return (daotp__bytes){copy, in.len};
}

static const char *file_of(daotp__bytes content)
{
    static char path[64];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/bundle", scratch_path);
    file = fopen(path, "w");
    assert_non_null(file);
    if (content.len > 0)
        assert_int_equal(fwrite(content.data, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* What the leaf is worth by the lists of a file, and by the same octets. */
static daotp_status verdict_by(daotp__bytes content)
{
    pki_ask ask = {.anchors = {root}, .crls = {content}, .rules = DAOTP_RULES_STRICT};
    daotp_verifier *verifier;
    daotp_status by_octets = pki_verify(&ask, leaf), by_file;
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, root->der.data, root->der.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_add_crl_file(trust, file_of(content), NULL), DAOTP_OK);
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW), DAOTP_OK);
    by_file = daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    assert_int_equal(by_file, by_octets);
    return by_file;
}

static void every_list_of_a_file_counts(void **state)
{
    daotp__bytes other = pki_crl(pki_ca("CN=Other", pki_key(3), NULL), 1, PKI_NOTHING);

    (void)state;
    assert_int_equal(verdict_by(clean), DAOTP_OK);
    assert_int_equal(verdict_by(crl_block(clean)), DAOTP_OK);
    assert_int_equal(verdict_by(PKI_JOIN(crl_block(clean), crl_block(revoking))), DAOTP_REJECTED);
    assert_int_equal(verdict_by(PKI_JOIN(crl_block(revoking), crl_block(clean))), DAOTP_REJECTED);
    assert_int_equal(verdict_by(PKI_JOIN(crl_block(other), crl_block(other), crl_block(revoking))),
                     DAOTP_REJECTED);
    assert_int_equal(
        verdict_by(PKI_JOIN(TEXT("subject=Root, K\xC3\xB6ln\r\n"), crl_block(clean),
                            TEXT("\nthe next one:\n"), crl_block(revoking), TEXT("end\n\x1A"))),
        DAOTP_REJECTED);
}

/* The finding's text has this in it, and names the file. */
static void expect_refused(const char *what, daotp_status status, const char *place)
{
    const daotp_finding *error = daotp_report_get_error(report);

    if (status != DAOTP_PEER && status != DAOTP_CONFIGURATION)
        fail_msg("%s: %s", what, daotp_status_name(status));
    if (error == NULL || strstr(daotp_finding_get_found(error), place) == NULL)
        fail_msg("%s: not told of '%s':\n%s", what, place, daotp_report_get_text(report));
    daotp__report_clear(report);
}

static void expect_lists_refused(const char *what, daotp__bytes content, const char *place)
{
    const char *path = file_of(content);
    daotp_trust *trust;
    daotp_status status;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    status = daotp_trust_add_crl_file(trust, path, report);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(report)), path);
    expect_refused(what, status, place);
    if (content.len > 0)
        expect_refused(what, daotp_trust_add_crls(trust, content.data, content.len, report), place);
    daotp_trust_unref(trust);
}

static void a_list_that_cannot_be_read_refuses_the_file(void **state)
{
    daotp__bytes first = crl_block(clean), second = crl_block(revoking), broken;

    (void)state;
    expect_lists_refused("cut in its END line", PKI_JOIN(first, cut_by(second, 7)), "block 2");
    expect_lists_refused("cut in its base64", PKI_JOIN(first, cut_by(second, 60)), "block 2");
    expect_lists_refused("cut in its BEGIN line", PKI_JOIN(first, TEXT("-----BEGIN X509 CR")),
                         "block 2");
    expect_lists_refused("cut in the dashes", PKI_JOIN(first, TEXT("-----BEG")), "block 2");
    broken = changed(second, "-----BEGIN", "----=BEGIN");
    expect_lists_refused("its BEGIN line is spoilt", PKI_JOIN(first, broken), "block 2");
    broken = changed(second, "-----END X509 CRL", "-----END X509 CRT");
    expect_lists_refused("its END line is spoilt", PKI_JOIN(first, broken), "block 2");
    broken = changed(second, "\nMI", "\n!!");
    expect_lists_refused("no base64", PKI_JOIN(first, broken), "block 2");
    expect_lists_refused("no CRL", PKI_JOIN(first, crl_block(leaf->der)), "block 2");
    expect_lists_refused("more in the block", PKI_JOIN(first, crl_block(PKI_JOIN(clean, revoking))),
                         "block 2");
    expect_lists_refused("another label", PKI_JOIN(first, block("CRL", revoking)), "block 2");
    expect_lists_refused("a certificate", PKI_JOIN(first, block("CERTIFICATE", leaf->der)),
                         "CERTIFICATE");
    expect_lists_refused("DER behind PEM", PKI_JOIN(first, revoking), "no text");
    expect_lists_refused("the first one", PKI_JOIN(cut_by(first, 9), second), "block 1, line 1");
    expect_lists_refused("in the middle", PKI_JOIN(first, cut_by(second, 9), first), "block 2");
}

static void a_der_list_stands_alone(void **state)
{
    char place[64];

    (void)state;
    (void)snprintf(place, sizeof place, "from octet %zu", clean.len);
    expect_lists_refused("DER behind DER", PKI_JOIN(clean, revoking), place);
    expect_lists_refused("PEM behind DER", PKI_JOIN(clean, crl_block(revoking)), place);
    expect_lists_refused("a line feed behind DER", PKI_JOIN(clean, TEXT("\n")), place);
    expect_lists_refused("DER that is cut", cut_by(clean, 1), "octets");
    expect_lists_refused("nothing", PKI_NOTHING, "");
    expect_lists_refused("a line of text", TEXT("no list\n"), "octets");
}

static void a_handle_is_of_one_list(void **state)
{
    daotp__bytes two = PKI_JOIN(crl_block(clean), crl_block(revoking));
    daotp_crl *crl;
    int reason = -1;

    (void)state;
    expect_refused("two", daotp_crl_open(context, file_of(two), report, &crl), "2 CRLs");
    assert_null(crl);
    assert_int_equal(daotp_crl_open_at(context, file_of(two), 1, report, &crl), DAOTP_OK);
    assert_int_equal(daotp_crl_get_file_count(crl), 2);
    assert_string_equal(daotp_crl_get_number(crl), "02");
    assert_int_equal(daotp_crl_verify(crl, root->der.data, root->der.len), DAOTP_OK);
    assert_int_equal(daotp_crl_find(crl, leaf->serial.data, leaf->serial.len, &reason, NULL),
                     DAOTP_REJECTED);
    assert_int_equal(reason, 1);
    daotp_crl_free(crl);
    assert_int_equal(daotp_crl_open_at(context, file_of(two), 2, report, &crl), DAOTP_USAGE);
    assert_null(crl);
    assert_int_equal(daotp_crl_open(context, file_of(clean), report, &crl), DAOTP_OK);
    assert_int_equal(daotp_crl_get_file_count(crl), 1);
    daotp_crl_free(crl);
    assert_int_equal(daotp_crl_get_file_count(NULL), 0);
}

static uint8_t *put_head(uint8_t *at, size_t len)
{
    *at++ = DAOTP__DER_SEQUENCE;
    *at++ = 0x84;
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(len >> shift);
    return at;
}

/* Files of sysfs say that they have a page, and hold less, as one that is cut while it is read. */
static void a_file_that_is_shorter_than_it_says(void **state)
{
    static const char path[] = "/sys/kernel/uevent_seqnum";
    struct stat found;
    daotp_crl *crl;

    (void)state;
    if (stat(path, &found) != 0 || found.st_size == 0)
        skip();
    expect_refused("shorter", daotp_crl_open(context, path, report, &crl), "No data available");
    assert_null(crl);
}

/* The clean list with as many octets of entries as a whole list may have. Nobody reads them. */
static void a_list_above_the_limit_is_told_as_such(void **state)
{
    enum { HEAD = 6 };
    size_t front = 0, tail, tbs, all;
    daotp__bytes in, rest;
    daotp_trust *trust;
    daotp__der_item item;
    daotp__crl crl;
    uint8_t *map, *at;

    (void)state;
    assert_true(daotp__crl_read(clean, &crl));
    assert_true(daotp__der_only(crl.tbs, DAOTP__DER_SEQUENCE, &in));
    rest = in;
    while (!daotp__der_peek(&rest, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
           daotp__der_next(&rest, &item))
        front = in.len - rest.len;
    tbs = in.len + HEAD + DAOTP__MAX_CRL;
    tail = (size_t)(clean.data + clean.len - in.data) - front;
    all = 2 * HEAD + front + HEAD + DAOTP__MAX_CRL + tail;
    map =
        mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(map != MAP_FAILED);
    at = put_head(put_head(map, all - HEAD), tbs);
    memcpy(at, in.data, front);
    (void)put_head(at + front, DAOTP__MAX_CRL);
    memcpy(map + all - tail, in.data + front, tail);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    expect_refused("too large", daotp_trust_add_crls(trust, map, all, report),
                   "CertificateList of 10737");
    assert_int_equal(daotp_trust_add_crls(trust, map, all, report), DAOTP_PEER);
    assert_string_equal(daotp_finding_get_id(daotp_report_get_error(report)), "LIMIT-SIZE");
    daotp_trust_unref(trust);
    assert_int_equal(munmap(map, all), 0);
}

static void expect_crl_told(daotp_crl *crl, daotp_status status, daotp_status wanted,
                            daotp_finding_number number)
{
    const daotp_report *told = daotp_crl_get_report(crl);

    assert_int_equal(status, wanted);
    assert_int_equal(daotp_report_get_status(told), wanted);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(told)), number);
}

/* The issuer's certificate may stand behind others; none of them is passed over. */
static void any_of_the_issuers_will_do(void **state)
{
    daotp__bytes other = block("CERTIFICATE", pki_ca("CN=Other", pki_key(3), NULL)->der),
                 own = block("CERTIFICATE", root->der), all = PKI_JOIN(other, own);
    daotp_crl *crl;

    (void)state;
    assert_int_equal(daotp_crl_open(context, file_of(clean), report, &crl), DAOTP_OK);
    expect_crl_told(crl, daotp_crl_find(crl, "\x01", 1, NULL, NULL), DAOTP_UNDECIDED,
                    DAOTP_FINDING_CALL_ORDER);
    expect_crl_told(crl, daotp_crl_index(crl), DAOTP_USAGE, DAOTP_FINDING_CALL_ORDER);
    expect_crl_told(crl, daotp_crl_verify(crl, NULL, 0), DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT);
    expect_crl_told(crl, daotp_crl_verify(crl, all.data, all.len), DAOTP_OK, DAOTP_FINDING_NONE);
    expect_crl_told(crl, daotp_crl_find(crl, "\x01", 0, NULL, NULL), DAOTP_USAGE,
                    DAOTP_FINDING_CALL_ARGUMENT);
    expect_crl_told(crl, daotp_crl_verify(crl, other.data, other.len), DAOTP_UNDECIDED,
                    DAOTP_FINDING_CRL_SIGNER);
    expect_crl_told(crl, daotp_crl_find(crl, "\x01", 1, NULL, NULL), DAOTP_UNDECIDED,
                    DAOTP_FINDING_CALL_ORDER);
    other = changed(root->der, "\x31\x0D\x30\x0B", "\x30\x0D\x30\x0B");
    expect_crl_told(crl, daotp_crl_verify(crl, other.data, other.len), DAOTP_PEER,
                    DAOTP_FINDING_CERT_DER);
    assert_non_null(
        strstr(daotp_finding_get_found(daotp_report_get_error(daotp_crl_get_report(crl))),
               "tbsCertificate.issuer, octet "));
    daotp_crl_free(crl);
}

/* ---- certificates ---------------------------------------------------------------------------- */

static void expect_certificates_refused(const char *what, daotp__bytes content, const char *place)
{
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    expect_refused(what, daotp_trust_add_file(trust, file_of(content), report), place);
    expect_refused(what, daotp_trust_add_intermediates(trust, content.data, content.len, report),
                   place);
    assert_int_equal(daotp_trust_get_count(trust), 0);
    daotp_trust_unref(trust);
}

static void certificates_are_read_to_the_end(void **state)
{
    daotp__bytes one = block("CERTIFICATE", root->der), two = block("CERTIFICATE", leaf->der),
                 old = block("X509 CERTIFICATE", leaf->der),
                 key = block("PRIVATE KEY", PKI_BYTES("x")), all;
    daotp_trust *trust;

    (void)state;
    all = PKI_JOIN(key, one, old, block("EC PARAMETERS", PKI_BYTES("x")));
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, all.data, all.len, report), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 2);
    daotp_trust_unref(trust);
    expect_certificates_refused("cut", PKI_JOIN(one, cut_by(two, 9)), "block 2");
    expect_certificates_refused("cut early", PKI_JOIN(one, TEXT("-----BEGIN CERTIF")), "block 2");
    expect_certificates_refused("a list", PKI_JOIN(one, crl_block(clean)), "X509 CRL");
    expect_certificates_refused("no certificate", PKI_JOIN(one, block("CERTIFICATE", clean)),
                                "block 2");
    expect_certificates_refused("two in a block",
                                block("CERTIFICATE", PKI_JOIN(root->der, leaf->der)), "block 1");
    expect_certificates_refused("a key that is cut", PKI_JOIN(one, cut_by(key, 9)), "block 2");
    expect_certificates_refused("DER behind PEM", PKI_JOIN(one, leaf->der), "no text");
    expect_certificates_refused("DER behind DER", PKI_JOIN(root->der, leaf->der), "from octet");
    expect_certificates_refused("PEM behind DER", PKI_JOIN(root->der, two), "from octet");
}

static daotp__bytes pkcs7_of(daotp__bytes certificates)
{
    daotp__bytes data =
        PKI_SEQ(pki_integer(1), PKI_SET(PKI_NOTHING), PKI_SEQ(pki_oid("1.2.840.113549.1.7.1")),
                pki_tlv(0xA0, certificates), PKI_SET(PKI_NOTHING));

    return PKI_SEQ(pki_oid("1.2.840.113549.1.7.2"), pki_tlv(0xA0, data));
}

/* Told of the certificate inside, not of the message around it. */
static void a_certificate_of_a_pkcs7_is_told_by_its_field(void **state)
{
    daotp__bytes broken = pkcs7_of(PKI_JOIN(root->der, PKI_SEQ(pki_integer(1)))),
                 cut = pkcs7_of(PKI_JOIN(root->der, PKI_BYTES("\x30\x05")));

    (void)state;
    expect_certificates_refused("in DER", broken, "tbsCertificate, octet 2 of 5 octets");
    expect_certificates_refused("in PEM", block("PKCS7", broken),
                                "block 1, line 1 (PKCS7): tbsCertificate, octet 2 of 5 octets");
    expect_certificates_refused("cut", cut, "SignedData.certificates, octet ");
    expect_certificates_refused("cut in PEM", block("PKCS7", cut),
                                "block 1, line 1 (PKCS7): SignedData.certificates, octet ");
}

/* What a CA sent, or was copied by hand. */
static void an_answer_is_read_to_the_end(void **state)
{
    daotp__bytes one = block("CERTIFICATE", leaf->der), two = block("CERTIFICATE", root->der);
    daotp__chain pool;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    assert_int_equal(daotp__issued_collect(PKI_JOIN(one, two), &pool, NULL, "", NULL), DAOTP_OK);
    assert_int_equal(pool.count, 2);
    assert_int_equal(daotp__issued_collect(PKI_JOIN(one, cut_by(two, 9)), &pool, NULL, "", NULL),
                     DAOTP_PEER);
    assert_int_equal(
        daotp__issued_collect(PKI_JOIN(one, TEXT("-----BEGIN C")), &pool, NULL, "", NULL),
        DAOTP_PEER);
    assert_int_equal(daotp__issued_collect(PKI_JOIN(one, crl_block(clean)), &pool, NULL, "", NULL),
                     DAOTP_PEER);
    assert_int_equal(daotp__issued_collect(PKI_JOIN(leaf->der, root->der), &pool, NULL, "", NULL),
                     DAOTP_PEER);
    daotp__chain_free(&pool);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static daotp__bytes key_block(int number)
{
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(pki_key((unsigned)number), &der);
    daotp__bytes out;

    assert_true(len > 0);
    out = block("EC PRIVATE KEY", (daotp__bytes){der, (size_t)len});
    OPENSSL_free(der);
    return out;
}

static daotp_status read_key(daotp__bytes content)
{
    daotp_key *key;
    daotp_status status = daotp_key_read(context, content.data, content.len, NULL, 0, report, &key);

    daotp_key_unref(key);
    return status;
}

static void a_second_key_is_refused(void **state)
{
    daotp__bytes key = key_block(1), cert = block("CERTIFICATE", leaf->der);

    (void)state;
    assert_int_equal(read_key(key), DAOTP_OK);
    assert_int_equal(read_key(PKI_JOIN(key, cert)), DAOTP_OK);
    assert_int_equal(read_key(PKI_JOIN(cert, key)), DAOTP_OK);
    expect_refused("two", read_key(PKI_JOIN(key, key_block(2))), "block 2");
    expect_refused("around one", read_key(PKI_JOIN(key, cert, key_block(2))), "block 3");
    expect_refused("cut", read_key(PKI_JOIN(key, cut_by(key, 9))), "block 2");
    expect_refused("a certificate that is cut", read_key(PKI_JOIN(key, cut_by(cert, 9))),
                   "block 2");
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(every_list_of_a_file_counts),
        ROW(a_list_that_cannot_be_read_refuses_the_file),
        ROW(a_der_list_stands_alone),
        ROW(a_handle_is_of_one_list),
        ROW(any_of_the_issuers_will_do),
        ROW(certificates_are_read_to_the_end),
        ROW(an_answer_is_read_to_the_end),
        ROW(a_second_key_is_refused),
        ROW(a_certificate_of_a_pkcs7_is_told_by_its_field),
        ROW(a_list_above_the_limit_is_told_as_such),
        ROW(a_file_that_is_shorter_than_it_says),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
