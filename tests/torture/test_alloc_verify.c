/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every call of the validator and of the trust, with its first allocation failing, then its second,
 * and so on until none fails. A lack of memory is said as such: it makes nothing good that is bad,
 * nothing bad that is good, leaks nothing, and is forgotten by the next run.
 */
#include "scratch.h"
#include "torture.h"

#include "net/loop.h"
#include "validate/fetch_job.h"

#include <daotp/crl.h>
#include <daotp/prefetch.h>
#include <daotp/verify.h>
#include <netinet/in.h>
#include <openssl/ocsp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define POLICY     "1.2.3.4"
#define POLICY_DER "DER:3007300506032A0304"
#define CLIENT     "1.3.6.1.5.5.7.3.2"

/* ---- what is judged -------------------------------------------------------------------------- */

static struct {
    EVP_PKEY *root, *ca, *leaf, *helper;
} keys;

/* In DER, made once. */
static struct {
    daotp__buffer root, ca, leaf, old, odd, fetching, crls_pem, chain_pem;
    daotp__buffer root_crl, ca_crl, ca_revokes, ca_delta, helper_crl, helper;
    daotp__buffer ocsp_good, ocsp_revoked, ocsp_delegate, ocsp_delegate_cdp;
} made;

static daotp_context *context;
static char anchor_path[] = "/tmp/daotp-torture-anchor-XXXXXX";
static char crl_path[] = "/tmp/daotp-torture-crl-XXXXXX";
static char folder_path[] = "/tmp/daotp-torture-folder-XXXXXX";
static char cache_path[] = "/tmp/daotp-torture-cache-XXXXXX";
static char url_of_ca[64], url_of_crl[64], url_of_ocsp[64];

typedef struct crl_spec {
    X509 *issuer;
    EVP_PKEY *key;
    long number, base; /* base 0: no delta */
    long first, count; /* serial numbers that are revoked, one after the other */
} crl_spec;

static void add_authority(X509_CRL *crl, X509 *issuer)
{
    const forge_extension from = {"authorityKeyIdentifier", "keyid:always"};
    X509_EXTENSION *extension = forge_make_extension(&from, issuer, NULL);

    assert_int_equal(X509_CRL_add_ext(crl, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static void add_number(X509_CRL *crl, int nid, long value)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();

    assert_int_equal(ASN1_INTEGER_set(number, value), 1);
    assert_int_equal(X509_CRL_add1_ext_i2d(crl, nid, number, nid == NID_delta_crl, 0), 1);
    ASN1_INTEGER_free(number);
}

static void add_revoked(X509_CRL *crl, long serial)
{
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, FORGE_NOW - 3600);

    assert_int_equal(ASN1_INTEGER_set(number, serial), 1);
    assert_int_equal(X509_REVOKED_set_serialNumber(revoked, number), 1);
    assert_int_equal(X509_REVOKED_set_revocationDate(revoked, when), 1);
    assert_int_equal(X509_CRL_add0_revoked(crl, revoked), 1);
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(when);
}

static daotp__buffer forge_crl(const crl_spec *spec)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = ASN1_TIME_set(NULL, FORGE_NOW - 60);
    ASN1_TIME *until = ASN1_TIME_set(NULL, FORGE_NOW + FORGE_HOUR);
    unsigned char *der = NULL;
    daotp__buffer out;
    int len;

    assert_int_equal(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
    assert_int_equal(X509_CRL_set_issuer_name(crl, X509_get_subject_name(spec->issuer)), 1);
    assert_int_equal(X509_CRL_set1_lastUpdate(crl, from), 1);
    assert_int_equal(X509_CRL_set1_nextUpdate(crl, until), 1);
    for (long i = 0; i < spec->count; i++)
        add_revoked(crl, spec->first + i);
    add_authority(crl, spec->issuer);
    add_number(crl, NID_crl_number, spec->number);
    if (spec->base > 0)
        add_number(crl, NID_delta_crl, spec->base);
    assert_true(X509_CRL_sign(crl, spec->key, EVP_sha256()) > 0);
    len = i2d_X509_CRL(crl, &der);
    assert_true(len > 0);
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_CRL_free(crl);
    return out;
}

static daotp__buffer forge_ocsp(X509 *leaf, X509 *issuer, X509 *signer, EVP_PKEY *key, int status)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
    ASN1_TIME *from = ASN1_GENERALIZEDTIME_set(NULL, FORGE_NOW - 60);
    ASN1_TIME *until = ASN1_GENERALIZEDTIME_set(NULL, FORGE_NOW + FORGE_HOUR);
    unsigned char *der = NULL;
    OCSP_RESPONSE *whole;
    daotp__buffer out;
    int len;

    assert_non_null(OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                                           from, from, until));
    if (signer != issuer)
        assert_int_equal(OCSP_basic_add1_cert(basic, signer), 1);
    /* OpenSSL would write the machine's time, and has no call for another */
    assert_non_null(ASN1_GENERALIZEDTIME_set(
        (ASN1_GENERALIZEDTIME *)(uintptr_t)OCSP_resp_get0_produced_at(basic), FORGE_NOW - 60));
    assert_int_equal(
        OCSP_basic_sign(basic, signer, key, EVP_sha256(), NULL, OCSP_NOCERTS | OCSP_NOTIME), 1);
    whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    len = i2d_OCSP_RESPONSE(whole, &der);
    assert_true(len > 0);
    daotp__buffer_init(&out, 1 << 20);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(whole);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return out;
}

