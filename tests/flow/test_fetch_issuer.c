/* SPDX-License-Identifier: BSD-2-Clause */
/* Issuers that are missing, fetched from where the certificate says they are (RFC 5280 4.2.2.1). */
#include "cmc_answer.h"
#include "fetch_ask.h"

#include "x509/pem.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static fetch_host *host;
static const pki_cert *root;

static int begin_group(void **state)
{
    (void)state;
    host = host_new();
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_group(host);
}

/* A CA whose own CRL and issuer are at these paths of the host. */
static const pki_cert *ca_at(const char *subject, unsigned key, const pki_cert *issuer,
                             const char *crl, const char *ca)
{
    pki_spec spec = pki_ca_spec(subject, pki_key(key), issuer);

    if (crl != NULL)
        pki_put(spec.extensions, PKI_OID_POINTS, false,
                fetch_points((const char *const[]){host_url(host, crl), NULL}));
    if (ca != NULL)
        pki_put(spec.extensions, OCSP_OID_AIA, false,
                fetch_access(FETCH_AIA_ISSUERS, host_url(host, ca)));
    return pki_make(&spec);
}

static const pki_cert *leaf_at(const pki_cert *issuer, const char *crl, const char *ca)
{
    return fetch_leaf(issuer, host_url(host, crl), ca != NULL ? host_url(host, ca) : NULL, NULL);
}

/* root <- middle <- leaf; everything but the root is on the host, under this name. */
typedef struct scene {
    const pki_cert *middle, *leaf;
    char ca[32], crl[32], root_crl[32];
} scene;

static scene new_scene(void)
{
    static unsigned next;
    scene made;

    next++;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    (void)snprintf(made.ca, sizeof made.ca, "/%u.cer", next);
    (void)snprintf(made.crl, sizeof made.crl, "/%u.crl", next);
    (void)snprintf(made.root_crl, sizeof made.root_crl, "/%u-root.crl", next);
    made.middle = ca_at("CN=Middle", 1, root, made.root_crl, NULL);
    made.leaf = leaf_at(made.middle, made.crl, made.ca);
    host_put_body(host, made.ca, made.middle->der);
    host_put_body(host, made.crl, pki_crl(made.middle, 3, PKI_NOTHING));
    host_put_body(host, made.root_crl, pki_crl(root, 3, PKI_NOTHING));
    return made;
}

static void ask(const pki_cert *leaf)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};

    (void)fetch_reopened(&ask);
}

/* ---- what comes ------------------------------------------------------------------------------ */

