/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/http_verdict.h"

#include "core/utf8.h"
#include "net/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- our certificate ------------------------------------------------------------------------- */

/* What became of the client certificate in the handshake. */
static const char *certificate_sent(const daotp__tls *tls)
{
    if (daotp__tls_has_sent(tls))
        return "sent";
    return daotp__tls_was_asked(tls) ? "asked for, none sent" : "not asked for";
}

enum { PAGE_SHOWN = DAOTP__PAGE_TITLE + 16 };

/* The title of the page that an error comes with: IIS and nginx say there what they mean. */
static const char *shown_title(const daotp_client *client, char shown[PAGE_SHOWN])
{
    char title[DAOTP__PAGE_TITLE];

    daotp__page_title(daotp__https_exchange_body(client->http), title);
    shown[0] = '\0';
    if (title[0] != '\0')
        (void)snprintf(shown, PAGE_SHOWN, ", page \"%s\"", title);
    return shown;
}

/* A page of IIS with details has the substatus in its title, "403.14 - Forbidden". Those that are
 * not about a client certificate: all but 7, 12, 13, 16 and 17. */
static bool is_other_substatus(const daotp_client *client)
{
    static const long about_certificates[] = {7, 12, 13, 16, 17};
    char title[DAOTP__PAGE_TITLE];
    const char *at;
    long substatus;

    daotp__page_title(daotp__https_exchange_body(client->http), title);
    at = strstr(title, "403.");
    if (at == NULL || at[4] < '0' || at[4] > '9')
        return false;
    substatus = strtol(at + 4, NULL, 10);
    for (size_t i = 0; i < sizeof about_certificates / sizeof about_certificates[0]; i++)
        if (about_certificates[i] == substatus)
            return false;
    return true;
}

/* An HTTP 403 is mostly about our certificate. */
static daotp_status explain_forbidden(daotp_client *client)
{
    const daotp__tls *tls = daotp__https_exchange_tls(client->http);
    const char *peer = daotp__https_exchange_peer(client->http);
    unsigned http = daotp__https_exchange_status(client->http);
    daotp_finding_number number = DAOTP_FINDING_HTTP_FORBIDDEN;
    char shown[PAGE_SHOWN];

    daotp__client_note_handshake(client);
    if (is_other_substatus(client))
        number = DAOTP_FINDING_HTTP_FORBIDDEN;
    else if (daotp__tls_has_sent(tls))
        number = DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED;
    else if (daotp__tls_was_asked(tls))
        number = DAOTP_FINDING_TLS_CLIENT_CERT_MISSING;
    return daotp__report_add(&client->report, number, http, peer,
                             "HTTP %u%s, client certificate %s", http, shown_title(client, shown),
                             certificate_sent(tls));
}

/* nginx answers 400 and closes, when it wants a certificate and gets none, or does not trust it. */
static bool is_nginx_refusal(const daotp_client *client)
{
    const char *connection = daotp__https_exchange_header(client->http, "Connection");

    return daotp__https_exchange_status(client->http) == 400 && connection != NULL &&
           daotp__text_equal_nocase(connection, "close") &&
           daotp__tls_was_asked(daotp__https_exchange_tls(client->http));
}

/* A response to HEAD shows no more than the status; a page that comes with it shows its title. */
static bool is_certificate_refusal(const daotp_client *client)
{
    daotp__bytes page = daotp__https_exchange_body(client->http);
    unsigned http = daotp__https_exchange_status(client->http);

    if (http == 403 || http == 495 || http == 496) /* the last two are nginx's own, for its log */
        return true;
    return (is_nginx_refusal(client) && page.len == 0) ||
           (http == 400 && daotp__page_holds(page, "certificate"));
}

/* ---- the status ------------------------------------------------------------------------------ */

static bool is_redirect(unsigned http)
{
    return http == 301 || http == 302 || http == 303 || http == 307 || http == 308;
}

bool daotp__http_verdict_is_final(const daotp_client *client)
{
    return is_redirect(daotp__https_exchange_status(client->http)) || is_nginx_refusal(client);
}