static X509 *forge_ca(X509 *root)
{
    forge_spec spec = {.subject = "DC=example,DC=corp,CN=Issuing",
                       .key = keys.ca,
                       .issuer = root,
                       .issuer_key = keys.root,
                       .serial = 2,
                       .extensions = {{"basicConstraints", "critical,CA:TRUE,pathlen:0"},
                                      {"keyUsage", "critical,keyCertSign,cRLSign"},
                                      {"subjectKeyIdentifier", "hash"},
                                      {"authorityKeyIdentifier", "keyid:always"},
                                      {"nameConstraints", "critical,permitted;DNS:corp.example"},
                                      {"certificatePolicies", POLICY_DER}}};

    return forge_certificate(&spec);
}

static forge_spec leaf_spec(X509 *ca)
{
    return (forge_spec){.subject = "DC=example,DC=corp,CN=pc1",
                        .key = keys.leaf,
                        .issuer = ca,
                        .issuer_key = keys.ca,
                        .serial = 100,
                        .extensions = {{"keyUsage", "critical,digitalSignature"},
                                       {"authorityKeyIdentifier", "keyid:always"},
                                       {"subjectAltName", "DNS:pc1.corp.example,"
                                                          "email:pc1@corp.example,IP:10.0.0.1"},
                                       {"extendedKeyUsage", "clientAuth"},
                                       {"certificatePolicies", POLICY_DER}}};
}

/* The same name and another key: no certificate of it is on the path, its CRL is. */
static X509 *forge_helper(X509 *root)
{
    forge_spec spec = {.subject = "DC=example,DC=corp,CN=Issuing",
                       .key = keys.helper,
                       .issuer = root,
                       .issuer_key = keys.root,
                       .serial = 3,
                       .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                                      {"keyUsage", "critical,cRLSign"},
                                      {"subjectKeyIdentifier", "hash"},
                                      {"authorityKeyIdentifier", "keyid:always"}}};

    return forge_certificate(&spec);
}

static void forge_leaves(X509 *ca)
{
    forge_spec spec = leaf_spec(ca);
    static char access[160], points[80];
    X509 *leaf = forge_certificate(&spec);

    made.leaf = forge_der(leaf);
    X509_free(leaf);
    spec.not_before = FORGE_NOW - 2 * FORGE_HOUR;
    spec.not_after = FORGE_NOW - FORGE_HOUR;
    leaf = forge_certificate(&spec);
    made.old = forge_der(leaf);
    X509_free(leaf);
    spec = leaf_spec(ca);
    forge_set(spec.extensions, "subjectAltName", "DNS:pc1.evil.example");
    leaf = forge_certificate(&spec);
    made.odd = forge_der(leaf);
    X509_free(leaf);
    spec = leaf_spec(ca);
    (void)snprintf(access, sizeof access, "caIssuers;URI:%s,OCSP;URI:%s", url_of_ca, url_of_ocsp);
    (void)snprintf(points, sizeof points, "URI:%s", url_of_crl);
    forge_set(spec.extensions, "authorityInfoAccess", access);
    forge_set(spec.extensions, "crlDistributionPoints", points);
    leaf = forge_certificate(&spec);
    made.fetching = forge_der(leaf);
    X509_free(leaf);
}

static void forge_lists(X509 *root, X509 *ca, X509 *helper)
{
    const crl_spec of_root = {root, keys.root, 1, 0, 900, 3};
    const crl_spec of_ca = {ca, keys.ca, 5, 0, 500, 40};
    const crl_spec revokes = {ca, keys.ca, 6, 0, 90, 20};
    const crl_spec delta = {ca, keys.ca, 7, 5, 700, 1};
    const crl_spec of_helper = {helper, keys.helper, 5, 0, 0, 0};

    made.root_crl = forge_crl(&of_root);
    made.ca_crl = forge_crl(&of_ca);
    made.ca_revokes = forge_crl(&revokes);
    made.ca_delta = forge_crl(&delta);
    made.helper_crl = forge_crl(&of_helper);
}

static X509 *to_x509(const daotp__buffer *der)
{
    const unsigned char *at = der->data;

    return d2i_X509(NULL, &at, (long)der->len);
}

