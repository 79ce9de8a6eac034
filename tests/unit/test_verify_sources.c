/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where trust comes from: DER, PEM, PKCS#7, files, folders, the system's store. What was read is
 * what a certificate is judged by; what was not read is not there.
 */
#include "pki_ask.h"
#include "scratch.h"

#include "core/limits.h"
#include "validate/fetcher.h"
#include "x509/trust.h"

#include <sys/stat.h>

static const pki_cert *roots[3];
static daotp_context *context;
static daotp_trust *trust;
static test_report findings;

static int begin(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "CN=Root %u", i);
        roots[i] = pki_ca(name, pki_key(i), NULL);
    }
    context = forge_context();
    findings = test_report_new();
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    daotp_trust_unref(trust);
    test_report_free(&findings);
    daotp_context_unref(context);
    pki_forget();
    return 0;
}

static int begin_group(void **state)
{
    (void)state;
    return scratch_begin();
}

static int end_group(void **state)
{
    (void)state;
    pki_forget_keys();
    return scratch_end();
}

/* ---- forms ----------------------------------------------------------------------------------- */

static X509 *x509_of(const pki_cert *cert)
{
    const unsigned char *at = cert->der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)cert->der.len);

    assert_non_null(x509);
    return x509;
}

static daotp__bytes pem(const char *label, daotp__bytes der)
{
    BIO *bio = BIO_new(BIO_s_mem());
    daotp__bytes out;
    char *data;
    long len;

    assert_true(PEM_write_bio(bio, label, "", der.data, (long)der.len) > 0);
    len = BIO_get_mem_data(bio, &data);
    out = pki_copy(data, (size_t)len);
    BIO_free(bio);
    return out;
}

/* Roots from 0 to count, as `openssl crl2pkcs7 -nocrl` bundles them. */
static daotp__bytes bundle(unsigned count)
{
    X509 *all[4] = {NULL};
    daotp__buffer der;
    daotp__bytes out;

    for (unsigned i = 0; i < count; i++)
        all[i] = x509_of(roots[i]);
    der = forge_pkcs7(all);
    out = pki_copy(der.data, der.len);
    daotp__buffer_free(&der);
    for (unsigned i = 0; i < count; i++)
        X509_free(all[i]);
    return out;
}

/* ---- what is believed then ------------------------------------------------------------------- */

static daotp_status judge(const pki_cert *leaf)
{
    daotp_verifier *verifier;
    daotp_status status;

    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE), DAOTP_OK);
    status = daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);
    daotp_verifier_free(verifier);
    return status;
}

/* Those whose bit is set are anchors, and the others are not. */
static void expect_anchors(unsigned which)
{
    unsigned count = 0;

    for (unsigned i = 0; i < 3; i++) {
        bool wanted = (which >> i & 1) != 0;

        count += wanted;
        if ((judge(pki_leaf(pki_key(9), roots[i])) == DAOTP_OK) != wanted)
            fail_msg("root %u is %s", i, wanted ? "not believed" : "believed");
    }
    assert_int_equal(daotp_trust_get_count(trust), count);
}

static daotp_status add(daotp__bytes in)
{
    return daotp_trust_add(trust, in.data, in.len, findings.report);
}

static void der_is_one(void **state)
{
    (void)state;
    assert_int_equal(add(roots[1]->der), DAOTP_OK);
    expect_anchors(2);
}

static void pem_is_any_number(void **state)
{
    (void)state;
    assert_int_equal(
        add(PKI_JOIN(PKI_BYTES("# two of them\n"), pem("CERTIFICATE", roots[0]->der),
                     PKI_BYTES("\nand a key, which is none:\n"),
                     pem("PUBLIC KEY", pki_spki(pki_key(0))), pem("CERTIFICATE", roots[2]->der))),
        DAOTP_OK);
    expect_anchors(5);
}

static void pkcs7_in_der(void **state)
{
    (void)state;
    assert_int_equal(add(bundle(2)), DAOTP_OK);
    expect_anchors(3);
}

