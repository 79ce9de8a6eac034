/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/issued.h"

#include "x509/ber.h"
#include "x509/bundle.h"
#include "x509/name_match.h"
#include "x509/signature.h"

static bool issued_holds(const daotp__chain *chain, daotp__bytes der)
{
    for (size_t i = 0; i < chain->count; i++)
        if (daotp__bytes_equal(chain->list[i], der))
            return true;
    return false;
}

static daotp_status issued_add(daotp__chain *pool, daotp__bytes der)
{
    return issued_holds(pool, der) ? DAOTP_OK : daotp__chain_add(pool, der, "", NULL);
}

typedef struct issued_collector {
    daotp__chain *pool;
    daotp__cmc_response *response; /* NULL: the status is not needed */
    const char *subject;
    daotp_report *report; /* of the warnings; NULL: none */
} issued_collector;

/* A certificate that cannot be read does not lose the others: it is a warning. */
static daotp_status warn_of_unreadable(daotp__bytes der, const issued_collector *into)
{
    size_t findings = daotp_report_get_count(into->report);
    daotp_status status = daotp__certificate_refuse(der, NULL, into->subject, into->report);

    if (into->report != NULL)
        daotp__report_downgrade_errors(into->report, findings);
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

/* DAOTP_PEER: none of them can be read, or the pool is full. */
static daotp_status add_all(const daotp__signed_data *data, const issued_collector *into)
{
    size_t unreadable = 0;

    for (size_t i = 0; i < data->certificate_count; i++) {
        daotp_status status = issued_add(into->pool, data->certificates[i]);

        if (status == DAOTP_PEER && into->pool->count < into->pool->max) {
            unreadable++;
            status = warn_of_unreadable(data->certificates[i], into);
        }
        if (status != DAOTP_OK)
            return status;
    }
    return unreadable > 0 && unreadable == data->certificate_count ? DAOTP_PEER : DAOTP_OK;
}

static daotp_status collect_signed_data(const daotp__signed_data *data,
                                        const issued_collector *into)
{
    daotp_status status = add_all(data, into);

    if (status == DAOTP_OK && into->response != NULL)
        status = daotp__cmc_response_take(data, into->response);
    return status;
}

/* A certificate, or a PKCS#7, possibly in BER. A PKCS#7 whose SignerInfos cannot be read still
 * yields its certificates. */
static daotp_status collect_der(daotp__bytes in, const issued_collector *into)
{
    daotp__signed_data data;
    daotp_status status;
    daotp__buffer der;

    if (daotp__signed_data_read(in, &data))
        return collect_signed_data(&data, into);
    daotp__buffer_init(&der, DAOTP__MAX_SOAP_MESSAGE);
    if (daotp__ber_cms_read(in, &der) && daotp__signed_data_read(daotp__buffer_bytes(&der), &data))
        status = collect_signed_data(&data, into);
    else if (der.failed == DAOTP_MEMORY)
        status = DAOTP_MEMORY;
    else if (daotp__cms_is_content_info(in))
        status = daotp__chain_read(into->pool, in, "", NULL);
    else
        status = issued_add(into->pool, in);
    daotp__buffer_free(&der);
    return status;
}

/* certreq writes "CERTIFICATE" around a PKCS#7 too. */
static daotp_status collect_answer(void *into, daotp__bytes der, const daotp__pem_reader *reader,
                                   const char *subject, daotp_report *report)
{
    (void)subject;
    (void)report;
    return reader != NULL && !daotp__chain_is_block(reader) ? DAOTP_PEER : collect_der(der, into);
}

daotp_status daotp__issued_collect(daotp__bytes in, daotp__chain *pool,
                                   daotp__cmc_response *response, const char *subject,
                                   daotp_report *report)
{
    issued_collector into = {pool, response, subject, report};
    static const daotp__bundle_kind kind = {DAOTP_FINDING_CERT_DER, DAOTP__MAX_SOAP_MESSAGE, NULL,
                                            collect_answer};

    return daotp__bundle_read(&kind, &into, in, "", NULL);
}

static bool find_leaf(const daotp__chain *pool, daotp__bytes spki, daotp__certificate *leaf)
{
    for (size_t i = 0; i < pool->count; i++)
        if (daotp__certificate_read(pool->list[i], leaf) && daotp__bytes_equal(leaf->spki, spki))
            return true;
    return false;
}

bool daotp__issued_has_leaf(const daotp__chain *pool, daotp__bytes spki)
{
    daotp__certificate ignored;

    return find_leaf(pool, spki, &ignored);
}

static bool signed_by(const daotp__certificate *child, const daotp__certificate *issuer)
{
    return daotp__signature_verify(issuer->spki, &child->signature_algorithm, child->tbs,
                                   child->signature);
}

/* Whether the subject of this certificate of the pool is the issuer name of the child. */
static bool is_named(daotp__bytes der, const daotp__certificate *child, daotp__certificate *at)
{
    return daotp__certificate_read(der, at) && daotp__name_equal(at->subject, child->issuer);
}

/* A CA that renewed its key has several certificates with one name: the one whose key signed the
 * child is preferred. With only one there is no choice, and the path validation verifies the
 * signature. */
static bool find_issuer(const daotp__chain *pool, const daotp__certificate *child,
                        daotp__certificate *issuer)
{
    daotp__certificate at;
    size_t named = 0;

    for (size_t i = 0; i < pool->count; i++)
        if (is_named(pool->list[i], child, &at) && named++ == 0)
            *issuer = at;
    for (size_t i = 0; i < pool->count && named > 1; i++)
        if (is_named(pool->list[i], child, &at) && signed_by(child, &at)) {
            *issuer = at;
            return true;
        }
    return named > 0;
}

/* Append this certificate and its issuers. */
static daotp_status climb_from(const daotp__chain *pool, daotp__certificate at, daotp__chain *chain)
{
    daotp__certificate issuer;
    daotp_status status;

    for (;;) {
        status = daotp__chain_add(chain, at.der, "", NULL);
        if (status != DAOTP_OK)
            return status;
        if (daotp__certificate_is_self_issued(&at) || !find_issuer(pool, &at, &issuer) ||
            issued_holds(chain, issuer.der) || chain->count == chain->max)
            return DAOTP_OK;
        at = issuer;
    }
}

bool daotp__issued_order(const daotp__chain *pool, daotp__bytes spki, daotp__chain *chain,
                         daotp_status *status)
{
    daotp__certificate leaf;

    *status = DAOTP_PEER;
    if (find_leaf(pool, spki, &leaf))
        *status = climb_from(pool, leaf, chain);
    return *status == DAOTP_OK;
}

daotp_status daotp__issued_climb(const daotp__chain *pool, daotp__chain *chain)
{
    daotp__certificate leaf, issuer;

    if (chain->count != 1 || !daotp__certificate_read(chain->list[0], &leaf))
        return DAOTP_PEER;
    if (daotp__certificate_is_self_issued(&leaf) || !find_issuer(pool, &leaf, &issuer) ||
        issued_holds(chain, issuer.der))
        return DAOTP_OK;
    return climb_from(pool, issuer, chain);
}
