/* SPDX-License-Identifier: BSD-2-Clause */
/* The Certificate Enrollment Web Service as a transport, MS-WSTEP. */
#include "ca/wstep.h"

#include "ca/issued_pair.h"
#include "ca/soap.h"
#include "core/alloc.h"
#include "core/host.h"
#include "net/https_exchange.h"
#include "net/negotiate_post.h"
#include "net/page.h"
#include "net/proxy.h"
#include "validate/tls_verify.h"
#include "x509/random.h"

#include <daotp/sys/ca_transport.h>

#include <string.h>
#include <strings.h>

typedef struct wstep {
    daotp_context *context;
    daotp_ca_authentication authentication;
    char *url, *url_template;
    daotp_trust *trust;
    daotp_credential *identity;
} wstep;

typedef struct exchange {
    daotp__loop *loop;
    daotp_ca_authentication how; /* never DAOTP_CA_ANY */
    daotp__url url;
    daotp__buffer envelope;
    /* http: the request holds a password, or our client certificate is used; post: Negotiate */
    daotp__https_exchange *http;
    daotp__negotiate_post *post;
    size_t max_answer; /* octets */
    bool begun;
    bool must_ask; /* asks for the password after the fall-back */
} exchange;

static const char content_type[] = "Content-Type: application/soap+xml; charset=utf-8\r\n";

/* ---- how ------------------------------------------------------------------------------------- */

/* The text in the URL of a Windows service for each authentication method, and the value of
 * {method}. */
static const struct {
    daotp_ca_authentication how;
    const char *method, *mark;
} methods[] = {
    {DAOTP_CA_USERNAME, "UsernamePassword", "_UsernamePassword/"},
    {DAOTP_CA_NEGOTIATE, "Kerberos", "_Kerberos/"},
    {DAOTP_CA_CERTIFICATE, "Certificate", "_Certificate/"},
};
enum { METHODS = sizeof methods / sizeof methods[0] };

static const char default_template[] = "https://{host}/{ca}_CES_{method}/service.svc/CES";

static const char *url_source(const wstep *self)
{
    if (self->url != NULL)
        return self->url;
    return self->url_template != NULL ? self->url_template : default_template;
}

/* The authentication method that the URL names; DAOTP_CA_ANY: none. */
static daotp_ca_authentication method_of_url(const char *url)
{
    for (size_t i = 0; i < METHODS; i++) {
        const char *at = strstr(url, methods[i].mark);

        if (at != NULL && at - url >= 4 &&
            (strncmp(at - 4, "_CES", 4) == 0 || strncmp(at - 4, "_CEP", 4) == 0))
            return methods[i].how;
    }
    return DAOTP_CA_ANY;
}

static daotp_ca_authentication method_set(const wstep *self)
{
    if (self->authentication != DAOTP_CA_ANY)
        return self->authentication;
    return method_of_url(url_source(self));
}

/* Choose the method. A ticket is preferred, because then no password is sent. */
static daotp_ca_authentication choose_method(const wstep *self, bool has_ticket)
{
    daotp_ca_authentication how = method_set(self);

    if (how != DAOTP_CA_ANY)
        return how;
    return has_ticket ? DAOTP_CA_NEGOTIATE : DAOTP_CA_USERNAME;
}

static const char *method_name(daotp_ca_authentication how)
{
    size_t i = 0;

    while (i + 1 < METHODS && methods[i].how != how)
        i++;
    return methods[i].method;
}

/* ---- where ----------------------------------------------------------------------------------- */

/* RFC 3986 2.1: everything but unreserved characters */
static void percent_encode(daotp__buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *text) !=
            NULL)
            daotp__buffer_byte(out, (uint8_t)*text);
        else
            daotp__buffer_format(out, "%%%02X", (unsigned)(uint8_t)*text);
    }
}

/* The length of scheme and authority of a URL or URL template (RFC 3986 3). */
static size_t authority_end(const char *url)
{
    const char *slashes = strstr(url, "://");
    size_t skip = slashes != NULL ? (size_t)(slashes + 3 - url) : 0;

    return skip + strcspn(url + skip, "/?#\\");
}

