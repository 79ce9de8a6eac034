/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls_budget.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

enum { MESSAGE_TYPES = SSL3_MT_KEY_UPDATE + 1, RECORD_HEADER = 5 };

typedef struct tls_budget {
    unsigned reads;    /* reads that returned bytes since control returned to the caller */
    uint64_t data;     /* octets in records of application data */
    uint64_t empty;    /* records without application data */
    size_t record_len; /* of the current record */
    bool is_exhausted; /* all further reads fail */
    uint64_t messages[MESSAGE_TYPES]; /* handshake messages, by type */
} tls_budget;

/* RFC 5246 7.4, RFC 6066 8, RFC 8446 4 */
static const char *const message_names[MESSAGE_TYPES] = {
    [SSL3_MT_HELLO_REQUEST] = "HelloRequest messages",
    [SSL3_MT_CLIENT_HELLO] = "ClientHello messages",
    [SSL3_MT_SERVER_HELLO] = "ServerHello messages",
    [SSL3_MT_NEWSESSION_TICKET] = "NewSessionTicket messages",
    [SSL3_MT_ENCRYPTED_EXTENSIONS] = "EncryptedExtensions messages",
    [SSL3_MT_CERTIFICATE] = "Certificate messages",
    [SSL3_MT_SERVER_KEY_EXCHANGE] = "ServerKeyExchange messages",
    [SSL3_MT_CERTIFICATE_REQUEST] = "CertificateRequest messages",
    [SSL3_MT_SERVER_DONE] = "ServerHelloDone messages",
    [SSL3_MT_CERTIFICATE_VERIFY] = "CertificateVerify messages",
    [SSL3_MT_FINISHED] = "Finished messages",
    [SSL3_MT_CERTIFICATE_STATUS] = "CertificateStatus messages",
    [SSL3_MT_KEY_UPDATE] = "KeyUpdate messages",
};

/* ---- below libssl ---------------------------------------------------------------------------- */

/* "Would block" returns control to the caller, which checks its deadline and comes back, because
 * the socket is still readable. */
static long refuse_read(BIO *bio, tls_budget *budget)
{
    BIO_clear_retry_flags(bio);
    if (budget != NULL && !budget->is_exhausted) {
        budget->reads = 0;
        BIO_set_retry_read(bio);
    }
    return -1;
}

/* The signature is that of BIO_callback_fn_ex. */
static long on_bio(BIO *bio, int operation, const char *bytes, size_t len, int i, long l,
                   int result, size_t *done)
{
    tls_budget *budget = (tls_budget *)(void *)BIO_get_callback_arg(bio);

    (void)bytes, (void)len, (void)i, (void)l, (void)done;
    switch (operation) {
    case BIO_CB_READ:
        if (budget == NULL || budget->is_exhausted || budget->reads >= DAOTP__TLS_READS)
            return refuse_read(bio, budget);
        break;
    case BIO_CB_READ | BIO_CB_RETURN:
        if (budget != NULL)
            budget->reads = result > 0 ? budget->reads + 1 : 0;
        break;
    case BIO_CB_FREE:
        daotp__delete(budget);
        break;
    default:
        break;
    }
    return result;
}

static tls_budget *budget_of(const SSL *ssl)
{
    BIO *bio = SSL_get_rbio(ssl);

    if (bio == NULL || BIO_get_callback_ex(bio) != on_bio)
        return NULL;
    return (tls_budget *)(void *)BIO_get_callback_arg(bio);
}

bool daotp__tls_budget_install(const SSL *ssl)
{
    BIO *bio = SSL_get_rbio(ssl);

    if (bio == NULL)
        return false;
    if (BIO_get_callback_ex(bio) != on_bio) {
        BIO_set_callback_arg(bio, daotp__new(sizeof(tls_budget)));
        BIO_set_callback_ex(bio, on_bio);
    }
    return budget_of(ssl) != NULL;
}

/* ---- what libssl received -------------------------------------------------------------------- */

/* Each unit of application data allows one more message, because a long-lived connection
 * receives key updates from time to time. */
static bool is_excessive(uint64_t count, uint64_t limit, uint64_t data, uint64_t share)
{
    return count > limit + data / share;
}

static daotp__tls_excess count_message(tls_budget *budget, unsigned type)
{
    daotp__tls_excess excess = {NULL, 0};

    if (type >= MESSAGE_TYPES || message_names[type] == NULL)
        return excess; /* libssl refuses it */
    budget->messages[type]++;
    if (is_excessive(budget->messages[type], DAOTP__MAX_TLS_MESSAGES, budget->data,
                     DAOTP__TLS_MESSAGE_DATA))
        excess = (daotp__tls_excess){message_names[type], budget->messages[type]};
    return excess;
}

static daotp__tls_excess count_record(tls_budget *budget, unsigned type)
{
    daotp__tls_excess excess = {NULL, 0};

    if (type == SSL3_RT_APPLICATION_DATA)
        budget->data += budget->record_len;
    else if (is_excessive(++budget->empty, DAOTP__MAX_TLS_RECORDS, budget->data,
                          DAOTP__TLS_RECORD_DATA))
        excess = (daotp__tls_excess){"records without application data", budget->empty};
    return excess;
}

static daotp__tls_excess count_header(tls_budget *budget, const SSL *ssl, const uint8_t *header)
{
    budget->record_len = (size_t)header[3] << 8 | header[4];
    /* the outer type of every encrypted TLS 1.3 record is application_data; the inner type is
     * known later */
    if (header[0] == SSL3_RT_APPLICATION_DATA && SSL_version(ssl) == TLS1_3_VERSION)
        return (daotp__tls_excess){NULL, 0};
    return count_record(budget, header[0]);
}

uint64_t daotp__tls_budget_data(const SSL *ssl)
{
    const tls_budget *budget = budget_of(ssl);

    return budget != NULL ? budget->data : 0;
}

daotp__tls_excess daotp__tls_budget_count(const SSL *ssl, bool is_received, int content_type,
                                          const uint8_t *bytes, size_t len)
{
    tls_budget *budget = budget_of(ssl);
    daotp__tls_excess excess = {NULL, 0};

    if (budget == NULL || !is_received || len == 0)
        return excess;
    if (content_type == SSL3_RT_HEADER && len >= RECORD_HEADER)
        excess = count_header(budget, ssl, bytes);
    else if (content_type == SSL3_RT_INNER_CONTENT_TYPE)
        excess = count_record(budget, bytes[0]);
    else if (content_type == SSL3_RT_HANDSHAKE)
        excess = count_message(budget, bytes[0]);
    budget->is_exhausted = budget->is_exhausted || excess.name != NULL;
    return excess;
}
