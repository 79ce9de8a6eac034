/* SPDX-License-Identifier: BSD-2-Clause */
#include "rate.h"

#include "log.h"
#include "pki.h"

#include <daotp/daotp.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

/* MS-OTPCE 4.1, as it was published */
#define REQUEST_FILE TEST_DATA "/otpce-4.1-request.xml"
#define REQUEST_UPN  "user1@domain1.corp.company.com"
#define REQUEST_DN   "CN=User 1,CN=Users,DC=domain1,DC=corp,DC=company,DC=com"

/* RSA blinding is renewed every 32 uses, and billed to whoever is at that place: each kind has a
 * multiple of it in each round, in an order that is never the same. */
enum { EACH = 32, SIGNED_ATTRIBUTES = 128 };

struct server_end {
    daotp_context *context;
    daotp_responder *responder;
};

struct rate {
    struct server_end end;
    daotp_context *context; /* of the signer */
    daotp_credential *signer;
    unsigned char *request, *peer;
    size_t request_len;
    int peer_len;
    EVP_PKEY *key;
};

static void must(bool ok, const char *what)
{
    if (!ok)
        give_up("responder: cannot %s", what);
}

static void on_user(void *user, daotp_exchange *exchange, const char *name)
{
    daotp_account *account = daotp_exchange_get_account(exchange);

    (void)user, (void)name;
    must(daotp_account_set_upn(account, REQUEST_UPN) == DAOTP_OK &&
             daotp_account_set_dn(account, REQUEST_DN) == DAOTP_OK &&
             daotp_exchange_answer_user(exchange, DAOTP_USER_FOUND) == DAOTP_OK,
         "answer");
}

static void on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                    size_t len)
{
    (void)user, (void)name, (void)code, (void)len;
    must(daotp_exchange_answer_code(exchange, DAOTP_CODE_ACCEPTED) == DAOTP_OK, "answer");
}

static void load_signer(const struct world *world, struct rate *rate)
{
    struct lab_dir_path cert = lab_dir_path(&world->lab, "pki/ra.pem");
    struct lab_dir_path key = lab_dir_path(&world->lab, "pki/ra.key");

    must(daotp_context_new(&rate->context) == DAOTP_OK &&
             daotp_credential_load(rate->context, cert.s, key.s, NULL, &rate->signer) == DAOTP_OK,
         "load the signer");
}

static struct server_end make_end(const struct rate *rate)
{
    struct server_end end;

    must(daotp_context_new(&end.context) == DAOTP_OK &&
             daotp_responder_new(end.context, &end.responder) == DAOTP_OK &&
             daotp_responder_set_template(end.responder, LAB_TEMPLATE) == DAOTP_OK &&
             daotp_responder_set_signer(end.responder, rate->signer) == DAOTP_OK &&
             daotp_responder_add_issuing_ca(end.responder, LAB_CA_CONFIG) == DAOTP_OK &&
             daotp_responder_set_user_callback(end.responder, on_user, NULL) == DAOTP_OK &&
             daotp_responder_set_code_callback(end.responder, on_code, NULL) == DAOTP_OK,
         "make one");
    return end;
}

static void free_end(const struct server_end *end)
{
    daotp_responder_free(end->responder);
    daotp_context_unref(end->context);
}

static void open_rate(const struct world *world, struct rate *rate)
{
    X509 *machine = NULL;

    load_signer(world, rate);
    rate->end = make_end(rate);
    must(lab_dir_read(REQUEST_FILE, &rate->request, &rate->request_len) == LAB_OK &&
             pki_load_cert(&world->lab, "machine", &machine) == LAB_OK &&
             pki_load_key(&world->lab, "ra", &rate->key) == LAB_OK,
         "read its files");
    rate->peer = NULL;
    rate->peer_len = i2d_X509(machine, &rate->peer);
    must(rate->peer_len > 0, "encode a certificate");
    X509_free(machine);
}

