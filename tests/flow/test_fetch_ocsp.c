/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OCSP: against OpenSSL's responder, against one of our own that lies in every way, and answers
 * that are handed over as a TLS server staples them.
 */
#include "core/base64.h"
#include "fetch_ask.h"
#include "scratch.h"
#include "x509/ocsp.h"
#include "x509/pem.h"

#include <fcntl.h>
#include <net/if.h>
#include <openssl/ocsp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static fetch_host *host;
static const pki_cert *root, *leaf;

/* ---- our own responder ----------------------------------------------------------------------- */

/* What it says next. */
static ocsp_spec lie;
static daotp__bytes verbatim; /* instead */
static bool echoes;           /* the nonce that it was asked with */
static daotp__bytes last_nonce;
static unsigned questions;

static daotp__bytes nonce_of(daotp__bytes asked)
{
    const unsigned char *at = asked.data;
    OCSP_REQUEST *request = d2i_OCSP_REQUEST(NULL, &at, (long)asked.len);
    daotp__bytes nonce = PKI_NOTHING;
    const ASN1_OCTET_STRING *value;
    int found;

    if (request == NULL)
        return nonce;
    found = OCSP_REQUEST_get_ext_by_NID(request, NID_id_pkix_OCSP_Nonce, -1);
    if (found >= 0) {
        value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(request, found));
        nonce = pki_copy(ASN1_STRING_get0_data(value) + 2, (size_t)ASN1_STRING_length(value) - 2);
    }
    OCSP_REQUEST_free(request);
    return nonce;
}

/* In a thread of the host's, under its lock; nobody else writes DER then. */
static daotp__bytes answer(void *user, daotp__bytes asked)
{
    ocsp_spec spec = lie;
    daotp__bytes made;
    uint8_t *copy;

    (void)user;
    questions++;
    last_nonce = nonce_of(asked);
    if (echoes)
        spec.nonce = last_nonce;
    made = verbatim.len > 0 ? verbatim : ocsp_answer(&spec);
    copy = malloc(made.len + 1);
    memcpy(copy, made.data, made.len);
    return (daotp__bytes){copy, made.len};
}

static int begin_group(void **state)
{
    (void)state;
    return fetch_begin_scratch_group(&host);
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_scratch_group(host);
}

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = fetch_leaf(root, NULL, NULL, host_url(host, "/ocsp"));
    lie = ocsp_spec_of(leaf, root, FORGE_NOW);
    verbatim = PKI_NOTHING;
    echoes = true;
    host_put(host, "/ocsp", (host_page){.answer = answer});
    return 0;
}

static int end(void **state)
{
    (void)state;
    fetch_close();
    host_rest(host);
    pki_forget();
    return 0;
}

static fetch_ask question(void)
{
    return (fetch_ask){.anchor = root, .leaf = leaf, .timeout_ms = 3000};
}

static void expect_of(const char *what, const fetch_ask *ask, daotp_status status,
                      daotp_finding_number number)
{
    host_put(host, "/ocsp",
             (host_page){.answer = answer}); /* what was written above is seen there */
    (void)fetch_reopened(ask);
    (void)host_asked(host, "/ocsp"); /* and what it wrote, here */
    fetch_expect(what, status, number, NULL);
    fetch_expect_within(what, 1500);
    if (number == DAOTP_FINDING_OCSP_DER || number == DAOTP_FINDING_OCSP_STALE ||
        number == DAOTP_FINDING_OCSP_STATUS || number == DAOTP_FINDING_OCSP_TIMES) {
        const char *found = daotp_finding_get_found(fetch_find(number, NULL));

        if (strstr(found, "RFC") == NULL && strstr(found, "X.690") == NULL &&
            strstr(found, "thisUpdate 2") == NULL)
            fail_msg("%s: %s", what, found);
    }
}

/* Ask, and want this. */
static void expect(const char *what, daotp_status status, daotp_finding_number number)
{
    fetch_ask ask = question();

    expect_of(what, &ask, status, number);
}

/* ---- what is true ---------------------------------------------------------------------------- */

static void good_revoked_unknown(void **state)
{
    (void)state;
    expect("good", DAOTP_OK, 0);
    lie.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, 1);
    expect("revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    assert_non_null(strstr(fetch_report_text(), "keyCompromise"));
    lie.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, -1);
    expect("revoked, no reason", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    lie.status = OCSP_UNKNOWN;
    expect("unknown", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_UNKNOWN);
}

static void the_question_is_as_it_should_be(void **state)
{
    char head[2048];

    (void)state;
    questions = 0;
    expect("good", DAOTP_OK, 0);
    assert_int_equal(questions, 1);
    host_head(host, "/ocsp", head, sizeof head);
    assert_int_equal(strncmp(head, "POST /ocsp HTTP/1.1\r\n", 21), 0);
    assert_non_null(strcasestr(head, "\r\nContent-Type: application/ocsp-request"));
    assert_null(strcasestr(head, "Expect:"));
    assert_int_equal(last_nonce.len, DAOTP__OCSP_NONCE);
}

/* Each question has a nonce of its own. */
static void no_nonce_comes_twice(void **state)
{
    uint8_t seen[8][DAOTP__OCSP_NONCE];

    (void)state;
    for (size_t i = 0; i < COUNT(seen); i++) {
        expect("good", DAOTP_OK, 0);
        assert_int_equal(last_nonce.len, DAOTP__OCSP_NONCE);
        memcpy(seen[i], last_nonce.data, DAOTP__OCSP_NONCE);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(seen[i], seen[k], DAOTP__OCSP_NONCE);
    }
}