static void forge_answers(X509 *ca)
{
    X509 *leaf = to_x509(&made.leaf), *delegate;
    forge_spec spec = {.subject = "CN=OCSP",
                       .key = keys.helper,
                       .issuer = ca,
                       .issuer_key = keys.ca,
                       .serial = 200,
                       .extensions = {{"extendedKeyUsage", "OCSPSigning"},
                                      {"authorityKeyIdentifier", "keyid:always"}}};

    made.ocsp_good = forge_ocsp(leaf, ca, ca, keys.ca, V_OCSP_CERTSTATUS_GOOD);
    made.ocsp_revoked = forge_ocsp(leaf, ca, ca, keys.ca, V_OCSP_CERTSTATUS_REVOKED);
    delegate = forge_certificate(&spec);
    made.ocsp_delegate = forge_ocsp(leaf, ca, delegate, keys.helper, V_OCSP_CERTSTATUS_GOOD);
    X509_free(delegate);
    forge_set(spec.extensions, "crlDistributionPoints", "URI:http://127.0.0.1:1/delegate.crl");
    delegate = forge_certificate(&spec);
    made.ocsp_delegate_cdp = forge_ocsp(leaf, ca, delegate, keys.helper, V_OCSP_CERTSTATUS_GOOD);
    X509_free(delegate);
    X509_free(leaf);
}

static void put_pem(daotp__buffer *out, const char *label, const daotp__buffer *der)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    long len;

    assert_true(PEM_write_bio(bio, label, "", der->data, (long)der->len) > 0);
    len = BIO_get_mem_data(bio, &data);
    daotp__buffer_add(out, data, (size_t)len);
    BIO_free(bio);
}

static void write_file(char *path, const daotp__buffer *bytes)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0 && write(fd, bytes->data, bytes->len) == (ssize_t)bytes->len);
    assert_int_equal(close(fd), 0);
}

static void forge_all(void)
{
    forge_spec spec = forge_root_spec(keys.root);
    X509 *root = forge_certificate(&spec), *ca = forge_ca(root), *helper = forge_helper(root);

    made.root = forge_der(root);
    made.ca = forge_der(ca);
    made.helper = forge_der(helper);
    forge_leaves(ca);
    forge_lists(root, ca, helper);
    forge_answers(ca);
    daotp__buffer_init(&made.chain_pem, 1 << 20);
    put_pem(&made.chain_pem, "CERTIFICATE", &made.leaf);
    put_pem(&made.chain_pem, "CERTIFICATE", &made.ca);
    for (int i = 0; i < 8; i++)
        put_pem(&made.chain_pem, "CERTIFICATE", &made.helper);
    daotp__buffer_init(&made.crls_pem, 1 << 20);
    for (int i = 0; i < 5; i++) {
        put_pem(&made.crls_pem, "X509 CRL", &made.root_crl);
        put_pem(&made.crls_pem, "X509 CRL", &made.ca_crl);
    }
    write_file(anchor_path, &made.root);
    write_file(crl_path, &made.ca_crl);
    X509_free(root);
    X509_free(ca);
    X509_free(helper);
}

/* ---- a host to fetch from: a process of its own ---------------------------------------------- */

static pid_t host;
static unsigned *requests; /* that it was asked, in memory that both see */

static const daotp__buffer *answer_to(const char *request)
{
    return strstr(request, "/ca.der ") != NULL   ? &made.ca
           : strstr(request, "/ca.crl ") != NULL ? &made.ca_crl
           : strstr(request, "/ocsp ") != NULL   ? &made.ocsp_good
                                                 : &made.root_crl;
}

/* Until the head has come, and of a POST its short body. */
static void serve_one(int peer)
{
    char request[4096] = "", head[128];
    const daotp__buffer *answer;
    size_t len = 0;
    ssize_t n;

    while (len + 1 < sizeof request && strstr(request, "\r\n\r\n") == NULL &&
           (n = read(peer, request + len, sizeof request - len - 1)) > 0)
        request[len += (size_t)n] = '\0';
    (void)__atomic_add_fetch(requests, 1, __ATOMIC_SEQ_CST); /* before anybody has the answer */
    answer = answer_to(request);
    n = snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                 answer->len);
    if (write(peer, head, (size_t)n) == n)
        (void)!write(peer, answer->data, answer->len);
    (void)shutdown(peer, SHUT_WR);
    while (read(peer, request, sizeof request) > 0)
        ;
    (void)close(peer);
}

/* The port is known before the certificates are made, that name it. */
static int listen_anywhere(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
                listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    (void)snprintf(url_of_ca, sizeof url_of_ca, "http://127.0.0.1:%u/ca.der", ntohs(at.sin_port));
    (void)snprintf(url_of_crl, sizeof url_of_crl, "http://127.0.0.1:%u/ca.crl", ntohs(at.sin_port));
    (void)snprintf(url_of_ocsp, sizeof url_of_ocsp, "http://127.0.0.1:%u/ocsp", ntohs(at.sin_port));
    return fd;
}