static void pkcs7_in_pem(void **state)
{
    (void)state;
    assert_int_equal(add(PKI_JOIN(pem("PKCS7", bundle(1)), pem("CERTIFICATE", roots[2]->der))),
                     DAOTP_OK);
    expect_anchors(5);
}

/* All of it, or none: also where it is the last that cannot be read. */
static void what_is_broken_adds_nothing(void **state)
{
    daotp__bytes half = {roots[1]->der.data, roots[1]->der.len - 1}, cut = bundle(2);

    (void)state;
    assert_int_equal(add(PKI_JOIN(pem("CERTIFICATE", roots[0]->der), pem("CERTIFICATE", half))),
                     DAOTP_PEER);
    assert_true(test_report_has(&findings, DAOTP_FINDING_CERT_DER));
    cut.len--;
    assert_int_equal(add(cut), DAOTP_PEER);
    assert_int_not_equal(add(bundle(0)), DAOTP_OK);
    assert_int_equal(add(pem("X509 CRL", pki_crl(roots[0], 1, PKI_NOTHING))), DAOTP_CONFIGURATION);
    assert_true(test_report_has(&findings, DAOTP_FINDING_TRUST_EMPTY));
    assert_int_equal(add(pki_crl(roots[0], 1, PKI_NOTHING)), DAOTP_PEER);
    assert_int_equal(add(PKI_BYTES("")), DAOTP_PEER);
    expect_anchors(0);
}

/* 4,096 at the most; one more adds nothing. */
static void anchors_are_counted(void **state)
{
    daotp__bytes one = pem("CERTIFICATE", roots[0]->der);
    uint8_t *many = pki_get(one.len * 4096);

    (void)state;
    for (size_t i = 0; i < 4096; i++)
        memcpy(many + i * one.len, one.data, one.len);
    assert_int_equal(DAOTP__MAX_ANCHORS, 4096);
    assert_int_equal(add((daotp__bytes){many, one.len * 4095}), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 4095);
    assert_int_equal(add(bundle(2)), DAOTP_PEER);
    assert_true(test_report_has(&findings, DAOTP_FINDING_LIMIT_SIZE));
    assert_int_equal(daotp_trust_get_count(trust), 4095);
    assert_int_equal(add(roots[1]->der), DAOTP_OK);
    assert_int_equal(add(roots[2]->der), DAOTP_PEER);
    assert_int_equal(judge(pki_leaf(pki_key(9), roots[1])), DAOTP_OK);
    assert_int_equal(judge(pki_leaf(pki_key(9), roots[2])), DAOTP_REJECTED);
}

/* ---- files and folders ----------------------------------------------------------------------- */

static char folder[64];

