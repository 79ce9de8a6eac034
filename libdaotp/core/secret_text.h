/* SPDX-License-Identifier: BSD-2-Clause */
/* Hides a secret in a text that a peer may have sent. */
#ifndef DAOTP_CORE_SECRET_TEXT_H
#define DAOTP_CORE_SECRET_TEXT_H

#include "core/buffer.h"

/*
 * Writes asterisks over each occurrence of the secret in the text, and over each part of it that
 * has at least half of its octets and at least four: a peer or a length limit may have cut it.
 * Octets that are escaped for XML or a URL (&amp;, &#38;, %26) are recognised too.
 *
 * A secret of less than four octets is hidden only as a whole, and only if no letter or digit is
 * beside it. Inside a word or number it reveals nothing, and three digits occur in almost every
 * text.
 */
void daotp__secret_redact(char *text, daotp__bytes secret);

#endif