static void start_host(int fd)
{
    requests =
        mmap(NULL, sizeof *requests, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(requests != MAP_FAILED);
    host = fork();
    assert_true(host >= 0);
    if (host == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* not longer than the test */
        (void)signal(SIGPIPE, SIG_IGN);
        for (;;) {
            int peer = accept(fd, NULL, NULL);

            if (peer >= 0)
                serve_one(peer);
        }
    }
    (void)close(fd);
}

/* Two files with anchors and one with none. */
static void make_folder(void)
{
    static const char *const names[] = {"one.pem", "two.der", "readme"};
    const daotp__buffer *const contents[] = {&made.chain_pem, &made.root, &made.ca_crl};

    assert_non_null(mkdtemp(folder_path));
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[128];

        (void)snprintf(path, sizeof path, "%s/%s", folder_path, names[i]);
        assert_int_equal(daotp__file_save(path, contents[i]->data, contents[i]->len, NULL),
                         DAOTP_OK);
    }
}

/* ---- before and after ------------------------------------------------------------------------ */

static int make_all(void **state)
{
    int fd = listen_anywhere();

    (void)state;
    context = forge_context();
    keys.root = forge_p256();
    keys.ca = forge_p256();
    keys.leaf = forge_p256();
    keys.helper = forge_rsa(2048);
    forge_all();
    start_host(fd);
    make_folder();
    return mkdtemp(cache_path) != NULL ? 0 : -1;
}

static void empty(const char *folder)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s/*", folder);
    assert_int_equal(system(command), 0);
}

static int free_all(void **state)
{
    daotp__buffer *buffers = (daotp__buffer *)&made;

    (void)state;
    (void)kill(host, SIGKILL);
    (void)waitpid(host, NULL, 0);
    for (size_t i = 0; i < sizeof made / sizeof *buffers; i++)
        daotp__buffer_free(&buffers[i]);
    EVP_PKEY_free(keys.root);
    EVP_PKEY_free(keys.ca);
    EVP_PKEY_free(keys.leaf);
    EVP_PKEY_free(keys.helper);
    daotp_context_unref(context);
    (void)scratch_remove(cache_path);
    (void)scratch_remove(folder_path);
    (void)unlink(anchor_path);
    (void)unlink(crl_path);
    return failing_memory_live() == 0 ? 0 : -1;
}

/* ---- a step, and what it must say ------------------------------------------------------------ */

typedef struct trial {
    const char *name;
    daotp_status (*run)(const struct trial *step);
    daotp_status expected; /* when no allocation fails */

    /* of a verification */
    daotp_rules rules;
    daotp_revocation revocation;
    const daotp__buffer *leaf;
    const daotp__buffer *more[5]; /* CRLs, but for the helper and answers of OCSP */
    bool no_ca, explains, fetches, caches, asks_much;
    bool is_reported; /* its report in words must be had too */
    daotp_role role;
} trial;

static size_t allocations; /* of what is under torture in the last run */
static char first_finding[128];
static daotp_status second; /* what the same verifier says when memory is back */

static void stop_counting(void)
{
    allocations = failing_memory_count();
    failing_memory_set(0);
}

static daotp_report *new_report(void)
{
    daotp_report *report;

    /* without torture: the report is another call */
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    return report;
}

/* ---- filling a trust, and asking much -------------------------------------------------------- */

