/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/pem.h"

#include "core/base64.h"

#include <stdio.h>
#include <string.h>

static const char *pem_find(daotp__bytes in, const char *text)
{
    return in.len > 0 ? memmem(in.data, in.len, text, strlen(text)) : NULL;
}

bool daotp__pem_is(daotp__bytes in)
{
    /* a DER structure may contain such a line; it begins with 0x30 and an octet that is not text */
    if (in.len > 1 && in.data[0] == 0x30 && in.data[1] >= 0x80)
        return false;
    return pem_find(in, "-----BEGIN ") != NULL;
}

/* ---- block by block -------------------------------------------------------------------------- */

static const char BEGIN[] = "-----BEGIN ", END[] = "-----END ", DASHES[] = "-----";

void daotp__pem_begin(daotp__pem_reader *reader, daotp__bytes in)
{
    *reader = (daotp__pem_reader){.in = in};
    if (in.data == NULL)
        reader->in.data = (const uint8_t *)"";
}

static daotp__bytes rest_of(const daotp__pem_reader *reader)
{
    return (daotp__bytes){reader->in.data + reader->at, reader->in.len - reader->at};
}

/* The offset of the text in the bytes not read yet; their length if the text is not there. */
static size_t find_in_rest(const daotp__pem_reader *reader, const char *text)
{
    daotp__bytes rest = rest_of(reader);
    const char *found = pem_find(rest, text);

    return found != NULL ? (size_t)((const uint8_t *)found - rest.data) : rest.len;
}

static daotp_status fault_at(daotp__pem_reader *reader, size_t at, const char *fault)
{
    reader->begin = at;
    reader->label.len = 0;
    reader->number++;
    reader->fault = fault;
    reader->fault_at = at;
    return DAOTP_PEER;
}

/* Whether these octets can be explanatory text (RFC 7468 2); the DOS end-of-file mark 0x1A is
 * allowed. DER has other octets too. */
static bool is_pem_text(daotp__bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        if (in.data[i] == '\0' || in.data[i] == 0x7F ||
            (in.data[i] < ' ' && strchr("\t\n\f\r\x1A", in.data[i]) == NULL))
            return false;
    return true;
}

/* Whether the last line is the start of a BEGIN line that was cut off. */
static bool ends_in_begin(daotp__bytes in)
{
    size_t len = in.len;

    while (len > 0 && in.data[len - 1] != '\n' && in.data[len - 1] != '\r')
        len--;
    len = in.len - len;
    return len > 1 && len < sizeof BEGIN && memcmp(in.data + in.len - len, BEGIN, len) == 0;
}

/* The text between two blocks, or behind the last. */
static daotp_status skip_text(daotp__pem_reader *reader, size_t len, bool is_last)
{
    daotp__bytes text = {reader->in.data + reader->at, len};
    size_t from = reader->at;

    reader->at += len; /* so that the text after a fault can be read */
    if (pem_find(text, END) != NULL)
        return fault_at(reader, from, "an END line without its BEGIN line (RFC 7468 3)");
    if (!is_pem_text(text))
        return fault_at(reader, from,
                        "octets that are no text stand outside of the blocks (RFC 7468 2)");
    if (is_last && ends_in_begin(text))
        return fault_at(reader, from, "the last line is cut (RFC 7468 3)");
    return DAOTP_OK;
}

/* Read the label after "-----BEGIN ", to the end of the line. */
static bool read_label(daotp__pem_reader *reader)
{
    daotp__bytes rest;
    size_t len;

    reader->begin = reader->at;
    reader->at += sizeof BEGIN - 1;
    rest = rest_of(reader);
    len = find_in_rest(reader, DASHES);
    if (len == rest.len || len >= DAOTP__PEM_LABEL || memchr(rest.data, '\n', len) != NULL)
        return false;
    reader->label = (daotp__bytes){rest.data, len};
    reader->at += len + sizeof DASHES - 1;
    return true;
}

static bool is_end_line(const daotp__pem_reader *reader, size_t at)
{
    daotp__bytes rest = rest_of(reader), label = reader->label;
    size_t len = sizeof END - 1 + label.len + sizeof DASHES - 1;

    return at + len <= rest.len &&
           memcmp(rest.data + at + sizeof END - 1, label.data, label.len) == 0 &&
           memcmp(rest.data + at + len - (sizeof DASHES - 1), DASHES, sizeof DASHES - 1) == 0;
}

