/* SPDX-License-Identifier: BSD-2-Clause */
/* The public handle of a CRL. */
#include "x509/crl_handle.h"

#include "core/alloc.h"
#include "x509/chain.h"
#include "x509/crl_file.h"
#include "x509/name.h"
#include "x509/name_match.h"

#include <daotp/crl.h>
#include <string.h>

enum { NUMBER_TEXT = 2 * 20 + 1 };

struct daotp_crl {
    daotp_context *context;
    daotp_report report;
    daotp__indexed_crl *indexed;
    char *issuer;
    char number[NUMBER_TEXT], base_number[NUMBER_TEXT];
    size_t count;
    size_t file_count; /* CRLs of the file it was read from */
    bool is_counted, is_verified;
};

const daotp__crl *daotp__crl_handle_view(const daotp_crl *crl)
{
    return daotp__indexed_crl_view(crl->indexed);
}

static void write_hex(daotp__bytes in, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        *out++ = digits[in.data[i] >> 4];
        *out++ = digits[in.data[i] & 15];
    }
    *out = '\0';
}

static daotp_status copy_crl_names(daotp_crl *crl)
{
    const daotp__crl *view = daotp__indexed_crl_view(crl->indexed);

    crl->issuer = daotp__name_copy_text(view->issuer);
    write_hex(view->number, crl->number);
    write_hex(view->base_number, crl->base_number);
    return crl->issuer != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

/* Keep one CRL of a file; with `only` it must be the only one. */
static daotp_status open_one(daotp_crl *crl, const char *path, size_t at, bool only,
                             daotp_report *report)
{
    daotp__crl_list all = {0};
    daotp_status status = daotp__crl_file_open(&all, path, report);

    if (status == DAOTP_OK && only && all.count > 1)
        status = daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, path,
                                   "%zu CRLs; one is wanted", all.count);
    else if (status == DAOTP_OK && at >= all.count)
        status = DAOTP_USAGE;
    if (status == DAOTP_OK) {
        crl->indexed = daotp__indexed_crl_ref(all.list[at]);
        crl->file_count = all.count;
        status = copy_crl_names(crl);
    }
    daotp__crl_list_free(&all);
    return status;
}

static daotp_status open_crl(daotp_context *context, const char *path, size_t at, bool only,
                             daotp_report *report, daotp_crl **out)
{
    daotp_status status;
    daotp_crl *crl;

    if (out != NULL)
        *out = NULL;
    if (context == NULL || path == NULL || out == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    crl = daotp__new(sizeof *crl);
    if (crl == NULL)
        return daotp__report_status(report, DAOTP_MEMORY);
    crl->context = daotp__context_ref(context);
    daotp__report_init(&crl->report, context);
    status = open_one(crl, path, at, only, report);
    if (status != DAOTP_OK) {
        daotp_crl_free(crl);
        return daotp__report_status(report, status);
    }
    *out = crl;
    return DAOTP_OK;
}

daotp_status daotp_crl_open(daotp_context *context, const char *path, daotp_report *report,
                            daotp_crl **out)
{
    daotp__report_enter(report);
    return open_crl(context, path, 0, true, report, out);
}

daotp_status daotp_crl_open_at(daotp_context *context, const char *path, size_t at,
                               daotp_report *report, daotp_crl **out)
{
    daotp__report_enter(report);
    return open_crl(context, path, at, false, report, out);
}

size_t daotp_crl_get_file_count(const daotp_crl *crl)
{
    return crl != NULL ? crl->file_count : 0;
}

void daotp_crl_free(daotp_crl *crl)
{
    if (crl == NULL)
        return;
    daotp__report_end(&crl->report);
    daotp__indexed_crl_free(crl->indexed);
    daotp__delete(crl->issuer);
    daotp_context_unref(crl->context);
    daotp__delete(crl);
}

daotp_report *daotp_crl_get_report(daotp_crl *crl)
{
    return crl != NULL ? &crl->report : NULL;
}

/* ---- what it says of itself ------------------------------------------------------------------ */

const char *daotp_crl_get_issuer(const daotp_crl *crl)
{
    return crl != NULL ? crl->issuer : "";
}

const char *daotp_crl_get_number(const daotp_crl *crl)
{
    return crl != NULL ? crl->number : "";
}

const char *daotp_crl_get_base_number(const daotp_crl *crl)
{
    return crl != NULL ? crl->base_number : "";
}

int64_t daotp_crl_get_this_update(const daotp_crl *crl)
{
    return crl != NULL ? daotp__indexed_crl_view(crl->indexed)->this_update : 0;
}

int64_t daotp_crl_get_next_update(const daotp_crl *crl)
{
    return crl != NULL ? daotp__indexed_crl_view(crl->indexed)->next_update : 0;
}

size_t daotp_crl_get_size(const daotp_crl *crl)
{
    return crl != NULL ? daotp__indexed_crl_view(crl->indexed)->der.len : 0;
}

bool daotp_crl_is_indirect(const daotp_crl *crl)
{
    return crl != NULL && daotp__indexed_crl_view(crl->indexed)->is_indirect;
}

/* Report a finding about the CRL. If an entry cannot be read, the finding says which one and
 * why. */
static daotp_status refuse_crl(daotp_crl *crl, daotp_finding_number why)
{
    const daotp__crl *view = daotp__indexed_crl_view(crl->indexed);
    char text[DAOTP__FAULT_TEXT];
    daotp__fault fault;

    if (why == DAOTP_FINDING_CRL_ENTRIES && daotp__crl_find_fault(view->der, &fault))
        return daotp__report_add(&crl->report, why, 0, crl->issuer, "number %s: %s", crl->number,
                                 daotp__fault_describe(&fault, text));
    return daotp__report_add(&crl->report, why, 0, crl->issuer, "%s", crl->number);
}

size_t daotp_crl_get_count(daotp_crl *crl)
{
    static const daotp__bytes nothing = {NULL, 0};
    daotp__crl_scan scan;

    if (crl == NULL)
        return 0;
    if (!crl->is_counted) {
        if (daotp__crl_scan_entries(daotp__indexed_crl_view(crl->indexed), nothing, nothing, &scan))
            crl->count = scan.count;
        else
            (void)daotp__report_status(&crl->report, refuse_crl(crl, DAOTP_FINDING_CRL_ENTRIES));
    }
    crl->is_counted = true;
    return crl->count;
}

/* ---- is it signed, and what is on it --------------------------------------------------------- */

static daotp_finding_number find_signer_fault(daotp_crl *crl, daotp__node *signer)
{
    static const daotp__bytes nothing = {NULL, 0};

    if (!daotp__name_equal(signer->certificate.subject,
                           daotp__indexed_crl_view(crl->indexed)->issuer) ||
        (signer->key_usage != NULL && (signer->usage & DAOTP__KU_CRL_SIGN) == 0))
        return DAOTP_FINDING_CRL_SIGNER;
    return daotp__crl_verdict_finding(daotp__indexed_crl_verify(crl->indexed, signer, nothing));
}

/* Sets *why to 0 when the key of this certificate signed the CRL, else to the reason. */
static daotp_status verify_by(daotp_crl *crl, daotp__bytes der, daotp_finding_number *why)
{
    daotp__node *signer;
    daotp_status status = daotp__node_new(der, false, &signer);

    if (status == DAOTP_PEER)
        return daotp__certificate_refuse(der, NULL, "issuer", &crl->report);
    if (status != DAOTP_OK)
        return status;
    *why = find_signer_fault(crl, signer);
    daotp__node_free(signer);
    return DAOTP_OK;
}

/* Verify with any of the certificates. If none fits, report the reason for the best candidate:
 * the one that has the CRL issuer's name. */
static daotp_status verify_by_any(daotp_crl *crl, const daotp__chain *chain)
{
    daotp_finding_number why = DAOTP_FINDING_CRL_SIGNER, now = 0;
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK && !crl->is_verified && i < chain->count; i++) {
        status = verify_by(crl, chain->list[i], &now);
        crl->is_verified = status == DAOTP_OK && now == 0;
        why = why == DAOTP_FINDING_CRL_SIGNER ? now : why;
    }
    if (status != DAOTP_OK || crl->is_verified)
        return status;
    return refuse_crl(crl, why);
}