static daotp_status fill(daotp_trust *trust, daotp_report *report)
{
    daotp_status status = daotp_trust_add(trust, made.root.data, made.root.len, report);

    if (status == DAOTP_OK)
        status = daotp_trust_add(trust, made.chain_pem.data, made.chain_pem.len, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, anchor_path, report);
    if (status == DAOTP_OK)
        status =
            daotp_trust_add_intermediates(trust, made.chain_pem.data, made.chain_pem.len, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_crls(trust, made.ca_crl.data, made.ca_crl.len, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_crls(trust, made.crls_pem.data, made.crls_pem.len, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_crl_file(trust, crl_path, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_directory(trust, folder_path, report);
    return status;
}

static daotp_status fill_trust(const trial *step)
{
    daotp_report *report = new_report();
    daotp_trust *trust;
    daotp_status status;

    (void)step;
    failing_memory_set(allocations);
    status = daotp_trust_new(context, &trust);
    assert_int_equal(trust != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK)
        status = fill(trust, report);
    stop_counting();
    if (status == DAOTP_OK) {
        assert_int_equal(daotp_trust_get_count(trust), 12 + 11);
        assert_ptr_equal(daotp_trust_ref(trust), trust);
        daotp_trust_unref(trust);
    }
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status;
}

static daotp_status fill_fetcher(const trial *step)
{
    daotp_fetcher *fetcher;
    daotp_status status;

    (void)step;
    failing_memory_set(allocations);
    status = daotp_fetcher_new(context, &fetcher);
    assert_int_equal(fetcher != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK)
        status = daotp_fetcher_allow_network(fetcher, "127.0.0.0/8");
    if (status == DAOTP_OK)
        status = daotp_fetcher_allow_ldap(fetcher, "dc1.corp.example");
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_max_bytes(fetcher, 100000);
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_timeout_ms(fetcher, 5000);
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_cache(fetcher, cache_path);
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_cache(fetcher, NULL);
    stop_counting();
    daotp_fetcher_unref(fetcher);
    return status;
}

/* All of it or none. */
static daotp_status fill_at_once(const trial *step)
{
    daotp_report *report = new_report();
    daotp_trust *trust;
    daotp_status status;

    (void)step;
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    failing_memory_set(allocations);
    status = daotp_trust_add(trust, made.chain_pem.data, made.chain_pem.len, report);
    stop_counting();
    assert_int_equal(daotp_trust_get_count(trust), status == DAOTP_OK ? 10 : 0);
    assert_int_equal(daotp_report_get_status(report), status);
    assert_non_null(daotp_report_get_text(report));
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status;
}

static daotp_status refuse_garbage(const trial *step)
{
    daotp_report *report = new_report();
    daotp_trust *trust;
    daotp_status status;

    (void)step;
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    failing_memory_set(allocations);
    status = daotp_trust_add_crls(trust, made.root.data, made.root.len, report);
    if (status == DAOTP_PEER)
        status = daotp_trust_add(trust, made.ca_crl.data, made.ca_crl.len, report);
    stop_counting();
    assert_int_equal(daotp_trust_get_count(trust), 0);
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status;
}

/* ---- verifying ------------------------------------------------------------------------------- */

static daotp_status ask_much(daotp_verifier *verifier)
{
    daotp_status status = daotp_verifier_set_purpose(verifier, CLIENT);

    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "pc1.corp.example");
    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(verifier, DAOTP_NAME_IP, "10.0.0.1");
    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(verifier, DAOTP_NAME_EMAIL, "pc1@corp.example");
    if (status == DAOTP_OK)
        status = daotp_verifier_add_policy(verifier, "1.2.3");
    if (status == DAOTP_OK)
        status = daotp_verifier_add_policy(verifier, POLICY);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLICIT_POLICY, true);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_stale_s(verifier, 60);
    return status;
}

/* What verifiers share. */
typedef struct shared {
    daotp_trust *trust;
    daotp_fetcher *fetcher;
} shared;

static bool is_answer(const daotp__buffer *what)
{
    return what == &made.ocsp_good || what == &made.ocsp_revoked || what == &made.ocsp_delegate ||
           what == &made.ocsp_delegate_cdp;
}

static daotp_status give_more(daotp_verifier *verifier, const trial *step)
{
    daotp_status status = DAOTP_OK;

    if (!step->no_ca)
        status = daotp_verifier_add_intermediates(verifier, made.ca.data, made.ca.len);
    for (size_t i = 0; status == DAOTP_OK && i < COUNT(step->more) && step->more[i] != NULL; i++) {
        const daotp__buffer *one = step->more[i];

        if (one == &made.helper)
            status = daotp_verifier_add_intermediates(verifier, one->data, one->len);
        else if (is_answer(one))
            status = daotp_verifier_add_ocsp(verifier, one->data, one->len);
        else
            status = daotp_verifier_add_crls(verifier, one->data, one->len);
    }
    return status;
}

static daotp_status set_all(daotp_verifier *verifier, const shared *with, const trial *step)
{
    daotp_status status = daotp_verifier_set_rules(verifier, step->rules);

    if (status == DAOTP_OK)
        status = daotp_verifier_set_revocation(verifier, step->revocation);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, step->explains);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_fetcher(verifier, step->fetches ? with->fetcher : NULL);
    if (status == DAOTP_OK && step->asks_much)
        status = ask_much(verifier);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_role(verifier, step->role);
    if (status == DAOTP_OK && step->role != DAOTP_ROLE_ANY)
        status = daotp_verifier_add_ntauth(verifier, made.chain_pem.data, made.chain_pem.len);
    return status == DAOTP_OK ? give_more(verifier, step) : status;
}

/* An outcome, whatever it is, can be read to the end. */
static void read_outcome(daotp_verifier *verifier, daotp_status status)
{
    daotp_report *report = daotp_verifier_get_report(verifier);
    size_t count = daotp_verifier_get_chain_count(verifier), len;

    assert_int_equal(daotp_report_get_status(report), status);
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        assert_non_null(daotp_finding_get_subject(daotp_report_get_finding(report, i)));
        assert_non_null(daotp_finding_get_found(daotp_report_get_finding(report, i)));
    }
    for (size_t i = 0; i < count; i++)
        assert_non_null(daotp_verifier_get_certificate(verifier, i, &len));
    for (size_t i = 0; i <= count; i++)
        assert_non_null(daotp_verifier_get_subject(verifier, i));
    assert_null(daotp_verifier_get_certificate(verifier, count, &len));
    if (status == DAOTP_OK)
        assert_true(count >= 2);
    for (size_t i = 0; i < daotp_verifier_get_policy_count(verifier); i++)
        assert_non_null(daotp_verifier_get_policy(verifier, i));
    (void)snprintf(first_finding, sizeof first_finding, "%s",
                   daotp_report_get_error(report) != NULL
                       ? daotp_finding_get_id(daotp_report_get_error(report))
                       : "none");
}

