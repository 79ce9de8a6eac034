/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client certificate that a front passes on in HTTP headers. The input is the values of the
 * three headers, parted by NULs; an empty one is not there. A certificate counts only beside
 * X-Client-Verify: SUCCESS, or under the name of RFC 9440; what is decoded is no longer than
 * its text, and what we encode in any of the three forms is decoded to itself.
 */
#include "fuzz.h"

#include "front.h"

#include <openssl/evp.h>
#include <stdio.h>

static void check_form(const char *form, const char *base64, const unsigned char *der, size_t len)
{
    size_t room = strlen(form) + strlen(base64) + 1, back_len = 0;
    char *text = malloc(room);
    unsigned char *back;

    (void)snprintf(text, room, form, base64); /* a literal of ours */
    HOLDS(front_decode(text, &back, &back_len));
    HOLDS(back_len == len && memcmp(back, der, len) == 0);
    free(back);
    free(text);
}

static void check_forms(const unsigned char *der, size_t len)
{
    char *base64 = malloc(4 * ((len + 2) / 3) + 1);

    (void)EVP_EncodeBlock((unsigned char *)base64, der, (int)len);
    check_form("%s", base64, der, len);
    check_form(":%s:", base64, der, len);
    check_form("-----BEGIN CERTIFICATE----- %s -----END CERTIFICATE-----", base64, der, len);
    free(base64);
}

static const char *take_value(char **at, const char *end)
{
    char *value = *at;

    if (value >= end)
        return NULL;
    *at += strlen(value) + 1;
    return *value != '\0' ? value : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *at = text;
    struct front_headers headers = {0};
    unsigned char *der;
    const char *why;
    size_t len = 0;

    headers.verify = take_value(&at, text + size);
    headers.certificate = take_value(&at, text + size);
    headers.client_cert = take_value(&at, text + size);
    if (front_read(&headers, &der, &len, &why)) {
        HOLDS(der != NULL && len > 0 && len <= FRONT_MAX_CERTIFICATE && len < size);
        HOLDS(headers.client_cert != NULL ||
              (headers.verify != NULL && strcmp(headers.verify, "SUCCESS") == 0));
        check_forms(der, len);
    } else {
        HOLDS(der == NULL);
    }
    free(der);
    headers.repeated = FRONT_CERTIFICATE;
    HOLDS(!front_read(&headers, &der, &len, &why) && why != NULL);
    free(text);
    return 0;
}