/* Each certificate of the chain is asked about, at one place. */
static void each_certificate_is_asked_about(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(1), root);
    fetch_ask ask = question();
    const pki_cert *middle;
    ocsp_spec other;

    (void)state;
    pki_put(spec.extensions, OCSP_OID_AIA, false,
            fetch_access(FETCH_AIA_OCSP, host_url(host, "/ocsp")));
    middle = pki_make(&spec);
    ask.leaf = leaf = fetch_leaf(middle, NULL, NULL, host_url(host, "/ocsp"));
    ask.between[0] = middle->der;
    /* one answer for both questions cannot be: the signers differ. So the middle's is stapled */
    other = ocsp_spec_of(middle, root, FORGE_NOW);
    ask.ocsp[0] = ocsp_answer(&other);
    lie = ocsp_spec_of(leaf, middle, FORGE_NOW);
    expect_of("both", &ask, DAOTP_OK, 0);
    other.status = ocsp_revoked(FORGE_NOW - 9, 1);
    ask.ocsp[0] = ocsp_answer(&other);
    expect_of("the middle is revoked", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    ask.ocsp[0] = PKI_NOTHING;
    questions = 0;
    expect_of("the middle's is not there", &ask, DAOTP_UNDECIDED, 0);
    assert_between(questions, 1, 2);
}

/* ---- nonces ---------------------------------------------------------------------------------- */

static void nonces(void **state)
{
    (void)state;
    echoes = false;
    expect("none: many responders have prepared answers", DAOTP_OK, 0);
    lie.nonce = PKI_BYTES("0123456789abcdef");
    expect("another", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_NONCE);
    lie.nonce = PKI_BYTES("0");
    expect("short", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_NONCE);
    lie.nonce = PKI_BYTES("0123456789abcdef0123456789abcdef");
    expect("long", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_NONCE);
}

/* Yesterday's answer, recorded with its nonce. */
static void a_replay(void **state)
{
    ocsp_spec recorded;

    (void)state;
    expect("recorded", DAOTP_OK, 0);
    recorded = lie;
    recorded.nonce = last_nonce;
    verbatim = ocsp_answer(&recorded);
    expect("replayed", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_NONCE);
}

/* ---- signers --------------------------------------------------------------------------------- */

