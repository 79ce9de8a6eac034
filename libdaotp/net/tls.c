/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls.h"

#include "core/alloc.h"
#include "net/tls_budget.h"
#include "net/tls_fault.h"
#include "x509/name.h"
#include "x509/name_match.h"

#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

struct daotp__tls {
    daotp_context *context;
    X509_STORE *anchors;
    daotp_credential *identity;
    STACK_OF(X509) * certificates; /* the identity's certificates, leaf first */
    daotp_trust *trust;
    daotp__tls_verify_fn verify;
    const char *host;

    /* what was recorded */
    bool asked, sent, names_issuers, names_ours;
    int alert, verify_error, verify_depth, version;
    bool has_record;                          /* a record was received */
    uint8_t record[DAOTP__TLS_RECORD_HEADER]; /* the first octets received */
    bool is_version_old;                      /* the ServerHello has a version before TLS 1.2 */
    size_t issuers;
    daotp__chain server_chain, server_path;
    bool without_budget; /* memory for the read budget ran out: nothing was read */
    daotp__tls_excess excess;
    uint64_t received;
    bool is_leaf_read;  /* the first of the chain is the server's certificate */
    bool no_memory;     /* memory ran out for a certificate of the chain */
    bool lacks_own_key; /* memory ran out for the EVP_PKEY of the identity */
    daotp__tls_verdict verdict;
};

static X509 *x509_of(daotp__bytes der)
{
    const unsigned char *at = der.data;

    return d2i_X509(NULL, &at, (long)der.len);
}

static bool load_identity(daotp__tls *tls)
{
    const daotp__chain *chain = daotp__credential_chain(tls->identity);

    tls->certificates = sk_X509_new_null();
    if (tls->certificates == NULL)
        return false;
    for (size_t i = 0; i < chain->count; i++) {
        X509 *x509 = x509_of(chain->list[i]);

        if (x509 == NULL || sk_X509_push(tls->certificates, x509) == 0) {
            X509_free(x509);
            return false;
        }
    }
    return true;
}

daotp_status daotp__tls_new(daotp_context *context, daotp_trust *trust, daotp_credential *identity,
                            daotp__tls **out)
{
    daotp__tls *tls = daotp__new(sizeof *tls);
    bool ok;

    *out = NULL;
    if (tls == NULL)
        return DAOTP_MEMORY;
    tls->context = daotp__context_ref(context);
    daotp__chain_init(&tls->server_chain, DAOTP__MAX_CHAIN);
    daotp__chain_init(&tls->server_path, DAOTP__MAX_CHAIN);
    tls->identity = daotp_credential_ref(identity);
    tls->trust = daotp_trust_ref(trust);
    daotp__tls_reset(tls);
    (void)ERR_set_mark();
    tls->anchors = daotp__trust_x509_store(trust);
    ok = tls->anchors != NULL && (identity == NULL || load_identity(tls));
    (void)ERR_pop_to_mark();
    if (!ok) {
        daotp__tls_free(tls);
        return DAOTP_INTERNAL;
    }
    *out = tls;
    return DAOTP_OK;
}

void daotp__tls_free(daotp__tls *tls)
{
    if (tls == NULL)
        return;
    X509_STORE_free(tls->anchors);
    sk_X509_pop_free(tls->certificates, X509_free);
    daotp__chain_free(&tls->server_chain);
    daotp__chain_free(&tls->server_path);
    daotp_credential_unref(tls->identity);
    daotp_trust_unref(tls->trust);
    daotp_context_unref(tls->context);
    daotp__delete(tls);
}

void daotp__tls_set_verify(daotp__tls *tls, daotp__tls_verify_fn verify, const char *host)
{
    tls->verify = verify;
    tls->host = host;
}