/* RFC 7468 2: the headers of RFC 1421 are not permitted. */
static daotp_status read_pem_base64(daotp__pem_reader *reader, size_t len, daotp__buffer *out)
{
    const char *text = (const char *)rest_of(reader).data;
    size_t at;

    daotp__buffer_clear(out);
    if (daotp__base64_read(text, len, out))
        return DAOTP_OK;
    if (out->failed == DAOTP_PEER) {
        reader->fault = "it is larger than the limit";
        reader->fault_at = reader->begin;
        return DAOTP_PEER;
    }
    at = daotp__base64_find_fault(text, len);
    reader->fault_at = reader->at + at;
    if (at < len && memchr(text, ':', len) != NULL)
        reader->fault = "it has a header, which is not permitted (RFC 7468 2)";
    else
        reader->fault = "its base64 is malformed (RFC 4648 4)";
    return out->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_PEER;
}

static daotp_status read_content(daotp__pem_reader *reader, daotp__buffer *out)
{
    size_t end = find_in_rest(reader, END), next = find_in_rest(reader, BEGIN);
    daotp_status status;

    reader->number++;
    if (next < end || !is_end_line(reader, end)) {
        reader->fault = "its END line is missing (RFC 7468 3)";
        reader->fault_at = reader->at + (next < end ? next : end);
        return DAOTP_PEER;
    }
    status = out != NULL ? read_pem_base64(reader, end, out) : DAOTP_OK;
    if (status != DAOTP_OK)
        return status;
    reader->at += end + sizeof END - 1 + reader->label.len + sizeof DASHES - 1;
    return DAOTP_OK;
}

daotp_status daotp__pem_read(daotp__pem_reader *reader, daotp__buffer *out)
{
    size_t begin = find_in_rest(reader, BEGIN);
    bool is_last = begin == reader->in.len - reader->at;
    daotp_status status;

    reader->fault = NULL;
    status = skip_text(reader, begin, is_last);
    if (status != DAOTP_OK)
        return status;
    if (is_last)
        return DAOTP_REJECTED;
    if (!read_label(reader))
        return fault_at(reader, reader->begin, "its BEGIN line is cut (RFC 7468 3)");
    return read_content(reader, out);
}

bool daotp__pem_has_label(const daotp__pem_reader *reader, const char *label)
{
    return reader->label.len == strlen(label) &&
           memcmp(reader->label.data, label, reader->label.len) == 0;
}

bool daotp__pem_has_label_end(const daotp__pem_reader *reader, const char *end)
{
    size_t len = strlen(end);

    return reader->label.len >= len &&
           memcmp(reader->label.data + reader->label.len - len, end, len) == 0;
}

const char *daotp__pem_place(const daotp__pem_reader *reader, char place[DAOTP__PEM_PLACE])
{
    size_t line = 1;

    for (size_t i = 0; i < reader->begin; i++)
        line += reader->in.data[i] == '\n';
    (void)snprintf(place, DAOTP__PEM_PLACE, "block %zu, line %zu", reader->number, line);
    return place;
}

const char *daotp__pem_label_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_LABEL])
{
    daotp__bytes label = reader->label;

    for (size_t i = 0; i < label.len; i++)
        text[i] = label.data[i] >= ' ' && label.data[i] < 0x7F ? (char)label.data[i] : '?';
    text[label.len] = '\0';
    return text;
}

const char *daotp__pem_fault_text(const daotp__pem_reader *reader, char text[DAOTP__PEM_FAULT])
{
    (void)snprintf(text, DAOTP__PEM_FAULT, "octet %zu of %zu octets: %s", reader->fault_at,
                   reader->in.len, reader->fault);
    return text;
}

daotp_status daotp__pem_refuse(const daotp__pem_reader *reader, daotp_finding_number number,
                               const char *subject, const char *fault, daotp_report *report)
{
    char place[DAOTP__PEM_PLACE], label[DAOTP__PEM_LABEL], own[DAOTP__PEM_FAULT];
    const char *what = fault != NULL ? fault : daotp__pem_fault_text(reader, own);

    (void)daotp__pem_place(reader, place);
    if (*daotp__pem_label_text(reader, label) != '\0')
        return daotp__report_add(report, number, 0, subject, "%s (%s): %s", place, label, what);
    return daotp__report_add(report, number, 0, subject, "%s: %s", place, what);
}

void daotp__pem_write(daotp__buffer *out, const char *label, daotp__bytes der)
{
    daotp__buffer_format(out, "-----BEGIN %s-----\n", label);
    daotp__base64_write_lines(out, der.data, der.len, 64);
    daotp__buffer_format(out, "-----END %s-----\n", label);
}