static void wrong_signatures(void **state)
{
    (void)state;
    lie.by_name = true;
    expect("by name", DAOTP_OK, 0);
    lie.key = pki_key(5);
    expect("another key, by name", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
    lie.by_name = false;
    expect("another key", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
    lie.key = NULL;
    lie.md = EVP_sha1();
    expect("SHA-1", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
    lie.md = EVP_sha384();
    expect("SHA-384", DAOTP_OK, 0);
    lie.md = NULL;
    lie.signature = PKI_BYTES("\x30\x06\x02\x01\x00\x02\x01\x00"); /* r = s = 0 */
    expect("zeros", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
    lie.signature = PKI_BYTES("x");
    expect("rubbish", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
}

/* An answer by this certificate, which comes with it. */
static void say_by(const pki_cert *by)
{
    lie.by = by;
    lie.certificates = by->der;
}

static const pki_cert *delegate(bool nocheck)
{
    pki_spec spec = ocsp_delegate_spec(pki_key(4), root, nocheck);

    return pki_make(&spec);
}

static void a_delegate_that_need_not_be_asked_about(void **state)
{
    (void)state;
    say_by(delegate(true));
    expect("by key", DAOTP_OK, 0);
    lie.by_name = true;
    expect("by name", DAOTP_OK, 0);
    lie.status = ocsp_revoked(FORGE_NOW - 9, 1);
    expect("revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    lie.status = PKI_NOTHING;
    lie.certificates = PKI_NOTHING;
    expect("it did not come along", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER);
    lie.certificates = PKI_JOIN(root->der, leaf->der, lie.by->der);
    expect("among others", DAOTP_OK, 0);
    lie.key = pki_key(5);
    expect("another key", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
}

static void a_delegate_that_must_be_asked_about(void **state)
{
    const pki_cert *by = delegate(false);
    fetch_ask ask = question();

    (void)state;
    say_by(by);
    expect("nobody knows", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER_STATUS);
    lie.status = ocsp_revoked(FORGE_NOW - 9, 1); /* believed of it all the same */
    expect("nobody knows, revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    lie.certificates = PKI_JOIN(by->der, leaf->der);
    expect("nobody knows, and no delegate behind", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    lie.certificates = by->der;
    lie.status = PKI_NOTHING;
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    ask.leaf = leaf;
    /* a list of the root's answers for the leaf too: it says nothing of it */
    expect_of("a list knows", &ask, DAOTP_OK, 0);
    ask.crls[0] = pki_crl(root, 1, pki_revoke(by, 1));
    lie.status = ocsp_revoked(FORGE_NOW - 9, 1); /* would be believed if the delegate were */
    expect_of("it is revoked", &ask, DAOTP_OK, 0);
    fetch_expect_no("it is revoked", DAOTP_FINDING_REVOKED);
}

/* Its own list and responder are somewhere: what is kept of that must not outlive the delegate. To
 * be run under AddressSanitizer. */
static void a_delegate_with_places_of_its_own(void **state)
{
    pki_spec spec = ocsp_delegate_spec(pki_key(4), root, false);
    fetch_ask ask = question();
    const pki_cert *by;

    (void)state;
    host_put_body(host, "/delegate.crl", pki_crl(root, 1, PKI_NOTHING));
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, "/delegate.crl"), NULL}));
    pki_put(spec.extensions, OCSP_OID_AIA, false,
            fetch_access(FETCH_AIA_OCSP, host_url(host, "/delegate-ocsp")));
    by = pki_make(&spec);
    say_by(by);
    lie.certificates = PKI_JOIN(by->der, by->der, by->der);
    for (unsigned i = 0; i < 3; i++) {
        ask.stays = i == 2;
        (void)fetch_reopened(&ask);
        (void)host_asked(host, "/ocsp");
        /* its list may be fetched (good) or not (undecided) */
        assert_true(fetch_last.status == DAOTP_OK || fetch_last.status == DAOTP_UNDECIDED);
        fetch_expect_no("no place of its own is made up", DAOTP_FINDING_FETCH_URL);
        ask.ocsp[0] = ask.ocsp[1] = ocsp_answer(&lie);
    }
    ask.stays = false;
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    expect_of("its list is at hand", &ask, DAOTP_OK, 0);
}

/* What is wrong with a delegate; each answers what it did. */
typedef const char *spoil_fn(pki_spec *spec);

static const char *no_usage(pki_spec *spec)
{
    pki_drop(spec->extensions, PKI_OID_EKU);
    return "no extended key usage";
}

static const char *for_servers(pki_spec *spec)
{
    pki_put(spec->extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_SERVER)));
    return "for servers";
}

static const char *for_anything(pki_spec *spec)
{
    pki_put(spec->extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_ANY_EKU)));
    return "for anything";
}

static const char *expired(pki_spec *spec)
{
    spec->not_after = FORGE_NOW - 1;
    return "expired";
}

static const char *not_yet(pki_spec *spec)
{
    spec->not_before = FORGE_NOW + 1;
    return "not yet valid";
}

static const char *namesake_s(pki_spec *spec)
{
    *spec = ocsp_delegate_spec(pki_key(4), pki_ca("CN=Root", pki_key(6), NULL), true);
    return "a namesake's";
}

static const char *stranger_s(pki_spec *spec)
{
    *spec = ocsp_delegate_spec(pki_key(4), pki_ca("CN=Stranger", pki_key(7), NULL), true);
    return "a stranger's";
}

static const char *sibling_s(pki_spec *spec)
{
    *spec = ocsp_delegate_spec(pki_key(4), pki_ca("CN=Sibling", pki_key(8), root), true);
    return "of another CA of the same root";
}

static const char *signed_by_itself(pki_spec *spec)
{
    spec->signing_key = pki_key(4);
    return "signed by itself";
}

static const char *critical_unknown(pki_spec *spec)
{
    pki_put(spec->extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    return "critical, unknown";
}

static const char *with_sha1(pki_spec *spec)
{
    spec->md = EVP_sha1();
    return "signed with SHA-1";
}

static const char *under_the_ca_s_name(pki_spec *spec)
{
    *spec = ocsp_delegate_spec(pki_key(4), NULL, true);
    spec->subject = "CN=Root";
    return "self-issued under the CA's name";
}

static const char *for_encryption(pki_spec *spec)
{
    pki_put(spec->extensions, PKI_OID_KEY_USAGE, true, PKI_BYTES("\x03\x02\x05\x20"));
    return "key usage keyEncipherment alone";
}

static void delegates_that_are_none(void **state)
{
    static spoil_fn *const rows[] = {
        for_encryption,   no_usage,         for_servers,        for_anything, expired,
        not_yet,          namesake_s,       stranger_s,         sibling_s,    with_sha1,
        signed_by_itself, critical_unknown, under_the_ca_s_name};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        pki_spec spec = ocsp_delegate_spec(pki_key(4), root, true);
        const char *what = rows[i](&spec);

        say_by(pki_make(&spec));
        lie.certificates = PKI_JOIN(lie.by->der, root->der);
        expect(what, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER);
    }
}

/* A true delegate that nobody can answer for, and behind it a false one of the same name and size,
 * that need not be asked about: what was proven of the one, which is gone, is not the other's. */
static void a_false_delegate_in_a_true_one_s_place(void **state)
{
    pki_spec spec = ocsp_delegate_spec(pki_key(4), root, false), forged;
    const pki_cert *true_one, *false_one;

    (void)state;
    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, false, PKI_BYTES("\x05\x00"));
    forged = ocsp_delegate_spec(pki_key(5), root, true);
    forged.signing_key = pki_key(5);
    true_one = pki_make(&spec);
    false_one = pki_make(&forged);
    lie.by = false_one;
    lie.by_name = true;
    lie.certificates = PKI_JOIN(true_one->der, false_one->der, true_one->der, false_one->der);
    expect("a false one behind", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER);
    lie.certificates = false_one->der;
    expect("a false one alone", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER);
}

/* The certificate itself may not say that it is good. */
static void the_leaf_for_itself(void **state)
{
    (void)state;
    say_by(leaf);
    expect("itself", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNER);
}

/* ---- what is answered ------------------------------------------------------------------------ */

