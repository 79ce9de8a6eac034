/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions about sessions and the login (PKCS #11 2.40, 5.6; 3.0, 5.6.8 and 5.6.10). */
#include "module.h"

#include <string.h>

CK_RV card_session_enter(CK_SESSION_HANDLE handle, card_session **session)
{
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    rv = card_session_find(card_state, handle, session);
    return rv == CKR_OK ? CKR_OK : card_call_leave(rv);
}

/* A read-write session is accepted, because programs (pkcs11-tool) request one without writing;
 * no function of the module writes. */
CK_RV card_C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                         CK_SESSION_HANDLE *handle)
{
    CK_RV rv = card_call_enter();

    (void)application, (void)notify; /* callbacks are never called */
    if (rv != CKR_OK)
        return rv;
    if (handle == NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    if ((flags & CKF_SERIAL_SESSION) == 0)
        return card_call_leave(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    if (card_state->slot_count == 0)
        (void)card_slots_refresh(card_state); /* a program may know the slot number from before */
    return card_call_leave(card_session_open(card_state, id, flags, handle));
}

CK_RV card_C_CloseSession(CK_SESSION_HANDLE handle)
{
    card_session *session;
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    (void)card_session_find(card_state, handle, &session);
    if (session == NULL)
        return card_call_leave(CKR_SESSION_HANDLE_INVALID);
    card_session_close(card_state, session);
    return card_call_leave(CKR_OK);
}

CK_RV card_C_CloseAllSessions(CK_SLOT_ID id)
{
    CK_RV rv = card_call_enter();

    if (rv != CKR_OK)
        return rv;
    if (card_slots_find(card_state, id) == NULL)
        return card_call_leave(CKR_SLOT_ID_INVALID);
    card_sessions_close_slot(card_state, id);
    return card_call_leave(CKR_OK);
}

static CK_STATE session_state(const card_session *session)
{
    if ((session->flags & CKF_RW_SESSION) != 0)
        return card_state->is_logged_in ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
    return card_state->is_logged_in ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
}

CK_RV card_C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (info == NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    *info = (CK_SESSION_INFO){
        .slotID = session->slot_id, .flags = session->flags, .state = session_state(session)};
    return card_call_leave(CKR_OK);
}

static CK_RV login_user(const card_session *session, CK_USER_TYPE user, const unsigned char *pin,
                        CK_ULONG len)
{
    if (user == CKU_CONTEXT_SPECIFIC)
        return CKR_OPERATION_NOT_INITIALIZED; /* no key has CKA_ALWAYS_AUTHENTICATE */
    if (user != CKU_USER)
        return CKR_USER_TYPE_INVALID;
    if (!session->token->asks_login)
        return CKR_USER_PIN_NOT_INITIALIZED;
    if (card_state->is_logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    return pin != NULL ? card_module_login(card_state, pin, len) : CKR_ARGUMENTS_BAD;
}

CK_RV card_C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    return card_call_leave(login_user(session, user, pin, len));
}

CK_RV card_C_Logout(CK_SESSION_HANDLE handle)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (!card_state->is_logged_in)
        return card_call_leave(CKR_USER_NOT_LOGGED_IN);
    card_module_logout(card_state);
    return card_call_leave(CKR_OK);
}

CK_RV card_C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
    card_session *session;
    CK_FLAGS active;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    active = session->operation.decrypts ? CKF_DECRYPT : CKF_SIGN;
    if (session->operation.key != NULL && (flags & active) != 0)
        card_operation_end(&session->operation);
    if ((flags & CARD_FIND_OBJECTS) != 0)
        card_session_stop_search(session);
    return card_call_leave(CKR_OK);
}
