/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A read-only PKCS #11 module over a store of libdaotp: each entry of the store is a token in a
 * slot of its own. A store that asks for a passphrase or a PIN is one token with all entries, for
 * without the secret nobody knows what it holds.
 *
 * One lock is held by every function that PKCS #11 calls, so that nothing below it locks.
 */
#ifndef DAOTP_PKCS11_MODULE_H
#define DAOTP_PKCS11_MODULE_H

#include "certificate.h"

#include <daotp/daotp.h>

enum {
    CARD_MAX_SESSIONS = 1024,
    CARD_MAX_SLOTS = 100000, /* slots keep their numbers while the module is initialised */
    CARD_MAX_INPUT = 512     /* octets that a mechanism without a hash signs */
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
    card_certificate *certificates; /* as many as the credential has */
    char *label;
} card_entry;

/* What was in a slot when it was read. Sessions keep the token that they were opened with, also
 * when another one has come into the slot. */
typedef struct card_token {
    unsigned references;
    CK_ULONG first_handle; /* of its objects, whose handles follow */
    card_entry *entries;
    size_t entry_count;
    card_object *objects;
    size_t object_count;
    bool asks_login;
} card_token;

/* entry_count entries are to be filled by card_token_add(). NULL when memory ran out. */
card_token *card_token_new(size_t entry_count, bool asks_login);
/* The credential is referenced. */
CK_RV card_token_add(card_token *token, const char *label, daotp_credential *credential);
card_token *card_token_ref(card_token *token);
void card_token_unref(card_token *token);
/* Frees its entries and objects: no search and no operation may be active in a session of it. */
void card_token_clear(card_token *token);
/* NULL when there is none, or its certificate has expired. */
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
    char *label;       /* of the entry; of a store that asks for a secret, of the store */
    card_token *token; /* NULL until a session was opened */
    int64_t not_after; /* of the entry, as the list of the store had it */
    bool is_listed;    /* the store has it, and it can be used */
    bool was_listed;   /* before the list was read last */
    bool has_changed;  /* since C_WaitForSlotEvent told it */
} card_slot;

typedef struct card_session card_session;

typedef struct card_module {
    daotp_context *context;
    daotp_report *report;
    daotp_store *store;
    char *uri;
    bool asks_login;   /* the store has one token, which needs a login */
    bool is_logged_in; /* to that token */
    const void *secret;
    size_t secret_len; /* the PIN during C_Login */
    int64_t refreshed; /* when the store's list was read last */
    bool has_looked;   /* the list was read: an expired entry is a use (use.h) the first time only */
    card_slot *slots;
    size_t slot_count;
    card_session *sessions;
    size_t session_count;
    CK_ULONG next_session, next_object;
    struct card_module *inherited; /* what the process before had */
} card_module;

/* The module's state; NULL while it is not initialised. */
extern card_module *card_state;

/* reserved: what C_Initialize got as pReserved, NULL for none. */
CK_RV card_module_open(const char *reserved, card_module **module);
void card_module_close(card_module *module);
/* Read the store's list. Slots keep their numbers. */
CK_RV card_slots_refresh(card_module *module);
/* The same, at most once a second. */
void card_slots_poll(card_module *module);
/* NULL when there is no such slot. */
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
    uint8_t input[CARD_MAX_INPUT]; /* of a mechanism that does not hash */
    size_t input_len;
} card_operation;

struct card_session {
    card_session *next;
    CK_SESSION_HANDLE handle;
    CK_SLOT_ID slot_id;
    CK_FLAGS flags; /* of CKF_RW_SESSION and CKF_SERIAL_SESSION */
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
/* CKR_SESSION_HANDLE_INVALID, or CKR_TOKEN_NOT_PRESENT when its token is gone. session is set also
 * with the latter. */
CK_RV card_session_find(card_module *module, CK_SESSION_HANDLE handle, card_session **session);
/* The sessions of the token that asks for a login see what it holds now. */
void card_sessions_renew(card_module *module, card_token *token);
void card_session_stop_search(card_session *session);
void card_operation_end(card_operation *operation);

/* ---- the functions of PKCS #11 ----------------------------------------------------------------
 */

/* Take the lock. CKR_CRYPTOKI_NOT_INITIALIZED without it; also in a child process that has not
 * called C_Initialize (PKCS #11 3.0, 5.4: the state of the parent is not the child's). */
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
