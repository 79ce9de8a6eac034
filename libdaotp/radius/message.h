/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a Reply-Message, whatever character set the server wrote it in. */
#ifndef DAOTP_RADIUS_MESSAGE_H
#define DAOTP_RADIUS_MESSAGE_H

#include "core/buffer.h"

/* Append a Reply-Message as UTF-8 that may be shown: control characters are blanks, what cannot be
 * shown is a question mark. The name of the character set it was read as: NULL for UTF-8, which RFC
 * 2865 5 demands; any other is a guess, for the attribute does not name its own. */
const char *daotp__radius_message_read(daotp__bytes value, daotp__buffer *out);

#endif
