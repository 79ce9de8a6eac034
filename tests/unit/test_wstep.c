/* SPDX-License-Identifier: BSD-2-Clause */
/* The enrolment web service over HTTPS: what is sent, and what each answer comes to. */
#include "cmc_answer.h"
#include "tls_peer.h"

#include "ca/ca.h"
#include "ca/soap.h"
#include "core/base64.h"
#include "x509/key.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SOAP  "http://www.w3.org/2003/05/soap-envelope"
#define WST   "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define WSSE  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
#define ENROL "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"

#define ENVELOPE(body) "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body>" body "</s:Body></s:Envelope>"
#define RESPONSE(inner)                                                                            \
    ENVELOPE("<RequestSecurityTokenResponseCollection xmlns=\"" WST "\" xmlns:e=\"" ENROL          \
             "\" xmlns:o=\"" WSSE "\"><RequestSecurityTokenResponse>" inner                        \
             "</RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection>")
#define FAULT(subcode, detail)                                                                     \
    ENVELOPE("<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>" subcode            \
             "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>why</s:Text></s:Reason>" detail     \
             "</s:Fault>")
#define DETAIL(code)                                                                               \
    "<s:Detail><CertificateEnrollmentWSDetail xmlns=\"" ENROL "\"><ErrorCode>" code                \
    "</ErrorCode></CertificateEnrollmentWSDetail></s:Detail>"

/* SOAP 1.1, of which the parts have no namespace */
#define FAULT11(text, detail)                                                                      \
    "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><e:Fault>"          \
    "<faultcode>e:Server</faultcode><faultstring>" text "</faultstring>" detail                    \
    "</e:Fault></e:Body></e:Envelope>"
#define DETAIL11(code)                                                                             \
    "<detail><CertificateEnrollmentWSDetail xmlns=\"" ENROL "\"><ErrorCode>" code                  \
    "</ErrorCode></CertificateEnrollmentWSDetail></detail>"

static const uint8_t cmc[] = "a signed request";

static forge_world world;

/* Shared with the server's process: what it is to answer, and what it was sent. */
static struct {
    unsigned http;
    char headers[128], body[16384], seen[32768];
    size_t seen_len;
    unsigned requests;
    bool client_certificate;
} * shared;

/* ---- the server --------------------------------------------------------------------------------
 */

static void serve(SSL *ssl, int fd, void *user)
{
    char head[256], *end = NULL, *length;
    size_t have = 0, body_len = 0;
    X509 *client;

    (void)user;
    while (end == NULL || have < (size_t)(end + 4 - shared->seen) + body_len) {
        int n = tls_peer_read(ssl, fd, shared->seen + have, sizeof shared->seen - 1 - have);

        if (n <= 0)
            return;
        have += (size_t)n;
        shared->seen[have] = '\0';
        end = strstr(shared->seen, "\r\n\r\n");
        length = strcasestr(shared->seen, "\r\nContent-Length:");
        body_len = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
    }
    shared->seen_len = have;
    shared->requests++;
    client = SSL_get1_peer_certificate(ssl);
    shared->client_certificate = client != NULL;
    X509_free(client);
    if (shared->http == 0) /* says nothing, and goes */
        return;
    (void)snprintf(head, sizeof head, "HTTP/1.1 %u x\r\n%sContent-Length: %zu\r\n\r\n",
                   shared->http, shared->headers, strlen(shared->body));
    tls_peer_write(ssl, fd, head, strlen(head));
    tls_peer_write(ssl, fd, shared->body, strlen(shared->body));
}

static int set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as the client's step does for its time */
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    world = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    (void)munmap(shared, sizeof *shared);
    return 0;
}

/* ---- our side ----------------------------------------------------------------------------------
 */

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp_trust *trust;
    daotp_key *key;
    daotp_ca *ca;
    tls_peer peer;
    daotp__refusals *refusals;
    daotp__submission_spec spec;
} fixture;

static daotp_status give(void *user, const char *host, daotp_host_origin origin, uint32_t attempt,
                         daotp_domain_credential *answer)
{
    (void)user, (void)origin, (void)attempt;
    assert_string_equal(host, "127.0.0.1");
    return daotp_domain_credential_set(answer, "CORP\\alice", "p&ss<w>rd", 9);
}