static void close_rate(struct rate *rate)
{
    free_end(&rate->end);
    daotp_credential_unref(rate->signer);
    daotp_context_unref(rate->context);
    free(rate->request);
    OPENSSL_free(rate->peer);
    EVP_PKEY_free(rate->key);
}

/* All that a server does for one message, but for the socket. */
static void respond(const struct rate *rate, const struct server_end *end)
{
    daotp_exchange *exchange = NULL;
    const char *value;
    size_t len;

    must(daotp_exchange_new(end->responder, "POST", rate->request, rate->request_len, &exchange) ==
                 DAOTP_OK &&
             daotp_exchange_add_header(exchange, "X-OTPCEP-version", "1.0") == DAOTP_OK &&
             daotp_exchange_add_header(exchange, "Content-Type", "Application/xml;charset=utf-8") ==
                 DAOTP_OK &&
             daotp_exchange_set_peer_certificate(exchange, rate->peer, (size_t)rate->peer_len) ==
                 DAOTP_OK,
         "begin");
    if (daotp_exchange_step(exchange) != DAOTP_OK ||
        daotp_exchange_get_http_status(exchange) != 200)
        give_up("responder:\n%s", daotp_report_get_text(daotp_exchange_get_report(exchange)));
    for (size_t i = 0; daotp_exchange_get_header(exchange, i, &value) != NULL; i++)
        continue;
    must(daotp_exchange_get_body(exchange, &len) != NULL && len > 1000, "answer");
    daotp_exchange_free(exchange);
}

static void sign(const struct rate *rate)
{
    static const unsigned char attributes[SIGNED_ATTRIBUTES] = {0x31};
    unsigned char signature[512];
    size_t len = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    must(ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, rate->key) == 1 &&
             EVP_DigestSign(ctx, signature, &len, attributes, sizeof attributes) == 1,
         "sign");
    EVP_MD_CTX_free(ctx);
}

static double measure_one(const struct rate *rate, size_t kind)
{
    /* a context that has seen no key yet is what a key that nobody has seen yet is for another */
    struct server_end end = kind == RATE_NEW_KEY ? make_end(rate) : rate->end;
    double began = sample_cpu_us(), took;

    if (kind == RATE_SIGN)
        sign(rate);
    else
        respond(rate, &end);
    took = sample_cpu_us() - began;
    if (kind == RATE_NEW_KEY)
        free_end(&end);
    return took;
}

static void measure_round(const struct rate *rate, struct deck *deck, struct sample *out)
{
    double took[RATE_KINDS] = {0};

    deck_shuffle(deck);
    for (size_t i = 0; i < deck->count; i++)
        took[deck->cards[i]] += measure_one(rate, deck->cards[i]);
    for (int kind = 0; kind < RATE_KINDS; kind++)
        if (took[kind] > 0)
            sample_add(&out[kind], EACH * 1e6 / took[kind]);
}

void rate_measure(const struct world *world, size_t rounds, struct sample out[RATE_KINDS])
{
    /* new keys apart, since their arithmetic takes the caches from the others */
    static const size_t counts[RATE_KINDS] = {[RATE_RESPOND] = EACH, [RATE_SIGN] = EACH};
    static const size_t new_keys[RATE_KINDS] = {[RATE_NEW_KEY] = EACH};
    struct rate rate;
    struct deck deck;

    open_rate(world, &rate);
    deck_make(&deck, counts, RATE_KINDS);
    for (int i = 0; i < EACH; i++) {
        respond(&rate, &rate.end);
        sign(&rate);
    }
    for (size_t i = 0; i < rounds; i++)
        measure_round(&rate, &deck, out);
    deck_free(&deck);
    deck_make(&deck, new_keys, RATE_KINDS);
    for (size_t i = 0; i < rounds; i++)
        measure_round(&rate, &deck, out);
    deck_free(&deck);
    close_rate(&rate);
}