static daotp_status judge(daotp_verifier *verifier, const trial *step)
{
    daotp_status status = daotp_verifier_verify(verifier, step->leaf->data, step->leaf->len);

    if (step->is_reported) {
        assert_non_null(daotp_report_get_text(daotp_verifier_get_report(verifier)));
        assert_non_null(daotp_report_get_json(daotp_verifier_get_report(verifier)));
    }
    return status;
}

static shared plain_shared(const trial *step)
{
    daotp_fetcher *fetcher;
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, made.root.data, made.root.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_add_crls(trust, made.root_crl.data, made.root_crl.len, NULL),
                     DAOTP_OK);
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "127.0.0.0/8"), DAOTP_OK);
    if (step->caches)
        assert_int_equal(daotp_fetcher_set_cache(fetcher, cache_path), DAOTP_OK);
    return (shared){trust, fetcher};
}

static void free_shared(shared with)
{
    daotp_fetcher_unref(with.fetcher);
    daotp_trust_unref(with.trust);
}

/* Once while an allocation fails; and if it came to a run at all, once more with memory: whatever
 * was lost is made good, by the same verifier and with the same trust. */
static daotp_status verify(const trial *step)
{
    shared with = plain_shared(step);
    daotp_verifier *verifier;
    daotp_status status;
    bool ran = false;

    second = step->expected;
    failing_memory_set(allocations);
    status = daotp_verifier_new(context, with.trust, &verifier);
    assert_int_equal(verifier != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK)
        status = set_all(verifier, &with, step);
    if (status == DAOTP_OK) {
        status = judge(verifier, step);
        ran = true;
    }
    stop_counting();
    if (ran) {
        read_outcome(verifier, status);
        second = judge(verifier, step);
        if (second != step->expected)
            read_outcome(verifier, second);
    }
    daotp_verifier_free(verifier);
    free_shared(with);
    if (step->caches)
        empty(cache_path);
    return status;
}

/* What another process has left on disk. */
static daotp_status verify_from_cache(const trial *from)
{
    trial first = *from;

    first.run = verify;
    first.caches = true;
    {
        shared with = plain_shared(&first);
        daotp_verifier *verifier;
        size_t n = allocations;

        failing_memory_set(0);
        assert_int_equal(daotp_verifier_new(context, with.trust, &verifier), DAOTP_OK);
        assert_int_equal(set_all(verifier, &with, &first), DAOTP_OK);
        assert_int_equal(judge(verifier, &first), first.expected);
        daotp_verifier_free(verifier);
        free_shared(with);
        allocations = n;
    }
    return verify(&first);
}

static daotp_status begin_and_leave(const trial *step)
{
    shared with = plain_shared(step);
    daotp_verifier *verifier;
    daotp_status status;

    assert_int_equal(daotp_verifier_new(context, with.trust, &verifier), DAOTP_OK);
    assert_int_equal(set_all(verifier, &with, step), DAOTP_OK);
    failing_memory_set(allocations);
    status = daotp_verifier_begin(verifier, step->leaf->data, step->leaf->len);
    if (status == DAOTP_OK) {
        status = daotp_verifier_step(verifier);
        (void)daotp_verifier_get_fd(verifier);
        (void)daotp_verifier_get_timeout_ms(verifier);
        if (status == DAOTP_AGAIN) {
            daotp_verifier_cancel(verifier);
            status = daotp_verifier_step(verifier);
        }
    }
    stop_counting();
    daotp_verifier_free(verifier);
    free_shared(with);
    return status;
}

/* ---- prefetching, and looking at a CRL ------------------------------------------------------- */

/* A fetcher that fetched a list, which was verified. */
static shared fetched_shared(const trial *step)
{
    shared with = plain_shared(step);
    daotp_verifier *verifier;

    assert_int_equal(daotp_verifier_new(context, with.trust, &verifier), DAOTP_OK);
    assert_int_equal(set_all(verifier, &with, step), DAOTP_OK);
    assert_int_equal(judge(verifier, step), DAOTP_OK);
    daotp_verifier_free(verifier);
    return with;
}