static daotp_finding_number finding_of_status(unsigned http)
{
    switch (http) {
    case 401:
    case 407:
        return DAOTP_FINDING_HTTP_SIGN_IN;
    case 404:
    case 410:
        return DAOTP_FINDING_HTTP_PATH;
    case 405:
    case 501:
        return DAOTP_FINDING_HTTP_METHOD;
    case 413:
        return DAOTP_FINDING_HTTP_BODY_LIMIT;
    case 511: /* RFC 6585 6: a captive portal */
        return DAOTP_FINDING_HTTP_PAGE;
    default:
        break;
    }
    if (is_redirect(http))
        return DAOTP_FINDING_HTTP_REDIRECT;
    return http >= 500 && http < 600 ? DAOTP_FINDING_HTTP_UNAVAILABLE : DAOTP_FINDING_HTTP_STATUS;
}

/* The header that explains a response of this kind; NULL: none. */
static const char *telling_header(daotp_finding_number number)
{
    if (number == DAOTP_FINDING_HTTP_REDIRECT)
        return "Location";
    if (number == DAOTP_FINDING_HTTP_SIGN_IN)
        return "WWW-Authenticate";
    return number == DAOTP_FINDING_HTTP_METHOD ? "Allow" : NULL;
}

static daotp_status explain_status(daotp_client *client)
{
    const char *url = client->servers[client->server].text;
    const daotp__tls *tls = daotp__https_exchange_tls(client->http);
    unsigned http = daotp__https_exchange_status(client->http);
    daotp_finding_number number = finding_of_status(http);
    const char *name = telling_header(number);
    const char *value = name != NULL ? daotp__https_exchange_header(client->http, name) : NULL;
    char shown[PAGE_SHOWN];

    if (value != NULL)
        return daotp__report_add(&client->report, number, http, url,
                                 "HTTP %u, %s: %s, client certificate %s", http, name, value,
                                 certificate_sent(tls));
    return daotp__report_add(&client->report, number, http, url, "HTTP %u%s, client certificate %s",
                             http, shown_title(client, shown), certificate_sent(tls));
}

daotp_status daotp__http_verdict_status(daotp_client *client)
{
    const daotp__tls *tls = daotp__https_exchange_tls(client->http);
    unsigned http = daotp__https_exchange_status(client->http);

    if (http == 200)
        return DAOTP_OK;
    if (is_certificate_refusal(client))
        return explain_forbidden(client);
    if (http == 500 && daotp__tls_is_13(tls) && !daotp__tls_was_asked(tls))
        return daotp__report_add(&client->report, DAOTP_FINDING_TLS_LATE_UNSUPPORTED, http,
                                 daotp__https_exchange_peer(client->http),
                                 "HTTP 500 over TLS 1.3, no certificate asked for");
    return explain_status(client);
}

/* ---- a page ---------------------------------------------------------------------------------- */

static bool is_page(const daotp_client *client)
{
    const char *type = daotp__https_exchange_header(client->http, "Content-Type");
    daotp__bytes body = daotp__https_exchange_body(client->http);

    /* a message of the protocol, whatever its content type */
    return !daotp__page_holds(body, "signCertResponse") && daotp__page_is_html(type, body);
}

static daotp_status explain_page(daotp_client *client)
{
    char title[DAOTP__PAGE_TITLE];

    daotp__page_title(daotp__https_exchange_body(client->http), title);
    return daotp__report_add(&client->report, DAOTP_FINDING_HTTP_PAGE, 200,
                             client->servers[client->server].text, "a page with the title \"%s\"",
                             title);
}

/* ---- the service ----------------------------------------------------------------------------- */

daotp_status daotp__http_verdict_service(daotp_client *client)
{
    const char *url = client->servers[client->server].text;
    const char *version = daotp__https_exchange_header(client->http, DAOTP__OTPCE_HEADER);
    const char *type = daotp__https_exchange_header(client->http, "Content-Type");
    daotp_status status = daotp__http_verdict_status(client);

    if (status != DAOTP_OK)
        return status;
    if (is_page(client))
        return explain_page(client);
    if (!daotp__otpce_is_version(version))
        return daotp__report_add(&client->report, DAOTP_FINDING_OTP_VERSION, 0, url, "%s",
                                 version != NULL ? version : "no such header");
    if (!daotp__otpce_is_content_type(type))
        (void)daotp__report_add(&client->report, DAOTP_FINDING_OTP_CONTENT_TYPE, 0, url, "%s",
                                type != NULL ? type : "none");
    return DAOTP_OK;
}