void daotp__tls_reset(daotp__tls *tls)
{
    tls->asked = tls->sent = tls->names_issuers = tls->names_ours = false;
    tls->alert = -1;
    tls->version = 0;
    tls->verify_error = X509_V_OK;
    tls->verify_depth = 0;
    tls->has_record = tls->is_version_old = false;
    tls->issuers = 0;
    tls->without_budget = false;
    tls->excess = (daotp__tls_excess){NULL, 0};
    tls->received = 0;
    tls->is_leaf_read = false;
    tls->verdict = (daotp__tls_verdict){.number = 0};
    daotp__chain_free(&tls->server_chain);
    daotp__chain_free(&tls->server_path);
}

/* ---- the server's chain ---------------------------------------------------------------------- */

/* A certificate that our own reader refuses is left out. */
static daotp_status note_certificate(daotp__chain *list, X509 *x509)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    daotp_status status = DAOTP_PEER;

    if (len > 0)
        status = daotp__chain_add(list, (daotp__bytes){der, (size_t)len}, "", NULL);
    OPENSSL_free(der);
    return status;
}

/* Record the path up to the first certificate that our own reader refuses, so that it has no
 * gap. */
static void note_path(daotp__tls *tls, X509_STORE_CTX *chain)
{
    const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(chain);
    daotp_status status = DAOTP_OK;

    for (int i = 0; i < sk_X509_num(path) && status == DAOTP_OK; i++)
        status = note_certificate(&tls->server_path, sk_X509_value(path, i));
    tls->no_memory = tls->no_memory || status == DAOTP_MEMORY;
}

static void note_chain(daotp__tls *tls, X509_STORE_CTX *chain)
{
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(chain);
    daotp_status status;

    daotp__chain_free(&tls->server_chain);
    daotp__chain_free(&tls->server_path);
    tls->is_leaf_read = tls->no_memory = false;
    for (int i = 0; i < sk_X509_num(sent); i++) {
        status = note_certificate(&tls->server_chain, sk_X509_value(sent, i));
        if (i == 0)
            tls->is_leaf_read = status == DAOTP_OK;
        tls->no_memory = tls->no_memory || status == DAOTP_MEMORY;
    }
}

static int verify_by_libssl(daotp__tls *tls, X509_STORE_CTX *chain)
{
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(chain),
                               (time_t)daotp__context_now_s(tls->context));
    if (X509_verify_cert(chain) == 1)
        return X509_V_OK;
    tls->verify_depth = X509_STORE_CTX_get_error_depth(chain);
    return X509_STORE_CTX_get_error(chain) != X509_V_OK ? X509_STORE_CTX_get_error(chain)
                                                        : X509_V_ERR_UNSPECIFIED;
}

static int verify_by_rules(daotp__tls *tls, X509_STORE_CTX *chain)
{
    const daotp__tls_server server = {tls->host, &tls->server_chain, &tls->server_path};
    daotp_status status;

    if (tls->verify == NULL)
        return X509_V_OK;
    note_path(tls, chain);
    if (tls->no_memory)
        return X509_V_ERR_OUT_OF_MEM;
    if (!tls->is_leaf_read) {
        tls->verdict = (daotp__tls_verdict){DAOTP_FINDING_TLS_SERVER_UNTRUSTED,
                                            "a certificate that is not strictly encoded"};
        return X509_V_ERR_CERT_REJECTED;
    }
    status = tls->verify(tls->context, tls->trust, &server, &tls->verdict);
    if (status == DAOTP_MEMORY)
        return X509_V_ERR_OUT_OF_MEM;
    return status == DAOTP_OK ? X509_V_OK : X509_V_ERR_CERT_REJECTED;
}

static int on_verify(X509_STORE_CTX *chain, void *user)
{
    daotp__tls *tls = user;

    note_chain(tls, chain);
    tls->verify_error = verify_by_libssl(tls, chain);
    if (tls->verify_error == X509_V_OK)
        tls->verify_error = verify_by_rules(tls, chain);
    X509_STORE_CTX_set_error(chain, tls->verify_error);
    return tls->verify_error == X509_V_OK;
}

/* ---- the client's certificate ---------------------------------------------------------------- */