static bool stands_before(const char *url, const char *word, size_t end)
{
    const char *at = strstr(url, word);

    return at != NULL && (size_t)(at - url) < end;
}

/* The name of the CA is free text. In the authority it could name another host or a port, so it
 * is not allowed there. */
static bool is_well_formed_template(const char *url)
{
    size_t end = authority_end(url);

    return !stands_before(url, "{ca}", end) && !stands_before(url, "{method}", end);
}

static daotp_host_origin origin_of(const wstep *self)
{
    const char *source = url_source(self);

    if (self->url == NULL && stands_before(source, "{host}", authority_end(source)))
        return DAOTP_HOST_FROM_SERVER;
    return DAOTP_HOST_CONFIGURED;
}

/* In an authority an IPv6 address is in brackets (RFC 3986 3.2.2). */
static void add_url_host(daotp__buffer *out, const char *text)
{
    daotp__host host;

    if (!daotp__host_parse(text, &host))
        out->failed = DAOTP_PEER; /* begin_wstep_by() has reported malformed hosts */
    daotp__buffer_format(out, strchr(host.text, ':') != NULL ? "[%s]" : "%s", host.text);
}

static void expand_template(daotp__buffer *out, const char *template, daotp_ca_authentication how,
                            const daotp_submission *submission)
{
    const char *authority = template + authority_end(template), *from = template;

    while (*from != '\0') {
        if (strncmp(from, "{host}", 6) == 0 && from < authority) {
            add_url_host(out, daotp_submission_get_host(submission));
            from += 6;
        } else if (strncmp(from, "{host}", 6) == 0) {
            percent_encode(out, daotp_submission_get_host(submission));
            from += 6;
        } else if (strncmp(from, "{ca}", 4) == 0) {
            percent_encode(out, daotp_submission_get_ca_name(submission));
            from += 4;
        } else if (strncmp(from, "{method}", 8) == 0) {
            daotp__buffer_text(out, method_name(how));
            from += 8;
        } else {
            daotp__buffer_byte(out, (uint8_t)*from++);
        }
    }
}

static daotp_status parse_url(const daotp_submission *submission, daotp__buffer *text,
                              bool is_well_formed, daotp__url *url)
{
    daotp_status status = text->failed;

    if (status == DAOTP_OK)
        status = is_well_formed ? daotp__url_parse(daotp__buffer_string(text), url) : DAOTP_USAGE;
    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_URL, 0,
                             daotp_submission_get_config(submission), "%s",
                             daotp__buffer_string(text));
}

/* The host name from the OTP server is checked before it is put into the URL, and the host of
 * the resulting URL is checked again, because a template such as https://ces-{host}/ makes a
 * different host. */
static daotp_status find_url(const wstep *self, daotp_ca_authentication how,
                             daotp_submission *submission, daotp__url *url)
{
    const char *source = url_source(self);
    bool from_server = origin_of(self) == DAOTP_HOST_FROM_SERVER;
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, DAOTP__MAX_URL);
    if (self->url != NULL)
        daotp__buffer_text(&out, source);
    else
        expand_template(&out, source, how, submission);
    status = parse_url(submission, &out, self->url != NULL || is_well_formed_template(source), url);
    daotp__buffer_free(&out);
    if (status == DAOTP_OK && from_server)
        status = daotp_submission_check_host(submission, url->host);
    return status;
}

/* ---- begin ----------------------------------------------------------------------------------- */

static daotp_status write_envelope(daotp_submission *submission, daotp_host_origin origin,
                                   exchange *state)
{
    daotp__wstep_request request = {.url = state->url.text};
    const char *password = "";
    char uuid[DAOTP__UUID_TEXT];
    daotp_status status;

    if (!daotp__random_uuid(uuid))
        return DAOTP_INTERNAL;
    request.message_id = uuid;
    request.cmc.data = daotp_submission_get_request(submission, &request.cmc.len);
    request.request_id = daotp_submission_get_resumed_id(submission);
    if (state->how == DAOTP_CA_USERNAME) {
        status =
            daotp_submission_ask_credential(submission, state->url.host, origin, &request.user_name,
                                            &password, &request.password.len);
        if (status != DAOTP_OK)
            return status;
        request.password.data = (const uint8_t *)password;
    }
    if (daotp__submission_templates(submission) != NULL)
        return daotp__policies_request_write(&request, &state->envelope);
    return daotp__wstep_request_write(&request, &state->envelope);
}

