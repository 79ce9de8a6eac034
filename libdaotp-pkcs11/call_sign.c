/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that use a private key, and random numbers (PKCS #11 2.40, 5.9, 5.11, 5.15). */
#include "mechanism.h"
#include "module.h"
#include "use.h"

#include <limits.h>
#include <openssl/rand.h>
#include <string.h>

typedef CK_RV (*begin_fn)(const CK_MECHANISM *, const card_object *, card_operation *);

/* A session has one operation at a time. In PKCS #11 a program ends it by passing a NULL
 * mechanism. */
static CK_RV begin_in_session(card_session *session, const CK_MECHANISM *mechanism,
                              CK_OBJECT_HANDLE number, begin_fn begin)
{
    const card_object *key = card_token_find(session->token, number);
    CK_RV rv;

    if (mechanism == NULL) {
        card_operation_end(&session->operation);
        return CKR_OK;
    }
    if (session->operation.key != NULL)
        return CKR_OPERATION_ACTIVE;
    if (key == NULL)
        return CKR_KEY_HANDLE_INVALID;
    rv = begin(mechanism, key, &session->operation);
    if (rv == CKR_OK)
        card_use_note(card_state->uri, key->entry->label);
    return rv;
}

/* A program that wants to use a key that has expired is a use too: the user is asked for a new
 * code. */
static CK_RV begin_operation(CK_SESSION_HANDLE handle, const CK_MECHANISM *mechanism,
                             CK_OBJECT_HANDLE number, begin_fn begin)
{
    card_session *session;
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    rv = card_session_find(card_state, handle, &session);
    if (rv == CKR_TOKEN_NOT_PRESENT)
        card_use_note(card_state->uri, card_slots_find(card_state, session->slot_id)->label);
    if (rv == CKR_OK)
        rv = begin_in_session(session, mechanism, number, begin);
    return card_call_leave(rv);
}

CK_RV card_C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return begin_operation(handle, mechanism, key, card_mechanism_begin_sign);
}

CK_RV card_C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return begin_operation(handle, mechanism, key, card_mechanism_begin_decrypt);
}

/* Returns CKR_OK with the lock held. If the certificate of the key has expired, the operation
 * ends. */
static CK_RV enter_operation(CK_SESSION_HANDLE handle, bool decrypts, card_operation **operation)
{
    card_session *session;
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    rv = card_session_find(card_state, handle, &session);
    if (session == NULL) {
        (void)card_call_leave(rv);
        return CKR_SESSION_HANDLE_INVALID;
    }
    *operation = &session->operation;
    if (rv == CKR_OK && (*operation)->key != NULL && !card_entry_is_valid((*operation)->key->entry))
        rv = CKR_TOKEN_NOT_PRESENT;
    if (rv != CKR_OK)
        card_operation_end(*operation);
    else if ((*operation)->key == NULL || (*operation)->decrypts != decrypts)
        rv = CKR_OPERATION_NOT_INITIALIZED;
    if (rv != CKR_OK)
        (void)card_call_leave(rv);
    return rv;
}

static CK_RV leave_operation(card_operation *operation, CK_RV rv)
{
    card_operation_end(operation);
    return card_call_leave(rv);
}

/* CKR_OK when the output fits. Otherwise returns *wanted as the result of the call, and the
 * operation stays active. */
static CK_RV check_room(const card_operation *operation, const unsigned char *out, CK_ULONG *len,
                        CK_RV *wanted)
{
    size_t room = card_mechanism_room(operation);

    *wanted = CKR_OK;
    if (out != NULL && *len >= room)
        return CKR_OK;
    if (out != NULL)
        *wanted = CKR_BUFFER_TOO_SMALL;
    *len = room;
    return CKR_BUFFER_TOO_SMALL;
}

