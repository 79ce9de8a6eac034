/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token: its module, one session and one login. The store and its keys share it. Each call holds
 * its lock, because only one thread may use a session at a time (PKCS#11 5.1).
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
    daotp_context *context; /* borrowed: each store and key that uses the token has a reference to
                               the context */
    pthread_mutex_t lock;   /* protects all fields below */
    CK_FUNCTION_LIST *module;
    P11KitUri *uri;
    char *module_path, *subject; /* subject: the name of the token in findings and questions */
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    unsigned sessions; /* sessions opened so far; object handles are valid only in the session that
                          returned them */
    pid_t pid;         /* a child process must not use the session of its parent */
    bool is_initialized, has_session, is_logged_in;
    bool pin_refused; /* a wrong PIN was given: it is not tried again */
} token;

enum { MAX_PIN = 256, MAX_OBJECTS = 4096, KEY_ID_LEN = 20 };

/* Open a token by its URI. No I/O except loading the module. */
daotp_status token_open(daotp_context *context, const char *uri, daotp_report *report, token **out);
token *token_ref(token *self);
void token_unref(token *self);

/* Takes the lock and opens a session if there is none, logged in if needs_login. Call
 * token_end() only after DAOTP_OK. */
daotp_status token_begin(token *self, bool needs_login, daotp_report *report);
void token_end(token *self);
/* Closes the session and finalizes the module, so that another user in this process can
 * initialize it. */
void token_release(token *self);
/* Reports the error code of a function of the module. If the token was removed, its session is
 * closed. DAOTP_CANCELLED when the user cancelled at the reader. */
daotp_status token_fail(token *self, CK_RV rv, const char *function, daotp_report *report);

/* ---- objects, within token_begin() and token_end() ---------------------------------------------
 */

typedef struct object_list {
    CK_OBJECT_HANDLE handles[MAX_OBJECTS];
    size_t count;
} object_list;

daotp_status objects_find(token *self, const CK_ATTRIBUTE *wanted, size_t count, object_list *found,
                          daotp_report *report);
/* Reads one attribute; the caller frees *value. DAOTP_REJECTED: the object does not have it. */
daotp_status object_read(token *self, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                         unsigned char **value, size_t *len, daotp_report *report);
daotp_status object_create(token *self, const CK_ATTRIBUTE *attributes, size_t count,
                           daotp_report *report);
daotp_status object_destroy(token *self, CK_OBJECT_HANDLE object, daotp_report *report);
/* Destroys all objects that match the attributes. */
daotp_status objects_destroy(token *self, const CK_ATTRIBUTE *wanted, size_t count,
                             daotp_report *report);

#endif
