/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches in a directory, by libldap. It is the tool's, not the library's: libldap reads ldaprc
 * and LDAP* variables unless LDAPNOINIT is set in the environment, which a library may not change,
 * and its calls block. What it reads is bounded; no referral is followed.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "tool.h"

typedef struct directory directory;

typedef struct directory_spec {
    const char *host, *port; /* port: NULL for the usual one */
    bool ldaps, starttls;
    const char *trust;           /* for TLS: a file of roots; NULL for those of the system */
    const char *user;            /* with the password, over TLS alone; NULL: a Kerberos ticket */
    const tool_secret *password; /* of the user */
    int timeout_s;
    bool reads_permissions; /* nTSecurityDescriptor without the audit entries, which need a right */
    /* Set to true if the directory answered and accepted neither the ticket nor the password, or if
     * there is no ticket. May be NULL. */
    bool *is_refused;
    /* The attributes that are read, ended by NULL; NULL: all. Must live as long as the
     * directory. */
    const char *const *attributes;
    /* Told what is wrong, a text without line end, instead of standard error; NULL: that. */
    void (*say)(void *user, const char *text);
    void *say_user;
} directory_spec;

/* The environment as libldap must find it. directory_open() does it too; a program with threads
 * calls it before they begin. */
bool directory_set_environment(void);
/* NULL when it cannot be reached or refuses; the reason was said. Without TLS the ticket seals the
 * connection; a name and password are sent over TLS only. */
directory *directory_open(const directory_spec *spec);
void directory_close(directory *d);

/* One entry; borrowed for the time of the call. */
typedef struct directory_entry directory_entry;
/* NULL when it is no plain text. */
const char *directory_dn(const directory_entry *entry);
/* A value of an attribute (with ;binary or without), its NUL not counted; NULL past the last.
 * directory_text() gives one that is plain UTF-8 without control characters only. */
const char *directory_value(const directory_entry *entry, const char *attribute, size_t at,
                            size_t *len);
/* Whether the entry has the attribute with a value, even one that directory_value() and
 * directory_text() do not return. */
bool directory_has(const directory_entry *entry, const char *attribute);
const char *directory_text(const directory_entry *entry, const char *attribute, size_t at);

typedef void directory_fn(void *user, const directory_entry *entry);
typedef enum directory_scope {
    DIRECTORY_ENTRY, /* the entry itself */
    DIRECTORY_BELOW, /* those right below it */
    DIRECTORY_TREE   /* all below it */
} directory_scope;

/* base: NULL for the root of the directory. False when it failed, and it was said; a base that is
 * not there is no failure. */
bool directory_search(directory *d, const char *base, directory_scope scope, const char *filter,
                      directory_fn *tell, void *user);

#endif
