/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The people of the lab: a directory, a password file and an OTP server in one text
 * file. Used by the CA (passwords, names) and by the responder (names, codes).
 */
#ifndef LAB_USERS_H
#define LAB_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct user {
    int line;     /* of the file */
    char *name;   /* the account name, "alice" */
    char *domain; /* "LAB" */
    char *upn;    /* NULL: the account has none */
    char *dn;     /* LDAP order, RFC 4514 escapes */
    char *sid;
    unsigned char *secret; /* of the TOTP token */
    size_t secret_len;
    char *password;
    bool disabled;
    bool no_enroll; /* lacks the Enroll right on the template */
    bool challenge; /* the OTP server wants another round for every right code */
};
struct users;

#define USERS_CODE_SIZE 7 /* six digits and a NUL */

/* 0, or an exit code of <sysexits.h> with a line on standard error. */
int users_load(const char *path, struct users **out);
void users_free(struct users *users);
/* Reads the file again if it was replaced. */
int users_refresh(struct users *users);

/* DOMAIN\name or a UPN, in any case; NULL when there is none. Borrowed until users_refresh. */
struct user *users_find(const struct users *users, const char *name);
/* The same, and also an account name alone, as people type it. */
struct user *users_find_account(const struct users *users, const char *name);
const struct user *users_at(const struct users *users, size_t i); /* NULL past the end */

/* Returns the time step that this code belongs to, at most one early or late, or -1. RFC 6238,
 * SHA-1, 30 s, six digits. The caller records which steps are spent. NULL (no user) takes the same
 * work. */
int64_t users_match_code(const struct user *user, const char *code, int64_t now);
int users_totp_now(const struct user *user, int64_t now, char code[USERS_CODE_SIZE]);
/* Compares in constant time; for a disabled account every password is wrong. */
bool users_check_password(const struct user *user, const char *password);

/* The lab's own list, with new token secrets; and one flag of one user set or taken away. */
int users_write_list(const char *path);
int users_set_flag(const char *path, const char *name, const char *flag, bool on);

#endif
