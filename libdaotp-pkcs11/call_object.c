/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions about objects (PKCS #11 2.40, 5.7). */
#include "memory.h"
#include "module.h"

#include <string.h>

static CK_RV enter_object(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE number, card_session **session,
                          const card_object **object)
{
    CK_RV rv = card_session_enter(handle, session);

    if (rv != CKR_OK)
        return rv;
    *object = card_token_find((*session)->token, number);
    return *object != NULL ? CKR_OK : card_call_leave(CKR_OBJECT_HANDLE_INVALID);
}

CK_RV card_C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE number, CK_ULONG *size)
{
    card_session *session;
    const card_object *object;
    CK_RV rv = enter_object(handle, number, &session, &object);

    if (rv != CKR_OK)
        return rv;
    if (size == NULL)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    *size = CK_UNAVAILABLE_INFORMATION;
    if (object->class == CKO_CERTIFICATE)
        *size = object->certificate->der.len;
    return card_call_leave(CKR_OK);
}

/* ---- attributes -------------------------------------------------------------------------------
 */

static CK_RV copy_value(const card_value *value, CK_ATTRIBUTE *attribute)
{
    CK_ULONG room = attribute->ulValueLen;

    attribute->ulValueLen = value->len;
    if (attribute->pValue == NULL)
        return CKR_OK;
    if (room < value->len) {
        attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_BUFFER_TOO_SMALL;
    }
    memcpy(attribute->pValue, value->data, value->len);
    return CKR_OK;
}

static CK_RV get_attribute(const card_object *object, bool asks_login, CK_ATTRIBUTE *attribute)
{
    card_value value;
    CK_RV rv = card_object_get(object, asks_login, attribute->type, &value);

    if (rv == CKR_OK)
        return copy_value(&value, attribute);
    attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return rv;
}

/* Each attribute is tried; of several faults any may be told (PKCS #11 2.40, 5.7). */
CK_RV card_C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE number,
                               CK_ATTRIBUTE *template, CK_ULONG count)
{
    card_session *session;
    const card_object *object;
    CK_RV rv = enter_object(handle, number, &session, &object);

    if (rv != CKR_OK)
        return rv;
    if (template == NULL && count > 0)
        return card_call_leave(CKR_ARGUMENTS_BAD);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_RV one = get_attribute(object, session->token->asks_login, &template[i]);

        if (one != CKR_OK)
            rv = one;
    }
    return card_call_leave(rv);
}

/* ---- the search -------------------------------------------------------------------------------
 */

static bool has_attribute(const card_object *object, bool asks_login, const CK_ATTRIBUTE *wanted)
{
    card_value value;

    if (card_object_get(object, asks_login, wanted->type, &value) != CKR_OK ||
        value.len != wanted->ulValueLen)
        return false;
    return value.len == 0 ||
           (wanted->pValue != NULL && memcmp(value.data, wanted->pValue, value.len) == 0);
}

static bool has_all_attributes(const card_object *object, bool asks_login,
                               const CK_ATTRIBUTE *template, CK_ULONG count)
{
    for (CK_ULONG i = 0; i < count; i++)
        if (!has_attribute(object, asks_login, &template[i]))
            return false;
    return true;
}

static CK_RV search_objects(card_session *session, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    const card_token *token = session->token;

    session->found = card_memory_new(token->object_count + 1, sizeof *session->found);
    if (session->found == NULL)
        return CKR_HOST_MEMORY;
    for (size_t i = 0; i < token->object_count; i++)
        if (card_entry_is_valid(token->objects[i].entry) &&
            has_all_attributes(&token->objects[i], token->asks_login, template, count))
            session->found[session->found_count++] = token->first_handle + i;
    return CKR_OK;
}

CK_RV card_C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG count)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (template == NULL && count > 0)
        rv = CKR_ARGUMENTS_BAD;
    else if (session->found != NULL)
        rv = CKR_OPERATION_ACTIVE;
    else
        rv = search_objects(session, template, count);
    return card_call_leave(rv);
}

CK_RV card_C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG room,
                         CK_ULONG *count)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (count == NULL || (objects == NULL && room > 0))
        return card_call_leave(CKR_ARGUMENTS_BAD);
    if (session->found == NULL)
        return card_call_leave(CKR_OPERATION_NOT_INITIALIZED);
    for (*count = 0; *count < room && session->found_next < session->found_count; ++*count)
        objects[*count] = session->found[session->found_next++];
    return card_call_leave(CKR_OK);
}

CK_RV card_C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
    card_session *session;
    CK_RV rv = card_session_enter(handle, &session);

    if (rv != CKR_OK)
        return rv;
    if (session->found == NULL)
        return card_call_leave(CKR_OPERATION_NOT_INITIALIZED);
    card_session_stop_search(session);
    return card_call_leave(CKR_OK);
}
