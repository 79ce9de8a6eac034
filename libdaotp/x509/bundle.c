/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/bundle.h"

#include "x509/text_form.h"

static bool is_skipped_block(const daotp__bundle_kind *kind, const daotp__pem_reader *reader)
{
    return kind->is_skipped != NULL && kind->is_skipped(reader);
}

/* The next block that is not skipped. */
static daotp_status next_block(const daotp__bundle_kind *kind, daotp__pem_reader *reader,
                               daotp__buffer *der)
{
    daotp__pem_reader look = *reader;
    daotp_status status = daotp__pem_read(&look, NULL);

    while (status == DAOTP_OK && is_skipped_block(kind, &look)) {
        *reader = look;
        status = daotp__pem_read(&look, NULL);
    }
    if (status == DAOTP_OK)
        return daotp__pem_read(reader, der);
    *reader = look;
    return status;
}

static daotp_status read_blocks(const daotp__bundle_kind *kind, void *list, daotp__bytes in,
                                const char *subject, daotp_report *report)
{
    daotp__pem_reader reader;
    daotp_status status;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, kind->max);
    while ((status = next_block(kind, &reader, &der)) == DAOTP_OK) {
        status = kind->add(list, daotp__buffer_bytes(&der), &reader, subject, report);
        if (status != DAOTP_OK)
            break;
    }
    if (status == DAOTP_PEER && reader.fault != NULL)
        (void)daotp__pem_refuse(&reader, kind->number, subject, NULL, report);
    daotp__buffer_free(&der);
    return status == DAOTP_REJECTED ? DAOTP_OK : status; /* no further block */
}

static daotp_status read_only_structure(const daotp__bundle_kind *kind, void *list, daotp__bytes in,
                                        const char *subject, daotp_report *report)
{
    size_t first_len = daotp__der_first_len(in);

    if (first_len > 0 && first_len < in.len)
        return daotp__report_add(
            report, kind->number, 0, subject,
            "%zu octets stand behind the first structure, from octet %zu on: in DER "
            "there is one, and others follow in PEM (RFC 7468 5.1)",
            in.len - first_len, first_len);
    return kind->add(list, in, NULL, subject, report);
}

daotp_status daotp__bundle_read(const daotp__bundle_kind *kind, void *list, daotp__bytes in,
                                const char *subject, daotp_report *report)
{
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, kind->max, false);

    if (status == DAOTP_OK)
        status = daotp__pem_is(form.bytes)
                     ? read_blocks(kind, list, form.bytes, subject, report)
                     : read_only_structure(kind, list, form.bytes, subject, report);
    else if (status == DAOTP_PEER)
        status = daotp__report_add(report, kind->number, 0, subject, "%s", form.fault);
    daotp__text_form_free(&form);
    return status;
}

daotp_status daotp__bundle_refuse(const daotp__fault *fault, const daotp__pem_reader *reader,
                                  daotp_finding_number number, const char *subject,
                                  daotp_report *report)
{
    char text[DAOTP__FAULT_TEXT];

    (void)daotp__fault_describe(fault, text);
    if (fault->limit > 0)
        number = DAOTP_FINDING_LIMIT_SIZE;
    return reader != NULL ? daotp__pem_refuse(reader, number, subject, text, report)
                          : daotp__report_add(report, number, 0, subject, "%s", text);
}
