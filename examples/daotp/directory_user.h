/* SPDX-License-Identifier: BSD-2-Clause */
/* A user's account in Active Directory, by name, over one connection. The calls block, within the
 * time of the configuration each. */
#ifndef DIRECTORY_USER_H
#define DIRECTORY_USER_H

#include "directory.h"
#include "serve_directory.h"

typedef struct directory_user directory_user;

/* Connect to one of the controllers, by number, and read which domains there are. NULL:
 * account->why says why not. */
directory_user *directory_user_open(const serve_directory_config *config, size_t controller,
                                    serve_account *account);
void directory_user_close(directory_user *connection);
size_t directory_user_controller(const directory_user *connection);
/* False: the connection is of no use any more, and account->why says why. */
bool directory_user_find(directory_user *connection, const char *name, serve_account *account);

/* HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT, taken apart in place; port: NULL where there is none.
 */
void directory_user_split_controller(char *text, const char **host, const char **port);
/* Octets of a value as RFC 4515 3 has them in a filter. False when there is no room. */
bool directory_user_escape(const char *value, char *out, size_t room);
/* An accountExpires as MS-ADTS 3.1.1.1.2 has it: is it over? 100 ns since 1601; 0 and the largest
 * mean never. */
bool directory_user_has_expired(const char *text, int64_t now_s);

#endif