static daotp_status prefetch(const trial *step)
{
    size_t n = allocations;
    shared with = fetched_shared(step);
    unsigned before = __atomic_load_n(requests, __ATOMIC_SEQ_CST);
    daotp_prefetch *made_prefetch;
    daotp_status status;

    failing_memory_set(n);
    status = daotp_prefetch_new(context, with.fetcher, &made_prefetch);
    if (status == DAOTP_OK)
        status = daotp_prefetch_run(made_prefetch, 86400);
    stop_counting();
    if (status == DAOTP_OK) { /* then it has tried */
        assert_int_equal(daotp_report_get_status(daotp_prefetch_get_report(made_prefetch)),
                         DAOTP_OK);
        second = __atomic_load_n(requests, __ATOMIC_SEQ_CST) > before ? DAOTP_OK : DAOTP_NETWORK;
    }
    daotp_prefetch_free(made_prefetch);
    free_shared(with);
    return status;
}

static daotp_status look_at_crl(const trial *step)
{
    daotp_report *report = new_report();
    daotp_status status;
    daotp_crl *crl;

    (void)step;
    failing_memory_set(allocations);
    status = daotp_crl_open(context, crl_path, report, &crl);
    assert_int_equal(crl != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK)
        status = daotp_crl_verify(crl, made.ca.data, made.ca.len);
    if (status == DAOTP_OK)
        status = daotp_crl_index(crl);
    if (status == DAOTP_OK) {
        assert_int_equal(daotp_crl_get_count(crl), 40);
        assert_int_equal(daotp_crl_find(crl, "\x64", 1, NULL, NULL), DAOTP_OK);
        assert_int_equal(daotp_crl_find(crl, "\x01\xF5", 2, NULL, NULL), DAOTP_REJECTED);
    }
    stop_counting();
    if (crl != NULL) {
        assert_string_not_equal(daotp_crl_get_issuer(crl), "");
        assert_non_null(daotp_crl_get_number(crl));
        assert_non_null(daotp_crl_get_base_number(crl));
    }
    daotp_crl_free(crl);
    daotp_report_free(report);
    return status;
}

static daotp_status add_system(const trial *step)
{
    daotp_report *report = new_report();
    daotp_trust *trust;
    daotp_status status;

    (void)step;
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    failing_memory_set(allocations);
    status = daotp_trust_add_system(trust, report);
    stop_counting();
    assert_int_equal(daotp_trust_get_count(trust) > 0, status == DAOTP_OK);
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status == DAOTP_CONFIGURATION ? DAOTP_OK : status; /* a system may have none */
}

/* ---- all of them ----------------------------------------------------------------------------- */

#define RULES(set, mode) .rules = DAOTP_RULES_##set, .revocation = DAOTP_REVOCATION_##mode

static const trial steps[] = {
    {.name = "fill a trust", .run = fill_trust, .expected = DAOTP_OK},
    {.name = "fill a fetcher", .run = fill_fetcher, .expected = DAOTP_OK},
    {.name = "fill a trust at once", .run = fill_at_once, .expected = DAOTP_OK},
    {.name = "refuse garbage", .run = refuse_garbage, .expected = DAOTP_PEER},
    {"good", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.leaf, .more = {&made.ca_crl}},
    {"good, strictly", verify, DAOTP_OK, RULES(STRICT, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ca_crl}, .asks_much = true},
    {"good, explained", verify, DAOTP_OK, RULES(STRICT, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ca_crl}, .explains = true, .is_reported = true},
    {"good, with a delta", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ca_crl, &made.ca_delta}},
    {"good, by a CRL signer off the path", verify, DAOTP_OK, RULES(PATH, REQUIRE),
     .leaf = &made.leaf, .more = {&made.helper, &made.helper_crl, &made.ca_crl}},
    {"good, by another's CRL alone", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.helper, &made.helper_crl}},
    {"good, by OCSP", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ocsp_good}},
    {"good, by an OCSP delegate", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ocsp_delegate, &made.ca_crl}},
    {"good, in PEM", verify, DAOTP_OK, RULES(PATH, IGNORE), .leaf = &made.chain_pem, .no_ca = true},
    {"unknown is taken", verify, DAOTP_OK, RULES(PATH, PREFER), .leaf = &made.leaf},
    {"unknown", verify, DAOTP_UNDECIDED, RULES(PATH, REQUIRE), .leaf = &made.leaf},
    {"unknown, the delegate's own list is missing", verify, DAOTP_UNDECIDED, RULES(PATH, REQUIRE),
     .leaf = &made.fetching, .more = {&made.ocsp_delegate_cdp, &made.ocsp_delegate_cdp}},
    {"revoked", verify, DAOTP_REJECTED, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ca_crl, &made.ca_revokes}, .is_reported = true},
    {"revoked, as an older list does not say", verify, DAOTP_REJECTED, RULES(PATH, PREFER),
     .leaf = &made.leaf, .more = {&made.ca_revokes, &made.ca_crl}},
    {"revoked, by OCSP", verify, DAOTP_REJECTED, RULES(PATH, REQUIRE), .leaf = &made.leaf,
     .more = {&made.ocsp_revoked, &made.ca_crl}},
    {"expired", verify, DAOTP_REJECTED, RULES(STRICT, IGNORE), .leaf = &made.old,
     .is_reported = true},
    {"not permitted", verify, DAOTP_REJECTED, RULES(STRICT, IGNORE), .leaf = &made.odd},
    {"no path", verify, DAOTP_REJECTED, RULES(STRICT, IGNORE), .leaf = &made.leaf, .no_ca = true},
    {"no certificate", verify, DAOTP_PEER, RULES(STRICT, IGNORE), .leaf = &made.ca_crl},
    {"fetch issuer and list", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.fetching,
     .no_ca = true, .fetches = true},
    {"fetch into a cache", verify, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.fetching,
     .fetches = true, .caches = true},
    {"fetch from a cache", verify_from_cache, DAOTP_OK, RULES(PATH, REQUIRE),
     .leaf = &made.fetching, .fetches = true},
    {"not for logon", verify, DAOTP_REJECTED, RULES(STRICT, IGNORE), .leaf = &made.leaf,
     .role = DAOTP_ROLE_OTP_LOGON, .is_reported = true},
    {"prefetch", prefetch, DAOTP_OK, RULES(PATH, REQUIRE), .leaf = &made.fetching, .fetches = true},
    {.name = "look at a CRL", .run = look_at_crl, .expected = DAOTP_OK},
    {.name = "the system's anchors", .run = add_system, .expected = DAOTP_OK},
    {"begin, and leave", begin_and_leave, DAOTP_CANCELLED, RULES(PATH, REQUIRE),
     .leaf = &made.fetching, .fetches = true},
};