static daotp_trust *trust_of(const wstep *self, const daotp_submission *submission)
{
    return self->trust != NULL ? self->trust : daotp_submission_get_trust(submission);
}

/* Report missing settings that do not depend on the CA. */
static daotp_status check_wstep_settings(const wstep *self, const daotp_submission *submission,
                                         daotp_ca_authentication how, const char *url)
{
    daotp_report *report = daotp_submission_get_report(submission);

    if (trust_of(self, submission) == NULL)
        return daotp_report_add(report, DAOTP_FINDING_CLIENT_NO_TRUST, 0, url, "no anchors");
    if (how == DAOTP_CA_CERTIFICATE && self->identity == NULL)
        return daotp_report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING, 0, url, "none set");
    if (how == DAOTP_CA_USERNAME && !daotp_submission_can_ask_credential(submission))
        return daotp_report_add(report, DAOTP_FINDING_DOMAIN_CREDENTIAL, 0, url,
                                "nobody to ask for it");
    return DAOTP_OK;
}

static daotp_status check_wstep(void *given, daotp_submission *submission)
{
    daotp_ca_authentication how = choose_method(given, daotp_submission_has_ticket(submission));
    daotp__url url = {.text = NULL};
    daotp_status status = find_url(given, how, submission, &url);

    if (status == DAOTP_OK)
        status = check_wstep_settings(given, submission, how, url.text);
    daotp__url_free(&url);
    return status;
}

static daotp_status open_service(const wstep *self, daotp_submission *submission, exchange *state)
{
    daotp__peer peer = {
        .url = &state->url,
        .trust = trust_of(self, submission),
        .identity = state->how == DAOTP_CA_CERTIFICATE ? self->identity : NULL,
        .proxy = daotp_submission_get_proxy(submission),
        .proxy_from_environment = daotp_submission_uses_environment_proxy(submission),
        .tls12_only = daotp_submission_is_tls12_only(submission),
        .verify = daotp__tls_verify_by(daotp_submission_get_server_rules(submission)),
        .connect_ms = daotp_submission_get_connect_timeout_ms(submission)};
    daotp_status status = check_wstep_settings(self, submission, state->how, state->url.text);

    if (status == DAOTP_OK)
        status = daotp__proxy_check(&peer, daotp_submission_get_report(submission));
    if (status != DAOTP_OK)
        return status;
    if (state->how == DAOTP_CA_NEGOTIATE)
        return daotp__negotiate_post_new(state->loop, &peer, content_type,
                                         daotp__buffer_bytes(&state->envelope), state->max_answer,
                                         &state->post);
    return daotp__https_exchange_new(state->loop, &peer, &state->http);
}

static void end_wstep(void *self, void *given)
{
    exchange *state = given;

    (void)self;
    if (state == NULL)
        return;
    daotp__https_exchange_free(state->http);
    daotp__negotiate_post_free(state->post);
    daotp__buffer_free(&state->envelope);
    daotp__url_free(&state->url);
    daotp__loop_free(state->loop);
    daotp__delete(state);
}

static daotp_status begin_wstep_by(const wstep *self, daotp_submission *submission, exchange *state,
                                   daotp_ca_authentication how)
{
    daotp_host_origin origin = origin_of(self);
    daotp_status status = DAOTP_OK;

    state->how = how;
    if (origin == DAOTP_HOST_FROM_SERVER)
        status =
            daotp_submission_check_host_form(submission, daotp_submission_get_host(submission));
    if (status == DAOTP_OK)
        status = find_url(self, how, submission, &state->url);
    if (status == DAOTP_OK)
        status = write_envelope(submission, origin, state);
    return status == DAOTP_OK ? open_service(self, submission, state) : status;
}

