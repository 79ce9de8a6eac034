/* SPDX-License-Identifier: BSD-2-Clause */
/* Hides a secret in a text that a peer may have made of it. */
#ifndef DAOTP_CORE_SECRET_TEXT_H
#define DAOTP_CORE_SECRET_TEXT_H

#include "core/buffer.h"

/*
 * Writes asterisks over the secret wherever it stands in the text, and over a part of it that is at
 * least half of it and four octets long: a peer, or a limit of length, may have cut it. Each octet
 * may also stand as it is written into XML or a URL (&amp;, &#38;, %26).
 *
 * A secret shorter than four octets is hidden whole, and only where no letter and no digit stands
 * beside it: within a word or a number it tells nothing of itself, and three digits stand in almost
 * every text.
 */
void daotp__secret_redact(char *text, daotp__bytes secret);

#endif
