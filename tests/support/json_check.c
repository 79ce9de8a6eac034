/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_check.h"

static bool json_value(const char **at);

static void json_blanks(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

static bool json_take(const char **at, char c)
{
    json_blanks(at);
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool json_text(const char **at)
{
    if (!json_take(at, '"'))
        return false;
    for (; **at != '"'; ++*at) {
        if ((unsigned char)**at < 0x20)
            return false; /* the end too */
        if (**at != '\\')
            continue;
        ++*at;
        if (**at == 'u') {
            if (strspn(*at + 1, "0123456789abcdefABCDEF") < 4)
                return false;
            *at += 4;
        } else if (**at == '\0' || strchr("\"\\/bfnrt", **at) == NULL) {
            return false;
        }
    }
    ++*at;
    return true;
}

static bool json_list(const char **at, char end, bool named)
{
    ++*at;
    if (json_take(at, end))
        return true;
    do {
        if ((named && (!json_text(at) || !json_take(at, ':'))) || !json_value(at))
            return false;
    } while (json_take(at, ','));
    return json_take(at, end);
}

static bool json_number(const char **at)
{
    *at += **at == '-';
    if (strspn(*at, "0123456789") == 0 || (**at == '0' && strspn(*at, "0123456789") > 1))
        return false;
    *at += strspn(*at, "0123456789"); /* the library writes whole numbers only */
    return true;
}

static bool json_null(const char **at)
{
    bool is = strncmp(*at, "null", 4) == 0;

    *at += is ? 4 : 0;
    return is;
}

static bool json_value(const char **at)
{
    json_blanks(at);
    return **at == '{'   ? json_list(at, '}', true)
           : **at == '[' ? json_list(at, ']', false)
           : **at == '"' ? json_text(at)
           : **at == 'n' ? json_null(at)
                         : json_number(at);
}

bool json_is_well_formed(const char *text)
{
    const char *at = text;

    return daotp__utf8_valid(text, strlen(text)) && json_value(&at) && *at == '\0';
}
