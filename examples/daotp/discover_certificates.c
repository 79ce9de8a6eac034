/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates of the directory, as PEM. */
#include "discovery.h"

#include <stdio.h>
#include <stdlib.h>

/* One to three octets. */
static void print_base64(FILE *out, const unsigned char *octets, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned long bits = (unsigned long)octets[0] << 16;
    char text[5] = "====";

    bits |= len > 1 ? (unsigned long)octets[1] << 8 : 0;
    bits |= len > 2 ? octets[2] : 0;
    for (size_t i = 0; i <= len; i++)
        text[i] = digits[bits >> (18 - 6 * i) & 63];
    fputs(text, out);
}

static void add_pem(pem_text *pem, const unsigned char *der, size_t len)
{
    FILE *out;
    char *text = NULL;
    size_t text_len = 0;

    if (pem->count == MAX_CERTIFICATES || (out = open_memstream(&text, &text_len)) == NULL)
        return;
    fprintf(out, "%s-----BEGIN CERTIFICATE-----\n", pem->text != NULL ? pem->text : "");
    for (size_t i = 0; i < len; i += 3) {
        if (i > 0 && i % 48 == 0)
            fputc('\n', out);
        print_base64(out, der + i, len - i < 3 ? len - i : 3);
    }
    fprintf(out, "\n-----END CERTIFICATE-----\n");
    if (fclose(out) != 0)
        return;
    free(pem->text);
    pem->text = text;
    pem->len = text_len;
    pem->count++;
}

/* One that our own reader takes. */
static bool is_certificate(const char *der, size_t len)
{
    daotp_context *context = NULL;
    daotp_trust *trust = NULL;
    bool good = daotp_context_new(&context) == DAOTP_OK &&
                daotp_trust_new(context, &trust) == DAOTP_OK &&
                daotp_trust_add(trust, der, len, NULL) == DAOTP_OK;

    daotp_trust_unref(trust);
    daotp_context_unref(context);
    return good;
}

void discovery_add_certificates(pem_text *pem, const directory_entry *entry)
{
    const char *der;
    size_t len;

    for (size_t i = 0; (der = directory_value(entry, "cACertificate", i, &len)) != NULL; i++)
        if (len > 1 && is_certificate(der, len)) /* an empty list is one zero octet */
            add_pem(pem, (const unsigned char *)der, len);
}