static bool is_issuer_of_ours(const daotp__tls *tls, const X509_NAME *name)
{
    for (int i = 0; i < sk_X509_num(tls->certificates); i++)
        if (X509_NAME_cmp(name, X509_get_issuer_name(sk_X509_value(tls->certificates, i))) == 0)
            return true;
    return false;
}

static void note_issuers(daotp__tls *tls, const STACK_OF(X509_NAME) * names)
{
    tls->issuers = sk_X509_NAME_num(names) > 0 ? (size_t)sk_X509_NAME_num(names) : 0;
    tls->names_issuers = tls->issuers > 0;
    tls->names_ours = false;
    for (int i = 0; i < sk_X509_NAME_num(names) && !tls->names_ours; i++)
        tls->names_ours = is_issuer_of_ours(tls, sk_X509_NAME_value(names, i));
}

/* Called only when the server requests a certificate, in the handshake or later, so that the PIN of
 * a token or a TPM is not used before. */
static int on_certificate_request(SSL *ssl, X509 **x509, EVP_PKEY **pkey)
{
    daotp__tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    tls->asked = true;
    note_issuers(tls, SSL_get0_peer_CA_list(ssl));
    if (tls->identity == NULL)
        return 0;
    *pkey = daotp__key_pkey(daotp_credential_get_key(tls->identity));
    if (*pkey == NULL) {
        tls->lacks_own_key = true;
        return -1;
    }
    *x509 = sk_X509_value(tls->certificates, 0);
    X509_up_ref(*x509);
    EVP_PKEY_up_ref(*pkey);
    tls->sent = true;
    return 1;
}

static void on_info(const SSL *ssl, int where, int value)
{
    daotp__tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    /* before the first read: the BIOs of the connection are set by now */
    if ((where & SSL_CB_HANDSHAKE_START) != 0 && !daotp__tls_budget_install(ssl))
        tls->without_budget = true;
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (value & 0xFF) != SSL_AD_CLOSE_NOTIFY)
        tls->alert = value & 0xFF;
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0)
        tls->version = SSL_version(ssl);
}

/* Data that is not TLS fails at the first record, too old TLS at the ServerHello: its
 * legacy_version follows type and length (RFC 5246 7.4.1.3). */
static void note_received(daotp__tls *tls, int content_type, const uint8_t *bytes, size_t len)
{
    enum { SERVER_HELLO = 2, VERSION_AT = 4 };

    if (content_type == SSL3_RT_HEADER && !tls->has_record && len >= sizeof tls->record) {
        tls->has_record = true;
        memcpy(tls->record, bytes, sizeof tls->record);
    }
    if (content_type == SSL3_RT_HANDSHAKE && len > VERSION_AT + 1 && bytes[0] == SERVER_HELLO)
        tls->is_version_old =
            bytes[VERSION_AT] == 3 && bytes[VERSION_AT + 1] < (TLS1_2_VERSION & 0xFF);
}

/* The user pointer of this callback may be libcurl's, so it is not used. */
static void on_message(int is_sent, int version, int content_type, const void *bytes, size_t len,
                       SSL *ssl, void *user)
{
    daotp__tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    daotp__tls_excess excess = daotp__tls_budget_count(ssl, is_sent == 0, content_type, bytes, len);

    (void)version, (void)user;
    if (is_sent == 0)
        note_received(tls, content_type, bytes, len);
    if (tls->excess.name == NULL)
        tls->excess = excess;
    tls->received = daotp__tls_budget_data(ssl);
}

static bool set_identity(daotp__tls *tls, SSL_CTX *ctx)
{
    SSL_CTX_set_client_cert_cb(ctx, on_certificate_request);
    for (int i = 1; i < sk_X509_num(tls->certificates); i++) {
        X509 *x509 = sk_X509_value(tls->certificates, i);

        X509_up_ref(x509);
        if (SSL_CTX_add_extra_chain_cert(ctx, x509) != 1) {
            X509_free(x509);
            return false;
        }
    }
    return true;
}

