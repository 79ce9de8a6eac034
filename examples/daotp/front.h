/* SPDX-License-Identifier: BSD-2-Clause */
/* The client certificate that a front (nginx, Apache, HAProxy) passes on in HTTP headers. No input
 * or output: header values in, DER out. */
#ifndef FRONT_H
#define FRONT_H

#include <stdbool.h>
#include <stddef.h>

/* The headers that are read. What clients send under these names the front must drop. */
#define FRONT_VERIFY "X-Client-Verify" /* nginx's $ssl_client_verify, Apache's SSL_CLIENT_VERIFY   \
                                        */
#define FRONT_CERTIFICATE "X-Client-Cert"
#define FRONT_CLIENT_CERT "Client-Cert" /* RFC 9440 */
#define FRONT_ADDRESS "X-Forwarded-For" /* whose last address is the client's, for the log alone */

enum { FRONT_MAX_CERTIFICATE = 64 * 1024 }; /* of a header's value, in bytes */

/* The values as they came; NULL where a header is not there. */
struct front_headers {
    const char *verify, *certificate, *client_cert;
    const char *repeated; /* the name of a header that came more than once; NULL: none did */
};

/*
 * Read the passed-on certificate. X-Client-Cert counts only beside X-Client-Verify: SUCCESS;
 * Client-Cert is set only after verification (RFC 9440 2.2), so X-Client-Verify may be missing.
 * True: der and len hold it, to be freed with free(). False: there is none when *why is NULL, else
 * *why says why it cannot be used.
 */
bool front_read(const struct front_headers *headers, unsigned char **der, size_t *len,
                const char **why);

/*
 * Decode one header value into der, to be freed with free(): PEM, percent-encoded (nginx) or with
 * blanks for line ends (Apache); a byte sequence ":base64:" (RFC 9440, RFC 8941 3.3.5); or bare
 * base64 (HAProxy). Strict: exactly one certificate's text, and nothing before or behind it.
 */
bool front_decode(const char *value, unsigned char **der, size_t *len);

#endif
