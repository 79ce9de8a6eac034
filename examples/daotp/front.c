/* SPDX-License-Identifier: BSD-2-Clause */
#include "front.h"

#include <stdlib.h>
#include <string.h>

static const char pem_begin[] = "-----BEGIN CERTIFICATE-----";
static const char pem_end[] = "-----END CERTIFICATE-----";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; the text only gets shorter. An encoded NUL would hide what stands behind it. */
static bool percent_decode(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        *to = *text;
        if (*text == '%') {
            if (hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
                return false;
            *to = (char)(hex_digit(text[1]) << 4 | hex_digit(text[2]));
            text += 2;
        }
        if (*to++ == '\0')
            return false;
    }
    *to = '\0';
    return true;
}

/* ---- base64, RFC 4648 4 ---------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int base64_digit(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

    return at != NULL ? (int)(at - alphabet) : -1;
}

struct base64 {
    unsigned char *out;
    size_t len, digits, padding;
    unsigned bits; /* the last digits, of which digits % 4 are not yet written */
};

static bool base64_take(struct base64 *state, char c)
{
    int digit = base64_digit(c);

    if (c == '=')
        return ++state->padding <= 2;
    if (digit < 0 || state->padding > 0)
        return false;
    state->bits = state->bits << 6 | (unsigned)digit;
    if (++state->digits % 4 == 0) {
        for (int shift = 16; shift >= 0; shift -= 8)
            state->out[state->len++] = (unsigned char)(state->bits >> shift);
        state->bits = 0;
    }
    return true;
}

/* The last digits are two or three, their padding completes them, and unused bits are zero. */
static bool base64_end(struct base64 *state)
{
    size_t rest = state->digits % 4;

    if (rest == 0)
        return state->padding == 0 && state->len > 0;
    if (rest == 1 || rest + state->padding != 4)
        return false;
    if (rest == 2) {
        state->out[state->len++] = (unsigned char)(state->bits >> 4);
        return (state->bits & 0x0F) == 0;
    }
    state->out[state->len++] = (unsigned char)(state->bits >> 10);
    state->out[state->len++] = (unsigned char)(state->bits >> 2);
    return (state->bits & 0x03) == 0;
}

/* Blanks are where PEM has its line ends, and nowhere else. */
static bool base64_decode(const char *text, size_t len, bool blanks, unsigned char **der,
                          size_t *der_len)
{
    struct base64 state = {.out = malloc(len / 4 * 3 + 3)};
    bool ok = state.out != NULL;

    for (size_t i = 0; i < len && ok; i++)
        if (!blanks || !is_blank(text[i]))
            ok = base64_take(&state, text[i]);
    if (!ok || !base64_end(&state)) {
        free(state.out);
        return false;
    }
    *der = state.out;
    *der_len = state.len;
    return true;
}

/* ---- the forms ------------------------------------------------------------------------------- */

static bool pem_decode(const char *text, size_t len, unsigned char **der, size_t *der_len)
{
    size_t begin = sizeof pem_begin - 1, end = sizeof pem_end - 1;

    return len > begin + end && memcmp(text + len - end, pem_end, end) == 0 &&
           base64_decode(text + begin, len - begin - end, true, der, der_len);
}

static bool text_decode(const char *text, size_t len, unsigned char **der, size_t *der_len)
{
    if (len >= sizeof pem_begin - 1 && memcmp(text, pem_begin, sizeof pem_begin - 1) == 0)
        return pem_decode(text, len, der, der_len);
    if (len > 2 && text[0] == ':' && text[len - 1] == ':')
        return base64_decode(text + 1, len - 2, false, der, der_len);
    return base64_decode(text, len, false, der, der_len);
}

bool front_decode(const char *value, unsigned char **der, size_t *len)
{
    size_t value_len = strlen(value);
    char *copy, *from, *to;
    bool ok = false;

    *der = NULL;
    *len = 0;
    copy = value_len <= FRONT_MAX_CERTIFICATE ? strdup(value) : NULL;
    if (copy == NULL)
        return false;
    if (percent_decode(copy)) {
        from = copy;
        to = copy + strlen(copy);
        while (is_blank(*from))
            from++;
        while (to > from && is_blank(to[-1]))
            to--;
        ok = text_decode(from, (size_t)(to - from), der, len);
    }
    free(copy);
    return ok;
}

bool front_read(const struct front_headers *headers, unsigned char **der, size_t *len,
                const char **why)
{
    const char *value = headers->certificate != NULL ? headers->certificate : headers->client_cert;

    *der = NULL;
    *len = 0;
    *why = NULL;
    if (headers->repeated != NULL)
        *why = "a header of the reverse proxy came twice";
    else if (headers->certificate != NULL && headers->client_cert != NULL)
        *why = "both " FRONT_CERTIFICATE " and " FRONT_CLIENT_CERT;
    else if (value == NULL || (headers->verify != NULL && strcmp(headers->verify, "SUCCESS") != 0))
        return false; /* the client showed none, or none that the reverse proxy accepted */
    else if (headers->certificate != NULL && headers->verify == NULL)
        *why = FRONT_CERTIFICATE " without " FRONT_VERIFY;
    else if (!front_decode(value, der, len))
        *why = "neither PEM nor base64 of one certificate";
    return *why == NULL;
}