bool daotp__tls_apply(daotp__tls *tls, SSL_CTX *ctx)
{
    SSL_CTX_set_app_data(ctx, tls);
    SSL_CTX_set_keylog_callback(ctx, NULL); /* libcurl sets one if SSLKEYLOGFILE is set */
    SSL_CTX_set1_cert_store(ctx, tls->anchors);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, on_verify, tls);
    SSL_CTX_set_info_callback(ctx, on_info);
    SSL_CTX_set_msg_callback(ctx, on_message);
    SSL_CTX_set_read_ahead(ctx, 0); /* so that the read budget sees each record */
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_session_cache_mode(
        ctx,
        SSL_SESS_CACHE_OFF); /* in a resumed session the server does not request a certificate */
    SSL_CTX_set_options(ctx, SSL_OP_CLEANSE_PLAINTEXT);
    return set_identity(tls, ctx);
}

bool daotp__tls_was_asked(const daotp__tls *tls)
{
    return tls->asked;
}

bool daotp__tls_has_sent(const daotp__tls *tls)
{
    return tls->sent;
}

bool daotp__tls_is_13(const daotp__tls *tls)
{
    return tls->version == TLS1_3_VERSION;
}

bool daotp__tls_is_exhausted(const daotp__tls *tls)
{
    return tls->excess.name != NULL || tls->without_budget;
}

uint64_t daotp__tls_received(const daotp__tls *tls)
{
    return tls->received;
}

const daotp__chain *daotp__tls_server_chain(const daotp__tls *tls)
{
    return &tls->server_chain;
}

/* ---- in words -------------------------------------------------------------------------------- */

static daotp_finding_number for_verify_error(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return DAOTP_FINDING_TLS_SERVER_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return DAOTP_FINDING_TLS_SERVER_NOTYET;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
        return DAOTP_FINDING_TLS_SERVER_KEY;
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return DAOTP_FINDING_TLS_SERVER_HASH;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return DAOTP_FINDING_TLS_SERVER_NAME;
    case X509_V_ERR_INVALID_PURPOSE:
        return DAOTP_FINDING_TLS_SERVER_USAGE;
    default:
        return DAOTP_FINDING_TLS_SERVER_UNTRUSTED;
    }
}

static daotp_status explain_excess(const daotp__tls *tls, const char *peer, daotp_report *report)
{
    if (tls->without_budget)
        return DAOTP_MEMORY;
    if (tls->excess.name == NULL)
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_TLS_REPEATS, 0, peer, "%" PRIu64 " %s",
                             tls->excess.count, tls->excess.name);
}

/* libssl has no text for the alerts of TLS 1.3 (RFC 8446 6.2) and later. */
static const char *alert_text(int alert)
{
    switch (alert) {
    case SSL_AD_MISSING_EXTENSION:
        return "missing extension";
    case SSL_AD_CERTIFICATE_REQUIRED:
        return "certificate required";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
        return "no application protocol";
    default:
        return SSL_alert_desc_string_long(alert);
    }
}

daotp_status daotp__tls_explain_alert(const daotp__tls *tls, const char *peer, daotp_report *report)
{
    daotp_status status = explain_excess(tls, peer, report);

    if (status != DAOTP_OK)
        return status;
    switch (tls->alert) {
    case SSL_AD_CERTIFICATE_REQUIRED:
    case SSL_AD_HANDSHAKE_FAILURE:
        if (!tls->asked || tls->sent)
            break;
        return daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING, tls->alert, peer,
                                 "alert %s", alert_text(tls->alert));
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR: /* the alert is about the certificate's signature, or about ours made
                                  with its key */
        if (!tls->sent)
            break;
        return daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED, tls->alert, peer,
                                 "alert %s", alert_text(tls->alert));
    default:
        break;
    }
    return DAOTP_OK;
}

/* ---- a server that is refused ---------------------------------------------------------------- */

enum { MAX_FOUND = 2048 };

