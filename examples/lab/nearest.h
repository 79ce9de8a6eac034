/* SPDX-License-Identifier: BSD-2-Clause */
/* The name that was most likely meant by a word with a typing error. */
#ifndef NEAREST_H
#define NEAREST_H

/* Of names, which end with NULL, the one that is at most two edits away from what was typed; NULL
 * if there is none. */
const char *nearest_name(const char *typed, const char *const *names);

#endif