static daotp_status begin_wstep(void *given, daotp_submission *submission, void **out)
{
    const wstep *self = given;
    bool has_ticket = daotp_submission_has_ticket(submission);
    exchange *state = daotp__new(sizeof *state);
    daotp_status status;

    if (state == NULL)
        return DAOTP_MEMORY;
    state->max_answer = DAOTP__MAX_SOAP_MESSAGE;
    if (daotp__submission_templates(submission) != NULL)
        state->max_answer = DAOTP__MAX_XCEP_MESSAGE;
    daotp__buffer_init_secret(&state->envelope, 2 * DAOTP__MAX_CMC);
    status = daotp__loop_new(self->context, &state->loop);
    if (status == DAOTP_OK)
        status = begin_wstep_by(self, submission, state, choose_method(self, has_ticket));
    if (status != DAOTP_OK) {
        end_wstep(given, state);
        return status;
    }
    *out = state;
    return DAOTP_OK;
}

/* ---- step ------------------------------------------------------------------------------------ */

static daotp_status step_http(exchange *state, daotp_report *report)
{
    daotp_status status = daotp__https_exchange_open(state->http, report);

    if (status == DAOTP_OK && !state->begun) {
        status =
            daotp__https_exchange_begin(state->http, "POST", content_type,
                                        daotp__buffer_bytes(&state->envelope), state->max_answer);
        daotp__buffer_free(&state->envelope); /* wipe this copy of the password early */
        state->begun = true;
    }
    return status == DAOTP_OK ? daotp__https_exchange_step(state->http, report) : status;
}

static daotp_status explain_fault(const daotp__wstep_answer *answer, unsigned http,
                                  const char *peer, daotp_report *report)
{
    if (answer->is_authentication)
        return daotp__report_add(report, DAOTP_FINDING_CA_CREDENTIAL, http, peer, "%s",
                                 answer->message);
    if (answer->is_addressing)
        return daotp__report_add(report, DAOTP_FINDING_CA_PATH, http, peer, "%s", answer->message);
    if (answer->is_soap11)
        return daotp__report_add(report, DAOTP_FINDING_CA_SOAP_VERSION, http, peer, "%s",
                                 answer->message);
    return daotp__report_add(report, DAOTP_FINDING_CA_FAULT, http, peer, "%s", answer->message);
}

/* One token holds the certificate, the other holds it with its chain. */
static daotp_status take_issued_tokens(const daotp__wstep_answer *answer,
                                       daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status = daotp__issued_take_pair(
        submission, daotp__buffer_bytes(&answer->certificate), daotp__buffer_bytes(&answer->cmc));
    size_t findings = report->count;

    if (status != DAOTP_OK || !answer->is_response_broken)
        return status;
    status = daotp__report_add(report, DAOTP_FINDING_CA_RESPONSE, 0, "BinarySecurityToken",
                               "a token that is not base64");
    if (status == DAOTP_MEMORY)
        return status;
    daotp__report_downgrade_errors(report, findings);
    return DAOTP_OK;
}

/* The RequestID, or the pendToken of the CMC full response. */
static const char *pending_id(const daotp__wstep_answer *answer)
{
    if (answer->request_id != NULL && *answer->request_id != '\0')
        return answer->request_id;
    return answer->response.pend_token;
}

static bool holds_our_certificate(const daotp__wstep_answer *answer,
                                  const daotp_submission *submission)
{
    return daotp_submission_holds_certificate(submission, answer->cmc.data, answer->cmc.len);
}

/* With a reference to a token that will follow later, the certificates may be those of the CA
 * alone. */
static bool is_still_waiting(const daotp__wstep_answer *answer, const daotp_submission *submission)
{
    return answer->has_reference && answer->certificate.len == 0 &&
           !holds_our_certificate(answer, submission);
}