/* Describe the certificate that libssl found too weak, if the server sent it. */
static void describe_weakness(const daotp__tls *tls, daotp_finding_number number,
                              daotp__buffer *out)
{
    const daotp__chain *sent = &tls->server_chain;

    if ((size_t)tls->verify_depth >= sent->count)
        return;
    if (number == DAOTP_FINDING_TLS_SERVER_KEY)
        daotp__tls_describe_key(sent->list[tls->verify_depth], out);
    if (number == DAOTP_FINDING_TLS_SERVER_HASH)
        daotp__tls_describe_signature(sent->list[tls->verify_depth], out);
}

/* The issuer of the server's certificate as the peer sent it: it distinguishes a TLS-inspecting
 * proxy from a missing root. */
static daotp_status refuse_server(const daotp__tls *tls, const char *peer, daotp_report *report)
{
    daotp_finding_number number = tls->verdict.number;
    const char *why = tls->verdict.found;
    daotp_status status;
    daotp__buffer found;

    if (number == 0) {
        number = for_verify_error(tls->verify_error);
        why = X509_verify_cert_error_string(tls->verify_error);
    }
    daotp__buffer_init(&found, MAX_FOUND);
    daotp__buffer_text(&found, why);
    describe_weakness(tls, number, &found);
    daotp__tls_describe_server(&tls->server_chain, &found);
    if (number == DAOTP_FINDING_TLS_SERVER_UNTRUSTED &&
        daotp__tls_names_inspector(&tls->server_chain))
        number = DAOTP_FINDING_TLS_SERVER_INSPECTED;
    status = daotp__report_add(report, number, tls->verify_error, peer, "%s",
                               daotp__buffer_string(&found));
    daotp__buffer_free(&found);
    return status;
}

/* ---- a handshake that fails before there is a certificate -------------------------------------
 */

static daotp_finding_number for_alert(const daotp__tls *tls)
{
    switch (tls->alert) {
    case SSL_AD_PROTOCOL_VERSION:
        return DAOTP_FINDING_TLS_VERSION;
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_INSUFFICIENT_SECURITY:
        return tls->asked ? DAOTP_FINDING_TLS_FAILED : DAOTP_FINDING_TLS_CIPHER;
    case SSL_AD_UNRECOGNIZED_NAME:
        return DAOTP_FINDING_TLS_HOST_UNKNOWN;
    default:
        return DAOTP_FINDING_TLS_FAILED;
    }
}

static daotp_status explain_other_protocol(const daotp__tls *tls, const char *peer,
                                           daotp_report *report)
{
    const char *protocol = daotp__tls_guess_protocol(tls->record);
    const uint8_t *at = tls->record;

    if (protocol != NULL)
        return daotp__report_add(report, DAOTP_FINDING_TLS_PROTOCOL, 0, peer,
                                 "its answer begins with \"%.5s\": %s", (const char *)at, protocol);
    return daotp__report_add(report, DAOTP_FINDING_TLS_PROTOCOL, 0, peer,
                             "its answer begins with the octets %02x %02x %02x %02x %02x", at[0],
                             at[1], at[2], at[3], at[4]);
}

static daotp_status explain_handshake(const daotp__tls *tls, const char *peer, int64_t upstream,
                                      const char *found, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_TLS_FAILED;

    if (tls->has_record && !daotp__tls_is_record(tls->record))
        return explain_other_protocol(tls, peer, report);
    if (tls->is_version_old)
        number = DAOTP_FINDING_TLS_VERSION;
    else if (!tls->has_record)
        number = DAOTP_FINDING_TLS_RESET;
    return daotp__report_add(report, number, upstream, peer, "%s", found);
}

/* Report why a token did not sign: libssl knows only that there is no signature. */
static daotp_status explain_own_key(const daotp__tls *tls, daotp_report *report)
{
    if (tls->identity == NULL || !tls->sent)
        return DAOTP_OK;
    return daotp__key_explain_failure(daotp_credential_get_key(tls->identity), DAOTP_OK, report);
}