static fixture *fixture_new(daotp_ca_authentication how, X509 *client_root)
{
    static fixture f;
    tls_peer_spec spec = {.certificate = world.server,
                          .key = world.server_key,
                          .client_root = client_root,
                          .serve = serve};
    daotp__buffer der = forge_der(world.root);
    char url[80];

    f = (fixture){.context = forge_context(), .peer = tls_peer_start(&spec)};
    shared->requests = 0;
    assert_int_equal(daotp_report_new(f.context, &f.report), DAOTP_OK);
    assert_int_equal(daotp_trust_new(f.context, &f.trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(f.trust, der.data, der.len, NULL), DAOTP_OK);
    daotp__buffer_free(&der);
    f.key = forge_key(f.context, world.user_key);
    assert_int_equal(daotp_ca_new_wstep(f.context, how, &f.ca), DAOTP_OK);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/{ca}/CES", (unsigned)f.peer.port);
    assert_int_equal(daotp_ca_set_url_template(f.ca, url), DAOTP_OK);
    assert_int_equal(daotp__refusals_new(&f.refusals), DAOTP_OK);
    f.spec = (daotp__submission_spec){.context = f.context,
                                      .request = {cmc, sizeof cmc},
                                      .config = "127.0.0.1\\Corp CA",
                                      .spki = daotp__key_spki(f.key),
                                      .trust = f.trust,
                                      .connect_ms = 5000,
                                      .ask = give,
                                      .user = "CORP\\alice",
                                      .refusals = f.refusals,
                                      .report = f.report};
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__refusals_free(f->refusals);
    tls_peer_stop(&f->peer);
    daotp_ca_unref(f->ca);
    daotp_key_unref(f->key);
    daotp_trust_unref(f->trust);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
}

static daotp_status submit(fixture *f)
{
    daotp_submission *submission;
    daotp_status status = daotp__submission_new(f->ca, &f->spec, &submission);

    if (status != DAOTP_OK)
        return status;
    while ((status = daotp__submission_step(submission)) == DAOTP_AGAIN) {
        struct pollfd pfd = {.fd = daotp__submission_fd(submission), .events = POLLIN};

        (void)poll(&pfd, 1, daotp__submission_timeout_ms(submission));
    }
    if (status == DAOTP_OK)
        assert_int_equal(daotp__submission_chain(submission)->count, 2);
    daotp__submission_free(submission);
    return status;
}

static daotp_finding_number error_of(const fixture *f)
{
    return daotp_finding_get_number(daotp_report_get_error(f->report));
}

/* RESPONSE with the user's certificate, and its root in the CMC's place. */
static void answer_issued(void)
{
    X509 *const above[] = {world.root, NULL};
    daotp__buffer der = forge_der(world.user), pkcs7 = forge_pkcs7(above), out;

    daotp__buffer_init(&out, sizeof shared->body);
    daotp__buffer_text(&out,
                       "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body>"
                       "<RequestSecurityTokenResponseCollection xmlns=\"" WST
                       "\"><RequestSecurityTokenResponse><BinarySecurityToken xmlns=\"" WSSE "\">");
    daotp__base64_write(&out, pkcs7.data, pkcs7.len);
    daotp__buffer_text(&out, "</BinarySecurityToken><RequestedSecurityToken>"
                             "<BinarySecurityToken xmlns=\"" WSSE "\">");
    daotp__base64_write(&out, der.data, der.len);
    daotp__buffer_text(&out, "</BinarySecurityToken></RequestedSecurityToken>"
                             "</RequestSecurityTokenResponse>"
                             "</RequestSecurityTokenResponseCollection></s:Body></s:Envelope>");
    (void)snprintf(shared->body, sizeof shared->body, "%s", daotp__buffer_string(&out));
    shared->http = 200;
    daotp__buffer_free(&out);
    daotp__buffer_free(&der);
    daotp__buffer_free(&pkcs7);
}

static void a_request_goes_out_and_a_certificate_comes_back(void **state)
{
    fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);
    daotp__buffer base64;

    (void)state;
    answer_issued();
    if (submit(f) != DAOTP_OK)
        fail_msg("%s", daotp_report_get_text(f->report));
    assert_int_equal(shared->requests, 1);
    assert_memory_equal(shared->seen, "POST /Corp%20CA/CES HTTP/1.1\r\nHost: 127.0.0.1:", 46);
    assert_non_null(
        strcasestr(shared->seen, "\r\nContent-Type: application/soap+xml; charset=utf-8\r\n"));
    assert_non_null(strstr(shared->seen, "<o:Username>CORP\\alice</o:Username>"));
    assert_non_null(strstr(shared->seen, ">p&amp;ss&lt;w&gt;rd</o:Password>"));
    daotp__buffer_init(&base64, 256);
    daotp__base64_write(&base64, cmc, sizeof cmc);
    assert_non_null(strstr(shared->seen, daotp__buffer_string(&base64)));
    daotp__buffer_free(&base64);
    /* the password is nowhere in what is told */
    assert_null(strstr(daotp_report_get_json(f->report), "p&ss"));
    fixture_free(f);
}