static daotp_status take_wstep_answer(const daotp__wstep_answer *answer, unsigned http,
                                      daotp_submission *submission, const char *peer)
{
    daotp_status status;

    /* the HRESULT does not matter: a request can be denied only after authentication */
    if (answer->kind == DAOTP__WSTEP_DENIED && answer->is_authentication)
        return explain_fault(answer, http, peer, daotp_submission_get_report(submission));
    status = daotp_submission_set_disposition(submission, answer->request_id, answer->message);
    if (status != DAOTP_OK)
        return status;
    if (answer->kind != DAOTP__WSTEP_ISSUED && holds_our_certificate(answer, submission))
        return daotp__issued_take_beside(submission, daotp__buffer_bytes(&answer->cmc),
                                         answer->message);
    switch (answer->kind) {
    case DAOTP__WSTEP_ISSUED:
        if (is_still_waiting(answer, submission))
            return daotp_submission_pending(submission, pending_id(answer));
        return take_issued_tokens(answer, submission);
    case DAOTP__WSTEP_REFUSED: /* the status in the CMC full response decides */
        return take_issued_tokens(answer, submission);
    case DAOTP__WSTEP_PENDING:
        return daotp_submission_pending(submission, pending_id(answer));
    case DAOTP__WSTEP_DENIED:
        return daotp_submission_denied(submission, answer->hresult, answer->response.text);
    case DAOTP__WSTEP_FAULT:
        break;
    }
    return explain_fault(answer, http, peer, daotp_submission_get_report(submission));
}

/* ---- what is no answer of SOAP --------------------------------------------------------------- */

/* A response, from whichever of the two HTTP clients was used. */
typedef struct wstep_reply {
    unsigned http;
    daotp__bytes body;
    const char *type, *offered; /* Content-Type, WWW-Authenticate; NULL: absent */
    bool wants_certificate;     /* the server asked for a client certificate, and none was sent */
} wstep_reply;

static wstep_reply reply_of(const exchange *state)
{
    const daotp__tls *tls;

    if (state->post != NULL)
        return (wstep_reply){.http = daotp__negotiate_post_status(state->post),
                             .body = daotp__negotiate_post_body(state->post),
                             .type = daotp__negotiate_post_content_type(state->post)};
    tls = daotp__https_exchange_tls(state->http);
    return (wstep_reply){.http = daotp__https_exchange_status(state->http),
                         .body = daotp__https_exchange_body(state->http),
                         .type = daotp__https_exchange_header(state->http, "Content-Type"),
                         .offered = daotp__https_exchange_header(state->http, "WWW-Authenticate"),
                         .wants_certificate =
                             daotp__tls_was_asked(tls) && !daotp__tls_has_sent(tls)};
}

static daotp_finding_number finding_of_http(const wstep_reply *reply)
{
    switch (reply->http) {
    case 401: /* the password is in the SOAP message, so an HTTP 401 is not about it */
        return reply->offered != NULL ? DAOTP_FINDING_CA_METHOD : DAOTP_FINDING_CA_CREDENTIAL;
    case 403:
        return reply->wants_certificate ? DAOTP_FINDING_CA_METHOD : DAOTP_FINDING_CA_FORBIDDEN;
    case 404:
    case 410:
        return DAOTP_FINDING_CA_PATH;
    default:
        break;
    }
    if (reply->http >= 500 && reply->http < 600)
        return DAOTP_FINDING_CA_UNAVAILABLE;
    return DAOTP_FINDING_CA_HTTP;
}

static daotp_status explain_http(const wstep_reply *reply, const char *peer, daotp_report *report)
{
    daotp_finding_number number = finding_of_http(reply);

    if (number == DAOTP_FINDING_CA_METHOD && reply->http == 403)
        return daotp__report_add(report, number, reply->http, peer,
                                 "HTTP 403; the service asks for a client certificate");
    if (number == DAOTP_FINDING_CA_METHOD)
        return daotp__report_add(report, number, reply->http, peer, "HTTP 401; it offers %s",
                                 reply->offered);
    return daotp__report_add(report, number, reply->http, peer, "HTTP %u", reply->http);
}

/* No password was used, so the ticket was refused or is missing. */
static daotp_status explain_ticket(const exchange *state, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_CA_CREDENTIAL;

    if (!daotp__negotiate_post_is_offered(state->post))
        number = DAOTP_FINDING_CA_METHOD;
    else if (daotp__negotiate_post_is_ticket_sent(state->post))
        number = DAOTP_FINDING_CA_TICKET_REFUSED;
    return daotp__report_add(report, number, 401, state->url.text, "HTTP 401; %s",
                             daotp__negotiate_post_refusal(state->post));
}

