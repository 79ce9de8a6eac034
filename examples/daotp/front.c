/* SPDX-License-Identifier: BSD-2-Clause */
#include "front.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* In place; the text only gets shorter. */
static void percent_decode(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
            *to++ = (char)(hex(text[1]) << 4 | hex(text[2]));
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static bool decode(const char *text, size_t len, unsigned char *der, size_t *der_len)
{
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    int n = 0, last = 0;
    bool ok;

    if (ctx == NULL)
        return false;
    EVP_DecodeInit(ctx);
    ok = EVP_DecodeUpdate(ctx, der, &n, (const unsigned char *)text, (int)len) >= 0 &&
         EVP_DecodeFinal(ctx, der + n, &last) >= 0;
    EVP_ENCODE_CTX_free(ctx);
    *der_len = (size_t)n + (size_t)last;
    return ok && *der_len > 0;
}

bool front_certificate(const char *verify, const char *certificate, unsigned char **der,
                       size_t *len)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    char *copy, *from, *to;
    bool ok = false;

    *der = NULL;
    if (verify == NULL || strcmp(verify, "SUCCESS") != 0 || certificate == NULL)
        return false;
    copy = strdup(certificate);
    if (copy == NULL)
        return false;
    percent_decode(copy);
    from = strstr(copy, begin);
    to = from != NULL ? strstr(from, end) : NULL;
    if (to != NULL) {
        from += strlen(begin);
        *der = malloc((size_t)(to - from) + 3);
        ok = *der != NULL && decode(from, (size_t)(to - from), *der, len);
    }
    free(copy);
    return ok;
}