static void issuer_and_both_lists(void **state)
{
    scene s = new_scene();

    (void)state;
    ask(s.leaf);
    fetch_expect("in DER", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(daotp_verifier_get_chain_count(fetch_last.verifier), 3);
    assert_int_equal(host_asked(host, s.ca), 1);
    assert_int_equal(host_asked(host, s.crl), 1);
    assert_int_equal(host_asked(host, s.root_crl), 1);
}

static daotp__bytes pem_of(const pki_cert *const *certificates, const char *before)
{
    BIO *bio = BIO_new(BIO_s_mem());
    daotp__bytes out;
    char *text;
    long len;

    (void)BIO_puts(bio, before);
    for (; *certificates != NULL; certificates++) {
        const unsigned char *at = (*certificates)->der.data;
        X509 *x509 = d2i_X509(NULL, &at, (long)(*certificates)->der.len);

        assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
        X509_free(x509);
    }
    len = BIO_get_mem_data(bio, &text);
    out = pki_copy(text, (size_t)len);
    BIO_free(bio);
    return out;
}

static daotp__bytes pkcs7_of(const pki_cert *const *certificates)
{
    X509 *list[8] = {NULL};
    daotp__buffer made;
    daotp__bytes out;

    for (size_t i = 0; certificates[i] != NULL; i++) {
        const unsigned char *at = certificates[i]->der.data;

        list[i] = d2i_X509(NULL, &at, (long)certificates[i]->der.len);
    }
    made = forge_pkcs7(list);
    out = pki_copy(made.data, made.len);
    daotp__buffer_free(&made);
    for (size_t i = 0; list[i] != NULL; i++)
        X509_free(list[i]);
    return out;
}

static daotp__bytes ber_of(daotp__bytes der)
{
    static const ber_style style = {.indefinite = true, .pieces = true, .long_lengths = true};
    daotp__buffer made;
    daotp__bytes out;

    daotp__buffer_init(&made, DAOTP__MAX_FILE);
    cmc_answer_ber(&made, der, &style);
    out = pki_copy(made.data, made.len);
    daotp__buffer_free(&made);
    return out;
}

static daotp__bytes block_of(const char *label, daotp__bytes der)
{
    daotp__buffer made;
    daotp__bytes out;

    daotp__buffer_init(&made, DAOTP__MAX_FILE);
    daotp__pem_write(&made, label, der);
    out = pki_copy(made.data, made.len);
    daotp__buffer_free(&made);
    return out;
}

static void in_every_form(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);
    scene s = new_scene();
    const pki_cert *const one[] = {s.middle, NULL}, *const two[] = {stranger, s.middle, NULL};
    const daotp__bytes forms[] = {
        pem_of(one, ""),
        pem_of(two, "some text before it\n"),
        pkcs7_of(one),
        pkcs7_of(two),
        ber_of(pkcs7_of(one)),
        ber_of(pkcs7_of(two)),
        block_of("PKCS7", pkcs7_of(two)),
        block_of("CMS", ber_of(pkcs7_of(two))),
        block_of("CERTIFICATE", pkcs7_of(two)),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        host_put_body(host, s.ca, forms[i]);
        ask(s.leaf);
        fetch_expect("a form", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
        assert_int_equal(host_asked(host, s.ca), i + 1);
    }
}

/* RFC 5280 4.2.2.1 asks for application/pkix-cert or application/pkcs7-mime. Servers say anything:
 * the bytes decide. */
static void under_any_content_type(void **state)
{
    static const char *const fields[] = {"Content-Type: application/pkix-cert\r\n",
                                         "Content-Type: application/pkcs7-mime\r\n",
                                         "Content-Type: application/x-x509-ca-cert\r\n",
                                         "Content-Type: text/html; charset=utf-16\r\n",
                                         "Content-Type: application/octet-stream\r\n",
                                         "Content-Type: \r\n",
                                         ""};
    scene s = new_scene();
    const pki_cert *const one[] = {s.middle, NULL};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(fields); i++) {
        host_put(host, s.ca,
                 (host_page){.fields = fields[i / 2],
                             .body = i % 2 == 0 ? s.middle->der : pkcs7_of(one)});
        ask(s.leaf);
        fetch_expect(fields[i / 2], DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    }
}

/* What a peer sent beside the issuer does not lose it, and is told. */
static void one_unreadable_beside_the_issuer(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);
    scene s = new_scene();
    const pki_cert *const one[] = {s.middle, NULL};
    uint8_t bytes[4096];
    daotp__bytes broken = {bytes, stranger->der.len};

    (void)state;
    assert_true(stranger->der.len < sizeof bytes);
    memcpy(bytes, stranger->der.data, stranger->der.len);
    bytes[10] ^= 0x10; /* in its version */

    const daotp__bytes forms[] = {
        PKI_JOIN(block_of("CERTIFICATE", broken), pem_of(one, "")),
        PKI_JOIN(pem_of(one, ""), block_of("CERTIFICATE", broken)),
        PKI_JOIN(pem_of(one, ""), PKI_BYTES("-----BEGIN CERTIFICATE-----\nMII\n")),
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        host_put_body(host, s.ca, forms[i]);
        ask(s.leaf);
        fetch_expect("beside it", DAOTP_OK, DAOTP_FINDING_CERT_DER, s.ca);
    }
}

static void one_after_the_other(void **state)
{
    scene s = new_scene();
    const pki_cert *lower = ca_at("CN=Lower", 2, s.middle, s.crl, s.ca),
                   *leaf = leaf_at(lower, "/lower.crl", "/lower.cer");

    (void)state;
    host_put_body(host, "/lower.cer", lower->der);
    host_put_body(host, "/lower.crl", pki_crl(lower, 1, PKI_NOTHING));
    ask(leaf);
    fetch_expect("two missing", DAOTP_OK, 0, NULL);
    assert_int_equal(daotp_verifier_get_chain_count(fetch_last.verifier), 4);
}

/* What was fetched is not believed for that. */
static void what_comes_is_judged(void **state)
{
    scene s = new_scene();
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(1), root);

    (void)state;
    spec.signing_key = pki_key(7);
    host_put_body(host, s.ca, pki_make(&spec)->der);
    ask(s.leaf);
    fetch_expect("signed by nobody", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_SIGNATURE, "Middle");

    s = new_scene(); /* self-signed: no anchor of ours */
    host_put_body(host, s.ca, pki_ca("CN=Middle", pki_key(1), NULL)->der);
    ask(s.leaf);
    fetch_expect("self-signed", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH, NULL);

    s = new_scene();
    host_put_body(host, s.root_crl, pki_crl(root, 9, pki_revoke(s.middle, 1)));
    ask(s.leaf);
    fetch_expect("revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, "Middle");

    s = new_scene();
    spec = pki_ca_spec("CN=Middle", pki_key(1), root);
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, s.root_crl), NULL}));
    spec.not_after = FORGE_NOW - 1;
    host_put_body(host, s.ca, pki_make(&spec)->der);
    ask(s.leaf);
    fetch_expect("expired", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED, "Middle");
}

