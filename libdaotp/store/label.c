/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/label.h"

#include "core/limits.h"
#include "core/utf8.h"

#include <daotp/sys/store_backend.h>
#include <string.h>

/* The characters of Unicode category Zs, except the blank. */
static bool is_wide_space(uint32_t code)
{
    return code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

bool daotp__store_is_label_character(const char *text, size_t n)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._@+-";

    if (n == 1)
        return *text != '\0' && strchr(allowed, *text) != NULL;
    return n > 1 && !daotp__utf8_is_unsafe(text, n) &&
           !is_wide_space(daotp__utf8_code_point(text, n));
}

void daotp__store_make_label(char *text)
{
    size_t len = strlen(text), end = 0;

    for (size_t i = 0, n; i < len && i < DAOTP__MAX_LABEL; i += n) {
        n = daotp__utf8_next(text + i, len - i);
        if (n > 0 && i + n > DAOTP__MAX_LABEL) /* no character is cut in two */
            break;
        if (!daotp__store_is_label_character(text + i, n) || (i == 0 && *text == '.')) {
            n = n > 0 ? n : 1;
            memset(text + i, '_', n);
        }
        end = i + n;
    }
    text[end] = '\0';
}

bool daotp_store_is_label(const char *label)
{
    size_t len = label != NULL ? strlen(label) : 0;

    if (len == 0 || len > DAOTP__MAX_LABEL || label[0] == '.')
        return false;
    for (size_t i = 0, n; i < len; i += n) {
        n = daotp__utf8_next(label + i, len - i);
        if (!daotp__store_is_label_character(label + i, n))
            return false;
    }
    return true;
}
