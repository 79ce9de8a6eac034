/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in UTF-16 with a byte order mark, as Windows tools write files. */
#ifndef DAOTP_CORE_UTF16_H
#define DAOTP_CORE_UTF16_H

#include "core/buffer.h"

/* Does it begin with the byte order mark of UTF-16, either way round? */
bool daotp__utf16_has_mark(daotp__bytes in);
/* Append the text behind the mark as UTF-8. false when it is no UTF-16: it ends within a character,
 * or holds half of a surrogate pair; or out has no room. */
bool daotp__utf16_read(daotp__bytes in, daotp__buffer *out);
/* What stands behind the byte order mark of UTF-8, if there is one; else the same. */
daotp__bytes daotp__utf8_skip_mark(daotp__bytes in);

#endif
