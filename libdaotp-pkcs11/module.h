/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A read-only PKCS #11 module for a store of libdaotp. Each entry of the store is a token in its
 * own slot. A store with a passphrase or a PIN is one token with all entries, because its content
 * is unknown without the secret.
 *
 * Every function that PKCS #11 calls holds one lock, so no other function takes a lock.
 */
#ifndef DAOTP_PKCS11_MODULE_H
#define DAOTP_PKCS11_MODULE_H

#include "certificate.h"

#include <daotp/daotp.h>

enum {
    CARD_MAX_SESSIONS = 1024,
    CARD_MAX_SLOTS = 100000, /* slots keep their numbers while the module is initialised */
    CARD_MAX_INPUT = 512     /* largest input of a mechanism without a hash, in octets */
};

/* ---- tokens -----------------------------------------------------------------------------------
 */

typedef struct card_object {
    CK_OBJECT_CLASS class;
    const card_certificate *certificate;
    const struct card_entry *entry;
    bool is_leaf;
} card_object;

/* A credential of the store. */
typedef struct card_entry {
    daotp_credential *credential;
    card_certificate *certificates; /* one for each certificate of the credential */
    char *label;
} card_entry;

/* The content of a slot when it was read. A session keeps the token with which it was opened,
 * even if the slot has another one by then. */
typedef struct card_token {
    unsigned references;
    CK_ULONG first_handle; /* the handle of its first object; the others follow */
    card_entry *entries;
    size_t entry_count;
    card_object *objects;
    size_t object_count;
    bool asks_login;
} card_token;

/* Make a token with room for entry_count entries, which card_token_add() adds. NULL without
 * memory. */
card_token *card_token_new(size_t entry_count, bool asks_login);
/* Add an entry. The token takes its own reference to the credential. */
CK_RV card_token_add(card_token *token, const char *label, daotp_credential *credential);
card_token *card_token_ref(card_token *token);
void card_token_unref(card_token *token);
/* Frees its entries and objects: no search and no operation may be active in a session of it. */
void card_token_clear(card_token *token);
/* Find an object by its handle. NULL when there is none, or its certificate has expired. */
const card_object *card_token_find(const card_token *token, CK_OBJECT_HANDLE handle);
bool card_entry_is_valid(const card_entry *entry);

/* ---- objects ----------------------------------------------------------------------------------
 */

/* CKR_OK, CKR_ATTRIBUTE_SENSITIVE or CKR_ATTRIBUTE_TYPE_INVALID. value has room for a number. */
typedef struct card_value {
    const void *data;
    CK_ULONG len;
    CK_ULONG number;
    CK_BBOOL flag;
} card_value;
CK_RV card_object_get(const card_object *object, bool asks_login, CK_ATTRIBUTE_TYPE type,
                      card_value *value);

/* ---- slots ------------------------------------------------------------------------------------
 */

typedef struct card_slot {
    char *label;       /* the label of the entry, or of a store with a secret */
    card_token *token; /* NULL until a session was opened */
    int64_t not_after; /* of the entry, from the list of the store */
    bool is_listed;    /* the store has the entry, and it can be used */
    bool was_listed;   /* is_listed at the previous reading of the list */
    bool has_changed;  /* changed since the last C_WaitForSlotEvent */
} card_slot;

typedef struct card_session card_session;

typedef struct card_module {
    daotp_context *context;
    daotp_report *report;
    daotp_store *store;
    char *uri;
    bool asks_login;   /* the store has one token, which needs a login */
    bool is_logged_in; /* logged in to that token */
    const void *secret;
    size_t secret_len; /* the PIN during C_Login */
    int64_t refreshed; /* the time when the store's list was last read */
    bool has_looked;   /* the list was read before; only at the first reading is an expired entry a
                          use (use.h) */
    card_slot *slots;
    size_t slot_count;
    card_session *sessions;
    size_t session_count;
    CK_ULONG next_session, next_object;
    struct card_module *inherited; /* inherited from the parent process */
} card_module;

/* The module's state; NULL while it is not initialised. */
extern card_module *card_state;

/* Open the store. reserved: the pReserved text of C_Initialize; NULL: none. */
CK_RV card_module_open(const char *reserved, card_module **module);
void card_module_close(card_module *module);
/* Read the list of the store again. Slots keep their numbers. */
CK_RV card_slots_refresh(card_module *module);
/* The same, at most once a second. */
void card_slots_poll(card_module *module);
/* Find a slot; NULL when there is none with this number. */
card_slot *card_slots_find(card_module *module, CK_SLOT_ID id);
bool card_slot_has_token(const card_slot *slot);
/* Read the token that is in a slot now. */
CK_RV card_slot_load(card_module *module, card_slot *slot);
CK_RV card_module_login(card_module *module, const void *pin, size_t len);
void card_module_logout(card_module *module);