static const char *path_of(const char *name)
{
    static char path[160];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, daotp__bytes bytes)
{
    FILE *file = fopen(path_of(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    (void)fclose(file);
}

static void files_of_any_form(void **state)
{
    (void)state;
    scratch_folder(folder, sizeof folder);
    write_file("der", roots[0]->der);
    write_file("p7b", bundle(2));
    assert_int_equal(daotp_trust_add_file(trust, path_of("der"), NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 1);
    assert_int_equal(daotp_trust_add_file(trust, path_of("p7b"), NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 3);
    assert_int_equal(daotp_trust_add_file(trust, folder, findings.report), DAOTP_CONFIGURATION);
    assert_true(test_report_has(&findings, DAOTP_FINDING_FILE_READ));
}

/* What is no certificate is passed over; what is no file is not opened, or a pipe would hold us up;
 * what is hidden, or in a folder below, was not meant. */
static void folders_hold_all_sorts(void **state)
{
    (void)state;
    scratch_folder(folder, sizeof folder);
    write_file("a.pem", pem("CERTIFICATE", roots[0]->der));
    write_file("b.der", roots[1]->der);
    write_file("README", PKI_BYTES("no certificate"));
    write_file("empty", PKI_BYTES(""));
    write_file("broken.pem", PKI_BYTES("-----BEGIN CERTIFICATE-----\nAAAA"));
    write_file(".hidden", roots[2]->der);
    assert_int_equal(mkdir(path_of("below"), 0700), 0);
    write_file("below/c.der", roots[2]->der);
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(symlink("nowhere", path_of("link")), 0);
    assert_int_equal(daotp_trust_add_directory(trust, folder, findings.report), DAOTP_OK);
    expect_anchors(3);
    assert_true(test_report_has(&findings, DAOTP_FINDING_TRUST_FILE)); /* broken.pem */
}

static const daotp_finding *finding_about(const char *path)
{
    for (size_t i = 0; i < daotp_report_get_count(findings.report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(findings.report, i);

        if (strcmp(daotp_finding_get_subject(finding), path) == 0)
            return finding;
    }
    return NULL;
}

/* A bad file is said with its name and the place in it; it takes nothing from the others. */
static void bad_files_of_a_folder_are_named(void **state)
{
    static const struct {
        const char *name, *found; /* NULL: nothing is said */
    } rows[] = {{"good.pem", NULL},   {"second-bad.pem", "block 2"},
                {"cut.der", "octet"}, {"list.crl", NULL},
                {"key.key", NULL},    {"notes.txt", NULL},
                {"a.crt", "octet"},   {"unreadable", "ermission"}};
    daotp__bytes good = pem("CERTIFICATE", roots[0]->der);
    X509_STORE *store;

    (void)state;
    scratch_folder(folder, sizeof folder);
    write_file("good.pem", good);
    write_file("second-bad.pem",
               PKI_JOIN(good, pem("CERTIFICATE", PKI_BYTES("\x30\x03\x02\x01\x05"))));
    write_file("cut.der", (daotp__bytes){roots[1]->der.data, roots[1]->der.len - 9});
    write_file("list.crl", pem("X509 CRL", PKI_BYTES("\x30\x00")));
    write_file("key.key", pem("PRIVATE KEY", PKI_BYTES("\x30\x00")));
    write_file("notes.txt", PKI_BYTES("whatever"));
    write_file("a.crt", PKI_BYTES("\x30\x80"));
    write_file("unreadable", good);
    assert_int_equal(chmod(path_of("unreadable"), 0), 0);
    assert_int_equal(daotp_trust_add_directory(trust, folder, findings.report), DAOTP_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const daotp_finding *finding = finding_about(path_of(rows[i].name));

        if (strcmp(rows[i].name, "unreadable") == 0 && access(path_of("unreadable"), R_OK) == 0)
            continue; /* root reads everything */
        if (rows[i].found == NULL && finding != NULL)
            fail_msg("%s: %s", rows[i].name, daotp_finding_get_found(finding));
        if (rows[i].found == NULL)
            continue;
        if (finding == NULL || strstr(daotp_finding_get_found(finding), rows[i].found) == NULL)
            fail_msg("%s: %s", rows[i].name, daotp_report_get_text(findings.report));
        assert_int_equal(daotp_finding_get_number(finding), DAOTP_FINDING_TRUST_FILE);
    }
    store = daotp__trust_x509_store(trust);
    assert_non_null(store);
    X509_STORE_free(store);
}

static void folders_with_nothing(void **state)
{
    (void)state;
    scratch_folder(folder, sizeof folder);
    assert_int_equal(daotp_trust_add_directory(trust, folder, findings.report),
                     DAOTP_CONFIGURATION);
    assert_true(test_report_has(&findings, DAOTP_FINDING_TRUST_EMPTY));
    write_file("README", PKI_BYTES("no certificate"));
    assert_int_equal(daotp_trust_add_directory(trust, folder, findings.report),
                     DAOTP_CONFIGURATION);
    assert_int_equal(daotp_trust_add_directory(trust, path_of("README"), findings.report),
                     DAOTP_CONFIGURATION);
    assert_true(test_report_has(&findings, DAOTP_FINDING_FILE_READ));
    assert_int_equal(daotp_trust_add_directory(trust, "/nonexistent", findings.report),
                     DAOTP_CONFIGURATION);
    expect_anchors(0);
}

/* As many as OpenSSL reads from the file that Debian keeps; on another system, or none at all: it
 * is said. */
static void the_system_s_store(void **state)
{
    FILE *file = fopen("/etc/ssl/certs/ca-certificates.crt", "r");
    X509 *one = NULL;
    size_t count = 0;
    daotp_status status = daotp_trust_add_system(trust, findings.report);

    (void)state;
    if (file == NULL) {
        assert_int_equal(status == DAOTP_CONFIGURATION,
                         test_report_has(&findings, DAOTP_FINDING_FILE_READ));
        return;
    }
    while ((one = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
        X509_free(one);
        count++;
    }
    (void)fclose(file);
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), count);
    assert_int_equal(judge(pki_leaf(pki_key(9), roots[0])), DAOTP_REJECTED);
}

/* ---- what helps ------------------------------------------------------------------------------ */

/* Intermediates help to a path, and end none. */
static void intermediates_are_not_believed(void **state)
{
    const pki_cert *ca = pki_ca("CN=Between", pki_key(4), roots[0]);
    daotp__bytes both = PKI_JOIN(pem("CERTIFICATE", ca->der), pem("PKCS7", bundle(3)));

    (void)state;
    assert_int_equal(daotp_trust_add_intermediates(trust, both.data, both.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 0);
    assert_int_equal(add(roots[1]->der), DAOTP_OK);
    assert_int_equal(judge(pki_leaf(pki_key(9), ca)), DAOTP_REJECTED);
    assert_int_equal(judge(pki_leaf(pki_key(9), roots[2])), DAOTP_REJECTED);
    assert_int_equal(judge(pki_leaf(pki_key(9), roots[1])), DAOTP_OK);
}

/* Of several CRLs in PEM all count; of a text with a broken one, none. */
static void lists_in_pem(void **state)
{
    const pki_cert *leaf = pki_leaf(pki_key(9), roots[0]);
    daotp__bytes good = pem("X509 CRL", pki_crl(roots[0], 1, PKI_NOTHING)),
                 revoking = pem("X509 CRL", pki_crl(roots[0], 2, pki_revoke(leaf, 1))),
                 both = PKI_JOIN(good, revoking), cut = {both.data, both.len - 40};
    daotp_verifier *verifier;

    (void)state;
    assert_int_equal(add(roots[0]->der), DAOTP_OK);
    assert_int_equal(daotp_trust_add_crls(trust, cut.data, cut.len, findings.report), DAOTP_PEER);
    assert_true(test_report_has(&findings, DAOTP_FINDING_CRL_DER));
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                     DAOTP_UNDECIDED); /* the good one before the cut is not kept either */
    assert_int_equal(daotp_verifier_add_crls(verifier, both.data, both.len), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                     DAOTP_REJECTED);
    daotp_verifier_free(verifier);
}

/* From its first use on, whatever the source. */
static void nothing_is_added_in_use(void **state)
{
    daotp__bytes list = pki_crl(roots[0], 1, PKI_NOTHING);

    (void)state;
    scratch_folder(folder, sizeof folder);
    write_file("root", roots[1]->der);
    assert_int_equal(add(roots[0]->der), DAOTP_OK);
    daotp_trust_unref(daotp_trust_ref(trust));
    assert_int_equal(daotp_trust_add_file(trust, path_of("root"), findings.report), DAOTP_USAGE);
    assert_true(test_report_has(&findings, DAOTP_FINDING_CALL_ORDER));
    assert_int_equal(daotp_trust_add_directory(trust, folder, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_system(trust, NULL), DAOTP_USAGE);
    assert_int_equal(
        daotp_trust_add_intermediates(trust, roots[1]->der.data, roots[1]->der.len, NULL),
        DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_crls(trust, list.data, list.len, NULL), DAOTP_USAGE);
    write_file("list", list);
    assert_int_equal(daotp_trust_add_crl_file(trust, path_of("list"), NULL), DAOTP_USAGE);
    expect_anchors(1);
}

/* fetcher.h: "64 MiB unless set", "15 s unless set"; no network, no directory, no cache. */
static void what_is_not_set_of_fetching(void **state)
{
    daotp_fetcher *fetcher;

    (void)state;
    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    assert_int_equal(fetcher->policy.max_bytes, 64 << 20);
    assert_int_equal(fetcher->policy.timeout_ms, 15000);
    assert_int_equal(fetcher->policy.network_count, 0);
    assert_false(fetcher->may_use_ldap);
    assert_null(fetcher->cache);
    daotp_fetcher_unref(fetcher);
}

static void a_fetcher_in_use_does_not_change(void **state)
{
    daotp_fetcher *fetcher;

    (void)state;
    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    daotp_fetcher_unref(daotp_fetcher_ref(fetcher));
    assert_int_equal(daotp_fetcher_allow_ldap(fetcher, "dc1"), DAOTP_USAGE);
    assert_int_equal(daotp_fetcher_set_cache(fetcher, "/nowhere"), DAOTP_USAGE);
    assert_false(fetcher->may_use_ldap);
    assert_null(fetcher->cache);
    daotp_fetcher_unref(fetcher);
}

/* ---- CRLs that are stored -------------------------------------------------------------------- */

static void add_crl_of(const pki_cert *issuer, daotp__bytes entries)
{
    daotp__bytes der = pki_crl(issuer, 1, entries);

    assert_int_equal(daotp_trust_add_crls(trust, der.data, der.len, NULL), DAOTP_OK);
}

static void add_intermediate(const pki_cert *cert)
{
    assert_int_equal(daotp_trust_add_intermediates(trust, cert->der.data, cert->der.len, NULL),
                     DAOTP_OK);
}

/* The new key of a CA is revoked by the old one. A CRL that the new key signed, and that covers the
 * certificate of the new key itself, is not trusted: it would be stored. */
static void a_crl_of_a_revoked_key_is_not_trusted(void **state)
{
    const pki_cert *ca = pki_ca("CN=CA", pki_key(3), roots[0]);
    const pki_cert *renewed = pki_ca("CN=CA", pki_key(4), ca);
    pki_spec spec = pki_leaf_spec(pki_key(5), ca);
    const pki_cert *leaf = pki_make(&spec);
    const daotp__crl_list *crls;
    daotp_verifier *verifier;

    (void)state;
    assert_int_equal(daotp_trust_add(trust, roots[0]->der.data, roots[0]->der.len, NULL), DAOTP_OK);
    add_intermediate(ca);
    add_intermediate(renewed);
    add_crl_of(renewed, PKI_NOTHING);
    add_crl_of(roots[0], PKI_NOTHING);
    add_crl_of(ca, pki_revoke(renewed, 1));
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len), DAOTP_OK);
    crls = daotp__trust_crls(trust);
    assert_int_equal(crls->count, 3);
    assert_false(daotp__indexed_crl_is_trusted(crls->list[0]));
    assert_true(daotp__indexed_crl_is_trusted(crls->list[1]));
    assert_true(daotp__indexed_crl_is_trusted(crls->list[2]));
    daotp_verifier_free(verifier);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(der_is_one),
        TEST(pem_is_any_number),
        TEST(pkcs7_in_der),
        TEST(pkcs7_in_pem),
        TEST(what_is_broken_adds_nothing),
        TEST(anchors_are_counted),
        TEST(files_of_any_form),
        TEST(folders_hold_all_sorts),
        TEST(bad_files_of_a_folder_are_named),
        TEST(a_crl_of_a_revoked_key_is_not_trusted),
        TEST(folders_with_nothing),
        TEST(the_system_s_store),
        TEST(intermediates_are_not_believed),
        TEST(lists_in_pem),
        TEST(nothing_is_added_in_use),
        TEST(what_is_not_set_of_fetching),
        TEST(a_fetcher_in_use_does_not_change),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