static void what_is_no_certificate(void **state)
{
    scene s = new_scene();
    const daotp__bytes rubbish[] = {
        PKI_BYTES("<html>Not here</html>"),
        {s.middle->der.data, s.middle->der.len - 1},
        pki_crl(root, 1, PKI_NOTHING),
        PKI_JOIN(s.middle->der, PKI_BYTES("\0")),
        PKI_BYTES("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        PKI_BYTES("0")};
    const char *reason;

    (void)state;
    for (size_t i = 0; i < COUNT(rubbish); i++) {
        host_put_body(host, s.ca, rubbish[i]);
        ask(s.leaf);
        fetch_expect("rubbish", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_ISSUER_MISSING, NULL);
        fetch_expect("rubbish", DAOTP_REJECTED, DAOTP_FINDING_FETCH_CONTENT, s.ca);
        fetch_expect_cause("rubbish", DAOTP_FINDING_FETCH_CONTENT);
        /* where, and by which rule */
        reason = daotp_finding_get_found(fetch_find(DAOTP_FINDING_FETCH_CONTENT, NULL));
        if (strstr(reason, "octet") == NULL && strstr(reason, "line 1") == NULL)
            fail_msg("%zu: %s", i, reason);
        /* the peer's rubbish is not the verdict on the certificate */
        assert_int_not_equal(daotp_finding_get_number(daotp_report_get_error(
                                 daotp_verifier_get_report(fetch_last.verifier))),
                             DAOTP_FINDING_CERT_DER);
    }
    host_put_body(host, s.ca, PKI_NOTHING);
    ask(s.leaf);
    fetch_expect("nothing", DAOTP_REJECTED, DAOTP_FINDING_FETCH_CONTENT, s.ca);
    host_put(host, s.ca, (host_page){.status = 404});
    ask(s.leaf);
    fetch_expect("404", DAOTP_REJECTED, DAOTP_FINDING_FETCH_STATUS, s.ca);
    fetch_expect_cause("404", DAOTP_FINDING_FETCH_STATUS);
}

/* A certificate for what is really a list, or the other way round, from one place. */
static void one_place_for_issuer_and_list(void **state)
{
    scene s = new_scene();
    const pki_cert *leaf = leaf_at(s.middle, s.ca, s.ca);

    (void)state;
    ask(leaf);
    fetch_expect("the issuer comes", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, NULL);
    host_put_body(host, s.ca, pki_crl(s.middle, 3, PKI_NOTHING));
    ask(leaf);
    fetch_expect("the list comes", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_ISSUER_MISSING, NULL);
    (void)fetch_again(&(fetch_ask){.anchor = root, .leaf = leaf});
    fetch_expect("again", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_ISSUER_MISSING, NULL);
}

/* ---- who asks -------------------------------------------------------------------------------- */

/* Anybody can make a certificate that no anchor knows: it leads where anybody may go, no further.
 */
static void a_stranger_s_leads_nowhere_special(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);
    static const char *const urls[] = {"http://10.0.0.1/x", "http://169.254.169.254/latest",
                                       "http://[::1]/x"};

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    for (size_t i = 0; i < COUNT(urls); i++) {
        ask(fetch_leaf(stranger, NULL, urls[i], NULL));
        fetch_expect(urls[i], DAOTP_REJECTED, DAOTP_FINDING_FETCH_ADDRESS, urls[i]);
    }
    ask(fetch_leaf(stranger, NULL, "file:///etc/passwd", NULL));
    fetch_expect("file", DAOTP_REJECTED, DAOTP_FINDING_FETCH_URL, NULL);
}

/* The lists of a stranger's certificate are nobody's business: without a path they help nothing. */
static void lists_are_not_fetched_without_a_path(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    host_put_body(host, "/stranger.crl", pki_crl(stranger, 1, PKI_NOTHING));
    ask(fetch_leaf(stranger, host_url(host, "/stranger.crl"), NULL, NULL));
    fetch_expect("stranger", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH, NULL);
    assert_int_equal(host_asked(host, "/stranger.crl"), 0);
}

/* A certificate that is wrong for another reason needs no fetch to be refused. */
static void what_is_refused_anyway_is_not_fetched_for(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), NULL);
    fetch_ask question = {.timeout_ms = 3000};

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    spec = pki_leaf_spec(pki_key(9), root);
    spec.not_after = FORGE_NOW - 1;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, "/unneeded.crl"), NULL}));
    host_put_body(host, "/unneeded.crl", pki_crl(root, 1, PKI_NOTHING));
    question.anchor = root;
    question.leaf = pki_make(&spec);
    (void)fetch_reopened(&question);
    fetch_expect("expired", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED, NULL);
    assert_int_equal(host_asked(host, "/unneeded.crl"), 0);
}