static void answers_about_others(void **state)
{
    const pki_cert *other = fetch_leaf(root, NULL, NULL, NULL),
                   *namesake = pki_ca("CN=Root", pki_key(6), NULL);
    ocsp_spec right = lie, revoked;

    (void)state;
    lie.about = other;
    expect("another serial", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    lie = right;
    lie.id = ocsp_id(leaf, namesake, EVP_sha1());
    expect("another issuer's key", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    lie = right;
    lie.id_md = EVP_sha256();
    expect("SHA-256 names it as well", DAOTP_OK, 0);
    revoked = right;
    revoked.about = other;
    revoked.status = ocsp_revoked(FORGE_NOW - 9, 1);
    lie = right;
    lie.singles = PKI_JOIN(ocsp_single(&revoked), ocsp_single(&right));
    expect("the other is revoked", DAOTP_OK, 0);
}

static void times(void **state)
{
    (void)state;
    lie.next_update = FORGE_NOW;
    expect("its last second", DAOTP_OK, 0);
    lie.next_update = FORGE_NOW - 1;
    expect("over", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
    lie.next_update = FORGE_NOW + PKI_DAY;
    lie.this_update = FORGE_NOW + 299;
    expect("a clock that is a little ahead", DAOTP_OK, 0);
    lie.this_update = FORGE_NOW + 301;
    expect("of the future", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
    lie.next_update = 0;
    lie.this_update = FORGE_NOW - 200;
    expect("no nextUpdate, just made", DAOTP_OK, 0);
    lie.this_update = FORGE_NOW - 301;
    expect("no nextUpdate, old", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
    lie.status = ocsp_revoked(FORGE_NOW - PKI_DAY, 1);
    lie.next_update = FORGE_NOW - 1;
    expect("revoked, and over", DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* thisUpdate, producedAt and nextUpdate belong in this row. */
static void times_that_contradict_each_other(void **state)
{
    static const int64_t ten_years = INT64_C(3653) * 86400;
    fetch_ask ask = question();

    (void)state;
    lie.produced_at = FORGE_NOW - ten_years;
    expect("made ten years ago", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_TIMES);
    lie.produced_at = FORGE_NOW + ten_years;
    expect("made in ten years", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_TIMES);
    lie.produced_at = FORGE_NOW + 301;
    expect("made later than now", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_TIMES);
    lie.produced_at = FORGE_NOW + 299;
    expect("made by a clock that is a little ahead", DAOTP_OK, 0);
    lie.produced_at = lie.this_update = FORGE_NOW + 200;
    lie.next_update = FORGE_NOW + 100;
    expect("over before it begins", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_TIMES);
    lie.produced_at = lie.this_update = FORGE_NOW - 100;
    lie.next_update = FORGE_NOW - 200;
    ask.stale_seconds = 1000;
    expect_of("the same, tolerated", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_TIMES);
}

/* Whatever else is wrong with an answer that is signed by one who may: "revoked" is believed, also
 * where revocation is only preferred. */
static void revoked_is_believed_all_the_same(void **state)
{
    const daotp__bytes critical =
        pki_extension_der(PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    ocsp_spec rows[6];

    (void)state;
    lie.status = ocsp_revoked(FORGE_NOW - PKI_DAY, 1);
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = lie;
    rows[0].next_update = FORGE_NOW - 1;
    rows[1].produced_at = FORGE_NOW - 4000 * PKI_DAY;
    rows[2].extensions = critical;
    rows[3].single_extensions = critical;
    rows[4].this_update = FORGE_NOW + FORGE_HOUR;
    rows[5].nonce = PKI_BYTES("0123456789abcdef");
    echoes = false;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fetch_ask ask = question();

        lie = rows[i];
        expect_of("demanded", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
        ask.revocation = DAOTP_REVOCATION_PREFER;
        ask.ocsp[0] = ocsp_answer(&rows[i]);
        expect_of("preferred", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    }
    lie = rows[4];
    lie.status = ocsp_revoked(FORGE_NOW + 9, 1);
    expect("not yet revoked", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
}

/* verify.h: "Take a CRL or an OCSP answer for so long after its nextUpdate, with a warning." */
static void tolerance_warns(void **state)
{
    fetch_ask ask = question();

    (void)state;
    lie.next_update = FORGE_NOW - 100;
    lie.this_update = FORGE_NOW - 200;
    ask.stale_seconds = 99;
    expect_of("not so long", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
    ask.stale_seconds = 100;
    expect_of("so long", &ask, DAOTP_OK, 0);
    if (fetch_find(DAOTP_FINDING_OCSP_STALE_TAKEN, NULL) == NULL)
        fail_msg("taken without a warning:\n%s", fetch_report_text());
}

static void errors(void **state)
{
    static const unsigned numbers[] = {1, 2, 3, 5, 6};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        verbatim = ocsp_error(numbers[i]);
        expect("error", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STATUS);
    }
    lie.extensions = pki_extension_der(PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    verbatim = PKI_NOTHING;
    expect("critical, unknown", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
}

static void what_is_no_answer(void **state)
{
    fetch_ask ask = question();
    uint8_t *big = pki_get(100000);

    (void)state;
    verbatim = PKI_BYTES("<html>");
    expect("HTML", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    verbatim = leaf->der;
    expect("a certificate", DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    verbatim = (daotp__bytes){big, 100000};
    expect("a hundred thousand octets", DAOTP_UNDECIDED, 0);
    if (fetch_find(DAOTP_FINDING_FETCH_TOO_LARGE, NULL) == NULL &&
        fetch_find(DAOTP_FINDING_FETCH_CONTENT, NULL) == NULL &&
        fetch_find(DAOTP_FINDING_OCSP_DER, NULL) == NULL)
        fail_msg("nothing is said of it:\n%s", fetch_report_text());
    host_put(host, "/ocsp", (host_page){.body = PKI_NOTHING});
    (void)fetch_reopened(&ask);
    fetch_expect("nothing", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_CONTENT, "/ocsp");
    host_put(host, "/ocsp", (host_page){.status = 500});
    (void)fetch_reopened(&ask);
    fetch_expect("500", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS, "/ocsp");
    host_put(host, "/ocsp",
             (host_page){.status = 307, .fields = "Location: /ocsp2\r\n", .answer = answer});
    host_put(host, "/ocsp2", (host_page){.answer = answer});
    (void)fetch_reopened(&ask);
    fetch_expect("a question is not sent on", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS, "/ocsp");
    assert_int_equal(host_asked(host, "/ocsp2"), 0);
    host_put(host, "/ocsp", (host_page){.manner = HOST_RESET});
    (void)fetch_reopened(&ask);
    fetch_expect("reset", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_FAILED, "/ocsp");
    host_put(host, "/ocsp", (host_page){.manner = HOST_SILENT});
    ask.timeout_ms = 300;
    (void)fetch_reopened(&ask);
    fetch_expect("silence", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TIMEOUT, "/ocsp");
}

/* An answer that does not count leaves the list that does. */
static void a_lie_does_not_hide_a_list(void **state)
{
    fetch_ask ask = question();

    (void)state;
    leaf = fetch_leaf(root, host_url(host, "/leaf.crl"), NULL, host_url(host, "/ocsp"));
    ask.leaf = leaf;
    lie = ocsp_spec_of(leaf, root, FORGE_NOW);
    lie.key = pki_key(5);
    lie.status = ocsp_revoked(FORGE_NOW - 9, 1);
    ask.ocsp[0] = ocsp_answer(&lie);
    host_put_body(host, "/leaf.crl", pki_crl(root, 1, PKI_NOTHING));
    expect_of("a list says good", &ask, DAOTP_OK, 0);
    lie.status = OCSP_GOOD;
    host_put_body(host, "/leaf.crl", pki_crl(root, 1, pki_revoke(leaf, 1)));
    expect_of("a list says revoked", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* ---- stapled --------------------------------------------------------------------------------- */

static void stapled(void **state)
{
    fetch_ask ask = question();
    daotp__bytes right;
    daotp__buffer text;

    (void)state;
    leaf = fetch_leaf(root, NULL, NULL, NULL); /* nothing to be fetched */
    ask.leaf = leaf;
    lie = ocsp_spec_of(leaf, root, FORGE_NOW);
    ask.ocsp[0] = right = ocsp_answer(&lie);
    expect_of("good", &ask, DAOTP_OK, 0);
    ask.stays = true;
    expect_of("good, and nothing is fetched", &ask, DAOTP_OK, 0);
    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    daotp__pem_write(&text, "OCSP RESPONSE", ask.ocsp[0]);
    ask.ocsp[0] = daotp__buffer_bytes(&text);
    expect_of("good, in PEM", &ask, DAOTP_OK, 0);
    daotp__pem_write(&text, "OCSP RESPONSE", right);
    ask.ocsp[0] = daotp__buffer_bytes(&text);
    expect_of("two in PEM", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    daotp__buffer_clear(&text);
    daotp__base64_write(&text, right.data, right.len);
    ask.ocsp[0] = daotp__buffer_bytes(&text);
    expect_of("good, in base64", &ask, DAOTP_OK, 0);
    daotp__buffer_free(&text);
    lie.nonce = PKI_BYTES("somebody else's"); /* who asked is not known */
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("a nonce of another's", &ask, DAOTP_OK, 0);
    lie.status = ocsp_revoked(FORGE_NOW - 9, 1);
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("revoked", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    lie.status = OCSP_UNKNOWN;
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("unknown", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_UNKNOWN);
    lie.status = OCSP_GOOD;
    lie.key = pki_key(5);
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("forged", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_SIGNATURE);
    lie.key = NULL;
    lie.next_update = FORGE_NOW - 1;
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("over", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STALE);
    ask.ocsp[0] = PKI_BYTES("rubbish");
    expect_of("rubbish", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_DER);
    ask.ocsp[0] = ocsp_error(6);
    expect_of("an error", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_STATUS);
}

/* One that is no use does not stand in the way of one that is. */
static void one_of_several(void **state)
{
    fetch_ask ask = question();
    ocsp_spec about_other = ocsp_spec_of(root, root, FORGE_NOW);

    (void)state;
    ask.stays = true;
    ask.ocsp[0] = PKI_BYTES("rubbish");
    ask.ocsp[1] = ocsp_error(6);
    ask.ocsp[2] = ocsp_answer(&about_other);
    lie.next_update = FORGE_NOW - 1;
    ask.ocsp[3] = ocsp_answer(&lie);
    lie.next_update = FORGE_NOW + 1;
    ask.ocsp[4] = ocsp_answer(&lie);
    expect_of("the fifth", &ask, DAOTP_OK, 0);
    ask.revocation = DAOTP_REVOCATION_IGNORE;
    expect_of("ignored", &ask, DAOTP_OK, 0);
}

/* Who is revoked can staple an answer of last week's that is still in its time. What is at hand and
 * newer outranks it, in whatever order it was given. */
static void an_older_answer_hides_nothing_newer(void **state)
{
    fetch_ask ask = question();
    daotp__bytes older, newer;
    ocsp_spec spec = lie;

    (void)state;
    ask.stays = true;
    spec.this_update = FORGE_NOW - PKI_DAY;
    older = ocsp_answer(&spec);
    spec.this_update = FORGE_NOW - 60;
    spec.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, 1);
    newer = ocsp_answer(&spec);
    ask.ocsp[0] = newer;
    ask.ocsp[1] = older;
    expect_of("newer first", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    ask.ocsp[0] = older;
    ask.ocsp[1] = newer;
    expect_of("older first", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    ask.ocsp[1] = PKI_NOTHING;
    ask.crls[0] = pki_crl(root, 1, pki_revoke(leaf, 1)); /* an hour old */
    expect_of("and a list", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* The other way round: what was on hold and was released since. */
static void a_newer_answer_goes_before_an_older_list(void **state)
{
    fetch_ask ask = question();

    (void)state;
    ask.stays = true;
    ask.crls[0] = pki_crl(root, 1, pki_revoke(leaf, 6)); /* an hour old */
    ask.ocsp[0] = ocsp_answer(&lie);                     /* a minute */
    expect_of("released", &ask, DAOTP_OK, 0);
}

/* An answer from before says nothing of a hold that came after it. */
static void an_older_answer_ends_no_hold(void **state)
{
    fetch_ask ask = question();
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    (void)state;
    ask.stays = true;
    spec.this_update = lie.this_update + 1;
    spec.entries = pki_revoke(leaf, 6);
    ask.crls[0] = pki_make_crl(&spec);
    ask.ocsp[0] = ocsp_answer(&lie);
    expect_of("held since", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    spec.this_update = lie.this_update;
    ask.crls[0] = pki_make_crl(&spec);
    expect_of("in the same second", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* Of two that are alike in age, the one that revokes, in either order. */
static void of_two_alike_the_one_that_revokes(void **state)
{
    fetch_ask ask = question();
    ocsp_spec held = lie;

    (void)state;
    ask.stays = true;
    held.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, 6);
    ask.ocsp[0] = ocsp_answer(&lie);
    ask.ocsp[1] = ocsp_answer(&held);
    expect_of("good first", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    ask.ocsp[0] = ask.ocsp[1];
    ask.ocsp[1] = ocsp_answer(&lie);
    expect_of("good last", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* A hold, its release and an "unknown" after that, from three responses: not good, and not on hold
 * any more, in whatever order they were given. */
static void unknown_after_a_release_in_every_order(void **state)
{
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    fetch_ask ask = question();
    daotp__bytes answers[3];
    ocsp_spec one = lie;

    (void)state;
    ask.stays = true;
    one.this_update = FORGE_NOW - FORGE_HOUR;
    one.status = ocsp_revoked(FORGE_NOW - 2 * FORGE_HOUR, 6);
    answers[0] = ocsp_answer(&one);
    one.this_update = FORGE_NOW - 600;
    one.status = OCSP_GOOD;
    answers[1] = ocsp_answer(&one);
    one.this_update = FORGE_NOW - 60;
    one.status = OCSP_UNKNOWN;
    answers[2] = ocsp_answer(&one);
    for (size_t i = 0; i < COUNT(orders); i++) {
        for (size_t k = 0; k < 3; k++)
            ask.ocsp[k] = answers[orders[i][k]];
        expect_of("unknown at last", &ask, DAOTP_UNDECIDED, DAOTP_FINDING_OCSP_UNKNOWN);
    }
}

/* Only a hold ends: what was revoked for good stays so, whoever says something newer. */
static void only_a_hold_ends(void **state)
{
    static const struct {
        int reason;
        daotp_status status;
    } rows[] = {{6, DAOTP_OK}, {1, DAOTP_REJECTED}, {0, DAOTP_REJECTED}, {-1, DAOTP_REJECTED}};
    daotp__bytes newer = ocsp_answer(&lie); /* good, a minute old */

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fetch_ask ask = question();
        ocsp_spec spec = lie;

        ask.stays = true;
        spec.this_update = FORGE_NOW - FORGE_HOUR;
        spec.status = ocsp_revoked(FORGE_NOW - 2 * FORGE_HOUR, rows[i].reason);
        ask.ocsp[0] = newer;
        ask.ocsp[1] = ocsp_answer(&spec);
        expect_of("an answer, last", &ask, rows[i].status, 0);
        ask.ocsp[0] = ask.ocsp[1];
        ask.ocsp[1] = newer;
        expect_of("an answer, first", &ask, rows[i].status, 0);
        ask.ocsp[0] = newer;
        ask.ocsp[1] = PKI_NOTHING;
        ask.crls[0] = pki_crl(
            root, 1,
            pki_revoke(leaf, rows[i].reason < 0 ? PKI_NO_REASON : (unsigned)rows[i].reason));
        expect_of("a list", &ask, rows[i].status, 0);
    }
}

static void how_many_and_how_long(void **state)
{
    fetch_ask ask = question();
    uint8_t *big = pki_get(70000);
    daotp__bytes der = ocsp_answer(&lie);
    daotp_verifier *verifier;

    (void)state;
    ask.stays = true;
    (void)fetch_reopened(&ask);
    verifier = fetch_last.verifier;
    assert_int_equal(daotp_verifier_add_ocsp(verifier, big, 65537), DAOTP_PEER);
    assert_int_equal(daotp_verifier_add_ocsp(NULL, der.data, der.len), DAOTP_USAGE);
    for (unsigned i = 0; i < 15; i++)
        assert_int_equal(daotp_verifier_add_ocsp(verifier, "rubbish", 7), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_ocsp(verifier, der.data, der.len), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_ocsp(verifier, der.data, der.len), DAOTP_USAGE);
    (void)fetch_verify(verifier, leaf);
    fetch_expect("the sixteenth", DAOTP_OK, 0, NULL);
    assert_int_equal(daotp_verifier_add_ocsp(verifier, NULL, 0), DAOTP_OK);
    (void)fetch_verify(verifier, leaf);
    fetch_expect("forgotten", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, NULL);
    fetch_expect_no("forgotten", DAOTP_FINDING_OCSP_DER);
}

/* Sixteen answers with eight delegates each, every one of which must be asked about by the others:
 * what a peer staples costs no more than the budget of a run. */
static void staples_are_bounded(void **state)
{
    const pki_cert *by = delegate(false);
    fetch_ask ask = question();
    ocsp_spec spec = lie, about_by;

    (void)state;
    ask.stays = true;
    spec.by = by;
    about_by = spec;
    about_by.about = by;
    spec.certificates =
        PKI_JOIN(by->der, by->der, by->der, by->der, by->der, by->der, by->der, by->der);
    spec.singles = PKI_JOIN(ocsp_single(&spec), ocsp_single(&about_by));
    for (unsigned i = 0; i < 16; i++)
        ask.ocsp[i] = ocsp_answer(&spec);
    expect_of("in a circle", &ask, DAOTP_UNDECIDED, 0);
    fetch_expect_within("in a circle", 250);
}

/* ---- OpenSSL's responder --------------------------------------------------------------------- */

static int64_t now;

static void save(const char *name, const char *text, daotp__bytes bytes)
{
    char path[100];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", scratch_path, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    if (text != NULL)
        assert_true(fputs(text, file) >= 0);
    else
        assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

static void save_pem(const char *name, const pki_cert *cert)
{
    const unsigned char *at = cert->der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)cert->der.len);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    long len;

    assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
    assert_int_equal(PEM_write_bio_PrivateKey(bio, cert->key, NULL, NULL, 0, NULL, NULL), 1);
    len = BIO_get_mem_data(bio, &text);
    save(name, NULL, pki_copy(text, (size_t)len));
    BIO_free(bio);
    X509_free(x509);
}

static void set_times(pki_spec *spec)
{
    spec->not_before = now - PKI_DAY;
    spec->not_after = now + 30 * PKI_DAY;
}

#define DELEGATES "http://127.0.0.1:1/delegates.crl" /* nobody listens there */

/* A responder that runs; -1: it could not be had. */
typedef struct responder {
    pid_t pid;
    unsigned port;
} responder;

static responder start(const char *const *more)
{
    const char *args[40] = {"openssl",   "ocsp", "-port",    "0",          "-index",
                            "index.txt", "-CA",  "root.pem", "-ignore_err"};
    posix_spawn_file_actions_t actions;
    responder made = {-1, 0};
    char line[200] = "", *colon;
    int pipes[2], n = 9;
    FILE *out;

    while (*more != NULL)
        args[n++] = *more++;
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, pipes[1], 1), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0), 0);
    assert_int_equal(posix_spawn_file_actions_addchdir_np(&actions, scratch_path), 0);
    if (posix_spawnp(&made.pid, "openssl", &actions, NULL, (char **)(uintptr_t)args, environ) != 0)
        made.pid = -1;
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(pipes[1]);
    out = fdopen(pipes[0], "r");
    if (fgets(line, sizeof line, out) != NULL && strncmp(line, "ACCEPT ", 7) == 0 &&
        (colon = strrchr(line, ':')) != NULL)
        made.port = (unsigned)strtoul(colon + 1, NULL, 10);
    (void)fclose(out);
    return made;
}

static void responder_stop(responder *one)
{
    int status;

    if (one->pid > 0) {
        (void)kill(one->pid, SIGKILL);
        (void)waitpid(one->pid, &status, 0);
    }
    one->pid = -1;
}

/* How it is run, and what it says of a certificate that is good. */
typedef struct responder_row {
    const char *what, *options[8];
    daotp_finding_number number; /* 0: it is believed */
    int64_t later;               /* asked so many seconds after */
    bool list;                   /* the list of delegates is at hand */
} responder_row;

static const responder_row responders[] = {
    {"the issuer", {"-rsigner", "root.pem", "-nmin", "5"}, 0, 0, false},
    {"by key", {"-rsigner", "root.pem", "-nmin", "5", "-resp_key_id"}, 0, 0, false},
    {"no nextUpdate", {"-rsigner", "root.pem"}, 0, 0, false},
    {"no nextUpdate, later", {"-rsigner", "root.pem"}, DAOTP_FINDING_OCSP_STALE, 600, false},
    {"SHA-512", {"-rsigner", "root.pem", "-ndays", "1", "-rmd", "sha512"}, 0, 0, false},
    {"SHA-1",
     {"-rsigner", "root.pem", "-ndays", "1", "-rmd", "sha1"},
     DAOTP_FINDING_OCSP_SIGNATURE,
     0,
     false},
    {"expired", {"-rsigner", "root.pem", "-nmin", "1"}, DAOTP_FINDING_OCSP_STALE, 120, false},
    {"nocheck", {"-rsigner", "nocheck.pem", "-nmin", "5"}, 0, 0, false},
    {"nocheck, by key", {"-rsigner", "nocheck.pem", "-nmin", "5", "-resp_key_id"}, 0, 0, false},
    {"nocheck, left out",
     {"-rsigner", "nocheck.pem", "-nmin", "5", "-resp_no_certs"},
     DAOTP_FINDING_OCSP_SIGNER,
     0,
     false},
    {"to be checked",
     {"-rsigner", "check.pem", "-nmin", "5"},
     DAOTP_FINDING_OCSP_SIGNER_STATUS,
     0,
     false},
    {"to be checked, and a list is there", {"-rsigner", "check.pem", "-nmin", "5"}, 0, 0, true},
    {"no delegate", {"-rsigner", "other.pem", "-nmin", "5"}, DAOTP_FINDING_OCSP_SIGNER, 0, false}};

static void save_delegate(const char *name, unsigned key, bool nocheck, bool signs)
{
    pki_spec spec = ocsp_delegate_spec(pki_key(key), root, nocheck);

    set_times(&spec);
    if (!nocheck)
        pki_put(spec.extensions, PKI_OID_POINTS, false,
                fetch_points((const char *const[]){DELEGATES, NULL}));
    if (!signs)
        pki_drop(spec.extensions, PKI_OID_EKU);
    save_pem(name, pki_make(&spec));
}

/* Serial numbers 1 and 2 of its index; 3 is not in it. */
static void save_all(void)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);

    now = time(NULL);
    set_times(&spec);
    root = pki_make(&spec);
    save_pem("root.pem", root);
    save_delegate("nocheck.pem", 4, true, true);
    save_delegate("check.pem", 5, false, true);
    save_delegate("other.pem", 6, true, false);
    save("index.txt.attr", "", PKI_NOTHING);
    save("index.txt",
         "V\t391231235959Z\t\t01\tunknown\t/CN=good\n"
         "R\t391231235959Z\t251231235959Z,keyCompromise\t02\tunknown\t/CN=revoked\n",
         PKI_NOTHING);
}

/* Of delegates, and of nobody else. */
static daotp__bytes list_of_delegates(void)
{
    pki_crl_spec crl = pki_crl_spec_of(root, 1);

    crl.this_update = now - 100;
    crl.next_update = now + PKI_DAY;
    pki_put(crl.extensions, PKI_OID_SCOPE, true,
            PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, fetch_uri(DELEGATES)))));
    return pki_make_crl(&crl);
}

static const pki_cert *leaf_of(unsigned serial, unsigned port)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    set_times(&spec);
    spec.serial = pki_number(serial);
    pki_put(spec.extensions, OCSP_OID_AIA, false, fetch_access(FETCH_AIA_OCSP, url));
    return pki_make(&spec);
}

/* false: something else came. */
static bool is_answered(const responder_row *row, unsigned serial, unsigned port)
{
    static const daotp_status statuses[] = {DAOTP_OK, DAOTP_REJECTED, DAOTP_UNDECIDED};
    static const daotp_finding_number numbers[] = {0, DAOTP_FINDING_REVOKED,
                                                   DAOTP_FINDING_OCSP_UNKNOWN};
    /* "revoked" is believed of an answer that is over too, and of a signer of unknown status */
    bool is_believed_of_revoked =
        row->number == DAOTP_FINDING_OCSP_STALE || row->number == DAOTP_FINDING_OCSP_SIGNER_STATUS;
    bool believed = row->number == 0 || (serial == 2 && is_believed_of_revoked);
    daotp_status status = believed ? statuses[serial - 1] : DAOTP_UNDECIDED;
    daotp_finding_number number = believed ? numbers[serial - 1] : row->number;
    fetch_ask ask = {.anchor = root, .leaf = leaf_of(serial, port), .at = now + row->later};

    if (row->list)
        ask.crls[0] = list_of_delegates();
    (void)fetch_reopened(&ask);
    return fetch_last.status == status && (number == 0 || fetch_find(number, NULL) != NULL);
}

static void openssl_s_responder(void **state)
{
    (void)state;
    save_all();
    for (size_t i = 0; i < COUNT(responders); i++) {
        responder one = start(responders[i].options);
        bool listens = one.port != 0, right = true;
        unsigned serial;

        for (serial = 1; listens && right && serial <= 3; serial++)
            right = is_answered(&responders[i], serial, one.port);
        responder_stop(&one);
        if (!listens)
            skip(); /* there is no openssl(1) */
        if (!right)
            fail_msg("%s: serial number %u:\n%s", responders[i].what, serial - 1,
                     fetch_report_text());
    }
}

/* OpenSSL's responder listens on all addresses; in a network of our own there is but the loopback.
 * Where that cannot be had, it does so for a few seconds. */
static void be_alone(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd;

    if (unshare(CLONE_NEWNET) != 0)
        return;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)ioctl(fd, SIOCSIFFLAGS, &request);
        (void)close(fd);
    }
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(good_revoked_unknown),
        ROW(the_question_is_as_it_should_be),
        ROW(no_nonce_comes_twice),
        ROW(each_certificate_is_asked_about),
        ROW(nonces),
        ROW(a_replay),
        ROW(wrong_signatures),
        ROW(a_delegate_that_need_not_be_asked_about),
        ROW(a_delegate_that_must_be_asked_about),
        ROW(a_delegate_with_places_of_its_own),
        ROW(delegates_that_are_none),
        ROW(a_false_delegate_in_a_true_one_s_place),
        ROW(the_leaf_for_itself),
        ROW(answers_about_others),
        ROW(times),
        ROW(times_that_contradict_each_other),
        ROW(revoked_is_believed_all_the_same),
        ROW(tolerance_warns),
        ROW(errors),
        ROW(what_is_no_answer),
        ROW(a_lie_does_not_hide_a_list),
        ROW(stapled),
        ROW(one_of_several),
        ROW(an_older_answer_hides_nothing_newer),
        ROW(a_newer_answer_goes_before_an_older_list),
        ROW(an_older_answer_ends_no_hold),
        ROW(of_two_alike_the_one_that_revokes),
        ROW(unknown_after_a_release_in_every_order),
        ROW(only_a_hold_ends),
        ROW(how_many_and_how_long),
        ROW(staples_are_bounded),
        ROW(openssl_s_responder),
    };

    be_alone();
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