static bool is_multipart(const wstep_reply *reply)
{
    static const char multipart[] = "multipart/";

    return reply->type != NULL && strncasecmp(reply->type, multipart, sizeof multipart - 1) == 0;
}

/* The response is not a SOAP message: report what it is. */
static daotp_status explain_body(const wstep_reply *reply, const daotp__wstep_answer *answer,
                                 const daotp__xml_fault *fault, const char *peer,
                                 daotp_report *report)
{
    char title[DAOTP__PAGE_TITLE], text[DAOTP__XML_FAULT_TEXT];

    if (is_multipart(reply))
        return daotp__report_add(report, DAOTP_FINDING_CA_MULTIPART, reply->http, peer, "%s",
                                 reply->type);
    if (answer->is_soap11)
        return daotp__report_add(report, DAOTP_FINDING_CA_SOAP_VERSION, reply->http, peer, "%s",
                                 daotp__xml_fault_describe(fault, text));
    if (reply->http != 200)
        return explain_http(reply, peer, report);
    if (!daotp__page_is_html(reply->type, reply->body))
        return daotp__report_add(report, DAOTP_FINDING_CA_MESSAGE, reply->http, peer, "%s",
                                 daotp__xml_fault_describe(fault, text));
    daotp__page_title(reply->body, title);
    return daotp__report_add(report, DAOTP_FINDING_CA_PAGE, reply->http, peer,
                             "a page with the title \"%s\"", title);
}

/* Read a certificate or templates, depending on the request. */
static daotp_status read_body(const wstep_reply *reply, const daotp_submission *submission,
                              daotp__wstep_answer *answer, daotp__xml_fault *fault)
{
    daotp_templates **templates = daotp__submission_templates(submission);

    if (templates != NULL)
        return daotp__policies_answer_read(reply->body, answer, templates, fault);
    return daotp__wstep_answer_read(reply->body, answer, fault);
}

static daotp_status take_wstep_body(const wstep_reply *reply, const daotp__wstep_answer *answer,
                                    daotp_submission *submission, const char *peer)
{
    daotp_templates **templates = daotp__submission_templates(submission);

    if (templates == NULL)
        return take_wstep_answer(answer, reply->http, submission, peer);
    if (*templates != NULL)
        return DAOTP_OK;
    return explain_fault(answer, reply->http, peer, daotp_submission_get_report(submission));
}

/* A SOAP fault comes with HTTP 500, or 400. */
static daotp_status read_wstep_answer(const exchange *state, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    const char *peer = state->url.text;
    const wstep_reply reply = reply_of(state);
    daotp__wstep_answer answer;
    daotp__xml_fault fault;
    daotp_status status;

    if (reply.http != 200 && reply.http != 500 && reply.http != 400)
        return explain_http(&reply, peer, report);
    daotp__wstep_answer_init(&answer);
    status = read_body(&reply, submission, &answer, &fault);
    if (status == DAOTP_PEER)
        status = explain_body(&reply, &answer, &fault, peer, report);
    else if (status == DAOTP_OK)
        status = take_wstep_body(&reply, &answer, submission, peer);
    daotp__wstep_answer_free(&answer);
    return status;
}

/* No connection, or one that ended: report what that means, with the finding about it as the cause.
 */
static daotp_status explain_silence(const exchange *state, daotp_status status, size_t findings,
                                    daotp_submission *submission)
{
    bool sent = state->post != NULL ? daotp__negotiate_post_has_sent(state->post)
                                    : daotp__https_exchange_has_sent(state->http);
    daotp_finding_number number = sent ? DAOTP_FINDING_CA_LOST : DAOTP_FINDING_CA_UNREACHABLE;

    if (!sent && status == DAOTP_TIMEOUT)
        return status;
    return daotp_report_conclude(daotp_submission_get_report(submission), findings, number,
                                 daotp_submission_get_config(submission), state->url.text);
}

