/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token: its module, one session, one login. Store and keys share it; each call of either holds
 * its lock, since a session is for one thread at a time (PKCS#11 5.1).
 */
#ifndef PKCS11_TOKEN_H
#define PKCS11_TOKEN_H

#include <daotp/sys/report.h>
#include <daotp/sys/store_plugin.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

typedef struct token {
    atomic_uint references;
    daotp_context *context; /* borrowed: each store and key that shares the token has a reference */
    pthread_mutex_t lock;   /* of all below */
    CK_FUNCTION_LIST *module;
    P11KitUri *uri;
    char *module_path, *subject; /* subject: what findings and questions call it */
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    unsigned sessions; /* opened so far: handles of objects are good within one */
    pid_t pid;         /* a child process has no part in its parent's session */
    bool is_initialized, has_session, is_logged_in;
    bool pin_refused; /* a wrong PIN was given: it is not tried again */
} token;

enum { MAX_PIN = 256, MAX_OBJECTS = 4096, KEY_ID_LEN = 20 };

/* No I/O but for loading the module. */
daotp_status token_open(daotp_context *context, const char *uri, daotp_report *report, token **out);
token *token_ref(token *self);
void token_unref(token *self);

/* Takes the lock and makes sure that there is a session, logged in if so wanted. Only after
 * DAOTP_OK token_end() is due. */
daotp_status token_begin(token *self, bool needs_login, daotp_report *report);
void token_end(token *self);
/* Closes session and module, so that another user in this process can have them. */
void token_release(token *self);
/* What a function of the module answered. A token that is gone loses its session. DAOTP_CANCELLED
 * when the user declined at the reader. */
daotp_status token_fail(token *self, CK_RV rv, const char *function, daotp_report *report);

/* ---- objects, within token_begin() and token_end() ---------------------------------------------
 */

typedef struct object_list {
    CK_OBJECT_HANDLE handles[MAX_OBJECTS];
    size_t count;
} object_list;

daotp_status objects_find(token *self, const CK_ATTRIBUTE *wanted, size_t count, object_list *found,
                          daotp_report *report);
/* Reads one attribute; *value is to be freed. DAOTP_REJECTED: the object has none. */
daotp_status object_read(token *self, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                         unsigned char **value, size_t *len, daotp_report *report);
daotp_status object_create(token *self, const CK_ATTRIBUTE *attributes, size_t count,
                           daotp_report *report);
daotp_status object_destroy(token *self, CK_OBJECT_HANDLE object, daotp_report *report);
/* Destroys all that fit. */
daotp_status objects_destroy(token *self, const CK_ATTRIBUTE *wanted, size_t count,
                             daotp_report *report);

#endif
