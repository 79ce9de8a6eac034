/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_list.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"
#include "x509/bundle.h"

#include <sys/mman.h>

daotp_status daotp__crl_list_add(daotp__crl_list *crls, daotp__indexed_crl *indexed)
{
    daotp__indexed_crl **list = daotp__array_reserve(crls->list, crls->count, &crls->capacity,
                                                     sizeof(daotp__indexed_crl *));

    if (list == NULL) {
        daotp__indexed_crl_free(indexed);
        return DAOTP_MEMORY;
    }
    crls->list = list;
    crls->list[crls->count++] = indexed;
    return DAOTP_OK;
}

static daotp_status add_within_limit(daotp__crl_list *crls, daotp__indexed_crl *indexed,
                                     const char *subject, daotp_report *report)
{
    if (crls->count < DAOTP__MAX_CRLS)
        return daotp__crl_list_add(crls, indexed);
    daotp__indexed_crl_free(indexed);
    return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, subject, "more than %d CRLs",
                             DAOTP__MAX_CRLS);
}

/* Read the CRL before it is copied: it may be large. */
static daotp_status add_crl(void *into, daotp__bytes der, const daotp__pem_reader *reader,
                            const char *subject, daotp_report *report)
{
    daotp__indexed_crl *indexed;
    daotp_status status;
    daotp__fault fault;
    daotp__crl crl;

    if (reader != NULL && !daotp__pem_has_label(reader, "X509 CRL"))
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is labelled as no CRL",
                                 report);
    if (daotp__crl_find_frame_fault(der, &crl, &fault))
        return daotp__bundle_refuse(&fault, reader, DAOTP_FINDING_CRL_DER, subject, report);
    status = daotp__indexed_crl_new(der, &indexed);
    return status == DAOTP_OK ? add_within_limit(into, indexed, subject, report) : status;
}

daotp_status daotp__crl_list_read(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                  daotp_report *report)
{
    static const daotp__bundle_kind kind = {DAOTP_FINDING_CRL_DER, DAOTP__MAX_CRL, NULL, add_crl};
    size_t before = crls->count;
    daotp_status status = daotp__bundle_read(&kind, crls, in, subject, report);

    if (status != DAOTP_OK)
        daotp__crl_list_truncate(crls, before);
    return status;
}

static bool is_plain_der(daotp__bytes mapped)
{
    return mapped.len > 0 && mapped.data[0] == DAOTP__DER_SEQUENCE && !daotp__pem_is(mapped);
}

daotp_status daotp__crl_list_take(daotp__crl_list *crls, daotp__bytes mapped, const char *path,
                                  daotp_report *report)
{
    daotp__indexed_crl *indexed;
    daotp_status status;
    daotp__fault ignored;
    daotp__crl crl;

    if (!is_plain_der(mapped) || daotp__crl_find_frame_fault(mapped, &crl, &ignored)) {
        status =
            daotp__crl_list_read(crls, mapped, path, report); /* or refuse it, with its place */
        (void)munmap((void *)mapped.data, mapped.len);
        return status;
    }
    status = daotp__indexed_crl_map(mapped, &indexed);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, path, report) : status;
}

void daotp__crl_list_truncate(daotp__crl_list *crls, size_t count)
{
    while (crls->list != NULL && crls->count > count)
        daotp__indexed_crl_free(crls->list[--crls->count]);
}

void daotp__crl_list_free(daotp__crl_list *crls)
{
    daotp__crl_list_truncate(crls, 0);
    daotp__delete(crls->list);
    *crls = (daotp__crl_list){0};
}

daotp_status daotp__crl_list_take_only(daotp__bytes mapped, const char *subject,
                                       daotp_report *report, daotp__indexed_crl **out)
{
    daotp__crl_list all = {0};
    daotp_status status = daotp__crl_list_take(&all, mapped, subject, report);

    if (status == DAOTP_OK && all.count != 1)
        status =
            daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject,
                              "%zu CRLs, where one is expected (RFC 5280 4.2.1.13)", all.count);
    *out = status == DAOTP_OK && all.list != NULL ? daotp__indexed_crl_ref(all.list[0]) : NULL;
    daotp__crl_list_free(&all);
    return status;
}