/* Whether we chose Negotiate and the service does not offer it. Nothing was executed then. */
static bool must_fall_back(const wstep *self, const daotp_submission *submission,
                           const exchange *state)
{
    unsigned http = state->post != NULL ? daotp__negotiate_post_status(state->post) : 0;

    return method_set(self) == DAOTP_CA_ANY && (http == 401 || http == 404) &&
           daotp_submission_can_ask_credential(submission);
}

static daotp_status fall_back_to_password(const wstep *self, daotp_submission *submission,
                                          exchange *state)
{
    daotp_status status;

    daotp__negotiate_post_free(state->post);
    state->post = NULL;
    daotp__buffer_free(&state->envelope);
    daotp__url_free(&state->url);
    status = begin_wstep_by(self, submission, state, DAOTP_CA_USERNAME);
    state->must_ask = status == DAOTP_AGAIN;
    return status == DAOTP_OK ? step_http(state, daotp_submission_get_report(submission)) : status;
}

static daotp_status step_wstep(void *self, void *given, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    size_t findings = daotp_report_get_count(report);
    exchange *state = given;
    daotp_status status;

    (void)daotp__loop_dispatch(state->loop); /* the client checks the deadline */
    if (state->must_ask)
        status = fall_back_to_password(self, submission, state);
    else if (state->post != NULL)
        status = daotp__negotiate_post_step(state->post, report);
    else
        status = step_http(state, report);
    if (status == DAOTP_OK && must_fall_back(self, submission, state))
        status = fall_back_to_password(self, submission, state);
    if (status == DAOTP_NETWORK || status == DAOTP_TIMEOUT)
        return explain_silence(state, status, findings, submission);
    if (status == DAOTP_AGAIN)
        daotp__loop_pause(state->loop);
    if (status != DAOTP_OK)
        return status;
    if (state->post != NULL && daotp__negotiate_post_status(state->post) == 401)
        return explain_ticket(state, report);
    return read_wstep_answer(state, submission);
}

static int descriptor_wstep(void *self, void *given)
{
    exchange *state = given;

    (void)self;
    return daotp__loop_fd(state->loop);
}

static int timeout_wstep(void *self, void *given)
{
    exchange *state = given;

    (void)self;
    return daotp__loop_timeout_ms(state->loop);
}

/* If the service accepts both, a ticket is preferred, because then no password is sent. */
static uint32_t needs_wstep(void *self)
{
    switch (method_set(self)) {
    case DAOTP_CA_ANY:
        return DAOTP_CA_TAKES_TICKET | DAOTP_CA_RESUMES;
    case DAOTP_CA_NEGOTIATE:
        return DAOTP_CA_NEEDS_TICKET | DAOTP_CA_RESUMES;
    default:
        return DAOTP_CA_RESUMES;
    }
}

static void free_wstep(void *given)
{
    wstep *self = given;

    daotp__delete(self->url);
    daotp__delete(self->url_template);
    daotp_trust_unref(self->trust);
    daotp_credential_unref(self->identity);
    daotp_context_unref(self->context);
    daotp__delete(self);
}

static const daotp_ca_transport transport = {.size = sizeof transport,
                                             .begin = begin_wstep,
                                             .step = step_wstep,
                                             .descriptor = descriptor_wstep,
                                             .timeout_ms = timeout_wstep,
                                             .end = end_wstep,
                                             .free = free_wstep,
                                             .check = check_wstep,
                                             .needs = needs_wstep};

/* ---- the public calls ------------------------------------------------------------------------ */

daotp_status daotp_ca_new_wstep(daotp_context *context, daotp_ca_authentication authentication,
                                daotp_ca **ca)
{
    wstep *self;

    if (ca == NULL)
        return DAOTP_USAGE;
    *ca = NULL;
    if (context == NULL || authentication < DAOTP_CA_USERNAME || authentication > DAOTP_CA_ANY)
        return DAOTP_USAGE;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->context = daotp__context_ref(context);
    self->authentication = authentication;
    return daotp_ca_new(context, &transport, self, ca);
}

const char *daotp__wstep_url(const daotp_ca *ca)
{
    const wstep *self = daotp_ca_get_self(ca, &transport);

    return self != NULL ? self->url : NULL;
}