static CK_RV finish_signature(card_operation *operation, unsigned char *out, CK_ULONG *out_len)
{
    uint8_t *signature;
    size_t len;
    CK_RV rv = card_mechanism_sign(operation, &signature, &len);

    if (rv != CKR_OK)
        return rv;
    if (len <= card_mechanism_room(operation)) { /* out has at least this room */
        memcpy(out, signature, len);
        *out_len = len;
    } else {
        rv = CKR_DEVICE_ERROR;
    }
    daotp_free(signature);
    return rv;
}

CK_RV card_C_Sign(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len,
                  unsigned char *signature, CK_ULONG *signature_len)
{
    card_operation *operation;
    CK_RV wanted, rv = enter_operation(handle, false, &operation);

    if (rv != CKR_OK)
        return rv;
    if (operation->has_parts)
        return card_call_leave(CKR_OPERATION_ACTIVE);
    if ((data == NULL && len > 0) || signature_len == NULL)
        return leave_operation(operation, CKR_ARGUMENTS_BAD);
    if (check_room(operation, signature, signature_len, &wanted) != CKR_OK)
        return card_call_leave(wanted);
    rv = card_mechanism_add(operation, data, len);
    if (rv == CKR_OK)
        rv = finish_signature(operation, signature, signature_len);
    return leave_operation(operation, rv);
}

CK_RV card_C_SignUpdate(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len)
{
    card_operation *operation;
    CK_RV rv = enter_operation(handle, false, &operation);

    if (rv != CKR_OK)
        return rv;
    if (data == NULL && len > 0)
        return leave_operation(operation, CKR_ARGUMENTS_BAD);
    rv = card_mechanism_add(operation, data, len);
    operation->has_parts = true;
    return rv == CKR_OK ? card_call_leave(CKR_OK) : leave_operation(operation, rv);
}

CK_RV card_C_SignFinal(CK_SESSION_HANDLE handle, unsigned char *signature, CK_ULONG *signature_len)
{
    card_operation *operation;
    CK_RV wanted, rv = enter_operation(handle, false, &operation);

    if (rv != CKR_OK)
        return rv;
    if (signature_len == NULL)
        return leave_operation(operation, CKR_ARGUMENTS_BAD);
    if (check_room(operation, signature, signature_len, &wanted) != CKR_OK)
        return card_call_leave(wanted);
    return leave_operation(operation, finish_signature(operation, signature, signature_len));
}

static CK_RV decrypt_data(const card_operation *operation, const unsigned char *data, CK_ULONG len,
                          unsigned char *plain, CK_ULONG *plain_len)
{
    const daotp_key *key = daotp_credential_get_key(operation->key->entry->credential);
    uint8_t *text;
    size_t text_len;
    daotp_status status = daotp_key_decrypt(key, data, len, &text, &text_len);

    if (status == DAOTP_MEMORY)
        return CKR_HOST_MEMORY;
    if (status != DAOTP_OK)
        return CKR_ENCRYPTED_DATA_INVALID;
    memcpy(plain, text, text_len); /* shorter than the modulus, for which there is room */
    *plain_len = text_len;
    daotp_free(text);
    return CKR_OK;
}

CK_RV card_C_Decrypt(CK_SESSION_HANDLE handle, unsigned char *data, CK_ULONG len,
                     unsigned char *plain, CK_ULONG *plain_len)
{
    card_operation *operation;
    CK_RV wanted, rv = enter_operation(handle, true, &operation);

    if (rv != CKR_OK)
        return rv;
    if (data == NULL || plain_len == NULL)
        return leave_operation(operation, CKR_ARGUMENTS_BAD);
    if (check_room(operation, plain, plain_len, &wanted) != CKR_OK)
        return card_call_leave(wanted);
    return leave_operation(operation, decrypt_data(operation, data, len, plain, plain_len));
}

CK_RV card_C_GenerateRandom(CK_SESSION_HANDLE handle, unsigned char *out, CK_ULONG len)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (out == NULL || len > INT_MAX)
        rv = CKR_ARGUMENTS_BAD;
    else if (RAND_bytes(out, (int)len) != 1)
        rv = CKR_FUNCTION_FAILED;
    return card_call_leave(rv);
}
