/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a Reply-Message in any character set. */
#ifndef DAOTP_RADIUS_MESSAGE_H
#define DAOTP_RADIUS_MESSAGE_H

#include "core/buffer.h"

/* Append a Reply-Message as UTF-8 that is safe to show: control characters become blanks,
 * characters that cannot be shown become question marks. Returns the name of the character set that
 * was assumed: NULL for UTF-8, which RFC 2865 5 requires; any other is a guess, because the
 * attribute does not name its character set. */
const char *daotp__radius_message_read(daotp__bytes value, daotp__buffer *out);

#endif
