/* SPDX-License-Identifier: BSD-2-Clause */
/* What a front (nginx, Apache) passes on of a client certificate. */
#ifndef FRONT_H
#define FRONT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * verify is nginx's $ssl_client_verify or Apache's SSL_CLIENT_VERIFY: only SUCCESS counts.
 * certificate is PEM, percent-encoded by nginx, its line ends made blanks by Apache. der is to be
 * freed with free().
 */
bool front_certificate(const char *verify, const char *certificate, unsigned char **der,
                       size_t *len);

#endif
