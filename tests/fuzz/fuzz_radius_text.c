/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes in words and from words, by libradcli: of a verified reply, whose server may still be
 * anybody's, and of an administrator. What is shown steers no terminal, what is read fits a packet,
 * and syslog hears nothing of either.
 */
#include "fuzz.h"

#include "radius/dictionary.h"

#include <stdarg.h>
#include <syslog.h>

/* In the place of libc's, for libradcli too. */
void syslog(int priority, const char *format, ...)
{
    (void)priority, (void)format;
    abort();
}

void vsyslog(int priority, const char *format, va_list arguments)
{
    (void)priority, (void)format, (void)arguments;
    abort();
}

void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    (void)priority, (void)flag, (void)format;
    abort();
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments);
void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
    (void)priority, (void)flag, (void)format, (void)arguments;
    abort();
}

static size_t count_attributes(daotp__bytes attributes)
{
    daotp__bytes value;
    uint8_t type;
    size_t count = 0;

    while (daotp__radius_attribute_next(&attributes, &type, &value))
        count++;
    return count;
}

static void show(daotp__bytes attributes)
{
    size_t lines = 0;
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, DAOTP__MAX_OUTLINE);
    status = daotp__radius_text_write(attributes, &out);
    HOLDS(status == DAOTP_OK || status == DAOTP_CONFIGURATION);
    for (size_t i = 0; i < out.len; i++) {
        HOLDS(out.data[i] == '\n' || (out.data[i] >= 0x20 && out.data[i] < 0x7F));
        lines += out.data[i] == '\n';
    }
    if (status == DAOTP_OK)
        HOLDS(lines == count_attributes(attributes));
    daotp__buffer_free(&out);
}

static daotp_status take(void *user, uint8_t type, uint32_t vendor, daotp__bytes value)
{
    (void)vendor;
    HOLDS(type != 0 && value.data != NULL && value.len > 0 && value.len <= DAOTP__RADIUS_MAX_VALUE);
    ++*(unsigned *)user;
    return DAOTP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned taken = 0;
    daotp_status status;
    char *text;

    if (size == 0 || size > 4077)
        return 0;
    if (data[0] % 2 == 0) {
        show((daotp__bytes){data + 1, size - 1});
        return 0;
    }
    text = fuzz_text(data + 1, size - 1);
    status = daotp__radius_text_parse(text, take, &taken);
    HOLDS(status == DAOTP_OK || status == DAOTP_USAGE || status == DAOTP_CONFIGURATION);
    HOLDS(status != DAOTP_OK || taken > 0);
    free(text);
    return 0;
}
