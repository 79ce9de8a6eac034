/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls_fault.h"

#include "core/alloc.h"
#include "core/utf8.h"
#include "x509/name.h"

#include <string.h>
#include <strings.h>

/* ---- the first octets ------------------------------------------------------------------------ */

bool daotp__tls_is_record(const uint8_t header[DAOTP__TLS_RECORD_HEADER])
{
    bool is_type = header[0] >= 20 && header[0] <= 24; /* change_cipher_spec to heartbeat */

    return is_type && header[1] == 3;
}

const char *daotp__tls_guess_protocol(const uint8_t header[DAOTP__TLS_RECORD_HEADER])
{
    static const struct {
        const char *begin, *protocol;
    } rows[] = {{"HTTP", "HTTP without TLS"},
                {"<", "HTTP without TLS"}, /* a page without a header, as in HTTP/0.9 */
                {"220", "SMTP or FTP"},
                {"421", "SMTP or FTP"},
                {"554", "SMTP"},
                {"SSH-", "SSH"},
                {"* OK", "IMAP"},
                {"* BY", "IMAP"},
                {"+OK", "POP3"},
                {"-ERR", "POP3"},
                {"RFB ", "VNC"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (memcmp(header, rows[i].begin, strlen(rows[i].begin)) == 0)
            return rows[i].protocol;
    return NULL;
}

/* ---- TLS that is opened on its way ----------------------------------------------------------- */

/* Names of products, and words that administrators use in the names of such CAs. */
static const char *const inspector_words[] = {
    "zscaler",       "fortinet",   "fortigate",   "palo alto",   "paloalto",      "netskope",
    "blue coat",     "bluecoat",   "proxysg",     "forcepoint",  "websense",      "mcafee",
    "skyhigh",       "sophos",     "umbrella",    "check point", "checkpoint",    "barracuda",
    "watchguard",    "sonicwall",  "iboss",       "smoothwall",  "untangle",      "trend micro",
    "kaspersky",     "eset ssl",   "avast",       "avg web",     "bitdefender",   "cato networks",
    "contentkeeper", "lightspeed", "securly",     "goguardian",  "mitmproxy",     "fiddler",
    "charles proxy", "burp",       "portswigger", "squid",       "pfsense",       "opnsense",
    "inspect",       "intercept",  "decrypt",     "proxy",       "firewall",      "web gateway",
    "webgateway",    "secure web", "web filter",  "webfilter",   "ssl visibility"};

static bool has_inspector_word(const char *text)
{
    for (size_t i = 0; i < sizeof inspector_words / sizeof inspector_words[0]; i++)
        if (strcasestr(text, inspector_words[i]) != NULL)
            return true;
    return false;
}

bool daotp__tls_names_inspector(const daotp__chain *sent)
{
    daotp__certificate certificate;
    bool found = false;

    for (size_t i = 0; i < sent->count && !found; i++) {
        char *text;

        if (!daotp__certificate_read(sent->list[i], &certificate))
            continue;
        text = daotp__name_copy_text(certificate.issuer);
        found = text != NULL && has_inspector_word(text);
        daotp__delete(text);
    }
    return found;
}

/* ---- in words -------------------------------------------------------------------------------- */

void daotp__tls_describe_server(const daotp__chain *sent, daotp__buffer *out)
{
    daotp__certificate leaf;
    const char *noun = "certificates, the first";

    if (sent->count == 0 || !daotp__certificate_read(sent->list[0], &leaf))
        return;
    if (sent->count == 1)
        noun = "certificate";
    daotp__buffer_format(out, "; the server sent %zu %s of ", sent->count, noun);
    if (daotp__name_is_empty(leaf.subject))
        daotp__buffer_text(out, "an empty subject");
    else
        (void)daotp__name_text(leaf.subject, out);
    daotp__buffer_text(out, ", issued by ");
    (void)daotp__name_text(leaf.issuer, out);
}

void daotp__tls_describe_key(daotp__bytes der, daotp__buffer *out)
{
    char text[DAOTP__KEY_NAME_TEXT];
    daotp__certificate certificate;
    daotp__public_key key;

    if (daotp__certificate_read(der, &certificate) &&
        daotp__public_key_read(certificate.spki, &key))
        daotp__buffer_format(out, ": %s", daotp__public_key_name(&key, text));
}

void daotp__tls_describe_signature(daotp__bytes der, daotp__buffer *out)
{
    char text[DAOTP__OID_TEXT];
    daotp__certificate certificate;

    if (daotp__certificate_read(der, &certificate))
        daotp__buffer_format(out, ": %s",
                             daotp__oid_describe(certificate.signature_algorithm.oid, text));
}
