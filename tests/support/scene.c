/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

/* ---- the server, in its process -------------------------------------------------------------- */

static void scene_user(void *user, daotp_exchange *x, const char *user_name)
{
    daotp_account *account = daotp_exchange_get_account(x);

    (void)user, (void)user_name;
    (void)daotp_account_set_upn(account, FORGE_UPN);
    (void)daotp_account_set_dn(account, FORGE_DN);
    (void)daotp_exchange_answer_user(x, DAOTP_USER_FOUND);
}

static void scene_code(void *user, daotp_exchange *x, const char *user_name, const char *code,
                       size_t len)
{
    bool right = len == 6 && memcmp(code, "123456", 6) == 0;

    (void)user, (void)user_name;
    (void)daotp_exchange_answer_code(x, right ? DAOTP_CODE_ACCEPTED : DAOTP_CODE_REJECTED);
}

static daotp_responder *scene_responder(const scene *s)
{
    daotp_context *context = forge_context();
    daotp_credential *ra = forge_credential(context, s->world.ra, NULL, s->world.ra_key);
    daotp_responder *responder;

    assert_int_equal(daotp_responder_new(context, &responder), DAOTP_OK);
    assert_int_equal(daotp_responder_set_template(responder, FORGE_TEMPLATE), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer(responder, ra), DAOTP_OK);
    assert_int_equal(daotp_responder_add_issuing_ca(responder, SCENE_CA_1), DAOTP_OK);
    assert_int_equal(daotp_responder_add_issuing_ca(responder, SCENE_CA_2), DAOTP_OK);
    assert_int_equal(daotp_responder_set_user_callback(responder, scene_user, NULL), DAOTP_OK);
    assert_int_equal(daotp_responder_set_code_callback(responder, scene_code, NULL), DAOTP_OK);
    daotp_credential_unref(ra);
    daotp_context_unref(context);
    return responder;
}

static void scene_add_headers(daotp_exchange *x, char *head)
{
    char *line = strstr(head, "\r\n");

    while (line != NULL && line[2] != '\0' && line[2] != '\r') {
        char *name = line + 2, *colon = strchr(name, ':'), *end = strstr(name, "\r\n");

        if (colon != NULL && end != NULL && colon < end) {
            *colon = *end = '\0';
            (void)daotp_exchange_add_header(x, name, colon + 1 + strspn(colon + 1, " "));
            *end = '\r';
        }
        line = end;
    }
}

void scene_answer(SSL *ssl, int fd, daotp_exchange *x, bool head_only)
{
    const char *name, *value;
    char head[1024];
    size_t at, len;
    const uint8_t *body;

    (void)daotp_exchange_step(x);
    body = daotp_exchange_get_body(x, &len);
    at = (size_t)snprintf(head, sizeof head, "HTTP/1.1 %u Answer\r\n",
                          (unsigned)daotp_exchange_get_http_status(x));
    for (size_t i = 0; (name = daotp_exchange_get_header(x, i, &value)) != NULL; i++)
        at += (size_t)snprintf(head + at, sizeof head - at, "%s: %s\r\n", name, value);
    at += (size_t)snprintf(head + at, sizeof head - at, "Content-Length: %zu\r\n\r\n", len);
    tls_peer_write(ssl, fd, head, at);
    if (!head_only && len > 0)
        tls_peer_write(ssl, fd, body, len);
}

bool scene_request(SSL *ssl, int fd, daotp_responder *responder)
{
    static char bytes[128 * 1024];
    size_t have = 0, body_len = 0;
    char *end = NULL, method[16], *length;
    daotp_exchange *x;
    unsigned char *der = NULL;
    X509 *client;
    int n;

    while (end == NULL || have < (size_t)(end + 4 - bytes) + body_len) {
        n = tls_peer_read(ssl, fd, bytes + have, sizeof bytes - 1 - have);
        if (n <= 0)
            return false;
        have += (size_t)n;
        bytes[have] = '\0';
        if (end == NULL && (end = strstr(bytes, "\r\n\r\n")) != NULL) {
            length = strcasestr(bytes, "\r\nContent-Length:");
            body_len = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
        }
    }
    (void)snprintf(method, sizeof method, "%.*s", (int)strcspn(bytes, " "), bytes);
    /* a test may be wrong as often as it likes: each request finds a new budget */
    (void)daotp_responder_set_budget(responder, NULL);
    if (daotp_exchange_new(responder, method, end + 4, body_len, &x) != DAOTP_OK)
        _exit(7);
    end[2] = '\0';
    scene_add_headers(x, bytes);
    client = SSL_get1_peer_certificate(ssl);
    if (client != NULL && (n = i2d_X509(client, &der)) > 0)
        (void)daotp_exchange_set_peer_certificate(x, der, (size_t)n);
    OPENSSL_free(der);
    X509_free(client);
    scene_answer(ssl, fd, x, strcmp(method, "HEAD") == 0);
    daotp_exchange_free(x);
    return true;
}

void scene_serve(SSL *ssl, int fd, void *user)
{
    static daotp_responder *responder;

    if (responder == NULL)
        responder = scene_responder(user);
    while (scene_request(ssl, fd, responder))
        ;
}

/* ---- around it ------------------------------------------------------------------------------- */

void scene_begin(scene *s)
{
    tls_peer_spec spec;
    daotp__buffer der;

    *s = (scene){.world = forge_world_new(), .context = forge_context()};
    spec = (tls_peer_spec){.certificate = s->world.server,
                           .key = s->world.server_key,
                           .client_root = s->world.root,
                           .serve = scene_serve,
                           .user = s};
    s->server = tls_peer_start(&spec);
    (void)snprintf(s->url, sizeof s->url, "https://localhost:%u/otp", (unsigned)s->server.port);
    assert_int_equal(daotp_trust_new(s->context, &s->trust), DAOTP_OK);
    der = forge_der(s->world.root);
    assert_int_equal(daotp_trust_add(s->trust, der.data, der.len, NULL), DAOTP_OK);
    daotp__buffer_free(&der);
    s->machine = forge_credential(s->context, s->world.machine, NULL, s->world.machine_key);
    s->key = forge_key(s->context, s->world.user_key);
}

void scene_end(scene *s)
{
    tls_peer_stop(&s->server);
    daotp_key_unref(s->key);
    daotp_credential_unref(s->machine);
    daotp_trust_unref(s->trust);
    daotp_context_unref(s->context);
    forge_world_free(&s->world);
}

void scene_issue(const scene *s, fake_ca *fake)
{
    daotp__buffer_init(&fake->certificate, 1 << 20);
    forge_pem(&fake->certificate, s->world.user);
    forge_pem(&fake->certificate, s->world.root);
}

daotp_status scene_set(const scene *s, daotp_client *client, daotp_ca *ca)
{
    daotp_status status = daotp_client_add_server(client, s->url);

    if (status == DAOTP_OK)
        status = daotp_client_set_trust(client, s->trust);
    if (status == DAOTP_OK)
        status = daotp_client_set_identity(client, s->machine);
    if (status == DAOTP_OK)
        status = daotp_client_set_key(client, s->key);
    if (status == DAOTP_OK)
        status = daotp_client_set_template(client, FORGE_TEMPLATE, -1, -1);
    if (status == DAOTP_OK)
        status = daotp_client_set_upn(client, FORGE_UPN);
    if (status == DAOTP_OK)
        status = daotp_client_set_dn(client, FORGE_DN);
    if (status == DAOTP_OK)
        status = daotp_client_set_sid(client, FORGE_SID);
    if (status == DAOTP_OK)
        status = daotp_client_set_ca(client, ca);
    return status;
}