static unsigned torture_step(const trial *step)
{
    unsigned wrong = 0;
    size_t n = 0;

    do {
        size_t live = failing_memory_live();
        daotp_status status;

        first_finding[0] = '\0';
        allocations = ++n; /* the run sets it to how many there were */
        second = step->expected;
        status = step->run(step);
        if (failing_memory_live() != live)
            fail_msg("%s, allocation %zu: %zd blocks leaked", step->name, n,
                     (ssize_t)(failing_memory_live() - live));
        if (second == step->expected &&
            (status == step->expected || (allocations >= n && status == DAOTP_MEMORY)))
            continue;
        print_message("%s, allocation %zu of %zu: %s, then %s, %s\n", step->name, n, allocations,
                      daotp_status_name(status), daotp_status_name(second), first_finding);
        wrong++;
    } while (allocations >= n);
    assert_true(n > 1);
    return wrong;
}

static void no_allocation_changes_a_verdict(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++)
        wrong += torture_step(&steps[i]);
    assert_int_equal(wrong, 0);
}

/* ---- what all jobs of a fetcher share ------------------------------------------------------- */

/* Nothing is reached: the fetcher allows no network. */
static daotp_status ask_source(daotp_fetcher *fetcher, daotp__loop *loop, unsigned number, size_t n)
{
    static const daotp__bytes nothing = {(const uint8_t *)"", 0};
    daotp__fetch_job job;
    daotp_status status;
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1/%u", number);
    assert_int_equal(daotp__fetch_job_begin(&job, fetcher, loop, DAOTP__FETCH_CRL, url, nothing,
                                            FORGE_NOW, NULL),
                     DAOTP_OK);
    failing_memory_set(n);
    while ((status = daotp__fetch_job_step(&job, NULL)) == DAOTP_AGAIN)
        assert_int_equal(daotp__loop_dispatch(loop), DAOTP_OK);
    failing_memory_set(0);
    daotp__fetch_job_end(&job);
    return status;
}

/* When the table is full one source makes room for another, and may get no memory for it. */
static void a_full_table_of_sources_stays_sound(void **state)
{
    size_t live = failing_memory_live();
    daotp_fetcher *fetcher;
    daotp__loop *loop;

    (void)state;
    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    assert_int_equal(daotp__loop_new(context, &loop), DAOTP_OK);
    daotp__loop_begin(loop, 10000);
    for (unsigned i = 0; i < DAOTP__MAX_SOURCES; i++)
        assert_int_equal(ask_source(fetcher, loop, i, 0), DAOTP_USAGE);
    assert_int_equal(ask_source(fetcher, loop, DAOTP__MAX_SOURCES, 1), DAOTP_MEMORY);
    assert_int_equal(ask_source(fetcher, loop, DAOTP__MAX_SOURCES, 0), DAOTP_USAGE);
    assert_int_equal(ask_source(fetcher, loop, 1, 0), DAOTP_USAGE);
    daotp__loop_end(loop);
    daotp__loop_free(loop);
    daotp_fetcher_unref(fetcher);
    assert_int_equal(failing_memory_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_allocation_changes_a_verdict),
                                       cmocka_unit_test(a_full_table_of_sources_stays_sound)};

    return cmocka_run_group_tests(tests, make_all, free_all);
}
