/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_list.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"
#include "x509/pem.h"
#include "x509/text_form.h"

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

static const char *describe_crl_fault(daotp__bytes der, char text[DAOTP__FAULT_TEXT])
{
    daotp__fault fault;

    (void)daotp__crl_find_fault(der, &fault);
    return daotp__fault_describe(&fault, text);
}

static daotp_status crl_list_add_block(daotp__crl_list *crls, const daotp__pem_reader *reader,
                                       daotp__bytes der, const char *subject, daotp_report *report)
{
    char text[DAOTP__FAULT_TEXT];
    daotp__indexed_crl *indexed;
    daotp_status status;

    if (!daotp__pem_has_label(reader, "X509 CRL"))
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is labelled as no CRL",
                                 report);
    status = daotp__indexed_crl_new(der, &indexed);
    if (status == DAOTP_PEER)
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject,
                                 describe_crl_fault(der, text), report);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, subject, report) : status;
}

static daotp_status read_blocks(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                daotp_report *report)
{
    daotp__pem_reader reader;
    daotp_status status;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, DAOTP__MAX_CRL);
    while ((status = daotp__pem_read(&reader, &der)) == DAOTP_OK) {
        status = crl_list_add_block(crls, &reader, daotp__buffer_bytes(&der), subject, report);
        if (status != DAOTP_OK)
            break;
    }
    if (status == DAOTP_PEER && reader.fault != NULL)
        (void)daotp__pem_refuse(&reader, DAOTP_FINDING_CRL_DER, subject, NULL, report);
    daotp__buffer_free(&der);
    return status == DAOTP_REJECTED ? DAOTP_OK : status; /* no further block */
}

static daotp_status crl_list_refuse_der(daotp__bytes der, const char *subject, daotp_report *report)
{
    size_t first_len = daotp__der_first_len(der);
    char text[DAOTP__FAULT_TEXT];

    if (first_len > 0 && first_len < der.len)
        return daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject,
                                 "%zu octets stand behind the first structure, from octet %zu on",
                                 der.len - first_len, first_len);
    return daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject, "%s",
                             describe_crl_fault(der, text));
}

static daotp_status crl_list_read_der(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                      daotp_report *report)
{
    daotp__indexed_crl *indexed;
    daotp_status status = daotp__indexed_crl_new(in, &indexed);

    if (status == DAOTP_PEER)
        return crl_list_refuse_der(in, subject, report);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, subject, report) : status;
}

daotp_status daotp__crl_list_read(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                  daotp_report *report)
{
    size_t before = crls->count;
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_CRL, false);

    if (status == DAOTP_OK)
        status = daotp__pem_is(form.bytes) ? read_blocks(crls, form.bytes, subject, report)
                                           : crl_list_read_der(crls, form.bytes, subject, report);
    else if (status == DAOTP_PEER)
        status = daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject, "%s", form.fault);
    daotp__text_form_free(&form);
    if (status != DAOTP_OK)
        daotp__crl_list_cut(crls, before);
    return status;
}

static bool is_plain_der(daotp__bytes mapped)
{
    return mapped.len > 0 && mapped.data[0] == DAOTP__DER_SEQUENCE && !daotp__pem_is(mapped);
}

daotp_status daotp__crl_list_take(daotp__crl_list *crls, daotp__bytes mapped, const char *path,
                                  daotp_report *report)
{
    bool is_der = is_plain_der(mapped);
    daotp__indexed_crl *indexed;
    daotp_status status;
    daotp__fault ignored;
    daotp__crl crl;

    if (!is_der || daotp__crl_find_frame_fault(mapped, &crl, &ignored)) {
        status = is_der ? crl_list_refuse_der(mapped, path, report)
                        : daotp__crl_list_read(crls, mapped, path, report);
        (void)munmap((void *)mapped.data, mapped.len);
        return status;
    }
    status = daotp__indexed_crl_map(mapped, &indexed);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, path, report) : status;
}

void daotp__crl_list_cut(daotp__crl_list *crls, size_t count)
{
    while (crls->count > count)
        daotp__indexed_crl_free(crls->list[--crls->count]);
}

void daotp__crl_list_free(daotp__crl_list *crls)
{
    daotp__crl_list_cut(crls, 0);
    daotp__delete(crls->list);
    *crls = (daotp__crl_list){0};
}

static daotp_status keep_only_block(daotp__bytes mapped, daotp__indexed_crl **out)
{
    daotp__crl_list all = {0};
    daotp_status status = daotp__crl_list_read(&all, mapped, "", NULL);

    if (status == DAOTP_OK && all.count != 1)
        status = DAOTP_PEER;
    *out = status == DAOTP_OK && all.list != NULL ? daotp__indexed_crl_ref(all.list[0]) : NULL;
    daotp__crl_list_free(&all);
    (void)munmap((void *)mapped.data, mapped.len);
    return status;
}

daotp_status daotp__crl_list_take_only(daotp__bytes mapped, daotp__indexed_crl **out)
{
    return is_plain_der(mapped) ? daotp__indexed_crl_map(mapped, out)
                                : keep_only_block(mapped, out);
}