daotp_status daotp__tls_explain(const daotp__tls *tls, const char *peer, int64_t upstream,
                                const char *found, daotp_report *report)
{
    daotp_status status;

    if (tls->verify_error == X509_V_ERR_OUT_OF_MEM || tls->lacks_own_key)
        return daotp__report_status(report, DAOTP_MEMORY);
    if (tls->verdict.number != 0 || tls->verify_error != X509_V_OK)
        return refuse_server(tls, peer, report);
    status = explain_own_key(tls, report);
    if (status != DAOTP_OK)
        return status;
    status = daotp__tls_explain_alert(tls, peer, report);
    if (status != DAOTP_OK)
        return status;
    if (tls->alert >= 0)
        return daotp__report_add(report, for_alert(tls), tls->alert, peer, "alert %s",
                                 alert_text(tls->alert));
    return explain_handshake(tls, peer, upstream, found, report);
}

/* ---- our own certificate --------------------------------------------------------------------- */

static void report_own_leaf(const daotp_credential *identity, int64_t now, daotp_report *report)
{
    const daotp__certificate *leaf = daotp__credential_leaf(identity);
    const daotp__extension *eku = daotp__extensions_find(&leaf->extensions, DAOTP__OID_EKU);
    const char *subject = daotp_credential_get_subject(identity);
    daotp__purposes client;

    if (now < leaf->not_before || now > leaf->not_after)
        (void)daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_DATES, 0, subject, "%s",
                                now < leaf->not_before ? "not valid yet" : "expired");
    if (eku != NULL && (!daotp__eku_read(eku, DAOTP__OID_CLIENT_AUTH, &client) || !client.has))
        (void)daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_USAGE, 0, subject,
                                "%zu other usages", client.count);
}

static bool has_anchor_named(daotp_trust *trust, daotp__bytes name)
{
    const daotp__nodes *anchors = daotp__trust_anchors(trust);

    for (size_t i = 0; i < anchors->count; i++)
        if (daotp__name_equal(anchors->list[i]->certificate.subject, name))
            return true;
    return false;
}

/* A root need not be sent (RFC 8446 4.4.2). */
static void report_own_chain(const daotp_credential *identity, daotp_trust *trust,
                             daotp_report *report)
{
    const daotp__chain *chain = daotp__credential_chain(identity);
    daotp__certificate last;
    char *issuer;

    if (!daotp__certificate_read(chain->list[chain->count - 1], &last) ||
        daotp__certificate_is_self_issued(&last) || has_anchor_named(trust, last.issuer))
        return;
    issuer = daotp__name_copy_text(last.issuer);
    if (issuer != NULL)
        (void)daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_CHAIN, 0,
                                daotp_credential_get_subject(identity),
                                "%zu certificates; none of %s", chain->count, issuer);
    daotp__delete(issuer);
}

void daotp__tls_check_identity(daotp_context *context, const daotp_credential *identity,
                               daotp_trust *trust, daotp_report *report)
{
    report_own_leaf(identity, daotp__context_now_s(context), report);
    report_own_chain(identity, trust, report);
}

void daotp__tls_report_identity(const daotp__tls *tls, const char *peer, daotp_report *report)
{
    daotp__buffer found;

    daotp__buffer_init(&found, MAX_FOUND);
    daotp__tls_describe_server(&tls->server_chain, &found);
    if (!tls->asked)
        (void)daotp__report_add(report, DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST, 0, peer,
                                "no request for a certificate%s", daotp__buffer_string(&found));
    daotp__buffer_free(&found);
    if (tls->identity == NULL)
        return;
    if (tls->names_issuers && !tls->names_ours)
        (void)daotp__report_add(report, DAOTP_FINDING_TLS_CLIENT_CERT_ISSUER, 0, peer,
                                "%zu issuers named; ours is %s", tls->issuers,
                                daotp_credential_get_issuer(tls->identity));
}
