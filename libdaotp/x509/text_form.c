/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/text_form.h"

#include "core/base64.h"
#include "core/utf16.h"
#include "x509/der.h"
#include "x509/pem.h"

#include <stdio.h>

static const char NEITHER_FORM[] =
    "text that is neither PEM (RFC 7468 2) nor base64 (RFC 4648 4) of a structure";

static bool is_blank_octet(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A SEQUENCE in base64 begins with "M". */
static bool is_bare_base64(daotp__bytes in)
{
    size_t i = 0;

    while (i < in.len && is_blank_octet(in.data[i]))
        i++;
    if (in.len - i < 4 || in.data[i] != 'M')
        return false;
    for (; i < in.len; i++)
        if (in.data[i] >= 0x7F || in.data[i] == '-' || in.data[i] == '<' ||
            (in.data[i] < ' ' && (in.data[i] < '\t' || in.data[i] > '\r')))
            return false;
    return true;
}

static daotp_status refuse_form(daotp__text_form *form, daotp__bytes in, size_t at,
                                const char *fault)
{
    (void)snprintf(form->fault, sizeof form->fault, "octet %zu of %zu octets: %s", at, in.len,
                   fault);
    return form->own.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_PEER;
}

/* The offset in the input of an octet of the text. In UTF-16 the text before that octet is
 * ASCII, so each of its characters takes two octets. */
static size_t octet_of_input(const daotp__text_form *form, daotp__bytes in, size_t at)
{
    if (form->own.len > 0)
        return (daotp__utf16_has_mark(in) ? 2 : 0) + 2 * at;
    return (size_t)(form->bytes.data - in.data) + at;
}

/* Whether the input is text, but not XML. DER is no text: its tags are control characters. */
static bool is_plain_text(daotp__bytes in)
{
    size_t blanks = 0;

    while (blanks < in.len && is_blank_octet(in.data[blanks]))
        blanks++;
    if (blanks == in.len || in.data[blanks] == '<')
        return false;
    for (size_t i = blanks; i < in.len; i++)
        if (in.data[i] == 0x7F || (in.data[i] < ' ' && !is_blank_octet(in.data[i])))
            return false;
    return true;
}

static void init_own(daotp__buffer *own, size_t max, bool is_secret)
{
    if (is_secret)
        daotp__buffer_init_secret(own, max);
    else
        daotp__buffer_init(own, max);
}

static daotp_status decode_bare(daotp__text_form *form, daotp__bytes in, size_t max)
{
    const char *text = (const char *)form->bytes.data;
    daotp__buffer der;

    init_own(&der, max, form->own.is_secret);
    if (!daotp__base64_read(text, form->bytes.len, &der)) {
        daotp_status failed = der.failed;
        size_t at = daotp__base64_find_fault(text, form->bytes.len);

        daotp__buffer_free(&der);
        if (failed == DAOTP_MEMORY)
            return DAOTP_MEMORY;
        if (failed == DAOTP_PEER)
            return refuse_form(form, in, octet_of_input(form, in, 0),
                               "base64 without BEGIN line that is larger than the limit");
        return refuse_form(form, in, octet_of_input(form, in, at), NEITHER_FORM);
    }
    daotp__buffer_free(&form->own);
    form->own = der;
    form->bytes = daotp__buffer_bytes(&form->own);
    return DAOTP_OK;
}

/* Decode UTF-16 with a byte order mark, or without one if it is certainly UTF-16. */
static daotp_status decode_utf16(daotp__text_form *form, daotp__bytes in)
{
    bool is_big = in.len > 0 && in.data[0] == 0xFE;
    size_t at = 2;

    if (!daotp__utf16_has_mark(in)) {
        if (!daotp__utf16_is_unmarked(in, &is_big))
            return DAOTP_OK;
        at = 0;
    }
    if (!daotp__utf16_read(in, is_big, &form->own, &at))
        return refuse_form(form, in, at,
                           form->own.failed == DAOTP_PEER
                               ? "UTF-16 text that is larger than the limit"
                               : "UTF-16 text that is cut or malformed (RFC 2781 2.2)");
    form->bytes = daotp__buffer_bytes(&form->own);
    return DAOTP_OK;
}

daotp_status daotp__text_form_read(daotp__text_form *form, daotp__bytes in, size_t max,
                                   bool is_secret)
{
    daotp_status status;

    *form = (daotp__text_form){.bytes = daotp__utf8_skip_mark(in)};
    init_own(&form->own, max, is_secret);
    status = decode_utf16(form, in);
    if (status != DAOTP_OK)
        return status;
    if (is_bare_base64(form->bytes))
        return decode_bare(form, in, max);
    if (is_plain_text(form->bytes) && !daotp__pem_is(form->bytes))
        return refuse_form(form, in, octet_of_input(form, in, 0), NEITHER_FORM);
    return DAOTP_OK;
}

void daotp__text_form_free(daotp__text_form *form)
{
    daotp__buffer_free(&form->own);
}