daotp_status daotp_crl_verify(daotp_crl *crl, const void *bytes, size_t len)
{
    daotp_status status;
    daotp__chain chain;

    if (crl == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&crl->report);
    if (bytes == NULL)
        return daotp__report_refuse(&crl->report, DAOTP_USAGE, "issuer", DAOTP__NOT_GIVEN);
    crl->is_verified = false;
    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status = daotp__chain_read(&chain, (daotp__bytes){bytes, len}, "issuer", &crl->report);
    if (status == DAOTP_OK)
        status = verify_by_any(crl, &chain);
    daotp__chain_free(&chain);
    return daotp__report_status(&crl->report, status);
}

static daotp_status refuse_unverified(daotp_crl *crl, const char *call)
{
    return daotp__report_refuse_order(&crl->report, false, call, "the CRL was not verified");
}

daotp_status daotp_crl_index(daotp_crl *crl)
{
    daotp__crl_index_data data;

    if (crl == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&crl->report);
    if (!crl->is_verified)
        return refuse_unverified(crl, "index");
    if (daotp__indexed_crl_view(crl->indexed)->is_indirect ||
        daotp__indexed_crl_scan_result(crl->indexed)->has_issuers)
        return daotp__report_refuse(&crl->report, DAOTP_USAGE, "CRL",
                                    "it has entries of other issuers");
    return daotp__report_status(
        &crl->report, daotp__indexed_crl_export(crl->indexed, &data) ? DAOTP_OK : DAOTP_MEMORY);
}

daotp_status daotp_crl_find(daotp_crl *crl, const void *serial, size_t len, int *reason,
                            int64_t *date)
{
    daotp__crl_entry entry;
    daotp__crl_scan scan;

    if (crl == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&crl->report);
    if (serial == NULL || len == 0)
        return daotp__report_refuse(&crl->report, DAOTP_USAGE, "serial number", DAOTP__NOT_GIVEN);
    if (!crl->is_verified) { /* fails closed: the CRL gives no verdict */
        (void)refuse_unverified(crl, "find");
        return daotp__report_status(&crl->report, DAOTP_UNDECIDED);
    }
    if (!daotp__indexed_crl_look_up(crl->indexed, (daotp__bytes){serial, len},
                                    daotp__indexed_crl_view(crl->indexed)->issuer, &scan)) {
        (void)daotp__report_status(&crl->report, DAOTP_MEMORY);
        return daotp__report_status(&crl->report, DAOTP_UNDECIDED);
    }
    if (!scan.found || scan.is_removed || !daotp__crl_entry_read(&scan.hit, &entry))
        return DAOTP_OK;
    if (reason != NULL)
        *reason = entry.reason;
    if (date != NULL)
        *date = entry.date;
    return daotp__report_status(&crl->report, DAOTP_REJECTED);
}