daotp_ca_authentication daotp__wstep_method(const daotp_ca *ca, bool has_ticket)
{
    const wstep *self = daotp_ca_get_self(ca, &transport);

    return self != NULL ? choose_method(self, has_ticket) : 0;
}

/* Parse the scheme and authority of the URL or template as a URL. */
static bool parse_authority(const wstep *self, daotp__url *url)
{
    const char *source = url_source(self);
    char *authority = daotp__text_copy_n(source, authority_end(source));
    bool is_parsed = authority != NULL && daotp__url_parse(authority, url) == DAOTP_OK;

    daotp__delete(authority);
    return is_parsed;
}

char *daotp__wstep_password_host(const daotp_ca *ca, bool has_ticket)
{
    const wstep *self = daotp_ca_get_self(ca, &transport);
    daotp__url url = {.text = NULL};
    char *host = NULL;

    if (self == NULL || choose_method(self, has_ticket) != DAOTP_CA_USERNAME ||
        origin_of(self) != DAOTP_HOST_CONFIGURED)
        return NULL;
    if (parse_authority(self, &url))
        host = daotp__text_copy(url.host);
    daotp__url_free(&url);
    return host;
}

static daotp_status refuse_setting(daotp_ca *ca, daotp_status status, const char *setting,
                                   const char *why)
{
    return daotp__report_refuse(daotp_ca_get_report(ca), status, setting, why);
}

static daotp_status refuse_ca(daotp_ca *ca, const char *setting)
{
    if (ca == NULL)
        return DAOTP_USAGE;
    return refuse_setting(ca, DAOTP_USAGE, setting, "not a CA that is reached by MS-WSTEP");
}

daotp_status daotp_ca_set_url(daotp_ca *ca, const char *url)
{
    wstep *self = daotp_ca_get_self(ca, &transport);
    daotp__url parsed;
    daotp_status status;

    if (self == NULL)
        return refuse_ca(ca, "URL");
    if (url != NULL) {
        status = daotp__url_parse(url, &parsed);
        if (status != DAOTP_OK)
            return refuse_setting(ca, status, "URL", url);
        daotp__url_free(&parsed);
    }
    if (!daotp__text_set(&self->url, url))
        return refuse_setting(ca, DAOTP_MEMORY, "URL", "");
    return DAOTP_OK;
}

daotp_status daotp_ca_set_url_template(daotp_ca *ca, const char *url_template)
{
    wstep *self = daotp_ca_get_self(ca, &transport);

    if (self == NULL)
        return refuse_ca(ca, "URL template");
    if (url_template != NULL && strlen(url_template) > DAOTP__MAX_URL)
        return refuse_setting(ca, DAOTP_USAGE, "URL template", "too long");
    if (!daotp__text_set(&self->url_template, url_template))
        return refuse_setting(ca, DAOTP_MEMORY, "URL template", "");
    return DAOTP_OK;
}

daotp_status daotp_ca_set_trust(daotp_ca *ca, daotp_trust *trust)
{
    wstep *self = daotp_ca_get_self(ca, &transport);

    if (self == NULL)
        return refuse_ca(ca, "trust");
    (void)daotp_trust_ref(trust);
    daotp_trust_unref(self->trust);
    self->trust = trust;
    return DAOTP_OK;
}

daotp_status daotp_ca_set_identity(daotp_ca *ca, daotp_credential *identity)
{
    wstep *self = daotp_ca_get_self(ca, &transport);

    if (self == NULL)
        return refuse_ca(ca, "identity");
    (void)daotp_credential_ref(identity);
    daotp_credential_unref(self->identity);
    self->identity = identity;
    return DAOTP_OK;
}

/* ---- for the doctor -------------------------------------------------------------------------- */

void daotp__wstep_set_peer(const daotp_ca *ca, daotp__peer *peer)
{
    const wstep *self = daotp_ca_get_self(ca, &transport);

    if (self == NULL)
        return;
    if (self->trust != NULL)
        peer->trust = self->trust;
    peer->identity = choose_method(self, false) == DAOTP_CA_CERTIFICATE ? self->identity : NULL;
}

daotp_finding_number daotp__wstep_status_finding(unsigned http)
{
    wstep_reply reply = {.http = http};

    return finding_of_http(&reply);
}