static void each_answer_has_its_finding(void **state)
{
    static const struct {
        unsigned http;
        const char *body;
        daotp_status status;
        daotp_finding_number finding;
        int64_t upstream;
    } cases[] = {
        {200,
         RESPONSE("<RequestedSecurityToken><o:SecurityTokenReference/></RequestedSecurityToken>"),
         DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING, 0},
        {200,
         RESPONSE("<RequestedSecurityToken><o:BinarySecurityToken>eHg=</o:BinarySecurityToken>"
                  "</RequestedSecurityToken>"),
         DAOTP_PEER, DAOTP_FINDING_CA_RESPONSE, 0},
        {200, RESPONSE(""), DAOTP_PEER, DAOTP_FINDING_CA_MESSAGE, 200},
        {200, "", DAOTP_PEER, DAOTP_FINDING_CA_MESSAGE, 200},
        {200, "<html><title>Sign in</title></html>", DAOTP_PEER, DAOTP_FINDING_CA_PAGE, 200},
        {200, "no XML", DAOTP_PEER, DAOTP_FINDING_CA_MESSAGE, 200},
        {500, FAULT11("it failed", ""), DAOTP_PEER, DAOTP_FINDING_CA_SOAP_VERSION, 500},
        {500, FAULT11("denied", DETAIL11("-2146877422")), DAOTP_REJECTED,
         DAOTP_FINDING_CA_TEMPLATE_DENIED, 0x80094012},
        {500, FAULT("a:x", DETAIL("-2146877422")), DAOTP_REJECTED, DAOTP_FINDING_CA_TEMPLATE_DENIED,
         0x80094012},
        {400, FAULT("a:x", DETAIL("-2146877422")), DAOTP_REJECTED, DAOTP_FINDING_CA_TEMPLATE_DENIED,
         0x80094012},
        {200, FAULT("a:x", DETAIL("-2146877422")), DAOTP_REJECTED, DAOTP_FINDING_CA_TEMPLATE_DENIED,
         0x80094012},
        {500, FAULT("a:InternalServiceFault", ""), DAOTP_PEER, DAOTP_FINDING_CA_FAULT, 500},
        {500, FAULT("a:ActionNotSupported", ""), DAOTP_PEER, DAOTP_FINDING_CA_PATH, 500},
        {500, FAULT("a:DestinationUnreachable", ""), DAOTP_PEER, DAOTP_FINDING_CA_PATH, 500},
        {500, FAULT("o:FailedAuthentication", ""), DAOTP_REJECTED, DAOTP_FINDING_CA_CREDENTIAL,
         500},
        {500, "Service Unavailable", DAOTP_PEER, DAOTP_FINDING_CA_UNAVAILABLE, 500},
        {500, FAULT("o:FailedAuthentication", DETAIL("-2146877422")), DAOTP_REJECTED,
         DAOTP_FINDING_CA_CREDENTIAL, 500},
        {401, "", DAOTP_REJECTED, DAOTP_FINDING_CA_CREDENTIAL, 401},
        {403, "", DAOTP_PEER, DAOTP_FINDING_CA_FORBIDDEN, 403},
        {404, FAULT("a:x", DETAIL("-2146877422")), DAOTP_PEER, DAOTP_FINDING_CA_PATH, 404},
        {503, "", DAOTP_PEER, DAOTP_FINDING_CA_UNAVAILABLE, 503},
        {302, "", DAOTP_PEER, DAOTP_FINDING_CA_HTTP, 302}, /* nothing is followed */
        {0, "", DAOTP_UNDECIDED, DAOTP_FINDING_CA_LOST, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);
        daotp_status status;

        shared->http = cases[i].http;
        (void)snprintf(shared->body, sizeof shared->body, "%s", cases[i].body);
        status = submit(f);
        if (status != cases[i].status || error_of(f) != cases[i].finding)
            fail_msg("case %zu: %u, %s", i, (unsigned)status, daotp_report_get_text(f->report));
        assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(f->report)),
                         cases[i].upstream);
        assert_int_equal(shared->requests, 1); /* never again by itself */
        assert_null(strstr(daotp_report_get_json(f->report), "p&ss"));
        fixture_free(f);
    }
}

