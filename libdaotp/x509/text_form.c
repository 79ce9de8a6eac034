/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/text_form.h"

#include "core/base64.h"
#include "core/utf16.h"
#include "x509/der.h"

/* A SEQUENCE in base64 begins with "M". */
static bool is_bare_base64(daotp__bytes in)
{
    size_t i = 0;

    while (i < in.len && (in.data[i] == ' ' || (in.data[i] >= '\t' && in.data[i] <= '\r')))
        i++;
    if (in.len - i < 4 || in.data[i] != 'M')
        return false;
    for (; i < in.len; i++)
        if (in.data[i] >= 0x7F || in.data[i] == '-' || in.data[i] == '<' ||
            (in.data[i] < ' ' && (in.data[i] < '\t' || in.data[i] > '\r')))
            return false;
    return true;
}

static daotp_status refuse_form(daotp__text_form *form, const char *fault)
{
    form->fault = fault;
    return form->own.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_PEER;
}

static void init_own(daotp__buffer *own, size_t max, bool is_secret)
{
    if (is_secret)
        daotp__buffer_init_secret(own, max);
    else
        daotp__buffer_init(own, max);
}

static daotp_status decode_bare(daotp__text_form *form, size_t max)
{
    daotp__buffer der;

    init_own(&der, max, form->own.is_secret);
    if (!daotp__base64_read((const char *)form->bytes.data, form->bytes.len, &der)) {
        daotp_status failed = der.failed;

        daotp__buffer_free(&der);
        if (failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        return refuse_form(
            form,
            failed == DAOTP_PEER
                ? "base64 without BEGIN line that is larger than the limit"
                : "text that is neither PEM (RFC 7468 2) nor base64 (RFC 4648 4) of a structure");
    }
    daotp__buffer_free(&form->own);
    form->own = der;
    form->bytes = daotp__buffer_bytes(&form->own);
    return DAOTP_OK;
}

daotp_status daotp__text_form_read(daotp__text_form *form, daotp__bytes in, size_t max,
                                   bool is_secret)
{
    *form = (daotp__text_form){.bytes = daotp__utf8_skip_mark(in)};
    init_own(&form->own, max, is_secret);
    if (daotp__utf16_has_mark(in)) {
        if (!daotp__utf16_read(in, &form->own))
            return refuse_form(form, "UTF-16 text that is cut or malformed (RFC 2781 2.2)");
        form->bytes = daotp__buffer_bytes(&form->own);
    }
    return is_bare_base64(form->bytes) ? decode_bare(form, max) : DAOTP_OK;
}

void daotp__text_form_free(daotp__text_form *form)
{
    daotp__buffer_free(&form->own);
}