/* Revoked by a list at hand: what the CA's own list says, that is somewhere else, changes nothing.
 */
static void what_is_revoked_needs_no_fetch(void **state)
{
    scene s = new_scene();
    fetch_ask question = {.anchor = root, .leaf = s.leaf, .timeout_ms = 3000};

    (void)state;
    question.between[0] = s.middle->der;
    question.crls[0] = pki_crl(s.middle, 4, pki_revoke(s.leaf, 1));
    (void)fetch_reopened(&question);
    fetch_expect("revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(host_asked(host, s.root_crl), 0);
    assert_int_equal(host_asked(host, s.crl), 0);
    question.crls[0] = PKI_NOTHING;
    (void)fetch_reopened(&question);
    fetch_expect("good", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, s.root_crl), 1); /* it would have been */
}

/* ---- without an end -------------------------------------------------------------------------- */

static unsigned asked_in_all(const char *begin, unsigned count)
{
    unsigned all = 0;

    for (unsigned i = 0; i < count; i++) {
        char path[32];

        (void)snprintf(path, sizeof path, "%s%u", begin, i);
        all += host_asked(host, path);
    }
    return all;
}

/* Each issuer names the next: nobody needs more than eight. */
static void a_chain_without_an_end(void **state)
{
    const pki_cert *above = NULL, *leaf;
    enum { LONG = 20 };

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    for (unsigned i = LONG; i-- > 0;) { /* from the far end */
        char subject[32], path[32], next[32];
        pki_spec spec;

        (void)snprintf(subject, sizeof subject, "CN=Hop %u", i);
        (void)snprintf(path, sizeof path, "/hop%u", i);
        (void)snprintf(next, sizeof next, "/hop%u", i + 1);
        spec = pki_ca_spec(subject, pki_key(10 + i % 20), above);
        pki_put(spec.extensions, OCSP_OID_AIA, false,
                fetch_access(FETCH_AIA_ISSUERS, host_url(host, next)));
        if (above == NULL) /* the last one's issuer is nobody's */
            spec.issuer_name = pki_name("CN=Nobody");
        above = pki_make(&spec);
        host_put_body(host, path, above->der);
    }
    leaf = fetch_leaf(above, NULL, host_url(host, "/hop0"), NULL);
    ask(leaf);
    fetch_expect("endless", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH, NULL);
    fetch_expect("endless", DAOTP_REJECTED, DAOTP_FINDING_FETCH_LIMIT, NULL);
    assert_int_equal(asked_in_all("/hop", LONG), 8);
}

/* It names itself: once is enough. */
static void a_certificate_that_names_itself(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL), *self;

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    self = fetch_leaf(stranger, NULL, host_url(host, "/self.cer"), NULL);
    host_put_body(host, "/self.cer", self->der);
    ask(self);
    fetch_expect("itself", DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH, NULL);
    assert_int_equal(host_asked(host, "/self.cer"), 1);
}

/* Thousands of certificates for one that was missing: the budgets of a run hold for them too. */
static void a_heap_of_certificates(void **state)
{
    scene s = new_scene();
    const pki_cert *decoy = pki_ca("CN=Middle", pki_key(6), root);
    const pki_cert *const one[] = {decoy, NULL};
    daotp__bytes pem = pem_of(one, "");
    enum { MANY = 1200 }; /* a megabyte's worth is what this asker allows */
    uint8_t *heap = pki_get(pem.len * MANY);

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        memcpy(heap + i * pem.len, pem.data, pem.len);
    host_put_body(host, s.ca, (daotp__bytes){heap, pem.len * MANY});
    ask(s.leaf);
    assert_true(fetch_last.status == DAOTP_REJECTED || fetch_last.status == DAOTP_UNDECIDED);
    fetch_expect_within("heap", 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuer_and_both_lists),
        cmocka_unit_test(in_every_form),
        cmocka_unit_test(under_any_content_type),
        cmocka_unit_test(one_unreadable_beside_the_issuer),
        cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(what_comes_is_judged),
        cmocka_unit_test(what_is_no_certificate),
        cmocka_unit_test(one_place_for_issuer_and_list),
        cmocka_unit_test(a_stranger_s_leads_nowhere_special),
        cmocka_unit_test(lists_are_not_fetched_without_a_path),
        cmocka_unit_test(what_is_refused_anyway_is_not_fetched_for),
        cmocka_unit_test(what_is_revoked_needs_no_fetch),
        cmocka_unit_test(a_chain_without_an_end),
        cmocka_unit_test(a_certificate_that_names_itself),
        cmocka_unit_test(a_heap_of_certificates),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