/* ---- tokens and CMC answers ------------------------------------------------------------------ */

/* RESPONSE or fault with these tokens; NULL: no such element. */
static void set_tokens(const char *pkcs7, const char *certificate)
{
    (void)snprintf(shared->body, sizeof shared->body,
                   RESPONSE("<e:DispositionMessage>Ausgestellt</e:DispositionMessage>"
                            "<o:BinarySecurityToken>%s</o:BinarySecurityToken>"
                            "<RequestedSecurityToken>%s%s%s</RequestedSecurityToken>"
                            "<e:RequestID>17</e:RequestID>"),
                   pkcs7, certificate != NULL ? "<o:BinarySecurityToken>" : "",
                   certificate != NULL ? certificate : "",
                   certificate != NULL ? "</o:BinarySecurityToken>" : "");
    shared->http = 200;
}

static void set_tokens_and_reference(const char *pkcs7)
{
    (void)snprintf(shared->body, sizeof shared->body,
                   RESPONSE("<o:BinarySecurityToken>%s</o:BinarySecurityToken>"
                            "<RequestedSecurityToken><o:SecurityTokenReference/>"
                            "</RequestedSecurityToken><e:RequestID>17</e:RequestID>"),
                   pkcs7);
    shared->http = 200;
}

static void set_fault(const char *error_code, const char *response)
{
    (void)snprintf(shared->body, sizeof shared->body,
                   FAULT("a:x", "<s:Detail><CertificateEnrollmentWSDetail xmlns=\"" ENROL
                                "\"><BinaryResponse>%s</BinaryResponse><ErrorCode>%s</ErrorCode>"
                                "<RequestID>9</RequestID></CertificateEnrollmentWSDetail>"
                                "</s:Detail>"),
                   response, error_code);
    shared->http = 500;
}

static char *base64_of(const cmc_answer *answer, char text[6144])
{
    daotp__buffer der, base64;

    daotp__buffer_init(&der, 1 << 16);
    daotp__buffer_init(&base64, 1 << 16);
    cmc_answer_write(&der, answer);
    daotp__base64_write(&base64, der.data, der.len);
    assert_true(base64.len < 6144);
    (void)snprintf(text, 6144, "%s", daotp__buffer_string(&base64));
    daotp__buffer_free(&der);
    daotp__buffer_free(&base64);
    return text;
}

static void assert_answer(daotp_status wanted, daotp_finding_number number, const char *found)
{
    fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);
    const daotp_finding *finding = NULL;
    daotp_status status = submit(f);

    for (size_t i = 0; i < daotp_report_get_count(f->report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(f->report, i)) == number)
            finding = daotp_report_get_finding(f->report, i);
    if (status != wanted || finding == NULL ||
        strstr(daotp_finding_get_found(finding), found) == NULL)
        fail_msg("%s: %s", daotp_status_name(status), daotp_report_get_text(f->report));
    fixture_free(f);
}

