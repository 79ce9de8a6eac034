/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/run.h"

#include "x509/key_rules.h"
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

void daotp__check_find(daotp__checklist *check, const daotp__node *node,
                       daotp_finding_number number, const char *found, ...)
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
    daotp__checklist_take(check, status);
}

void daotp__check_role(daotp__checklist *check, const daotp__node *node, daotp_role role,
                       int64_t now_s)
{
    daotp__buffer name;

    if (role == DAOTP_ROLE_ANY)
        return;
    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    if (check->report != NULL)
        daotp__node_name(node, check->path, &name);
    daotp__checklist_take(check, daotp__role_check(role, &node->certificate, now_s,
                                                   daotp__buffer_string(&name), check->report));
    daotp__buffer_free(&name);
}

/* ---- signatures ------------------------------------------------------------------------------ */

daotp_status daotp__node_key_shape(const daotp__node *node, char *text)
{
    if (node->has_public_key)
        return daotp__key_shape_check(&node->public_key, DAOTP__KEY_USE_PATH, text);
    return daotp__key_check(NULL, node->certificate.spki, DAOTP__KEY_USE_PATH, text);
}

bool daotp__key_is_taken(const daotp__node *node)
{
    char text[DAOTP__KEY_FAULT_TEXT];

    return node->has_public_key && daotp__node_key_shape(node, text) == DAOTP_OK;
}

daotp_status daotp__run_judge_key(daotp__run *run, daotp__node *node, char *text)
{
    daotp_status status;

    if (__atomic_load_n(&node->has_good_key, __ATOMIC_RELAXED))
        return DAOTP_OK;
    status = daotp__key_check(run->context, node->certificate.spki, DAOTP__KEY_USE_PATH, text);
    if (status == DAOTP_OK) /* several threads may come at once, with the same answer */
        __atomic_store_n(&node->has_good_key, true, __ATOMIC_RELAXED);
    run->no_memory = run->no_memory || status == DAOTP_MEMORY;
    return status;
}

/* In checks of RSA-2048 and P-256, of which 200 take a twentieth of a second at the most. */
static size_t cost_of(const daotp__public_key *key)
{
    if (key->algorithm == DAOTP__OID_RSA)
        return key->exponent.len > 4 ? 10 : key->bits > 4096 ? 4 : 1;
    return key->bits > 256 ? 4 : 1; /* EC, EdDSA */
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

uint8_t *daotp__proven_slot(daotp__proven *proven, daotp__bytes spki, daotp__bytes der,
                            uint8_t digest[DAOTP__HASH_MAX])
{
    if (!daotp__hash_parts(DAOTP__HASH_SHA256, spki, der, digest))
        return NULL;
    return proven->digests[digest[0]];
}

static daotp_finding_number check_algorithm(const daotp__node *node, const daotp__node *issuer,
                                            daotp__scheme *scheme)
{
    const char *ignored;

    if (!daotp__key_is_taken(issuer) ||
        !daotp__verify_key_scheme(&issuer->public_key, &node->certificate.signature_algorithm,
                                  scheme, &ignored))
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    return 0;
}

static daotp_finding_number verify_signature(daotp__run *run, const daotp__node *node,
                                             daotp__node *issuer, const daotp__scheme *scheme)
{
    bool no_memory;
    daotp__verify_key *key = daotp__node_key(issuer, &no_memory);
    uint8_t digest[DAOTP__HASH_MAX];

    run->no_memory = run->no_memory || no_memory;
    if (key == NULL)
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    if (!daotp__verify_key_check(key, scheme,
                                 daotp__scheme_input(scheme, node->certificate.tbs, digest),
                                 node->certificate.signature))
        return DAOTP_FINDING_CHAIN_SIGNATURE;
    return 0;
}

static daotp_finding_number check_or_remember(daotp__run *run, const daotp__node *node,
                                              daotp__node *issuer)
{
    uint8_t digest[DAOTP__HASH_MAX], *slot = NULL;
    daotp__scheme scheme;
    daotp_finding_number verdict = check_algorithm(node, issuer, &scheme);

    if (verdict != 0)
        return verdict;
    if (run->proven != NULL)
        slot = daotp__proven_slot(run->proven, issuer->certificate.spki, node->certificate.der,
                                  digest);
    if (slot != NULL && memcmp(slot, digest, DAOTP__PROVEN_DIGEST) == 0)
        return 0;
    verdict = verify_signature(run, node, issuer, &scheme);
    if (slot != NULL && verdict == 0)
        memcpy(slot, digest, DAOTP__PROVEN_DIGEST);
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