CK_RV card_status_rv(daotp_status status);
int64_t card_time_now(void);

/* ---- sessions ---------------------------------------------------------------------------------
 */

typedef struct card_operation {
    const card_object *key; /* NULL: no operation is active */
    bool decrypts;
    daotp_signature_scheme scheme;
    daotp_digest digest;
    size_t salt_len;
    void *hash;                    /* EVP_MD_CTX of a mechanism that hashes, or NULL */
    bool has_parts;                /* C_SignUpdate was called */
    uint8_t input[CARD_MAX_INPUT]; /* only of a mechanism without a hash */
    size_t input_len;
} card_operation;

struct card_session {
    card_session *next;
    CK_SESSION_HANDLE handle;
    CK_SLOT_ID slot_id;
    CK_FLAGS flags; /* bits of CKF_RW_SESSION and CKF_SERIAL_SESSION */
    card_token *token;
    card_operation operation;
    CK_OBJECT_HANDLE *found; /* NULL: no search is active */
    size_t found_count, found_next;
};

CK_RV card_session_open(card_module *module, CK_SLOT_ID id, CK_FLAGS flags,
                        CK_SESSION_HANDLE *handle);
void card_session_close(card_module *module, card_session *session);
/* 0: all slots */
void card_sessions_close_slot(card_module *module, CK_SLOT_ID id);
/* Find a session. CKR_OK; CKR_SESSION_HANDLE_INVALID; CKR_TOKEN_NOT_PRESENT when its token was
 * removed; *session is set in that case too. */
CK_RV card_session_find(card_module *module, CK_SESSION_HANDLE handle, card_session **session);
/* Give the sessions of the token with a login its new content. */
void card_sessions_renew(card_module *module, card_token *token);
void card_session_stop_search(card_session *session);
void card_operation_end(card_operation *operation);

/* ---- the functions of PKCS #11 ----------------------------------------------------------------
 */

/* Take the lock. Returns CKR_CRYPTOKI_NOT_INITIALIZED, without the lock, if the module is not
 * initialised; also in a child process that has not called C_Initialize (PKCS #11 3.0, 5.4: a
 * child does not inherit the state of its parent). */
CK_RV card_call_enter(void);
CK_RV card_call_leave(CK_RV rv);
/* card_call_enter() and card_session_find(). The lock is held only when it returns CKR_OK. */
CK_RV card_session_enter(CK_SESSION_HANDLE handle, card_session **session);

CK_RV card_C_Initialize(void *arguments);
CK_RV card_C_Finalize(void *reserved);

CK_RV card_C_GetSlotList(unsigned char token_present, CK_SLOT_ID *list, CK_ULONG *count);
CK_RV card_C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info);
CK_RV card_C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info);
CK_RV card_C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count);
CK_RV card_C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);
CK_RV card_C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *id, void *reserved);

CK_RV card_C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                         CK_SESSION_HANDLE *handle);
CK_RV card_C_CloseSession(CK_SESSION_HANDLE handle);
CK_RV card_C_CloseAllSessions(CK_SLOT_ID id);
CK_RV card_C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info);
CK_RV card_C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len);
CK_RV card_C_Logout(CK_SESSION_HANDLE handle);
CK_RV card_C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags);

CK_RV card_C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG *size);
CK_RV card_C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
                               CK_ATTRIBUTE *template, CK_ULONG count);
CK_RV card_C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG count);
CK_RV card_C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG room,
                         CK_ULONG *count);
CK_RV card_C_FindObjectsFinal(CK_SESSION_HANDLE handle);

CK_RV card_C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV card_C_Sign(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len,
                  unsigned char *signature, CK_ULONG *signature_len);
CK_RV card_C_SignUpdate(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len);
CK_RV card_C_SignFinal(CK_SESSION_HANDLE handle, unsigned char *signature, CK_ULONG *signature_len);
CK_RV card_C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV card_C_Decrypt(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len,
                     unsigned char *plain, CK_ULONG *plain_len);
CK_RV card_C_GenerateRandom(CK_SESSION_HANDLE handle, unsigned char *out, CK_ULONG len);

#endif