/* A service whose binding was switched to MTOM sends its envelope as the first of several parts. */
static void an_answer_in_parts_is_named(void **state)
{
    static const char *const types[] = {
        "multipart/related; type=\"application/xop+xml\"; boundary=\"uuid:1\"",
        "Multipart/Mixed; boundary=x"};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);

        shared->http = i == 0 ? 200 : 500;
        (void)snprintf(shared->headers, sizeof shared->headers, "Content-Type: %s\r\n", types[i]);
        (void)snprintf(
            shared->body, sizeof shared->body,
            "--uuid:1\r\nContent-Type: application/xop+xml\r\n\r\n" RESPONSE("") "\r\n--uuid:1--");
        assert_int_equal(submit(f), DAOTP_PEER);
        assert_int_equal(error_of(f), DAOTP_FINDING_CA_MULTIPART);
        assert_string_equal(daotp_finding_get_found(daotp_report_get_error(f->report)), types[i]);
        shared->headers[0] = '\0';
        fixture_free(f);
    }
}

/* The certificate is taken wherever it stands, and what the CA says beside it is told. */
static void the_certificate_is_taken_where_it_stands(void **state)
{
    daotp__buffer both = forge_der(world.user), root = forge_der(world.root);
    cmc_answer good = {.status = 0, .fail_info = -1};
    cmc_answer failed = {.status = 2, .fail_info = 2, .text = "Denied by Policy Module"};
    char text[6144];

    (void)state;
    daotp__buffer_add(&both, root.data, root.len);
    good.certificates = failed.certificates = daotp__buffer_bytes(&both);
    set_tokens(base64_of(&good, text), NULL);
    assert_answer(DAOTP_OK, DAOTP_FINDING_CA_DISPOSITION, "request 17: Ausgestellt");
    set_tokens(base64_of(&good, text), "*");
    assert_answer(DAOTP_OK, DAOTP_FINDING_CA_RESPONSE, "not base64");
    set_tokens(base64_of(&failed, text), NULL);
    assert_answer(DAOTP_OK, DAOTP_FINDING_CA_STATUS, "Denied by Policy Module");
    good.certificates = daotp__buffer_bytes(&root);
    set_tokens_and_reference(base64_of(&good, text));
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING, "request 17");
    good.certificates = daotp__buffer_bytes(&both);
    set_tokens_and_reference(base64_of(&good, text));
    assert_answer(DAOTP_OK, DAOTP_FINDING_CA_DISPOSITION, "request 17");
    set_fault("-2146877422", base64_of(&good, text));
    assert_answer(DAOTP_OK, DAOTP_FINDING_CA_STATUS, "why");
    daotp__buffer_free(&both);
    daotp__buffer_free(&root);
}

static void the_text_of_a_cmc_answer_is_not_lost(void **state)
{
    const cmc_answer denied = {.status = 2, .fail_info = 2, .text = "Denied by Policy Module"};
    const cmc_answer part_of_another = {.status = 2, .fail_info = 2, .text = "whys and wherefores"};
    const cmc_answer pending = {.status = 3, .fail_info = -1, .pend_token = "9"};
    char text[6144];

    (void)state;
    set_tokens(base64_of(&denied, text), NULL);
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_DENIED, "Denied by Policy Module");
    set_fault("-2146877422", base64_of(&denied, text));
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_TEMPLATE_DENIED,
                  "Denied by Policy Module; why (request 9)");
    set_fault("", base64_of(&denied, text));
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_DENIED, "Denied by Policy Module");
    set_fault("-2146877422", base64_of(&part_of_another, text));
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_TEMPLATE_DENIED, "; why (request 9)");
    set_fault("", base64_of(&pending, text));
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING, "request 9");
    set_tokens(base64_of(&pending, text), NULL);
    assert_answer(DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING, "request 17");
}

static void a_certificate_authenticates_where_it_is_asked_for(void **state)
{
    fixture *f = fixture_new(DAOTP_CA_CERTIFICATE, world.root);
    daotp_credential *identity =
        forge_credential(f->context, world.machine, NULL, world.machine_key);

    (void)state;
    answer_issued();
    assert_int_equal(daotp_ca_set_identity(f->ca, identity), DAOTP_OK);
    daotp_credential_unref(identity);
    if (submit(f) != DAOTP_OK)
        fail_msg("%s", daotp_report_get_text(f->report));
    assert_true(shared->client_certificate);
    assert_null(strstr(shared->seen, "UsernameToken"));
    fixture_free(f);
}

