/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/run.h"

#include "x509/name.h"
#include "x509/role.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- findings -------------------------------------------------------------------------------- */

static bool has_namesake(const daotp__node *node, const daotp__path *path)
{
    for (size_t i = 0; path != NULL && i < path->count; i++)
        if (!daotp__bytes_equal(path->list[i]->certificate.der, node->certificate.der) &&
            daotp__bytes_equal(path->list[i]->certificate.subject, node->certificate.subject))
            return true;
    return false;
}

void daotp__node_name(const daotp__node *node, const daotp__path *path, daotp__buffer *out)
{
    bool named = !daotp__name_is_empty(node->certificate.subject) &&
                 daotp__name_text(node->certificate.subject, out) && out->len > 0;

    if (named && !has_namesake(node, path))
        return;
    if (named)
        daotp__buffer_text(out, ", serial ");
    else
        daotp__buffer_clear(out);
    for (size_t i = 0; i < node->certificate.serial.len; i++)
        daotp__buffer_format(out, "%02x", (unsigned)node->certificate.serial.data[i]);
}

static void take(daotp__check *check, daotp_status status)
{
    if (status != DAOTP_OK && (check->verdict == DAOTP_OK || status == DAOTP_REJECTED))
        check->verdict = status;
}

void daotp__check_find(daotp__check *check, const daotp__node *node, daotp_finding_number number,
                       const char *found, ...)
{
    char text[DAOTP__MAX_TEXT];
    daotp_status status;
    daotp__buffer name;
    va_list args;

    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    text[0] = '\0';
    if (check->report != NULL) {
        va_start(args, found);
        (void)vsnprintf(text, sizeof text, found, args);
        va_end(args);
        daotp__node_name(node, check->path, &name);
    }
    status = daotp__report_add(check->report, number, 0, daotp__buffer_string(&name), "%s", text);
    daotp__buffer_free(&name);
    take(check, status);
}

void daotp__check_role(daotp__check *check, const daotp__node *node, daotp_role role, int64_t now_s)
{
    daotp__buffer name;

    if (role == DAOTP_ROLE_ANY)
        return;
    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    if (check->report != NULL)
        daotp__node_name(node, check->path, &name);
    take(check, daotp__role_check(role, &node->certificate, now_s, daotp__buffer_string(&name),
                                  check->report));
    daotp__buffer_free(&name);
}

bool daotp__check_is_over(const daotp__check *check)
{
    return check->report == NULL && check->verdict == DAOTP_REJECTED;
}

/* ---- signatures ------------------------------------------------------------------------------ */

bool daotp__key_is_taken(const daotp__node *node)
{
    const daotp__public_key *key = &node->public_key;

    if (!node->has_public_key || key->algorithm != DAOTP__OID_RSA)
        return node->has_public_key;
    return key->bits >= 2048 && key->bits <= 8192 && key->exponent.len <= 8 &&
           (key->exponent.data[key->exponent.len - 1] & 1) == 1 &&
           (key->exponent.len > 1 || key->exponent.data[0] > 1);
}

/* In checks of RSA-2048 and P-256, of which 200 take a twentieth of a second at the most. */
static size_t cost_of(const daotp__public_key *key)
{
    if (key->algorithm == DAOTP__OID_RSA)
        return key->exponent.len > 4 ? 10 : key->bits > 4096 ? 4 : 1;
    return key->bits > 256 ? 4 : 1;
}

bool daotp__run_spend(daotp__run *run, const daotp__node *issuer)
{
    size_t cost = cost_of(&issuer->public_key);

    if (run->signatures_left < cost) {
        run->is_over = true;
        return false;
    }
    run->signatures_left -= cost;
    return true;
}

static uint8_t *slot_of(daotp__run *run, const daotp__node *node, const daotp__node *issuer,
                        uint8_t digest[DAOTP__HASH_MAX])
{
    if (run->proven == NULL || !daotp__hash_parts(DAOTP__HASH_SHA256, issuer->certificate.spki,
                                                  node->certificate.der, digest))
        return NULL;
    return run->proven->digests[digest[0]];
}

static daotp_finding_number check_signature(daotp__run *run, const daotp__node *node,
                                            daotp__node *issuer)
{
    bool no_memory;
    daotp__verify_key *key = daotp__node_key(issuer, &no_memory);
    uint8_t digest[DAOTP__HASH_MAX];
    daotp__hash hash;

    run->no_memory = run->no_memory || no_memory;
    if (key == NULL || !daotp__key_is_taken(issuer))
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    hash = daotp__verify_key_hash(&key->read, &node->certificate.signature_algorithm);
    if (hash <= DAOTP__HASH_SHA1)
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    if (!daotp__hash_bytes(hash, node->certificate.tbs, digest) ||
        !daotp__verify_key_check(key, hash, digest, node->certificate.signature))
        return DAOTP_FINDING_CHAIN_SIGNATURE;
    return 0;
}

static daotp_finding_number check_or_remember(daotp__run *run, const daotp__node *node,
                                              daotp__node *issuer)
{
    uint8_t digest[DAOTP__HASH_MAX], *slot = slot_of(run, node, issuer, digest);
    daotp_finding_number verdict;

    if (slot != NULL && memcmp(slot, digest, 32) == 0)
        return 0;
    verdict = check_signature(run, node, issuer);
    if (slot != NULL && verdict == 0)
        memcpy(slot, digest, 32);
    return verdict;
}

daotp_finding_number daotp__run_signature(daotp__run *run, const daotp__node *node,
                                          daotp__node *issuer)
{
    daotp_finding_number verdict;

    for (size_t i = 0; i < run->checked_count; i++)
        if (run->checked[i].child == node && run->checked[i].issuer == issuer)
            return run->checked[i].verdict;
    if (!daotp__run_spend(run, issuer))
        return DAOTP_FINDING_CHAIN_BUDGET;
    verdict = check_or_remember(run, node, issuer);
    if (run->checked_count < DAOTP__MAX_SIGNATURE_CHECKS)
        run->checked[run->checked_count++] = (daotp__edge){node, issuer, verdict};
    return verdict;
}

void daotp__run_forget(daotp__run *run, const daotp__node *node)
{
    for (size_t i = 0; i < run->checked_count; i++)
        if (run->checked[i].child == node || run->checked[i].issuer == node)
            run->checked[i] = (daotp__edge){0};
    for (size_t i = run->want_count; i > 0; i--) /* their URLs are views into it */
        if (run->wants[i - 1].node == node || run->wants[i - 1].issuer == node)
            run->wants[i - 1] = run->wants[--run->want_count];
}

void daotp__run_want(daotp__run *run, daotp__want_kind kind, daotp__bytes url,
                     const daotp__node *node, const daotp__node *issuer)
{
    for (size_t i = 0; i < run->want_count; i++)
        if (run->wants[i].kind == kind && daotp__bytes_equal(run->wants[i].url, url) &&
            (kind != DAOTP__WANT_OCSP || run->wants[i].node == node))
            return;
    if (run->want_count < DAOTP__MAX_WANTS)
        run->wants[run->want_count++] = (daotp__want){kind, url, node, issuer};
}
