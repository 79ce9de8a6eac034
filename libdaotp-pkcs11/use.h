/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stamp of a use: an empty file that says that a program used a credential through the module,
 * or wanted to. The module makes it and `daotp agent` removes it when the use was served. Stamps
 * are in $XDG_RUNTIME_DIR/daotp, which the agent makes: without an agent the module writes nothing.
 */
#ifndef DAOTP_PKCS11_USE_H
#define DAOTP_PKCS11_USE_H

#include <stdbool.h>
#include <stddef.h>

enum { CARD_USE_PATH = 4352 };

/* The folder of stamps; false without XDG_RUNTIME_DIR, or in a set-user-ID program. */
bool card_use_folder(char path[CARD_USE_PATH]);
/* The stamp of an entry. uri: of its store. */
bool card_use_path(const char *uri, const char *label, char path[CARD_USE_PATH]);
/* Make the stamp, unless it is there. Only in a folder that belongs to this user alone. */
void card_use_note(const char *uri, const char *label);

#endif