/* An identity is shown to nobody that it was not set for. */
static void a_password_service_sees_no_certificate(void **state)
{
    fixture *f = fixture_new(DAOTP_CA_USERNAME, world.root);
    daotp_credential *identity =
        forge_credential(f->context, world.machine, NULL, world.machine_key);

    (void)state;
    answer_issued();
    assert_int_equal(daotp_ca_set_identity(f->ca, identity), DAOTP_OK);
    daotp_credential_unref(identity);
    assert_int_not_equal(submit(f), DAOTP_OK);
    assert_int_equal(shared->requests, 0);
    fixture_free(f);
}

/* The service's own anchors go before the client's; without any nobody is believed. */
static void trust_is_the_cas_then_the_clients(void **state)
{
    EVP_PKEY *other_key = forge_p256();
    forge_spec other_spec = forge_root_spec(other_key);
    fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);
    daotp_trust *other;
    daotp__buffer der;
    X509 *x509;

    (void)state;
    other_spec.subject = "CN=Other";
    x509 = forge_certificate(&other_spec);
    der = forge_der(x509);
    assert_int_equal(daotp_trust_new(f->context, &other), DAOTP_OK);
    assert_int_equal(daotp_trust_add(other, der.data, der.len, NULL), DAOTP_OK);
    answer_issued();
    f->spec.trust = other;
    assert_int_equal(submit(f), DAOTP_REJECTED);
    assert_int_equal(error_of(f), DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    assert_int_equal(shared->requests, 0); /* no password went out */
    assert_int_equal(daotp_ca_set_trust(f->ca, f->trust), DAOTP_OK);
    assert_int_equal(submit(f), DAOTP_OK);
    daotp_trust_unref(other);
    daotp__buffer_free(&der);
    X509_free(x509);
    EVP_PKEY_free(other_key);
    fixture_free(f);
}

static void a_service_that_is_not_there_is_told_with_the_reason(void **state)
{
    fixture *f = fixture_new(DAOTP_CA_USERNAME, NULL);
    test_report report = {.report = f->report};
    char url[80];

    (void)state;
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/", (unsigned)tls_peer_closed_port());
    assert_int_equal(daotp_ca_set_url(f->ca, url), DAOTP_OK);
    assert_int_equal(submit(f), DAOTP_NETWORK);
    assert_int_equal(error_of(f), DAOTP_FINDING_CA_UNREACHABLE);
    assert_true(test_report_has(&report, DAOTP_FINDING_TCP_FAILED));
    assert_int_equal(daotp_finding_get_number(daotp_report_get_cause(f->report)),
                     DAOTP_FINDING_TCP_FAILED);
    fixture_free(f);
}

/* Negotiate goes through libcurl's own engine; without a ticket it ends, and says so. */
static void negotiate_without_a_ticket_is_refused(void **state)
{
    fixture *f = fixture_new(DAOTP_CA_NEGOTIATE, NULL);
    daotp_status status;

    (void)state;
    (void)setenv("KRB5CCNAME", "MEMORY:nothing", 1);
    (void)setenv("KRB5_CONFIG", "/dev/null", 1);
    shared->http = 401;
    shared->body[0] = '\0';
    status = submit(f);
    assert_true(status == DAOTP_REJECTED || status == DAOTP_CONFIGURATION);
    assert_int_not_equal(error_of(f), DAOTP_FINDING_NONE);
    assert_null(strstr(shared->seen, "UsernameToken"));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_out_and_a_certificate_comes_back),
        cmocka_unit_test(each_answer_has_its_finding),
        cmocka_unit_test(an_answer_in_parts_is_named),
        cmocka_unit_test(the_certificate_is_taken_where_it_stands),
        cmocka_unit_test(the_text_of_a_cmc_answer_is_not_lost),
        cmocka_unit_test(a_certificate_authenticates_where_it_is_asked_for),
        cmocka_unit_test(a_password_service_sees_no_certificate),
        cmocka_unit_test(trust_is_the_cas_then_the_clients),
        cmocka_unit_test(a_service_that_is_not_there_is_told_with_the_reason),
        cmocka_unit_test(negotiate_without_a_ticket_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
